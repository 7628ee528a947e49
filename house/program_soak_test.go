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
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	bot "tanggap/bot/whatsapp"
	"tanggap/config"
	"tanggap/house"
	"tanggap/simulator/whatsapp"
	"tanggap/testbed"
)

// The soak tests run the program as it runs in life: a process of its own, wired by house.Open as "tanggap serve" wires it, that can be killed
// at any moment. The process is this test binary once more; a variable in its environment tells it that it is the program.

// programVariable holds the made of a program, as JSON.
const programVariable = "TANGGAP_SOAK_PROGRAM"

// made is what a program is made of. What is not said here is as "tanggap serve" has it.
type made struct {
	Database, Redis, Telegram string
	WhatsApp                  string // empty: it has no number there
}

func init() {
	if text := os.Getenv(programVariable); text != "" {
		os.Exit(program(text))
	}
}

// program is the program. It says "ready ADDRESS" once it is, and ends in good order at a SIGTERM; in haste when whoever started it is gone.
func program(text string) int {
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // ends when the test does
		os.Exit(3)
	}()
	var m made
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		log.Error("what it is made of", "error", err)
		return 2
	}
	r, report := config.Regency("jepara", time.Now())
	if r == nil {
		log.Error("the shipped regency does not load", "report", report)
		return 1
	}
	options := house.Options{
		Regency: r, DatabaseURL: m.Database, RedisURL: m.Redis, Key: testbed.Key, Listen: "127.0.0.1:0", Log: log,
		Telegram: &house.TelegramOptions{Token: simToken, API: m.Telegram},
	}
	if m.WhatsApp != "" {
		root := whatsapp.Root() // without a pace: nobody bans it here
		options.WhatsApp = &house.WhatsAppOptions{Pace: &bot.Pace{}, Transport: whatsapp.TransportTo(m.WhatsApp), Root: &root}
	}
	h, err := house.Open(ctx, options)
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

// A running program, as the test sees it.
type running struct {
	t       testing.TB
	name    string
	cmd     *exec.Cmd
	address string // of its web door, once ready
	ready   chan struct{}
	ended   chan struct{}
	err     error // how it ended; read after ended is closed
	frozen  bool
	log     string // path
}

// start starts the program and waits until it is ready.
func (w *world) start() *running {
	w.t.Helper()
	return w.startOf(w.made)
}

// startOf starts a program that is made of something else, and waits until it is ready.
func (w *world) startOf(m made) *running {
	w.t.Helper()
	p := w.launch(m)
	select {
	case <-p.ready:
	case <-p.ended:
		w.t.Fatalf("%s did not start: %v\n%s", p.name, p.err, p.tail())
	case <-time.After(startPatience):
		w.t.Fatalf("%s does not start\n%s", p.name, p.tail())
	}
	return p
}

// launch starts a program and does not wait until it is ready.
func (w *world) launch(m made) *running {
	w.t.Helper()
	self, err := os.Executable()
	if err != nil {
		w.t.Fatal(err)
	}
	text, err := json.Marshal(m)
	if err != nil {
		w.t.Fatal(err)
	}
	w.started++
	p := &running{t: w.t, name: fmt.Sprint("program ", w.started), cmd: exec.Command(self), //nolint:noctx // it outlives contexts, by intent
		ready: make(chan struct{}), ended: make(chan struct{}), log: filepath.Join(w.logs, fmt.Sprintf("%03d.log", w.started))}
	log, err := os.Create(p.log)
	if err != nil {
		w.t.Fatal(err)
	}
	defer log.Close() //nolint:errcheck // the child writes to it
	p.cmd.Env = append(os.Environ(), programVariable+"="+string(text))
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

// Patience with the machine: it may be busy with other things.
const (
	startPatience = time.Minute
	stopPatience  = time.Minute
)

func (p *running) over() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

// kill ends it at once: kill -9.
func (p *running) kill() {
	p.t.Helper()
	if !p.over() {
		_ = p.cmd.Process.Kill() // it may have ended just now
	}
	p.awaitEnd()
}

// stop ends it in good order.
func (p *running) stop() {
	p.t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.t.Errorf("%s ended by itself: %v\n%s", p.name, err, p.tail())
		return
	}
	p.awaitEnd()
	if p.err != nil {
		p.t.Errorf("%s ended badly: %v\n%s", p.name, p.err, p.tail())
	}
}

func (p *running) awaitEnd() {
	p.t.Helper()
	select {
	case <-p.ended:
	case <-time.After(stopPatience):
		p.t.Errorf("%s does not end\n%s", p.name, p.tail())
		_ = p.cmd.Process.Kill()
		<-p.ended
	}
}

// freeze stops it where it stands; thaw lets it go on.
func (p *running) freeze() { p.signal(syscall.SIGSTOP); p.frozen = true }
func (p *running) thaw()   { p.signal(syscall.SIGCONT); p.frozen = false }

func (p *running) signal(s syscall.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatalf("%s: %v", p.name, err)
	}
}

// readiness asks /readyz.
func (p *running) readiness() (status int, r house.Readiness, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.address+"/readyz", http.NoBody)
	if err != nil {
		return 0, r, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, r, err
	}
	defer res.Body.Close() //nolint:errcheck // only read
	return res.StatusCode, r, json.NewDecoder(res.Body).Decode(&r)
}

// tail is the end of what it logged.
func (p *running) tail() string {
	b, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	lines := bytes.Split(bytes.TrimSpace(b), []byte("\n"))
	return string(bytes.Join(lines[max(0, len(lines)-40):], []byte("\n")))
}

// expect says that programs will log an error with these words, which is no fault here.
func (w *world) expect(words string) { w.expected = append(w.expected, words) }

// expects tells whether a line that was logged is an error that was to be expected.
func (w *world) expects(line []byte) bool {
	return bytes.Contains(line, []byte("level=ERROR")) &&
		slices.ContainsFunc(w.expected, func(words string) bool { return bytes.Contains(line, []byte(words)) })
}

// endAll ends every program, and looks through what they logged for what no program should ever log. Whoever looks for a fault names a folder in
// TANGGAP_SOAK_LOGS, to have what the programs of a test that failed logged.
func (w *world) endAll() {
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
		for line := range bytes.Lines(b) {
			for _, bad := range []string{"DATA RACE", "panic", "level=ERROR", "fatal error"} {
				if bytes.Contains(line, []byte(bad)) && !w.expects(line) {
					w.t.Errorf("%s logged: %s", p.name, bytes.TrimSpace(line))
				}
			}
		}
		if w.t.Failed() && bytes.Contains(b, []byte("DATA RACE")) {
			w.t.Logf("%s", b)
		}
		if dir := os.Getenv("TANGGAP_SOAK_LOGS"); w.t.Failed() && dir != "" {
			if err := os.WriteFile(filepath.Join(dir, filepath.Base(p.log)), b, 0o600); err != nil {
				w.t.Error(err)
			}
		}
	}
	if w.t.Failed() && len(w.running) > 0 {
		last := w.running[len(w.running)-1]
		w.t.Logf("the end of what %s logged:\n%s", last.name, last.tail())
	}
}
