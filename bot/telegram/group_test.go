package telegram

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"tanggap/hotline"
	sim "tanggap/simulator/telegram"
)

func TestParseInAGroup(t *testing.T) {
	t.Parallel()
	const in = `"message_id":42,"date":1763700000,"chat":{"id":-100123,"type":"supergroup","title":"Bina Marga"},"from":`
	const me = `{"id":9,"is_bot":false,"first_name":"Budi","language_code":"id"}`
	const card = `,"reply_to_message":{"message_id":40,"date":1,"chat":{"id":-100123,"type":"supergroup"},"from":{"id":7,"is_bot":true,"first_name":"t"},"text":"Kasus baru"}`
	for name, x := range map[string]struct {
		update string
		want   string // kind from replyTo moved text; empty: ignored
	}{
		"a command":           {`"message":{` + in + me + `,"text":"/daftar@tanggap_bot K7QM2X"}`, "text 9   /daftar@tanggap_bot K7QM2X"},
		"a card is quoted":    {`"message":{` + in + me + card + `,"text":"ambil"}`, "text 9 40  ambil"},
		"talk":                {`"message":{` + in + me + `,"text":"sudah makan?"}`, ""},
		"a person is quoted":  {`"message":{` + in + me + `,"reply_to_message":{"message_id":41,"from":` + me + `},"text":"ambil"}`, ""},
		"danger":              {`"message":{` + in + me + `,"text":"kebakaran!"}`, ""},
		"a photo to a card":   {`"message":{` + in + me + card + `,"caption":"ambil","photo":[{"file_id":"x"}]}`, ""},
		"as the group itself": {`"message":{` + in + `{"id":1087968824,"is_bot":true,"first_name":"Group"}` + card + `,"text":"ambil"}`, ""},
		"without a sender":    {`"message":{` + strings.TrimSuffix(in, `,"from":`) + card + `,"text":"ambil"}`, ""},
		"taken in":            {`"message":{` + in + me + `,"new_chat_members":[{"id":7,"is_bot":true,"first_name":"t"}]}`, ""},
		"moved":               {`"message":{` + in + me + `,"migrate_to_chat_id":-1009}`, "moved   -1009 "},
		"an edit":             {`"edited_message":{` + in + me + `,"edit_date":1,"text":"/daftar K7QM2X"}`, ""},
		"a button":            {`"callback_query":{"id":"1","from":` + me + `,"message":{` + in + me + `},"data":"x"}`, ""},
		"we are put out":      {`"my_chat_member":{"date":1,"chat":{"id":-100123,"type":"supergroup"},"from":` + me + `,"new_chat_member":{"status":"kicked"}}`, "blocked    "},
		"we leave":            {`"my_chat_member":{"date":1,"chat":{"id":-100123,"type":"group"},"from":` + me + `,"new_chat_member":{"status":"left"}}`, "blocked    "},
		"we come back":        {`"my_chat_member":{"date":1,"chat":{"id":-100123,"type":"group"},"from":` + me + `,"new_chat_member":{"status":"member"}}`, "returned    "},
		"we are restricted":   {`"my_chat_member":{"date":1,"chat":{"id":-100123,"type":"supergroup"},"from":` + me + `,"new_chat_member":{"status":"restricted"}}`, ""},
	} {
		raw := []byte(`{"update_id":1,` + x.update + `}`)
		m, err := Parse(raw)
		if x.want == "" {
			if !errors.Is(err, ErrIgnored) {
				t.Errorf("%s: %+v, %v", name, m, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := strings.Join([]string{string(m.Kind), m.From, m.ReplyTo, m.Moved, m.Text}, " ")
		if got != x.want || !m.Group || m.Address.Peer != "-100123" {
			t.Errorf("%s: %q of %+v", name, got, m)
		}
		if peer, _, err := Peer(raw); err != nil || peer != m.Address.Peer {
			t.Errorf("%s: Peer says %q, %v", name, peer, err)
		}
	}
	if _, err := Parse([]byte(`{"update_id":1,"message":{"message_id":1,"chat":{"type":"group"},"text":"/x"}}`)); err == nil || errors.Is(err, ErrIgnored) {
		t.Errorf("a group without an id: %v", err)
	}
}

// What the network shows of a group comes in under the group's own peer, and what we say to it arrives.
func TestAGroupInTheSimulatorIsUnderstood(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.run(t)
	g := w.Group(sim.GroupOptions{Title: "Bina Marga"})
	if err := g.AddBot(w.siti); err != nil {
		t.Fatal(err)
	}
	sent, err := w.channel.Send(t.Context(), hotline.Outgoing{Verb: hotline.VerbSend, Peer: strconv.FormatInt(g.ID(), 10), Text: "Kasus baru"})
	if err != nil {
		t.Fatal(err)
	}
	id, _ := strconv.Atoi(sent.Ref)
	if _, err := g.Reply(w.siti, id, "ambil"); err != nil {
		t.Fatal(err)
	}
	w.inbox.waitFor(t, 3)
	last := w.inbox.all()[2]
	m, err := Parse(last.Body)
	if err != nil || m.Kind != hotline.MsgText || m.Text != "ambil" || m.ReplyTo != sent.Ref || last.Peer != strconv.FormatInt(g.ID(), 10) ||
		m.From != strconv.FormatInt(w.siti.ID(), 10) {
		t.Errorf("%+v, %v", m, err)
	}
	if err := g.RemoveBot(w.siti); err != nil {
		t.Fatal(err)
	}
	_, err = w.channel.Send(t.Context(), hotline.Outgoing{Verb: hotline.VerbSend, Peer: strconv.FormatInt(g.ID(), 10), Text: "Kasus baru"})
	var se *hotline.SendError
	if !errors.As(err, &se) || se.Trouble != hotline.TroubleGone {
		t.Errorf("after we were put out: %v", err)
	}
}
