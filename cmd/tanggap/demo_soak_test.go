//go:build soak

package main

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Killed at any moment of the story, the demo comes out the next time: it adopts the servers that were left running, lets go of what the killed
// one held, and ends what its people were in the middle of.
func TestSoakDemoSurvivesKills(t *testing.T) {
	dir := folder(t)
	env := []string{"TANGGAP_DATA=" + dir, "TANGGAP_LISTEN=127.0.0.1:0"}
	for _, moment := range []string{
		`Starting Postgres`,
		`/daftar [A-Z2-9]{8}\n`,
		`▸ \[foto jalan.jpg\]`,
		`Siti  ▸ \[Ya, kirim\]`,
		`Kasus baru JPR`,
		`Petugas bertanya`, // Siti is asked, and nobody will answer
		`Budi  ▸ \[Selesai\]`,
		`ada foto hasilnya`,
		`Siti  ▸ \[5\]`,
		`Joko  ▸ Wonten`,
		`Tanggap → Joko, WhatsApp .*\n(?: +│ .*\n)* +│ 1\. `, // he is asked, and nobody will answer
	} {
		p := start(t, env, "demo", "--once")
		p.saw(moment, 2*time.Minute)
		p.signal(syscall.SIGKILL)
		p.end(10 * time.Second)
	}
	out, errs, code := do(t, env, "demo", "--once")
	if code != 0 {
		t.Fatalf("exit %d: %s\n%s", code, errs, out)
	}
	told(t, out)
	if !strings.Contains(out, "Found again: ") {
		t.Errorf("nothing was found again:\n%s", out)
	}
	if left := mentioning(t, dir); len(left) > 0 {
		t.Errorf("left running: %q", left)
	}
}

// While the demo serves, other commands use its servers and leave them running; it ends in good order although a browser looks on.
func TestSoakDemoServes(t *testing.T) {
	dir := folder(t)
	env := []string{"TANGGAP_DATA=" + dir, "TANGGAP_LISTEN=127.0.0.1:0"}
	p := start(t, env, "demo")
	url := p.saw(`Be anybody yourself: (http://\S+/)\n(?s:.*)Ctrl-C ends it`, 2*time.Minute)[1]
	if body := get(t, url, http.StatusOK); !strings.Contains(body, "Budi Santoso") || !strings.Contains(body, "Siti Aminah") || !strings.Contains(body, "w6281200000002") {
		t.Errorf("the page does not show who is there: %s", body)
	}
	if out, errs, code := do(t, env, "officer", "invite", "--agency", "dlh", "--name", "Wati"); code != 0 {
		t.Errorf("invite beside it: exit %d, %q, %q", code, out, errs)
	}
	if _, errs, code := do(t, env, "demo", "--once"); code != 1 || !strings.Contains(errs, "another demo plays") {
		t.Errorf("a second one: exit %d, %q", code, errs)
	}
	if body := get(t, url+"readyz", http.StatusOK); !strings.Contains(body, `"ready":true`) {
		t.Errorf("/readyz afterwards: %s", body)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"events?id=811200001&after=0", nil)
	if err != nil {
		t.Fatal(err)
	}
	stream, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Body.Close()
	if _, err := bufio.NewReader(stream.Body).ReadString('\n'); err != nil {
		t.Fatalf("the stream: %v", err)
	}
	asked := time.Now()
	p.signal(syscall.SIGINT)
	if code := p.end(15 * time.Second); code != 0 {
		t.Errorf("Ctrl-C: exit %d", code)
	}
	t.Logf("it ended %s after Ctrl-C", time.Since(asked).Round(time.Millisecond))
	if left := mentioning(t, dir); len(left) > 0 {
		t.Errorf("left running: %q", left)
	}
}

// Ctrl-C in the middle of the story, and once more at once.
func TestSoakDemoInterrupted(t *testing.T) {
	for name, times := range map[string]int{"once": 1, "twice": 2} {
		t.Run(name, func(t *testing.T) {
			dir := folder(t)
			p := start(t, []string{"TANGGAP_DATA=" + dir, "TANGGAP_LISTEN=127.0.0.1:0"}, "demo", "--once")
			p.saw(`▸ \[foto jalan.jpg\]`, 2*time.Minute)
			for range times {
				p.signal(syscall.SIGINT)
			}
			if code := p.end(30 * time.Second); code != 1 {
				t.Errorf("exit %d", code)
			}
			if left := mentioning(t, dir); len(left) > 0 {
				t.Errorf("left running: %q", left)
			}
		})
	}
}
