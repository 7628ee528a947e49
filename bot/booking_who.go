package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"tanggap/hotline"
)

// This file asks whom a place is for. The NIK is asked last and handed on at once: it stands in no state, is never shown whole, and a photo of a card is not even
// fetched. What is odd about one is said, and never a reason to refuse.

// keptMinutes is how long a place is kept, for people.
func (k *talk) keptMinutes() int { return int(k.reg.BookingLimits().Hold / time.Minute) }

// askFor asks for whom it is.
func (k *talk) askFor() {
	s := &k.st.Citizen.Book
	r := hotline.Say("book.kept", "place", s.Spot.Name, "day", hotline.DateArg(s.Spot.Date), "time", clock(s.From), "n", k.keptMinutes())
	if s.Wait {
		r = hotline.Say("book.waitfor", "place", s.Spot.Name, "day", hotline.DateArg(s.Spot.Date))
	}
	r = r.And("book.for")
	var all []hotline.Choice
	for _, b := range hotline.Beneficiaries() {
		all = append(all, hotline.Pick(s.value(stepFor, string(b)), "button.for."+string(b)))
	}
	r = inRows(r, 2, all)
	if k.villageStaff() && !s.Wait {
		r = r.With(hotline.Pick(s.value(stepFor, string(hotline.ForVillager)), "button.for.villager"))
	}
	k.openStep(stepFor, atOnce, r)
}

var beneficiaryWords = map[hotline.Beneficiary][]string{
	hotline.ForSelf:     list("saya, saya sendiri, sendiri, aku, aku dewe, dewe, kula, kula piyambak, piyambak, diri sendiri, untuk saya, untuk saya sendiri, myself, me, for me, self"),
	hotline.ForChild:    list("anak, anak saya, anakku, untuk anak, untuk anak saya, lare kula, yoga kula, anak kula, bayi, bayi saya, anake, my child, child, my son, my daughter"),
	hotline.ForElder:    list("orang tua, orang tua saya, ibu, ibu saya, bapak, bapak saya, ibuku, bapakku, simbah, mbah, nenek, kakek, mbah kula, tiyang sepuh, wong tuwa, lansia, mertua, emak, mak, my mother, my father, my parents, parent"),
	hotline.ForRelative: list("saudara, keluarga, keluarga lain, suami, istri, suami saya, istri saya, adik, kakak, adik saya, kakak saya, bojo, bojoku, semah, sedulur, sederek, keponakan, ponakan, cucu, putu, orang lain, tetangga, my wife, my husband, relative"),
}

func readBeneficiary(typed string) (string, bool) {
	typed = strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(typed, "untuk "), "kangge "), "buat ")
	for who, words := range beneficiaryWords {
		if among(words, typed) {
			return string(who), true
		}
	}
	return "", false
}

// pickFor takes it.
func (k *talk) pickFor(ctx context.Context, t Booker, v string) error {
	s := &k.st.Citizen.Book
	whose := hotline.Beneficiary(v)
	if k.villageStaff() && whose == hotline.ForVillager && !s.Wait {
		if err := k.giveBack(ctx, t); err != nil {
			return err
		}
		k.askCrowd()
		return nil
	}
	if !slices.Contains(hotline.Beneficiaries(), whose) {
		k.askFor()
		return nil
	}
	s.For, s.Tries = whose, 0
	k.askName()
	return nil
}

// askName asks for the name.
func (k *talk) askName() {
	s := &k.st.Citizen.Book
	r := hotline.Say("book.name." + string(s.For))
	if s.Tries > 0 {
		r = hotline.Say("book.name.again")
	}
	k.openStep(stepName, atOnce, r)
}

// beforeName may stand before a name.
var beforeName = list("nama saya, nama anak saya, nama anak, nama lengkap, namanya, nama, jenenge, asmane, atas nama, a.n., an., a/n, saya, kula, my name is, his name is, her name is, name")

// readName takes a name out of what was typed; false where it is none.
func readName(text string) (string, bool) {
	name := strings.Join(strings.Fields(clean(text)), " ")
	for _, before := range beforeName {
		if rest, ok := cutBefore(name, before); ok && len(strings.Fields(rest)) > 0 {
			name = strings.TrimLeft(rest, " :=")
			break
		}
	}
	name = strings.Trim(name, " .,;:\"")
	letters := 0
	for _, r := range name {
		switch {
		case unicode.IsLetter(r):
			letters++
		case !strings.ContainsRune(" .,'’`-/", r):
			return "", false
		}
	}
	return name, letters >= 2 && len(name) <= 80 && len(strings.Fields(name)) <= 8
}

func cutBefore(s, before string) (string, bool) {
	if len(s) > len(before) && strings.EqualFold(s[:len(before)], before) && strings.ContainsAny(s[len(before):len(before)+1], " :=") {
		return s[len(before):], true
	}
	return s, false
}

// named takes the name.
func (k *talk) named(ctx context.Context, t Booker) (bool, error) {
	s := &k.st.Citizen.Book
	name, ok := readName(k.msg.Text)
	if !ok || chatter(k.msg.Text) {
		s.Tries++
		k.askName()
		return true, nil
	}
	s.Name, s.Tries = name, 0
	return true, k.afterName(ctx, t)
}

// chatWords stand in no name.
var chatWords = wordSet("apa, apakah, kok, kenapa, knp, mengapa, kapan, bagaimana, gimana, piye, pripun, kepriye, berapa, piro, pinten, dimana, tidak, ora, mboten, belum, durung, dereng, sudah, sampun, wis, tapi, padahal, kalau, yang, karena, lama, suwe, dangu, lagi, masih, " +
	"tolong, mohon, maaf, ngapunten, halo, hallo, hai, permisi, assalamualaikum, antri, antre, tunggu, nunggu, menunggu, bingung, ktp, kk, petugas, admin, makasih, what, why, how, when, where, sorry, please, hello, thanks, thank")

// chatter tells whether what was typed where a name belongs is a question, thanks, a yes or no, or words that stand in no name: "ada apa ya kok lama".
func chatter(text string) bool {
	typed := plain(text)
	if among(yeses, typed) || among(noes, typed) || among(thanks, typed) || thanking(typed) || strings.HasSuffix(strings.TrimSpace(text), "?") {
		return true
	}
	name, _ := readName(text)
	return slices.ContainsFunc(hotline.Words(name), func(w string) bool { return chatWords[w] })
}

// afterName asks for the NIK where the service needs it, or is done.
func (k *talk) afterName(ctx context.Context, t Booker) error {
	s := &k.st.Citizen.Book
	if service, _ := k.reg.ServiceByID(s.Service); service.NIK {
		k.askNIK()
		return nil
	}
	return k.settle(ctx, t, "")
}

// newborn tells whether it may be for somebody who has no NIK yet.
func (k *talk) newborn() bool {
	s := &k.st.Citizen.Book
	service, _ := k.reg.ServiceByID(s.Service)
	return service.Newborn && s.For != hotline.ForSelf
}

// askNIK asks for the NIK, says why and for how long it is kept.
func (k *talk) askNIK() {
	s := &k.st.Citizen.Book
	service, _ := k.reg.ServiceByID(s.Service)
	r := hotline.Say("book.nik", "name", s.Name).And("book.nik.why", "why", strings.TrimRight(service.Why.In(k.lang()), ".")).
		And("book.nik.kept", "days", k.keepDays())
	if k.newborn() {
		r = r.With(hotline.Pick(s.value(stepNIK, "none"), "button.nik.none"))
	}
	k.openStep(stepNIK, atOnce, r)
}

// keepDays is how long it is kept who was there.
func (k *talk) keepDays() int {
	keep := k.reg.BookingLimits().Keep
	return max(1, keep.Days+keep.WorkDays*7/5+int(keep.Time/(24*time.Hour)))
}

// numbered takes the NIK. A mistyped one is asked for again; one that is odd is asked about once, and taken when it comes again.
func (k *talk) numbered(ctx context.Context, t Booker) error {
	s := &k.st.Citizen.Book
	typed := plain(k.msg.Text)
	if k.newborn() && (among(unknowns, typed) || among(noes, typed) || strings.HasPrefix(typed, "belum") || strings.HasPrefix(typed, "durung") || strings.HasPrefix(typed, "dereng") || among(skips, typed)) {
		return k.pickNIK(ctx, t, "none")
	}
	n, ok := hotline.ParseNIK(nikIn(k.msg.Text))
	if !ok {
		s.Tries++
		r := hotline.Say("book.nik.wrong", "n", digitsIn(k.msg.Text))
		if digitsIn(k.msg.Text) == 0 {
			r = hotline.Say("book.nik.none")
		}
		if k.newborn() {
			r = r.With(hotline.Pick(s.value(stepNIK, "none"), "button.nik.none"))
		}
		k.openStep(stepNIK, atOnce, r.With(hotline.Pick(s.value(stepNIK, "leave"), "button.book.leave")))
		return nil
	}
	odd := k.reg.CheckNIK(n, s.For, k.now)
	doubtful := slices.DeleteFunc(slices.Clone(odd), func(w hotline.NIKWarning) bool { return w == hotline.NIKRegion })
	if len(doubtful) > 0 && s.Tries < askedTwice {
		s.Tries = askedTwice
		k.openStep(stepNIK, atOnce, hotline.Say("book.nik.odd."+string(doubtful[0])).And("book.nik.twice"))
		return nil
	}
	if slices.Contains(odd, hotline.NIKRegion) {
		k.note("book.nik.region")
	}
	return k.settle(ctx, t, n)
}

// askedTwice marks in Tries that an odd NIK was asked about.
const askedTwice = 100

// nikIn takes words before and after a NIK off: "nik saya 3320…".
func nikIn(text string) string {
	first := strings.IndexFunc(text, unicode.IsDigit)
	last := strings.LastIndexFunc(text, unicode.IsDigit)
	if first < 0 {
		return ""
	}
	return text[first : last+1]
}

func digitsIn(text string) int {
	n := 0
	for _, r := range text {
		if r >= '0' && r <= '9' {
			n++
		}
	}
	return n
}

// pickNIK goes on without one where somebody has none yet.
func (k *talk) pickNIK(ctx context.Context, t Booker, v string) error {
	switch {
	case v == "none" && k.newborn():
		return k.settle(ctx, t, "")
	case v == "leave":
		_, err := k.dropBooking(ctx)
		return err
	}
	k.askNIK()
	return nil
}

// settle makes the place theirs, or puts them on the waiting list.
func (k *talk) settle(ctx context.Context, t Booker, nik hotline.NIK) error {
	s := &k.st.Citizen.Book
	who := hotline.BookedPerson{Name: s.Name, NIK: string(nik)}
	first := s.For == hotline.ForElder
	if s.Wait {
		return k.waitFor(ctx, t, first, who)
	}
	if s.Held == 0 || !s.Until.After(k.now) {
		b, news, err := t.HoldPlace(ctx, k.conv.Viewer, k.bookWish()) // it lapsed while they looked for the card: it may still be free
		if err != nil {
			k.note("book.lapsed")
			return k.refusedPlace(ctx, t, err)
		}
		k.bookNews(news)
		s.Held, s.Until = b.ID, b.Until
	}
	b, err := t.ConfirmPlace(ctx, k.conv.Viewer, s.Held, s.For, first, who)
	switch {
	case errors.Is(err, hotline.ErrBookingWho):
		k.openStep(stepNIK, atOnce, hotline.Say("book.nik.none"))
		return nil
	case errors.Is(err, hotline.ErrTwice):
		if err := k.giveBack(ctx, t); err != nil {
			return err
		}
		return k.refusedPlace(ctx, t, hotline.ErrTwice)
	case err != nil:
		return k.refusedPlace(ctx, t, err)
	}
	k.confirmed(b)
	return nil
}

// confirmed says the number, and shows it as a picture.
func (k *talk) confirmed(b hotline.Booking) {
	s := &k.st.Citizen.Book
	pack, answers, day, whose, name, done := s.Package, s.Answers, s.Occasion, s.For, s.Name, append(s.Booked, b.Service)
	s.end()
	r := hotline.Say("book.done", "number", b.Number.String(), "ticket", b.Ticket()).And("book.done.what", "service", hotline.ServiceArg(b.Service)).
		And("book.done.where", "place", k.venueName(b.Visited), "day", hotline.DateArg(b.Date), "time", windowText(b.Window)).And("book.done.who", "name", b.Who.Name)
	if b.Who.NIK != "" {
		r = r.And("book.done.nik", "nik", hotline.MaskNIK(b.Who.NIK))
	}
	if service, _ := k.reg.ServiceByID(b.Service); len(service.Bring) > 0 {
		r = r.And("book.done.bring", "things", hotline.BringArg(b.Service))
	}
	r = r.And("book.done.how").With(pickMove(b.ID), pickCancel(b.ID))
	r.QR = b.Number.QR()
	if pack != "" {
		s.begin(k.now)
		s.Package, s.Answers, s.Occasion, s.For, s.Name, s.Step, s.Booked = pack, answers, day, whose, name, stepSteps, done
		r = r.With(hotline.Pick(s.value(stepSteps, "list"), "button.steps"))
	}
	k.tell(0, r.With(pickBookings(), pickMenu()))
	if pack != "" {
		s.Shown = k.now
	}
}

func bookingID(id hotline.BookingID) string { return fmt.Sprint(int64(id)) }

func pickMove(id hotline.BookingID) hotline.Choice {
	return hotline.Pick(value("bb", bookingID(id), "move"), "button.book.move")
}

func pickCancel(id hotline.BookingID) hotline.Choice {
	return hotline.Pick(value("bb", bookingID(id), "cancel"), "button.book.cancel")
}
