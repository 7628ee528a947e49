package whatsapp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"tanggap/hotline"
	sim "tanggap/simulator/whatsapp"
)

// met makes the person write first, as everybody does, and gives their address.
func (w *world) met(t *testing.T) (peer, ref string) {
	t.Helper()
	must[string](t)(w.siti.Say("halo"))
	m := w.inbox.next(t)
	<-w.Quiet(ownPhone) // committed is not all: now it may be marked as read, too
	return m.Address.Peer, m.Ref
}

func (w *world) send(t *testing.T, out hotline.Outgoing) hotline.Receipt {
	t.Helper()
	return must[hotline.Receipt](t)(w.channel.Send(soon(t), out))
}

func (w *world) got(t *testing.T, match func(sim.Received) bool) sim.Received {
	t.Helper()
	return must[sim.Received](t)(w.siti.Wait(soon(t), match))
}

func byID(id string) func(sim.Received) bool {
	return func(r sim.Received) bool { return r.Message() && r.ID == id }
}

func troubleOf(t *testing.T, err error) hotline.Trouble {
	t.Helper()
	var e *hotline.SendError
	if !errors.As(err, &e) {
		t.Fatalf("%v is no SendError", err)
	}
	return e.Trouble
}

func TestSendingWords(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	run(t, w.channel)
	peer, ref := w.met(t)
	if err := w.siti.Look(true); err != nil {
		t.Fatal(err)
	}
	r := w.send(t, hotline.Outgoing{ID: 1, Peer: peer, Text: "Benar?", Choices: yesNo, ReplyTo: ref})
	got := w.got(t, byID(r.Ref))
	if want := "Benar?\n\nBalas dengan angka:\n1. Ya, kirim\n2. Ubah\n\nLihat peta: https://maps.example/?q=-6.58,110.66"; got.Text != want || got.Quotes != ref || got.Name != "Tanggap" {
		t.Errorf("%+v", got)
	}
	w.got(t, func(r sim.Received) bool { return r.Kind == sim.Read && r.ID == ref })
	w.got(t, func(r sim.Received) bool { return r.Kind == sim.Typing })

	// A card that changes is said below it, by what is new.
	card := w.send(t, hotline.Outgoing{ID: 2, Peer: peer, Text: "JPR-1 Jalan rusak\nTahunan", Choices: plain})
	taken := w.send(t, hotline.Outgoing{ID: 3, Verb: hotline.VerbEdit, Edits: card.Ref, Peer: peer, Text: "JPR-1 Jalan rusak\nTahunan\nDiambil Budi."})
	if got := w.got(t, byID(taken.Ref)); got.Text != "Diambil Budi." || got.Quotes != card.Ref {
		t.Errorf("%+v", got)
	}
	same := w.send(t, hotline.Outgoing{ID: 4, Verb: hotline.VerbEdit, Edits: card.Ref, Peer: peer, Text: "JPR-1 Jalan rusak\nTahunan"})
	if same.Ref != card.Ref {
		t.Error("an edit that changes nothing was said")
	}
	// A button that turns elsewhere is nothing here; its words are.
	if r := w.send(t, hotline.Outgoing{ID: 5, Verb: hotline.VerbAnswer, Peer: peer, Answers: "x"}); r.Ref != "" {
		t.Error(r)
	}
	toast := w.send(t, hotline.Outgoing{ID: 6, Verb: hotline.VerbAnswer, Peer: peer, Answers: "x", Text: "Sudah diambil orang lain."})
	if got := w.got(t, byID(toast.Ref)); got.Text != "Sudah diambil orang lain." {
		t.Errorf("%+v", got)
	}
	long := strings.Repeat("Panjang sekali. ", 65_000/16)
	last := w.send(t, hotline.Outgoing{ID: 7, Peer: peer, Text: long})
	w.got(t, byID(last.Ref))
	var all strings.Builder
	for _, r := range w.siti.Messages() {
		if strings.HasPrefix(r.Text, "Panjang") {
			all.WriteString(r.Text)
		}
	}
	if letters(all.String()) != letters(long) {
		t.Errorf("of 65,000 letters %d came", len(all.String()))
	}
}

func TestSendingMedia(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	run(t, w.channel)
	peer, ref := w.met(t)
	r := w.send(t, hotline.Outgoing{ID: 1, Peer: peer, Text: "Semua", Media: []hotline.Attachment{photo, film, sound, paper}, Pin: &hotline.Point{Lat: -6.5, Lng: 110.6}, ReplyTo: ref})
	w.got(t, byID(r.Ref))
	var kinds []sim.Kind
	for _, m := range w.siti.Messages() {
		kinds = append(kinds, m.Kind)
		var want []byte
		switch m.Kind {
		case sim.Photo:
			want = photo.Data
			if m.Quotes != ref {
				t.Error("the first part does not quote")
			}
		case sim.Document:
			want = paper.Data
			if m.FileName != "surat desa.pdf" {
				t.Error(m.FileName)
			}
		default:
			continue
		}
		if data, err := w.siti.Download(soon(t), m); err != nil || !bytes.Equal(data, want) {
			t.Errorf("%s: %q, %v", m.Kind, data, err)
		}
	}
	if fmt.Sprint(kinds) != fmt.Sprint([]sim.Kind{sim.Photo, sim.Video, sim.Voice, sim.Document, sim.Place, sim.Text}) {
		t.Error(kinds)
	}
	r = w.send(t, hotline.Outgoing{ID: 2, Peer: peer, Text: "Lubangnya", Media: []hotline.Attachment{photo}})
	if got := w.got(t, byID(r.Ref)); got.Kind != sim.Photo || got.Text != "Lubangnya" {
		t.Errorf("%+v", got)
	}
}

// A send whose answer is lost is tried again under the same id, and so is nothing twice for whoever gets it.
func TestSendingAgainIsTheSameMessage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	run(t, w.channel)
	peer, _ := w.met(t)
	w.LoseAck(ownPhone, 1)
	out := hotline.Outgoing{ID: 44, Peer: peer, Text: "satu kali"}
	ctx, giveUp := context.WithCancel(soon(t))
	defer giveUp()
	lost := make(chan error, 1)
	go func() {
		_, err := w.channel.Send(ctx, out)
		lost <- err
	}()
	w.got(t, byID(w.channel.ids.id(44, 0))) // it has arrived, and nobody says so
	giveUp()
	if err := <-lost; troubleOf(t, err) != hotline.TroubleUnavailable {
		t.Fatal(err)
	}
	r := w.send(t, out)
	w.got(t, byID(r.Ref))
	if want := w.channel.ids.id(44, 0); r.Ref != want {
		t.Errorf("%s, want %s", r.Ref, want)
	}
	for _, m := range w.siti.Messages() {
		if m.ID != r.Ref {
			t.Errorf("also got %+v", m)
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	run(t, w.channel)
	peer, _ := w.met(t)
	for code, want := range map[int]hotline.Trouble{405: hotline.TroubleRefused, 479: hotline.TroubleRefused, 503: hotline.TroubleUnavailable} {
		w.Answer(ownPhone, code, 1)
		if _, err := w.channel.Send(soon(t), hotline.Outgoing{ID: hotline.OutID(code), Peer: peer, Text: "x"}); troubleOf(t, err) != want {
			t.Errorf("%d is %v", code, err)
		}
	}
	for _, out := range []hotline.Outgoing{{ID: 1, Peer: "rahasia", Text: "x"}, {ID: 2, Peer: "status@broadcast", Text: "x"}, {ID: 3, Peer: peer}, {ID: 4, Peer: "1:5@lid", Text: "x"}} {
		if _, err := w.channel.Send(soon(t), out); troubleOf(t, err) != hotline.TroubleRefused {
			t.Errorf("%d: %v", out.ID, err)
		}
	}
	w.noAlert(t)

	// Restricted to answering: whoever wrote is answered, a stranger waits until they write. A human is told, once.
	budi := w.person(t, sim.PersonOptions{Name: "Budi", Phone: "6281355555555"})
	w.ReachoutTimelock(ownPhone, time.Hour)
	if a := w.alert(t, TroubleRestricted); time.Until(a.Until) < 50*time.Minute {
		t.Errorf("%+v", a)
	}
	for range 2 {
		if _, err := w.channel.Send(soon(t), hotline.Outgoing{ID: 90, Peer: budi.LID(), Text: "x"}); troubleOf(t, err) != hotline.TroubleWindow {
			t.Errorf("%v", err)
		}
	}
	w.noAlert(t)
	w.send(t, hotline.Outgoing{ID: 91, Peer: peer, Text: "masih dijawab"})
	if s := w.channel.State(); !s.Healthy || s.Reason == "" {
		t.Errorf("%+v", s)
	}
	w.ReachoutTimelock(ownPhone, 0)
	for w.channel.State().Reason != "" {
		select {
		case <-time.After(5 * time.Millisecond):
		case <-soon(t).Done():
			t.Fatal("it is never over")
		}
	}
}

// Without a connection nothing is sent, and nobody waits long to hear so.
func TestSendingWithoutAConnection(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if _, err := w.channel.Send(soon(t), hotline.Outgoing{ID: 1, Peer: w.siti.LID(), Text: "x"}); troubleOf(t, err) != hotline.TroubleUnavailable {
		t.Error(err)
	}
	stop := run(t, w.channel)
	w.met(t)
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.channel.Send(soon(t), hotline.Outgoing{ID: 1, Peer: w.siti.LID(), Text: "x"}); troubleOf(t, err) != hotline.TroubleUnavailable {
		t.Error(err)
	}
}

// Many sends at once, to one person and to several, all arrive; a person's own come in the order in which they were given.
func TestManySendsAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	run(t, w.channel)
	var people []*sim.Person
	for i := range 5 {
		p := w.person(t, sim.PersonOptions{Name: fmt.Sprint("Warga ", i), Phone: fmt.Sprint(6281399990000 + i)})
		must[string](t)(p.Say("halo"))
		w.inbox.next(t)
		people = append(people, p)
	}
	var all sync.WaitGroup
	for i, p := range people {
		all.Go(func() {
			for n := range 10 {
				if _, err := w.channel.Send(soon(t), hotline.Outgoing{ID: hotline.OutID(i*100 + n + 1), Peer: p.LID(), Text: fmt.Sprint(n)}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	for _, p := range people {
		for n := range 10 {
			if m := must[sim.Received](t)(p.Next(soon(t))); m.Text != fmt.Sprint(n) {
				t.Errorf("%q comes in place %d", m.Text, n)
			}
		}
	}
}

// Whoever cannot read what we sent asks for it, and gets it after a restart of ours too.
func TestWhatWeSentCanBeAskedForAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	stop := run(t, w.channel)
	peer, _ := w.met(t)
	w.send(t, hotline.Outgoing{ID: 1, Peer: peer, Text: "satu"})
	w.got(t, func(r sim.Received) bool { return r.Text == "satu" })
	w.siti.Disconnect()
	w.Garble(w.siti.Phone(), 1)
	r := w.send(t, hotline.Outgoing{ID: 2, Peer: peer, Text: "dua"})
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	w.channel = w.another(t)
	run(t, w.channel)
	if err := w.siti.Connect(soon(t)); err != nil {
		t.Fatal(err)
	}
	if got := w.got(t, byID(r.Ref)); got.Text != "dua" {
		t.Errorf("%+v", got)
	}
}

func TestFetchingMedia(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	run(t, w.channel)
	must := must[string](t)
	fetch := func(ref string) ([]byte, int64, error) {
		body, size, err := w.channel.Fetch(soon(t), ref)
		if err != nil {
			return nil, 0, err
		}
		defer body.Close() //nolint:errcheck // only read
		data, err := io.ReadAll(body)
		return data, size, err
	}
	data := bytes.Repeat([]byte("jpeg "), 50_000)
	must(w.siti.Photo(data, ""))
	m := w.inbox.next(t)
	if got, size, err := fetch(m.Media.Ref); err != nil || !bytes.Equal(got, data) || size != int64(len(data)) {
		t.Errorf("%d bytes of %d: %v", len(got), size, err)
	}
	// The network has it no more: the telephone sends it up again.
	w.MediaGone(410, 1)
	if got, _, err := fetch(m.Media.Ref); err != nil || !bytes.Equal(got, data) {
		t.Errorf("after 410: %d bytes, %v", len(got), err)
	}
	// The telephone is off: another time.
	w.channel.media.limit = 100 * time.Millisecond
	w.PhoneAway(ownPhone, time.Now())
	w.MediaGone(404, 1)
	if _, _, err := fetch(m.Media.Ref); err == nil || errors.Is(err, hotline.ErrNoFile) || errors.Is(err, hotline.ErrTooBig) {
		t.Errorf("while the telephone is off: %v", err)
	}
	// One that says it is small and is not, and one that says it is large.
	must(w.siti.Lie(bytes.Repeat([]byte("x"), hotline.MaxMedia+100_000), 10))
	if _, _, err := fetch(w.inbox.next(t).Media.Ref); !errors.Is(err, hotline.ErrTooBig) {
		t.Errorf("a bomb: %v", err)
	}
	must(w.siti.Lie([]byte("x"), hotline.MaxMedia+1))
	if _, _, err := fetch(w.inbox.next(t).Media.Ref); !errors.Is(err, hotline.ErrTooBig) {
		t.Errorf("one that says it is large: %v", err)
	}
	for _, ref := range []string{"", "x", "e30"} {
		if _, _, err := fetch(ref); !errors.Is(err, hotline.ErrNoFile) {
			t.Errorf("%q: %v", ref, err)
		}
	}
}

func outgoing(peer, text string) hotline.Outgoing {
	return hotline.Outgoing{ID: 1, Peer: peer, Text: text}
}

// People write while they are being answered, and some ask for what they could not read. Every answer arrives: keys that were used at the same time for
// both would make a telephone drop a message without a word. (The person's own client has that very fault, so that a question of theirs may never
// leave it whole.)
func TestWritingAndAnsweringAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	run(t, w.channel)
	peer, _ := w.met(t)
	w.send(t, outgoing(peer, "mulai"))
	w.got(t, func(r sim.Received) bool { return r.Text == "mulai" })
	const many = 60
	var both sync.WaitGroup
	both.Go(func() {
		for i := range many {
			if i%10 == 5 {
				w.Garble(w.siti.Phone(), 1)
			}
			if _, err := w.channel.Send(soon(t), hotline.Outgoing{ID: hotline.OutID(100 + i), Peer: peer, Text: fmt.Sprint("jawab ", i)}); err != nil {
				t.Error(err)
			}
		}
	})
	both.Go(func() {
		for i := range many {
			if _, err := w.siti.Say(fmt.Sprint("tanya ", i)); err != nil {
				t.Error(err)
			}
		}
	})
	both.Wait()
	for i := range many {
		if _, err := w.siti.Wait(soon(t), func(r sim.Received) bool { return r.Text == fmt.Sprint("jawab ", i) }); err != nil {
			t.Fatalf("answer %d never came", i)
		}
	}
	<-w.Quiet(ownPhone)
	before := -1
	for n, _ := w.inbox.count(); n > 1; n-- {
		var i int
		if _, err := fmt.Sscanf(w.inbox.next(t).Text, "tanya %d", &i); err != nil || i <= before {
			t.Errorf("question %d comes after %d: %v", i, before, err)
		}
		before = i
	}
}
