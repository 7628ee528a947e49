package telegram

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

	"tanggap/hotline"
	sim "tanggap/simulator/telegram"
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

// In the updates below ME is the chat and the sender, AT the rest of a message's envelope.
var samples = []struct{ name, update string }{
	{"text", `"message":{AT,"text":"Jalan depan balai desa rusak"}`},
	{"start with a code", `"message":{AT,"text":"/start daftar_AB12CD"}`},
	{"text with NUL and half a surrogate", `"message":{AT,"text":"a\u0000b\ud83d c"}`},
	{"reply", `"message":{AT,"text":"sudah","reply_to_message":{"message_id":41,"date":1,"chat":{"id":9}}}`},
	{"forwarded", `"message":{AT,"text":"awas banjir","forward_origin":{"type":"something_new","date":1}}`},
	{"forwarded, as it was said once", `"message":{AT,"text":"awas banjir","forward_date":1}`},
	{"photo", `"message":{AT,"caption":"lubangnya","photo":[{"file_id":"s","width":90,"height":60,"file_size":900},{"file_id":"l","width":1280,"height":960,"file_size":90000},{"file_id":"m","width":320,"height":240,"file_size":9000}]}`},
	{"photo with a size too big to fetch", `"message":{AT,"photo":[{"file_id":"m","width":320,"height":240,"file_size":9000},{"file_id":"huge","width":9999,"height":9999,"file_size":99999999}]}`},
	{"video", `"message":{AT,"video":{"file_id":"v","mime_type":"video/mp4","file_name":"banjir.mp4","file_size":5}}`},
	{"round video", `"message":{AT,"video_note":{"file_id":"n","length":240}}`},
	{"animation", `"message":{AT,"animation":{"file_id":"g","mime_type":"video/mp4"},"document":{"file_id":"g"}}`},
	{"voice", `"message":{AT,"voice":{"file_id":"o","mime_type":"audio/ogg","duration":4,"file_size":4000}}`},
	{"music", `"message":{AT,"audio":{"file_id":"a","mime_type":"audio/mpeg","file_name":"rekaman.mp3"}}`},
	{"document", `"message":{AT,"caption":"surat","document":{"file_id":"d","mime_type":"application/pdf","file_name":"surat\u0000 desa.pdf","file_size":70}}`},
	{"sound sent as a file", `"message":{AT,"document":{"file_id":"d","mime_type":"audio/aac","file_name":"suara.aac"}}`},
	{"pin", `"message":{AT,"location":{"latitude":-6.58,"longitude":110.66}}`},
	{"venue", `"message":{AT,"location":{"latitude":-6.58,"longitude":110.66},"venue":{"location":{"latitude":-6.58,"longitude":110.66},"title":"Pasar Jepara II","address":"Jl. Diponegoro"}}`},
	{"own number", `"message":{AT,"contact":{"phone_number":"6281234567890","first_name":"Siti","last_name":"Aminah","user_id":9}}`},
	{"another's number", `"message":{AT,"contact":{"phone_number":"0812 999","first_name":"Budi","user_id":10}}`},
	{"sticker", `"message":{AT,"sticker":{"file_id":"x","emoji":"👍"}}`},
	{"dice", `"message":{AT,"dice":{"emoji":"🎲","value":3}}`},
	{"poll", `"message":{AT,"poll":{"id":"1","question":"?"}}`},
	{"something new", `"message":{AT,"hologram":{"depth":3},"caption":"lihat"}`},
	{"pinned by them", `"message":{AT,"pinned_message":{"message_id":1,"date":0,"chat":{"id":9}}}`},
	{"edit", `"edited_message":{AT,"edit_date":1763700100,"text":"Jalan depan balai desa rusak berat"}`},
	{"edit of a caption", `"edited_message":{AT,"edit_date":1763700100,"caption":"dua lubang","photo":[{"file_id":"l","width":9,"height":9}]}`},
	{"live location moves", `"edited_message":{AT,"edit_date":1763700100,"location":{"latitude":1,"longitude":2}}`},
	{"button", `"callback_query":{"id":"77","from":ME,"message":{"message_id":50,"date":1763700000,"chat":{"id":9,"type":"private"},"text":"Benar?"},"data":"yes:3"}`},
	{"button on a message out of reach", `"callback_query":{"id":"78","from":ME,"message":{"message_id":50,"date":0,"chat":{"id":9,"type":"private"}},"data":"yes:3"}`},
	{"button without its message", `"callback_query":{"id":"79","from":ME,"data":"yes:3"}`},
	{"button of an inline message", `"callback_query":{"id":"80","from":ME,"inline_message_id":"z","data":"yes:3"}`},
	{"button in a group", `"callback_query":{"id":"81","from":ME,"message":{"message_id":1,"date":1,"chat":{"id":-5,"type":"group"}},"data":"x"}`},
	{"blocked", `"my_chat_member":{"date":1763700000,"chat":{"id":9,"type":"private"},"from":ME,"old_chat_member":{"status":"member"},"new_chat_member":{"status":"kicked","until_date":0}}`},
	{"returned", `"my_chat_member":{"date":1763700000,"chat":{"id":9,"type":"private"},"from":ME,"old_chat_member":{"status":"kicked"},"new_chat_member":{"status":"member"}}`},
	{"made administrator of a channel", `"my_chat_member":{"date":1,"chat":{"id":-100,"type":"channel"},"from":ME,"new_chat_member":{"status":"administrator"}}`},
	{"group", `"message":{"message_id":42,"date":1763700000,"from":ME,"chat":{"id":-100123,"type":"supergroup"},"text":"halo"}`},
	{"another bot", `"message":{"message_id":42,"date":1763700000,"from":{"id":3,"is_bot":true,"first_name":"b"},"chat":{"id":3,"type":"private"},"text":"halo"}`},
	{"an update of a new kind", `"telepathy":{"from":ME}`},
	{"no chat", `"message":{"message_id":1,"text":"x"}`},
	{"a wrong type", `"message":{AT,"text":{"rich":"secret words"}}`},
	{"button without id", `"callback_query":{"from":ME,"data":"x"}`},
}

func TestParse(t *testing.T) {
	t.Parallel()
	me := `{"id":9,"is_bot":false,"first_name":"Siti","last_name":"Aminah","language_code":"jv-ID"}`
	var b strings.Builder
	for i, s := range samples {
		raw := fmt.Sprintf(`{"update_id":%d,%s}`, i+1, s.update)
		raw = strings.ReplaceAll(raw, "AT", `"message_id":42,"date":1763700000,"from":ME,"chat":{"id":9,"type":"private"}`)
		raw = strings.ReplaceAll(raw, "ME", me)
		fmt.Fprintf(&b, "%s\n", s.name)
		peer, delivery, err := Peer([]byte(raw))
		fmt.Fprintf(&b, "    peer %q delivery %q", peer, delivery)
		if err != nil {
			fmt.Fprintf(&b, " error: %v", err)
		}
		b.WriteString("\n")
		m, err := Parse([]byte(raw))
		switch {
		case errors.Is(err, ErrIgnored):
			b.WriteString("    ignored\n\n")
			continue
		case err != nil:
			if strings.Contains(err.Error(), "secret words") {
				t.Errorf("what was said stands in the error %q", err)
			}
			fmt.Fprintf(&b, "    error: %v\n\n", err)
			continue
		}
		if m.Address.Peer != peer {
			t.Errorf("%s: Parse says peer %q, Peer %q", s.name, m.Address.Peer, peer)
		}
		b.WriteString(show(t, m) + "\n")
	}
	golden(t, "parse.golden", b.String())
}

// show prints the fields of a message that are set, one a line.
func show(t *testing.T, m hotline.Message) string {
	t.Helper()
	raw, err := json.Marshal(struct {
		Kind                                     hotline.MessageKind
		At                                       string           `json:",omitempty"`
		Ref, Text, Choice, Callback, On, ReplyTo string           `json:",omitempty"`
		Forwarded                                bool             `json:",omitempty"`
		Pin                                      *hotline.Point   `json:",omitempty"`
		Media                                    *hotline.Media   `json:",omitempty"`
		Contact                                  *hotline.Contact `json:",omitempty"`
		Name                                     string           `json:",omitempty"`
		Language                                 hotline.Lang     `json:",omitempty"`
	}{m.Kind, stamp(m.At), m.Ref, m.Text, m.Choice, m.Callback, m.On, m.ReplyTo, m.Forwarded, m.Pin, m.Media, m.Contact, m.Name, m.Language})
	if err != nil {
		t.Fatal(err)
	}
	return "    " + string(raw) + "\n"
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

func TestParseBoundsText(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ꦲ", hotline.MaxText) // three bytes each: the bound falls within a rune
	raw, err := json.Marshal(map[string]any{"update_id": 1, "message": map[string]any{
		"message_id": 1, "date": 1, "chat": map[string]any{"id": 9, "type": "private"}, "text": long}})
	if err != nil {
		t.Fatal(err)
	}
	m, err := Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Text) > hotline.MaxText || len(m.Text) < hotline.MaxText-2 || !utf8.ValidString(m.Text) {
		t.Errorf("%d bytes are left, valid: %v", len(m.Text), utf8.ValidString(m.Text))
	}
}

func TestParseLanguages(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string]hotline.Lang{"id": "id", "id-ID": "id", "in": "id", "jv": "jv", "jv-Java": "jv", "en": "en", "EN-us": "en", "su": "", "": ""} {
		if got := language(tag); got != want {
			t.Errorf("%q gives %q, want %q", tag, got, want)
		}
	}
}

// What people do in the simulator is understood, whole.
func TestParseWhatPeopleDo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.run(t)
	first, err := w.siti.Send("halo")
	if err != nil {
		t.Fatal(err)
	}
	w.inbox.waitFor(t, 1)
	acts := []struct {
		do   func() error
		want hotline.MessageKind
	}{
		{func() error { _, err := w.siti.Photo("x.jpg", sim.SamplePhoto(1, false), "rusak"); return err }, hotline.MsgMedia},
		{func() error { _, err := w.siti.Voice(sim.SampleVoice(1), 3*time.Second); return err }, hotline.MsgMedia},
		{func() error { _, err := w.siti.Video("x.mp4", sim.SampleVideo(1), ""); return err }, hotline.MsgMedia},
		{func() error { _, err := w.siti.Document("x.pdf", sim.SamplePDF(1), ""); return err }, hotline.MsgMedia},
		{func() error { _, err := w.siti.Audio("x.mp3", []byte("ID3"), ""); return err }, hotline.MsgMedia},
		{func() error { _, err := w.siti.Pin(-6.58, 110.66); return err }, hotline.MsgPin},
		{func() error { _, err := w.siti.ShareContact(); return err }, hotline.MsgContact},
		{func() error { _, err := w.siti.Sticker("👍"); return err }, hotline.MsgSticker},
		{func() error { _, err := w.siti.Poll("?", "a", "b"); return err }, hotline.MsgPoll},
		{func() error { _, err := w.siti.Forward("awas", "Budi"); return err }, hotline.MsgText},
		{func() error { _, err := w.siti.Reply(first, "itu"); return err }, hotline.MsgText},
		{func() error { _, err := w.siti.Edit(first, "halo halo"); return err }, hotline.MsgEdit},
		{func() error { return w.siti.Block() }, hotline.MsgBlocked},
		{func() error { return w.siti.Unblock() }, hotline.MsgReturned},
		{func() error { _, err := w.siti.Start("kode"); return err }, hotline.MsgText},
	}
	for i, a := range acts {
		if err := a.do(); err != nil {
			t.Fatal(err)
		}
		all := w.inbox.waitFor(t, i+2)
		m, err := Parse(all[i+1].Body)
		if err != nil || m.Kind != a.want {
			t.Fatalf("act %d is read as %q, %v; want %q", i, m.Kind, err, a.want)
		}
		switch m.Kind {
		case hotline.MsgContact:
			if !m.Contact.Own || m.Contact.Phone != "+6281234567890" {
				t.Errorf("contact %+v", m.Contact)
			}
		case hotline.MsgEdit:
			if m.Ref != fmt.Sprint(first) || m.Text != "halo halo" {
				t.Errorf("edit %+v", m)
			}
		case hotline.MsgMedia:
			if m.Media.Ref == "" || m.Media.Size == 0 {
				t.Errorf("media %+v", m.Media)
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	for i, s := range samples {
		raw := fmt.Sprintf(`{"update_id":%d,%s}`, i+1, s.update)
		raw = strings.ReplaceAll(raw, "AT", `"message_id":42,"date":1763700000,"from":ME,"chat":{"id":9,"type":"private"}`)
		f.Add([]byte(strings.ReplaceAll(raw, "ME", `{"id":9,"first_name":"Siti","language_code":"id"}`)))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		peer, delivery, peerErr := Peer(raw)
		if delivery == "" {
			t.Error("no delivery")
		}
		m, err := Parse(raw)
		if err != nil {
			return
		}
		if peerErr != nil || peer != m.Address.Peer || peer == "" {
			t.Errorf("Peer gives %q, %v; Parse %q", peer, peerErr, m.Address.Peer)
		}
		if m.Kind == "" || len(m.Text) > hotline.MaxText || !utf8.ValidString(m.Text+m.Name) || strings.Contains(m.Text+m.Name+m.Choice, "\x00") {
			t.Errorf("a message that cannot be kept: %+v", m)
		}
		if (m.Kind == hotline.MsgMedia) && m.Media == nil || m.Kind == hotline.MsgPin && m.Pin == nil || m.Kind == hotline.MsgContact && m.Contact == nil {
			t.Errorf("%s without its thing", m.Kind)
		}
	})
}

// Whatever stands between two good updates, both are found, in order, and nothing of the rest is confirmed that was not seen.
func FuzzUpdates(f *testing.F) {
	for _, s := range []string{``, `null`, `{"update_id":6}`, `{"update_id":6,"message":{"text":"abc}`, `"`, `\`, `}}]]`, `<html>`, `{"update_id":"6"}`, `5,`, `{"update_id":`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, odd []byte) {
		if _, delivery, _ := Peer(odd); strings.Contains(string(odd), "update_id") && delivery != "6" {
			return // it would pretend to be an update of its own
		}
		one, two := `{"update_id":5,"message":{"text":"[{\"update_id\":1}]"}}`, `{"update_id":7}`
		list, _ := updates([]byte(`{"ok":true,"result":[` + one + `,` + string(odd) + `,` + two + `]}`))
		if len(list) < 2 || string(list[0]) != one || string(list[len(list)-1]) != two {
			t.Errorf("found %q", list)
		}
		var raws []hotline.Raw
		for _, raw := range list {
			peer, delivery, _ := Peer(raw)
			raws = append(raws, hotline.Raw{Peer: peer, Delivery: delivery})
		}
		if got := after(raws, 5); got != 8 {
			t.Errorf("the next offset is %d", got)
		}
	})
}

// What taking a hundred updates apart costs, and reading one of them later.
func BenchmarkUpdates(b *testing.B) {
	one := `{"update_id":816000123,"message":{"message_id":4711,"from":{"id":5961600123,"is_bot":false,"first_name":"Siti","last_name":"Aminah","username":"sitiaminah","language_code":"id"},"chat":{"id":5961600123,"first_name":"Siti","last_name":"Aminah","username":"sitiaminah","type":"private"},"date":1763700000,"text":"Jalan depan balai desa Tegalsambi berlubang, sudah dua orang jatuh"}}`
	answer := []byte(`{"ok":true,"result":[` + strings.Repeat(one+",", 99) + one + `]}`)
	c, err := New(Options{Token: testToken})
	if err != nil {
		b.Fatal(err)
	}
	b.Run("take", func(b *testing.B) {
		for b.Loop() {
			list, _ := updates(answer)
			raws := make([]hotline.Raw, len(list))
			for i, raw := range list {
				raws[i] = c.take(raw)
			}
			after(raws, 1)
		}
	})
	b.Run("parse", func(b *testing.B) {
		for b.Loop() {
			if _, err := Parse([]byte(one)); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// What must go back to the network as it came cannot be mended: with a NUL in it the update is refused at once, and not tried again and again.
func TestParseRefusesIdentifiersWithNUL(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{
		`{"update_id":5,"message":{"message_id":1,"date":1,"chat":{"id":7,"type":"private"},"document":{"file_id":"a\u0000b"}}}`,
		`{"update_id":5,"callback_query":{"id":"a\u0000b","from":{"id":7},"data":"x","message":{"message_id":1,"date":1,"chat":{"id":7,"type":"private"}}}}`,
	} {
		if m, err := Parse([]byte(raw)); err == nil || errors.Is(err, ErrIgnored) {
			t.Errorf("%s: %+v, %v", raw, m, err)
		}
	}
}
