package whatsapp

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"

	"tanggap/hotline"
)

var rewrite = flag.Bool("update", false, "rewrite the golden files")

// golden compares with a file of testdata, or rewrites it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *rewrite {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	g, w := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			t.Fatalf("%s:%d is %q, want %q (-update rewrites it)", file, i+1, g[i], w[i])
		}
	}
	if len(g) != len(w) {
		t.Fatalf("%s has %d lines, want %d (-update rewrites it)", file, len(g), len(w))
	}
}

var (
	siti  = types.NewJID("111222333444555", types.HiddenUserServer)
	budi  = types.NewJID("999888777666555", types.HiddenUserServer)
	phone = types.NewJID("6281234567890", types.DefaultUserServer)
	group = types.NewJID("120363000000000001", types.GroupServer)
)

func text(s string) *waE2E.Message { return &waE2E.Message{Conversation: &s} }

func quoting(id string, forwarded bool) *waE2E.ContextInfo {
	c := &waE2E.ContextInfo{}
	if id != "" {
		c.StanzaID, c.Participant, c.QuotedMessage = &id, proto.String("1@lid"), text("yang lama")
	}
	if forwarded {
		c.IsForwarded, c.ForwardingScore = proto.Bool(true), proto.Uint32(1)
	}
	return c
}

func inside(m *waE2E.Message) *waE2E.FutureProofMessage { return &waE2E.FutureProofMessage{Message: m} }

func keyOf(id string) *waCommon.MessageKey {
	return &waCommon.MessageKey{ID: &id, FromMe: proto.Bool(false), RemoteJID: proto.String(siti.String())}
}

func edit(id string, m *waE2E.Message) *waE2E.Message {
	return &waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{Type: waE2E.ProtocolMessage_MESSAGE_EDIT.Enum(), Key: keyOf(id), EditedMessage: m}}
}

func image(caption string) *waE2E.ImageMessage {
	return &waE2E.ImageMessage{Caption: &caption, Mimetype: proto.String("image/jpeg"), DirectPath: proto.String("/v/x?ccb=1"), MediaKey: []byte("key"),
		FileSHA256: []byte("sum"), FileEncSHA256: []byte("enc"), FileLength: proto.Uint64(1234)}
}

func document(name, mime, caption string) *waE2E.DocumentMessage {
	return &waE2E.DocumentMessage{Caption: &caption, FileName: &name, Mimetype: &mime, DirectPath: proto.String("/v/d?ccb=1"), MediaKey: []byte("key")}
}

func vcard(name, tel string) *waE2E.ContactMessage {
	return &waE2E.ContactMessage{DisplayName: &name, Vcard: proto.String("BEGIN:VCARD\nVERSION:3.0\nN:;" + name + ";;;\nFN:" + name + "\n" + tel + "\nEND:VCARD")}
}

// in changes the envelope of a sample.
type in func(*envelope)

func ofGroup(e *envelope) { e.Chat, e.Group = group.String(), true }
func hidden(e *envelope)  { e.Phone = "" }

var samples = []struct {
	name string
	body *waE2E.Message
	in   in
}{
	{"text", text("Jalan depan balai desa rusak"), nil},
	{"text of somebody whose number is hidden", text("Jalan rusak"), hidden},
	{"text with NUL and broken letters", text("a\x00b\xff c"), nil},
	{"text of blanks", text("  "), nil},
	{"command", text("/daftar AB12CD34"), nil},
	{"text with a link", &waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{Text: proto.String("lihat https://x.id"), MatchedText: proto.String("https://x.id")}}, nil},
	{"reply", &waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{Text: proto.String("ambil"), ContextInfo: quoting("3EB0AA", false)}}, nil},
	{"reply to a part of something long", &waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{Text: proto.String("ambil"), ContextInfo: quoting("3EB0AA", false)}},
		func(e *envelope) { e.About = "3EB0FF" }},
	{"forwarded", &waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{Text: proto.String("awas banjir"), ContextInfo: quoting("", true)}}, nil},
	{"photo", &waE2E.Message{ImageMessage: image("lubangnya")}, nil},
	{"photo in a chat whose messages vanish", &waE2E.Message{EphemeralMessage: inside(&waE2E.Message{ImageMessage: image("")})}, nil},
	{"photo to be seen once", &waE2E.Message{ViewOnceMessageV2: inside(&waE2E.Message{ImageMessage: &waE2E.ImageMessage{ViewOnce: proto.Bool(true)}})}, nil},
	{"photo that claims to be huge", &waE2E.Message{ImageMessage: &waE2E.ImageMessage{DirectPath: proto.String("/x?"), MediaKey: []byte("k"), FileLength: proto.Uint64(1 << 63)}}, nil},
	{"video", &waE2E.Message{VideoMessage: &waE2E.VideoMessage{Caption: proto.String("banjir"), Mimetype: proto.String("video/mp4"), DirectPath: proto.String("/v?"), MediaKey: []byte("k")}}, nil},
	{"round video", &waE2E.Message{PtvMessage: &waE2E.VideoMessage{DirectPath: proto.String("/v?"), MediaKey: []byte("k")}}, nil},
	{"voice note", &waE2E.Message{AudioMessage: &waE2E.AudioMessage{PTT: proto.Bool(true), Mimetype: proto.String("audio/ogg; codecs=opus"), DirectPath: proto.String("/a?"), MediaKey: []byte("k")}}, nil},
	{"music", &waE2E.Message{AudioMessage: &waE2E.AudioMessage{Mimetype: proto.String("audio/mpeg"), DirectPath: proto.String("/a?"), MediaKey: []byte("k")}}, nil},
	{"document", &waE2E.Message{DocumentWithCaptionMessage: inside(&waE2E.Message{DocumentMessage: document("surat\x00 desa.pdf", "application/pdf", "ini suratnya")})}, nil},
	{"document whose caption is its name", &waE2E.Message{DocumentMessage: document("surat.pdf", "application/pdf", "surat.pdf")}, nil},
	{"sound sent as a file", &waE2E.Message{DocumentMessage: document("suara.aac", "audio/aac", "")}, nil},
	{"place", &waE2E.Message{LocationMessage: &waE2E.LocationMessage{DegreesLatitude: proto.Float64(-6.58), DegreesLongitude: proto.Float64(110.66)}}, nil},
	{"place with a name, in reply", &waE2E.Message{LocationMessage: &waE2E.LocationMessage{DegreesLatitude: proto.Float64(-6.58), DegreesLongitude: proto.Float64(110.66),
		Name: proto.String("Pasar Jepara II"), Address: proto.String("Jl. Diponegoro"), ContextInfo: quoting("3EB0AA", false)}}, nil},
	{"place that moves", &waE2E.Message{LiveLocationMessage: &waE2E.LiveLocationMessage{DegreesLatitude: proto.Float64(-6.58), DegreesLongitude: proto.Float64(110.66), Caption: proto.String("di sini")}}, nil},
	{"place that is none", &waE2E.Message{LocationMessage: &waE2E.LocationMessage{DegreesLatitude: proto.Float64(0), DegreesLongitude: proto.Float64(0)}}, nil},
	{"place off the earth", &waE2E.Message{LocationMessage: &waE2E.LocationMessage{DegreesLatitude: proto.Float64(910), DegreesLongitude: proto.Float64(0)}}, nil},
	{"own contact card", &waE2E.Message{ContactMessage: vcard("Siti", "item1.TEL;type=CELL;waid=6281234567890:+62 812-3456-7890")}, nil},
	{"own contact card of a hidden number", &waE2E.Message{ContactMessage: vcard("Siti", "TEL;waid=6281234567890:+62 812-3456-7890")}, hidden},
	{"contact card", &waE2E.Message{ContactMessage: vcard("Budi", "TEL;type=HOME:0291 555\nTEL;type=CELL;waid=628999:+62 899 9")}, nil},
	{"contact card without a number", &waE2E.Message{ContactMessage: vcard("Budi", "EMAIL:b@example.id")}, nil},
	{"contact cards", &waE2E.Message{ContactsArrayMessage: &waE2E.ContactsArrayMessage{DisplayName: proto.String("2 kontak"), Contacts: []*waE2E.ContactMessage{vcard("A", "X:"), vcard("B", "TEL:+62 811")}}}, nil},
	{"sticker", &waE2E.Message{StickerMessage: &waE2E.StickerMessage{DirectPath: proto.String("/s?")}}, nil},
	{"reaction", &waE2E.Message{ReactionMessage: &waE2E.ReactionMessage{Key: keyOf("3EB0AA"), Text: proto.String("👍")}}, nil},
	{"reaction taken back", &waE2E.Message{ReactionMessage: &waE2E.ReactionMessage{Key: keyOf("3EB0AA"), Text: proto.String("")}}, nil},
	{"edit", &waE2E.Message{EditedMessage: inside(edit("ABC", text("Jalan rusak berat")))}, nil},
	{"edit as some apps send it", edit("ABC", &waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{Text: proto.String("Jalan rusak berat"), ContextInfo: quoting("3EB0AA", false)}}), nil},
	{"edit of a caption", &waE2E.Message{EditedMessage: inside(edit("ABC", &waE2E.Message{ImageMessage: image("dua lubang")}))}, nil},
	{"edit of nothing", &waE2E.Message{EditedMessage: inside(text("?"))}, nil},
	{"edit that empties", edit("ABC", text("")), nil},
	{"deletion", &waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{Type: waE2E.ProtocolMessage_REVOKE.Enum(), Key: keyOf("ABC")}}, nil},
	{"vote", &waE2E.Message{PollUpdateMessage: &waE2E.PollUpdateMessage{PollCreationMessageKey: keyOf("3EB0AA")}}, func(e *envelope) { e.Vote = []string{"Ya, kirim"} }},
	{"vote on a poll that is forgotten", &waE2E.Message{PollUpdateMessage: &waE2E.PollUpdateMessage{PollCreationMessageKey: keyOf("3EB0AA")}}, func(e *envelope) { e.Vote = []string{""} }},
	{"vote taken back, or on another's poll", &waE2E.Message{PollUpdateMessage: &waE2E.PollUpdateMessage{PollCreationMessageKey: keyOf("3EB0AA")}}, nil},
	{"poll of theirs", &waE2E.Message{PollCreationMessageV3: &waE2E.PollCreationMessage{Name: proto.String("?")}}, nil},
	{"poll of theirs in a wrapper", &waE2E.Message{PollCreationMessageV4: inside(&waE2E.Message{PollCreationMessage: &waE2E.PollCreationMessage{Name: proto.String("?")}})}, nil},
	{"button pressed that another program drew", &waE2E.Message{TemplateButtonReplyMessage: &waE2E.TemplateButtonReplyMessage{SelectedDisplayText: proto.String("Ya"), ContextInfo: quoting("3EB0AA", false)}}, nil},
	{"setting", &waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{Type: waE2E.ProtocolMessage_EPHEMERAL_SETTING.Enum()}}, nil},
	{"keys of a group", &waE2E.Message{SenderKeyDistributionMessage: &waE2E.SenderKeyDistributionMessage{GroupID: proto.String("x")}}, nil},
	{"photos are announced", &waE2E.Message{AlbumMessage: &waE2E.AlbumMessage{ExpectedImageCount: proto.Uint32(3)}}, nil},
	{"something new", &waE2E.Message{EventMessage: &waE2E.EventMessage{Name: proto.String("rapat")}}, nil},
	{"nothing", &waE2E.Message{}, nil},
	{"in a group", text("/daftar AB12CD34"), ofGroup},
	{"reply in a group", &waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{Text: proto.String("ambil"), ContextInfo: quoting("3EB0AA", false)}}, ofGroup},
	{"edit in a group", edit("ABC", text("salah")), ofGroup},
	{"photo in a group", &waE2E.Message{ImageMessage: image("x")}, ofGroup},
	{"could not be read", nil, nil},
}

func sample(t testing.TB, body *waE2E.Message, change in) []byte {
	t.Helper()
	e, err := sealed(&types.MessageInfo{ID: "3AFE01", PushName: " Siti\n Aminah", Timestamp: time.Unix(1763700000, 0)}, siti, siti, phone, body)
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(&e)
	}
	raw, err := e.raw("628001")
	if err != nil {
		t.Fatal(err)
	}
	return raw.Body
}

func TestEveryKindOfMessageIsRead(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for _, s := range samples {
		m, err := Parse(sample(t, s.body, s.in))
		fmt.Fprintf(&b, "%s\n", s.name)
		if err != nil {
			fmt.Fprintf(&b, "    %v\n", err)
			continue
		}
		ref := ""
		if m.Media != nil {
			r, err := parseMediumRef(m.Media.Ref)
			if err != nil {
				t.Errorf("%s: its medium cannot be fetched", s.name)
			}
			ref, m.Media.Ref = fmt.Sprintf("%s %s", r.Class, r.Path), "…"
			if r.From != "" {
				ref += " of " + r.From
			}
		}
		out, err := json.Marshal(lean(m))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "    %s\n", out)
		if ref != "" {
			fmt.Fprintf(&b, "    %s\n", ref)
		}
	}
	golden(t, "parse.golden", b.String())
}

// lean leaves out what is empty, and of the address all but the peer.
func lean(m hotline.Message) map[string]any {
	raw, _ := json.Marshal(m)
	var all map[string]any
	_ = json.Unmarshal(raw, &all)
	all["Address"] = m.Address.Peer
	for k, v := range all {
		switch v {
		case nil, "", false, 0.0:
			delete(all, k)
		}
	}
	return all
}

func TestWhatIsNoEnvelopeIsAnError(t *testing.T) {
	t.Parallel()
	whole := sample(t, text("x"), nil)
	for _, raw := range []string{"", "x", "{}", `{"v":1}`, `{"v":2,"id":"A","chat":"b@lid","from":"b@lid"}`, `{"v":1,"id":"A","chat":"b@lid","from":"b@lid","body":"////"}`,
		string(whole[:len(whole)-1])} {
		if m, err := Parse([]byte(raw)); err == nil || errors.Is(err, ErrIgnored) {
			t.Errorf("%q is read as %v, %v", raw, m, err)
		}
	}
}

// A message nested ten thousand deep is a stack overflow for whoever follows it.
func TestDepthIsBounded(t *testing.T) {
	t.Parallel()
	var deep []byte
	for range 10_000 {
		inner := protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), deep) // FutureProofMessage.message
		deep = protowire.AppendBytes(protowire.AppendTag(nil, 40, protowire.BytesType), inner) // Message.ephemeralMessage
		if len(deep) > 200_000 {
			break
		}
	}
	e := envelope{Version: 1, ID: "A", Chat: siti.String(), From: siti.String(), Body: deep}
	raw, err := e.raw("62")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Parse(raw.Body); err == nil {
		t.Error("a message nested ten thousand deep was read")
	}
	m := text("akhirnya")
	for range 12 {
		m = &waE2E.Message{EphemeralMessage: inside(m)}
	}
	if got, err := Parse(sample(t, m, nil)); err != nil || got.Kind != hotline.MsgOther {
		t.Errorf("a message in twelve wrappers: %v, %v", got.Kind, err)
	}
}

// A text of 65,000 letters is kept whole in the inbox and read as far as is bearable; a megabyte of anything is kept for its words alone.
func TestSizeIsBounded(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("panjang sekali. ", 65_000/16)
	raw := sample(t, text(long), nil)
	m, err := Parse(raw)
	if err != nil || len(m.Text) > hotline.MaxText || !strings.HasPrefix(long, m.Text) || len(raw) < 65_000 {
		t.Errorf("%d bytes of %d: %v", len(m.Text), len(raw), err)
	}
	bomb := image("katanya")
	bomb.JPEGThumbnail = make([]byte, 5<<20)
	raw = sample(t, &waE2E.Message{ImageMessage: bomb}, nil)
	if m, err = Parse(raw); err != nil || m.Text != "katanya" || len(raw) > 10_000 {
		t.Errorf("%q, %d bytes: %v", m.Text, len(raw), err)
	}
}

func TestDeliveriesAreTheSameWhenAMessageIs(t *testing.T) {
	t.Parallel()
	same := func(a, b envelope) bool {
		x, err := a.raw("62")
		if err != nil {
			t.Fatal(err)
		}
		y, err := b.raw("62")
		if err != nil {
			t.Fatal(err)
		}
		return x.Peer == y.Peer && x.Delivery == y.Delivery
	}
	one := envelope{Version: 1, ID: "A", Chat: siti.String(), From: siti.String(), Name: "Siti", At: 1}
	again, other, broken := one, one, one
	again.Name, again.At = "Siti A.", 2
	other.ID = "B"
	broken.Garbled = true
	if !same(one, again) || same(one, other) || same(one, broken) {
		t.Error("a delivery does not tell messages apart by their ids alone")
	}
	g, h := one, one
	g.Group, h.Group, g.Chat, h.Chat, h.From = true, true, group.String(), group.String(), budi.String()
	if same(g, h) {
		t.Error("two people of a group used one id: one is lost")
	}
}

// Whatever is in the inbox, Parse comes back with a message that Postgres can keep, or an error.
func FuzzParse(f *testing.F) {
	for _, s := range samples {
		f.Add(sample(f, s.body, s.in))
	}
	f.Add([]byte(`{"v":1,"id":"\u0000","chat":"\ud800@lid","from":"x","body":"CgF4"}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := Parse(raw)
		if err == nil {
			check(t, m)
		}
	})
}

// Whatever a person's app puts into a message, it becomes an envelope that is read without harm.
func FuzzBody(f *testing.F) {
	for _, s := range samples {
		if s.body != nil {
			b, err := proto.Marshal(s.body)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(b, "3AFE01", "Siti", int64(1763700000), false)
		}
	}
	f.Fuzz(func(t *testing.T, body []byte, id, name string, at int64, inGroup bool) {
		var m waE2E.Message
		if proto.Unmarshal(body, &m) != nil {
			return // the library does not hand it on
		}
		_, _, _ = textOf(&m), contextOf(&m), medium(&m)
		peer := siti
		if inGroup {
			peer = group
		}
		e, err := sealed(&types.MessageInfo{ID: id, PushName: name, Timestamp: time.Unix(at, 0)}, peer, siti, phone, &m)
		if err != nil {
			return
		}
		raw, err := e.raw("628001")
		if err != nil {
			t.Fatal(err)
		}
		if raw.Peer == "" || raw.Delivery == "" || strings.ContainsRune(raw.Peer+raw.Delivery, 0) || !utf8.ValidString(raw.Peer+raw.Delivery) {
			t.Fatalf("a row that cannot be kept: %q %q", raw.Peer, raw.Delivery)
		}
		got, err := Parse(raw.Body)
		if err == nil {
			check(t, got)
		}
	})
}

func check(t *testing.T, m hotline.Message) {
	t.Helper()
	all := []string{string(m.Kind), m.Address.Peer, m.Ref, m.Text, m.On, m.ReplyTo, m.Name, m.Phone, m.From}
	if m.Media != nil {
		all = append(all, m.Media.Ref, m.Media.Name, m.Media.Mime)
		if m.Media.Ref == "" || m.Media.Size < 0 {
			t.Errorf("medium %+v", m.Media)
		}
	}
	if m.Contact != nil {
		all = append(all, m.Contact.Name, m.Contact.Phone)
	}
	for _, s := range all {
		if strings.ContainsRune(s, 0) || !utf8.ValidString(s) || len(s) > 64<<10 {
			t.Errorf("%q in %+v", bounded(s, 100), m.Kind)
		}
	}
	switch {
	case m.Kind == "" || m.Address.Peer == "":
		t.Errorf("a message of no kind or from nobody: %+v", m)
	case len(m.Text) > hotline.MaxText:
		t.Errorf("%d bytes of text", len(m.Text))
	case m.Kind == hotline.MsgPin && (m.Pin == nil || m.Pin.Lat < -90 || m.Pin.Lat > 90):
		t.Errorf("a pin at %v", m.Pin)
	case m.Kind == hotline.MsgContact && m.Contact == nil, m.Kind == hotline.MsgMedia && m.Media == nil:
		t.Errorf("a %s without one", m.Kind)
	}
}
