package telegram

import (
	"strconv"
	"sync"
	"time"
	"unicode/utf8"
)

// Violation is a rule of the Bot API that a bot broke, whether or not the real
// server would have noticed. It never holds what was said, only which field.
type Violation struct {
	At      time.Time
	Bot     string // the bot's user name
	Method  string
	Field   string // "" when it concerns the whole call
	Problem string
}

// String gives the violation on one line.
func (v Violation) String() string {
	s := v.Bot + " " + v.Method
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

// Violations gives what bots did against the rules, the first thousand in order.
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

func (c *call) violation(field, problem string) {
	name := ""
	if c.method != nil {
		name = c.method.name
	}
	v := Violation{At: c.s.now(), Bot: c.bot.Username(), Method: name, Field: clip(field, 80), Problem: problem}
	c.s.violations.mu.Lock()
	defer c.s.violations.mu.Unlock()
	c.s.violations.count++
	if len(c.s.violations.list) < maxViolations {
		c.s.violations.list = append(c.s.violations.list, v)
	}
}

// strict writes down every field that the method does not have, every field given
// twice, and every value that is not UTF-8.
func (c *call) strict() {
	for i := range c.req.fields {
		f := &c.req.fields[i]
		if !c.method.fields[f.name] {
			c.violation(f.name, "unknown field")
		}
		if !utf8.Valid(f.value) {
			c.violation(f.name, "not UTF-8")
		}
		for j := range i {
			if c.req.fields[j].name == f.name {
				c.violation(f.name, "given twice")
			}
		}
	}
}

// keys writes down every key of an object that is none of the known ones.
func (c *call) keys(n *node, path string, known map[string]bool) {
	for _, k := range n.keys {
		if !known[k] {
			c.violation(path+"."+k, "unknown field")
		}
	}
}

// setOf makes the lookup form of a list of names.
func setOf(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}

// at is the path of an element, for a violation.
func at(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }
