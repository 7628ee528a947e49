package whatsappcloud

import (
	"regexp"
	"strconv"
	"strings"
)

// Template is a message that the business may send to anybody at any time.
type Template struct {
	Name     string
	Language string   // the code it was approved in
	Body     string   // with gaps {{1}}, {{2}}…
	Buttons  []string // titles of its quick reply buttons
	Paused   bool     // for low quality: refused until it is resumed
}

// AddTemplate approves a template, or changes it.
func (s *Server) AddTemplate(t Template) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.templates[t.Name+"/"+t.Language] = &t
}

var (
	gapShape  = regexp.MustCompile(`\{\{([0-9]+)\}\}`)
	gapsWrong = regexp.MustCompile(`[\n\r\t]| {5,}`)
)

// template reads a template message and fills the gaps.
func (c *check) template(f *fields, m *Message) {
	name := f.text("name", true, 512)
	code := ""
	if l := f.object("language", true); l != nil {
		code = l.text("code", true, 10)
		l.word("policy", false, "deterministic")
		l.over()
	}
	c.s.mu.Lock()
	t := c.s.templates[name+"/"+code]
	c.s.mu.Unlock()
	var gaps []string
	payloads := map[int]string{}
	for _, part := range f.list("components", 0, 12) {
		switch part.word("type", true, "body", "button", "header") {
		case "body":
			for _, p := range part.list("parameters", 1, 100) {
				p.word("type", true, "text")
				gaps = append(gaps, p.text("text", true, 1024))
				p.over()
			}
		case "button":
			part.word("sub_type", true, "quick_reply")
			i, err := strconv.Atoi(part.text("index", true, 2))
			if err != nil {
				c.wrong(131009, part.at("index"), "is no number")
			}
			for _, p := range part.list("parameters", 1, 1) {
				p.word("type", true, "payload")
				payloads[i] = p.text("payload", true, 256)
				p.over()
			}
		default:
			c.wrong(131009, part.at("type"), "headers with parameters are not simulated")
		}
		part.over()
	}
	f.over()
	switch {
	case c.err != nil:
		return
	case t == nil:
		c.err = known(132001).with("template name (" + clip(name, 60) + ") does not exist in " + clip(code, 10))
		return
	case t.Paused:
		c.err = known(132015)
		return
	}
	want := 0
	for _, g := range gapShape.FindAllStringSubmatch(t.Body, -1) {
		n, _ := strconv.Atoi(g[1])
		want = max(want, n)
	}
	if len(gaps) != want {
		c.err = known(132000).with("body: number of localizable_params (" + strconv.Itoa(len(gaps)) + ") does not match the expected number of params (" + strconv.Itoa(want) + ")")
		return
	}
	for i := range gaps {
		if gapsWrong.MatchString(gaps[i]) {
			c.s.violation(c.what, f.at("components"), "a gap has a line break, a tab or more than four blanks")
			c.err = known(132012).with("Param text cannot have new-line/tab characters or more than 4 consecutive spaces")
			return
		}
	}
	m.Template = name
	m.Text = gapShape.ReplaceAllStringFunc(t.Body, func(g string) string {
		n, _ := strconv.Atoi(strings.Trim(g, "{}"))
		if n < 1 || n > len(gaps) {
			return g
		}
		return gaps[n-1]
	})
	if utf16Len(m.Text) > 1024 {
		c.err = known(132005)
		return
	}
	for i, title := range t.Buttons {
		id := payloads[i]
		delete(payloads, i)
		if id == "" {
			id = title
		}
		m.Buttons = append(m.Buttons, Button{ID: id, Title: title})
	}
	if len(payloads) > 0 {
		c.err = known(132000).with("buttons: the template has fewer")
	}
}
