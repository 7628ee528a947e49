package bot

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"pgregory.net/rapid"

	"tanggap/testbed"
)

func redisAt(t *testing.T, raw string) redis.UniversalClient {
	t.Helper()
	o, err := redis.ParseURL(raw)
	if err != nil {
		t.Fatal(err)
	}
	c := redis.NewClient(o)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// patient makes a limiter that does not take a busy machine for a redis that is away.
func patient(client redis.UniversalClient) *Limiter {
	l := NewLimiter(client, TelegramRates, noLog())
	l.patience = 10 * time.Second
	return l
}

func noLog() *slog.Logger { return slog.New(slog.DiscardHandler) }

func peerWishes(n int, emergency bool) []Wish {
	list := make([]Wish, n)
	for i := range list {
		list[i] = Wish{Peer: fmt.Sprint("peer", i), Emergency: emergency}
	}
	return list
}

func grantedIn(leaves []Leave) int {
	n := 0
	for _, l := range leaves {
		if l.Wait <= 0 {
			n++
		}
	}
	return n
}

func TestLimiterSharesTheRatesOfOneChat(t *testing.T) {
	t.Parallel()
	url := testbed.RedisDB(t)
	one, two := patient(redisAt(t, url)), patient(redisAt(t, url))
	same := []Wish{{Peer: "9"}, {Peer: "9"}, {Peer: "9"}, {Peer: "9"}}
	first := one.Take(t.Context(), "a", same[:2])
	second := two.Take(t.Context(), "a", same[:2])
	if grantedIn(first) != 2 || grantedIn(second) != 1 {
		t.Fatalf("%v and %v", first, second)
	}
	if w := second[1]; w.Everyone || w.Wait <= 0 || w.Wait > time.Second {
		t.Errorf("the fourth is told %+v", w)
	}
	if l := two.Take(t.Context(), "b", same[:1]); grantedIn(l) != 1 {
		t.Errorf("another account is told %v", l)
	}
	if one.Local() || two.Local() {
		t.Error("redis was not used")
	}
}

func TestLimiterSharesTheRateOfAnAccount(t *testing.T) {
	t.Parallel()
	url := testbed.RedisDB(t)
	var limiters []*Limiter
	for range 4 {
		limiters = append(limiters, patient(redisAt(t, url)))
	}
	// Four instances ask for all they can get for two seconds, each message to a peer of its own.
	start := time.Now()
	var mu sync.Mutex
	total := 0
	var wg sync.WaitGroup
	for i, l := range limiters {
		wg.Go(func() {
			for n := 0; time.Since(start) < 2*time.Second; n++ {
				leaves := l.Take(t.Context(), "a", []Wish{{Peer: fmt.Sprint(i, "-", n)}})
				mu.Lock()
				total += grantedIn(leaves)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	took := time.Since(start).Seconds()
	if most := int(24*took) + overallBurst + 1; total > most || total < most/2 {
		t.Errorf("%d granted in %.2f s, want at most %d and not much less", total, took, most)
	}
	for _, l := range limiters {
		if l.Local() {
			t.Error("redis was not used")
		}
	}
	// Whoever is told that the account is full; an emergency goes all the same.
	leaves := limiters[0].Take(t.Context(), "a", peerWishes(5, false))
	for full := false; !full; {
		full = limiters[0].Take(t.Context(), "a", []Wish{{Peer: "x"}})[0].Wait > 0
	}
	if l := leaves[4]; !l.Everyone || l.Wait <= 0 || l.Wait > time.Second {
		t.Errorf("told %+v", l)
	}
	if l := limiters[1].Take(t.Context(), "a", []Wish{{Peer: "emergency", Emergency: true}}); grantedIn(l) != 1 {
		t.Errorf("the emergency is told %+v", l)
	}
}

func TestLimiterKeysExpire(t *testing.T) {
	t.Parallel()
	client := redisAt(t, testbed.RedisDB(t))
	l := patient(client)
	l.Take(t.Context(), "a", peerWishes(5, true))
	keys, err := client.Keys(t.Context(), "*").Result()
	if err != nil || len(keys) < 3 {
		t.Fatalf("keys %v, %v", keys, err)
	}
	for _, k := range keys {
		if d := client.PTTL(t.Context(), k).Val(); d <= 0 || d > 5*time.Second {
			t.Errorf("%s lives %v", k, d)
		}
	}
}

func TestLimiterDoesWithoutRedis(t *testing.T) {
	t.Parallel()
	server := testbed.PrivateRedis(t)
	l := patient(redisAt(t, server.URL))
	if n := grantedIn(l.Take(t.Context(), "a", peerWishes(2, false))); n != 2 || l.Local() {
		t.Fatalf("%d granted, local %v", n, l.Local())
	}
	server.Stop()
	// One take may wait for redis; the next do not, and the rates hold.
	l.Take(t.Context(), "a", peerWishes(1, false))
	start := time.Now()
	total := 0
	for n := range 1000 {
		total += grantedIn(l.Take(t.Context(), "a", []Wish{{Peer: fmt.Sprint(n)}}))
	}
	took := time.Since(start)
	if !l.Local() || took > time.Second {
		t.Errorf("local %v, a thousand took %v", l.Local(), took)
	}
	if most := int(24*took.Seconds()) + overallBurst + 1; total > most || total == 0 {
		t.Errorf("%d granted in %v", total, took)
	}
	server.Start()
	over := time.After(20 * time.Second)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for l.Local() {
		select {
		case <-over:
			t.Fatal("redis is back and not used")
		case <-tick.C:
			l.Take(t.Context(), "a", peerWishes(1, false))
		}
	}
}

// A redis that hangs delays one take by limiterTimeout and no more.
func TestLimiterAndARedisThatHangs(t *testing.T) {
	t.Parallel()
	l := NewLimiter(hanging{redis.NewClient(&redis.Options{Addr: "127.0.0.1:1"})}, TelegramRates, noLog())
	start := time.Now()
	l.Take(t.Context(), "a", peerWishes(1, false))
	if took := time.Since(start); took > 40*limiterTimeout || !l.Local() {
		t.Errorf("took %v, local %v", took, l.Local())
	}
}

// hanging is a client that heeds no context.
type hanging struct{ *redis.Client }

func (hanging) EvalSha(context.Context, string, []string, ...any) *redis.Cmd { select {} }

// A Redis that is slow under load comes and goes: that is one line a while, with how often, and no line for each time.
func TestLimiterDoesNotFillTheLog(t *testing.T) {
	t.Parallel()
	var said bytes.Buffer
	l := NewLimiter(nil, TelegramRates, slog.New(slog.NewTextHandler(&said, nil)))
	for range 50 {
		l.lose(context.DeadlineExceeded)
		l.asked(nil)
	}
	if warned, back := strings.Count(said.String(), "level=WARN"), strings.Count(said.String(), "level=INFO"); warned != 1 || back != 1 {
		t.Fatalf("%d warnings and %d returns:\n%s", warned, back, said.String())
	}
	l.warned = l.warned.Add(-warnEvery)
	said.Reset()
	l.lose(context.DeadlineExceeded)
	if !strings.Contains(said.String(), "times=50") {
		t.Errorf("the others are not counted: %s", said.String())
	}
	if !l.Local() {
		t.Error("it is away")
	}
}

// The local rule: no chat gets more than its burst and rate, no second more than the overall rate, whoever asks whenever.
func TestLocalLimiterHoldsItsRates(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var l local
		rule := TelegramRates.rule()
		now := time.UnixMicro(1_000_000_000_000)
		var all []time.Time
		chats := map[string][]time.Time{}
		for range rapid.IntRange(1, 400).Draw(t, "asks") {
			now = now.Add(time.Duration(rapid.IntRange(0, 60_000).Draw(t, "later")) * time.Microsecond)
			w := Wish{Peer: fmt.Sprint(rapid.IntRange(0, 20).Draw(t, "peer")), Emergency: rapid.IntRange(0, 9).Draw(t, "emergency") == 0}
			leave := l.take(now, rule, "a", []Wish{w})[0]
			if leave.Wait > 0 {
				continue
			}
			all = append(all, now)
			chats[w.Peer] = append(chats[w.Peer], now)
		}
		for what, c := range map[string]struct {
			times []time.Time
			most  int
			in    time.Duration
		}{"all": {all, 30, time.Second}} {
			checkRate(t, what, c.times, c.most, c.in)
		}
		for peer, times := range chats {
			checkRate(t, peer, times, 3, 999*time.Millisecond)
			checkRate(t, peer, times, 12, 9999*time.Millisecond)
		}
	})
}

func checkRate(t *rapid.T, what string, times []time.Time, most int, in time.Duration) {
	for i := range times {
		if j := i + most; j < len(times) && times[j].Sub(times[i]) < in {
			t.Fatalf("%s: more than %d in %v", what, most, times[j].Sub(times[i]))
		}
	}
}

// Whoever waits as long as told is let through, when nobody else asks.
func TestLocalLimiterTellsTheTruth(t *testing.T) {
	t.Parallel()
	var l local
	rule := TelegramRates.rule()
	now := time.UnixMicro(1_000_000_000_000)
	for i := range 200 {
		w := []Wish{{Peer: fmt.Sprint(i % 7), Emergency: i%5 == 0}}
		for tries := 0; ; tries++ {
			leave := l.take(now, rule, "a", w)[0]
			if leave.Wait <= 0 {
				break
			}
			if tries > 1 { // once for the chat, once for the account
				t.Fatalf("told to wait a third time: %+v", leave)
			}
			now = now.Add(leave.Wait)
		}
	}
}

func BenchmarkLimiter(b *testing.B) {
	o, err := redis.ParseURL(testbed.RedisDB(b))
	if err != nil {
		b.Fatal(err)
	}
	c := redis.NewClient(o)
	defer func() { _ = c.Close() }()
	l := NewLimiter(c, Rates{Overall: 1e6, Reserved: 10, Chat: 1e6, ChatBurst: 3}, noLog())
	w := peerWishes(admitMost, false)
	for b.Loop() {
		l.Take(context.Background(), "a", w)
	}
	if l.Local() {
		b.Error("redis was not used")
	}
}

// A Telegram group gets at most 20 messages in any minute, however much is to be said there and by whichever instance, and not much less; a person is
// not held up by that.
func TestAGroupGetsNoMoreThanTheNetworkTakes(t *testing.T) {
	t.Parallel()
	const group = "-1001234567"
	var l local
	rule := TelegramRates.rule()
	begin := time.Unix(1_800_000_000, 0)
	var sent []time.Time
	for at := begin; at.Before(begin.Add(10 * time.Minute)); at = at.Add(100 * time.Millisecond) {
		leave := l.take(at, rule, "a", []Wish{{Peer: group, Emergency: true}})[0]
		if leave.Wait <= 0 {
			sent = append(sent, at)
		} else if leave.Everyone || leave.Wait > 4*time.Second {
			t.Fatalf("the group is told %+v", leave)
		}
	}
	for i := range sent {
		if i >= 20 && sent[i].Sub(sent[i-20]) < time.Minute {
			t.Fatalf("21 messages within %s", sent[i].Sub(sent[i-20]))
		}
	}
	if n := len(sent); n < 145 {
		t.Errorf("%d messages in ten minutes", n)
	}
	if l.take(begin.Add(10*time.Minute), rule, "a", []Wish{{Peer: "1001234567"}})[0].Wait > 0 {
		t.Error("a person waits for a group")
	}

	url := testbed.RedisDB(t)
	rates := TelegramRates
	rates.Overall = 100_000 // only the group's is looked at
	var instances []*Limiter
	for range 2 {
		one := NewLimiter(redisAt(t, url), rates, noLog())
		one.patience = 10 * time.Second
		instances = append(instances, one)
	}
	start, granted := time.Now(), 0
	for i := range 8 {
		leave := instances[i%2].Take(t.Context(), "a", []Wish{{Peer: group}})[0]
		if leave.Wait <= 0 {
			granted++
		} else if leave.Everyone || leave.Wait > 4*time.Second {
			t.Errorf("message %d to the group is told %+v", i+1, leave)
		}
	}
	if most := rates.GroupBurst + int(time.Since(start)/(4*time.Second)); granted < rates.GroupBurst || granted > most {
		t.Errorf("two instances sent %d at once, at most %d", granted, most)
	}
	for _, one := range instances {
		if one.Local() {
			t.Error("redis was not used")
		}
	}
}
