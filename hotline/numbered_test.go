package hotline_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tanggap/hotline"
)

func labelled(labels ...string) (list []hotline.Button) {
	for _, l := range labels {
		list = append(list, hotline.Button{Label: l, Value: l})
	}
	return list
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		labels []string
		want   []int
	}{
		{nil, []int{}},
		{[]string{"Lewati"}, []int{0}},
		{[]string{"3 · Jalan rusak"}, []int{3}},
		{[]string{"Ya", "Tidak"}, []int{1, 2}},
		{[]string{"1", "2", "3", "4", "5", "Belum beres"}, []int{1, 2, 3, 4, 5, 6}},
		{[]string{"2 · Jembatan", "5 · Jalan", "Ini laporan baru saya", "Batal"}, []int{2, 5, 6, 7}},
		{[]string{"Batal", "2 · Jembatan"}, []int{3, 2}},
		{[]string{"2 · Jembatan", "2 · Jalan"}, []int{2, 3}},
		{[]string{"2 jam", "007", "0 · nol", "120 · banyak"}, []int{1, 2, 3, 4}},
	} {
		if got := hotline.Numbers(labelled(c.labels...)); !slices.Equal(got, c.want) {
			t.Errorf("Numbers(%q) = %v, want %v", c.labels, got, c.want)
		}
	}
}

func TestNumbered(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ labels, want []string }{
		{[]string{"Lewati"}, []string{"Lewati"}},
		{[]string{"Ya", "Tidak"}, []string{"1. Ya", "2. Tidak"}},
		{[]string{"1", "2", "3", "4", "5", "Belum beres"}, []string{"1, 2, 3, 4, 5", "6. Belum beres"}},
		{[]string{"2 · Jembatan", "5 · Jalan", "Batal"}, []string{"2. Jembatan", "5. Jalan", "6. Batal"}},
	} {
		if got := hotline.Numbered(labelled(c.labels...)); !slices.Equal(got, c.want) {
			t.Errorf("Numbered(%q) = %q, want %q", c.labels, got, c.want)
		}
	}
}

func TestNumbersAreDifferent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		choices := labelled(rapid.SliceOfN(rapid.StringMatching(`([0-9]{1,3} · )?[a-z]{0,3}|[0-9]{0,2}`), 2, 12).Draw(t, "labels")...)
		seen := map[int]bool{}
		for i, n := range hotline.Numbers(choices) {
			if n < 1 || seen[n] {
				t.Fatalf("the %d. of %v has number %d", i+1, choices, n)
			}
			seen[n] = true
		}
	})
}
