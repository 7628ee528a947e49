package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"tanggap/hotline"
	sim "tanggap/simulator/whatsapp"
)

// Every kind of message comes through the network and is read.
func TestEveryKindComesThrough(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *Options) { o.Polls = true })
	run(t, w.channel)
	must := must[string](t)

	first := must(w.siti.Say("Jalan depan balai desa rusak"))
	m := w.inbox.next(t)
	if m.Kind != hotline.MsgText || m.Text != "Jalan depan balai desa rusak" || m.Ref != first || m.Address.Peer != w.siti.LID() || m.Phone != "+"+w.siti.Phone() ||
		m.Name != "Siti Aminah" || time.Since(m.At) > time.Minute || m.Group {
		t.Errorf("%+v", m)
	}
	poll, err := w.channel.Send(soon(t), hotline.Outgoing{ID: 7, Peer: m.Address.Peer, Text: "Benar?", Choices: plain})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.siti.Wait(soon(t), func(r sim.Received) bool { return r.ID == poll.Ref }); err != nil {
		t.Fatal(err)
	}
	long, err := w.channel.Send(soon(t), hotline.Outgoing{ID: 8, Peer: m.Address.Peer, Text: strings.Repeat("Panjang sekali. ", 600)})
	if err != nil {
		t.Fatal(err)
	}
	var part string
	if _, err := w.siti.Wait(soon(t), func(r sim.Received) bool {
		if r.ID != long.Ref && strings.HasPrefix(r.Text, "Panjang") {
			part = r.ID
		}
		return r.ID == long.Ref
	}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		do   func() (string, error)
		ok   func(hotline.Message) bool
	}{
		{"reply to the first part of something long", func() (string, error) { return w.siti.Reply(part, "yang ini") },
			func(m hotline.Message) bool {
				return m.Kind == hotline.MsgText && m.Text == "yang ini" && m.ReplyTo == long.Ref
			}},
		{"vote", func() (string, error) { return w.siti.Vote(poll.Ref, "Ubah") },
			func(m hotline.Message) bool {
				return m.Kind == hotline.MsgText && m.Text == "Ubah" && m.ReplyTo == poll.Ref
			}},
		{"forward", func() (string, error) { return w.siti.Forward("awas banjir") }, func(m hotline.Message) bool { return m.Forwarded }},
		{"place", func() (string, error) { return w.siti.Pin(-6.58, 110.66) },
			func(m hotline.Message) bool {
				return m.Kind == hotline.MsgPin && m.Pin.Lat == -6.58 && m.Pin.Lng == 110.66
			}},
		{"contact", func() (string, error) { return w.siti.ContactCard("Siti", w.siti.Phone()) },
			func(m hotline.Message) bool {
				return m.Kind == hotline.MsgContact && m.Contact.Own && m.Contact.Phone == "+"+w.siti.Phone()
			}},
		{"reaction", func() (string, error) { return w.siti.React(long.Ref, "👍") },
			func(m hotline.Message) bool {
				return m.Kind == hotline.MsgReaction && m.Text == "👍" && m.On == long.Ref
			}},
		{"edit", func() (string, error) { return w.siti.Edit(first, "Jalan rusak berat") },
			func(m hotline.Message) bool {
				return m.Kind == hotline.MsgEdit && m.Ref == first && m.Text == "Jalan rusak berat"
			}},
		{"deletion", func() (string, error) { return w.siti.Delete(first) }, func(m hotline.Message) bool { return m.Kind == hotline.MsgDeleted && m.Ref == first }},
		{"sticker", func() (string, error) { return w.siti.Sticker([]byte("webp")) }, func(m hotline.Message) bool { return m.Kind == hotline.MsgSticker }},
		{"photo", func() (string, error) { return w.siti.Photo([]byte("jpeg"), "lubangnya") },
			func(m hotline.Message) bool {
				return m.Kind == hotline.MsgMedia && m.Media.Kind == hotline.Photo && m.Text == "lubangnya"
			}},
		{"voice note", func() (string, error) { return w.siti.Voice([]byte("ogg"), time.Second) },
			func(m hotline.Message) bool { return m.Kind == hotline.MsgMedia && m.Media.Kind == hotline.Voice }},
		{"document", func() (string, error) { return w.siti.Document("surat.pdf", []byte("pdf"), "ini") },
			func(m hotline.Message) bool {
				return m.Kind == hotline.MsgMedia && m.Media.Kind == hotline.Document && m.Media.Name == "surat.pdf" && m.Text == "ini"
			}},
	} {
		must(c.do())
		if m := w.inbox.next(t); !c.ok(m) {
			t.Errorf("%s is read as %+v", c.name, m)
		}
	}
	<-w.Quiet(ownPhone)
}

// Somebody who hides the number is known by LID alone; somebody of before LIDs is known by LID too. Both are answered.
func TestPeopleGoByLID(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	run(t, w.channel)
	for _, o := range []sim.PersonOptions{{Name: "Tersembunyi", Phone: "6281300000001", HidePhone: true}, {Name: "Lama", Phone: "6281300000002", OldStyle: true}} {
		p := w.person(t, o)
		must[string](t)(p.Say("halo"))
		m := w.inbox.next(t)
		if m.Address.Peer != p.LID() || (m.Phone == "") != o.HidePhone {
			t.Errorf("%s is %q, %q", o.Name, m.Address.Peer, m.Phone)
		}
		r, err := w.channel.Send(soon(t), hotline.Outgoing{ID: 1, Peer: m.Address.Peer, Text: "halo juga", ReplyTo: m.Ref})
		if err != nil {
			t.Fatal(err)
		}
		got, err := p.Wait(soon(t), func(got sim.Received) bool { return got.ID == r.Ref })
		if err != nil || got.Text != "halo juga" || got.Quotes != m.Ref {
			t.Errorf("%s got %+v: %v", o.Name, got, err)
		}
	}
}

// An inbox that fails once: nothing is lost, nothing is out of order, nothing is kept twice, and the network hears of a message only once it is kept.
func TestInboxThatFailsLosesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	fails := 0
	w.inbox.failing(func(r hotline.Raw) error {
		if strings.Contains(string(r.Body), "name") && fails < 2 && len(w.inbox.rows) == 2 {
			fails++
			return errors.New("the database is away")
		}
		return nil
	})
	run(t, w.channel)
	for i := range 6 {
		must[string](t)(w.siti.Say(fmt.Sprint("pesan ", i)))
	}
	for i := range 6 {
		if m := w.inbox.next(t); m.Text != fmt.Sprint("pesan ", i) {
			t.Fatalf("%q comes in place %d", m.Text, i)
		}
	}
	<-w.Quiet(ownPhone)
	if fails != 2 {
		t.Errorf("the inbox failed %d times: nothing was shown", fails)
	}
}

// A handler that breaks is not success: the message comes again. One that it always breaks over is put aside, and holds nobody up.
func TestHandlerThatBreaks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	broke := 0
	w.inbox.failing(func(r hotline.Raw) error {
		var bad bool
		if m, err := Parse(r.Body); err == nil {
			bad = m.Text == "sekali" && broke == 0 || m.Text == "selalu"
		}
		if bad {
			broke++
			panic("rahasia")
		}
		return nil
	})
	run(t, w.channel)
	for _, s := range []string{"sekali", "selalu", "sesudahnya"} {
		must[string](t)(w.siti.Say(s))
	}
	for _, want := range []struct {
		kind hotline.MessageKind
		text string
	}{{hotline.MsgText, "sekali"}, {hotline.MsgGarbled, ""}, {hotline.MsgText, "sesudahnya"}} {
		if m := w.inbox.next(t); m.Kind != want.kind || m.Text != want.text {
			t.Fatalf("%s %q, want %+v", m.Kind, m.Text, want)
		}
	}
	<-w.Quiet(ownPhone)
	if broke != 1+mostStumbles {
		t.Errorf("it broke %d times", broke)
	}
}

// What the network gives again changes nothing, also after a restart of the program.
func TestRedeliveryChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	stop := run(t, w.channel)
	for i := range 5 {
		must[string](t)(w.siti.Say(fmt.Sprint(i)))
		w.inbox.next(t)
	}
	<-w.Quiet(ownPhone)
	w.RedeliverAll(ownPhone)
	<-w.Quiet(ownPhone)
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	w.RedeliverAll(ownPhone)
	run(t, w.another(t))
	must[string](t)(w.siti.Say("sesudahnya"))
	if m := w.inbox.next(t); m.Text != "sesudahnya" {
		t.Errorf("%q came twice", m.Text)
	}
	<-w.Quiet(ownPhone)
}

// A program that is gone in the moment of the commit is given the message again when it comes back.
func TestCrashLosesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	at, gone := make(chan struct{}), make(chan struct{})
	var once sync.Once
	w.inbox.failing(func(hotline.Raw) error {
		once.Do(func() { close(at) })
		<-gone
		return context.Canceled
	})
	stop := run(t, w.channel)
	must[string](t)(w.siti.Say("tolong"))
	<-at
	w.Cut(ownPhone)
	close(gone)
	w.inbox.failing(nil)
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	run(t, w.another(t))
	if m := w.inbox.next(t); m.Text != "tolong" {
		t.Errorf("%+v", m)
	}
	<-w.Quiet(ownPhone)
}

// A database that is away in the middle of decrypting is not a message that cannot be decrypted: the sender is not asked for it again.
func TestDatabaseAwayLosesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	run(t, w.channel)
	must[string](t)(w.siti.Say("sebelum"))
	w.inbox.next(t)
	<-w.Quiet(ownPhone)
	// The library's table is locked away from it for longer than it may wait.
	ctx := soon(t)
	if _, err := w.db.ExecContext(ctx, `alter table whatsmeow_event_buffer rename to away`); err != nil {
		t.Fatal(err)
	}
	if _, err := w.db.ExecContext(ctx, `create function whatsmeow_gone() returns int language plpgsql as $$ begin raise exception using errcode = '57P03'; end $$;
		create view whatsmeow_event_buffer as select whatsmeow_gone()::text our_jid, ''::bytea ciphertext_hash, ''::bytea plaintext, 0::bigint server_timestamp, 0::bigint insert_timestamp`); err != nil {
		t.Fatal(err)
	}
	for i := range 8 {
		must[string](t)(w.siti.Say(fmt.Sprint("pesan ", i)))
	}
	for w.channel.State().Healthy {
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
			t.Fatal("nobody notices")
		}
	}
	if _, err := w.db.ExecContext(ctx, `drop view whatsmeow_event_buffer; alter table away rename to whatsmeow_event_buffer`); err != nil {
		t.Fatal(err)
	}
	for i := range 8 {
		if m := w.inbox.next(t); m.Text != fmt.Sprint("pesan ", i) {
			t.Fatalf("%q comes in place %d", m.Text, i)
		}
	}
	<-w.Quiet(ownPhone)
	if n := w.Retries(w.siti.LID()); n != 0 {
		t.Errorf("the sender was asked %d times", n)
	}
}

// A garbled message is asked for again, and comes. One that never comes in a shape that can be read is told of.
func TestGarbledMessages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	stop := run(t, w.channel)
	must[string](t)(w.siti.Say("halo"))
	w.inbox.next(t)
	w.Garble(ownPhone, 1)
	must[string](t)(w.siti.Say("sekali rusak"))
	if m := w.inbox.next(t); m.Text != "sekali rusak" {
		t.Errorf("%+v", m)
	}
	<-w.Quiet(ownPhone)
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	w.channel = w.another(t)
	w.channel.unread.patience = 300 * time.Millisecond // of hours that nobody waits for here
	run(t, w.channel)
	w.Garble(ownPhone, 100)
	id := must[string](t)(w.siti.Say("selalu rusak"))
	if m := w.inbox.next(t); m.Kind != hotline.MsgGarbled || m.Ref != id || m.Address.Peer != w.siti.LID() {
		t.Errorf("%+v", m)
	}
}

// A new telephone has new keys: whoever bought one is heard as before, and by the same name.
func TestNewTelephone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	run(t, w.channel)
	must[string](t)(w.siti.Say("dari yang lama"))
	before := w.inbox.next(t)
	if _, err := w.channel.Send(soon(t), hotline.Outgoing{ID: 1, Peer: before.Address.Peer, Text: "ya"}); err != nil {
		t.Fatal(err)
	}
	if err := w.siti.NewPhone(soon(t)); err != nil {
		t.Fatal(err)
	}
	must[string](t)(w.siti.Say("dari yang baru"))
	after := w.inbox.next(t)
	if after.Text != "dari yang baru" || after.Address.Peer != before.Address.Peer {
		t.Errorf("%+v", after)
	}
	r, err := w.channel.Send(soon(t), hotline.Outgoing{ID: 2, Peer: after.Address.Peer, Text: "terbaca?"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.siti.Wait(soon(t), func(got sim.Received) bool { return got.ID == r.Ref }); err != nil {
		t.Error(err)
	}
}

// What waited while the program was away comes in order.
func TestBacklogComesInOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	stop := run(t, w.channel)
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	const many = 300
	for i := range many {
		must[string](t)(w.siti.Say(fmt.Sprint(i)))
	}
	run(t, w.another(t))
	for i := range many {
		if m := w.inbox.next(t); m.Text != fmt.Sprint(i) {
			t.Fatalf("%q comes in place %d", m.Text, i)
		}
	}
	<-w.Quiet(ownPhone)
	if rows, twice := w.inbox.count(); rows != many || twice != 0 {
		t.Errorf("%d rows, %d twice", rows, twice)
	}
}
