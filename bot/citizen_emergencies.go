package bot

import (
	"context"
	"fmt"
	"slices"
	"time"

	"tanggap/hotline"
)

// This file is what one person's emergencies have to do with each other: a fire that flares up after it was put out opens its case again, and who tells
// of the same one once more, or of very many, adds to a case that is known.

const (
	// mostEmergencies and emergencyPer are how many emergencies of one person ring everybody within how long. Nobody sees four at once, and a few words must
	// not keep the whole fire brigade's telephones ringing while somebody else's house burns. What comes after is read all the same: it grows on
	// the card of the newest, which comes to the same people.
	mostEmergencies = 3
	emergencyPer    = time.Hour

	// flareWithin is how long after its end an emergency is what "it burns again" is about; without such a word, stillWithin.
	flareWithin = 24 * time.Hour
	stillWithin = time.Hour
)

// againWord says that something goes on or comes back.
var againWord = list("lagi, maneh, malih, again, back, masih, taksih, isih, still, belum, durung, dereng")

// flaresUp opens an emergency of the person's again that has ended, where the words tell of the same danger at no other place. It rings at once, as the
// first time, and nobody is asked anything.
func (k *talk) flaresUp(ctx context.Context, alarm hotline.Alarm) (bool, error) {
	s := &k.st.Citizen
	if s.Draft != nil && !s.Draft.empty() && s.Draft.Danger == "" || len(s.Sent) == 0 && !k.joined() {
		return false, nil
	}
	cases, err := k.ownCases(ctx)
	if err != nil {
		return false, err
	}
	area, which, _ := settle(k.read(k.msg.Text).Places)
	within := stillWithin
	if slices.ContainsFunc(hotline.Words(k.msg.Text), func(w string) bool { return slices.Contains(againWord, w) }) {
		within = flareWithin
	}
	i := slices.IndexFunc(cases, func(c hotline.Case) bool {
		ended := c.Status == hotline.Ended || c.Status == hotline.Closed
		if !c.Urgent || !ended || c.Category != alarm.Category || k.now.Sub(c.EndedAt) > within || !k.mayReopen(c) {
			return false
		}
		return len(which) == 0 && (area == "" || c.Area == "" || !k.apart(area, c.Area)) || slices.Contains(which, c.Area)
	})
	if i < 0 {
		return false, nil
	}
	c, err := k.ownCase(ctx, cases[i].ID)
	if err != nil {
		return false, err
	}
	due := k.now.Add(k.reg.Limits.UrgentRepeat)
	if err := k.happen(c, hotline.Event{Kind: hotline.EvReopened, Facts: hotline.Facts{Due: due}}, k.content()); err != nil {
		return false, err
	}
	s.Draft = nil
	s.keepRef(k.msg.Ref, c.ID)
	s.Last = lastCase{Case: c.ID, Category: c.Category, Area: c.Area, At: k.now}
	k.urgently(c)
	k.accusedToo(c, draft{Bubbles: []bubble{{Text: clean(k.msg.Text)}}})
	return true, nil
}

// emergencies counts the person's emergencies of the last hour; newest is the newest that is live, and same a live one of that category and place, where a
// place that is not known may be any.
func (k *talk) emergencies(ctx context.Context, category, area string) (n int, newest, same hotline.CaseID, err error) {
	cases, err := k.ownCases(ctx)
	if err != nil {
		return 0, 0, 0, err
	}
	for _, c := range cases {
		if !c.Urgent || k.now.Sub(c.Filed) > emergencyPer {
			continue
		}
		if n++; !c.Status.Live() {
			continue
		}
		if newest == 0 {
			newest = c.ID
		}
		if same == 0 && c.Category == category && (area == "" || c.Area == "" || c.Area == area) {
			same = c.ID
		}
	}
	return n, newest, same, nil
}

// joinEmergency adds the draft to an emergency of the person's that is live, where it tells of the same, or where they have told of very many: false if
// it is to be a case of its own.
func (k *talk) joinEmergency(ctx context.Context, d *draft, category, area string) (bool, error) {
	n, newest, into, err := k.emergencies(ctx, category, area)
	if err != nil {
		return false, err
	}
	many := into == 0 && n >= mostEmergencies
	if many {
		into = newest
	}
	if into == 0 {
		return false, nil
	}
	c, err := k.ownCase(ctx, into)
	if err != nil {
		return false, err
	}
	s := &k.st.Citizen
	e := hotline.Event{Kind: hotline.EvRemarked}
	if area != "" && c.Area == "" && !many {
		e = hotline.Event{Kind: hotline.EvPlaced, Facts: hotline.Facts{Area: area}}
	}
	if c.Privacy.IsAnonymous() && d.withoutCards() > 0 {
		k.note("contact.left")
	}
	if err := k.happen(c, e, d.story()); err != nil {
		return false, fmt.Errorf("add to an emergency: %w", err)
	}
	if e.Kind == hotline.EvPlaced {
		if _, err := k.reroute(ctx, c); err != nil {
			return false, err
		}
		c.Area = area
	}
	for _, b := range d.Bubbles {
		s.keepRef(b.Ref, c.ID)
	}
	s.Sent = append(s.Sent, sent{d.N, c.ID})
	s.Sent = s.Sent[max(0, len(s.Sent)-keepSent):]
	s.Draft, s.Quiz = nil, nil
	s.Last = lastCase{Case: c.ID, Category: c.Category, Area: c.Area, At: k.now}
	s.await(waitUrgent, c.ID, k.now.Add(urgentWithin))
	r := hotline.Say("danger.call", "number", k.reg.Emergency)
	switch {
	case many:
		r = r.And("danger.many", "case", c.ID)
	case c.Area == "":
		r = r.And("danger.added", "case", c.ID).And("danger.where")
		r.Ask = hotline.AskPlace
	default:
		r = r.And("danger.added", "case", c.ID).And("danger.place", "area", hotline.AreaArg(c.Area))
	}
	k.alarm(c.ID, r)
	k.accusedToo(c, *d)
	k.offerAside()
	return true, nil
}

// accusedToo keeps what an emergency's words say against people in office: help goes out at once, with every word, and a report of its own for whoever looks
// into such things is put aside, to be offered next.
func (k *talk) accusedToo(c hotline.Case, of draft) {
	rd := k.read(of.text(0))
	cat, _ := k.reg.Category(rd.Top())
	if !rd.Accuses || !cat.Oversight && !cat.Rudeness || cat.ID == c.Category {
		return
	}
	s := &k.st.Citizen
	s.Count++
	d := &draft{N: s.Count, Touched: k.now, Category: cat.ID, Area: c.Area}
	for _, b := range of.Bubbles {
		if b.Text != "" {
			d.Bubbles = append(d.Bubbles, bubble{Ref: b.Ref, Text: b.Text, Forwarded: b.Forwarded})
		}
	}
	s.putAside(d)
	k.note("danger.accuse")
}
