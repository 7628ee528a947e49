package config

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"tanggap/hotline"
)

func TestLine(t *testing.T) {
	t.Parallel()
	files := kembar(t)
	r, report := Load(files, now)
	if r == nil {
		t.Fatal(report)
	}
	if l := r.Line; l.Calendar != "" || l.Pranks != hotline.DefaultPranks || l.Within != hotline.DefaultPrankWithin || l.Block != hotline.DefaultBlock || r.Incidents != nil {
		t.Errorf("a regency that says nothing: %+v", l)
	}
	unit, category, calendar := r.Units[0].ID, r.Categories[0].ID, ""
	for name := range r.Calendars {
		calendar = max(calendar, name)
	}
	say := func(s string) string {
		var all []string
		for _, l := range r.Languages {
			all = append(all, string(l)+": "+s)
		}
		return "{" + strings.Join(all, ", ") + "}"
	}
	with := func(text string) *fstest.MapFile {
		text = strings.NewReplacer("UNIT", unit, "CATEGORY", category, "CALENDAR", calendar, "SAY", say("Api")).Replace(text)
		return &fstest.MapFile{Data: []byte(text)}
	}
	files[lineFile] = with(`
calendar: CALENDAR
others: [{name: Damkar, number: "113"}]
pranks: {limit: 5, within: 7 days, block: 48 hours}
incidents:
  - {id: api, key: k, name: SAY, category: CATEGORY, responders: [UNIT], questions: [
      {id: luka, ask: SAY, options: [{id: ada, text: SAY, responders: [UNIT]}, {id: tidak, text: SAY}]},
      {id: apa, ask: SAY}]}
  - {id: air, key: b, name: SAY, category: CATEGORY}
`)
	r, report = Load(files, now)
	if r == nil {
		t.Fatal(report)
	}
	l := r.Line
	if l.Calendar != calendar || l.Pranks != 5 || l.Within != 7*24*time.Hour || l.Block != 48*time.Hour || len(l.Others) != 1 || l.Others[0].Number != "113" {
		t.Errorf("%+v", l)
	}
	fire, ok := r.IncidentByKey("k")
	if !ok || fire.ID != "api" || len(fire.Questions) != 2 || len(fire.Questions[0].Options[0].Responders) != 1 || len(r.Incidents) != 2 {
		t.Errorf("%+v", r.Incidents)
	}
	incident := "incidents: [{id: api, key: k, name: SAY, category: CATEGORY"
	for _, tt := range []struct{ text, want string }{
		{"calender: siaga", `line112.yaml:1:1: key "calender" is not known`},
		{"calendar: nirwana", `line112.yaml:1:11: there is no calendar "nirwana"`},
		{"pranks: {limit: 0}", "must be a whole number from 1 to 1000"},
		{"pranks: {block: 5 minutes}", "must be from an hour to a year by the clock"},
		{"pranks: {block: 3 working days}", "must be from an hour to a year by the clock"},
		{"pranks: {within: soon}", "line112.yaml:1:18"},
		{"others: [{name: Damkar}]", "lacks number"},
		{"incidents: [{id: api, name: SAY, category: CATEGORY}]", "lacks key"},
		{"incidents: [{id: api, key: kk, name: SAY, category: CATEGORY}]", `key "kk" is not one letter`},
		{incident + "}, {id: air, key: k, name: SAY, category: CATEGORY}]", "key k is there twice, first at line 1"},
		{incident + "}, {id: api, key: b, name: SAY, category: CATEGORY}]", "incident api is there twice"},
		{"incidents: [{id: api, key: k, name: SAY, category: nope}]", `there is no category "nope"`},
		{incident + ", responders: [nope.nope]}]", `there is no unit "nope.nope"`},
		{"incidents: [{id: api, key: k, name: {fr: Feu}, category: CATEGORY}]", `key "fr" is not known`},
		{"incidents: [{id: api, key: k, name: {id: Api}, category: CATEGORY}]", "lacks the language"},
		{incident + ", questions: [{id: a, ask: SAY, options: [{id: b, text: SAY}]}]}]", "one option is no choice"},
		{incident + ", questions: [{id: a, ask: SAY}, {id: a, ask: SAY}]}]", "question a is there twice"},
		{incident + ", questions: [{id: a, ask: SAY, options: [" + strings.Repeat("{id: b, text: SAY},", 10) + "]}]}]", "more than 9 options"},
	} {
		files[lineFile] = with(tt.text)
		if _, report := Load(files, now); !strings.Contains(report.String(), tt.want) {
			t.Errorf("%s:\n%s\nwant %s", tt.text, report, tt.want)
		}
	}
}

// Jepara's operators have a dozen kinds of emergencies and more, each with its questions and somebody to send, and the answers that call the ambulance do.
func TestJeparasLine(t *testing.T) {
	t.Parallel()
	r, report := Regency("jepara", now)
	if r == nil {
		t.Fatal(report)
	}
	if len(r.Incidents) < 12 {
		t.Errorf("%d incidents", len(r.Incidents))
	}
	for _, i := range r.Incidents {
		units := hotline.Respond(r, i.ID, nil, "33.20.08")
		if len(units) == 0 || len(i.Questions) == 0 {
			t.Errorf("%s sends %v and asks %d questions", i.ID, units, len(i.Questions))
		}
		cat, _ := r.Category(i.Category)
		for _, u := range cat.Responders {
			if !slices.Contains(units, u) {
				if !slices.Contains(hotline.Respond(r, i.ID, map[string]string{"menimpa": "orang"}, ""), u) {
					t.Errorf("%s never sends %s, whom its category calls", i.ID, u)
				}
			}
		}
	}
	if got := hotline.Respond(r, "kebakaran", map[string]string{"luka": "ada"}, "33.20.08"); !slices.Equal(got, []string{"satpolpp.damkar", "dinkes.psc"}) {
		t.Errorf("a fire with somebody hurt: %v", got)
	}
	if got := hotline.Respond(r, "banjir", nil, "33.20.08"); !slices.Contains(got, "kecamatan.33.20.08") {
		t.Errorf("a flood in Bangsri: %v", got)
	}
	if open, _ := r.LineOpen(now); !open || len(r.Line.Others) == 0 {
		t.Errorf("%+v", r.Line)
	}
}
