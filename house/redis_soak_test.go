//go:build soak

package house_test

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"tanggap/testbed"
)

// Redis is absent at the start, goes for ten seconds, stands still for ten seconds, and is emptied at noon. People notice nothing; the worklists
// are right again moments later, and every case is offered.
func TestSoakRedisGone(t *testing.T) {
	own := testbed.PrivateRedis(t)
	w := newWorld(t, testbed.Database(t), own.URL)
	own.Stop()
	p := w.start()
	w.held(p, soon)
	w.degraded(p, "at the start")
	w.enrol()
	w.complain(30)
	w.satisfied(2 * soon)
	w.degraded(p, "after people were answered")
	t.Logf("Redis absent at the start: 30 people were answered, %s at the most to the number (4 s of it gathering)", ms(w.slowest(0)))
	own.Start()
	took := w.whole()
	t.Logf("Redis came: worklists were right and all was offered after %s", ms(took))

	w.without(p, "stopped", own.Stop, own.Start)
	pid := w.redisPID()
	w.without(p, "stood still", func() { w.signalRedis(pid, syscall.SIGSTOP) }, func() { w.signalRedis(pid, syscall.SIGCONT) })

	// Emptied at noon, while there is something to lose.
	w.quiet(3 * time.Minute)
	ctx := context.Background()
	for range 3 {
		client := w.redisClient()
		if err := client.FlushAll(ctx).Err(); err != nil {
			t.Fatal(err)
		}
		if diff, err := w.unlisted(ctx); err != nil || diff == "" {
			t.Logf("the worklists were right again before they could be looked at (%v)", err)
		}
		took := w.eventually(soon, "the worklists are right after FLUSHALL", func(ctx context.Context) (bool, error) {
			diff, err := w.unlisted(ctx)
			return diff == "", err
		})
		t.Logf("FLUSHALL: healed after %s", ms(took))
		if took > 2*time.Second {
			t.Errorf("FLUSHALL was healed after %s, not within 2 s", took)
		}
	}
	w.quiet(3 * time.Minute)
	w.healthy(p, soon)
	t.Logf("%s", w.verify())
	p.stop()
}

// without has people complain before and while Redis is away for ten seconds.
func (w *world) without(p *running, what string, away, back func()) {
	w.t.Helper()
	from := len(w.citizens)
	w.complain(15)
	pass(3 * time.Second)
	away()
	began := time.Now()
	w.complain(15)
	w.degraded(p, "while Redis "+what)
	heard := w.probe("while Redis "+what, soon)
	pass(time.Until(began.Add(10 * time.Second)))
	back()
	took := w.whole()
	w.satisfied(2 * soon)
	w.whole()
	w.t.Logf("Redis %s for 10 s: a message was answered meanwhile in %s, nobody waited longer than %s for the number; right again %s after", what,
		ms(heard), ms(w.slowest(from)), ms(took))
}

// degraded holds that a program says it is ready, and that Redis is not.
func (w *world) degraded(p *running, when string) {
	w.t.Helper()
	w.eventually(soon, "the program says that it does without Redis "+when, func(context.Context) (bool, error) {
		status, r, err := p.readiness()
		if err == nil && (status != http.StatusOK || !r.Ready) {
			w.t.Errorf("%s it says %d %+v: it should be ready all the time", when, status, r)
		}
		return r.State == "degraded" && r.Degraded["redis"] != "", err
	})
}

// healthy waits until a program says that all is well.
func (w *world) healthy(p *running, within time.Duration) time.Duration {
	w.t.Helper()
	return w.eventually(within, "the program says that all is well", func(context.Context) (bool, error) {
		status, r, err := p.readiness()
		return status == http.StatusOK && r.State == "ok", err
	})
}

// whole waits until the worklists are what waits in Postgres and everything that waits was offered.
func (w *world) whole() time.Duration {
	w.t.Helper()
	return w.eventually(soon, "the worklists are right and everything is offered", func(ctx context.Context) (bool, error) {
		var n int
		if err := w.pool.QueryRow(ctx, `select (select count(*) from offerings where next <= clock_timestamp()) + (select count(*) from relistings)
			+ (select count(*) from cases where status = 'filed')`).Scan(&n); err != nil || n > 0 {
			return false, err
		}
		diff, err := w.unlisted(ctx)
		return diff == "", err
	})
}

func (w *world) redisClient() *redis.Client {
	w.t.Helper()
	opt, err := redis.ParseURL(w.made.Redis)
	if err != nil {
		w.t.Fatal(err)
	}
	c := redis.NewClient(opt)
	w.t.Cleanup(func() { _ = c.Close() })
	return c
}

// redisPID asks Redis for its process id.
func (w *world) redisPID() int {
	w.t.Helper()
	info, err := w.redisClient().Info(context.Background(), "server").Result()
	if err != nil {
		w.t.Fatal(err)
	}
	for line := range strings.Lines(info) {
		if n, ok := strings.CutPrefix(line, "process_id:"); ok {
			pid, err := strconv.Atoi(strings.TrimSpace(n))
			if err != nil {
				w.t.Fatal(err)
			}
			return pid
		}
	}
	w.t.Fatal("Redis does not tell its process id")
	return 0
}

func (w *world) signalRedis(pid int, s syscall.Signal) {
	w.t.Helper()
	if err := syscall.Kill(pid, s); err != nil {
		w.t.Fatal(err)
	}
}
