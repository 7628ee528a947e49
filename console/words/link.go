package words

// link is what those read who come by a link from the bot.
var link = map[string]Word{
	"link.title": {"Masuk ke konsol", "Enter the console"},
	"link.intro": {"Tautan ini sekali pakai. Tekan tombol untuk masuk.", "This link works once. Press the button to enter."},
	"link.other": {"Anda sedang masuk sebagai {name}. Dengan tombol ini Anda keluar dari sana.", "You are signed in as {name}. This button signs you out there."},
	"link.enter": {"Masuk", "Enter"},
	"link.over":  {"Tautan ini sudah dipakai atau sudah lewat 5 menit. Tulis \"konsol\" lagi kepada bot.", "This link was used, or its 5 minutes are over. Write \"konsol\" to the bot again."},
	"login.chat": {"Petugas: tulis \"konsol\" kepada bot untuk mendapat tautan masuk.", "Officers: write \"konsol\" to the bot and get a link."},
}
