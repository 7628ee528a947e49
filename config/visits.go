package config

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"tanggap/hotline"
)

// visitsFile holds the visits of programmes that a regency proposes to begin with. They are imported once; from then on the database has them.
const visitsFile = "visits.csv"

var visitColumns = []string{"programme", "date", "area", "venue", "opens", "closes", "services"}

const maxVisits = 5000

// Visits gives the visits.csv of a regency, by name as Regency takes it: one that ships with the program, or a folder. Without one the error is
// fs.ErrNotExist.
func Visits(name string) ([]byte, error) {
	if slices.Contains(Shipped(), name) {
		return shipped.ReadFile(path.Join("regencies", name, visitsFile))
	}
	data, err := fs.ReadFile(os.DirFS(name), visitsFile)
	if err != nil {
		return nil, fmt.Errorf("visits of %s: %w", name, err)
	}
	return data, nil
}

// checkVisits looks at visits.csv, which may be missing: whether every visit is one of a programme, on a day and at a place that it comes to.
func (r *reader) checkVisits() {
	data, ok := r.read(visitsFile, maxTable, false)
	if !ok {
		return
	}
	rows := csv.NewReader(bytes.NewReader(data))
	if head := firstRow(data); bytes.Count(head, []byte(";")) > bytes.Count(head, []byte(",")) {
		rows.Comma = ';'
	}
	rows.Comment = '#'
	rows.TrimLeadingSpace = true
	head, err := rows.Read()
	columns, ok := visitHead(head)
	if err != nil || !ok {
		r.wrong(spot{file: visitsFile, line: 1}, "has not the head line of visits", "begin with "+strings.Join(visitColumns, ","))
		return
	}
	if r.unread[areaKind] || r.unread[programmeKind] || r.unread[serviceKind] {
		return
	}
	seen := map[string]spot{}
	for n := 0; len(r.problems) <= maxProblems; n++ {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		at := func(i int) spot {
			line, col := rows.FieldPos(columns[i])
			return spot{visitsFile, line, col}
		}
		var wrong *csv.ParseError
		switch {
		case errors.As(err, &wrong):
			r.wrong(spot{visitsFile, wrong.Line, wrong.Column}, oneLine(wrong.Err.Error()), "every row needs as many columns as the head line, and quotes in pairs")
			return
		case err != nil:
			r.wrong(spot{file: visitsFile}, oneLine(err.Error()), "")
			return
		case n == maxVisits:
			r.wrong(at(0), fmt.Sprintf("more than %d visits", maxVisits), "remove the old ones")
			return
		}
		in := row
		row = make([]string, len(columns))
		for i, column := range columns {
			row[i] = strings.TrimSpace(in[column])
		}
		if before, twice := seen[strings.Join(row[:3], "\n")]; twice {
			r.wrong(at(0), "the visit is there twice, first at "+before.String(), "remove one of them")
			continue
		}
		seen[strings.Join(row[:3], "\n")] = at(0)
		r.checkVisit(row, at)
	}
}

// visitHead finds where in a row each of visitColumns stands.
func visitHead(head []string) (columns []int, ok bool) {
	for _, name := range visitColumns {
		i := slices.IndexFunc(head, func(h string) bool { return strings.EqualFold(strings.TrimSpace(h), name) })
		if i < 0 {
			return nil, false
		}
		columns = append(columns, i)
	}
	return columns, len(head) == len(visitColumns)
}

func (r *reader) checkVisit(row []string, at func(int) spot) {
	programmes := map[string]hotline.Programme{}
	var ids []string
	for _, g := range r.out.Programmes {
		programmes[g.ID] = g
		ids = append(ids, g.ID)
	}
	g, ok := programmes[row[0]]
	if !ok {
		r.wrong(at(0), "there is no programme "+quote(row[0]), suggest(row[0], ids, "name one of programmes.yaml"))
		return
	}
	r.checkVisitDay(g, row[1], at(1))
	i := slices.IndexFunc(r.out.Areas, func(a hotline.Area) bool { return a.Code == row[2] })
	switch {
	case i < 0:
		r.wrong(at(2), "there is no area "+quote(row[2]), "name the code of a place in "+areasFile)
	case (r.out.Areas[i].Level == hotline.LevelKecamatan) != (g.Level == hotline.LevelKecamatan) || r.out.Areas[i].Level == hotline.LevelRegency:
		r.wrong(at(2), fmt.Sprintf("%s is a %s, and the programme comes to level %s", r.out.Areas[i].Name, r.out.Areas[i].Level, g.Level), "name a place of that level")
	case len(g.Places) > 0 && !slices.Contains(g.Places, row[2]):
		r.wrong(at(2), r.out.Areas[i].Name+" is none of the programme's places", "mend the code, or add it to places in programmes.yaml")
	}
	if row[3] == "" {
		r.wrong(at(3), "there is no venue", "write where people go: Balai Desa Tegalsambi")
	}
	hours := g.Hours
	for i, to := range []*int{&hours.From, &hours.Until} {
		if clock := row[4+i]; clock != "" {
			minute, ok := parseClock(clock)
			if !ok {
				r.wrong(at(4+i), quote(clock)+" is no time of day", "write it from 00:00 to 24:00")
				return
			}
			*to = minute
		}
	}
	if hours.Until <= hours.From {
		r.wrong(at(4), "the visit closes before it opens", "mend one of the times")
	}
	for id := range strings.SplitSeq(row[6], "|") {
		if id = strings.TrimSpace(id); id != "" && !slices.ContainsFunc(g.Services, func(s hotline.ProgrammeService) bool { return s.Service == id }) {
			r.wrong(at(6), fmt.Sprintf("service %s is none of the programme's", quote(id)), "name those of programmes.yaml, parted by |")
		}
	}
}

// checkVisitDay looks whether the programme comes on that day.
func (r *reader) checkVisitDay(g hotline.Programme, date string, at spot) {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		r.wrong(at, quote(date)+" is no date", "write year-month-day: 2026-08-17")
		return
	}
	switch c := r.out.Calendars[""]; {
	case g.From != "" && date < g.From || g.Until != "" && date > g.Until:
		r.wrong(at, date+" is not within the programme's days", "mend it, or from and until in programmes.yaml")
	case len(g.Rhythm.Weekdays) > 0 && !slices.Contains(g.Rhythm.Weekdays, day.Weekday()):
		r.problem(at, Warning, date+" is a "+weekdays[day.Weekday()]+", on which the programme does not come", "move it, or mend weekdays in programmes.yaml")
	case c.Holidays[date].Date != "":
		r.problem(at, Warning, date+" is a holiday: "+oneLine(c.Holidays[date].Name), "move the visit")
	case len(g.Rhythm.Weekdays) == 0 && len(c.Week[day.Weekday()]) == 0:
		r.problem(at, Warning, date+" is a "+weekdays[day.Weekday()]+", and nobody works then", "move it, or name weekdays in programmes.yaml")
	}
}
