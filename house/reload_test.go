package house_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"tanggap/hotline"
)

// A description that knows a unit no more, read anew while cases stand there: what waits and what was taken goes to the coordinators, its officers lose
// sight at once, and hear nothing of what the reporters say from then on.
func TestAReloadThatRemovesAUnit(t *testing.T) {
	t.Parallel()
	g := newStage(t, &script{name: "reload", regency: "jepara", network: "telegram", clock: time.Date(2026, 11, 23, 9, 0, 0, 0, jakarta), cast: []actor{
		{name: "siti", role: "citizen", language: "id"}, {name: "agus", role: "citizen", language: "id"},
		{name: "budi", role: "officer", unit: "dpupr.jalan", on: true}, {name: "rina", role: "coordinator", unit: "diskominfo", on: true},
	}})
	does := func(who, press, say string) string {
		t.Helper()
		g.hear()
		st := step{who: who, act: "say", said: say}
		if press != "" {
			st = step{who: who, act: "press", arg: press}
		}
		g.must(g.people[who].act(st))
		g.settle()
		return strings.Join(g.hear(), "\n")
	}
	does("siti", "", "jalan rusak di desa Bawu")
	does("siti", "Ya, kirim", "")
	does("budi", "Ambil", "")
	does("agus", "", "jalan rusak di desa Langon")
	does("agus", "Ya, kirim", "")

	without := *g.regency
	without.Units = slices.DeleteFunc(slices.Clone(g.regency.Units), func(u hotline.Unit) bool { return u.ID == "dpupr.jalan" })
	if err := without.Build(); err != nil {
		t.Fatal(err)
	}
	g.hear()
	if err := g.house.Reload(t.Context(), &without); err != nil {
		t.Fatal(err)
	}
	g.settle()
	said := strings.Join(g.hear(), "\n")
	for _, want := range []string{
		"siti< Laporan JPR-261123-0001G sedang dicarikan bagian yang tepat.",
		"agus< Laporan JPR-261123-0002U sedang dicarikan bagian yang tepat.",
		"budi<~ JPR-261123-0001G · Jalan rusak\n    | Tidak lagi di unit ini.",
		"budi<~ JPR-261123-0002U · Jalan rusak\n    | Tidak lagi di unit ini.",
		"rina< Perlu dipilihkan unit: JPR-261123-0001G",
		"rina< Perlu dipilihkan unit: JPR-261123-0002U",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("nobody heard %q; said was:\n%s", want, said)
		}
	}
	if said := does("siti", "", "JPR-261123-0001G lubangnya makin dalam"); strings.Contains(said, "budi") {
		t.Errorf("the officer of a unit that is gone hears of it:\n%s", said)
	}
	if said := does("budi", "", "lihat JPR-261123-0001G"); strings.Contains(said, "Bawu") || strings.Contains(said, "Siti") {
		t.Errorf("the officer of a unit that is gone sees the case:\n%s", said)
	}
	if said := does("rina", "", "triase"); strings.Count(said, "· Jalan rusak") != 2 {
		t.Errorf("the coordinator's list is\n%s", said)
	}
}
