package phrase

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"tanggap/hotline"
)

// An Entry is one phrase in the three languages of the catalogue.
type Entry struct {
	ID string // Indonesian: plain, as one speaks to a neighbour
	JV string // Javanese: krama madya, as one speaks to a stranger
	EN string // English
}

// In gives the text in the language, or else the Indonesian one.
func (e Entry) In(l hotline.Lang) string {
	switch {
	case l == hotline.Javanese && e.JV != "":
		return e.JV
	case l == hotline.English && e.EN != "":
		return e.EN
	}
	return e.ID
}

// Catalogue gives a copy of the whole catalogue by key. A key that two files define makes it panic: a mistake of the program.
func Catalogue() map[string]Entry {
	all := make(map[string]Entry, len(common)+len(citizen)+len(staff)+len(network)+len(join)+len(group)+len(call)+len(desk)+len(responder)+len(siaga)+len(merge)+len(link)+len(block)+len(booking)+len(venue)+len(visitStaff))
	for _, part := range []map[string]Entry{common, citizen, staff, network, join, group, call, desk, responder, siaga, merge, link, block, booking, venue, visitStaff} {
		for key, e := range part {
			if _, twice := all[key]; twice {
				panic("phrase: key defined twice: " + key)
			}
			all[key] = e
		}
	}
	return all
}

// Facts are what arguments refer to, read when the parcel was taken off the outbox: a hotline.Parcel carries them. Who is not in Names has no
// name that may be told; what is not in Said has been erased.
type Facts struct {
	Numbers map[hotline.CaseID]hotline.Number
	Said    map[hotline.ContentID]hotline.Content
	Names   map[hotline.PersonID]string
	Phones  map[hotline.CaseID]string
}

// FactsOf gives the facts a parcel carries.
func FactsOf(p hotline.Parcel) Facts {
	return Facts{Numbers: p.Numbers, Said: p.Said, Names: p.Names, Phones: p.Phones}
}

// A Book puts lines and replies into words for one regency. It may be used from many goroutines.
type Book struct {
	// Wrong is told of what should never happen: an unknown key, an argument that is missing or cannot be drawn. What is drawn then is visibly
	// odd but safe to send. Set it before use; nil drops it.
	Wrong func(error)

	regency *hotline.Regency
	entries map[string]map[hotline.Lang]template
}

// New makes the book of a regency. A template that cannot be read makes it panic: the catalogue is part of the program.
func New(r *hotline.Regency) *Book {
	b := &Book{regency: r, entries: map[string]map[hotline.Lang]template{}}
	all := Catalogue()
	for _, key := range slices.Sorted(maps.Keys(all)) {
		b.entries[key] = map[hotline.Lang]template{}
		for _, l := range hotline.KnownLanguages() {
			t, err := parse(all[key].In(l))
			if err != nil {
				panic(fmt.Sprintf("phrase: %s in %s: %v", key, l, err))
			}
			b.entries[key][l] = t
		}
	}
	return b
}

// Line draws one line. It never gives an empty string for a key of the catalogue.
func (b *Book) Line(lang hotline.Lang, line hotline.Line, facts Facts) string {
	return b.draw(lang, line, facts, false)
}

func (b *Book) draw(lang hotline.Lang, line hotline.Line, facts Facts, silent bool) string {
	t, ok := b.entries[line.Key]
	if !ok {
		b.wrong("there is no phrase %q", line.Key)
		return "[" + line.Key + "]"
	}
	if _, ok := t[lang]; !ok {
		lang = hotline.Indonesian
	}
	p := pen{book: b, lang: lang, facts: facts, line: line, silent: silent}
	return p.draw(t[lang])
}

// Reply draws a reply: its lines below each other, its choices with their labels, and the label of the button that helps with what it asks for.
func (b *Book) Reply(lang hotline.Lang, r hotline.Reply, facts Facts) (text string, buttons [][]hotline.Button, askLabel string) {
	lines := make([]string, len(r.Lines))
	for i, l := range r.Lines {
		lines[i] = b.draw(lang, l, facts, r.Silent)
	}
	for _, row := range r.Choices {
		drawn := make([]hotline.Button, len(row))
		for i, c := range row {
			drawn[i] = hotline.Button{Label: b.Line(lang, c.Line, facts), Value: c.Value, URL: c.URL}
		}
		buttons = append(buttons, drawn)
	}
	switch r.Ask {
	case hotline.AskPlace:
		askLabel = b.Line(lang, hotline.Phrase("ask.place"), facts)
	case hotline.AskContact:
		askLabel = b.Line(lang, hotline.Phrase("ask.contact"), facts)
	}
	return strings.Join(lines, "\n"), buttons, askLabel
}

// Args draws the arguments of a line, each by itself, by their names.
func (b *Book) Args(lang hotline.Lang, line hotline.Line, facts Facts) map[string]string {
	p := pen{book: b, lang: lang, facts: facts, line: line}
	drawn := make(map[string]string, len(line.Args))
	for name, a := range line.Args {
		drawn[name] = p.arg(a)
	}
	return drawn
}

func (b *Book) wrong(format string, args ...any) {
	if b.Wrong != nil {
		b.Wrong(fmt.Errorf("phrase: "+format, args...))
	}
}

// A pen draws one line.
type pen struct {
	book  *Book
	lang  hotline.Lang
	facts Facts
	line  hotline.Line

	silent bool // no voice goes to who reads this
}

func (p pen) draw(t template) string {
	var s strings.Builder
	for i, part := range t {
		if part.name == "" {
			s.WriteString(part.text)
			continue
		}
		arg, ok := p.line.Args[part.name]
		if !ok {
			p.book.wrong("%s lacks argument %q", p.line.Key, part.name)
			s.WriteString("…")
			continue
		}
		if part.forms == nil {
			text := p.arg(arg)
			if arg.Is == hotline.ArgContent && i > 0 && strings.HasSuffix(t[i-1].text, "“") {
				text = quoted(text)
			}
			s.WriteString(text)
			continue
		}
		n, err := strconv.Atoi(arg.V)
		if err != nil || arg.Is != hotline.ArgNumber {
			p.book.wrong("%s: argument %q is no number", p.line.Key, part.name)
		}
		form := part.forms[1]
		if n == 1 {
			form = part.forms[0]
		}
		s.WriteString(strings.ReplaceAll(form, "#", strconv.Itoa(n)))
	}
	return s.String()
}

// say draws a phrase without arguments, by key.
func (p pen) say(key string) string { return p.book.Line(p.lang, hotline.Line{Key: key}, p.facts) }

// arg puts one argument into words.
func (p pen) arg(a hotline.Arg) string {
	switch a.Is {
	case hotline.ArgText, hotline.ArgNumber:
		return a.V
	case hotline.ArgTime:
		if t, err := time.Parse(time.RFC3339, a.V); err == nil {
			return p.time(t)
		}
	case hotline.ArgDate:
		if t, err := time.Parse(time.DateOnly, a.V); err == nil {
			return p.day(t) + " " + strconv.Itoa(t.Year())
		}
	case hotline.ArgCategory:
		if c, ok := p.book.regency.Category(a.V); ok {
			return c.Name.In(p.lang)
		}
		return p.say("no.category")
	case hotline.ArgArea:
		return p.area(a.V)
	case hotline.ArgUnit:
		return p.unit(a.V)
	case hotline.ArgAgency:
		if g, ok := p.book.regency.Agency(a.V); ok {
			return g.Short
		}
	case hotline.ArgCase:
		id, _ := strconv.ParseInt(a.V, 10, 64)
		if n, ok := p.facts.Numbers[hotline.CaseID(id)]; ok {
			return n.String()
		}
	case hotline.ArgContent:
		id, err := strconv.ParseInt(a.V, 10, 64)
		if err == nil {
			return p.content(p.facts.Said[hotline.ContentID(id)])
		}
	case hotline.ArgMap:
		id, err := strconv.ParseInt(a.V, 10, 64)
		if err == nil {
			return mapLink(p.facts.Said[hotline.ContentID(id)])
		}
	case hotline.ArgPhone:
		id, err := strconv.ParseInt(a.V, 10, 64)
		if err == nil {
			if phone := p.facts.Phones[hotline.CaseID(id)]; phone != "" {
				return "\n☎ " + phone
			}
			return ""
		}
	case hotline.ArgPerson:
		id, err := strconv.ParseInt(a.V, 10, 64)
		if err == nil {
			if name := p.facts.Names[hotline.PersonID(id)]; name != "" {
				return name
			}
			return p.say("no.name")
		}
	case hotline.ArgPhrase:
		return p.say(a.V)
	case hotline.ArgOptions:
		return p.option(a.V)
	case hotline.ArgLanguage:
		return p.say("language." + a.V)
	case hotline.ArgService:
		return p.service(a.V)
	case hotline.ArgBring:
		return p.bring(a.V)
	}
	p.book.wrong("%s: cannot draw the %s %q", p.line.Key, a.Is, a.V)
	return "…"
}

// content draws what somebody said. Media alone are named, a point alone too; erased content says so.
func (p pen) content(c hotline.Content) string {
	switch {
	case c.Text != "" && !c.Erased:
		return c.Text
	case c.Erased || c.Empty():
		return p.say("no.content")
	case len(c.Media) > 0:
		if p.silent {
			return p.say("content.silent")
		}
		return p.say("content.media")
	}
	return p.say("content.point")
}

// mapLink draws, on a line of its own, a link to the point that came with what was said; nothing where there is none any more.
func mapLink(c hotline.Content) string {
	if c.Erased || c.Point == nil {
		return ""
	}
	return fmt.Sprintf("\nhttps://maps.google.com/?q=%.5f,%.5f", c.Point.Lat, c.Point.Lng)
}

// area draws a village with its kecamatan, a kecamatan as such, and the regency by its name.
func (p pen) area(code string) string {
	a, ok := p.book.regency.Area(code)
	switch {
	case !ok:
		return p.say("no.place")
	case a.Level == hotline.LevelRegency:
		return p.book.regency.Name
	case a.Level == hotline.LevelKecamatan:
		return p.say("area.kecamatan") + " " + a.Name
	}
	k, ok := p.book.regency.Kecamatan(code)
	name := a.Name
	switch {
	case a.Level == hotline.LevelKelurahan:
		name = p.say("area.kelurahan") + " " + name
	case ok && a.Name == k.Name: // to be told apart from it
		name = p.say("area.desa") + " " + name
	}
	if ok {
		name += ", " + p.say("area.kec") + " " + k.Name
	}
	return name
}

// unit draws a unit with its agency's short name; the root of an agency by the agency's name.
func (p pen) unit(id string) string {
	u, ok := p.book.regency.Unit(id)
	if !ok {
		return p.say("no.unit")
	}
	g, ok := p.book.regency.Agency(u.Agency)
	if !ok || u.ID == u.Agency || strings.Contains(strings.ToLower(u.Name), strings.ToLower(g.Short)) {
		return u.Name
	}
	return u.Name + ", " + g.Short
}

// option draws "category/question/option" as the option's text, and "category/question" as the question.
func (p pen) option(ids string) string {
	parts := strings.Split(ids, "/")
	c, _ := p.book.regency.Category(parts[0])
	for _, q := range c.Questions {
		if len(parts) < 2 || q.ID != parts[1] {
			continue
		}
		if len(parts) == 2 {
			return q.Ask.In(p.lang)
		}
		for _, o := range q.Options {
			if len(parts) == 3 && o.ID == parts[2] {
				return o.Text.In(p.lang)
			}
		}
	}
	p.book.wrong("%s: there is no option %q", p.line.Key, ids)
	return "…"
}
