package telegram

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Drop says when a fault breaks the connection.
type Drop uint8

const (
	// DropNever lets the answer through.
	DropNever Drop = iota
	// DropBefore breaks the connection and does nothing: the act never happened.
	DropBefore
	// DropAfter performs the act and breaks the connection: it happened, and the client
	// never learns. For a download it breaks off in the middle.
	DropAfter
)

// Fault is something that goes wrong with some of the next calls. Delay comes first,
// then Hang, then Drop or Code.
type Fault struct {
	// Method is whose calls; "" is every method's, [FileMethod] the download of files. A
	// fault for every method leaves getUpdates alone; name it to hit it.
	Method string
	// Chat limits the fault to calls about that chat; 0 is all.
	Chat int64
	// Times is how many calls it hits; 0 counts as 1, a negative number as for ever.
	Times int

	Delay time.Duration // before anything else
	Hang  bool          // until the client gives up, the fault is removed or the server closes
	Drop  Drop

	Code        int    // 0: the call is performed as usual
	Description string // default: a fitting one of Telegram's
	RetryAfter  int    // seconds, for code 429
}

// FaultHandle is a fault that was set up.
type FaultHandle struct {
	Fault
	faults  *faults
	left    int
	hits    int
	done    chan struct{}
	removed chan struct{}
}

type faults struct {
	armed atomic.Int32
	mu    sync.Mutex
	list  []*FaultHandle
}

// Fail sets up a fault. Of several that fit a call, the one set up first hits it.
func (s *Server) Fail(f Fault) *FaultHandle {
	h := &FaultHandle{Fault: f, faults: &s.faults, left: f.Times, done: make(chan struct{}), removed: make(chan struct{})}
	if h.left == 0 {
		h.left = 1
	}
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.list = append(s.faults.list, h)
	s.faults.armed.Add(1)
	return h
}

// Hits is how many calls it has hit.
func (h *FaultHandle) Hits() int {
	h.faults.mu.Lock()
	defer h.faults.mu.Unlock()
	return h.hits
}

// Done is closed when the fault has hit as often as it should, or was removed.
func (h *FaultHandle) Done() <-chan struct{} { return h.done }

// Remove ends the fault; calls that hang on it go on and are performed.
func (h *FaultHandle) Remove() {
	h.faults.mu.Lock()
	defer h.faults.mu.Unlock()
	select {
	case <-h.removed:
		return
	default:
	}
	close(h.removed)
	if h.left != 0 {
		h.left = 0
		h.retire()
	}
}

// retire takes the fault off the list; the caller holds the lock.
func (h *FaultHandle) retire() {
	for i, other := range h.faults.list {
		if other == h {
			h.faults.list = append(h.faults.list[:i:i], h.faults.list[i+1:]...)
			h.faults.armed.Add(-1)
			close(h.done)
			return
		}
	}
}

// take gives the fault that hits the call, or nil.
func (f *faults) take(c *call) *FaultHandle {
	chat := int64(-1)
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, h := range f.list {
		if h.Method == "" && c.method.name == "getUpdates" || h.Method != "" && !strings.EqualFold(h.Method, c.method.name) {
			continue
		}
		if h.Chat != 0 {
			if chat == -1 {
				chat = c.peekChat()
			}
			if chat != h.Chat {
				continue
			}
		}
		h.hits++
		if h.left > 0 {
			if h.left--; h.left == 0 {
				h.retire()
			}
		}
		return h
	}
	return nil
}

// before does what the fault does before the act; an error is the answer.
func (h *FaultHandle) before(c *call) error {
	if h.Delay > 0 {
		timer := time.NewTimer(h.Delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-h.removed:
		case <-c.ctx.Done():
		case <-c.s.closed:
			panic(http.ErrAbortHandler)
		}
	}
	if h.Hang {
		select {
		case <-h.removed:
		case <-c.ctx.Done():
			panic(http.ErrAbortHandler)
		case <-c.s.closed:
			panic(http.ErrAbortHandler)
		}
	}
	if h.Drop == DropBefore {
		panic(http.ErrAbortHandler)
	}
	if h.Code == 0 {
		return nil
	}
	e := &apiError{code: h.Code, description: h.Description, retryAfter: h.RetryAfter}
	if e.description == "" {
		switch h.Code {
		case 429:
			return tooMany(max(h.RetryAfter, 1))
		case 400:
			e.description = "Bad Request"
		case 401:
			e.description = "Unauthorized"
		case 403:
			e.description = "Forbidden: bot was blocked by the user"
		case 409:
			e.description = errTwoPollers.description
		case 500:
			e.description = "Internal Server Error"
		case 502:
			e.description = "Bad Gateway"
		default:
			e.description = http.StatusText(h.Code)
		}
	}
	return e
}
