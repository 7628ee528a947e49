package demo

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"tanggap/hotline"
	"tanggap/simulator/whatsapp"
	"tanggap/store"
)

// meanwhile has Joko complain in Javanese, on WhatsApp, about something that then waits for whoever plays on.
func (st *story) meanwhile(ctx context.Context, joko *actor) error {
	after := joko.wa.Seq()
	if err := st.say(joko, meanwhile); err != nil {
		return err
	}
	for range 2 { // a matter like one of a moment ago is asked about first: it is a new one
		m, err := st.reads(ctx, joko, after, "a list of choices", func(r whatsapp.Received) bool {
			return choice(r, "button.send") != "" || choice(r, "button.near.new") != ""
		})
		if err != nil {
			return err
		}
		st.pause(ctx, reading)
		after = joko.wa.Seq()
		send := choice(m, "button.send")
		if err := st.say(joko, cmp.Or(send, choice(m, "button.near.new"))); err != nil {
			return err
		}
		if send != "" {
			break
		}
	}
	_, err := st.reads(ctx, joko, after, "the number of his report", func(r whatsapp.Received) bool {
		_, ok := st.numberIn(r.Text)
		return ok
	})
	return err
}

// clearTyped ends what somebody on WhatsApp was in the middle of when an earlier run was killed, and withdraws what an earlier run's story left waiting,
// so that it does not pile up.
func (st *story) clearTyped(ctx context.Context, a *actor) error {
	for range 3 {
		after := a.wa.Seq()
		if err := st.say(a, "batal"); err != nil {
			return err
		}
		m, err := st.reads(ctx, a, after, "to stop what was under way", func(whatsapp.Received) bool { return true })
		if err != nil {
			return err
		}
		if says(m.Text, "cancel.nothing") || says(m.Text, "cancel.what") {
			break
		}
	}
	for _, c := range st.casesOf(ctx, a) {
		if !c.Status.Live() || !st.filedAs(ctx, c, meanwhile) {
			continue
		}
		if err := st.withdraw(ctx, a, c.Number.String()); err != nil {
			return err
		}
	}
	return nil
}

// filedAs tells whether a case was filed with these words.
func (st *story) filedAs(ctx context.Context, c hotline.Case, words string) (is bool) {
	err := st.house.Store().Do(ctx, time.Now(), func(tx *store.Tx) error {
		events, said, err := tx.History(ctx, c.ID)
		is = len(events) > 0 && said[events[0].Content].Text == words
		return err
	})
	if err != nil {
		st.Log.Debug("a case's history cannot be read", "error", err)
	}
	return is
}

// withdraw has somebody on WhatsApp withdraw a case.
func (st *story) withdraw(ctx context.Context, a *actor, which string) error {
	for text := "cabut"; ; {
		after := a.wa.Seq()
		if err := st.say(a, text); err != nil {
			return err
		}
		m, err := st.reads(ctx, a, after, "whether to withdraw "+which, func(r whatsapp.Received) bool { return numbered.MatchString(r.Text) })
		if err != nil {
			return err
		}
		if yes := choice(m, "button.cut.yes"); yes != "" {
			after = a.wa.Seq()
			if err := st.say(a, yes); err != nil {
				return err
			}
			_, err := st.reads(ctx, a, after, "that "+which+" is withdrawn", func(whatsapp.Received) bool { return true })
			return err
		}
		again := lineWith(m, which)
		if again == "" || text != "cabut" {
			return fmt.Errorf("%s cannot withdraw %s; the bot said %q", first(a), which, m.Text)
		}
		text = again
	}
}

// lineWith gives what to type for a choice that holds a text; empty: there is none.
func lineWith(r whatsapp.Received, text string) string {
	for _, line := range numbered.FindAllStringSubmatch(r.Text, -1) {
		if strings.Contains(line[2], text) {
			return line[1]
		}
	}
	return ""
}

// reads waits until the bot writes somebody on WhatsApp a message that fits.
func (st *story) reads(ctx context.Context, a *actor, after int64, what string, fits func(whatsapp.Received) bool) (whatsapp.Received, error) {
	wait, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	r, err := a.wa.WaitAfter(wait, after, func(r whatsapp.Received) bool { return r.Message() && fits(r) })
	switch {
	case err == nil:
		return r, nil
	case ctx.Err() != nil:
		return r, fmt.Errorf("%s did not get %s: %w", first(a), what, context.Cause(ctx))
	}
	said := "the bot said nothing"
	if all := a.wa.Messages(); len(all) > 0 {
		said = fmt.Sprintf("the bot last said %q", all[len(all)-1].Text)
	}
	return r, fmt.Errorf("%s waited %s for %s; %s", first(a), patience, what, said)
}

// numbered is a choice as it stands on WhatsApp.
var numbered = regexp.MustCompile(`(?m)^([0-9]{1,2})\. (.+)$`)

// choice gives what to type for a choice, in whatever language it is put; empty: it is not there.
func choice(r whatsapp.Received, key string) string {
	for _, line := range numbered.FindAllStringSubmatch(r.Text, -1) {
		if says(line[2], key) {
			return line[1]
		}
	}
	return ""
}

// says tells whether a text holds a phrase in any language, up to where something is put into it.
func says(text, key string) bool {
	for _, l := range []hotline.Lang{hotline.Indonesian, hotline.Javanese, hotline.English} {
		if words, _, _ := strings.Cut(catalogue[key].In(l), "{"); strings.Contains(text, words) {
			return true
		}
	}
	return false
}
