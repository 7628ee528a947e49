package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"runtime/pprof"
	"strconv"
	"strings"
	"syscall"
	"time"

	channel "tanggap/bot/whatsapp"
	"tanggap/config"
	"tanggap/hotline"
	"tanggap/house"
	"tanggap/simulator/whatsapp"
	"tanggap/store"
)

// programVariable tells this binary that it is the program under test, and of what it is made.
const programVariable = "TANGGAP_BENCH_PROGRAM"

// made is what the program under test is told.
type made struct {
	Database, Redis string
	Telegram        string // the Bot API's base URL; empty: no Telegram
	WhatsApp        string // the simulated WhatsApp's base URL; empty: no WhatsApp
	Web             bool   // the console's pages, at an address of its own
	Profile         string // where to write a CPU profile between the first SIGUSR1 and the second; empty: nowhere
}

var benchKey = []byte("a key of thirty-two bytes: bench")

const benchToken = "9000001:a-token-of-the-simulator"

func loadRegency() (*hotline.Regency, error) {
	r, report := config.Regency("jepara", time.Now())
	if r == nil {
		return nil, fmt.Errorf("the shipped regency does not load: %v", report)
	}
	return r, nil
}

func migrate(ctx context.Context, dsn string) error {
	pool, err := store.Connect(ctx, dsn, 2)
	if err != nil {
		return err
	}
	defer pool.Close()
	return store.Migrate(ctx, pool)
}

func onDatabase(dsn, name string) (string, error) {
	u, err := url.Parse(dsn)
	if err != nil || u.Scheme == "" {
		return "", fmt.Errorf("not a URL of Postgres: %s", dsn)
	}
	u.Path = "/" + name
	return u.String(), nil
}

// program is the program under test: it says "ready" and runs until it is told to stop.
func program(ctx context.Context) error {
	var m made
	if err := json.Unmarshal([]byte(os.Getenv(programVariable)), &m); err != nil {
		return err
	}
	r, err := loadRegency()
	if err != nil {
		return err
	}
	o := house.Options{
		Regency: r, DatabaseURL: m.Database, RedisURL: m.Redis, Key: benchKey,
		Gather: -1, NoRates: true,
		Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
	}
	if m.Telegram != "" {
		o.Telegram = &house.TelegramOptions{Token: benchToken, API: m.Telegram}
	}
	if m.WhatsApp != "" {
		root := whatsapp.Root()
		o.WhatsApp = &house.WhatsAppOptions{Pace: &channel.Pace{}, Transport: whatsapp.TransportTo(m.WhatsApp), Root: &root}
	}
	if m.Web {
		o.Listen, o.ConsoleOptions.Cheap = "127.0.0.1:0", true
	}
	h, err := house.Open(ctx, o)
	if err != nil {
		return err
	}
	defer h.Close()
	if m.Profile != "" {
		defer between(m.Profile)()
	} else {
		stop, err := profile("BENCH_PROFILE")
		if err != nil {
			return err
		}
		defer stop()
	}
	fmt.Println("ready", h.Address())
	return h.Run(ctx)
}

// between profiles this process into a file from the first SIGUSR1 to the second. What it gives ends the waiting.
func between(path string) (over func()) {
	if path == "" {
		return func() {}
	}
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGUSR1)
	go func() {
		for range asked {
			f, err := os.Create(path + ".part") //nolint:gosec // the benchmark names it
			if err == nil {
				err = pprof.StartCPUProfile(f)
			}
			if err != nil {
				slog.Error("no profile", "error", err)
				return
			}
			<-asked
			pprof.StopCPUProfile()
			if err := errors.Join(f.Close(), os.Rename(path+".part", path)); err != nil { // whole or not at all
				slog.Error("no profile", "error", err)
			}
		}
	}()
	return func() { signal.Stop(asked) }
}

// profile writes where this process spends its time into the file that a variable names, if it does, until stop is called.
func profile(variable string) (stop func(), err error) {
	path := os.Getenv(variable)
	if path == "" {
		return func() {}, nil
	}
	f, err := os.Create(path) //nolint:gosec // the one who measures names it
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() {
		pprof.StopCPUProfile()
		_ = f.Close() // a profile
	}, nil
}

// A running program.
type running struct {
	cmd     *exec.Cmd
	done    chan error
	address string // of its web door; empty: it has none
}

// start runs the program under test and waits until it is ready.
func start(ctx context.Context, m made) (*running, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self)
	cmd.Env = append(os.Environ(), programVariable+"="+string(text))
	cmd.Stderr = os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 15 * time.Second
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &running{cmd: cmd, done: make(chan error, 1)}
	line, err := bufio.NewReader(out).ReadString('\n')
	address, ready := strings.CutPrefix(strings.TrimSpace(line)+" ", "ready ")
	if err != nil || !ready {
		return nil, errors.Join(errors.New("the program did not start"), cmd.Wait())
	}
	go func() {
		_, _ = io.Copy(io.Discard, out)
		p.done <- cmd.Wait()
	}()
	p.address = strings.TrimSpace(address)
	return p, nil
}

// stop ends the program in good order.
func (p *running) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case err := <-p.done:
		return err
	case <-time.After(30 * time.Second):
		_ = p.cmd.Process.Kill()
		return errors.New("the program does not stop")
	}
}

// memory gives what the program holds now and held at the most, in MB.
func (p *running) memory() (now, most float64) {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(p.cmd.Process.Pid) + "/status")
	if err != nil {
		return 0, 0
	}
	for line := range strings.SplitSeq(string(b), "\n") {
		f := strings.Fields(line)
		if len(f) < 2 {
			continue
		}
		kb, _ := strconv.ParseFloat(f[1], 64)
		switch f[0] {
		case "VmRSS:":
			now = kb / 1024
		case "VmHWM:":
			most = kb / 1024
		}
	}
	return now, most
}
