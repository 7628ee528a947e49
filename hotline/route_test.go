package hotline

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// routable is tiny with a secretary, villages' units, a supporting agency and responders.
func routable(tb testing.TB) *Regency {
	tb.Helper()
	r := tiny(tb)
	r.Agencies = append(r.Agencies,
		Agency{ID: AgencySetda, Name: "Sekretariat Daerah", Short: "Setda", Kind: AgencyOPD, Desk: true},
		Agency{ID: "desa", Name: "Pemerintah Desa", Short: "Desa", Kind: AgencyOPD, Desk: true},
		Agency{ID: "dinkes", Name: "Dinas Kesehatan", Short: "Dinkes", Kind: AgencyOPD, Desk: true},
	)
	r.Units = append(r.Units,
		Unit{ID: "desa.99.01.01.2001", Agency: "desa", Parent: "kecamatan.99.01.01", Name: "Desa Karangrejo", Territory: []string{"99.01.01.2001"}},
		Unit{ID: "dinkes.psc", Agency: "dinkes", Parent: "dinkes", Name: "PSC 119"},
		Unit{ID: "dinkes.puskesmas", Agency: "dinkes", Parent: "dinkes", Name: "Puskesmas Utara", Territory: []string{"99.01.01"}},
	)
	name := func(s string) Text { return Text{Indonesian: s, Javanese: s, English: s} }
	r.Categories = append(r.Categories,
		Category{ID: "desa", Name: name("Urusan desa"), Agency: "desa", Priority: 3},
		Category{ID: "obat", Name: name("Obat"), Agency: "dinkes", Priority: 3},
		Category{ID: "kecelakaan", Name: name("Kecelakaan"), Agency: "pln", Priority: 1, Alternates: []string{"pu", "damkar"}, Supporting: []string{"dinkes", "pln", "pu"},
			Responders: []string{"dinkes.psc", "damkar"}},
	)
	if err := r.Build(); err != nil {
		tb.Fatal(err)
	}
	return r
}

func TestRoute(t *testing.T) {
	t.Parallel()
	r := routable(t)
	lead := func(unit string) []Placing { return []Placing{{Unit: unit, Part: Lead}} }
	head := func(unit string) []Placing { return []Placing{{Unit: unit, Part: Lead, Level: 1}} }
	near := []string{"kecamatan.99.01.01", "desa.99.01.01.2001"}
	const north, south, village = "99.01.01", "99.01.02", "99.01.01.2001"
	for name, c := range map[string]struct {
		of   Routing
		want Decision
	}{
		"the unit of category and place":        {Routing{Category: "jalan-rusak", Area: village}, Decision{Assign: lead("pu.jalan.utara"), Why: WhyRouted}},
		"the unit of the category elsewhere":    {Routing{Category: "jalan-rusak", Area: south}, Decision{Assign: lead("pu.jalan"), Why: WhyRouted}},
		"the place unknown":                     {Routing{Category: "jalan-rusak"}, Decision{Assign: lead("pu.jalan"), Why: WhyRouted}},
		"somewhere in the regency":              {Routing{Category: "jalan-rusak", Area: "99.01"}, Decision{Assign: lead("pu.jalan"), Why: WhyRouted}},
		"no unit names the category: the root":  {Routing{Category: "lampu-jalan", Area: village}, Decision{Assign: lead("pu"), Why: WhyRouted}},
		"a unit of the place":                   {Routing{Category: "obat", Area: village}, Decision{Assign: lead("dinkes.puskesmas"), Why: WhyRouted}},
		"none there: the root":                  {Routing{Category: "obat", Area: south}, Decision{Assign: lead("dinkes"), Why: WhyRouted}},
		"the village's own":                     {Routing{Category: "desa", Area: village}, Decision{Assign: lead("desa.99.01.01.2001"), Why: WhyRouted}},
		"which village?":                        {Routing{Category: "desa", Area: north}, Decision{Triage: true, Top: []string{"kecamatan.99.01.01"}, Why: WhyNoPlace}},
		"somebody without a desk":               {Routing{Category: "listrik", Area: village}, Decision{Triage: true, Top: near, Why: WhyNoDesk}},
		"nobody knows what":                     {Routing{Area: village}, Decision{Triage: true, Top: near, Why: WhyNoCategory}},
		"nobody knows what, but guesses":        {Routing{Guesses: []string{"listrik", "lampu-jalan", "jalan-rusak", "pungli", "obat"}}, Decision{Triage: true, Top: []string{"pu", "pu.jalan", "itda"}, Why: WhyNoCategory}},
		"nobody knows anything":                 {Routing{}, Decision{Triage: true, Why: WhyNoCategory}},
		"a category that is gone":               {Routing{Category: "gone"}, Decision{Triage: true, Why: WhyNoCategory}},
		"abuse of office":                       {Routing{Category: "pungli", About: "pu", Area: village}, Decision{Assign: lead("itda"), Why: WhyOversight}},
		"abuse of office, nobody named":         {Routing{Category: "pungli"}, Decision{Assign: lead("itda"), Why: WhyOversight}},
		"rude service: the head":                {Routing{Category: "pelayanan", About: "pu"}, Decision{Assign: head("pu"), Why: WhyHead}},
		"rude service in a kecamatan":           {Routing{Category: "pelayanan", About: "kecamatan", Area: village}, Decision{Assign: head("kecamatan.99.01.01"), Why: WhyHead}},
		"rude service in some kecamatan":        {Routing{Category: "pelayanan", About: "kecamatan"}, Decision{Triage: true, Why: WhyNoPlace}},
		"rude service, nobody named":            {Routing{Category: "pelayanan"}, Decision{Triage: true, Why: WhyNoAgency}},
		"rude service of one without a desk":    {Routing{Category: "pelayanan", About: "pln"}, Decision{Triage: true, Why: WhyNoDesk}},
		"about the inspector":                   {Routing{Category: "pungli", About: "itda", Area: village}, Decision{Triage: true, Top: near, Outside: true, Why: WhyOutside}},
		"about the hotline: the inspector":      {Routing{Category: "pelayanan", About: "kominfo"}, Decision{Assign: lead("itda"), Outside: true, Why: WhyOutside}},
		"about the secretary":                   {Routing{Category: "pungli", About: AgencySetda}, Decision{Triage: true, Top: []string{"itda"}, Outside: true, Why: WhyOutside}},
		"the accused would get their own case":  {Routing{Category: "jalan-rusak", About: "pu", Area: village}, Decision{Triage: true, Top: near, Why: WhyAccused}},
		"an emergency whose responders lead":    {Routing{Category: "kebakaran", Area: village, Urgent: true}, Decision{Assign: lead("damkar"), Why: WhyRouted}},
		"an emergency: the coordinator and all": {Routing{Category: "kecelakaan", Urgent: true}, Decision{Triage: true, Top: []string{"pu", "damkar"}, Why: WhyNoDesk, Assign: []Placing{{"dinkes", Supporting, 0}, {"pu", Supporting, 0}, {"dinkes.psc", Responding, 0}, {"damkar", Responding, 0}}}},
		"no emergency: no responders":           {Routing{Category: "kecelakaan"}, Decision{Triage: true, Top: []string{"pu", "damkar"}, Why: WhyNoDesk, Assign: []Placing{{"dinkes", Supporting, 0}, {"pu", Supporting, 0}}}},
	} {
		if d := cmp.Diff(c.want, Route(r, c.of)); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

// Whatever comes, a case leads somewhere: one unit leads or the coordinator triages; nobody gets it twice, and the accused never.
func TestRouteAlwaysLeadsSomewhere(t *testing.T) {
	t.Parallel()
	r := routable(t)
	pick := func(ids ...string) *rapid.Generator[string] { return rapid.SampledFrom(append(ids, "", "gone")) }
	var categories, agencies, areas []string
	for _, c := range r.Categories {
		categories = append(categories, c.ID)
	}
	for _, a := range r.Agencies {
		agencies = append(agencies, a.ID)
	}
	for _, a := range r.Areas {
		areas = append(areas, a.Code)
	}
	rapid.Check(t, func(t *rapid.T) {
		c := Routing{
			Category: pick(categories...).Draw(t, "category"), Area: pick(areas...).Draw(t, "area"), About: pick(agencies...).Draw(t, "about"),
			Urgent: rapid.Bool().Draw(t, "urgent"), Guesses: rapid.SliceOfN(pick(categories...), 0, 6).Draw(t, "guesses"),
		}
		d := Route(r, c)
		if again := Route(r, c); !cmp.Equal(d, again) {
			t.Fatal("the same asked twice is decided twice")
		}
		leads := 0
		units := map[string]bool{}
		for i, p := range d.Assign {
			if _, ok := r.Unit(p.Unit); !ok || units[p.Unit] {
				t.Fatalf("unit %q is unknown or there twice: %+v", p.Unit, d)
			}
			units[p.Unit] = true
			if p.Part == Lead {
				leads++
				if i != 0 || !r.hasDesk(r.AgencyOf(p.Unit)) {
					t.Fatalf("the lead is not first, or has no desk: %+v", d)
				}
			}
			if r.HiddenFrom(Case{Category: c.Category, About: c.About}, r.AgencyOf(p.Unit)) {
				t.Fatalf("the accused get the case: %+v", d)
			}
		}
		if d.Triage == (leads == 1) || leads > 1 || d.Why == "" {
			t.Fatalf("%d lead: %+v", leads, d)
		}
		if len(d.Top) > topMost || !d.Triage && d.Top != nil {
			t.Fatalf("proposals: %+v", d)
		}
		for i, u := range d.Top {
			if slices.Contains(d.Top[:i], u) || !r.hasDesk(r.AgencyOf(u)) || r.AgencyOf(u) == c.About {
				t.Fatalf("proposal %s: %+v", u, d)
			}
		}
	})
}

func TestAccused(t *testing.T) {
	t.Parallel()
	r := tiny(t)
	named := Reading{About: []string{"pu", "pln"}, Accuses: true}
	for category, want := range map[string]string{"pungli": "pu", "pelayanan": "pu", "": "pu", "jalan-rusak": ""} {
		if got := r.Accused(named, category); got != want {
			t.Errorf("of category %q the accused is %q, want %q", category, got, want)
		}
	}
	if got := r.Accused(Reading{About: []string{"pu"}}, ""); got != "" {
		t.Errorf("PU was only named, and the accused is %q", got)
	}
	if got := r.Accused(Reading{}, "pungli"); got != "" {
		t.Errorf("nobody was named, and the accused is %q", got)
	}
}

func BenchmarkRoute(b *testing.B) {
	r := routable(b)
	b.ReportAllocs()
	for b.Loop() {
		Route(r, Routing{Category: "jalan-rusak", Area: "99.01.01.2001"})
	}
}
