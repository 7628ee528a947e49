package config

import (
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"tanggap/hotline"
)

// readCategories reads the kinds of matters.
func (r *reader) readCategories() {
	for _, item := range r.entries("categories", categoryKind) {
		r.readCategory(item)
	}
}

func (r *reader) readCategory(item node) {
	m := item.mapping("id", "name", "agency", "alternates", "supporting", "priority", "keywords", "more_keywords", "questions", "secret", "oversight", "rudeness", "responders")
	c := hotline.Category{
		ID:         m.need("id").id(categoryKind, hotline.ValidID, idForm),
		Name:       m.need("name").text("the name"),
		Agency:     m.need("agency").ref(agencyKind),
		Alternates: m.opt("alternates").refs(agencyKind),
		Supporting: m.opt("supporting").refs(agencyKind),
		Keywords:   readKeywords(m.opt("keywords"), m.opt("more_keywords")),
		Questions:  readQuestions(m.opt("questions")),
		Secret:     m.opt("secret").flag(),
		Oversight:  m.opt("oversight").flag(),
		Rudeness:   m.opt("rudeness").flag(),
		Responders: m.opt("responders").refs(unitKind),
	}
	if n := m.need("priority"); n.here() {
		c.Priority = n.number(1, 4)
	}
	if c.Oversight && !r.oversight.here() {
		r.oversight = m.opt("oversight")
	}
	if c.ID != "" {
		r.out.Categories = append(r.out.Categories, c)
	}
}

// readKeywords reads words by weight: "8: [jalan rusak, jalan berlubang]". They are kept in the form in which they are compared, so that one
// spelt in two ways ("jln rusak", "jalan rusak") is named as there twice.
// A regency that stands on another adds some of its own with more_keywords.
func readKeywords(lists ...node) []hotline.Keyword {
	weights := make([]string, 10)
	for i := range weights {
		weights[i] = strconv.Itoa(i + 1)
	}
	var keywords []hotline.Keyword
	seen := map[string]node{}
	for _, n := range lists {
		if !n.here() {
			continue
		}
		m := n.mapping(weights...)
		for i := len(weights); i >= 1; i-- {
			for _, item := range m.opt(strconv.Itoa(i)).list() {
				if word, ok := item.words(seen, "keyword"); ok {
					keywords = append(keywords, hotline.Keyword{Text: word, Weight: i})
				}
			}
		}
	}
	return keywords
}

// words gives a phrase in the form in which phrases are compared. One already seen is a problem.
func (n node) words(seen map[string]node, what string) (string, bool) {
	s := n.str()
	if s == "" {
		return "", false
	}
	words := hotline.Words(s)
	plain := strings.Join(words, " ")
	switch before, twice := seen[plain]; {
	case plain == "":
		n.wrong(what+" "+quote(s)+" holds no word", "remove it")
	case len(words) > 8:
		n.wrong(what+" "+quote(s)+" is a sentence", "write a few words")
	case twice && plain == s:
		n.wrong(fmt.Sprintf("%s %s is there twice, first at %s", what, quote(s), before.lineFor(n)), "remove one of them")
	case twice:
		n.wrong(fmt.Sprintf("%s %s is there twice, as %s at %s", what, quote(s), quote(before.y.Value), before.lineFor(n)), "remove one of them")
	default:
		seen[plain] = n
		return plain, true
	}
	return "", false
}

// lineFor says where the value stands to somebody who looks at another: its line, and its file where that is another one.
func (n node) lineFor(other node) string {
	if n.file != other.file {
		return n.at().String()
	}
	return fmt.Sprintf("line %d", n.y.Line)
}

func readQuestions(n node) []hotline.Question {
	var questions []hotline.Question
	seen := map[string]bool{}
	for _, item := range n.list() {
		m := item.mapping("id", "ask", "options")
		questions = append(questions, readQuestion(m, m.opt("options"), seen))
	}
	return questions
}

func readQuestion(m mapping, options node, seen map[string]bool) hotline.Question {
	q := hotline.Question{ID: shortID(m.need("id"), "question", seen), Ask: m.need("ask").text("the question")}
	ids := map[string]bool{}
	for _, o := range options.list() {
		of := o.mapping("id", "text", "said")
		said, _ := of.opt("said").strs()
		q.Options = append(q.Options, hotline.Option{ID: shortID(of.need("id"), "option", ids), Text: of.need("text").text("the option"), Said: said})
	}
	if options.here() && options.y.Kind == yaml.SequenceNode && len(q.Options) < 2 {
		options.wrong("one option is no choice", "write two at least, or none to let people write freely")
	}
	return q
}

func shortID(n node, what string, seen map[string]bool) string {
	s := n.str()
	switch {
	case s == "":
	case !hotline.ValidShortID(s):
		n.wrong(quote(s)+" cannot be the id of a "+what, shortIDForm)
	case seen[s]:
		n.wrong(what+" "+s+" is there twice", "give one of them another id, or remove it")
	}
	seen[s] = true
	return s
}
