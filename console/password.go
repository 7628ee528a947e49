package console

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// passwords hashes and compares them with argon2id. The parameters stand with each hash, so that they can grow: an old hash is compared with its own,
// and made anew at the next sign-in. Each takes much memory, so only a few are made at once.
type passwords struct {
	time, memory uint32 // rounds, KiB
	busy         chan struct{}
	dummy        string // compared where there is no user, so that it takes as long
}

const (
	passwordLeast = 12  // letters
	passwordMost  = 200 // bytes
	hashAtOnce    = 4
	hashLength    = 32
	saltLength    = 16
)

func newPasswords(cheap bool) *passwords {
	p := &passwords{time: 2, memory: 46 << 10, busy: make(chan struct{}, hashAtOnce)}
	if cheap {
		p.time, p.memory = 1, 8
	}
	p.dummy = p.encode("nobody's", []byte("0123456789abcdef"))
	return p
}

// hash makes what is kept of a password.
func (p *passwords) hash(ctx context.Context, password string) (string, error) {
	if err := p.enter(ctx); err != nil {
		return "", err
	}
	defer p.leave()
	salt := make([]byte, saltLength)
	if _, err := rand.Read(salt); err != nil {
		panic(err) // crypto/rand never fails
	}
	return p.encode(password, salt), nil
}

func (p *passwords) encode(password string, salt []byte) string {
	sum := argon2.IDKey([]byte(password), salt, p.time, p.memory, 1, hashLength)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$%s$%s", argon2.Version, p.memory, p.time,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(sum))
}

// right tells whether a password is the one that was kept, and whether what is kept should be made anew. Nothing kept takes as long, and is wrong.
func (p *passwords) right(ctx context.Context, kept, password string) (right, stale bool, err error) {
	if err := p.enter(ctx); err != nil {
		return false, false, err
	}
	defer p.leave()
	none := kept == ""
	if none {
		kept = p.dummy
	}
	time, memory, salt, sum, err := parseHash(kept)
	if err != nil {
		return false, false, err
	}
	if len(password) > passwordMost {
		password = password[:passwordMost]
	}
	got := argon2.IDKey([]byte(password), salt, time, memory, 1, uint32(len(sum))) //nolint:gosec // G115: 32
	return subtle.ConstantTimeCompare(got, sum) == 1 && !none, time != p.time || memory != p.memory, nil
}

func (p *passwords) enter(ctx context.Context) error {
	select {
	case p.busy <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *passwords) leave() { <-p.busy }

var errHash = errors.New("what is kept of a password cannot be read")

// The most that a kept hash may ask for: a row that was tampered with must not take all memory.
const mostMemory, mostTime = 1 << 20, 64

func parseHash(s string) (time, memory uint32, salt, sum []byte, err error) {
	parts := strings.Split(s, "$")
	var version, threads int
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return 0, 0, nil, nil, errHash
	}
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return 0, 0, nil, nil, errHash
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &time, &threads); err != nil || threads != 1 ||
		time < 1 || time > mostTime || memory < 8 || memory > mostMemory {
		return 0, 0, nil, nil, errHash
	}
	if salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil || len(salt) < 8 {
		return 0, 0, nil, nil, errHash
	}
	if sum, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil || len(sum) != hashLength {
		return 0, 0, nil, nil, errHash
	}
	return time, memory, salt, sum, nil
}

// weak gives the key of what is wrong with a new password; empty: nothing. Length counts, not what kinds of letters it has.
func weak(password, login string) string {
	low := strings.ToLower(password)
	switch {
	case utf8.RuneCountInString(password) < passwordLeast:
		return "begin.short"
	case len(password) > passwordMost:
		return "wrong.long"
	}
	for _, s := range []string{"password", "katasandi", "kata sandi", "tanggap", "123456", "qwerty", "rahasia", "indonesia", login} {
		if s != "" {
			low = strings.ReplaceAll(low, s, "")
		}
	}
	kinds := map[rune]bool{}
	for _, r := range low {
		kinds[r] = true
	}
	if utf8.RuneCountInString(low) < 5 || len(kinds) < 4 {
		return "begin.common"
	}
	return ""
}
