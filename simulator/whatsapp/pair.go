package whatsapp

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.mau.fi/libsignal/ecc"
	"go.mau.fi/whatsmeow/proto/waAdv"
	"google.golang.org/protobuf/proto"
)

// pairing is a companion that wants to be paired.
type pairing struct {
	refs []string // what the QR codes begin with

	// By code: the companion says whose phone will be asked.
	phone     string
	ref       string
	wrapped   []byte // its ephemeral key, locked with the code
	companion []byte // the same, once the phone has typed the code
	primary   *ecdh.PrivateKey

	// Once the phone has agreed.
	account *account
	id      uint16
	iq      string
	details []byte
}

// Errors of pairing, for errors.Is.
var (
	ErrNobodyPairs = errors.New("simulator/whatsapp: nobody waits to be paired like this")
	ErrWrongCode   = errors.New("simulator/whatsapp: that is not the code the companion shows")
)

// startPairing gives the companion what its QR codes begin with: six, of which the first holds
// a minute and the others twenty seconds each.
func (c *socket) startPairing() {
	if c.wire.payload.GetDevicePairingData() == nil {
		c.refuse(refusal{reason: 400})
		return
	}
	c.pairing = &pairing{}
	var refs []node
	for range 6 {
		ref := "2@" + base64.StdEncoding.EncodeToString(randomBytes(48))
		c.pairing.refs = append(c.pairing.refs, ref)
		refs = append(refs, node{Tag: "ref", Content: []byte(ref)})
	}
	c.send(node{Tag: "iq", Attrs: attrs{"from": serverJID, "type": "set", "id": c.s.stanzaID(), "xmlns": "md"},
		Content: []node{{Tag: "pair-device", Content: refs}}})
}

// stanzaID makes an id for a stanza of the server's own. The caller holds the lock.
func (s *Server) stanzaID() string { return fmt.Sprint(1_000_000 + s.number()) }

// ScanQR is what happens when the telephone scans what the companion shows: the reference, the
// companion's noise key, its identity key and its secret, with commas between them.
func (s *Server) ScanQR(phone, qr string) error {
	if _, after, ok := strings.Cut(qr, "#"); ok && strings.HasPrefix(qr, "https://") {
		qr = after
	}
	parts := strings.Split(qr, ",")
	if len(parts) < 4 {
		return errors.New("simulator/whatsapp: that is not what a companion shows")
	}
	secret, err := base64.StdEncoding.DecodeString(parts[3])
	if err != nil {
		return fmt.Errorf("simulator/whatsapp: the companion's secret: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.phoneOf(phone)
	if a == nil {
		return fmt.Errorf("simulator/whatsapp: no phone %s", phone)
	}
	for c := range s.sockets {
		if c.pairing == nil || !slices.Contains(c.pairing.refs, parts[0]) {
			continue
		}
		if base64.StdEncoding.EncodeToString(c.wire.noiseKey) != parts[1] ||
			base64.StdEncoding.EncodeToString(c.wire.payload.GetDevicePairingData().GetEIdent()) != parts[2] {
			return errors.New("simulator/whatsapp: the companion shows keys that are not its own")
		}
		c.accept(a, secret)
		return nil
	}
	return ErrNobodyPairs
}

// phoneOf gives an account that has a phone.
func (s *Server) phoneOf(phone string) *account {
	if a := s.named(phone); a != nil && a.devices[0] != nil {
		return a
	}
	return nil
}

// accept is the phone's yes: it vouches for the companion's identity, under a secret that only
// the companion and the phone know.
func (c *socket) accept(a *account, secret []byte) {
	companion := c.wire.payload.GetDevicePairingData().GetEIdent()
	p := c.pairing
	p.account, p.id, p.iq = a, a.next, c.s.stanzaID()
	a.next++
	p.details = deviceDetails(p.id, c.s.now())
	signed := mustEncode(&waAdv.ADVSignedDeviceIdentity{
		Details: p.details, AccountSignatureKey: a.identity.Pub[:],
		AccountSignature: sign(a.identity, []byte{6, 0}, p.details, companion),
	})
	mac := hmac.New(sha256.New, secret)
	mac.Write(signed)
	c.send(node{Tag: "iq", Attrs: attrs{"from": serverJID, "type": "set", "id": p.iq, "xmlns": "md", "t": c.s.now().Unix()},
		Content: []node{{Tag: "pair-success", Content: []node{
			{Tag: "device-identity", Content: mustEncode(&waAdv.ADVSignedDeviceIdentityHMAC{Details: signed, HMAC: mac.Sum(nil)})},
			{Tag: "device", Attrs: attrs{"jid": of(a.pn(), p.id), "lid": of(a.lidJID(), p.id)}},
			{Tag: "platform", Attrs: attrs{"name": "android"}},
		}}}})
}

// answered is the companion's answer to what the server asked it: to pair-device nothing is to
// be done; to pair-success it signs in turn.
func (c *socket) answered(n node) {
	p := c.pairing
	if p == nil || p.account == nil || text(n.Attrs["id"]) != p.iq {
		return
	}
	if text(n.Attrs["type"]) == "error" {
		c.s.violation("pairing", "the companion refuses: "+n.String())
		return
	}
	reg := c.wire.payload.GetDevicePairingData()
	signed, _ := child(n, "pair-device-sign", "device-identity")
	var id waAdv.ADVSignedDeviceIdentity
	if err := proto.Unmarshal(raw(signed), &id); err != nil || len(id.GetDeviceSignature()) != 64 || len(reg.GetEIdent()) != 32 ||
		!ecc.VerifySignature(ecc.NewDjbECPublicKey([32]byte(reg.GetEIdent())),
			slices.Concat([]byte{6, 1}, p.details, reg.GetEIdent(), p.account.identity.Pub[:]), [64]byte(id.GetDeviceSignature())) {
		c.s.violation("pairing", "the companion's signature does not hold")
		return
	}
	d := &device{
		account: p.account, id: p.id, noise: bytes.Clone(c.wire.noiseKey), registration: reg.GetERegid(), identity: reg.GetEIdent(),
		signed: node{Tag: "skey", Content: []node{
			{Tag: "id", Content: reg.GetESkeyID()}, {Tag: "value", Content: reg.GetESkeyVal()}, {Tag: "signature", Content: reg.GetESkeySig()},
		}},
	}
	c.s.addDevice(d)
	c.end(conflict("515", "")) // come back and log in
}

// linkCode is pairing by code, the companion's side of it: it shows eight letters, and locks its
// ephemeral key with them; the phone answers with its own, locked likewise; with both keys they
// agree on the secret that a QR code would have carried.
func (c *socket) linkCode(n, reg node) {
	p := c.pairing
	if p == nil {
		c.fail(n, 400, "bad-request")
		return
	}
	switch stage := text(reg.Attrs["stage"]); stage {
	case "companion_hello":
		wrapped, _ := child(reg, "link_code_pairing_wrapped_companion_ephemeral_pub")
		p.phone, p.wrapped = address(reg.Attrs["jid"]).User, raw(wrapped)
		if c.s.phoneOf(p.phone) == nil || len(p.wrapped) != 80 {
			c.fail(n, 400, "bad-request")
			return
		}
		p.ref = "3@" + base64.StdEncoding.EncodeToString(randomBytes(12))
		c.result(n, node{Tag: "link_code_companion_reg", Attrs: attrs{"stage": "companion_hello"}, Content: []node{
			{Tag: "link_code_pairing_ref", Content: []byte(p.ref)},
		}})
	case "companion_finish":
		bundle, _ := child(reg, "link_code_pairing_wrapped_key_bundle")
		identity, _ := child(reg, "companion_identity_public")
		secret, err := p.secret(raw(bundle), raw(identity))
		if err != nil {
			c.s.violation("pairing", err.Error())
			c.fail(n, 400, "bad-request")
			return
		}
		c.result(n)
		c.accept(p.account, secret)
	default:
		c.s.violation("pairing", "stage "+clip(stage))
		c.fail(n, 400, "bad-request")
	}
}

// secret opens what the companion finishes with, and gives the secret both sides now know.
func (p *pairing) secret(bundle, identity []byte) ([]byte, error) {
	if p.primary == nil || len(bundle) < 44 {
		return nil, errors.New("the companion finishes what the phone did not begin")
	}
	shared, err := exchange(p.primary, p.companion)
	if err != nil {
		return nil, err
	}
	key, err := hkdf.Key(sha256.New, shared, bundle[:32], "link_code_pairing_key_bundle_encryption_key", 32)
	if err != nil {
		return nil, err
	}
	plain, err := aesGCM(key).Open(nil, bundle[32:44], bundle[44:], nil)
	if err != nil {
		return nil, fmt.Errorf("the companion's key bundle: %w", err)
	}
	if len(plain) != 96 || !bytes.Equal(plain[:32], identity) || !bytes.Equal(plain[32:64], p.account.identity.Pub[:]) {
		return nil, errors.New("the companion's key bundle is not about these two")
	}
	both, err := exchange(privateKey(p.account.identity.Priv[:]), identity)
	if err != nil {
		return nil, err
	}
	return hkdf.Key(sha256.New, slices.Concat(shared, both, plain[64:]), nil, "adv_secret", 32)
}

// EnterCode is what happens when somebody types the companion's eight letters into the
// telephone, with or without the hyphen.
func (s *Server) EnterCode(phone, code string) error {
	code = strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(code))
	s.mu.Lock()
	a := s.phoneOf(phone)
	var c *socket
	for other := range s.sockets {
		if a != nil && other.pairing != nil && other.pairing.phone == a.phone && other.pairing.ref != "" {
			c = other
		}
	}
	if c == nil {
		s.mu.Unlock()
		return ErrNobodyPairs
	}
	wrapped := c.pairing.wrapped
	s.mu.Unlock()

	// The key of the code is slow to make, on purpose.
	companion := lock(code, wrapped[:32], wrapped[32:48], wrapped[48:])
	primary, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		return fmt.Errorf("simulator/whatsapp: %w", err)
	}
	salt, iv := randomBytes(32), randomBytes(16)
	mine := slices.Concat(salt, iv, lock(code, salt, iv, primary.PublicKey().Bytes()))

	s.mu.Lock()
	defer s.mu.Unlock()
	p := c.pairing
	p.companion, p.primary, p.account = companion, primary, a
	c.send(node{Tag: "notification", Attrs: attrs{"from": serverJID, "type": "link_code_companion_reg", "id": s.stanzaID(), "t": s.now().Unix()},
		Content: []node{{Tag: "link_code_companion_reg", Attrs: attrs{"stage": "primary_hello"}, Content: []node{
			{Tag: "link_code_pairing_wrapped_primary_ephemeral_pub", Content: mine},
			{Tag: "primary_identity_pub", Content: a.identity.Pub[:]},
			{Tag: "link_code_pairing_ref", Content: []byte(p.ref)},
		}}}})
	return nil
}

// lock locks and unlocks 32 bytes with the letters of a code.
func lock(code string, salt, iv, data []byte) []byte {
	key, err := pbkdf2.Key(sha256.New, code, salt, 2<<16, 32)
	if err != nil {
		panic("simulator/whatsapp: " + err.Error())
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		panic("simulator/whatsapp: " + err.Error())
	}
	out := make([]byte, len(data))
	cipher.NewCTR(block, iv).XORKeyStream(out, data)
	return out
}
