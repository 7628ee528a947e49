package bot

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tanggap/hotline"
	"tanggap/phrase"
)

// aCase is a case on the worklist of a unit, with its assignment.
func aCase(change func(*hotline.Case)) (hotline.Case, hotline.Assignment) {
	c := hotline.Case{
		ID: 5, Number: hotline.Number{Letters: "KCL", Day: "261123", Seq: 1}, Kind: hotline.Complaint, Category: "jalan-rusak", Privacy: hotline.Open,
		Reporter: 90, From: 91, Area: "99.01.02.2001", Status: hotline.Assigned, Filed: deskMonday, Due: deskMonday.AddDate(0, 0, 14), Story: 77,
		Assignments: []hotline.Assignment{{ID: 17, Case: 5, Unit: "pu.jalan", Part: hotline.Lead, State: hotline.Waiting, Due: deskMonday.AddDate(0, 0, 5)}},
	}
	if change != nil {
		change(&c)
	}
	return c, c.Assignments[0]
}

// drawn puts a card into words; whatever the catalogue lacks fails the test.
func drawn(t testing.TB, r *hotline.Regency, lang hotline.Lang, o hotline.Out) string {
	t.Helper()
	book := phrase.New(r)
	book.Wrong = func(err error) { t.Errorf("%v", err) }
	text, buttons, _ := book.Reply(lang, o.Reply, phrase.Facts{
		Numbers: map[hotline.CaseID]hotline.Number{5: {Letters: "KCL", Day: "261123", Seq: 1}},
		Said:    map[hotline.ContentID]hotline.Content{77: {ID: 77, Text: "lubang besar di depan rumah Bu Siti", Point: &hotline.Point{Lat: -6.571, Lng: 110.672}}},
		Names:   map[hotline.PersonID]string{90: "Siti", 8: "Budi"},
	})
	for _, row := range buttons {
		for _, b := range row {
			text += "\n[" + b.Label + "]"
			if len(b.Value) > 64 {
				t.Errorf("the button %q carries %d bytes", b.Label, len(b.Value))
			}
			if b.Value == "" && b.URL == "" {
				t.Errorf("the button %q does nothing", b.Label)
			}
		}
	}
	return text
}

// cards are all that is sent unasked.
func cards(r *hotline.Regency, c hotline.Case, a hotline.Assignment) map[string]hotline.Out {
	all := map[string]hotline.Out{
		"offer": OfferCard(r, c, a, 1, nil, nil), "offer again": OfferCard(r, c, a, 2, nil, nil), "urgent": UrgentCard(r, c, a, 1, nil, nil), "reminder": ReminderCard(r, c, a),
		"nobody": NobodyCard(r, c, a), "transcribe": TranscribeCard(r, c), "unanswered": UnansweredCard(r, c, a),
	}
	for level := range r.Ladder {
		late := a
		late.Level = level
		all["escalation "+r.Ladder[level].ID] = EscalationCard(r, c, late)
	}
	for _, why := range []string{hotline.WhyNoCategory, hotline.WhyNoPlace, hotline.WhyNoDesk, hotline.WhyNoAgency, hotline.WhyAccused, hotline.WhyOutside, "new"} {
		all["triage "+why] = TriageCard(r, c, hotline.Decision{Triage: true, Top: []string{"pu", "dlh.sampah"}, Why: why})
	}
	return all
}

func TestEveryCardCanBeDrawn(t *testing.T) {
	t.Parallel()
	r := deskRegency(t)
	for _, change := range []func(*hotline.Case){
		nil,
		func(c *hotline.Case) { c.Urgent = true },
		func(c *hotline.Case) { c.Privacy = hotline.Secret },
		func(c *hotline.Case) { c.Privacy = hotline.Anonymous },
		func(c *hotline.Case) { c.Category, c.Area = "", "" },
		func(c *hotline.Case) { c.Category = "listrik" },
		func(c *hotline.Case) { c.Reopened = 1 },
		func(c *hotline.Case) { c.Assignments[0].Part = hotline.Supporting },
		func(c *hotline.Case) { c.Assignments[0].State, c.Assignments[0].Officer = hotline.Taken, 8 },
	} {
		c, a := aCase(change)
		for name, o := range cards(r, c, a) {
			for _, lang := range hotline.KnownLanguages() {
				if text := drawn(t, r, lang, o); !strings.Contains(text, "KCL-261123-0001") {
					t.Errorf("the %s card in %s does not name the case:\n%s", name, lang, text)
				}
			}
			if o.Case != 5 {
				t.Errorf("a reply to the %s card finds no case", name)
			}
			if o.Person != 0 || o.To != 0 {
				t.Errorf("the %s card already has a reader", name)
			}
			if (o.Lane == hotline.LaneEmergency) != c.Urgent && name != "reminder" && name != "unanswered" && name != "transcribe" {
				t.Errorf("the %s card of a case with urgent=%v is in lane %d", name, c.Urgent, o.Lane)
			}
		}
	}
}

func TestTheOfferTellsWhatIsNeeded(t *testing.T) {
	t.Parallel()
	r := deskRegency(t)
	c, a := aCase(nil)
	o := OfferCard(r, c, a, 1, nil, nil)
	want := "Kasus baru KCL-261123-0001" + string(c.Number.String()[len(c.Number.String())-1]) + `
Jalan rusak
📍 Tegalsambi, Kec. Selatan
https://maps.google.com/?q=-6.57100,110.67200
“lubang besar di depan rumah Bu Siti”
Batas waktu: Sabtu 28 Nov pukul 09.00 WIB
[Ambil]
[Bukan unit kami]
[Lihat]`
	if got := drawn(t, r, hotline.Indonesian, o); got != want {
		t.Errorf("the offer reads\n%s\nwant\n%s", got, want)
	}
	if o.Card != "offer:17" || o.Assign != 17 || !slices.Equal(o.Reply.Shows, []hotline.ContentID{77}) {
		t.Errorf("the offer carries %+v", o)
	}
}

// toldBefore is a history with an answer, an outcome, a reopening and a message to who is asked to help, all of them content.
var toldBefore = []hotline.Event{
	{Kind: hotline.EvDetailed, By: 90, Content: 77, Facts: hotline.Facts{Word: "owner"}},
	{Kind: hotline.EvResolved, By: 8, Content: 77},
	{Kind: hotline.EvReopened, By: 90, Content: 77},
	{Kind: hotline.EvNoted, By: 8, Assignment: 17, Content: 77},
	{Kind: hotline.EvAssigned, By: 8, Assignment: 17},
}

// Whatever the case: before it is taken, a secret one shows number, category and kecamatan, and of an emergency where it is to those who are called; an
// anonymous one never its reporter or a voice.
func TestCardsKeepSecrets(t *testing.T) {
	t.Parallel()
	r := deskRegency(t)
	rapid.Check(t, func(rt *rapid.T) {
		c, a := aCase(func(c *hotline.Case) {
			c.Privacy = rapid.SampledFrom([]hotline.Privacy{hotline.Open, hotline.Anonymous, hotline.Secret, hotline.Sealed}).Draw(rt, "privacy")
			c.Urgent = rapid.Bool().Draw(rt, "urgent")
			c.Category = rapid.SampledFrom([]string{"jalan-rusak", "pungli", ""}).Draw(rt, "category")
			c.Area = rapid.SampledFrom([]string{"99.01.02.2001", "99.01.02", "99.01", ""}).Draw(rt, "area")
			c.Reopened = rapid.IntRange(0, 2).Draw(rt, "reopened")
			c.Assignments[0].Part = rapid.SampledFrom([]hotline.Part{hotline.Lead, hotline.Supporting, hotline.Responding}).Draw(rt, "part")
			c.Assignments[0].Acked = rapid.Bool().Draw(rt, "acked")
		})
		late := a
		late.Level = rapid.IntRange(0, len(r.Ladder)-1).Draw(rt, "level")
		for name, o := range map[string]hotline.Out{
			"offer":      OfferCard(r, c, a, rapid.IntRange(1, 3).Draw(rt, "round"), toldBefore, nil),
			"urgent":     UrgentCard(r, c, a, 1, toldBefore, nil),
			"escalation": EscalationCard(r, c, late),
			"nobody":     NobodyCard(r, c, a),
		} {
			called := c.Urgent && (name == "offer" || name == "urgent")
			o.Reply.Each(func(arg hotline.Arg) {
				switch {
				case arg.Is == hotline.ArgPerson && arg.V == "90":
					rt.Errorf("the %s card names the reporter", name)
				case c.Privacy.IsSecret() && (arg.Is == hotline.ArgContent || arg.Is == hotline.ArgMap && !called):
					rt.Errorf("the %s card of a secret case shows its content", name)
				case c.Privacy.IsSecret() && !called && arg.Is == hotline.ArgArea && arg.V == "99.01.02.2001":
					rt.Errorf("the %s card of a secret case shows its village", name)
				}
			})
			if c.Privacy.IsSecret() && len(o.Reply.Shows)+len(o.Reply.Media) > 0 {
				rt.Errorf("the %s card of a secret case shows media", name)
			}
			if c.Privacy.IsAnonymous() && len(o.Reply.Shows) > 0 && !o.Reply.Silent {
				rt.Errorf("the %s card of an anonymous case lets the voice be heard", name)
			}
		}
	})
}

func TestOfficersHearOfTheReporter(t *testing.T) {
	t.Parallel()
	r := deskRegency(t)
	taken := func(c *hotline.Case) {
		c.Status, c.Assignments[0].State, c.Assignments[0].Officer = hotline.Working, hotline.Taken, 8
	}
	c, _ := aCase(taken)
	for _, kind := range []hotline.EventKind{hotline.EvTold, hotline.EvRemarked, hotline.EvEdited, hotline.EvDetailed, hotline.EvUrgent, hotline.EvWithdrawn,
		hotline.EvTranscribed} {
		outs := StaffNews(r, c, c, hotline.Event{Kind: kind, By: 90, Content: 77})
		if len(outs) != 1 || outs[0].Person != 8 || outs[0].Case != 5 || outs[0].Assign != 17 {
			t.Fatalf("%s: officers hear %+v", kind, outs)
		}
		for _, lang := range hotline.KnownLanguages() {
			drawn(t, r, lang, outs[0])
		}
	}
	ended, _ := aCase(func(c *hotline.Case) {
		taken(c)
		c.Status, c.Assignments[0].State = hotline.Ended, hotline.Done
	})
	if _, err := ended.After(hotline.Event{Kind: hotline.EvReopened, At: deskMonday, By: 90}); err == nil {
		t.Fatal("a case without its first event was reopened")
	}
	again := ended
	again.Status, again.Assignments = hotline.Assigned, slices.Clone(ended.Assignments)
	again.Assignments[0].State, again.Assignments[0].Officer = hotline.Waiting, 0
	if outs := StaffNews(r, ended, again, hotline.Event{Kind: hotline.EvReopened, By: 90}); len(outs) != 1 || outs[0].Person != 8 || len(outs[0].Reply.Choices) != 0 {
		t.Errorf("on a reopening officers hear %+v", outs)
	}
	if outs := StaffNews(r, c, c, hotline.Event{Kind: hotline.EvRemarked, By: 8}); len(outs) != 0 {
		t.Errorf("an officer hears of the own remark: %+v", outs)
	}
	if outs := StaffNews(r, c, c, hotline.Event{Kind: hotline.EvAnswered, By: 90}); len(outs) != 0 {
		t.Errorf("officers hear of an answer: %+v", outs)
	}
}

// Keys that are put together while running exist, in the form in which they are said.
func TestComposedKeysExist(t *testing.T) {
	t.Parallel()
	all := phrase.Catalogue()
	need := func(key string, args ...string) {
		e, ok := all[key]
		if !ok {
			t.Errorf("the catalogue lacks %s", key)
			return
		}
		for _, text := range []string{e.ID, e.JV, e.EN} {
			if n := strings.Count(text, "{"); n != len(args) {
				t.Errorf("%s has %d arguments, is said with %v: %s", key, n, args, text)
			}
			for _, a := range args {
				if !strings.Contains(text, "{"+a+"}") {
					t.Errorf("%s does not take %q: %s", key, a, text)
				}
			}
		}
	}
	for a := range buttonActs {
		need("staff.button." + string(a))
		if says(a) {
			need("staff.as." + string(a))
		}
	}
	for _, a := range []act{actOwn, actCategory, actArchive, actTranscribe, actCase, wishQueue, wishMine, wishTriage, wishLate, wishDutyOn, wishDutyOff, wishGuide} {
		need("staff.button." + string(a))
	}
	for _, a := range []act{actAnswer, actAsk, actNote, actResolve, actPass, actCannot, actDecline, actFinish, actTranscribe} {
		need("staff.ask.words."+string(a), "case")
	}
	for _, a := range []act{actPass, actCannot, actDecline} {
		need("staff.ask.yes."+string(a), "case", "text")
	}
	for _, a := range []act{actAnswer, actAsk, actNote, actResolve, actSchedule, actPass, actCannot, actFinish} {
		need("staff.did."+string(a), "case")
	}
	for _, kind := range []hotline.EventKind{hotline.EvFiled, hotline.EvAssigned, hotline.EvTriaged, hotline.EvTaken, hotline.EvAcknowledged,
		hotline.EvReleased, hotline.EvDeclined, hotline.EvWithheld, hotline.EvAsked, hotline.EvTold, hotline.EvRemarked, hotline.EvAnswered,
		hotline.EvNoted, hotline.EvScheduled, hotline.EvReminded, hotline.EvResolved, hotline.EvPassedOn, hotline.EvNotPossible, hotline.EvFinished,
		hotline.EvRated, hotline.EvReopened, hotline.EvWithdrawn, hotline.EvClosed, hotline.EvArchived, hotline.EvRestored, hotline.EvEscalated, hotline.EvRecategory,
		hotline.EvDetailed, hotline.EvUrgent, hotline.EvEdited, hotline.EvTranscribed, hotline.EvErased, hotline.EvRestricted} {
		need("staff.happened." + string(kind))
	}
	for _, role := range []hotline.RoleName{hotline.RoleCitizen, hotline.RoleOfficer, hotline.RoleHead, hotline.RoleCoordinator, hotline.RoleSupervisor,
		hotline.RoleResponder, hotline.RoleOperator, hotline.RoleDesk, hotline.RoleVenue, hotline.RoleAide, hotline.RoleViewer, hotline.RoleVillageHead,
		hotline.RoleSetda, hotline.RoleBupati} {
		need("staff.role." + string(role))
	}
	for _, word := range archiveReasons {
		need("staff.archive." + word)
	}
}

func TestHistoryLinesCanBeDrawn(t *testing.T) {
	t.Parallel()
	r := deskRegency(t)
	c, _ := aCase(nil)
	for _, e := range []hotline.Event{
		{Kind: hotline.EvFiled, By: 90, Content: 77}, {Kind: hotline.EvAssigned, Facts: hotline.Facts{Unit: "pu.jalan"}}, {Kind: hotline.EvTaken, By: 8},
		{Kind: hotline.EvDeclined, By: 8, Facts: hotline.Facts{Unit: "dlh"}}, {Kind: hotline.EvDeclined, By: 8}, {Kind: hotline.EvScheduled, By: 8, Facts: hotline.Facts{Date: "2026-11-25"}},
		{Kind: hotline.EvRated, By: 90, Facts: hotline.Facts{Value: 4}}, {Kind: hotline.EvArchived, By: 8, Facts: hotline.Facts{Word: "sara"}},
		{Kind: hotline.EvRecategory, By: 8, Facts: hotline.Facts{Category: "sampah"}}, {Kind: hotline.EvNoted}, {Kind: hotline.EvNoted, By: 8},
		{Kind: hotline.EvTold, By: 90}, {Kind: hotline.EvReminded},
	} {
		e.At = deskMonday.Add(time.Hour)
		lines := historyLine(deskRegency(t), c, e)
		text := drawn(t, r, hotline.Indonesian, hotline.Out{Reply: hotline.Reply{Lines: lines}})
		if !strings.HasPrefix(text, "Senin 23 Nov pukul 10.00") {
			t.Errorf("%s reads %q", e.Kind, text)
		}
		if e.By == 90 && strings.Contains(text, "Siti") && e.Kind != hotline.EvFiled {
			t.Errorf("%s names the reporter: %q", e.Kind, text)
		}
	}
}
