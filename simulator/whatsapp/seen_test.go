package whatsapp

import (
	"testing"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/appstate"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"
)

// What the bot sends, as the person sees it.
func TestSeen(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	b := adopted(t, s)
	p := someone(t, s, PersonOptions{})
	own := must(p.Send("halo"))(t)
	await(b, saying("halo"))
	card := b.say(p.lid, "Laporan")
	up, err := b.Upload(within(t), []byte("some media"), whatsmeow.MediaImage)
	ok(t, err)
	place := -6.59
	for _, sent := range []struct {
		m    *waE2E.Message
		want func(Received) bool
	}{
		{b.BuildEdit(p.lid, card, &waE2E.Message{Conversation: proto.String("Laporan 2")}),
			func(r Received) bool { return r.Kind == Edit && r.Refers == card && r.Text == "Laporan 2" }},
		{b.BuildRevoke(p.lid, types.EmptyJID, card), func(r Received) bool { return r.Kind == Deletion && r.Refers == card }},
		{b.BuildReaction(p.lid, p.lid, own, "✅"), func(r Received) bool { return r.Kind == Reaction && r.Refers == own && r.Text == "✅" }},
		{&waE2E.Message{LocationMessage: &waE2E.LocationMessage{DegreesLatitude: &place, DegreesLongitude: &place, Name: proto.String("Pasar")}},
			func(r Received) bool { return r.Kind == Place && r.Lat == place && r.Place == "Pasar" }},
		{&waE2E.Message{ContactMessage: &waE2E.ContactMessage{DisplayName: proto.String("112")}},
			func(r Received) bool { return r.Kind == Contact && r.Text == "112" }},
		{&waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{Text: proto.String("jawab"),
			ContextInfo: &waE2E.ContextInfo{StanzaID: proto.String(own), IsForwarded: proto.Bool(true)}}},
			func(r Received) bool { return r.Kind == Text && r.Quotes == own && r.Forward }},
		{&waE2E.Message{ImageMessage: &waE2E.ImageMessage{Caption: proto.String("foto"), URL: &up.URL, DirectPath: &up.DirectPath, MediaKey: up.MediaKey,
			FileEncSHA256: up.FileEncSHA256, FileSHA256: up.FileSHA256, FileLength: &up.FileLength}},
			func(r Received) bool { return r.Kind == Photo && r.Text == "foto" && r.Size == 10 }},
		{&waE2E.Message{VideoMessage: &waE2E.VideoMessage{Caption: proto.String("film")}}, func(r Received) bool { return r.Kind == Video && r.Text == "film" }},
		{&waE2E.Message{AudioMessage: &waE2E.AudioMessage{}}, func(r Received) bool { return r.Kind == Audio }},
		{&waE2E.Message{StickerMessage: &waE2E.StickerMessage{}}, func(r Received) bool { return r.Kind == Sticker }},
		{&waE2E.Message{GroupInviteMessage: &waE2E.GroupInviteMessage{}}, func(r Received) bool { return r.Kind == Other }},
	} {
		r, err := b.SendMessage(within(t), p.lid, sent.m)
		ok(t, err)
		seen, err := p.Wait(within(t), func(x Received) bool { return x.ID == r.ID && x.Message() })
		ok(t, err)
		if !sent.want(seen) || seen.From != of(b.Store.LID, 0).String() || seen.Group {
			t.Errorf("seen: %+v", seen)
		}
	}
	photo, err := p.Wait(within(t), func(r Received) bool { return r.Kind == Photo })
	ok(t, err)
	if data, err := p.Download(within(t), photo); err != nil || string(data) != "some media" {
		t.Error(string(data), err)
	}
	if _, err := p.Download(within(t), Received{}); err == nil {
		t.Error("downloaded a text")
	}
	if p.Name() != "Siti" {
		t.Error(p.Name())
	}
}

// What a test can do that people do not: nonsense, lies, the same message twice.
func TestOddities(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	b := adopted(t, s)
	p := someone(t, s, PersonOptions{})
	id := must(p.Say("satu"))(t)
	await(b, saying("satu"))
	ok(t, p.SayAgain(id, "satu"))
	if m := await(b, saying("satu")); m.Info.ID != id {
		t.Error("again as", m.Info.ID)
	}
	lie := must(p.Lie([]byte("ten bytes!"), 3))(t)
	m := await(b, func(m *events.Message) bool { return m.Info.ID == lie })
	if m.Message.GetImageMessage().GetFileLength() != 3 {
		t.Errorf("%+v", m.Message)
	}
	odd := &waE2E.Message{}
	odd.ProtoReflect().SetUnknown([]byte{0x0a, 0xff}) // a text of 127 bytes, none of which follow
	must(p.Act(odd))(t)
	<-s.Quiet(botPhone)
	if list := s.Refused(botPhone); len(list) != 1 {
		t.Error("refused:", list)
	}
	s.HidePhone(p.Phone(), true)
	must(p.Say("diam-diam"))(t)
	if m := await(b, saying("diam-diam")); !m.Info.SenderAlt.IsEmpty() {
		t.Errorf("%+v", m.Info)
	}

	// Questions that clients ask beside.
	ok(t, b.FetchAppState(within(t), appstate.WAPatchRegular, true, false))
	ok(t, b.SubscribePresence(within(t), p.lid))
	await(b, func(e *events.Presence) bool { return e.From == p.lid && !e.Unavailable })
	p.Disconnect()
	until(t, func() bool { now, _ := s.Sockets(p.Phone()); return now == 0 })
	ok(t, b.SubscribePresence(within(t), p.lid))
	await(b, func(e *events.Presence) bool { return e.From == p.lid && e.Unavailable })
	if _, err := b.GetProfilePictureInfo(within(t), p.lid, nil); err == nil {
		t.Error("a picture of somebody")
	}
}

func TestGroupAdmins(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	b := adopted(t, s)
	p := someone(t, s, PersonOptions{Phone: "62857001"})
	q := someone(t, s, PersonOptions{Phone: "62857002"})
	g, err := s.Group("Unit", p.Phone(), botPhone)
	ok(t, err)
	await[*events.JoinedGroup](b, nil)
	jid := address(g.ID())
	change := func(c *whatsmeow.Client, who types.JID, what whatsmeow.ParticipantChange) error {
		_, err := c.UpdateGroupParticipants(within(t), jid, []types.JID{who}, what)
		return err
	}
	if change(b.Client, p.lid, whatsmeow.ParticipantChangeRemove) == nil {
		t.Error("removed by who may not")
	}
	ok(t, change(p.Client(), q.lid, whatsmeow.ParticipantChangeAdd))
	await(b, func(e *events.GroupInfo) bool { return len(e.Join) == 1 })
	ok(t, change(p.Client(), of(b.Store.LID, 0), whatsmeow.ParticipantChangePromote))
	await(b, func(e *events.GroupInfo) bool { return len(e.Promote) == 1 })
	ok(t, change(b.Client, q.lid, whatsmeow.ParticipantChangeRemove))
	ok(t, b.SetGroupName(within(t), jid, "Unit Jalan"))
	if info, err := b.GetGroupInfo(within(t), jid); err != nil || info.Name != "Unit Jalan" || len(info.Participants) != 2 {
		t.Error(err, info)
	}
	ok(t, b.SendChatPresence(within(t), jid, types.ChatPresenceComposing, ""))
	if _, err := p.Wait(within(t), func(r Received) bool { return r.Kind == Typing && r.Group && r.Chat == g.ID() }); err != nil {
		t.Error("typing:", err)
	}
	if _, err := s.Group("Nobody"); err == nil {
		t.Error("a group of nobody")
	}
	if _, err := s.Group("Strangers", "62899"); err == nil {
		t.Error("a group of strangers")
	}
}
