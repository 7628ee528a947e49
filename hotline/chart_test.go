package hotline

import (
	"testing"
	"time"
)

// The days are those of the regency, whole ones, and today is the last.
func TestTheDaysOfCharts(t *testing.T) {
	t.Parallel()
	r := tiny(t)
	for _, now := range []time.Time{
		time.Date(2026, 11, 23, 17, 30, 0, 0, time.UTC), // half past midnight of the 24th, further east
		time.Date(2026, 3, 1, 2, 0, 0, 0, time.UTC),
	} {
		days := r.ChartStarts(now)
		if len(days) != ChartDays {
			t.Fatalf("%d days", len(days))
		}
		last := days[len(days)-1]
		if now.Before(last) || !now.Before(last.AddDate(0, 0, 1)) || last.Hour() != 0 {
			t.Errorf("at %v the last day begins at %v", now, last)
		}
		for i := 1; i < len(days); i++ {
			if !days[i].Equal(days[i-1].AddDate(0, 0, 1)) {
				t.Errorf("after %v comes %v", days[i-1], days[i])
			}
		}
	}
	c := Charts{Median: NoAnswer}
	if !c.Empty() || c.Stars() != 0 {
		t.Error("nothing is something")
	}
	c.Ratings = [5]int{1, 0, 0, 0, 3}
	if c.Stars() != 4 || c.Rated() != 4 {
		t.Errorf("%v stars of %d", c.Stars(), c.Rated())
	}
}
