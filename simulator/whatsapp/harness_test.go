package whatsapp

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"go.uber.org/goleak"
	"google.golang.org/protobuf/proto"
)

// A whatsmeow client that is disconnected at the moment when a frame arrives leaves the goroutine
// behind that wanted to hand the frame on. That one is not ours to mend.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("go.mau.fi/whatsmeow/socket.(*FrameSocket).frameComplete"))
}

const botPhone = "6281200000001"

// patience is how long a test waits for a signal that should come at once.
const patience = time.Minute

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

// start makes a server with the bot's account; at the end nothing may have been against the rules.
func start(t *testing.T, opts Options) *Server {
	t.Helper()
	s := New(opts)
	if err := s.Listen(""); err != nil {
		t.Fatal(err)
	}
	s.Account(botPhone)
	s.Name(botPhone, "Kabupaten")
	t.Cleanup(func() {
		for _, v := range s.Violations() {
			t.Errorf("violation: %s", v)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// bot is a whatsmeow client as a companion, with what it heard.
type bot struct {
	*whatsmeow.Client
	t     *testing.T
	dev   *store.Device
	mu    sync.Mutex
	heard []any
	news  chan struct{}
	// fail makes the handler say that a message was not handled.
	fail func(*events.Message) bool
}

// blank is a device that was never paired.
func blank() *store.Device {
	d := newPhone("Kabupaten")
	d.Account = nil
	return d
}

func newBot(t *testing.T, s *Server, dev *store.Device) *bot {
	t.Helper()
	b := &bot{Client: whatsmeow.NewClient(dev, nil), t: t, dev: dev, news: make(chan struct{}, 1)}
	h := &http.Client{Transport: s.Transport()}
	b.SetWebsocketHTTPClient(h)
	b.SetPreLoginHTTPClient(h)
	b.SetMediaHTTPClient(h)
	b.SynchronousAck = true
	b.AddEventHandlerWithSuccessStatus(func(e any) bool {
		ok := true
		b.mu.Lock()
		if m, is := e.(*events.Message); is && b.fail != nil && b.fail(m) {
			ok = false
		}
		b.heard = append(b.heard, e)
		b.mu.Unlock()
		select {
		case b.news <- struct{}{}:
		default:
		}
		return ok
	})
	t.Cleanup(b.Disconnect)
	return b
}

func (b *bot) Disconnect() { hangUp(b.Client) }

// await takes the first event of a kind that match says yes to.
func await[T any](b *bot, match func(T) bool) T {
	b.t.Helper()
	late := time.After(patience)
	for {
		b.mu.Lock()
		for i, e := range b.heard {
			if v, ok := e.(T); ok && (match == nil || match(v)) {
				b.heard = append(b.heard[:i:i], b.heard[i+1:]...)
				b.mu.Unlock()
				return v
			}
		}
		b.mu.Unlock()
		select {
		case <-b.news:
		case <-late:
			var none T
			b.t.Fatalf("no %T came", none)
		}
	}
}

func (b *bot) connect() *bot {
	b.t.Helper()
	if err := b.Connect(); err != nil {
		b.t.Fatal(err)
	}
	await[*events.Connected](b, nil)
	return b
}

func (b *bot) say(to types.JID, text string) string {
	b.t.Helper()
	r, err := b.SendMessage(within(b.t), to, &waE2E.Message{Conversation: proto.String(text)})
	if err != nil {
		b.t.Fatal(err)
	}
	return r.ID
}

// adopted is a bot that is connected, without the ceremony of pairing.
func adopted(t *testing.T, s *Server) *bot {
	t.Helper()
	dev := blank()
	s.Adopt(botPhone, dev)
	return newBot(t, s, dev).connect()
}

func someone(t *testing.T, s *Server, o PersonOptions) *Person {
	t.Helper()
	if o.Phone == "" {
		o.Phone = "6285700000001"
	}
	if o.Name == "" {
		o.Name = "Siti"
	}
	p, err := s.Person(within(t), o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// until waits for what no signal tells: what the server has been told by a client.
func until(t *testing.T, yes func() bool) {
	t.Helper()
	ctx := within(t)
	for !yes() {
		if !pause(ctx, time.Millisecond) {
			t.Fatal("it never came to be")
		}
	}
}

// waiting is how many stanzas of any kind an account has not acknowledged.
func (s *Server) waiting(phone string) (n int) {
	s.with(phone, func(a *account) {
		for _, d := range a.devices {
			n += len(d.queue)
		}
	})
	return n
}

func saying(text string) func(*events.Message) bool {
	return func(m *events.Message) bool {
		return m.Message.GetConversation() == text || m.Message.GetExtendedTextMessage().GetText() == text
	}
}

func got(text string) func(Received) bool {
	return func(r Received) bool { return r.Kind == Text && r.Text == text }
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
