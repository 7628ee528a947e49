package config

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func env(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i+1 < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

func TestFromEnvDefaults(t *testing.T) {
	t.Parallel()
	s, err := FromEnv(env())
	if err != nil {
		t.Fatal(err)
	}
	if s.Regency != "jepara" || s.Data != ".tanggap" || s.Listen != "127.0.0.1:8112" || s.DatabaseURL != "" || s.RedisURL != "" || s.Key != nil || s.Telegram != (TelegramSettings{}) {
		t.Errorf("defaults: %+v", s)
	}
}

func TestFromEnv(t *testing.T) {
	t.Parallel()
	key := bytes.Repeat([]byte{7}, 32)
	s, err := FromEnv(env(
		"TANGGAP_REGENCY", " ./kembar ",
		"TANGGAP_DATABASE_URL", "postgres://u:p@a:5432,b:5432/d?target_session_attrs=read-write",
		"TANGGAP_REDIS_URL", "rediss://:p@h:6380/3",
		"TANGGAP_DATA", "/var/lib/tanggap/",
		"TANGGAP_TELEGRAM_TOKEN", "123456:AAbbCCddEEffGG_-hh",
		"TANGGAP_TELEGRAM_API", "http://127.0.0.1:8081/",
		"TANGGAP_TELEGRAM_WEBHOOK", "https://tanggap.example/hook",
		"TANGGAP_LISTEN", "[::]:80",
		"TANGGAP_KEY", base64.StdEncoding.EncodeToString(key),
	))
	if err != nil {
		t.Fatal(err)
	}
	if s.Regency != "./kembar" || s.Data != "/var/lib/tanggap" || s.Telegram.API != "http://127.0.0.1:8081" || !bytes.Equal(s.Key, key) || s.Listen != "[::]:80" {
		t.Errorf("settings: %s", s)
	}
	for _, shown := range []string{s.String(), fmt.Sprint(s), fmt.Sprintf("%+v", s), fmt.Sprintf("%#v", s), fmt.Sprintf("%v %#v", s.Telegram, s.Telegram)} {
		for _, secret := range []string{"u:p", ":p@", "AAbbCC", "BwcHBw", "7 7 7", "0x7"} {
			if strings.Contains(shown, secret) {
				t.Errorf("shows a secret: %s", shown)
			}
		}
	}
	for _, good := range []string{"host=/run/postgresql dbname=tanggap", "postgresql://h/d"} {
		if _, err := FromEnv(env("TANGGAP_DATABASE_URL", good)); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	if _, err := FromEnv(env("TANGGAP_REDIS_URL", "unix:///run/redis.sock?db=1")); err != nil {
		t.Error(err)
	}
}

func TestFromEnvRefuses(t *testing.T) {
	t.Parallel()
	const secret = "geheim-7f3a"
	for _, tt := range []struct{ name, value, want string }{
		{"TANGGAP_KEY", base64.StdEncoding.EncodeToString([]byte(secret)), "TANGGAP_KEY holds 11 bytes, not 32; make one with: openssl rand -base64 32"},
		{"TANGGAP_KEY", "!" + secret, "TANGGAP_KEY is not base64; make one with: openssl rand -base64 32"},
		{"TANGGAP_TELEGRAM_TOKEN", secret, "TANGGAP_TELEGRAM_TOKEN is no bot token; copy it from @BotFather"},
		{"TANGGAP_TELEGRAM_API", "ftp://" + secret, "TANGGAP_TELEGRAM_API is no URL that can be used; write it as https://host/path"},
		{"TANGGAP_TELEGRAM_WEBHOOK", "http://" + secret, "TANGGAP_TELEGRAM_WEBHOOK is no URL that can be used; write it as https://"},
		{"TANGGAP_DATABASE_URL", "mysql://u:" + secret + "@h/d", "TANGGAP_DATABASE_URL is no Postgres URL; write it as postgres://"},
		{"TANGGAP_DATABASE_URL", "postgres://", "TANGGAP_DATABASE_URL names no server"},
		{"TANGGAP_REDIS_URL", "redis://:" + secret + "@h:6379/x", "TANGGAP_REDIS_URL ends with something that is no database number"},
		{"TANGGAP_REDIS_URL", "http://" + secret, "TANGGAP_REDIS_URL is no Redis URL; write it as redis://"},
		{"TANGGAP_REDIS_URL", "redis://:" + secret + "@h:bad%zz", "TANGGAP_REDIS_URL is no URL"},
		{"TANGGAP_LISTEN", "8112", `TANGGAP_LISTEN "8112" is no address; write it as host:port`},
		{"TANGGAP_LISTEN", ":99999", `TANGGAP_LISTEN has the port "99999"`},
	} {
		s, err := FromEnv(env(tt.name, tt.value))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: want %q, got %v", tt.name, tt.want, err)
			continue
		}
		if strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", tt.name, err)
		}
		if s.Regency != "" || s.Key != nil {
			t.Errorf("%s: settings beside an error", tt.name)
		}
	}
	_, err := FromEnv(env("TANGGAP_KEY", "x", "TANGGAP_LISTEN", "x"))
	if got := strings.Count(err.Error(), "\n"); got != 1 {
		t.Errorf("two mistakes on %d lines: %v", got+1, err)
	}
}

func TestUnknownNamesAreTold(t *testing.T) {
	t.Parallel()
	got := Unknown([]string{
		"HOME=/root", "TANGGAP_REDIS_URL=redis://h", "TANGGAP_KEY=x", "TANGGAP_TELEGRAM_WEBHOOK=https://h", "TANGGAP_LISTEN=:1", "TANGGAP_TEST_REDIS_URL=x",
		"TANGGAP_REDIS_ULR=redis://:secret@h", "TANGGAP_TELEGRAM_TOKN=1:secret", "TANGGAP_COLOUR=secret", "TANGGAP_DATABSE_URL= ", "TANGGAP_=secret",
	})
	want := []string{
		"TANGGAP_ is no setting; unset it",
		"TANGGAP_COLOUR is no setting; unset it",
		"TANGGAP_REDIS_ULR is no setting; did you mean TANGGAP_REDIS_URL?",
		"TANGGAP_TELEGRAM_TOKN is no setting; did you mean TANGGAP_TELEGRAM_TOKEN?",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
