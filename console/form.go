package console

import (
	"html/template"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Form is what was typed, and what is wrong with it.
type Form struct {
	Values url.Values
	Errors map[string]string // field → key of words
	err    error
}

// Form reads the form that was posted; one that cannot be read is empty, and wrong.
func (q *Request) Form() *Form {
	f := &Form{Errors: map[string]string{}}
	if strings.HasPrefix(q.Header.Get("Content-Type"), "multipart/form-data") {
		f.err = q.ParseMultipartForm(bodyLimit) //nolint:gosec // G120: the body is bounded by the route
	} else {
		f.err = q.ParseForm()
	}
	f.Values = q.PostForm
	if f.err != nil {
		f.Wrong("", "wrong.form")
	}
	return f
}

// Get gives a field as it was typed, without the space around it.
func (f *Form) Get(name string) string {
	if f == nil {
		return ""
	}
	return strings.TrimSpace(f.Values.Get(name))
}

// Text gives a field of one line: without control characters, spaces run together, at most so many letters.
func (f *Form) Text(name string, most int) string {
	s := strings.Join(strings.Fields(clean(f.Get(name), false)), " ")
	return f.bound(name, s, most)
}

// Long gives a field of several lines: without control characters but line breaks, at most so many letters.
func (f *Form) Long(name string, most int) string {
	return f.bound(name, clean(strings.ReplaceAll(f.Get(name), "\r\n", "\n"), true), most)
}

func (f *Form) bound(name, s string, most int) string {
	if utf8.RuneCountInString(s) > most {
		f.Wrong(name, "wrong.long")
		return string([]rune(s)[:most])
	}
	return s
}

func clean(s string, lines bool) string {
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unicode.IsControl(r) && !(lines && r == '\n') && r != '\t' {
			return -1
		}
		return r
	}, s)
}

// Wrong notes what is wrong with a field, by a key of words; the first thing said of a field stays.
func (f *Form) Wrong(name, key string) {
	if _, said := f.Errors[name]; !said {
		f.Errors[name] = key
	}
}

// OK tells whether nothing is wrong.
func (f *Form) OK() bool { return len(f.Errors) == 0 }

// A field is what the template "field" draws: a label, an input and what is wrong with it.
type field struct {
	ID, Name, Label, Value, Wrong, Type string
	Attrs                               []template.HTMLAttr
	Secret                              bool // what was typed is not shown again
}

// newField makes a field for the template. attrs are attributes as they stand in HTML; "type=password" and "value=…" among them are known.
func newField(f *Form, name, label string, attrs ...string) field {
	x := field{ID: "f-" + name, Name: name, Label: label, Type: "text", Value: f.Get(name)}
	if f != nil {
		x.Wrong = f.Errors[name]
	}
	for _, a := range attrs {
		key, value, _ := strings.Cut(a, "=")
		switch key {
		case "type":
			x.Type = value
			x.Secret = value == "password"
		case "value":
			if x.Value == "" {
				x.Value = value
			}
		default:
			if value != "" {
				a = key + `="` + template.HTMLEscapeString(value) + `"`
			}
			x.Attrs = append(x.Attrs, template.HTMLAttr(a)) //nolint:gosec // G203: templates alone say attributes
		}
	}
	if x.Secret {
		x.Value = ""
	}
	return x
}
