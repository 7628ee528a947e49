package hotline

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func categoriesOf(rd Reading) []string {
	var ids []string
	for _, g := range rd.Categories {
		ids = append(ids, g.Category)
	}
	return ids
}

func TestReadWeighsKeywords(t *testing.T) {
	t.Parallel()
	rd := NewReader(tiny(t))
	for text, want := range map[string][]string{
		"":                                  nil,
		"bunga mawar":                       nil,
		"jalan rusak":                       {"jalan-rusak"},
		"dalane rusak":                      {"jalan-rusak"}, // an ending comes off
		"jalan depan rumah sudah rusak":     {"jalan-rusak"}, // the words apart
		"rusak jalannya":                    {"jalan-rusak"}, // and the other way round
		"jalan berlubnag":                   {"jalan-rusak"}, // two letters swapped
		"jalan berlobang":                   {"jalan-rusak"}, // one wrong
		"lampu jalan":                       {"lampu-jalan"}, // the longest phrase has its words to itself: "jalan" is no road here
		"mati lampu":                        {"listrik"},
		"listrik mati, lampu jalan ikut":    {"lampu-jalan", "listrik"},
		"aspal aspal aspal aspal":           {"jalan-rusak"},
		"LISTRIK!!! listriiiiik":            {"listrik"},
		"di desa Karangrejo ada pungli":     {"pungli"},
		"pelayanan di kantor PU lambat":     {"pelayanan"},
		"petugas PU minta uang untuk aspal": {"pungli", "jalan-rusak"}, // whatever the money was for
	} {
		got := categoriesOf(rd.Read(text))
		if d := cmp.Diff(want, got); d != "" && !(len(want) > 0 && len(got) > len(want) && slices.Equal(got[:len(want)], want)) {
			t.Errorf("%q (-want +got):\n%s", text, d)
		}
	}
	if once, often := rd.Read("aspal").Categories[0].Score, rd.Read("aspal aspal aspal").Categories[0].Score; once != often {
		t.Errorf("said thrice it scores %d, said once %d", often, once)
	}
	if right, wrong := rd.Read("jalan berlubang").Categories[0], rd.Read("jalan berlubnag").Categories[0]; right.Score <= wrong.Score || !right.Sure {
		t.Errorf("spelt right %+v, misspelt %+v", right, wrong)
	}
	if both := rd.Read("lampu mati"); len(both.Categories) != 2 || both.Categories[0].Sure {
		t.Errorf("two equal categories, and one is sure: %+v", both.Categories)
	}
}

func TestReadKnowsTheCommonestMessages(t *testing.T) {
	t.Parallel()
	rd := NewReader(tiny(t))
	for _, s := range []string{
		"p", "P", "PPPP", "ping", "halo", "Hallo min", "min", "test", "tes 123", "assalamualaikum", "Assalamu'alaikum wr. wb.", "Ass. wr wb", "selamat pagi",
		"met siang pak admin", "permisi", "kulo nuwun", "nuwun sewu", "sugeng enjing", "Sugeng siang bapak", "good morning", "hi there", "pak", "terima kasih banyak min", "matur nuwun",
	} {
		if got := rd.Read(s); !got.Greeting || got.Tells || got.Danger != nil {
			t.Errorf("%q is only a greeting: %+v", s, got)
		}
	}
	for _, s := range []string{
		"", "👍", "lapor", "mau lapor min", "saya mau lapor pak", "min mau tanya", "jalan", "tidak tahu", "belum ada", "nama saya budi santoso", "Jl. Kartini no 5",
		"desa Tegalsambi rt 2 rw 3", "ya", "1", "cek", "08123456789", "aspal",
	} {
		if got := rd.Read(s); got.Tells {
			t.Errorf("%q tells nothing yet: %+v", s, got)
		}
	}
	for _, s := range []string{
		"jalan rusak", "aspal di tegalsambi rusak", "kebakaran", "mobil masuk jurang", "kerbau saya hilang", "tonggoku mateni wong", "jam buka perpustakaan",
		"listrik mati", "pungli di kantor",
	} {
		if got := rd.Read(s); !got.Tells || got.Greeting {
			t.Errorf("%q tells something: %+v", s, got)
		}
	}
}

func TestReadGuessesTheLanguage(t *testing.T) {
	t.Parallel()
	rd := NewReader(tiny(t))
	for text, want := range map[string]struct {
		lang Lang
		sure bool
	}{
		"": {}, "PJU 3": {},
		"jalan di depan rumah saya rusak, tolong diperbaiki": {Indonesian, true},
		"gak ada air udah 3 hari min":                        {Indonesian, true},
		"dalane rusak, ora iso dilewati":                     {Javanese, true},
		"nuwun sewu, lampu margi wonten ngajeng griya pejah": {Javanese, true},
		"kulo badhe lapor":                                   {Javanese, true},
		"the road near my house is broken, please help":      {English, true},
		"jalan ini wis suwe rusak, tolong diperbaiki ya pak": {Indonesian, true},
		"omahe": {Javanese, false},
	} {
		got := rd.Read(text)
		if got.Language != want.lang || got.LanguageSure != want.sure {
			t.Errorf("%q: %q, sure %v; want %q, %v", text, got.Language, got.LanguageSure, want.lang, want.sure)
		}
	}
}

func TestReadFindsANumber(t *testing.T) {
	t.Parallel()
	rd := NewReader(tiny(t))
	n := Number{Letters: "KCL", Day: "261121", Seq: 7}
	for _, s := range []string{n.String(), "nomor " + strings.ToLower(n.String()) + " gimana pak", strings.ReplaceAll(n.String(), "-", ""), "cek " + strings.ReplaceAll(n.String(), "-", " ") + "?"} {
		if got := rd.Read(s).Number; got != n {
			t.Errorf("in %q: %v", s, got)
		}
	}
	wrong := strings.Replace(n.String(), "0007", "0008", 1)
	if got := rd.Read(wrong).Number; got != (Number{}) {
		t.Errorf("%s has a wrong letter, and is read as %v", wrong, got)
	}
}

func TestReadKnowsWhoIsAccused(t *testing.T) {
	t.Parallel()
	rd := NewReader(tiny(t))
	for text, want := range map[string]struct {
		about   []string
		accuses bool
	}{
		"petugas PU minta uang":                  {[]string{"pu"}, true},
		"pegawai bina marga galak":               {[]string{"pu"}, true},
		"lapor PLN, petugas Dinas PU minta uang": {[]string{"pu", "pln"}, true},
		"ada suap di kominfo":                    {[]string{"kominfo"}, true},
		"camat minta setoran":                    {[]string{"kecamatan"}, true},
		"tolong PLN datang":                      {nil, false},
		"tukang parkir minta uang":               {nil, false},
		"kapan petugas PLN datang":               {[]string{"pln"}, false}, // named, not accused
		"ada pungli":                             {nil, true},
	} {
		got := rd.Read(text)
		if !slices.Equal(got.About, want.about) || got.Accuses != want.accuses {
			t.Errorf("%q: %v, accuses %v; want %v, %v", text, got.About, got.Accuses, want.about, want.accuses)
		}
	}
}

func TestReadOfSecretMattersIsSecret(t *testing.T) {
	t.Parallel()
	rd := NewReader(tiny(t))
	if p := rd.Read("ada pungli di kantor").Privacy; p != Secret {
		t.Errorf("pungli is %s", p)
	}
	if p := rd.Read("jalan rusak").Privacy; p != Open {
		t.Errorf("a road is %s", p)
	}
}

// The words around a danger word: what lowers it, what makes it unsure, what does neither.
func TestReadWeighsDanger(t *testing.T) {
	t.Parallel()
	rd := NewReader(tiny(t))
	const none, unsure, sure = "none", "unsure", "sure"
	for text, want := range map[string]string{
		"kebakaran":                                 sure,
		"tolong kobongaaan!!!":                      sure,
		"rumah tetangga saya terbakar pak":          sure,
		"fire in the market":                        sure,
		"kebakaran di pasar, damkar belum datang":   sure,
		"kebkaran di pasar":                         unsure, // misspelt
		"kemarin ada kebakaran di pasar":            unsure,
		"tidak ada kebakaran":                       unsure, // better once too often
		"pemadam belum datang kebakaran besar":      unsure,
		"saya takut, rumah tetangga kebakaran":      unsure, // a fear, but not of this
		"ada kebakaran, tolong padamkan dulu":       unsure,
		"takut kebakaran, sekarang sudah terbakar":  unsure,
		"dulu pernah kebakaran, sekarang kebakaran": unsure,
		"takut kebakaran":                           none,
		"rawan kebakaran":                           none,
		"wedi kobongan":                             none,
		"simulasi kebakaran":                        none,
		"bukan kebakaran kok":                       none,
		"sering kebakaran di sini":                  none,
		"kebakaran tahun lalu":                      none,
		"tahun lalu di sini ada kebakaran":          none,
		"kebakaran sudah padam":                     none,
		"kebakaran jenggot":                         none,
		"pak lurah kebakaran jenggot":               none,
		"kebakaran jenggot, dan rumahnya terbakar":  sure,
		"asuransi kebakaran":                        none,
		"nama toko: Firewall":                       none, // words, not parts of words
		"kobongane":                                 sure,
		"jalan rusak":                               none,
	} {
		got := none
		if a := rd.Read(text).Danger; a != nil {
			got = unsure
			if a.Sure {
				got = sure
			}
			if a.Danger != "fire" || a.Category != "kebakaran" {
				t.Errorf("%q: %+v", text, a)
			}
		}
		if got != want {
			t.Errorf("%q: danger is %s, want %s", text, got, want)
		}
	}
}

// checkReading holds what is true of the reading of every text.
func checkReading(tb interface{ Fatalf(string, ...any) }, r *Regency, rd *Reader, text string) {
	got := rd.Read(text)
	if again := rd.Read(text); !cmp.Equal(got, again) {
		tb.Fatalf("%q is read in two ways", text)
	}
	if got.Kind == "" || got.Privacy == "" || len(got.Categories) > mostGuess || got.Greeting && got.Tells || got.Danger != nil && !got.Tells {
		tb.Fatalf("%q: %+v", text, got)
	}
	for i, g := range got.Categories {
		if _, ok := r.Category(g.Category); !ok || g.Score <= 0 || i > 0 && (g.Sure || g.Score > got.Categories[i-1].Score) {
			tb.Fatalf("%q: guess %d is %+v", text, i, g)
		}
	}
	for i, p := range slices.Concat(got.Places, rd.ByName(text)) {
		if _, ok := r.Area(p.Area.Code); !ok || p.Score <= 0 || p.Score > 100 {
			tb.Fatalf("%q: place %d is %+v", text, i, p)
		}
	}
}

// babble is made of words that mean something, in any order.
func babble(r *Regency) *rapid.Generator[string] {
	words := []string{"di", "desa", "kec", "tidak", "takut", "tahun", "lalu", "sudah", "padam", "sekarang", "bagaimana", "cara", "usul", "petugas", "minta", "uang", "?", "halo", "min", "jalna", "rusk", "!!!", "KCL-261121-0001A"}
	for _, c := range r.Categories {
		for _, k := range c.Keywords {
			words = append(words, k.Text)
		}
	}
	for _, a := range r.Areas {
		words = append(words, a.Name)
	}
	for _, d := range r.Dangers {
		words = append(words, d.Words[Indonesian]...)
	}
	return rapid.Map(rapid.SliceOfN(rapid.SampledFrom(words), 0, 60), func(w []string) string { return strings.Join(w, " ") })
}

func TestReadOfAnything(t *testing.T) {
	t.Parallel()
	r := tiny(t)
	rd := NewReader(r)
	rapid.Check(t, func(t *rapid.T) {
		checkReading(t, r, rd, rapid.OneOf(rapid.String(), babble(r), babble(r)).Draw(t, "text"))
	})
	checkReading(t, r, rd, strings.Repeat("di yang sudah jalan rusak kebakaran ", 500))
	checkReading(t, r, rd, strings.Repeat("a", MaxText))
	checkReading(t, r, rd, strings.Repeat("a ", MaxText/2))
}

func FuzzRead(f *testing.F) {
	r := tiny(f)
	rd := NewReader(r)
	for _, s := range []string{"", longComplaint, "kebakaran jenggot di ds. tegal sambi", "petugas PU minta uang", "KCL-261121-0007", strings.Repeat("lampu mati ", 200)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { checkReading(t, r, rd, s) })
}

// The longest message there is takes no longer than its length warrants.
func BenchmarkReadLongest(b *testing.B) {
	rd := NewReader(tiny(b))
	text := strings.Repeat("jalan yang di sudah lampu mati ", MaxText)[:MaxText]
	b.ReportAllocs()
	for b.Loop() {
		rd.Read(text)
	}
}

func BenchmarkRead(b *testing.B) {
	rd := NewReader(tiny(b))
	b.ReportAllocs()
	for b.Loop() {
		rd.Read(longComplaint)
	}
}
