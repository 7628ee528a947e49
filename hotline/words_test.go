package hotline

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestWords(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                               "",
		"   \n\t ":                       "",
		"👋🔥":                             "",
		"Jalan rusak!!!":                 "jalan rusak",
		"jln rsk dpn rmh sy":             "jalan rusak depan rumah saya",
		"jl. Pemuda no. 5":               "jalan pemuda no 5",
		"TOLOOONG":                       "tolong",
		"tlg minnn":                      "tolong admin",
		"Tooolooong kobongaaaan":         "tolong kobongan",
		"maaf saat tunggu":               "maaf saat tunggu", // two of a letter are two
		"1112 RT 003":                    "1112 rt 003",      // digits are never squeezed
		"é è ê ë É":                      "e e e e e",
		"cafe\u0301":                     "cafe",
		"jum'at Jum’at":                  "jumat jumat",
		"gorong-gorong":                  "gorong gorong",
		"gorong2 lubang2, rt2 smp2":      "gorong gorong lubang lubang rt2 smp2",
		"e-KTP/KTP-el":                   "e ktp ktp el",
		"gak ada air, gaada":             "tidak ada air tidak ada",
		"banyune ora mili":               "banyune ora mili",
		"ra iso, mboten saged":           "ora iso mboten saged",
		"ds. Suwawal Timur, kec. pakis":  "desa suwawal timur kecamatan pakis",
		"RS Kartini":                     "rumah sakit kartini",
		"𝗧𝗼𝗹𝗼𝗻𝗴 𝟭𝟭𝟮":                     "tolong 112",
		"Ｔｏｌｏｎｇ":                         "tolong",
		"sampah🔥menumpuk":                "sampah menumpuk",
		"a\u200db":                       "ab",
		"ꦗꦭꦤ꧀":                           "ꦗꦭꦤ",
		"\xff\xfejalan\x80rusak":         "jalan rusak",
		"3kg gas":                        "3kg gas",
		"p":                              "p",
		"PPPPPP":                         "p",
		"https://maps.app.goo.gl/abc?x=": "https maps app goo gl abc x",
	} {
		if got := strings.Join(Words(in), " "); got != want {
			t.Errorf("Words(%q)\n got %q\nwant %q", in, got, want)
		}
	}
}

// Every abbreviation leads to words that lead nowhere else, and none is longer than what expand looks up.
func TestAbbreviationsAreFlat(t *testing.T) {
	t.Parallel()
	if len(abbreviations) < 200 {
		t.Fatalf("only %d abbreviations were read", len(abbreviations))
	}
	for short, full := range abbreviations {
		if len(short) > longestAbbreviation {
			t.Errorf("%q is longer than longestAbbreviation", short)
		}
		if got := split(nil, short); len(got) != 1 || got[0] != short {
			t.Errorf("%q is not normalised: %q", short, got)
		}
		for _, w := range full {
			if again, ok := abbreviations[w]; ok {
				t.Errorf("%q leads to %q, which leads to %q", short, w, again)
			}
		}
	}
}

func TestLatinFoldsToPlainLetters(t *testing.T) {
	t.Parallel()
	if len(latin) != 0x180-0xC0 {
		t.Fatalf("the table has %d letters", len(latin))
	}
	for accented, plain := range map[rune]rune{'À': 'a', 'ß': 's', 'Ñ': 'n', 'ö': 'o', 'ÿ': 'y', 'ĉ': 'c', 'Ğ': 'g', 'ł': 'l', 'ź': 'z', 'ſ': 's', '×': apart, 'K': 'k', 'Å': 'a'} {
		if got := fold(accented); got != plain {
			t.Errorf("fold(%q) = %q, want %q", accented, got, plain)
		}
	}
}

// checkWords holds what is true of the words of every text.
func checkWords(tb interface {
	Helper()
	Fatalf(string, ...any)
}, s string) {
	tb.Helper()
	words := Words(s)
	if len(words) > maxWords {
		tb.Fatalf("%d words", len(words))
	}
	for _, w := range words {
		if w == "" || len(w) > maxWord || !utf8.ValidString(w) || strings.ContainsAny(w, " \n\t.,!?-'") || strings.ToLower(w) != w {
			tb.Fatalf("Words(%q) has the word %q", s, w)
		}
	}
	if again := Words(strings.Join(words, " ")); !slices.Equal(again, words) {
		tb.Fatalf("words of words differ\n  of %q\n got %q\nthen %q", s, words, again)
	}
}

func FuzzWords(f *testing.F) {
	for _, s := range []string{
		"", "Jalan rusak depan rmh pak lurah", "tolooong kobongan!!", "lubang2", strings.Repeat("a", 100), strings.Repeat("ab", 100) + "2",
		"İIıſK", strings.Repeat("𞤡A", 11), strings.Repeat("a", 47) + "bbbb", strings.Repeat("xy", 24) + "yyy", "ªº", "é\u0301\u0301", "\xff", "gada rs makasih", strings.Repeat("xyz", 16) + "222", strings.Repeat("gada ", 600),
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { checkWords(t, s) })
}

func TestWordsOfAnything(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		checkWords(t, rapid.OneOf(
			rapid.String(),
			rapid.StringOfN(rapid.SampledFrom([]rune("aabbn2 -'é’.")), 0, 200, -1),
			rapid.Custom(func(t *rapid.T) string {
				return strings.Repeat(rapid.StringN(0, 6, 20).Draw(t, "part"), rapid.IntRange(0, 400).Draw(t, "times"))
			}),
		).Draw(t, "text"))
	})
}

func BenchmarkWords(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Words(longComplaint)
	}
}

// longComplaint is about as long as people's complaints get: 200 characters.
const longComplaint = "Assalamualaikum min, mau lapor jln di dpn balai desa Bangsri rusak parah bgt, byk lubang2 dan kalo hujan tergenang, kemarin ada org jatuh. Tlg segera diperbaiki krn bahaya utk anak sekolah. Makasih"
