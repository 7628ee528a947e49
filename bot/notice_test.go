package bot

import (
	"testing"

	"tanggap/hotline"
	"tanggap/phrase"
)

// everyKind are the events a reporter might hear of.
var everyKind = []hotline.EventKind{
	hotline.EvFiled, hotline.EvAssigned, hotline.EvTriaged, hotline.EvTaken, hotline.EvAcknowledged, hotline.EvReleased, hotline.EvDeclined, hotline.EvWithheld,
	hotline.EvAsked, hotline.EvTold, hotline.EvRemarked, hotline.EvAnswered, hotline.EvNoted, hotline.EvScheduled, hotline.EvReminded, hotline.EvResolved,
	hotline.EvPassedOn, hotline.EvNotPossible, hotline.EvFinished, hotline.EvRated, hotline.EvReopened, hotline.EvWithdrawn, hotline.EvClosed, hotline.EvArchived, hotline.EvRestored,
	hotline.EvEscalated, hotline.EvRecategory, hotline.EvDetailed, hotline.EvUrgent, hotline.EvEdited, hotline.EvPlaced, hotline.EvTranscribed, hotline.EvErased,
	hotline.EvRestricted,
}

func noticed(privacy hotline.Privacy, from hotline.AddressID, kind hotline.EventKind, by hotline.PersonID) (hotline.Out, bool) {
	c := hotline.Case{ID: 7, Reporter: 1, From: from, Privacy: privacy, Category: "sampah", Status: hotline.Working,
		Assignments: []hotline.Assignment{{ID: 5, Unit: "pu.jalan", Part: hotline.Lead, State: hotline.Taken, Officer: 9}}}
	return CitizenNotice(&hotline.Regency{Emergency: "112"}, c, hotline.Event{Case: 7, Kind: kind, By: by, Assignment: 5, Content: 3, At: deskMonday,
		Facts: hotline.Facts{Unit: "pu.jalan", Part: hotline.Lead, Due: deskMonday, Date: "2026-11-25"}})
}

func TestNoticesOfASecretCaseTellOnlyThatThereIsNews(t *testing.T) {
	t.Parallel()
	for _, kind := range everyKind {
		o, ok := noticed(hotline.Secret, 2, kind, 9)
		if !ok {
			continue
		}
		if got := keys([]hotline.Out{o}); len(got) != 1 || got[0] != "notice.secret" || len(o.Reply.Media)+len(o.Reply.Shows) != 0 {
			t.Errorf("%s: %+v", kind, o.Reply)
		}
		for _, l := range o.Reply.Lines {
			for name, a := range l.Args {
				if a.Is != hotline.ArgCase {
					t.Errorf("%s tells %s", kind, name)
				}
			}
		}
	}
}

func TestNoticesGoToWhoeverFiledAndNeverTwice(t *testing.T) {
	t.Parallel()
	for _, kind := range everyKind {
		if o, ok := noticed(hotline.Open, 2, kind, 1); ok {
			t.Errorf("%s: the reporter hears what they did themselves: %+v", kind, o)
		}
		if o, ok := noticed(hotline.Open, 0, kind, 9); ok {
			t.Errorf("%s: said to nobody: %+v", kind, o)
		}
		if o, ok := noticed(hotline.Open, 2, kind, 9); ok && (o.To != 0 || o.Person != 1 || o.Case != 7 || o.Asked) {
			t.Errorf("%s: %+v", kind, o)
		}
	}
	for _, kind := range []hotline.EventKind{hotline.EvNoted, hotline.EvRecategory, hotline.EvTriaged, hotline.EvErased} {
		if o, ok := noticed(hotline.Open, 2, kind, 9); ok {
			t.Errorf("%s is nothing for the reporter: %+v", kind, o)
		}
	}
	for _, kind := range []hotline.EventKind{hotline.EvTaken, hotline.EvAsked, hotline.EvAnswered, hotline.EvScheduled, hotline.EvReminded, hotline.EvResolved,
		hotline.EvPassedOn, hotline.EvNotPossible, hotline.EvClosed, hotline.EvReopened, hotline.EvTranscribed} {
		if _, ok := noticed(hotline.Open, 2, kind, 9); !ok {
			t.Errorf("the reporter does not hear of %s", kind)
		}
	}
}

func TestNoticesCanBeDrawn(t *testing.T) {
	t.Parallel()
	book := phrase.New(deskRegency(t))
	book.Wrong = func(err error) { t.Error(err) }
	facts := phrase.Facts{Numbers: map[hotline.CaseID]hotline.Number{7: {Letters: "KCL", Day: "261123", Seq: 1}},
		Said: map[hotline.ContentID]hotline.Content{3: {Text: "sudah ditambal"}}}
	for _, kind := range everyKind {
		for _, privacy := range []hotline.Privacy{hotline.Open, hotline.Secret, hotline.Sealed} {
			o, ok := noticed(privacy, 2, kind, 9)
			if !ok {
				continue
			}
			for _, l := range hotline.KnownLanguages() {
				if text, _, _ := book.Reply(l, o.Reply, facts); text == "" {
					t.Errorf("%s says nothing in %s", kind, l)
				}
			}
		}
	}
}
