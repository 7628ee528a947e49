//go:build unix && !linux

package servers

import (
	"context"
	"net"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// socketPeer returns the pid and uid of the process that listens at a Unix socket; pid 0 if none does. Systems have different
// calls for it; lsof knows them all.
func socketPeer(ctx context.Context, path string) (pid, uid int, err error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", path)
	if err != nil {
		return 0, 0, dialError(err)
	}
	_ = conn.Close()
	out, err := exec.CommandContext(ctx, "lsof", "-U", "-a", "-F", "pu", path).Output()
	if err != nil {
		return 0, 0, err
	}
	for _, line := range strings.Split(string(out), "\n") {
		if len(line) < 2 {
			continue
		}
		n, err := strconv.Atoi(line[1:])
		if err != nil {
			continue
		}
		switch {
		case line[0] == 'p' && pid != 0: // a second process: a backend; the first listed, the oldest, listens
			return pid, uid, nil
		case line[0] == 'p':
			pid = n
		case line[0] == 'u':
			uid = n
		}
	}
	return pid, uid, nil
}

// commandLine returns the words a process was started with; nil if it is gone.
func commandLine(pid int) []string {
	out, err := exec.Command("ps", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
	if err != nil {
		return nil
	}
	return strings.Fields(string(out))
}

// isZombie says whether a process has ended but was not yet buried by its parent.
func isZombie(pid int) bool {
	out, err := exec.Command("ps", "-o", "state=", "-p", strconv.Itoa(pid)).Output()
	return err != nil || strings.HasPrefix(strings.TrimSpace(string(out)), "Z")
}

// startBound starts a command. Binding its life to ours is something only Linux can do.
func startBound(cmd *exec.Cmd, _ syscall.Signal) error { return cmd.Start() }
