package hotline

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestByNameAsksNamesakesApart(t *testing.T) {
	t.Parallel()
	rd := NewReader(tiny(t))
	for text, want := range map[string][]string{
		"karangrejo":                   {"99.01.01.2001?", "99.01.02.2001?"}, // two villages of one name
		"karangrejo kec selatan":       {"99.01.02.2001"},
		"karang rejo kec utara":        {"99.01.01.2001"},
		"desa karangrejo":              {"99.01.01.2001?", "99.01.02.2001?"},
		"kec utara":                    {"99.01.01"},
		"desa utara":                   {"99.01.01.1002"}, // a village named as its kecamatan
		"utara":                        {"99.01.01?", "99.01.01.1002?"},
		"desa utara, kec. utara":       {"99.01.01.1002"},
		"tegal sambi":                  {"99.01.02.2002"},
		"tegalsambi kec. selatan":      {"99.01.02.2002"},
		"tegalsmbi":                    {"99.01.02.2002"},
		"ds teglasambi":                {"99.01.02.2002"},
		"rumah saya dekat masjid":      nil,
		"":                             nil,
		"tegal":                        {"99.01.02.2002"}, // the beginning of a name: a guess to ask about
		"desa karan":                   {"99.01.01.2001?", "99.01.02.2001?"},
		"dhusun tegalsambi":            {"99.01.02.2002"},
		"dukuh tegalsambi":             {"99.01.02.2002"},
		"dukuh krajan desa tegalsambi": {"99.01.02.2002"},
		"desa tegalsambi tegalsambi":   {"99.01.02.2002"},
	} {
		var got []string
		for _, g := range rd.ByName(text) {
			code := g.Area.Code
			if g.Ambiguous {
				code += "?"
			}
			got = append(got, code)
		}
		if len(got) != len(want) {
			t.Errorf("%q: %v, want %v", text, got, want)
			continue
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%q: %v, want %v", text, got, want)
			}
		}
	}
	if exact, typo := rd.ByName("tegal sambi")[0], rd.ByName("tegalsmbi")[0]; !exact.Exact || typo.Exact || exact.Score <= typo.Score {
		t.Errorf("spelt right %d, misspelt %d", exact.Score, typo.Score)
	}
}

func TestByPointInSquares(t *testing.T) {
	t.Parallel()
	rd := NewReader(tiny(t))
	const km = 1 / 111.2 // in degrees of latitude
	for name, c := range map[string]struct {
		at                 Point
		kecamatan, village string
		outside            bool
	}{
		"inside":                      {Point{-6.43, 110.63}, "99.01.01", "99.01.01.2001", false},
		"near the other village":      {Point{-6.48, 110.68}, "99.01.01", "99.01.01.1002", false},
		"the southern one":            {Point{-6.58, 110.68}, "99.01.02", "99.01.02.2002", false},
		"half a kilometre to sea":     {Point{-6.4 + km/2, 110.65}, "99.01.01", "99.01.01.2001", false},
		"two kilometres to sea":       {Point{-6.4 + 2*km, 110.65}, "99.01.01", "99.01.01.2001", true},
		"Jakarta":                     {Point{-6.2, 106.8}, "99.01.01", "99.01.01.2001", true},
		"the other side of the world": {Point{51.5, -0.1}, "99.01.01", "99.01.01.2001", true},
	} {
		got := rd.ByPoint(c.at)
		if got.Kecamatan.Code != c.kecamatan || got.Outside != c.outside || !c.outside && got.Village.Code != c.village {
			t.Errorf("%s: %s %s, outside %v (%.2f km)", name, got.Kecamatan.Code, got.Village.Code, got.Outside, got.Distance)
		}
		if inside := got.Distance == 0; inside && got.Outside {
			t.Errorf("%s: outside by nothing", name)
		}
	}
}

func TestByPointBreaksTiesByTheNearestCentre(t *testing.T) {
	t.Parallel()
	r := tiny(t)
	for i := range r.Areas {
		if r.Areas[i].Level == LevelKecamatan { // both cover everything
			r.Areas[i].Boundary = [][]Point{{{-7, 110}, {-7, 111}, {-6, 111}, {-6, 110}, {-7, 110}}}
		}
	}
	if err := r.Build(); err != nil {
		t.Fatal(err)
	}
	rd := NewReader(r)
	for lat, want := range map[float64]string{-6.44: "99.01.01", -6.56: "99.01.02"} {
		if got := rd.ByPoint(Point{lat, 110.65}); got.Kecamatan.Code != want || got.Outside {
			t.Errorf("at %v: %s", lat, got.Kecamatan.Code)
		}
	}
}

func TestByPointWithoutBoundaries(t *testing.T) {
	t.Parallel()
	r := tiny(t)
	for i := range r.Areas {
		r.Areas[i].Boundary = nil
	}
	rd := NewReader(r)
	if got := rd.ByPoint(Point{-6.565, 110.672}); got.Village.Code != "99.01.02.2002" || got.Outside {
		t.Errorf("near Tegalsambi: %+v", got)
	}
	if got := rd.ByPoint(Point{-6.2, 106.8}); !got.Outside {
		t.Errorf("Jakarta: %+v", got)
	}
	if got := NewReader(&Regency{}).ByPoint(Point{-6.5, 110}); !got.Outside {
		t.Errorf("a regency without areas: %+v", got)
	}
}

func TestKilometres(t *testing.T) {
	t.Parallel()
	jepara, karimunjawa := Point{-6.5888, 110.6684}, Point{-5.8529, 110.4567}
	if d := Kilometres(jepara, karimunjawa); math.Abs(d-85.1) > 0.5 {
		t.Errorf("from Jepara to Karimunjawa are %.1f km", d)
	}
	rapid.Check(t, func(t *rapid.T) {
		point := func(name string) Point {
			return Point{rapid.Float64Range(-60, 60).Draw(t, name+" lat"), rapid.Float64Range(-180, 180).Draw(t, name+" lng")}
		}
		a, b, c := point("a"), point("b"), point("c")
		ab, ba := Kilometres(a, b), Kilometres(b, a)
		if math.IsNaN(ab) || ab < 0 || math.Abs(ab-ba) > 1e-6 || Kilometres(a, a) > 1e-6 || ab > 20100 {
			t.Fatalf("from %v to %v are %v km, and back %v", a, b, ab, ba)
		}
		if ab > Kilometres(a, c)+Kilometres(c, b)+1e-2 { // ten metres: half around the earth the formula is no better
			t.Fatal("a detour is shorter")
		}
	})
}

// edits against a plain recursive count.
func TestEdits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		most int
		want int
	}{
		{"", "", 1, 0}, {"a", "", 1, 1}, {"mlonggo", "mlongo", 2, 1}, {"bangsri", "bansgri", 2, 1}, {"tegalsambi", "tegalsmabi", 2, 1},
		{"kelapa", "kepala", 2, 2}, {"mlonggo", "welahan", 2, 3}, {"ca", "abc", 3, 3}, {"abcdef", "abcdef", 0, 0}, {"abc", "abd", 0, 1},
	} {
		if got := edits(c.a, c.b, c.most); got != c.want {
			t.Errorf("edits(%q, %q, %d) = %d, want %d", c.a, c.b, c.most, got, c.want)
		}
	}
	var plain func(a, b string) int
	plain = func(a, b string) int {
		if a == "" || b == "" {
			return len(a) + len(b)
		}
		cost := 1
		if a[0] == b[0] {
			cost = 0
		}
		n := min(plain(a[1:], b)+1, plain(a, b[1:])+1, plain(a[1:], b[1:])+cost)
		if len(a) > 1 && len(b) > 1 && a[0] == b[1] && a[1] == b[0] {
			n = min(n, plain(a[2:], b[2:])+1)
		}
		return n
	}
	word := rapid.StringOfN(rapid.SampledFrom([]rune("abc")), 0, 6, -1)
	rapid.Check(t, func(t *rapid.T) {
		a, b, most := word.Draw(t, "a"), word.Draw(t, "b"), rapid.IntRange(0, 6).Draw(t, "most")
		if got, want := edits(a, b, most), min(plain(a, b), most+1); got != want {
			t.Fatalf("edits(%q, %q, %d) = %d, want %d", a, b, most, got, want)
		}
	})
}

func FuzzByPoint(f *testing.F) {
	rd := NewReader(tiny(f))
	f.Add(-6.5, 110.65)
	f.Add(math.NaN(), math.Inf(1))
	f.Fuzz(func(t *testing.T, lat, lng float64) {
		if got := rd.ByPoint(Point{lat, lng}); !got.Outside && !(got.Distance <= gapAllowed) {
			t.Fatalf("%v, %v: %+v", lat, lng, got)
		}
	})
}
