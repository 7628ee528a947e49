package config

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// ConsoleSettings say where the console's pages are reached and how people may sign in beside a password.
type ConsoleSettings struct {
	URL   string // TANGGAP_CONSOLE_URL: the public address, without a path or a slash at the end; empty: whatever the browser asked
	Tiles string // TANGGAP_CONSOLE_TILES: a map's tiles, https://…/{z}/{x}/{y}.png; empty: none from outside
	OIDC  OIDCSettings

	Exchange ExchangeSettings
}

// ExchangeSettings are about the telephone exchange of the 112 line.
type ExchangeSettings struct {
	Secret string // TANGGAP_EXCHANGE_SECRET: what it signs its reports with; empty: none reports
}

// String shows the settings without the secret.
func (s ExchangeSettings) String() string {
	if s.Secret == "" {
		return "exchange none"
	}
	return "exchange given"
}

// GoString keeps %#v from printing the secret.
func (s ExchangeSettings) GoString() string { return "config.ExchangeSettings{" + s.String() + "}" }

// shortestSecret of an exchange, in letters: whoever can guess it can have telephones ring on the pages.
const shortestSecret = 32

// OIDCSettings name an issuer of identities; all three or none.
type OIDCSettings struct {
	Issuer       string // TANGGAP_OIDC_ISSUER
	ClientID     string // TANGGAP_OIDC_CLIENT_ID
	ClientSecret string // TANGGAP_OIDC_CLIENT_SECRET
}

// On tells whether there is an issuer.
func (s OIDCSettings) On() bool { return s.Issuer != "" }

// String shows the settings without the secret.
func (s OIDCSettings) String() string {
	return fmt.Sprintf("issuer %q, client %q", s.Issuer, s.ClientID)
}

// GoString keeps %#v from printing the secret.
func (s OIDCSettings) GoString() string { return "config.OIDCSettings{" + s.String() + "}" }

func consoleFromEnv(get func(name, otherwise string) string) (ConsoleSettings, error) {
	s := ConsoleSettings{
		URL:   strings.TrimRight(get("TANGGAP_CONSOLE_URL", ""), "/"),
		Tiles: get("TANGGAP_CONSOLE_TILES", ""),
		OIDC: OIDCSettings{
			Issuer:       get("TANGGAP_OIDC_ISSUER", ""),
			ClientID:     get("TANGGAP_OIDC_CLIENT_ID", ""),
			ClientSecret: get("TANGGAP_OIDC_CLIENT_SECRET", ""),
		},
		Exchange: ExchangeSettings{Secret: get("TANGGAP_EXCHANGE_SECRET", "")},
	}
	err := errors.Join(checkURL("TANGGAP_CONSOLE_URL", s.URL, "https", "http"), checkTiles(s.Tiles), checkURL("TANGGAP_OIDC_ISSUER", s.OIDC.Issuer, "https", "http"))
	if u, parsed := url.Parse(s.URL); err == nil && parsed == nil && u.Path != "" {
		err = errors.New("TANGGAP_CONSOLE_URL names a path; write only https://host, the pages stand at /console there")
	}
	missing := func(name, value string) {
		if value == "" {
			err = errors.Join(err, fmt.Errorf("%s is missing; with TANGGAP_OIDC_ISSUER set, TANGGAP_OIDC_CLIENT_ID, TANGGAP_OIDC_CLIENT_SECRET and TANGGAP_CONSOLE_URL are needed too", name))
		}
	}
	switch o := s.OIDC; {
	case o.On():
		missing("TANGGAP_OIDC_CLIENT_ID", o.ClientID)
		missing("TANGGAP_OIDC_CLIENT_SECRET", o.ClientSecret)
		missing("TANGGAP_CONSOLE_URL", s.URL)
	case o.ClientID != "" || o.ClientSecret != "":
		missing("TANGGAP_OIDC_ISSUER", "")
	}
	if n := len(s.Exchange.Secret); n > 0 && n < shortestSecret {
		err = errors.Join(err, fmt.Errorf("TANGGAP_EXCHANGE_SECRET has %d letters, not %d or more; make one with: openssl rand -hex 32", n, shortestSecret))
	}
	return s, err
}

func checkTiles(s string) error {
	if s == "" {
		return nil
	}
	u, err := url.Parse(strings.NewReplacer("{", "", "}", "").Replace(s))
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" ||
		!strings.Contains(s, "{z}") || !strings.Contains(s, "{x}") || !strings.Contains(s, "{y}") {
		return errors.New("TANGGAP_CONSOLE_TILES is no address of tiles; write it as https://host/{z}/{x}/{y}.png")
	}
	return nil
}
