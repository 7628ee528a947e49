package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"tanggap/hotline"
)

// Bounds on what is read. A regency's largest file has some tens of kilobytes; whoever hits one of these has the wrong file.
const (
	maxYAML     = 256 << 10 // bytes of one YAML file
	maxTable    = 4 << 20   // bytes of areas.csv and of boundaries.geojson
	maxFiles    = 100       // in one folder, as agencies/
	maxProblems = 500       // after so many, reading on helps nobody
	maxUnits    = 20_000
	maxString   = 2_000 // bytes of one value
)

// A reader reads one folder. Files name things of other files (a category its agency), so names are gathered first, as declarations and
// references, and compared when all has been read.
type reader struct {
	fsys     fs.FS
	now      time.Time
	out      *hotline.Regency
	problems []Problem

	declared   map[kind]map[string]spot
	unread     map[kind]bool // kinds of which some were not read: that one is not known says nothing then
	references []reference
	folders    []folder         // what was read file by file
	perUnits   []perUnit        // "per: kecamatan" lines, expanded once the areas are known
	parents    map[string]node  // where each unit names its parent
	centres    map[string]spot  // where each area's centre stands, if it is one
	texts      []text           // sentences, checked once the languages are known
	inspector  bool             // an agency inspects
	unanswered node             // the last agency, where none runs the hotline
	oversight  node             // a category that needs one
	holidays   spot             // the holiday table
	boundaries map[string][]int // rings read per kecamatan, to find one given twice
	base       base             // the regency this one stands on, if any
	following  []following      // services and steps that come after others
	onEach     []onEach         // offices that stand in every kecamatan
}

// A kind is a kind of thing with an id.
type kind string

const (
	agencyKind   kind = "agency"
	unitKind     kind = "unit"
	categoryKind kind = "category"
	areaKind     kind = "area"
	calendarKind kind = "calendar"
	dangerKind   kind = "danger"
)

// A spot is a place in a file.
type spot struct {
	file      string
	line, col int
}

func (s spot) String() string { return fmt.Sprintf("%s:%d", s.file, s.line) }

type reference struct {
	kind kind
	id   string
	at   spot
}

type text struct {
	node  node
	what  string
	value hotline.Text
}

func newReader(fsys fs.FS, now time.Time) *reader {
	return &reader{
		fsys: fsys, now: now,
		out:      &hotline.Regency{Calendars: map[string]hotline.Calendar{}},
		declared: map[kind]map[string]spot{}, unread: map[kind]bool{}, parents: map[string]node{}, centres: map[string]spot{}, boundaries: map[string][]int{},
	}
}

// problem notes a problem at a place.
func (r *reader) problem(at spot, severity Severity, what, mend string) {
	switch {
	case len(r.problems) > maxProblems:
		return
	case len(r.problems) == maxProblems:
		at, severity = spot{file: at.file}, Error
		what, mend = "too many problems; the rest is not named", "mend these first"
	}
	r.problems = append(r.problems, Problem{File: at.file, Line: at.line, Col: at.col, Severity: severity, What: what, Mend: mend, shared: r.base.holds(at.file)})
}

func (r *reader) wrong(at spot, what, mend string) { r.problem(at, Error, what, mend) }

// declare notes that a thing exists; one of the same kind and id already there is a problem. It tells whether the id was free.
func (r *reader) declare(k kind, id string, at spot) bool {
	if r.declared[k] == nil {
		r.declared[k] = map[string]spot{}
	}
	if before, ok := r.declared[k][id]; ok {
		r.wrong(at, fmt.Sprintf("%s %s is there twice, first at %s", k, id, before), "give one of them another id, or remove it")
		return false
	}
	r.declared[k][id] = at
	return true
}

func (r *reader) refer(k kind, id string, at spot) {
	r.references = append(r.references, reference{k, id, at})
}

// lost notes that things of these kinds stand in a file that could not be read to its end. That has been said; what names one of them is not judged.
func (r *reader) lost(kinds ...kind) {
	for _, k := range kinds {
		r.unread[k] = true
	}
}

// read gives a file's bytes, without the mark some editors put before them. A file that is missing and required is a problem.
func (r *reader) read(name string, limit int64, required bool) ([]byte, bool) {
	at := spot{file: name}
	fsys, inside := r.where(name)
	info, err := fs.Stat(fsys, inside)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if required {
			r.wrong(at, "the file is missing", "add it; the shipped regencies show how")
		}
		return nil, false
	case err == nil && !info.Mode().IsRegular(): // opening a pipe would wait for ever
		r.wrong(at, "is no plain file", "put a plain file there")
		return nil, false
	}
	f, err := fsys.Open(inside)
	if err != nil {
		r.wrong(at, "cannot be read: "+reason(err), "see to its permissions")
		return nil, false
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	switch {
	case err != nil:
		r.wrong(at, "cannot be read: "+reason(err), "")
		return nil, false
	case int64(len(data)) > limit:
		r.wrong(at, fmt.Sprintf("is larger than %d KB", limit>>10), "split it, or see whether it is the right file")
		return nil, false
	case !utf8.Valid(data):
		r.wrong(at, "is not UTF-8 text", "save it as UTF-8")
		return nil, false
	}
	return bytes.TrimPrefix(data, []byte("\ufeff")), true
}

// entries gives the items of the list called name in name.yaml and in every .yaml file of the folder name, at least one of which must be there. The
// items are things of these kinds. Those of the base come with them, changed and left out as the regency says.
func (r *reader) entries(name string, kinds ...kind) []node {
	own := r.listed(name, name, true, kinds)
	if !r.base.here() {
		return own
	}
	return r.onBase(name, "id", own, r.listed(r.base.file(name), name, false, nil))
}

// optional gives the items of a list as entries does; a regency may be without it.
func (r *reader) optional(name string, kinds ...kind) []node {
	own := r.listed(name, name, false, kinds)
	if !r.base.here() {
		return own
	}
	return r.onBase(name, "id", own, r.listed(r.base.file(name), name, false, nil))
}

// listed gives the items of the list called key in file.yaml and in the folder of that name.
func (r *reader) listed(file, key string, required bool, kinds []kind) []node {
	var items []node
	for _, doc := range r.documents(file, required && !r.base.here(), kinds) {
		m := doc.mapping(key)
		list := m.need(key)
		if !list.here() || list.y.Kind != yaml.SequenceNode {
			r.lost(kinds...)
		}
		items = append(items, list.list()...)
	}
	return items
}

func (r *reader) documents(name string, required bool, kinds []kind) []node {
	files := []string{}
	of := folder{name: name, kinds: kinds}
	defer func() {
		if !r.base.holds(name) { // nothing is missing there
			r.folders = append(r.folders, of)
		}
	}()
	fsys, inside := r.where(name)
	if _, err := fs.Stat(fsys, inside+".yaml"); err == nil {
		files = append(files, name+".yaml")
	}
	entries, err := fs.ReadDir(fsys, inside)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		r.wrong(spot{file: name}, "cannot be read: "+reason(err), "")
	}
	of.several = len(entries) > 0
	for _, e := range entries {
		file := path.Join(name, e.Name())
		switch {
		case strings.HasPrefix(e.Name(), "."):
		case path.Ext(e.Name()) == ".yaml" && !e.IsDir():
			files = append(files, file)
		default:
			of.skipped = append(of.skipped, spot{file: file})
			r.problem(spot{file: file}, Warning, "is not read", "name it .yaml, or move it away")
		}
	}
	if len(files) == 0 && required {
		r.wrong(spot{file: name + ".yaml"}, "the file is missing", "add it; the shipped regencies show how")
	}
	if len(files) > maxFiles {
		r.wrong(spot{file: name}, fmt.Sprintf("holds more than %d files", maxFiles), "put them together")
		files = files[:maxFiles]
		r.lost(kinds...)
	}
	if len(files) == 0 && required || err != nil && !errors.Is(err, fs.ErrNotExist) {
		r.lost(kinds...)
	}
	var docs []node
	for _, file := range files {
		doc := r.document(file)
		if !doc.here() {
			r.lost(kinds...)
			continue
		}
		docs = append(docs, doc)
	}
	return docs
}

// document reads one YAML file into its top node.
func (r *reader) document(file string) node {
	data, ok := r.read(file, maxYAML, true)
	if !ok {
		return node{}
	}
	top, err := parse(data)
	if err != nil {
		r.wrong(r.place(file, err), "is no YAML: "+message(err), "see to the indent, colons and quotes there and just above")
		return node{}
	}
	if top == nil {
		r.wrong(spot{file: file}, "is empty", "fill it; the shipped regencies show how")
		return node{}
	}
	n := node{r: r, file: file, y: top}
	if !n.plain(0) {
		return node{}
	}
	return n
}

var errTwoDocuments = errors.New("it holds two documents, parted by ---")

// parse gives the top node of the one document in data; nil when there is none.
func parse(data []byte) (top *yaml.Node, err error) {
	defer func() { // the parser takes hostile input, but is not ours
		if p := recover(); p != nil {
			top, err = nil, fmt.Errorf("the reader gave up: %v", p)
		}
	}()
	loader, err := yaml.NewLoader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	var doc, second yaml.Node
	if err := loader.Load(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		return nil, err
	}
	if err := loader.Load(&second); !errors.Is(err, io.EOF) {
		if err == nil {
			err = errTwoDocuments
		}
		return nil, err
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 {
		return nil, nil
	}
	return doc.Content[0], nil
}

func (r *reader) place(file string, err error) spot {
	var le *yaml.LoadError
	if errors.As(err, &le) {
		return spot{file, max(le.Mark.Line, 0), max(le.Mark.Column, 0)}
	}
	return spot{file: file}
}

// message gives what the parser complains about, in its words but without position and stage.
func message(err error) string {
	var le *yaml.LoadError
	if !errors.As(err, &le) {
		return oneLine(err.Error())
	}
	if le.ContextMsg != "" {
		return oneLine(le.ContextMsg + ", " + le.Message)
	}
	return oneLine(le.Message)
}

// oneLine keeps what a file's author wrote from breaking the report's lines.
func oneLine(s string) string {
	s = strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return ' '
		}
		return c
	}, s)
	const most = 200
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}

// quote shows a value as it stands in the file, short and on one line.
func quote(s string) string {
	const most = 60
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return fmt.Sprintf("%q", s)
}
