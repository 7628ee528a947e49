package words

// merge is what the pages say about cases that are about the same, and about check words.
var merge = map[string]Word{
	"merge.title":    {"Laporan yang sama", "Like reports"},
	"merge.open":     {"Laporan yang sama: gabungkan atau pisahkan", "Like reports: merge or take apart"},
	"merge.back":     {"Kembali ke {number}", "Back to {number}"},
	"merge.into":     {"Digabung ke", "Merged into"},
	"merge.children": {"Digabung ke sini", "Merged into this one"},
	"merge.likely":   {"Mungkin tentang hal yang sama", "Perhaps about the same matter"},
	"merge.how":      {"Yang digabung tidak dikerjakan sendiri lagi. Tiap pelapor tetap memegang nomornya dan menerima kabar yang sama.", "What is merged is no longer worked by itself. Each reporter keeps the number and gets the same news."},
	"merge.none":     {"Tidak ada yang mirip di sekitar tempat dan tanggalnya.", "Nothing like it near its place and date."},
	"merge.number":   {"Nomor laporan lain", "Number of another report"},
	"merge.act":      {"Gabungkan", "Merge"},
	"merge.do":       {"Gabungkan ke {number}", "Merge into {number}"},
	"merge.apart":    {"Pisahkan lagi", "Take apart again"},
	"merge.not":      {"Laporan ini tidak bisa digabung ke laporan lain: sudah selesai, darurat, atau laporan lain digabung ke sini.", "This report cannot be merged into another: it is over, an emergency, or others are merged into it."},
	"did.merge":      {"{number} sudah digabung.", "{number} was merged."},
	"did.apart":      {"{number} sudah dipisahkan.", "{number} was taken apart."},
	"wrong.number":   {"Nomor itu tidak ada. Lihat lagi huruf dan angkanya.", "There is no such number. Look at its letters and digits again."},
	"wrong.sight":    {"Tidak bisa digabung: yang satu rahasia atau mengadukan petugas.", "They cannot be merged: one is secret or accuses an official."},
	"wrong.merge":    {"Tidak bisa digabung sekarang. Laporan tujuan harus masih terbuka dan tidak digabung ke laporan lain.", "They cannot be merged now. The report it goes to must be open and merged into none."},

	"status.merged":     {"digabung", "merged"},
	"happened.merged":   {"digabung dengan laporan yang sama", "merged with a like report"},
	"happened.parted":   {"dipisahkan lagi", "taken apart again"},
	"happened.absorbed": {"laporan lain digabung ke sini", "another report was merged into this one"},
	"happened.yielded":  {"laporan lain dipisahkan lagi", "another report was taken apart again"},

	"checkword.title":  {"Kata kunci", "Check word"},
	"checkword.show":   {"Tampilkan kata kunci", "Show the check word"},
	"checkword.number": {"Nomor laporan", "Report number"},
	"checkword.how":    {"Bacakan nomor dan dua kata ini kepada pelapor saja. Dengan itu ia bisa melihat laporannya di halaman /lacak tanpa chat.", "Read the number and these two words to the reporter alone. With them they can look at the report on the page /lacak without a chat."},
}
