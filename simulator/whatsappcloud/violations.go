package whatsappcloud

import (
	"sync"
	"time"
)

// Violation is a rule of the API that a program broke, whether or not the network would have said so. It never holds what was said, only which field.
type Violation struct {
	At      time.Time
	What    string // what was called: "messages", "media"
	Field   string // "" when it concerns the whole call
	Problem string
}

// String gives the violation on one line.
func (v Violation) String() string {
	s := v.What
	if v.Field != "" {
		s += " " + v.Field
	}
	return s + ": " + v.Problem
}

// The first violations are kept, the rest only counted: the first is the telling one.
const maxViolations = 1000

type violations struct {
	mu    sync.Mutex
	list  []Violation
	count int
}

// Violations gives what the program did against the rules, the first thousand in order.
func (s *Server) Violations() []Violation {
	s.violations.mu.Lock()
	defer s.violations.mu.Unlock()
	return append([]Violation(nil), s.violations.list...)
}

// ViolationCount is how many violations there were, also beyond those kept.
func (s *Server) ViolationCount() int {
	s.violations.mu.Lock()
	defer s.violations.mu.Unlock()
	return s.violations.count
}

func (s *Server) violation(what, field, problem string) {
	s.violations.mu.Lock()
	defer s.violations.mu.Unlock()
	s.violations.count++
	if len(s.violations.list) < maxViolations {
		s.violations.list = append(s.violations.list, Violation{At: s.now(), What: what, Field: clip(field, 80), Problem: clip(problem, 200)})
	}
}

func clip(s string, most int) string {
	r := []rune(s)
	if len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
