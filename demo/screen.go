package demo

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"tanggap/simulator/telegram"
	"tanggap/simulator/whatsapp"
)

// A screen shows who says what, as it happens. It may be used from many goroutines.
type screen struct {
	mu     sync.Mutex
	w      io.Writer
	colour bool
	width  int
	began  time.Time
	seen   map[int64]*actor // whose chats are shown
	err    error            // of the first write that failed
	lost   func(error)      // is told of it: nobody looks any more; may be nil
}

func newScreen(w io.Writer, colour bool, width int) *screen {
	if width < 40 {
		width = 100
	}
	return &screen{w: w, colour: colour, width: min(width, 110), began: time.Now(), seen: map[int64]*actor{}}
}

// The looks of what is shown, as ANSI colours.
const (
	plain = ""
	bold  = "1"
	dim   = "2"
)

// inks are the colours of people.
var inks = []string{"36", "33", "35", "32", "34", "31"}

func ink(a *actor) string { return inks[int(a.ID)%len(inks)] }

func (s *screen) paint(look, text string) string {
	if !s.colour || look == plain || text == "" {
		return text
	}
	return "\x1b[" + look + "m" + text + "\x1b[0m"
}

// print writes whole lines. The caller holds the lock.
func (s *screen) print(lines ...string) {
	if s.err != nil {
		return
	}
	if _, s.err = io.WriteString(s.w, strings.Join(lines, "\n")+"\n"); s.err != nil && s.lost != nil {
		s.lost(s.err)
	}
}

func (s *screen) line(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.print(fmt.Sprintf(format, args...))
}

// head begins a part.
func (s *screen) head(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.print("", s.paint(bold, fmt.Sprintf(format, args...)))
}

// note says something aside.
func (s *screen) note(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.print(s.paint(dim, fmt.Sprintf(format, args...)))
}

// record shows somebody's chat from now on; nil: nobody's any more.
func (s *screen) record(a *actor) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a == nil {
		s.seen = map[int64]*actor{}
		return
	}
	if len(s.seen) == 0 {
		s.began = time.Now()
	}
	s.seen[a.ID] = a
}

// said shows what a person says or presses.
func (s *screen) said(a *actor, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen[a.ID] == nil {
		return
	}
	name := fmt.Sprintf("  %-5s ", first(a))
	for i, l := range wrap(text, s.width-len(name)-2) {
		if i > 0 {
			name = strings.Repeat(" ", len(name))
		}
		s.print(s.paint(bold+";"+ink(a), name+"▸ ") + l)
	}
}

// watch shows what the bot does to those whose chats are shown. It is the simulated Telegram's watcher.
func (s *screen) watch(p *telegram.Person, c telegram.Change) {
	what := ""
	var lines []string
	switch {
	case c.Kind == telegram.Sent:
		lines = drawn(c.Message)
	case c.Kind == telegram.Edited:
		what, lines = " changes a message", drawn(c.Message)
	case c.Kind == telegram.Answered && c.Answer.Text != "":
		what, lines = " shows", []string{c.Answer.Text}
	default:
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bot(s.seen[p.ID()], what, lines)
}

// heard shows what the bot says on WhatsApp to those whose chats are shown. It is the watcher of people there.
func (s *screen) heard(p *whatsapp.Person, r whatsapp.Received) {
	if !r.Message() {
		return
	}
	var lines []string
	if r.Kind != whatsapp.Text {
		lines = append(lines, "["+string(r.Kind)+"]")
	}
	if r.Text != "" {
		lines = append(lines, strings.Split(r.Text, "\n")...)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.seen {
		if a.wa == p {
			s.bot(a, "", lines)
		}
	}
}

// bot shows what the bot does to somebody, nil: to nobody who is shown. The caller holds the lock.
func (s *screen) bot(a *actor, what string, lines []string) {
	if a == nil {
		return
	}
	const margin = "          "
	s.print(margin + s.paint(dim, fmt.Sprintf("Tanggap → %s, %s%s  %.1f s", first(a), a.network(), what, time.Since(s.began).Seconds())))
	for _, l := range lines {
		for _, l := range wrap(l, s.width-len(margin)-2) {
			s.print(margin + s.paint(ink(a), "│ ") + l)
		}
	}
}

// drawn gives a message as lines: media, text, buttons as [Ambil].
func drawn(m *telegram.Message) []string {
	var lines []string
	switch m.Kind {
	case telegram.KindPhoto:
		lines = append(lines, "[foto]")
	case telegram.KindText:
	default:
		lines = append(lines, "["+string(m.Kind)+"]")
	}
	if m.Text != "" {
		lines = append(lines, strings.Split(m.Text, "\n")...)
	}
	for _, row := range m.Buttons {
		var labels []string
		for _, b := range row {
			labels = append(labels, "["+b.Text+"]")
		}
		lines = append(lines, strings.Join(labels, " "))
	}
	if m.Keyboard != nil {
		for _, row := range m.Keyboard.Rows {
			var labels []string
			for _, k := range row {
				labels = append(labels, "("+k.Text+")")
			}
			lines = append(lines, strings.Join(labels, " "))
		}
	}
	return lines
}

// wrap breaks a line at blanks so that no part is wider than width letters, words longer than that aside. Control characters, which might play
// with the terminal, are left out.
func wrap(text string, width int) []string {
	text = strings.Map(func(r rune) rune {
		if r == '\t' {
			return ' '
		}
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return -1
		}
		return r
	}, text)
	var lines []string
	line, length := "", 0
	for _, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		if length > 0 && length+1+n > width {
			lines = append(lines, line)
			line, length = "", 0
		}
		if length > 0 {
			line, length = line+" ", length+1
		}
		line, length = line+word, length+n
	}
	return append(lines, line)
}
