package hotline

import "time"

// This file is the figures of the last thirty days, as the board's charts show them to a viewer: of the cases they may see, and no others.

// ChartDays is how many days the charts show, today among them.
const ChartDays = 30

// Charts are those figures.
type Charts struct {
	Days     []ChartDay // the earliest first
	Median   float64    // hours to the first answer, of all that had theirs within the days; NoAnswer: none had
	Sources  []ChartSource
	Ratings  [5]int // how many cases that ended within the days were rated 1 … 5
	Agencies []ChartAgency
}

// NoAnswer stands for a median of nothing.
const NoAnswer = -1

// A ChartDay is one day.
type ChartDay struct {
	Day   time.Time // its beginning, local
	Filed int
	Ended int     // with an outcome
	First float64 // the median of hours from filing to the first answer, of the first answers given on that day; NoAnswer
}

// A ChartSource is how many cases of the days came in one way.
type ChartSource struct {
	Source Source
	N      int
}

// A ChartAgency is how much an agency has to do now: parts of cases that wait or are taken.
type ChartAgency struct {
	Agency string
	Open   int
	Late   int
}

// ChartStarts gives the beginnings of the days that charts show at now, the earliest first.
func (r *Regency) ChartStarts(now time.Time) []time.Time {
	local := now.In(r.zone())
	days := make([]time.Time, ChartDays)
	for i := range days {
		days[i] = time.Date(local.Year(), local.Month(), local.Day()-ChartDays+1+i, 0, 0, 0, 0, r.zone())
	}
	return days
}

// Filed is how many cases were filed within the days.
func (c Charts) Filed() (n int) {
	for _, d := range c.Days {
		n += d.Filed
	}
	return n
}

// Ended is how many ended with an outcome.
func (c Charts) Ended() (n int) {
	for _, d := range c.Days {
		n += d.Ended
	}
	return n
}

// Rated is how many were rated.
func (c Charts) Rated() (n int) {
	for _, k := range c.Ratings {
		n += k
	}
	return n
}

// Empty tells whether there is nothing to show.
func (c Charts) Empty() bool {
	return c.Filed() == 0 && c.Ended() == 0 && c.Median < 0 && len(c.Agencies) == 0
}

// Stars is the mean of the ratings; zero: none.
func (c Charts) Stars() float64 {
	sum, n := 0, c.Rated()
	if n == 0 {
		return 0
	}
	for i, k := range c.Ratings {
		sum += (i + 1) * k
	}
	return float64(sum) / float64(n)
}

// Most is the largest number of a list's rows, for bars that are drawn against it; at least one.
func (c Charts) Most() (sources, ratings, agencies int) {
	sources, ratings, agencies = 1, 1, 1
	for _, s := range c.Sources {
		sources = max(sources, s.N)
	}
	for _, n := range c.Ratings {
		ratings = max(ratings, n)
	}
	for _, a := range c.Agencies {
		agencies = max(agencies, a.Open)
	}
	return sources, ratings, agencies
}
