package config

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"tanggap/hotline"
)

// now is a moment at which the holidays of the fixture still last.
var now = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)

// kembar gives the fixture's files, to be spoilt.
func kembar(tb testing.TB) fstest.MapFS {
	tb.Helper()
	files := fstest.MapFS{}
	dir := os.DirFS("testdata/kembar")
	err := fs.WalkDir(dir, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(dir, path)
		files[path] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return files
}

func TestKembar(t *testing.T) {
	t.Parallel()
	r, report := Load(kembar(t), now)
	if len(report.Problems) != 0 || !report.OK() || report.Err() != nil {
		t.Fatalf("the fixture has problems:\n%s", report)
	}
	if r.ID != "kembar" || r.Code != "99.01" || r.Letters != "KBR" || r.Zone.String() != "Asia/Jakarta" || !slices.Equal(r.Languages, []hotline.Lang{"id", "jv", "en"}) {
		t.Errorf("the regency itself: %+v", r)
	}
	if got := r.Limits.Resolve[hotline.Complaint]; got != (hotline.Span{WorkDays: 14}) || r.Limits.Erasure.Time != 72*time.Hour || r.Limits.UrgentRepeat != time.Minute || r.Limits.Complete.Days != 30 {
		t.Errorf("limits: %+v", r.Limits)
	}
	if len(r.Ladder) != 3 || r.Ladder[2].Role != hotline.RoleSetda || r.Ladder[1].After != (hotline.Span{WorkDays: 1}) {
		t.Errorf("ladder: %+v", r.Ladder)
	}
	if got := r.Ancestors("dpu.99.01.01.2001"); !slices.Equal(got, []string{"dpu.99.01.01", "dpu.jalan", "dpu"}) {
		t.Errorf("above a village's unit: %v", got)
	}
	if u, _ := r.Unit("dpu.99.01.01.1003"); u.Name != "Juru Kelurahan Lor" || !slices.Equal(u.Territory, []string{"99.01.01.1003"}) {
		t.Errorf("a village's unit: %+v", u)
	}
	if u, _ := r.Unit("dpu.jalan.lor"); u.Parent != "dpu.jalan" || !slices.Equal(u.Territory, []string{"99.01.01"}) {
		t.Errorf("a nested unit: %+v", u)
	}
	if !r.Calendar("dpu.siaga").Always || len(r.Calendar("dpu").Holidays) != 3 || r.Calendar("dpu").Week[5][1].String() != "13:00-14:30" {
		t.Error("calendars")
	}
	if a, _ := r.Area("99.01.02"); len(a.Boundary) != 1 || len(a.Boundary[0]) != 5 || a.Boundary[0][1] != (hotline.Point{Lat: -6.6, Lng: 110.7}) || !slices.Equal(a.Aliases, []string{"Kembar Kidul"}) {
		t.Errorf("a kecamatan: %+v", a)
	}
	c, _ := r.Category("jalan-rusak")
	if c.Keywords[0] != (hotline.Keyword{Text: "jalan rusak", Weight: 9}) || len(c.Keywords) != 5 || c.Questions[0].Options[1].Text["jv"] != "Dhusun" {
		t.Errorf("a category: %+v", c)
	}
	if a, _ := r.Agency("kominfo"); !a.Hotline || !a.Desk {
		t.Errorf("an agency: %+v", a)
	}
}

// TestMistakes spoils one thing at a time and wants it named where it stands, with a mend.
func TestMistakes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, file, old, new, want string }{
		{"unknown key", "regency.yaml", "letters: KBR", "leters: KBR", `regency.yaml:5:1: key "leters" is not known; did you mean letters?`},
		{"missing key", "regency.yaml", "letters: KBR\n", "", `regency.yaml:2:1: lacks letters; add letters: …`},
		{"duplicate key", "regency.yaml", "letters: KBR", "letters: KBR\nletters: KBX", `regency.yaml:6:1: key letters is there twice, first at line 5; remove one`},
		{"letters", "regency.yaml", "letters: KBR", "letters: K1", `regency.yaml:5:10: letters "K1" cannot begin a case number; write two to four capitals`},
		{"zone", "regency.yaml", "Asia/Jakarta", "Asia/Jakrta", `regency.yaml:6:7: time zone "Asia/Jakrta" is not known; did you mean Asia/Jakarta?`},
		{"language", "regency.yaml", "[id, jv, en]", "[id, jw, en]", `regency.yaml:7:17: language "jw" is not known; did you mean jv?`},
		{"language twice", "regency.yaml", "[id, jv, en]", "[id, jv, en, jv]", `regency.yaml:7:25: language jv is there twice`},
		{"wrong type", "regency.yaml", "languages: [id, jv, en]", "languages: {id: 1}", `regency.yaml:7:12: must be a list, not keys and values`},
		{"truth for text", "regency.yaml", "name: Kabupaten Kembar", "name: true", `regency.yaml:4:7: must be a text, not true`},
		{"empty", "regency.yaml", `emergency: "112"`, `emergency: ""`, `regency.yaml:8:12: is empty; fill it in`},
		{"code", "regency.yaml", `code: "99.01"`, `code: "99.02"`, `regency.yaml:3:7: there is no area "99.02"; did you mean 99.01?`},
		{"time limit", "regency.yaml", "verify: 3 working days", "verify: 3 workdays", `regency.yaml:11:11: "3 workdays" is no time limit; write it as 3 working days`},
		{"time limit too long", "regency.yaml", "complete: 30 days", "complete: 3000 days", `regency.yaml:17:13: "3000 days" is too long`},
		{"kind without limit", "regency.yaml", ", inquiry: 5 working days", "", `regency.yaml:13:12: lacks inquiry`},
		{"repeat", "regency.yaml", "urgent_repeat: 1 minute", "urgent_repeat: 1 working day", `regency.yaml:19:18: an emergency must be offered again within 10 seconds`},
		{"empty ladder", "regency.yaml", `
  - {id: officers, role: officer}
  - {id: head, role: head, after: 1 working day}
  - {id: setda, role: setda, after: 3 working days}`, " []", `regency.yaml:20:9: the ladder is empty: a late case would reach nobody`},
		{"ladder ends nowhere", "regency.yaml", "  - {id: setda, role: setda, after: 3 working days}\n", "", `regency.yaml:22:5: the ladder ends nowhere: its last step is head; add a last step with role: setda`},
		{"level without role", "regency.yaml", "{id: head, role: head, ", "{id: head, ", `regency.yaml:22:5: lacks role`},
		{"level without time", "regency.yaml", "role: head, after: 1 working day}", "role: head}", `regency.yaml:22:5: lacks after`},
		{"role", "regency.yaml", "role: head,", "role: haed,", `regency.yaml:22:22: role "haed" is not known; did you mean head?`},
		{"missing translation", "regency.yaml", `, jv: "Ombudsman: telpon 137"`, "", `regency.yaml:9:10: outside lacks the language jv; add jv: …`},

		{"time of day", "calendar.yaml", "monday: [07:00-12:00", "monday: [07:00-25:00", `calendar.yaml:2:12: "25:00" is no time of day`},
		{"ends before it begins", "calendar.yaml", "monday: [07:00-12:00", "monday: [12:00-07:00", `calendar.yaml:2:12: "12:00-07:00" ends before it begins`},
		{"hours overlap", "calendar.yaml", "friday: [07:00-11:30, 13:00", "friday: [07:00-11:30, 11:00", `calendar.yaml:6:25: hours 11:00-14:30 begin before`},
		{"day", "calendar.yaml", "  friday:", "  fryday:", `calendar.yaml:6:3: key "fryday" is not known; did you mean friday?`},
		{"date", "calendar.yaml", "2026-12-24", "2026-02-30", `calendar.yaml:13:12: "2026-02-30" is no date; write year-month-day`},
		{"date twice", "calendar.yaml", "2026-12-24", "2026-12-25", `calendar.yaml:14:12: holiday 2026-12-25 is there twice`},
		{"kind of holiday", "calendar.yaml", "kind: cuti_bersama", "kind: cuti", `calendar.yaml:13:56: kind "cuti" is not known`},
		{"no working day", "calendar.yaml", "      saturday: [06:00-09:00]", "      saturday: []", `calendar.yaml:9:5: the calendar has no working day`},
		{"calendar", "agencies.yaml", "calendar: siaga", "calendar: saga", `agencies.yaml:24:53: there is no calendar "saga"; did you mean siaga?`},
		{"calendar twice", "calendar.yaml", "- id: pagi", "- id: siaga", `calendar.yaml:9:9: calendar siaga is there twice, first at calendar.yaml:8`},

		{"area level", "areas.csv", "Sukorejo,desa,99.01.01", "Sukorejo,dsa,99.01.01", `areas.csv:5:24: level "dsa" is not known; did you mean desa?`},
		{"area parent", "areas.csv", "Sukorejo,desa,99.01.01", "Sukorejo,desa,99.01.07", `areas.csv:5:29: there is no area "99.01.07"`},
		{"area rank", "areas.csv", "Sukorejo,desa,99.01.01,", "Sukorejo,desa,99.01,", `areas.csv:5:1: Sukorejo is a desa, and its parent Kabupaten Kembar is not a kecamatan`},
		{"area not within", "areas.csv", "99.01.01.2001,Sukorejo", "99.01.09.2001,Sukorejo", `areas.csv:5:1: code 99.01.09.2001 is not within its parent's, 99.01.01`},
		{"area twice", "areas.csv", "99.01.02.2001,", "99.01.01.2001,", `areas.csv:8:1: area 99.01.01.2001 is there twice, first at areas.csv:5`},
		{"latitude", "areas.csv", "-6.42000,110.62000", "minus six,110.62000", `areas.csv:5:38: "minus six" is no number`},
		{"no place on earth", "areas.csv", "-6.42000,110.62000", "110.62000,-6.42000", `areas.csv:5:38: "110.62000", "-6.42000" is no place on earth`},
		{"columns", "areas.csv", ",named as its kecamatan", "", `areas.csv:7:1: wrong number of fields`},
		{"column", "areas.csv", "code,name,level", "code,nama,level", `areas.csv:1:6: column "nama" is not known; did you mean name?`},
		{"column missing", "areas.csv", "code,name,level,parent,lat,lng,aliases,note", "code,name,level,parent,lat,aliases,note", `areas.csv:1:1: lacks the column lng`},

		{"open boundary", "boundaries.geojson", "[110.6, -6.4], [110.6, -6.5]]]", "[110.6, -6.4], [110.6, -6.55]]]", `boundaries.geojson:2:1: the outline of 99.01.01 is not closed`},
		{"boundary of nobody", "boundaries.geojson", `"99.01.02"`, `"99.01.03"`, `boundaries.geojson:3:1: there is no area "99.01.03"`},
		{"boundary of a village", "boundaries.geojson", `"99.01.02"`, `"99.01.01.2001"`, `boundaries.geojson:3:1: 99.01.01.2001 is no kecamatan`},
		{"boundary twice", "boundaries.geojson", `"99.01.02"`, `"99.01.01"`, `boundaries.geojson:3:1: the outline of 99.01.01 is there twice`},
		{"boundary swapped", "boundaries.geojson", "[110.6, -6.5]", "[-6.5, 110.6]", `boundaries.geojson:2:1: the outline of 99.01.01 has a point that is no place on earth`},
		{"boundary shape", "boundaries.geojson", `"Polygon"`, `"Point"`, `boundaries.geojson:2:1: the outline of 99.01.01 is no area`},
		{"boundary JSON", "boundaries.geojson", `"MultiPolygon", "coordinates": [`, `"MultiPolygon", "coordinates": [}`, `boundaries.geojson:3:1: the outline that begins here is no JSON: invalid character '}'`},

		{"agency twice", "agencies.yaml", "id: dpu\n", "id: kominfo\n", `agencies.yaml:13:9: agency kominfo is there twice, first at agencies.yaml:2`},
		{"agency id", "agencies.yaml", "id: dpu\n", "id: DPU\n", `agencies.yaml:13:9: "DPU" cannot be the id of an agency; write lower-case`},
		{"agency kind", "agencies.yaml", "short: Kominfo\n    kind: opd", "short: Kominfo\n    kind: odp", `agencies.yaml:5:11: kind "odp" is not known; did you mean opd?`},
		{"no hotline", "agencies.yaml", "    hotline: true\n", "", `agencies.yaml:12:5: no agency runs the hotline; add hotline: true`},
		{"two hotlines", "agencies.yaml", "inspector: true", "hotline: true\n    inspector: true", `agencies.yaml:11:14: another agency runs the hotline already, at agencies.yaml:6`},
		{"no inspector", "agencies.yaml", "    inspector: true\n", "", `categories.yaml:28:16: a category is about abuse of office, and no agency is the inspector`},
		{"truth", "agencies.yaml", "inspector: true", "inspector: ya", `agencies.yaml:11:16: must be true or false, not "ya"`},
		{"unit category", "agencies.yaml", "categories: [bencana]", "categories: [bncana]", `agencies.yaml:24:73: there is no category "bncana"; did you mean bencana?`},
		{"unit territory", "agencies.yaml", "territory: [99.01.01]", "territory: [99.01.09]", `agencies.yaml:23:88: there is no area "99.01.09"`},
		{"unit parent", "agencies.yaml", "parent: dpu.jalan}", "parent: dpu.jaln}", `agencies.yaml:25:63: there is no unit "dpu.jaln"; did you mean dpu.jalan?`},
		{"unit of another agency", "agencies.yaml", "id: dpu.siaga", "id: kominfo.siaga", `agencies.yaml:24:14: unit kominfo.siaga does not belong to dpu by its id; begin it with dpu.`},
		{"unit cycle", "agencies.yaml", "name: Bidang Jalan", "name: Bidang Jalan\n        parent: dpu.jalan.lor", `agencies.yaml:21:17: unit dpu.jalan is above itself`},
		{"per", "agencies.yaml", "per: kecamatan", "per: kabupaten", `agencies.yaml:25:15: per "kabupaten" is not known`},
		{"name for all", "agencies.yaml", `"Mantri Jalan {name}"`, `"Mantri Jalan"`, `agencies.yaml:25:32: a name for every place must hold {name}`},

		{"category twice", "categories.yaml", "- id: bencana", "- id: jalan-rusak", `categories.yaml:15:9: category jalan-rusak is there twice, first at categories.yaml:2`},
		{"category without agency", "categories.yaml", "    agency: dpu\n    priority: 2", "    priority: 2", `categories.yaml:2:5: lacks agency; add agency: …`},
		{"agency", "categories.yaml", "agency: dpu\n    priority: 2", "agency: dpupr\n    priority: 2", `categories.yaml:4:13: there is no agency "dpupr"`},
		{"alternate", "categories.yaml", "alternates: [kominfo]", "alternates: [kominfoo]", `categories.yaml:25:18: there is no agency "kominfoo"; did you mean kominfo?`},
		{"responder", "categories.yaml", "[dpu.siaga]", "[dpu.sigap]", `categories.yaml:19:18: there is no unit "dpu.sigap"`},
		{"priority", "categories.yaml", "priority: 2", "priority: 5", `categories.yaml:5:15: must be a whole number from 1 to 4, not "5"`},
		{"translation of a name", "categories.yaml", "{id: Bencana, jv: Bencana, en: Disaster}", "{id: Bencana}", `categories.yaml:16:11: the name lacks the language jv, en; add jv: … and en: …`},
		{"translation of an option", "categories.yaml", "{id: Kabupaten, jv: Kabupaten,", "{id: Kabupaten,", `categories.yaml:13:29: the option lacks the language jv`},
		{"keyword twice", "categories.yaml", "3: [aspal, jalan]", "3: [aspal, jalan rusak]", `categories.yaml:8:18: keyword "jalan rusak" is there twice, first at line 7`},
		{"keyword twice, spelt otherwise", "categories.yaml", "3: [aspal, jalan]", "3: [aspal, Jln. rusak]", `categories.yaml:8:18: keyword "Jln. rusak" is there twice, as "jalan rusak" at line 7`},
		{"keyword weight", "categories.yaml", "3: [aspal, jalan]", "11: [aspal, jalan]", `categories.yaml:8:7: key "11" is not known`},
		{"keyword without word", "categories.yaml", "[aspal, jalan]", `["!", jalan]`, `categories.yaml:8:11: keyword "!" holds no word`},
		{"option twice", "categories.yaml", "{id: desa, text", "{id: kab, text", `categories.yaml:14:18: option kab is there twice`},
		{"long question id", "categories.yaml", "- id: milik", "- id: kepemilikan-jalan", `categories.yaml:10:13: "kepemilikan-jalan" cannot be the id of a question`},

		{"danger category", "dangers.yaml", "category: bencana", "category: bencna", `dangers.yaml:3:15: there is no category "bencna"; did you mean bencana?`},
		{"danger language", "dangers.yaml", ", jv: [kobongan]", "", `dangers.yaml:4:12: the danger has no words in jv`},

		{"alias", "regency.yaml", "name: Kabupaten Kembar", "name: &a Kabupaten Kembar", `regency.yaml:4:7: anchors (&) and aliases (*) are not used here`},
		{"merge key", "regency.yaml", "name: Kabupaten Kembar", "<<: {name: x}", `regency.yaml:4:1: merge keys (<<) are not used here`},
		{"tag", "regency.yaml", "name: Kabupaten Kembar", "name: !!str Kabupaten Kembar", `regency.yaml:4:7: tags (!) are not used here`},
		{"no YAML", "regency.yaml", "letters: KBR", "letters: KBR: x", `regency.yaml:5:13: is no YAML: mapping values are not allowed`},
		{"two documents", "dangers.yaml", "dangers:\n", "---\ndangers: []\n---\ndangers:\n", `dangers.yaml: is no YAML: it holds two documents`},
		{"not UTF-8", "dangers.yaml", "kobongan", "kobongan\xff", `dangers.yaml: is not UTF-8 text`},
		{"not a file of ours", "dangers.yaml", "dangers:", "danger:", `dangers.yaml:1:1: key "danger" is not known; did you mean dangers?`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			files := kembar(t)
			before := string(files[tt.file].Data)
			after := strings.Replace(before, tt.old, tt.new, 1)
			if after == before {
				t.Fatalf("%s does not hold %q", tt.file, tt.old)
			}
			files[tt.file] = &fstest.MapFile{Data: []byte(after)}
			r, report := Load(files, now)
			if r != nil || report.OK() || report.Err() == nil {
				t.Errorf("the regency was not refused")
			}
			if !strings.Contains(report.String(), tt.want) {
				t.Errorf("want %s\ngot:\n%s", tt.want, report)
			}
			if strings.Contains(report.String(), unlocated) {
				t.Errorf("only Build found it:\n%s", report)
			}
		})
	}
}

func TestAllMistakesInOneRun(t *testing.T) {
	t.Parallel()
	files := kembar(t)
	for _, edit := range [][3]string{
		{"regency.yaml", "letters: KBR", "letters: kbr"},
		{"calendar.yaml", "2026-12-24", "2026-12-32"},
		{"areas.csv", "-6.42000", "x"},
		{"boundaries.geojson", `"99.01.02"`, `"99.01.07"`},
		{"agencies.yaml", "kind: opd", "kind: x"},
		{"categories.yaml", "agency: dpu", "agency: dpx"},
		{"dangers.yaml", "category: bencana", "category: x"},
	} {
		files[edit[0]] = &fstest.MapFile{Data: []byte(strings.Replace(string(files[edit[0]].Data), edit[1], edit[2], 1))}
	}
	_, report := Load(files, now)
	for file := range kembar(t) {
		if !strings.Contains(report.String(), file+":") {
			t.Errorf("no problem of %s is named in:\n%s", file, report)
		}
	}
	if report.Errors() < 7 || !strings.Contains(report.Err().Error(), "more") {
		t.Errorf("%d errors: %v", report.Errors(), report.Err())
	}
	if !slices.IsSortedFunc(report.Problems, func(a, b Problem) int { return strings.Compare(a.File, b.File) }) {
		t.Error("not in the order of files")
	}
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, file, old, new, want string }{
		{"holidays end soon", "calendar.yaml", "  - {date: 2027-12-25, name: Hari Raya Natal, kind: libur_nasional}\n", "",
			"calendar.yaml:14:12: warning: the holidays end with 2026-12-25; add those of 2027"},
		{"centre outside", "areas.csv", "-6.42000,110.62000", "-6.42000,110.72000", "areas.csv:5:38: warning: the centre of Sukorejo is 2.2 km outside the boundary of Lor"},
		{"alias of two", "agencies.yaml", "[bina marga]", "[itda]", `agencies.yaml:17:15: warning: alias "itda" is one of inspektorat too`},
		{"a weekday is not named", "calendar.yaml", "  thursday: [07:00-12:00, 13:00-15:30]\n", "",
			"calendar.yaml:2:3: warning: the hours do not name thursday: nobody works then; name the hours; or write thursday: [] if it is so"},
		{"a weekday of a unit's is not named", "calendar.yaml", "      saturday: [06:00-09:00]\n",
			"      monday: [06:00-09:00]\n      tuesday: [06:00-09:00]\n      wednesday: [06:00-09:00]\n      friday: []\n",
			"calendar.yaml:11:7: warning: the hours do not name thursday"},
		{"no way to reach it", "agencies.yaml", "    inspector: true", "    inspector: true\n    desk: false", "agencies.yaml:7:5: warning: inspektorat has neither a desk nor a contact"},
	} {
		files := kembar(t)
		files[tt.file] = &fstest.MapFile{Data: []byte(strings.Replace(string(files[tt.file].Data), tt.old, tt.new, 1))}
		r, report := Load(files, now)
		if r == nil || !report.OK() || report.Err() != nil {
			t.Errorf("%s: refused:\n%s", tt.name, report)
		}
		if len(report.Problems) != 1 || !strings.Contains(report.String(), tt.want) {
			t.Errorf("%s: want %s\ngot:\n%s", tt.name, tt.want, report)
		}
	}
}

// One mistake that keeps a file from being read is one error: what other files say of the things in it is not judged.
func TestOneMistakeIsOneError(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, file, old, new, want string }{
		{"misspelt column", "areas.csv", "code,name", "kode,name", `areas.csv:1:1: column "kode" is not known; did you mean code?`},
		{"no head line", "areas.csv", "code,name,level,parent,lat,lng,aliases,note\n", "", "areas.csv:1:1: has no head line; begin with code,name,level"},
		{"misspelt key", "regency.yaml", "letters: KBR", "leters: KBR", `regency.yaml:5:1: key "leters" is not known; did you mean letters?`},
		{"misspelt key of a list", "dangers.yaml", "dangers:", "danger:", `dangers.yaml:1:1: key "danger" is not known; did you mean dangers?`},
		{"misspelt day", "calendar.yaml", "  friday:", "  fryday:", `calendar.yaml:6:3: key "fryday" is not known; did you mean friday?`},
		{"misspelt language", "regency.yaml", `, jv: "Ombudsman`, `, jw: "Ombudsman`, `key "jw" is not known; did you mean jv?`},
		{"short row", "areas.csv", ",named as its kecamatan", "", "areas.csv:7:1: wrong number of fields"},
		{"quote", "areas.csv", "Sukorejo,desa,99.01.01", `"Sukorejo,desa,99.01.01`, "areas.csv:"},
		{"agencies are no YAML", "agencies.yaml", "agencies:", "agencies: x:", "agencies.yaml:1:12: is no YAML"},
		{"agencies are no list", "agencies.yaml", "agencies:\n", "agencies: none\nrest:\n", "agencies.yaml:1:11: must be a list"},
		{"categories are no YAML", "categories.yaml", "categories:", "categories: x:", "categories.yaml:1:14: is no YAML"},
		{"calendar is no YAML", "calendar.yaml", "hours:", "hours: x:", "calendar.yaml:1:9: is no YAML"},
		{"tag", "agencies.yaml", "agencies:", "agencies: !!seq", "agencies.yaml:1:11: tags (!) are not used here"},
	} {
		files := kembar(t)
		files[tt.file] = &fstest.MapFile{Data: []byte(strings.Replace(string(files[tt.file].Data), tt.old, tt.new, 1))}
		r, report := Load(files, now)
		errors := 1
		if tt.name == "agencies are no list" {
			errors = 2 // and the key that is not known
		}
		if r != nil || report.Errors() != errors || !strings.Contains(report.String(), tt.want) {
			t.Errorf("%s: want %s\ngot:\n%s", tt.name, tt.want, report)
		}
	}
	files := kembar(t)
	delete(files, "areas.csv")
	if _, report := Load(files, now); report.Errors() != 1 || !strings.Contains(report.String(), "areas.csv: the file is missing") {
		t.Errorf("areas.csv missing:\n%s", report)
	}
}

func TestSpreadsheetTable(t *testing.T) {
	t.Parallel()
	files := kembar(t)
	table := "\ufeff" + strings.ReplaceAll(strings.ReplaceAll(string(files["areas.csv"].Data), ",", ";"), "\n", "\r\n")
	files["areas.csv"] = &fstest.MapFile{Data: []byte(table)}
	if r, report := Load(files, now); r == nil || len(r.Villages()) != 5 {
		t.Errorf("a table with semicolons:\n%s", report)
	}
}

func TestFolderOfFiles(t *testing.T) {
	t.Parallel()
	files := kembar(t)
	whole := string(files["categories.yaml"].Data)
	at := strings.Index(whole, "  - id: pungli")
	delete(files, "categories.yaml")
	files["categories/a.yaml"] = &fstest.MapFile{Data: []byte(whole[:at])}
	files["categories/b.yaml"] = &fstest.MapFile{Data: []byte("categories:\n" + whole[at:])}
	files["categories/c.yml"] = &fstest.MapFile{Data: []byte("x")}
	r, report := Load(files, now)
	if r == nil || len(r.Categories) != 4 || !strings.Contains(report.String(), "categories/c.yml: warning: is not read; name it .yaml") {
		t.Errorf("categories in a folder:\n%s", report)
	}
}

func TestMissingFiles(t *testing.T) {
	t.Parallel()
	_, report := Load(fstest.MapFS{}, now)
	for _, file := range []string{"regency.yaml", "calendar.yaml", "areas.csv", "agencies.yaml", "categories.yaml", "dangers.yaml"} {
		if !strings.Contains(report.String(), file+": the file is missing") {
			t.Errorf("%s is not missed in:\n%s", file, report)
		}
	}
	files := kembar(t)
	delete(files, "boundaries.geojson")
	if r, report := Load(files, now); r == nil || len(report.Problems) > 0 {
		t.Errorf("without outlines:\n%s", report)
	}
}

func TestHugeAndHostile(t *testing.T) {
	t.Parallel()
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'j'; c++ {
		bomb += string(c) + ": &" + string(c) + " [" + strings.TrimSuffix(strings.Repeat("*"+string(c-1)+",", 9), ",") + "]\n"
	}
	for name, tt := range map[string]struct{ data, want string }{
		"alias bomb":    {bomb, "anchors (&) and aliases (*) are not used here"},
		"own alias":     {"a: &a [*a]\n", "anchors (&)"},
		"deep":          {strings.Repeat("[", 9000) + strings.Repeat("]", 9000), "is nested too deep"},
		"deeper":        {strings.Repeat("[", 100_000), "exceeded max depth"},
		"large":         {strings.Repeat("# x\n", maxYAML/4+1), "is larger than 256 KB"},
		"many mistakes": {"agencies: [" + strings.Repeat("x,", 50_000) + "]", "too many problems"},
		"control":       {"a: \x00", "is no YAML: control characters"},
		"list as key":   {"? [a]\n: b\n", "is no key"},
		"only remarks":  {"# nothing\n", "is empty"},
	} {
		files := kembar(t)
		files["agencies.yaml"] = &fstest.MapFile{Data: []byte(tt.data)}
		r, report := Load(files, now)
		if r != nil || !strings.Contains(report.String(), tt.want) {
			t.Errorf("%s: want %q, got:\n%.600s", name, tt.want, report)
		}
		if len(report.Problems) > maxProblems+1 {
			t.Errorf("%s: %d problems", name, len(report.Problems))
		}
	}
}

func TestRegencyByName(t *testing.T) {
	t.Parallel()
	if r, report := Regency("testdata/kembar/", now); r == nil || r.ID != "kembar" {
		t.Errorf("a folder:\n%s", report)
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "calendar.yaml"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, report := Regency(dir, now); !strings.Contains(report.String(), "calendar.yaml: is no plain file") {
		t.Errorf("a folder for a file:\n%s", report)
	}
	if _, report := Regency(dir, now); !strings.Contains(report.String(), filepath.Join(dir, "regency.yaml")+": the file is missing") {
		t.Errorf("an empty folder:\n%s", report)
	}
	for name, want := range map[string]string{
		"jepera":                       "did you mean jepara?",
		"nowhere":                      "there is no such regency or folder; name one that ships with the program (bengkulu-selatan, jepara, jombang, lampung-tengah, probolinggo) or a folder",
		"testdata/kembar/regency.yaml": "is a file, not a regency's folder",
		"":                             "there is no such regency",
	} {
		if r, report := Regency(name, now); r != nil || !strings.Contains(report.String(), want) {
			t.Errorf("%q: want %q, got %s", name, want, report)
		}
	}
}
