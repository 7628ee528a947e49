package phrase

// desk are sentences around the walk-in desk: what somebody who was there hears later in chat, and what they are told of it where they ask what is kept of them.
var desk = map[string]Entry{
	"desk.filed": {"Laporan Anda di loket sudah dicatat. Nomor laporan: {case}", "Laporan panjenengan ing loket sampun dipunserat. Nomer laporan: {case}", "Your report at the desk has been noted. Your report's number: {case}"},
	"desk.more":  {"Balas pesan ini untuk menambah foto atau lokasi.", "Wangsuli pesen niki kangge nambah foto utawi lokasi.", "Reply to this message to add a photo or your location."},

	"data.desk":        {"Yang dicatat dari Anda di loket:", "Sing dipunserat saking njenengan ing loket:", "What was noted of you at the desk:"},
	"data.desk.ticket": {"• {at}: {category}. {text}", "• {at}: {category}. {text}", "• {at}: {category}. {text}"},
}
