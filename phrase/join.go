package phrase

// join are the sentences about being one person on several networks.
var join = map[string]Entry{
	"join.code":      {"Kode Anda: {code}\nBerlaku 10 menit, sekali pakai.", "Kode njenengan: {code}\nDangu 10 menit, sepisan ngangge.", "Your code: {code}\nGood for 10 minutes, once."},
	"join.code.how":  {"Di {network}, kirim ke layanan ini: hubungkan {code}", "Wonten {network}, kintun dhateng layanan menika: hubungkan {code}", "On {network}, send to this service: connect {code}"},
	"join.code.keep": {"Jangan berikan kode ini kepada siapa pun.", "Kode menika ampun diparingke sinten mawon.", "Give this code to nobody."},
	"join.code.have": {"Sudah punya kode dari sana? Ketik kodenya di sini.", "Sampun gadhah kode saking mrika? Ketik kodene teng mriki.", "Already have a code from there? Type it here."},
	"join.wrong":     {"Kode itu tidak cocok. Periksa lagi, atau minta kode baru: ketik hubungkan di sana.", "Kode niku mboten cocog. Dipriksa malih, utawi nyuwun kode enggal: ketik hubungkan teng mrika.", "That code does not match. Check it, or get a new one: type connect there."},
	"join.used":      {"Kode itu sudah dipakai. Minta kode baru: ketik hubungkan di sana.", "Kode niku sampun diangge. Nyuwun kode enggal: ketik hubungkan teng mrika.", "That code was already used. Get a new one: type connect there."},
	"join.expired":   {"Kode itu sudah lewat waktunya. Minta kode baru: ketik hubungkan di sana.", "Kode niku sampun kedaluwarsa. Nyuwun kode enggal: ketik hubungkan teng mrika.", "That code has expired. Get a new one: type connect there."},
	"join.locked":    {"Terlalu banyak kode salah. Coba lagi satu jam lagi.", "Kekathahen kode sing lepat. Dicobi malih setunggal jam engkas.", "Too many wrong codes. Try again in an hour."},
	"join.same":      {"Keduanya sudah tersambung.", "Kalih-kalihe sampun kesambung.", "The two are connected already."},

	"join.sure":      {"Sambungkan dengan {network} …{tail}?", "Disambung kalih {network} …{tail}?", "Connect with {network} …{tail}?"},
	"join.sure.what": {"Laporan dan data Anda lalu terlihat di kedua tempat. Kabar dikirim ke tempat Anda terakhir menulis.", "Laporan lan data njenengan lajeng ketingal teng kalih papan. Kabar dikintun teng papan njenengan pungkasan nyerat.", "Your reports and data can then be seen in both places. News go to where you last wrote."},
	"join.sure.code": {"Lanjutkan hanya kalau Anda sendiri yang meminta kode itu.", "Dilajengaken namung menawi njenengan piyambak sing nyuwun kode niku.", "Go on only if you asked for that code yourself."},
	"join.done":      {"Tersambung dengan {network} …{tail}.", "Sampun kesambung kalih {network} …{tail}.", "Connected with {network} …{tail}."},
	"join.undo":      {"Untuk memisahkan lagi, ketik pisahkan.", "Kangge misahaken malih, ketik pisahkan.", "To part them again, type disconnect."},
	"join.not":       {"Baik, tidak disambungkan.", "Nggih, mboten disambung.", "All right, nothing is connected."},
	"join.told":      {"{network} …{tail} kini tersambung dengan percakapan ini.", "{network} …{tail} samangke kesambung kalih omongan niki.", "{network} …{tail} is now connected with this chat."},
	"join.notyou":    {"Bukan Anda? Ketik pisahkan.", "Sanes njenengan? Ketik pisahkan.", "Not you? Type disconnect."},
	"join.erasure":   {"Dari {network} …{tail} ada permintaan menghapus semua data Anda, juga yang dari sini. Diputuskan paling lambat {due}.", "Saking {network} …{tail} wonten panyuwunan mbusek sedaya data njenengan, ugi sing saking mriki. Diputus paling lami {due}.", "From {network} …{tail} it was asked to erase all your data, this chat's too. It is decided by {due}."},

	"part.alone": {"Percakapan ini tidak tersambung dengan yang lain. Untuk menyambungkan, ketik hubungkan.", "Omongan niki mboten kesambung kalih sanese. Kangge nyambung, ketik hubungkan.", "This chat is not connected with another. To connect one, type connect."},
	"part.which": {"Yang tersambung:", "Sing kesambung:", "Connected are:"},
	"part.here":  {"• {network} …{tail} (di sini)", "• {network} …{tail} (teng mriki)", "• {network} …{tail} (here)"},
	"part.there": {"• {network} …{tail}", "• {network} …{tail}", "• {network} …{tail}"},
	"part.gone":  {"Yang itu sudah tidak tersambung.", "Sing niku sampun mboten kesambung.", "That one is no longer connected."},
	"part.done":  {"{network} …{tail} tidak lagi tersambung.", "{network} …{tail} sampun mboten kesambung.", "{network} …{tail} is no longer connected."},
	"part.told":  {"{network} …{tail} tidak lagi tersambung dengan percakapan ini.", "{network} …{tail} sampun mboten kesambung kalih omongan niki.", "{network} …{tail} is no longer connected with this chat."},
	"part.left":  {"Percakapan ini tidak lagi tersambung dengan yang lain.", "Omongan niki sampun mboten kesambung kalih sanese.", "This chat is no longer connected with the others."},
	"part.after": {"Laporan tetap ada di tempat pengirimannya.", "Laporan tetep wonten papan ngintune.", "Reports stay where they were sent from."},

	"button.join": {"Ya, sambungkan", "Nggih, disambung", "Yes, connect"},
	"button.part": {"Pisahkan {network} …{tail}", "Pisahaken {network} …{tail}", "Part {network} …{tail}"},
}
