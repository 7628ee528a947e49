package config

import (
	"fmt"
	"io/fs"
	"regexp"
	"time"

	"tanggap/hotline"
)

// How a template's name and language are written at the network.
var (
	templateName     = regexp.MustCompile(`^[a-z0-9_]{1,512}$`)
	templateLanguage = regexp.MustCompile(`^[a-z]{2,3}(_[A-Z]{2})?$`)
)

const (
	maxTemplates = 200
	anyPhrase    = "*"    // the key of the template for every phrase without one of its own
	wholeText    = "text" // the parameter that is the whole reply
)

// readWhatsApp reads whatsapp.yaml, which may be missing: how fast linked telephones speak, whether they draw menus
// as polls, and which templates were approved.
func (r *reader) readWhatsApp() {
	w := &r.out.WhatsApp
	w.Apart, w.Jitter, w.Unasked = hotline.DefaultApart, hotline.DefaultJitter, hotline.DefaultUnasked
	if _, err := fs.Stat(r.fsys, "whatsapp.yaml"); err != nil {
		return
	}
	m := r.document("whatsapp.yaml").mapping("pace", "polls", "templates")
	if n := m.opt("polls"); n.here() {
		w.Polls = n.flag()
	}
	if pace := m.opt("pace"); pace.here() {
		of := pace.mapping("apart", "jitter", "unasked_a_day")
		w.Apart = readPace(of.opt("apart"), w.Apart)
		w.Jitter = readPace(of.opt("jitter"), w.Jitter)
		if n := of.opt("unasked_a_day"); n.here() {
			w.Unasked = n.number(0, 100_000)
		}
	}
	items := m.opt("templates").list()
	for i, item := range items {
		if i == maxTemplates {
			item.wrong(fmt.Sprintf("more than %d templates", maxTemplates), "remove some")
			return
		}
		r.readTemplate(item)
	}
}

// readPace reads a time of at most a minute.
func readPace(n node, otherwise time.Duration) time.Duration {
	if !n.here() {
		return otherwise
	}
	d, err := time.ParseDuration(n.str())
	if err != nil || d < 0 || d > time.Minute {
		n.wrong(quote(n.str())+" is no pause of at most a minute", "write it as 500ms or 2s")
		return otherwise
	}
	return d
}

func (r *reader) readTemplate(item node) {
	of := item.mapping("phrase", "name", "language", "parameters", "buttons")
	t := hotline.Template{}
	key := of.need("phrase")
	if n := of.need("name"); n.here() {
		if t.Name = n.str(); !templateName.MatchString(t.Name) {
			n.wrong(quote(t.Name)+" cannot be a template's name", "copy it from WhatsApp Manager: small letters, digits and _")
		}
	}
	if n := of.need("language"); n.here() {
		if t.Language = n.str(); !templateLanguage.MatchString(t.Language) {
			n.wrong(quote(t.Language)+" is no language code of a template", "copy it from WhatsApp Manager, as id or en_US")
		}
	}
	whole := false
	for _, p := range of.opt("parameters").list() {
		name := p.str()
		if name == "" {
			p.wrong("a parameter without a name", "name an argument of the phrase, or "+wholeText+" for the whole reply")
		}
		whole = whole || name == wholeText
		t.Parameters = append(t.Parameters, name)
	}
	if n := of.opt("buttons"); n.here() {
		t.Buttons = n.number(0, 10)
	}
	if !key.here() {
		return
	}
	if key.str() == anyPhrase && !whole {
		key.wrong("the template for every phrase says nothing of what is to be said", "add "+wholeText+" to its parameters")
	}
	if _, twice := r.out.WhatsApp.Template[key.str()]; twice {
		key.wrong("phrase "+quote(key.str())+" has two templates", "remove one of them")
		return
	}
	if r.out.WhatsApp.Template == nil {
		r.out.WhatsApp.Template = map[string]hotline.Template{}
	}
	r.out.WhatsApp.Template[key.str()] = t
}
