package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"tanggap/config"
	"tanggap/hotline"
	"tanggap/servers"
	"tanggap/store"
)

// data is where a command finds everything: the settings, the regency, the servers and the key.
type data struct {
	config.Settings
	regency *hotline.Regency
	servers *servers.Servers // our own; nil: none is needed
}

// needs say what a command needs of the data.
type needs struct {
	redis   bool
	makeKey bool // where no key was given, make one for a database of somebody else's too, not only for our own
	noKey   bool // no key is needed at all
}

// open reads the settings and the regency, finds the key, and starts servers of our own where no others are named. What it began it undoes when
// it fails.
func (p *program) open(n needs) (*data, error) {
	settings, err := config.FromEnv(p.getenv)
	if err != nil {
		return nil, err
	}
	d := &data{Settings: settings}
	if d.regency, err = p.regency(settings.Regency); err != nil {
		return nil, err
	}
	private := settings.DatabaseURL == ""
	if d.Key == nil && !private && !n.makeKey && !n.noKey {
		return nil, fmt.Errorf("TANGGAP_KEY is missing; set the key this database was begun with, or for a new one make it with: openssl rand -base64 %d", config.KeySize)
	}
	if private || n.redis && settings.RedisURL == "" {
		d.servers, err = servers.Start(p.ctx, servers.Options{Dir: settings.Data, Postgres: private, Redis: n.redis && settings.RedisURL == "", Log: p.log})
		if err != nil {
			return nil, fmt.Errorf("%w; or set TANGGAP_DATABASE_URL and TANGGAP_REDIS_URL to servers that run", err)
		}
		if private {
			d.DatabaseURL = d.servers.DatabaseURL()
		}
		if d.RedisURL == "" {
			d.RedisURL = d.servers.RedisURL()
		}
	}
	if !private {
		err = reach(p.ctx, d.DatabaseURL)
	}
	if err == nil && d.Key == nil && !n.noKey {
		d.Key, err = keptKey(settings.Data)
	}
	if err != nil {
		return nil, errors.Join(err, d.close())
	}
	return d, nil
}

// close stops the servers that are ours, unless another program uses them.
func (d *data) close() error {
	if d.servers == nil {
		return nil
	}
	return d.servers.Stop(context.Background())
}

// store opens the database for a command that only writes a row or two.
func (d *data) store(ctx context.Context) (*store.Store, error) {
	return store.Open(ctx, store.Options{URL: d.DatabaseURL, Key: d.Key, OldKeys: d.OldKeys, Regency: d.regency, Conns: 3})
}

// reach tells early, and with the mend, that Postgres cannot be reached. A malformed address is left to store.Connect, which says what is wrong.
func reach(ctx context.Context, url string) error {
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		return nil //nolint:nilerr // see above
	}
	cfg.ConnectTimeout = 5 * time.Second
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err == nil {
		return conn.Close(ctx)
	}
	reason := "it cannot be reached"
	var refused *pgconn.PgError
	var network *net.OpError
	switch {
	case errors.As(err, &refused):
		reason = refused.Message
	case errors.As(err, &network):
		reason = network.Err.Error()
	}
	return fmt.Errorf("no Postgres at %s port %d for user %s and database %s: %s; see that it runs there and lets this user in, or mend TANGGAP_DATABASE_URL",
		cfg.Host, cfg.Port, cfg.User, cfg.Database, reason)
}

// regency reads the regency's description, and gives the first error. Warnings concern whoever serves or checks it.
func (p *program) regency(name string) (*hotline.Regency, error) {
	r, report := config.Regency(name, time.Now())
	if r == nil {
		return nil, report.Err()
	}
	for _, problem := range report.Problems {
		p.log.Debug("regency", "problem", problem.String())
	}
	return r, nil
}

// keptKey gives the key kept in the data's folder, and makes one at the first start.
func keptKey(dir string) ([]byte, error) {
	path := filepath.Join(dir, "key")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err = makeKey(path); err == nil {
			text, err = os.ReadFile(path)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("keep the secret key: %w; set TANGGAP_KEY, or TANGGAP_DATA to a folder that can be written", err)
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != config.KeySize {
		return nil, fmt.Errorf("%s does not hold a key of %d bytes in base64; put the right one back, or set TANGGAP_KEY", path, config.KeySize)
	}
	return key, nil
}

// makeKey keeps a new key. The file appears whole or not at all; where another program was quicker, its key stays.
func makeKey(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	key := make([]byte, config.KeySize)
	if _, err := rand.Read(key); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "key-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) //nolint:errcheck // at worst a copy stays that only we can read
	_, err = f.WriteString(base64.StdEncoding.EncodeToString(key) + "\n")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}
