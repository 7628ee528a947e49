package phrase

// call are sentences around calls to the emergency line: what a caller hears later in chat, and what an operator reads out.
var call = map[string]Entry{
	"call.filed":   {"Laporan Anda lewat telepon sudah dicatat. Nomor laporan: {case}", "Laporan panjenengan liwat telpon sampun dipunserat. Nomer laporan: {case}", "Your report by telephone has been noted. Your report's number: {case}"},
	"call.more":    {"Balas pesan ini untuk menambah foto atau lokasi.", "Wangsuli pesen niki kangge nambah foto utawi lokasi.", "Reply to this message to add a photo or your location."},
	"call.warning": {"Ini layanan darurat. Panggilan main-main menghalangi orang yang butuh pertolongan. Nomor Anda tercatat, dan bisa diblokir.", "Niki layanan darurat. Telpon dolanan ngalangi tiyang sing butuh pitulungan. Nomer panjenengan kacathet, lan saged diblokir.", "This is an emergency line. Prank calls keep help from people who need it. Your number is on record and can be blocked."},
	"call.closed":  {"Di luar jam layanan. Kami buka lagi {when}. Nomor lain:", "Njawi jam layanan. Kula sami bikak malih {when}. Nomer sanesipun:", "Outside service hours. We open again {when}. Other numbers:"},

	"data.calls": {"Telepon Anda ke 112:", "Telpon njenengan dhateng 112:", "Your calls to 112:"},
	"data.call":  {"• {at}: {class}. {text}", "• {at}: {class}. {text}", "• {at}: {class}. {text}"},

	"data.class.none":         {"belum ditulis jenisnya", "dereng ketulis jinisipun", "not classed yet"},
	"data.class.emergency":    {"darurat", "darurat", "an emergency"},
	"data.class.complaint":    {"aduan", "aduan", "a complaint"},
	"data.class.question":     {"pertanyaan", "pitakenan", "a question"},
	"data.class.prank":        {"tercatat sebagai main-main", "kacathet dolanan", "noted as a prank"},
	"data.class.silent":       {"tidak ada suara", "mboten wonten swanten", "nobody spoke"},
	"data.class.dropped":      {"terputus", "pedhot", "it broke off"},
	"data.class.test":         {"mencoba saluran", "njajal saluran", "a test of the line"},
	"data.class.wrong_region": {"urusan kabupaten lain", "urusan kabupaten sanes", "for another regency"},
}
