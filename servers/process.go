package servers

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// A process is a server that runs: our own child, or one that an earlier program started and we adopted.
type process struct {
	name   string
	pid    int
	handle *os.Process
	ended  chan struct{} // closed when it has ended; nil for an adopted one, whose end the system tells only to its parent
	result error         // how it ended; read after ended is closed
}

// A command is what to start, as whom and where.
type command struct {
	path    string
	args    []string
	dir     string
	account account
	log     *os.File
	bound   syscall.Signal // sent by the kernel when this process dies; 0 for none
}

// start starts a server. It gets a process group of its own, so that Ctrl-C in the terminal reaches this program alone, which then
// stops its servers in good order. Nothing of our environment goes along but the PATH: PGDATA or LC_ALL would change what runs.
func (c command) start(name string) (*process, error) {
	cmd := exec.Command(c.path, c.args...)
	cmd.Dir = c.dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "TZ=UTC"}
	cmd.Stdout, cmd.Stderr = c.log, c.log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: c.account.credential()}
	if err := startBound(cmd, c.bound); err != nil {
		return nil, fmt.Errorf("start %s: %w", c.path, err)
	}
	p := &process{name: name, pid: cmd.Process.Pid, handle: cmd.Process, ended: make(chan struct{})}
	go func() {
		p.result = cmd.Wait()
		close(p.ended)
	}()
	return p, nil
}

// listening returns the process that listens at a Unix socket in our folder, nil if none does. The kernel remembers who that is,
// so that a pid used again by somebody else's process can never be taken for it.
func listening(ctx context.Context, name, socket string, a account) (*process, error) {
	pid, uid, err := socketPeer(ctx, socket)
	if err != nil || pid == 0 {
		return nil, err
	}
	if uid != a.uid {
		return nil, fmt.Errorf("at %s a process of user %s listens, not one of %s: end process %d and try again", socket, userName(uid), a.name, pid)
	}
	handle, err := os.FindProcess(pid)
	if err != nil {
		return nil, nil //nolint:nilerr // it has just ended
	}
	// The handle was made after the kernel named the pid. Asked once more, it names the same only if the handle is for that process.
	again, _, err := socketPeer(ctx, socket)
	if err != nil || again != pid {
		_ = handle.Release()
		return nil, err
	}
	return &process{name: name, pid: pid, handle: handle}, nil
}

// running says whether the process is still there.
func (p *process) running() bool {
	if p.ended != nil {
		select {
		case <-p.ended:
			return false
		default:
			return true
		}
	}
	return p.handle.Signal(syscall.Signal(0)) == nil && !isZombie(p.pid)
}

// wait waits for the end of the process, or of the context, whose error it returns.
func (p *process) wait(ctx context.Context) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for p.running() {
		select {
		case <-p.ended: // never, if nil
		case <-tick.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// stop asks the process to end, each signal less polite than the one before, and returns when it has ended. The first signal gets
// the time given; the others, which leave no choice, a little.
func (p *process) stop(patience time.Duration, signals ...syscall.Signal) error {
	for _, sig := range append(signals, syscall.SIGKILL) {
		if err := p.handle.Signal(sig); err != nil {
			if errors.Is(err, os.ErrProcessDone) {
				return nil
			}
			return fmt.Errorf("stop %s (process %d): %w", p.name, p.pid, err)
		}
		waiting, cancel := context.WithTimeout(context.Background(), patience)
		err := p.wait(waiting)
		cancel()
		if err == nil {
			return nil
		}
		patience = 5 * time.Second
	}
	return fmt.Errorf("%s (process %d) does not end", p.name, p.pid)
}

// retry calls try every few milliseconds until it returns nil or a permanent error, the process has ended, or the context has.
func (p *process) retry(ctx context.Context, try func(context.Context) error) error {
	tick := time.NewTicker(15 * time.Millisecond)
	defer tick.Stop()
	for {
		err := try(ctx)
		var permanent permanentError
		if err == nil || errors.As(err, &permanent) {
			return err
		}
		if !p.running() {
			return errEnded
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s does not answer: %w", p.name, err)
		case <-p.ended:
			return errEnded
		case <-tick.C:
		}
	}
}

// errEnded says that a server ended while we waited for it to answer.
var errEnded = errors.New("it ended")

// A permanentError is one that waiting will not mend.
type permanentError struct{ error }

func (e permanentError) Unwrap() error { return e.error }
