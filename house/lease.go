package house

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// How leases are kept, in machine time. A holder that dies on another host is followed within leaseLength + leaseTry.
const (
	leaseLength = 10 * time.Second
	leaseRenew  = 2 * time.Second
	leaseTry    = 2 * time.Second
	leaseSpare  = 3 * time.Second // so long before its end a lease that is not renewed is let go; to hang up without Postgres takes one, or two where it is busy
)

// holderName tells this process from every other: host, process id, when the process began, and chance.
func holderName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return strings.Join([]string{host, strconv.Itoa(os.Getpid()), startOf(os.Getpid()), rand.Text()[:8]}, "/")
}

// holderLives tells of a holder on this very host whether its process is still there. Of any other nothing is known: it may live.
func holderLives(holder string) bool {
	part := strings.Split(holder, "/")
	host, err := os.Hostname()
	if err != nil || len(part) != 4 || part[0] != host {
		return true
	}
	pid, err := strconv.Atoi(part[1])
	if err != nil {
		return true
	}
	if pid == os.Getpid() && part[2] == startOf(pid) {
		return true // another house in this process
	}
	began := startOf(pid)
	return began == part[2] && began != ""
}

// startOf gives when a process began, in the kernel's own count, so that a pid that was given out again is not taken for the old process.
// Empty where there is no such process; "?" where the system does not tell.
func startOf(pid int) string {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if errors.Is(err, os.ErrNotExist) {
		if _, err := os.Stat("/proc/self/stat"); err == nil {
			return ""
		}
	}
	if err != nil {
		return "?"
	}
	// The name in the second field may hold spaces and parentheses; what follows the last one is in order.
	rest := string(b[strings.LastIndexByte(string(b), ')')+1:])
	if f := strings.Fields(rest); len(f) > 19 && f[0] != "Z" {
		return f[19]
	}
	return ""
}

// holding runs fn while this process holds the lease, again and again until ctx ends. fn's context ends when the lease is lost; fn must then
// come back soon. held is told of every change.
func (h *House) holding(ctx context.Context, name string, held func(bool), fn func(context.Context) error) error {
	for ctx.Err() == nil {
		asked := time.Now()
		got, err := h.store.Lease(ctx, name, h.holder, leaseLength, holderLives)
		if err != nil && ctx.Err() == nil {
			h.log.Warn("lease not taken", "lease", name, "error", err)
		}
		if !got {
			if !wait(ctx, leaseTry) {
				break
			}
			continue
		}
		h.log.Debug("lease taken", "lease", name)
		h.sure(name, asked)
		held(true)
		err = h.hold(ctx, name, fn)
		held(false)
		if err != nil {
			return err
		}
	}
	return nil
}

// hold runs fn and renews the lease beside it.
func (h *House) hold(ctx context.Context, name string, fn func(context.Context) error) error {
	mine, lose := context.WithCancel(ctx)
	defer lose()
	done := make(chan error, 1)
	go func() { done <- fn(mine) }()
	tick := time.NewTicker(leaseRenew)
	defer tick.Stop()
	// The lease is let go before another can have it, also while Postgres is silent: at no moment do two hold the account.
	end := time.NewTimer(time.Until(h.until(name).Add(-leaseSpare)))
	defer end.Stop()
	for {
		select {
		case err := <-done:
			h.letGo(ctx, name)
			if err == nil && ctx.Err() == nil && mine.Err() == nil {
				return fmt.Errorf("what runs under the lease %s ended by itself", name)
			}
			return err
		case <-tick.C:
			asked := time.Now()
			got, err := h.renew(ctx, name)
			switch {
			case got:
				h.sure(name, asked)
				end.Reset(time.Until(h.until(name).Add(-leaseSpare)))
			case err == nil:
				h.log.Warn("lease lost: another has it", "lease", name)
				lose()
				return <-done
			}
		case <-end.C:
			h.log.Warn("lease not renewed in time: let go", "lease", name)
			lose()
			return <-done
		case <-ctx.Done():
			err := <-done
			h.letGo(ctx, name)
			return err
		}
	}
}

// sure notes that a lease that was asked for at that moment was given: nobody else has it for its length from then.
func (h *House) sure(name string, asked time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.fresh[name] = asked.Add(leaseLength)
}

// until tells until when nobody else can have a lease.
func (h *House) until(name string) time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.fresh[name]
}

// surely tells whether nobody else can have a lease now. An instance that stood still wakes up without it, before it finds out that it was lost.
func (h *House) surely(name string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	now, until := time.Now(), h.fresh[name]
	// By both clocks: the monotonic one stands still with a machine that sleeps, the other one is set.
	return h.holds[name] && now.Before(until) && now.Round(0).Before(until.Round(0))
}

func (h *House) renew(ctx context.Context, name string) (bool, error) {
	by := time.Now().Add(leaseRenew)
	if end := h.until(name).Add(-leaseSpare); end.Before(by) {
		by = end
	}
	ctx, cancel := context.WithDeadline(ctx, by)
	defer cancel()
	return h.store.Lease(ctx, name, h.holder, leaseLength, nil)
}

func (h *House) letGo(ctx context.Context, name string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	if err := h.store.Unlease(ctx, name, h.holder); err != nil {
		h.log.Warn("lease not let go: it ends by itself", "lease", name, "error", err)
	}
}

// wait waits; false when ctx ended first.
func wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
