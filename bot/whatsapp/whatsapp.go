// Package whatsapp is the WhatsApp channel of a telephone's account: the network's messages in, ours out, as one of the telephone's linked devices.
// It knows WhatsApp and nothing of flows.
//
// The protocol is go.mau.fi/whatsmeow's; this package sees to it that nothing is lost and that nobody is bothered. What comes in (receive.go) is
// put into an envelope (envelope.go) and committed to the inbox whole; only then does the network hear that it arrived. Parse (parse.go) reads the
// envelope later, inside the turn. What goes out is drawn without buttons, which WhatsApp does not have for us (draw.go), and sent at a pace
// (pace.go, send.go) under an id that is the same whenever it is sent again (ids.go). Media go up and come down in media.go.
//
// Run (run.go) keeps the one connection that an account may have, and says what a human must know (trouble.go): a number that is banned, logged out,
// outdated, or whose telephone has been away for too long. Pair (pair.go) links a device in the first place.
//
// People go by their LID, WhatsApp's own name for them, which is not their telephone number.
package whatsapp

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"

	"tanggap/hotline"
)

// An Inbox takes what came in. Put commits all of it, each thing once, or gives an error and takes nothing.
type Inbox interface {
	Put(context.Context, []hotline.Raw) error
}

// What Run and New end with when only somebody else can help.
var (
	ErrUnpaired  = errors.New("this WhatsApp number is not linked: pair it")
	ErrLoggedOut = errors.New("WhatsApp has unlinked this number: pair it again")
	ErrReplaced  = errors.New("another connection has taken over this WhatsApp number")
)

// Options are what a Channel is made of.
type Options struct {
	Name   string    // what this number is called here, for the log
	Device types.JID // which linked device, as Pair gave it
	DB     *sql.DB   // where the library keeps keys and sessions
	Inbox  Inbox     // where messages go; may be nil in a program that only sends

	PushName string                  // how we are named to people who have not saved us; empty: as the telephone says, else "Tanggap"
	Pace     *Pace                   // nil: DefaultPace
	Polls    bool                    // draw short menus as polls
	Hears    func(group string) bool // whether a group is registered; see group.go. nil: all are
	Log      *slog.Logger            // nil: slog.Default()

	Alert     func(Trouble)             // told of what a human must know, each thing once, but for ErrReplaced; may be nil
	Delivered func([]hotline.Delivered) // told what became of what was sent, where the network tells; may be nil
	Seen      func(time.Time)           // told that the telephone itself was there (machine time), once an hour at most; may be nil
	CaughtUp  func()                    // told that what had waited at the network has come; may be nil
	LastSeen  time.Time                 // when it was told so last; zero: unknown, and counted from now

	Transport http.RoundTripper // nil: the real network; else everything goes there (the simulator)
	Root      *[32]byte         // the root the server must prove to stand on, only with Transport
}

// A Channel is one linked device of one account at WhatsApp.
type Channel struct {
	o      Options
	log    *slog.Logger
	client *whatsmeow.Client
	device *store.Device
	number string    // digits
	jid    types.JID // the device; the library forgets it when it is logged out
	lid    types.JID // ourselves, as groups and quotes name us
	ids    namer
	keys   *keyring
	ledger *ledger
	pacer  *pacer
	parts  progress
	gate   chan struct{} // one send at a time: the library's own lock cannot be waited for with a context
	words  chan word     // what Run is to hear
	recent recent
	media  mediaRetries
	unread unreadable
	left   time.Duration    // clearLeft
	now    func() time.Time // machine time
	rest   func(context.Context, time.Duration)

	courteous time.Duration // for read marks and typing

	mu       sync.Mutex
	running  bool
	session  *session // the connection there is; nil between two
	state    State
	told     map[TroubleKind]Trouble
	seen     time.Time // the telephone
	seenTold time.Time
	stumbles map[string]int // message id -> how often the handler broke over it
}

// A State tells how the channel does, for whoever asks whether the program is ready.
type State struct {
	Healthy bool      // connected and receiving
	Reason  string    // what is wrong, for humans; may be said of a healthy one too
	Until   time.Time // when it will be over, where that is known
	Last    time.Time // machine time of the last success
}

// New makes a channel on a device that was paired. It connects to nobody yet: see Run. ErrUnpaired: there is no such device.
func New(ctx context.Context, o Options) (*Channel, error) {
	log := o.Log
	if log == nil {
		log = slog.Default()
	}
	log = log.With("channel", hotline.WhatsApp, "number", o.Name)
	devices, err := open(ctx, o.DB, log)
	if err != nil {
		return nil, err
	}
	if o.Device.IsEmpty() {
		return nil, ErrUnpaired
	}
	device, err := devices.GetDevice(ctx, o.Device)
	if err != nil {
		return nil, fmt.Errorf("read the WhatsApp device: %w", err)
	}
	if device == nil || device.ID == nil {
		return nil, ErrUnpaired
	}
	c := &Channel{
		o: o, log: log, device: device, number: device.ID.User, jid: *device.ID, lid: device.LID.ToNonAD(), ids: newNamer(device.IdentityKey.Pub[:]),
		gate: make(chan struct{}, 1), words: make(chan word, 256), left: clearLeft, now: time.Now, rest: sleep, courteous: courtesyTime,
		state: State{Reason: "not started"}, told: map[TroubleKind]Trouble{}, stumbles: map[string]int{},
	}
	pace := DefaultPace
	if o.Pace != nil {
		pace = *o.Pace
	}
	c.pacer = newPacer(pace)
	c.seen = o.LastSeen
	c.client = newClient(device, o.Transport, o.Root, log)
	tables, ok := device.EventBuffer.(store.AllSessionSpecificStores)
	if !ok {
		return nil, fmt.Errorf("the library keeps its keys in a %T", device.EventBuffer)
	}
	c.ledger = newLedger(tables, o.DB, device.ID.String())
	device.SetAllStores(c.ledger)
	c.keys = newKeyring()
	device.Sessions = sessions{device.Sessions, c.keys}
	device.EventBuffer = careful{device.EventBuffer, o.DB, c.keys, func(err error) { c.refuse("the database does not answer", err) }}
	device.EventBuffer, device.SenderKeys = discreet{device.EventBuffer, c.mayMatter}, senderKeys{device.SenderKeys}
	c.client.PreRetryCallback = c.again
	c.client.SynchronousAck = true             // received is said only after the handler has committed
	c.client.EnableDecryptedEventBuffer = true // what was decrypted and not committed can be had again
	c.client.UseRetryMessageStore = true       // whoever could not read what we sent can ask for it after a restart too
	c.client.EnableAutoReconnect = false       // Run reconnects, with jitter
	c.client.DisableLoginAutoReconnect = true
	c.client.AddEventHandlerWithSuccessStatus(c.handle)
	return c, nil
}

// Account is the digits of our own number, by which addresses know it.
func (c *Channel) Account() string { return c.number }

// Link gives a link that opens the chat with us with a text ready to be sent: "/daftar CODE".
func (c *Channel) Link(text string) string {
	if text == "" {
		return "https://wa.me/" + c.number
	}
	return "https://wa.me/" + c.number + "?text=" + strings.ReplaceAll(url.QueryEscape(text), "+", "%20")
}

// State tells how the channel does. One that has not been started is not healthy.
func (c *Channel) State() State {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.state
	if s.Healthy && s.Reason == "" {
		for _, kind := range []TroubleKind{TroubleRestricted, TroubleTelephone} {
			if t, ok := c.told[kind]; ok && s.Reason == "" {
				s.Reason, s.Until = t.String(), t.Until
			}
		}
	}
	return s
}

// well and ill keep the state, and log only when it changes: a network that is away for an hour is one line, not a thousand.
func (c *Channel) well() {
	c.mu.Lock()
	was := c.state
	c.state = State{Healthy: true, Last: c.now()}
	c.mu.Unlock()
	if !was.Healthy {
		c.log.Info("whatsapp: receiving", "after", was.Reason)
	}
}

func (c *Channel) ill(reason string, until time.Time, err error) {
	c.mu.Lock()
	was := c.state
	c.state = State{Reason: reason, Until: until, Last: was.Last}
	c.mu.Unlock()
	if was.Healthy || was.Reason != reason {
		c.log.Warn("whatsapp: not receiving", "reason", reason, "error", harmless(err))
	}
}

// newClient makes the library's client for a device. With a transport everything goes there.
func newClient(device *store.Device, transport http.RoundTripper, root *[32]byte, log *slog.Logger) *whatsmeow.Client {
	client := whatsmeow.NewClient(device, library{log: log})
	client.ManualHistorySyncDownload = true // old conversations are none of our business
	media := http.DefaultTransport
	if transport != nil {
		trust(root)
		client.SetWebsocketHTTPClient(&http.Client{Transport: transport})
		client.SetPreLoginHTTPClient(&http.Client{Transport: transport})
		media = transport
	}
	client.SetMediaHTTPClient(&http.Client{Transport: capped{media}})
	return client
}

var trustLock sync.Mutex

// trust has the library believe in another root than WhatsApp's own, for all clients of this process.
func trust(root *[32]byte) {
	trustLock.Lock()
	defer trustLock.Unlock()
	if root != nil && whatsmeow.WACertPubKey != *root {
		whatsmeow.WACertPubKey = *root
	}
}
