package house

import (
	"context"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"tanggap/store"
)

// EraseAgain carries out again, in a database that was restored from a backup, the erasures that it does not know of. It tells how many there were. What the
// library of a channel keeps by itself is forgotten as soon as the service runs.
func EraseAgain(ctx context.Context, s *store.Store, now time.Time, recorded []store.Erased) (int, error) {
	client, err := river.NewClient(riverpgxv5.New(s.Pool()), &river.Config{}) // only to order jobs
	if err != nil {
		return 0, fmt.Errorf("set up jobs: %w", err)
	}
	s.SetJobs(&jobs{client: client})
	done := 0
	for _, e := range recorded {
		people := 0
		err := s.Do(ctx, now, func(t *store.Tx) (err error) {
			people, err = t.EraseAgain(ctx, e)
			return err
		})
		if err != nil {
			return done, err
		}
		if people > 0 {
			done++
		}
	}
	return done, nil
}
