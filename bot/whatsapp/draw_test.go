package whatsapp

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"tanggap/hotline"
)

var (
	yesNo  = [][]hotline.Button{{{Label: "Ya, kirim", Value: "yes:3"}, {Label: "Ubah", Value: "change:3"}}, {{Label: "Lihat peta", URL: "https://maps.example/?q=-6.58,110.66"}}}
	plain  = [][]hotline.Button{{{Label: "Ya, kirim", Value: "yes:3"}, {Label: "Ubah", Value: "change:3"}}}
	photo  = hotline.Attachment{Kind: hotline.Photo, Name: "IMG_1.jpg", Mime: "image/jpeg", Data: []byte("jpeg")}
	film   = hotline.Attachment{Kind: hotline.Video, Data: []byte("mp4")}
	sound  = hotline.Attachment{Kind: hotline.Voice, Data: []byte("ogg")}
	paper  = hotline.Attachment{Kind: hotline.Document, Name: `C:\secret/../surat "desa".pdf`, Data: []byte("pdf")}
	places = func() (rows [][]hotline.Button) {
		for i := range 24 {
			rows = append(rows, []hotline.Button{{Label: "Desa ke-" + strconv.Itoa(i+1), Value: strconv.Itoa(i)}})
		}
		return rows
	}()
)

var drawings = []struct {
	name  string
	out   hotline.Outgoing
	polls bool
}{
	{"text", hotline.Outgoing{Text: "Laporan Anda JPR-261121-0007K."}, false},
	{"text with what the network refuses", hotline.Outgoing{Text: "\n a\x00b\xff c \n"}, false},
	{"choices", hotline.Outgoing{Text: "Benar?", Choices: plain}, false},
	{"choices and a link", hotline.Outgoing{Text: "Benar?", Choices: yesNo}, false},
	{"choices in Javanese", hotline.Outgoing{Text: "Leres?", Choices: plain, Lang: hotline.Javanese}, false},
	{"choices in English", hotline.Outgoing{Text: "Right?", Choices: plain, Lang: hotline.English}, false},
	{"choices that cannot be", hotline.Outgoing{Text: "Benar?", Choices: [][]hotline.Button{{{Label: "kosong"}, {Label: "bukan tautan", URL: "javascript:alert(1)"}},
		{{Label: " ", Value: "1"}, {Label: "dua\nbaris", Value: "2"}}}}, false},
	{"two dozen choices", hotline.Outgoing{Text: "Desa mana?", Choices: places}, false},
	{"ask for a place", hotline.Outgoing{Text: "Di mana?", Ask: hotline.AskPlace, AskText: "Kirim lokasi saya"}, false},
	{"ask for a place, with guesses", hotline.Outgoing{Text: "Di mana?", Choices: plain, Ask: hotline.AskPlace, AskText: "Kirim lokasi saya"}, false},
	{"ask for a number", hotline.Outgoing{Text: "Nomor Anda?", Ask: hotline.AskContact}, false},
	{"an ask is done", hotline.Outgoing{Text: "Terima kasih.", Ask: hotline.AskDone}, false},
	{"photo", hotline.Outgoing{Text: "Lubangnya", Media: []hotline.Attachment{photo}, Choices: plain}, false},
	{"photo without words", hotline.Outgoing{Media: []hotline.Attachment{photo}}, false},
	{"photo with a long text", hotline.Outgoing{Text: strings.Repeat("kata ", 300), Media: []hotline.Attachment{photo}, Choices: plain}, false},
	{"voice", hotline.Outgoing{Text: "Suaranya", Media: []hotline.Attachment{sound}}, false},
	{"document with an evil name", hotline.Outgoing{Text: "Surat", Media: []hotline.Attachment{paper}}, false},
	{"photos, a video, a voice and a paper", hotline.Outgoing{Text: "Semua", Media: []hotline.Attachment{photo, film, sound, paper, photo}, Choices: plain}, false},
	{"a place to go to", hotline.Outgoing{Text: "Di sini", Pin: &hotline.Point{Lat: -6.58, Lng: 110.66}}, false},
	{"text of 10,000 letters with choices", hotline.Outgoing{Text: strings.Repeat("Jalan rusak di mana-mana. ", 400), Choices: plain}, false},
	{"nothing", hotline.Outgoing{Text: " "}, false},
	{"poll", hotline.Outgoing{Text: "Benar?", Choices: plain}, true},
	{"poll under a long text", hotline.Outgoing{Text: strings.Repeat("Jalan rusak. ", 40), Choices: plain}, true},
	{"poll that cannot be: a link", hotline.Outgoing{Text: "Benar?", Choices: yesNo}, true},
	{"poll that cannot be: two alike", hotline.Outgoing{Text: "Benar?", Choices: [][]hotline.Button{{{Label: "Ya", Value: "1"}, {Label: "Ya", Value: "2"}}}}, true},
	{"poll that cannot be: too many", hotline.Outgoing{Text: "Desa mana?", Choices: places}, true},
}

func drawn(out hotline.Outgoing, polls bool) string {
	var b strings.Builder
	for _, s := range steps(out, polls) {
		mark := " "
		if s.main {
			mark = "*"
		}
		switch {
		case s.medium != nil:
			fmt.Fprintf(&b, "  %s [%s %s]\n", mark, s.medium.Kind, fileName(*s.medium))
		case s.pin != nil:
			fmt.Fprintf(&b, "  %s [place %v %v]\n", mark, s.pin.Lat, s.pin.Lng)
		case s.options != nil:
			fmt.Fprintf(&b, "  %s [poll %q]\n", mark, s.options)
		default:
			fmt.Fprintf(&b, "  %s\n", mark)
		}
		text := s.text
		if utf8.RuneCountInString(text) > 600 {
			text = clip(text, 40) + fmt.Sprintf(" (%d letters) ", utf8.RuneCountInString(text)) + text[len(text)-60:]
		}
		for line := range strings.Lines(text) {
			fmt.Fprintf(&b, "      %s\n", strings.TrimSuffix(line, "\n"))
		}
	}
	return b.String()
}

func TestDrawings(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for _, d := range drawings {
		fmt.Fprintf(&b, "%s\n%s", d.name, drawn(d.out, d.polls))
	}
	golden(t, "drawing.golden", b.String())
}

const cardBefore = "JPR-261121-0007K Jalan rusak\nTegalsambi, Tahunan\n\nBalas dengan angka:\n1. Ambil\n2. Bukan kami"

var edits = []struct {
	name, before string
	out          hotline.Outgoing
}{
	{"who took it", cardBefore, hotline.Outgoing{Text: "JPR-261121-0007K Jalan rusak\nTegalsambi, Tahunan\nDiambil Budi."}},
	{"the choices are gone and nothing is new", cardBefore, hotline.Outgoing{Text: "JPR-261121-0007K Jalan rusak\nTegalsambi, Tahunan"}},
	{"nothing is new", cardBefore, hotline.Outgoing{Text: "JPR-261121-0007K Jalan rusak\nTegalsambi, Tahunan",
		Choices: [][]hotline.Button{{{Label: "Ambil", Value: "1"}, {Label: "Bukan kami", Value: "2"}}}}},
	{"other choices", cardBefore, hotline.Outgoing{Text: "JPR-261121-0007K Jalan rusak\nTegalsambi, Tahunan",
		Choices: [][]hotline.Button{{{Label: "Selesai", Value: "1"}}}}},
	{"all is new", cardBefore, hotline.Outgoing{Text: "Kasus ini sudah selesai."}},
}

// What was sent stays: an edit says below it what is new, and says nothing where nothing is.
func TestEditsSayWhatIsNew(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for _, e := range edits {
		out, unchanged := anew(e.out, e.before)
		fmt.Fprintf(&b, "%s\n", e.name)
		if unchanged {
			b.WriteString("    (nothing)\n")
			continue
		}
		b.WriteString(drawn(out, false))
	}
	golden(t, "edits.golden", b.String())
}

// However long and odd a text is, no word of it is lost, no part is longer than is taken, and the choices are all there.
func TestNothingIsLostInDrawing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		out := hotline.Outgoing{Text: rapid.StringOfN(rapid.RuneFrom([]rune("ab .\n!?…😀é")), 0, 9000, -1).Draw(t, "text")}
		n := rapid.IntRange(0, 40).Draw(t, "choices")
		for i := range n {
			out.Choices = append(out.Choices, []hotline.Button{{Label: rapid.StringN(1, 30, -1).Draw(t, "label"), Value: strconv.Itoa(i)}})
		}
		polls := rapid.Bool().Draw(t, "polls")
		var all strings.Builder
		list := steps(out, polls)
		mains := 0
		for _, s := range list {
			if utf8.RuneCountInString(s.text) > maxText {
				t.Fatalf("a part of %d letters", utf8.RuneCountInString(s.text))
			}
			all.WriteString(s.text + "\n")
			for i, o := range s.options {
				fmt.Fprintf(&all, "%d. %s\n", i+1, o)
			}
			if s.main {
				mains++
			}
		}
		if len(list) > 0 && (mains != 1 || !list[len(list)-1].main) {
			t.Fatalf("%d messages stand for the whole", mains)
		}
		got := letters(all.String())
		if !strings.HasPrefix(got, letters(out.Text)) {
			t.Fatalf("the text is lost: %q of %q", got, out.Text)
		}
		for i, row := range out.Choices {
			if label := letters(tidy(row[0].Label)); !strings.Contains(got, label) {
				t.Fatalf("choice %d, %q, is not there", i, label)
			}
		}
	})
}

func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// The ids of one thing are its own, the same each time, and tell which message stands for it.
func TestIDs(t *testing.T) {
	t.Parallel()
	ours, others := newNamer([]byte("one device")), newNamer([]byte("another"))
	rapid.Check(t, func(t *rapid.T) {
		out := hotline.OutID(rapid.Int64Range(1, 1<<40).Draw(t, "out"))
		part := rapid.IntRange(0, maxParts).Draw(t, "part")
		id := ours.id(out, part)
		if len(id) != idLength || id != ours.id(out, part) || !strings.HasPrefix(id, "3EB0") || id != strings.ToUpper(id) {
			t.Fatalf("%q", id)
		}
		if ours.whole(id) != ours.id(out, 0) {
			t.Fatalf("%q belongs to %q", id, ours.whole(id))
		}
		if others.id(out, part) == id || ours.id(out+1, part) == id || part > 0 && ours.id(out, 0) == id {
			t.Fatalf("%q is given twice", id)
		}
	})
	for _, id := range []string{"", "3A", "3EB0XX", strings.Repeat("A", 22), "3EB0zzzzzzzzzzzzzzzzzz"} {
		if ours.whole(id) != id {
			t.Errorf("%q became %q", id, ours.whole(id))
		}
	}
}

func TestSplitKeepsSentences(t *testing.T) {
	t.Parallel()
	parts := split(strings.Repeat("Satu kalimat yang utuh. ", 1000))
	if len(parts) < 6 {
		t.Fatal(len(parts))
	}
	if i := slices.IndexFunc(parts, func(p string) bool { return !strings.HasSuffix(p, ".") }); i >= 0 {
		t.Errorf("part %d ends within a sentence: %q", i, parts[i][len(parts[i])-20:])
	}
}
