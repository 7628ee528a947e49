package phrase

// link is what those hear who ask for a link to the console.
var link = map[string]Entry{
	"link.here": {"Buka tautan ini untuk masuk ke konsol: {url}", "Bikak tautan niki kangge mlebet konsol: {url}", "Open this link to enter the console: {url}"},
	"link.once": {
		"Berlaku 5 menit dan sekali pakai. Jangan diteruskan ke siapa pun.",
		"Kangge 5 menit lan sepisan kemawon. Ampun dipunterusaken dhateng sinten-sinten.",
		"It works once, within 5 minutes. Pass it on to nobody.",
	},
	"link.private": {
		"Tautan konsol hanya di chat pribadi. Tulis \"konsol\" di sini.",
		"Tautan konsol namung wonten chat pribadi. Serat \"konsol\" wonten mriki.",
		"Links to the console are for a private chat only. Write \"konsol\" here.",
	},
	"link.off": {
		"Konsol belum bisa dibuka dari chat: alamatnya belum dipasang. Tanyakan ke koordinator.",
		"Konsol dereng saged dipunbikak saking chat: alamate dereng dipunpasang. Nyuwun pirsa dhateng koordinator.",
		"The console cannot be opened from chat yet: its address is not set. Ask the coordinator.",
	},
	"link.often": {
		"Sudah {n} tautan dalam satu jam. Yang berikutnya bisa mulai {at}.",
		"Sampun {n} tautan sajroning sejam. Sakbanjure saged wiwit {at}.",
		"That was {n} links within an hour. The next one can be had from {at}.",
	},
	"link.disabled": {"Akun konsol Anda dinonaktifkan. Hubungi koordinator.", "Akun konsol panjenengan dipunpateni. Hubungi koordinator.", "Your account at the console is disabled. Ask the coordinator."},
	"link.guide":    {"konsol: tautan ke papan kerja di web", "konsol: tautan dhateng papan kerja wonten web", "console: a link to your work on the web"},
}
