package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waAdv"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"go.mau.fi/whatsmeow/util/keys"
)

// PersonOptions say who somebody is.
type PersonOptions struct {
	Name  string // as shown to those written to
	Phone string // with or without the +; somebody is needed for every number
	// HidePhone keeps the number from those written to: they see the LID alone.
	HidePhone bool
	// OldStyle makes others see the person by number, as before LIDs.
	OldStyle bool
	// To is the telephone number or LID of whom the person talks to; "" is the first account
	// made by Server.Account.
	To string
	// Offline leaves the person off the network: Connect brings them there.
	Offline bool
	// Keep is how many of what was received are kept for Received and Wait; default 1000.
	Keep int
	// Watch is called with everything that is received, in order, after it was kept. It must be
	// quick; it may not act.
	Watch func(*Person, Received)
}

// Person is somebody with WhatsApp on a phone: a whatsmeow client, unmodified, whose store is
// in memory. All methods may be called from several goroutines.
type Person struct {
	s    *Server
	opts PersonOptions
	lid  types.JID

	mu     sync.Mutex
	client *whatsmeow.Client
	inbox
}

// Errors of people's acts, for errors.Is.
var (
	ErrNobody    = errors.New("simulator/whatsapp: there is nobody to write to")
	ErrNoMessage = errors.New("simulator/whatsapp: no such message in the chat")
	ErrEmpty     = errors.New("simulator/whatsapp: nothing to send")
	ErrClosed    = errors.New("simulator/whatsapp: the person is gone")
)

// Person makes somebody with a phone, and connects it unless it is to be offline. The number
// may not be in use.
func (s *Server) Person(ctx context.Context, o PersonOptions) (*Person, error) {
	o.Phone = digits(o.Phone)
	if o.Phone == "" {
		return nil, errors.New("simulator/whatsapp: a person needs a telephone number")
	}
	if o.Name == "" {
		o.Name = "Tanpa Nama"
	}
	if o.Keep <= 0 {
		o.Keep = 1000
	}
	p := &Person{s: s, opts: o}
	p.inbox.init(o.Keep)
	dev := newPhone(o.Name) // takes a while, so before the lock
	s.mu.Lock()
	a := s.open(o.Phone, dev.IdentityKey)
	if len(a.devices) > 0 || s.closed {
		s.mu.Unlock()
		return nil, fmt.Errorf("simulator/whatsapp: %s has a phone already, or the server is closed", o.Phone)
	}
	a.name, a.hidden, a.oldStyle = o.Name, o.HidePhone, o.OldStyle
	p.lid = a.lidJID()
	p.hold(a, dev)
	s.people[p] = struct{}{}
	s.mu.Unlock()
	if o.Offline {
		return p, nil
	}
	if err := p.Connect(ctx); err != nil {
		p.Close()
		return nil, err
	}
	return p, nil
}

// newPhone makes a phone with keys of its own, which belongs to no account yet.
func newPhone(name string) *store.Device {
	m := newMemory()
	dev := &store.Device{
		NoiseKey: keys.NewKeyPair(), IdentityKey: keys.NewKeyPair(), RegistrationID: rand.Uint32N(1 << 14), AdvSecretKey: randomBytes(32),
		PushName: name, Account: &waAdv.ADVSignedDeviceIdentity{},
	}
	dev.SignedPreKey = dev.IdentityKey.CreateSignedPreKey(1)
	dev.SetAllStores(m)
	dev.LIDs, dev.Container = m, m
	return dev
}

// hold makes a phone the account's device 0, in the person's hand. The caller holds the server's lock.
func (p *Person) hold(a *account, dev *store.Device) {
	own := a.pn()
	dev.ID, dev.LID, a.identity = &own, a.lidJID(), dev.IdentityKey
	a.devices[0] = &device{
		account: a, noise: dev.NoiseKey.Pub[:], registration: number4(dev.RegistrationID), identity: dev.IdentityKey.Pub[:],
		signed: keyNode("skey", dev.SignedPreKey),
	}
	client := whatsmeow.NewClient(dev, nil)
	p.mu.Lock()
	p.client = client
	p.mu.Unlock()
	client.AddEventHandler(p.heard)
}

// use points the client at the server.
func (p *Person) use(client *whatsmeow.Client) {
	h := &http.Client{Transport: p.s.Transport()}
	client.SetWebsocketHTTPClient(h)
	client.SetPreLoginHTTPClient(h)
	client.SetMediaHTTPClient(h)
}

// Connect brings the person onto the network, and waits until they are there. Somebody who is
// there stays.
func (p *Person) Connect(ctx context.Context) error {
	client := p.Client()
	if client == nil {
		return ErrClosed
	}
	if p.s.URL() == "" {
		return errors.New("simulator/whatsapp: the server does not listen yet")
	}
	p.use(client)
	if err := client.Connect(); err != nil && !errors.Is(err, whatsmeow.ErrAlreadyConnected) {
		return fmt.Errorf("simulator/whatsapp: %s: %w", p.opts.Phone, err)
	}
	return p.online(ctx)
}

// Disconnect takes the person off the network: what is written to them waits.
func (p *Person) Disconnect() {
	if client := p.Client(); client != nil {
		hangUp(client)
		p.setOnline(false)
	}
}

// Close takes the person off the network for good.
func (p *Person) Close() {
	p.mu.Lock()
	client := p.client
	p.client = nil
	p.mu.Unlock()
	if client != nil {
		hangUp(client)
		client.RemoveEventHandlers()
	}
	p.shut()
	p.s.mu.Lock()
	delete(p.s.people, p)
	p.s.mu.Unlock()
}

// Client is the person's whatsmeow client, for what has no method here; nil after Close.
func (p *Person) Client() *whatsmeow.Client {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.client
}

// LID is the person's address, "…@lid".
func (p *Person) LID() string { return p.lid.String() }

// Phone is the person's telephone number in digits.
func (p *Person) Phone() string { return p.opts.Phone }

// Name is how the person is called.
func (p *Person) Name() string { return p.opts.Name }

// NewPhone gives the person a new phone with the same number: new keys and an empty history.
// The server tells those who know the person, and throws the old phone out.
func (p *Person) NewPhone(ctx context.Context) error {
	old := p.Client()
	if old == nil {
		return ErrClosed
	}
	hangUp(old)
	old.RemoveEventHandlers()
	p.setOnline(false)
	dev := newPhone(p.opts.Name)
	p.s.mu.Lock()
	a := p.s.byPhone[p.opts.Phone]
	waiting := a.devices[0].queue
	p.hold(a, dev)
	a.devices[0].queue = waiting
	for peer := range a.peers {
		for _, d := range peer.sorted() {
			p.s.deliver(d, node{Tag: "notification", Attrs: attrs{
				"from": a.lidJID(), "type": "encrypt", "id": p.s.stanzaID(), "t": p.s.now().Unix(),
			}, Content: []node{{Tag: "identity"}}})
		}
	}
	p.s.mu.Unlock()
	return p.Connect(ctx)
}

// to is whom the person talks to.
func (p *Person) to() (types.JID, error) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	if p.opts.To != "" {
		if a := p.s.named(p.opts.To); a != nil {
			return a.pn(), nil
		}
		return types.JID{}, fmt.Errorf("%w: %s", ErrNobody, p.opts.To)
	}
	for _, a := range p.s.order {
		if d := a.devices[0]; d != nil && d.phantom {
			return a.pn(), nil
		}
	}
	return types.JID{}, ErrNobody
}

// heard is everything that whatsmeow says.
func (p *Person) heard(e any) {
	switch e := e.(type) {
	case *events.Connected:
		p.setOnline(true)
	case *events.Disconnected, *events.StreamReplaced, *events.LoggedOut, *events.TemporaryBan:
		p.setOnline(false)
	case *events.Message:
		p.took(receivedMessage(e), e)
	case *events.Receipt:
		p.tookReceipt(e)
	case *events.ChatPresence:
		if e.State == types.ChatPresenceComposing {
			p.took(Received{Kind: Typing, Chat: e.Chat.String(), From: e.Sender.ToNonAD().String(), Group: e.IsGroup, At: time.Now()}, nil)
		}
	case *events.IdentityChange:
		p.took(Received{Kind: NewIdentity, From: e.JID.ToNonAD().String(), At: e.Timestamp}, nil)
	}
}

func (p *Person) tookReceipt(e *events.Receipt) {
	kind := Delivered
	switch e.Type {
	case types.ReceiptTypeRead, types.ReceiptTypePlayed:
		kind = Read
	case types.ReceiptTypeDelivered, types.ReceiptTypeInactive:
	default:
		return
	}
	for _, id := range e.MessageIDs {
		p.took(Received{
			Kind: kind, ID: id, Chat: e.Chat.String(), From: e.Sender.ToNonAD().String(), Group: e.IsGroup, At: e.Timestamp,
		}, nil)
	}
}
