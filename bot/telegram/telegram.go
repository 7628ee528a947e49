// Package telegram is the Telegram channel: the network's updates in, ours out. It knows the Bot API and nothing of flows or SQL.
//
// What comes in takes one of two doors. Run (poll.go) asks getUpdates and confirms an offset only after everything below it was committed to
// the inbox; Webhook (webhook.go) answers 200 only then. Both put the update there whole, as bytes, with no more read of it than whose it is
// (peer.go); Parse (parse.go) reads the rest later, inside the turn.
//
// What goes out is drawn (draw.go) into requests and sent (send.go) through github.com/go-telegram/bot. Whatever goes wrong is told in the few
// words of hotline.Trouble (trouble.go). All HTTP passes through http.go, which sees to it that the token is in no error and no log line.
package telegram

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	tg "github.com/go-telegram/bot"

	"tanggap/hotline"
)

// PublicAPI is the base URL of Telegram's own Bot API.
const PublicAPI = "https://api.telegram.org"

// ErrToken says that the network does not know our token.
var ErrToken = errors.New("telegram does not know this token: copy it again from @BotFather")

// An Inbox takes what came in. Put commits all of it, each thing once, or gives an error and takes nothing.
type Inbox interface {
	Put(context.Context, []hotline.Raw) error
}

// Options are what a Channel is made of.
type Options struct {
	Token   string
	API     string        // base URL of the Bot API; empty: PublicAPI
	Inbox   Inbox         // where updates go; may be nil in a program that only sends
	Client  *http.Client  // nil: one made for many sends at once
	Log     *slog.Logger  // nil: slog.Default()
	Poll    time.Duration // how long one getUpdates waits for something to happen; 0: 50 s, the network's most
	Timeout time.Duration // how long one send may take; 0: 30 s. Uploads may take four times that
}

// A Channel is one bot's account at Telegram.
type Channel struct {
	inbox   Inbox
	log     *slog.Logger
	base    string // API URL without a slash at its end
	token   string
	account string
	poll    time.Duration
	timeout time.Duration
	wire    *wire
	api     *tg.Bot
	parts   progress

	mu       sync.Mutex
	username string
	state    State
	logged   string // the trouble that was last put into the log; empty while healthy
}

var tokenShape = regexp.MustCompile(`^([0-9]{1,20}):[A-Za-z0-9_-]{1,128}$`)

// New makes a channel. It talks to nobody yet: see Check. No error holds the token.
func New(o Options) (*Channel, error) {
	m := tokenShape.FindStringSubmatch(o.Token)
	if m == nil {
		return nil, errors.New("the Telegram token has the wrong form: it is a number, a colon and some 35 letters, as @BotFather gave it")
	}
	base := strings.TrimRight(o.API, "/")
	if base == "" {
		base = PublicAPI
	}
	if u, err := url.Parse(base); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" {
		return nil, errors.New("the Telegram API's address must be a URL such as " + PublicAPI)
	}
	c := &Channel{inbox: o.Inbox, log: o.Log, base: base, token: o.Token, account: m[1], poll: o.Poll, timeout: o.Timeout}
	if c.log == nil {
		c.log = slog.Default()
	}
	c.log = c.log.With("channel", hotline.Telegram, "account", c.account)
	if c.poll <= 0 {
		c.poll = 50 * time.Second
	}
	if c.timeout <= 0 {
		c.timeout = 30 * time.Second
	}
	c.wire = newWire(o.Client, o.Token)
	api, err := tg.New(o.Token, tg.WithSkipGetMe(), tg.WithServerURL(base), tg.WithHTTPClient(time.Minute, c.wire),
		tg.WithErrorsHandler(func(err error) { c.log.Debug("telegram library", "error", trouble(c.wire.scrub(err)).Err) }))
	if err != nil {
		return nil, fmt.Errorf("make the telegram client: %w", c.wire.scrub(err))
	}
	c.api = api
	c.state = State{Reason: "not started"}
	return c, nil
}

// Account is the bot's numeric id, by which addresses know it.
func (c *Channel) Account() string { return c.account }

// Username is the bot's public name without the @; empty until Check or Run has asked for it.
func (c *Channel) Username() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.username
}

// Link gives a link that opens the chat with the bot and starts it with the payload; empty while the Username is unknown.
func (c *Channel) Link(payload string) string {
	name := c.Username()
	if name == "" {
		return ""
	}
	if payload == "" {
		return "https://t.me/" + name
	}
	return "https://t.me/" + name + "?start=" + url.QueryEscape(payload)
}

// Check asks the network who we are. ErrToken: it does not know us; any other error: it could not be asked.
func (c *Channel) Check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	me, err := c.api.GetMe(ctx)
	if err != nil {
		se := trouble(c.wire.scrub(err))
		err = fmt.Errorf("ask telegram who we are: %w", se.Err)
		if se.Trouble == hotline.TroubleAccount {
			err = fmt.Errorf("%w (%w)", ErrToken, se.Err)
		}
		c.unwell(reason(err))
		return err
	}
	c.mu.Lock()
	c.username = me.Username
	c.mu.Unlock()
	return nil
}

// A State is how the incoming side does, for whoever asks whether the program is ready.
type State struct {
	Healthy bool
	Reason  string    // what is wrong, for humans; empty while healthy
	Last    time.Time // machine time of the last success
}

// State tells how the incoming side does. A channel that has not been started is not healthy.
func (c *Channel) State() State {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state
}

// well and ill keep the state, and log only when it changes: a network that is away for an hour is one line, not a thousand.
func (c *Channel) well() {
	c.mu.Lock()
	was := c.state
	c.state, c.logged = State{Healthy: true, Last: time.Now()}, ""
	c.mu.Unlock()
	if !was.Healthy {
		c.log.Info("telegram: receiving", "after", was.Reason)
	}
}

// unwell keeps the state without a word in the log, for what the caller is told by an error.
func (c *Channel) unwell(reason string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state = State{Reason: reason, Last: c.state.Last}
}

func (c *Channel) ill(reason string, err error) {
	c.mu.Lock()
	c.state = State{Reason: reason, Last: c.state.Last}
	said := c.logged == reason
	c.logged = reason
	c.mu.Unlock()
	if !said {
		c.log.Warn("telegram: not receiving", "reason", reason, "error", err)
	}
}

// WebhookSecret is what the network must say with every webhook call. It is made of the token, so that all instances agree on it.
func (c *Channel) WebhookSecret() string {
	mac := hmac.New(sha256.New, []byte(c.token))
	mac.Write([]byte("tanggap: telegram webhook"))
	return hex.EncodeToString(mac.Sum(nil))
}
