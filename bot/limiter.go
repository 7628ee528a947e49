package bot

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// Rates are how much a network takes from one of our accounts.
type Rates struct {
	Overall    float64 // messages a second, all together
	Reserved   float64 // of Overall, kept free for emergencies
	Chat       float64 // messages a second to one peer
	ChatBurst  int     // to one peer at once
	Group      float64 // messages a second to one chat of many, a peer that begins with "-"; 0: as to any peer
	GroupBurst int     // to one chat of many at once
}

// TelegramRates are what Telegram's documentation names: 30 a second, one a second to a person, 20 a minute to a group, of which five may go at once.
var TelegramRates = Rates{Overall: 30, Reserved: 3, Chat: 1, ChatBurst: 3, Group: 15. / 60, GroupBurst: 5}

// CloudRates stay below what the WhatsApp Cloud API takes from one number: 80 messages a second, and to one person one in 6 seconds after 45 at once.
var CloudRates = Rates{Overall: 60, Reserved: 6, Chat: 1. / 6, ChatBurst: 40}

// overallBurst is how many may go at once before the overall rate is asked for; it comes out of the rate, so that no second sees more than
// Rates.Overall.
const overallBurst = 3

// A Wish is one message that would like to go.
type Wish struct {
	Peer      string
	Emergency bool
}

// A Leave is the answer to a wish: go now (Wait zero), or ask again after Wait. With Everyone the account is at its limit, and no other wish
// would be granted before either.
type Leave struct {
	Wait     time.Duration
	Everyone bool
}

// A Limiter keeps the rates of all instances of the program together, in Redis. While Redis does not answer, each instance keeps the same rates
// by itself; a send never waits for Redis longer than once limiterTimeout.
//
// The rule is GCRA: for each limit one number is kept, the time at which the messages so far would have gone had they gone evenly. Nothing is
// reserved for later: who may not go asks again, so that an emergency that comes meanwhile is in front. Machine time.
type Limiter struct {
	redis    redis.UniversalClient
	log      *slog.Logger
	rule     rule
	patience time.Duration // limiterTimeout, unless a test has more
	local    local

	mu      sync.Mutex
	away    bool      // Redis does not answer
	probe   time.Time // when to ask it again
	probing bool
	lost    int       // how often it went away since that was logged
	warned  time.Time // when it was logged
	told    bool      // … of this time too, so its return is told as well
}

const (
	limiterTimeout = 50 * time.Millisecond
	probeEvery     = time.Second
	probeTimeout   = 500 * time.Millisecond
	warnEvery      = time.Minute // a Redis that is slow under load comes and goes many times in it
)

// rule is Rates in microseconds: how far apart messages go, and how far ahead of that a burst may run.
type rule struct {
	general, generalAhead   int64
	reserved, reservedAhead int64
	chat, chatAhead         int64
	group, groupAhead       int64
}

// ofMany tells whether a peer is a chat of many, as Telegram names those.
func ofMany(peer string) bool { return strings.HasPrefix(peer, "-") }

// to gives how far apart messages to a peer go, and how far ahead of that a burst may run.
func (u rule) to(peer string) (every, ahead int64) {
	if ofMany(peer) {
		return u.group, u.groupAhead
	}
	return u.chat, u.chatAhead
}

func (r Rates) rule() rule {
	every := func(perSecond float64) int64 { return int64(1e6 / max(perSecond, 0.001)) }
	var u rule
	u.general = every(r.Overall - r.Reserved - overallBurst)
	u.generalAhead = u.general * (overallBurst - 1)
	u.reserved = every(r.Reserved - 1)
	u.chat = every(r.Chat)
	u.chatAhead = u.chat * int64(max(r.ChatBurst, 1)-1)
	u.group, u.groupAhead = u.chat, u.chatAhead
	if r.Group > 0 {
		u.group = every(r.Group)
		u.groupAhead = u.group * int64(max(r.GroupBurst, 1)-1)
	}
	return u
}

// NewLimiter makes a limiter. A nil client: the rates are kept by this instance alone.
func NewLimiter(client redis.UniversalClient, rates Rates, log *slog.Logger) *Limiter {
	if log == nil {
		log = slog.Default()
	}
	return &Limiter{redis: client, log: log, rule: rates.rule(), patience: limiterTimeout}
}

// Take answers wishes for one account, in their order: at most one Leave each to go.
func (l *Limiter) Take(ctx context.Context, account string, wishes []Wish) []Leave {
	if l.redis == nil || !l.present() {
		return l.local.take(time.Now(), l.rule, account, wishes)
	}
	type result struct {
		leaves []Leave
		err    error
	}
	// In a goroutine of its own, for a client need not heed a context while it reads from a server that hangs.
	done := make(chan result, 1)
	go func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.patience)
		defer cancel()
		leaves, err := l.shared(ctx, account, wishes)
		done <- result{leaves, err}
	}()
	t := time.NewTimer(l.patience)
	defer t.Stop()
	select {
	case r := <-done:
		if r.err == nil {
			return r.leaves
		}
		l.lose(r.err)
	case <-t.C:
		l.lose(context.DeadlineExceeded)
	}
	return l.local.take(time.Now(), l.rule, account, wishes)
}

// takeScript answers wishes in one step.
//
//	KEYS[1]    the account's general limit   KEYS[2]    its reserve for emergencies   KEYS[3…]    one per wish: the peer's limit
//	ARGV[1…4]  interval and head start, in microseconds, of general, reserve
//	ARGV[5…]   three per wish: 1 for an emergency, else 0; interval and head start of its peer
//	result     one number per wish: 0 go; n wait n microseconds for the peer; -n wait n microseconds for the account
//
// A key holds the microsecond at which its messages so far would have gone evenly, and expires soon after.
var takeScript = redis.NewScript(`
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local function at(key) return math.max(tonumber(redis.call('GET', key) or 0), now) end
local function put(key, v) redis.call('SET', key, string.format('%.0f', v), 'PX', math.ceil((v - now) / 1000) + 1000) end
local general, reserve = at(KEYS[1]), at(KEYS[2])
local g, ga, r, ra = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local out, fromGeneral, fromReserve = {}, false, false
for i = 3, #KEYS do
  local a = 3 * i - 4
  local chat, urgent, c, ca, answer = at(KEYS[i]), ARGV[a] == '1', tonumber(ARGV[a + 1]), tonumber(ARGV[a + 2]), 0
  if chat - ca > now then
    answer = chat - ca - now
  elseif general - ga <= now then
    general, fromGeneral = general + g, true
  elseif urgent and reserve - ra <= now then
    reserve, fromReserve = reserve + r, true
  else
    answer = general - ga - now
    if urgent then answer = math.min(answer, reserve - ra - now) end
    answer = -answer
  end
  if answer == 0 then put(KEYS[i], chat + c) end
  out[#out + 1] = answer
end
if fromGeneral then put(KEYS[1], general) end
if fromReserve then put(KEYS[2], reserve) end
return out
`)

func (l *Limiter) shared(ctx context.Context, account string, wishes []Wish) ([]Leave, error) {
	tag := "{tanggap:rates:" + account + "}:"
	keys := make([]string, 0, 2+len(wishes))
	keys = append(keys, tag+"general", tag+"reserve")
	u := l.rule
	args := make([]any, 0, 4+3*len(wishes))
	args = append(args, u.general, u.generalAhead, u.reserved, u.reservedAhead)
	for _, w := range wishes {
		keys = append(keys, tag+"to:"+w.Peer)
		every, ahead := u.to(w.Peer)
		urgent := 0
		if w.Emergency {
			urgent = 1
		}
		args = append(args, urgent, every, ahead)
	}
	waits, err := takeScript.Run(ctx, l.redis, keys, args...).Int64Slice()
	if err != nil {
		return nil, fmt.Errorf("ask redis for leave to send: %w", err)
	}
	if len(waits) != len(wishes) {
		return nil, fmt.Errorf("ask redis for leave to send: %d answers to %d wishes", len(waits), len(wishes))
	}
	leaves := make([]Leave, len(waits))
	for i, w := range waits {
		leaves[i] = leave(w)
	}
	return leaves, nil
}

func leave(micros int64) Leave {
	if micros < 0 {
		return Leave{Wait: time.Duration(-micros) * time.Microsecond, Everyone: true}
	}
	return Leave{Wait: time.Duration(micros) * time.Microsecond}
}

// present tells whether Redis is believed to answer. While it is not, it is asked now and then, beside the sends.
func (l *Limiter) present() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.away {
		return true
	}
	if now := time.Now(); !l.probing && now.After(l.probe) {
		l.probing, l.probe = true, now.Add(probeEvery)
		go l.ask()
	}
	return false
}

func (l *Limiter) ask() {
	ctx, cancel := context.WithTimeout(context.Background(), probeTimeout)
	defer cancel()
	l.asked(l.redis.Ping(ctx).Err())
}

// asked takes the answer of Redis while it is believed to be away.
func (l *Limiter) asked(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.probing = false
	if err != nil {
		l.warn(err)
		return
	}
	if l.away = false; l.told {
		l.log.Info("limiter: redis answers again, rates are shared")
	}
	l.told = false
}

func (l *Limiter) lose(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.away {
		l.lost++
		l.warn(err)
	}
	l.away, l.probe = true, time.Now().Add(probeEvery)
}

// warn logs that Redis is away, once in warnEvery and with how often it went since. l.mu is held.
func (l *Limiter) warn(err error) {
	now := time.Now()
	if l.told || now.Sub(l.warned) < warnEvery {
		return
	}
	l.log.Warn("limiter: redis does not answer, this instance keeps the rates by itself", "times", l.lost, "error", err)
	l.warned, l.told, l.lost = now, true, 0
}

// Local tells whether the rates are kept by this instance alone at the moment.
func (l *Limiter) Local() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.redis == nil || l.away
}

// A local limiter keeps the same rule in memory. Times are microseconds since the epoch.
type local struct {
	mu       sync.Mutex
	accounts map[string]*accountRates
}

type accountRates struct {
	general, reserve int64
	chats            map[string]int64
	swept            int64
}

func (l *local) take(at time.Time, u rule, account string, wishes []Wish) []Leave {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := at.UnixMicro()
	a := l.accounts[account]
	if a == nil {
		if l.accounts == nil {
			l.accounts = make(map[string]*accountRates)
		}
		a = &accountRates{chats: make(map[string]int64), swept: now}
		l.accounts[account] = a
	}
	if now-a.swept > 10_000_000 {
		a.swept = now
		for peer, t := range a.chats {
			if t <= now {
				delete(a.chats, peer)
			}
		}
	}
	a.general, a.reserve = max(a.general, now), max(a.reserve, now)
	out := make([]Leave, len(wishes))
	for i, w := range wishes {
		chat := max(a.chats[w.Peer], now)
		every, ahead := u.to(w.Peer)
		switch {
		case chat-ahead > now:
			out[i] = leave(chat - ahead - now)
			continue
		case a.general-u.generalAhead <= now:
			a.general += u.general
		case w.Emergency && a.reserve-u.reservedAhead <= now:
			a.reserve += u.reserved
		default:
			wait := a.general - u.generalAhead - now
			if w.Emergency {
				wait = min(wait, a.reserve-u.reservedAhead-now)
			}
			out[i] = leave(-max(wait, 1))
			continue
		}
		a.chats[w.Peer] = chat + every
	}
	return out
}
