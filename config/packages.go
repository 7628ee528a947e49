package config

import (
	"fmt"
	"maps"
	"slices"

	"go.yaml.in/yaml/v4"

	"tanggap/hotline"
)

// Bounds on packages: a citizen answers the questions in a chat, one by one.
const (
	maxPackages  = 50
	maxQuestions = 8
	maxSteps     = 20
)

// readPackages reads packages.yaml, or the files in packages/: several services around one event of life, as a wedding.
func (r *reader) readPackages() {
	for i, item := range r.optional("packages", packageKind) {
		if i == maxPackages {
			item.wrong(fmt.Sprintf("more than %d packages", maxPackages), "put some together")
			return
		}
		r.readPackage(item)
	}
}

func (r *reader) readPackage(item node) {
	m := item.mapping("id", "name", "keywords", "more_keywords", "occasion", "questions", "steps")
	idNode := m.need("id")
	p := hotline.Package{
		ID:       idNode.id(packageKind, hotline.ValidID, idForm),
		Name:     m.need("name").text("the name"),
		Keywords: readKeywords(m.need("keywords"), m.opt("more_keywords")),
		Occasion: m.opt("occasion").text("the occasion"),
	}
	if at, taken := r.declared[serviceKind][p.ID]; taken && p.ID != "" {
		idNode.wrong(fmt.Sprintf("a service is called %s too, at %s", p.ID, at), "give one of them another id")
	}
	if words := m.opt("keywords"); words.here() && len(p.Keywords) == 0 {
		words.wrong("the package has no keywords: nobody finds it", "add the words people say: 9: [mau nikah]")
	}
	seen := map[string]bool{}
	for i, q := range m.opt("questions").list() {
		if i == maxQuestions {
			q.wrong(fmt.Sprintf("more than %d questions", maxQuestions), "ask only what decides a step")
			break
		}
		of := q.mapping("id", "ask", "options", "when", "unless")
		question := hotline.PackageQuestion{Question: readQuestion(of, of.need("options"), seen)}
		question.When = readConditions(of, p.Questions)
		p.Questions = append(p.Questions, question)
	}
	r.readSteps(m.need("steps"), &p)
	if p.ID != "" {
		r.out.Packages = append(r.out.Packages, p)
	}
}

// readConditions reads "when: {agama: islam}" and "unless: {asal: sini}": answers to questions that were asked before.
func readConditions(m mapping, asked []hotline.PackageQuestion) []hotline.Condition {
	var conditions []hotline.Condition
	var ids []string
	for _, q := range asked {
		ids = append(ids, q.ID)
	}
	for _, key := range []string{"when", "unless"} {
		n := m.opt(key)
		if !n.is(yaml.MappingNode, "keys and values") {
			continue
		}
		of := n.mapping(ids...)
		for _, q := range asked {
			answer := of.opt(q.ID)
			if !answer.here() {
				continue
			}
			var options []string
			for _, o := range q.Options {
				options = append(options, o.ID)
			}
			option := answer.str()
			if option != "" && !slices.Contains(options, option) {
				answer.wrong(fmt.Sprintf("question %s has no option %s", q.ID, quote(option)), suggest(option, options, "name one of its options"))
				continue
			}
			conditions = append(conditions, hotline.Condition{Question: q.ID, Option: option, Not: key == "unless"})
		}
	}
	return conditions
}

func (r *reader) readSteps(n node, p *hotline.Package) {
	items := n.list()
	if items != nil && len(items) == 0 {
		n.wrong("the package has no steps", "add one at least")
	}
	seen := map[string]bool{}
	after := map[string][]string{}
	at := map[string]node{}
	var named []node
	for i, item := range items {
		if i == maxSteps {
			item.wrong(fmt.Sprintf("more than %d steps", maxSteps), "put some together")
			break
		}
		m := item.mapping("id", "service", "say", "when", "unless", "before", "follows", "after")
		s := hotline.PackageStep{
			ID:      shortID(m.need("id"), "step", seen),
			Service: m.opt("service").ref(serviceKind),
			Say:     m.opt("say").text("what to do"),
			When:    readConditions(m, p.Questions),
			Follows: m.opt("follows").flag(),
		}
		if !m.opt("service").here() && !m.opt("say").here() {
			item.wrong("the step has neither a service nor a sentence", "add service: … or say: …")
		}
		if before := m.opt("before"); before.here() {
			s.Before = before.span()
			switch {
			case len(p.Occasion) == 0:
				before.wrong("before says nothing where no occasion is asked for", "add occasion: … to the package")
			case s.Follows:
				before.wrong("the step follows the occasion and cannot be before it", "remove one of them")
			}
		}
		var nodes []node
		s.After, nodes = m.opt("after").strs()
		named = append(named, nodes...)
		after[s.ID], at[s.ID] = s.After, m.opt("after")
		p.Steps = append(p.Steps, s)
	}
	known := slices.Sorted(maps.Keys(seen))
	for _, n := range named {
		if !seen[n.y.Value] {
			n.wrong("there is no step "+quote(n.y.Value), suggest(n.y.Value, known, "name another step of the package"))
		}
	}
	for _, id := range known {
		if leads(after, id, id) {
			at[id].wrong("step "+id+" comes after itself", "remove one of the steps named in a circle")
		}
	}
}
