package main

import (
	"context"
	"errors"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"tanggap/config"
	"tanggap/console"
	"tanggap/hotline"
	"tanggap/house"
)

type serveCmd struct{}

// Run serves until it is asked to stop. The port is taken first: where it is in use, nothing is started only to be stopped again.
func (c *serveCmd) Run(p *program) error {
	settings, err := config.FromEnv(p.getenv)
	if err != nil {
		return err
	}
	door, err := house.Listen(p.ctx, settings.Listen)
	if err != nil {
		return err
	}
	d, err := p.open(needs{redis: true})
	if err != nil {
		return errors.Join(err, door.Close())
	}
	return errors.Join(p.orderly(func(ctx context.Context) error { return p.serve(ctx, d, door) }), d.close())
}

func (p *program) serve(ctx context.Context, d *data, door net.Listener) error {
	p.warn(d.Settings.Regency)
	o := house.Options{Regency: d.regency, DatabaseURL: d.DatabaseURL, RedisURL: d.RedisURL, Key: d.Key, OldKeys: d.OldKeys, Door: door, Log: p.log}
	if t := d.Telegram; t.Token != "" {
		o.Telegram = &house.TelegramOptions{Token: t.Token, API: t.API, Webhook: t.Webhook}
	}
	o.ConsoleOptions = house.ConsoleOptions{URL: d.Console.URL, Tiles: d.Console.Tiles, Exchange: []byte(d.Console.Exchange.Secret)}
	if i := d.Console.OIDC; i.On() {
		o.ConsoleOptions.OIDC = &console.OIDCOptions{Issuer: i.Issuer, ClientID: i.ClientID, ClientSecret: i.ClientSecret}
	}
	p.whatsApp(&o, d.WhatsApp)
	if o.Telegram == nil && o.WhatsApp == nil && o.Cloud == nil {
		p.log.Warn("no channel: nobody can write; set TANGGAP_TELEGRAM_TOKEN to the token of a bot from @BotFather, or TANGGAP_WHATSAPP")
	}
	reload := make(chan os.Signal, 1)
	signal.Notify(reload, syscall.SIGHUP)
	defer signal.Stop(reload)
	h, err := house.Open(ctx, o)
	if err != nil {
		return err
	}
	defer h.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan error, 1)
	go func() {
		recorded := make(chan struct{})
		go func() {
			(&erasureRecord{path: d.Erasures, log: p.log}).keep(ctx, h.Store())
			close(recorded)
		}()
		err := h.Run(ctx)
		cancel()
		<-recorded // the last may have been decided a moment ago
		done <- err
	}()
	p.log.Info("serving", "regency", d.regency.ID, "address", h.Address(), "telegram", o.Telegram != nil, "whatsapp", string(d.WhatsApp.Way), "version", version())
	for {
		select {
		case err := <-done:
			p.log.Info("stopped")
			return err
		case <-reload:
			p.reload(ctx, h, d.Settings.Regency)
		}
	}
}

// reload puts the regency's description in force as it stands now. A broken one is refused, and the old one goes on.
func (p *program) reload(ctx context.Context, h *house.House, name string) {
	r, report := p.warn(name)
	if r == nil {
		p.log.Error("regency not reloaded, the old description goes on", "error", report.Err())
		return
	}
	if err := h.Reload(ctx, r); err != nil {
		p.log.Error("regency not reloaded", "error", err)
	}
}

// warn reads a regency's description and logs whatever is wrong with it.
func (p *program) warn(name string) (*hotline.Regency, config.Report) {
	r, report := config.Regency(name, time.Now())
	for _, problem := range report.Problems {
		p.log.Warn("regency", "problem", problem.String())
	}
	return r, report
}
