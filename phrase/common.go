package phrase

// common are names of things, which both citizens and officers read.
var common = map[string]Entry{
	// What an argument says when there is nothing to say.
	"no.category": {"belum jelas soal apa", "dereng cetha bab napa", "matter not clear yet"},
	"no.content":  {"(sudah dihapus)", "(sampun dibusek)", "(erased)"},
	"no.name":     {"(tanpa nama)", "(tanpa asma)", "(no name)"},
	"no.place":    {"belum jelas di mana", "dereng cetha wonten pundi", "place not clear yet"},
	"no.service":  {"layanan", "layanan", "a service"},
	"no.unit":     {"(bagian lama)", "(perangan lami)", "(former unit)"},

	"content.media":  {"(foto atau rekaman)", "(foto utawi rekaman)", "(photo or recording)"},
	"content.silent": {"(foto atau rekaman; rekaman suara dituliskan koordinator)", "(foto utawi rekaman; rekaman swanten dipunserataken koordinator)", "(photo or recording; the coordinator writes down what is spoken)"},
	"content.point":  {"(titik di peta)", "(titik wonten peta)", "(point on the map)"},

	"area.kecamatan": {"Kecamatan", "Kecamatan", "Kecamatan"},
	"area.kelurahan": {"Kelurahan", "Kelurahan", "Kelurahan"},
	"area.desa":      {"Desa", "Dhusun", "Village"},
	"area.kec":       {"Kec.", "Kec.", "Kec."},

	"language.id": {"Bahasa Indonesia", "Bahasa Indonesia", "Bahasa Indonesia"},
	"language.jv": {"Basa Jawa", "Basa Jawa", "Basa Jawa"},
	"language.en": {"English", "English", "English"},

	// The label of the button that a channel offers for an ask.
	"ask.place": {"Kirim lokasi saya", "Kirim lokasi kula", "Send my location"},
	// What is said with that button where it comes in a message of its own.
	"ask.place.here": {"Kalau Anda sedang di sana, kirim lokasi Anda dengan tombol di bawah.", "Menawi njenengan saweg teng mriku, kintun lokasi njenengan ngangge tombol teng ngandhap.", "If you are there now, send your location with the button below."},
	"ask.contact":    {"Kirim nomor saya", "Kirim nomer kula", "Send my number"},

	// Where a channel has no buttons: how to answer a numbered list, and where the app keeps what was asked for.
	"list.choose":     {"Balas dengan angka:", "Wangsuli ngangge angka:", "Reply with a number:"},
	"list.single":     {"Atau tulis:", "Utawi serat:", "Or write:"},
	"ask.place.how":   {"tekan 📎, lalu Lokasi", "penet 📎, lajeng Lokasi", "press 📎, then Location"},
	"ask.contact.how": {"tekan 📎, lalu Kontak", "penet 📎, lajeng Kontak", "press 📎, then Contact"},

	"kind.complaint":  {"Pengaduan", "Wadulan", "Complaint"},
	"kind.aspiration": {"Usulan", "Usulan", "Suggestion"},
	"kind.inquiry":    {"Pertanyaan", "Pitakenan", "Question"},

	"privacy.secret": {"Rahasia", "Wados", "Secret"},

	// A status in one or two words; anybody who knows a number may hear it.
	"status.filed":     {"sudah diterima", "sampun ditampi", "received"},
	"status.triage":    {"dicarikan petugas", "dipadosaken petugas", "finding the right office"},
	"status.assigned":  {"menunggu petugas", "ngentosi petugas", "waiting for an officer"},
	"status.working":   {"sedang dikerjakan", "saweg ditandangi", "being worked on"},
	"status.asking":    {"menunggu jawaban pelapor", "ngentosi wangsulan sing lapor", "waiting for the reporter's answer"},
	"status.scheduled": {"sudah dijadwalkan", "sampun dijadwal", "scheduled"},
	"status.ended":     {"sudah ada hasil", "sampun wonten asile", "has a result"},
	"status.closed":    {"selesai", "rampung", "closed"},
	"status.withdrawn": {"dicabut pelapor", "dicabut sing lapor", "withdrawn"},
	"status.archived":  {"diarsipkan", "diarsip", "put away"},
}
