package whatsapp

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
)

// handshake is the answering side of Noise_XX_25519_AESGCM_SHA256, written from the Noise
// protocol framework (revision 34): a running hash of all that was said, a chaining key, and
// the cipher of the moment.
type handshake struct {
	hash    []byte
	chain   []byte
	cipher  cipher.AEAD
	counter uint32
}

// The protocol's name is exactly as long as the hash, and so begins as the hash itself.
const noiseName = "Noise_XX_25519_AESGCM_SHA256\x00\x00\x00\x00"

func newHandshake(prologue []byte) *handshake {
	h := &handshake{hash: []byte(noiseName), chain: []byte(noiseName), cipher: aesGCM([]byte(noiseName))}
	h.mix(prologue)
	return h
}

// mix adds to the running hash.
func (h *handshake) mix(data []byte) {
	sum := sha256.New()
	sum.Write(h.hash)
	sum.Write(data)
	h.hash = sum.Sum(nil)
}

// agree mixes a shared secret into the chaining key and starts a new cipher.
func (h *handshake) agree(private *ecdh.PrivateKey, public []byte) error {
	secret, err := exchange(private, public)
	if err != nil {
		return fmt.Errorf("simulator/whatsapp: noise: %w", err)
	}
	var key []byte
	h.chain, key = h.expand(secret)
	h.cipher, h.counter = aesGCM(key), 0
	return nil
}

// expand gives the two keys that follow from the chaining key and some material.
func (h *handshake) expand(material []byte) (one, two []byte) {
	out, err := hkdf.Key(sha256.New, material, h.chain, "", 64)
	if err != nil {
		panic("simulator/whatsapp: " + err.Error()) // 64 bytes are never too many
	}
	return out[:32], out[32:]
}

// seal encrypts what this side says.
func (h *handshake) seal(plain []byte) []byte {
	sealed := h.cipher.Seal(nil, counted(h.counter), plain, h.hash)
	h.counter++
	h.mix(sealed)
	return sealed
}

// open decrypts what the other side said.
func (h *handshake) open(sealed []byte) ([]byte, error) {
	plain, err := h.cipher.Open(nil, counted(h.counter), sealed, h.hash)
	if err != nil {
		return nil, fmt.Errorf("simulator/whatsapp: noise: %w", err)
	}
	h.counter++
	h.mix(sealed)
	return plain, nil
}

// exchange is X25519.
func exchange(private *ecdh.PrivateKey, public []byte) ([]byte, error) {
	p, err := ecdh.X25519().NewPublicKey(public)
	if err != nil {
		return nil, err
	}
	return private.ECDH(p)
}

// privateKey reads the 32 bytes of a private key.
func privateKey(b []byte) *ecdh.PrivateKey {
	k, err := ecdh.X25519().NewPrivateKey(b)
	if err != nil {
		panic("simulator/whatsapp: " + err.Error()) // only a wrong length fails
	}
	return k
}

// aesGCM makes the cipher of a 32-byte key.
func aesGCM(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic("simulator/whatsapp: " + err.Error())
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		panic("simulator/whatsapp: " + err.Error())
	}
	return gcm
}

// counted is the nonce of the n-th message.
func counted(n uint32) []byte {
	iv := make([]byte, 12)
	binary.BigEndian.PutUint32(iv[8:], n)
	return iv
}
