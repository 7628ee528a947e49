package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	channel "tanggap/bot/whatsapp"
	"tanggap/simulator/whatsapp"
	"tanggap/store"
)

const (
	benchNumber   = "628000000112" // ours
	talkers       = 200            // people who talk at once
	firstPhone    = 6285700000000
	whatsappGoal  = "300/s on 2 cores"
	whatsappLeast = 30 * time.Second // how long an answer may take before something is wrong
)

// whatsapp: turns over WhatsApp, from a person's message to the reply on the person's telephone, Signal at both ends; then what the program holds once it
// has sessions with many. The simulated WhatsApp and its people are in this process: what they cost is counted apart.
func (b *bencher) whatsapp() (err error) {
	dsn, err := b.database("whatsapp")
	if err != nil {
		return err
	}
	sim := whatsapp.New(whatsapp.Options{})
	if err := sim.Listen(""); err != nil {
		return err
	}
	defer sim.Close() //nolint:errcheck // everything in it is thrown away
	sim.Account(benchNumber)
	if err := b.pair(dsn, sim); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "tanggap-bench-profile-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // in the temporary folder
	profile := cmp.Or(os.Getenv("BENCH_PROFILE"), filepath.Join(dir, "cpu"))
	if err := os.Remove(profile); err != nil && !errors.Is(err, fs.ErrNotExist) { // of an earlier run
		return err
	}
	p, err := start(b.ctx, made{Database: dsn, Redis: b.servers.RedisURL(), WhatsApp: sim.URL(), Profile: profile})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	if err := b.online(sim); err != nil {
		return err
	}
	w := &waCrowd{sim: sim}
	if err := b.talk(w, p); err != nil {
		return err
	}
	s, err := b.profiled(profile)
	if err != nil {
		return err
	}
	b.table.add("  of the program's share, encryption (of which Signal)", fmt.Sprintf("%.0f %% (%.0f %%)", 100*s.encryption, 100*s.signal), "", "")
	if os.Getenv("BENCH_STATEMENTS") != "" {
		if err := statements(b.ctx, dsn); err != nil {
			return err
		}
	}
	if err := w.meet(b.ctx, b.lengths.sessions-talkers); err != nil {
		return err
	}
	now, most := p.memory()
	b.table.add(fmt.Sprintf("  memory of the program with %d people's sessions, now / at the most", w.met.Load()), fmt.Sprintf("%.0f MB / %.0f MB", now, most), "",
		"< 200 MB with 5,000")
	if v := sim.Violations(); len(v) > 0 {
		return fmt.Errorf("whatsapp: the network objects: %s", v[0])
	}
	return nil
}

// profiled reads the profile once the program has written it.
func (b *bencher) profiled(path string) (share, error) {
	for range 100 {
		if s, err := encryption(path); err == nil || !errors.Is(err, fs.ErrNotExist) {
			return s, err
		}
		if err := b.sleep(100 * time.Millisecond); err != nil {
			return share{}, err
		}
	}
	return share{}, errors.New("the program wrote no profile")
}

// pair links the program's number before it starts.
func (b *bencher) pair(dsn string, sim *whatsapp.Server) error {
	r, err := loadRegency()
	if err != nil {
		return err
	}
	s, err := store.Open(b.ctx, store.Options{URL: dsn, Key: benchKey, Regency: r, Conns: 2})
	if err != nil {
		return err
	}
	defer s.Close()
	db := s.SQL()
	defer db.Close() //nolint:errcheck // the pool beneath it is closed with the store
	root := whatsapp.Root()
	var scanned error
	device, err := channel.Pair(b.ctx, channel.PairOptions{DB: db, Transport: sim.Transport(), Root: &root,
		Show: func(code string, _ time.Time) { scanned = sim.ScanQR(benchNumber, code) }})
	if err := errors.Join(err, scanned); err != nil {
		return err
	}
	_, err = s.LinkNumber(b.ctx, "bench", "citizens", device.String())
	return err
}

// online waits until the program is on the network, with keys for those who want to write to it.
func (b *bencher) online(sim *whatsapp.Server) error {
	for range 600 {
		if now, _ := sim.Sockets(benchNumber); now > 0 && sim.Keys(benchNumber) > 0 {
			return nil
		}
		if err := b.sleep(50 * time.Millisecond); err != nil {
			return err
		}
	}
	return errors.New("the program does not come onto the simulated WhatsApp")
}

// talk has everybody talk as fast as the answers come, and counts what it costs whom.
func (b *bencher) talk(w *waCrowd, p *running) error {
	people, err := w.join(b.ctx, talkers)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(b.ctx)
	defer cancel()
	group, ctx := errgroup.WithContext(ctx)
	for i, x := range people {
		group.Go(func() error { return w.loop(ctx, x, i) })
	}
	for w.met.Load() < talkers { // everybody has met the bot, and Signal's sessions stand
		select {
		case <-ctx.Done():
			return group.Wait()
		case <-time.After(50 * time.Millisecond):
		}
	}
	if err := p.cmd.Process.Signal(syscall.SIGUSR1); err != nil {
		return err
	}
	before, err := b.cost(p)
	if err != nil {
		return err
	}
	turns, began := w.turns.Load(), time.Now()
	if err := b.sleep(b.lengths.whatsapp); err != nil {
		return err
	}
	after, err := b.cost(p)
	n, d := float64(w.turns.Load()-turns), time.Since(began).Seconds()
	if err := errors.Join(err, p.cmd.Process.Signal(syscall.SIGUSR1)); err != nil {
		return err
	}
	w.stopped.Store(true)
	if err := group.Wait(); err != nil {
		return err
	}
	for _, x := range people {
		x.Close()
	}
	if n == 0 {
		return errors.New("whatsapp: nobody was answered")
	}
	program, postgres, world := after.program-before.program, after.postgres-before.postgres, after.world-before.world
	ratio := ""
	if b.limit > 0 {
		ratio = fmt.Sprintf("%.2f", n/d/b.limit)
	}
	b.table.add(fmt.Sprintf("WhatsApp: turns end to end, %d people at once, Signal at both ends", talkers), perSecond(n/d), ratio, whatsappGoal)
	b.table.add("  processor time a turn: program / Postgres / simulated WhatsApp and people",
		fmt.Sprintf("%.2f / %.2f / %.2f ms", 1000*program/n, 1000*postgres/n, 1000*world/n),
		fmt.Sprintf("%.0f %% theirs", 100*world/(program+postgres+world)), "")
	return nil
}

// cost is the processor time that was used so far, in seconds: by the program, by Postgres, and by this process, which is the world around them.
type cost struct{ program, postgres, world float64 }

func (b *bencher) cost(p *running) (c cost, err error) {
	if c.program, c.postgres, err = b.spent(p); err != nil {
		return c, err
	}
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return c, err
	}
	c.world = float64(used.Utime.Nano()+used.Stime.Nano()) / 1e9
	return c, nil
}

// waCrowd is people on the simulated WhatsApp.
type waCrowd struct {
	sim     *whatsapp.Server
	made    atomic.Int64
	met     atomic.Int64 // who was answered at least once
	turns   atomic.Int64
	stopped atomic.Bool
}

// new makes somebody with a phone.
func (w *waCrowd) new(ctx context.Context) (*whatsapp.Person, error) {
	return w.sim.Person(ctx, whatsapp.PersonOptions{Name: "Warga", Phone: fmt.Sprint(firstPhone + w.made.Add(1)), To: benchNumber, Keep: 8})
}

// join makes many.
func (w *waCrowd) join(ctx context.Context, n int) ([]*whatsapp.Person, error) {
	var mu sync.Mutex
	var people []*whatsapp.Person
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(8)
	for range n {
		group.Go(func() error {
			p, err := w.new(ctx)
			mu.Lock()
			defer mu.Unlock()
			people = append(people, p)
			return err
		})
	}
	return people, group.Wait()
}

// turn says something and waits for the answer.
func (w *waCrowd) turn(ctx context.Context, p *whatsapp.Person, text string) error {
	ctx, cancel := context.WithTimeoutCause(ctx, whatsappLeast, errors.New("somebody on WhatsApp is not answered"))
	defer cancel()
	seq := p.Seq()
	if _, err := p.Say(text); err != nil {
		return err
	}
	if _, err := p.WaitAfter(ctx, seq, func(r whatsapp.Received) bool { return r.Message() }); err != nil {
		return fmt.Errorf("%w: %w", context.Cause(ctx), err)
	}
	w.turns.Add(1)
	return nil
}

// loop has somebody begin complaints and drop them, so that every message is a turn with one answer.
func (w *waCrowd) loop(ctx context.Context, p *whatsapp.Person, n int) error {
	for i := 0; !w.stopped.Load() && ctx.Err() == nil; i++ {
		text := complaints[(n+i)%len(complaints)]
		if i%2 == 1 {
			text = "batal"
		}
		if err := w.turn(ctx, p, text); err != nil {
			return err
		}
		if i == 0 {
			w.met.Add(1)
		}
	}
	return nil
}

// meet has so many more people write once each, and go away. What the program keeps for them stays.
func (w *waCrowd) meet(ctx context.Context, n int) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(32)
	for i := range n {
		group.Go(func() error {
			p, err := w.new(ctx)
			if err != nil {
				return err
			}
			defer p.Close()
			if err := w.turn(ctx, p, complaints[i%len(complaints)]); err != nil {
				return err
			}
			w.met.Add(1)
			return nil
		})
	}
	return group.Wait()
}
