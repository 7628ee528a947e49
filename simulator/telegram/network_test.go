package telegram_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"tanggap/simulator/telegram"
)

func ids(list []models.Update) []int64 {
	out := make([]int64, len(list))
	for i, u := range list {
		out[i] = u.ID
	}
	return out
}

func equal(a, b []int64) bool { return fmt.Sprint(a) == fmt.Sprint(b) }

func TestUpdatesStayUntilConfirmed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, telegram.Options{})
	p := w.siti()
	for i := range 5 {
		w.must(p.Send(fmt.Sprint("pesan ", i)))
	}
	all := ids(w.updates(0, 0))
	if len(all) != 5 || all[4] != all[0]+4 || w.Bot().Pending() != 5 {
		t.Fatalf("updates %v, pending %d", all, w.Bot().Pending())
	}
	if again := ids(w.updates(all[0], 0)); !equal(again, all) {
		t.Errorf("an offset of the first confirms nothing: %v", again)
	}
	if rest := ids(w.updates(all[2], 0)); !equal(rest, all[2:]) {
		t.Errorf("after the offset of the third: %v", rest)
	}
	if rest := ids(w.updates(0, 0)); !equal(rest, all[2:]) {
		t.Errorf("what is confirmed is gone for good: %v", rest)
	}
	a := w.call("getUpdates", `{"limit":2}`)
	var two []models.Update
	if err := json.Unmarshal(a.Result, &two); err != nil || !equal(ids(two), all[2:4]) {
		t.Errorf("limit 2: %v, %v", ids(two), err)
	}
	if last := ids(w.updates(-1, 0)); !equal(last, all[4:]) {
		t.Errorf("offset -1: %v", last)
	}
	if rest := ids(w.updates(0, 0)); !equal(rest, all[4:]) {
		t.Errorf("a negative offset forgets what is before: %v", rest)
	}
	drained := make(chan error, 1)
	go func() { drained <- w.Bot().Drained(w.ctx) }()
	if rest := w.updates(all[4]+1, 0); len(rest) != 0 {
		t.Errorf("everything is confirmed: %v", rest)
	}
	if err := <-drained; err != nil {
		t.Error(err)
	}
	w.clean()
}

func TestPollWaits(t *testing.T) {
	t.Parallel()
	w := newWorld(t, telegram.Options{})
	p := w.siti()
	got := make(chan []models.Update, 1)
	go func() { got <- w.updates(0, 30) }()
	w.must(p.Send("halo"))
	if list := <-got; len(list) != 1 || list[0].Message.Text != "halo" {
		t.Errorf("woken with %+v", list)
	}
}

func TestUpdateIDsOutliveTheServer(t *testing.T) {
	t.Parallel()
	last := int64(0)
	for range 3 {
		w := newWorld(t, telegram.Options{})
		w.siti()
		list := w.Bot().LastUpdateID()
		if list <= last {
			t.Errorf("id %d after %d", list, last)
		}
		last = list
		w.must(nil, w.Close())
	}
}

func TestTwoPollers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, telegram.Options{})
	p := w.siti()
	first := make(chan answer, 1)
	go func() { first <- w.call("getUpdates", `{"timeout":30}`) }()
	// The second comes until the first has been terminated: they start in any order.
	var second answer
	for loser := (*answer)(nil); loser == nil; {
		second = w.call("getUpdates", `{"timeout":0}`)
		select {
		case a := <-first:
			loser = &a
		default:
			continue
		}
		want := "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
		if loser.OK || loser.status != 409 || loser.Description != want {
			t.Errorf("the earlier one: %+v", loser)
		}
	}
	if !second.OK {
		t.Errorf("the later one: %+v", second)
	}
	w.must(p.Send("masih ada"))
	if list := w.updates(0, 10); len(list) != 1 {
		t.Errorf("%d updates after the quarrel, want 1", len(list))
	}
}

func TestAllowedUpdates(t *testing.T) {
	t.Parallel()
	w := newWorld(t, telegram.Options{})
	p := w.siti()
	id, err := p.Send("sebelum")
	w.must(id, err)
	if a := w.call("getUpdates", `{"allowed_updates":["message"]}`); !a.OK {
		t.Fatal(a.Description)
	}
	w.must(p.Edit(id, "sesudah"))
	w.must(p.Send("dua"))
	if list := w.updates(0, 0); len(list) != 2 || list[1].Message == nil || list[1].Message.Text != "dua" {
		t.Errorf("%+v", list)
	}
	if a := w.call("getUpdates", `{"allowed_updates":[]}`); !a.OK {
		t.Fatal(a.Description)
	}
	w.must(p.Edit(id, "lagi"))
	if list := w.updates(0, 0); len(list) != 3 || list[2].EditedMessage == nil {
		t.Errorf("after the default was restored: %+v", list)
	}
	w.clean()
}

func TestRedeliveryAndNonsense(t *testing.T) {
	t.Parallel()
	w := newWorld(t, telegram.Options{})
	p := w.siti()
	w.must(p.Send("satu"))
	w.must(p.Send("dua"))
	all := w.updates(0, 0)
	w.updates(all[1].ID+1, 0)
	if n := w.Bot().Redeliver(2); n != 2 {
		t.Fatalf("%d redelivered", n)
	}
	w.must(p.Send("tiga"))
	list := w.updates(all[1].ID+1, 0)
	if len(list) != 3 || list[0].ID != all[0].ID || list[1].ID != all[1].ID || list[0].Message.Text != "satu" || list[2].Message.Text != "tiga" {
		t.Fatalf("redelivered: %v after %v", ids(list), ids(all))
	}
	if rest := w.updates(list[2].ID, 0); len(rest) != 1 {
		t.Errorf("redelivered for ever: %v", ids(rest))
	}
	w.updates(list[2].ID+1, 0)

	bad, err := w.Bot().InjectRaw([]byte(`{"update_id":UPDATE_ID,"message":"bukan objek"}`))
	w.must(bad, err)
	a := w.call("getUpdates", `{}`)
	if want := fmt.Sprintf(`[{"update_id":%d,"message":"bukan objek"}]`, bad); string(a.Result) != want {
		t.Errorf("raw: %s, want %s", a.Result, want)
	}
	worse, err := w.Bot().InjectRaw([]byte(`{{{`))
	w.must(worse, err)
	if a, err := w.post(w.ctx, "getUpdates", fmt.Sprintf(`{"offset":%d}`, bad+1)); err == nil {
		t.Errorf("an answer that is not JSON was read: %+v", a)
	}
	if !w.Bot().Discard(worse) || w.Bot().Discard(worse) || w.Bot().Pending() != 0 {
		t.Error("discarding takes it out once")
	}
	shaped, err := w.Bot().Inject(map[string]any{"poll_answer": map[string]any{"poll_id": "1", "user": p.User(), "option_ids": []int{0}}})
	w.must(shaped, err)
	if list := w.updates(0, 0); len(list) != 1 || list[0].ID != shaped || list[0].PollAnswer == nil {
		t.Errorf("injected: %+v", list)
	}
	w.clean()
}

func TestWebhook(t *testing.T) {
	t.Parallel()
	w := newWorld(t, telegram.Options{WebhookRetry: time.Millisecond})
	p, other := w.siti(), w.Person(telegram.PersonOptions{Name: "Budi"})
	var failures atomic.Int32
	failures.Store(3)
	type got struct {
		text string
		chat int64
	}
	heard := make(chan got, 100)
	hook := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		var u models.Update
		if err := json.NewDecoder(r.Body).Decode(&u); err != nil || r.Header.Get("X-Telegram-Bot-Api-Secret-Token") != "rahasia-1" || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("delivery: %v, %v", err, r.Header)
		}
		if u.Message.Chat.ID == p.ID() && failures.Add(-1) >= 0 {
			rw.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		if u.Message.Text == "jawab" {
			rw.Header().Set("Content-Type", "application/json")
			_, _ = fmt.Fprintf(rw, `{"method":"sendMessage","chat_id":%d,"text":"dari jawaban"}`, u.Message.Chat.ID)
		}
		heard <- got{u.Message.Text, u.Message.Chat.ID}
	}))
	defer hook.Close()

	w.must(p.Send("0"))
	if ok, err := w.bot.SetWebhook(w.ctx, &bot.SetWebhookParams{URL: hook.URL, SecretToken: "rahasia-1"}); !ok || err != nil {
		t.Fatal(ok, err)
	}
	w.refused("getUpdates", `{}`, 409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")
	for i := 1; i < 20; i++ {
		w.must(p.Send(fmt.Sprint(i)))
	}
	w.must(other.Send("sendiri"))
	mine, his := 0, 0
	for mine+his < 21 {
		select {
		case g := <-heard:
			if g.chat == other.ID() {
				his++
			} else if g.text != fmt.Sprint(mine) {
				t.Fatalf("heard %q, want %d: not in order", g.text, mine)
			} else {
				mine++
			}
		case <-w.ctx.Done():
			t.Fatalf("heard %d and %d only", mine, his)
		}
	}
	w.must(nil, w.Bot().Drained(w.ctx))
	info, err := w.bot.GetWebhookInfo(w.ctx)
	if err != nil || info.URL != hook.URL || info.PendingUpdateCount != 0 || !strings.Contains(info.LastErrorMessage, "503") || info.MaxConnections != 40 {
		t.Errorf("info: %+v, %v", info, err)
	}
	seq := p.Seq()
	w.must(p.Send("jawab"))
	if c, err := p.Wait(w.ctx, seq); err != nil || c[0].Message.Text != "dari jawaban" {
		t.Errorf("a method in the answer: %+v, %v", c, err)
	}

	if n := w.Bot().Redeliver(1); n != 1 {
		t.Error("nothing to redeliver")
	}
	w.must(nil, w.Bot().Drained(w.ctx))

	// Undelivered ones go back to getUpdates, in order.
	failures.Store(1 << 30)
	w.must(p.Send("tertahan 1"))
	w.must(p.Send("tertahan 2"))
	if info, err := w.bot.GetWebhookInfo(w.ctx); err != nil || info.PendingUpdateCount != 2 {
		t.Errorf("pending: %+v, %v", info, err)
	}
	if ok, err := w.bot.DeleteWebhook(w.ctx, &bot.DeleteWebhookParams{}); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if list := w.updates(0, 0); len(list) != 2 || list[0].Message.Text != "tertahan 1" {
		t.Errorf("after deleteWebhook: %+v", list)
	}
	w.clean()
}

func TestFaults(t *testing.T) {
	t.Parallel()
	w := newWorld(t, telegram.Options{})
	p := w.siti()
	send := func(text string) error {
		_, err := w.bot.SendMessage(w.ctx, &bot.SendMessageParams{ChatID: p.ID(), Text: text})
		return err
	}
	texts := func() string {
		var all []string
		for _, m := range p.Messages() {
			all = append(all, m.Text)
		}
		return strings.Join(all, " ")
	}

	f := w.Fail(telegram.Fault{Method: "sendMessage", Times: 2, Code: 429, RetryAfter: 7})
	for range 2 {
		var flood *bot.TooManyRequestsError
		if err := send("a"); !errors.As(err, &flood) || flood.RetryAfter != 7 {
			t.Errorf("429: %v", err)
		}
	}
	<-f.Done()
	if err := send("b"); err != nil || f.Hits() != 2 {
		t.Errorf("after the fault: %v, %d hits", err, f.Hits())
	}

	w.Fail(telegram.Fault{Method: "sendMessage", Chat: p.ID() + 1, Code: 500})
	if err := send("c"); err != nil {
		t.Errorf("a fault of another chat: %v", err)
	}
	w.Fail(telegram.Fault{Code: 502, Chat: p.ID()})
	if err := send("d"); err == nil || !strings.Contains(err.Error(), "502 Bad Gateway") {
		t.Errorf("502: %v", err)
	}
	w.Fail(telegram.Fault{Method: "sendMessage", Drop: telegram.DropBefore})
	if err := send("e"); err == nil {
		t.Error("the connection did not break")
	}
	w.Fail(telegram.Fault{Method: "sendMessage", Drop: telegram.DropAfter})
	if err := send("f"); err == nil {
		t.Error("the connection did not break")
	}
	if got := texts(); got != "b c f" {
		t.Errorf("the person has %q, want the one performed before the break too", got)
	}

	hang := w.Fail(telegram.Fault{Method: "sendMessage", Hang: true})
	hung := make(chan error, 1)
	patient, giveUp := context.WithCancel(w.ctx)
	go func() {
		_, err := w.bot.SendMessage(patient, &bot.SendMessageParams{ChatID: p.ID(), Text: "g"})
		hung <- err
	}()
	<-hang.Done() // it is there, and hangs
	giveUp()
	if err := <-hung; !errors.Is(err, context.Canceled) {
		t.Errorf("hanging: %v", err)
	}
	hang = w.Fail(telegram.Fault{Method: "sendMessage", Hang: true})
	go func() { hung <- send("h") }()
	<-hang.Done()
	hang.Remove()
	hang.Remove()
	if err := <-hung; err != nil {
		t.Errorf("after the fault was removed: %v", err)
	}
	w.Fail(telegram.Fault{Method: "sendmessage", Delay: 30 * time.Millisecond})
	began := time.Now()
	if err := send("i"); err != nil || time.Since(began) < 30*time.Millisecond {
		t.Errorf("delayed: %v after %v", err, time.Since(began))
	}
	if got := texts(); got != "b c f h i" {
		t.Errorf("the person has %q", got)
	}

	w.must(p.Document("a.pdf", telegram.SamplePDF(1), ""))
	u := w.next()
	file, err := w.bot.GetFile(w.ctx, &bot.GetFileParams{FileID: u.Message.Document.FileID})
	w.must(file, err)
	w.Fail(telegram.Fault{Method: telegram.FileMethod, Drop: telegram.DropAfter})
	resp, err := http.Get(w.bot.FileDownloadLink(file))
	if err == nil {
		_, err = io.ReadAll(resp.Body)
		_ = resp.Body.Close()
	}
	if err == nil {
		t.Error("a download that breaks off gave no error")
	}
	w.clean()
}

func TestLimits(t *testing.T) {
	t.Parallel()
	w := newWorld(t, telegram.Options{Limits: telegram.TelegramLimits})
	p, other := w.siti(), w.Person(telegram.PersonOptions{Name: "Budi", Started: true})
	send := func(p *telegram.Person) error {
		_, err := w.bot.SendMessage(w.ctx, &bot.SendMessageParams{ChatID: p.ID(), Text: "x"})
		return err
	}
	if err := send(p); err != nil {
		t.Fatal(err)
	}
	var flood *bot.TooManyRequestsError
	if err := send(p); !errors.As(err, &flood) || flood.RetryAfter != 1 {
		t.Errorf("two within a second: %v", err)
	}
	if err := send(other); err != nil {
		t.Errorf("to another: %v", err)
	}
	w.SetLimits(telegram.Limits{Overall: 0.01, OverallBurst: 2})
	limited := 0
	for range 4 {
		if err := send(other); errors.As(err, &flood) {
			limited++
			if flood.RetryAfter < 1 || flood.RetryAfter > 100 {
				t.Errorf("retry after %d", flood.RetryAfter)
			}
		}
	}
	if limited < 2 {
		t.Errorf("%d of 4 refused", limited)
	}
	w.SetLimits(telegram.Limits{})
	if err := send(p); err != nil {
		t.Errorf("without limits: %v", err)
	}
}

func TestBodyTooLarge(t *testing.T) {
	t.Parallel()
	w := newWorld(t, telegram.Options{})
	w.refused("sendMessage", `{"text":"`+strings.Repeat("a", 52<<20)+`"}`, 413, "Request Entity Too Large")
}

func TestOnlyLoopback(t *testing.T) {
	t.Parallel()
	s := telegram.New(telegram.Options{})
	for _, addr := range []string{"0.0.0.0:0", ":0", "192.0.2.1:0", "example.com:80", "nonsense"} {
		if err := s.Listen(addr); err == nil {
			t.Errorf("listens on %q", addr)
		}
	}
}

func TestCloseEndsEverything(t *testing.T) {
	t.Parallel()
	w := newWorld(t, telegram.Options{})
	p := w.siti()
	w.Fail(telegram.Fault{Method: "getMe", Hang: true})
	var all sync.WaitGroup
	for _, method := range []string{"getUpdates", "getMe"} {
		all.Go(func() {
			if a, err := w.post(w.ctx, method, `{"timeout":50}`); err == nil {
				t.Errorf("%s was answered: %+v", method, a)
			}
		})
	}
	all.Go(func() {
		if _, err := p.Wait(w.ctx, p.Seq()); err == nil {
			t.Error("waiting for a closed server ended well")
		}
	})
	for w.Server.Close() != nil {
		t.Error("not closed")
	}
	all.Wait()
	if _, err := net.Dial("tcp", strings.TrimPrefix(w.URL(), "http://")); err == nil {
		t.Error("still listening")
	}
}

// A crowd writes and presses at once; everyone is answered through the real library's
// requests, and each sees the answers in order.
func TestCrowd(t *testing.T) {
	t.Parallel()
	const people, rounds = 40, 25
	answered := make(chan *telegram.Person, people*rounds)
	w := newWorld(t, telegram.Options{Quiet: true, Watch: func(p *telegram.Person, c telegram.Change) {
		if c.Kind == telegram.Sent {
			answered <- p
		}
	}})
	crowd := make([]*telegram.Person, people)
	for i := range crowd {
		crowd[i] = w.Person(telegram.PersonOptions{Name: fmt.Sprint("Warga ", i)})
	}
	var all sync.WaitGroup
	for _, p := range crowd {
		all.Go(func() {
			for i := range rounds {
				if _, err := p.Send(fmt.Sprint(i)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	seen := make(map[int64]int)
	for offset, n := int64(0), 0; n < people*rounds; {
		for _, u := range w.updates(offset, 10) {
			n++
			offset = u.ID + 1
			if want := fmt.Sprint(seen[u.Message.From.ID]); u.Message.Text != want {
				t.Fatalf("heard %q, want %q: not in order", u.Message.Text, want)
			}
			seen[u.Message.From.ID]++
			all.Go(func() {
				if _, err := w.bot.SendMessage(w.ctx, &bot.SendMessageParams{ChatID: u.Message.Chat.ID, Text: u.Message.Text}); err != nil {
					t.Error(err)
				}
			})
		}
	}
	all.Wait()
	counts := make(map[*telegram.Person]int)
	for range people * rounds {
		counts[<-answered]++
	}
	for p, n := range counts {
		if n != rounds {
			t.Errorf("%s was answered %d times", p.Name(), n)
		}
	}
	if _, err := crowd[0].Wait(w.ctx, 0); !errors.Is(err, telegram.ErrQuiet) {
		t.Errorf("waiting on a quiet server: %v", err)
	}
	w.clean()
}
