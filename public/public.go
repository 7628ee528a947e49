package public

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"tanggap/hotline"
	"tanggap/phrase"
)

// Where the pages stand.
const (
	TrackPath   = "/lacak"
	FiguresPath = "/angka"
	TablePath   = "/angka.csv"
)

// Options are what the pages are made of.
type Options struct {
	Store   Store
	Regency func() *hotline.Regency    // the description in force
	Book    func() *phrase.Book        // names of places, units and categories in words
	Now     func() time.Time           // service time
	Address func(*http.Request) string // where a request comes from: tries are counted by it
	Log     *slog.Logger
}

// A Store runs units of work: all that fn does through t is committed together, or nothing is. fn may be run again from the start.
type Store interface {
	Do(ctx context.Context, now time.Time, fn func(t Tx) error) error
}

// A Tx is what the pages do with the database.
type Tx interface {
	// Track gives what may be shown of a case to whoever knows its check word; address is where they ask from. See the results.
	Track(ctx context.Context, n hotline.Number, word, address string) (hotline.Tracked, hotline.TrackResult, error)
	// PublicFigures gives the figures made last. hotline.ErrNotFound: none were made yet.
	PublicFigures(context.Context) (hotline.PublicFigures, error)
}

// Pages answers for all of them.
type Pages struct {
	Options

	templates map[hotline.Lang]*template.Template
	handler   http.Handler
}

//go:embed assets/public.css
var style []byte

// stylePath carries what is in it, so that a browser keeps it for ever and never has an old one.
var stylePath = func() string {
	sum := sha256.Sum256(style)
	return "/lacak/" + hex.EncodeToString(sum[:6]) + ".css"
}()

// New makes the pages. Its errors are mistakes of the program.
func New(o Options) (*Pages, error) {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	p := &Pages{Options: o}
	if err := p.readTemplates(); err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	for pattern, handler := range p.routes() {
		mux.HandleFunc(pattern, handler)
	}
	p.handler = p.outer(http.NewCrossOriginProtection().Handler(mux))
	return p, nil
}

func (p *Pages) routes() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"GET " + TrackPath:   p.trackForm,
		"POST " + TrackPath:  p.track,
		"GET " + FiguresPath: p.figures,
		"GET " + TablePath:   p.table,
		"GET " + stylePath: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/css; charset=utf-8")
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
			_, _ = w.Write(style)
		},
	}
}

// Paths lists what the pages answer, for whoever puts them behind a door.
func (p *Pages) Paths() []string { return []string{TrackPath, FiguresPath, TablePath, stylePath} }

// ServeHTTP answers a request.
func (p *Pages) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.handler.ServeHTTP(w, r) }

// bodyLimit bounds what a form may bring.
const bodyLimit = 8 << 10

// outer says what holds for every answer.
func (p *Pages) outer(next http.Handler) http.Handler {
	const policy = "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "geolocation=(), camera=(), microphone=()")
		h.Set("Cache-Control", "no-store")
		r.Body = http.MaxBytesReader(w, r.Body, bodyLimit)
		next.ServeHTTP(w, r)
	})
}

// fail answers for an error. What is nobody's fault but ours is logged, here and once.
func (p *Pages) fail(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		return // nobody is there any more
	}
	p.Log.Error("public: a page failed", "path", r.URL.Path, "error", err)
	if err := p.show(w, r, http.StatusInternalServerError, "problem", nil); err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
	}
}

// language tells in which language somebody reads: what the link says, else what the browser asks for, else Indonesian.
func language(r *http.Request) hotline.Lang {
	said := hotline.Lang(r.URL.Query().Get("b"))
	for _, l := range hotline.KnownLanguages() {
		if l == said {
			return l
		}
	}
	for part := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		tag, _, _ = strings.Cut(strings.ToLower(tag), "-")
		for _, l := range hotline.KnownLanguages() {
			if string(l) == tag {
				return l
			}
		}
	}
	return hotline.Indonesian
}

func (p *Pages) do(r *http.Request, fn func(Tx) error) error {
	if err := p.Store.Do(r.Context(), p.Now(), fn); err != nil {
		return fmt.Errorf("public page: %w", err)
	}
	return nil
}
