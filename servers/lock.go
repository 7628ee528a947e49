package servers

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

type lockKind int

const (
	shared    lockKind = syscall.LOCK_SH
	exclusive lockKind = syscall.LOCK_EX
)

// A lockFile is a flock on a file. The kernel lets go of it when the process ends in whatever way, so it is never stale.
type lockFile struct {
	file *os.File
}

// takeLock waits for the lock until the context ends. It asks again and again rather than block in the system call, which would
// not notice the context.
func takeLock(ctx context.Context, path string, kind lockKind) (*lockFile, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := flock(file, int(kind)|syscall.LOCK_NB)
		if err == nil {
			return &lockFile{file: file}, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			_ = file.Close()
			return nil, fmt.Errorf("lock %s: %w", path, err)
		}
		select {
		case <-ctx.Done():
			_ = file.Close()
			return nil, fmt.Errorf("lock %s: %w", path, context.Cause(ctx))
		case <-tick.C:
		}
	}
}

// upgrade turns a shared lock into an exclusive one if nobody else shares it, and says whether it did. Either way the shared
// lock is given up.
func (l *lockFile) upgrade() (bool, error) {
	if err := flock(l.file, syscall.LOCK_UN); err != nil {
		return false, err
	}
	err := flock(l.file, syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return false, nil
	}
	return err == nil, err
}

// release gives the lock up. The file stays: removing it would let two programs lock two different files of one name.
func (l *lockFile) release() {
	// Closing alone would leave the lock to a child that is between fork and exec at this moment.
	_ = flock(l.file, syscall.LOCK_UN)
	_ = l.file.Close()
}

func flock(file *os.File, how int) error {
	for {
		err := syscall.Flock(int(file.Fd()), how)
		if !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}
