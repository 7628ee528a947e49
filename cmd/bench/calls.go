package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
	"tanggap/store"
)

// How calls are saved: so many a second, by so many operators in turn, each call so often.
const (
	callsRate      = 50
	callsOperators = 10
	callsSaves     = 12
)

// calls: how long the console takes to save a call while it is typed, at 50 saves a second, from when the operator's page meant to send it until it has the
// answer. Beside it stands what a small transaction of three statements takes on this machine at the same pace, whoever runs it.
func (b *bencher) calls() error {
	dsn, err := b.database("calls")
	if err != nil {
		return err
	}
	p, err := start(b.ctx, made{Database: dsn, Redis: b.servers.RedisURL(), Web: true})
	if err != nil {
		return err
	}
	return errors.Join(b.callsAt(p, dsn), p.stop())
}

func (b *bencher) callsAt(p *running, dsn string) error {
	who, err := b.operator(dsn, "http://"+p.address)
	if err != nil {
		return err
	}
	save := func(n int) error {
		call := n / (callsOperators * callsSaves) * callsOperators
		call += n % callsOperators
		form := url.Values{"key": {fmt.Sprint("bench-", call)}, "writer": {fmt.Sprint("w", n%callsOperators)}, "base": {"1000000"},
			"text": {fmt.Sprintf("pohon tumbang menutup jalan di depan pasar, mobil tidak bisa lewat, kata ke-%d", n)}}
		return post(b.ctx, who, "http://"+p.address+"/console/calls/save", form)
	}
	if _, err := atPace(b.ctx, callsRate, 2*time.Second, save); err != nil { // connections and plans are made
		return err
	}
	took, err := atPace(b.ctx, callsRate, b.lengths.cases, func(n int) error { return save(n + 1000) })
	if err != nil {
		return err
	}
	bare, err := b.bare(dsn)
	if err != nil {
		return err
	}
	half, worst := percentile(took, 0.5), percentile(took, 0.99)
	bareHalf, bareWorst := percentile(bare, 0.5), percentile(bare, 0.99)
	b.table.add(fmt.Sprintf("the machine: a transaction of three statements at %d/s, p50 / p99", callsRate), fmt.Sprintf("%s / %s", ms(bareHalf), ms(bareWorst)), "1.00", "")
	b.table.add(fmt.Sprintf("a call saved at %d/s (%d saves), p50 / p99", callsRate, len(took)), fmt.Sprintf("%s / %s", ms(half), ms(worst)),
		fmt.Sprintf("%.1f / %.1f", half.Seconds()/bareHalf.Seconds(), worst.Seconds()/bareWorst.Seconds()), "p99 < 50 ms")
	_, most := p.memory()
	b.table.add("the program at that, at most", fmt.Sprintf("%.0f MB", most), "", "")
	return nil
}

// operator makes a user of the console and signs them in.
func (b *bencher) operator(dsn, address string) (*http.Client, error) {
	r, err := loadRegency()
	if err != nil {
		return nil, err
	}
	s, err := store.Open(b.ctx, store.Options{URL: dsn, Key: benchKey, Regency: r})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	hot, _ := r.HotlineAgency()
	now, code := time.Now(), ""
	err = s.Do(b.ctx, now, func(t *store.Tx) (err error) {
		_, code, err = t.AddUser(b.ctx, store.NewUser{Login: "bench", Name: "Bench", Role: hotline.RoleOperator, Unit: hot.ID, Until: now.AddDate(0, 0, 1)})
		return err
	})
	if err != nil {
		return nil, err
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	c := &http.Client{Jar: jar, Transport: &http.Transport{MaxIdleConnsPerHost: 32}, Timeout: 30 * time.Second}
	chosen := strings.Repeat("bench ", 4)
	return c, post(b.ctx, c, address+"/console/begin", url.Values{"code": {code}, "password": {chosen}, "again": {chosen}})
}

func post(ctx context.Context, c *http.Client, address string, form url.Values) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := c.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close() //nolint:errcheck // nothing is wanted of it
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", req.URL.Path, resp.Status)
	}
	return nil
}

// bare measures a transaction that locks a row, changes it and adds one elsewhere.
func (b *bencher) bare(dsn string) ([]time.Duration, error) {
	pool, err := store.Connect(b.ctx, dsn, 16)
	if err != nil {
		return nil, err
	}
	defer pool.Close()
	if _, err := pool.Exec(b.ctx, `create table bare (id int primary key, n int not null); create table bare_log (n int not null); insert into bare select n, 0 from generate_series(1, 10) n`); err != nil {
		return nil, err
	}
	return atPace(b.ctx, callsRate, b.lengths.limit, func(n int) error {
		return pgx.BeginFunc(b.ctx, pool, func(tx pgx.Tx) error {
			for _, sql := range []string{`select n from bare where id = $1 for update`, `update bare set n = n + 1 where id = $1`, `insert into bare_log values ($1)`} {
				if _, err := tx.Exec(b.ctx, sql, 1+n%callsOperators); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// atPace does something so many times a second, without waiting for what was begun, and gives how long each took from when it was meant to begin.
func atPace(ctx context.Context, rate int, length time.Duration, do func(n int) error) ([]time.Duration, error) {
	var mu sync.Mutex
	var took []time.Duration
	var failed error
	var all sync.WaitGroup
	began := time.Now()
	for n := 0; ; n++ {
		meant := began.Add(time.Duration(n) * time.Second / time.Duration(rate))
		if meant.Sub(began) >= length || ctx.Err() != nil {
			break
		}
		select {
		case <-time.After(time.Until(meant)):
		case <-ctx.Done():
		}
		all.Go(func() {
			err := do(n)
			d := time.Since(meant)
			mu.Lock()
			defer mu.Unlock()
			took, failed = append(took, d), errors.Join(failed, err)
		})
	}
	all.Wait()
	return took, errors.Join(failed, ctx.Err())
}
