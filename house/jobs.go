package house

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"tanggap/bot/whatsapp"
	"tanggap/hotline"
	"tanggap/media"
	"tanggap/store"
)

// jobs are what is done after a commit and tried again until it succeeds: the fetching of media. River keeps them, in the same database, so
// that a job is made by the very transaction that needs it.
type jobs struct {
	house  *House
	client *river.Client[pgx.Tx]
}

// mediaWorkers is how many media are fetched at once: each may be 20 MB in memory.
const mediaWorkers = 2

func newJobs(h *House) (*jobs, error) {
	j := &jobs{house: h}
	workers := river.NewWorkers()
	river.AddWorker(workers, &fetchWorker{house: h})
	river.AddWorker(workers, &pruneWorker{house: h})
	river.AddWorker(workers, &forgetWorker{house: h})
	river.AddWorker(workers, &figuresWorker{house: h})
	client, err := river.NewClient(riverpgxv5.New(h.store.Pool()), &river.Config{
		Workers: workers,
		Queues:  map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: mediaWorkers}},
		// NOTIFY in the transaction of a turn would cost most of its speed: jobs are polled for.
		PollOnly: true,
		PeriodicJobs: []*river.PeriodicJob{river.NewPeriodicJob(river.PeriodicInterval(24*time.Hour),
			func() (river.JobArgs, *river.InsertOpts) { return pruneArgs{}, nil }, &river.PeriodicJobOpts{RunOnStart: true}), figuresJob()},
		FetchPollInterval: 250 * time.Millisecond,
		FetchCooldown:     50 * time.Millisecond,
		JobTimeout:        2 * time.Minute,
		MaxAttempts:       fetchAttempts,
		Logger:            slog.New(quiet{h.log.Handler(), &lately{said: map[string]time.Time{}}}),
	})
	if err != nil {
		return nil, fmt.Errorf("set up jobs: %w", err)
	}
	j.client = client
	return j, nil
}

// quiet lets only warnings and worse of river's own log through, and of the same only one a minute: while Postgres is away it says so four times a
// second, at the level of an error, although it goes on by itself.
type quiet struct {
	slog.Handler
	lately *lately
}

// lately remembers when something was last said.
type lately struct {
	mu   sync.Mutex
	said map[string]time.Time
}

const quietFor = time.Minute

func (l *lately) first(what string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if time.Since(l.said[what]) < quietFor {
		return false
	}
	l.said[what] = time.Now()
	return true
}

// Handle says it, unless it was said just now.
func (q quiet) Handle(ctx context.Context, r slog.Record) error {
	if !q.lately.first(r.Message) {
		return nil
	}
	r.Level = min(r.Level, slog.LevelWarn)
	return q.Handler.Handle(ctx, r)
}

func (q quiet) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && q.Handler.Enabled(ctx, l)
}
func (q quiet) WithAttrs(a []slog.Attr) slog.Handler { return quiet{q.Handler.WithAttrs(a), q.lately} }
func (q quiet) WithGroup(n string) slog.Handler      { return quiet{q.Handler.WithGroup(n), q.lately} }

// Run works until ctx ends, then finishes the jobs under way.
func (j *jobs) Run(ctx context.Context) error {
	// River starts only while Postgres answers; until then the rest of the house waits for Postgres too.
	for {
		err := j.client.Start(context.WithoutCancel(ctx))
		if err == nil {
			break
		}
		j.house.log.Warn("jobs not started; trying again", "error", err)
		if !wait(ctx, 2*time.Second) {
			return nil
		}
	}
	<-ctx.Done()
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := j.client.Stop(stop); err != nil {
		cut, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		if err := j.client.StopAndCancel(cut); err != nil {
			return fmt.Errorf("stop jobs: %w", err)
		}
	}
	return nil
}

// FetchMedia orders media to be fetched, in the transaction that promised them.
func (j *jobs) FetchMedia(ctx context.Context, tx pgx.Tx, ids []hotline.MediaID) error {
	params := make([]river.InsertManyParams, len(ids))
	for i, id := range ids {
		params[i] = river.InsertManyParams{Args: fetchArgs{Media: id}}
	}
	_, err := j.client.InsertManyFastTx(ctx, tx, params)
	return err
}

// fetchArgs name a medium to be fetched.
type fetchArgs struct {
	Media hotline.MediaID `json:"media"`
}

// Kind names the job in the database.
func (fetchArgs) Kind() string { return "fetch_media" }

// fetchAttempts is how often a medium is asked for before it is given up, over about two days.
const fetchAttempts = 16

// fetchWorker brings a medium from its network, looks at what it is, and keeps it: the original sealed, and a clean copy for others.
type fetchWorker struct {
	river.WorkerDefaults[fetchArgs]
	house *House
}

// Work fetches one medium.
func (w *fetchWorker) Work(ctx context.Context, job *river.Job[fetchArgs]) error {
	s, id := w.house.store, job.Args.Media
	m, err := s.MediaToFetch(ctx, id)
	if errors.Is(err, hotline.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	data, err := w.fetch(ctx, m)
	if errors.Is(err, errElsewhere) {
		return river.JobSnooze(elsewhereWait)
	}
	switch {
	case errors.Is(err, hotline.ErrTooBig):
		return s.LoseMedia(ctx, id, true, "too big")
	case errors.Is(err, hotline.ErrNoFile):
		return s.LoseMedia(ctx, id, false, "no longer at the network")
	case err != nil && job.Attempt >= fetchAttempts:
		return s.LoseMedia(ctx, id, false, "could not be fetched")
	case err != nil:
		return err
	}
	found, err := media.Examine(m.Kind, data)
	if err != nil {
		return s.LoseMedia(ctx, id, true, err.Error())
	}
	return s.SaveMedia(ctx, id, found.Mime, data, found.Clean)
}

// errElsewhere says that only the instance that holds the account can fetch.
var errElsewhere = errors.New("another instance holds the account")

// elsewhereWait is after how long it is seen whether that is us by now, or whether the holder has taken the job.
const elsewhereWait = 2 * time.Second

func (w *fetchWorker) fetch(ctx context.Context, m store.PendingMedia) ([]byte, error) {
	a := w.house.of(m.Channel, m.Account)
	if a == nil {
		return nil, fmt.Errorf("the account of channel %q is not here", m.Channel)
	}
	if a.alone && !w.house.has(a.name()) {
		return nil, errElsewhere
	}
	body, size, err := a.network.Fetch(ctx, m.Ref)
	if err != nil {
		return nil, err
	}
	defer body.Close() //nolint:errcheck // only read
	data := make([]byte, 0, min(max(size, 512), hotline.MaxMedia)+512)
	return readAll(body, data)
}

// ForgetPeers orders the channels to forget people, in the transaction that erased them.
func (j *jobs) ForgetPeers(ctx context.Context, tx pgx.Tx, ids []hotline.AddressID) error {
	_, err := j.client.InsertTx(ctx, tx, forgetArgs{Addresses: ids}, nil)
	return err
}

// forgetArgs name the addresses of somebody who was erased.
type forgetArgs struct {
	Addresses []hotline.AddressID `json:"addresses"`
}

// Kind names the job in the database.
func (forgetArgs) Kind() string { return "forget_peers" }

// forgetWorker deletes what the library of a channel keeps of people by itself.
type forgetWorker struct {
	river.WorkerDefaults[forgetArgs]
	house *House
}

// Work deletes it.
func (w *forgetWorker) Work(ctx context.Context, job *river.Job[forgetArgs]) error {
	addresses, err := w.house.store.Addresses(ctx, job.Args.Addresses)
	if err != nil {
		return err
	}
	for _, a := range addresses {
		if a.Channel != hotline.WhatsApp {
			continue
		}
		if w.house.numbers == nil {
			return river.JobSnooze(24 * time.Hour) // until the channel is switched on again
		}
		if err := whatsapp.Forget(ctx, w.house.numbers.db, a.Peer); err != nil {
			return err
		}
	}
	return nil
}

// pruneArgs are the daily cleaning.
type pruneArgs struct{}

// Kind names the job in the database.
func (pruneArgs) Kind() string { return "prune" }

// pruneWorker deletes once a day what has outlived its use.
type pruneWorker struct {
	river.WorkerDefaults[pruneArgs]
	house *House
}

// Work deletes it.
func (w *pruneWorker) Work(ctx context.Context, _ *river.Job[pruneArgs]) error {
	n, err := w.house.store.Prune(ctx)
	if err == nil && n > 0 {
		w.house.log.Info("deleted what has outlived its use", "rows", n)
	}
	return err
}

// readAll reads to the end into buf, which spares the doubling of io.ReadAll where the size is known.
func readAll(r io.Reader, buf []byte) ([]byte, error) {
	for {
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		switch {
		case errors.Is(err, io.EOF):
			return buf, nil
		case err != nil:
			return nil, err
		case len(buf) > hotline.MaxMedia:
			return nil, hotline.ErrTooBig
		}
	}
}
