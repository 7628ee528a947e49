//go:build soak

package servers

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"
)

// A program is killed at random moments, also while it makes the data, starts the servers, or stops them. Whatever it left, the
// next one comes up with all that was committed, and at the end nothing runs.
func TestSoakKilledAtRandomMoments(t *testing.T) {
	const rounds = 40
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	dir := folder(t)
	committed := 0
	for round := range rounds {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), victimVariable+"="+dir)
		stdin, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if round%4 == 3 { // killed on its way down
			<-time.After(time.Second)
			if err := stdin.Close(); err != nil {
				t.Fatal(err)
			}
		}
		<-time.After(time.Duration(random.IntN(1200)) * time.Millisecond)
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()

		if round%5 != 4 {
			continue
		}
		s := start(t, Options{Dir: dir, Postgres: true, Redis: true})
		execute(t, s.DatabaseURL(), "create table if not exists rounds (n int); insert into rounds values (1)")
		committed++
		var kept int
		conn := connect(t, s.DatabaseURL())
		if err := conn.QueryRow(t.Context(), "select count(*) from rounds").Scan(&kept); err != nil {
			t.Fatal(err)
		}
		if err := conn.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if kept != committed {
			t.Fatalf("round %d: %d rows, %d were committed", round, kept, committed)
		}
		postgres, redis := s.PostgresPID(), s.RedisPID()
		stop(t, s)
		mustEnd(t, postgres, redis)
	}
}
