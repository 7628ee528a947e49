package hotline

import (
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var callTime = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)

// lined gives the tiny regency with a line: a fire and an accident.
func lined(tb testing.TB) *Regency {
	tb.Helper()
	r := tiny(tb)
	say := func(s string) Text { return Text{Indonesian: s, Javanese: s, English: s} }
	r.Line = CallLine{Others: []OtherNumber{{"Damkar", "113"}}}
	r.Incidents = []Incident{
		{ID: "fire", Key: "k", Name: say("Kebakaran"), Category: "kebakaran", Responders: []string{"damkar"}, Questions: []IncidentQuestion{
			{ID: "inside", Ask: say("Ada orang di dalam?"), Options: []IncidentOption{
				{ID: "yes", Text: say("Ada"), Responders: []string{"kecamatan", "damkar"}}, {ID: "no", Text: say("Tidak")}}},
			{ID: "what", Ask: say("Apa yang terbakar?")},
		}},
		{ID: "pole", Key: "l", Name: say("Listrik"), Category: "jalan-rusak", Responders: []string{"pln", "pu.jalan"}},
	}
	if err := r.Build(); err != nil {
		tb.Fatal(err)
	}
	return r
}

func TestEveryClassHasAKeyOfItsOwn(t *testing.T) {
	t.Parallel()
	seen := map[string]CallClass{}
	for _, c := range CallClasses() {
		key := c.Key()
		if !ValidIncidentKey(key) || seen[key] != "" || key == "n" {
			t.Errorf("%s has the key %q, as %q has", c, key, seen[key])
		}
		seen[key] = c
		if got, ok := CallClassByKey(key); !ok || got != c {
			t.Errorf("%q chooses %q", key, got)
		}
		if c.Files() && c.AtOnce() {
			t.Errorf("%s closes with its key, and is a case", c)
		}
	}
	if _, ok := CallClassByKey(""); ok {
		t.Error("no key chooses a class")
	}
}

// What each class needs before the record can be closed.
func TestWhatARecordLacks(t *testing.T) {
	t.Parallel()
	r := lined(t)
	for name, tt := range map[string]struct {
		call Call
		want []CallField
	}{
		"nothing at all":              {Call{}, []CallField{CallFieldClass}},
		"a prank":                     {Call{Class: CallPrank}, nil},
		"a silent one":                {Call{Class: CallSilent}, nil},
		"a dropped one":               {Call{Class: CallDropped}, nil},
		"a test":                      {Call{Class: CallTest}, nil},
		"another regency's":           {Call{Class: CallWrongRegion}, nil},
		"a question without words":    {Call{Class: CallQuestion, Text: "  \n"}, []CallField{CallFieldText}},
		"a question":                  {Call{Class: CallQuestion, Text: "jam buka puskesmas"}, nil},
		"a complaint without a place": {Call{Class: CallComplaint, Text: "lampu mati"}, nil},
		"a complaint without words":   {Call{Class: CallComplaint, Area: "99.01.01"}, []CallField{CallFieldText}},
		"an emergency":                {Call{Class: CallEmergency}, []CallField{CallFieldIncident, CallFieldArea}},
		"one that is known nowhere":   {Call{Class: CallEmergency, Incident: "flood", Landmark: "pasar"}, []CallField{CallFieldIncident}},
		"a fire somewhere":            {Call{Class: CallEmergency, Incident: "fire"}, []CallField{CallFieldArea}},
		"a fire by the market":        {Call{Class: CallEmergency, Incident: "fire", Landmark: "pasar"}, nil},
		"a fire at a point":           {Call{Class: CallEmergency, Incident: "fire", Point: &Point{-6.5, 110.6}}, nil},
		"a fire in a village":         {Call{Class: CallEmergency, Incident: "fire", Area: "99.01.01"}, nil},
		"from paper without a time":   {Call{Class: CallPrank, Paper: true}, []CallField{CallFieldAnswered}},
		"from paper":                  {Call{Class: CallPrank, Paper: true, Rang: callTime}, nil},
	} {
		if got := tt.call.Missing(r); !slices.Equal(got, tt.want) {
			t.Errorf("%s lacks %v, not %v", name, got, tt.want)
		}
		closed, err := tt.call.Close(r, callTime)
		if (err == nil) != (tt.want == nil) || err == nil && closed.IsOpen() {
			t.Errorf("%s closed: %v", name, err)
		}
	}
}

func TestARecordIsClosedOnceAndTakenOutAgain(t *testing.T) {
	t.Parallel()
	r := lined(t)
	c := Call{Class: CallPrank, Opened: callTime}
	closed, err := c.Close(r, callTime.Add(time.Minute))
	if err != nil || !closed.Answered.Equal(callTime) || !closed.Ended.Equal(callTime.Add(time.Minute)) {
		t.Fatalf("%+v, %v", closed, err)
	}
	if _, err := closed.Close(r, callTime); !errors.Is(err, ErrCallClosed) {
		t.Errorf("closed twice: %v", err)
	}
	if _, err := c.Reopen(); !errors.Is(err, ErrCallOpen) {
		t.Errorf("an open one taken out: %v", err)
	}
	if again, err := closed.Reopen(); err != nil || !again.IsOpen() {
		t.Errorf("taken out: %v", err)
	}
	closed.Case = 7
	if _, err := closed.Reopen(); !errors.Is(err, ErrCallFiled) {
		t.Errorf("one that is a case taken out: %v", err)
	}
	if _, err := closed.Save(r, CallSave{Fields: map[CallField]string{CallFieldText: "x"}}); !errors.Is(err, ErrCallClosed) {
		t.Errorf("written when closed: %v", err)
	}
	if saved, err := closed.Save(r, CallSave{Fields: map[CallField]string{CallFieldClass: "prank"}}); err != nil || len(saved.Changed) > 0 {
		t.Errorf("the same once more when closed: %v", err)
	}
	paper, err := Call{Class: CallPrank, Paper: true, Answered: callTime, Opened: callTime.Add(time.Hour)}.Close(r, callTime.Add(2*time.Hour))
	if err != nil || !paper.Ended.IsZero() || !paper.Answered.Equal(callTime) {
		t.Errorf("from paper: %+v, %v", paper, err)
	}
}

func TestWhoIsSent(t *testing.T) {
	t.Parallel()
	r := lined(t)
	for name, tt := range map[string]struct {
		incident string
		answers  map[string]string
		area     string
		want     []string
	}{
		"a fire":                              {"fire", nil, "99.01.01", []string{"damkar"}},
		"nobody inside":                       {"fire", map[string]string{"inside": "no"}, "99.01.01", []string{"damkar"}},
		"somebody inside, in the north":       {"fire", map[string]string{"inside": "yes"}, "99.01.01", []string{"damkar", "kecamatan.99.01.01"}},
		"somebody inside, nobody knows where": {"fire", map[string]string{"inside": "yes"}, "", []string{"damkar"}},
		"words are no option":                 {"fire", map[string]string{"inside": "mungkin"}, "", []string{"damkar"}},
		"who has no desk is not sent":         {"pole", nil, "99.01.01", []string{"pu.jalan"}},
		"no such incident":                    {"flood", nil, "", nil},
	} {
		if got := Respond(r, tt.incident, tt.answers, tt.area); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, not %v", name, got, tt.want)
		}
	}
	c := Call{Class: CallEmergency, Incident: "fire", Area: "99.01.01"}
	if got := c.Sending(r); !slices.Equal(got, []string{"damkar"}) {
		t.Errorf("as proposed: %v", got)
	}
	c.Chosen = true
	if got := c.Sending(r); len(got) > 0 {
		t.Errorf("nobody was chosen, and %v are sent", got)
	}
	if got := r.RespondersOf("99.01.02"); !slices.Contains(got, "damkar") || !slices.Contains(got, "kecamatan.99.01.02") || slices.Contains(got, "pln") {
		t.Errorf("who may be sent: %v", got)
	}
}

func TestWhatACallBecomes(t *testing.T) {
	t.Parallel()
	r := lined(t)
	fire := Call{Class: CallEmergency, Incident: "fire", Category: "jalan-rusak", Area: "99.01.01", Point: &Point{-6.4, 110.6}}
	f := fire.Filing(r, callTime, "api")
	if f.Category != "kebakaran" || !f.Urgent || f.Source != SourceCall || f.Area != "99.01.01" || f.Story.Text != "api" || f.Story.Point == nil || f.Due.IsZero() || f.Privacy != Open {
		t.Errorf("a fire: %+v", f)
	}
	fire.Paper = true
	if fire.Filing(r, callTime, "").Urgent {
		t.Error("a fire noted on paper alarms people")
	}
	complaint := Call{Class: CallComplaint, Incident: "fire", Category: "jalan-rusak", Privacy: Anonymous}.Filing(r, callTime, "lubang")
	if complaint.Category != "jalan-rusak" || complaint.Urgent || complaint.Privacy != Anonymous {
		t.Errorf("a complaint: %+v", complaint)
	}
}

func TestWhoSeesCalls(t *testing.T) {
	t.Parallel()
	r := lined(t)
	for name, tt := range map[string]struct {
		roles   []RoleName
		want    CallSight
		figures bool
	}{
		"a citizen":   {nil, CallSight{}, false},
		"an officer":  {[]RoleName{RoleOfficer, RoleHead, RoleResponder}, CallSight{}, false},
		"an operator": {[]RoleName{RoleOperator}, CallSight{Facts: true, Content: true, Act: true}, true},
		"supervisor":  {[]RoleName{RoleOperator, RoleSupervisor}, CallSight{Facts: true, Content: true, Act: true, Decide: true}, true},
		"coordinator": {[]RoleName{RoleCoordinator}, CallSight{Facts: true, Content: true}, true},
		"a viewer":    {[]RoleName{RoleViewer}, CallSight{}, true},
	} {
		v := Viewer{Person: 1}
		for _, n := range tt.roles {
			v.Roles = append(v.Roles, Role{Name: n, Unit: "kominfo"})
		}
		if got := r.SeesCall(v, Call{}); got != tt.want {
			t.Errorf("%s: %+v", name, got)
		}
		if got := r.SeesCallFigures(v); got != tt.figures {
			t.Errorf("%s sees figures: %v", name, got)
		}
	}
}

func TestALineKnowsItsHours(t *testing.T) {
	t.Parallel()
	r := lined(t)
	if open, _ := r.LineOpen(callTime); !open {
		t.Error("a line without hours is closed")
	}
	r.Line.Calendar = "always"
	if open, _ := r.LineOpen(callTime); !open {
		t.Error("a line around the clock is closed")
	}
	office := r.Calendars[""]
	r.Calendars["line"] = office
	r.Line.Calendar = "line"
	sunday := time.Date(2026, 11, 22, 9, 0, 0, 0, wib)
	open, until := r.LineOpen(sunday)
	if want := time.Date(2026, 11, 23, 7, 0, 0, 0, wib); open || !until.Equal(want) {
		t.Errorf("on a Sunday: %v, until %v", open, until)
	}
	if open, _ := r.LineOpen(sunday.AddDate(0, 0, 1)); !open {
		t.Error("closed on Monday at nine")
	}
}

var someFields = []CallField{
	CallFieldNumber, CallFieldAgrees, CallFieldRang, CallFieldAnswered, CallFieldEnded, CallFieldPaper, CallFieldClass, CallFieldIncident,
	CallFieldCategory, CallFieldPrivacy, CallFieldArea, CallFieldPoint, CallFieldLandmark, CallFieldVictims, CallFieldUnits, CallFieldText,
	CallAnswer("inside"), CallAnswer("what"),
}

var someValues = []string{"", "1", "0812", "emergency", "prank", "fire", "jalan-rusak", "secret", "99.01.01", "-6.5,110.6", "damkar", "damkar,pu.jalan", "-",
	"2026-11-23T02:00:00Z", "dekat pasar\nlama", "7", "abc\x00\xff"}

func drawSave(t *rapid.T, writer string) CallSave {
	fields := map[CallField]string{}
	for range rapid.IntRange(1, 5).Draw(t, "fields") {
		fields[rapid.SampledFrom(someFields).Draw(t, "field")] = rapid.OneOf(rapid.SampledFrom(someValues), rapid.String()).Draw(t, "value")
	}
	return CallSave{Writer: writer, Fields: fields}
}

// Two pages write one call. Whatever they write and whenever they last heard of each other: nothing is lost in silence, and what is saved reads back.
func TestTwoPagesNeverOverwriteEachOtherInSilence(t *testing.T) {
	t.Parallel()
	r := lined(t)
	rapid.Check(t, func(rt *rapid.T) {
		var c Call
		base := map[string]int{"a": 0, "b": 0}
		last := map[CallField]string{} // who wrote a field last
		for range rapid.IntRange(1, 12).Draw(rt, "saves") {
			w := rapid.SampledFrom([]string{"a", "b"}).Draw(rt, "writer")
			s := drawSave(rt, w)
			s.Base = base[w]
			before := c
			got, err := c.Save(r, s)
			if err != nil {
				rt.Fatal(err)
			}
			for _, f := range got.Changed {
				if other := last[f]; other != "" && other != w && before.Stamps[f].Version > s.Base {
					rt.Fatalf("%s overwrote %s of %s unseen", w, f, other)
				}
				last[f] = w
			}
			for _, k := range got.Conflicts {
				if got.Call.Value(k.Field) != before.Value(k.Field) || k.Theirs != before.Value(k.Field) || slices.Contains(got.Changed, k.Field) {
					rt.Fatalf("a conflict about %s changed it: %+v", k.Field, k)
				}
			}
			for _, f := range someFields {
				if !slices.Contains(got.Changed, f) && got.Call.Value(f) != before.Value(f) {
					rt.Fatalf("%s changed by itself", f)
				}
			}
			if want := before.Version + min(len(got.Changed), 1); got.Call.Version != want {
				rt.Fatalf("version %d, not %d", got.Call.Version, want)
			}
			// The answer is lost and the page says it again; and what can be read can be written.
			again, err := got.Call.Save(r, s)
			if err != nil || len(again.Changed) > 0 || again.Call.Version != got.Call.Version {
				rt.Fatalf("saved again: %+v, %v", again, err)
			}
			for _, f := range someFields {
				v := got.Call.Value(f)
				var fresh Call
				if err := fresh.set(r, f, v); err != nil || fresh.Value(f) != v {
					rt.Fatalf("%s reads %q and cannot be written so: %v", f, v, err)
				}
			}
			c = got.Call
			if rapid.Bool().Draw(rt, "heard") {
				base[w] = c.Version
			}
		}
		forced := drawSave(rt, "c")
		forced.Force = true
		if got, err := c.Save(r, forced); err != nil || len(got.Conflicts) > 0 {
			rt.Fatalf("who insists is told of a conflict: %+v, %v", got.Conflicts, err)
		}
	})
}

// Pages that write different fields both have their way, in whatever order.
func TestDifferentFieldsNeverCollide(t *testing.T) {
	t.Parallel()
	r := lined(t)
	rapid.Check(t, func(rt *rapid.T) {
		a, b := drawSave(rt, "a"), drawSave(rt, "b")
		for f := range a.Fields {
			delete(b.Fields, f)
		}
		both := func(x, y CallSave) Call {
			one, err := Call{}.Save(r, x)
			if err != nil {
				rt.Fatal(err)
			}
			two, err := one.Call.Save(r, y)
			if err != nil || len(two.Conflicts) > 0 {
				rt.Fatalf("%+v, %v", two.Conflicts, err)
			}
			return two.Call
		}
		ab, ba := both(a, b), both(b, a)
		for _, f := range someFields {
			if ab.Value(f) != ba.Value(f) {
				rt.Fatalf("%s is %q or %q", f, ab.Value(f), ba.Value(f))
			}
		}
	})
}

func TestASaveLeavesTheCallItBeganWith(t *testing.T) {
	t.Parallel()
	r := lined(t)
	c := Call{Answers: map[string]string{"inside": "yes"}, Stamps: map[CallField]CallStamp{CallFieldText: {1, "a"}}, Version: 1}
	answers, stamps := maps.Clone(c.Answers), maps.Clone(c.Stamps)
	if _, err := c.Save(r, CallSave{Base: 1, Writer: "b", Fields: map[CallField]string{CallAnswer("inside"): "", CallFieldText: "x"}}); err != nil {
		t.Fatal(err)
	}
	if !maps.Equal(answers, c.Answers) || !maps.Equal(stamps, c.Stamps) {
		t.Errorf("%v %v", c.Answers, c.Stamps)
	}
	if _, err := c.Save(r, CallSave{Fields: map[CallField]string{"operator": "1"}}); !errors.Is(err, ErrCallField) {
		t.Errorf("a field that is none: %v", err)
	}
	got, err := c.Save(r, CallSave{Base: 1, Fields: map[CallField]string{CallFieldText: strings.Repeat("x", MaxCallText+1), CallFieldEnded: "9:5", CallFieldVictims: "-1", CallFieldLandmark: "pasar"}})
	if err != nil || !slices.Equal(got.Invalid, []CallField{CallFieldEnded, CallFieldText, CallFieldVictims}) || got.Call.Landmark != "pasar" {
		t.Errorf("half typed: %+v, %v", got.Invalid, err)
	}
}

// Reports of an exchange come twice and out of order: what they make of a call is the same.
func TestReportsCountWhateverTheirOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		var reports []ExchangeReport
		for range rapid.IntRange(1, 6).Draw(rt, "reports") {
			reports = append(reports, ExchangeReport{Call: "x", At: callTime.Add(time.Duration(rapid.IntRange(0, 9).Draw(rt, "at")) * time.Second), Number: "+62811",
				State: rapid.SampledFrom([]ExchangeState{ExchangeRinging, ExchangeAnswered, ExchangeEnded}).Draw(rt, "state")})
		}
		sum := func(reports []ExchangeReport) (c Call) {
			c.Ended = callTime.Add(time.Hour) // as the keys told
			for _, e := range reports {
				var changed, again bool
				if c, changed = c.Report(e); changed && c.Version == 0 {
					rt.Fatal("a change without a version")
				}
				if c, again = c.Report(e); again {
					rt.Fatal("told twice it changed twice")
				}
			}
			return c
		}
		one := sum(reports)
		shuffled := slices.Clone(reports)
		rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		two := sum(shuffled)
		for _, f := range []CallField{CallFieldRang, CallFieldAnswered, CallFieldEnded, CallFieldNumber} {
			if one.Value(f) != two.Value(f) {
				rt.Fatalf("%s is %q or %q", f, one.Value(f), two.Value(f))
			}
		}
	})
	typed := Call{Number: "0811", Closed: callTime}
	if c, _ := typed.Report(ExchangeReport{Call: "x", State: ExchangeEnded, At: callTime.Add(time.Second), Number: "+62899"}); c.Number != "0811" || !c.Ended.Equal(callTime.Add(time.Second)) {
		t.Errorf("%+v", c)
	}
}

func TestABlockIsProposedConfirmedAndUndone(t *testing.T) {
	t.Parallel()
	line := CallLine{}
	for n, want := range []bool{false, false, false, true, true} {
		if got := line.Proposes(n, false); got != want || line.Proposes(n, true) {
			t.Errorf("after %d pranks: %v", n, got)
		}
	}
	p := CallBlock{Proposed: callTime}
	if !p.Waits() || p.Holds(callTime) {
		t.Error("a proposal blocks")
	}
	if _, err := p.Confirm(line, 0, callTime); !errors.Is(err, ErrCallUnseen) {
		t.Errorf("nobody confirmed it: %v", err)
	}
	b, err := p.Confirm(line, 5, callTime)
	if err != nil || b.Waits() || !b.Holds(callTime) || !b.Holds(callTime.Add(DefaultBlock-1)) || b.Holds(callTime.Add(DefaultBlock)) || b.By != 5 {
		t.Errorf("confirmed: %+v, %v", b, err)
	}
	if _, err := b.Confirm(line, 5, callTime); !errors.Is(err, ErrBlockOver) {
		t.Errorf("confirmed twice: %v", err)
	}
	undone, err := b.Undo(6, callTime.Add(time.Hour))
	if err != nil || undone.Holds(callTime.Add(time.Hour)) || undone.UndoneBy != 6 {
		t.Errorf("undone: %+v, %v", undone, err)
	}
	for _, over := range []CallBlock{undone, func() CallBlock { b.Until = callTime; return b }()} {
		if _, err := over.Undo(6, callTime.Add(time.Hour)); !errors.Is(err, ErrBlockOver) {
			t.Errorf("over and undone: %v", err)
		}
	}
	if declined, err := p.Undo(6, callTime); err != nil || declined.Waits() {
		t.Errorf("declined: %v", err)
	}
	if _, err := undone.Confirm(line, 5, callTime); !errors.Is(err, ErrBlockOver) {
		t.Errorf("undone and confirmed: %v", err)
	}
	if got := (CallLine{Within: time.Hour}).Since(callTime); !got.Equal(callTime.Add(-time.Hour)) {
		t.Errorf("since %v", got)
	}
}

func TestALineThatDoesNotHangTogetherIsRefused(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*Regency){
		"calendar":  func(r *Regency) { r.Line.Calendar = "nope" },
		"key":       func(r *Regency) { r.Incidents[0].Key = "K" },
		"one key":   func(r *Regency) { r.Incidents[1].Key = "k" },
		"twice":     func(r *Regency) { r.Incidents[1].ID = "fire" },
		"category":  func(r *Regency) { r.Incidents[0].Category = "nope" },
		"unit":      func(r *Regency) { r.Incidents[0].Responders = []string{"nope"} },
		"sent":      func(r *Regency) { r.Incidents[0].Questions[0].Options[0].Responders = []string{"nope"} },
		"language":  func(r *Regency) { delete(r.Incidents[0].Name, Javanese) },
		"ten":       func(r *Regency) { r.Incidents[0].Questions[0].Options = make([]IncidentOption, MostOptions+1) },
		"negative":  func(r *Regency) { r.Line.Block = -1 },
		"questions": func(r *Regency) { r.Incidents[0].Questions[1].ID = "inside" },
	} {
		r := lined(t)
		spoil(r)
		if r.Build() == nil {
			t.Errorf("%s: a regency that does not hang together was taken", name)
		}
	}
}
