package whatsappcloud

import (
	"net/http"
	"regexp"
	"strings"
	"time"
)

// The network's bounds, in characters.
const (
	maxText    = 4096
	maxCaption = 1024
	maxBody    = 1024
)

// window is how long after a person wrote free messages may go.
const window = 24 * time.Hour

var scoped = regexp.MustCompile(`^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$`)

// messages sends, or shows a message as read.
func (s *Server) messages(w http.ResponseWriter, r *http.Request, n *Number) {
	body, bad := object(r)
	what, to := CallMessages, ""
	if _, is := body["status"]; is {
		what = CallRead
	} else {
		to, _ = body["to"].(string)
		if to == "" {
			to, _ = body["recipient"].(string)
		}
	}
	s.serve(w, r, what, to, func(w http.ResponseWriter, _ *http.Request, fault *FaultHandle) *graphError {
		if bad != nil {
			s.violation(what, "", bad.details)
			return bad
		}
		c := &check{s: s, what: what}
		f := c.fields("", body)
		if p := f.text("messaging_product", true, 20); p != "whatsapp" && p != "" {
			c.wrong(100, "messaging_product", "is not whatsapp")
		}
		if what == CallRead {
			return s.read(w, c, f, n)
		}
		var late *graphError
		if fault != nil && fault.Late {
			late = known(fault.Code)
		}
		return s.send(w, c, f, n, late)
	})
}

// read shows a person's message as read, and that something is being written.
func (s *Server) read(w http.ResponseWriter, c *check, f *fields, n *Number) *graphError {
	f.word("status", true, "read")
	id := f.text("message_id", true, 512)
	typing := false
	if t := f.object("typing_indicator", false); t != nil {
		t.word("type", true, "text")
		t.over()
		typing = true
	}
	f.over()
	if c.err != nil {
		return c.err
	}
	p := s.writer(n, id)
	if p == nil {
		return known(131009).with("Message ID is invalid")
	}
	p.marked(id, typing)
	answer(w, http.StatusOK, map[string]any{"success": true})
	return nil
}

// send takes a message for a person.
func (s *Server) send(w http.ResponseWriter, c *check, f *fields, n *Number, late *graphError) *graphError {
	f.word("recipient_type", false, "individual")
	to, user := f.text("to", false, 160), f.text("recipient", false, 160)
	if to == "" && user == "" {
		c.wrong(131008, "to", "is missing, as is recipient")
	}
	m := &Message{FromBusiness: true, State: Accepted, Tag: f.text("biz_opaque_callback_data", false, 512)}
	if x := f.object("context", false); x != nil {
		m.ReplyTo = x.text("message_id", true, 512)
		x.over()
	}
	kind := f.word("type", true, "text", "image", "video", "audio", "document", "interactive", "template")
	if part := f.object(kind, true); part != nil {
		c.content(kind, part, m, n)
	}
	f.over()
	if c.err != nil {
		return c.err
	}
	m.ID = s.messageID()
	answered := map[string]any{"input": to}
	var p *Person
	switch {
	case to == "":
		answered = map[string]any{"input": user, "user_id": user}
		p = s.byUserID(user, n)
	case scoped.MatchString(to):
		// Taken like any other, and never seen by anybody.
		s.violation(c.what, "to", "is a user id: the network drops the message in silence")
	default:
		if digits := onlyDigits(to); digits != strings.TrimPrefix(to, "+") || len(digits) < 7 || len(digits) > 15 {
			c.wrong(131009, "to", "is no telephone number")
			return c.err
		}
		answered["wa_id"] = onlyDigits(to)
		p = s.byNumber(onlyDigits(to), n)
	}
	if m.ReplyTo != "" && (p == nil || !p.knows(m.ReplyTo)) {
		return known(131009).with("Parameter value is not valid: context.message_id")
	}
	if err := s.allowed(n, p); err != nil {
		return err
	}
	silent := to != "" && scoped.MatchString(to)
	if late == nil && !silent {
		switch {
		case p == nil || p.opts.Absent:
			late = errNobody
		case m.Template == "" && !p.open():
			if late = errWindow; !s.opts.LateRefusals {
				return errWindow
			}
		}
	}
	switch {
	case silent:
	case late != nil:
		s.failed(n, p, to, user, m, late)
	default:
		p.receive(m, user != "" && to == "")
	}
	sent := map[string]any{"id": m.ID}
	if m.Template != "" {
		sent["message_status"] = "accepted"
	}
	answer(w, http.StatusOK, map[string]any{"messaging_product": "whatsapp", "contacts": []any{answered}, "messages": []any{sent}})
	return nil
}

// content reads the part that is named as the type.
func (c *check) content(kind string, f *fields, m *Message, n *Number) {
	m.Kind = Kind(kind)
	switch kind {
	case "text":
		m.Text = f.text("body", true, maxText)
		f.flag("preview_url")
	case "interactive":
		c.interactive(f, m)
	case "template":
		c.template(f, m)
		return
	default:
		m.Media = c.s.files.known(f.text("id", true, 128), n)
		switch {
		case m.Media == nil:
			c.wrong(131009, f.at("id"), "is no medium of this number's")
		case m.Media.category() != kind && kind != "document": // anything may go as a document
			c.wrong(131053, f.at("id"), "was uploaded as "+m.Media.Mime)
		}
		if kind == "audio" {
			f.flag("voice")
		} else {
			m.Text = f.text("caption", false, maxCaption)
		}
		if kind == "document" {
			if name := f.text("filename", false, 240); name != "" && m.Media != nil {
				named := *m.Media
				named.Name = name
				m.Media = &named
			}
		}
	}
	f.over()
}

func (c *check) interactive(f *fields, m *Message) {
	kind := f.word("type", true, "button", "list", "cta_url", "location_request_message", "request_contact_info")
	most := maxBody
	if kind == "list" {
		most = maxText
	}
	if b := f.object("body", true); b != nil {
		m.Text = b.text("text", true, most)
		if strings.TrimSpace(m.Text) == "" {
			c.wrong(131009, b.at("text"), "is blank")
		}
		b.over()
	}
	if h := f.object("header", false); h != nil {
		h.word("type", true, "text")
		h.text("text", true, 60)
		h.over()
	}
	if b := f.object("footer", false); b != nil {
		b.text("text", true, 60)
		b.over()
	}
	a := f.object("action", true)
	if a == nil {
		return
	}
	switch kind {
	case "button":
		c.buttons(a, m)
	case "list":
		c.list(a, m)
	case "cta_url":
		a.word("name", true, "cta_url")
		if p := a.object("parameters", true); p != nil {
			m.Link = &Link{Label: p.text("display_text", true, 20), URL: p.link("url")}
			p.over()
		}
	case "location_request_message":
		a.word("name", true, "send_location")
		m.Asks = kind
	case "request_contact_info":
		a.word("name", true, "request_contact_info")
		m.Asks = kind
	}
	a.over()
}

func (c *check) buttons(a *fields, m *Message) {
	ids, titles := map[string]bool{}, map[string]bool{}
	for _, b := range a.list("buttons", 1, 3) {
		b.word("type", true, "reply")
		if r := b.object("reply", true); r != nil {
			one := Button{ID: r.text("id", true, 256), Title: r.text("title", true, 20)}
			if ids[one.ID] || titles[one.Title] {
				c.wrong(131009, r.path, "is there twice")
			}
			if strings.TrimSpace(one.ID) != one.ID || strings.TrimSpace(one.Title) == "" {
				c.wrong(131009, r.path, "has blanks around its id, or nothing but blanks for a title")
			}
			ids[one.ID], titles[one.Title] = true, true
			m.Buttons = append(m.Buttons, one)
			r.over()
		}
		b.over()
	}
}

func (c *check) list(a *fields, m *Message) {
	m.List = &List{Button: a.text("button", true, 20)}
	ids := map[string]bool{}
	sections := a.list("sections", 1, 10)
	for _, s := range sections {
		s.text("title", len(sections) > 1, 24)
		for _, r := range s.list("rows", 1, 10) {
			one := Row{ID: r.text("id", true, 200), Title: r.text("title", true, 24), Description: r.text("description", false, 72)}
			if ids[one.ID] {
				c.wrong(131009, r.at("id"), "is there twice")
			}
			if strings.TrimSpace(one.ID) != one.ID || strings.TrimSpace(one.Title) == "" {
				c.wrong(131009, r.path, "has blanks around its id, or nothing but blanks for a title")
			}
			ids[one.ID] = true
			m.List.Rows = append(m.List.Rows, one)
			r.over()
		}
		s.over()
	}
	if len(m.List.Rows) > 10 {
		c.wrong(131009, a.at("sections"), "has more than 10 rows in all")
	}
}
