// Package whatsappcloud is WhatsApp through the Cloud API of a WhatsApp Business account: the network calls our webhook, and we call its graph
// API. It is the official way, made for services that write to many; nothing of a telephone is involved.
//
// What comes in takes one door, Webhook (webhook.go): a call is believed only with the app's signature over its bytes, taken apart into what single
// people did (call.go), and answered 200 only after all of it is committed. Parse (parse.go) reads one such message later, inside the turn.
//
// What goes out is drawn (draw.go) into the network's own kinds of messages: reply buttons, lists, requests for a place, and numbered text where none
// of them fits. Outside the 24 hours after a person wrote the network takes only templates it approved (template.go). The network has no id of ours to
// know a message by that comes twice, so every message carries a tag that its status webhooks bring back (status.go): by it a message is known to
// have arrived whose answer was lost. Whatever goes wrong is told in the few words of hotline.Trouble (trouble.go).
//
// People are known by their business-scoped user id wherever the network tells it (peer.go): the telephone number is a fact that may be hidden.
package whatsappcloud

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"tanggap/hotline"
)

// PublicAPI is the base URL of the network's own graph API, with the version that this package was written for.
const PublicAPI = "https://graph.facebook.com/v25.0"

// ErrToken says that the network does not know our token, or that it may not use the number.
var ErrToken = errors.New("the WhatsApp Cloud API does not take this token for this number: make a system user's token with whatsapp_business_messaging and whatsapp_business_management")

// An Inbox takes what came in. Put commits all of it, each thing once, or gives an error and takes nothing.
type Inbox interface {
	Put(context.Context, []hotline.Raw) error
}

// Options are what a Channel is made of.
type Options struct {
	PhoneNumberID string // the number's id at the network, digits: not the number itself
	Number        string // the number as people dial it, "+62…"; empty: Link gives nothing
	Token         string // of a system user of the business
	AppSecret     string // signs the webhook's calls
	VerifyToken   string // what the network says once when the webhook is entered there; chosen by us
	API           string // base URL of the graph API with its version; empty: PublicAPI

	// Also are ids of further numbers of the same app whose messages come through this channel's webhook and are served by other channels.
	Also []string

	Inbox Inbox // where messages go; may be nil in a program that only sends

	// Statuses is told what became of what was sent, before the network's call is answered: an error makes it call again. May be nil. The same may
	// come twice, and out of order.
	Statuses func(context.Context, []hotline.Delivered) error

	Templates map[string]Template       // what may be said outside the 24 hours, by phrase key; see Template
	Pick      func(hotline.Lang) string // label of the button that opens a list, at most 20 characters; nil: "☰"
	Client    *http.Client              // nil: one made for many sends at once
	Log       *slog.Logger              // nil: slog.Default()
	Timeout   time.Duration             // how long one send may take; 0: 30 s. Uploads may take four times that
	Health    time.Duration             // how often the account's health is asked for; 0: 5 minutes
}

// A Channel is one number of a WhatsApp Business account.
type Channel struct {
	inbox     Inbox
	statuses  func(context.Context, []hotline.Delivered) error
	log       *slog.Logger
	base      string // API URL without a slash at its end
	account   string
	served    []string // account, and the others whose messages we take
	number    string   // digits
	secret    []byte
	verify    string
	templates map[string]Template
	pick      func(hotline.Lang) string
	timeout   time.Duration
	every     time.Duration
	wire      *wire
	parts     progress
	room      chan struct{} // for webhook calls with large bodies
	kick      chan struct{} // ask for the account's health soon

	mu      sync.Mutex
	foreign map[string]bool // numbers we were called about and do not serve: told once
	trouble map[string]string
	last    time.Time
	started bool
}

var (
	idShape    = regexp.MustCompile(`^[0-9]{1,32}$`)
	tokenShape = regexp.MustCompile(`^[!-~]{8,1000}$`)
)

// New makes a channel. It talks to nobody yet: see Check. No error holds a secret.
func New(o Options) (*Channel, error) {
	base := strings.TrimRight(cmp.Or(o.API, PublicAPI), "/")
	u, err := url.Parse(base)
	number := digits(o.Number)
	switch {
	case !idShape.MatchString(o.PhoneNumberID):
		return nil, errors.New("the WhatsApp phone number id has the wrong form: it is digits, as API Setup shows it below the number, not the number itself")
	case o.Number != "" && (len(number) < 8 || len(number) > 15):
		return nil, errors.New("the WhatsApp number has the wrong form: write it as people dial it from abroad, +62…")
	case !tokenShape.MatchString(o.Token):
		return nil, errors.New("the WhatsApp Cloud API token has the wrong form: it is one long word, without blanks")
	case len(o.AppSecret) < 16:
		return nil, errors.New("the app secret of the WhatsApp app is missing or too short: without it anybody could write in a citizen's name")
	case len(o.VerifyToken) < 8:
		return nil, errors.New("the WhatsApp webhook's verify token is missing or too short: choose some 20 letters and enter the same at the network")
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.User != nil:
		return nil, errors.New("the WhatsApp Cloud API's address must be a URL such as " + PublicAPI)
	}
	for _, id := range o.Also {
		if !idShape.MatchString(id) {
			return nil, errors.New("a further WhatsApp phone number id has the wrong form: it is digits")
		}
	}
	if err := checkTemplates(o.Templates); err != nil {
		return nil, err
	}
	if u.Path == "" {
		base += PublicAPI[strings.LastIndexByte(PublicAPI, '/'):]
	}
	c := &Channel{
		inbox: o.Inbox, statuses: o.Statuses, log: o.Log, base: base, account: o.PhoneNumberID, served: append([]string{o.PhoneNumberID}, o.Also...),
		number: number, secret: []byte(o.AppSecret), verify: o.VerifyToken, templates: o.Templates, pick: o.Pick, timeout: o.Timeout, every: o.Health,
		room: make(chan struct{}, mostLarge), kick: make(chan struct{}, 1), foreign: map[string]bool{}, trouble: map[string]string{},
	}
	if c.log == nil {
		c.log = slog.Default()
	}
	c.log = c.log.With("channel", hotline.WhatsAppCloud, "account", c.account)
	if c.timeout <= 0 {
		c.timeout = 30 * time.Second
	}
	if c.every <= 0 {
		c.every = 5 * time.Minute
	}
	c.wire = newWire(o.Client, o.Token, u)
	return c, nil
}

// Account is the number's id at the network, by which addresses know it.
func (c *Channel) Account() string { return c.account }

// Link gives a link that opens a chat with the number with a text ready to be sent; empty where the number is not known.
func (c *Channel) Link(payload string) string {
	switch {
	case c.number == "":
		return ""
	case payload == "":
		return "https://wa.me/" + c.number
	}
	return "https://wa.me/" + c.number + "?text=" + strings.ReplaceAll(url.QueryEscape(payload), "+", "%20")
}

// Check asks the network whether we may use the number. ErrToken: we may not; any other error: it could not be asked, or the number may not send.
func (c *Channel) Check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	var number struct {
		ID     string `json:"id"`
		Health struct {
			CanSend string `json:"can_send_message"`
		} `json:"health_status"`
	}
	err := c.wire.get(ctx, c.base+"/"+c.account+"?fields=id,health_status", &number)
	if err != nil {
		se := trouble(err)
		if se.Trouble == hotline.TroubleAccount || isCode(err, codeParameter) {
			return fmt.Errorf("%w (%w)", ErrToken, se.Err)
		}
		return fmt.Errorf("ask the WhatsApp Cloud API about our number: %w", err)
	}
	if number.ID != c.account {
		return fmt.Errorf("%w (it answered for another number)", ErrToken)
	}
	switch number.Health.CanSend {
	case "BLOCKED":
		return errBlocked
	case "LIMITED":
		c.log.Warn("whatsapp cloud: the network limits what this number may send; WhatsApp Manager says why")
	}
	return nil
}

var errBlocked = errors.New("the network lets this number send nothing: WhatsApp Manager says why")

// Run keeps an eye on the account's health until ctx ends, and then returns nil. There is nothing to poll: the network calls.
func (c *Channel) Run(ctx context.Context) error {
	tick := time.NewTicker(c.every)
	defer tick.Stop()
	for {
		err := c.Check(ctx)
		if ctx.Err() != nil {
			return nil
		}
		c.mu.Lock()
		c.started = true
		c.mu.Unlock()
		switch {
		case err == nil:
			c.well(partAccount)
		case errors.Is(err, ErrToken):
			c.ill(partAccount, "the network does not take our token for this number", err)
		case errors.Is(err, errBlocked):
			c.ill(partAccount, errBlocked.Error(), nil)
		default:
			c.ill(partAccount, "the network's API cannot be reached", err)
		}
		select {
		case <-tick.C:
		case <-c.kick:
		case <-ctx.Done():
			return nil
		}
	}
}

// A State is how the channel does, for whoever asks whether the program is ready.
type State struct {
	Healthy bool
	Reason  string    // what is wrong, for humans; empty while healthy
	Last    time.Time // machine time of the last success
}

// State tells how the channel does. One that has not been started is not healthy.
func (c *Channel) State() State {
	c.mu.Lock()
	defer c.mu.Unlock()
	var reasons []string
	for _, part := range []string{partInbox, partStatuses, partAccount} {
		if r := c.trouble[part]; r != "" {
			reasons = append(reasons, r)
		}
	}
	if !c.started && len(reasons) == 0 {
		reasons = []string{"not started"}
	}
	return State{Healthy: len(reasons) == 0, Reason: strings.Join(reasons, "; "), Last: c.last}
}

// The parts that may be in trouble, each by itself.
const (
	partInbox    = "inbox"
	partStatuses = "statuses"
	partAccount  = "account"
)

// well and ill keep the state, and log only when it changes: a network that is away for an hour is one line, not a thousand.
func (c *Channel) well(part string) {
	c.mu.Lock()
	was := c.trouble[part]
	delete(c.trouble, part)
	c.last = time.Now()
	c.mu.Unlock()
	if was != "" {
		c.log.Info("whatsapp cloud: in order again", "part", part, "after", was)
	}
}

func (c *Channel) ill(part, reason string, err error) {
	c.mu.Lock()
	was := c.trouble[part]
	c.trouble[part] = reason
	c.mu.Unlock()
	if was != reason {
		c.log.Warn("whatsapp cloud: in trouble", "part", part, "reason", reason, "error", err)
	}
}

// look has the account's health asked for soon.
func (c *Channel) look() {
	select {
	case c.kick <- struct{}{}:
	default:
	}
}

// serves tells whether messages to a number are ours to take, and says once of each that is not.
func (c *Channel) serves(number string) bool {
	if slices.Contains(c.served, number) {
		return true
	}
	c.mu.Lock()
	told := c.foreign[number] || len(c.foreign) >= mostForeign
	if !told {
		c.foreign[number] = true
	}
	c.mu.Unlock()
	if !told {
		c.log.Warn("whatsapp cloud: called about a number that is not served here; its messages are left alone", "number", bounded(number, 32))
	}
	return false
}

const mostForeign = 100
