package dispatcher

import (
	"slices"
	"testing"
	"time"

	"tanggap/hotline"
	"tanggap/testbed"
)

// take has an officer take the lead of a case.
func (t *town) take(id hotline.CaseID, p hotline.PersonID) hotline.Assignment {
	t.Helper()
	c := t.look(id)
	lead, _ := c.Lead()
	t.record(id, hotline.Event{Kind: hotline.EvTaken, Assignment: lead.ID, By: p, Facts: hotline.Facts{Due: hotline.DueOnTake(t.r, c, lead.Unit, t.clock.Now())}})
	c = t.look(id)
	lead, _ = c.Lead()
	return lead
}

// A case that nobody takes climbs the ladder step by step, each step once however many clocks there are; those who stand there are told.
func TestEscalation(t *testing.T) {
	t.Parallel()
	town := newTown(t, testbed.RedisDB(t))
	head := town.officer(hotline.RoleHead, "pu", false)
	setda := town.officer(hotline.RoleSetda, "kominfo", false)
	who := names{town.officer(hotline.RoleOfficer, "pu.jalan", true): "jalan", head: "head", setda: "setda"}
	town.dispatcher()
	town.dispatcher()
	id := town.file(hotline.Filing{Category: "jalan-rusak"})
	town.quiet()
	town.expect(who, "jalan offer 1")
	// Five working days to take it, one more until the head hears, three more until the secretary does.
	for _, step := range []struct {
		at   time.Time
		want []string
	}{
		{time.Date(2026, 11, 30, 15, 0, 0, 0, wib), nil},
		{time.Date(2026, 12, 1, 14, 59, 59, 0, wib), nil},
		{time.Date(2026, 12, 1, 15, 0, 0, 0, wib), []string{"head escalation 1"}},
		{time.Date(2026, 12, 4, 14, 59, 59, 0, wib), nil},
		{time.Date(2026, 12, 4, 15, 0, 1, 0, wib), []string{"setda escalation 2"}},
		{time.Date(2027, 3, 1, 9, 0, 0, 0, wib), nil},
	} {
		town.clock.to(step.at)
		town.quiet()
		town.expect(who, step.want...)
	}
	c := town.look(id)
	if lead, _ := c.Lead(); lead.Level != 2 || lead.State != hotline.Waiting {
		t.Errorf("the assignment: %+v", lead)
	}
	if got, want := town.events(id), []hotline.EventKind{hotline.EvFiled, hotline.EvAssigned, hotline.EvEscalated, hotline.EvEscalated}; !slices.Equal(got, want) {
		t.Errorf("events %v, want %v", got, want)
	}
}

// Twenty late cases and four clocks: twenty escalations.
func TestClocksDoNotEscalateTwice(t *testing.T) {
	t.Parallel()
	town := newTown(t, testbed.RedisDB(t))
	town.officer(hotline.RoleHead, "pu", true)
	for range 4 {
		town.dispatcher()
	}
	for range 20 {
		town.file(hotline.Filing{Category: "jalan-rusak"})
	}
	town.quiet()
	town.said(nil)
	town.clock.to(time.Date(2026, 12, 2, 9, 0, 0, 0, wib))
	town.quiet()
	var n, cases int
	town.sql(&n, `select count(*) from events where kind = 'escalated'`)
	town.sql(&cases, `select count(distinct case_id) from events where kind = 'escalated'`)
	if cards := town.said(nil); n != 20 || cases != 20 || len(cards) != 20 {
		t.Errorf("%d escalations of %d cases, %d cards; want 20 of each", n, cases, len(cards))
	}
}

// A taken is a case that a citizen filed and an officer, ani, took, in a town of its own.
type taken struct {
	*town
	who          names
	ani, citizen hotline.PersonID
	id           hotline.CaseID
	lead         hotline.AssignmentID
}

func newTaken(t *testing.T) *taken {
	t.Helper()
	k := &taken{town: newTown(t, testbed.RedisDB(t))}
	k.ani, k.citizen = k.officer(hotline.RoleOfficer, "pu.jalan", true), k.enrol("")
	k.who = names{k.ani: "ani", k.citizen: "citizen"}
	k.dispatcher()
	k.id = k.file(hotline.Filing{Category: "jalan-rusak", Reporter: k.citizen})
	k.quiet()
	k.lead = k.take(k.id, k.ani).ID
	return k
}

// does has the officer do something, of which nobody is to be told here.
func (k *taken) does(kind hotline.EventKind, f hotline.Facts) {
	k.Helper()
	k.record(k.id, hotline.Event{Kind: kind, Assignment: k.lead, By: k.ani, Facts: f})
	k.said(nil)
}

// comes holds that nothing happens before a time, and what is said at it.
func (k *taken) comes(at time.Time, want ...string) {
	k.Helper()
	k.clock.to(at.Add(-time.Second))
	k.quiet()
	k.expect(k.who)
	k.clock.to(at)
	k.quiet()
	k.expect(k.who, want...)
}

// stands holds how the case stands.
func (k *taken) stands(want hotline.Status) {
	k.Helper()
	if c := k.look(k.id); c.Status != want {
		k.Errorf("status %s, want %s", c.Status, want)
	}
}

// On the day named the officer is asked and the reporter told, when people come to work.
func TestScheduledDay(t *testing.T) {
	t.Parallel()
	k := newTaken(t)
	k.does(hotline.EvScheduled, hotline.Facts{Date: "2026-12-10"})
	k.comes(time.Date(2026, 12, 10, 7, 0, 0, 0, wib), "ani reminder", "citizen news.reminded")
	k.stands(hotline.Working)
}

// A question that nobody answers is noted once, and the officer told.
func TestUnansweredQuestion(t *testing.T) {
	t.Parallel()
	k := newTaken(t)
	until := k.r.Calendar("").Add(monday, k.r.Limits.Complete)
	k.does(hotline.EvAsked, hotline.Facts{Due: until})
	k.comes(until, "ani unanswered", "citizen news.noted")
	k.record(k.id, hotline.Event{Kind: hotline.EvRemarked, By: k.citizen})
	k.clock.to(until.AddDate(0, 1, 0))
	k.quiet()
	k.expect(k.who)
	k.stands(hotline.Asking)
}

// What ended closes by itself when its time is over, and the reporter is told.
func TestClosesByItself(t *testing.T) {
	t.Parallel()
	k := newTaken(t)
	k.does(hotline.EvResolved, hotline.Facts{})
	k.comes(time.Date(2026, 12, 7, 15, 0, 0, 0, wib), "citizen news.closed")
	k.stands(hotline.Closed)
}
