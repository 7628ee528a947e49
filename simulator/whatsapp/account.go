package whatsapp

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.mau.fi/libsignal/ecc"
	"go.mau.fi/whatsmeow/proto/waAdv"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/util/keys"
	"google.golang.org/protobuf/proto"
)

// account is somebody with a telephone number: a phone (device 0) and the companions paired
// with it. The server's lock guards it.
type account struct {
	phone    string // digits
	lid      string // digits too, and others
	name     string // as the account calls itself
	identity *keys.KeyPair
	devices  map[uint16]*device
	next     uint16 // the next companion's number

	hidden   bool // the number is not shown to others
	oldStyle bool // others see this account by number, as before LIDs

	peers   map[*account]bool // who wrote to this account: true; to whom only it wrote: false
	unacked int               // messages given to devices and not yet acknowledged
	quiet   []chan struct{}   // closed when unacked reaches 0

	faults  faults
	journal journal
}

// device is one device of an account. A phantom is a phone that nobody holds: it has keys, so
// that others can encrypt for it, and swallows what it gets.
type device struct {
	account *account
	id      uint16
	phantom bool

	noise        []byte // the static key it logs in with
	registration []byte
	identity     []byte
	signed       node // its signed prekey, as uploaded
	keys         []node

	queue  []*pending
	socket *socket
	past   []*pending // what it was given, for RedeliverAll
}

func (a *account) pn() types.JID     { return types.NewJID(a.phone, byNumber) }
func (a *account) lidJID() types.JID { return types.NewJID(a.lid, byLID) }

// as gives a device's address in the same style as the one it is spoken to by.
func (d *device) as(server string) types.JID {
	if server == byNumber {
		return of(d.account.pn(), d.id)
	}
	return of(d.account.lidJID(), d.id)
}

// sorted gives the devices by number.
func (a *account) sorted() []*device {
	out := make([]*device, 0, len(a.devices))
	for _, d := range a.devices {
		out = append(out, d)
	}
	slices.SortFunc(out, func(x, y *device) int { return int(x.id) - int(y.id) })
	return out
}

// Account makes the account of a telephone that is switched on and lies on a table somewhere:
// device 0 is a phantom. It gives the account's LID, such as "123456789012345@lid". An account
// that is there already is left as it is.
func (s *Server) Account(phone string) (lid string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.open(phone, nil)
	if len(a.devices) == 0 {
		a.devices[0] = a.phantom()
	}
	return a.lidJID().String()
}

// phantom makes device 0 of an account as nobody's phone.
func (a *account) phantom() *device {
	return &device{
		account: a, phantom: true, registration: number4(4711), identity: a.identity.Pub[:],
		signed: keyNode("skey", a.identity.CreateSignedPreKey(1)),
	}
}

// Name sets what an account calls itself to others.
func (s *Server) Name(account, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.must(account).name = name
}

// open gives the account of a telephone, making it if need be, with that identity or a new one.
// The caller holds the lock.
func (s *Server) open(phone string, identity *keys.KeyPair) *account {
	phone = digits(phone)
	if a := s.byPhone[phone]; a != nil {
		return a
	}
	if identity == nil {
		identity = keys.NewKeyPair()
	}
	a := &account{
		phone: phone, lid: s.newLID(phone), identity: identity, next: 1,
		devices: map[uint16]*device{}, peers: map[*account]bool{},
	}
	a.faults.phoneSeen = s.now()
	s.byPhone[phone], s.byLID[a.lid] = a, a
	s.order = append(s.order, a)
	return a
}

// newLID makes a LID of 15 digits that says nothing about the number and is the same each time.
func (s *Server) newLID(phone string) string {
	sum := sha256.Sum256([]byte("lid of " + phone))
	for n := binary.BigEndian.Uint64(sum[:]); ; n++ {
		lid := fmt.Sprint(100_000_000_000_000 + n%900_000_000_000_000)
		if s.byLID[lid] == nil {
			return lid
		}
	}
}

// find gives the account of an address, or nil. The caller holds the lock.
func (s *Server) find(j types.JID) *account {
	switch j.Server {
	case byLID, types.HostedLIDServer:
		return s.byLID[j.User]
	case byNumber, byWeb, types.HostedServer:
		return s.byPhone[digits(j.User)]
	}
	return nil
}

// named gives the account by telephone number or LID, with or without what follows an @, or
// nil. The caller holds the lock.
func (s *Server) named(account string) *account {
	user, server, _ := strings.Cut(account, "@")
	user, _, _ = strings.Cut(user, ":")
	if server == byLID {
		return s.byLID[user]
	}
	if a := s.byPhone[digits(user)]; a != nil {
		return a
	}
	return s.byLID[user]
}

// must is named for those who set the scene: a name nobody has is a mistake in the test.
func (s *Server) must(account string) *account {
	a := s.named(account)
	if a == nil {
		panic(fmt.Sprintf("simulator/whatsapp: no account %q", account))
	}
	return a
}

// LID gives the LID of an account by its telephone number, "" if there is none.
func (s *Server) LID(phone string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.named(phone); a != nil {
		return a.lidJID().String()
	}
	return ""
}

// HidePhone sets whether others see an account's telephone number.
func (s *Server) HidePhone(account string, hide bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.must(account).hidden = hide
}

// Adopt makes an account's device of a store that was written without pairing: it needs its
// keys, and gets the ids, the name and the signatures that pairing would have given it. The
// device's number is the one in dev.ID, or the next free one when dev.ID is nil. The caller
// saves it.
func (s *Server) Adopt(phone string, dev *store.Device) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.open(phone, nil)
	if a.devices[0] == nil {
		a.devices[0] = a.phantom()
	}
	id := a.next
	if dev.ID != nil {
		id = dev.ID.Device
	}
	a.next = max(a.next, id+1)
	own, lid := of(a.pn(), id), of(a.lidJID(), id)
	dev.ID, dev.LID = &own, lid
	details := deviceDetails(id, s.now())
	identity := &waAdv.ADVSignedDeviceIdentity{
		Details: details, AccountSignatureKey: a.identity.Pub[:],
		AccountSignature: sign(a.identity, []byte{6, 0}, details, dev.IdentityKey.Pub[:]),
		DeviceSignature:  sign(dev.IdentityKey, []byte{6, 1}, details, dev.IdentityKey.Pub[:], a.identity.Pub[:]),
	}
	dev.Account = identity
	d := &device{
		account: a, id: id, noise: dev.NoiseKey.Pub[:], registration: number4(dev.RegistrationID),
		identity: dev.IdentityKey.Pub[:], signed: keyNode("skey", dev.SignedPreKey),
	}
	s.addDevice(d)
}

// addDevice adds a companion and tells those who keep a list.
func (s *Server) addDevice(d *device) {
	d.account.devices[d.id] = d
	s.tellDevices(d.account, d, "add")
}

// removeDevice takes a device away, with what waited for it.
func (s *Server) removeDevice(d *device) {
	a := d.account
	if a.devices[d.id] != d {
		return
	}
	delete(a.devices, d.id)
	waiting := d.queue
	d.queue = nil
	for _, p := range waiting {
		s.forget(a, p)
	}
	s.tellDevices(a, d, "remove")
}

// deviceDetails are what the phone vouches for about a companion.
func deviceDetails(id uint16, now time.Time) []byte {
	return mustEncode(&waAdv.ADVDeviceIdentity{
		RawID: proto.Uint32(1), Timestamp: proto.Uint64(uint64(now.Unix())), KeyIndex: proto.Uint32(uint32(id)),
	})
}

// sign signs the parts, one after the other, with an identity key.
func sign(key *keys.KeyPair, parts ...[]byte) []byte {
	signature := ecc.CalculateSignature(ecc.NewDjbECPrivateKey(*key.Priv), slices.Concat(parts...))
	return signature[:]
}

// number4 is a number in four bytes.
func number4(n uint32) []byte { return binary.BigEndian.AppendUint32(nil, n) }

// randomBytes gives so many of them.
func randomBytes(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return b
}
