package whatsappcloud

import (
	"fmt"
	"net/url"
	"unicode/utf8"
)

// A check reads a call's object strictly: every field must be known, of its kind and within its bounds. It keeps the first thing that is wrong.
type check struct {
	s    *Server
	what string
	err  *graphError
}

func (c *check) wrong(code int, field, problem string) {
	c.s.violation(c.what, field, problem)
	if c.err == nil {
		c.err = known(code).with(field + ": " + problem)
	}
}

// fields is an object whose fields are taken one by one; what is left is unknown.
type fields struct {
	c    *check
	path string
	m    map[string]any
	seen map[string]bool
}

func (c *check) fields(path string, m map[string]any) *fields {
	return &fields{c: c, path: path, m: m, seen: map[string]bool{}}
}

func (f *fields) at(name string) string {
	if f.path == "" {
		return name
	}
	return f.path + "." + name
}

// text reads a string of at most most characters (UTF-16 units); need says that it must be there and not empty.
func (f *fields) text(name string, need bool, most int) string {
	f.seen[name] = true
	v, ok := f.m[name]
	if !ok {
		if need {
			f.c.wrong(131008, f.at(name), "is missing")
		}
		return ""
	}
	s, ok := v.(string)
	switch {
	case !ok:
		f.c.wrong(131009, f.at(name), "is no string")
	case need && s == "":
		f.c.wrong(131009, f.at(name), "is empty")
	case most > 0 && utf16Len(s) > most:
		f.c.wrong(131009, f.at(name), fmt.Sprintf("has more than %d characters", most))
	case !utf8.ValidString(s):
		f.c.wrong(131009, f.at(name), "is not UTF-8")
	}
	return s
}

// word reads a string that must be one of some.
func (f *fields) word(name string, need bool, of ...string) string {
	s := f.text(name, need, 64)
	if s == "" {
		return ""
	}
	for _, w := range of {
		if s == w {
			return s
		}
	}
	f.c.wrong(131009, f.at(name), "is none of the known values")
	return s
}

func (f *fields) flag(name string) bool {
	f.seen[name] = true
	v, ok := f.m[name]
	if !ok {
		return false
	}
	b, ok := v.(bool)
	if !ok {
		f.c.wrong(131009, f.at(name), "is neither true nor false")
	}
	return b
}

// object reads an object; nil where there is none.
func (f *fields) object(name string, need bool) *fields {
	f.seen[name] = true
	v, ok := f.m[name]
	if !ok {
		if need {
			f.c.wrong(131008, f.at(name), "is missing")
		}
		return nil
	}
	m, ok := v.(map[string]any)
	if !ok {
		f.c.wrong(131009, f.at(name), "is no object")
		return nil
	}
	return f.c.fields(f.at(name), m)
}

// list reads a list of objects with least to most entries.
func (f *fields) list(name string, least, most int) []*fields {
	f.seen[name] = true
	v, ok := f.m[name]
	if !ok {
		if least > 0 {
			f.c.wrong(131008, f.at(name), "is missing")
		}
		return nil
	}
	items, ok := v.([]any)
	if !ok || len(items) < least || len(items) > most {
		f.c.wrong(131009, f.at(name), fmt.Sprintf("is no list of %d to %d", least, most))
		return nil
	}
	out := make([]*fields, 0, len(items))
	for i, item := range items {
		m, ok := item.(map[string]any)
		if !ok {
			f.c.wrong(131009, fmt.Sprintf("%s[%d]", f.at(name), i), "is no object")
			continue
		}
		out = append(out, f.c.fields(fmt.Sprintf("%s[%d]", f.at(name), i), m))
	}
	return out
}

func (f *fields) link(name string) string {
	s := f.text(name, true, 2000)
	if u, err := url.Parse(s); s != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
		f.c.wrong(131009, f.at(name), "is no URL")
	}
	return s
}

// over says that every field has been taken.
func (f *fields) over() {
	for name := range f.m {
		if !f.seen[name] {
			f.c.s.violation(f.c.what, f.at(name), "unknown field")
			if f.c.err == nil {
				f.c.err = &graphError{status: 400, code: 100, title: "Invalid parameter", details: "Unexpected key \"" + clip(name, 40) + "\" on param \"" + f.path + "\""}
			}
		}
	}
}

func utf16Len(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xffff {
			n++
		}
	}
	return n
}

func onlyDigits(s string) string {
	var b []byte
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			b = append(b, s[i])
		}
	}
	return string(b)
}
