package whatsappcloud

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"tanggap/hotline"
	sim "tanggap/simulator/whatsappcloud"
)

// A recorder is a network that takes everything and writes down what it was asked.
type recorder struct {
	t   *testing.T
	mu  sync.Mutex
	b   strings.Builder
	ids int
}

func (r *recorder) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ids++
	kind, params, err := mime.ParseMediaType(req.Header.Get("Content-Type"))
	if err != nil {
		r.t.Error(err)
	}
	if kind == "multipart/form-data" {
		fmt.Fprintf(&r.b, "    %s:", path.Base(req.URL.Path))
		parts := multipart.NewReader(req.Body, params["boundary"])
		for {
			p, err := parts.NextPart()
			if err != nil {
				break
			}
			v, _ := io.ReadAll(p)
			if p.FileName() != "" {
				fmt.Fprintf(&r.b, " file %q %s, %d bytes", p.FileName(), p.Header.Get("Content-Type"), len(v))
				continue
			}
			fmt.Fprintf(&r.b, " %s=%s", p.FormName(), v)
		}
		r.b.WriteString("\n")
		_, _ = fmt.Fprintf(w, `{"id":"9%d"}`, r.ids)
		return
	}
	body, _ := io.ReadAll(req.Body)
	var all map[string]any
	if err := json.Unmarshal(body, &all); err != nil || all["messaging_product"] != "whatsapp" {
		r.t.Errorf("%s: %v", body, err)
	}
	delete(all, "messaging_product")
	if all["recipient_type"] == "individual" {
		delete(all, "recipient_type")
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(all); err != nil {
		r.t.Error(err)
	}
	line := strings.TrimSpace(out.String())
	if len(line) > 1200 {
		line = fmt.Sprintf("%s … %s (%d units)", bounded(line, 160), line[len(line)-240:], units(line))
	}
	fmt.Fprintf(&r.b, "    %s: %s\n", path.Base(req.URL.Path), line)
	_, _ = fmt.Fprintf(w, `{"success":true,"messages":[{"id":"wamid.%d"}]}`, r.ids)
}

var (
	yesNo = [][]hotline.Button{{{Label: "Ya, kirim", Value: "yes:3"}, {Label: "Ubah", Value: "change:3"}}}
	site  = [][]hotline.Button{{{Label: "Lihat peta", URL: "https://maps.example/?q=-6.58,110.66"}}}
	photo = hotline.Attachment{Kind: hotline.Photo, Name: "IMG_1.jpg", Mime: "image/jpeg", Data: []byte("\xff\xd8\xff\xe0jpeg")}
	film  = hotline.Attachment{Kind: hotline.Video, Mime: "video/mp4", Data: []byte("mp4")}
	voice = hotline.Attachment{Kind: hotline.Voice, Mime: "audio/ogg; codecs=opus", Data: []byte("OggS")}
	paper = hotline.Attachment{Kind: hotline.Document, Name: `C:\secret/../surat "desa".pdf`, Mime: "application/pdf", Data: []byte("%PDF-1.4")}
)

func choices(n int, label string) (rows [][]hotline.Button) {
	for i := range n {
		rows = append(rows, []hotline.Button{{Label: fmt.Sprintf("%s %d", label, i+1), Value: fmt.Sprintf("pick:%d", i+1)}})
	}
	return rows
}

var drawings = []struct {
	name string
	out  hotline.Outgoing
}{
	{"text", hotline.Outgoing{Text: "Laporan Anda JPR-261121-0007K."}},
	{"text to a number", hotline.Outgoing{Text: "halo", Peer: "6281234567890"}},
	{"text with what the network refuses", hotline.Outgoing{Text: "\n a\x00b\xff c \n"}},
	{"text with a link", hotline.Outgoing{Text: "Lihat jepara.go.id & <b>x</b>"}},
	{"reply to a message", hotline.Outgoing{Text: "itu", ReplyTo: "wamid.41"}},
	{"two choices", hotline.Outgoing{Text: "Benar?", Choices: yesNo}},
	{"two choices without words", hotline.Outgoing{Choices: yesNo}},
	{"three choices, one of 21 letters", hotline.Outgoing{Text: "Benar?", Choices: [][]hotline.Button{
		{{Label: "Ya", Value: "1"}}, {{Label: "Bukan,\nsaya pilih lain", Value: "2"}}, {{Label: strings.Repeat("x", 21), Value: "3"}}}}},
	{"two choices with one label", hotline.Outgoing{Text: "Benar?", Choices: [][]hotline.Button{{{Label: "Ya", Value: "1"}, {Label: "Ya", Value: "2"}}}}},
	{"four choices", hotline.Outgoing{Text: "Yang mana?", Choices: choices(4, "Jalan")}},
	{"ten choices, with labels too long for a row", hotline.Outgoing{Text: "Yang mana?", Choices: choices(10, "Jalan provinsi di desa Tegalsambi, nomor")}},
	{"eleven choices", hotline.Outgoing{Text: "Yang mana?", Choices: choices(11, "Jalan")}},
	{"a label too long for any row", hotline.Outgoing{Text: "Yang mana?", Choices: choices(2, strings.Repeat("panjang ", 10))}},
	{"two choices with one value", hotline.Outgoing{Text: "Benar?", Choices: [][]hotline.Button{{{Label: "Ya", Value: "1"}, {Label: "Tidak", Value: "1"}}}}},
	{"choices that cannot be", hotline.Outgoing{Text: "Benar?", Choices: [][]hotline.Button{{{Label: "kosong"}, {Label: "bukan tautan", URL: "javascript:alert(1)"}, {Label: " ", Value: "1"}}}}},
	{"a link", hotline.Outgoing{Text: "Tempatnya di sini.", Choices: site}},
	{"a link with a long label", hotline.Outgoing{Text: "Tempatnya di sini.", Choices: [][]hotline.Button{{{Label: "Lihat tempatnya di peta", URL: "https://maps.example/"}}}}},
	{"a link beside choices", hotline.Outgoing{Text: "Benar?", Choices: append(slices.Clone(yesNo), site...)}},
	{"ask for a place", hotline.Outgoing{Text: "Di mana?", Ask: hotline.AskPlace, AskText: "Kirim lokasi"}},
	{"ask for a place, with guesses", hotline.Outgoing{Text: "Di mana?", Choices: yesNo, Ask: hotline.AskPlace, AskText: "Atau kirim lokasi"}},
	{"ask for a place, with many guesses", hotline.Outgoing{Text: "Di mana?", Choices: choices(12, "Desa"), Ask: hotline.AskPlace}},
	{"ask for a number", hotline.Outgoing{Text: "Nomor Anda?", Ask: hotline.AskContact, AskText: "Bagikan nomor"}},
	{"ask for a number that is known", hotline.Outgoing{Text: "Nomor Anda?", Ask: hotline.AskContact, Peer: "6281234567890"}},
	{"an ask is done", hotline.Outgoing{Text: "Terima kasih.", Ask: hotline.AskDone}},
	{"photo", hotline.Outgoing{Text: "Lubangnya", Media: []hotline.Attachment{photo}}},
	{"photo with choices", hotline.Outgoing{Text: "Lubangnya", Media: []hotline.Attachment{photo}, Choices: yesNo}},
	{"photo without words", hotline.Outgoing{Media: []hotline.Attachment{photo}}},
	{"photo with a long text", hotline.Outgoing{Text: strings.Repeat("kata ", 300), Media: []hotline.Attachment{photo}}},
	{"photo of a kind that is not taken", hotline.Outgoing{Text: "x", Media: []hotline.Attachment{{Kind: hotline.Photo, Mime: "image/heic", Data: []byte("heic")}}}},
	{"video", hotline.Outgoing{Text: "Banjir", Media: []hotline.Attachment{film}}},
	{"voice with words", hotline.Outgoing{Text: "Dengar", Media: []hotline.Attachment{voice}}},
	{"document with an evil name", hotline.Outgoing{Text: "Surat", Media: []hotline.Attachment{paper}}},
	{"photos, a video, a voice and a paper", hotline.Outgoing{ID: 7, Text: "Semua", Media: []hotline.Attachment{photo, film, voice, paper, photo}, Choices: yesNo}},
	{"text of 10,000 letters with choices", hotline.Outgoing{ID: 8, Text: strings.Repeat("Jalan rusak di mana-mana. ", 400), Choices: yesNo}},
	{"edit", hotline.Outgoing{ID: 9, Verb: hotline.VerbEdit, Edits: "wamid.50", Text: "Diambil Budi.", Choices: yesNo}},
	{"edit that answers", hotline.Outgoing{Verb: hotline.VerbEdit, Edits: "wamid.50", Text: "Diambil Budi.", Answers: "wamid.77"}},
	{"answer", hotline.Outgoing{Verb: hotline.VerbAnswer, Answers: "wamid.77"}},
	{"answer with a toast", hotline.Outgoing{Verb: hotline.VerbAnswer, Answers: "wamid.77", Text: "Sudah diambil Budi."}},
	{"photo as an answer", hotline.Outgoing{Answers: "wamid.77", Media: []hotline.Attachment{photo}}},
	{"template", hotline.Outgoing{ID: 10, Closed: true, Key: "case.news", Text: "Ada kabar.", Args: map[string]string{"case": "JPR-261121-0007K", "unit": "DPUPR\nBina  Marga"}, Choices: yesNo}},
	{"template for every phrase", hotline.Outgoing{Closed: true, Key: "other", Text: "Satu.\n\nDua\t tiga."}},
	{"template without its argument", hotline.Outgoing{Closed: true, Key: "case.news", Text: "Ada kabar.", Args: map[string]string{"case": "x"}}},
	{"template without its buttons", hotline.Outgoing{Closed: true, Key: "case.news", Args: map[string]string{"case": "x", "unit": "y"}}},
	{"nothing", hotline.Outgoing{Text: " \n"}},
	{"no peer", hotline.Outgoing{Peer: "@siti", Text: "halo"}},
	{"a peer that breaks out", hotline.Outgoing{Peer: "bsuid:ID.1\n2", Text: "halo"}},
	{"answer to nothing", hotline.Outgoing{Verb: hotline.VerbAnswer}},
}

var templates = map[string]Template{
	"case.news": {Name: "case_news", Language: "id", Parameters: []string{"case", "unit"}, Buttons: 1},
	AnyPhrase:   {Name: "news", Language: "id", Parameters: []string{TextParameter}},
}

func TestDrawing(t *testing.T) {
	t.Parallel()
	rec := &recorder{t: t}
	srv := httptest.NewServer(rec)
	defer srv.Close()
	c, err := New(Options{PhoneNumberID: testNumber, Token: testToken, AppSecret: testSecret, VerifyToken: testVerify, API: srv.URL, Log: quiet,
		Templates: templates, Pick: func(hotline.Lang) string { return "Pilih" }})
	if err != nil {
		t.Fatal(err)
	}
	defer c.wire.client.CloseIdleConnections()
	for _, d := range drawings {
		rec.ids = 100
		rec.b.WriteString(d.name + "\n")
		out := d.out
		if out.Peer == "" {
			out.Peer = sitiPeer
		}
		// Answering goes beside the message; here one after the other, for the record.
		if out.Answers != "" && out.Verb != hotline.VerbAnswer && len(out.Media) == 0 {
			if _, err := c.Send(soon(t), hotline.Outgoing{Verb: hotline.VerbAnswer, Peer: out.Peer, Answers: out.Answers}); err != nil {
				t.Fatal(err)
			}
			out.Answers = ""
		}
		receipt, err := c.Send(soon(t), out)
		if err != nil {
			fmt.Fprintf(&rec.b, "    error: %v\n\n", err)
			continue
		}
		fmt.Fprintf(&rec.b, "    receipt: %s\n\n", receipt.Ref)
	}
	golden(t, "drawing.golden", rec.b.String())
}

// Whatever is to be said, the strict network takes it: nothing unknown, nothing too long, every choice there and worth what it should be.
func TestDrawingFitsTheNetwork(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{NoStatuses: true})
	words := rapid.StringOf(rapid.SampledFrom([]rune("ab. \n!é😀ꦲ*_")))
	rapid.Check(t, func(r *rapid.T) {
		out := hotline.Outgoing{ID: hotline.OutID(rapid.IntRange(0, 1<<40).Draw(r, "id")), Peer: rapid.SampledFrom([]string{sitiPeer, "6281234567890"}).Draw(r, "peer")}
		out.Text = words.Draw(r, "text") + strings.Repeat("Panjang sekali. ", rapid.SampledFrom([]int{0, 0, 60, 70, 250, 600}).Draw(r, "long"))
		out.Ask = rapid.SampledFrom([]hotline.Ask{"", "", hotline.AskPlace, hotline.AskContact, hotline.AskDone}).Draw(r, "ask")
		out.AskText = words.Draw(r, "ask text")
		n := rapid.IntRange(0, 13).Draw(r, "choices")
		for i := range n {
			b := hotline.Button{Label: words.Draw(r, "label") + strings.Repeat("é", rapid.SampledFrom([]int{0, 0, 0, 19, 25, 80}).Draw(r, "more")), Value: fmt.Sprint("v", i)}
			if rapid.IntRange(0, 9).Draw(r, "link") == 0 {
				b.URL, b.Value = "https://x.example/"+fmt.Sprint(i), ""
			}
			out.Choices = append(out.Choices, []hotline.Button{b})
		}
		for range rapid.SampledFrom([]int{0, 0, 0, 1, 3}).Draw(r, "media") {
			out.Media = append(out.Media, rapid.SampledFrom([]hotline.Attachment{photo, film, voice, paper}).Draw(r, "medium"))
		}
		seen := w.siti.Seq()
		receipt, err := w.channel.Send(soon(t), out)
		if err != nil {
			if strings.Contains(err.Error(), "nothing to say") {
				return
			}
			r.Fatal(err)
		}
		var shown strings.Builder
		got := map[string]bool{}
		main := false
		for _, c := range w.siti.Changes(seen) {
			m := c.Message
			shown.WriteString(m.Text + "\n")
			main = main || m.ID == receipt.Ref
			for _, b := range m.Buttons {
				got[b.ID] = true
			}
			if m.Link != nil {
				shown.WriteString(m.Link.URL)
			}
			if m.List != nil {
				for _, row := range m.List.Rows {
					got[row.ID] = true
				}
			}
		}
		if !main {
			r.Fatal("the receipt names none of what was sent")
		}
		picks := 0
		for _, row := range out.Choices {
			b := row[0]
			if b.URL != "" && !strings.Contains(shown.String(), b.URL) {
				r.Fatalf("%s is nowhere", b.URL)
			}
			if b.Value == "" {
				continue
			}
			picks++
			said := strings.ReplaceAll(shown.String(), "\n", " ")
			if !got[b.Value] && !strings.Contains(said, fmt.Sprintf("%d. ", picks)) && !strings.Contains(said, "Atau tulis: ") {
				r.Fatalf("choice %d (%s) is nowhere", picks, b.Value)
			}
		}
		if v := w.Violations(); len(v) > 0 {
			r.Fatal(v[0])
		}
	})
}

func TestSplit(t *testing.T) {
	t.Parallel()
	squeeze := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsSpace(r) {
				return -1
			}
			return r
		}, s)
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.SampledFrom([]rune("ab. \n!é😀ꦲ"))).Draw(t, "text")
		limit := rapid.IntRange(2, 20).Draw(t, "limit")
		end := rapid.IntRange(2, limit).Draw(t, "end")
		for _, parts := range [][]string{split(text, limit), tail(text, limit, end)} {
			if got, want := squeeze(strings.Join(parts, "")), squeeze(text); got != want {
				t.Fatalf("%q became %q", want, parts)
			}
			for _, p := range parts {
				if p == "" || units(p) > limit || strings.TrimSpace(p) != p {
					t.Fatalf("a part %q of %d units, limit %d", p, units(p), limit)
				}
			}
		}
		if parts := tail(text, limit, end); len(parts) > 0 && units(parts[len(parts)-1]) > end {
			t.Fatalf("the last of %q has more than %d units", parts, end)
		}
	})
}

func TestClipAndFileNames(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		limit := rapid.IntRange(2, 30).Draw(t, "limit")
		got := clip(s, limit)
		if units(got) > limit || units(s) <= limit && got != s {
			t.Fatalf("%q clipped to %d became %q", s, limit, got)
		}
		name := fileName(hotline.Attachment{Name: s, Kind: hotline.Photo})
		if name == "" || len(name) > 64 || strings.ContainsAny(name, "\x00\r\n\"/\\") {
			t.Fatalf("a file called %q", name)
		}
	})
}

func TestTag(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := tag{out: hotline.OutID(rapid.Int64Min(1).Draw(t, "out")), step: rapid.IntRange(0, 255).Draw(t, "step"), main: rapid.Bool().Draw(t, "main")}
		if got, ok := parseTag(want.String()); !ok || got != want {
			t.Fatalf("%v became %v, %v", want, got, ok)
		}
		if got, ok := parseTag(rapid.String().Draw(t, "odd")); ok && got.String() == "" {
			t.Fatal("a tag of nothing")
		}
	})
	for _, odd := range []string{"", "o", "o.", "o1", "1.2", "o-1.2", "o1.256", "o1.-2", "o0.1", "o1.2x"} {
		if _, ok := parseTag(odd); ok {
			t.Errorf("%q is a tag", odd)
		}
	}
}
