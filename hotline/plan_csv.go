package hotline

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Visits come as a file of a spreadsheet, and a proposal goes out as one. Its first line names the columns, in any order; a line that begins
// with # is skipped. What is empty is as the programme has it: opens, closes and services. Several services are divided by "|". Fields are
// divided by commas or, as spreadsheets do here, by semicolons.

// VisitFileColumns are the columns of a file of visits.
var VisitFileColumns = []string{"programme", "date", "area", "venue", "opens", "closes", "services"}

// Bounds on a file of visits.
const (
	MaxVisitFile  = 256 << 10 // bytes
	MaxVisitLines = 1000
	MaxVenue      = 120 // letters
)

// MaxQuota is the most places that one service of a visit can have.
const MaxQuota = maxQuota

// A VisitThere is a visit that is there already: what an import would change of it.
type VisitThere struct {
	ID     VisitID
	Key    string // programme, date and area with a space between
	Venue  string
	Begins int
	Ends   int
	Booked bool // people have
}

// A VisitWrong is what is wrong with a line of a file of visits.
type VisitWrong string

// What can be wrong.
const (
	VisitWrongLine      VisitWrong = "line"      // it cannot be read, or has more fields than there are columns
	VisitWrongColumns   VisitWrong = "columns"   // a column is missing, or is none of VisitFileColumns
	VisitWrongMany      VisitWrong = "many"      // there are more than MaxVisitLines
	VisitWrongProgramme VisitWrong = "programme" // there is no such programme
	VisitWrongDate      VisitWrong = "date"      // it is no date
	VisitWrongPast      VisitWrong = "past"      // the date has been
	VisitWrongPeriod    VisitWrong = "period"    // the programme has not begun then, or is over
	VisitWrongHoliday   VisitWrong = "holiday"   // nobody works on that day. The visit can be made all the same
	VisitWrongArea      VisitWrong = "area"      // there is no such place, or several are called so
	VisitWrongLevel     VisitWrong = "level"     // the programme comes to villages, or to kecamatan, or not to this one
	VisitWrongVenue     VisitWrong = "venue"     // it is missing, or too long
	VisitWrongTime      VisitWrong = "time"      // it is no time of day, or the end is before the beginning
	VisitWrongService   VisitWrong = "service"   // the programme does not bring it
	VisitWrongTwice     VisitWrong = "twice"     // the same place on the same day stands in a line before
)

// Warns tells whether the visit can be made all the same.
func (w VisitWrong) Warns() bool { return w == VisitWrongHoliday }

// A VisitProblem is one thing that is wrong, and the word of the file that is.
type VisitProblem struct {
	Wrong VisitWrong
	Value string // as written; VisitWrongTwice: the number of the other line
}

// A VisitLine is one line of a file of visits, read.
type VisitLine struct {
	Line     int // in the file, from 1
	Visit    Visit
	Problems []VisitProblem
}

// OK tells whether the visit can be made.
func (l VisitLine) OK() bool {
	return !slices.ContainsFunc(l.Problems, func(p VisitProblem) bool { return !p.Wrong.Warns() })
}

func (l *VisitLine) wrong(w VisitWrong, value string) {
	l.Problems = append(l.Problems, VisitProblem{w, value})
}

// ReadVisitFile reads a file of visits. today is the local date before which no visit can be; empty: any can. Every line that is not empty or
// a remark is given, with all that is wrong with it; where the columns cannot be known there is one line with that.
func (r *Regency) ReadVisitFile(text, today string) []VisitLine {
	text = strings.TrimPrefix(strings.ToValidUTF8(text, "?"), "\ufeff")
	in := csv.NewReader(strings.NewReader(text))
	in.Comma = divider(text)
	in.Comment = '#'
	in.FieldsPerRecord = -1
	in.TrimLeadingSpace = true
	in.LazyQuotes = true
	var lines []VisitLine
	var columns []string
	seen := map[string]int{}
	for {
		fields, err := in.Read()
		if errors.Is(err, io.EOF) {
			if columns == nil {
				lines = append(lines, VisitLine{Line: 1, Problems: []VisitProblem{{Wrong: VisitWrongColumns}}})
			}
			return lines
		}
		var parse *csv.ParseError
		switch {
		case errors.As(err, &parse):
			lines = append(lines, VisitLine{Line: parse.Line, Problems: []VisitProblem{{Wrong: VisitWrongLine}}})
			return lines // what follows belongs to it
		case err != nil:
			return append(lines, VisitLine{Problems: []VisitProblem{{Wrong: VisitWrongLine}}})
		}
		at, _ := in.FieldPos(0)
		if strings.TrimSpace(strings.Join(fields, "")) == "" {
			continue
		}
		if columns == nil {
			var wrong string
			if columns, wrong = visitFileHead(fields); columns == nil {
				return []VisitLine{{Line: at, Problems: []VisitProblem{{VisitWrongColumns, wrong}}}}
			}
			continue
		}
		if len(lines) == MaxVisitLines {
			return append(lines, VisitLine{Line: at, Problems: []VisitProblem{{Wrong: VisitWrongMany}}})
		}
		line := VisitLine{Line: at}
		if len(fields) > len(columns) && strings.TrimSpace(strings.Join(fields[len(columns):], "")) != "" {
			line.wrong(VisitWrongLine, fields[len(columns)])
		}
		field := map[string]string{}
		for i, name := range columns {
			if i < len(fields) {
				field[name] = strings.Join(strings.Fields(fields[i]), " ")
			}
		}
		r.readVisitLine(&line, field, today)
		key := line.Visit.Programme + " " + line.Visit.Date + " " + line.Visit.Area
		if first, twice := seen[key]; twice && line.OK() {
			line.wrong(VisitWrongTwice, fmt.Sprint(first))
		} else if line.OK() {
			seen[key] = at
		}
		lines = append(lines, line)
	}
}

// divider tells what divides the fields: it stands in the line that names the columns.
func divider(text string) rune {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			if strings.Count(line, ";") > strings.Count(line, ",") {
				return ';'
			}
			if strings.Count(line, "\t") > strings.Count(line, ",") {
				return '\t'
			}
			break
		}
	}
	return ','
}

// visitFileHead reads the line that names the columns; nil where it is wrong, with the word that is.
func visitFileHead(fields []string) ([]string, string) {
	columns := make([]string, 0, len(fields))
	for _, f := range fields {
		name := strings.ToLower(strings.TrimSpace(f))
		if name != "" && (!slices.Contains(VisitFileColumns, name) || slices.Contains(columns, name)) {
			return nil, f
		}
		columns = append(columns, name)
	}
	for _, need := range VisitFileColumns[:4] { // the others may be missing
		if !slices.Contains(columns, need) {
			return nil, need
		}
	}
	return columns, ""
}

func (r *Regency) readVisitLine(line *VisitLine, field map[string]string, today string) {
	g, ok := r.ProgrammeByID(field["programme"])
	if !ok {
		line.wrong(VisitWrongProgramme, field["programme"])
	}
	date := visitDate(field["date"])
	switch {
	case date == "":
		line.wrong(VisitWrongDate, field["date"])
	case date < today:
		line.wrong(VisitWrongPast, date)
	case ok && (date < g.From || g.Until != "" && date > g.Until):
		line.wrong(VisitWrongPeriod, date)
	case !r.Calendars[""].WorkDay(minuteOf(date, 12*60, r.zone())):
		line.wrong(VisitWrongHoliday, date)
	}
	area, found := r.visitArea(g, field["area"])
	switch {
	case !found:
		line.wrong(VisitWrongArea, field["area"])
	case ok && !r.Reaches(g, area):
		line.wrong(VisitWrongLevel, area.Name)
	}
	venue := field["venue"]
	if venue == "" || len([]rune(venue)) > MaxVenue {
		line.wrong(VisitWrongVenue, venue)
	}
	hours := g.Hours
	for _, x := range []struct {
		value string
		to    *int
	}{{field["opens"], &hours.From}, {field["closes"], &hours.Until}} {
		if x.value == "" {
			continue
		}
		minute, ok := ParseMinute(x.value)
		if !ok {
			line.wrong(VisitWrongTime, x.value)
			return
		}
		*x.to = minute
	}
	if hours.From >= hours.Until && ok {
		line.wrong(VisitWrongTime, hours.String())
		return
	}
	var only []string
	for s := range strings.SplitSeq(field["services"], "|") {
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		if !slices.ContainsFunc(g.Services, func(p ProgrammeService) bool { return p.Service == s }) {
			line.wrong(VisitWrongService, s)
		}
		only = append(only, s)
	}
	if line.OK() {
		line.Visit = r.VisitWith(g, date, area.Code, venue, hours, only)
	}
}

// VisitWith makes the visit of a programme with its own venue, hours (zero: the programme's) and services (none: all of the programme's). Time
// windows that do not lie within the hours are left out; where none is left, the service has one, the hours.
func (r *Regency) VisitWith(g Programme, date, area, venue string, hours Window, only []string) Visit {
	if hours != (Window{}) && hours != g.Hours {
		g.Hours = hours
		g.Services = slices.Clone(g.Services)
		for i, s := range g.Services {
			g.Services[i].Windows = slices.DeleteFunc(slices.Clone(s.Windows), func(w Window) bool { return w.From < hours.From || w.Until > hours.Until })
		}
	}
	if len(only) > 0 {
		g.Services = slices.DeleteFunc(slices.Clone(g.Services), func(s ProgrammeService) bool { return !slices.Contains(only, s.Service) })
	}
	v := r.NewVisit(g, date, area)
	v.Venue = venue
	return v
}

// visitDate reads a date as people and their spreadsheets write it, the day before the month; empty where it is none.
func visitDate(s string) string {
	for _, layout := range []string{time.DateOnly, "2/1/2006", "2-1-2006", "2.1.2006"} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() >= 2000 && t.Year() < 2200 {
			return t.Format(time.DateOnly)
		}
	}
	return ""
}

// visitArea finds a place by its code, or by its name where only one of those that a programme comes to is called so.
func (r *Regency) visitArea(g Programme, s string) (Area, bool) {
	if a, ok := r.Area(s); ok {
		return a, true
	}
	name := strings.Join(Words(s), " ")
	var found []Area
	for _, a := range r.Areas {
		if name != "" && strings.Join(Words(a.Name), " ") == name && r.Reaches(g, a) {
			found = append(found, a)
		}
	}
	if len(found) != 1 {
		return Area{}, false
	}
	return found[0], true
}

// ParseMinute reads a time of day, "08:00" or "8.30", as the minute of the day.
func ParseMinute(s string) (int, bool) {
	t, err := time.Parse("15:04", strings.ReplaceAll(s, ".", ":"))
	if err != nil {
		return 0, false
	}
	return t.Hour()*60 + t.Minute(), true
}

// VenueFor names the house in which a programme is most often received: of a village, or of a kecamatan.
func VenueFor(a Area) string {
	switch a.Level {
	case LevelKecamatan:
		return "Kantor Kecamatan " + a.Name
	case LevelKelurahan:
		return "Kantor Kelurahan " + a.Name
	case LevelDesa, LevelRegency:
	}
	return "Balai Desa " + a.Name
}

// WriteVisitFile writes visits of a programme as a file that ReadVisitFile takes. What is as the programme has it is left empty.
func (r *Regency) WriteVisitFile(w io.Writer, visits []Visit) error {
	out := csv.NewWriter(w)
	if err := out.Write(VisitFileColumns); err != nil {
		return fmt.Errorf("write visits: %w", err)
	}
	for _, v := range visits {
		g, _ := r.ProgrammeByID(v.Programme)
		opens, closes, services := "", "", ""
		if v.Hours != g.Hours {
			opens, closes = minuteText(v.Hours.From), minuteText(v.Hours.Until)
		}
		if len(v.Counters) > 0 && len(v.Counters) < len(g.Services) {
			var ids []string
			for _, c := range v.Counters {
				ids = append(ids, c.Service)
			}
			services = strings.Join(ids, "|")
		}
		if err := out.Write([]string{v.Programme, v.Date, v.Area, v.Venue, opens, closes, services}); err != nil {
			return fmt.Errorf("write visits: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write visits: %w", err)
	}
	return nil
}

func minuteText(m int) string { return fmt.Sprintf("%02d:%02d", m/60, m%60) }

// ProposedVisits makes the visits that a proposal means, with the house in which each is most often received.
func (r *Regency) ProposedVisits(g Programme, p Proposal) []Visit {
	out := make([]Visit, len(p.Visits))
	for i, x := range p.Visits {
		a, _ := r.Area(x.Area)
		out[i] = r.NewVisit(g, x.Date, x.Area)
		out[i].Venue = VenueFor(a)
	}
	return out
}

// ProgrammeOn gives the programme that is under way on a date, or the next to begin, or the last that ended; false: there is none.
func (r *Regency) ProgrammeOn(today string) (Programme, bool) {
	if len(r.Programmes) == 0 {
		return Programme{}, false
	}
	rank := func(g Programme) int {
		switch {
		case g.Until != "" && g.Until < today:
			return 2
		case g.From > today:
			return 1
		}
		return 0
	}
	return slices.MinFunc(r.Programmes, func(a, b Programme) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.From, b.From))
	}), true
}

// A VisitAsk says which visits a list shows: zero fields say nothing.
type VisitAsk struct {
	From, Until string // dates, both inclusive
	Programme   string
	Office      string
	State       VisitState
	Offices     bool // the days of offices; else the visits of programmes
	Limit       int  // 0: 100
}

// A VisitReach is whom it concerns that a visit is moved or cancelled.
type VisitReach struct {
	Bookings int // places, and waits for one
	People   int // who hear of it in chat
	Silent   int // of the bookings, those of which nobody hears
}
