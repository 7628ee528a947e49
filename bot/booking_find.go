package bot

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"tanggap/hotline"
)

// This file finds out whether somebody wants something done at a counter, and what. A complaint about a service stays a complaint; where it may be either, they
// are asked.

// What a whole message asks for.
const (
	wantServices command = "services"
	wantBookings command = "bookings"
	wantSchedule command = "schedule"
	wantUnbook   command = "unbook"
)

var bookWants = func() map[string]command {
	all := map[string]command{}
	for w, words := range map[command][]string{
		wantServices: list("layanan, pelayanan, daftar layanan, layanan apa saja, layanan apa, jenis layanan, mau mengurus, mau ngurus, mau urus surat, urus surat, ngurus surat, mengurus surat, ngurus, urus, booking, ambil antrean, ambil antrian, daftar antrean, daftar antrian, " +
			"mau antre, mau antri, ambil nomor, ambil nomer, pesan tempat, mau pesan tempat, services, service, layanane, layanan napa mawon, badhe ngurus, arep ngurus, get a number, book a place, /layanan"),
		wantBookings: list("antrean saya, antrian saya, nomor antrean saya, nomor antrian saya, nomer antrian saya, nomer antrean saya, no antrian saya, no antrean saya, antreanku, antrianku, nomor antrianku, nomer antrianku, nomer antreanku, antrean kula, antrian kula, nomer antrian kula, " +
			"antrean, antrian, cek antrean, cek antrian, lihat antrean, lihat antrian, tempat saya, pesanan saya, booking saya, bookingan saya, jadwal saya, urutan saya, nomor urut saya, my queue, my bookings, my booking, my number, my place, /antrean, /antrian"),
		wantUnbook: list("batal antrean, batal antrian, batalkan antrean, batalkan antrian, batalkan antrean saya, batalkan antrian saya, mau batal antrean, mau batal antrian, cabut antrean, cabut antrian, hapus antrean, hapus antrian, antrean saya batal, antrian saya batal, " +
			"batal booking, batalkan booking, tidak jadi antre, tidak jadi antri, gak jadi antri, gak jadi antre, ga jadi antri, nggak jadi antri, ora sido antri, ora sido antre, mboten siyos antri, mboten siyos antre, cancel my booking, cancel my place, cancel booking"),
		wantSchedule: list("jadwal, jadwal layanan, jadwal keliling, jadwal kunjungan, jadwal bupati, lihat jadwal, jadwale, jadwal ngantor, jadwal pelayanan, jadwal layanan keliling, schedule, /jadwal"),
	} {
		for _, word := range words {
			all[word] = w
		}
	}
	return all
}()

// bookWanted tells what a whole message asks for.
func bookWanted(typed string) (command, bool) {
	typed = strings.TrimRight(typed, "?! ")
	if w, ok := bookWants[typed]; ok {
		return w, true
	}
	w, ok := bookWants[leaner(typed)]
	return w, ok
}

// bookWant does what was asked for.
func (k *talk) bookWant(ctx context.Context, t Booker, w command) error {
	switch w {
	case wantBookings, wantUnbook:
		return k.showBookings(ctx, t, w == wantUnbook)
	case wantSchedule:
		return k.schedule(ctx, t, "", atOnce)
	}
	if err := k.giveBack(ctx, t); err != nil {
		return err
	}
	s := &k.st.Citizen.Book
	s.begin(k.now)
	k.askWhich(atOnce)
	return nil
}

// Words that show what somebody is after. They count wherever they stand.
var (
	bookWords = wordSet("mau, ingin, pengen, pengin, kepengin, kepingin, pingin, pgn, pengn, arep, badhe, bade, ajeng, hendak, akan, bikin, mbikin, bikinin, buat, membuat, gawe, nggawe, damel, ndamel, urus, ngurus, mengurus, ngurusi, perpanjang, " +
		"memperpanjang, perpanjangan, dawakne, manjangake, nglanjengaken, daftar, ndaftar, ndhaftar, mendaftar, mendaftarkan, booking, pesan, pesen, antre, antri, ngantri, ngantre, ambil, mengambil, jupuk, mendhet, butuh, betah, perlu, syarat, syaratnya, sarat, syarate, persyaratan, " +
		"biaya, biayanya, biayane, ongkos, cara, caranya, carane, prosedur, jadwal, jadwalnya, jadwale, layanan, cetak, nyetak, rekam, ganti, mengganti, gantos, pindah, pindhah, aktivasi, aktifkan, want, need, renew, apply, book, register, how, where, when, make")
	askWords = wordSet("kapan, kpn, dimana, mana, pundi, endi, ngendi, berapa, pinten, piro, bagaimana, gimana, gmn, piye, pripun, apa, napa, opo, bisa, saged, iso")

	complaintPhrases = phraseList("belum jadi, belum selesai, belum dicetak, belum keluar, belum dilayani, belum ada kabar, durung dadi, durung rampung, dereng dados, dereng rampung, tidak jadi jadi, lama sekali, lama banget, terlalu lama, kelamaan, suwe banget, dangu sanget, " +
		"sudah lama, wis suwe, sampun dangu, sudah berbulan, bulan belum, minggu belum, hari belum, tahun belum, bolak balik, wira wiri, mondar mandir, tidak dilayani, ora dilayani, mboten dilayani, mboten dipunladosi, tidak ada petugas, petugas tidak ada, petugasnya tidak ada, " +
		"minta uang, diminta uang, dimintai uang, dijaluki duit, bayar petugas, uang rokok, still not, not ready, has not, have not, for months, for weeks, blangko habis, blangko kosong, blanko habis, blanko kosong, alatnya rusak, alat rekam rusak, mesin rusak, jaringan rusak, server down, orang dalam, wong njero, lewat calo, tidak ada kabar, gak ada kabar, ora ono kabar, ora ana kabar, mboten wonten kabar, tanpa kabar, antrean panjang, antrian panjang, antre panjang, antri panjang")
	complaintWords = wordSet("lapor, melapor, melaporkan, laporan, lapur, wadul, mengadu, ngadu, pengaduan, aduan, keluhan, mengeluh, ditolak, ditolake, dipersulit, persulit, mempersulit, dipingpong, pingpong, dioper, pungli, pungutan, calo, kecewa, mengecewakan, galak, judes, kasar, lelet, lambat, lemot, " +
		"telat, terlambat, molor, gagal, percuma, parah, payah, kapok, complain, complaint, refused, rude, slow, corrupt, delayed, suwe, dangu")
	// What is wrong with a thing. Beside a wish it is what the wish is about ("ganti KTP rusak").
	troubleWords = wordSet("mati, rusak, macet, bocor, kotor, keruh, mampet, padam, putus, bau, tutup, habis, kosong, tidak, ora, mboten, belum, durung, dereng, kurang, jelek, buruk, bahaya, rusuh, jebol, ambrol, broken, closed, dirty, not")
	// doubtWords turn against what was said. Beside a wish they make it one that may be a complaint.
	doubtWords = wordSet("kok, tapi, tetapi, tapine, nanging, padahal, padahale, malah, malahan, disuruh, dikon, dipunken, susah, susahe, angel, sulit, ruwet, ribet, petugase, petugasnya, but, although, difficult")
	// paid finds money that was paid, and how much: "mbayar 100 ribu". What it costs is asked without a sum.
	paid = regexp.MustCompile(`(?i)\b(m|di|mem|mbe)?bayar\w*\b[^\n]{0,24}?\d[\d.,]*\s*(ribu|rb|juta|jt|ewu|k\b)|\b(m|di|mem|mbe)?bayar\w*\b[^\n]{0,24}?\d{1,3}(\.?000)+\b`)
	// neutralPhrases take what looks like a complaint and is none.
	neutralPhrases = phraseList("berapa lama, pinten dangu, piro suwe, suwe ora, lama tidak, ktp lama, kk lama, sim lama, tahun lalu, belum punya, belum pernah, belum rekam, belum bikin, belum buat, durung duwe, durung tau, dereng gadhah, dereng nate, how long")
)

func wordSet(words string) map[string]bool {
	all := map[string]bool{}
	for _, w := range list(words) {
		all[w] = true
		if full := hotline.Words(w); len(full) == 1 {
			all[full[0]] = true
		}
	}
	return all
}

// phraseList gives phrases as they stand among the words of a text.
func phraseList(words string) (all []string) {
	for _, w := range list(words) {
		all = append(all, " "+strings.Join(hotline.Words(w), " ")+" ")
	}
	return all
}

// A leaning is what somebody who speaks of a service is after.
type leaning int

const (
	leansNowhere leaning = iota // nothing tells
	leansBook                   // to have it done
	leansReport                 // to complain of it
	leansBoth
	leansTrouble // to have it done, beside something wrong, which may be why: "ganti KTP rusak" (see leansFor)
)

// fewWords are a thing alone, whatever is wrong with it: "KTP rusak".
const fewWords = 3

// leans tells what somebody who speaks of a service is after, by their words.
func leans(text string) leaning {
	words := hotline.Words(text)
	said := " " + strings.Join(words, " ") + " "
	for _, p := range neutralPhrases {
		said = strings.ReplaceAll(said, p, " ")
	}
	wish, asks, report, trouble, doubt := false, false, false, false, false
	for _, w := range words {
		wish, asks, doubt = wish || bookWords[w], asks || askWords[w], doubt || doubtWords[w]
		trouble = trouble || troubleWords[w]
	}
	wrong := false // what is wrong, but for what only looks so
	for _, w := range strings.Fields(said) {
		report, wrong = report || complaintWords[w], wrong || troubleWords[w]
	}
	report = report || paid.MatchString(text) || slices.ContainsFunc(complaintPhrases, func(p string) bool { return strings.Contains(said, p) })
	wish = wish || strings.Contains(" "+strings.Join(words, " ")+" ", " belum punya ")
	switch {
	case report && wish, trouble && asks && !wish, doubt && (wish || asks):
		return leansBoth
	case wrong && wish:
		return leansTrouble
	case report, trouble && !wish && len(words) > fewWords:
		return leansReport
	case wish, asks:
		return leansBook
	}
	return leansNowhere
}

// leansFor is leans for somebody who speaks of this service: where something is wrong, it is either what the service is for, or may be a complaint.
func (k *talk) leansFor(text, service string) leaning {
	switch lean := leans(text); {
	case lean != leansTrouble:
		return lean
	case k.brokenThing(text, service):
		return leansBoth
	}
	return leansBook
}

// fairService is the score from which on a service is taken as spoken of: a keyword of weight 5.
const fairService = 50

// foundServices gives the services and packages that a text speaks of: one that is sure, or those that come near the best, at most four.
func (k *talk) foundServices(text string) []string {
	all := k.bot.Services.Find(text)
	if len(all) == 0 || all[0].Score < fairService {
		return nil
	}
	var out []string
	for _, g := range all {
		if len(out) == mostOffered || len(out) > 0 && (all[0].Sure || g.Score*2 < all[0].Score || g.Score < 30) {
			break
		}
		out = append(out, g.ID)
	}
	return out
}

const mostOffered = 4

// wishes looks for the wish for a service, or for the schedule, in what was said freely. Where a report is under way, only a plain wish counts.
func (k *talk) wishes(ctx context.Context, t Booker) (bool, error) {
	s, c := &k.st.Citizen.Book, &k.st.Citizen
	if k.msg.Kind != hotline.MsgText || k.msg.Forwarded || k.msg.ReplyTo != "" {
		return false, nil
	}
	switch c.waiting(k.now) {
	case waitNothing, waitDone, waitMore, waitTold:
	default:
		return false, nil
	}
	text := k.msg.Text
	if len(text) > 400 || c.Quiz != nil && c.waiting(k.now) != waitNothing {
		return false, nil
	}
	if d := c.Draft; d != nil {
		sn := k.sense(d)
		if sn.category != "" || d.media() > 0 || len(d.Bubbles) > 3 || d.Danger != "" {
			return false, nil
		}
		if before := d.text(0); len(k.bot.Services.Find(text)) == 0 || leans(text) == leansNowhere {
			text = before + "\n" + text
		}
	}
	rd := k.read(text)
	if rd.Danger != nil || rd.Accuses || rd.Number.Seq != 0 {
		return false, nil
	}
	if g, ok := k.asksSchedule(text); ok && len(k.foundServices(text)) == 0 {
		c.Draft = nil
		return true, k.schedule(ctx, t, g, gathered)
	}
	found := k.foundServices(text)
	if len(found) == 0 {
		return false, nil
	}
	lean := k.leansFor(text, found[0])
	switch {
	case lean == leansReport, k.lately() && lean != leansBook, c.Draft != nil && lean != leansBook:
		return false, nil
	case lean == leansNowhere && (len(strings.Fields(text)) > 12 || len(rd.Places) > 0 && rd.Places[0].Score >= hotline.PlaceScore):
		return false, nil // a story that only touches upon it
	case lean == leansNowhere && k.brokenThing(text, found[0]):
		return false, nil
	case lean == leansBoth && rd.Kind == hotline.Complaint && !strings.Contains(text, "?") && len(strings.Fields(text)) > 20:
		return false, nil
	}
	if err := k.giveBack(ctx, t); err != nil {
		return true, err
	}
	c.Draft = nil
	s.begin(k.now)
	s.Said = hotline.HideNIKs(clean(text))
	if a := k.areaSaid(rd); a != "" {
		s.Home, s.Nowhere = a, false
	}
	s.Which = found
	if len(found) == 1 && lean == leansBook {
		return true, k.pickWhichService(ctx, t, found[0])
	}
	k.askWhich(gathered)
	return true, nil
}

// brokenThing tells whether something is said to be wrong that is no part of how the service is called: "air PDAM mati", and not "KTP rusak".
func (k *talk) brokenThing(text, service string) bool {
	words := hotline.Words(text)
	sound := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return troubleWords[w] })
	if len(sound) == len(words) {
		return false
	}
	all := k.bot.Services.Find(strings.Join(sound, " "))
	as := k.bot.Services.Find(text)
	return len(all) > 0 && all[0].ID == service && all[0].Score >= as[0].Score
}

// anotherWish takes plain words for another service while a question is open.
func (k *talk) anotherWish(ctx context.Context, t Booker) (bool, error) {
	s := &k.st.Citizen.Book
	found := k.foundServices(k.msg.Text)
	if len(found) == 0 || k.leansFor(k.msg.Text, found[0]) != leansBook || len(strings.Fields(k.msg.Text)) < 2 {
		return false, nil
	}
	if len(found) == 1 && found[0] == s.Service && s.Step == stepHome {
		return false, nil
	}
	return k.wishes(ctx, t)
}

// areaSaid gives the place that was named: for certain, or spelt right.
func (k *talk) areaSaid(rd hotline.Reading) string {
	if len(rd.Places) > 0 && (rd.Places[0].Score >= hotline.PlaceScore || rd.Places[0].Exact) {
		return k.onePlace(rd.Places)
	}
	return ""
}

// onePlace gives the best of several guesses, where it is one alone; of a village and a kecamatan around it that are called the same, the kecamatan. Empty: it
// may be several.
func (k *talk) onePlace(found []hotline.AreaGuess) string {
	best := found[0]
	if best.Area.Level == hotline.LevelRegency {
		return ""
	}
	if !best.Ambiguous {
		return best.Area.Code
	}
	around, ok := k.reg.Kecamatan(best.Area.Code)
	for _, g := range found {
		if kec, in := k.reg.Kecamatan(g.Area.Code); g.Ambiguous && (!in || kec.Code != around.Code) {
			ok = false
		}
	}
	if !ok {
		return ""
	}
	return around.Code
}

// onPage is how many services are shown at once.
const onPage = 8

// askWhich asks which service is meant: of those that fit, or of all.
func (k *talk) askWhich(gather bool) {
	s := &k.st.Citizen.Book
	if len(s.Which) > 0 {
		r := hotline.Say("book.which")
		for _, id := range s.Which {
			r = r.With(hotline.Pick(s.value(stepWhich, id), "button.service", "service", hotline.ServiceArg(id)))
		}
		k.openStep(stepWhich, gather, r.With(hotline.Pick(s.value(stepWhich, "report"), "button.book.report"), hotline.Pick(s.value(stepWhich, "all"), "button.book.all")))
		return
	}
	ids := k.allServices()
	from := min(s.Page*onPage, len(ids))
	until := min(from+onPage, len(ids))
	r := hotline.Say("book.all")
	for _, id := range ids[from:until] {
		r = r.With(hotline.Pick(s.value(stepWhich, id), "button.service", "service", hotline.ServiceArg(id)))
	}
	var turn []hotline.Choice
	if s.Page > 0 {
		turn = append(turn, hotline.Pick(s.value(stepWhich, "page-"+strconv.Itoa(s.Page-1)), "button.place.before"))
	}
	if until < len(ids) {
		turn = append(turn, hotline.Pick(s.value(stepWhich, "page-"+strconv.Itoa(s.Page+1)), "button.place.more"))
	}
	if len(turn) > 0 {
		r = r.With(turn...)
	}
	k.openStep(stepWhich, gather, r.With(pickSchedule(), pickBookings()))
}

// allServices lists the packages and services by id.
func (k *talk) allServices() (ids []string) {
	for _, p := range k.reg.Packages {
		ids = append(ids, p.ID)
	}
	for _, s := range k.reg.Services {
		ids = append(ids, s.ID)
	}
	return ids
}

// pickWhichService takes the service, or goes to the list of all, or takes what was said as a report.
func (k *talk) pickWhichService(ctx context.Context, t Booker, v string) error {
	s := &k.st.Citizen.Book
	gather := s.Step == "" // it is the answer to the wish itself
	switch page, isPage := strings.CutPrefix(v, "page-"); {
	case v == "report":
		return k.reportInstead(ctx, t)
	case v == "all":
		s.Which, s.Page = nil, 0
		k.askWhich(atOnce)
		return nil
	case isPage:
		n, err := strconv.Atoi(page)
		if err != nil || n < 0 || n*onPage >= len(k.allServices()) {
			n = 0
		}
		s.Which, s.Page = nil, n
		k.askWhich(atOnce)
		return nil
	}
	if _, ok := k.reg.PackageByID(v); ok {
		s.Package, s.Which = v, nil
		return k.askPackage(gather)
	}
	if _, ok := k.reg.ServiceByID(v); !ok {
		k.note("book.old")
		k.askWhich(atOnce)
		return nil
	}
	s.Service, s.Package = v, ""
	return k.showService(ctx, t, gather)
}

// reportInstead makes what was taken for the wish for a service a report, of the words it began with.
func (k *talk) reportInstead(ctx context.Context, t Booker) error {
	s := &k.st.Citizen.Book
	if err := k.giveBack(ctx, t); err != nil {
		return err
	}
	said := s.Said
	s.end()
	d := k.newDraft()
	if said != "" {
		d.add(bubble{Text: said}, k.now)
	}
	return k.proceed(atOnce)
}

// orReport adds the way to a report to what is said first of a service, where it was found in free words: they may have been a complaint of it.
func (k *talk) orReport(gather bool, r hotline.Reply) hotline.Reply {
	s := &k.st.Citizen.Book
	if !gather || s.Said == "" {
		return r
	}
	return r.With(hotline.Pick(s.value(stepWhich, "report"), "button.book.report"))
}

// bookRead gives the button that typed words stand for.
func (k *talk) bookRead(typed string) (string, bool) {
	s := &k.st.Citizen.Book
	n := PickNumber(typed)
	switch s.Step {
	case stepWhich:
		if len(s.Which) > 0 && among(complaints, typed) || wants[typed] == wantReport {
			return "report", true
		}
		if len(s.Which) == 1 && (among(yeses, typed) || typed == "mengurus" || typed == "ngurus") {
			return s.Which[0], true
		}
		if len(s.Which) > 0 && n > 0 && n <= len(s.Which) {
			return s.Which[n-1], true
		}
		if found := k.foundServices(typed); len(found) == 1 {
			return found[0], true
		}
		return k.byName(typed)
	case stepPlace:
		return k.readSpot(typed, n)
	case stepSlot, stepDay:
		return k.readTime(typed)
	case stepFor:
		return readBeneficiary(typed)
	case stepCancel:
		switch {
		case among(yeses, typed), among(list("batalkan, ya batalkan, batalaken, nggih batalaken, jadi batal, batal saja, yes cancel it"), typed):
			return "yes", true
		case among(noes, typed), among(list("tetap datang, tidak tetap datang, tetep rawuh, mboten tetep rawuh, tetep teka, i will come"), typed):
			return "no", true
		}
	case stepAnswer:
		return k.readOption(typed, n)
	}
	return "", false
}

// byName finds a service by its name as it stands on the button.
func (k *talk) byName(typed string) (string, bool) {
	for _, id := range k.allServices() {
		if bare(k.serviceName(id)) == bare(typed) {
			return id, true
		}
	}
	return "", false
}

// serviceName gives the name of a service or package in the reader's language.
func (k *talk) serviceName(id string) string {
	if s, ok := k.reg.ServiceByID(id); ok {
		return s.Name.In(k.lang())
	}
	p, _ := k.reg.PackageByID(id)
	return p.Name.In(k.lang())
}
