package config

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"tanggap/hotline"
)

// onJepara gives a tiny regency that stands on Jepara, with some files changed or added.
func onJepara(edits map[string]string) fstest.MapFS {
	files := map[string]string{
		"regency.yaml": "based_on: jepara\nid: duta\ncode: \"99.01\"\nname: Kabupaten Duta\nletters: DTA\n",
		"areas.csv": "code,name,level,parent,lat,lng\n99.01,Kabupaten Duta,kabupaten,,-6.5,110.6\n99.01.01,Lor,kecamatan,99.01,-6.5,110.6\n" +
			"99.01.01.2001,Sari,desa,99.01.01,-6.5,110.6\n",
		"agencies.yaml": "agencies:\n  - id: dinkes\n    units:\n      - {id: dinkes.psc, name: PSC, calendar: siaga, categories: [gawat-medis]}\n",
	}
	for name, text := range edits {
		files[name] = text
	}
	fsys := fstest.MapFS{}
	for name, text := range files {
		if text != "" {
			fsys[name] = &fstest.MapFile{Data: []byte(text)}
		}
	}
	return fsys
}

const regencyOnJepara = "based_on: jepara\nid: duta\ncode: \"99.01\"\nname: Kabupaten Duta\nletters: DTA\n"

func TestStandsOnJepara(t *testing.T) {
	t.Parallel()
	base := theRegency(t)
	r, report := Load(onJepara(map[string]string{
		"regency.yaml": regencyOnJepara + "languages: [id, en]\nwithout: {agencies: [imigrasi], categories: [paspor], services: [npwp], packages: [kerja]}\n",
		"agencies.yaml": `agencies:
  - {id: dinkes, short: DKK, units: [{id: dinkes.psc, name: PSC, calendar: siaga}]}
  - {id: dinsos, instead_of: [dinsospermades], name: Dinas Sosial, short: Dinsos, kind: opd}
  - {id: damkar, name: Damkar, short: Damkar, kind: emergency, units: [{id: damkar.regu, name: Regu, instead_of: [satpolpp.damkar]}]}
`,
		"categories.yaml": "categories:\n  - {id: sampah, priority: 1, more_keywords: {9: [runtah numpuk]}}\n  - {id: baru, name: {id: Baru, en: New}, agency: dinsos, priority: 4}\n",
		"dangers.yaml":    "dangers:\n  - {id: kebakaran, more_words: {other: [kahuruan]}, more_not: [kahuruan janggot]}\n",
		"calendar.yaml":   "holidays:\n  - {date: 2026-04-10, name: Hari Jadi, kind: local}\n",
		"line112.yaml":    "others:\n  - {name: Damkar Duta, number: \"1\"}\nincidents:\n  - {id: kebakaran, key: f}\n",
	}), now)
	if r == nil {
		t.Fatalf("refused:\n%s", report)
	}
	if len(report.Problems) != 1 || !strings.HasPrefix(report.String(), "jepara/calendar.yaml:") {
		t.Errorf("problems:\n%s", report)
	}
	dinkes, _ := r.Agency("dinkes")
	of, _ := base.Agency("dinkes")
	if dinkes.Short != "DKK" || dinkes.Name != of.Name || !slices.Equal(dinkes.Aliases, of.Aliases) {
		t.Errorf("an agency changed: %+v", dinkes)
	}
	if _, ok := r.Agency("dinsospermades"); ok {
		t.Error("an agency that was replaced is there")
	}
	if c, _ := r.Category("bansos"); c.Agency != "dinsos" || len(c.Name) != 2 || c.Name["jv"] != "" {
		t.Errorf("a category of a replaced agency: %+v", c)
	}
	if c, _ := r.Category("kebakaran"); !slices.Equal(c.Responders, []string{"damkar.regu"}) {
		t.Errorf("a responder that was replaced: %v", c.Responders)
	}
	sampah, _ := r.Category("sampah")
	before, _ := base.Category("sampah")
	if last := sampah.Keywords[len(sampah.Keywords)-1]; sampah.Priority != 1 || len(sampah.Keywords) != len(before.Keywords)+1 || last.Text != "runtah numpuk" || len(sampah.Questions) != 1 {
		t.Errorf("a category changed: %+v", sampah)
	}
	if _, ok := r.Category("paspor"); ok || len(r.Categories) != len(base.Categories) {
		t.Errorf("%d categories", len(r.Categories))
	}
	if r.Categories[0].ID != base.Categories[0].ID || r.Categories[len(r.Categories)-1].ID != "baru" {
		t.Error("the base's order is not kept")
	}
	fire, _ := r.Danger("kebakaran")
	if words := fire.Words[hotline.Indonesian]; words[len(words)-1] != "kahuruan" || fire.Words["jv"] != nil || !slices.Contains(fire.Not, "kahuruan janggot") {
		t.Errorf("a danger changed: %+v", fire)
	}
	if len(r.Calendars[""].Holidays) != len(base.Calendars[""].Holidays)+1 || r.Limits.Verify != base.Limits.Verify || len(r.Ladder) != 3 {
		t.Error("calendar, limits or ladder")
	}
	if i, _ := r.Incident("kebakaran"); i.Key != "f" || len(i.Questions) != 3 || !slices.Equal(i.Responders, []string{"damkar.regu"}) {
		t.Errorf("an incident changed: %+v", i)
	}
	if len(r.Line.Others) != 1 || r.Line.Others[0].Name != "Damkar Duta" {
		t.Errorf("other numbers: %v", r.Line.Others)
	}
	if _, ok := r.ServiceByID("npwp"); ok || len(r.Services) != len(base.Services)-1 || len(r.Offices) != 0 || len(r.Programmes) != 0 {
		t.Errorf("%d services, %d offices, %d programmes", len(r.Services), len(r.Offices), len(r.Programmes))
	}
}

// What the regency stands on is not changed by it, and a mistake is named in the file where it is.
func TestMistakesOnABase(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		edits map[string]string
		want  string
	}{
		"nothing wrong":   {nil, "jepara/calendar.yaml:94:12: warning: the holidays end"},
		"unknown base":    {map[string]string{"regency.yaml": strings.Replace(regencyOnJepara, "jepara", "jepera", 1)}, `regency.yaml:1:11: there is no shipped regency "jepera" to stand on; did you mean jepara?`},
		"base on another": {map[string]string{"regency.yaml": strings.Replace(regencyOnJepara, "jepara", "jombang", 1)}, "regency.yaml:1:11: jombang stands on another itself; name jepara"},
		"own name":        {map[string]string{"regency.yaml": "based_on: jepara\nid: duta\ncode: \"99.01\"\nletters: DTA\n"}, "regency.yaml:1:1: lacks name"},
		"left out, unknown": {map[string]string{"regency.yaml": regencyOnJepara + "without: {categories: [papor]}\n"},
			`regency.yaml:6:24: jepara has no "papor" among its categories; did you mean paspor?`},
		"left out, no list":      {map[string]string{"regency.yaml": regencyOnJepara + "without: {catgories: [paspor]}\n"}, `key "catgories" is not known; did you mean categories?`},
		"left out and changed":   {map[string]string{"regency.yaml": regencyOnJepara + "without: {categories: [paspor]}\n", "categories.yaml": "categories:\n  - {id: paspor, priority: 1}\n"}, "categories.yaml:2:5: paspor is left out by without in regency.yaml"},
		"left out, still needed": {map[string]string{"regency.yaml": regencyOnJepara + "without: {agencies: [imigrasi]}\n"}, `jepara/categories/pemerintahan.yaml:65:13: there is no agency "imigrasi"; add it, or put what does its work here in its place`},
		"replaced, unknown":      {map[string]string{"agencies.yaml": "agencies:\n  - {id: dinsos, instead_of: [dinsospermade], name: D, short: D, kind: opd}\n"}, `agencies.yaml:2:31: jepara has no agency "dinsospermade"; did you mean dinsospermades?`},
		"replaced twice": {map[string]string{"agencies.yaml": "agencies:\n  - {id: a, instead_of: [bkd], name: A, short: A, kind: opd}\n  - {id: b, instead_of: [bkd], name: B, short: B, kind: opd}\n"},
			"agencies.yaml:3:26: agency bkd is replaced by a already"},
		"a unit taken away": {map[string]string{"agencies.yaml": "agencies:\n  - {id: dinkes, units: [{id: dinkes.yankes, name: Y}]}\n"}, `jepara/categories/bencana.yaml:49:51: there is no unit "dinkes.psc"; add it, or put what does its work here`},
		"changed wrongly":   {map[string]string{"categories.yaml": "categories:\n  - {id: sampah, priority: 9}\n"}, "categories.yaml:2:28: must be a whole number from 1 to 4"},
		"keyword of the base": {map[string]string{"categories.yaml": "categories:\n  - {id: sampah, more_keywords: {9: [uwuh numpuk]}}\n"},
			`categories.yaml:2:38: keyword "uwuh numpuk" is there twice, first at jepara/categories/lingkungan.yaml:9`},
		"twice": {map[string]string{"categories.yaml": "categories:\n  - {id: sampah, priority: 1}\n  - {id: sampah, priority: 2}\n"}, "category sampah is there twice"},
	} {
		_, report := Load(onJepara(tt.edits), now)
		if !strings.Contains(report.String(), tt.want) {
			t.Errorf("%s: want %s\ngot:\n%s", name, tt.want, report)
		}
		if strings.Contains(report.String(), unlocated) {
			t.Errorf("%s: only Build found it:\n%s", name, report)
		}
	}
	for text, want := range map[string]string{"instead_of: [itda]": "instead_of says nothing without based_on", "inspector: true": ""} {
		files := kembar(t)
		files["agencies.yaml"].Data = []byte(strings.Replace(string(files["agencies.yaml"].Data), "inspector: true", "inspector: true\n    "+text, 1))
		if _, report := Load(files, now); want != "" && !strings.Contains(report.String(), want) {
			t.Errorf("%s:\n%s", text, report)
		}
	}
	files := kembar(t)
	files["regency.yaml"].Data = append(files["regency.yaml"].Data, "\nwithout: {agencies: [dpu]}\n"...)
	if _, report := Load(files, now); !strings.Contains(report.String(), "leaves something out of nothing; add based_on") {
		t.Errorf("without and no base:\n%s", report)
	}
}

// A folder on disk may stand on a shipped regency; its own files carry its name, those of the base the base's.
func TestFolderOnABase(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "duta")
	if err := os.CopyFS(dir, onJepara(map[string]string{"categories.yaml": "categories:\n  - {id: sampah, priority: 9}\n"})); err != nil {
		t.Fatal(err)
	}
	_, report := Regency(dir, now)
	if got := report.String(); !strings.Contains(got, dir+"/categories.yaml:2:28: ") || !strings.Contains(got, "\njepara/calendar.yaml:") && !strings.HasPrefix(got, "jepara/calendar.yaml:") {
		t.Errorf("got:\n%s", got)
	}
	if base, _ := theRegency(t).Category("sampah"); base.Priority != 3 {
		t.Errorf("the base was changed: %+v", base)
	}
}
