package whatsapp

import (
	"bytes"
	"compress/zlib"
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/coder/websocket"
	"go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waWa6"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/util/keys"
	"google.golang.org/protobuf/proto"
)

// foreign is a client with other habits than whatsmeow's: addresses spelt out, receipts in
// batches, an ack beside every receipt, stanzas compressed or cut into pieces.
type foreign struct {
	t        *testing.T
	ctx      context.Context
	ws       *websocket.Conn
	wire     wire // reading is the server's direction here
	ids      int
	pushed   []node
	compress bool
}

// dial opens the websocket and no more.
func dial(t *testing.T, s *Server) *websocket.Conn {
	t.Helper()
	ws, r, err := websocket.Dial(within(t), "wss://web.whatsapp.com/ws/chat", &websocket.DialOptions{HTTPClient: &http.Client{Transport: s.Transport()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ws.CloseNow() })
	if r.Body != nil {
		_ = r.Body.Close() // empty: the connection is no longer part of it
	}
	return ws
}

func connectForeign(t *testing.T, s *Server, dev *store.Device, routing bool) *foreign {
	t.Helper()
	ctx := within(t)
	ws := dial(t, s)
	f := &foreign{t: t, ctx: ctx, ws: ws, wire: wire{ws: ws}}
	head := []byte{'W', 'A', 6, 3}
	if routing {
		f.write([]byte{'E', 'D', 0, 1, 0, 0, 3, 'a', 'b', 'c'})
	}
	h := newHandshake(head)
	ephemeral := must(ecdh.X25519().GenerateKey(rand.Reader))(t)
	h.mix(ephemeral.PublicKey().Bytes())
	hello := mustEncode(&waWa6.HandshakeMessage{ClientHello: &waWa6.HandshakeMessage_ClientHello{Ephemeral: ephemeral.PublicKey().Bytes()}})
	for _, b := range slices.Concat(head, []byte{0, 0, byte(len(hello))}, hello) {
		f.write([]byte{b}) // one byte at a time
	}
	var answer waWa6.HandshakeMessage
	if err := f.wire.readProto(ctx, &answer); err != nil {
		t.Fatal(err)
	}
	theirs := answer.GetServerHello().GetEphemeral()
	h.mix(theirs)
	ok(t, h.agree(ephemeral, theirs))
	static := must(h.open(answer.GetServerHello().GetStatic()))(t)
	ok(t, h.agree(ephemeral, static))
	must(h.open(answer.GetServerHello().GetPayload()))(t)
	mine := h.seal(dev.NoiseKey.Pub[:])
	ok(t, h.agree(privateKey(dev.NoiseKey.Priv[:]), theirs))
	user, err := strconv.ParseUint(dev.ID.User, 10, 64)
	ok(t, err)
	payload := h.seal(mustEncode(&waWa6.ClientPayload{Username: proto.Uint64(user), Device: proto.Uint32(uint32(dev.ID.Device)), Passive: proto.Bool(false)}))
	ok(t, f.wire.writeFrame(ctx, mustEncode(&waWa6.HandshakeMessage{ClientFinish: &waWa6.HandshakeMessage_ClientFinish{Static: mine, Payload: payload}})))
	up, down := h.expand(nil)
	f.wire.writing, f.wire.reading = aesGCM(up), aesGCM(down)
	return f
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (f *foreign) write(b []byte) {
	f.t.Helper()
	ok(f.t, f.ws.Write(f.ctx, websocket.MessageBinary, b))
}

// seal makes a frame of a stanza.
func (f *foreign) seal(n node) []byte {
	b := must(binary.Marshal(n))(f.t)
	if f.compress {
		var z bytes.Buffer
		w := zlib.NewWriter(&z)
		_, _ = w.Write(b[1:])
		ok(f.t, w.Close())
		b = append([]byte{2}, z.Bytes()...)
	}
	sealed := f.wire.writing.Seal(nil, counted(f.wire.written), b, nil)
	f.wire.written++
	return append([]byte{byte(len(sealed) >> 16), byte(len(sealed) >> 8), byte(len(sealed))}, sealed...)
}

func (f *foreign) send(list ...node) {
	f.t.Helper()
	var all []byte
	for _, n := range list {
		all = append(all, f.seal(n)...)
	}
	f.write(all) // several frames in one message
}

// next gives the next stanza that yes says yes to; the others are kept for later.
func (f *foreign) next(yes func(node) bool) node {
	f.t.Helper()
	for i, n := range f.pushed {
		if yes(n) {
			f.pushed = slices.Delete(f.pushed, i, i+1)
			return n
		}
	}
	for {
		n, err := f.wire.readNode(f.ctx)
		if err != nil {
			f.t.Fatal(err)
		}
		if yes(n) {
			return n
		}
		f.pushed = append(f.pushed, n)
	}
}

func tagged(tag string) func(node) bool { return func(n node) bool { return n.Tag == tag } }

func (f *foreign) ask(space, kind string, parts ...node) node {
	f.t.Helper()
	f.ids++
	id := fmt.Sprint("foreign.", f.ids)
	f.send(node{Tag: "iq", Attrs: attrs{"xmlns": space, "type": kind, "to": "s.whatsapp.net", "id": id}, Content: parts})
	r := f.next(func(n node) bool { return n.Tag == "iq" && text(n.Attrs["id"]) == id })
	if text(r.Attrs["type"]) != "result" {
		f.t.Fatalf("%s: %s", space, &r)
	}
	return r
}

func TestForeignClient(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	dev := blank()
	s.Adopt(botPhone, dev)
	f := connectForeign(t, s, dev, false)
	success := f.next(tagged("success"))
	if address(success.Attrs["lid"]) != dev.LID {
		t.Errorf("%s", &success)
	}
	f.compress = true
	count := f.ask("encrypt", "get", node{Tag: "count"})
	if text(first(count).Attrs["value"]) != "0" {
		t.Errorf("%s", &count)
	}
	var list []node
	for i := range 3 {
		list = append(list, keyNode("key", keys.NewPreKey(uint32(i+1))))
	}
	f.ask("encrypt", "set",
		node{Tag: "list", Content: list}, keyNode("skey", dev.SignedPreKey), node{Tag: "identity", Content: dev.IdentityKey.Pub[:]},
		node{Tag: "type", Content: []byte{5}}, node{Tag: "registration", Content: number4(dev.RegistrationID)})
	digest := f.ask("encrypt", "get", node{Tag: "digest"})
	if ids, _ := child(digest, "digest", "list"); len(children(ids)) != 3 {
		t.Errorf("%s", &digest)
	}
	f.ask("passive", "set", node{Tag: "active"})
	f.next(func(n node) bool { return n.Tag == "ib" && first(n).Tag == "offline" })
	f.ask("w:p", "get", node{Tag: "ping"})
	f.ask("abt", "get", node{Tag: "props", Attrs: attrs{"protocol": "1"}})
	f.ask("blocklist", "get")
	f.ask("privacy", "get", node{Tag: "privacy"})
	f.send(node{Tag: "presence", Attrs: attrs{"name": "Kabupaten", "type": "available"}},
		node{Tag: "ib", Content: []node{{Tag: "offline_batch", Attrs: attrs{"count": "100"}}}})

	p := someone(t, s, PersonOptions{})
	var ids []string
	for i := range 3 {
		ids = append(ids, must(p.Say(fmt.Sprint("pesan ", i)))(t))
	}
	var from string
	for _, id := range ids {
		m := f.next(tagged("message"))
		enc, found := child(m, "enc")
		if text(m.Attrs["id"]) != id || !found || text(enc.Attrs["type"]) != "pkmsg" || text(m.Attrs["addressing_mode"]) != "lid" ||
			address(m.Attrs["sender_pn"]).User != p.Phone() {
			t.Errorf("%s", &m)
		}
		from = text(m.Attrs["from"])
	}
	f.send(
		node{Tag: "receipt", Attrs: attrs{"to": from, "id": ids[0]}, Content: []node{{Tag: "list", Content: []node{
			{Tag: "item", Attrs: attrs{"id": ids[1]}}, {Tag: "item", Attrs: attrs{"id": ids[2]}},
		}}}},
		node{Tag: "ack", Attrs: attrs{"class": "message", "to": from, "id": ids[0]}},
		node{Tag: "ack", Attrs: attrs{"class": "message", "to": from, "id": ids[1]}},
	)
	<-s.Quiet(botPhone)
	for _, id := range ids {
		if _, err := p.Wait(within(t), func(r Received) bool { return r.Kind == Delivered && r.ID == id }); err != nil {
			t.Fatal(err)
		}
	}

	// One that it asks for again, and whose first copy it acknowledges only when the second has come: that is not yet acknowledged.
	again := must(p.Say("sekali lagi"))(t)
	first := f.next(tagged("message"))
	f.send(node{Tag: "receipt", Attrs: attrs{"to": from, "id": again, "type": "retry"}, Content: []node{
		{Tag: "retry", Attrs: attrs{"count": "1", "id": again, "t": text(first.Attrs["t"]), "v": "1"}}, {Tag: "registration", Content: []byte{0, 0, 0, 1}},
	}})
	if second := f.next(tagged("message")); text(second.Attrs["id"]) != again {
		t.Errorf("%s", &second)
	}
	until(t, func() bool { return s.Unacked(botPhone) == 2 }) // both copies, and nothing more is owed
	f.send(node{Tag: "ack", Attrs: attrs{"class": "message", "to": from, "id": again}})
	until(t, func() bool { return s.Unacked(botPhone) == 1 })
	f.send(node{Tag: "receipt", Attrs: attrs{"to": from, "id": again}})
	<-s.Quiet(botPhone)

	// Questions about people, asked by number and by LID.
	answer := f.ask("usync", "get", node{Tag: "usync", Attrs: attrs{"context": "interactive", "mode": "query", "sid": "1", "last": "true", "index": "0"}, Content: []node{
		{Tag: "query", Content: []node{{Tag: "devices", Attrs: attrs{"version": "2"}}, {Tag: "lid"}, {Tag: "contact"}}},
		{Tag: "list", Content: []node{
			{Tag: "user", Content: []node{{Tag: "contact", Content: "+" + p.Phone()}}},
			{Tag: "user", Attrs: attrs{"jid": s.LID(botPhone)}},
		}},
	}})
	users, _ := child(answer, "usync", "list")
	if len(children(users)) != 2 {
		t.Fatalf("%s", &answer)
	}
	contact, _ := child(children(users)[0], "contact")
	lid, _ := child(children(users)[0], "lid")
	devices, _ := child(children(users)[1], "devices", "device-list")
	if text(contact.Attrs["type"]) != "in" || address(lid.Attrs["val"]) != p.lid || len(children(devices)) != 2 || text(children(devices)[1].Attrs["key-index"]) != "1" {
		t.Errorf("%s", &answer)
	}

	// A message to a person's number, which the person sees coming from the LID.
	f.send(node{Tag: "message", Attrs: attrs{"to": p.Phone() + "@s.whatsapp.net", "type": "text", "id": "FOREIGN1"}, Content: []node{
		{Tag: "participants", Content: []node{{Tag: "to", Attrs: attrs{"jid": p.Phone() + "@s.whatsapp.net"}, Content: []node{
			{Tag: "enc", Attrs: attrs{"type": "msg", "v": "2"}, Content: []byte("no session, so nothing that decrypts")},
		}}}},
	}})
	ack := f.next(func(n node) bool { return n.Tag == "ack" && text(n.Attrs["id"]) == "FOREIGN1" })
	if text(ack.Attrs["error"]) != "" || !strings.HasPrefix(text(ack.Attrs["phash"]), "2:") {
		t.Errorf("%s: its phone was not served, so its list is old", &ack)
	}
	retry := f.next(func(n node) bool { return n.Tag == "receipt" && text(n.Attrs["type"]) == "retry" })
	if text(retry.Attrs["id"]) != "FOREIGN1" || address(retry.Attrs["from"]) != p.lid {
		t.Errorf("%s", &retry)
	}
}

// A client that was ever given routing information sends it before anything else.
func TestRouting(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	dev := blank()
	s.Adopt(botPhone, dev)
	f := connectForeign(t, s, dev, true)
	f.next(tagged("success"))
}
