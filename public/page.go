package public

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"tanggap/hotline"
	"tanggap/phrase"
)

//go:embed templates/*.html
var templateFiles embed.FS

// readTemplates reads the templates once in each language: their functions know the language they speak.
func (p *Pages) readTemplates() error {
	p.templates = map[hotline.Lang]*template.Template{}
	for _, lang := range hotline.KnownLanguages() {
		t, err := template.New("pages").Funcs(p.functions(lang)).ParseFS(templateFiles, "templates/*.html")
		if err != nil {
			return fmt.Errorf("read the public pages: %w", err)
		}
		p.templates[lang] = t
	}
	return nil
}

func (p *Pages) functions(lang hotline.Lang) template.FuncMap {
	arg := func(kind, v string) string {
		return p.Book().Args(lang, hotline.Line{Args: hotline.Args{"x": {Is: kind, V: v}}}, phrase.Facts{})["x"]
	}
	named := func(kind string) func(string) string { return func(v string) string { return arg(kind, v) } }
	return template.FuncMap{
		"t":        func(key string, args ...any) (string, error) { return say(lang, key, args...) },
		"lang":     func() string { return string(lang) },
		"status":   func(s hotline.Status) string { return arg(hotline.ArgPhrase, "status."+string(s)) },
		"area":     named(hotline.ArgArea),
		"unit":     named(hotline.ArgUnit),
		"category": named(hotline.ArgCategory),
		"date":     named(hotline.ArgDate),
		"day":      func(t time.Time) string { return arg(hotline.ArgDate, p.Regency().Today(t)) },
		"iso":      func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"month":    func(m string) string { return month(lang, m) },
		"number":   func(n int) string { return number(lang, n) },
		"days":     func(d float64) string { return decimal(lang, d) },
		"group":    func(id string) string { return p.group(lang, id) },
	}
}

// A view is what surrounds a page.
type view struct {
	Page      string
	Regency   string
	Emergency string
	Style     string
	Here      string // the page's own path
	Number    string // what the switch of language keeps of the address
	Month     string
	Languages []hotline.Lang
	Data      any
}

// show answers with a page.
func (p *Pages) show(w http.ResponseWriter, r *http.Request, status int, page string, data any) error {
	lang := language(r)
	v := view{Page: page, Regency: p.Regency().Name, Emergency: p.Regency().Emergency, Style: stylePath, Here: r.URL.Path, Data: data,
		Languages: p.Regency().Languages}
	switch d := data.(type) {
	case trackPage:
		v.Number = d.Number
	case figuresPage:
		v.Month = d.Month
	}
	var b bytes.Buffer
	if err := p.templates[lang].ExecuteTemplate(&b, page, v); err != nil {
		return fmt.Errorf("draw %s: %w", page, err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", string(lang))
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes())
	return nil
}

// Address gives the page's address in another language, with what was chosen on it.
func (v view) Address(lang hotline.Lang) string {
	q := url.Values{"b": {string(lang)}}
	if v.Number != "" {
		q.Set("nomor", v.Number)
	}
	if v.Month != "" {
		q.Set("bulan", v.Month)
	}
	return v.Here + "?" + q.Encode()
}

// number writes a number with its thousands apart, as the language does.
func number(lang hotline.Lang, n int) string {
	point := "."
	if lang == hotline.English {
		point = ","
	}
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + point + s[i:]
	}
	return s
}

// decimal writes a number with at most one digit after the point.
func decimal(lang hotline.Lang, d float64) string {
	s := strconv.FormatFloat(d, 'f', 1, 64)
	if s[len(s)-1] == '0' {
		return s[:len(s)-2]
	}
	if lang != hotline.English {
		return s[:len(s)-2] + "," + s[len(s)-1:]
	}
	return s
}
