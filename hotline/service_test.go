package hotline

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// serving is the tiny regency with services, a package, offices and a programme.
func serving(tb testing.TB) *Regency {
	tb.Helper()
	r := tiny(tb)
	say := func(s string) Text { return Text{Indonesian: s, Javanese: s, English: s} }
	r.Units = append(r.Units, Unit{ID: "desa.99.01.02.2002", Agency: "kecamatan", Parent: "kecamatan.99.01.02", Name: "Desa Tegalsambi", Territory: []string{"99.01.02.2002"}})
	r.Services = []Service{
		{ID: "rekam", Name: say("Rekam KTP"), Agency: "pu", Finish: FinishSameDay, NIK: true, Why: say("satu orang satu tempat"), Present: true, Online: true, Minutes: 10,
			Keywords: []Keyword{{"bikin ktp", 8}, {"gawe ktp", 8}, {"ktp", 4}}},
		{ID: "cetak", Name: say("Cetak KTP"), Agency: "pu", Finish: FinishIf, Note: say("kalau sudah rekam"), After: []string{"rekam"}, Keywords: []Keyword{{"cetak ktp", 8}, {"ktp hilang", 8}, {"ktp", 4}}},
		{ID: "sim", Name: say("Perpanjang SIM"), Agency: "pln", Finish: FinishSameDay, Keywords: []Keyword{{"perpanjang sim", 9}, {"sim", 5}}},
	}
	r.Packages = []Package{{ID: "nikah", Name: say("Menikah"), Keywords: []Keyword{{"nikah", 8}, {"rabi", 8}}, Occasion: say("Kapan?"),
		Questions: []PackageQuestion{
			{Question: Question{ID: "agama", Ask: say("Agama?"), Options: []Option{{ID: "islam", Text: say("Islam")}, {ID: "lain", Text: say("Lain")}}}},
			{Question: Question{ID: "luar", Ask: say("Calon dari luar?"), Options: []Option{{ID: "ya", Text: say("Ya")}, {ID: "tidak", Text: say("Tidak")}}}, When: []Condition{{Question: "agama", Option: "islam"}}},
		},
		Steps: []PackageStep{
			{ID: "kk", Service: "cetak", Follows: true},
			{ID: "kua", Say: say("Daftar di KUA"), When: []Condition{{Question: "agama", Option: "islam"}}, Before: Span{WorkDays: 10}, After: []string{"pindah"}},
			{ID: "dukcapil", Say: say("Daftar di Disdukcapil"), When: []Condition{{Question: "agama", Option: "islam", Not: true}}},
			{ID: "pindah", Service: "rekam", When: []Condition{{Question: "luar", Option: "ya"}}},
		}}}
	r.Offices = []Office{
		{ID: "mpp", Kind: OfficeMPP, Name: "MPP Kecil", Unit: "kominfo", Area: "99.01.01", Slot: 60, Ahead: 7, Services: []OfficeService{{Service: "rekam", Places: 2, Reserve: 1}, {Service: "sim", Places: 3,
			Hours: []Window{{8 * 60, 10 * 60}}}}},
		{ID: "kecamatan", Per: LevelKecamatan, Kind: OfficeKecamatan, Name: "Kantor Kecamatan {area}", Unit: "kecamatan", Slot: 30, Ahead: 3, Services: []OfficeService{{Service: "rekam", Places: 1}}},
	}
	r.Programmes = []Programme{{ID: "ngantor", Name: "Ngantor", Agency: "kominfo", From: "2026-01-01", Level: LevelDesa, Rhythm: Rhythm{Every: 1, Unit: RhythmWeek, Places: 1},
		Hours: Window{8 * 60, 14 * 60}, Agencies: []string{"pu"}, Invited: []string{"pln"},
		Services: []ProgrammeService{{Service: "rekam", Quota: 41, Reserve: 10, Windows: []Window{{8 * 60, 11 * 60}, {11 * 60, 14 * 60}}}, {Service: "sim", Quota: 5}}}}
	if err := r.Build(); err != nil {
		tb.Fatal(err)
	}
	return r
}

func TestServicesByEverydayWords(t *testing.T) {
	t.Parallel()
	f := NewServiceFinder(serving(t))
	for text, want := range map[string]string{
		"mau bikin KTP": "rekam", "arep gawe ktp kanggo anakku": "rekam", "ktp saya hilang": "cetak", "perpanjang SIM kapan di Karangrejo?": "sim", "perpanjagan sim": "sim", "arep rabi": "nikah",
		"jalan depan rumah rusak": "", "bikinn ktpnya": "rekam",
	} {
		got := ""
		if all := f.Find(text); len(all) > 0 {
			got = all[0].ID
			if all[0].Package != (got == "nikah") {
				t.Errorf("%q: %+v", text, all[0])
			}
		}
		if got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestAPackageAsksAndOrders(t *testing.T) {
	t.Parallel()
	r := serving(t)
	p, _ := r.PackageByID("nikah")
	steps := func(answers map[string]string) (ids []string) {
		for _, s := range p.Needed(answers) {
			ids = append(ids, s.ID)
		}
		return ids
	}
	if q, ok := p.Next(nil); !ok || q.ID != "agama" {
		t.Errorf("first %+v", q)
	}
	if q, ok := p.Next(map[string]string{"agama": "islam"}); !ok || q.ID != "luar" {
		t.Errorf("then %+v", q)
	}
	if q, ok := p.Next(map[string]string{"agama": "lain"}); ok {
		t.Errorf("a needless question: %+v", q)
	}
	if got := steps(map[string]string{"agama": "islam", "luar": "ya"}); !slices.Equal(got, []string{"pindah", "kua", "kk"}) {
		t.Errorf("%v", got)
	}
	if got := steps(map[string]string{"agama": "lain"}); !slices.Equal(got, []string{"dukcapil", "kk"}) {
		t.Errorf("%v", got)
	}
	// Saturday, 9 January 2027; two days off at Christmas.
	if got := p.Steps[1].LastDay(r.Calendar(""), "2027-01-09"); got != "2026-12-28" {
		t.Errorf("at the latest on %s", got)
	}
	if got := p.Steps[0].LastDay(r.Calendar(""), "2027-01-09"); got != "" {
		t.Errorf("no limit, and yet %s", got)
	}
	rapid.Check(t, func(rt *rapid.T) { // as many working days as said lie between, whatever the occasion
		on := time.Date(2026, 11, 1, 12, 0, 0, 0, wib).AddDate(0, 0, rapid.IntRange(0, 200).Draw(rt, "day"))
		n := rapid.IntRange(1, 20).Draw(rt, "working days")
		last := PackageStep{Before: Span{WorkDays: n}}.LastDay(r.Calendar(""), on.Format(time.DateOnly))
		begin := minuteOf(last, 12*60, wib)
		days := 0
		for d := begin; d.Before(on); d = d.AddDate(0, 0, 1) {
			if r.Calendar("").WorkDay(d) {
				days++
			}
		}
		if days != n {
			rt.Fatalf("%d working days from %s to %s, want %d", days, last, on, n)
		}
	})
	if got := r.OrderServices([]string{"cetak", "sim", "rekam", "cetak"}); !slices.Equal(got, []string{"rekam", "cetak", "sim"}) {
		t.Errorf("%v", got)
	}
}

func TestOfficesAndVisitsHaveTheirPlaces(t *testing.T) {
	t.Parallel()
	r := serving(t)
	if err := r.Build(); err != nil { // again, as a reload does: no office twice
		t.Fatal(err)
	}
	if len(r.Offices) != 3 {
		t.Fatalf("%d offices", len(r.Offices))
	}
	k, ok := r.OfficeByID("kecamatan.99.01.02")
	if !ok || k.Name != "Kantor Kecamatan Selatan" || k.Unit != "kecamatan.99.01.02" || k.Area != "99.01.02" {
		t.Errorf("%+v", k)
	}
	mpp, _ := r.OfficeByID("mpp")
	v, ok := r.OfficeDay(mpp, "2026-11-23", "") // a Monday: 7 to 12 and 13 to 15.30
	rekam, _ := v.Counter("rekam")
	sim, _ := v.Counter("sim")
	if !ok || len(rekam.Slots) != 7 || len(sim.Slots) != 2 || rekam.Slots[0].Free() != 1 || sim.Letter != "B" || v.Hours != (Window{7 * 60, 15*60 + 30}) {
		t.Errorf("%+v", v)
	}
	for _, closed := range []string{"2026-11-22", "2026-12-25", "kapan"} {
		if _, ok := r.OfficeDay(mpp, closed, "rekam"); ok {
			t.Errorf("open on %s", closed)
		}
	}
	if got := r.OfficeDays(k, time.Date(2026, 11, 20, 9, 0, 0, 0, wib)); !slices.Equal(got, []string{"2026-11-20", "2026-11-23"}) {
		t.Errorf("%v", got)
	}
	g, _ := r.ProgrammeByID("ngantor")
	visit := r.NewVisit(g, "2026-11-26", "99.01.02.2002")
	c, _ := visit.Counter("rekam")
	if len(visit.Agencies) != 2 || !visit.Agencies[0].Must || visit.Agencies[1].Must || c.Slots[0].Quota+c.Slots[1].Quota != 41 || c.Slots[0].Reserve+c.Slots[1].Reserve != 10 {
		t.Errorf("%+v", visit)
	}
	if CounterLetter(0) != "A" || CounterLetter(22) != "Z" || CounterLetter(23) != "AA" {
		t.Error("letters")
	}
}

// Where it is fastest: one of each kind, with a free place, the soonest first.
func TestWhereItIsFastest(t *testing.T) {
	t.Parallel()
	r := serving(t)
	now := time.Date(2026, 11, 23, 8, 30, 0, 0, wib)
	g, _ := r.ProgrammeByID("ngantor")
	visit := func(id VisitID, date, area string) Visit {
		v := r.NewVisit(g, date, area)
		v.ID, v.State = id, VisitOpen
		return v
	}
	full := visit(3, "2026-11-24", "99.01.01.2001")
	for i := range full.Counters[0].Slots {
		full.Counters[0].Slots[i].Taken = full.Counters[0].Slots[i].Quota - full.Counters[0].Slots[i].Reserve
	}
	visits := []Visit{visit(1, "2026-11-25", "99.01.01.2001"), visit(2, "2026-11-27", "99.01.02.2002"), full, visit(4, "2027-01-01", "99.01.02.2002")}
	planned := visit(5, "2026-11-24", "99.01.02.2002")
	planned.State = VisitPlanned
	visits = append(visits, planned)
	for _, id := range []string{"mpp", "kecamatan.99.01.01", "kecamatan.99.01.02"} {
		o, _ := r.OfficeByID(id)
		v, _ := r.OfficeDay(o, "2026-11-23", "rekam")
		visits = append(visits, v)
	}
	var all []Chance
	for _, v := range visits {
		if c, ok := r.Chance(v, "rekam", "99.01.02.2002", now); ok {
			all = append(all, c)
		}
	}
	if len(all) != 6 {
		t.Fatalf("%d chances: %+v", len(all), all)
	}
	var got []string
	for _, c := range r.Fastest(all, "99.01.02.2002") {
		got = append(got, strings.TrimSpace(c.Office.ID+" "+c.Visit.Date+" "+c.Slot.Window.String()))
	}
	want := []string{"kecamatan.99.01.02 2026-11-23 09:00-09:30", "mpp 2026-11-23 09:00-10:00", "2026-11-27 08:00-11:00"}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	// During a visit its long window is still to be had, until an hour before it ends.
	running := visit(1, "2026-11-23", "99.01.02.2002")
	running.State = VisitRunning
	if c, ok := r.Chance(running, "sim", "", time.Date(2026, 11, 23, 12, 59, 0, 0, wib)); !ok || c.Free != 5 {
		t.Errorf("%+v", c)
	}
	if _, ok := r.Chance(running, "sim", "", time.Date(2026, 11, 23, 13, 0, 0, 0, wib)); ok {
		t.Error("to be had in the last hour")
	}
}

func TestBuildRefusesServices(t *testing.T) {
	t.Parallel()
	for want, spoil := range map[string]func(*Regency){
		"does not say why":            func(r *Regency) { r.Services[0].Why = nil },
		"no note says what":           func(r *Regency) { r.Services[1].Note = nil },
		"comes after itself":          func(r *Regency) { r.Services[0].After = []string{"cetak"} },
		"finish":                      func(r *Regency) { r.Services[0].Finish = "soon" },
		"there is no agency":          func(r *Regency) { r.Services[0].With = []string{"nobody"} },
		"https":                       func(r *Regency) { r.Services[0].Link = "http://x" },
		"a service has the same id":   func(r *Regency) { r.Packages[0].ID = "sim" },
		"has no option":               func(r *Regency) { r.Packages[0].Steps[1].When[0].Option = "lama" },
		"there is no question":        func(r *Regency) { r.Packages[0].Questions[0].When = []Condition{{Question: "luar", Option: "ya"}} },
		"nothing is asked":            func(r *Regency) { r.Packages[0].Occasion = nil },
		"no other step":               func(r *Regency) { r.Packages[0].Steps[0].After = []string{"kk"} },
		"places are kept":             func(r *Regency) { r.Offices[0].Services[0].Reserve = 3 },
		"a time window":               func(r *Regency) { r.Offices[0].Slot = 1 },
		"there is no unit":            func(r *Regency) { r.Offices[0].Unit = "x" },
		"no date":                     func(r *Regency) { r.Programmes[0].From = "kemarin" },
		"rhythm":                      func(r *Regency) { r.Programmes[0].Rhythm.Every = 0 },
		"invited and must":            func(r *Regency) { r.Programmes[0].Invited = []string{"pu"} },
		"places for 2 windows":        func(r *Regency) { r.Programmes[0].Services[0].Quota, r.Programmes[0].Services[0].Reserve = 1, 0 },
		"a figure is negative":        func(r *Regency) { r.Booking.NoShows = -1 },
		"between a minute and a day":  func(r *Regency) { r.Booking.Hold = time.Second },
		"it comes to villages (desa)": func(r *Regency) { r.Programmes[0].Level = "rt" },
	} {
		r := serving(t)
		spoil(r)
		if err := r.Build(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want %q", err, want)
		}
	}
}
