package phrase

// responder are the sentences of those who are called to emergencies: their way to the place, and whom to call there.
var responder = map[string]Entry{
	"staff.button.depart": {"Berangkat", "Bidhal", "On my way"},
	"staff.button.arrive": {"Tiba", "Dugi", "Arrived"},

	"staff.hand.ask":        {"{case} diteruskan ke {agency}, pelapor diberi tahu, dan kasus selesai di sini. Betul?", "{case} dipunterusaken dhateng {agency}, ingkang lapor dipunaturi pirsa, lan perkawis rampung wonten mriki. Leres?", "{case} goes to {agency}, the reporter is told, and the case ends here. Is that right?"},
	"staff.hand.nocontact":  {"Kontak {agency} belum tercatat. Balas dengan nomor atau alamatnya, supaya pelapor bisa menghubungi.", "Kontak {agency} dereng kacathet. Mangga dipunwangsuli nomer utawi alamatipun, supados ingkang lapor saged ngubungi.", "No contact of {agency} is on record. Reply with a number or address, so that the reporter can reach them."},
	"staff.button.hand.yes": {"Ya, teruskan", "Nggih, terusaken", "Yes, pass on"},

	"staff.guide.responder": {"Darurat: balas terima, berangkat, sampai, lalu selesai. Tombolnya ada di kartu.", "Darurat: wangsuli terima, bidhal, dugi, lajeng rampung. Tombolipun wonten kertu.", "Emergencies: reply accept, on my way, arrived, then done. The buttons are on the card."},
	"staff.guide.head":      {"Kepala unit: telat untuk yang terlambat di unit Anda. Kasus petugas bisa Anda beri catatan atau ambil alih.", "Pangarsa unit: telat kangge ingkang kasep wonten unit panjenengan. Perkawisipun petugas saged panjenengan paringi cathetan utawi pendhet alih.", "Heads: type late for what is late in your unit. You can add a note to an officer's case, or take it over."},

	"staff.card.call":     {"Pelapor: {who}{phone}", "Ingkang lapor: {who}{phone}", "Reporter: {who}{phone}"},
	"staff.card.caller":   {"Lewat telepon 112{phone}", "Liwat telpon 112{phone}", "By telephone, 112{phone}"},
	"staff.card.departed": {"Berangkat: {at}", "Bidhal: {at}", "Left: {at}"},
	"staff.card.arrived":  {"Tiba: {at}", "Dugi: {at}", "Arrived: {at}"},
	"staff.did.depart":    {"Tercatat, Anda berangkat: {case}", "Kacathet, panjenengan bidhal: {case}", "Noted, you are on your way: {case}"},
	"staff.did.arrive":    {"Tercatat, Anda sudah tiba: {case}", "Kacathet, panjenengan sampun dugi: {case}", "Noted, you have arrived: {case}"},

	"staff.happened.departed": {"berangkat ke lokasi", "bidhal dhateng panggenan", "on the way"},
	"staff.happened.arrived":  {"tiba di lokasi", "dugi ing panggenan", "arrived"},

	"staff.happened.calmed":   {"bukan keadaan darurat, kata petugas 112", "sanes kawontenan darurat, criyosipun petugas 112", "no emergency, says the 112 line"},
	"staff.triage.why.calmed": {"Petugas 112 menilai ini bukan keadaan darurat. Lihat dulu, lalu pilih unitnya.", "Petugas 112 mbiji menika sanes kawontenan darurat. Mangga dipunpirsani rumiyin, lajeng pilih unitipun.", "The 112 line judged that this is no emergency. Look at it, then choose the unit."},
	"notice.calmed":           {"Petugas 112 menilai ini bukan keadaan darurat. Laporan tetap dibaca koordinator: {case}", "Petugas 112 mbiji niki sanes kawontenan darurat. Laporan tetep diwaos koordinator: {case}", "The 112 line judged that this is no emergency. The coordinator still reads the report: {case}"},
	"notice.departed":         {"{unit} berangkat ke lokasi: {case}", "{unit} bidhal dhateng panggenan: {case}", "{unit} is on the way: {case}"},
}
