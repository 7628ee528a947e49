package telegram

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"tanggap/hotline"
	sim "tanggap/simulator/telegram"
)

func (w *world) out(change ...func(*hotline.Outgoing)) hotline.Outgoing {
	o := hotline.Outgoing{ID: 1, Peer: strconv.FormatInt(w.siti.ID(), 10), Text: "halo"}
	for _, f := range change {
		f(&o)
	}
	return o
}

func troubleIn(err error) hotline.Trouble {
	var se *hotline.SendError
	if errors.As(err, &se) {
		return se.Trouble
	}
	return ""
}

// Whatever the network says to a send, the courier hears the right word for it.
func TestTroubles(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		code        int
		description string
		want        hotline.Trouble
	}{
		{429, "", hotline.TroubleLater},
		{500, "", hotline.TroubleUnavailable},
		{502, "", hotline.TroubleUnavailable},
		{504, "", hotline.TroubleUnavailable},
		{409, "", hotline.TroubleUnavailable},
		{401, "", hotline.TroubleAccount},
		{404, "", hotline.TroubleAccount},
		{403, "Forbidden: bot was blocked by the user", hotline.TroubleBlocked},
		{403, "Forbidden: bot can't initiate conversation with a user", hotline.TroubleBlocked},
		{403, "Forbidden: user is deactivated", hotline.TroubleGone},
		{403, "Forbidden: bots can't send messages to bots", hotline.TroubleGone},
		{400, "Bad Request: chat not found", hotline.TroubleGone},
		{400, "Bad Request: PEER_ID_INVALID", hotline.TroubleGone},
		{400, "Bad Request: message is too long", hotline.TroubleRefused},
		{400, "Bad Request: something nobody has heard of", hotline.TroubleRefused},
		{413, "Request Entity Too Large", hotline.TroubleRefused},
		{400, "Bad Request: message is not modified: specified new message content is the same", hotline.TroubleUnchanged},
		{400, "Bad Request: message to edit not found", hotline.TroubleLost},
		{400, "Bad Request: message can't be edited", hotline.TroubleLost},
		{400, "Bad Request: query is too old and response timeout expired or query ID is invalid", hotline.TroubleExpired},
	} {
		t.Run(fmt.Sprint(c.code, " ", c.description), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.Fail(sim.Fault{Method: "sendMessage", Code: c.code, Description: c.description, RetryAfter: 7})
			_, err := w.channel.Send(soon(t), w.out())
			if got := troubleIn(err); got != c.want {
				t.Errorf("%v is %q, want %q", err, got, c.want)
			}
			if strings.Contains(fmt.Sprint(err), "AAH-test") {
				t.Errorf("the token stands in %v", err)
			}
			var se *hotline.SendError
			if errors.As(err, &se) && se.Trouble == hotline.TroubleLater && se.After != 7*time.Second {
				t.Errorf("wait %v, want 7 s", se.After)
			}
		})
	}
}

// A network that is no network at all.
func TestTroublesOfTheWayThere(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"a proxy's page": func(w http.ResponseWriter, r *http.Request) {
			http.Error(w, "<html>bad gateway", http.StatusBadGateway)
		},
		"a redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere"+r.URL.Path, http.StatusFound)
		},
		"no JSON":        func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "hello") },
		"another's JSON": func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, `{"status":"fine"}`) },
		"half an answer": func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, `{"ok":true,"result":{"text":"secret wo`)
		},
		"a result too odd": func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, `{"ok":true,"result":["secret words"]}`)
		},
		"cut off": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "500")
			_, _ = io.WriteString(w, `{"ok":true,`)
		},
		"too long":           func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write(bytes.Repeat([]byte(" "), maxAnswer+2)) },
		"no answer":          func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) },
		"an answer too late": func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body); <-r.Context().Done() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewServer(answer)
			defer srv.Close()
			c, err := New(Options{Token: testToken, API: srv.URL, Timeout: 500 * time.Millisecond})
			if err != nil {
				t.Fatal(err)
			}
			defer c.wire.client.CloseIdleConnections()
			_, err = c.Send(soon(t), hotline.Outgoing{Peer: "9", Text: "halo"})
			if troubleIn(err) != hotline.TroubleUnavailable {
				t.Errorf("got %v", err)
			}
			if s := fmt.Sprint(err); strings.Contains(s, "AAH-test") || strings.Contains(s, "secret wo") || strings.Contains(s, "http://") {
				t.Errorf("too much stands in %q", s)
			}
		})
	}
}

func TestNobodyListens(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	_ = l.Close()
	c, err := New(Options{Token: testToken, API: "http://" + address})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Send(soon(t), hotline.Outgoing{Peer: "9", Text: "halo"})
	if troubleIn(err) != hotline.TroubleUnavailable || strings.Contains(err.Error(), "AAH-test") {
		t.Errorf("got %v", err)
	}
}

// A refusal with a good status, which the library makes errors of its own of, means the same.
func TestTroublesWithAGoodStatus(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, `{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":3}}`)
	}))
	defer srv.Close()
	c, err := New(Options{Token: testToken, API: srv.URL})
	if err != nil {
		t.Fatal(err)
	}
	defer c.wire.client.CloseIdleConnections()
	_, err = c.Send(soon(t), hotline.Outgoing{Peer: "9", Text: "halo"})
	var se *hotline.SendError
	if !errors.As(err, &se) || se.Trouble != hotline.TroubleLater || se.After != 3*time.Second {
		t.Errorf("got %v", err)
	}
}

func TestSendsAreSeen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	receipt, err := w.channel.Send(soon(t), w.out(func(o *hotline.Outgoing) {
		o.Text = strings.Repeat("Jalan rusak. ", 500)
		o.Choices = [][]hotline.Button{{{Label: "Ya", Value: "yes"}}}
	}))
	if err != nil {
		t.Fatal(err)
	}
	all := w.siti.Messages()
	last := all[len(all)-1]
	if len(all) != 2 || receipt.Ref != strconv.Itoa(last.ID) || len(last.Buttons) != 1 || len(all[0].Buttons) != 0 {
		t.Errorf("%d messages, receipt %s, last %+v", len(all), receipt.Ref, last)
	}

	for _, m := range []hotline.Attachment{
		{Kind: hotline.Photo, Data: sim.SamplePhoto(1, false)}, {Kind: hotline.Voice, Data: sim.SampleVoice(1)},
		{Kind: hotline.Video, Data: sim.SampleVideo(1)}, {Kind: hotline.Document, Name: "surat.pdf", Data: sim.SamplePDF(1)},
	} {
		if _, err := w.channel.Send(soon(t), w.out(func(o *hotline.Outgoing) { o.Media = []hotline.Attachment{m} })); err != nil {
			t.Fatal(err)
		}
		if last, _ := w.siti.Last(); string(last.Kind) != string(m.Kind) || last.Text != "halo" {
			t.Errorf("a %s arrived as %s %q", m.Kind, last.Kind, last.Text)
		}
	}

	two := []hotline.Attachment{{Kind: hotline.Photo, Data: sim.SamplePhoto(1, false)}, {Kind: hotline.Video, Data: sim.SampleVideo(2)}}
	if _, err := w.channel.Send(soon(t), w.out(func(o *hotline.Outgoing) { o.Media = two })); err != nil {
		t.Fatal(err)
	}
	all = w.siti.Messages()
	if n := len(all); all[n-3].Album == "" || all[n-3].Album != all[n-2].Album || all[n-1].Text != "halo" {
		t.Errorf("the album arrived as %+v", all[n-3:])
	}

	if _, err := w.channel.Send(soon(t), w.out(func(o *hotline.Outgoing) { o.Ask, o.AskText = hotline.AskPlace, "Kirim lokasi" })); err != nil {
		t.Fatal(err)
	}
	if k := w.siti.Keyboard(); k == nil || !k.Rows[0][0].RequestLocation {
		t.Errorf("keyboard %+v", k)
	}
	if _, err := w.channel.Send(soon(t), w.out(func(o *hotline.Outgoing) { o.Ask = hotline.AskDone })); err != nil {
		t.Fatal(err)
	}
	if k := w.siti.Keyboard(); k != nil {
		t.Errorf("the keyboard stays: %+v", k)
	}
	if v := w.Violations(); len(v) > 0 {
		t.Errorf("violations: %v", v)
	}
}

func TestEdit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	edit := func(ref, text string) error {
		_, err := w.channel.Send(soon(t), w.out(func(o *hotline.Outgoing) { o.Verb, o.Edits, o.Text = hotline.VerbEdit, ref, text }))
		return err
	}
	for _, media := range [][]hotline.Attachment{nil, {{Kind: hotline.Photo, Data: sim.SamplePhoto(1, false)}}} {
		r, err := w.channel.Send(soon(t), w.out(func(o *hotline.Outgoing) {
			o.Media, o.Choices = media, [][]hotline.Button{{{Label: "Ambil", Value: "take"}}}
		}))
		if err != nil {
			t.Fatal(err)
		}
		if err := edit(r.Ref, "Diambil Budi."); err != nil {
			t.Fatal(err)
		}
		last, _ := w.siti.Last()
		if last.Text != "Diambil Budi." || len(last.Buttons) != 0 {
			t.Errorf("with %d media it became %+v", len(media), last)
		}
		if got := troubleIn(edit(r.Ref, "Diambil Budi.")); got != hotline.TroubleUnchanged {
			t.Errorf("the same again: %q", got)
		}
	}
	for _, ref := range []string{"999999999", "0", "", "x"} {
		if got := troubleIn(edit(ref, "baru")); got != hotline.TroubleLost {
			t.Errorf("editing message %q: %q", ref, got)
		}
	}
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r, err := w.channel.Send(soon(t), w.out(func(o *hotline.Outgoing) { o.Choices = [][]hotline.Button{{{Label: "Ya", Value: "yes"}}} }))
	if err != nil {
		t.Fatal(err)
	}
	id, _ := strconv.Atoi(r.Ref)
	press := func() string {
		cb, err := w.siti.Press(id, "yes")
		if err != nil {
			t.Fatal(err)
		}
		return cb
	}
	seq := w.siti.Seq()
	if _, err := w.channel.Send(soon(t), hotline.Outgoing{Verb: hotline.VerbAnswer, Answers: press(), Text: "Siap."}); err != nil {
		t.Fatal(err)
	}
	if c, err := w.siti.WaitFor(soon(t), seq, func(c sim.Change) bool { return c.Kind == sim.Answered }); err != nil || c.Answer.Text != "Siap." {
		t.Errorf("%+v, %v", c.Answer, err)
	}

	seq = w.siti.Seq()
	cb := press()
	if _, err := w.channel.Send(soon(t), w.out(func(o *hotline.Outgoing) { o.Answers = cb })); err != nil {
		t.Fatal(err)
	}
	kinds := map[sim.ChangeKind]bool{}
	for _, c := range w.siti.Changes(seq) {
		kinds[c.Kind] = true
	}
	if !kinds[sim.Answered] || !kinds[sim.Sent] {
		t.Errorf("with the message came %v", kinds)
	}

	cb = press()
	w.siti.ExpireCallbacks()
	if _, err := w.channel.Send(soon(t), w.out(func(o *hotline.Outgoing) { o.Answers, o.Text = cb, "terlambat" })); err != nil {
		t.Errorf("a late answer holds up the message: %v", err)
	}
	if last, _ := w.siti.Last(); last.Text != "terlambat" {
		t.Errorf("the last message is %q", last.Text)
	}
	if _, err := w.channel.Send(soon(t), hotline.Outgoing{Verb: hotline.VerbAnswer, Answers: cb}); troubleIn(err) != hotline.TroubleExpired {
		t.Errorf("a late answer: %v", err)
	}
	w.Fail(sim.Fault{Method: "answerCallbackQuery", Code: 429, RetryAfter: 30})
	if _, err := w.channel.Send(soon(t), w.out(func(o *hotline.Outgoing) { o.Answers = press() })); err != nil {
		t.Errorf("an answer that must wait holds up the message: %v", err)
	}
}

func TestBlocked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.siti.Block(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.channel.Send(soon(t), w.out()); troubleIn(err) != hotline.TroubleBlocked {
		t.Errorf("got %v", err)
	}
	if _, err := w.channel.Send(soon(t), w.out(func(o *hotline.Outgoing) { o.Peer = "1" })); troubleIn(err) != hotline.TroubleGone {
		t.Errorf("to nobody: %v", err)
	}
}

// What takes several messages goes on where it stopped.
func TestSeveralMessagesAreNotBegunAnew(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	out := w.out(func(o *hotline.Outgoing) {
		o.Text = strings.Repeat("Jalan rusak. ", 800) // three parts
	})
	for i := range 2 {
		w.SetLimits(sim.Limits{PerChat: 0.0001, ChatBurst: i + 1})
		if _, err := w.channel.Send(soon(t), out); troubleIn(err) != hotline.TroubleLater {
			t.Fatalf("try %d: %v", i, err)
		}
	}
	w.SetLimits(sim.Limits{})
	r, err := w.channel.Send(soon(t), out)
	if err != nil {
		t.Fatal(err)
	}
	all := w.siti.Messages()
	if len(all) != 3 || r.Ref != strconv.Itoa(all[2].ID) {
		t.Errorf("%d messages arrived, receipt %s", len(all), r.Ref)
	}
	if len(w.channel.parts.at) != 0 {
		t.Error("it is still remembered")
	}
}

// What the network does not take as a photo goes as a file; what it does not take at all is left out, and the words arrive.
func TestMediaThatIsRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		refuse []string
		want   sim.Kind
	}{
		{[]string{"sendPhoto"}, sim.KindDocument},
		{[]string{"sendPhoto", "sendDocument"}, sim.KindText},
	} {
		w := newWorld(t)
		for _, m := range c.refuse {
			w.Fail(sim.Fault{Method: m, Code: 400, Description: "Bad Request: IMAGE_PROCESS_FAILED"})
		}
		r, err := w.channel.Send(soon(t), w.out(func(o *hotline.Outgoing) {
			o.Media, o.Choices = []hotline.Attachment{photo}, [][]hotline.Button{{{Label: "Ambil", Value: "take"}}}
		}))
		if err != nil {
			t.Fatal(err)
		}
		last, _ := w.siti.Last()
		if last.Kind != c.want || last.Text != "halo" || len(last.Buttons) != 1 || r.Ref != strconv.Itoa(last.ID) {
			t.Errorf("without %v it arrived as %+v", c.refuse, last)
		}
	}
	w := newWorld(t)
	w.Fail(sim.Fault{Method: "sendMediaGroup", Code: 400, Description: "Bad Request: IMAGE_PROCESS_FAILED"})
	two := []hotline.Attachment{{Kind: hotline.Photo, Data: sim.SamplePhoto(1, false)}, {Kind: hotline.Photo, Data: sim.SamplePhoto(2, false)}}
	if _, err := w.channel.Send(soon(t), w.out(func(o *hotline.Outgoing) { o.Media = two })); err != nil {
		t.Fatal(err)
	}
	if n := len(w.siti.Messages()); n != 3 {
		t.Errorf("%d messages arrived, want 3", n)
	}
}

func TestLinksTheNetworkDoesNotLike(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Fail(sim.Fault{Method: "sendMessage", Code: 400, Description: "Bad Request: inline keyboard button URL 'http://localhost:8112/' is invalid: Wrong HTTP URL"})
	if _, err := w.channel.Send(soon(t), w.out(func(o *hotline.Outgoing) {
		o.Choices = [][]hotline.Button{{{Label: "Buka", URL: "http://localhost:8112/"}, {Label: "Ambil", Value: "take"}}}
	})); err != nil {
		t.Fatal(err)
	}
	if last, _ := w.siti.Last(); len(last.Buttons) != 1 || len(last.Buttons[0]) != 1 || last.Buttons[0][0].Data != "take" {
		t.Errorf("arrived as %+v", last)
	}
}

func TestFetch(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.run(t)
	data := sim.SamplePhoto(1, true)
	if _, err := w.siti.Document("foto rumah #1?.jpg", data, ""); err != nil {
		t.Fatal(err)
	}
	m, err := Parse(w.inbox.waitFor(t, 1)[0].Body)
	if err != nil {
		t.Fatal(err)
	}
	r, size, err := w.channel.Fetch(soon(t), m.Media.Ref)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(r)
	if err != nil || !bytes.Equal(got, data) || size != int64(len(data)) {
		t.Errorf("%d bytes of %d, size %d, %v", len(got), len(data), size, err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}

	for _, c := range []struct {
		name string
		f    sim.Fault
		want error // nil: any that is worth another try
	}{
		{"too big", sim.Fault{Method: "getFile", Code: 400, Description: "Bad Request: file is too big"}, ErrTooBig},
		{"no such id", sim.Fault{Method: "getFile", Code: 400, Description: "Bad Request: invalid file_id"}, ErrNoFile},
		{"gone", sim.Fault{Method: sim.FileMethod, Code: 404}, ErrNoFile},
		{"down", sim.Fault{Method: "getFile", Code: 502}, nil},
		{"slow down", sim.Fault{Method: "getFile", Code: 429, RetryAfter: 3}, nil},
		{"file server down", sim.Fault{Method: sim.FileMethod, Code: 500}, nil},
		{"broken off", sim.Fault{Method: sim.FileMethod, Drop: sim.DropAfter}, nil},
		{"never begun", sim.Fault{Method: sim.FileMethod, Drop: sim.DropBefore, Times: -1}, nil},
	} {
		h := w.Fail(c.f)
		r, _, err := w.channel.Fetch(soon(t), m.Media.Ref)
		if err == nil {
			_, err = io.ReadAll(r)
			_ = r.Close()
		}
		h.Remove()
		switch {
		case err == nil:
			t.Errorf("%s: no error", c.name)
		case c.want != nil && !errors.Is(err, c.want), c.want == nil && (errors.Is(err, ErrTooBig) || errors.Is(err, ErrNoFile)):
			t.Errorf("%s: %v", c.name, err)
		case strings.Contains(err.Error(), "AAH-test"):
			t.Errorf("the token stands in %v", err)
		}
	}
	if _, _, err := w.channel.Fetch(soon(t), "nonsense"); !errors.Is(err, ErrNoFile) {
		t.Errorf("nonsense: %v", err)
	}
}

// A network that lies about sizes cannot make us read without end.
func TestFetchIsBounded(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/file/") {
			w.WriteHeader(http.StatusOK)
			for range hotline.MaxMedia>>20 + 2 {
				if _, err := w.Write(make([]byte, 1<<20)); err != nil {
					return
				}
			}
			return
		}
		_, _ = io.WriteString(w, `{"ok":true,"result":{"file_id":"x","file_unique_id":"y","file_path":"a/../b c.jpg"}}`)
	}))
	defer srv.Close()
	c, err := New(Options{Token: testToken, API: srv.URL})
	if err != nil {
		t.Fatal(err)
	}
	defer c.wire.client.CloseIdleConnections()
	r, _, err := c.Fetch(soon(t), "x")
	if err != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(io.Discard, r)
	if !errors.Is(err, ErrTooBig) || n > hotline.MaxMedia {
		t.Errorf("read %d bytes, %v", n, err)
	}
	_ = r.Close()
}

func TestSendEndsWithItsContext(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := w.Fail(sim.Fault{Method: "sendMessage", Hang: true})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		_, err := w.channel.Send(ctx, w.out())
		done <- err
	}()
	<-h.Done()
	cancel()
	select {
	case err := <-done:
		if troubleIn(err) != hotline.TroubleUnavailable || !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	case <-time.After(time.Minute):
		t.Error("it goes on")
	}
}

func BenchmarkSend(b *testing.B) {
	s := sim.New(sim.Options{Quiet: true})
	s.AddBot(testToken, "tanggap_bot")
	if err := s.Listen(""); err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	p := s.Person(sim.PersonOptions{Started: true})
	c, err := New(Options{Token: testToken, API: s.URL()})
	if err != nil {
		b.Fatal(err)
	}
	defer c.wire.client.CloseIdleConnections()
	out := hotline.Outgoing{Peer: strconv.FormatInt(p.ID(), 10), Text: "Laporan Anda JPR-261121-0007K kami terima. Kami kabari paling lambat Senin.", Choices: yesNo}
	b.ReportAllocs()
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := c.Send(context.Background(), out); err != nil {
				b.Error(err)
				return
			}
		}
	})
}
