package whatsappcloud

import (
	"net/http"
	"strconv"
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
	// DropAfter performs the act and breaks the connection: it happened, and the program never learns by the answer. For a download it breaks off in
	// the middle.
	DropAfter
	// DropLate is DropAfter, but the connection is broken only when the program gives up or the fault is removed.
	DropLate
)

// The things that can be called, for [Fault.What] and [Server.Calls].
const (
	CallMessages = "messages" // sending
	CallRead     = "read"     // showing a message as read
	CallMedia    = "media"    // uploading
	CallLocate   = "locate"   // asking where a medium lies
	CallFile     = "file"     // downloading it
	CallNumber   = "number"   // asking about the number
)

// Fault is something that goes wrong with some of the next calls. Delay comes first, then Hang, then Drop or an error.
type Fault struct {
	What  string // whose calls; "" is all
	To    string // limits the fault to messages to that number or user id; "" is all
	Times int    // how many calls it hits; 0 counts as 1, a negative number as for ever

	Delay time.Duration // before anything else
	Hang  bool          // until the program gives up, the fault is removed or the server closes
	Drop  Drop

	Status     int    // HTTP's; with Code 0 the answer is a proxy's HTML. 0: what goes with Code
	Code       int    // the network's; 0 and Status 0: the call is performed as usual
	Message    string // default: the one that goes with Code
	RetryAfter int    // seconds, as a header
	Late       bool   // with Code, for a message: it is taken, and a status says later that it failed with the code
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

// take gives the fault that hits a call, or nil.
func (f *faults) take(what, to string) *FaultHandle {
	if f.armed.Load() == 0 {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, h := range f.list {
		if h.What != "" && h.What != what || h.To != "" && h.To != to {
			continue
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

// after does what the fault does once the act has happened and its answer is not to arrive.
func (h *FaultHandle) after(s *Server, r *http.Request) {
	if h.Drop == DropLate {
		select {
		case <-h.removed:
		case <-r.Context().Done():
		case <-s.closed:
		}
	}
	panic(http.ErrAbortHandler)
}

// before does what the fault does before the act; true: it has answered, and there is no act.
func (h *FaultHandle) before(s *Server, w http.ResponseWriter, r *http.Request) (answered bool) {
	if h.Delay > 0 {
		timer := time.NewTimer(h.Delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-h.removed:
		case <-r.Context().Done():
		case <-s.closed:
			panic(http.ErrAbortHandler)
		}
	}
	if h.Hang {
		select {
		case <-h.removed:
		case <-r.Context().Done():
			panic(http.ErrAbortHandler)
		case <-s.closed:
			panic(http.ErrAbortHandler)
		}
	}
	if h.Drop == DropBefore {
		panic(http.ErrAbortHandler)
	}
	if h.Late || h.Code == 0 && h.Status == 0 {
		return false
	}
	if h.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(h.RetryAfter))
	}
	if h.Code == 0 {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(h.Status)
		_, _ = w.Write([]byte("<html><body>" + http.StatusText(h.Status) + "</body></html>"))
		return true
	}
	e := known(h.Code)
	if h.Status != 0 {
		e.status = h.Status
	}
	if h.Message != "" {
		e.message = h.Message
	}
	s.refuse(w, e)
	return true
}
