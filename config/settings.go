package config

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// Settings are what the environment says: which regency, which servers, which keys. They hold secrets: print them only through String.
type Settings struct {
	Regency     string // TANGGAP_REGENCY: a shipped name or a folder
	DatabaseURL string // TANGGAP_DATABASE_URL; empty: a private server
	RedisURL    string // TANGGAP_REDIS_URL; empty: a private server
	Data        string // TANGGAP_DATA: where private servers keep their data, clean
	Erasures    string // TANGGAP_ERASURES: the file that records erasures outside of the database; erasures.jsonl in Data
	Telegram    TelegramSettings
	WhatsApp    WhatsAppSettings
	Console     ConsoleSettings
	Listen      string   // TANGGAP_LISTEN: host:port of the web pages
	Key         []byte   // TANGGAP_KEY: 32 bytes; nil: not given
	OldKeys     [][]byte // TANGGAP_KEY_OLD: former keys, parted by commas, while the database is moved to Key
}

// TelegramSettings say how to reach Telegram.
type TelegramSettings struct {
	Token   string // TANGGAP_TELEGRAM_TOKEN; empty: no Telegram
	API     string // TANGGAP_TELEGRAM_API: base URL without a slash at the end; empty: the public one
	Webhook string // TANGGAP_TELEGRAM_WEBHOOK: public https URL; empty: poll
}

// Defaults of what the environment leaves unsaid.
const (
	DefaultRegency = "jepara"
	DefaultData    = ".tanggap"
	DefaultListen  = "127.0.0.1:8112"
	KeySize        = 32
)

// FromEnv reads the settings with getenv, usually os.Getenv. The error joins one line per malformed value, saying what is wrong and how to mend it;
// it never holds the value of a secret. Space around a value is dropped.
func FromEnv(getenv func(string) string) (Settings, error) {
	get := func(name, otherwise string) string {
		if v := strings.TrimSpace(getenv(name)); v != "" {
			return v
		}
		return otherwise
	}
	s := Settings{
		Regency:     get("TANGGAP_REGENCY", DefaultRegency),
		DatabaseURL: get("TANGGAP_DATABASE_URL", ""),
		RedisURL:    get("TANGGAP_REDIS_URL", ""),
		Data:        filepath.Clean(get("TANGGAP_DATA", DefaultData)),
		Telegram: TelegramSettings{
			Token:   get("TANGGAP_TELEGRAM_TOKEN", ""),
			API:     strings.TrimRight(get("TANGGAP_TELEGRAM_API", ""), "/"),
			Webhook: get("TANGGAP_TELEGRAM_WEBHOOK", ""),
		},
		Listen: get("TANGGAP_LISTEN", DefaultListen),
	}
	s.Erasures = filepath.Clean(get("TANGGAP_ERASURES", filepath.Join(s.Data, "erasures.jsonl")))
	whatsApp, whatsAppErr := whatsAppFromEnv(get)
	s.WhatsApp = whatsApp
	console, consoleErr := consoleFromEnv(get)
	s.Console = console
	key, keyErr := parseKey("TANGGAP_KEY", get("TANGGAP_KEY", ""))
	s.Key = key
	for old := range strings.SplitSeq(get("TANGGAP_KEY_OLD", ""), ",") {
		key, err := parseKey("TANGGAP_KEY_OLD", strings.TrimSpace(old))
		if keyErr = errors.Join(keyErr, err); key != nil {
			s.OldKeys = append(s.OldKeys, key)
		}
	}
	err := errors.Join(
		checkDatabase(s.DatabaseURL),
		checkRedis(s.RedisURL),
		checkToken(s.Telegram.Token),
		checkURL("TANGGAP_TELEGRAM_API", s.Telegram.API, "https", "http"),
		checkURL("TANGGAP_TELEGRAM_WEBHOOK", s.Telegram.Webhook, "https"),
		whatsAppErr,
		consoleErr,
		checkListen(s.Listen),
		keyErr,
	)
	if err != nil {
		return Settings{}, err
	}
	return s, nil
}

// String shows the settings without secrets.
func (s Settings) String() string {
	given := func(secret bool) string {
		if secret {
			return "given"
		}
		return "none"
	}
	return fmt.Sprintf("regency %s, database %s, redis %s, data %s, telegram token %s, listen %s, key %s", s.Regency,
		given(s.DatabaseURL != ""), given(s.RedisURL != ""), s.Data, given(s.Telegram.Token != ""), s.Listen, given(s.Key != nil))
}

// GoString keeps %#v from printing secrets.
func (s Settings) GoString() string { return "config.Settings{" + s.String() + "}" }

// String shows the settings without the token.
func (s TelegramSettings) String() string {
	return fmt.Sprintf("api %q, webhook %q", s.API, s.Webhook)
}

// GoString keeps %#v from printing the token.
func (s TelegramSettings) GoString() string { return "config.TelegramSettings{" + s.String() + "}" }

func parseKey(name, s string) ([]byte, error) {
	if s == "" {
		return nil, nil
	}
	mend := "make one with: openssl rand -base64 32"
	if name != "TANGGAP_KEY" {
		mend = "it is what TANGGAP_KEY was before"
	}
	key, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return nil, errors.New(name + " is not base64; " + mend)
	}
	if len(key) != KeySize {
		return nil, fmt.Errorf("%s holds %d bytes, not %d; %s", name, len(key), KeySize, mend)
	}
	return key, nil
}

// checkDatabase accepts a URL or a list of keywords and values, which pgx reads both. Several hosts may be named, so net/url cannot judge it whole.
func checkDatabase(s string) error {
	const mend = "write it as postgres://user:password@host:5432/tanggap"
	switch {
	case s == "":
		return nil
	case strings.ContainsAny(s, "\n\r"):
		return errors.New("TANGGAP_DATABASE_URL has a line break; " + mend)
	case strings.HasPrefix(s, "postgres://") || strings.HasPrefix(s, "postgresql://"):
		if _, rest, _ := strings.Cut(s, "://"); rest == "" {
			return errors.New("TANGGAP_DATABASE_URL names no server; " + mend)
		}
		return nil
	case !strings.Contains(s, "://") && strings.Contains(s, "="):
		return nil
	}
	return errors.New("TANGGAP_DATABASE_URL is no Postgres URL; " + mend)
}

func checkRedis(s string) error {
	if s == "" {
		return nil
	}
	const mend = "write it as redis://:password@host:6379/0, rediss:// for TLS, or unix:///path/to/socket"
	u, err := url.Parse(s)
	if err != nil {
		return errors.New("TANGGAP_REDIS_URL is no URL; " + mend)
	}
	switch {
	case u.Scheme == "unix" && u.Path != "":
		return nil
	case (u.Scheme == "redis" || u.Scheme == "rediss") && u.Host != "":
		if db := strings.Trim(u.Path, "/"); db != "" {
			if n, err := strconv.Atoi(db); err != nil || n < 0 {
				return errors.New("TANGGAP_REDIS_URL ends with something that is no database number; " + mend)
			}
		}
		return nil
	}
	return errors.New("TANGGAP_REDIS_URL is no Redis URL; " + mend)
}

var tokenForm = regexp.MustCompile(`^[0-9]{3,20}:[A-Za-z0-9_-]{10,80}$`)

func checkToken(s string) error {
	if s == "" || tokenForm.MatchString(s) {
		return nil
	}
	return errors.New("TANGGAP_TELEGRAM_TOKEN is no bot token; copy it from @BotFather whole, digits, colon and letters")
}

func checkURL(name, s string, schemes ...string) error {
	if s == "" {
		return nil
	}
	u, err := url.Parse(s)
	if err == nil && u.Host != "" && u.User == nil && u.Fragment == "" {
		for _, scheme := range schemes {
			if u.Scheme == scheme {
				return nil
			}
		}
	}
	return fmt.Errorf("%s is no URL that can be used; write it as %s://host/path", name, schemes[0])
}

func checkListen(s string) error {
	const mend = "write it as host:port, as " + DefaultListen
	_, port, err := net.SplitHostPort(s)
	if err != nil {
		return fmt.Errorf("TANGGAP_LISTEN %s is no address; %s", quote(s), mend)
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return fmt.Errorf("TANGGAP_LISTEN has the port %s; %s", quote(port), mend)
	}
	return nil
}
