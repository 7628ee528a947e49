package main

import (
	"errors"
	"fmt"
	"time"

	"tanggap/store"
)

type rekeyCmd struct{}

// Run puts TANGGAP_KEY into force where a key of TANGGAP_KEY_OLD was, and seals anew what that one sealed.
func (c *rekeyCmd) Run(p *program) error {
	d, err := p.open(needs{})
	if err != nil {
		return err
	}
	return errors.Join(c.rekey(p, d), d.close())
}

// rekeyTells is how often it is told how far it has come.
const rekeyTells = 10 * time.Second

func (c *rekeyCmd) rekey(p *program, d *data) error {
	if len(d.OldKeys) == 0 {
		return errors.New("TANGGAP_KEY_OLD is missing: set it to the key this database is sealed with, and TANGGAP_KEY to the new one")
	}
	s, err := store.Open(p.ctx, store.Options{URL: d.DatabaseURL, Key: d.Key, OldKeys: d.OldKeys, Rekey: true, Regency: d.regency, Conns: 3})
	if err != nil {
		return err
	}
	defer s.Close()
	told := time.Now()
	done, err := s.Rekey(p.ctx, func(r store.Rekeyed) {
		if time.Since(told) > rekeyTells {
			told = time.Now()
			p.log.Info("sealing anew", "people", r.People, "media", r.Media)
		}
	})
	if err != nil {
		if p.ctx.Err() != nil {
			return fmt.Errorf("stopped after %s and %s; the rest is sealed anew by: tanggap rekey", fmt.Sprint("people ", done.People), fmt.Sprint("media ", done.Media))
		}
		return err
	}
	_, err = fmt.Fprintf(p.out, "sealed anew: people %d, media %d. TANGGAP_KEY is the only key now: unset TANGGAP_KEY_OLD. "+
		"Codes of officers who have not enrolled yet no longer work: invite them again. "+
		"Check words that people were told are void: whoever asks is told the new one.\n", done.People, done.Media)
	return err
}
