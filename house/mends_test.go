package house_test

import (
	"strings"
	"testing"
	"time"

	"tanggap/hotline"
	"tanggap/store"
)

// Whoever got hold of a head's join code can have a group registered. The head hears of it at every address, with the button that ends it; and when the two
// are parted, the group ends by itself.
func TestAThiefsGroupIsToldOfAndEnds(t *testing.T) {
	t.Parallel()
	c := newCounter(t)
	hana, stolen, group := chat{hotline.Telegram, "8100000077"}, chat{hotline.WhatsApp, "66667777@lid"}, chat{hotline.WhatsApp, "120363000000000001@g.us"}
	code, err := c.store.NewInvite(t.Context(), c.now, hotline.Invite{Role: hotline.RoleHead, Unit: "dpupr", Name: "Hana", Expires: c.now.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	c.say(hana, "/daftar "+code)
	c.say(stolen, "halo")
	c.join(hana, stolen)
	register := func() spoken {
		how := c.say(stolen, "daftarkan grup").arg(stolen, "group.code.how", "command")
		return c.hand(group, hotline.Message{Kind: hotline.MsgText, Text: how, Group: true, From: stolen.peer})
	}
	groups := func() (n int) {
		c.do(func(tx *store.Tx) error {
			gs, err := tx.Groups(t.Context())
			n = len(gs)
			return err
		})
		return n
	}
	got := register()
	for _, at := range []chat{hana, stolen} {
		c.expect("a group is registered, at "+at.peer, got.keys(at), "group.registered")
	}
	c.expect("the head ends it", c.press(hana, got.button(hana, "g:end:")).keys(hana), "group.ended")
	if n := groups(); n != 0 {
		t.Errorf("%d groups", n)
	}
	register()
	if n := groups(); n != 1 {
		t.Fatalf("%d groups", n)
	}
	got = c.say(hana, "pisahkan")
	c.press(hana, got.button(hana, "j:part:"))
	if n := groups(); n != 0 {
		t.Errorf("after the parting: %d groups", n)
	}
}

// Two words are answered with few messages, once in a while, and with nothing more while these still wait.
func TestDataSayaIsNoFlood(t *testing.T) {
	t.Parallel()
	c := newCounter(t)
	siti := chat{hotline.Telegram, "8100000099"}
	filed := c.file(siti)
	c.do(func(tx *store.Tx) error {
		k, err := tx.Case(t.Context(), filed.ID)
		for i := 0; err == nil && i < 1000; i++ {
			k, err = tx.Record(k, hotline.Event{Kind: hotline.EvRemarked, By: k.Reporter}, hotline.Content{Author: k.Reporter, Text: "a"})
		}
		return err
	})
	said, texts := 0, 0
	count := func(s spoken) {
		said, texts = said+len(s[siti]), texts+strings.Count(s.keys(siti), "data.text")
	}
	got := c.say(siti, "data saya")
	count(got)
	if said > 10 || texts == 0 || texts > 1000 {
		t.Errorf("%d messages of %d texts", said, texts)
	}
	c.expect("asked again at once", c.say(siti, "data saya").keys(siti), "data.again")
	for more := got.button(siti, "p:data:"); more != ""; more = got.button(siti, "p:data:") {
		got = c.press(siti, more)
		count(got)
	}
	if texts != 1001 || said > 25 || !strings.HasSuffix(got.keys(siti), "data.end") {
		t.Errorf("in all %d messages of %d texts, at last %q", said, texts, got.keys(siti))
	}
	c.now = c.now.Add(10 * time.Minute)
	if got := c.say(siti, "data saya").keys(siti); !strings.HasPrefix(got, "data.head") {
		t.Errorf("ten minutes later: %q", got)
	}
}

// The network says that a number is another now: whoever gets the old one reads nothing of who had it, and what they began goes along.
func TestWhoMovedTakesTheirConversationAlong(t *testing.T) {
	t.Parallel()
	c := newCounter(t)
	before, after := chat{hotline.Telegram, "628111111111"}, chat{hotline.Telegram, "628222222222"}
	filed := c.file(before)
	c.do(func(tx *store.Tx) error {
		at, err := tx.Addresses(t.Context(), filed.Reporter)
		if err == nil {
			tx.MovedPerson(at[0].Address, after.peer)
		}
		return err
	})
	number := filed.Number.String()
	c.expect("a stranger at the old number", c.say(before, number).keys(before), "case.foreign")
	if got := c.say(after, number).keys(after); !strings.HasPrefix(got, "case.head") {
		t.Errorf("at the new number: %q", got)
	}
}
