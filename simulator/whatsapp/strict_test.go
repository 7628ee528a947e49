package whatsapp

import (
	"bytes"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/coder/websocket"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
	"pgregory.net/rapid"
)

// What the server does not know is written down, and a question is told so.
func TestStrict(t *testing.T) {
	t.Parallel()
	s := New(Options{Listen: "127.0.0.1:0"})
	t.Cleanup(func() { ok(t, s.Close()) })
	s.Account(botPhone)
	dev := blank()
	s.Adopt(botPhone, dev)
	f := connectForeign(t, s, dev, false)
	f.next(tagged("success"))
	for _, bad := range []struct {
		stanza node
		says   string
	}{
		{node{Tag: "dance"}, "stanza: <dance>"},
		{node{Tag: "ack", Attrs: attrs{"id": "1", "class": "message", "to": "1@lid", "colour": "red"}}, "ack: attribute colour"},
		{node{Tag: "presence", Attrs: attrs{"type": "available"}, Content: []node{{Tag: "mood"}}}, "presence: <mood>"},
		{node{Tag: "iq", Attrs: attrs{"id": "1", "type": "get", "xmlns": "w:unheard", "to": "s.whatsapp.net"}, Content: []node{{Tag: "of"}}}, "iq: unknown: get w:unheard <of>"},
		{node{Tag: "iq", Attrs: attrs{"id": "1", "type": "take", "to": "s.whatsapp.net"}}, "iq: type take"},
		{node{Tag: "message", Attrs: attrs{"id": "1", "type": "text", "to": s.LID(botPhone)}, Content: []node{
			{Tag: "enc", Attrs: attrs{"type": "open", "v": "2"}, Content: []byte("x")}}}, "message enc: type open"},
		{node{Tag: "message", Attrs: attrs{"type": "text"}}, "message: without an id or a recipient"},
	} {
		f.send(bad.stanza)
		until(t, func() bool { return strings.Contains(strings.Join(s.Violations(), "\n"), bad.says) })
	}
	no := f.next(func(n node) bool { return n.Tag == "iq" })
	if text(no.Attrs["type"]) != "error" || text(first(no).Attrs["code"]) != "501" {
		t.Errorf("%s", &no)
	}
	for _, path := range []string{"/elsewhere", "/mms/image/x?auth=wrong"} {
		r, err := (&http.Client{Transport: s.Transport()}).Post("https://mmg.whatsapp.net"+path, "", strings.NewReader("x"))
		ok(t, err)
		_ = r.Body.Close()
		if r.StatusCode != http.StatusNotFound && r.StatusCode != http.StatusForbidden {
			t.Error(path, r.Status)
		}
	}
}

// A connection that begins with nonsense, or promises too much, ends.
func TestNonsense(t *testing.T) {
	t.Parallel()
	s := New(Options{Listen: "127.0.0.1:0"})
	t.Cleanup(func() { ok(t, s.Close()) })
	for _, b := range [][]byte{
		[]byte("GET / HTTP"), {'W', 'A', 5, 3}, {'W', 'A', 6, 3, 255, 255, 255}, {'E', 'D', 0, 1, 255, 0, 0}, {'W', 'A', 6, 3, 0, 0, 2, 8, 8},
		{'W', 'A', 6, 3, 0, 0, 0},
	} {
		before := len(s.Violations())
		ws := dial(t, s)
		ok(t, ws.Write(within(t), websocket.MessageBinary, b))
		if _, _, err := ws.Read(within(t)); err == nil {
			t.Errorf("%x: an answer", b)
		}
		if len(s.Violations()) != before+1 {
			t.Errorf("%x: %v", b, s.Violations())
		}
	}
	r, err := http.Get(s.URL() + "/ws/chat")
	ok(t, err)
	_ = r.Body.Close()
	if r.StatusCode == http.StatusOK {
		t.Error("a socket without a websocket")
	}
}

func TestListen(t *testing.T) {
	t.Parallel()
	s := New(Options{})
	if s.URL() != "" {
		t.Error("an address before listening")
	}
	if err := s.Listen("192.0.2.1:0"); err == nil {
		t.Error("listens to the world")
	}
	ok(t, s.Listen(""))
	if err := s.Listen(""); err == nil {
		t.Error("listens twice")
	}
	elsewhere := &http.Client{Transport: TransportTo(s.URL())} // as another process does
	r, err := elsewhere.Get("https://mmg.whatsapp.net" + mediaPath + "none")
	ok(t, err)
	_ = r.Body.Close()
	elsewhere.CloseIdleConnections()
	if r.StatusCode != http.StatusGone {
		t.Error(r.Status)
	}
	if whatsmeow.WACertPubKey != Root() {
		t.Error("whatsmeow does not trust the root")
	}
	if r, err := (&http.Client{Transport: TransportTo("nowhere")}).Get("https://web.whatsapp.com/"); err == nil {
		_ = r.Body.Close()
		t.Error("sent to nowhere")
	}
	ok(t, s.Close())
	if err := s.Listen("127.0.0.1:0"); err == nil {
		t.Error("listens after the end")
	}
}

// Whatever can be encoded is measured well and decoded to the same.
func TestDecode(t *testing.T) {
	t.Parallel()
	word := rapid.StringMatching(`[a-z:@0-9A-F.-]{1,40}`)
	var gen func(depth int) *rapid.Generator[node]
	gen = func(depth int) *rapid.Generator[node] {
		return rapid.Custom(func(t *rapid.T) node {
			n := node{Tag: rapid.OneOf(word, rapid.SampledFrom([]string{"iq", "message", "encrypt"})).Filter(func(s string) bool { return s != "0" }).Draw(t, "tag")}
			for range rapid.IntRange(0, 3).Draw(t, "attrs") {
				if n.Attrs == nil {
					n.Attrs = attrs{}
				}
				n.Attrs[word.Draw(t, "name")] = rapid.OneOf(
					rapid.Map(word, func(s string) any { return s }),
					rapid.SampledFrom([]any{of(types.NewJID("123", byLID), 4), types.NewJID("6281", byNumber), types.NewJID("1-2", byGroup)}),
				).Draw(t, "value")
			}
			switch {
			case depth > 0 && rapid.Bool().Draw(t, "parts"):
				n.Content = rapid.SliceOfN(gen(depth-1), 1, 3).Draw(t, "content")
			case rapid.Bool().Draw(t, "bytes"):
				n.Content = rapid.SliceOfN(rapid.Byte(), 1, 600).Draw(t, "raw")
			}
			return n
		})
	}
	rapid.Check(t, func(t *rapid.T) {
		n := gen(4).Draw(t, "stanza")
		b, err := binary.Marshal(n)
		if err != nil {
			t.Fatal(err)
		}
		back, err := decode(b)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(n, back) {
			t.Fatalf("%s became %s", &n, &back)
		}
	})
}

func TestBombs(t *testing.T) {
	t.Parallel()
	deep := node{Tag: "a"}
	for range maxDepth + 2 {
		deep = node{Tag: "a", Content: []node{deep}}
	}
	nested, _ := binary.Marshal(deep)
	for name, b := range map[string][]byte{
		"nothing":         {},
		"nested":          nested,
		"a long promise":  {0, 249, 255, 255, 1, 1},
		"promises within": bytes.Repeat([]byte{0, 248, 2, 10, 249, 255, 255}, 3),
		"no zlib":         {2, 1, 2, 3},
		"a JID of JIDs":   append([]byte{0, 248, 3, 10, 10}, bytes.Repeat([]byte{250}, 1000)...),
		"leftovers":       {0, 248, 1, 10, 10},
	} {
		if _, err := decode(b); !errors.Is(err, errStanza) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte{0, 248, 1, 10})
	b, _ := binary.Marshal(node{Tag: "message", Attrs: attrs{"to": types.NewJID("1", byLID), "id": "3EB0"}, Content: []node{{Tag: "enc", Content: []byte("x")}}})
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		n, err := decode(b)
		if err == nil && n.Tag == "" {
			t.Error("a stanza without a name")
		}
		if err != nil && !errors.Is(err, errStanza) {
			t.Error(err)
		}
	})
}
