package telegram

import (
	"encoding/json"
	"fmt"
	"io"
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
)

// A recorder is a network that takes everything and writes down what it was asked.
type recorder struct {
	mu  sync.Mutex
	b   strings.Builder
	ids int
}

func (r *recorder) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	method := path.Base(req.URL.Path)
	if err := req.ParseMultipartForm(64 << 20); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	fmt.Fprintf(&r.b, "    %s\n", method)
	var lines []string
	for name, values := range req.MultipartForm.Value {
		for _, v := range values {
			if len(v) > 600 {
				v = fmt.Sprintf("%s… (%d units)", bounded(v, 40), units(v))
			}
			lines = append(lines, fmt.Sprintf("        %s: %s\n", name, strings.ReplaceAll(v, "\n", `\n`)))
		}
	}
	for name, files := range req.MultipartForm.File {
		for _, f := range files {
			lines = append(lines, fmt.Sprintf("        %s: file %q, %d bytes\n", name, f.Filename, size(f)))
		}
	}
	slices.Sort(lines)
	r.b.WriteString(strings.Join(lines, ""))
	switch method {
	case "answerCallbackQuery":
		_, _ = io.WriteString(w, `{"ok":true,"result":true}`)
	case "sendMediaGroup":
		r.ids += 10
		_, _ = fmt.Fprintf(w, `{"ok":true,"result":[{"message_id":%d,"date":1,"chat":{"id":9,"type":"private"}}]}`, r.ids)
	default:
		r.ids++
		_, _ = fmt.Fprintf(w, `{"ok":true,"result":{"message_id":%d,"date":1,"chat":{"id":9,"type":"private"}}}`, r.ids)
	}
}

func size(f *multipart.FileHeader) int64 { return f.Size }

var (
	yesNo = [][]hotline.Button{{{Label: "Ya, kirim", Value: "yes:3"}, {Label: "Ubah", Value: "change:3"}}, {{Label: "Lihat peta", URL: "https://maps.example/?q=-6.58,110.66"}}}
	photo = hotline.Attachment{Kind: hotline.Photo, Name: "IMG_1.jpg", Mime: "image/jpeg", Data: []byte("jpeg")}
	film  = hotline.Attachment{Kind: hotline.Video, Data: []byte("mp4")}
	voice = hotline.Attachment{Kind: hotline.Voice, Data: []byte("ogg")}
	paper = hotline.Attachment{Kind: hotline.Document, Name: `C:\secret/../surat "desa".pdf`, Data: []byte("pdf")}
)

var drawings = []struct {
	name string
	out  hotline.Outgoing
}{
	{"text", hotline.Outgoing{Text: "Laporan Anda JPR-261121-0007K."}},
	{"text that looks like markup", hotline.Outgoing{Text: "<b>*tebal*</b> [x](http://y) _a_ & \"b\""}},
	{"text with what the network refuses", hotline.Outgoing{Text: "\n a\x00b\xff c \n"}},
	{"text with a link", hotline.Outgoing{Text: "Lihat jepara.go.id"}},
	{"reply to a message", hotline.Outgoing{Text: "itu", ReplyTo: "41"}},
	{"buttons", hotline.Outgoing{Text: "Benar?", Choices: yesNo}},
	{"buttons that cannot be", hotline.Outgoing{Text: "Benar?", Choices: [][]hotline.Button{
		{{Label: "terlalu panjang", Value: strings.Repeat("x", 65)}, {Label: "kosong"}},
		{{Label: "bukan tautan", URL: "javascript:alert(1)"}, {Label: strings.Repeat("panjang ", 20), Value: strings.Repeat("x", 64)}, {Label: " ", Value: "1"}},
	}}},
	{"ask for a place", hotline.Outgoing{Text: "Di mana?", Ask: hotline.AskPlace, AskText: "Kirim lokasi"}},
	{"ask for a place, with guesses", hotline.Outgoing{Text: "Di mana?", Choices: yesNo, Ask: hotline.AskPlace, AskText: "Kirim lokasi"}},
	{"ask for a number", hotline.Outgoing{Text: "Nomor Anda?", Ask: hotline.AskContact}},
	{"an ask is done", hotline.Outgoing{Text: "Terima kasih.", Ask: hotline.AskDone}},
	{"an ask is done, with buttons", hotline.Outgoing{Text: "Tegalsambi, Tahunan.\nBenar?", Choices: yesNo, Ask: hotline.AskDone}},
	{"an ask is done, with buttons, on one line", hotline.Outgoing{Text: "Benar?", Choices: yesNo, Ask: hotline.AskDone}},
	{"photo", hotline.Outgoing{Text: "Lubangnya", Media: []hotline.Attachment{photo}, Choices: yesNo}},
	{"photo without words", hotline.Outgoing{Media: []hotline.Attachment{photo}}},
	{"photo with a long text", hotline.Outgoing{Text: strings.Repeat("kata ", 300), Media: []hotline.Attachment{photo}, Choices: yesNo}},
	{"video", hotline.Outgoing{Text: "Banjir", Media: []hotline.Attachment{film}}},
	{"voice", hotline.Outgoing{Media: []hotline.Attachment{voice}}},
	{"document with an evil name", hotline.Outgoing{Text: "Surat", Media: []hotline.Attachment{paper}}},
	{"photos, a video, a voice and a paper", hotline.Outgoing{Text: "Semua", Media: []hotline.Attachment{photo, film, voice, paper, photo}, Choices: yesNo}},
	{"twelve photos", hotline.Outgoing{Text: "Banyak", Media: slices.Repeat([]hotline.Attachment{photo}, 12)}},
	{"photos with buttons and no words", hotline.Outgoing{Media: []hotline.Attachment{photo, photo}, Choices: yesNo}},
	{"text of 10,000 letters with buttons", hotline.Outgoing{Text: strings.Repeat("Jalan rusak di mana-mana. ", 400), Choices: yesNo}},
	{"edit", hotline.Outgoing{Verb: hotline.VerbEdit, Edits: "50", Text: "Diambil Budi.", Choices: yesNo}},
	{"edit that takes the buttons away, and answers", hotline.Outgoing{Verb: hotline.VerbEdit, Edits: "50", Text: "Diambil Budi.", Answers: "77"}},
	{"edit of a text that is too long", hotline.Outgoing{Verb: hotline.VerbEdit, Edits: "50", Text: strings.Repeat("😀", 3000)}},
	{"answer with a toast", hotline.Outgoing{Verb: hotline.VerbAnswer, Answers: "77", Text: strings.Repeat("Sudah. ", 60)}},
	{"answer", hotline.Outgoing{Verb: hotline.VerbAnswer, Answers: "77"}},
	{"nothing", hotline.Outgoing{Text: " \n"}},
	{"no peer", hotline.Outgoing{Peer: "@siti", Text: "halo"}},
	{"edit of nothing", hotline.Outgoing{Verb: hotline.VerbEdit, Text: "halo"}},
	{"answer to nothing", hotline.Outgoing{Verb: hotline.VerbAnswer}},
}

func TestDrawing(t *testing.T) {
	t.Parallel()
	rec := &recorder{}
	srv := httptest.NewServer(rec)
	defer srv.Close()
	c, err := New(Options{Token: testToken, API: srv.URL})
	if err != nil {
		t.Fatal(err)
	}
	defer c.wire.client.CloseIdleConnections()
	for _, d := range drawings {
		rec.ids = 100
		rec.b.WriteString(d.name + "\n")
		out := d.out
		if out.Peer == "" {
			out.Peer = "9"
		}
		// Answering goes beside the message; here one after the other, for the record.
		if out.Answers != "" && out.Verb != hotline.VerbAnswer {
			if _, err := c.Send(soon(t), hotline.Outgoing{Verb: hotline.VerbAnswer, Answers: out.Answers}); err != nil {
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

func TestSplit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.SampledFrom([]rune("ab. \n!é😀ꦲ"))).Draw(t, "text")
		limit := rapid.IntRange(2, 20).Draw(t, "limit")
		parts := split(text, limit)
		squeeze := func(s string) string {
			return strings.Map(func(r rune) rune {
				if unicode.IsSpace(r) {
					return -1
				}
				return r
			}, s)
		}
		if got, want := squeeze(strings.Join(parts, "")), squeeze(text); got != want {
			t.Fatalf("%q became %q", want, parts)
		}
		for _, p := range parts {
			if p == "" || units(p) > limit || strings.TrimSpace(p) != p {
				t.Fatalf("a part %q of %d units, limit %d", p, units(p), limit)
			}
		}
	})
}

func TestSplitPrefersGoodPlaces(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"Satu dua.\n\nTiga empat lima.", "Satu dua.|Tiga empat lima."},
		{"Satu dua tiga\nempat lima enam", "Satu dua tiga|empat lima enam"},
		{"Satu dua tiga. Empat lima enam", "Satu dua tiga.|Empat lima enam"},
		{"Satu dua tiga empat lima enam", "Satu dua tiga empat|lima enam"},
		{"Satuduatigaempatlimaenamtujuh", "Satuduatigaempatlima|enamtujuh"},
	} {
		if got := strings.Join(split(c.text, 20), "|"); got != c.want {
			t.Errorf("%q became %q, want %q", c.text, got, c.want)
		}
	}
}

func TestClip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		limit := rapid.IntRange(2, 30).Draw(t, "limit")
		got := clip(s, limit)
		if units(got) > limit || units(s) <= limit && got != s {
			t.Fatalf("%q clipped to %d became %q", s, limit, got)
		}
	})
}

func TestFileNames(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		name := fileName(hotline.Attachment{Name: rapid.String().Draw(t, "name"), Kind: hotline.Photo})
		if name == "" || len(name) > 64 || strings.ContainsAny(name, "\x00\r\n\"/\\") {
			t.Fatalf("a file called %q", name)
		}
	})
}

// Labels and words of people end up in JSON, whole.
func TestKeyboardIsJSON(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		label, value := rapid.String().Draw(t, "label"), rapid.StringN(1, 16, 64).Draw(t, "value")
		raw, err := json.Marshal(inline([][]hotline.Button{{{Label: label, Value: value}}}))
		if err != nil || raw[0] != '{' || raw[len(raw)-1] != '}' {
			t.Fatalf("%s, %v", raw, err)
		}
	})
}

func TestPreview(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{"": false, "Jalan rusak. Parah.": false, "Rp 5.000": true, "https://x.id": true, "lihat jepara.go.id": true, "a.é": true,
		"Nomor: 5": false, "...": false, "akhir.": false, "a:b": true, "titik.\xff": false} {
		if got := preview(text) != nil; got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestIDOnly(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`{"ok":true,"result":{"message_id":12,"text":"x"}}`: `{"ok":true,"result":{"message_id":12}}`,
		`{"ok":true,"result":{"message_id":12}}`:            `{"ok":true,"result":{"message_id":12}}`,
		`{"ok":true,"result":{"message_id":"12","a":1}}`:    `{"ok":true,"result":{"message_id":"12","a":1}}`,
		`{"ok":true,"result":{"id":7}}`:                     `{"ok":true,"result":{"id":7}}`,
		`{"ok":true,"result":[{"message_id":12,"a":1}]}`:    `{"ok":true,"result":[{"message_id":12,"a":1}]}`,
		`{"ok":true,"result":{"message_id":`:                `{"ok":true,"result":{"message_id":`,
		`{"ok":true,"result":{"message_id":1`:               `{"ok":true,"result":{"message_id":1`,
	} {
		if got := string(idOnly([]byte(in))); got != want {
			t.Errorf("%s became %s", in, got)
		}
	}
}
