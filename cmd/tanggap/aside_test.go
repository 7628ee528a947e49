package main

import (
	"encoding/base64"
	"strings"
	"testing"

	"tanggap/hotline"
	"tanggap/testbed"
)

// What was set aside can be seen and tried again by whoever operates the program; what was said in it is not shown.
func TestWhatWasSetAside(t *testing.T) {
	t.Parallel()
	url := testbed.Database(t)
	env := []string{"TANGGAP_DATABASE_URL=" + url, "TANGGAP_REDIS_URL=" + testbed.RedisDB(t), "TANGGAP_KEY=" + base64.StdEncoding.EncodeToString(testbed.Key)}
	run := func(args ...string) string {
		t.Helper()
		out, errs, code := do(t, env, args...)
		if code != 0 {
			t.Fatalf("%v: exit %d, %s", args, code, errs)
		}
		return out
	}
	if out := run("aside"); !strings.Contains(out, "Nothing is set aside") {
		t.Errorf("at first: %q", out)
	}
	s := testbed.StoreAt(t, url)
	for _, raw := range []hotline.Raw{
		{Channel: hotline.Telegram, Account: "42", Peer: "7", Delivery: "1", Body: []byte("rahasia saya")},
		{Channel: hotline.Telegram, Account: "42", Delivery: "2", Body: []byte("{garbled")},
	} {
		if err := s.Put(t.Context(), []hotline.Raw{raw}); err != nil {
			t.Fatal(err)
		}
	}
	change(t, env, `update inbox set set_aside_at = received, attempts = 3, error = 'broken over it' where address_id is not null`)
	change(t, env, `insert into outbox (address_id, account, verb, lane, body, due, asked, made, state, reason, detail)
		select id, 'telegram/42', 'send', 1, '{"l":[{"k":"rate.done"}]}', '-infinity', true, '2026-11-23 09:00+07', 'aside', 'refused', 'chat not found' from addresses`)
	out := run("aside", "list")
	for _, line := range []string{"in-1 ", "a message of 12 bytes", "broken over it", "out-1 ", "rate.done", "refused chat not found"} {
		if !strings.Contains(out, line) {
			t.Errorf("%q is not said: %q", line, out)
		}
	}
	if strings.Contains(out, "rahasia") {
		t.Errorf("what was said is shown: %q", out)
	}
	if out := run("aside", "retry", "in-1"); !strings.Contains(out, "tried again: 1") {
		t.Errorf("one: %q", out)
	}
	if _, errs, code := do(t, env, "aside", "retry", "in-2"); code != 1 || !strings.Contains(errs, "tanggap aside") {
		t.Errorf("nobody knows who sent it: exit %d, %q", code, errs)
	}
	if _, errs, code := do(t, env, "aside", "retry", "semua"); code != 2 || !strings.Contains(errs, "in-12") {
		t.Errorf("no id: exit %d, %q", code, errs)
	}
	if out := run("aside", "retry", "--all"); !strings.Contains(out, "tried again: 1") {
		t.Errorf("the other: %q", out)
	}
	if out := run("aside"); strings.Contains(out, "in-1 ") || strings.Contains(out, "out-1") || !strings.Contains(out, "in-2") {
		t.Errorf("left: %q", out)
	}
}
