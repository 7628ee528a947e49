package telegram

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
	"unicode"
)

// maxAnswer bounds what is read of one answer. A hundred updates of the largest kind are some ten megabytes.
const maxAnswer = 32 << 20

// A wire is the HTTP client underneath everything. The library sends through its Do, which mends what the library leaves rough:
//
//   - A request is gathered before it is sent, so that it has a length instead of chunks, and goes over a fresh connection when the one at hand
//     turns out to be closed before anything was written.
//   - An answer is read to its end, so that the connection can be used again, and a refusal becomes an *apiError: one shape for every error
//     whatever its status, also for the HTML that a proxy answers. What an answer says is never part of an error but for the network's own
//     description.
//   - Redirects are not followed and URLs never stand in errors: both would carry the token.
type wire struct {
	client *http.Client
	token  string
}

func newWire(client *http.Client, token string) *wire {
	if client == nil {
		client = &http.Client{Transport: &http.Transport{
			Proxy:                 http.ProxyFromEnvironment,
			DialContext:           (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
			ForceAttemptHTTP2:     true,
			MaxIdleConns:          0, // no bound beside the next
			MaxIdleConnsPerHost:   256,
			IdleConnTimeout:       45 * time.Second, // sooner than the network closes them
			TLSHandshakeTimeout:   10 * time.Second,
			ExpectContinueTimeout: time.Second,
			DisableCompression:    true,
		}}
	}
	own := *client
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &wire{client: &own, token: token}
}

// An apiError is the network saying no.
type apiError struct {
	Code        int
	Description string
	RetryAfter  time.Duration
	Migrated    bool
}

// Error is fit for a log and for the outbox: see harmless.
func (e *apiError) Error() string {
	return fmt.Sprintf("telegram answered %d: %s", e.Code, harmless(e.Description))
}

var (
	quoted = regexp.MustCompile("\"[^\"]*(\"|$)|“[^”]*(”|$)|`[^`]*(`|$)|(^|[\\s:(])'[^']*('|$)")
	number = regexp.MustCompile(`[0-9][0-9 ().-]{3,}[0-9]`)
	spaces = regexp.MustCompile(`\s+`)
)

// harmless keeps of what a network said its own words. A refusal may quote what was sent, which holds what a person wrote: whatever stands in quotes,
// numbers long enough to be somebody's, and all that is not plain ASCII go; the rest is one short line.
func harmless(s string) string {
	return bounded(line(number.ReplaceAllString(quoted.ReplaceAllString(s, " … "), "…")), 120)
}

// line makes one line of plain letters.
func line(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '…', r > ' ' && r < 0x7f:
			return r
		case unicode.IsLetter(r):
			return '?'
		}
		return ' '
	}, s)
	return strings.TrimSpace(spaces.ReplaceAllString(s, " "))
}

// told gives an error without what a library quotes of an answer. What it means to errors.Is and errors.As stays.
func told(err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return err
	}
	whole := err.Error()
	if said := line(quoted.ReplaceAllString(bounded(whole, 400), " … ")); said != whole {
		return toldError{err, said}
	}
	return err
}

type toldError struct {
	error
	said string
}

func (e toldError) Error() string { return e.said }
func (e toldError) Unwrap() error { return e.error }

// errAnswer says that an answer was none of the Bot API's.
var errAnswer = errors.New("telegram's answer cannot be read")

// Do sends a request of the library's. The answer's body is in memory and says ok.
func (w *wire) Do(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		var body bytes.Buffer
		body.Grow(1024)
		_, err := body.ReadFrom(req.Body)
		_ = req.Body.Close()
		if err != nil {
			return nil, fmt.Errorf("make the request: %w", w.scrub(err))
		}
		w.fill(req, body.Bytes())
	}
	answer, err := w.roundTrip(req)
	if err != nil {
		return nil, err
	}
	answer = idOnly(answer)
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(bytes.NewReader(answer)), Request: req}, nil
}

// idOnly shortens the answer to a send to all that is wanted of it, the new message's id. The library would read the whole message, with the chat,
// the sender and the text that we know: at thousands of sends a second a good part of the cost.
func idOnly(answer []byte) []byte {
	const head = `{"ok":true,"result":{"message_id":`
	if !bytes.HasPrefix(answer, []byte(head)) {
		return answer
	}
	end := len(head)
	for end < len(answer) && answer[end] >= '0' && answer[end] <= '9' {
		end++
	}
	if end == len(head) || end == len(answer) || answer[end] != ',' {
		return answer
	}
	return append(answer[:end:end], "}}"...)
}

func (w *wire) fill(req *http.Request, body []byte) {
	req.ContentLength = int64(len(body))
	req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	req.Body, _ = req.GetBody()
}

// call calls a method with a JSON body and gives the whole answer, which says ok or cannot be read.
func (w *wire) call(ctx context.Context, address string, body []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, nil)
	if err != nil {
		return nil, errors.New("the address of telegram's API cannot be used")
	}
	req.Header.Set("Content-Type", "application/json")
	w.fill(req, body)
	return w.roundTrip(req)
}

func (w *wire) roundTrip(req *http.Request) ([]byte, error) {
	resp, err := w.client.Do(req) //nolint:gosec // G704: where to is the operator's own setting, never a citizen's words
	if err != nil {
		return nil, w.scrub(err)
	}
	defer func() { _ = resp.Body.Close() }() // read to its end or given up: nothing to learn
	body, err := readAll(resp)
	if err != nil {
		return nil, fmt.Errorf("read telegram's answer: %w", w.scrub(err))
	}
	if resp.StatusCode == http.StatusOK && bytes.HasPrefix(body, []byte(`{"ok":true`)) {
		return body, nil
	}
	return w.judge(resp, body)
}

// readAll reads an answer into a slice of the right length where that is known.
func readAll(resp *http.Response) ([]byte, error) {
	if n := resp.ContentLength; n >= 0 && n <= maxAnswer {
		body := make([]byte, n)
		_, err := io.ReadFull(resp.Body, body)
		return body, err
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err == nil && len(body) > maxAnswer {
		err = errors.New("too long")
	}
	return body, err
}

// judge finds out what an answer means that is not plainly good.
func (w *wire) judge(resp *http.Response, body []byte) ([]byte, error) {
	var said struct {
		OK          *bool  `json:"ok"`
		Code        int    `json:"error_code"`
		Description string `json:"description"`
		Parameters  struct {
			RetryAfter int   `json:"retry_after"`
			MigrateTo  int64 `json:"migrate_to_chat_id"`
		} `json:"parameters"`
	}
	err := json.Unmarshal(body, &said)
	if resp.StatusCode == http.StatusOK && (err != nil || said.OK == nil || *said.OK) {
		if err == nil && said.OK == nil {
			return nil, errAnswer
		}
		return body, nil // good, or broken further on: whoever asked knows what to make of it
	}
	e := &apiError{Code: said.Code, Description: bounded(w.hide(said.Description), 200), Migrated: said.Parameters.MigrateTo != 0,
		RetryAfter: time.Duration(said.Parameters.RetryAfter) * time.Second}
	if err != nil || e.Code == 0 {
		e.Code = resp.StatusCode
	}
	if err != nil || e.Description == "" {
		e.Description = http.StatusText(resp.StatusCode)
	}
	if e.RetryAfter <= 0 {
		if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil {
			e.RetryAfter = time.Duration(s) * time.Second
		}
	}
	e.RetryAfter = min(max(e.RetryAfter, 0), time.Hour)
	return nil, e
}

// scrub gives an error without the token and without URLs. What it means to errors.Is and errors.As is kept unless the token stood in it.
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

func (w *wire) hide(s string) string {
	_, secret, _ := strings.Cut(w.token, ":")
	return strings.ReplaceAll(strings.ReplaceAll(s, w.token, "***"), secret, "***")
}
