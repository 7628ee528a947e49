package store

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// idBlock is the increment of the sequence ids.
const idBlock = 512

// ids hands out numbers for rows that must be known before they are written. A block is fetched ahead of need; what a crash leaves unused is
// a gap that nobody sees.
type ids struct {
	pool *pgxpool.Pool
	mu   sync.Mutex
	next int64
	left int
}

// ready makes sure that a turn finds numbers without waiting. It is called before a transaction begins.
func (g *ids) ready(ctx context.Context) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.left > idBlock/4 {
		return nil
	}
	return g.fetch(ctx)
}

func (g *ids) fetch(ctx context.Context) error {
	var n int64
	if err := g.pool.QueryRow(ctx, `select nextval('ids')`).Scan(&n); err != nil {
		return fmt.Errorf("take a block of ids: %w", err)
	}
	g.next, g.left = n, idBlock // what was left of the last block is a gap
	return nil
}

// take gives the next number. Only a turn that makes hundreds of rows ever waits here.
func (g *ids) take() int64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.left == 0 {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := g.fetch(ctx); err != nil {
			panic(err) // inside a turn: it is undone and tried again
		}
	}
	id := g.next
	g.next++
	g.left--
	return id
}
