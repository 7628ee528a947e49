//go:build soak

package house_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"tanggap/bot/whatsapp"
	"tanggap/config"
	"tanggap/house"
	sim "tanggap/simulator/whatsapp"
	"tanggap/testbed"
)

// The program once more, as in program_soak_test.go, with a WhatsApp number beside its Telegram bot.

// whatsappVariable holds the whatsappMade of a program, as JSON.
const whatsappVariable = "TANGGAP_SOAK_WHATSAPP_PROGRAM"

// whatsappMade is what a program is made of that speaks on both networks.
type whatsappMade struct {
	made
	WhatsApp string
}

func init() {
	if text := os.Getenv(whatsappVariable); text != "" {
		os.Exit(whatsappProgram(text))
	}
}

// whatsappProgram is the program. It differs from "tanggap serve" only in its pace: nobody bans it here.
func whatsappProgram(text string) int {
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // ends when the test does
		os.Exit(3)
	}()
	var m whatsappMade
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		log.Error("what it is made of", "error", err)
		return 2
	}
	r, report := config.Regency("jepara", time.Now())
	if r == nil {
		log.Error("the shipped regency does not load", "report", report)
		return 1
	}
	root := sim.Root()
	h, err := house.Open(ctx, house.Options{
		Regency: r, DatabaseURL: m.Database, RedisURL: m.Redis, Key: testbed.Key, Listen: "127.0.0.1:0", Log: log,
		Telegram: &house.TelegramOptions{Token: simToken, API: m.Telegram},
		WhatsApp: &house.WhatsAppOptions{Pace: &whatsapp.Pace{}, Transport: sim.TransportTo(m.WhatsApp), Root: &root},
	})
	if err != nil {
		log.Error("not opened", "error", err)
		return 1
	}
	defer h.Close()
	fmt.Fprintln(os.Stdout, "ready", h.Address())
	if err := h.Run(ctx); err != nil {
		log.Error("ended", "error", err)
		return 1
	}
	return 0
}

// launch starts the program and does not wait until it is ready.
func (w *whatsappWorld) launch() *running {
	w.t.Helper()
	return w.launchOf(whatsappMade{w.made, w.net.URL()})
}

// launchOf starts a program that reaches its servers as it is told.
func (w *whatsappWorld) launchOf(m whatsappMade) *running {
	w.t.Helper()
	self, selfErr := os.Executable()
	text, textErr := json.Marshal(m)
	w.started++
	path := filepath.Join(w.logs, fmt.Sprintf("%03d.log", w.started))
	log, logErr := os.Create(path) //nolint:gosec // the test's own folder
	if err := errors.Join(selfErr, textErr, logErr); err != nil {
		w.t.Fatal(err)
	}
	defer log.Close()                                                                                  //nolint:errcheck // the child writes to it
	p := &running{t: w.t, name: fmt.Sprint("program ", w.started), log: path, cmd: exec.Command(self), //nolint:noctx // it outlives contexts, by intent
		ready: make(chan struct{}), ended: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), whatsappVariable+"="+string(text))
	p.cmd.Stderr = log
	in, inErr := p.cmd.StdinPipe() // kept open: its end tells the program that the test is gone
	out, outErr := p.cmd.StdoutPipe()
	if err := errors.Join(inErr, outErr, p.cmd.Start()); err != nil {
		w.t.Fatal(err)
	}
	w.running = append(w.running, p)
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if address, ok := strings.CutPrefix(lines.Text(), "ready "); ok {
				p.address = address
				close(p.ready)
			}
		}
		p.err = p.cmd.Wait()
		_ = in.Close() // closed with the process already
		close(p.ended)
	}()
	return p
}

// start starts the program and waits until it is ready.
func (w *whatsappWorld) start() *running {
	w.t.Helper()
	return w.awaited(w.launch())
}

func (w *whatsappWorld) awaited(p *running) *running {
	w.t.Helper()
	select {
	case <-p.ready:
	case <-p.ended:
		w.t.Fatalf("%s did not start: %v\n%s", p.name, p.err, p.tail())
	case <-time.After(startPatience):
		w.t.Fatalf("%s does not start\n%s", p.name, p.tail())
	}
	return p
}

// expect says that programs will log an error with these words, which is no fault here.
func (w *whatsappWorld) expect(words string) { w.expected = append(w.expected, words) }

// overlook ends every program and takes from what they logged the errors that were to be expected; the rest is for world.endAll.
func (w *whatsappWorld) overlook() {
	for _, p := range w.running {
		if p.frozen {
			p.thaw()
		}
		if !p.over() {
			p.kill()
		}
		b, err := os.ReadFile(p.log)
		if err != nil {
			w.t.Error(err)
			continue
		}
		var rest []byte
		for line := range bytes.Lines(b) {
			expected := false
			for _, words := range w.expected {
				expected = expected || bytes.Contains(line, []byte("level=ERROR")) && bytes.Contains(line, []byte(words))
			}
			if !expected {
				rest = append(rest, line...)
			}
		}
		if err := os.WriteFile(p.log, rest, 0o600); err != nil {
			w.t.Error(err)
		}
		if w.t.Failed() && os.Getenv("TANGGAP_SOAK_LOGS") != "" { // where whoever looks for a fault wants them
			_ = os.WriteFile(filepath.Join(os.Getenv("TANGGAP_SOAK_LOGS"), filepath.Base(p.log)), b, 0o600)
		}
	}
}
