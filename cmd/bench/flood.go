package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	floodSize  = 300 // messages of one flood
	floodOther = 200 // others, and what they send a second together
)

// flood: one citizen sends 300 messages at once while 200 others talk. How long the others wait is measured three times in each round: alone, while the
// flood is being heard, and alone again. The first and the last should be equal; where they are not, the machine had something else to do.
func (b *bencher) flood() error {
	return b.on("flood", 1+floodOther, func(c *crowd, _ *running, dsn string) error {
		conn, err := pgx.Connect(b.ctx, dsn)
		if err != nil {
			return err
		}
		defer conn.Close(context.WithoutCancel(b.ctx)) //nolint:errcheck // only read from
		c.onlyTalk()
		f := &flooder{citizen: c.people[0], conn: conn}
		others := c.people[1:]
		f.send(1)
		if _, err := b.paced(c, others, floodOther, 3*time.Second); err != nil { // warm
			return err
		}
		var before, beside, after, heard []time.Duration
		for range b.lengths.floods {
			took, err := b.paced(c, others, floodOther, b.lengths.flood)
			if err != nil {
				return err
			}
			before = append(before, took...)
			over, lasted := make(chan struct{}), make(chan error, 1)
			began := time.Now()
			f.send(floodSize)
			go func() {
				defer close(over)
				lasted <- f.wait(b.ctx)
				heard = append(heard, time.Since(began))
			}()
			if took, err = b.pacedUntil(c, others, floodOther, b.lengths.flood, over); err != nil {
				return err
			}
			beside = append(beside, took...)
			<-over
			if err := <-lasted; err != nil {
				return err
			}
			if took, err = b.paced(c, others, floodOther, b.lengths.flood); err != nil {
				return err
			}
			after = append(after, took...)
		}
		first, loud, second := percentile(before, 0.5), percentile(beside, 0.5), percentile(after, 0.5)
		base := percentile(slices.Concat(before, after), 0.5)
		b.table.add(fmt.Sprintf("200 citizens' p50 alone / beside one who sends 300 at once / alone again (%d, %d, %d messages)",
			len(before), len(beside), len(after)), fmt.Sprintf("%s / %s / %s", ms(first), ms(loud), ms(second)),
			fmt.Sprintf("%.2f", float64(loud)/float64(base)), "< 1.25")
		b.table.add("until the 300 are heard and answered", fmt.Sprintf("%.1f s", percentile(heard, 0.5).Seconds()), "", "")
		return nil
	})
}

// A flooder sends much at once.
type flooder struct {
	*citizen
	conn *pgx.Conn
	sent int
}

func (f *flooder) send(n int) {
	for range n {
		f.sent++
		if _, err := f.p.Send(fmt.Sprintf("jalan rusak di desa Bawu %d", f.sent)); err != nil {
			f.crowd.wrong.Add(1)
		}
	}
}

// wait waits until everything that was sent has been heard and answered.
func (f *flooder) wait(ctx context.Context) error {
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for range 6000 {
		var over bool
		err := f.conn.QueryRow(ctx, `
			with a as (select id from addresses where peer = $1)
			select (select count(*) from deliveries where address_id = (select id from a)) = $2
				and not exists (select 1 from inbox where address_id = (select id from a) and set_aside_at is null)
				and not exists (select 1 from outbox where address_id = (select id from a) and state = 'due')`,
			strconv.FormatInt(f.p.ID(), 10), f.sent).Scan(&over)
		if over || err != nil {
			return err
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return errors.New("a flood is not heard out within five minutes")
}
