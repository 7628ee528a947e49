package servers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// socketPeer returns the pid and uid of the process that listens at a Unix socket; pid 0 if none does.
func socketPeer(ctx context.Context, path string) (pid, uid int, err error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", path)
	if err != nil {
		return 0, 0, dialError(err)
	}
	defer conn.Close() //nolint:errcheck // nothing was written
	raw, err := conn.(*net.UnixConn).SyscallConn()
	if err != nil {
		return 0, 0, err
	}
	var cred *unix.Ucred
	var credErr error
	if err := raw.Control(func(fd uintptr) {
		cred, credErr = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
	}); err != nil {
		return 0, 0, err
	}
	if credErr != nil {
		return 0, 0, fmt.Errorf("who listens at %s: %w", path, credErr)
	}
	if cred.Pid <= 0 {
		return 0, 0, fmt.Errorf("at %s a process listens that is not of this container: stop it there", path)
	}
	return int(cred.Pid), int(cred.Uid), nil
}

// commandLine returns the words a process was started with; nil if it is gone.
func commandLine(pid int) []string {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil || len(data) == 0 {
		return nil
	}
	var words []string
	for w := range bytes.SplitSeq(bytes.TrimRight(data, "\x00"), []byte{0}) {
		words = append(words, string(w))
	}
	return words
}

// isZombie says whether a process has ended but was not yet buried by its parent.
func isZombie(pid int) bool {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return errors.Is(err, os.ErrNotExist)
	}
	i := bytes.LastIndexByte(data, ')') // the name before it may hold anything
	return i < 0 || i+2 >= len(data) || data[i+2] == 'Z' || data[i+2] == 'X'
}

// startBound starts a command that the kernel shall signal when this process dies. The kernel watches the *thread* that started
// the child, and Go ends threads when it likes; so one goroutine that keeps its thread for ever starts all such children.
func startBound(cmd *exec.Cmd, sig syscall.Signal) error {
	if sig == 0 {
		return cmd.Start()
	}
	cmd.SysProcAttr.Pdeathsig = sig
	result := make(chan error)
	boundStarts() <- func() { result <- cmd.Start() }
	return <-result
}

var boundStarts = sync.OnceValue(func() chan<- func() {
	starts := make(chan func())
	go func() {
		runtime.LockOSThread()
		for start := range starts {
			start()
		}
	}()
	return starts
})
