package bot

import "strings"

// Words that people type instead of pressing a button, in the three languages, compared with the whole message (see plain).
var (
	yeses       = list("ya, iya, y, yes, betul, benar, ok, oke, okay, siap, setuju, nggih, inggih, enggih, injih, leres, sip, yoi, yup")
	noes        = list("tidak, tdk, tak, enggak, nggak, ngga, gak, ga, no, mboten, boten, ora, bukan, sanes, tidak ada, nope, aman")
	sends       = list("kirim, kirimkan, ya kirim, ya kirimkan, kirim saja, send, yes send, send it, kintun, nggih kintun, lanjut, ya lanjut")
	secrets     = list("rahasia, kirim rahasia, ya rahasia, dirahasiakan, secret, keep it secret, wados")
	anonymouses = list("tanpa nama, anonim, kirim tanpa nama, ya tanpa nama, anonymous, without name, without my name, tanpa asma")
	opens       = list("terbuka, biasa, dengan nama, open, with my name")
	complaints  = list("pengaduan, aduan, keluhan, laporan, complaint, wadulan")
	aspirations = list("aspirasi, usulan, usul, saran, suggestion")
	inquiries   = list("pertanyaan, tanya, informasi, permintaan informasi, question, pitakenan")
	others      = list("lainnya, lain, yang lain, bukan itu, other, sanesipun, sanese, lintune")
	unknowns    = list("tidak tahu, tdk tahu, gak tahu, ga tau, gak tau, nggak tahu, tidak tau, kurang tahu, lupa, don't know, dont know, not sure, mboten ngertos, boten ngertos, ora ngerti, tidak perlu")
	skips       = list("lewati, lewat, skip, langkahi, nglangkung, langkung, tidak ada, gak ada, ga ada, mboten wonten")
	thanks      = list("terima kasih, terimakasih, makasih, makasi, trims, trimakasih, tks, thx, thanks, thank you, matur nuwun, maturnuwun, matur suwun, suwun, nuwun, matursuwun, mtr nwn, terima kasih banyak, ok terima kasih, oke terima kasih, ok makasih, baik terima kasih, siap terima kasih, nggih matur nuwun, thank you very much, sudah, ok sudah")
	politeWords = list("pak, bapak, bu, ibu, mas, mbak, kak, min, admin, petugas, semua, semuanya, banyak, sekali, ya, nggih, atas, untuk, bantuan, bantuannya, info, infonya, informasi, informasinya, jawaban, jawabannya, penjelasan, penjelasannya, kerja, kerjanya, respon, responnya, sanget, kathah, for, your, the, help, so, very, much, all, sir, madam")
	unsolved    = list("belum beres, belum selesai, blm beres, blm selesai, masih rusak, dereng rampung, dereng beres, durung beres, durung rampung, not fixed, still broken, not solved, belum tuntas")
)

// A command is something a person can ask for at any moment, as the whole message.
type command string

const (
	wantStart    command = "start"
	wantMenu     command = "menu"
	wantBack     command = "back"
	wantDrop     command = "cancel"
	wantHuman    command = "human"
	wantLanguage command = "language"
	wantReport   command = "report"
	wantCheck    command = "check"
	wantHelp     command = "help"
	wantWithdraw command = "withdraw"
	wantReopen   command = "reopen"
)

var wants = func() map[string]command {
	all := map[string]command{}
	for w, words := range map[command][]string{
		wantMenu:     list("menu, utama, menu utama, mulai"),
		wantBack:     list("kembali, back, bali, wangsul, mundur"),
		wantDrop:     list("batal, cancel, batalkan, gak jadi, ga jadi, tidak jadi, mboten siyos, boten siyos, mboten sios, ora sido, wurung, stop"),
		wantHuman:    list("petugas, operator, human, bicara dengan petugas, tanya petugas, officer, a human, agent"),
		wantLanguage: list("bahasa, language, basa, ganti bahasa, bahasa indonesia, bahasa jawa, basa jawa, english"),
		wantReport:   list("lapor, mau lapor, saya mau lapor, report, wadul, laporan baru, kula badhe lapor, aduan, buat laporan"),
		wantCheck:    list("cek, status, cek laporan, cek status, status laporan, check, my reports, laporan saya, priksa"),
		wantHelp:     list("bantuan, help, cara, cara lapor, petunjuk, pitulungan, how"),
		wantWithdraw: list("cabut, cabut laporan, withdraw, tarik laporan, copot"),
		wantReopen:   unsolved,
	} {
		for _, word := range words {
			all[word] = w
		}
	}
	for slash, w := range map[string]command{
		"start": wantStart, "menu": wantMenu, "batal": wantDrop, "cancel": wantDrop, "bahasa": wantLanguage, "language": wantLanguage,
		"lapor": wantReport, "cek": wantCheck, "status": wantCheck, "bantuan": wantHelp, "help": wantHelp, "petugas": wantHuman, "cabut": wantWithdraw,
		"kembali": wantBack,
	} {
		all["/"+slash] = w
	}
	return all
}()

// wanted tells what a whole message asks for. A command may carry the bot's name and a payload: "/start@tanggap_bot hello".
func wanted(typed string) (command, bool) {
	if strings.HasPrefix(typed, "/") {
		typed, _, _ = strings.Cut(typed, " ")
		typed, _, _ = strings.Cut(typed, "@")
	}
	w, ok := wants[typed]
	return w, ok
}

func list(words string) []string { return strings.Split(words, ", ") }

// isNumber tells whether only digits were typed.
func isNumber(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
