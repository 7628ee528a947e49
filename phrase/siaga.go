package phrase

// siaga is what is said to those who write from where a state of alert is in force. Three questions, and no more.
var siaga = map[string]Entry{
	"siaga.notice": {"⚠️ SIAGA: {category}, sampai {until}. {text}", "⚠️ SIAGA: {category}, dumugi {until}. {text}", "⚠️ ALERT: {category}, until {until}. {text}"},
	"siaga.call":   {"Ada yang terancam? Telepon {number} sekarang.", "Wonten sing kaancam? Telpon {number} sakniki.", "Is anybody in danger? Call {number} now."},
	"siaga.where":  {"Di mana? Tulis desanya, atau kirim lokasi.", "Teng pundi? Tulis desane, utawi kintun lokasi.", "Where? Write the village, or send your location."},
	"siaga.filed":  {"Laporan {case} sudah masuk: {area}.", "Laporan {case} sampun mlebet: {area}.", "Report {case} is in: {area}."},
	"siaga.added":  {"Sudah ditambahkan ke laporan {case}. Petugas membacanya.", "Sampun ditambahaken teng laporan {case}. Petugas maos niku.", "It was added to report {case}. The officers read it."},
	"siaga.people": {"Ada berapa orang di situ? Tulis angkanya.", "Wonten pinten tiyang teng mriku? Tulis angkane.", "How many people are there? Write the number."},
	"siaga.need":   {"Apa yang paling dibutuhkan?", "Napa sing paling dibetahaken?", "What is needed most?"},

	"siaga.need.rescue":  {"Dievakuasi", "Dievakuasi", "To be taken out"},
	"siaga.need.food":    {"Makanan, air minum", "Tedhan, toya", "Food, drinking water"},
	"siaga.need.health":  {"Obat, tenaga medis", "Jampi, tenaga medis", "Medicine, a doctor"},
	"siaga.need.shelter": {"Tempat mengungsi, selimut", "Panggenan ngungsi, kemul", "Shelter, blankets"},
	"siaga.need.other":   {"Lainnya", "Sanese", "Something else"},

	"siaga.done": {"Terima kasih, sudah dicatat di laporan {case}. Kabarnya kami kirim di sini.", "Matur nuwun, sampun dicathet teng laporan {case}. Kabare kula kintun teng mriki.", "Thank you, it is in report {case} now. News will come here."},
}
