package console

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"tanggap/console/words"
	"tanggap/hotline"
	"tanggap/phrase"
)

//go:embed templates/*.html
var templateFiles embed.FS

// Languages are those of the pages.
var Languages = []hotline.Lang{hotline.Indonesian, hotline.English}

// pages are all templates, read once in each language: a template's functions know the language they speak.
type pages struct {
	console *Console
	by      map[hotline.Lang]map[string]*template.Template
}

func readPages(c *Console) (*pages, error) {
	p := &pages{console: c, by: map[hotline.Lang]map[string]*template.Template{}}
	names, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("list templates: %w", err)
	}
	for _, lang := range Languages {
		p.by[lang] = map[string]*template.Template{}
		shared, err := template.New("layout").Funcs(p.functions(lang)).ParseFS(templateFiles, "templates/_*.html")
		if err != nil {
			return nil, fmt.Errorf("read templates: %w", err)
		}
		for _, name := range names {
			base := path.Base(name)
			if strings.HasPrefix(base, "_") {
				continue
			}
			t, err := shared.Clone()
			if err == nil {
				t, err = t.ParseFS(templateFiles, name)
			}
			if err != nil {
				return nil, fmt.Errorf("read template %s: %w", base, err)
			}
			p.by[lang][strings.TrimSuffix(base, ".html")] = t
		}
	}
	return p, nil
}

// draw executes one definition of a page's file.
func (p *pages) draw(lang hotline.Lang, page, definition string, data any) ([]byte, error) {
	t, ok := p.by[lang][page]
	if !ok {
		return nil, fmt.Errorf("there is no page %q", page)
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, definition, data); err != nil {
		return nil, fmt.Errorf("draw %s of page %s: %w", definition, page, err)
	}
	return b.Bytes(), nil
}

// functions are what templates may call, in one language.
func (p *pages) functions(lang hotline.Lang) template.FuncMap {
	name := func(kind string) func(string) string {
		return func(v string) string {
			line := hotline.Line{Args: hotline.Args{"x": {Is: kind, V: v}}}
			return p.console.Book().Args(lang, line, phrase.Facts{})["x"]
		}
	}
	local := func(layout string) func(time.Time) string {
		return func(t time.Time) string {
			if t.IsZero() {
				return "–"
			}
			return t.In(p.console.Regency().Zone).Format(layout)
		}
	}
	return template.FuncMap{
		"t":        func(key string, args ...any) string { return words.Say(string(lang), key, texts(args)...) },
		"lang":     func() string { return string(lang) },
		"url":      func(path string) template.URL { return template.URL(Base + path) }, //nolint:gosec // G203: a path that the template itself says
		"asset":    func(name string) (string, error) { return p.console.assets.url(name) },
		"clock":    local("15.04"),
		"day":      local("2006-01-02"),
		"moment":   local("2006-01-02 15.04"),
		"iso":      func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"area":     name(hotline.ArgArea),
		"unit":     name(hotline.ArgUnit),
		"agency":   name(hotline.ArgAgency),
		"category": name(hotline.ArgCategory),
		"field":    newField,
		"tiles":    func() string { return p.console.Tiles },   // of maps; empty: none from outside
		"chat":     func() bool { return p.console.URL != "" }, // the bot can give links
		"sentence": func(f hotline.Flash) string { return words.Say(string(lang), f.Key, f.Args...) },
		"join":     strings.Join,
	}
}

// view is what the layout shows around a page.
type view struct {
	Page      string
	Lang      hotline.Lang
	Other     hotline.Lang
	Here      string // the page's own path, for the switch of language
	Regency   string
	In        bool // somebody is signed in, all the way
	User      hotline.User
	Nav       []navItem
	Flash     []hotline.Flash
	Live      string // where in the stream this page stands; empty: it hears nothing
	Data      any
	Narrow    bool // a small page of its own: signing in
	Elsewhere []hotline.RoleName
	Rings     bool // emergencies from chats ring on it
}

// A navItem is a page that one can go to, or, with Items, a group of them.
type navItem struct {
	Key, Path, Press string
	Here             bool
	Items            []navItem
}

// navFlat is how many pages stand in the navigation one beside the other; whoever has more finds some of them in groups.
const navFlat = 9

// navGroup gives the group that a page stands in where there are many: a key of words; empty: none.
func navGroup(path string) string {
	switch {
	case strings.HasPrefix(path, "/calls"), path == "/blocks", strings.HasPrefix(path, "/shift"), strings.HasPrefix(path, "/siaga"):
		return "nav.line"
	case slices.Contains([]string{"/", "/{$}", "/account", "/desk", "/desk/new", "/board", "/board/late", "/board/inbox", "/board/triage", "/board/search"}, path):
		return ""
	}
	return "nav.more"
}

// grouped puts pages of a kind together where there are many, each group where its first page stood.
func grouped(items []navItem) []navItem {
	if len(items) <= navFlat {
		return items
	}
	var out []navItem
	for _, n := range items {
		key := navGroup(n.Path)
		if key == "" {
			out = append(out, n)
			continue
		}
		i := slices.IndexFunc(out, func(g navItem) bool { return g.Key == key })
		if i < 0 {
			i = len(out)
			out = append(out, navItem{Key: key})
		}
		out[i].Items, out[i].Here = append(out[i].Items, n), out[i].Here || n.Here
	}
	return out
}

// Page answers with a whole page: templates/NAME.html in the layout.
func (q *Request) Page(name string, data any) error { return q.page(http.StatusOK, name, data) }

// Again answers a form in which something is wrong with the page it stands in.
func (q *Request) Again(name string, data any) error {
	return q.page(http.StatusUnprocessableEntity, name, data)
}

func (q *Request) page(status int, name string, data any) error {
	v := view{Page: name, Lang: q.Lang, Other: hotline.English, Here: strings.TrimPrefix(q.URL.RequestURI(), Base), Regency: q.Regency().Name, Data: data}
	if q.Method != http.MethodGet {
		v.Here = "/"
	}
	if q.Lang == hotline.English {
		v.Other = hotline.Indonesian
	}
	v.In = q.session != nil && q.session.Stage == hotline.StageIn
	v.Narrow = !v.In
	if q.session != nil {
		v.User = q.User
	}
	if v.In {
		v.Nav = grouped(q.nav())
		v.Live = q.place
		v.Rings = q.Viewer.Has(writerRoles...)
	}
	if q.session != nil && len(q.session.Flash) > 0 {
		v.Flash = q.session.Flash
		if err := q.Do(func(t Tx) error { t.ClearFlash(q.token, len(v.Flash)); return nil }); err != nil {
			return err
		}
	}
	body, err := q.console.pages.draw(q.Lang, name, "layout", v)
	if err != nil {
		return err
	}
	return q.write(status, body)
}

// Fragment answers with one definition of a page's file: a part that is swapped alone.
func (q *Request) Fragment(page, definition string, data any) error {
	body, err := q.console.pages.draw(q.Lang, page, definition, data)
	if err != nil {
		return err
	}
	return q.write(http.StatusOK, body)
}

func (q *Request) write(status int, body []byte) error {
	q.W.Header().Set("Content-Type", "text/html; charset=utf-8")
	q.W.Header().Set("Content-Language", string(q.Lang))
	q.W.WriteHeader(status)
	_, _ = q.W.Write(body) // whoever went away does not hear it
	return nil
}

// nav lists the pages that the viewer may go to.
func (q *Request) nav() []navItem {
	var items []navItem
	for _, r := range q.console.table {
		if r.Nav != "" && r.mayUse(q.Viewer) {
			items = append(items, navItem{Key: r.Nav, Path: strings.TrimSuffix(r.Path, "{$}"), Press: r.Key, Here: r.Path == q.route.Path})
		}
	}
	return slices.Clip(items)
}

// problem answers with a page that says what is the matter.
func (q *Request) problem(status int) error {
	if q.HTMX() || q.route.Path == "/live" {
		q.W.Header().Set("Content-Type", "text/plain; charset=utf-8")
		q.W.WriteHeader(status)
		_, _ = fmt.Fprintln(q.W, q.say(problemKey(status)))
		return nil
	}
	return q.page(status, "problem", problemKey(status))
}

func problemKey(status int) string {
	switch status {
	case http.StatusNotFound:
		return "problem.notfound"
	case http.StatusForbidden:
		return "problem.forbidden"
	case http.StatusConflict:
		return "problem.conflict"
	case http.StatusBadRequest:
		return "problem.bad"
	case http.StatusRequestEntityTooLarge:
		return "problem.large"
	}
	return "problem.ours"
}

// say puts a sentence into words in the page's language. args are names and values in turn.
func (q *Request) say(key string, args ...string) string {
	return words.Say(string(q.Lang), key, args...)
}

func texts(args []any) []string {
	out := make([]string, len(args))
	for i, a := range args {
		out[i] = fmt.Sprint(a)
	}
	return out
}

func escape(s string) string { return url.QueryEscape(s) }

func unescape(s string) (string, error) { return url.QueryUnescape(s) }

// languageCookie remembers which language the pages speak in this browser.
const languageCookie = "tanggap_lang"

// language is that of the pages: the one chosen in this browser, or else Indonesian.
func (c *Console) language(r *http.Request) hotline.Lang {
	if k, err := r.Cookie(languageCookie); err == nil && slices.Contains(Languages, hotline.Lang(k.Value)) {
		return hotline.Lang(k.Value)
	}
	return hotline.Indonesian
}
