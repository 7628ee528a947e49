package phrase

// group are the sentences about a unit's chat of many, and those that stand in it.
var group = map[string]Entry{
	"group.restricted":   {"{case}: tidak lagi untuk grup ini.", "{case}: sampun sanes kangge grup niki.", "{case}: no longer for this group."},
	"group.headonly":     {"Hanya kepala unit yang bisa mendaftarkan grup.", "Namung pangarsa unit ingkang saged ndhaftaraken grup.", "Only the head of a unit can register a group."},
	"group.which":        {"Grup untuk unit yang mana?", "Grup kangge unit ingkang pundi?", "A group for which unit?"},
	"group.code":         {"Kode grup untuk {unit}, sampai {until}, sekali pakai.", "Kode grup kangge {unit}, ngantos {until}, sepisan ngangge.", "A group code for {unit}, until {until}, good once."},
	"group.code.how":     {"Masukkan layanan ini ke grup. Lalu seorang petugas unit yang sudah terdaftar menulis di grup itu:\n{command}", "Layanan menika dipunlebetaken grup. Lajeng petugas unit ingkang sampun kadaftar nyerat wonten grup menika:\n{command}", "Add this service to the group. Then an enrolled officer of the unit writes in that group:\n{command}"},
	"group.code.careful": {"Semua anggota grup akan membaca kartu kasus unit ini, tanpa pelapor dan tanpa yang rahasia. Untuk mengakhiri, ketik lepas grup.", "Sedaya warga grup badhe maos kertu perkawis unit menika, tanpa ingkang lapor lan tanpa ingkang wados. Kangge mungkasi, ketik lepas grup.", "All in the group will read this unit's case cards, without the reporter and without secrets. To end it, type release group."},
	"group.stranger":     {"Kode grup {unit} ditulis di grup oleh orang yang belum terdaftar di unit. Grup belum tersambung.", "Kode grup {unit} dipunserat wonten grup dening tiyang ingkang dereng kadaftar ing unit. Grup dereng kesambung.", "The group code of {unit} was written in a group by somebody who is not enrolled in the unit. The group is not connected."},
	"group.locked":       {"Di grup {network} …{tail} lebih dari lima kode salah ditulis. Kode dari penulisnya ditolak satu jam.", "Wonten grup {network} …{tail} langkung saking gangsal kode lepat dipunserat. Kode saking ingkang nyerat dipuntampik setunggal jam.", "In group {network} …{tail} more than five wrong codes were written. Codes from that writer are refused for an hour."},
	"group.registered":   {"Grup {network} …{tail} kini menerima kartu kasus {unit}. Bukan Anda yang meminta? Ketik lepas grup.", "Grup {network} …{tail} samenika nampi kertu perkawis {unit}. Sanes panjenengan ingkang nyuwun? Ketik lepas grup.", "Group {network} …{tail} now gets the case cards of {unit}. Not your wish? Type release group."},
	"group.welcome":      {"Grup ini sekarang menerima kartu kasus {unit}.", "Grup menika samenika nampi kertu perkawis {unit}.", "This group now gets the case cards of {unit}."},
	"group.take":         {"Petugas terdaftar: balas kartu dengan kata ambil.", "Petugas kadaftar: wangsuli kertu kanthi tembung ambil.", "Enrolled officers: reply to a card with take."},
	"group.taken":        {"{case} · {category}\nSudah diambil {who}.", "{case} · {category}\nSampun dipunpendhet {who}.", "{case} · {category}\nTaken by {who}."},
	"group.corrected":    {"{case} dibetulkan pelapor: sekarang untuk unit lain.", "{case} dipunleresaken ingkang lapor: sapunika kangge unit sanes.", "{case} was put right by the reporter: it is for another unit now."},
	"group.taken.only":   {"{case} sudah diambil {who}.", "{case} sampun dipunpendhet {who}.", "{case} was taken by {who}."},
	"group.gone":         {"Layanan ini dikeluarkan dari grup {network} …{tail}. Kartu kasus {unit} tidak lagi dikirim ke sana.", "Layanan menika dipunwedalaken saking grup {network} …{tail}. Kertu perkawis {unit} sampun mboten dipunkintun mrika.", "This service was removed from group {network} …{tail}. Case cards of {unit} no longer go there."},
	"group.none":         {"Belum ada grup yang terdaftar. Untuk mendaftarkan, ketik daftarkan grup.", "Dereng wonten grup ingkang kadaftar. Kangge ndhaftaraken, ketik daftarkan grup.", "No group is registered. To register one, type register group."},
	"group.end.which":    {"Grup mana yang dilepas?", "Grup pundi ingkang dipunlepas?", "Which group is to be released?"},
	"group.line":         {"• {network} …{tail}: {unit}, sejak {since}", "• {network} …{tail}: {unit}, wiwit {since}", "• {network} …{tail}: {unit}, since {since}"},
	"group.over":         {"Grup ini tidak lagi menerima kartu kasus {unit}.", "Grup menika sampun mboten nampi kertu perkawis {unit}.", "This group no longer gets the case cards of {unit}."},
	"group.ended":        {"Grup {network} …{tail} dilepas dari {unit}.", "Grup {network} …{tail} dipunlepas saking {unit}.", "Group {network} …{tail} was released from {unit}."},

	"button.group.end": {"Lepas grup …{tail}", "Lepas grup …{tail}", "Release group …{tail}"},
}
