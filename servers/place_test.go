package servers

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSettleInAFolderThatThePostgresUserCannotEnter(t *testing.T) {
	t.Parallel()
	tmp := folder(t)
	closed := filepath.Join(tmp, "root")
	if err := os.Mkdir(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	elsewhere := filepath.Join(tmp, "var")
	dir := filepath.Join(closed, "checkout", ".tanggap")
	p, err := settle(dir, elsewhere)
	if err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() != 0 {
		if p.dir != dir || p.account.uid != os.Geteuid() {
			t.Errorf("an ordinary user's servers run as that user, in the folder asked for: %+v", p)
		}
		return
	}
	if p.dir != filepath.Join(elsewhere, shortHash(dir)) || p.account.uid == 0 {
		t.Errorf("place %+v", p)
	}
	note, err := os.ReadFile(filepath.Join(dir, "elsewhere"))
	if err != nil || !strings.Contains(string(note), p.dir+"\n") {
		t.Errorf("the note says %q, %v", note, err)
	}
	again, err := settle(dir, elsewhere)
	if err != nil || again != p {
		t.Errorf("a second time: %+v, %v", again, err)
	}
}

func TestSettleOnAFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := settle(file, "/nowhere"); err == nil || !strings.Contains(err.Error(), "is a file") {
		t.Errorf("error %v", err)
	}
}

func TestMakeOwnedRefusesWhatSomebodyElseMade(t *testing.T) {
	t.Parallel()
	a, err := accountFor(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	tmp := t.TempDir()
	foreign := "/usr" // root's
	if os.Geteuid() == 0 {
		foreign = filepath.Join(tmp, "foreign")
		if err := os.Mkdir(foreign, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Chown(foreign, a.uid+1, a.gid); err != nil {
			t.Fatal(err)
		}
	}
	link := filepath.Join(tmp, "link")
	if err := os.Symlink("/etc", link); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{foreign, link} {
		if err := makeOwned(dir, a); err == nil {
			t.Errorf("%s was accepted", dir)
		}
	}
	mine := filepath.Join(tmp, "mine")
	if err := os.Mkdir(mine, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := makeOwned(mine, a); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(mine); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v %v", info.Mode(), err)
	}
}

func TestSocketFolderIsShortEnough(t *testing.T) {
	t.Parallel()
	for n := 1; n < 300; n++ {
		dir := "/" + strings.Repeat("x", n)
		if got := len(socketFolder(dir, account{uid: 4294967294})) + len("/"+postgresSocketName); got > longestSocket {
			t.Fatalf("a folder of %d bytes makes a socket path of %d", n, got)
		}
	}
	if got := socketFolder("/srv/tanggap/.tanggap", account{}); got != "/srv/tanggap/.tanggap/run" {
		t.Errorf("a short path needs no folder in /tmp: %s", got)
	}
}
