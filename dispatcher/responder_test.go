package dispatcher

import (
	"slices"
	"testing"
	"time"

	"tanggap/hotline"
	"tanggap/testbed"
)

// Nobody answers an emergency for a minute: the next responder is called, once, though three clocks look at it and all of them were away when the minute
// was over; and somebody's answer ends it.
func TestTheNextResponderIsCalledOnceThoughAllWereAway(t *testing.T) {
	t.Parallel()
	town := newTown(t, testbed.RedisDB(t))
	town.r.Categories[1].Responders = []string{"damkar"}
	town.r.Incidents = []hotline.Incident{{ID: "api", Key: "k", Name: hotline.Text{hotline.Indonesian: "Api"}, Category: "kebakaran",
		Responders: []string{"damkar", "sosial", "pu.jalan"}}}
	if err := town.r.Build(); err != nil {
		t.Fatal(err)
	}
	units := func(id hotline.CaseID) (units []string) {
		for _, a := range town.look(id).Assignments {
			units = append(units, a.Unit)
		}
		return units
	}
	fire, help := town.officer(hotline.RoleResponder, "damkar", true), town.officer(hotline.RoleResponder, "sosial", true)
	who := names{fire: "fire", help: "help"}
	_, stop := town.dispatcher()
	id := town.file(hotline.Filing{Category: "kebakaran", Urgent: true})
	town.quiet()
	town.expect(who, "fire urgent 1")
	town.clock.to(monday.Add(hotline.ResponderPatience - time.Second))
	town.quiet()
	if got := units(id); !slices.Equal(got, []string{"damkar"}) {
		t.Fatalf("before the minute is over %v are called", got)
	}
	stop()
	town.clock.to(monday.Add(hotline.ResponderPatience + 10*time.Second))
	for range 3 {
		town.dispatcher()
	}
	town.quiet()
	if got := units(id); !slices.Equal(got, []string{"damkar", "sosial"}) {
		t.Fatalf("called are %v", got)
	}
	town.expect(who, "help urgent 1")

	c := town.look(id)
	town.record(id, hotline.Event{Kind: hotline.EvTaken, Assignment: c.Assignments[1].ID, By: help})
	town.clock.to(monday.Add(10 * time.Minute))
	town.quiet()
	if got := units(id); !slices.Equal(got, []string{"damkar", "sosial"}) {
		t.Errorf("somebody goes, and yet %v are called", got)
	}
}
