package store_test

import (
	"testing"
	"time"

	"tanggap/hotline"
	"tanggap/store"
	"tanggap/testbed"
)

// Whom to call is read by who goes there, at the moment the card is given out, and by nobody else; each reading is on record.
func TestOnlyWhoGoesToAnEmergencyReadsWhomToCall(t *testing.T) {
	t.Parallel()
	const number = "+6281234567890"
	for name, x := range map[string]struct {
		filing    func(*hotline.Filing)
		meanwhile func(t *testing.T, s *store.Store, id hotline.CaseID, a hotline.AssignmentID, damar hotline.Conversation)
		reads     bool
	}{
		"goes there":                     {reads: true},
		"secret, since somebody suffers": {filing: func(f *hotline.Filing) { f.Category, f.Privacy = "kekerasan", hotline.Secret }, reads: true},
		"asked for secrecy":              {filing: func(f *hotline.Filing) { f.Privacy = hotline.Secret }},
		"wants no name":                  {filing: func(f *hotline.Filing) { f.Privacy = hotline.Anonymous }},
		"suffers, and wants no name":     {filing: func(f *hotline.Filing) { f.Category, f.Privacy = "kekerasan", hotline.Sealed }},
		"no emergency":                   {filing: func(f *hotline.Filing) { f.Urgent = false }},
		"let go of it": {meanwhile: func(t *testing.T, s *store.Store, id hotline.CaseID, a hotline.AssignmentID, damar hotline.Conversation) {
			record(t, s, monday, id, hotline.Event{Kind: hotline.EvReleased, Assignment: a, By: damar.Person.ID}, hotline.Content{})
		}},
		"has ended it": {meanwhile: func(t *testing.T, s *store.Store, id hotline.CaseID, a hotline.AssignmentID, damar hotline.Conversation) {
			record(t, s, monday, id, hotline.Event{Kind: hotline.EvResolved, Assignment: a, By: damar.Person.ID}, hotline.Content{Text: "padam"})
		}},
		"lost the role": {meanwhile: func(t *testing.T, s *store.Store, _ hotline.CaseID, _ hotline.AssignmentID, damar hotline.Conversation) {
			do(t, s, monday, func(tx *store.Tx) error {
				tx.EndRole(damar.Person.ID, hotline.RoleResponder, "satpolpp.damkar")
				return nil
			})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := testbed.Store(t)
			siti := person(t, s, "siti")
			damar := officer(t, s, "damar", hotline.RoleResponder, "satpolpp.damkar")
			dodo := officer(t, s, "dodo", hotline.RoleResponder, "satpolpp.damkar")
			id := fileAs(t, s, siti, monday, func(f *hotline.Filing) {
				f.Category, f.Urgent, f.Privacy = "kebakaran", true, hotline.Open
				if x.filing != nil {
					x.filing(f)
				}
			})
			a := assign(t, s, id, "satpolpp.damkar", hotline.Lead)
			record(t, s, monday, id, hotline.Event{Kind: hotline.EvTaken, Assignment: a, By: damar.Person.ID}, hotline.Content{})
			do(t, s, monday, func(tx *store.Tx) error { tx.Vouch(siti.Person.ID, number); return nil })
			card := hotline.Out{Lane: hotline.LaneReply, Case: id, Assign: a, Reply: hotline.Say("card", "case", id, "phone", hotline.PhoneArg(id))}
			say(t, s, forPerson(card, damar), forPerson(card, dodo), forPerson(card, siti))
			if x.meanwhile != nil {
				x.meanwhile(t, s, id, a, damar)
			}
			parcels := due(t, s, monday.Add(time.Minute))
			if len(parcels) != 3 {
				t.Fatalf("%d parcels", len(parcels))
			}
			for _, p := range parcels {
				want := ""
				if x.reads && p.Address.Person == damar.Person.ID {
					want = number
				}
				if got := p.Phones[id]; got != want {
					t.Errorf("person %d (damar is %d) reads %q, want %q", p.Address.Person, damar.Person.ID, got, want)
				}
			}
			want := 0
			if x.reads {
				want = 1
			}
			var looks, kept int
			if err := s.Pool().QueryRow(t.Context(), `select count(*), (select count(*) from outbox where body::text like '%8123456%') from audit
				where act = 'saw_person' and by = $1 and person_id = $2 and case_id = $3`, damar.Person.ID, siti.Person.ID, id).Scan(&looks, &kept); err != nil {
				t.Fatal(err)
			}
			if looks != want || kept != 0 {
				t.Errorf("%d looks on record, want %d; %d messages hold the number", looks, want, kept)
			}
		})
	}
}
