package bot

import (
	"slices"
	"strings"
	"testing"
)

func TestUnitsAsPeopleCallThem(t *testing.T) {
	t.Parallel()
	r := deskRegency(t)
	for name, want := range map[string][]string{
		"dlh": {"dlh"}, "DLH": {"dlh"}, "Dinas Lingkungan Hidup": {"dlh"}, "lingkungan hidup": {"dlh"}, "lingkungan": {"dlh"},
		"pu": {"pu"}, "DPUPR": {"pu"}, "dpurp": {"pu"}, "bina marga": {"pu.jalan"}, "Bidang Bina Marga DPUPR": {"pu.jalan"},
		"bina mrga": {"pu.jalan"}, "kecamatan utara": {"kecamatan.99.01.01"}, "kec utara": {"kecamatan.99.01.01"}, "utara": {"kecamatan.99.01.01"},
		"kecamatan": {"kecamatan"}, "pln": {"pln"}, "PLN ULP": {"pln"}, "Diskominfo": {"kominfo"}, "pu.jalan": {"pu.jalan"},
		"": nil, "antah berantah": nil, "dinas": nil, "!!!": nil, "utara selatan": nil,
	} {
		if got := findUnits(r, name); !slices.Equal(got, want) {
			t.Errorf("%q: got %v, want %v", name, got, want)
		}
	}
}

func TestAnAgencyMentionedInAText(t *testing.T) {
	t.Parallel()
	r := deskRegency(t)
	for text, want := range map[string]string{
		"ini tiang PLN, bukan jalan": "pln", "itu urusan dinas lingkungan hidup ya": "dlh", "jalan nasional": "", "spln 123": "", "": "",
		"bukan kami": "", "sudah lapor ke Diskominfo": "kominfo",
	} {
		if got, ok := mentionedAgency(r, text); got != want || ok != (want != "") {
			t.Errorf("%q: got %q, %v; want %q", text, got, ok, want)
		}
	}
}

func TestCategoriesAsPeopleCallThem(t *testing.T) {
	t.Parallel()
	r := deskRegency(t)
	for name, want := range map[string][]string{
		"sampah": {"sampah"}, "Jalan rusak": {"jalan-rusak"}, "jalan": {"jalan-rusak"}, "listrik": {"listrik"}, "": nil, "banjir": nil, "pungli": {"pungli"},
	} {
		if got := findCategories(r, name); !slices.Equal(got, want) {
			t.Errorf("%q: got %v, want %v", name, got, want)
		}
	}
}

func TestOneEdit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"binamarga", "binamrga", true}, {"dpupr", "dpurp", true}, {"abc", "abd", true}, {"abc", "abc", false}, {"abc", "ab", true},
		{"abc", "xyz", false}, {"", "a", true}, {"", "", false}, {"abcd", "badc", false},
	} {
		if got := oneEdit(c.a, c.b); got != c.want || oneEdit(c.b, c.a) != got {
			t.Errorf("%q, %q: %v", c.a, c.b, got)
		}
	}
}

func FuzzUnits(f *testing.F) {
	for _, s := range []string{"dlh", "kecamatan utara", strings.Repeat("a ", 50), "\xff", "dinas dan"} {
		f.Add(s)
	}
	r := deskRegency(f)
	f.Fuzz(func(t *testing.T, s string) {
		units := findUnits(r, s)
		if len(units) > mostUnits {
			t.Fatalf("%d units", len(units))
		}
		for _, u := range units {
			if _, ok := r.Unit(u); !ok {
				t.Fatalf("%q is no unit", u)
			}
		}
		if g, ok := mentionedAgency(r, s); ok {
			if _, known := r.Agency(g); !known {
				t.Fatalf("%q is no agency", g)
			}
		}
		findCategories(r, s)
	})
}
