package main

import (
	"crypto/sha256"
	"os"
	"path/filepath"
	"runtime/pprof"
	"syscall"
	"testing"
	"time"
)

// A process that does nothing but hash spends nearly all of its time in encryption, and none for Signal. (Tests that profile cannot run beside others that do.)
func TestEncryptionIsFoundInAProfile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "profile")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		t.Fatal(err)
	}
	data := make([]byte, 1<<20)
	for end := spent(t) + 400*time.Millisecond; spent(t) < end; {
		sum := sha256.Sum256(data)
		data[0] = sum[0]
	}
	pprof.StopCPUProfile()
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := encryption(path)
	if err != nil {
		t.Fatal(err)
	}
	if s.encryption < 0.7 || s.signal != 0 {
		t.Errorf("%+v", s)
	}
}

// spent is how much of the processors' time this process has had: a busy machine gives it little in a while, and a profile counts what it got.
func spent(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano())
}

func TestWhatIsNoProfileIsRefused(t *testing.T) {
	t.Parallel()
	for _, b := range []string{"", "\xff", "\x2a\x04\x08\x01\x10\x09"} {
		if _, err := parseProfile([]byte(b)); err == nil {
			t.Errorf("%q is taken for a profile", b)
		}
	}
}
