package console

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/quick"
)

// What is kept of a password tells nothing but whether it is the one, whatever it is; a changed letter is wrong.
func TestPasswords(t *testing.T) {
	t.Parallel()
	p := newPasswords(true)
	err := quick.Check(func(password, other string) bool {
		if len(password) > passwordMost || len(other) > passwordMost {
			return true // refused before
		}
		kept, err := p.hash(t.Context(), password)
		if err != nil || strings.Contains(kept, "$"+password) && password != "" {
			return false
		}
		right, stale, err := p.right(t.Context(), kept, password)
		if err != nil || !right || stale {
			return false
		}
		right, _, err = p.right(t.Context(), kept, other)
		return err == nil && right == (password == other)
	}, &quick.Config{MaxCount: 50})
	if err != nil {
		t.Error(err)
	}
	kept, err := newPasswords(false).hash(t.Context(), "sepeda biru")
	if err != nil || !strings.HasPrefix(kept, "$argon2id$v=19$m=47104,t=2,p=1$") {
		t.Errorf("kept as %q, %v", kept, err)
	}
	if right, stale, err := p.right(t.Context(), kept, "sepeda biru"); !right || !stale || err != nil {
		t.Errorf("one with other parameters: right %v, stale %v, %v", right, stale, err)
	}
	if right, _, err := p.right(t.Context(), "", "nobody's"); right || err != nil {
		t.Errorf("where nothing is kept: %v, %v", right, err)
	}
}

func FuzzParseHash(f *testing.F) {
	f.Add(newPasswords(true).dummy)
	f.Add("$argon2id$v=19$m=4294967295,t=4294967295,p=1$AAAAAAAAAAAAAAAA$AAAA")
	f.Fuzz(func(t *testing.T, s string) {
		time, memory, salt, sum, err := parseHash(s)
		if err == nil && (time == 0 || time > mostTime || memory > mostMemory || len(salt) < 8 || len(sum) != hashLength) {
			t.Errorf("%q was taken: t=%d m=%d salt %d sum %d", s, time, memory, len(salt), len(sum))
		}
	})
}

func TestWeak(t *testing.T) {
	t.Parallel()
	for password, want := range map[string]string{
		"short": "begin.short", "sepeda biru di pasar": "", "aaaaaaaaaaaaaaaa": "begin.common", "password1234": "begin.common", "rini.rini.rini": "begin.common",
		"tanggap123456": "begin.common", strings.Repeat("abcdefgh ", 30): "wrong.long", "jambu merah 7": "", "ŝĝĥĵĉŭŝĝĥĵĉŭ": "",
	} {
		if got := weak(password, "rini"); got != want {
			t.Errorf("%q: %q, want %q", password, got, want)
		}
	}
}

// Where a request comes from is said by what stands before us only when that is near.
func TestAddress(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ remote, forwarded, want string }{
		{"203.0.113.9:4000", "", "203.0.113.9"},
		{"203.0.113.9:4000", "198.51.100.7", "203.0.113.9"},
		{"127.0.0.1:4000", "198.51.100.7", "198.51.100.7"},
		{"127.0.0.1:4000", "1.2.3.4, 198.51.100.7", "198.51.100.7"},
		{"10.0.0.2:4000", "nonsense", "10.0.0.2"},
		{"[::1]:4000", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"},
		{"[2001:db8:1:2:aaaa::1]:4000", "", "2001:db8:1:2::/64"},
		{"[::ffff:203.0.113.9]:4000", "", "203.0.113.9"},
		{"a socket", "", "unknown"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = c.remote
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := address(r); got != c.want {
			t.Errorf("%s for %q: %s, want %s", c.remote, c.forwarded, got, c.want)
		}
	}
}

func FuzzSafePath(f *testing.F) {
	for _, s := range []string{"/calls", "//evil.example", "/\\evil.example", "https://evil.example", "", "/a?b=c", "/\t/evil.example"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := safePath(s)
		if !strings.HasPrefix(got, "/") || strings.HasPrefix(got, "//") || strings.ContainsAny(got, "\\\r\n\t") {
			t.Errorf("%q leads to %q", s, got)
		}
	})
}

func TestLater(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want bool
	}{{"2-0", "1-9", true}, {"1-10", "1-9", true}, {"1-9", "1-10", false}, {"1-1", "1-1", false}, {"10-0", "9-0", true}, {"", "0-0", false}, {"nonsense", "1-0", false}} {
		if got := later(c.a, c.b); got != c.want {
			t.Errorf("%q after %q: %v", c.a, c.b, got)
		}
	}
}
