package dispatcher

import (
	"slices"
	"strings"
	"testing"
	"time"

	"tanggap/hotline"
	"tanggap/testbed"
)

type names = map[hotline.PersonID]string

// A case goes to its unit, onto its worklist, and to the officers on duty there; the reporter hears of it.
func TestFiledToOffered(t *testing.T) {
	t.Parallel()
	town := newTown(t, testbed.RedisDB(t))
	who := names{
		town.officer(hotline.RoleOfficer, "pu.jalan.utara", true):  "ani",
		town.officer(hotline.RoleOfficer, "pu.jalan.utara", true):  "budi",
		town.officer(hotline.RoleOfficer, "pu.jalan.utara", false): "off duty",
		town.officer(hotline.RoleHead, "pu.jalan.utara", true):     "head",
		town.officer(hotline.RoleOfficer, "pu.jalan", true):        "above",
		town.officer(hotline.RoleOfficer, "sosial", true):          "elsewhere",
		town.enrol(""): "citizen",
	}
	var citizen hotline.PersonID
	for p, name := range who {
		if name == "citizen" {
			citizen = p
		}
	}
	d, _ := town.dispatcher()
	id := town.file(hotline.Filing{Category: "jalan-rusak", Area: "99.01.01", Reporter: citizen})
	town.quiet()
	town.expect(who, "ani offer 1", "budi offer 1", "citizen news.assigned")
	c := town.look(id)
	lead, ok := c.Lead()
	if !ok || c.Status != hotline.Assigned || lead.Unit != "pu.jalan.utara" || !lead.Due.Equal(time.Date(2026, 11, 30, 15, 0, 0, 0, wib)) {
		t.Errorf("the case: %+v", c)
	}
	line, err := d.Worklists().Next(t.Context(), "pu.jalan.utara", 10)
	if err != nil || !slices.Equal(ids(line), []hotline.AssignmentID{lead.ID}) {
		t.Errorf("in line: %v, %v", line, err)
	}

	// Taken, it leaves the line; given back, it is in line again and offered anew, but to whoever gave it back.
	var ani hotline.PersonID
	for p, name := range who {
		if name == "ani" {
			ani = p
		}
	}
	town.record(id, hotline.Event{Kind: hotline.EvTaken, Assignment: lead.ID, By: ani, Facts: hotline.Facts{Due: c.Due}})
	town.quiet()
	town.lists(d)
	town.expect(who)
	town.record(id, hotline.Event{Kind: hotline.EvReleased, Assignment: lead.ID, By: ani, Facts: hotline.Facts{Due: lead.Due}})
	town.quiet()
	town.lists(d)
	town.expect(who, "budi offer 2")
	if d.State() != "" {
		t.Errorf("state %q", d.State())
	}
}

// What nobody can place goes to the coordinator, with proposals; what has no words is listened to first; an accused agency hears nothing.
func TestTriage(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		filing hotline.Filing
		voice  bool
		status hotline.Status
		unit   string // that leads
		want   []string
	}{
		{"no category", hotline.Filing{Area: "99.01.01"}, false, hotline.Triage, "", []string{"koord triage no-category"}},
		{"voice alone", hotline.Filing{Area: "99.01.01"}, true, hotline.Triage, "", []string{"koord transcribe"}},
		{"voice, category known", hotline.Filing{Category: "jalan-rusak"}, true, hotline.Assigned, "pu.jalan", []string{"jalan offer 1"}},
		{"voice, anonymous", hotline.Filing{Category: "jalan-rusak", Privacy: hotline.Anonymous}, true, hotline.Triage, "", []string{"koord transcribe"}},
		{"abuse of office", hotline.Filing{Category: "pungli", About: "pu"}, false, hotline.Assigned, "itda", []string{"itda offer 1"}},
		{"about the hotline", hotline.Filing{Category: "pungli", About: "kominfo"}, false, hotline.Assigned, "itda", []string{"itda offer 1"}},
		{"about the inspector", hotline.Filing{Category: "pungli", About: "itda"}, false, hotline.Triage, "", []string{"koord triage outside"}},
		{"agency unknown", hotline.Filing{Category: "pelayanan"}, false, hotline.Triage, "", []string{"koord triage no-agency"}},
		{"rude service", hotline.Filing{Category: "pelayanan", About: "pu"}, false, hotline.Assigned, "pu", []string{"puhead offer 1"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			town := newTown(t, testbed.RedisDB(t))
			who := names{
				town.officer(hotline.RoleCoordinator, "kominfo", true):  "koord",
				town.officer(hotline.RoleCoordinator, "kominfo", false): "koord off duty",
				town.officer(hotline.RoleOfficer, "itda", true):         "itda",
				town.officer(hotline.RoleOfficer, "pu", true):           "pu",
				town.officer(hotline.RoleHead, "pu", true):              "puhead",
				town.officer(hotline.RoleOfficer, "pu.jalan", true):     "jalan",
			}
			d, _ := town.dispatcher()
			if test.voice {
				var media hotline.MediaID
				town.sql(&media, `insert into media (id, kind, channel, account, ref, mime, size, made)
					values (1, 'voice', 'telegram', '1', 'v', 'audio/ogg', 1, $1) returning id`, monday)
				test.filing.Story.Media = []hotline.MediaID{media}
			} else {
				test.filing.Story.Text = "jalan depan pasar berlubang"
			}
			id := town.file(test.filing)
			town.quiet()
			town.expect(who, test.want...)
			c := town.look(id)
			if lead, _ := c.Lead(); c.Status != test.status || lead.Unit != test.unit {
				t.Errorf("status %s, led by %q; want %s, %q", c.Status, lead.Unit, test.status, test.unit)
			}
			town.lists(d)
		})
	}
}

// Who sends many reports in a day has the next ones looked at first; emergencies, and complaints about officers, go on at once.
func TestTheNextOfManyReportsIsLookedAtFirst(t *testing.T) {
	t.Parallel()
	town := newTown(t, testbed.RedisDB(t))
	town.r.Limits.Reports = 2
	who := names{
		town.officer(hotline.RoleOfficer, "pu.jalan", true):    "jalan",
		town.officer(hotline.RoleOfficer, "itda", true):        "itda",
		town.officer(hotline.RoleCoordinator, "kominfo", true): "koord",
	}
	busy, other := town.enrol(""), town.enrol("")
	town.dispatcher()
	for range 2 {
		town.file(hotline.Filing{Category: "jalan-rusak", Reporter: busy})
	}
	town.quiet()
	third := town.file(hotline.Filing{Category: "jalan-rusak", Reporter: busy})
	town.file(hotline.Filing{Category: "pungli", About: "pu", Reporter: busy})
	town.file(hotline.Filing{Category: "jalan-rusak", Reporter: busy, Urgent: true})
	town.file(hotline.Filing{Category: "jalan-rusak", Reporter: other})
	town.quiet()
	if c := town.look(third); c.Status != hotline.Triage {
		t.Errorf("the third: %s", c.Status)
	}
	town.clock.to(monday.AddDate(0, 0, 1))
	town.file(hotline.Filing{Category: "jalan-rusak", Reporter: busy})
	town.quiet()
	triaged := 0
	for _, s := range town.said(who) {
		if strings.HasPrefix(s, "koord triage many") {
			triaged++
		}
	}
	if triaged != 1 {
		t.Errorf("looked at first: %d", triaged)
	}
}

// A case about which the program makes a mistake holds up no other: routing it fails, so the coordinator gets it; offering another fails, so it
// waits.
func TestOneBadCaseHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	town := newTown(t, testbed.RedisDB(t))
	who := names{
		town.officer(hotline.RoleOfficer, "pu.jalan", true):    "jalan",
		town.officer(hotline.RoleCoordinator, "kominfo", true): "koord",
	}
	bad, worse := hotline.CaseID(0), hotline.CaseID(0)
	town.spoil = func(c hotline.Case, key string) {
		if c.ID == bad && key == "notice" && c.Status == hotline.Assigned || c.ID == worse && key == "offer" {
			panic("a mistake of the program")
		}
	}
	town.file(hotline.Filing{Category: "jalan-rusak"})
	bad = town.file(hotline.Filing{Category: "jalan-rusak"})
	worse = town.file(hotline.Filing{Category: "jalan-rusak"})
	town.file(hotline.Filing{Category: "jalan-rusak"})
	town.dispatcher()
	town.until("everything is routed, and offered but for one", func() bool {
		var n int
		town.sql(&n, `select (select count(*) from cases where status = 'filed') + (select count(*) from offerings where next is not null) - 1`)
		return n == 0
	})
	town.expect(who, "jalan offer 1", "jalan offer 1", "koord triage failed")
	if c := town.look(bad); c.Status != hotline.Triage || !slices.Equal(town.events(bad), []hotline.EventKind{hotline.EvFiled, hotline.EvTriaged}) {
		t.Errorf("the bad case: %s, %v", c.Status, town.events(bad))
	}
}

// Nobody on duty: the unit's head, then one level up, then the coordinator; whoever comes on duty later is offered what waits, once.
func TestNobodyOnDuty(t *testing.T) {
	t.Parallel()
	town := newTown(t, testbed.RedisDB(t))
	off := func(role hotline.RoleName, unit string) hotline.PersonID { return town.officer(role, unit, false) }
	utara, head, jalan, kepala := off(hotline.RoleOfficer, "pu.jalan.utara"), off(hotline.RoleHead, "pu.jalan.utara"), off(hotline.RoleOfficer, "pu.jalan"), off(hotline.RoleHead, "pu")
	koord := off(hotline.RoleCoordinator, "kominfo")
	who := names{utara: "utara", head: "head", jalan: "jalan", kepala: "kepala", koord: "koord"}
	d, _ := town.dispatcher()
	town.file(hotline.Filing{Category: "jalan-rusak", Area: "99.01.01"})
	town.quiet()
	town.expect(who, "koord nobody")
	for _, come := range []struct {
		p    hotline.PersonID
		want []string
	}{
		{kepala, []string{"kepala offer 1"}},
		{jalan, []string{"jalan offer 1"}},
		{head, []string{"head offer 1"}},
		{utara, []string{"utara offer 1"}},
		{koord, nil},
		{utara, nil},
	} {
		for _, on := range []bool{true, false, true} {
			town.do(func(tx transaction) error { tx.SetDuty(come.p, on); return nil })
			town.quiet()
		}
		town.expect(who, come.want...)
	}
	town.lists(d)
}

// An officer is never offered what they reported themselves.
func TestNobodyIsOfferedTheOwnCase(t *testing.T) {
	t.Parallel()
	town := newTown(t, testbed.RedisDB(t))
	ani, budi := town.officer(hotline.RoleOfficer, "pu.jalan", true), town.officer(hotline.RoleOfficer, "pu.jalan", true)
	town.dispatcher()
	town.file(hotline.Filing{Category: "jalan-rusak", Reporter: ani})
	town.quiet()
	town.expect(names{ani: "ani", budi: "budi"}, "ani news.assigned", "budi offer 1")
}

// Somebody of the agency complained about is told nothing, whatever else they are.
func TestTheAccusedHearNothing(t *testing.T) {
	t.Parallel()
	town := newTown(t, testbed.RedisDB(t))
	both := town.officer(hotline.RoleOfficer, "itda", true)
	itda := town.officer(hotline.RoleOfficer, "itda", true)
	code := town.invite(hotline.Invite{Role: hotline.RoleOfficer, Unit: "pu.jalan", Expires: monday.Add(time.Hour)})
	town.do(func(tx transaction) error {
		_, err := tx.Enrol(t.Context(), code, both)
		return err
	})
	town.dispatcher()
	town.file(hotline.Filing{Category: "pungli", About: "pu"})
	town.quiet()
	town.expect(names{both: "both", itda: "itda"}, "itda offer 1")
}

// An emergency goes to the responders and the coordinator at once, whoever is on duty, without waiting for Redis, again and again until somebody
// acknowledges.
func TestUrgent(t *testing.T) {
	t.Parallel()
	server := testbed.PrivateRedis(t)
	server.Stop()
	town := newTown(t, server.URL)
	damkar, on := town.officer(hotline.RoleResponder, "damkar", false), town.officer(hotline.RoleOfficer, "sosial", true)
	off, koord := town.officer(hotline.RoleOfficer, "sosial", false), town.officer(hotline.RoleCoordinator, "kominfo", false)
	who := names{damkar: "damkar", on: "sosial", off: "sosial off duty", koord: "koord"}
	d, _ := town.dispatcher()
	id := town.file(hotline.Filing{Category: "kebakaran", Urgent: true})
	offered := func(n int) {
		t.Helper()
		town.until("everybody was offered it", func() bool {
			var have, late int
			town.sql(&have, `select count(*) from offers`)
			town.sql(&late, `select count(*) from cases where wake <= $1 or status = 'filed'`, town.clock.Now())
			return have == n && late == 0
		})
	}
	offered(3)
	town.expect(who, "damkar urgent 1", "sosial urgent 1", "koord urgent 1")
	repeat := town.r.Limits.UrgentRepeat
	town.clock.to(monday.Add(repeat))
	offered(6)
	town.expect(who, "damkar older", "sosial older", "damkar urgent 2", "sosial urgent 2", "koord escalation 3", "koord escalation 3") // there are no heads: the coordinator's own card

	// Acknowledged by the fire brigade, which leads: the others are still called, and the coordinator for theirs.
	c := town.look(id)
	lead, _ := c.Lead()
	town.record(id, hotline.Event{Kind: hotline.EvAcknowledged, Assignment: lead.ID, By: damkar})
	town.clock.to(monday.Add(2 * repeat))
	offered(8)
	town.expect(who, "sosial older", "sosial urgent 3", "koord urgent 3", "koord escalation 3", "koord escalation 3") // who acknowledges late has not taken it yet
	for _, a := range c.Assignments {
		if a.Unit == "sosial" {
			town.record(id, hotline.Event{Kind: hotline.EvTaken, Assignment: a.ID, By: on, Facts: hotline.Facts{Due: c.Due}})
		}
	}
	town.clock.to(monday.Add(10 * repeat))
	if d.State() == "" {
		t.Error("the state says nothing of Redis")
	}
	server.Start()
	town.quiet()
	town.expect(who)
	town.lists(d)
}
