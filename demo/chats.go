package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"tanggap/simulator/telegram"
	"tanggap/simulator/whatsapp"
)

// The simulated networks forget everything when they end. What stood in the chats is kept in a file, so that whoever opens the page after a restart finds
// the chat as it was left.

// chats is what the file holds.
type chats struct {
	Telegram []telegram.Saved
	WhatsApp []whatsapp.Saved
}

const (
	keepEvery  = 5 * time.Second
	keptOfChat = 4 << 20 // bytes of pictures and the like, of one chat
)

// remember reads the chats of earlier runs. A file that cannot be read is left behind: it is a play.
func (s *stage) remember() chats {
	var c chats
	if s.Chats == "" {
		return c
	}
	data, err := os.ReadFile(s.Chats)
	if err == nil {
		err = json.Unmarshal(data, &c)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.Log.Debug("the chats of earlier runs cannot be read", "error", err)
		return chats{}
	}
	return c
}

// keep writes the chats down where anything was said since the last time.
func (s *stage) keep() error {
	if s.Chats == "" {
		return nil
	}
	var c chats
	var said int64
	for _, p := range s.sim.Bot().People() {
		said += p.Seq()
	}
	people := s.onPage.People()
	for _, p := range people {
		said += p.Seq()
	}
	if said == s.kept {
		return nil
	}
	for _, p := range s.sim.Bot().People() {
		c.Telegram = append(c.Telegram, p.Save(keptOfChat))
	}
	for _, p := range people {
		one, err := p.Save()
		if err != nil {
			return err
		}
		c.WhatsApp = append(c.WhatsApp, one)
	}
	data, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("keep the chats: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(s.Chats), "chats-*") // mode 0600
	if err != nil {
		return fmt.Errorf("keep the chats: %w", err)
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), s.Chats)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // gone already, where it was renamed
		return fmt.Errorf("keep the chats: %w", err)
	}
	s.kept = said
	return nil
}

// keeping writes the chats down every few seconds until ctx ends, for the case that the demo is killed.
func (s *stage) keeping(ctx context.Context) {
	tick := time.NewTicker(keepEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if err := s.keep(); err != nil {
				s.Log.Warn("what was said is lost when the demo is killed", "error", err)
			}
		case <-ctx.Done():
			return
		}
	}
}
