package hotline

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestCheckWordIsTwoWordsAndForgiving(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "key")
		n := aNumber().Draw(t, "number")
		word := CheckWord(key, n)
		parts := strings.Fields(word)
		if len(parts) != 2 || parts[0] == parts[1] || word != strings.ToLower(word) || word != CheckWord(key, n) {
			t.Fatalf("the check word is %q", word)
		}
		for _, typed := range []string{
			word, strings.ToUpper(word), strings.Join(parts, ""), strings.Join(parts, "-"), "  " + strings.Join(parts, "   ") + ".", strings.Join(parts, " / "),
			strings.ToTitle(word[:1]) + word[1:],
		} {
			if !IsCheckWord(key, n, typed) {
				t.Errorf("%q is not taken for %q", typed, word)
			}
		}
		for _, typed := range []string{"", " ", parts[0], parts[1], parts[1] + " " + parts[0], word + "a", strings.Repeat("a", 1<<10)} {
			if IsCheckWord(key, n, typed) {
				t.Errorf("%q is taken for %q", typed, word)
			}
		}
		other := n
		other.Seq++
		if (CheckWord(key, other) == word) != IsCheckWord(key, other, word) {
			t.Errorf("what is taken for %s is not its word", other)
		}
	})
}

// Neither the key nor the number may be told from the words: every word comes up about as often in both places.
func TestCheckWordsAreSpreadEvenly(t *testing.T) {
	t.Parallel()
	const each = 100
	var first, second = map[string]int{}, map[string]int{}
	for i := range each * len(everydayWords) {
		a, b, _ := strings.Cut(CheckWord([]byte("a key"), Number{Letters: "JPR", Day: "261122", Seq: i + 1}), " ")
		first[a]++
		second[b]++
	}
	for _, w := range everydayWords {
		if first[w] < each/2 || first[w] > each*2 || second[w] < each/2 || second[w] > each*2 {
			t.Errorf("%q is %d times the first word and %d times the second, of about %d", w, first[w], second[w], each)
		}
	}
	if CheckWord([]byte("a key"), Number{Letters: "JPR", Day: "261122", Seq: 1}) == CheckWord([]byte("another"), Number{Letters: "JPR", Day: "261122", Seq: 1}) {
		t.Error("the key makes no difference")
	}
}

func TestCheckWordsCannotBeMisheard(t *testing.T) {
	t.Parallel()
	if len(everydayWords) < 350 {
		t.Fatalf("there are %d words", len(everydayWords))
	}
	for i, a := range everydayWords {
		if len(a) < 3 || len(a) > 7 || strings.Trim(a, "abcdefghijklmnopqrstuvwxyz") != "" {
			t.Errorf("%q is no short word of plain letters", a)
		}
		for _, b := range everydayWords[:i] {
			if slip(a, b) {
				t.Errorf("%q and %q are one slip apart", a, b)
			}
		}
	}
}

// slip tells whether one letter more, less, other, or two neighbours swapped make one word of the other.
func slip(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	for i := range len(b) {
		if len(a) == len(b)-1 && b[:i]+b[i+1:] == a {
			return true
		}
		if len(a) == len(b) && (a[:i] == b[:i] && a[i+1:] == b[i+1:] ||
			i > 0 && a[:i-1] == b[:i-1] && a[i+1:] == b[i+1:] && a[i-1] == b[i] && a[i] == b[i-1]) {
			return true
		}
	}
	return false
}
