package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tanggap/hotline"
	"tanggap/store"
	"tanggap/testbed"
)

// later counts seconds, so that whoever wrote last is known.
var later atomic.Int64

// again gives the conversation as the next turn of a peer sees it.
func again(t testing.TB, s *store.Store, channel hotline.Channel, peer string) hotline.Conversation {
	t.Helper()
	return everybody(t, s, hotline.Address{Channel: channel, Peer: peer})[peer]
}

// everybody gives the conversations as the next turns of several see them, by peer.
func everybody(t testing.TB, s *store.Store, who ...hotline.Address) map[string]hotline.Conversation {
	t.Helper()
	second := later.Add(1)
	var came []hotline.Raw
	for _, a := range who {
		came = append(came, hotline.Raw{Channel: a.Channel, Account: "42", Peer: a.Peer, Delivery: fmt.Sprint("again", second), Body: []byte("x")})
	}
	if err := s.Put(context.Background(), came); err != nil {
		t.Fatal(err)
	}
	convs := map[string]hotline.Conversation{}
	for len(convs) < len(who) {
		_, err := s.Turns(context.Background(), at(monday.Add(time.Duration(second)*time.Second)), 32, func(_ context.Context, turn *store.Turn) error {
			convs[turn.Conversation.Address.Peer] = turn.Conversation
			return nil
		}, nil)
		if err != nil {
			t.Fatal(err)
		}
	}
	return convs
}

// joined joins by a code: shown to one, typed by the other.
func joined(t *testing.T, s *store.Store, shown, typed hotline.Conversation) {
	t.Helper()
	var code string
	do(t, s, monday, func(tx *store.Tx) error {
		code = tx.NewJoinCode(shown.Person.ID, shown.Address.ID, monday.Add(10*time.Minute))
		return nil
	})
	do(t, s, monday, func(tx *store.Tx) error {
		j, err := tx.JoinCode(t.Context(), code, typed.Person.ID)
		if err != nil {
			return err
		}
		if j.With.ID != shown.Address.ID {
			t.Errorf("the code leads to %+v", j.With)
		}
		return tx.Redeem(t.Context(), j.Ticket, typed.Person.ID)
	})
}

func part(t *testing.T, s *store.Store, p hotline.PersonID) error {
	t.Helper()
	var outcome error
	do(t, s, monday, func(tx *store.Tx) error { outcome = tx.Part(t.Context(), p); return nil })
	return outcome
}

func TestWhoIsJoinedIsOnePersonAndPartingGivesBackWhatWas(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	siti := again(t, s, hotline.Telegram, "siti")
	wa := again(t, s, hotline.WhatsApp, "99@lid")
	budi := again(t, s, hotline.Telegram, "budi")
	first, second := file(t, s, siti), file(t, s, wa)
	do(t, s, monday, func(tx *store.Tx) error {
		tx.SetLanguage(siti.Person.ID, hotline.Javanese)
		tx.SetName(siti.Person.ID, "Siti")
		return nil
	})
	joined(t, s, siti, wa)

	conv := again(t, s, hotline.WhatsApp, "99@lid")
	if v := conv.Viewer; v.Person != wa.Person.ID || !slices.Equal(v.Also, []hotline.PersonID{siti.Person.ID}) {
		t.Errorf("the viewer on WhatsApp: %+v", v)
	}
	if conv.Person.Language != hotline.Javanese || conv.Address.Person != siti.Person.ID || conv.Address.Home != wa.Person.ID {
		t.Errorf("the conversation on WhatsApp: %+v", conv)
	}
	if other := again(t, s, hotline.Telegram, "siti").Viewer; !slices.Equal(other.Also, []hotline.PersonID{wa.Person.ID}) {
		t.Errorf("the viewer on Telegram: %+v", other)
	}
	do(t, s, monday, func(tx *store.Tx) error {
		for _, p := range []hotline.PersonID{siti.Person.ID, wa.Person.ID} {
			cases, err := tx.CasesOf(t.Context(), p, 10)
			if err != nil || len(cases) != 2 || cases[0].ID != second.ID || cases[0].Reporter != wa.Person.ID {
				t.Errorf("the cases of %d: %+v, %v", p, cases, err)
			}
			d, err := tx.DataOf(t.Context(), p)
			if err != nil || len(d.Addresses) != 2 || len(d.Cases) != 2 || len(d.Said) != 2 || len(d.Also) != 1 {
				t.Errorf("the data of %d: %+v, %v", p, d, err)
			}
		}
		if cases, err := tx.CasesOf(t.Context(), budi.Person.ID, 10); err != nil || len(cases) != 0 {
			t.Errorf("a stranger's cases: %+v, %v", cases, err)
		}
		all, err := tx.Addresses(t.Context(), wa.Person.ID)
		if err != nil || len(all) != 2 || all[1].Tail != "99" || all[1].Home != wa.Person.ID {
			t.Errorf("%+v, %v", all, err)
		}
		return nil
	})
	// News go to where they wrote last.
	say(t, s, hotline.Out{Person: wa.Person.ID, Reply: hotline.Say("news")})
	if got := keys(due(t, s, monday)); got != "siti:news" {
		t.Errorf("news for the one on WhatsApp, who wrote last on Telegram: %q", got)
	}

	if err := part(t, s, wa.Person.ID); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		was     hotline.Conversation
		channel hotline.Channel
		own     hotline.CaseID
	}{{siti, hotline.Telegram, first.ID}, {wa, hotline.WhatsApp, second.ID}} {
		now := again(t, s, c.channel, c.was.Address.Peer)
		if now.Viewer.Person != c.was.Person.ID || len(now.Viewer.Also) != 0 || now.Address.Person != c.was.Person.ID || now.Address.Home != c.was.Person.ID {
			t.Errorf("after parting: %+v", now)
		}
		do(t, s, monday, func(tx *store.Tx) error {
			cases, err := tx.CasesOf(t.Context(), c.was.Person.ID, 10)
			if err != nil || len(cases) != 1 || cases[0].ID != c.own {
				t.Errorf("after parting %d has %+v, %v", c.was.Person.ID, cases, err)
			}
			return nil
		})
	}
	if err := part(t, s, wa.Person.ID); !errors.Is(err, hotline.ErrNotFound) {
		t.Errorf("parted twice: %v", err)
	}
}

// Whatever is joined and parted in whatever order: those joined are one, and once all are parted everybody sees what they saw.
func TestJoiningAndPartingInAnyOrderGivesBackTheSight(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	const n = 5
	var homes [n]hotline.PersonID
	var peers [n]string
	var own [n]hotline.CaseID
	channels := []hotline.Channel{hotline.Telegram, hotline.WhatsApp, hotline.WhatsAppCloud}
	for i := range n {
		peers[i] = fmt.Sprint("peer", i)
		c := again(t, s, channels[i%3], peers[i])
		homes[i], own[i] = c.Person.ID, file(t, s, c).ID
	}
	grant(t, s, homes[1], hotline.RoleOfficer, "dlh")
	grant(t, s, homes[3], hotline.RoleHead, "dpupr.jalan")
	var all []hotline.Address
	for i := range n {
		all = append(all, hotline.Address{Channel: channels[i%3], Peer: peers[i]})
	}
	check := func(rt *rapid.T, group [n]int) {
		convs := everybody(t, s, all...)
		var units [n][]string
		units[1], units[3] = []string{"dlh"}, []string{"dpupr.jalan"}
		for i := range n {
			var want []hotline.PersonID
			var cases []hotline.CaseID
			var roles []string
			for j := range n {
				if group[i] == group[j] {
					want, cases, roles = append(want, homes[j]), append(cases, own[j]), append(roles, units[j]...)
				}
			}
			conv := convs[peers[i]]
			v := conv.Viewer
			got := append([]hotline.PersonID{v.Person}, v.Also...)
			slices.Sort(got)
			slices.Sort(want)
			if v.Person != homes[i] || !slices.Equal(got, want) {
				rt.Fatalf("%d sees as %v, want %v", i, got, want)
			}
			if conv.Address.Person != want[0] {
				rt.Fatalf("the address of %d points at %d, not at the one known longest, %d", i, conv.Address.Person, want[0])
			}
			var has []string
			for _, r := range v.Roles {
				has = append(has, r.Unit)
			}
			slices.Sort(has)
			if slices.Sort(roles); !slices.Equal(has, roles) {
				rt.Fatalf("%d has roles in %v, want %v", i, has, roles)
			}
			err := s.Do(t.Context(), monday, func(tx *store.Tx) error {
				list, err := tx.CasesOf(t.Context(), homes[i], 100)
				var ids []hotline.CaseID
				for _, c := range list {
					ids = append(ids, c.ID)
				}
				slices.Sort(ids)
				if slices.Sort(cases); !slices.Equal(ids, cases) {
					rt.Fatalf("%d has the cases %v, want %v", i, ids, cases)
				}
				return err
			})
			if err != nil {
				rt.Fatal(err)
			}
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		group := [n]int{0, 1, 2, 3, 4}
		for range rapid.IntRange(1, 8).Draw(rt, "steps") {
			i, j := rapid.IntRange(0, n-1).Draw(rt, "one"), rapid.IntRange(0, n-1).Draw(rt, "other")
			err := s.Do(t.Context(), monday, func(tx *store.Tx) error {
				if rapid.Bool().Draw(rt, "join") {
					err := tx.Join(t.Context(), homes[i], homes[j])
					if group[i] == group[j] {
						if !errors.Is(err, hotline.ErrSame) {
							rt.Fatalf("joining one with itself: %v", err)
						}
						return nil
					}
					for k, was := range group {
						if was == group[j] && k != j {
							group[k] = group[i]
						}
					}
					group[j] = group[i]
					return err
				}
				err := tx.Part(t.Context(), homes[i])
				alone := true
				for k := range group {
					alone = alone && (k == i || group[k] != group[i])
				}
				if alone {
					if !errors.Is(err, hotline.ErrNotFound) {
						rt.Fatalf("parting one who is alone: %v", err)
					}
					return nil
				}
				group[i] = 100 + i
				for slices.Contains(append(append([]int{}, group[:i]...), group[i+1:]...), group[i]) {
					group[i] += n
				}
				return err
			})
			if err != nil {
				rt.Fatal(err)
			}
		}
		check(rt, group)
		for i := range n {
			if err := s.Do(t.Context(), monday, func(tx *store.Tx) error {
				if err := tx.Part(t.Context(), homes[i]); !errors.Is(err, hotline.ErrNotFound) {
					return err
				}
				return nil
			}); err != nil {
				rt.Fatal(err)
			}
		}
		check(rt, [n]int{0, 1, 2, 3, 4})
	})
}

// grant gives a person a role by a code, as it is done.
func grant(t *testing.T, s *store.Store, p hotline.PersonID, name hotline.RoleName, unit string) {
	t.Helper()
	code, err := s.NewInvite(t.Context(), monday, hotline.Invite{Role: name, Unit: unit, Name: "Budi", Expires: monday.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := enrol(t, s, monday, code, p); err != nil {
		t.Fatal(err)
	}
}

func TestACodeJoinsOnceAndNotForLong(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	siti, wa, thief := again(t, s, hotline.Telegram, "siti"), again(t, s, hotline.WhatsApp, "99@lid"), again(t, s, hotline.Telegram, "thief")
	code := func(until time.Time) (code string) {
		do(t, s, monday, func(tx *store.Tx) error {
			code = tx.NewJoinCode(siti.Person.ID, siti.Address.ID, until)
			return nil
		})
		return code
	}
	look := func(c string, by hotline.PersonID, now time.Time) (j hotline.Join, outcome error) {
		do(t, s, now, func(tx *store.Tx) error { j, outcome = tx.JoinCode(t.Context(), c, by); return nil })
		return j, outcome
	}
	redeem := func(j hotline.Join, by hotline.PersonID, now time.Time) (outcome error) {
		do(t, s, now, func(tx *store.Tx) error { outcome = tx.Redeem(t.Context(), j.Ticket, by); return nil })
		return outcome
	}
	old := code(monday.Add(10 * time.Minute))
	fresh := code(monday.Add(10 * time.Minute))
	if _, err := look(old, wa.Person.ID, monday); !errors.Is(err, hotline.ErrCode) {
		t.Errorf("a code that a newer one replaced: %v", err)
	}
	if _, err := look(fresh, siti.Person.ID, monday); !errors.Is(err, hotline.ErrSame) {
		t.Errorf("one's own code: %v", err)
	}
	if _, err := look(fresh, wa.Person.ID, monday.Add(10*time.Minute)); !errors.Is(err, hotline.ErrCodeExpired) {
		t.Errorf("an expired code: %v", err)
	}
	j, err := look(" "+fresh[:3]+"-"+fresh[3:], wa.Person.ID, monday)
	if err != nil || j.With.ID != siti.Address.ID {
		t.Fatalf("%+v, %v", j, err)
	}
	stolen, err := look(fresh, thief.Person.ID, monday)
	if err != nil {
		t.Fatal(err)
	}
	if err := redeem(j, wa.Person.ID, monday.Add(10*time.Minute)); !errors.Is(err, hotline.ErrCodeExpired) {
		t.Errorf("a yes that came too late: %v", err)
	}
	if err := redeem(j, wa.Person.ID, monday); err != nil {
		t.Fatal(err)
	}
	if err := redeem(stolen, thief.Person.ID, monday); !errors.Is(err, hotline.ErrCodeUsed) {
		t.Errorf("a code used twice: %v", err)
	}
	if _, err := look(fresh, thief.Person.ID, monday); !errors.Is(err, hotline.ErrCodeUsed) {
		t.Errorf("a used code: %v", err)
	}
	for range 5 {
		if _, err := look("AAAAA2", thief.Person.ID, monday); !errors.Is(err, hotline.ErrCode) {
			t.Fatal(err)
		}
	}
	if _, err := look("AAAAA2", thief.Person.ID, monday.Add(59*time.Minute)); !errors.Is(err, hotline.ErrLocked) {
		t.Errorf("the sixth wrong code: %v", err)
	}
	// A joining code enrols nobody, and the lock is the same for both kinds.
	if _, err := enrol(t, s, monday, code(monday.Add(time.Minute)), wa.Person.ID); !errors.Is(err, hotline.ErrCode) {
		t.Errorf("a joining code enrolled: %v", err)
	}
	if _, err := enrol(t, s, monday, "AAAAAAA2", thief.Person.ID); !errors.Is(err, hotline.ErrLocked) {
		t.Errorf("enrolling while locked: %v", err)
	}
}

// Several join at once, with each other's codes and crosswise: all become one, and each code worked once.
func TestSeveralJoinAtOnce(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	const n = 6
	var who [n]hotline.Conversation
	var tickets [n]string
	for i := range n {
		who[i] = again(t, s, hotline.Telegram, fmt.Sprint("p", i))
	}
	for i := range n {
		next := who[(i+1)%n]
		do(t, s, monday, func(tx *store.Tx) error {
			code := tx.NewJoinCode(who[i].Person.ID, who[i].Address.ID, monday.Add(time.Minute))
			j, err := tx.JoinCode(t.Context(), code, next.Person.ID)
			tickets[i] = j.Ticket
			return err
		})
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	var used, joins int
	for i := range n {
		for range 2 { // each code by two at once
			wg.Go(func() {
				var outcome error
				if err := s.Do(context.Background(), monday, func(tx *store.Tx) error {
					outcome = tx.Redeem(context.Background(), tickets[i], who[(i+1)%n].Person.ID)
					return nil
				}); err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				switch {
				case errors.Is(outcome, hotline.ErrCodeUsed):
					used++
				case outcome == nil:
					joins++
				case !errors.Is(outcome, hotline.ErrSame):
					t.Error(outcome)
				}
			})
		}
	}
	wg.Wait()
	if joins != n-1 || used != n {
		t.Errorf("%d joined and %d found their code used; want %d and %d", joins, used, n-1, n)
	}
	for i := range n {
		if v := again(t, s, hotline.Telegram, who[i].Address.Peer).Viewer; len(v.Also) != n-1 {
			t.Errorf("%d is joined with %v", i, v.Also)
		}
	}
}

func TestARoleIsHeldOnEveryNetworkAndStaysWithWhomItWasGiven(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	tg, wa, siti := again(t, s, hotline.Telegram, "budi"), again(t, s, hotline.WhatsApp, "99@lid"), again(t, s, hotline.Telegram, "siti")
	grant(t, s, wa.Person.ID, hotline.RoleOfficer, "dpupr.jalan")
	// Both hold a case under the short name 1.
	grant(t, s, tg.Person.ID, hotline.RoleOfficer, "dlh")
	for _, x := range []struct {
		by   hotline.PersonID
		unit string
	}{{tg.Person.ID, "dlh"}, {wa.Person.ID, "dpupr.jalan"}} {
		c := file(t, s, siti)
		a := assign(t, s, c.ID, x.unit, hotline.Lead)
		take(t, s, c.ID, a, x.by)
	}
	joined(t, s, wa, tg)
	if v := again(t, s, hotline.Telegram, "budi").Viewer; len(v.Roles) != 2 {
		t.Errorf("on Telegram: %+v", v)
	}
	do(t, s, monday, func(tx *store.Tx) error {
		there, err := tx.People(t.Context(), []string{"dpupr.jalan"}, hotline.RoleOfficer)
		if err != nil || len(there) != 1 || there[0].Person != tg.Person.ID || !there[0].Is(wa.Person.ID) || there[0].Is(siti.Person.ID) {
			t.Errorf("who is there: %+v, %v", there, err)
		}
		mine, err := tx.Mine(t.Context(), tg.Person.ID)
		if err != nil || len(mine) != 2 || mine[0].Handle != 1 || mine[1].Handle != 2 {
			t.Errorf("what they hold: %+v, %v", mine, err)
		}
		return nil
	})
	c := file(t, s, siti)
	take(t, s, c.ID, assign(t, s, c.ID, "dlh", hotline.Lead), wa.Person.ID)
	do(t, s, monday, func(tx *store.Tx) error {
		mine, err := tx.Mine(t.Context(), wa.Person.ID)
		if err != nil || len(mine) != 3 || mine[2].Handle != 3 {
			t.Errorf("after one more: %+v, %v", mine, err)
		}
		tx.SetDuty(tg.Person.ID, false)
		return nil
	})
	if v := again(t, s, hotline.WhatsApp, "99@lid").Viewer; slices.ContainsFunc(v.Roles, func(r hotline.Role) bool { return r.OnDuty }) {
		t.Errorf("off duty on Telegram, and on WhatsApp still %+v", v.Roles)
	}
	if err := part(t, s, tg.Person.ID); err != nil {
		t.Fatal(err)
	}
	if v := again(t, s, hotline.WhatsApp, "99@lid").Viewer; len(v.Roles) != 1 || v.Roles[0].Unit != "dpupr.jalan" {
		t.Errorf("after parting, on WhatsApp: %+v", v)
	}
	joined(t, s, wa, tg)
	do(t, s, monday, func(tx *store.Tx) error { tx.EndRole(wa.Person.ID, hotline.RoleOfficer, "dlh"); return nil })
	if v := again(t, s, hotline.Telegram, "budi").Viewer; len(v.Roles) != 1 {
		t.Errorf("a role that was ended for the other name: %+v", v.Roles)
	}
}

func take(t *testing.T, s *store.Store, c hotline.CaseID, a hotline.AssignmentID, by hotline.PersonID) {
	t.Helper()
	do(t, s, monday, func(tx *store.Tx) error {
		c, err := tx.Case(t.Context(), c)
		if err != nil {
			return err
		}
		_, err = tx.Record(c, hotline.Event{Kind: hotline.EvTaken, Assignment: a, By: by}, hotline.Content{})
		return err
	})
}

func TestErasureCoversAllWhoAreJoinedAndLeavesNobodyJoined(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	tg, wa := again(t, s, hotline.Telegram, "siti"), again(t, s, hotline.WhatsApp, "99@lid")
	one, two := file(t, s, tg), file(t, s, wa)
	do(t, s, monday, func(tx *store.Tx) error {
		tx.SetName(tg.Person.ID, "Siti")
		tx.Vouch(wa.Person.ID, "+6281234567890")
		return nil
	})
	joined(t, s, tg, wa)
	var req hotline.ErasureRequest
	do(t, s, monday, func(tx *store.Tx) error {
		var err error
		req, err = tx.AskErasure(t.Context(), hotline.ErasureRequest{Person: wa.Person.ID, From: wa.Address.ID, Due: monday.Add(72 * time.Hour)})
		return err
	})
	do(t, s, monday.Add(time.Minute), func(tx *store.Tx) error {
		same, err := tx.AskErasure(t.Context(), hotline.ErasureRequest{Person: tg.Person.ID, From: tg.Address.ID, Due: monday.Add(73 * time.Hour)})
		if err != nil || same.ID != req.ID {
			t.Errorf("asked on the other network: %+v, %v", same, err)
		}
		return tx.DecideErasure(t.Context(), req.ID, 99, "")
	})
	do(t, s, monday, func(tx *store.Tx) error {
		for _, p := range []hotline.PersonID{tg.Person.ID, wa.Person.ID} {
			d, err := tx.DataOf(t.Context(), p)
			if err != nil || d.Person.Name != "" || d.Person.Phone != "" || len(d.Said) != 0 || len(d.Also) != 0 || len(d.Addresses) != 1 || len(d.Cases) != 1 {
				t.Errorf("%d keeps %+v, %v", p, d, err)
			}
		}
		for _, c := range []hotline.Case{one, two} {
			said, err := tx.Said(t.Context(), c.Story)
			if err != nil || !said[c.Story].Erased {
				t.Errorf("the story of %s: %+v, %v", c.Number, said, err)
			}
		}
		if _, err := tx.SamePhone(t.Context(), tg.Person.ID, hotline.Telegram, "+6281234567890"); !errors.Is(err, hotline.ErrNotFound) {
			t.Errorf("the number is still found: %v", err)
		}
		return nil
	})
	for _, p := range []hotline.PersonID{tg.Person.ID, wa.Person.ID} {
		if err := part(t, s, p); !errors.Is(err, hotline.ErrNotFound) {
			t.Errorf("somebody is still joined: %v", err)
		}
	}
}

func TestANumberThatBothNetworksVouchForIsFound(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	const number = "+6281234567890"
	tg, wa := again(t, s, hotline.Telegram, "siti"), again(t, s, hotline.WhatsApp, "99@lid")
	find := func(now time.Time) (with hotline.Known, outcome error) {
		do(t, s, now, func(tx *store.Tx) error {
			with, outcome = tx.SamePhone(t.Context(), tg.Person.ID, hotline.Telegram, number)
			return nil
		})
		return with, outcome
	}
	do(t, s, monday, func(tx *store.Tx) error { tx.SetPhone(wa.Person.ID, number); return nil })
	if _, err := find(monday); !errors.Is(err, hotline.ErrNotFound) {
		t.Errorf("a number that only its owner tells: %v", err)
	}
	do(t, s, monday, func(tx *store.Tx) error {
		tx.Vouch(wa.Person.ID, number)
		tx.SetPhone(wa.Person.ID, number) // said again by themselves: the network's word stands
		tx.Vouch(tg.Person.ID, number)
		return nil
	})
	with, err := find(monday)
	if err != nil || with.ID != wa.Address.ID || with.Tail != "7890" || with.Home != wa.Person.ID {
		t.Fatalf("%+v, %v", with, err)
	}
	if _, err := find(monday.AddDate(0, 6, 0)); !errors.Is(err, hotline.ErrNotFound) {
		t.Errorf("what a network said half a year ago: %v", err)
	}
	do(t, s, monday, func(tx *store.Tx) error { return tx.Join(t.Context(), tg.Person.ID, with.Home) })
	if _, err := find(monday); !errors.Is(err, hotline.ErrNotFound) {
		t.Errorf("what is joined already: %v", err)
	}
}

// Nothing that waits to be said about somebody's case reaches an address that was parted from them.
func TestPartingHushesWhatWaits(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	tg, wa := again(t, s, hotline.Telegram, "siti"), again(t, s, hotline.WhatsApp, "99@lid")
	c, own := file(t, s, wa), file(t, s, tg)
	joined(t, s, wa, tg)
	say(t, s, hotline.Out{To: tg.Address.ID, Reply: hotline.Say("theirs"), Case: c.ID}, hotline.Out{To: tg.Address.ID, Reply: hotline.Say("own"), Case: own.ID})
	if err := part(t, s, wa.Person.ID); err != nil {
		t.Fatal(err)
	}
	if got := keys(due(t, s, monday)); got != "siti:own" {
		t.Errorf("said after parting: %q", got)
	}
}

// A card is changed where it stands, on whichever network its officer wrote last.
func TestACardIsChangedWhereItStands(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	tg, wa := again(t, s, hotline.Telegram, "budi"), again(t, s, hotline.WhatsApp, "99@lid")
	joined(t, s, tg, wa)
	again(t, s, hotline.Telegram, "budi")
	say(t, s, hotline.Out{Person: wa.Person.ID, Reply: hotline.Say("card"), Card: "offer:1"})
	first := due(t, s, monday)
	settle(t, s, first)
	again(t, s, hotline.WhatsApp, "99@lid")
	say(t, s, hotline.Out{Person: wa.Person.ID, Verb: hotline.VerbEdit, Edits: "offer:1", Reply: hotline.Say("changed")})
	if got := due(t, s, monday); keys(got) != "budi:changed" || got[0].EditRef == "" {
		t.Errorf("%+v", got)
	}
}
