package bot

import (
	"slices"
	"strings"

	"tanggap/hotline"
)

// Words that people type instead of pressing a button, in the three languages, compared with the whole message (see plain).
var (
	yeses       = list("ya, iya, y, yes, yah, iyo, yo, iyes, betul, benar, bener, ok, oke, okay, siap, setuju, nggih, inggih, enggih, injih, njih, leres, sip, yoi, yup, boleh, ya boleh, iya betul, ya betul, ya benar")
	noes        = list("tidak, tdk, tak, enggak, nggak, ngga, gak, ga, no, mboten, boten, ora, bukan, sanes, tidak ada, nope, aman")
	sends       = list("kirim, kirimkan, krim, kirm, dikirim, ya kirim, iya kirim, y kirim, ok kirim, oke kirim, siap kirim, kirim ya, ya kirimkan, silakan kirim, langsung kirim, kirim sekarang, send, yes send, ok send, send it, kintun, kintunaken, dikintun, nggih kintun, inggih kintun, kirimno, kirimke, lanjut, lanjutkan, ya lanjut")
	secrets     = list("rahasia, kirim rahasia, kirim (rahasia, rahasiakan, ya rahasia, dirahasiakan, secret, keep it secret, wados")
	anonymouses = list("tanpa nama, jangan pakai nama, tidak pakai nama, kintun tanpa asma, send without my name, anonim, kirim tanpa nama, ya tanpa nama, anonymous, without name, without my name, tanpa asma")
	opens       = list("terbuka, biasa, dengan nama, kirim dengan nama, kirim biasa, pakai nama, kintun biyasa, kintun ngangge asma, send openly, send with my name, open, with my name")
	complaints  = list("pengaduan, aduan, keluhan, laporan, complaint, wadulan")
	aspirations = list("aspirasi, usulan, usul, saran, suggestion")
	inquiries   = list("pertanyaan, tanya, informasi, permintaan informasi, question, pitakenan")
	others      = list("lainnya, lain, yang lain, bukan itu, other, sanesipun, sanese, lintune")
	unknowns    = list("tidak tahu, tdk tahu, gak tahu, ga tau, gak tau, nggak tahu, tidak tau, kurang tahu, lupa, don't know, dont know, not sure, i don't know, i dont know, mboten ngertos, boten ngertos, ora ngerti, tidak perlu")
	skips       = list("lewati, lewat, skip, langkahi, nglangkung, langkung, tidak ada, gak ada, ga ada, mboten wonten")
	thanks      = list("terima kasih, terimakasih, makasih, makasi, trims, trimakasih, tks, thx, thanks, thank you, matur nuwun, maturnuwun, matur suwun, suwun, nuwun, matursuwun, mtr nwn, terima kasih banyak, ok terima kasih, oke terima kasih, ok makasih, baik terima kasih, siap terima kasih, nggih matur nuwun, thank you very much, sudah, ok sudah")
	politeWords = list("pak, bapak, bu, ibu, mas, mbak, kak, min, admin, petugas, semua, semuanya, banyak, sekali, ya, nggih, atas, untuk, bantuan, bantuannya, info, infonya, informasi, informasinya, jawaban, jawabannya, penjelasan, penjelasannya, kerja, kerjanya, respon, responnya, sanget, kathah, for, your, the, help, so, very, much, all, sir, madam")
	unsolved    = list("belum beres, belum selesai, blm beres, blm selesai, masih rusak, dereng rampung, dereng beres, durung beres, durung rampung, not fixed, still broken, not solved, belum tuntas")
)

// withdrawals ask for a report to be withdrawn, and while one is not sent yet to throw it away.
var withdrawals = list("laporan saya dibatalkan, laporannya dibatalkan, laporan dibatalkan, batalkan laporan saya, batalkan laporannya, batalkan laporan, saya batalkan laporannya, tidak jadi lapor, gak jadi lapor, ga jadi lapor, nggak jadi lapor, " +
	"saya tidak jadi lapor, saya gak jadi lapor, saya mau cabut laporan, saya mau mencabut laporan, mau cabut laporan, cabut laporan saya, cabut saja laporan saya, laporan saya dicabut, laporan saya cabut, saya cabut laporan saya, " +
	"tarik laporan saya, laporan saya ditarik, hapus laporan saya, ora sido lapor, ra sido lapor, gak sido lapor, ora sida lapor, ora sido wadul, mboten siyos lapor, mboten siyos wadul, mboten sios lapor, boten siyos lapor, wurung lapor, " +
	"laporan kula dicabut, laporan kula diwurungaken, laporan kula dibatalaken, laporanku dibatalno, laporanku dicabut, cancel my report, withdraw my report, cancel the report, i want to cancel my report, i want to withdraw my report, please cancel my report, please withdraw my report, forget my report")

// beforeWithdrawing may stand before it.
var beforeWithdrawing = list("pak, bu, mas, mbak, min, admin, maaf, mohon, tolong, nuwun, sewu, kalau, begitu, ya, nggih, sorry, please, ok, oke, wis, sudah, tulung")

// withdraws tells whether a whole message asks for that.
func withdraws(typed string) bool {
	for {
		first, rest, ok := strings.Cut(typed, " ")
		if among(withdrawals, typed) || !ok {
			return among(withdrawals, typed)
		}
		if !slices.Contains(beforeWithdrawing, first) {
			return false
		}
		typed = rest
	}
}

// progress asks how far a report is, with or without "pak" and the like after it.
var progress = list("kapan, kapan ya, sampai mana, sampe mana, sudah sampai mana, udah sampai mana, sampai dimana, sudah sampai dimana, gimana kelanjutannya, gmn kelanjutannya, bagaimana kelanjutannya, kelanjutannya gimana, kelanjutannya bagaimana, gimana laporan saya, bagaimana laporan saya, laporan saya gimana, laporan saya bagaimana, laporan saya sampai mana, gimana perkembangannya, bagaimana perkembangannya, kapan dikerjakan, kapan diperbaiki, kapan ditangani, kapan selesai, kapan datang, kapan ada hasil, kok belum, kok lama, sudah belum, ada kabar, ada kabar apa, belum ada kabar, tekan endi, wis tekan endi, dugi pundi, sampun dugi pundi, kapan nggih, piye kelanjutane, pripun kelanjutane, pripun laporan kula, how far is it, when, any news, what about my report")

// inquires tells whether a whole message asks how far things are: one of those phrases, or a few words around one that asks nothing else.
func inquires(typed string) bool {
	typed = strings.TrimSpace(strings.TrimRight(typed, "?! "))
	for _, before := range list("pak, bu, min, admin, terus, lalu, trus, lha") {
		typed = strings.TrimPrefix(typed, before+" ")
	}
	if among(progress, typed) {
		return true
	}
	said, words := " "+bare(typed)+" ", strings.Fields(bare(typed))
	for _, p := range progressAmid {
		before, after, ok := strings.Cut(said, " "+p+" ")
		if !ok || len(words) > progressMost {
			continue
		}
		rest := append(strings.Fields(before), strings.Fields(after)...)
		return !slices.ContainsFunc(rest, func(w string) bool { return !slices.Contains(progressAround, w) })
	}
	return false
}

// progressMost is how many words such a question has at most.
const progressMost = 9

var (
	progressAmid = list("sampai mana, sampe mana, sampai dimana, sampai di mana, tekan endi, tekan ngendi, nganti endi, dugi pundi, ngantos pundi, gimana, bagaimana, gmn, piye, pripun, " +
		"kapan dikerjakan, kapan diperbaiki, kapan ditangani, kapan selesai, kapan datang, kapan ditandangi, kapan didandani, kapan dipundandosi, kapan rampung, " +
		"ada kabar, ada perkembangan, ana kabar, wonten kabar, " +
		"what is the status, what's the status, whats the status, the status, how far, any news, any update, any updates, any progress, when will")
	progressAround = list("pak, bapak, bu, ibu, mas, mbak, kak, min, admin, maaf, nuwun, sewu, ngapunten, punten, permisi, mau, tanya, badhe, tanglet, arep, takon, sudah, udah, sdh, wis, pun, sampun, " +
		"ini, itu, niki, niku, iki, kuwi, ya, nggih, to, tho, dong, sih, kok, terus, trus, lalu, lha, jadinya, jadi, nya, laporan, laporane, laporannya, aduan, aduannya, wadulan, kasus, kasusnya, kasuse, saya, kula, ku, aku, kami, " +
		"tadi, wau, mau, kemarin, wingi, yang, sing, dari, prosesnya, prosese, proses, kelanjutannya, kelanjutane, perkembangannya, statusnya, statuse, status, hasilnya, asile, apa, apakah, napa, belum, durung, dereng, " +
		"penanganannya, progresnya, progress, lanjutannya, tindak, lanjut, lanjutnya, soal, bab, tentang, " +
		"please, is, are, it, of, on, my, the, report, case, complaint, there, with, now, yet, and, what, so, sir, you, come, be, fixed, done, repaired, this, that, has, gone, still")
	// questionWords begin a question to us, where one of ours is open.
	questionWords = list("kapan, siapa, sopo, sinten, kenapa, knp, mengapa, ngopo, kenging, bagaimana, gimana, gmn, piye, pripun, berapa, piro, pinten, apakah, opo, punapa, napa, masih, sudah, wis, sampun, " +
		"when, who, why, how, what, will, is, are, did, do, does, can, mana, endi, pundi")
)

// asksBack tells whether a short message is nothing but a question to us, with its mark: no answer to what we have asked.
func asksBack(text string) bool {
	said := strings.TrimSpace(text)
	if !strings.HasSuffix(said, "?") || strings.ContainsAny(strings.TrimRight(said, "? "), "?.!;\n") {
		return false
	}
	words := hotline.Words(said)
	for len(words) > 0 && slices.Contains(softWords, words[0]) {
		words = words[1:]
	}
	return len(words) >= 2 && len(words) <= progressMost && slices.Contains(questionWords, words[0])
}

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
		wantDrop:     list("batal, cancel, batalkan, gak jadi, ga jadi, tidak jadi, tak jadi, nggak jadi, enggak jadi, ngga jadi, ndak jadi, gajadi, gakjadi, tidak usah, gak usah, ga usah, gausah, nggak usah, ngga usah, enggak usah, ndak usah, tak usah, mboten siyos, boten siyos, mboten sios, boten sios, mboten usah, ora sido, ra sido, gak sido, ora usah, ra usah, wurung, never mind, nevermind, stop"),
		wantHuman:    list("petugas, operator, human, bicara dengan petugas, tanya petugas, officer, a human, agent"),
		wantLanguage: list("bahasa, language, basa, ganti bahasa, ganti basa, change language, pilih bahasa"),
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
	if w, ok := wants[typed]; ok {
		return w, true
	}
	w, ok := wants[leaner(typed)]
	return w, ok
}

// particles may stand after a word that is an answer or a command: "ga usah deh", "iya pak", "kirim aja".
var particles = list("deh, aja, saja, mawon, wae, ae, dong, lah, kok, sih, pak, bapak, bu, ibu, min, admin, kak, mas, mbak, mba, gan, please, sekarang, dulu, ya")

// leaner takes particles off the end. A word that is only particles stays.
func leaner(typed string) string {
	for {
		rest, last, ok := cutLast(typed)
		if !ok || !slices.Contains(particles, last) {
			return typed
		}
		typed = strings.TrimRight(rest, " ,.!")
	}
}

func cutLast(s string) (rest, last string, ok bool) {
	i := strings.LastIndexByte(s, ' ')
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

// among tells whether what was typed is one of the words, perhaps with a particle after it.
func among(words []string, typed string) bool {
	return slices.Contains(words, typed) || slices.Contains(words, leaner(typed))
}

// tongues are the ways to ask for a language by its name.
var tongues = func() map[string]hotline.Lang {
	all := map[string]hotline.Lang{}
	for l, names := range map[hotline.Lang][]string{
		hotline.Indonesian: list("indonesia, indonesian"),
		hotline.Javanese:   list("jawa, jawi, jowo, javanese"),
		hotline.English:    list("inggris, english, inggeris"),
	} {
		for _, name := range names {
			all[name] = l
			for _, before := range list("bahasa, basa, boso, ganti bahasa, ganti basa, ganti, pakai bahasa, pake bahasa, ngangge basa, ngagem basa, nganggo basa, in, change to, switch to") {
				all[before+" "+name] = l
			}
		}
	}
	return all
}()

// Words for the other buttons of a draft.
var (
	looks     = list("biar petugas yang lihat, petugas yang lihat, biar petugas, petugas saja yang lihat, petugas mawon sing mirsani, let a human look")
	anews     = list("baru, laporan baru, anyar, laporan anyar, new, a new report, bukan itu, beda, lain")
	adds      = list("tambah, tambahkan, tambahan, itu, laporan itu, add, tambahaken, ditambah")
	changes   = list("ubah, ganti, edit, betulkan, perbaiki, ralat, salah, keliru, ada yang salah, ewahi, diewahi, change, wrong")
	changings = map[string]string{
		"soal": "matter", "soalnya": "matter", "babe": "matter", "bab": "matter", "what it is about": "matter",
		"tempat": "place", "tempatnya": "place", "lokasi": "place", "lokasinya": "place", "desanya": "place", "panggenane": "place", "the place": "place", "place": "place",
		"cerita": changeStory, "ceritanya": changeStory, "cariyose": changeStory, "the story": changeStory, "story": changeStory,
		"jenis": "kind", "jenisnya": "kind", "jinise": "kind", "the kind": "kind",
		"kerahasiaan": "privacy", "kerahasiaannya": "privacy", "wadose": "privacy", "who may know": "privacy", "nama": "privacy", "namanya": "privacy",
	}
)

// placeLists ask for the list of places.
var placeLists = list("daftar, pilih dari daftar, lihat daftar, pilih kecamatan, list, choose from a list, pilih saking daftar")

func list(words string) []string { return strings.Split(words, ", ") }

// isNumber tells whether only digits were typed.
func isNumber(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
