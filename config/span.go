package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"tanggap/hotline"
)

// The words of time limits, in English and Indonesian.
var spanUnits = map[string]func(int) hotline.Span{
	"working days": func(n int) hotline.Span { return hotline.Span{WorkDays: n} },
	"working day":  func(n int) hotline.Span { return hotline.Span{WorkDays: n} },
	"hari kerja":   func(n int) hotline.Span { return hotline.Span{WorkDays: n} },
	"days":         func(n int) hotline.Span { return hotline.Span{Days: n} },
	"day":          func(n int) hotline.Span { return hotline.Span{Days: n} },
	"hari":         func(n int) hotline.Span { return hotline.Span{Days: n} },
	"hours":        func(n int) hotline.Span { return hotline.Span{Time: time.Duration(n) * time.Hour} },
	"hour":         func(n int) hotline.Span { return hotline.Span{Time: time.Duration(n) * time.Hour} },
	"jam":          func(n int) hotline.Span { return hotline.Span{Time: time.Duration(n) * time.Hour} },
	"minutes":      func(n int) hotline.Span { return hotline.Span{Time: time.Duration(n) * time.Minute} },
	"minute":       func(n int) hotline.Span { return hotline.Span{Time: time.Duration(n) * time.Minute} },
	"menit":        func(n int) hotline.Span { return hotline.Span{Time: time.Duration(n) * time.Minute} },
	"seconds":      func(n int) hotline.Span { return hotline.Span{Time: time.Duration(n) * time.Second} },
	"detik":        func(n int) hotline.Span { return hotline.Span{Time: time.Duration(n) * time.Second} },
}

// ParseSpan reads a time limit as people write it: "3 working days", "30 days", "72 hours", "10 minutes", or in Indonesian "3 hari kerja".
// At most 1,000 days, or 100,000 of the smaller ones.
func ParseSpan(s string) (hotline.Span, error) {
	number, unit, _ := strings.Cut(strings.Join(strings.Fields(strings.ToLower(s)), " "), " ")
	of, ok := spanUnits[unit]
	n, err := strconv.Atoi(number)
	if !ok || err != nil || n < 1 {
		return hotline.Span{}, fmt.Errorf("%s is no time limit", quote(s))
	}
	span := of(min(n, 100_000))
	if n > 100_000 || span.WorkDays > 1000 || span.Days > 1000 {
		return hotline.Span{}, fmt.Errorf("%s is too long for a time limit", quote(s))
	}
	return span, nil
}

const spanForm = "write it as 3 working days, 30 days, 72 hours or 10 minutes"

// span gives a time limit.
func (n node) span() hotline.Span {
	s := n.str()
	if s == "" {
		return hotline.Span{}
	}
	span, err := ParseSpan(s)
	if err != nil {
		n.wrong(err.Error(), spanForm)
	}
	return span
}

// parseClock reads a time of day, "07:30" or "07.30", into minutes after midnight; 24:00 is the end of the day.
func parseClock(s string) (int, bool) {
	h, m, ok := strings.Cut(strings.Replace(s, ".", ":", 1), ":")
	if !ok || len(h) < 1 || len(h) > 2 || len(m) != 2 {
		return 0, false
	}
	hour, err1 := strconv.ParseUint(h, 10, 8)
	minute, err2 := strconv.ParseUint(m, 10, 8)
	if err1 != nil || err2 != nil || minute > 59 || hour > 24 || hour == 24 && minute > 0 {
		return 0, false
	}
	return int(hour*60 + minute), true
}

// window gives hours as "07:00-12:00".
func (n node) window() (hotline.Window, bool) {
	s := n.str()
	if s == "" {
		return hotline.Window{}, false
	}
	from, until, ok := strings.Cut(strings.ReplaceAll(s, "–", "-"), "-")
	if !ok {
		n.wrong(quote(s)+" are no hours", "write them as 07:00-12:00")
		return hotline.Window{}, false
	}
	w := hotline.Window{}
	for _, part := range []struct {
		s  string
		to *int
	}{{from, &w.From}, {until, &w.Until}} {
		t := strings.TrimSpace(part.s)
		if *part.to, ok = parseClock(t); !ok {
			n.wrong(quote(t)+" is no time of day", "write it from 00:00 to 24:00")
			return w, false
		}
	}
	if w.Until <= w.From {
		n.wrong(quote(s)+" ends before it begins", "split hours over midnight at 24:00")
		return w, false
	}
	return w, true
}
