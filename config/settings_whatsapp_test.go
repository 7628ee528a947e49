package config

import (
	"fmt"
	"strings"
	"testing"
)

func TestWhatsAppFromEnv(t *testing.T) {
	t.Parallel()
	cloud := []string{"TANGGAP_WHATSAPP", "Cloud", "TANGGAP_WHATSAPP_NUMBER_ID", "106540352242922", "TANGGAP_WHATSAPP_NUMBER", "+6281234567890",
		"TANGGAP_WHATSAPP_TOKEN", "EAAG-geheim", "TANGGAP_WHATSAPP_APP_SECRET", "geheim-app", "TANGGAP_WHATSAPP_VERIFY", "geheim-verify"}
	s, err := FromEnv(env(cloud...))
	if err != nil {
		t.Fatal(err)
	}
	if w := s.WhatsApp; w.Way != WhatsAppCloud || w.Number != "6281234567890" || w.Token != "EAAG-geheim" {
		t.Errorf("%s", w)
	}
	for _, shown := range []string{s.String(), fmt.Sprintf("%#v", s), fmt.Sprintf("%v %#v", s.WhatsApp, s.WhatsApp)} {
		if strings.Contains(shown, "geheim") {
			t.Errorf("shows a secret: %s", shown)
		}
	}
	s, err = FromEnv(env("TANGGAP_WHATSAPP", "on", "TANGGAP_WHATSAPP_SIMULATOR", "http://127.0.0.1:9000/"))
	if err != nil || s.WhatsApp.Way != WhatsAppOn || s.WhatsApp.Simulator != "http://127.0.0.1:9000" {
		t.Errorf("%s, %v", s.WhatsApp, err)
	}
	if s, err = FromEnv(env("TANGGAP_WHATSAPP", "off")); err != nil || s.WhatsApp.Way != WhatsAppOff {
		t.Errorf("%s, %v", s.WhatsApp, err)
	}
	for _, tt := range []struct {
		env  []string
		want string
	}{
		{[]string{"TANGGAP_WHATSAPP", "yes"}, `TANGGAP_WHATSAPP is "yes"; write on`},
		{[]string{"TANGGAP_WHATSAPP", "cloud"}, "TANGGAP_WHATSAPP_TOKEN is missing"},
		{[]string{"TANGGAP_WHATSAPP_NUMBER", "6281234567890"}, "TANGGAP_WHATSAPP_NUMBER is set and TANGGAP_WHATSAPP is not"},
		{append([]string{"TANGGAP_WHATSAPP_NUMBER", "0812 34"}, cloud...), "TANGGAP_WHATSAPP_NUMBER is no number"},
		{append([]string{"TANGGAP_WHATSAPP_API", "ftp://x"}, cloud...), "TANGGAP_WHATSAPP_API is no URL"},
		{[]string{"TANGGAP_WHATSAPP", "on", "TANGGAP_WHATSAPP_SIMULATOR", "http://10.0.0.1:9000"}, "TANGGAP_WHATSAPP_SIMULATOR is for trials on one machine"},
		{[]string{"TANGGAP_WHATSAPP", "on", "TANGGAP_WHATSAPP_SIMULATOR", "http://localhost:9000"}, "TANGGAP_WHATSAPP_SIMULATOR is for trials"},
	} {
		if _, err := FromEnv(env(tt.env...)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v: %v; want %q", tt.env, err, tt.want)
		}
	}
}
