package dispatcher

import (
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"tanggap/hotline"
	"tanggap/testbed"
)

// Emptied at noon, Redis is right again. (That it is so within two seconds is tried by the long tests.)
func TestFlushIsHealed(t *testing.T) {
	t.Parallel()
	server := testbed.PrivateRedis(t)
	town := newTown(t, server.URL)
	town.officer(hotline.RoleOfficer, "pu.jalan", true)
	d, _ := town.dispatcher()
	for range 50 {
		town.file(hotline.Filing{Category: "jalan-rusak"})
	}
	town.quiet()
	town.said(nil)
	client := connect(t, server.URL)
	for range 3 {
		flush(t, client)
		town.until("the worklist is whole again", func() bool {
			line, err := d.Worklists().Next(t.Context(), "pu.jalan", 100)
			return err == nil && len(line) == 50
		})
		town.lists(d)
	}
	town.expect(nil) // and nobody was offered anything twice
}

// Something else in Redis than Postgres has is found by another instance's epoch, and put right.
func TestStrangeListsArePutRight(t *testing.T) {
	t.Parallel()
	server := testbed.PrivateRedis(t)
	town := newTown(t, server.URL)
	d, _ := town.dispatcher()
	town.file(hotline.Filing{Category: "jalan-rusak"})
	town.quiet()
	client := connect(t, server.URL)
	stranger := NewWorklists(client, "tiny:")
	flush(t, client)
	if err := stranger.Sync(t.Context(), []hotline.Listing{waiting("pu.jalan", 9999, true, noon), waiting("gone", 9, true, noon)}); err != nil {
		t.Fatal(err)
	}
	if _, err := stranger.begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	town.until("the stranger's entries are gone", func() bool {
		line, err := d.Worklists().Next(t.Context(), "pu.jalan", 100)
		gone, err2 := d.Worklists().Next(t.Context(), "gone", 100)
		return err == nil && err2 == nil && len(line) == 1 && line[0].Assignment != 9999 && len(gone) == 0
	})
	town.lists(d)
}

// Redis gone for ten seconds: cases are filed and routed as always, and the program says what is wrong; when it is back, what waited is listed
// and offered, once.
func TestRedisGoneForTenSeconds(t *testing.T) {
	t.Parallel()
	server := testbed.PrivateRedis(t)
	town := newTown(t, server.URL)
	ani := town.officer(hotline.RoleOfficer, "pu.jalan", true)
	d, _ := town.dispatcher()
	town.file(hotline.Filing{Category: "jalan-rusak"})
	town.quiet()
	town.expect(names{ani: "ani"}, "ani offer 1")

	server.Kill()
	back := time.After(10 * time.Second)
	town.until("the state says so", func() bool { return strings.HasPrefix(d.State(), "redis: ") })
	var want []string
	for range 20 {
		town.file(hotline.Filing{Category: "jalan-rusak"})
		want = append(want, "ani offer 1")
	}
	town.until("everything is routed", func() bool {
		var n int
		town.sql(&n, `select count(*) from cases where status <> 'assigned'`)
		return n == 0
	})
	<-back
	town.expect(names{ani: "ani"}) // ordinary offers wait for the worklists
	server.Start()
	town.quiet()
	town.expect(names{ani: "ani"}, want...)
	town.lists(d)
	if d.State() != "" {
		t.Errorf("state %q", d.State())
	}
}

// Absent at the start, Redis only delays: see also TestUrgent.
func TestRedisAbsentAtTheStart(t *testing.T) {
	t.Parallel()
	server := testbed.PrivateRedis(t)
	server.Stop()
	town := newTown(t, server.URL)
	ani := town.officer(hotline.RoleOfficer, "pu.jalan", true)
	d, _ := town.dispatcher()
	id := town.file(hotline.Filing{Category: "jalan-rusak"})
	town.until("it is routed", func() bool { return town.look(id).Status == hotline.Assigned })
	if state := d.State(); !strings.HasPrefix(state, "redis: ") || strings.Contains(state, "\n") {
		t.Errorf("state %q", state)
	}
	town.expect(names{ani: "ani"})
	server.Start()
	town.quiet()
	town.expect(names{ani: "ani"}, "ani offer 1")
	town.lists(d)
}

// A Redis that takes connections and says nothing holds up no turn and no routing.
func TestSilentRedis(t *testing.T) {
	t.Parallel()
	town := newTown(t, "redis://"+silence(t)+"/0")
	d, stop := town.dispatcher()
	for range 10 {
		id := town.file(hotline.Filing{Category: "jalan-rusak"})
		town.until("it is routed", func() bool { return town.look(id).Status == hotline.Assigned })
	}
	town.until("the state says so", func() bool { return strings.HasPrefix(d.State(), "redis: ") && d.State() != notYet })
	stopped := make(chan struct{})
	go func() { stop(); close(stopped) }()
	select {
	case <-stopped:
	case <-time.After(longest):
		t.Error("it does not stop")
	}
}

// Three instances and a rush of cases that are taken and given back meanwhile: nobody is offered the same twice in a round, and in the end the
// worklists are what Postgres says.
func TestInstancesShareTheWork(t *testing.T) {
	t.Parallel()
	town := newTown(t, testbed.RedisDB(t))
	var officers []hotline.PersonID
	for range 3 {
		officers = append(officers, town.officer(hotline.RoleOfficer, "pu.jalan", true))
	}
	town.officer(hotline.RoleCoordinator, "kominfo", true)
	d, _ := town.dispatcher()
	town.dispatcher()
	_, stop := town.dispatcher()
	const cases = 120
	var rush sync.WaitGroup
	for range 3 {
		rush.Go(func() {
			for range cases / 3 {
				town.file(hotline.Filing{Category: "jalan-rusak"})
			}
		})
	}
	takes := make(map[hotline.CaseID]bool)
	for range 60 {
		waiting, err := town.Waiting(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(waiting) == 0 {
			continue
		}
		var id hotline.CaseID
		town.sql(&id, `select case_id from assignments where id = $1`, waiting[rand.IntN(len(waiting))].Assignment)
		officer := officers[rand.IntN(len(officers))]
		lead := town.take(id, officer)
		if takes[id] = !takes[id]; !takes[id] {
			continue // a second time: kept
		}
		town.record(id, hotline.Event{Kind: hotline.EvReleased, Assignment: lead.ID, By: officer, Facts: hotline.Facts{Due: lead.Due.Add(time.Hour)}})
	}
	rush.Wait()
	stop() // one ends in the middle
	town.quiet()
	town.lists(d)
	var twice, filed, never int
	town.said(nil)
	seen := make(map[heard]int)
	for _, h := range town.heard {
		seen[h]++
	}
	for h, n := range seen {
		if n > 1 {
			t.Errorf("%+v was said %d times", h, n)
			twice++
		}
	}
	town.sql(&filed, `select count(*) from cases where status in ('assigned', 'working')`)
	if filed != cases {
		t.Errorf("%d cases are with the unit, want %d", filed, cases)
	}
	town.sql(&never, `select count(*) from assignments a, (values ($1::bigint), ($2), ($3)) p (id)
		where a.state = 'waiting' and not exists (select from offers o where o.assignment_id = a.id and o.person_id = p.id)`,
		officers[0], officers[1], officers[2])
	if never != 0 {
		t.Errorf("%d offers were never made", never)
	}
}
