package phrase

import (
	"errors"
	"strings"
	"testing"
	"time"

	"tanggap/hotline"
)

var wib = time.FixedZone("WIB", 7*60*60)

// town is a regency of two kecamatan, just enough to name things.
func town(tb testing.TB) *hotline.Regency {
	tb.Helper()
	say := func(id, jv, en string) hotline.Text {
		return hotline.Text{hotline.Indonesian: id, hotline.Javanese: jv, hotline.English: en}
	}
	days := hotline.Span{WorkDays: 5}
	office := []hotline.Window{{From: 7 * 60, Until: 15 * 60}}
	r := &hotline.Regency{
		ID: "kota", Code: "99.01", Name: "Kabupaten Kota", Letters: "KTA", Zone: wib, Languages: hotline.KnownLanguages(), Emergency: "112",
		Outside:   say("Ombudsman 137", "Ombudsman 137", "Ombudsman 137"),
		Calendars: map[string]hotline.Calendar{"": {Zone: wib, Week: [7][]hotline.Window{1: office}}},
		Limits: hotline.Limits{
			Verify: days, FirstResponse: days, Oversight: days, CloseAfter: days, ReopenWithin: days, Complete: days, Erasure: days,
			Resolve:      map[hotline.Kind]hotline.Span{hotline.Complaint: days, hotline.Aspiration: days, hotline.Inquiry: days},
			UrgentRepeat: time.Minute,
		},
		Ladder: []hotline.Level{{ID: "officers", Role: hotline.RoleOfficer}, {ID: "setda", Role: hotline.RoleSetda, After: days}},
		Agencies: []hotline.Agency{
			{ID: "pu", Name: "Dinas Pekerjaan Umum", Short: "DPU", Kind: hotline.AgencyOPD, Desk: true, Hotline: true},
			{ID: "kecamatan", Name: "Kecamatan", Short: "Kecamatan", Kind: hotline.AgencyOPD, Desk: true},
		},
		Units: []hotline.Unit{
			{ID: "pu.jalan", Agency: "pu", Parent: "pu", Name: "Bidang Jalan"},
			{ID: "kecamatan.99.01.01", Agency: "kecamatan", Parent: "kecamatan", Name: "Kecamatan Lor", Territory: []string{"99.01.01"}},
		},
		Areas: []hotline.Area{
			{Code: "99.01", Name: "Kota", Level: hotline.LevelRegency, Center: hotline.Point{Lat: -6.5, Lng: 110.6}},
			{Code: "99.01.01", Name: "Lor", Level: hotline.LevelKecamatan, Parent: "99.01", Center: hotline.Point{Lat: -6.4, Lng: 110.6}},
			{Code: "99.01.01.2001", Name: "Tegalsambi", Level: hotline.LevelDesa, Parent: "99.01.01", Center: hotline.Point{Lat: -6.4, Lng: 110.6}},
			{Code: "99.01.01.2002", Name: "Lor", Level: hotline.LevelDesa, Parent: "99.01.01", Center: hotline.Point{Lat: -6.4, Lng: 110.7}},
			{Code: "99.01.01.1003", Name: "Panggang", Level: hotline.LevelKelurahan, Parent: "99.01.01", Center: hotline.Point{Lat: -6.4, Lng: 110.7}},
		},
		Categories: []hotline.Category{{ID: "jalan", Name: say("Jalan rusak", "Margi risak", "Broken road"), Agency: "pu", Priority: 2,
			Questions: []hotline.Question{{ID: "milik", Ask: say("Jalan siapa?", "Margi sinten?", "Whose road?"),
				Options: []hotline.Option{{ID: "desa", Text: say("Desa", "Dhusun", "The village's")}}}}}},
	}
	if err := r.Build(); err != nil {
		tb.Fatalf("build the town: %v", err)
	}
	return r
}

// strict makes a book that fails the test when something is wrong.
func strict(t *testing.T) *Book {
	b := New(town(t))
	b.Wrong = func(err error) { t.Errorf("wrong: %v", err) }
	return b
}

func TestArgumentsAreDrawnInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	b := strict(t)
	point := &hotline.Point{Lat: -6.58, Lng: 110.66}
	facts := Facts{
		Numbers: map[hotline.CaseID]hotline.Number{7: {Letters: "KTA", Day: "261123", Seq: 1}},
		Said: map[hotline.ContentID]hotline.Content{
			1: {Text: "berlubang {case}"}, 2: {Erased: true}, 3: {Media: []hotline.MediaID{9}}, 4: {Point: point}, 5: {Erased: true, Text: "left over", Point: point},
		},
		Names: map[hotline.PersonID]string{5: "Budi"},
	}
	friday := time.Date(2026, 11, 27, 8, 30, 0, 0, time.UTC) // 15.30 in Jepara
	for _, c := range []struct {
		name       string
		arg        any
		id, jv, en string
	}{
		{"text", "apa adanya", "apa adanya", "apa adanya", "apa adanya"},
		{"number", 3, "3", "3", "3"},
		{"time", friday, "Jumat 27 Nov pukul 15.30 WIB", "Jemuwah 27 Nov jam 15.30 WIB", "Friday 27 Nov at 15:30 WIB"},
		{"date", hotline.DateArg("2026-10-05"), "Senin 5 Okt 2026", "Senin 5 Okt 2026", "Monday 5 Oct 2026"},
		{"category", hotline.CategoryArg("jalan"), "Jalan rusak", "Margi risak", "Broken road"},
		{"no category", hotline.CategoryArg(""), "belum jelas soal apa", "dereng cetha bab napa", "matter not clear yet"},
		{"village", hotline.AreaArg("99.01.01.2001"), "Tegalsambi, Kec. Lor", "Tegalsambi, Kec. Lor", "Tegalsambi, Kec. Lor"},
		{"village named as its kecamatan", hotline.AreaArg("99.01.01.2002"), "Desa Lor, Kec. Lor", "Dhusun Lor, Kec. Lor", "Village Lor, Kec. Lor"},
		{"kelurahan", hotline.AreaArg("99.01.01.1003"), "Kelurahan Panggang, Kec. Lor", "Kelurahan Panggang, Kec. Lor", "Kelurahan Panggang, Kec. Lor"},
		{"kecamatan", hotline.AreaArg("99.01.01"), "Kecamatan Lor", "Kecamatan Lor", "Kecamatan Lor"},
		{"regency", hotline.AreaArg("99.01"), "Kabupaten Kota", "Kabupaten Kota", "Kabupaten Kota"},
		{"no place", hotline.AreaArg(""), "belum jelas di mana", "dereng cetha wonten pundi", "place not clear yet"},
		{"unit", hotline.UnitArg("pu.jalan"), "Bidang Jalan, DPU", "Bidang Jalan, DPU", "Bidang Jalan, DPU"},
		{"root unit", hotline.UnitArg("pu"), "Dinas Pekerjaan Umum", "Dinas Pekerjaan Umum", "Dinas Pekerjaan Umum"},
		{"unit that says its agency", hotline.UnitArg("kecamatan.99.01.01"), "Kecamatan Lor", "Kecamatan Lor", "Kecamatan Lor"},
		{"a unit that is gone", hotline.UnitArg("pu.lama"), "(bagian lama)", "(perangan lami)", "(former unit)"},
		{"agency", hotline.AgencyArg("pu"), "DPU", "DPU", "DPU"},
		{"case", hotline.CaseID(7), facts.Numbers[7].String(), facts.Numbers[7].String(), facts.Numbers[7].String()},
		{"content", hotline.ContentID(1), "berlubang {case}", "berlubang {case}", "berlubang {case}"},
		{"erased", hotline.ContentID(2), "(sudah dihapus)", "(sampun dibusek)", "(erased)"},
		{"erased, whatever is left", hotline.ContentID(5), "(sudah dihapus)", "(sampun dibusek)", "(erased)"},
		{"not there", hotline.ContentID(99), "(sudah dihapus)", "(sampun dibusek)", "(erased)"},
		{"media alone", hotline.ContentID(3), "(foto atau rekaman)", "(foto utawi rekaman)", "(photo or recording)"},
		{"point alone", hotline.ContentID(4), "(titik di peta)", "(titik wonten peta)", "(point on the map)"},
		{"map", hotline.MapArg(4), "\nhttps://maps.google.com/?q=-6.58000,110.66000", "\nhttps://maps.google.com/?q=-6.58000,110.66000", "\nhttps://maps.google.com/?q=-6.58000,110.66000"},
		{"map of nothing", hotline.MapArg(1), "", "", ""},
		{"map of what was erased", hotline.MapArg(5), "", "", ""},
		{"person", hotline.PersonID(5), "Budi", "Budi", "Budi"},
		{"person without a name", hotline.PersonID(6), "(tanpa nama)", "(tanpa asma)", "(no name)"},
		{"phrase", hotline.PhraseArg("status.working"), "sedang dikerjakan", "saweg ditandangi", "being worked on"},
		{"option", hotline.OptionArg("jalan/milik/desa"), "Desa", "Dhusun", "The village's"},
		{"question", hotline.OptionArg("jalan/milik"), "Jalan siapa?", "Margi sinten?", "Whose road?"},
		{"language", hotline.Javanese, "Basa Jawa", "Basa Jawa", "Basa Jawa"},
	} {
		t.Run(c.name, func(t *testing.T) {
			line := hotline.Phrase("test", "x", c.arg)
			for lang, want := range map[hotline.Lang]string{hotline.Indonesian: c.id, hotline.Javanese: c.jv, hotline.English: c.en} {
				p := pen{book: b, lang: lang, facts: facts, line: line}
				if got := p.arg(line.Args["x"]); got != want {
					t.Errorf("in %s: %q, want %q", lang, got, want)
				}
			}
		})
	}
}

func TestPluralAndBraces(t *testing.T) {
	t.Parallel()
	b := New(town(t))
	tmpl, err := parse("{n|one case|# cases} in {{braces}")
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range map[int]string{0: "0 cases in {braces}", 1: "one case in {braces}", 2: "2 cases in {braces}"} {
		p := pen{book: b, lang: hotline.English, line: hotline.Phrase("x", "n", n)}
		if got := p.draw(tmpl); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
	for _, bad := range []string{"{", "{n", "{n|one}", "{n|a|b|c}", "{}", "{N}", "{a b}"} {
		if _, err := parse(bad); err == nil {
			t.Errorf("%q was taken for a template", bad)
		}
	}
}

func TestReplyIsDrawnWithItsButtons(t *testing.T) {
	t.Parallel()
	b := strict(t)
	r := hotline.Say("send.matter", "category", hotline.CategoryArg("jalan")).And("send.ask").
		With(hotline.Pick("v", "button.send"), hotline.Choice{Line: hotline.Phrase("button.menu"), URL: "https://example.org"})
	r.Ask = hotline.AskPlace
	text, buttons, ask := b.Reply(hotline.English, r, Facts{})
	if text != "About: Broken road\nSend it?" {
		t.Errorf("text %q", text)
	}
	want := [][]hotline.Button{{{Label: "Yes, send", Value: "v"}, {Label: "Menu", URL: "https://example.org"}}}
	if len(buttons) != 1 || len(buttons[0]) != 2 || buttons[0][0] != want[0][0] || buttons[0][1] != want[0][1] {
		t.Errorf("buttons %v, want %v", buttons, want)
	}
	if ask != "Send my location" {
		t.Errorf("ask %q", ask)
	}
}

func TestAnotherLanguageIsSpokenToInIndonesian(t *testing.T) {
	t.Parallel()
	if got := strict(t).Line("su", hotline.Phrase("send.ask"), Facts{}); got != "Kirim?" {
		t.Errorf("%q", got)
	}
}

func TestMistakesAreLoudAndNotEmpty(t *testing.T) {
	t.Parallel()
	for name, line := range map[string]hotline.Line{
		"no such phrase":    hotline.Phrase("nothing.here"),
		"argument missing":  hotline.Phrase("send.matter"),
		"case without fact": hotline.Phrase("file.done", "case", hotline.CaseID(1)),
		"no number":         hotline.Phrase("data.count", "cases", "x", "media", 1),
		"no such option":    hotline.Phrase("button.option", "option", hotline.OptionArg("jalan/x/y")),
		"no time":           {Key: "file.due", Args: hotline.Args{"due": {Is: hotline.ArgTime, V: "soon"}}},
		"no such kind":      {Key: "file.due", Args: hotline.Args{"due": {Is: "what", V: "x"}}},
	} {
		t.Run(name, func(t *testing.T) {
			b := New(town(t))
			var wrong error
			b.Wrong = func(err error) { wrong = errors.Join(wrong, err) }
			if text := b.Line(hotline.English, line, Facts{}); strings.TrimSpace(text) == "" {
				t.Errorf("nothing is said")
			}
			if wrong == nil {
				t.Errorf("nobody was told")
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "{n}", "{{", "{n|a|b}", "a {b} c", "{", "}", "{n|", "{n|#|{x}}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		tmpl, err := parse(s)
		if err != nil {
			return
		}
		for _, p := range tmpl {
			if p.name == "" && p.text == "" || p.forms != nil && len(p.forms) != 2 {
				t.Errorf("%q: part %+v", s, p)
			}
		}
		if !strings.ContainsAny(s, "{") && len(tmpl) > 0 && tmpl[0].text != s {
			t.Errorf("%q became %q", s, tmpl[0].text)
		}
	})
}
