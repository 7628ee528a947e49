package demo

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tanggap/hotline"
	"tanggap/simulator/telegram"
	"tanggap/testbed"
)

func TestWrapKeepsEveryWord(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOf(rapid.StringMatching(`[a-zé🚨]{1,12}`)).Draw(t, "words")
		width := rapid.IntRange(1, 40).Draw(t, "width")
		lines := wrap(strings.Join(words, " "), width)
		if got := strings.Fields(strings.Join(lines, " ")); !cmp.Equal(got, words) && len(words) > 0 {
			t.Fatalf("%q became %q", words, got)
		}
		for _, l := range lines {
			if utf8.RuneCountInString(l) > width && strings.Contains(l, " ") {
				t.Fatalf("%q is wider than %d", l, width)
			}
		}
	})
	if got := wrap("merah \x1b[31m\x07 \u009bputih\tbiru", 80); !cmp.Equal(got, []string{"merah [31m putih biru"}) {
		t.Errorf("a text plays with the terminal: %q", got)
	}
}

// What the bot does is shown for those whose chats are shown, and for nobody else.
func TestTheScreenShowsWhoSaysWhat(t *testing.T) {
	t.Parallel()
	sim := telegram.New(telegram.Options{})
	sim.AddBot("1000:a-token-for-this-test", "bot")
	a := &actor{Name: "Siti Aminah", ID: 1, Person: sim.Person(telegram.PersonOptions{ID: 1, Name: "Siti Aminah"})}
	b := &actor{Name: "Budi Santoso", ID: 2, Person: sim.Person(telegram.PersonOptions{ID: 2, Name: "Budi Santoso"})}
	card := telegram.Change{Kind: telegram.Sent, Message: &telegram.Message{Kind: telegram.KindPhoto, Text: "Kasus baru\nJalan rusak",
		Buttons: [][]telegram.Button{{{Text: "Ambil"}}, {{Text: "Bukan kami"}, {Text: "Lihat"}}}}}
	for _, colour := range []bool{false, true} {
		var out bytes.Buffer
		s := newScreen(&out, colour, 0)
		s.record(a)
		s.said(a, "Jalan rusak")
		s.said(b, "tidak kelihatan")
		s.watch(a.Person, card)
		s.watch(b.Person, card)
		s.watch(a.Person, telegram.Change{Kind: telegram.Answered, Answer: &telegram.Answer{}})
		s.watch(a.Person, telegram.Change{Kind: telegram.Answered, Answer: &telegram.Answer{Text: "Sudah diambil"}})
		s.record(nil)
		s.watch(a.Person, card)
		if colour {
			if !strings.Contains(out.String(), "\x1b[") {
				t.Errorf("no colours: %q", out.String())
			}
			continue
		}
		want := `  Siti  ▸ Jalan rusak
          Tanggap → Siti, Telegram  0.0 s
          │ [foto]
          │ Kasus baru
          │ Jalan rusak
          │ [Ambil]
          │ [Bukan kami] [Lihat]
          Tanggap → Siti, Telegram shows  0.0 s
          │ Sudah diambil
`
		if diff := cmp.Diff(want, out.String()); diff != "" {
			t.Error(diff)
		}
	}
}

type noReader struct{}

func (noReader) Write([]byte) (int, error) { return 0, errors.New("nobody reads") }

func TestAScreenSaysOnceThatNobodyReads(t *testing.T) {
	t.Parallel()
	s := newScreen(noReader{}, false, 0)
	told := 0
	s.lost = func(error) { told++ }
	s.line("halo")
	s.line("masih di sana?")
	if told != 1 {
		t.Errorf("it said so %d times", told)
	}
}

func TestHistoryInWords(t *testing.T) {
	t.Parallel()
	r := testbed.Jepara()
	s := &stage{Options: Options{Regency: r}, zone: r.Zone}
	due := time.Date(2026, 11, 30, 8, 30, 0, 0, time.UTC)
	for _, c := range []struct {
		event hotline.Event
		said  hotline.Content
		want  string
	}{
		{hotline.Event{Kind: hotline.EvFiled, Facts: hotline.Facts{CaseKind: hotline.Complaint, Category: "jalan-rusak", Area: "33.20.11.2010", Due: due}},
			hotline.Content{Text: "jalan\nrusak", Point: &hotline.Point{}, Media: []hotline.MediaID{1, 2}},
			"Siti filed a complaint, Jalan rusak, Tegalsambi, an outcome promised by Mon 30 Nov 15:30: “jalan rusak”, with the place on the map, with 2 photos"},
		{hotline.Event{Kind: hotline.EvFiled, Facts: hotline.Facts{CaseKind: hotline.Inquiry}}, hotline.Content{}, "Siti filed an inquiry, matter not known, place not known"},
		{hotline.Event{Kind: hotline.EvAssigned, Facts: hotline.Facts{Unit: "dpupr.jalan", Part: hotline.Lead, Due: due}}, hotline.Content{},
			"Siti assigned it to Bidang Bina Marga, DPUPR (lead), to be taken by Mon 30 Nov 15:30"},
		{hotline.Event{Kind: hotline.EvRated, Facts: hotline.Facts{Value: 5}}, hotline.Content{Text: "bagus"}, "Siti rated it 5 of 5: “bagus”"},
		{hotline.Event{Kind: hotline.EvDetailed, Facts: hotline.Facts{Word: "milik/kab"}}, hotline.Content{}, "Siti said more: Tahukah Anda, itu jalan siapa? Jalan kabupaten"},
		{hotline.Event{Kind: hotline.EvDetailed, Facts: hotline.Facts{Word: "tidak/ada"}}, hotline.Content{}, "Siti said more: tidak/ada"},
		{hotline.Event{Kind: hotline.EvNotPossible}, hotline.Content{Erased: true}, "Siti not possible"},
	} {
		if got := s.happened(c.event, "Siti", c.said); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.event.Kind, got, c.want)
		}
	}
}

// A page's stream ends with the demo, not when the browser has had enough.
func TestStreamsEndWithTheDemo(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	begun := make(chan struct{})
	ended := make(chan struct{})
	server := httptest.NewServer(guest(ctx, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(begun)
		<-r.Context().Done()
		close(ended)
	})))
	defer server.Close()
	go func() {
		req, err := http.NewRequestWithContext(context.WithoutCancel(ctx), http.MethodGet, server.URL, nil)
		if err != nil {
			return
		}
		if resp, err := http.DefaultClient.Do(req); err == nil {
			_ = resp.Body.Close()
		}
	}()
	<-begun
	cancel()
	<-ended
}
