//go:build soak

package house_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"tanggap/bot/whatsapp"
	sim "tanggap/simulator/whatsapp"
	"tanggap/testbed"
)

// A whatsappWorld is a world whose citizens are on WhatsApp, each a client with keys of its own; its officers stay on Telegram. Where a word of
// world's is about citizens or programs, it has its own.
type whatsappWorld struct {
	*world
	net      *sim.Server
	device   string // ours, as the network names it
	expected []string

	calls   errgroup.Group
	book    sync.Mutex
	callers []*caller // who complain
	guests  []*caller // who only say hello
	through int       // how many of the callers are
}

// numberName is what our number is called in the house.
const numberName = "utama"

// newWhatsappWorld makes a world with a number that is paired, before any program runs. now is the network's clock; nil is the machine's.
func newWhatsappWorld(t testing.TB, dsn string, now func() time.Time) *whatsappWorld {
	t.Helper()
	w := &whatsappWorld{world: newWorld(t, dsn, testbed.RedisDB(t)), net: sim.New(sim.Options{Now: now})}
	if err := w.net.Listen(""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.net.Close() })
	t.Cleanup(w.overlook)
	w.net.Account(ourNumber)
	ctx, cancel := context.WithTimeout(context.Background(), soon)
	defer cancel()
	db := w.store.SQL()
	defer db.Close() //nolint:errcheck // the pool beneath it stays
	root := sim.Root()
	jid, err := whatsapp.Pair(ctx, whatsapp.PairOptions{DB: db, Transport: w.net.Transport(), Root: &root, Show: func(code string, _ time.Time) {
		if err := w.net.ScanQR(ourNumber, code); err != nil {
			t.Errorf("scan: %v", err)
		}
	}})
	if err != nil {
		t.Fatalf("pair: %v", err)
	}
	w.device = jid.String()
	if _, err := w.store.LinkNumber(ctx, numberName, "citizens", w.device); err != nil {
		t.Fatal(err)
	}
	return w
}

// eventually waits as world's does, and tells of this network too where it waited in vain.
func (w *whatsappWorld) eventually(within time.Duration, what string, is func(context.Context) (bool, error)) time.Duration {
	w.t.Helper()
	done := false
	defer func() {
		if !done {
			w.t.Log(w.scene())
		}
	}()
	took := w.world.eventually(within, what, is)
	done = true
	return took
}

// scene tells where things stand on WhatsApp.
func (w *whatsappWorld) scene() string {
	var b strings.Builder
	w.book.Lock()
	defer w.book.Unlock()
	now, most := w.net.Sockets(ourNumber)
	fmt.Fprintf(&b, "WhatsApp: %d of %d callers are through; %d messages not acknowledged; %d connections, once %d\n", w.through, len(w.callers),
		w.net.Unacked(ourNumber), now, most)
	stuck := 0
	for _, z := range w.callers {
		if at := z.state(); at != "done" && stuck < 5 {
			stuck++
			fmt.Fprintf(&b, "caller %d %s\n", z.n, at)
			if z.p == nil {
				continue
			}
			chat := z.p.History()
			for _, m := range chat[max(0, len(chat)-15):] {
				fmt.Fprintf(&b, "  %s mine=%v %s %q\n", m.ID, m.Mine, m.Kind, m.Text)
			}
		}
	}
	return b.String()
}

// A caller is a citizen on WhatsApp, who complains once: writes what is wrong, says yes, skips every question. Every second one answers in words, the
// others type the number of their choice as a reply. An id that comes twice is one message to their app, as it is to everybody's.
type caller struct {
	w     *whatsappWorld
	n     int
	what  string
	words bool
	opts  sim.PersonOptions
	first func(*caller) error // done before the first answer; nil: nothing

	p   *sim.Person // once on the network
	mu  sync.Mutex
	at  string
	had time.Duration // from the complaint to the number, in machine time
}

func (z *caller) state() string { z.mu.Lock(); defer z.mu.Unlock(); return z.at }
func (z *caller) now(at string) { z.mu.Lock(); defer z.mu.Unlock(); z.at = at }

// caller makes one, who is not on the network yet.
func (w *whatsappWorld) caller() *caller {
	w.book.Lock()
	defer w.book.Unlock()
	n := len(w.callers)
	z := &caller{w: w, n: n, what: complaints[n%len(complaints)], words: n%2 == 0, at: "has not begun"}
	z.opts = sim.PersonOptions{Name: fmt.Sprint("Warga ", n), Phone: fmt.Sprint(6285700100000 + n), To: ourNumber}
	w.callers = append(w.callers, z)
	return z
}

// come brings somebody onto the network.
func (z *caller) come(ctx context.Context) error {
	p, err := z.w.net.Person(ctx, z.opts)
	if err != nil {
		return fmt.Errorf("caller %d: %w", z.n, err)
	}
	z.w.book.Lock()
	z.p = p
	z.w.book.Unlock()
	return nil
}

// complain has n more people complain, beginning now.
func (w *whatsappWorld) complain(n int) {
	for range n {
		w.begin(w.caller())
	}
}

func (w *whatsappWorld) begin(z *caller) {
	w.calls.Go(func() error { return z.complain(context.Background()) })
}

// satisfied waits until everybody has been through.
func (w *whatsappWorld) satisfied(within time.Duration) {
	w.t.Helper()
	w.eventually(within, "every caller has been answered to the end", func(context.Context) (bool, error) {
		w.book.Lock()
		defer w.book.Unlock()
		return w.through == len(w.callers), nil
	})
	if err := w.calls.Wait(); err != nil {
		w.t.Fatal(err)
	}
}

func (z *caller) complain(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, citizenPatience)
	defer cancel()
	if z.p == nil {
		if err := z.come(ctx); err != nil {
			return err
		}
	}
	seq := z.p.Seq()
	z.now("waits to be asked for a yes")
	if _, err := z.p.Say(z.what); err != nil {
		return fmt.Errorf("caller %d: %w", z.n, err)
	}
	return z.goOn(ctx, seq)
}

// goOn answers whatever is asked after that moment, until nothing more is.
func (z *caller) goOn(ctx context.Context, seq int64) error {
	began := time.Now()
	seen := map[string]bool{}
	for step := 0; ; step++ {
		m, err := z.p.WaitAfter(ctx, seq, func(r sim.Received) bool {
			return r.Kind == sim.Text && !seen[r.ID] && (choiceOf(r.Text, "Ya, kirim") != "" || choiceOf(r.Text, "Lewati") != "" ||
				strings.Contains(r.Text, "sudah lengkap") || strings.Contains(r.Text, "Nomor laporan"))
		})
		if err != nil {
			return fmt.Errorf("caller %d %s: %w", z.n, z.state(), err)
		}
		seq, seen[m.ID] = m.Seq, true
		if strings.Contains(m.Text, "Nomor laporan") {
			z.mu.Lock()
			z.had = time.Since(began)
			z.mu.Unlock()
		}
		label := "Ya, kirim"
		if choiceOf(m.Text, label) == "" {
			label = "Lewati"
		}
		number := choiceOf(m.Text, label)
		if number == "" {
			break
		}
		if step == 0 && z.first != nil {
			if err := z.first(z); err != nil {
				return fmt.Errorf("caller %d: %w", z.n, err)
			}
		}
		if z.words || step == 0 && z.first != nil {
			_, err = z.p.Say(label)
		} else {
			_, err = z.p.Reply(m.ID, number)
		}
		if err != nil {
			return fmt.Errorf("caller %d answers: %w", z.n, err)
		}
		z.now(fmt.Sprintf("waits after %d answers", step+1))
	}
	z.now("done")
	z.w.book.Lock()
	z.w.through++
	z.w.book.Unlock()
	return nil
}

// choiceOf gives the number under which a message offers a choice; empty: it does not.
func choiceOf(text, label string) string {
	for line := range strings.Lines(text) {
		if n, ok := strings.CutSuffix(strings.TrimSpace(line), ". "+label); ok {
			return n
		}
	}
	return ""
}

// probe has somebody new say hello, and tells how long the answer took.
func (w *whatsappWorld) probe(when string, within time.Duration) time.Duration {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), soon+within)
	defer cancel()
	w.book.Lock()
	z := &caller{w: w, n: -1 - len(w.guests), at: "done"}
	z.opts = sim.PersonOptions{Name: "Tamu", Phone: fmt.Sprint(6285799900000 + len(w.guests)), To: ourNumber}
	w.guests = append(w.guests, z)
	w.book.Unlock()
	if err := z.come(ctx); err != nil {
		w.t.Fatal(err)
	}
	began := time.Now()
	if _, err := z.p.Say("menu"); err != nil {
		w.t.Fatal(err)
	}
	late, cancelLate := context.WithTimeout(ctx, within)
	defer cancelLate()
	if _, err := z.p.Wait(late, sim.Received.Message); err != nil {
		w.t.Fatalf("%s nobody answers within %s\n%s%s", when, within, w.picture(), w.scene())
	}
	return time.Since(began)
}

// holder gives the running program that holds the number's lease; nil when none does.
func (w *whatsappWorld) holder(ctx context.Context) (*running, error) {
	name, err := w.lease(ctx)
	part := strings.Split(name, "/")
	if err != nil || len(part) != 4 {
		return nil, err
	}
	for _, p := range w.running {
		if fmt.Sprint(p.cmd.Process.Pid) == part[1] && !p.over() {
			return p, nil
		}
	}
	return nil, nil
}

// lease tells who holds the number's lease; empty: nobody.
func (w *whatsappWorld) lease(ctx context.Context) (holder string, err error) {
	err = w.pool.QueryRow(ctx, `select coalesce((select holder from leases where name = $1 and until > clock_timestamp()), '')`,
		"whatsapp/"+ourNumber).Scan(&holder)
	return holder, err
}

// held waits until a program holds the lease.
func (w *whatsappWorld) held(p *running, within time.Duration) time.Duration {
	w.t.Helper()
	return w.eventually(within, p.name+" holds the number", func(ctx context.Context) (bool, error) {
		h, err := w.holder(ctx)
		return h == p, err
	})
}

// holds tells that a program still holds the lease.
func (w *whatsappWorld) holds(p *running) {
	w.t.Helper()
	h, err := w.holder(context.Background())
	if err != nil {
		w.t.Fatal(err)
	}
	if h != p {
		name := "nobody"
		if h != nil {
			name = h.name
		}
		w.t.Errorf("%s holds the number, it was %s's", name, p.name)
	}
}

// trouble tells what is noted to be wrong with the number.
func (w *whatsappWorld) trouble(ctx context.Context) (string, error) {
	n, err := w.store.Number(ctx, numberName)
	return n.Trouble, err
}

// quiet waits until nothing is left to do on either network.
func (w *whatsappWorld) quiet(within time.Duration) {
	w.t.Helper()
	w.eventually(within, "nothing is left to do", func(ctx context.Context) (bool, error) {
		p, err := w.store.Pending(ctx, time.Now())
		return p.Quiet() && w.bot.Pending() == 0 && w.net.Unacked(ourNumber) == 0, err
	})
}

// everybody gives all who are on the network.
func (w *whatsappWorld) everybody() []*caller {
	w.book.Lock()
	defer w.book.Unlock()
	return slices.Concat(w.callers, w.guests)
}
