package whatsappcloud

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// maxAnswer bounds what is read of one answer of the API. They are some hundred bytes.
const maxAnswer = 1 << 20

// A wire is the HTTP client underneath everything. Answers are read to their end, so that connections are used again; redirects are not followed and
// URLs never stand in errors; what an answer says is part of an error only as far as it names nobody.
type wire struct {
	client *http.Client
	token  string
	home   *url.URL // where the API is
}

func newWire(client *http.Client, token string, home *url.URL) *wire {
	if client == nil {
		client = &http.Client{Transport: &http.Transport{
			Proxy:                 http.ProxyFromEnvironment,
			DialContext:           (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
			ForceAttemptHTTP2:     true,
			MaxIdleConns:          0, // no bound beside the next
			MaxIdleConnsPerHost:   256,
			IdleConnTimeout:       45 * time.Second,
			TLSHandshakeTimeout:   10 * time.Second,
			ExpectContinueTimeout: time.Second,
		}}
	}
	own := *client
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &wire{client: &own, token: token, home: home}
}

// errAnswer says that an answer was none of the API's: it may or may not have done what it was asked.
var errAnswer = errors.New("the WhatsApp Cloud API's answer cannot be read")

// get reads what the API has at an address.
func (w *wire) get(ctx context.Context, address string, into any) error {
	return w.call(ctx, http.MethodGet, address, "", nil, into)
}

// post hands the API a JSON object.
func (w *wire) post(ctx context.Context, address string, object, into any) error {
	body, err := json.Marshal(object)
	if err != nil {
		return fmt.Errorf("make the request: %w", err)
	}
	return w.call(ctx, http.MethodPost, address, "application/json", body, into)
}

func (w *wire) call(ctx context.Context, method, address, kind string, body []byte, into any) error {
	req, err := w.request(ctx, method, address, body)
	if err != nil {
		return err
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	resp, err := w.client.Do(req) //nolint:gosec // G704: where to is the operator's own setting, never a citizen's words
	if err != nil {
		return w.scrub(err)
	}
	defer func() { _ = resp.Body.Close() }() // read to its end or given up: nothing to learn
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return fmt.Errorf("read the WhatsApp Cloud API's answer: %w", w.scrub(err))
	}
	if resp.StatusCode != http.StatusOK {
		return w.judge(resp, answer)
	}
	if len(answer) > maxAnswer || json.Unmarshal(answer, into) != nil {
		return errAnswer
	}
	return nil
}

// request makes a request that carries the token. An HTTP/1 connection that turns out to be closed before anything was written is replaced by net/http
// itself, since the body can be read again.
func (w *wire) request(ctx context.Context, method, address string, body []byte) (*http.Request, error) {
	var r io.Reader
	if body != nil {
		r = bytes.NewReader(body)
	}
	req, err := http.NewRequestWithContext(ctx, method, address, r)
	if err != nil {
		return nil, errors.New("the address of the WhatsApp Cloud API cannot be used")
	}
	req.Header.Set("Authorization", "Bearer "+w.token)
	req.Header.Set("User-Agent", "tanggap")
	return req, nil
}

// An apiError is the network saying no.
type apiError struct {
	Status     int // HTTP's
	Code       int // the network's own; 0 where it said none
	Subcode    int
	Said       string // its words, without what could name somebody
	Trace      string // by which the network's support finds the call
	Transient  bool
	RetryAfter time.Duration
}

func (e *apiError) Error() string {
	s := fmt.Sprintf("the WhatsApp Cloud API answered %d, code %d: %s", e.Status, e.Code, e.Said)
	if e.Trace != "" {
		s += " (trace " + e.Trace + ")"
	}
	return s
}

// graphError is the shape in which both answers and status webhooks tell what is wrong.
type graphError struct {
	Code      int    `json:"code"`
	Subcode   int    `json:"error_subcode"`
	Message   string `json:"message"`
	Title     string `json:"title"`
	Trace     string `json:"fbtrace_id"`
	Transient bool   `json:"is_transient"`
	Data      any    `json:"error_data"` // an object with details, or a string
}

func (g *graphError) said() string {
	s := g.Message
	if s == "" {
		s = g.Title
	}
	details, _ := g.Data.(string)
	if m, ok := g.Data.(map[string]any); ok {
		details, _ = m["details"].(string)
	}
	if details != "" && !strings.Contains(s, details) {
		s += ": " + details
	}
	return nameless(s)
}

// nameless takes out of the network's words what may be somebody's number or id.
func nameless(s string) string {
	s = longNumber.ReplaceAllString(line(s), "…")
	return bounded(s, 300)
}

// Telephone numbers with their blanks, and ids; the codes of errors are of six digits.
var longNumber = regexp.MustCompile(`\+?[0-9](?:[ .()-]{0,2}[0-9]){6,}|wamid\.[A-Za-z0-9+/=_-]+|\b[A-Z]{2}\.[A-Za-z0-9.]{6,}`)

var traceShape = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// judge finds out what a refusal means. A proxy's HTML has no code, and goes by its status.
func (w *wire) judge(resp *http.Response, answer []byte) error {
	var said struct {
		Error graphError `json:"error"`
	}
	e := &apiError{Status: resp.StatusCode, Said: http.StatusText(resp.StatusCode)}
	if err := json.Unmarshal(answer, &said); err == nil && (said.Error.Code != 0 || said.Error.Message != "") {
		e.Code, e.Subcode, e.Transient = said.Error.Code, said.Error.Subcode, said.Error.Transient
		e.Said = w.hide(said.Error.said())
		if traceShape.MatchString(said.Error.Trace) {
			e.Trace = said.Error.Trace
		}
		if e.Code == 0 { // "unable to authenticate the app user" has the code 0
			e.Status = max(e.Status, http.StatusUnauthorized)
		}
	}
	if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && s > 0 {
		e.RetryAfter = time.Duration(s) * time.Second
	}
	if d := regain(resp.Header.Get("X-Business-Use-Case-Usage")); d > e.RetryAfter {
		e.RetryAfter = d
	}
	e.RetryAfter = min(e.RetryAfter, time.Hour)
	return e
}

// regain reads how long the account is shut out, which the network says in a header of usage by business.
func regain(header string) time.Duration {
	var usage map[string][]struct {
		Minutes int `json:"estimated_time_to_regain_access"`
	}
	if header == "" || json.Unmarshal([]byte(header), &usage) != nil {
		return 0
	}
	most := 0
	for _, list := range usage {
		for _, u := range list {
			most = max(most, u.Minutes)
		}
	}
	return time.Duration(min(most, 60)) * time.Minute
}

// scrub gives an error without the token and without URLs.
func (w *wire) scrub(err error) error {
	if err == nil {
		return nil
	}
	var ue *url.Error
	if errors.As(err, &ue) {
		err = ue.Err
	}
	if strings.Contains(err.Error(), w.token) {
		return errors.New(w.hide(err.Error()))
	}
	return err
}

func (w *wire) hide(s string) string { return strings.ReplaceAll(s, w.token, "***") }
