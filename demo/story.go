package demo

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"tanggap/hotline"
	"tanggap/phrase"
	"tanggap/simulator/telegram"
	"tanggap/store"
)

// A story is one complaint, and what became of it.
type story struct {
	*stage
	cast   []*actor
	began  time.Time
	number hotline.Number // of Siti's case, once it has one

	visitors int // of earlier runs, who are back
}

// What is said. Everything else on the screen is the bot's own.
const (
	complaint = "Jalan depan balai desa Tegalsambi rusak parah, banyak lubang. Kemarin ada motor jatuh"
	question  = "Lubangnya sebelah mana, Bu? Sebelum atau sesudah gapura?"
	answer    = "Sesudah gapura, depan warung Bu Kasmi"
	outcome   = "Lubang di depan warung Bu Kasmi sudah ditambal aspal, aman dilewati"
	thanks    = "Terima kasih, cepat sekali"
	meanwhile = "Wonten sampah numpuk ing desa Bawu, mambu sanget"
)

// How long things take.
const (
	patience = time.Minute            // for any one answer
	reading  = 700 * time.Millisecond // a person reads before they act
	typing   = 500 * time.Millisecond // between two bubbles
	settling = 25 * time.Second       // for what an earlier run left unsaid
	whole    = 2 * time.Minute        // for the whole story
	look     = 100 * time.Millisecond // between two looks whether all is said
)

func (st *story) actor(first string) *actor {
	i := slices.IndexFunc(st.cast, func(a *actor) bool { return strings.HasPrefix(a.Name, first+" ") })
	return st.cast[i] // they are always there
}

// play plays it, and looks at the end whether the database holds what was seen.
func (st *story) play(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, whole, fmt.Errorf("it took longer than %s", whole))
	defer cancel()
	siti, budi, joko := st.actor("Siti"), st.actor("Budi"), st.actor("Joko")
	if err := st.prepare(ctx); err != nil {
		return err
	}
	st.screen.head("Budi is an officer of %s", st.unit(budi.Unit))
	if err := st.enrol(ctx, budi, true); err != nil {
		return err
	}
	if budi.found {
		st.screen.note("  He enrolled in an earlier run, and is on duty.")
	}
	st.screen.head("Siti complains, as people do: in several messages")
	st.screen.record(siti)
	st.screen.record(budi)
	offer, err := st.complain(ctx, siti, budi)
	if err != nil {
		return err
	}
	st.screen.head("Budi takes the case, and asks back")
	mine, err := st.work(ctx, siti, budi, offer)
	if err != nil {
		return err
	}
	st.screen.head("Budi has it mended, and Siti is asked whether she is content")
	if err := st.finish(ctx, siti, budi, mine); err != nil {
		return err
	}
	st.screen.record(nil)
	st.screen.head("Joko complains too, in Javanese and on WhatsApp. There are no buttons there: he types a number")
	st.screen.record(joko)
	if err := st.meanwhile(ctx, joko); err != nil {
		return err
	}
	st.rest(ctx)
	st.screen.record(nil)
	return st.verify(ctx)
}

// prepare ends what an earlier run, or one that was killed, left in the middle, and enrols those who don't act in the story.
func (st *story) prepare(ctx context.Context) error {
	st.rest(ctx)
	var group errgroup.Group
	for _, a := range st.cast {
		group.Go(func() error {
			acts := a.Role == "" || a == st.actor("Budi")
			switch {
			case a.wa != nil && a.found:
				return st.clearTyped(ctx, a)
			case a.wa != nil:
				return nil
			case acts && a.found:
				return st.clear(ctx, a)
			case acts:
				return nil
			}
			if err := st.enrol(ctx, a, false); err != nil || !a.found {
				return err
			}
			if len(a.History()) > 0 {
				return nil
			}
			// Where their chats were not kept, whoever plays on as one of them finds there what waits.
			return st.ask(ctx, a, "antrian", "what waits")
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	st.rest(ctx)
	return nil
}

// clear ends what somebody was in the middle of, as they would: "batal", and withdrawing a case that waits for an answer nobody will give.
func (st *story) clear(ctx context.Context, a *actor) error {
	for range 3 {
		after := a.Seq()
		if err := st.say(a, "batal"); err != nil {
			return err
		}
		m, err := st.await(ctx, a, after, "to stop what was under way", func(*telegram.Message) bool { return true })
		if err != nil {
			return err
		}
		if strings.Contains(m.Text, a.words("cancel.nothing")) || strings.Contains(m.Text, a.words("cancel.what")) {
			break
		}
	}
	for _, c := range st.casesOf(ctx, a) {
		if c.Status != hotline.Asking {
			continue
		}
		after := a.Seq()
		if err := st.say(a, "cabut"); err != nil {
			return err
		}
		yes, which := a.words("button.cut.yes"), c.Number.String()
		m, err := st.await(ctx, a, after, "which report to withdraw", func(m *telegram.Message) bool { return has(m, yes) || has(m, which) })
		if err != nil {
			return err
		}
		if !has(m, yes) {
			after = a.Seq()
			if err := st.press(a, m, which); err != nil {
				return err
			}
			if m, err = st.await(ctx, a, after, "whether to withdraw "+which, func(m *telegram.Message) bool { return has(m, yes) }); err != nil {
				return err
			}
		}
		if err := st.press(a, m, yes); err != nil {
			return err
		}
	}
	return nil
}

// before gives the case of a story that was played to its end in an earlier run; none: the zero number. Everybody must be there still.
func (st *story) before(ctx context.Context) hotline.Number {
	for _, a := range st.cast {
		if !a.found {
			return hotline.Number{}
		}
	}
	var newest hotline.Case
	for _, c := range st.casesOf(ctx, st.actor("Siti")) {
		if c.ID > newest.ID && st.rated(ctx, c) {
			newest = c
		}
	}
	return newest.Number
}

// rated tells whether a case is that of a story that came to its end.
func (st *story) rated(ctx context.Context, c hotline.Case) (is bool) {
	err := st.house.Store().Do(ctx, time.Now(), func(tx *store.Tx) error {
		events, said, err := tx.History(ctx, c.ID)
		is = len(events) > 0 && strings.Contains(said[events[0].Content].Text, complaint) &&
			slices.ContainsFunc(events, func(e hotline.Event) bool { return said[e.Content].Text == thanks })
		return err
	})
	if err != nil {
		st.Log.Debug("a case's history cannot be read", "error", err)
	}
	return is
}

func (st *story) casesOf(ctx context.Context, a *actor) []hotline.Case {
	var cases []hotline.Case
	if a.person == 0 {
		return nil
	}
	err := st.house.Store().Do(ctx, time.Now(), func(tx *store.Tx) (err error) {
		cases, err = tx.CasesOf(ctx, a.person, 50)
		return err
	})
	if err != nil {
		st.Log.Debug("somebody's cases cannot be read", "error", err)
	}
	return cases
}

// complain tells of the matter until it has a number and Budi has the card.
func (st *story) complain(ctx context.Context, siti, budi *actor) (offer *telegram.Message, err error) {
	after, atBudi := siti.Seq(), budi.Seq()
	if err := st.say(siti, complaint); err != nil {
		return nil, err
	}
	st.pause(ctx, typing)
	st.screen.said(siti, "[foto jalan.jpg]")
	if _, err := siti.Photo("jalan.jpg", telegram.SamplePhoto(1, false), ""); err != nil {
		return nil, fmt.Errorf("siti sends a photo: %w", err)
	}
	st.pause(ctx, typing)
	st.screen.said(siti, "[lokasi -6.6181, 110.6539]")
	if _, err := siti.Pin(-6.6181, 110.6539); err != nil {
		return nil, fmt.Errorf("siti sends a place: %w", err)
	}
	send := siti.words("button.send")
	if err := st.agree(ctx, siti, after, send); err != nil {
		return nil, err
	}
	// The number, and below it maybe a question of the category.
	var skip *telegram.Message
	numbered := func(m *telegram.Message) bool {
		n, ok := st.numberIn(m.Text)
		if ok && st.number.Seq == 0 {
			st.number = n
		}
		return ok
	}
	m, err := st.await(ctx, siti, siti.pressed, "the number of her report", numbered)
	if err != nil {
		return nil, err
	}
	if skip = m; !has(m, siti.words("button.skip")) {
		skip = st.soon(ctx, siti, siti.pressed, siti.words("button.skip"))
	}
	for range 4 { // questions that help; the first choice of each will do
		if skip == nil {
			break
		}
		st.pause(ctx, reading)
		after := siti.Seq()
		if err := st.press(siti, skip, skip.Buttons[0][0].Text); err != nil {
			return nil, err
		}
		skip = st.soon(ctx, siti, after, siti.words("button.skip"))
	}
	return st.await(ctx, budi, atBudi, "the card of the new case", func(m *telegram.Message) bool {
		return has(m, budi.words("staff.button.take")) && strings.Contains(m.Text, st.number.String())
	})
}

// agree waits for the yes to be asked for, and says it. A matter like one of a moment ago is asked about first: it is a new one.
func (st *story) agree(ctx context.Context, a *actor, after int64, send string) error {
	fresh := a.words("button.near.new")
	for range 2 {
		m, err := st.await(ctx, a, after, fmt.Sprintf("the button [%s]", send), func(m *telegram.Message) bool { return has(m, send) || has(m, fresh) })
		if err != nil {
			return err
		}
		st.pause(ctx, reading)
		after = a.Seq()
		a.pressed = after
		if has(m, send) {
			return st.press(a, m, send)
		}
		if err := st.press(a, m, fresh); err != nil {
			return err
		}
	}
	return fmt.Errorf("%s is asked again and again whether it is a new report", first(a))
}

// work has Budi take the case and ask, and Siti answer.
func (st *story) work(ctx context.Context, siti, budi *actor, offer *telegram.Message) (mine *telegram.Message, err error) {
	st.pause(ctx, reading)
	after := budi.Seq()
	if err := st.press(budi, offer, budi.words("staff.button.take")); err != nil {
		return nil, err
	}
	resolve, ask := budi.words("staff.button.resolve"), budi.words("staff.button.ask")
	if mine, err = st.await(ctx, budi, after, "his own card of the case", func(m *telegram.Message) bool { return has(m, resolve) && has(m, ask) }); err != nil {
		return nil, err
	}
	st.pause(ctx, reading)
	after, atSiti := budi.Seq(), siti.Seq()
	if err := st.press(budi, mine, ask); err != nil {
		return nil, err
	}
	if _, err := st.await(ctx, budi, after, "to be asked what he wants to know", st.about); err != nil {
		return nil, err
	}
	st.pause(ctx, typing)
	if err := st.say(budi, question); err != nil {
		return nil, err
	}
	if _, err := st.await(ctx, siti, atSiti, "Budi's question", contains(question)); err != nil {
		return nil, err
	}
	st.pause(ctx, reading)
	after = budi.Seq()
	if err := st.say(siti, answer); err != nil {
		return nil, err
	}
	_, err = st.await(ctx, budi, after, "Siti's answer", contains(answer))
	return mine, err
}

// finish has Budi say what was done, and Siti rate it.
func (st *story) finish(ctx context.Context, siti, budi *actor, mine *telegram.Message) error {
	st.pause(ctx, reading)
	after, atSiti := budi.Seq(), siti.Seq()
	if err := st.press(budi, mine, budi.words("staff.button.resolve")); err != nil {
		return err
	}
	if _, err := st.await(ctx, budi, after, "to be asked what was done", st.about); err != nil {
		return err
	}
	st.pause(ctx, typing)
	after = budi.Seq()
	if err := st.say(budi, outcome); err != nil {
		return err
	}
	if _, err := st.await(ctx, budi, after, "to be asked for a photo", func(m *telegram.Message) bool { return has(m, budi.words("staff.button.nophoto")) }); err != nil {
		return err
	}
	st.pause(ctx, typing)
	st.screen.said(budi, "[foto hasil.jpg]")
	if _, err := budi.Photo("hasil.jpg", telegram.SamplePhoto(2, false), ""); err != nil {
		return fmt.Errorf("budi sends a photo: %w", err)
	}
	m, err := st.await(ctx, siti, atSiti, "what was done, with five buttons to rate it", func(m *telegram.Message) bool {
		return has(m, "5") && strings.Contains(m.Text, outcome)
	})
	if err != nil {
		return err
	}
	st.pause(ctx, reading)
	after = siti.Seq()
	if err := st.press(siti, m, "5"); err != nil {
		return err
	}
	if _, err := st.await(ctx, siti, after, "thanks for rating it", func(m *telegram.Message) bool { return true }); err != nil {
		return err
	}
	st.pause(ctx, reading)
	return st.ask(ctx, siti, thanks, "an answer to her thanks")
}

// verify looks whether Postgres holds what was seen.
func (st *story) verify(ctx context.Context) error {
	return st.house.Store().Do(ctx, time.Now(), func(tx *store.Tx) error {
		c, err := tx.CaseByNumber(ctx, st.number)
		if err != nil {
			return fmt.Errorf("read case %s: %w", st.number, err)
		}
		events, _, err := tx.History(ctx, c.ID)
		if err != nil {
			return fmt.Errorf("read the history of %s: %w", st.number, err)
		}
		var missing []string
		for _, kind := range []hotline.EventKind{hotline.EvFiled, hotline.EvAssigned, hotline.EvTaken, hotline.EvAsked, hotline.EvTold,
			hotline.EvResolved, hotline.EvRated} {
			if !slices.ContainsFunc(events, func(e hotline.Event) bool { return e.Kind == kind }) {
				missing = append(missing, string(kind))
			}
		}
		switch {
		case len(missing) > 0:
			return fmt.Errorf("the history of %s lacks %s", st.number, strings.Join(missing, ", "))
		case c.Rating != 5 || c.Outcome != hotline.EvResolved:
			return fmt.Errorf("case %s ended %q with rating %d, not resolved with 5", st.number, c.Outcome, c.Rating)
		}
		return nil
	})
}

// rest waits until all that is to be said has been said. What cannot be said (a chat that is gone) does not hold it up for long.
func (st *story) rest(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, settling)
	defer cancel()
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		p, err := st.house.Store().Pending(ctx, time.Now())
		if err == nil && p.Inbox == 0 && p.Outbox == 0 && p.Unrouted == 0 && p.Unlisted == 0 && st.sim.Bot().Pending() == 0 &&
			st.wa.Unacked(ourNumber) == 0 {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// The small things people do.

func (st *story) say(a *actor, text string) error {
	st.screen.said(a, text)
	send := func() error { _, err := a.Send(text); return err }
	if a.wa != nil {
		send = func() error { _, err := a.wa.Say(text); return err }
	}
	if err := send(); err != nil {
		return fmt.Errorf("%s writes: %w", first(a), err)
	}
	return nil
}

func (st *story) press(a *actor, m *telegram.Message, label string) error {
	st.screen.said(a, "["+label+"]")
	if _, err := a.Press(m.ID, label); err != nil {
		return fmt.Errorf("%s presses [%s]: %w", first(a), label, err)
	}
	return nil
}

func (st *story) pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// await waits until the bot sends somebody a message, or makes one, that fits.
func (st *story) await(ctx context.Context, a *actor, after int64, what string, fits func(*telegram.Message) bool) (*telegram.Message, error) {
	wait, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	c, err := a.WaitFor(wait, after, func(c telegram.Change) bool {
		return (c.Kind == telegram.Sent || c.Kind == telegram.Edited) && fits(c.Message)
	})
	switch {
	case err == nil:
		return c.Message, nil
	case ctx.Err() != nil:
		return nil, fmt.Errorf("%s did not get %s: %w", first(a), what, context.Cause(ctx))
	}
	said := "the bot said nothing"
	if m, ok := a.Last(); ok {
		said = fmt.Sprintf("the bot last said %q", strings.Join(drawn(&m), " "))
	}
	return nil, fmt.Errorf("%s waited %s for %s; %s", first(a), patience, what, said)
}

// soon is await for what may not come at all.
func (st *story) soon(ctx context.Context, a *actor, after int64, label string) *telegram.Message {
	wait, cancel := context.WithTimeout(ctx, 2*reading)
	defer cancel()
	c, err := a.WaitFor(wait, after, func(c telegram.Change) bool { return c.Message != nil && has(c.Message, label) })
	if err != nil {
		return nil
	}
	return c.Message
}

// about tells whether a message is about the story's case.
func (st *story) about(m *telegram.Message) bool { return strings.Contains(m.Text, st.number.String()) }

func contains(text string) func(*telegram.Message) bool {
	return func(m *telegram.Message) bool { return strings.Contains(m.Text, text) }
}

// has tells whether a message has a button.
func has(m *telegram.Message, label string) bool {
	return slices.ContainsFunc(m.Buttons, func(row []telegram.Button) bool {
		return slices.ContainsFunc(row, func(b telegram.Button) bool { return b.Text == label })
	})
}

func (st *story) numberIn(text string) (hotline.Number, bool) {
	for _, word := range strings.Fields(text) {
		if n, ok := hotline.ParseNumber(st.Regency.Letters, strings.Trim(word, ".,:;")); ok {
			return n, true
		}
	}
	return hotline.Number{}, false
}

var catalogue = phrase.Catalogue()

// words gives the phrase of a key as the actor reads it, so that a button is found whatever it is called.
func (a *actor) words(key string) string { return catalogue[key].In(hotline.Lang(a.Language)) }

func first(a *actor) string {
	name, _, _ := strings.Cut(a.Name, " ")
	return name
}

func (s *stage) unit(id string) string {
	u, _ := s.Regency.Unit(id)
	g, _ := s.Regency.Agency(u.Agency)
	switch {
	case u.Name == "":
		return strconv.Quote(id)
	case u.Name == g.Name || g.Short == "":
		return u.Name
	}
	return u.Name + ", " + g.Short
}
