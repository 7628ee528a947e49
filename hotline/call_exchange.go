package hotline

import (
	"maps"
	"time"
)

// An ExchangeState is what a telephone exchange says of a call.
type ExchangeState string

// The states an exchange reports.
const (
	ExchangeRinging  ExchangeState = "ringing"
	ExchangeAnswered ExchangeState = "answered"
	ExchangeEnded    ExchangeState = "ended"
)

// An ExchangeReport is one report of a telephone exchange. Reports come late, twice and out of order.
type ExchangeReport struct {
	Call   string // the exchange's name for the call
	State  ExchangeState
	At     time.Time
	Number string // the caller's; empty: withheld, or no SIM
}

// Valid tells whether a report can be used.
func (e ExchangeReport) Valid() bool {
	switch e.State {
	case ExchangeRinging, ExchangeAnswered, ExchangeEnded:
		return e.Call != "" && len(e.Call) <= 128 && len(e.Number) <= MaxCallNumber && !e.At.IsZero()
	}
	return false
}

// exchangeWriter is the writer of what the exchange said.
const exchangeWriter = "exchange"

// Report takes a report into the call. Of several reports of one state the earliest counts, so that their order does not matter, nor how often they come.
// What the exchange says of the times stands above what an operator typed or the keys told; the number only fills an empty field. It tells whether
// anything changed. A closed record still learns its times: the caller often hangs up after it.
func (c Call) Report(e ExchangeReport) (Call, bool) {
	at, number := e.At.UTC().Truncate(time.Second), printable(e.Number)
	next := c
	next.Stamps = maps.Clone(c.Stamps)
	if next.Stamps == nil {
		next.Stamps = map[CallField]CallStamp{}
	}
	changed := false
	take := func(f CallField) {
		next.Stamps[f], changed = CallStamp{c.Version + 1, exchangeWriter}, true
	}
	when := func(to *time.Time, f CallField) {
		if heard := c.Stamps[f].Writer == exchangeWriter; !heard || at.Before(*to) {
			*to = at
			take(f)
		}
	}
	switch e.State {
	case ExchangeRinging:
		when(&next.Rang, CallFieldRang)
	case ExchangeAnswered:
		when(&next.Answered, CallFieldAnswered)
	case ExchangeEnded:
		when(&next.Ended, CallFieldEnded)
	}
	if c.Number == "" && number != "" && c.IsOpen() && !c.Erased {
		next.Number = number
		take(CallFieldNumber)
	}
	if !changed {
		return c, false
	}
	next.Version++
	return next, true
}
