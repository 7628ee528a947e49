package telegram

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// apiError is a refusal in Telegram's shape.
type apiError struct {
	code        int
	description string
	retryAfter  int
	movedTo     int64 // the chat's id from now on
}

func (e *apiError) Error() string { return e.description }

func bad(format string, args ...any) *apiError {
	return &apiError{code: 400, description: "Bad Request: " + fmt.Sprintf(format, args...)}
}

func forbidden(what string) *apiError {
	return &apiError{code: 403, description: "Forbidden: " + what}
}

var (
	errNotFound     = &apiError{code: 404, description: "Not Found"}
	errUnauthorized = &apiError{code: 401, description: "Unauthorized"}
	errToken        = &apiError{code: 401, description: "Unauthorized: invalid token specified"}
	errVerb         = &apiError{code: 405, description: "Method Not Allowed"}
	errTooLarge     = &apiError{code: 413, description: "Request Entity Too Large"}
)

// errGone is no answer: there is nobody left to read one.
var errGone = errors.New("the client is gone")

// call is one method call under way. A handler appends its result to out.
type call struct {
	ctx    context.Context
	s      *Server
	bot    *Bot
	method *method
	req    request
	body   []byte
	out    []byte
	note   string // the description beside a successful result
}

const okPrefix = `{"ok":true,"result":`

var calls = sync.Pool{New: func() any { return &call{} }}

// The largest buffer that is kept for the next call.
const keepBuffer = 64 << 10

func (c *call) release() {
	clear(c.req.fields)
	clear(c.req.uploads)
	c.req.fields, c.req.uploads = c.req.fields[:0], c.req.uploads[:0]
	if cap(c.body) > keepBuffer {
		c.body = nil
	}
	if cap(c.out) > keepBuffer {
		c.out = nil
	}
	*c = call{req: c.req, body: c.body[:0], out: c.out[:0]}
	calls.Put(c)
}

// perform checks the fields and runs the method; its result is behind okPrefix in out.
func (c *call) perform() error {
	c.strict()
	return c.method.run(c)
}

// read takes the body and the arguments in it and in the query.
func (c *call) read(w http.ResponseWriter, r *http.Request) error {
	if r.Method == http.MethodPost && r.Body != nil {
		if r.ContentLength > maxBody {
			return errTooLarge
		}
		var err error
		if c.body, err = readBody(c.body, r.Body, r.ContentLength); err != nil {
			return err
		}
	}
	if r.URL.RawQuery != "" {
		if err := c.req.parseQuery(r.URL.RawQuery); err != nil {
			return c.unreadable(err)
		}
	}
	if err := c.req.parse(r.Header.Get("Content-Type"), c.body); err != nil {
		return c.unreadable(err)
	}
	return nil
}

func (c *call) unreadable(err error) error {
	c.violation("", "unreadable request: "+err.Error())
	return bad("can't parse the request: %s", err)
}

func readBody(buf []byte, body io.Reader, length int64) ([]byte, error) {
	if length > int64(cap(buf)) {
		buf = make([]byte, 0, length+1)
	}
	if cap(buf) == 0 {
		buf = make([]byte, 0, 4096)
	}
	for {
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
		n, err := body.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if len(buf) > maxBody {
			return buf, errTooLarge
		}
		if errors.Is(err, io.EOF) {
			return buf, nil
		}
		if err != nil {
			// The client broke off: it hears no answer, and nothing was performed.
			panic(http.ErrAbortHandler)
		}
	}
}

// finish writes the answer and counts it.
func (c *call) finish(w http.ResponseWriter, name string, err error) {
	var refusal *apiError
	if err != nil {
		if errors.Is(err, errGone) {
			panic(http.ErrAbortHandler)
		}
		if !errors.As(err, &refusal) {
			refusal = &apiError{code: 500, description: "Internal Server Error: " + err.Error()}
		}
		if refusal.code == 413 {
			// Telegram does not read the rest of a body that is too large.
			w.Header().Set("Connection", "close")
		}
		c.bot.count(c.method, refusal)
		writeError(w, refusal)
		return
	}
	c.bot.count(c.method, nil)
	if c.note != "" {
		c.out = appendField(c.out, "description", c.note)
	}
	c.out = append(c.out, '}')
	h := w.Header()
	h["Content-Type"] = jsonType
	h["Content-Length"] = []string{strconv.Itoa(len(c.out))}
	_, _ = w.Write(c.out)
}

var jsonType = []string{"application/json"}

func writeError(w http.ResponseWriter, e *apiError) {
	b := append([]byte(`{"ok":false,"error_code":`), strconv.Itoa(e.code)...)
	b = appendField(b, "description", e.description)
	if e.retryAfter > 0 {
		b = append(b, `,"parameters":{"retry_after":`...)
		b = append(strconv.AppendInt(b, int64(e.retryAfter), 10), '}')
		w.Header().Set("Retry-After", strconv.Itoa(e.retryAfter))
	}
	if e.movedTo != 0 {
		b = append(b, `,"parameters":{"migrate_to_chat_id":`...)
		b = append(strconv.AppendInt(b, e.movedTo, 10), '}')
	}
	b = append(b, '}')
	h := w.Header()
	h["Content-Type"] = jsonType
	h["Content-Length"] = []string{strconv.Itoa(len(b))}
	w.WriteHeader(e.code)
	_, _ = w.Write(b)
}

func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}
