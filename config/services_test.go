package config

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"tanggap/hotline"
)

// stalls are the files of a tiny regency that say what is done at counters, beside those of the fixture.
var stalls = map[string]string{
	"services.yaml": `services:
  - id: ktp
    name: {id: Rekam KTP, jv: Rekam KTP, en: Identity card}
    agency: kominfo
    with: [inspektorat]
    keywords: {9: [bikin ktp]}
    bring:
      - {id: KK, jv: KK, en: Family card}
    fee: {id: Gratis, jv: Gratis, en: Free}
    finish: same_day_if
    note: {id: Bila ada sinyal., jv: Menawi wonten sinyal., en: If there is a signal.}
    online: true
    nik: {why: {id: Untuk data., jv: Kangge data., en: For the data.}, newborn: true}
    present: true
    minutes: 10
    link: https://kembar.go.id/ktp
  - id: cetak
    name: {id: Cetak KTP, jv: Cithak KTP, en: Print}
    agency: kominfo
    keywords: {9: [cetak ktp]}
    finish: later
    after: [ktp]
`,
	"packages.yaml": `packages:
  - id: nikah
    name: {id: Menikah, jv: Nikah, en: Wedding}
    keywords: {9: [mau nikah]}
    occasion: {id: Kapan?, jv: Kapan?, en: When?}
    questions:
      - id: agama
        ask: {id: Agama?, jv: Agami?, en: Religion?}
        options:
          - {id: islam, text: {id: Islam, jv: Islam, en: Islam}}
          - {id: lain, text: {id: Lain, jv: Sanes, en: Other}}
      - id: kua
        ask: {id: KUA mana?, jv: KUA pundi?, en: Which KUA?}
        options:
          - {id: lor, text: {id: Lor, jv: Lor, en: North}}
          - {id: kidul, text: {id: Kidul, jv: Kidul, en: South}}
        when: {agama: islam}
    steps:
      - {id: daftar, service: ktp, before: 10 working days, unless: {agama: lain}}
      - {id: bayar, say: {id: Bayar., jv: Mbayar., en: Pay.}, after: [daftar], follows: true}
`,
	"offices.yaml": `offices:
  - id: mpp
    kind: mpp
    name: MPP Kembar
    unit: dpu
    area: 99.01.01.2001
    address: Jalan Kembar 1
    point: [-6.42, 110.62]
    calendar: pagi
    slot: 30
    ahead: 7
    services:
      - {service: ktp, places: 4, reserve: 1, hours: [07:00-09:00]}
  - id: kecamatan
    per: kecamatan
    kind: kecamatan
    name: Kantor {area}
    unit: dpu
    services: [{service: ktp, places: 2}]
`,
	"programmes.yaml": `programmes:
  - id: sambang
    name: Sambang Desa
    about: {id: Bupati datang., jv: Bupati rawuh., en: The regent comes.}
    keywords: [sambang]
    agency: kominfo
    from: 2026-11-02
    until: 2026-11-29
    level: desa
    one_each: true
    first: [99.01.02.2001]
    rhythm: {every: 1, unit: week, places: 1, weekdays: [tuesday]}
    hours: 08:00-12:00
    ahead: 10
    services:
      - {service: ktp, quota: 20, reserve: 5, windows: [08:00-10:00, 10:00-12:00]}
    agencies: [kominfo]
    invited: [inspektorat]
    stops: [{id: Polsek, jv: Polsek, en: Police}]
    head: petinggi
    potential: true
    skm: true
`,
	visitsFile: "# usul\nprogramme,date,area,venue,opens,closes,services\nsambang,2026-11-03,99.01.02.2001,Balai Desa,09:00,11:00,ktp\nsambang,2026-11-10,99.01.01.2001,Balai Desa,,,\n",
}

// market gives the fixture with its counters, and a file changed.
func market(tb testing.TB, file, old, changed string) fstest.MapFS {
	tb.Helper()
	files := kembar(tb)
	for name, text := range stalls {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	if file == "" {
		return files
	}
	before := string(files[file].Data)
	after := strings.Replace(before, old, changed, 1)
	if after == before {
		tb.Fatalf("%s does not hold %q", file, old)
	}
	files[file] = &fstest.MapFile{Data: []byte(after)}
	return files
}

func TestCounters(t *testing.T) {
	t.Parallel()
	files := market(t, "regency.yaml", "ladder:", "booking: {hold: 5 minutes, offer: 1 hour, live: 3, evening: \"17:30\", keep: 30 days, no_shows: 4}\nladder:")
	r, report := Load(files, now)
	if r == nil || len(report.Problems) != 0 {
		t.Fatalf("problems:\n%s", report)
	}
	s, _ := r.ServiceByID("ktp")
	if !s.NIK || !s.Newborn || !s.Online || !s.Present || s.Minutes != 10 || s.Finish != hotline.FinishIf || s.Note["en"] == "" || s.Why["jv"] == "" || len(s.Bring) != 1 ||
		s.Keywords[0].Text != "bikin ktp" || s.Link == "" || s.With[0] != "inspektorat" {
		t.Errorf("a service: %+v", s)
	}
	if s, _ := r.ServiceByID("cetak"); s.NIK || s.Finish != hotline.FinishLater || !slices.Equal(s.After, []string{"ktp"}) {
		t.Errorf("a service: %+v", s)
	}
	p, _ := r.PackageByID("nikah")
	if len(p.Questions) != 2 || p.Questions[1].When[0] != (hotline.Condition{Question: "agama", Option: "islam"}) || p.Steps[0].Before.WorkDays != 10 ||
		!p.Steps[0].When[0].Not || !p.Steps[1].Follows || p.Steps[1].After[0] != "daftar" {
		t.Errorf("a package: %+v", p)
	}
	o, _ := r.OfficeByID("mpp")
	if o.Slot != 30 || o.Ahead != 7 || o.Point.Lng != 110.62 || o.Calendar != "pagi" || o.Services[0].Reserve != 1 || o.Services[0].Hours[0].String() != "07:00-09:00" {
		t.Errorf("an office: %+v", o)
	}
	if o, ok := r.OfficeByID("kecamatan.99.01.02"); !ok || o.Unit != "dpu.99.01.02" || o.Name != "Kantor Kidul" || o.Slot != 60 || len(r.Offices) != 3 {
		t.Errorf("an office of a kecamatan: %+v", o)
	}
	g, _ := r.ProgrammeByID("sambang")
	if g.From != "2026-11-02" || g.Rhythm.Weekdays[0] != time.Tuesday || g.Hours.Until != 12*60 || len(g.Services[0].Windows) != 2 || g.Services[0].Quota != 20 || g.Head != "petinggi" || !g.SKM {
		t.Errorf("a programme: %+v", g)
	}
	if l := r.BookingLimits(); l.Hold != 5*time.Minute || l.Offer != time.Hour || l.Live != 3 || l.Evening != 17*60+30 || l.Keep.Days != 30 || l.NoShows != 4 || l.Staff != 30 {
		t.Errorf("the rules for places: %+v", l)
	}
	if r, report := Load(kembar(t), now); r == nil || len(r.Services)+len(r.Offices)+len(r.Programmes) != 0 {
		t.Errorf("a regency without counters:\n%s", report)
	}
}

func TestMistakesAtCounters(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, file, old, new, want string }{
		{"agency", "services.yaml", "agency: kominfo\n    with", "agency: komnfo\n    with", `services.yaml:4:13: there is no agency "komnfo"; did you mean kominfo?`},
		{"no keywords", "services.yaml", "keywords: {9: [bikin ktp]}", "keywords: {9: []}", "services.yaml:6:15: the service has no keywords: nobody finds it; add the words people say"},
		{"keywords missing", "services.yaml", "    keywords: {9: [bikin ktp]}\n", "", "services.yaml:2:5: lacks keywords"},
		{"service twice", "services.yaml", "- id: cetak", "- id: ktp", "services.yaml:17:9: service ktp is there twice, first at services.yaml:2"},
		{"finish", "services.yaml", "finish: later", "finish: late", `services.yaml:21:13: finish "late" is not known; did you mean later?`},
		{"no note", "services.yaml", "    note: {id: Bila ada sinyal., jv: Menawi wonten sinyal., en: If there is a signal.}\n", "", "services.yaml:10:13: it is done the same day if something holds, and nothing says what; add note"},
		{"no why", "services.yaml", "why: {id: Untuk data., jv: Kangge data., en: For the data.}, ", "", "services.yaml:13:10: lacks why"},
		{"text", "services.yaml", "{id: KK, jv: KK, en: Family card}", "{id: KK}", "services.yaml:8:9: what to bring lacks the language jv, en"},
		{"with itself", "services.yaml", "with: [inspektorat]", "with: [kominfo]", "services.yaml:5:11: kominfo does the service already"},
		{"minutes", "services.yaml", "minutes: 10", "minutes: 0", "services.yaml:15:14: must be a whole number from 1 to 240"},
		{"link", "services.yaml", "https://kembar", "kembar", "services.yaml:16:11: link \"kembar.go.id/ktp\" does not begin with https://"},
		{"after unknown", "services.yaml", "after: [ktp]", "after: [ktpp]", `services.yaml:22:13: there is no service "ktpp"; did you mean ktp?`},
		{"after itself", "services.yaml", "    minutes: 10\n", "    minutes: 10\n    after: [cetak]\n", "services.yaml:16:12: service ktp comes after itself"},

		{"package named as a service", "packages.yaml", "- id: nikah", "- id: ktp", "packages.yaml:2:9: a service is called ktp too, at services.yaml:2"},
		{"condition's question", "packages.yaml", "when: {agama: islam}", "when: {agma: islam}", `packages.yaml:17:16: key "agma" is not known; did you mean agama?`},
		{"condition on a later question", "packages.yaml", "ask: {id: Agama?, jv: Agami?, en: Religion?}", "ask: {id: A, jv: A, en: A}\n        when: {kua: lor}", `packages.yaml:9:16: key "kua" is not known`},
		{"condition's option", "packages.yaml", "unless: {agama: lain}", "unless: {agama: lian}", `packages.yaml:19:77: question agama has no option "lian"; did you mean lain?`},
		{"one option", "packages.yaml", "          - {id: kidul, text: {id: Kidul, jv: Kidul, en: South}}\n", "", "packages.yaml:15:11: one option is no choice"},
		{"no options", "packages.yaml", `
          - {id: lor, text: {id: Lor, jv: Lor, en: North}}
          - {id: kidul, text: {id: Kidul, jv: Kidul, en: South}}`, " []", "packages.yaml:14:18: one option is no choice"},
		{"no occasion", "packages.yaml", "    occasion: {id: Kapan?, jv: Kapan?, en: When?}\n", "", "packages.yaml:18:44: before says nothing where no occasion is asked for"},
		{"before and after the occasion", "packages.yaml", "before: 10 working days,", "before: 10 working days, follows: true,", "packages.yaml:19:44: the step follows the occasion and cannot be before it"},
		{"step's service", "packages.yaml", "service: ktp,", "service: kpt,", `packages.yaml:19:31: there is no service "kpt"; did you mean ktp?`},
		{"empty step", "packages.yaml", "service: ktp, ", "", "packages.yaml:19:9: the step has neither a service nor a sentence"},
		{"step after unknown", "packages.yaml", "after: [daftar]", "after: [dafar]", `packages.yaml:20:71: there is no step "dafar"; did you mean daftar?`},
		{"step after itself", "packages.yaml", "after: [daftar]", "after: [bayar]", "packages.yaml:20:70: step bayar comes after itself"},
		{"no steps", "packages.yaml", "    steps:\n", "    steps: []\n    stops:\n", "packages.yaml:18:12: the package has no steps"},

		{"office's kind", "offices.yaml", "kind: mpp", "kind: mall", `offices.yaml:3:11: kind "mall" is not known`},
		{"office's unit", "offices.yaml", "unit: dpu\n    area", "unit: dpux\n    area", `offices.yaml:5:11: there is no unit "dpux"; did you mean dpu?`},
		{"office without area", "offices.yaml", "    area: 99.01.01.2001\n", "", "offices.yaml:2:5: lacks area"},
		{"offices' units", "offices.yaml", "unit: dpu\n    services", "unit: kominfo\n    services", "offices.yaml:18:11: there is no unit kominfo.99.01.01 to run the office in Lor"},
		{"name for all", "offices.yaml", "Kantor {area}", "Kantor", "offices.yaml:17:11: a name for every kecamatan must hold {area}"},
		{"area beside per", "offices.yaml", "per: kecamatan", "per: kecamatan\n    area: 99.01.01", "offices.yaml:16:11: area says nothing beside per"},
		{"per", "offices.yaml", "per: kecamatan", "per: desa", `offices.yaml:15:10: per "desa" is not known`},
		{"office twice", "offices.yaml", "  - id: kecamatan\n    per: kecamatan\n    kind: kecamatan\n    name: Kantor {area}", "  - id: mpp\n    area: \"99.01\"\n    kind: mpp\n    name: Dua", "offices.yaml:14:9: office mpp is there twice"},
		{"point", "offices.yaml", "[-6.42, 110.62]", "[-6.42]", "offices.yaml:8:12: is no point; write latitude and longitude"},
		{"no place on earth", "offices.yaml", "[-6.42, 110.62]", "[110.62, -6.42]", "offices.yaml:8:12: is no place on earth"},
		{"calendar", "offices.yaml", "calendar: pagi", "calendar: sore", `offices.yaml:9:15: there is no calendar "sore"`},
		{"places", "offices.yaml", "places: 4", "places: 0", "offices.yaml:13:32: must be a whole number from 1 to 500"},
		{"reserve", "offices.yaml", "reserve: 1", "reserve: 5", "offices.yaml:13:44: must be a whole number from 0 to 4"},
		{"office's service twice", "offices.yaml", "[{service: ktp, places: 2}]", "[{service: ktp, places: 2}, {service: ktp, places: 2}]", "offices.yaml:19:53: service ktp is there twice"},
		{"nothing done", "offices.yaml", "[{service: ktp, places: 2}]", "[]", "offices.yaml:19:15: nothing is done at this office"},

		{"programme's service", "programmes.yaml", "{service: ktp,", "{service: kpt,", `programmes.yaml:16:19: there is no service "kpt"; did you mean ktp?`},
		{"first day", "programmes.yaml", "from: 2026-11-02", "from: 2026-11-31", `programmes.yaml:7:11: "2026-11-31" is no date; write year-month-day`},
		{"ends before it begins", "programmes.yaml", "until: 2026-11-29", "until: 2026-10-29", "programmes.yaml:8:12: the last day, 2026-10-29, is before the first, 2026-11-02"},
		{"rhythm too slow", "programmes.yaml", "until: 2026-11-29", "until: 2026-11-05", "programmes.yaml:12:13: at this rhythm the programme reaches 1 of 2 places until 2026-11-05; let it come more often"},
		{"rhythm's unit", "programmes.yaml", "unit: week", "unit: year", `programmes.yaml:12:30: unit "year" is not known`},
		{"rhythm of more days than there are", "programmes.yaml", "places: 1, weekdays", "places: 2, weekdays", "programmes.yaml:12:44: 2 places, each on a day of its own, and only 1 day for them"},
		{"alone at once", "programmes.yaml", "places: 1, weekdays", "places: 1, at_once: true, weekdays", "programmes.yaml:12:56: one place alone is not at once with another"},
		{"weekday", "programmes.yaml", "[tuesday]", "[selasa]", `programmes.yaml:12:58: weekday "selasa" is not known`},
		{"level", "programmes.yaml", "level: desa", "level: dusun", `programmes.yaml:9:12: level "dusun" is not known`},
		{"one each of kecamatan", "programmes.yaml", "level: desa", "level: kecamatan", "programmes.yaml:10:15: only of villages there is one in each kecamatan"},
		{"first of another level", "programmes.yaml", "first: [99.01.02.2001]", "first: [99.01.02]", "programmes.yaml:11:13: Kidul is a kecamatan, and the programme comes to level desa"},
		{"two places in one kecamatan", "programmes.yaml", "first: [99.01.02.2001]", "places: [99.01.01.2001, 99.01.01.1003]", "programmes.yaml:11:29: Lor is in the same kecamatan as Sukorejo"},
		{"first is no place", "programmes.yaml", "first: [99.01.02.2001]", "first: [99.01.02.2001]\n    places: [99.01.01.2001]", "programmes.yaml:11:13: Sukorejo comes first and is none of the places"},
		{"hours", "programmes.yaml", "hours: 08:00-12:00", "hours: 12:00-08:00", `programmes.yaml:13:12: "12:00-08:00" ends before it begins`},
		{"window", "programmes.yaml", "10:00-12:00]", "10:00-13:00]", "programmes.yaml:16:56: window 10:00-13:00 is not within the programme's hours, 08:00-12:00"},
		{"too few places", "programmes.yaml", "quota: 20, reserve: 5", "quota: 1", "programmes.yaml:16:31: 1 places for 2 windows"},
		{"reserve beyond quota", "programmes.yaml", "reserve: 5", "reserve: 21", "programmes.yaml:16:44: must be a whole number from 0 to 20"},
		{"no service", "programmes.yaml", "\n      - {service: ktp, quota: 20, reserve: 5, windows: [08:00-10:00, 10:00-12:00]}", " []", "programmes.yaml:15:15: the programme brings no service"},
		{"invited and must", "programmes.yaml", "invited: [inspektorat]", "invited: [inspektorat, kominfo]", "programmes.yaml:18:28: agency kominfo is invited and must take part"},
		{"programme twice", "programmes.yaml", "programmes:\n", "programmes:\n  - {id: sambang}\n", "programmes.yaml:3:9: programme sambang is there twice"},

		{"visit of no programme", visitsFile, "sambang,2026-11-03", "smbang,2026-11-03", `visits.csv:3:1: there is no programme "smbang"; did you mean sambang?`},
		{"visit's date", visitsFile, "2026-11-03", "03-11-2026", `visits.csv:3:9: "03-11-2026" is no date`},
		{"visit outside", visitsFile, "2026-11-03", "2026-12-03", "visits.csv:3:9: 2026-12-03 is not within the programme's days"},
		{"visit's area", visitsFile, "99.01.02.2001", "99.01.02.2999", `visits.csv:3:20: there is no area "99.01.02.2999"`},
		{"visit's level", visitsFile, "99.01.02.2001", "99.01.02", "visits.csv:3:20: Kidul is a kecamatan, and the programme comes to level desa"},
		{"visit's venue", visitsFile, "Balai Desa", "", "visits.csv:3:34: there is no venue"},
		{"visit's hours", visitsFile, "09:00,11:00", "9,11:00", `visits.csv:3:45: "9" is no time of day`},
		{"visit closes early", visitsFile, "09:00,11:00", "09:00,08:00", "visits.csv:3:45: the visit closes before it opens"},
		{"visit's service", visitsFile, ",ktp\n", ",cetak\n", `visits.csv:3:57: service "cetak" is none of the programme's`},
		{"visit twice", visitsFile, "sambang,2026-11-10,99.01.01.2001", "sambang,2026-11-03,99.01.02.2001", "visits.csv:4:1: the visit is there twice, first at visits.csv:3"},
		{"visits' head", visitsFile, "programme,date", "program,date", "visits.csv:1: has not the head line of visits; begin with programme,date,area"},

		{"hold", "regency.yaml", "ladder:", "booking: {hold: 30 seconds}\nladder:", "regency.yaml:20:17: must be from 1m0s to 23h0m0s by the clock"},
		{"evening", "regency.yaml", "ladder:", "booking: {evening: sore}\nladder:", `regency.yaml:20:20: "sore" is no time of day`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r, report := Load(market(t, tt.file, tt.old, tt.new), now)
			if r != nil || !strings.Contains(report.String(), tt.want) {
				t.Errorf("want %s\ngot:\n%s", tt.want, report)
			}
			if strings.Contains(report.String(), unlocated) {
				t.Errorf("only Build found it:\n%s", report)
			}
		})
	}
}

func TestWarningsAtCounters(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, file, old, new, want string }{
		{"nobody asked", "programmes.yaml", "agencies: [kominfo]", "agencies: [dpu]", "programmes.yaml:16:9: warning: ktp is done by kominfo, which is not asked to take part"},
		{"another weekday", visitsFile, "2026-11-03", "2026-11-04", "visits.csv:3:9: warning: 2026-11-04 is a wednesday, on which the programme does not come"},
		{"holiday", "calendar.yaml", "date: 2026-12-24", "date: 2026-11-10", "visits.csv:4:9: warning: 2026-11-10 is a holiday: Cuti Bersama Natal"},
	} {
		r, report := Load(market(t, tt.file, tt.old, tt.new), now)
		if r == nil || len(report.Problems) != 1 || !strings.Contains(report.String(), tt.want) {
			t.Errorf("%s: want %s\ngot:\n%s", tt.name, tt.want, report)
		}
	}
	files := market(t, "", "", "")
	files["programs.yaml"] = files["programmes.yaml"]
	delete(files, "programmes.yaml")
	delete(files, visitsFile)
	if r, report := Load(files, now); r == nil || !strings.Contains(report.String(), "programs.yaml: warning: is not read; did you mean programmes.yaml?") {
		t.Errorf("got:\n%s", report)
	}
}

// A file of services that cannot be read is one error: what names its services is not judged.
func TestServicesThatCannotBeReadAreOneError(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"services.yaml", "programmes.yaml", "offices.yaml", "packages.yaml"} {
		files := market(t, name, ":\n", ": x:\n")
		if r, report := Load(files, now); r != nil || report.Errors() != 1 || !strings.Contains(report.String(), name+":1:") {
			t.Errorf("%s:\n%s", name, report)
		}
	}
}
