package whatsapp

import (
	"testing"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
)

// Two unmodified clients write to one another, and each learns what became of it.
func TestTalk(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	b := adopted(t, s)
	p := someone(t, s, PersonOptions{})

	id := must(p.Say("Jalan rusak"))(t)
	m := await(b, saying("Jalan rusak"))
	if m.Info.ID != id || m.Info.Chat.String() != p.LID() || m.Info.SenderAlt.User != p.Phone() || m.Info.PushName != "Siti" {
		t.Errorf("envelope: %+v", m.Info)
	}
	if _, err := p.Wait(within(t), func(r Received) bool { return r.Kind == Delivered && r.ID == id }); err != nil {
		t.Fatal("delivered:", err)
	}
	if err := b.MarkRead(within(t), []types.MessageID{id}, m.Info.Timestamp, m.Info.Chat, m.Info.Sender); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Wait(within(t), func(r Received) bool { return r.Kind == Read && r.ID == id }); err != nil {
		t.Fatal("read:", err)
	}
	if err := b.SendPresence(within(t), types.PresenceAvailable); err != nil {
		t.Fatal(err)
	}
	if err := b.SendChatPresence(within(t), m.Info.Chat, types.ChatPresenceComposing, types.ChatPresenceMediaText); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Wait(within(t), func(r Received) bool { return r.Kind == Typing }); err != nil {
		t.Fatal("typing:", err)
	}
	answer := b.say(m.Info.Chat, "Di mana?")
	r, err := p.Wait(within(t), got("Di mana?"))
	if err != nil || r.ID != answer || r.Name != "Kabupaten" {
		t.Fatal("answer:", err, r)
	}
	await(b, func(r *events.Receipt) bool { return r.MessageIDs[0] == answer && r.Type != types.ReceiptTypeSender })
	// The bot's own phone has a copy.
	await(b, func(r *events.Receipt) bool { return r.MessageIDs[0] == answer && r.Type == types.ReceiptTypeSender })
	for range 3 { // from the first message's keys to the ratchet's
		must(p.Say("satu"))(t)
		await(b, saying("satu"))
		b.say(p.lid, "dua")
		seq := p.Seq()
		b.say(p.lid, "tiga")
		if _, err := p.WaitAfter(within(t), seq, got("tiga")); err != nil {
			t.Fatal(err)
		}
	}
	<-s.Quiet(botPhone)
	if n := s.Unacked(botPhone); n != 0 {
		t.Errorf("%d messages are not acknowledged", n)
	}
}

func TestPairByQR(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	b := newBot(t, s, blank())
	shown, err := b.GetQRChannel(within(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Connect(); err != nil {
		t.Fatal(err)
	}
	if err := s.ScanQR(botPhone, "2@no,body,shows,this"); err == nil {
		t.Error("scanned what nobody shows")
	}
	if err := s.ScanQR(botPhone, (<-shown).Code); err != nil {
		t.Fatal(err)
	}
	await[*events.PairSuccess](b, nil)
	await[*events.Connected](b, nil)
	if b.Store.ID.User != botPhone || b.Store.LID.String() != of(address(s.LID(botPhone)), 1).String() {
		t.Error("paired as", b.Store.ID, b.Store.LID)
	}
	p := someone(t, s, PersonOptions{})
	must(p.Say("halo"))(t)
	await(b, saying("halo"))
}

func TestPairByCode(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	b := newBot(t, s, blank())
	if err := b.Connect(); err != nil {
		t.Fatal(err)
	}
	await[*events.QR](b, nil)
	code, err := b.PairPhone(within(t), "+"+botPhone, true, whatsmeow.PairClientChrome, "Chrome (Linux)")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.EnterCode("628999", code); err == nil {
		t.Error("entered on a phone that nobody asked")
	}
	if err := s.EnterCode(botPhone, code); err != nil {
		t.Fatal(err)
	}
	await[*events.PairSuccess](b, nil)
	await[*events.Connected](b, nil)
	p := someone(t, s, PersonOptions{})
	must(p.Say("halo"))(t)
	await(b, saying("halo"))
}
