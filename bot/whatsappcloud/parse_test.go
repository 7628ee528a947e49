package whatsappcloud

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"tanggap/hotline"
	sim "tanggap/simulator/whatsappcloud"
)

var rewrite = flag.Bool("update", false, "rewrite the golden files")

var quiet = slog.New(slog.DiscardHandler)

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
	if got == string(want) {
		return
	}
	g, w := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			t.Fatalf("%s:%d is %q, want %q (-update rewrites it)", file, i+1, g[i], w[i])
		}
	}
	t.Fatalf("%s has %d lines, want %d (-update rewrites it)", file, len(g), len(w))
}

// In the messages below AT is a message's envelope.
var samples = []struct{ name, message string }{
	{"text", `{AT,"type":"text","text":{"body":"Jalan depan balai desa rusak"}}`},
	{"text of an enrolment", `{AT,"type":"text","text":{"body":"/daftar AB12CD"}}`},
	{"text with NUL and half a surrogate", `{AT,"type":"text","text":{"body":"a\u0000b\ud83d c"}}`},
	{"text of 65,000 letters", `{AT,"type":"text","text":{"body":"` + strings.Repeat("panjang ", 8125) + `"}}`},
	{"reply", `{AT,"type":"text","text":{"body":"sudah"},"context":{"from":"628112711112","id":"wamid.OURS"}}`},
	{"forwarded", `{AT,"type":"text","text":{"body":"awas banjir"},"context":{"forwarded":true}}`},
	{"forwarded many times", `{AT,"type":"text","text":{"body":"awas banjir"},"context":{"frequently_forwarded":true}}`},
	{"a text that came by an advertisement", `{AT,"type":"text","text":{"body":"halo"},"referral":{"source_url":"https://fb.me/x","source_type":"ad"}}`},
	{"photo", `{AT,"type":"image","image":{"caption":"lubangnya","mime_type":"image/jpeg","sha256":"x","id":"65463453","url":"https://lookaside.fbsbx.com/x"}}`},
	{"video", `{AT,"type":"video","video":{"mime_type":"video/mp4","sha256":"x","id":"765756756"}}`},
	{"voice", `{AT,"type":"audio","audio":{"mime_type":"audio/ogg; codecs=opus","sha256":"x","id":"77","voice":true}}`},
	{"music", `{AT,"type":"audio","audio":{"mime_type":"audio/mpeg","sha256":"x","id":"78","voice":false}}`},
	{"document", `{AT,"type":"document","document":{"caption":"surat","filename":"surat desa.pdf","mime_type":"application/pdf","id":"79"}}`},
	{"sound as a document", `{AT,"type":"document","document":{"filename":"saya.mp3","mime_type":"Audio/MPEG","id":"80"}}`},
	{"photo with an id that is none", `{AT,"type":"image","image":{"mime_type":"image/jpeg","id":"../../x"}}`},
	{"sticker", `{AT,"type":"sticker","sticker":{"mime_type":"image/webp","id":"81","animated":false}}`},
	{"place", `{AT,"type":"location","location":{"latitude":-6.5924,"longitude":110.6685},"context":{"id":"wamid.ASK"}}`},
	{"place with a name, numbers as text", `{AT,"type":"location","location":{"latitude":"-6.5924","longitude":"110.6685","name":"Balai Desa","address":"Tahunan"}}`},
	{"place that is none", `{AT,"type":"location","location":{"latitude":"NaN","longitude":110}}`},
	{"own number, asked for", `{AT,"type":"contacts","contacts":[{"origin":"contact_request","phones":[{"phone":"+62 812-3456-7890","wa_id":"6281234567890"}]}]}`},
	{"own number, of itself", `{AT,"type":"contacts","contacts":[{"name":{"formatted_name":"Siti Aminah"},"phones":[{"phone":"+62 812-3456-7890","wa_id":"6281234567890"}]}]}`},
	{"somebody's number", `{AT,"type":"contacts","contacts":[{"name":{"formatted_name":"Tukang"}},{"name":{"first_name":"Pak","last_name":"RT"},"phones":[{"phone":"(0291) 591 112"}]}]}`},
	{"a card without a number", `{AT,"type":"contacts","contacts":[{"name":{"formatted_name":"Tukang"}}]}`},
	{"button", `{AT,"type":"interactive","interactive":{"type":"button_reply","button_reply":{"id":"yes:3","title":"Ya"}},"context":{"id":"wamid.OURS"}}`},
	{"row of a list", `{AT,"type":"interactive","interactive":{"type":"list_reply","list_reply":{"id":"area:3","title":"Teg…","description":"Tegalsambi"}},"context":{"id":"wamid.OURS"}}`},
	{"a form", `{AT,"type":"interactive","interactive":{"type":"nfm_reply","nfm_reply":{"response_json":"{}"}}}`},
	{"an interactive thing that is broken", `{AT,"type":"interactive"}`},
	{"a template's button", `{AT,"type":"button","button":{"text":"Sudah beres","payload":"done:5"},"context":{"id":"wamid.TEMPLATE"}}`},
	{"a template's button that means its label", `{AT,"type":"button","button":{"text":"Sudah beres","payload":"Sudah beres"},"context":{"id":"wamid.TEMPLATE"}}`},
	{"reaction", `{AT,"type":"reaction","reaction":{"message_id":"wamid.OURS","emoji":"👍"}}`},
	{"reaction taken back", `{AT,"type":"reaction","reaction":{"message_id":"wamid.OURS"}}`},
	{"edit", `{AT,"type":"edit","edit":{"original_message_id":"wamid.BEFORE","message":{"context":{"id":"M0"},"type":"text","text":{"body":"Bukan rusak, ambles"}}}}`},
	{"edit of a caption", `{AT,"type":"edit","edit":{"original_message_id":"wamid.BEFORE","message":{"type":"image","image":{"caption":"ambles","id":"65463453","mime_type":"image/jpeg"}}}}`},
	{"edit into nothing", `{AT,"type":"edit","edit":{"original_message_id":"wamid.BEFORE","message":{"type":"text"}}}`},
	{"taken back", `{AT,"type":"revoke","revoke":{"original_message_id":"wamid.BEFORE"}}`},
	{"order", `{AT,"type":"order","order":{"catalog_id":"1","text":"dua","product_items":[]}}`},
	{"poll", `{AT,"type":"unsupported","unsupported":{"type":"poll"},"errors":[{"code":131051}]}`},
	{"something unsupported", `{AT,"type":"unsupported","errors":[{"code":131051,"title":"Message type unknown"}]}`},
	{"something of next year", `{AT,"type":"hologram","hologram":{"depth":3}}`},
	{"opened the chat", `{AT,"type":"request_welcome"}`},
	{"in a group", `{AT,"group_id":"G1","type":"text","text":{"body":"halo semua"}}`},
	{"number changed", `{"from":"6281234567890","id":"wamid.S","timestamp":"1763700000","type":"system","system":{"type":"user_changed_number","body":"User Siti changed from 6281234567890 to 6285","wa_id":"628500000001"}}`},
	{"number and id changed", `{"from":"6281234567890","from_user_id":"ID.2","id":"wamid.S","timestamp":"1763700000","type":"system","system":{"type":"user_changed_number","wa_id":"628500000001","user_id":"ID.2","previous_user_id":"ID.1"}}`},
	{"id changed", `{"id":"wamid.S","timestamp":"1763700000","type":"system","system":{"type":"user_changed_user_id","user_id":"ID.2","previous_user_id":"ID.1"}}`},
	{"another telephone", `{AT,"type":"system","system":{"type":"customer_identity_changed","body":"User identity changed"}}`},
	{"user id alone", `{"from_user_id":"ID.1349","id":"wamid.U","timestamp":1763700000,"type":"text","text":{"body":"halo"}}`},
	{"from nobody", `{"id":"wamid.N","timestamp":"1763700000","type":"text","text":{"body":"halo"}}`},
	{"without an id", `{"from":"6281234567890","timestamp":"1763700000","type":"text","text":{"body":"halo"}}`},
	{"of another shape", `{"from":{"id":"6281234567890"},"id":"wamid.X","type":"text"}`},
	{"no object", `"halo"`},
}

// envelop makes a call of the webhook of a message.
func envelop(message string) string {
	message = strings.Replace(message, "AT", `"from":"6281234567890","from_user_id":"ID.13491208655302741918","id":"wamid.IN","timestamp":"1763700000"`, 1)
	contacts := `"contacts":[{"profile":{"name":"Siti  Aminah"},"wa_id":"6281234567890","user_id":"ID.13491208655302741918"}],`
	if !strings.Contains(message, `"from_user_id":"ID.13491208655302741918"`) {
		contacts = ""
	}
	return `{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"messaging_product":"whatsapp",` +
		`"metadata":{"display_phone_number":"628112711112","phone_number_id":"106540352242922"},` + contacts + `"messages":[` + message + `]}}]}]}`
}

func TestParse(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for _, s := range samples {
		fmt.Fprintln(&b, s.name)
		raws := takeApart([]byte(envelop(s.message)), testNumber, func(id string) bool { return id == testNumber }).raws
		if len(raws) != 1 {
			t.Fatalf("%s: %d rows", s.name, len(raws))
		}
		fmt.Fprintf(&b, "    peer %q delivery %q\n", raws[0].Peer, raws[0].Delivery)
		m, err := Parse(raws[0].Body)
		switch {
		case raws[0].Peer == "":
			fmt.Fprintf(&b, "    set aside\n\n")
			continue
		case errors.Is(err, ErrIgnored):
			fmt.Fprintf(&b, "    ignored\n\n")
			continue
		case err != nil:
			fmt.Fprintf(&b, "    error: %v\n\n", err)
			continue
		}
		if m.Address.Peer != raws[0].Peer || m.Address.Channel != hotline.WhatsAppCloud {
			t.Errorf("%s: from %+v in the row of %q", s.name, m.Address, raws[0].Peer)
		}
		if len(m.Text) > 200 {
			m.Text = fmt.Sprintf("%s… (%d bytes)", m.Text[:20], len(m.Text))
		}
		fmt.Fprintf(&b, "    %s\n\n", short(t, m))
	}
	golden(t, "parse.golden", b.String())
}

// short writes down what is set of a message.
func short(t *testing.T, m hotline.Message) string {
	t.Helper()
	m.Address = hotline.Address{}
	raw, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]any
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	for k, v := range all {
		if v == nil || v == "" || fmt.Sprint(v) == "false" || fmt.Sprint(v) == "0" || k == "Address" || k == "At" && m.At.IsZero() {
			delete(all, k)
		}
	}
	out, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// Everything a simulated person can do is understood.
func TestParseOfTheNetwork(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, time.November, 21, 4, 40, 0, 0, time.UTC)
	w := newWorld(t, sim.Options{Now: func() time.Time { return at }}).hook(t)
	p := w.siti
	if _, err := w.channel.Send(soon(t), hotline.Outgoing{ID: 5, Peer: sitiPeer, Text: "Benar?", Choices: yesNo}); err != nil {
		t.Fatal(err)
	}
	ours, _ := p.Last()
	var text string
	act := func(id string, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	text = act(p.Say("Jalan rusak"))
	act(p.Reply(ours.ID, "ya"))
	act(p.Forward("awas"))
	act(p.Photo([]byte("jpeg"), "ini"))
	act(p.Video([]byte("mp4"), ""))
	act(p.Voice([]byte("ogg")))
	act(p.Audio([]byte("mp3")))
	act(p.Document("surat.pdf", "application/pdf", []byte("%PDF"), "surat"))
	act(p.Sticker())
	act(p.Pin(-6.59, 110.66))
	act(p.ShareContact())
	act(p.SendContact(sim.Contact{Phone: "0291591112", Name: "Pak RT"}))
	act(p.Press("", "Ya, kirim"))
	act(p.React(ours.ID, "👍"))
	act(p.Unsupported("poll"))
	act(p.Emit(map[string]any{"type": "order", "order": map[string]any{"text": "dua"}}))
	if err := errors.Join(p.Edit(text, "Jalan ambles"), p.Delete(text), p.ChangeNumber("628599999999")); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range w.inbox.waitFor(t, 19) {
		m, err := Parse(r.Body)
		if err != nil || r.Peer != sitiPeer || !m.At.Equal(at) {
			t.Fatalf("%s: %v (%s)", r.Body, err, r.Peer)
		}
		line := string(m.Kind)
		switch {
		case m.Media != nil:
			line += " " + string(m.Media.Kind)
		case m.Contact != nil:
			line += fmt.Sprint(" ", m.Contact.Own)
		case m.Choice != "":
			line += fmt.Sprint(" ", m.Choice, " ", m.On == ours.ID)
		case m.Kind == hotline.MsgReaction:
			line += fmt.Sprint(" ", m.Text, " ", m.On == ours.ID)
		case m.Kind == hotline.MsgEdit, m.Kind == hotline.MsgDeleted:
			line += fmt.Sprint(" ", m.Ref == text)
		case m.ReplyTo != "":
			line += fmt.Sprint(" to ", m.ReplyTo == ours.ID)
		case m.Forwarded:
			line += " forwarded"
		case m.Moved != "":
			line += " " + m.Moved[:9] + " " + m.Phone
		}
		got = append(got, line)
	}
	want := `text
text to true
text forwarded
media photo
media video
media voice
media voice
media document
sticker
pin
contact true
contact false
choice yes:3 true
reaction 👍 true
poll
other
edit true
deleted true
moved bsuid:ID. +628599999999`
	if strings.Join(got, "\n") != want {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
	w.clean(t)
}

func FuzzParse(f *testing.F) {
	for _, s := range samples {
		raws := takeApart([]byte(envelop(s.message)), testNumber, func(string) bool { return true }).raws
		f.Add(raws[0].Body)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := Parse(raw)
		if err != nil {
			return
		}
		if _, bad := recipientOf(m.Address.Peer); bad != nil {
			t.Errorf("from %q, who cannot be answered", m.Address.Peer)
		}
		if m.Kind == "" || m.Ref == "" || len(m.Text) > hotline.MaxText || !utf8.ValidString(m.Text+m.Name+m.Choice) ||
			strings.Contains(m.Text+m.Name+m.Choice+m.On+m.ReplyTo, "\x00") {
			t.Errorf("a message that cannot be kept: %+v", m)
		}
		if m.Kind == hotline.MsgMedia && (m.Media == nil || !mediaShape(m.Media.Ref)) || m.Kind == hotline.MsgPin && m.Pin == nil ||
			m.Kind == hotline.MsgContact && m.Contact == nil || m.Kind == hotline.MsgMoved && m.Moved == "" {
			t.Errorf("%s without its thing", m.Kind)
		}
		if m.Phone != "" && (m.Phone[0] != '+' || digits(m.Phone) != m.Phone[1:]) {
			t.Errorf("a number %q", m.Phone)
		}
	})
}
