package servers

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// A place is where the servers' files stand and as whom the servers run.
type place struct {
	dir     string  // absolute
	sockets string  // dir/run, or a short folder in /tmp
	account account // who owns the data
}

// An account is a user of the machine.
type account struct {
	uid, gid int
	name     string
}

// elsewhereRoot holds the data of checkouts that the servers' user cannot enter.
const elsewhereRoot = "/var/lib/tanggap"

// longestSocket is the longest path a Unix socket may have on every system (macOS: 103 bytes; Linux: 107).
const longestSocket = 103

// settle decides the place for a folder, and makes its folders.
//
// Not being root, everything is simple: the servers run as ourselves. Root must not run Postgres (it refuses), so then both run as
// whoever owns the data already, else as "postgres", which Debian's package makes, else as "nobody". When that user cannot enter
// the folder (a checkout under /root, say), the data go to a folder under /var/lib/tanggap named after the path.
func settle(dir, elsewhere string) (place, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return place{}, err
	}
	if err := makeFolders(dir); err != nil {
		return place{}, err
	}
	p := place{dir: dir}
	if p.account, err = accountFor(dir); err != nil {
		return place{}, err
	}
	if os.Geteuid() == 0 && !canEnter(p.account, dir) {
		p.dir = filepath.Join(elsewhere, shortHash(dir))
		if err := makeFolders(p.dir); err != nil {
			return place{}, err
		}
		if p.account, err = accountFor(p.dir); err != nil {
			return place{}, err
		}
		if !canEnter(p.account, p.dir) {
			return place{}, fmt.Errorf("user %s, as whom Postgres runs, can enter neither %s nor %s: set TANGGAP_DATA to a folder it can enter", p.account.name, dir, p.dir)
		}
		note := fmt.Sprintf("User %s, as whom Postgres and Redis run, cannot enter this folder; their data are in\n%s\n", p.account.name, p.dir)
		if err := os.WriteFile(filepath.Join(dir, "elsewhere"), []byte(note), 0o600); err != nil {
			return place{}, err
		}
	}
	p.sockets = socketFolder(p.dir, p.account)
	return p, makeOwned(p.sockets, p.account)
}

// accountFor says as whom the servers run that keep their data in dir.
func accountFor(dir string) (account, error) {
	self := os.Geteuid()
	owner, err := os.Stat(filepath.Join(dir, "postgres"))
	if err == nil {
		st, ok := owner.Sys().(*syscall.Stat_t)
		if !ok {
			return account{}, fmt.Errorf("%s: who owns it cannot be told", owner.Name())
		}
		uid := int(st.Uid)
		if self != 0 && uid != self {
			return account{}, fmt.Errorf("%s belongs to user %s, made when this was run as root perhaps: run it as root again, or set TANGGAP_DATA to another folder", filepath.Join(dir, "postgres"), userName(uid))
		}
		if uid != 0 {
			return account{uid: uid, gid: int(st.Gid), name: userName(uid)}, nil
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return account{}, err
	}
	if self != 0 {
		return account{uid: self, gid: os.Getegid(), name: userName(self)}, nil
	}
	for _, name := range []string{"postgres", "_postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.Atoi(u.Uid)
		gid, err2 := strconv.Atoi(u.Gid)
		if err1 == nil && err2 == nil && uid != 0 {
			return account{uid: uid, gid: gid, name: name}, nil
		}
	}
	return account{}, errors.New("root cannot run Postgres, and there is no user postgres or nobody to run it: run this as an ordinary user")
}

func userName(uid int) string {
	if u, err := user.LookupId(strconv.Itoa(uid)); err == nil {
		return u.Username
	}
	return strconv.Itoa(uid)
}

// canEnter tries it, by starting a process as that user in that folder: whatever the system's rules are, this is the answer.
func canEnter(a account, dir string) bool {
	cmd := exec.Command("/bin/sh", "-c", "cd .")
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: a.credential()}
	return cmd.Run() == nil
}

// credential is what a process needs in order to become this user; nil if we are that user.
func (a account) credential() *syscall.Credential {
	if a.uid == os.Geteuid() {
		return nil
	}
	return &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
}

// socketFolder is dir/run where that is short enough for a socket, else a folder in /tmp named after the user and the path.
func socketFolder(dir string, a account) string {
	run := filepath.Join(dir, "run")
	if len(run)+len("/"+postgresSocketName) <= longestSocket {
		return run
	}
	return filepath.Join("/tmp", fmt.Sprintf("tanggap-%d-%s", a.uid, shortHash(dir)))
}

// forget removes the socket folder if it is the one in /tmp; with sockets still in it, it stays.
func (p place) forget() {
	if p.sockets != filepath.Join(p.dir, "run") {
		_ = os.Remove(p.sockets)
	}
}

func shortHash(path string) string {
	sum := sha256.Sum256([]byte(path))
	return hex.EncodeToString(sum[:6])
}

// makeFolders makes a folder and those above it. Those that it makes are ours alone, or enterable by the servers' user when we are
// root, whatever the umask says.
func makeFolders(dir string) error {
	info, err := os.Stat(dir)
	if err == nil {
		if !info.IsDir() {
			return fmt.Errorf("%s is a file; a folder is needed there", dir)
		}
		return nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := makeFolders(filepath.Dir(dir)); err != nil {
		return err
	}
	mode := fs.FileMode(0o700)
	if os.Geteuid() == 0 {
		mode = 0o755
	}
	if err := os.Mkdir(dir, mode); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return os.Chmod(dir, mode)
}

// makeOwned makes a folder that only the account may enter, or checks that an existing one is just that. In /tmp anyone may have
// made it first: then it is refused.
func makeOwned(dir string, a account) error {
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.IsDir() {
		return fmt.Errorf("%s is in the way: it should be a folder; remove it", dir)
	}
	switch int(st.Uid) {
	case a.uid:
	case os.Geteuid(): // just made by root, or by a root that was killed before the next line
		if err := os.Lchown(dir, a.uid, a.gid); err != nil {
			return err
		}
	default:
		return fmt.Errorf("%s belongs to user %s, not to %s: somebody else made it; remove it", dir, userName(int(st.Uid)), a.name)
	}
	if info.Mode().Perm() == 0o700 {
		return nil
	}
	return os.Chmod(dir, 0o700)
}
