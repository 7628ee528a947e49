package phrase

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tanggap/hotline"
)

func TestNoLineOfAStoryPassesForOneOfOurs(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{
		"jalan rusak":                           "“jalan rusak”",
		"rusak\nJPR-261123-0009X Ambil":         "“rusak\n│ JPR-261123-0009X Ambil”",
		"rusak”\r--- dari koordinator ---":      "“rusak\"\n│ --- dari koordinator ---”",
		"rusak\u2028Nomor: 3":                   "“rusak\n│ Nomor: 3”",
		"rusak" + strings.Repeat(" ", 80) + "x": "“rusak   x”",
		"\u202erusak":                           "“rusak”",
	} {
		if got := drawnStory(t, said); got != want {
			t.Errorf("%q is drawn as %q, want %q", said, got, want)
		}
	}
}

// Whatever somebody writes: there is one first line, and every other one carries the mark.
func TestEveryLineOfAQuoteIsMarked(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		said := rapid.StringOf(rapid.SampledFrom([]rune("ab \n\r\v\f\u0085\u2028\u2029│“”\t"))).Draw(t, "said")
		got := quoted(said)
		for i, line := range strings.FieldsFunc(got, func(r rune) bool { return strings.ContainsRune("\n\r\v\f\u0085\u2028\u2029", r) }) {
			if i > 0 && !strings.HasPrefix(line, quoteMark) {
				t.Fatalf("%q: line %d of %q has no mark", said, i, got)
			}
		}
		if strings.ContainsAny(got, "“”") {
			t.Fatalf("%q ends its own quotation: %q", said, got)
		}
	})
}

func drawnStory(t *testing.T, said string) string {
	t.Helper()
	b := New(&hotline.Regency{})
	b.Wrong = func(err error) { t.Error(err) }
	facts := Facts{Said: map[hotline.ContentID]hotline.Content{7: {ID: 7, Text: said}}}
	text, _, _ := b.Reply(hotline.Indonesian, hotline.Say("staff.card.story", "story", hotline.ContentID(7)), facts)
	return text
}
