package demo

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"tanggap/hotline"
	"tanggap/store"
)

// report shows what is left of the story: the case's history from Postgres, and the units' worklists from Redis.
func (s *stage) report(ctx context.Context, st *story) error {
	var past []string
	cases := map[hotline.AssignmentID]hotline.Case{}
	total := 0
	err := s.house.Store().Do(ctx, time.Now(), func(tx *store.Tx) error {
		c, err := tx.CaseByNumber(ctx, st.number)
		if err != nil {
			return fmt.Errorf("read case %s: %w", st.number, err)
		}
		if past, err = s.history(ctx, tx, c); err != nil {
			return err
		}
		all, err := tx.AllCases(ctx)
		if err != nil {
			return err
		}
		total = len(all)
		clear(cases)
		for _, c := range all {
			for _, a := range c.Assignments {
				cases[a.ID] = c
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.screen.head("What Postgres keeps of %s", st.number)
	for _, l := range past {
		for i, l := range wrap(l, s.screen.width-12) {
			if i > 0 {
				l = "         " + l
			}
			s.screen.line("  %s", l)
		}
	}
	s.screen.head("What waits in Redis, unit by unit (%s in all)", count(total, "case", "cases"))
	return s.worklists(ctx, cases)
}

// history puts a case's events into words, a line each.
func (s *stage) history(ctx context.Context, tx *store.Tx, c hotline.Case) ([]string, error) {
	events, said, err := tx.History(ctx, c.ID)
	if err != nil {
		return nil, fmt.Errorf("read the history of %s: %w", c.Number, err)
	}
	names := map[hotline.PersonID]string{0: "Tanggap"}
	var lines []string
	for _, e := range events {
		if _, known := names[e.By]; !known {
			p, err := tx.Person(ctx, e.By)
			if err != nil {
				return nil, fmt.Errorf("read who took part: %w", err)
			}
			names[e.By] = cmp.Or(strings.Join(strings.Fields(p.Name), " "), fmt.Sprintf("person %d", e.By))
		}
		lines = append(lines, fmt.Sprintf("%s %s", e.At.In(s.zone).Format("15:04:05"), s.happened(e, names[e.By], said[e.Content])))
	}
	return lines, nil
}

// happened puts an event into words.
func (s *stage) happened(e hotline.Event, who string, said hotline.Content) string {
	by := func(what string) string {
		if e.Due.IsZero() {
			return ""
		}
		return ", " + what + " " + s.moment(e.Due)
	}
	var text string
	switch e.Kind {
	case hotline.EvFiled:
		text = fmt.Sprintf("filed %s, %s, %s%s", article(string(e.CaseKind)), s.category(e.Category), s.area(e.Area), by("an outcome promised by"))
	case hotline.EvAssigned:
		text = fmt.Sprintf("assigned it to %s (%s)%s", s.unit(e.Unit), e.Part, by("to be taken by"))
	case hotline.EvTaken:
		text = "took it" + by("an outcome due")
	case hotline.EvAsked:
		text = "asked the reporter" + by("who may answer until")
	case hotline.EvTold:
		text = "answered"
	case hotline.EvDetailed:
		text = "said more"
		if e.Word != "" {
			text += ": " + s.detail(e.Word)
		}
	case hotline.EvResolved:
		text = "resolved it"
	case hotline.EvRated:
		text = fmt.Sprintf("rated it %d of 5", e.Value)
	default:
		text = strings.ReplaceAll(string(e.Kind), "_", " ") + by("due")
	}
	text = who + " " + text
	if said.Text != "" {
		text += ": “" + strings.Join(strings.Fields(said.Text), " ") + "”"
	}
	if said.Point != nil {
		text += ", with the place on the map"
	}
	if n := len(said.Media); n > 0 {
		text += ", with " + count(n, "photo", "photos")
	}
	return text
}

func article(noun string) string {
	if noun != "" && strings.ContainsRune("aeio", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}

func (s *stage) moment(t time.Time) string { return t.In(s.zone).Format("Mon 2 Jan 15:04") }

func (s *stage) category(id string) string {
	c, ok := s.Regency.Category(id)
	if !ok {
		return "matter not known"
	}
	return c.Name.In(hotline.Indonesian)
}

func (s *stage) area(code string) string {
	a, ok := s.Regency.Area(code)
	if !ok {
		return "place not known"
	}
	return a.Name
}

// detail gives the answer to a category's question, "milik/kab", as it was read on the button.
func (s *stage) detail(word string) string {
	question, option, _ := strings.Cut(word, "/")
	for _, c := range s.Regency.Categories {
		for _, q := range c.Questions {
			for _, o := range q.Options {
				if q.ID == question && o.ID == option {
					return q.Ask.In(hotline.Indonesian) + " " + o.Text.In(hotline.Indonesian)
				}
			}
		}
	}
	return word
}

// mostShown is how much of one worklist is shown.
const mostShown = 20

// worklists shows every unit's line that is not empty.
func (s *stage) worklists(ctx context.Context, cases map[hotline.AssignmentID]hotline.Case) error {
	units := slices.Clone(s.Regency.Units)
	slices.SortFunc(units, func(a, b hotline.Unit) int { return strings.Compare(a.ID, b.ID) })
	none := true
	for _, u := range units {
		line, err := s.house.Dispatcher().Worklists().Next(ctx, u.ID, mostShown)
		if err != nil {
			s.screen.line("  (Redis does not answer: %v)", err)
			return nil
		}
		if len(line) == 0 {
			continue
		}
		none = false
		s.waiting[u.ID] = len(line)
		s.screen.line("  %s (%s): %d waiting", s.unit(u.ID), u.ID, len(line))
		for _, l := range line {
			c, urgent := cases[l.Assignment], ""
			if l.Urgent {
				urgent = "URGENT "
			}
			s.screen.line("    %s%s  %s, %s, to be taken by %s", urgent, c.Number, s.category(c.Category), s.area(c.Area), s.moment(l.Due))
		}
	}
	if none {
		s.screen.line("  nothing")
	}
	return nil
}
