package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
	"tanggap/house"
)

// on runs a part against a fresh program with a crowd before it.
func (b *bencher) on(name string, people int, part func(*crowd, *running, string) error) error {
	dsn, err := b.database(name)
	if err != nil {
		return err
	}
	c, err := newCrowd(people)
	if err != nil {
		return err
	}
	defer c.sim.Close() //nolint:errcheck // nothing left in it
	p, err := start(b.ctx, made{Database: dsn, Redis: b.servers.RedisURL(), Telegram: c.sim.URL()})
	if err != nil {
		return err
	}
	program, postgres, err := b.spent(p)
	if err != nil {
		return errors.Join(err, p.stop())
	}
	err = part(c, p, dsn)
	c.stopped.Store(true)
	if prog, post, spentErr := b.spent(p); spentErr == nil {
		fmt.Fprintf(os.Stderr, "    %s: %d answers, of which each cost %.2f ms of processor time in the program and %.2f ms in Postgres\n", name, c.turns.Load(),
			1000*(prog-program)/float64(c.turns.Load()), 1000*(post-postgres)/float64(c.turns.Load()))
	}
	if os.Getenv("BENCH_STATEMENTS") != "" {
		err = errors.Join(err, statements(b.ctx, dsn))
	}
	if n := c.wrong.Load(); err == nil && n > 0 {
		err = fmt.Errorf("%s: the network refused %d acts", name, n)
	}
	if v := c.sim.Violations(); err == nil && len(v) > 0 {
		err = fmt.Errorf("%s: the network objects: %s", name, v[0])
	}
	return errors.Join(err, p.stop())
}

// statements lists what cost Postgres most so far.
func statements(ctx context.Context, dsn string) error {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // only read from
	if _, err := conn.Exec(ctx, `create extension if not exists pg_stat_statements`); err != nil {
		return err
	}
	rows, err := conn.Query(ctx, `
		select round(total_exec_time)::text || ' ms  ' || calls || ' calls  ' || round(mean_exec_time::numeric, 3) || ' ms each  ' || rows || ' rows  '
			|| plans || ' plans ' || round(total_plan_time) || ' ms  ' || left(regexp_replace(query, '\s+', ' ', 'g'), 150)
		from pg_stat_statements order by total_exec_time + total_plan_time desc limit 16`)
	if err != nil {
		return err
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	for _, l := range lines {
		fmt.Fprintln(os.Stderr, "   ", l)
	}
	return err
}

func (b *bencher) sleep(d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-b.ctx.Done():
		return b.ctx.Err()
	}
}

// rush: everybody at once, each as fast as the answers come. First they only talk, and every message is a turn; then they complain, and every third
// message files a case, which is routed, put on a worklist and told about.
func (b *bencher) rush() error {
	return errors.Join(b.crowded("talk", true), b.crowded("file", false))
}

func (b *bencher) crowded(name string, chats bool) error {
	return b.on(name, b.lengths.people, func(c *crowd, p *running, _ string) error {
		if err := b.sleep(2 * time.Second); err != nil {
			return err
		}
		idle, _ := p.memory()
		for _, z := range c.people {
			z.loop, z.chats = true, chats
			z.act(time.Now())
		}
		if err := b.sleep(3 * time.Second); err != nil { // everybody has met the bot
			return err
		}
		before, began := c.turns.Load(), time.Now()
		if err := b.sleep(b.lengths.rush); err != nil {
			return err
		}
		rate := float64(c.turns.Load()-before) / time.Since(began).Seconds()
		_, most := p.memory()
		if chats {
			b.table.add(fmt.Sprintf("turns end to end, %d citizens at once (HTTP in, commit, HTTP out)", len(c.people)), perSecond(rate),
				fmt.Sprintf("%.2f", rate/b.limit), "0.5, aim 1.0")
			b.rate = rate
			return nil
		}
		b.table.add("the same while every third message files a case, which is routed and listed", perSecond(rate),
			fmt.Sprintf("%.2f", rate/b.filing), "")
		b.table.add("memory of the program, idle", fmt.Sprintf("%.0f MB", idle), "", "< 60 MB")
		b.table.add("memory of the program, the most at full load", fmt.Sprintf("%.0f MB", most), "", "< 150 MB")
		return nil
	})
}

// inner: the same without the network's HTTP, inbox to outbox, in this process.
func (b *bencher) inner() error {
	dsn, err := b.database("inner")
	if err != nil {
		return err
	}
	r, err := loadRegency()
	if err != nil {
		return err
	}
	h, err := house.Open(b.ctx, house.Options{Regency: r, DatabaseURL: dsn, RedisURL: b.servers.RedisURL(), Key: benchKey, Gather: -1, NoRates: true,
		Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	defer h.Close()
	n := b.lengths.people
	const rounds = 12
	for k := range rounds {
		came := make([]hotline.Raw, n)
		for i := range came {
			text := complaints[(i+k)%len(complaints)]
			if k%2 == 1 {
				text = "batal"
			}
			came[i] = update(i, k, text)
		}
		for at := 0; at < n; at += 100 {
			if err := h.Store().Put(b.ctx, came[at:min(n, at+100)]); err != nil {
				return err
			}
		}
	}
	stop, err := profile("BENCH_PROFILE_INNER")
	if err != nil {
		return err
	}
	defer stop()
	ctx, cancel := context.WithCancel(b.ctx)
	done := make(chan error, 1)
	began := time.Now()
	go func() { done <- h.Run(ctx) }()
	for {
		waiting, _, err := h.Store().WaitingSince(b.ctx)
		if err != nil {
			cancel()
			return errors.Join(err, <-done)
		}
		if waiting == 0 {
			break
		}
		if err := b.sleep(20 * time.Millisecond); err != nil { // counting costs, too
			cancel()
			return errors.Join(err, <-done)
		}
	}
	rate := float64(n*rounds) / time.Since(began).Seconds()
	cancel()
	if err := <-done; err != nil {
		return err
	}
	if os.Getenv("BENCH_STATEMENTS") != "" {
		if err := statements(b.ctx, dsn); err != nil {
			return err
		}
	}
	b.table.add("turns inbox to outbox, without the network", perSecond(rate), fmt.Sprintf("%.2f", rate/b.limit), "2.0")
	return nil
}

// update is a text message as Telegram would deliver it.
func update(person, n int, text string) hotline.Raw {
	id := 1_000_000 + person
	body, err := json.Marshal(map[string]any{
		"update_id": n*1_000_000 + person,
		"message": map[string]any{
			"message_id": n + 1, "date": time.Now().Unix(), "text": text,
			"from": map[string]any{"id": id, "is_bot": false, "first_name": "Warga", "language_code": "id"},
			"chat": map[string]any{"id": id, "type": "private", "first_name": "Warga"},
		},
	})
	if err != nil {
		panic(err) // plain values
	}
	return hotline.Raw{Channel: hotline.Telegram, Account: "9000001", Peer: fmt.Sprint(id), Delivery: fmt.Sprint(n*1_000_000 + person), Body: body}
}

// paced has people act at a rate, for a time, one after the other, and gives how long each answer took. The schedule is fixed beforehand and does not
// wait for the program: the k-th act is meant for the moment k/rate after the beginning, and how long its answer took is counted from that moment,
// however late it could be done.
func (b *bencher) paced(c *crowd, people []*citizen, rate float64, d time.Duration) ([]time.Duration, error) {
	return b.pacedUntil(c, people, rate, d, make(chan struct{}))
}

// pacedUntil is paced that ends early when over is closed.
func (b *bencher) pacedUntil(c *crowd, people []*citizen, rate float64, d time.Duration, over <-chan struct{}) ([]time.Duration, error) {
	c.record()
	began := time.Now()
	timer := time.NewTimer(0)
	defer timer.Stop()
acts:
	for k := range int(rate * d.Seconds()) {
		meant := began.Add(time.Duration(float64(k) / rate * float64(time.Second)))
		timer.Reset(time.Until(meant))
		select {
		case <-timer.C:
			people[k%len(people)].act(meant)
		case <-over:
			break acts
		case <-b.ctx.Done():
			return nil, b.ctx.Err()
		}
	}
	if err := b.sleep(500 * time.Millisecond); err != nil { // the last answers
		return nil, err
	}
	return c.taken(), nil
}

// half: how long a turn takes at half the load of the rush.
func (b *bencher) half() error {
	return b.on("half", b.lengths.people, func(c *crowd, _ *running, _ string) error {
		c.onlyTalk()
		took, err := b.paced(c, c.people, b.rate/2, b.lengths.half)
		if err != nil {
			return err
		}
		b.table.add(fmt.Sprintf("a turn end to end at half that load (%.0f/s), p50 / p99", b.rate/2),
			fmt.Sprintf("%s / %s", ms(percentile(took, 0.5)), ms(percentile(took, 0.99))), "", "")
		return nil
	})
}

// calm: how long one takes when little happens.
func (b *bencher) calm() error {
	return b.on("calm", 50, func(c *crowd, _ *running, _ string) error {
		if _, err := b.paced(c, c.people, 20, time.Second); err != nil { // warm
			return err
		}
		took, err := b.paced(c, c.people, 5, b.lengths.calm)
		if err != nil {
			return err
		}
		b.table.add("a turn at 5 a second, p50 / p99", fmt.Sprintf("%s / %s", ms(percentile(took, 0.5)), ms(percentile(took, 0.99))), "",
			"< 10 ms / < 40 ms")
		return nil
	})
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }
