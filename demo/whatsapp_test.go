package demo

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"testing"

	"tanggap/testbed"
)

// begun is a stage with its house running, as it is before the story begins.
func begun(t *testing.T, o Options) (s *stage, end func()) {
	t.Helper()
	s = newStage(o)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	err := s.networks()
	for _, step := range []func(context.Context) error{s.open, s.guard, s.link} {
		if err == nil {
			err = step(ctx)
		}
	}
	if err != nil {
		cancel()
		s.close()
		t.Fatal(err)
	}
	go func() { done <- s.house.Run(ctx) }()
	if _, err = s.enter(ctx); err != nil {
		t.Error(err)
	}
	return s, func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if v := s.wa.Violations(); len(v) > 0 {
			t.Errorf("violations: %v", v)
		}
		s.close()
	}
}

// A visitor is somebody on WhatsApp, complains, buys a new phone, and is found again when the demo is started anew, although the network has forgotten
// everything: our number is the same one, and so is the person.
func TestAVisitorOnWhatsApp(t *testing.T) {
	t.Parallel()
	o := Options{
		Regency: testbed.Jepara(), DatabaseURL: testbed.Database(t), RedisURL: testbed.RedisDB(t), Key: testbed.Key, Listen: "127.0.0.1:0", Once: true,
		Out: io.Discard, Log: slog.New(slog.DiscardHandler),
	}
	s, end := begun(t, o)
	if t.Failed() {
		end()
		return
	}
	wati := visit(t, s.url(), "WhatsApp", "Wati", "citizen")
	wati.say("jalan berlubang di Mulyoharjo")
	wati.heard("1. Ya, kirim")
	wati.say("1")
	wati.heard("Nomor laporan")
	wati.act("new-phone", map[string]string{})
	wati.say("cek")
	wati.heard("Cerita Anda: jalan berlubang di Mulyoharjo")
	numbers, err := s.house.Store().Numbers(t.Context())
	if err != nil || len(numbers) != 1 || numbers[0].Trouble != "" || !strings.HasPrefix(numbers[0].JID, ourNumber) {
		t.Errorf("our numbers: %+v, %v", numbers, err)
	}
	wati.leave()
	end()

	s, end = begun(t, o)
	defer end()
	again, err := s.house.Store().Numbers(t.Context())
	if err != nil || len(again) != 1 || len(numbers) == 1 && again[0].JID != numbers[0].JID {
		t.Errorf("our numbers in the second run: %+v, %v", again, err)
	}
	wati = lookAs(t, s.url(), wati.id, "citizen of the first run")
	wati.say("cek")
	wati.heard("Cerita Anda: jalan berlubang di Mulyoharjo")
}
