package main

import (
	"slices"
	"strings"
	"testing"
)

// An invitation comes with a link for every number of ours at WhatsApp that officers may write to: the words that enrol them stand ready to be sent.
func TestInviteLinks(t *testing.T) {
	t.Parallel()
	env := elsewhere(t)
	invite := func(more ...string) (code string, links []string) {
		t.Helper()
		out, errs, exit := do(t, with(env, more...), "officer", "invite", "--agency", "dlh", "--name", "Wati")
		if exit != 0 {
			t.Fatalf("exit %d, %s", exit, errs)
		}
		code, rest, _ := strings.Cut(out, "\n")
		return code, slices.DeleteFunc(strings.Split(rest, "\n"), func(l string) bool { return !strings.HasPrefix(l, "https://") })
	}
	if _, links := invite(); len(links) > 0 {
		t.Errorf("without a network: %q", links)
	}
	change(t, env, `insert into settings (name, value) values ('reach telegram', 'tanggap_bot')`) // as a service that ran with Telegram leaves it
	code, links := invite()
	if want := []string{"https://t.me/tanggap_bot?start=daftar-" + code}; !slices.Equal(links, want) {
		t.Errorf("the bot of a service whose token is not here: %q, want %q", links, want)
	}
	change(t, env, `delete from settings where name = 'reach telegram'`)
	change(t, env, `insert into whatsapp_numbers (name, use, jid, made) values ('utama', 'citizens', '6281200001120:3@s.whatsapp.net', now()),
		('petugas', 'officers', '6281200001121:1@s.whatsapp.net', now()), ('ngantor', 'ngantor-2026', '6281200001122:1@s.whatsapp.net', now()),
		('baru', 'citizens', null, now())`)
	code, links = invite("TANGGAP_WHATSAPP=on")
	if want := []string{"https://wa.me/6281200001121?text=%2Fdaftar%20" + code, "https://wa.me/6281200001120?text=%2Fdaftar%20" + code}; !slices.Equal(links, want) {
		t.Errorf("linked telephones: %q, want %q", links, want)
	}
	code, links = invite("TANGGAP_WHATSAPP=cloud", "TANGGAP_WHATSAPP_NUMBER_ID=106540352242922", "TANGGAP_WHATSAPP_NUMBER=+6281200001123",
		"TANGGAP_WHATSAPP_TOKEN=a-token", "TANGGAP_WHATSAPP_APP_SECRET=a-secret", "TANGGAP_WHATSAPP_VERIFY=a-word")
	if want := []string{"https://wa.me/6281200001123?text=%2Fdaftar%20" + code}; !slices.Equal(links, want) {
		t.Errorf("a business account: %q, want %q", links, want)
	}
}
