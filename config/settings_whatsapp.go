package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strings"
)

// A WhatsAppWay is how WhatsApp is reached.
type WhatsAppWay string

// The ways.
const (
	WhatsAppOff   WhatsAppWay = ""
	WhatsAppOn    WhatsAppWay = "on"    // as linked devices of telephones, paired with tanggap whatsapp pair
	WhatsAppCloud WhatsAppWay = "cloud" // through the Cloud API of a business account
)

// WhatsAppSettings say how to reach WhatsApp.
type WhatsAppSettings struct {
	Way       WhatsAppWay // TANGGAP_WHATSAPP: on, cloud; empty or off: no WhatsApp
	NumberID  string      // TANGGAP_WHATSAPP_NUMBER_ID: the business account's id of our number
	Number    string      // TANGGAP_WHATSAPP_NUMBER: that number itself, with country code: "6281…"
	Token     string      // TANGGAP_WHATSAPP_TOKEN
	AppSecret string      // TANGGAP_WHATSAPP_APP_SECRET: signs what the network tells us
	Verify    string      // TANGGAP_WHATSAPP_VERIFY: a word of our own that the network repeats when the webhook is set up
	API       string      // TANGGAP_WHATSAPP_API: base URL with its version; empty: the public one
	Simulator string      // TANGGAP_WHATSAPP_SIMULATOR: a simulated WhatsApp on this machine instead of the real one; way on
}

// String shows the settings without secrets.
func (s WhatsAppSettings) String() string {
	return fmt.Sprintf("way %q, number %q, api %q, simulator %q", s.Way, s.Number, s.API, s.Simulator)
}

// GoString keeps %#v from printing secrets.
func (s WhatsAppSettings) GoString() string { return "config.WhatsAppSettings{" + s.String() + "}" }

// whatsAppFromEnv reads the settings of WhatsApp.
func whatsAppFromEnv(get func(name, otherwise string) string) (WhatsAppSettings, error) {
	s := WhatsAppSettings{
		NumberID:  get("TANGGAP_WHATSAPP_NUMBER_ID", ""),
		Number:    strings.TrimPrefix(get("TANGGAP_WHATSAPP_NUMBER", ""), "+"),
		Token:     get("TANGGAP_WHATSAPP_TOKEN", ""),
		AppSecret: get("TANGGAP_WHATSAPP_APP_SECRET", ""),
		Verify:    get("TANGGAP_WHATSAPP_VERIFY", ""),
		API:       strings.TrimRight(get("TANGGAP_WHATSAPP_API", ""), "/"),
		Simulator: strings.TrimRight(get("TANGGAP_WHATSAPP_SIMULATOR", ""), "/"),
	}
	switch way := strings.ToLower(get("TANGGAP_WHATSAPP", "")); way {
	case "":
		for _, set := range []struct{ name, value string }{
			{"TANGGAP_WHATSAPP_NUMBER_ID", s.NumberID}, {"TANGGAP_WHATSAPP_NUMBER", s.Number}, {"TANGGAP_WHATSAPP_TOKEN", s.Token},
			{"TANGGAP_WHATSAPP_APP_SECRET", s.AppSecret}, {"TANGGAP_WHATSAPP_VERIFY", s.Verify}, {"TANGGAP_WHATSAPP_API", s.API},
		} {
			if set.value != "" {
				return s, fmt.Errorf("%s is set and TANGGAP_WHATSAPP is not; set that to cloud (a business account), or to off", set.name)
			}
		}
		return s, nil
	case "off":
		return s, nil
	case string(WhatsAppOn), string(WhatsAppCloud):
		s.Way = WhatsAppWay(way)
	default:
		return s, fmt.Errorf("TANGGAP_WHATSAPP is %s; write on (a linked telephone), cloud (a business account) or off", quote(way))
	}
	if s.Way == WhatsAppOn {
		return s, checkSimulator(s.Simulator)
	}
	var errs []error
	for _, need := range []struct{ name, value, what string }{
		{"TANGGAP_WHATSAPP_NUMBER_ID", s.NumberID, "the phone number ID of the business account's page"},
		{"TANGGAP_WHATSAPP_NUMBER", s.Number, "the number itself, with country code, as 6281234567890"},
		{"TANGGAP_WHATSAPP_TOKEN", s.Token, "a permanent token of a system user"},
		{"TANGGAP_WHATSAPP_APP_SECRET", s.AppSecret, "the app's secret, which signs what the network sends"},
		{"TANGGAP_WHATSAPP_VERIFY", s.Verify, "a word of your own, the same as where the webhook is set up"},
	} {
		if need.value == "" {
			errs = append(errs, fmt.Errorf("%s is missing, which TANGGAP_WHATSAPP=cloud needs; set it to %s", need.name, need.what))
		}
	}
	for _, digits := range []struct{ name, value string }{{"TANGGAP_WHATSAPP_NUMBER_ID", s.NumberID}, {"TANGGAP_WHATSAPP_NUMBER", s.Number}} {
		if digits.value != "" && !onlyDigits.MatchString(digits.value) {
			errs = append(errs, fmt.Errorf("%s is no number; write its digits alone", digits.name))
		}
	}
	errs = append(errs, checkURL("TANGGAP_WHATSAPP_API", s.API, "https", "http"))
	return s, errors.Join(errs...)
}

var onlyDigits = regexp.MustCompile(`^[0-9]{6,20}$`)

// checkSimulator lets only this machine stand in for WhatsApp: whoever answers there is believed to be the network.
func checkSimulator(s string) error {
	if s == "" {
		return nil
	}
	u, err := url.Parse(s)
	if err == nil && u.Scheme == "http" && u.User == nil && u.Path == "" {
		if ip := net.ParseIP(u.Hostname()); ip != nil && ip.IsLoopback() {
			return nil
		}
	}
	return errors.New("TANGGAP_WHATSAPP_SIMULATOR is for trials on one machine; write it as http://127.0.0.1:port, or unset it")
}
