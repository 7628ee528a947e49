package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"
)

// A message whose handler says no is not acknowledged, and comes again on the next connection.
func TestNotAcknowledged(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	dev := blank()
	s.Adopt(botPhone, dev)
	b := newBot(t, s, dev)
	refused := false
	b.fail = func(*events.Message) bool {
		first := !refused
		refused = true
		return first
	}
	b.connect()
	p := someone(t, s, PersonOptions{})
	must(p.Say("satu"))(t)
	await(b, saying("satu"))
	if n := s.Unacked(botPhone); n != 1 {
		t.Errorf("%d unacknowledged", n)
	}
	b.Disconnect()
	b.connect()
	// This client keeps no buffer of what it decrypted, so the copy does not decrypt a second time;
	// but it came, and is acknowledged.
	<-s.Quiet(botPhone)
	log := s.SocketLog(botPhone)
	if len(log) != 2 || len(log[0].Received) != 1 || len(log[1].Received) != 1 || log[0].Received[0] != log[1].Received[0] || log[0].Ended.IsZero() {
		t.Errorf("sockets: %+v", log)
	}
}

func TestGarbled(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	b := adopted(t, s)
	p := someone(t, s, PersonOptions{})
	for _, say := range []string{"pertama", "kedua"} { // before and after the session is set up
		s.Garble(botPhone, 1)
		id := must(p.Say(say))(t)
		await(b, func(u *events.UndecryptableMessage) bool { return u.Info.ID == id })
		if m := await(b, saying(say)); m.Info.ID != id {
			t.Error("came again as", m.Info.ID)
		}
		b.say(p.lid, "ya")
	}
	s.Garble(p.Phone(), 1)
	b.say(p.lid, "Di mana?")
	<-s.Quiet(p.Phone()) // what is being sent again is not yet acknowledged
	if r, err := p.Next(within(t)); err != nil || r.Text != "ya" {
		t.Error(err, r)
	}
	if _, err := p.Wait(within(t), got("Di mana?")); err != nil {
		t.Fatal(err)
	}
	<-s.Quiet(botPhone)
	if s.Retries(botPhone) < 2 || s.Retries(p.Phone()) < 1 {
		t.Error("retries:", s.Retries(botPhone), s.Retries(p.Phone()))
	}
}

func TestDropAndCut(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	b := adopted(t, s)
	p := someone(t, s, PersonOptions{})
	s.DropNext(botPhone, 1)
	must(p.Say("hilang"))(t)
	must(p.Say("sampai"))(t)
	await(b, saying("sampai"))
	until(t, func() bool { return s.Unacked(botPhone) == 1 })
	s.Cut(botPhone)
	await[*events.Disconnected](b, nil)
	await[*events.Connected](b, nil) // by itself
	await(b, saying("hilang"))
	s.StreamError(botPhone, 503)
	await[*events.Disconnected](b, nil)
	await[*events.Connected](b, nil)
	<-s.Quiet(botPhone)
}

func TestDelay(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	b := adopted(t, s)
	p := someone(t, s, PersonOptions{})
	s.Delay(botPhone, 300*time.Millisecond)
	before := time.Now()
	must(p.Say("satu"))(t)
	must(p.Say("dua"))(t)
	await(b, saying("satu"))
	await(b, saying("dua"))
	if d := time.Since(before); d < 300*time.Millisecond {
		t.Error("came after", d)
	}
}

func TestRedeliverAll(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	b := adopted(t, s)
	p := someone(t, s, PersonOptions{})
	var ids []string
	for i := range 3 {
		say := fmt.Sprint("pesan ", i)
		ids = append(ids, must(p.Say(say))(t))
		await(b, saying(say))
	}
	<-s.Quiet(botPhone)
	for range 2 { // redelivering does not multiply
		if n := s.RedeliverAll(botPhone); n != 3 {
			t.Errorf("redelivered %d", n)
		}
		<-s.Quiet(botPhone)
	}
	log := s.SocketLog(botPhone)
	if all := strings.Join(log[0].Received, " "); all != strings.Join(append(append(ids, ids...), ids...), " ") {
		t.Error("received", all)
	}
}

func TestAnswer(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	b := adopted(t, s)
	p := someone(t, s, PersonOptions{})
	for _, code := range []int{405, 463, 503} {
		s.Answer(botPhone, code, 1)
		_, err := b.SendMessage(within(t), p.lid, &waE2E.Message{Conversation: proto.String("x")})
		if !errors.Is(err, whatsmeow.ErrServerReturnedError) || !strings.Contains(err.Error(), fmt.Sprint(code)) {
			t.Error(code, err)
		}
	}
	if _, err := b.SendMessage(within(t), types.NewJID("100000000000000", byLID), &waE2E.Message{Conversation: proto.String("x")}); err == nil {
		t.Error("wrote to nobody")
	}
	b.say(p.lid, "sampai")
	if _, err := p.Wait(within(t), got("sampai")); err != nil {
		t.Fatal(err)
	}
	if n := len(p.Messages()); n != 1 {
		t.Errorf("%d messages", n)
	}
}

// A client that never learns whether its message arrived sends it again under the same id.
func TestLostAnswers(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	b := adopted(t, s)
	p := someone(t, s, PersonOptions{})
	short := whatsmeow.SendRequestExtra{ID: b.GenerateMessageID(), Timeout: 50 * time.Millisecond}
	again := whatsmeow.SendRequestExtra{ID: short.ID}
	say := &waE2E.Message{Conversation: proto.String("sekali")}
	s.Lose(botPhone, 1)
	if _, err := b.SendMessage(within(t), p.lid, say, short); !errors.Is(err, whatsmeow.ErrMessageTimedOut) {
		t.Fatal(err)
	}
	s.LoseAck(botPhone, 1)
	if _, err := b.SendMessage(within(t), p.lid, say, short); !errors.Is(err, whatsmeow.ErrMessageTimedOut) {
		t.Fatal(err)
	}
	if _, err := b.SendMessage(within(t), p.lid, say, again); err != nil {
		t.Fatal(err)
	}
	<-s.Quiet(p.Phone())
	var copies int
	for _, r := range p.Messages() {
		if r.ID == short.ID {
			copies++
		}
	}
	if copies != 2 {
		t.Errorf("%d copies: the first was lost, the second and the third were not", copies)
	}
}

func TestReplaced(t *testing.T) {
	t.Parallel()
	s := start(t, Options{CloseGrace: 50 * time.Millisecond})
	b := adopted(t, s)
	other := newBot(t, s, b.dev).connect()
	await[*events.StreamReplaced](b, nil)
	p := someone(t, s, PersonOptions{})
	must(p.Say("satu"))(t)
	await(other, saying("satu"))
	log := s.SocketLog(botPhone)
	if len(log) != 2 || log[0].Replaced.IsZero() || len(log[0].Received) != 0 || len(log[1].Received) != 1 || log[0].Late != 0 {
		t.Errorf("sockets: %+v", log)
	}
	s.ReplaceStream(botPhone)
	await[*events.StreamReplaced](other, nil)
	other.Disconnect()
	other.connect()
	if now, most := s.Sockets(botPhone); now < 1 || most < 2 {
		t.Error("sockets:", now, most)
	}
}

func TestLogout(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	b := adopted(t, s)
	p := someone(t, s, PersonOptions{})
	must(p.Say("satu"))(t)
	await(b, saying("satu"))
	s.Logout(botPhone)
	await[*events.LoggedOut](b, nil)
	if s.Unacked(botPhone) != 0 {
		t.Error("something waits for a device that is gone")
	}
	// Paired anew, as the next companion: whoever knew the old one learns of it.
	dev := blank()
	s.Adopt(botPhone, dev)
	if dev.ID.Device != 2 {
		t.Error("device", dev.ID)
	}
	b2 := newBot(t, s, dev).connect()
	until(t, func() bool { return s.waiting(p.Phone()) == 0 })
	must(p.Say("dua"))(t)
	await(b2, saying("dua"))

	// One that was not there learns of it when it comes.
	b2.Disconnect()
	s.Logout(botPhone)
	if err := b2.Connect(); err != nil {
		t.Fatal(err)
	}
	if e := await[*events.LoggedOut](b2, nil); !e.OnConnect {
		t.Error("logged out", e)
	}
	// And one can leave by itself.
	dev = blank()
	s.Adopt(botPhone, dev)
	b3 := newBot(t, s, dev).connect()
	if err := b3.Logout(within(t)); err != nil {
		t.Fatal(err)
	}
}

func TestRefusedLogins(t *testing.T) {
	t.Parallel()
	s := start(t, Options{CloseGrace: 20 * time.Millisecond})
	b := adopted(t, s)
	s.TempBan(botPhone, time.Hour)
	ban := await[*events.TemporaryBan](b, nil)
	if ban.Expire <= 59*time.Minute || ban.Expire > time.Hour {
		t.Error("banned for", ban.Expire)
	}
	s.TempBan(botPhone, 0)
	b.Disconnect()
	b.connect()
	s.Outdated(botPhone, true)
	await[*events.ClientOutdated](b, nil)
	s.Outdated(botPhone, false)
	s.FailLogin(botPhone, 503)
	b.Disconnect()
	if err := b.Connect(); err != nil {
		t.Fatal(err)
	}
	await[*events.Connected](b, nil) // after a failure, by itself
}

func TestTimelock(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	b := adopted(t, s)
	known := someone(t, s, PersonOptions{})
	stranger := someone(t, s, PersonOptions{Phone: "6285700000002"})
	must(known.Say("halo"))(t)
	await(b, saying("halo"))
	s.ReachoutTimelock(botPhone, time.Hour)
	e := await[*events.NotifyAccountReachoutTimelock](b, nil)
	if !e.IsActive || time.Until(e.TimeEnforcementEnds.Time) < 50*time.Minute {
		t.Errorf("%+v", e)
	}
	if _, err := b.SendMessage(within(t), stranger.lid, &waE2E.Message{Conversation: proto.String("x")}); err == nil || !strings.Contains(err.Error(), "463") {
		t.Error("wrote to a stranger:", err)
	}
	b.say(known.lid, "halo juga")
	s.ReachoutTimelock(botPhone, 0)
	if e := await[*events.NotifyAccountReachoutTimelock](b, nil); e.IsActive {
		t.Errorf("%+v", e)
	}
	b.say(stranger.lid, "maaf")
}

func TestPhoneAway(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.March, 2, 8, 0, 0, 0, time.UTC)
	clock := make(chan time.Time, 1)
	clock <- now
	s := start(t, Options{Now: func() time.Time { n := <-clock; clock <- n; return n }})
	b := adopted(t, s)
	p := someone(t, s, PersonOptions{})
	alive := func(id string) func(*events.Receipt) bool {
		return func(r *events.Receipt) bool {
			return r.Type == types.ReceiptTypeSender && r.MessageIDs[0] == id && r.IsFromMe && r.Sender.Device == 0 && r.Chat == p.lid
		}
	}
	await(b, alive(b.say(p.lid, "satu")))
	s.PhoneAway(botPhone, now)
	id := b.say(p.lid, "dua")
	<-s.Quiet(p.Phone())
	s.PhoneBack(botPhone)
	await(b, alive(id))
	s.PhoneAway(botPhone, now)
	<-clock
	clock <- now.Add(15 * 24 * time.Hour)
	s.CheckPhones()
	await[*events.LoggedOut](b, nil)
}

func TestDeaf(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	b := adopted(t, s)
	in := b.DangerousInternals() //nolint:staticcheck // the only way to a keep-alive that does not take half a minute
	if ok, _ := in.SendKeepAlive(within(t)); !ok {
		t.Error("no answer to a keep-alive")
	}
	s.Deaf(botPhone, true)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if ok, _ := in.SendKeepAlive(ctx); ok {
		t.Error("an answer of the deaf")
	}
}

func TestDeliver(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	b := adopted(t, s)
	s.Deliver(botPhone, node{Tag: "message", Attrs: attrs{"from": types.NewJID("1", byLID), "t": 1, "type": "text"}})
	s.Deliver(botPhone, node{Tag: "notification", Attrs: attrs{"from": serverJID, "type": "unheard"}})
	s.Deliver(botPhone, node{Tag: "receipt", Attrs: attrs{"id": "1"}})
	p := someone(t, s, PersonOptions{})
	must(p.Say("halo"))(t)
	await(b, saying("halo"))
	<-s.Quiet(botPhone)
	if list := s.Refused(botPhone); len(list) == 0 || !strings.HasSuffix(list[0], " 488") {
		t.Error("refused:", list)
	}
}
