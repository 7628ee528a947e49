package store_test

import (
	"testing"
	"time"

	"tanggap/hotline"
	"tanggap/store"
	"tanggap/testbed"
)

// roadCase is a case that waits at the roads unit, and a card of it for whoever.
func roadCase(t *testing.T, s *store.Store) (c hotline.Case, siti hotline.Conversation, a hotline.AssignmentID, card hotline.Out) {
	t.Helper()
	siti = person(t, s, "siti")
	c = file(t, s, siti)
	a = assign(t, s, c.ID, "dpupr.jalan", hotline.Lead)
	reply := hotline.Say("card", "case", c.ID, "category", hotline.CategoryArg(c.Category)).And("story", "said", c.Story)
	reply.Shows = []hotline.ContentID{c.Story}
	return c, siti, a, hotline.Out{Lane: hotline.LaneNotice, Reply: reply, Case: c.ID, Assign: a, Card: "offer:1"}
}

// officer is somebody with a role.
func officer(t *testing.T, s *store.Store, peer string, name hotline.RoleName, unit string) hotline.Conversation {
	t.Helper()
	p := person(t, s, peer)
	grant(t, s, p.Person.ID, name, unit)
	return p
}

func forPerson(o hotline.Out, p hotline.Conversation) hotline.Out { o.To = p.Address.ID; return o }

func becomes(t *testing.T, s *store.Store, id hotline.CaseID, f hotline.Facts) {
	t.Helper()
	do(t, s, monday, func(tx *store.Tx) error {
		c, err := tx.Case(t.Context(), id)
		if err != nil {
			return err
		}
		_, err = tx.Record(c, hotline.Event{Kind: hotline.EvRecategory, Facts: f}, hotline.Content{})
		return err
	})
}

// withheld counts what was set aside, since its reader may not see it, and left nothing of its meaning behind.
func withheld(t *testing.T, s *store.Store) (n int) {
	t.Helper()
	if err := s.Pool().QueryRow(t.Context(), `select count(*) from outbox where state = 'aside' and reason = 'sight' and body is null`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestSightOfACardIsAskedOnceMoreWhenItGoes(t *testing.T) {
	t.Parallel()
	for name, meanwhile := range map[string]func(*testing.T, *store.Store, hotline.Case, hotline.Conversation){
		"it accuses the reader's agency": func(t *testing.T, s *store.Store, c hotline.Case, _ hotline.Conversation) {
			becomes(t, s, c.ID, hotline.Facts{Category: "pungli", About: "dpupr"})
		},
		"it became secret": func(t *testing.T, s *store.Store, c hotline.Case, _ hotline.Conversation) {
			becomes(t, s, c.ID, hotline.Facts{Category: "kekerasan", Privacy: hotline.Secret})
		},
		"the role ended": func(t *testing.T, s *store.Store, _ hotline.Case, budi hotline.Conversation) {
			do(t, s, monday, func(tx *store.Tx) error { tx.EndRole(budi.Person.ID, hotline.RoleOfficer, "dpupr.jalan"); return nil })
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := testbed.Store(t)
			c, siti, _, card := roadCase(t, s)
			budi := officer(t, s, "budi", hotline.RoleOfficer, "dpupr.jalan")
			say(t, s, forPerson(card, budi), forPerson(card, siti), hotline.Out{To: budi.Address.ID, Lane: hotline.LaneNotice, Reply: hotline.Say("withheld", "case", c.ID), Case: c.ID})
			meanwhile(t, s, c, budi)
			later := monday.Add(time.Minute)
			first := due(t, s, later)
			if got := keys(first); got != "siti:card" {
				t.Fatalf("said: %q", got)
			}
			settle(t, s, first)
			// What stood behind it, and shows nothing, goes on.
			if got := keys(due(t, s, later)); got != "budi:withheld" {
				t.Errorf("said next: %q", got)
			}
			if n := withheld(t, s); n != 1 {
				t.Errorf("%d set aside", n)
			}
		})
	}
}

// The officer's card waits at the address that turns out to be a stranger's.
func TestSightAfterParting(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	_, _, _, card := roadCase(t, s)
	wa, tg := again(t, s, hotline.WhatsApp, "99@lid"), again(t, s, hotline.Telegram, "budi")
	grant(t, s, wa.Person.ID, hotline.RoleOfficer, "dpupr.jalan")
	joined(t, s, wa, tg)
	say(t, s, forPerson(card, tg))
	if err := part(t, s, wa.Person.ID); err != nil {
		t.Fatal(err)
	}
	if got := keys(due(t, s, monday)); got != "" {
		t.Errorf("a stranger reads: %q", got)
	}
}

func TestSightOfAGroup(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	c, _, _, card := roadCase(t, s)
	head, group := officer(t, s, "head", hotline.RoleHead, "dpupr.jalan"), again(t, s, hotline.Telegram, "-77")
	do(t, s, monday, func(tx *store.Tx) error {
		in := hotline.Invite{Role: hotline.RoleGroup, Unit: "dpupr.jalan", By: head.Person.ID, Expires: monday.Add(time.Hour)}
		tx.Register(tx.NewInvite(in), in, group.Address.ID)
		return nil
	})
	say(t, s, forPerson(card, group))
	first := due(t, s, monday)
	if got := keys(first); got != "-77:card" {
		t.Fatalf("an ordinary card: %q", got)
	}
	settle(t, s, first)
	taken := hotline.Say("taken", "case", c.ID, "category", hotline.CategoryArg("kekerasan"))
	say(t, s, forPerson(card, group), hotline.Out{To: group.Address.ID, Lane: hotline.LaneNotice, Reply: taken, Case: c.ID},
		hotline.Out{To: group.Address.ID, Lane: hotline.LaneNotice, Reply: hotline.Say("number", "case", c.ID, "who", head.Person.ID), Case: c.ID})
	becomes(t, s, c.ID, hotline.Facts{Category: "kekerasan", Privacy: hotline.Secret})
	if got := keys(due(t, s, monday)); got != "-77:number" {
		t.Errorf("of a secret case the group reads: %q", got)
	}
	if n := withheld(t, s); n != 2 {
		t.Errorf("%d set aside", n)
	}
}

// Who may see a case still hears of it: in their own unit, above it, at the coordinator's, and the reporter.
func TestSightLetsThroughWhatMayBeSeen(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	c, siti, _, card := roadCase(t, s)
	who := []hotline.Conversation{siti, officer(t, s, "budi", hotline.RoleOfficer, "dpupr.jalan"), officer(t, s, "hadi", hotline.RoleHead, "dpupr"),
		officer(t, s, "rina", hotline.RoleCoordinator, "diskominfo"), officer(t, s, "sar", hotline.RoleResponder, "dpupr.jalan")}
	for _, p := range who {
		urgent := forPerson(card, p)
		urgent.Lane = hotline.LaneEmergency
		say(t, s, urgent)
	}
	first := due(t, s, monday)
	if len(first) != len(who) {
		t.Fatalf("said: %q", keys(first))
	}
	settle(t, s, first)
	// It accuses now. The card its reader has may be changed, by the name that it has there; the reporter, who is named to nobody else, reads on.
	becomes(t, s, c.ID, hotline.Facts{Category: "pungli", About: "dpupr"})
	edit := hotline.Out{Verb: hotline.VerbEdit, Edits: "offer:1", Lane: hotline.LaneNotice, Case: c.ID,
		Reply: hotline.Say("settled", "case", c.ID, "category", hotline.CategoryArg("jalan-rusak"))}
	say(t, s, forPerson(edit, who[1]), forPerson(card, siti), forPerson(card, who[3]))
	second := due(t, s, monday)
	if got := keys(second); got != "budi:settled siti:card rina:card" {
		t.Errorf("said: %q", got)
	}
	settle(t, s, second)
	// A change that tells what was said is none that takes it away.
	edit.Reply = card.Reply
	say(t, s, forPerson(edit, who[1]))
	if got := keys(due(t, s, monday)); got != "" {
		t.Errorf("the accused read: %q", got)
	}
}

// An anonymous reporter's name waits for nobody.
func TestSightOfTheReporter(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	c, siti, _, card := roadCase(t, s)
	rina := officer(t, s, "rina", hotline.RoleCoordinator, "diskominfo")
	named := forPerson(card, rina)
	named.Reply = named.Reply.And("reporter", "who", siti.Person.ID)
	say(t, s, named, forPerson(card, rina))
	becomes(t, s, c.ID, hotline.Facts{Category: "jalan-rusak", Privacy: hotline.Anonymous})
	p := due(t, s, monday)
	if len(p) != 1 || len(p[0].Out.Reply.Lines) != 2 || withheld(t, s) != 1 {
		t.Errorf("%+v", p)
	}
}

// An officer hears why what they worked was taken back; colleagues do not.
func TestSightOfWhatWasTakenBack(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	c, siti, a, card := roadCase(t, s)
	budi, tono := officer(t, s, "budi", hotline.RoleOfficer, "dpupr.jalan"), officer(t, s, "tono", hotline.RoleOfficer, "dpupr.jalan")
	take(t, s, c.ID, a, budi.Person.ID)
	do(t, s, monday, func(tx *store.Tx) error {
		c, err := tx.Case(t.Context(), c.ID)
		if err != nil {
			return err
		}
		_, err = tx.Record(c, hotline.Event{Kind: hotline.EvWithdrawn, By: siti.Person.ID}, hotline.Content{})
		return err
	})
	say(t, s, forPerson(card, budi), forPerson(card, tono))
	if got := keys(due(t, s, monday)); got != "budi:card" {
		t.Errorf("said: %q", got)
	}
}
