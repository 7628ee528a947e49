package house

import (
	"context"
	"net/http"
	"time"

	"github.com/riverqueue/river"

	"tanggap/console"
	"tanggap/hotline"
	"tanggap/phrase"
	"tanggap/public"
	"tanggap/store"
)

// openPublic makes the citizens' pages. Without a web door there are none.
func (h *House) openPublic() (err error) {
	if h.door == nil {
		return nil
	}
	h.public, err = public.New(public.Options{
		Store:   publicStore{h.store},
		Regency: func() *hotline.Regency { return h.rooms.Load().regency },
		Book:    func() *phrase.Book { return h.rooms.Load().book },
		Now:     h.Clock.Now,
		Address: console.Address,
		Log:     h.log,
	})
	return err
}

// publicPages puts the citizens' pages behind the web door.
func (h *House) publicPages(mux *http.ServeMux) {
	if h.public == nil {
		return
	}
	for _, path := range h.public.Paths() {
		mux.Handle(path, h.public)
	}
}

// publicStore is the store as the citizens' pages see it.
type publicStore struct{ store *store.Store }

// Do runs a unit of work.
func (s publicStore) Do(ctx context.Context, now time.Time, fn func(public.Tx) error) error {
	return s.store.Do(ctx, now, func(t *store.Tx) error { return fn(t) })
}

// figuresEvery is how often it is seen whether another month may be told: soon after midnight, whenever the program was started.
const figuresEvery = time.Hour

func figuresJob() *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(figuresEvery),
		func() (river.JobArgs, *river.InsertOpts) { return figuresArgs{}, nil }, &river.PeriodicJobOpts{RunOnStart: true})
}

// figuresArgs are the making of the public figures.
type figuresArgs struct{}

// Kind names the job in the database.
func (figuresArgs) Kind() string { return "public_figures" }

// figuresWorker makes the public figures, once a month.
type figuresWorker struct {
	river.WorkerDefaults[figuresArgs]
	house *House
}

// Work makes them.
func (w *figuresWorker) Work(ctx context.Context, _ *river.Job[figuresArgs]) error {
	made, err := w.house.store.MakePublicFigures(ctx, w.house.Clock.Now())
	if made {
		w.house.log.Info("made the public figures")
	}
	return err
}
