package demo

import (
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tanggap/testbed"
)

// What stood in the chats is there when the demo is started anew, and goes on: a button of before does what it says.
func TestChatsAreKept(t *testing.T) {
	t.Parallel()
	o := Options{
		Regency: testbed.Jepara(), DatabaseURL: testbed.Database(t), RedisURL: testbed.RedisDB(t), Key: testbed.Key, Listen: "127.0.0.1:0", Once: true,
		Chats: filepath.Join(t.TempDir(), "chats.json"), Out: io.Discard, Log: slog.New(slog.DiscardHandler),
	}
	s, end := begun(t, o)
	if t.Failed() {
		end()
		return
	}
	tono := visit(t, s.url(), "Telegram", "Tono", "citizen")
	tono.say("lampu jalan mati di Mulyoharjo")
	tono.heard("Kirim?")
	wati := visit(t, s.url(), "WhatsApp", "Wati", "citizen")
	wati.say("jalan berlubang di Mulyoharjo")
	wati.heard("1. Ya, kirim")
	tono.leave()
	wati.leave()
	if err := s.keep(); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(o.Chats); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v, %v", info, err)
	}
	end()

	s, end = begun(t, o)
	defer end()
	for id, said := range map[string]string{tono.id: "lampu jalan mati di Mulyoharjo", wati.id: "jalan berlubang di Mulyoharjo"} {
		resp, err := http.Get(s.url() + "chat?id=" + id)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil || !strings.Contains(string(body), said) || !strings.Contains(string(body), "Kirim?") {
			t.Errorf("the chat of %s does not hold %q: %v", id, said, err)
		}
	}
	wati = lookAs(t, s.url(), wati.id, "citizen of the first run")
	wati.say("1")
	wati.heard("Nomor laporan")
	tono = lookAs(t, s.url(), tono.id, "citizen of the first run")
	tono.say("ya")
	tono.heard("Nomor laporan")
}

// A file of another database's people, or no file of ours, is left aside.
func TestChatsOfOthersAreLeftAside(t *testing.T) {
	t.Parallel()
	for name, data := range map[string]string{
		"others":  `{"Telegram":[{"Person":{"ID":811200001,"Name":"Siti Aminah"},"Seq":1,"Messages":[{"ID":7,"Kind":"text","Text":"halo"}]}]}`,
		"no JSON": `{`,
	} {
		o := Options{
			Regency: testbed.Jepara(), DatabaseURL: testbed.Database(t), RedisURL: testbed.RedisDB(t), Key: testbed.Key, Once: true,
			Chats: filepath.Join(t.TempDir(), "chats.json"), Out: io.Discard, Log: slog.New(slog.DiscardHandler),
		}
		if err := os.WriteFile(o.Chats, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
		s, end := begun(t, o)
		if p := s.sim.Bot().Find(811_200_001); p == nil || len(p.History()) > 0 {
			t.Errorf("%s: the chat of somebody who never wrote here holds something", name)
		}
		end()
	}
}
