package whatsapp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/store"

	"tanggap/hotline"
	sim "tanggap/simulator/whatsapp"
)

// groups is a world with a group that is registered and one that is not; siti made both.
func groups(t *testing.T, change ...func(*Options)) (w *world, work, family *sim.Group, registered *atomic.Value) {
	t.Helper()
	registered = &atomic.Value{}
	registered.Store("")
	w = newWorld(t, append(change, func(o *Options) { o.Hears = func(g string) bool { return g == registered.Load() } })...)
	named := func(name string) *sim.Group {
		g, err := w.Group(name, w.siti.Phone(), ownPhone)
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
	work, family = named("Bidang Jalan"), named("Keluarga")
	registered.Store(work.ID())
	return w, work, family, registered
}

// Of what is said in a group only that comes in which can be for us, and whose it is: the code that registers one anywhere, and in one that is registered
// what quotes a card. Nothing else is kept, not even where the library keeps what it decrypted.
func TestGroups(t *testing.T) {
	t.Parallel()
	kept := recorder{make(chan []byte, 100)}
	w, work, family, _ := groups(t)
	w.channel.device.EventBuffer = discreet{recording{w.channel.device.EventBuffer.(discreet).EventBuffer, &kept}, w.channel.mayMatter}
	run(t, w.channel)
	must := must[string](t)
	must(w.siti.SayInGroup(family.ID(), "rahasia keluarga"))
	must(w.siti.SayInGroup(family.ID(), "/grup ABCD2345"))
	must(w.siti.SayInGroup(family.ID(), "/daftar"))
	must(w.siti.SayInGroup(family.ID(), "/daftar ABCD2345"))
	if m := w.inbox.next(t); m.Text != "/daftar ABCD2345" || m.Address.Peer != family.ID() || !m.Group || m.From != w.siti.LID() || m.Phone != "+"+w.siti.Phone() {
		t.Errorf("%+v", m)
	}
	elsewhere, err := w.channel.Send(soon(t), hotline.Outgoing{ID: 2, Peer: family.ID(), Text: "Halo"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.siti.Wait(soon(t), func(r sim.Received) bool { return r.ID == elsewhere.Ref && r.Kind == sim.Text }); err != nil {
		t.Fatal(err)
	}
	must(w.siti.ReplyInGroup(family.ID(), elsewhere.Ref, "rahasia kepada siapa"))

	asked := must(w.siti.SayInGroup(work.ID(), "rahasia kantor"))
	card, err := w.channel.Send(soon(t), hotline.Outgoing{ID: 3, Peer: work.ID(), Text: "Jalan rusak", Choices: plain, ReplyTo: asked})
	if err != nil {
		t.Fatal(err)
	}
	got, err := w.siti.Wait(soon(t), func(r sim.Received) bool { return r.ID == card.Ref && r.Kind == sim.Text })
	if err != nil || got.Quotes != asked || !got.Group {
		t.Errorf("%+v: %v", got, err)
	}
	must(w.siti.ReplyInGroup(work.ID(), asked, "rahasia juga")) // quotes somebody else
	must(w.siti.React(card.Ref, "👍"))
	must(w.siti.ReplyInGroup(work.ID(), card.Ref, "ambil"))
	if m := w.inbox.next(t); m.Text != "ambil" || m.ReplyTo != card.Ref || m.From != w.siti.LID() || m.Address.Peer != work.ID() {
		t.Errorf("%+v", m)
	}
	<-w.Quiet(ownPhone)
	if rows, _ := w.inbox.count(); rows != 2 {
		t.Errorf("%d rows in the inbox", rows)
	}
	// A reply to something of ours in a group that is none of ours is the one thing that stands in the buffer until it is looked at.
	if all := kept.all(); bytes.Count(all, []byte("rahasia")) != bytes.Count(all, []byte("rahasia kepada siapa")) || !bytes.Contains(all, []byte("ambil")) {
		t.Errorf("the library's buffer held %q", all)
	}
}

// That we were put out of a group that is registered comes in, once, also when the network tells it again or nothing could be committed just then; of
// another group it is no news.
func TestPutOutOfAGroup(t *testing.T) {
	t.Parallel()
	w, work, family, _ := groups(t)
	var refused atomic.Int32
	w.inbox.fail = func(hotline.Raw) error {
		if refused.Add(1) == 1 {
			return errors.New("away")
		}
		return nil
	}
	stop := run(t, w.channel)
	<-w.Quiet(ownPhone)
	family.Remove(ownPhone)
	work.Remove(ownPhone)
	m := w.inbox.next(t)
	if m.Kind != hotline.MsgBlocked || !m.Group || m.Address.Peer != work.ID() || m.From != "" {
		t.Errorf("%+v", m)
	}
	<-w.Quiet(ownPhone)
	w.RedeliverAll(ownPhone)
	<-w.Quiet(ownPhone)
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if rows, _ := w.inbox.count(); rows != 1 {
		t.Errorf("%d rows in the inbox", rows)
	}
}

// Somebody else who goes is no news; while the program is away, it hears of being put out when it is back.
func TestPutOutOfAGroupWhileAway(t *testing.T) {
	t.Parallel()
	w, work, _, _ := groups(t)
	stop := run(t, w.channel)
	budi := w.person(t, sim.PersonOptions{Name: "Budi", Phone: "6281234567891"})
	work.Add(budi.Phone())
	work.Remove(budi.Phone())
	<-w.Quiet(ownPhone)
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	work.Remove(ownPhone)
	run(t, w.another(t))
	if m := w.inbox.next(t); m.Kind != hotline.MsgBlocked || m.Address.Peer != work.ID() {
		t.Errorf("%+v", m)
	}
	<-w.Quiet(ownPhone)
	if rows, _ := w.inbox.count(); rows != 1 {
		t.Errorf("%d rows in the inbox", rows)
	}
}

// Where the network never told, the first message that the group does not take does.
func TestASendFindsThatTheGroupPutUsOut(t *testing.T) {
	t.Parallel()
	w, work, _, registered := groups(t)
	run(t, w.channel)
	<-w.Quiet(ownPhone)
	registered.Store("") // so that the network's own news is none
	work.Remove(ownPhone)
	<-w.Quiet(ownPhone)
	_, err := w.channel.Send(soon(t), hotline.Outgoing{ID: 9, Peer: work.ID(), Text: "Kasus baru"})
	var failed *hotline.SendError
	if !errors.As(err, &failed) || failed.Trouble != hotline.TroubleGone {
		t.Fatalf("%v", err)
	}
	if m := w.inbox.next(t); m.Kind != hotline.MsgBlocked || !m.Group || m.Address.Peer != work.ID() {
		t.Errorf("%+v", m)
	}
}

func TestWhatRegistersAGroup(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"/daftar K7QM2X": true, " /DAFTAR K7QM2X": true, "/daftar@tanggap K7QM2X": true, "/start daftar-K7QM2X": true,
		"": false, "/daftar": false, "daftar K7QM2X": false, "/start": false, "/start halo": false, "/daftarkan grup": false, "ayo /daftar K7QM2X": false,
	} {
		if got := registers(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// What cannot be read here is kept, since nobody knows what it is.
func TestTheBufferKeepsWhatItCannotRead(t *testing.T) {
	t.Parallel()
	b := discreet{ours: func(m *waE2E.Message) bool { return registers(textOf(m)) }}
	for text, want := range map[string]bool{"/daftar K7QM2X": true, "rahasia": false} {
		raw, err := proto.Marshal(&waE2E.Message{Conversation: &text})
		if err != nil {
			t.Fatal(err)
		}
		for _, pad := range []int{0, 1, 7, 15} {
			if got := b.keeps(append(raw[:len(raw):len(raw)], bytes.Repeat([]byte{byte(pad)}, pad)...)); got != want {
				t.Errorf("%q padded by %d: %v", text, pad, got)
			}
		}
	}
	for _, broken := range []string{"\xff\xff\xff", "\x0a\x7fkurang"} {
		if !b.keeps([]byte(broken)) {
			t.Errorf("%q is not kept", broken)
		}
	}
}

// A recorder keeps what the library's buffer was given.
type recorder struct{ given chan []byte }

func (r *recorder) all() (all []byte) {
	for {
		select {
		case b := <-r.given:
			all = append(append(all, b...), '|')
		default:
			return all
		}
	}
}

type recording struct {
	store.EventBuffer
	to *recorder
}

func (r recording) PutBufferedEvent(ctx context.Context, hash [32]byte, plain []byte, at time.Time) error {
	select {
	case r.to.given <- bytes.Clone(plain):
	default:
		return fmt.Errorf("more than was expected")
	}
	return r.EventBuffer.PutBufferedEvent(ctx, hash, plain, at)
}
