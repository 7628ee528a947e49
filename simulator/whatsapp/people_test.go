package whatsapp

import (
	"fmt"
	"testing"

	"go.mau.fi/whatsmeow/types/events"
)

func TestHiddenNumber(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	b := adopted(t, s)
	p := someone(t, s, PersonOptions{HidePhone: true})
	must(p.Say("rahasia"))(t)
	m := await(b, saying("rahasia"))
	if !m.Info.SenderAlt.IsEmpty() || m.Info.Chat != p.lid {
		t.Errorf("%+v", m.Info)
	}
	if pn, err := b.Store.LIDs.GetPNForLID(within(t), p.lid); err != nil || !pn.IsEmpty() {
		t.Error("the number is known:", pn, err)
	}
	b.say(m.Info.Chat, "baik")
	if _, err := p.Wait(within(t), got("baik")); err != nil {
		t.Fatal(err)
	}
}

func TestOldStyle(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	b := adopted(t, s)
	p := someone(t, s, PersonOptions{OldStyle: true})
	must(p.Say("lama"))(t)
	m := await(b, saying("lama"))
	if m.Info.Chat.Server != byNumber || m.Info.SenderAlt.User != p.lid.User {
		t.Errorf("%+v", m.Info)
	}
	b.say(m.Info.Chat, "baik")
	if _, err := p.Wait(within(t), got("baik")); err != nil {
		t.Fatal(err)
	}
}

// Somebody buys a new phone: the same number, new keys. Both directions go on.
func TestNewPhone(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	b := adopted(t, s)
	p := someone(t, s, PersonOptions{})
	must(p.Say("satu"))(t)
	await(b, saying("satu"))
	b.say(p.lid, "dua")
	if _, err := p.Wait(within(t), got("dua")); err != nil {
		t.Fatal(err)
	}
	lid := p.LID()
	p.Disconnect()
	b.say(p.lid, "selagi mati") // for the old phone, and read by the new one
	if err := p.NewPhone(within(t)); err != nil {
		t.Fatal(err)
	}
	await(b, func(e *events.IdentityChange) bool { return e.JID.User == p.lid.User })
	if p.LID() != lid {
		t.Error("the LID changed")
	}
	if _, err := p.Wait(within(t), got("selagi mati")); err != nil {
		t.Fatal("written to the old phone:", err)
	}
	must(p.Say("tiga"))(t)
	await(b, saying("tiga"))
	b.say(p.lid, "empat")
	if _, err := p.Wait(within(t), got("empat")); err != nil {
		t.Fatal(err)
	}
}

// Every stranger's first message takes one of the bot's one-time keys. With few left the bot is
// told and uploads more; with none it goes on without.
func TestKeysRunOut(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	dev := blank()
	s.Adopt(botPhone, dev)
	b := newBot(t, s, dev).connect()
	s.UseUpKeys(botPhone, fewKeys)
	p := someone(t, s, PersonOptions{Phone: "62857100"})
	must(p.Say("satu"))(t)
	await(b, saying("satu"))
	until(t, func() bool { return s.Keys(botPhone) >= fewKeys })
	s.UseUpKeys(botPhone, 0)
	for i := range 3 {
		p := someone(t, s, PersonOptions{Phone: fmt.Sprint(62857200 + i)})
		say := fmt.Sprint("tanpa kunci ", i)
		must(p.Say(say))(t)
		await(b, saying(say))
		b.say(p.lid, "baik")
		if _, err := p.Wait(within(t), got("baik")); err != nil {
			t.Fatal(err)
		}
	}
}

func TestPeopleAndNumbers(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	b := adopted(t, s)
	p := someone(t, s, PersonOptions{})
	list, err := b.IsOnWhatsApp(within(t), []string{"+" + p.Phone(), "+62899"})
	if err != nil || len(list) != 2 || !list[0].IsIn || list[0].JID != p.lid || list[1].IsIn {
		t.Error(err, list)
	}
	if _, err := s.Person(within(t), PersonOptions{Phone: p.Phone()}); err == nil {
		t.Error("two people with one number")
	}
	if s.LID("+"+botPhone) == "" || s.LID("62899") != "" || s.Account(botPhone) != s.LID(botPhone) {
		t.Error("LIDs")
	}
	q := someone(t, s, PersonOptions{Phone: "62857300", To: p.Phone()})
	must(q.Say("antar warga"))(t)
	if r, err := p.Next(within(t)); err != nil || r.Text != "antar warga" || r.From != q.LID() {
		t.Error(err, r)
	}
	must(p.SayTo(q.Phone(), "ya"))(t)
	if r, err := q.Next(within(t)); err != nil || r.Text != "ya" {
		t.Error(err, r)
	}
}

// A server that is started again knows a device that it never saw, if it is told to.
func TestStartedAgain(t *testing.T) {
	t.Parallel()
	first := New(Options{Listen: "127.0.0.1:0"})
	first.Account(botPhone)
	dev := blank()
	first.Adopt(botPhone, dev)
	b := newBot(t, first, dev).connect()
	p := someone(t, first, PersonOptions{})
	must(p.Say("satu"))(t)
	await(b, saying("satu"))
	lid := p.LID()
	b.Disconnect()
	ok(t, first.Close())

	s := start(t, Options{KnownBefore: true})
	b = newBot(t, s, dev).connect()
	p = someone(t, s, PersonOptions{})
	if p.LID() != lid {
		t.Error("another LID")
	}
	b.say(p.lid, "masih ingat?") // under keys that the person no longer has
	if _, err := p.Wait(within(t), got("masih ingat?")); err != nil {
		t.Fatal(err)
	}
	must(p.Say("ya"))(t)
	await(b, saying("ya"))
}

func TestHistory(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	b := adopted(t, s)
	p := someone(t, s, PersonOptions{Keep: 2})
	seq := p.Seq()
	must(p.Say("halo"))(t)
	if list, err := p.Follow(within(t), seq); err != nil || len(list) == 0 || !list[0].Mine || list[0].Text != "halo" {
		t.Error(err, list)
	}
	b.say(p.lid, "satu")
	if r, err := p.Next(within(t)); err != nil || r.Text != "satu" {
		t.Error(err, r)
	}
	if list := p.History(); len(list) != 2 || !list[0].Mine || list[1].Mine {
		t.Errorf("%+v", list)
	}
	for range 4 {
		b.say(p.lid, "lagi")
		if r, err := p.Next(within(t)); err != nil || r.Text != "lagi" {
			t.Error(err, r)
		}
	}
	if list := p.History(); len(list) > 4 || list[len(list)-1].Text != "lagi" {
		t.Errorf("kept %d", len(list))
	}
	p.Close()
	if _, err := p.Say("x"); err == nil {
		t.Error("spoke after the end")
	}
	if _, err := p.Next(within(t)); err == nil {
		t.Error("heard after the end")
	}
}
