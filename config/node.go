package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"tanggap/hotline"
)

// A node is a value in a YAML file that knows where it stands. The zero node is a value that is not there: reading it gives nothing, and no
// problem.
type node struct {
	r    *reader
	file string
	y    *yaml.Node

	under *node // the base's value that this one changes: keys that are not here are taken from there
}

func (n node) here() bool { return n.y != nil }

func (n node) at() spot {
	if n.y == nil {
		return spot{file: n.file}
	}
	return spot{n.file, n.y.Line, n.y.Column}
}

func (n node) wrong(what, mend string) { n.r.wrong(n.at(), what, mend) }

func (n node) child(y *yaml.Node) node { return node{r: n.r, file: n.file, y: y} }

// plain refuses what a regency's file has no use for: anchors and aliases (of which a small file can make a huge value), tags, merge keys, and
// nesting deeper than any of our forms.
func (n node) plain(depth int) bool {
	y := n.y
	switch {
	case depth > 20:
		n.wrong("is nested too deep", "see to the indent")
		return false
	case y.Kind == yaml.AliasNode || y.Anchor != "":
		n.wrong("anchors (&) and aliases (*) are not used here", "write the value out")
		return false
	case y.Style&yaml.TaggedStyle != 0:
		n.wrong("tags (!) are not used here", "write the value without it")
		return false
	case y.Kind == yaml.ScalarNode && y.Tag == "!!merge":
		n.wrong("merge keys (<<) are not used here", "write the values out")
		return false
	}
	ok := true
	for _, c := range y.Content {
		ok = n.child(c).plain(depth+1) && ok
	}
	return ok
}

// A mapping is a YAML mapping with the keys that belong there.
type mapping struct {
	node
	values map[string]node
	keys   map[string]node
}

// mapping reads the node as one with the given keys. Every other key, and one given twice, is a problem. One that is misspelt is read as the key that was
// meant, so that nothing is said to be missing as well: one mistake is one problem.
func (n node) mapping(known ...string) mapping {
	m := mapping{node: n, values: map[string]node{}, keys: map[string]node{}}
	if !n.is(yaml.MappingNode, "keys and values") {
		return m
	}
	var misspelt []int
	for i := 0; i+1 < len(n.y.Content); i += 2 {
		key, value := n.child(n.y.Content[i]), n.child(n.y.Content[i+1])
		name := key.y.Value
		switch before, twice := m.keys[name]; {
		case key.y.Kind != yaml.ScalarNode:
			key.wrong("is no key", "see to the indent and colons")
		case !slices.Contains(known, name):
			key.wrong("key "+quote(name)+" is not known", suggest(name, known, "known are "+strings.Join(known, ", ")))
			misspelt = append(misspelt, i)
		case twice:
			key.wrong(fmt.Sprintf("key %s is there twice, first at line %d", name, before.y.Line), "remove one of them")
		default:
			m.keys[name], m.values[name] = key, value
		}
	}
	for _, i := range misspelt {
		key, value := n.child(n.y.Content[i]), n.child(n.y.Content[i+1])
		meant := nearest(key.y.Value, known)
		if _, there := m.values[meant]; meant != "" && !there {
			m.keys[meant], m.values[meant] = key, value
		}
	}
	if n.under != nil {
		m.inherit(*n.under, known...)
	}
	return m
}

// opt gives the value of a key, or the zero node. A key without a value counts as not there.
func (m mapping) opt(key string) node {
	v := m.values[key]
	if v.here() && v.y.Kind == yaml.ScalarNode && v.y.Tag == "!!null" {
		return node{}
	}
	return v
}

// need gives the value of a key that must be there.
func (m mapping) need(key string) node {
	v := m.opt(key)
	if !v.here() && m.here() && m.y.Kind == yaml.MappingNode {
		m.wrong("lacks "+key, "add "+key+": …")
	}
	return v
}

var kindNames = map[yaml.Kind]string{yaml.MappingNode: "keys and values", yaml.SequenceNode: "a list", yaml.ScalarNode: "a single value"}

// is tells whether the node is there and of the kind; another kind is a problem.
func (n node) is(k yaml.Kind, want string) bool {
	if !n.here() {
		return false
	}
	if n.y.Kind != k {
		n.wrong(fmt.Sprintf("must be %s, not %s", want, kindNames[n.y.Kind]), "see to the indent and dashes")
		return false
	}
	return true
}

// list gives the values of a list.
func (n node) list() []node {
	if !n.is(yaml.SequenceNode, "a list") {
		return nil
	}
	items := make([]node, len(n.y.Content))
	for i, y := range n.y.Content {
		items[i] = n.child(y)
	}
	return items
}

// str gives a text that is not empty. A number written where a text belongs is taken as it stands in the file ("33.20").
func (n node) str() string {
	if !n.is(yaml.ScalarNode, "a text") {
		return ""
	}
	s := n.y.Value
	switch {
	case n.y.Tag == "!!null" || strings.TrimSpace(s) == "":
		n.wrong("is empty", "fill it in")
		return ""
	case len(s) > maxString:
		n.wrong(fmt.Sprintf("is longer than %d letters", maxString), "shorten it")
		return ""
	case n.y.Tag == "!!bool" && n.y.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) == 0:
		n.wrong("must be a text, not "+s, "put it in quotes if it is one")
		return ""
	}
	return s
}

// strs gives the texts of a list, with their nodes. One that is there twice is a problem.
func (n node) strs() (values []string, at []node) {
	seen := map[string]bool{}
	for _, item := range n.list() {
		s := item.str()
		if s == "" {
			continue
		}
		if seen[s] {
			item.wrong(quote(s)+" is there twice", "remove one of them")
			continue
		}
		seen[s] = true
		values, at = append(values, s), append(at, item)
	}
	return values, at
}

// flag gives true or false; false when it is not there.
func (n node) flag() bool {
	if !n.is(yaml.ScalarNode, "true or false") {
		return false
	}
	if n.y.Tag != "!!bool" {
		n.wrong("must be true or false, not "+quote(n.y.Value), "write true or false")
		return false
	}
	return strings.EqualFold(n.y.Value, "true")
}

// number gives a whole number within bounds.
func (n node) number(least, most int) int {
	if !n.is(yaml.ScalarNode, "a whole number") {
		return least
	}
	i, err := strconv.Atoi(n.y.Value)
	if err != nil || i < least || i > most {
		n.wrong(fmt.Sprintf("must be a whole number from %d to %d, not %s", least, most, quote(n.y.Value)), "")
		return least
	}
	return i
}

// oneOf gives a text that is one of a few.
func oneOf[T ~string](n node, what string, known []T) T {
	s := T(n.str())
	if s == "" || slices.Contains(known, s) {
		return s
	}
	names := make([]string, len(known))
	for i, k := range known {
		names[i] = string(k)
	}
	n.wrong(what+" "+quote(string(s))+" is not known", suggest(string(s), names, "known are "+strings.Join(names, ", ")))
	return ""
}

// id gives an id and declares it. Empty when it is malformed or taken.
func (n node) id(k kind, valid func(string) bool, form string) string {
	s := n.str()
	if s == "" {
		return ""
	}
	if !valid(s) {
		n.wrong(fmt.Sprintf("%s cannot be the id of %s %s", quote(s), article(k), k), form)
		return ""
	}
	if !n.r.declare(k, s, n.at()) {
		return ""
	}
	return s
}

const (
	idForm      = "write lower-case letters, digits and dashes, a letter first, at most 32"
	shortIDForm = "write lower-case letters, digits and dashes, a letter first, at most 12"
	unitIDForm  = "write parts of lower-case letters, digits and dashes, joined by points, at most 40: dpupr.jalan"
)

func article(k kind) string {
	if strings.ContainsRune("aeiou", rune(k[0])) && k != unitKind {
		return "an"
	}
	return "a"
}

// ref gives an id of something that must exist.
func (n node) ref(k kind) string {
	s := n.str()
	if s == "" {
		return ""
	}
	s = n.r.base.instead(n, k, s)
	n.r.refer(k, s, n.at())
	return s
}

// refs gives a list of such ids.
func (n node) refs(k kind) []string {
	values, at := n.strs()
	var ids []string
	for i, id := range values {
		if n.r.base.isLeftOut(n, k, id) {
			continue
		}
		id = n.r.base.instead(n, k, id)
		if slices.Contains(ids, id) { // two of the base are one here
			continue
		}
		ids = append(ids, id)
		n.r.refer(k, id, at[i].at())
	}
	return ids
}

// text gives a sentence in the regency's languages. Whether one is missing is checked once the languages are known.
func (n node) text(what string) hotline.Text {
	if !n.here() {
		return nil
	}
	known := make([]string, 0, 4)
	for _, l := range hotline.KnownLanguages() {
		known = append(known, string(l))
	}
	m := n.mapping(known...)
	t := hotline.Text{}
	for _, l := range hotline.KnownLanguages() {
		if v := m.opt(string(l)); v.here() {
			if s := v.str(); s != "" {
				t[l] = s
			}
		}
	}
	if n.y.Kind == yaml.MappingNode {
		n.r.texts = append(n.r.texts, text{n, what, t})
	}
	return t
}
