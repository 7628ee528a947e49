package config

import (
	"fmt"
	"strings"
	"testing"
)

func TestConsoleSettings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		env  map[string]string
		says string // empty: it is good
	}{
		{nil, ""},
		{map[string]string{"TANGGAP_CONSOLE_URL": "https://tanggap.example.go.id/"}, ""},
		{map[string]string{"TANGGAP_CONSOLE_URL": "https://tanggap.example.go.id/pages"}, "names a path"},
		{map[string]string{"TANGGAP_CONSOLE_URL": "tanggap.example.go.id"}, "TANGGAP_CONSOLE_URL is no URL"},
		{map[string]string{"TANGGAP_CONSOLE_TILES": "https://tiles.example/{z}/{x}/{y}.png"}, ""},
		{map[string]string{"TANGGAP_CONSOLE_TILES": "https://{s}.tiles.example/{z}/{x}/{y}.png"}, ""},
		{map[string]string{"TANGGAP_CONSOLE_TILES": "https://tiles.example/"}, "TANGGAP_CONSOLE_TILES is no address"},
		{map[string]string{"TANGGAP_OIDC_ISSUER": "https://sso.example"}, "TANGGAP_OIDC_CLIENT_ID is missing"},
		{map[string]string{"TANGGAP_OIDC_CLIENT_ID": "tanggap"}, "TANGGAP_OIDC_ISSUER is missing"},
		{map[string]string{"TANGGAP_EXCHANGE_SECRET": "hush"}, "TANGGAP_EXCHANGE_SECRET has 4 letters, not 32 or more; make one with: openssl rand -hex 32"},
		{map[string]string{"TANGGAP_EXCHANGE_SECRET": "hush, this is a secret of 32 signs"}, ""},
		{map[string]string{"TANGGAP_OIDC_ISSUER": "https://sso.example", "TANGGAP_OIDC_CLIENT_ID": "t", "TANGGAP_OIDC_CLIENT_SECRET": "hush",
			"TANGGAP_CONSOLE_URL": "https://tanggap.example"}, ""},
	} {
		s, err := FromEnv(func(name string) string { return c.env[name] })
		switch {
		case c.says == "" && err != nil:
			t.Errorf("%v: %v", c.env, err)
		case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)):
			t.Errorf("%v: %v, want %q", c.env, err, c.says)
		}
		if err != nil && strings.Contains(strings.ToLower(err.Error()), "hush") {
			t.Errorf("the secret is told: %v", err)
		}
		if shown := fmt.Sprintf("%v %+v %#v", s.Console, s.Console, s.Console); strings.Contains(shown, "hush") {
			t.Errorf("the secret is shown: %s", shown)
		}
	}
}
