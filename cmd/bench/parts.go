package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
	"tanggap/house"
	"tanggap/simulator/telegram"
	"tanggap/store"
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
	err = part(c, p, dsn)
	c.stopped.Store(true)
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
			|| left(regexp_replace(query, '\s+', ' ', 'g'), 150)
		from pg_stat_statements order by total_exec_time desc limit 16`)
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
			z.act(nil)
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

// paced has people act at a rate, for a time, one after the other, and gives how long each answer took.
func (b *bencher) paced(c *crowd, people []*citizen, rate float64, d time.Duration) ([]time.Duration, error) {
	c.taken()
	c.note = true
	every := time.Duration(float64(time.Second) / rate)
	tick := time.NewTicker(max(every, time.Millisecond))
	defer tick.Stop()
	owed, last, i := 0.0, time.Now(), 0
	for end := time.Now().Add(d); time.Now().Before(end); {
		select {
		case <-tick.C:
		case <-b.ctx.Done():
			return nil, b.ctx.Err()
		}
		owed += rate * time.Since(last).Seconds()
		last = time.Now()
		for ; owed >= 1; owed-- {
			z := people[i%len(people)]
			i++
			z.mu.Lock()
			waits := z.awaits
			z.mu.Unlock()
			if waits {
				continue // still unanswered: it is not asked twice
			}
			z.act(z.lastMessage())
		}
	}
	if err := b.sleep(500 * time.Millisecond); err != nil {
		return nil, err
	}
	return c.taken(), nil
}

func (z *citizen) lastMessage() *telegram.Message {
	if m, ok := z.p.Last(); ok {
		return &m
	}
	return nil
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

// flood: one citizen sends 300 messages at once while 200 others talk.
func (b *bencher) flood() error {
	return b.on("flood", 201, func(c *crowd, _ *running, _ string) error {
		c.onlyTalk()
		flooder, others := c.people[0], c.people[1:]
		if _, err := b.paced(c, others, 200, 2*time.Second); err != nil { // warm
			return err
		}
		quiet, err := b.paced(c, others, 200, 4*time.Second)
		if err != nil {
			return err
		}
		var group sync.WaitGroup
		group.Go(func() {
			for i := range 300 {
				if _, err := flooder.p.Send(fmt.Sprintf("jalan rusak di desa Bawu %d", i)); err != nil {
					c.wrong.Add(1)
				}
			}
		})
		loud, err := b.paced(c, others, 200, 4*time.Second)
		group.Wait()
		if err != nil {
			return err
		}
		q, l := percentile(quiet, 0.5), percentile(loud, 0.5)
		b.table.add("200 citizens' p50, alone / beside one who sends 300 at once", fmt.Sprintf("%s / %s", ms(q), ms(l)),
			fmt.Sprintf("%.2f", float64(l)/float64(q)), "< 1.25")
		return nil
	})
}

// cases: how long from a case's filing to its offer in an officer's outbox, at 200 cases a second.
func (b *bencher) cases() error {
	return b.on("cases", b.lengths.people, func(c *crowd, _ *running, dsn string) error {
		if err := b.officers(c, dsn); err != nil {
			return err
		}
		// A case takes a text and a yes, and a skip follows: 200 cases a second are 600 acts. A third of the people are one act ahead of the second
		// third, and those of the last, so that cases come evenly.
		third := len(c.people) / 3
		for _, ahead := range [][]*citizen{c.people[:2*third], c.people[:third]} {
			if _, err := b.paced(c, ahead, 600, time.Duration(float64(len(ahead))/600*float64(time.Second))); err != nil {
				return err
			}
		}
		var mixed []*citizen
		for i := range third {
			mixed = append(mixed, c.people[i], c.people[third+i], c.people[2*third+i])
		}
		began := time.Now()
		if _, err := b.paced(c, mixed, 600, b.lengths.cases); err != nil {
			return err
		}
		conn, err := pgx.Connect(b.ctx, dsn)
		if err != nil {
			return err
		}
		defer conn.Close(context.WithoutCancel(b.ctx)) //nolint:errcheck // only read from
		var n int
		var rate, p50, p99 float64
		err = conn.QueryRow(b.ctx, `
			with offered as (
				select c.id, c.filed, min(o.written) - c.filed as took from cases c join outbox o on o.case_id = c.id and o.card like 'offer:%'
				where c.filed > $1 group by c.id)
			select count(*), count(*) / greatest(extract(epoch from max(filed) - min(filed)), 1),
				1000 * extract(epoch from percentile_cont(0.5) within group (order by took)),
				1000 * extract(epoch from percentile_cont(0.99) within group (order by took)) from offered`, began).Scan(&n, &rate, &p50, &p99)
		if err != nil {
			return fmt.Errorf("read when cases were offered: %w", err)
		}
		b.table.add(fmt.Sprintf("filed to offered at %.0f cases/s (%d cases), p50 / p99", rate, n), fmt.Sprintf("%.0f ms / %.0f ms", p50, p99), "",
			"p99 < 150 ms")
		return nil
	})
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

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }
