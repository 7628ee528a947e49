package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"tanggap/hotline"
)

// This file shows a service before anybody books it (what to bring, the cost, how long, whether it needs a connection) and where it is fastest. For that it
// asks once where they live.

// showService shows the service, and where it is fastest. Where they live is asked first.
func (k *talk) showService(ctx context.Context, t Booker, gather bool) error {
	s := &k.st.Citizen.Book
	service, ok := k.reg.ServiceByID(s.Service)
	if !ok {
		s.Which, s.Page = nil, 0
		k.askWhich(gather)
		return nil
	}
	first := s.Step != stepPlace && s.Step != stepSlot && s.Step != stepDay && s.Step != stepFor && s.Moving == 0
	card := hotline.Reply{}
	if first && s.Step != stepHome {
		card = k.serviceCard(service)
	}
	if s.Home == "" && !s.Nowhere {
		k.askHome(gather, card)
		return nil
	}
	chances, err := t.Chances(ctx, s.Service, s.Home)
	if err != nil {
		return fmt.Errorf("look where a service can be had: %w", err)
	}
	chances = slices.DeleteFunc(chances, func(c hotline.Chance) bool { return !k.inTime(c.Visit.Date) || s.Moving != 0 && c.Full })
	k.askPlace(gather, card, k.reg.Fastest(chances, s.Home))
	return nil
}

// serviceCard tells what a service is, what to bring, what it costs and how long it takes.
func (k *talk) serviceCard(v hotline.Service) hotline.Reply {
	r := hotline.Say("service.name", "service", hotline.ServiceArg(v.ID))
	if len(v.Bring) > 0 {
		r = r.And("service.bring")
		for _, b := range v.Bring {
			r = r.And("service.thing", "thing", b.In(k.lang()))
		}
	}
	if len(v.Fee) > 0 {
		r = r.And("service.fee", "fee", strings.TrimRight(v.Fee.In(k.lang()), "."))
	} else {
		r = r.And("service.free")
	}
	note := ""
	if len(v.Note) > 0 {
		note = v.Note.In(k.lang())
	}
	switch v.Finish {
	case hotline.FinishSameDay:
		r = r.And("service.sameday")
	case hotline.FinishLater:
		r = r.And("service.later")
	case hotline.FinishIf: // the note says it
	}
	if note != "" {
		r = r.And("service.note", "note", note)
	}
	if v.Present {
		r = r.And("service.present")
	}
	if v.Online {
		r = r.And("service.online")
	}
	if v.Link != "" {
		r = r.And("service.link", "link", v.Link)
	}
	return r
}

// askHome asks where they live, below what is said first.
func (k *talk) askHome(gather bool, before hotline.Reply) {
	s := &k.st.Citizen.Book
	r := before.And("book.home")
	if s.Tries > 0 {
		r = before.And("book.home.again")
	}
	r.Ask = hotline.AskPlace
	k.openStep(stepHome, gather, k.orReport(gather, r.With(hotline.Pick(s.value(stepHome, "skip"), "button.book.skip"))))
}

// livesIn takes the name of a village.
func (k *talk) livesIn(ctx context.Context, t Booker) (bool, error) {
	s := &k.st.Citizen.Book
	typed := plain(k.msg.Text)
	if among(skips, typed) || among(unknowns, typed) || among(noes, typed) {
		return true, k.pickHome(ctx, t, "skip")
	}
	found := k.bot.Reader.ByName(homeName(k.msg.Text))
	found = slices.DeleteFunc(found, func(g hotline.AreaGuess) bool { return g.Area.Level == hotline.LevelRegency })
	if len(found) > 0 && found[0].Score >= hotline.PlaceScore {
		if code := k.onePlace(found); code != "" {
			return true, k.pickHome(ctx, t, code)
		}
	}
	if len(found) > 0 && (found[0].Ambiguous || found[0].Score >= hotline.PlaceScore/2) {
		r := hotline.Say("book.home.which")
		for _, g := range found[:min(len(found), mostOffered)] {
			r = r.With(hotline.Pick(s.value(stepHome, g.Area.Code), "button.home", "area", hotline.AreaArg(g.Area.Code)))
		}
		k.openStep(stepHome, atOnce, r.With(hotline.Pick(s.value(stepHome, "skip"), "button.book.skip")))
		return true, nil
	}
	if k.otherThing() {
		return false, nil
	}
	if s.Tries++; s.Tries > 1 {
		k.note("book.home.unknown")
		return true, k.pickHome(ctx, t, "skip")
	}
	k.askHome(atOnce, hotline.Reply{})
	return true, nil
}

// beforeHome may stand before the name of the village where somebody lives.
var beforeHome = wordSet("saya, aku, kula, tinggal, di, ing, nang, neng, teng, rumah, omah, omahku, rumahku, griya, dalem, dari, saking, asli, orang, wong, tiyang, alamat, alamatku, desaku, ku, i, live, in, from")

// homeName takes words before a name off: "omahku neng Bawu".
func homeName(text string) string {
	f := strings.Fields(text)
	for len(f) > 1 && beforeHome[strings.ToLower(strings.Trim(f[0], ".,:"))] {
		f = f[1:]
	}
	return strings.Join(f, " ")
}

// besidePlace may stand around the name of a place.
var besidePlace = wordSet("desa, ds, dusun, dukuh, dk, kelurahan, kel, kecamatan, kec, kabupaten, kab, jepara, rt, rw, kantor, balai, yang, sing, ke, mawon, saja, aja, wae, ya, pak, bu, mas, mbak")

// onlyPlace tells whether a text is the name of a place and nothing else: "jalan rusak di Bawu" is not.
func (k *talk) onlyPlace(text string) bool {
	found := k.bot.Reader.ByName(homeName(text))
	if len(found) == 0 || found[0].Score < hotline.PlaceScore && !found[0].Ambiguous {
		return false
	}
	var names []string
	for _, g := range found {
		names = append(names, hotline.Words(g.Area.Name)...)
		around, _ := k.reg.Kecamatan(g.Area.Code)
		names = append(names, hotline.Words(around.Name)...)
	}
	return onlyNames(text, names)
}

// onlyNames tells whether a text has no words but these, and what may stand around the name of a place.
func onlyNames(text string, names []string) bool {
	return !slices.ContainsFunc(hotline.Words(text), func(w string) bool {
		return !isNumber(w) && !besidePlace[w] && !beforeHome[w] && !slices.Contains(names, w)
	})
}

// livesAt takes a pin as where they live.
func (k *talk) livesAt(ctx context.Context, t Booker) error {
	g := k.bot.Reader.ByPoint(*k.msg.Pin)
	switch {
	case g.Outside:
		k.note("book.home.outside")
		return k.pickHome(ctx, t, "skip")
	case g.Village.Code != "":
		return k.pickHome(ctx, t, g.Village.Code)
	}
	return k.pickHome(ctx, t, g.Kecamatan.Code)
}

// pickHome keeps where they live, and goes on with what it was asked for.
func (k *talk) pickHome(ctx context.Context, t Booker, v string) error {
	s := &k.st.Citizen.Book
	s.Home, s.Nowhere, s.Tries = "", true, 0
	if a, ok := k.reg.Area(v); ok {
		s.Home, s.Nowhere = a.Code, false
	}
	if then := s.Then; then != "" {
		s.Then = ""
		return k.schedule(ctx, t, strings.TrimPrefix(then, "schedule:"), atOnce)
	}
	return k.showService(ctx, t, atOnce)
}

// askPlace shows where the service is fastest.
func (k *talk) askPlace(gather bool, before hotline.Reply, chances []hotline.Chance) {
	s := &k.st.Citizen.Book
	s.Spots = nil
	r := before
	if len(chances) == 0 {
		service, _ := k.reg.ServiceByID(s.Service)
		r = r.And("book.nowhere", "agency", hotline.AgencyArg(service.Agency))
		s.Step = ""
		k.openStep("", gather, k.orReport(gather, r.With(pickSchedule(), pickMenu())))
		return
	}
	r = r.And("book.fastest")
	var rows []hotline.Choice
	for _, c := range chances[:min(len(chances), mostOffered)] {
		sp := spot{Visit: c.Visit.ID, Office: c.Office.ID, Date: c.Visit.Date, Name: k.venueName(c.Visit), Full: c.Full}
		s.Spots = append(s.Spots, sp)
		switch {
		case c.Full:
			r = r.And("book.spot.full", "place", sp.Name, "day", hotline.DateArg(sp.Date), "n", waitingFor(c.Visit, s.Service))
		case c.Km >= 0:
			r = r.And("book.spot.near", "place", sp.Name, "day", hotline.DateArg(sp.Date), "time", clock(c.Slot.Window.From), "n", c.Free, "km", kilometres(c.Km))
		default:
			r = r.And("book.spot", "place", sp.Name, "day", hotline.DateArg(sp.Date), "time", clock(c.Slot.Window.From), "n", c.Free)
		}
		key := "button.spot"
		if c.Full {
			key = "button.spot.wait"
		}
		rows = append(rows, hotline.Pick(s.value(stepPlace, sp.value()), key, "place", sp.Name))
	}
	k.openStep(stepPlace, gather, k.orReport(gather, inRows(r, 1, rows).With(hotline.Pick(s.value(stepPlace, "home"), "button.book.home"), hotline.Pick(s.value(stepPlace, "no"), "button.no"))))
}

func waitingFor(v hotline.Visit, service string) int {
	c, _ := v.Counter(service)
	return c.Waiting
}

// venueName says where a visit is, as people know it.
func (k *talk) venueName(v hotline.Visit) string { return venueName(k.reg, v) }

func venueName(r *hotline.Regency, v hotline.Visit) string {
	a, _ := r.Area(v.Area)
	if v.Office != "" {
		if o, ok := r.OfficeByID(v.Office); ok {
			return o.Name
		}
	}
	switch {
	case v.Venue == "":
		return a.Name
	case strings.Contains(strings.ToLower(v.Venue), strings.ToLower(a.Name)):
		return v.Venue
	}
	return v.Venue + ", " + a.Name
}

// clock writes a minute of the day.
func clock(minute int) string { return fmt.Sprintf("%02d.%02d", minute/60, minute%60) }

// windowText writes a window.
func windowText(w hotline.Window) string { return clock(w.From) + "–" + clock(w.Until) }

// kilometres writes a distance.
func kilometres(km float64) int { return max(1, int(km+0.5)) }

// value is what stands in the button of a place.
func (p spot) value() string {
	if p.Office != "" {
		return "o" + p.Office + "/" + p.Date
	}
	return fmt.Sprintf("v%d", p.Visit)
}

// readSpot finds the place that was typed: its number, a word of its name, or a yes where there is one.
func (k *talk) readSpot(typed string, n int) (string, bool) {
	s := &k.st.Citizen.Book
	if among(noes, typed) {
		return "no", true
	}
	if n > 0 && n <= len(s.Spots) {
		return s.Spots[n-1].value(), true
	}
	if len(s.Spots) == 0 {
		return "", false
	}
	if among(yeses, typed) && len(s.Spots) == 1 || among(list("yang paling cepat, paling cepat, tercepat, yang cepat, yang pertama, pertama, yang atas, sing cepet, sing paling cepet, the first, the fastest"), typed) {
		return s.Spots[0].value(), true
	}
	best, most, tie := "", 0, false
	for _, p := range s.Spots {
		score := 0
		name := hotline.Words(p.Name)
		if strings.HasPrefix(p.Office, "mpp") {
			name = append(name, "mpp", "mall")
		}
		for _, w := range hotline.Words(typed) {
			if len(w) > 2 && w != "kantor" && w != "balai" && w != "desa" && w != "jepara" && slices.Contains(name, w) {
				score++
			}
		}
		switch {
		case score > most:
			best, most, tie = p.value(), score, false
		case score == most && score > 0:
			tie = true
		}
	}
	return best, most > 0 && !tie
}
