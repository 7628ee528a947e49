package bot

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"tanggap/hotline"
)

// An act is something that an officer or the coordinator does. Its value stands in buttons and in a conversation's state: don't change one.
type act string

// The acts about an assignment.
const (
	actTake     act = "take"     // Ambil
	actAck      act = "ack"      // Terima: an emergency
	actSee      act = "see"      // Lihat
	actMore     act = "more"     // the rarer acts
	actAnswer   act = "answer"   // news for the reporter
	actAsk      act = "ask"      // a question to the reporter
	actNote     act = "note"     // internal
	actPhoto    act = "photo"    // a photo comes; what for is asked then
	actResolve  act = "resolve"  // done, in one sentence
	actSchedule act = "schedule" // will be done on a day
	actPass     act = "pass"     // passed on to a body outside
	actCannot   act = "cannot"   // not possible
	actDecline  act = "not"      // Bukan kami
	actRelease  act = "release"  // back to the worklist
	actHelp     act = "help"     // another unit is asked to support
	actFinish   act = "finish"   // a supporting or responding part is done
	actOver     act = "over"     // a head takes it over from an officer
	actUndo     act = "undo"     // an outcome taken back within undoFor
	actDepart   act = "depart"   // Berangkat: on the way to an emergency
	actArrive   act = "arrive"   // Tiba: there
)

// The acts of the coordinator about a case.
const (
	actRoute      act = "route" // to a unit
	actOwn        act = "own"   // takes it and answers
	actHand       act = "hand"  // passes it on to a body without a desk here
	actCategory   act = "cat"
	actArchive    act = "arch"
	actTranscribe act = "write" // a voice note is written down
	actCase       act = "case"  // shows the case with the coordinator's buttons
	actBlock      act = "block" // the reporter may file nothing ordinary for a time
	actUnblock    act = "unblock"
)

// What an officer can ask for as the whole message.
const (
	wishDutyOn   act = "on"
	wishDutyOff  act = "off"
	wishDuty     act = "duty"
	wishQueue    act = "queue"
	wishMine     act = "mine"
	wishTriage   act = "triage"
	wishLate     act = "late"
	wishErasures act = "erasures"
	wishInvites  act = "invites"
	wishGuide    act = "guide"
	wishConsole  act = "console" // a link to the console
	wishCancel   act = "cancel"
	wishCitizen  act = "citizen" // the citizen's side, always
	wishComplain act = "complain"
)

// wishes are understood as the whole message only, in any of the languages, with or without a slash before them.
var wishes = wordlist(map[act]string{
	wishDutyOn:   "piket, hadir, mulai piket, mulai tugas, tugas on, masuk piket, on duty, start duty",
	wishDutyOff:  "pulang, istirahat, selesai piket, selesai tugas, tugas off, off duty, end duty, wangsul",
	wishDuty:     "tugas, status tugas, status piket, duty",
	wishQueue:    "antrian, antrean, queue",
	wishMine:     "kasusku, kasus saya, kasus kula, my cases",
	wishTriage:   "triase, triage",
	wishLate:     "telat, terlambat, late",
	wishErasures: "permintaan hapus, permintaan hapus data, panyuwunan busek, erasure requests",
	wishInvites:  "undangan, undangan terbuka, ulem-ulem, invitations, invites",
	wishGuide:    "bantuan, bantuan petugas, help",
	wishConsole:  consoleWords,
	wishCancel:   "batal, cancel, wurung, boten siyos, mboten siyos",
	wishCitizen:  "menu, start, mulai, kembali, bahasa, petugas, cek, data saya, hapus data saya, basa, language, back, check, my data",
	wishComplain: "lapor, report, wadul",
})

// actWords begin a line. The longest one that fits counts.
var actWords = wordlist(map[act]string{ //nolint:gosec // G101: actPass passes a case on, it is no password
	actTake:     "ambil, take, pendhet, terima, saya terima, tampi, kula tampi, accept",
	actDepart:   "berangkat, saya berangkat, kami berangkat, otw, meluncur, mangkat, budhal, bidhal, kula bidhal, on my way, on the way",
	actArrive:   "tiba, sampai, sudah tiba, sudah sampai, sampai lokasi, tiba di lokasi, sampai di lokasi, dugi, sampun dugi, arrived",
	actSee:      "lihat, kasus, buka, riwayat, detail, see, show, open, case, tingali, bikak, perkawis",
	actAnswer:   "jawab, jawaban, balas, answer, reply, wangsuli",
	actAsk:      "tanya, tanyakan, ask, tangled",
	actNote:     "catatan, catat, note, cathetan",
	actPhoto:    "foto, photo",
	actResolve:  "selesai, beres, rampung, tuntas, done, resolved",
	actSchedule: "jadwal, jadwalkan, dijadwalkan, schedule",
	actPass:     "urusan luar pemkab, urusan njawi pemkab, not the regency's, teruskan, diteruskan, diteruskan ke, teruskan ke, passed on, passed on to, pass on to",
	actCannot:   "tidak bisa, tidak dapat, gak bisa, ga bisa, nggak bisa, tdk bisa, mboten saged, ora iso, not possible, cannot",
	actDecline:  "bukan unit kami, sanes unit kula, not our unit, bukan kami, bukan wewenang kami, bukan wewenang, not ours, sanes kula",
	actRelease:  "lepas, lepaskan, release",
	actHelp:     "minta bantuan, minta tolong, nyuwun bantuan, ask help, ask help from",
	actFinish:   "bagian kami selesai, our part is done",
	actOver:     "ambil alih, take over",
	actUndo:     "batalkan, urungkan, undo",
	actRoute:    "ke, teruskan kepada, kirim ke, to, dhateng",
	actOwn:      "jawab sendiri, answer myself",
	actArchive:  "arsip, arsipkan, archive",
	actCategory: "kategori, category",
	actBlock:    "blokir, blokir pelapor, block, block the reporter",
	actUnblock:  "buka blokir, bikak blokir, unblock, lift the block",
})

func wordlist(lists map[act]string) map[string]act {
	all := map[string]act{}
	for a, list := range lists {
		for w := range strings.SplitSeq(list, ", ") {
			all[w] = a
		}
	}
	return all
}

// longestAct is how many words an act has at most.
const longestAct = 4

// An order is a line of an officer taken apart: what to do, about which case, and what is said with it. Each of them may be missing.
type order struct {
	Act    act
	Handle int            // 1…99; 0: none named
	Number hotline.Number // zero: none named
	Text   string         // the rest, as written
	Said   string         // the rest with the words of the act, for acts whose words are part of the sentence: "tidak bisa tahun ini"
	Whole  string         // all of it, trimmed
}

// named tells whether the line names a case.
func (o order) named() bool { return o.Handle != 0 || o.Number.Seq != 0 }

// readWish reads a whole message that asks for something; empty where it does not.
func readWish(s string) act {
	if len(s) > 64 {
		return ""
	}
	s = strings.ToLower(strings.TrimRight(strings.TrimPrefix(strings.TrimSpace(s), "/"), ".!? "))
	s = strings.Join(strings.Fields(s), " ")
	if w, ok := wishes[s]; ok {
		return w
	}
	if first, _, more := strings.Cut(s, " "); more && wishes[first] == wishComplain {
		return wishComplain
	}
	return ""
}

// readOrder takes a line apart: "3 sudah ditambal", "jawab 3 besok kami ke sana", "selesai JPR-261123-0001K sudah ditambal", "3". The letters are
// those that begin the regency's numbers. isDay tells whether a text begins with a day, so that in "jadwal 3 hari lagi" the 3 is no handle.
func readOrder(letters, s string, isDay func(string) bool) order {
	o := order{Whole: strings.TrimSpace(s)}
	rest := o.Whole
	o.Handle, o.Number, rest = cutCase(letters, rest)
	acted := rest
	o.Act, rest = cutAct(rest)
	words := strings.TrimSpace(acted[:len(acted)-len(rest)])
	if o.Act != "" && !o.named() && !(o.Act == actSchedule && isDay(rest)) {
		o.Handle, o.Number, rest = cutCase(letters, rest)
	}
	o.Text, o.Said = rest, rest
	if o.Act != "" && rest != "" {
		o.Said = words + " " + rest
	}
	return o
}

// readActs takes a line apart that is known to be about a case, so that a number at its beginning is just a number.
func readActs(s string) order {
	o := order{Whole: strings.TrimSpace(s)}
	o.Act, o.Text = cutAct(o.Whole)
	o.Said = o.Text
	if o.Act != "" && o.Text != "" {
		o.Said = o.Whole
	}
	return o
}

// words gives what is said with the order. An outcome that is worded like its act keeps all its words.
func (o order) words() string {
	if o.Act == actCannot || o.Act == actDecline {
		return o.Said
	}
	return o.Text
}

// cutCase takes a handle or a number off the front.
func cutCase(letters, s string) (handle int, number hotline.Number, rest string) {
	word, rest := cutWord(s)
	if n, ok := hotline.ParseNumber(letters, word); ok {
		return 0, n, rest
	}
	digits := strings.TrimPrefix(word, "#")
	if n, err := strconv.Atoi(digits); err == nil && len(digits) <= 2 && n >= 1 && n <= 99 && digits[0] != '+' && digits[0] != '-' {
		return n, hotline.Number{}, rest
	}
	return 0, hotline.Number{}, s
}

// cutAct takes the words of an act off the front, the longest that fits.
func cutAct(s string) (act, string) {
	var found act
	left := s
	rest, phrase := strings.TrimPrefix(s, "/"), ""
	for range longestAct {
		var word string
		word, rest = cutWord(rest)
		if word == "" {
			break
		}
		phrase = strings.TrimPrefix(phrase+" "+strings.ToLower(word), " ")
		if phrase == "terima kasih" { // takes nothing
			return "", s
		}
		if a, ok := actWords[phrase]; ok {
			found, left = a, rest
		}
	}
	return found, left
}

// cutWord takes the first word off, without the marks that end it.
func cutWord(s string) (word, rest string) {
	s = strings.TrimSpace(s)
	i := strings.IndexAny(s, " \t\r\n")
	if i < 0 {
		i = len(s)
	}
	word, rest = s[:i], strings.TrimSpace(s[i:])
	bare := strings.TrimRight(word, ":,.;!")
	if bare == "" {
		return word, rest
	}
	return bare, rest
}

// enrolment reads "/daftar CODE" and "/start daftar-CODE", which a t.me link sends. With asked, somebody wants to enrol; the code may be missing.
func enrolment(s string) (code string, asked bool) {
	words := strings.Fields(s)
	if len(words) > 2 && strings.HasPrefix(words[0], "/daftar") && len(s) <= hotline.MaxText { // pasted with the lines around it
		if i := slices.IndexFunc(words[1:], codeLike); i >= 0 {
			words = []string{words[0], words[i+1]}
		} else if code, meant := readCode(strings.Join(words[1:], " "), enrolCodeSize); meant { // in groups of letters
			words = []string{words[0], code.text}
		} else {
			return "", false
		}
	}
	if len(words) == 0 || len(words) > 2 {
		return "", false
	}
	command, _, _ := strings.Cut(strings.ToLower(words[0]), "@") // "/start@tanggap_bot" in groups
	payload := ""
	if len(words) == 2 {
		payload = words[1]
	}
	switch command {
	case "/daftar":
	case "daftar":
		if !strings.ContainsAny(payload, "0123456789") && (len(payload) < 6 || strings.ToUpper(payload) != payload) {
			return "", false // "daftar antrian" is somebody else's matter
		}
	case "/start":
		after, found := cutPrefixFold(payload, "daftar-")
		if !found {
			return "", false
		}
		payload = after
	default:
		return "", false
	}
	if len(payload) > 64 || !utf8.ValidString(payload) {
		payload = payload[:0]
	}
	return payload, true
}

// codeLike tells whether a word has the form of an invitation's code: capitals and digits, and not a number.
func codeLike(word string) bool {
	return len(word) >= 6 && len(word) <= 12 && strings.Trim(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == "" && strings.Trim(word, "0123456789") != ""
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}
