package bot

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tanggap/hotline"
)

// KeepBlocked keeps what becomes no report with what is said of no case.
func (c *citizen) KeepBlocked(_ hotline.Block, _ hotline.PersonID, s hotline.Content) { c.keep(s, 0) }

// barredTexts gives what was kept that belongs to no case.
func (c *citizen) barredTexts() []string {
	var all []string
	for _, s := range c.said {
		if s.Case == 0 {
			all = append(all, s.Text)
		}
	}
	return all
}

func (c *citizen) block() {
	c.conv.Block = &hotline.Block{ID: 1, Person: 1, Reason: hotline.BlockAbuse, From: c.now, Until: c.now.AddDate(0, 0, 30)}
}

// answers counts how often they were told that they are blocked, over some messages.
func answers(outs []hotline.Out) (n int) {
	for _, k := range keys(outs) {
		if k == "block.is" {
			n++
		}
	}
	return n
}

// Whatever somebody who is blocked writes and presses, in whatever order: nothing becomes a case but danger, every plain word that becomes none is kept, and
// the answer comes at most once a day.
func TestWhoIsBlockedFilesNothingButDanger(t *testing.T) {
	t.Parallel()
	one := newCitizen(t)
	rapid.Check(t, func(rt *rapid.T) {
		c := &citizen{bot: one.bot, book: one.book, now: one.now, conv: one.conv, cases: map[hotline.CaseID]hotline.Case{}, said: map[hotline.ContentID]hotline.Content{}}
		if rapid.Bool().Draw(rt, "has a case") {
			c.say(t, "jalan rusak di desa Tegalsambi")
			c.say(t, "ya")
		}
		if rapid.Bool().Draw(rt, "draft") {
			c.say(t, "sampah menumpuk di pasar")
		}
		events := len(c.events)
		c.block()
		var told time.Time
		seen := []string{"c:new", "c:human", "c:menu", "c:go"}
		for range rapid.IntRange(1, 12).Draw(rt, "messages") {
			wait := rapid.SampledFrom([]time.Duration{time.Second, time.Minute, 20 * time.Minute, 5 * time.Hour}).Draw(rt, "wait")
			var outs []hotline.Out
			text := ""
			if rapid.IntRange(0, 3).Draw(rt, "press") == 0 {
				outs = c.hand(t, wait, hotline.Message{Kind: hotline.MsgChoice, Choice: rapid.SampledFrom(seen).Draw(rt, "button"), Callback: "cb"})
			} else {
				text = rapid.SampledFrom([]string{"halo", "lapor", "jalan rusak di Tegalsambi", "sampah numpuk dekat pasar", "ya", "tidak", "rahasia", "petugas", "menu", "batal",
					"rumah tetangga kebakaran", "kemarin hampir kebakaran", "tetangga saya dipukul suaminya", "belum beres", "terima kasih", "2", "ada yang lain lagi"}).Draw(rt, "text")
				outs = c.hand(t, wait, hotline.Message{Kind: hotline.MsgText, Text: text})
			}
			seen = append(seen, choices(outs)...)
			switch n := answers(outs); {
			case n > 1, n == 1 && !told.IsZero() && c.now.Sub(told) < hotline.BlockAgain-time.Minute:
				rt.Fatalf("%q: told %d times, the last time at %v, now %v", text, n, told, c.now)
			case n == 1:
				told = c.now
			}
			if alarmed(outs) && c.now.Sub(told) < time.Minute { // it took the place of an answer that waited
				told = time.Time{}
			}
		}
		for _, e := range c.events[events:] {
			if e.Kind == hotline.EvFiled && !e.Urgent && !strings.Contains(c.said[e.Content].Text, "kebakaran") { // a human reads a doubt

				rt.Fatalf("filed: %+v", e)
			}
		}
	})
}

func alarmed(outs []hotline.Out) bool {
	return slices.ContainsFunc(outs, func(o hotline.Out) bool { return o.Lane == hotline.LaneEmergency })
}

// The words of what is refused are kept, each once; and told just before a fire they say where it burns.
func TestWhatIsRefusedIsKeptAndRecalled(t *testing.T) {
	t.Parallel()
	c := newCitizen(t)
	c.block()
	outs := c.say(t, "gudang di desa Tegalsambi")
	if answers(outs) != 1 || c.filed != 0 {
		t.Fatalf("answered with %v, %d filed", keys(outs), c.filed)
	}
	c.say(t, "sampah numpuk di Tegalsambi")
	if got := c.barredTexts(); len(got) != 2 {
		t.Errorf("kept %q", got)
	}
	c.hand(t, time.Second, hotline.Message{Kind: hotline.MsgText, Text: "tolong, kebakaran"})
	if c.filed != 1 {
		t.Fatalf("danger: %v, %d filed", keys(c.outs), c.filed)
	}
	for _, e := range c.events {
		if e.Kind == hotline.EvFiled && (!e.Urgent || e.Area == "") {
			t.Errorf("filed %+v", e)
		}
	}
	if got := c.barredTexts(); len(got) != 2 {
		t.Errorf("kept again: %q", got)
	}
}

// A draft that was begun before the block is taken away with it, by its button and by the next word; staff are not barred, and nobody is when it is over.
func TestABlockMeetsADraft(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"button", "word"} {
		c := newCitizen(t)
		c.say(t, "jalan rusak di desa Tegalsambi")
		yes := slices.IndexFunc(choices(c.outs), func(v string) bool { return strings.Contains(v, ":send:") })
		if yes < 0 {
			t.Fatalf("no way to send: %v", choices(c.outs))
		}
		button := choices(c.outs)[yes]
		c.block()
		if how == "button" {
			c.press(t, button)
		} else {
			c.say(t, "ya")
		}
		if c.filed != 0 || answers(c.outs) != 1 {
			t.Errorf("%s: %d filed, answered %v", how, c.filed, keys(c.outs))
		}
		if got := fmt.Sprint(c.barredTexts()); !strings.Contains(got, "jalan rusak") {
			t.Errorf("%s: kept %s", how, got)
		}
		c.now = c.conv.Block.Until
		c.say(t, "jalan rusak di desa Tegalsambi")
		if answers(c.outs) != 0 || len(choices(c.outs)) == 0 {
			t.Errorf("%s: after its end: %v", how, keys(c.outs))
		}
	}
}
