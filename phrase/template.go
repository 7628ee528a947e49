package phrase

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A template is a phrase taken apart once.
type template []part

// A part is text, or a placeholder by name; with two forms, one is chosen by a number.
type part struct {
	text  string
	name  string
	forms []string // one, many
}

var errBrace = errors.New("a brace is not closed")

// parse takes a phrase apart: "{name}", "{n|one|many}", "{{" for a brace.
func parse(s string) (template, error) {
	var t template
	var text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			t = append(t, part{text: text.String()})
			text.Reset()
		}
	}
	for s != "" {
		before, rest, found := strings.Cut(s, "{")
		text.WriteString(before)
		if !found {
			break
		}
		if strings.HasPrefix(rest, "{") {
			text.WriteByte('{')
			s = rest[1:]
			continue
		}
		inside, after, closed := strings.Cut(rest, "}")
		if !closed {
			return nil, errBrace
		}
		forms := strings.Split(inside, "|")
		if !validName(forms[0]) {
			return nil, fmt.Errorf("%q is no name of an argument", forms[0])
		}
		flush()
		switch len(forms) {
		case 1:
			t = append(t, part{name: forms[0]})
		case 3:
			t = append(t, part{name: forms[0], forms: forms[1:]})
		default:
			return nil, fmt.Errorf("%q: a plural has two forms", inside)
		}
		s = after
	}
	flush()
	return t, nil
}

func validName(s string) bool {
	for _, r := range s {
		if (r < 'a' || r > 'z') && r != '_' {
			return false
		}
	}
	return s != ""
}

// names gives the names of the placeholders, each once, sorted.
func (t template) names() []string {
	var names []string
	for _, p := range t {
		if p.name != "" {
			names = append(names, p.name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
