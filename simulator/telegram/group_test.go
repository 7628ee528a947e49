package telegram_test

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"tanggap/simulator/telegram"
)

// heard gives what the bot was shown since the last look, as the updates' bytes.
func (w *world) heard() []string {
	w.t.Helper()
	a := w.call("getUpdates", `{"timeout":0}`)
	if !a.OK {
		w.t.Fatalf("getUpdates: %s", a.Description)
	}
	var list []json.RawMessage
	if err := json.Unmarshal(a.Result, &list); err != nil {
		w.t.Fatal(err)
	}
	var out []string
	for _, raw := range list {
		out = append(out, string(raw))
		var u struct {
			ID int64 `json:"update_id"`
		}
		if err := json.Unmarshal(raw, &u); err != nil {
			w.t.Fatal(err)
		}
		w.call("getUpdates", `{"timeout":0,"limit":1,"offset":`+strconv.FormatInt(u.ID+1, 10)+`}`)
	}
	return out
}

func TestABotInAGroupHearsWhatPrivacyModeShowsIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, telegram.Options{})
	siti := w.siti()
	budi := w.Person(telegram.PersonOptions{Name: "Budi"})
	g := w.Group(telegram.GroupOptions{Title: "Bina Marga"})
	if w.Group(telegram.GroupOptions{ID: g.ID()}) != g || g.ID() >= 0 || w.Bot().Find(g.ID()) != nil {
		t.Fatal("a group is not found by its id, or stands among the people")
	}
	say := func(text string) {
		t.Helper()
		w.must(g.Send(budi, text))
	}
	say("/daftar@tanggap_bot X")
	if got := w.heard(); len(got) != 0 {
		t.Fatalf("heard before it was taken in: %s", got)
	}
	if a := w.call("sendMessage", `{"chat_id":`+strconv.FormatInt(g.ID(), 10)+`,"text":"halo"}`); a.ErrorCode != 403 {
		t.Fatalf("writing to a group it is not in: %+v", a)
	}
	if err := g.AddBot(siti); err != nil {
		t.Fatal(err)
	}
	if got := w.heard(); len(got) != 2 || !strings.Contains(got[0], `"my_chat_member"`) || !strings.Contains(got[0], `"new_chat_member":{"user":{"id":700000001`) ||
		!strings.Contains(got[1], `"new_chat_members":[`) {
		t.Fatalf("being taken in: %s", got)
	}
	say("halo semua")
	say("/daftar X")
	say("/daftar@other_bot X")
	say("@tanggap_bot halo")
	if got := w.heard(); len(got) != 0 {
		t.Fatalf("heard what is not for it: %s", got)
	}
	say("/daftar@tanggap_bot X")
	if got := w.heard(); len(got) != 1 || !strings.Contains(got[0], `"title":"Bina Marga"`) || !strings.Contains(got[0], `"first_name":"Budi"`) {
		t.Fatalf("a command that names it: %s", got)
	}
	m, err := w.bot.SendMessage(w.ctx, &bot.SendMessageParams{ChatID: g.ID(), Text: "kartu"})
	if err != nil || m.Chat.Type != models.ChatTypeGroup {
		t.Fatalf("%+v, %v", m, err)
	}
	say("/daftar X") // it spoke last
	w.must(g.Reply(budi, m.ID, "ambil"))
	first := g.History()[0].ID
	w.must(g.Reply(budi, first, "bukan untukmu"))
	if got := w.heard(); len(got) != 2 || !strings.Contains(got[1], `"reply_to_message":{"message_id":`+strconv.Itoa(m.ID)) {
		t.Fatalf("a command after it spoke, and a reply to it: %s", got)
	}
	if got := g.Messages(); len(got) != 1 || got[0].Text != "kartu" {
		t.Fatalf("%+v", got)
	}

	big, err := g.Upgrade(siti)
	if err != nil {
		t.Fatal(err)
	}
	if got := w.heard(); len(got) != 2 || !strings.Contains(got[0], `"migrate_to_chat_id":`+strconv.FormatInt(big.ID(), 10)) || !strings.Contains(got[1], `"type":"supergroup"`) {
		t.Fatalf("becoming a supergroup: %s", got)
	}
	if _, err := w.bot.SendMessage(w.ctx, &bot.SendMessageParams{ChatID: g.ID(), Text: "halo"}); err == nil || !bot.IsMigrateError(err) {
		t.Fatalf("writing to the old chat: %v", err)
	}
	if _, err := w.bot.SendMessage(w.ctx, &bot.SendMessageParams{ChatID: big.ID(), Text: "halo"}); err != nil {
		t.Fatal(err)
	}
	if err := big.RemoveBot(siti); err != nil {
		t.Fatal(err)
	}
	if got := w.heard(); len(got) != 1 || !strings.Contains(got[0], `"status":"kicked"`) {
		t.Fatalf("being put out: %s", got)
	}
	if _, err := big.Upgrade(siti); !errors.Is(err, telegram.ErrOutside) {
		t.Fatalf("%v", err)
	}
	w.clean()
}
