package store

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
)

// keys are what TANGGAP_KEY opens: one subkey a purpose, so that no two uses ever share one. The first byte of everything sealed is the key's
// number, so that two keys can be held at once while the database is moved from one to the other (rekey.go).
type keys struct {
	person ring   // names and telephone numbers
	blob   ring   // media
	login  ring   // second steps of the console's users
	lookup []byte // keyed hash of telephone numbers
	code   []byte // keyed hash of one-time codes
	hash   []byte // keyed hash of media
	check  []byte // check words of cases
	nik    ring   // residents' numbers
	who    []byte // keyed hash of who a booking is for
}

// A ring seals with the key in force, and opens also what a former one sealed.
type ring struct {
	number byte // of the key in force
	now    cipher.AEAD
	former map[byte]cipher.AEAD
}

// of gives the key of a number; nil when it is not here.
func (r ring) of(number byte) cipher.AEAD {
	if number == r.number {
		return r.now
	}
	return r.former[number]
}

func newKeys(secret []byte) (*keys, error) {
	if len(secret) != 32 {
		return nil, fmt.Errorf("the key has %d bytes, not 32", len(secret))
	}
	sub := func(purpose string) ([]byte, error) { return hkdf.Key(sha256.New, secret, nil, "tanggap "+purpose, 32) }
	seal := func(purpose string) (cipher.AEAD, error) {
		k, err := sub(purpose)
		if err != nil {
			return nil, err
		}
		block, err := aes.NewCipher(k)
		if err != nil {
			return nil, err
		}
		return cipher.NewGCM(block)
	}
	var k keys
	var errs [9]error
	k.person.now, errs[0] = seal("person")
	k.blob.now, errs[1] = seal("blob")
	k.lookup, errs[2] = sub("lookup")
	k.code, errs[3] = sub("code")
	k.hash, errs[4] = sub("hash")
	k.login.now, errs[5] = seal("login")
	k.check, errs[6] = sub("check")
	k.nik.now, errs[7] = seal("nik")
	k.who, errs[8] = sub("who")
	if err := errors.Join(errs[:]...); err != nil {
		return nil, fmt.Errorf("derive keys: %w", err)
	}
	return &k, nil
}

// count gives the key in force its number.
func (k *keys) count(number byte) {
	k.person.number, k.blob.number, k.login.number, k.nik.number = number, number, number, number
}

// hold adds a former key, for what it still seals.
func (k *keys) hold(number byte, former *keys) {
	add := func(r *ring, a cipher.AEAD) {
		if r.former == nil {
			r.former = map[byte]cipher.AEAD{}
		}
		r.former[number] = a
	}
	add(&k.person, former.person.now)
	add(&k.blob, former.blob.now)
	add(&k.login, former.login.now)
	add(&k.nik, former.nik.now)
}

// fingerprint tells two keys apart without telling anything of them.
func (k *keys) fingerprint() string {
	return hex.EncodeToString(mac(k.lookup, []byte("fingerprint"))[:8])
}

func mac(key, data []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(data)
	return h.Sum(nil)
}

// seal encrypts; empty stays nil. bind says what the text belongs to, so that a row's ciphertext cannot be moved to another row.
func seal(r ring, plain []byte, bind string) []byte {
	a := r.now
	if len(plain) == 0 {
		return nil
	}
	out := make([]byte, 1+a.NonceSize(), 1+a.NonceSize()+len(plain)+a.Overhead())
	out[0] = r.number
	if _, err := rand.Read(out[1:]); err != nil {
		panic(err) // crypto/rand never fails
	}
	return a.Seal(out, out[1:], plain, []byte(bind)) //nolint:gosec // G407: the nonce was drawn three lines above
}

// open decrypts what seal made for the same bind.
func open(r ring, sealed []byte, bind string) ([]byte, error) {
	if len(sealed) == 0 {
		return nil, nil
	}
	a := r.of(sealed[0])
	if a == nil || len(sealed) < 1+a.NonceSize() {
		return nil, fmt.Errorf("sealed with key %d, which is not here", sealed[0])
	}
	n := 1 + a.NonceSize()
	return a.Open(nil, sealed[1:n], sealed[n:], []byte(bind))
}
