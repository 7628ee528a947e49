package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
	"tanggap/simulator/telegram"
	"tanggap/store"
)

// casesRate is how many cases a second are filed.
const casesRate = 200

// cases: how long from a case's filing to its offer, at 200 cases a second. Filed is when the turn begins that files it; offered is when the offer is
// committed. Beside that, counted from the moment when the citizen meant to say "yes, send it".
func (b *bencher) cases() error {
	return b.on("cases", 3*casesRate, func(c *crowd, _ *running, dsn string) error {
		sent := &sendings{at: map[string]time.Time{}}
		c.heard = sent.answered
		if err := b.officers(c, dsn); err != nil {
			return err
		}
		people := c.people[:3*casesRate]
		for _, z := range people {
			z.whole = true
		}
		if _, err := b.paced(c, people, casesRate, 3*time.Second); err != nil { // everybody has met the bot
			return err
		}
		began := time.Now()
		if _, err := b.paced(c, people, casesRate, b.lengths.cases); err != nil {
			return err
		}
		if err := b.sleep(2 * time.Second); err != nil { // the last offers
			return err
		}
		conn, err := pgx.Connect(b.ctx, dsn)
		if err != nil {
			return err
		}
		defer conn.Close(context.WithoutCancel(b.ctx)) //nolint:errcheck // only read from
		rows, err := conn.Query(b.ctx, `
			select c.day || ' ' || c.seq, c.filed, min(pg_xact_commit_timestamp(o.xmin))
			from cases c left join assignments a on a.case_id = c.id left join offers o on o.assignment_id = a.id
			where c.filed > $1 and c.filed <= $2 group by c.id`, began, began.Add(b.lengths.cases))
		if err != nil {
			return fmt.Errorf("read when cases were offered: %w", err)
		}
		var name string
		var filed time.Time
		var offered *time.Time
		var took, whole []time.Duration
		_, err = pgx.ForEachRow(rows, []any{&name, &filed, &offered}, func() error {
			if offered == nil {
				return fmt.Errorf("the case %s was not offered", name)
			}
			took = append(took, offered.Sub(filed))
			if meant, ok := sent.at[name]; ok {
				whole = append(whole, offered.Sub(meant))
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("read when cases were offered: %w", err)
		}
		rate := float64(len(took)) / b.lengths.cases.Seconds()
		b.table.add(fmt.Sprintf("filed to offered at %.0f cases/s (%d cases), p50 / p99", rate, len(took)),
			fmt.Sprintf("%s / %s", ms(percentile(took, 0.5)), ms(percentile(took, 0.99))), "", "p99 < 150 ms")
		b.table.add(fmt.Sprintf("the same from the citizen's \"yes, send it\" (%d cases), p50 / p99", len(whole)),
			fmt.Sprintf("%s / %s", ms(percentile(whole, 0.5)), ms(percentile(whole, 0.99))), "", "")
		return nil
	})
}

// number is how a case's number looks: the letters, the day, the running number of that day, a check letter.
var number = regexp.MustCompile(`JPR-(\d{6})-(\d{4,})[A-Z]`)

// sendings are when each case, by its day and running number, was meant to be sent off.
type sendings struct {
	mu sync.Mutex
	at map[string]time.Time
}

// answered notes when the message was meant to be sent that is answered with a case's number and a question for more.
func (s *sendings) answered(_ *citizen, m *telegram.Message, meant time.Time) {
	n := number.FindStringSubmatch(m.Text)
	if n == nil || button(m, "Lewati") == "" {
		return
	}
	seq, err := strconv.Atoi(n[2])
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at[fmt.Sprint(n[1], " ", seq)] = meant
}

// officers enrols one officer on duty for each agency the complaints go to.
func (b *bencher) officers(c *crowd, dsn string) error {
	r, err := loadRegency()
	if err != nil {
		return err
	}
	s, err := store.Open(b.ctx, store.Options{URL: dsn, Key: benchKey, Regency: r, Conns: 2})
	if err != nil {
		return err
	}
	defer s.Close()
	for i, unit := range []string{"dpupr", "dlh", "dishub", "pdam", "diskominfo"} {
		role := hotline.RoleOfficer
		if unit == "diskominfo" {
			role = hotline.RoleCoordinator
		}
		code, err := s.NewInvite(b.ctx, time.Now(), hotline.Invite{Role: role, Unit: unit, Name: "Petugas", Expires: time.Now().Add(time.Hour)})
		if err != nil {
			return err
		}
		p := c.sim.Person(telegram.PersonOptions{Name: fmt.Sprint("Petugas ", i), Language: "id"})
		z := &citizen{crowd: c, p: p, replied: make(chan struct{}, 1), awaits: true, since: time.Now()}
		c.by[p] = z
		if _, err := p.Send("/daftar " + code); err != nil {
			return err
		}
		select {
		case <-z.replied:
		case <-time.After(20 * time.Second):
			return errors.New("an officer's enrolment was not answered")
		}
	}
	return nil
}
