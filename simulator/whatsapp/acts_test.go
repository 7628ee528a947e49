package whatsapp

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"
)

// What a person can do with words, and how it reaches the other side.
func TestActs(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	b := adopted(t, s)
	p := someone(t, s, PersonOptions{})
	own := must(p.Say("Jalan rusak"))(t)
	await(b, saying("Jalan rusak"))
	card := b.say(p.lid, "Laporan dicatat")
	if _, err := p.Wait(within(t), got("Laporan dicatat")); err != nil {
		t.Fatal(err)
	}
	for _, act := range []struct {
		name string
		do   func() (string, error)
		seen func(*events.Message) bool
	}{
		{"reply", func() (string, error) { return p.Reply(card, "terima kasih") }, func(m *events.Message) bool {
			x := m.Message.GetExtendedTextMessage()
			return x.GetText() == "terima kasih" && x.GetContextInfo().GetStanzaID() == card && x.GetContextInfo().GetQuotedMessage().GetConversation() == "Laporan dicatat"
		}},
		{"reply to oneself", func() (string, error) { return p.Reply(own, "dekat pasar") }, func(m *events.Message) bool {
			x := m.Message.GetExtendedTextMessage()
			return x.GetText() == "dekat pasar" && x.GetContextInfo().GetStanzaID() == own
		}},
		{"forward", func() (string, error) { return p.Forward("banjir!") }, func(m *events.Message) bool {
			x := m.Message.GetExtendedTextMessage()
			return x.GetText() == "banjir!" && x.GetContextInfo().GetIsForwarded()
		}},
		{"pin", func() (string, error) { return p.Pin(-6.59, 110.67) }, func(m *events.Message) bool {
			l := m.Message.GetLocationMessage()
			return l.GetDegreesLatitude() == -6.59 && l.GetDegreesLongitude() == 110.67
		}},
		{"contact", func() (string, error) { return p.ContactCard("Pak RT", "+62 811-11") }, func(m *events.Message) bool {
			return m.Message.GetContactMessage().GetDisplayName() == "Pak RT" && bytes.Contains([]byte(m.Message.GetContactMessage().GetVcard()), []byte("waid=6281111:"))
		}},
		{"react", func() (string, error) { return p.React(card, "👍") }, func(m *events.Message) bool {
			return m.Message.GetReactionMessage().GetText() == "👍" && m.Message.GetReactionMessage().GetKey().GetID() == card
		}},
		{"edit", func() (string, error) { return p.Edit(own, "Jalan rusak parah") }, func(m *events.Message) bool {
			x := m.Message.GetProtocolMessage()
			return m.IsEdit && x.GetEditedMessage().GetConversation() == "Jalan rusak parah" && x.GetKey().GetID() == own ||
				m.IsEdit && m.Message.GetConversation() == "Jalan rusak parah"
		}},
		{"delete", func() (string, error) { return p.Delete(own) }, func(m *events.Message) bool {
			x := m.Message.GetProtocolMessage()
			return x.GetType() == waE2E.ProtocolMessage_REVOKE && x.GetKey().GetID() == own
		}},
	} {
		id, err := act.do()
		if err != nil {
			t.Fatal(act.name, err)
		}
		m := await(b, act.seen)
		if m.Info.ID != id && !m.IsEdit {
			t.Errorf("%s: id %s, sent as %s", act.name, m.Info.ID, id)
		}
	}
	if err := p.Read(card); err != nil {
		t.Fatal(err)
	}
	await(b, func(r *events.Receipt) bool { return r.MessageIDs[0] == card && r.Type == "read" })
	if err := p.Look(true); err != nil {
		t.Fatal(err)
	}
	if err := p.Type(); err != nil {
		t.Fatal(err)
	}
	await(b, func(c *events.ChatPresence) bool { return c.Sender.User == p.lid.User })
	if _, err := p.Reply("never", "x"); !errors.Is(err, ErrNoMessage) {
		t.Error("replied to nothing:", err)
	}
	if _, err := p.Edit(card, "x"); !errors.Is(err, ErrNoMessage) {
		t.Error("edited somebody else's:", err)
	}
	if _, err := p.Pin(100, 0); err == nil {
		t.Error("a place beyond the pole")
	}
}

func TestPoll(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	b := adopted(t, s)
	p := someone(t, s, PersonOptions{})
	must(p.Say("menu"))(t)
	await(b, saying("menu"))
	options := []string{"Jalan", "Air", "Listrik"}
	if _, err := b.SendMessage(within(t), p.lid, b.BuildPollCreation("Tentang apa?", options, 1)); err != nil {
		t.Fatal(err)
	}
	poll, err := p.Wait(within(t), func(r Received) bool { return r.Kind == Poll })
	if err != nil || poll.Text != "Tentang apa?" || len(poll.Options) != 3 || poll.Most != 1 {
		t.Fatal(err, poll)
	}
	for _, choice := range []string{"Air", "Jalan"} {
		must(p.Vote(poll.ID, choice))(t)
		m := await(b, func(m *events.Message) bool { return m.Message.GetPollUpdateMessage() != nil })
		vote, err := b.DecryptPollVote(within(t), m)
		if err != nil {
			t.Fatal(err)
		}
		want := whatsmeow.HashPollOptions([]string{choice})[0]
		if len(vote.GetSelectedOptions()) != 1 || !bytes.Equal(vote.GetSelectedOptions()[0], want) {
			t.Errorf("voted for %x", vote.GetSelectedOptions())
		}
	}
}

func TestMedia(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	b := adopted(t, s)
	p := someone(t, s, PersonOptions{})
	data := bytes.Repeat([]byte("\xff\xd8\xff\xe0 a picture "), 10_000)
	for _, act := range []struct {
		name string
		do   func() (string, error)
		what func(*waE2E.Message) whatsmeow.DownloadableMessage
		text func(*waE2E.Message) string
	}{
		{"photo", func() (string, error) { return p.Photo(data, "lubang") },
			func(m *waE2E.Message) whatsmeow.DownloadableMessage { return m.GetImageMessage() },
			func(m *waE2E.Message) string {
				return m.GetImageMessage().GetCaption() + m.GetImageMessage().GetMimetype()
			}},
		{"video", func() (string, error) { return p.Video(data, "banjir") },
			func(m *waE2E.Message) whatsmeow.DownloadableMessage { return m.GetVideoMessage() },
			func(m *waE2E.Message) string { return m.GetVideoMessage().GetCaption() }},
		{"voice", func() (string, error) { return p.Voice(data, 3*time.Second) },
			func(m *waE2E.Message) whatsmeow.DownloadableMessage { return m.GetAudioMessage() },
			func(m *waE2E.Message) string { return map[bool]string{true: "ptt"}[m.GetAudioMessage().GetPTT()] }},
		{"document", func() (string, error) { return p.Document("surat.pdf", data, "surat") },
			func(m *waE2E.Message) whatsmeow.DownloadableMessage { return m.GetDocumentMessage() },
			func(m *waE2E.Message) string {
				return m.GetDocumentMessage().GetFileName() + m.GetDocumentMessage().GetCaption()
			}},
		{"sticker", func() (string, error) { return p.Sticker(data) },
			func(m *waE2E.Message) whatsmeow.DownloadableMessage { return m.GetStickerMessage() },
			func(*waE2E.Message) string { return "" }},
	} {
		id := must(act.do())(t)
		m := await(b, func(m *events.Message) bool { return m.Info.ID == id })
		blob, err := b.Download(within(t), act.what(m.Message))
		if err != nil || !bytes.Equal(blob, data) {
			t.Errorf("%s: %d bytes, %v", act.name, len(blob), err)
		}
		want := map[string]string{"photo": "lubangimage/jpeg", "video": "banjir", "voice": "ptt", "document": "surat.pdfsurat"}[act.name]
		if text := act.text(m.Message); text != want {
			t.Errorf("%s: %q", act.name, text)
		}
	}
	// And the other way.
	up, err := b.Upload(within(t), data, whatsmeow.MediaDocument)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.SendMessage(within(t), p.lid, &waE2E.Message{DocumentMessage: &waE2E.DocumentMessage{
		FileName: proto.String("bukti.pdf"), Mimetype: proto.String("application/pdf"), URL: &up.URL, DirectPath: &up.DirectPath,
		MediaKey: up.MediaKey, FileEncSHA256: up.FileEncSHA256, FileSHA256: up.FileSHA256, FileLength: &up.FileLength,
	}}); err != nil {
		t.Fatal(err)
	}
	r, err := p.Wait(within(t), func(r Received) bool { return r.Kind == Document })
	if err != nil || r.FileName != "bukti.pdf" || r.Size != int64(len(data)) {
		t.Fatal(err, r)
	}
	blob, err := p.Download(within(t), r)
	if err != nil || !bytes.Equal(blob, data) {
		t.Error("downloaded", len(blob), err)
	}
}

// What cannot be downloaded any more is asked of the phone of whoever lost it, which uploads it anew.
func TestMediaGone(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	b := adopted(t, s)
	p := someone(t, s, PersonOptions{})
	data := []byte("\xff\xd8\xff\xe0 a picture")
	id := must(p.Photo(data, ""))(t)
	m := await(b, func(m *events.Message) bool { return m.Info.ID == id })
	photo := m.Message.GetImageMessage()
	s.MediaGone(410, -1)
	if _, err := b.Download(within(t), photo); !errors.Is(err, whatsmeow.ErrMediaDownloadFailedWith410) {
		t.Fatal("a download that should be gone:", err)
	}
	s.MediaGone(404, 1)
	if _, err := b.Download(within(t), photo); !errors.Is(err, whatsmeow.ErrMediaDownloadFailedWith404) {
		t.Fatal("a download that should not be found:", err)
	}
	s.MediaGone(410, -1)
	ask := func() *events.MediaRetry {
		t.Helper()
		if err := b.SendMediaRetryReceipt(within(t), &m.Info, photo.GetMediaKey()); err != nil {
			t.Fatal(err)
		}
		return await(b, func(r *events.MediaRetry) bool { return r.MessageID == id })
	}
	s.PhoneAway(botPhone, time.Now())
	if _, err := whatsmeow.DecryptMediaRetryNotification(ask(), photo.GetMediaKey()); !errors.Is(err, whatsmeow.ErrMediaNotAvailableOnPhone) {
		t.Fatal("a phone that is away answers:", err)
	}
	s.PhoneBack(botPhone)
	answer, err := whatsmeow.DecryptMediaRetryNotification(ask(), photo.GetMediaKey())
	if err != nil {
		t.Fatal(err)
	}
	photo.DirectPath = proto.String(answer.GetDirectPath())
	blob, err := b.Download(within(t), photo)
	if err != nil || !bytes.Equal(blob, data) {
		t.Errorf("uploaded anew: %q %v", blob, err)
	}
}
