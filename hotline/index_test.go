package hotline

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestIndex(t *testing.T) {
	t.Parallel()
	r := tiny(t)
	if a, ok := r.Agency("pu"); !ok || a.Short != "PU" {
		t.Errorf("agency pu: %v %v", a, ok)
	}
	if u, ok := r.Unit("pu"); !ok || u.Agency != "pu" || u.Name != "Dinas PU" {
		t.Errorf("Build made no root: %v %v", u, ok)
	}
	if c, ok := r.Category("listrik"); !ok || c.Agency != "pln" {
		t.Errorf("category listrik: %v %v", c, ok)
	}
	if _, ok := r.Danger("fire"); !ok {
		t.Error("no danger fire")
	}
	if _, ok := r.Area("99.99"); ok {
		t.Error("there is an area 99.99")
	}
	if got := r.AgencyOf("pu.jalan.utara"); got != "pu" {
		t.Errorf("agency of pu.jalan.utara: %q", got)
	}
	if got := r.AgencyOf("nobody"); got != "" {
		t.Errorf("agency of nobody: %q", got)
	}
	if got := r.Ancestors("pu.jalan.utara"); !slices.Equal(got, []string{"pu.jalan", "pu"}) {
		t.Errorf("ancestors: %v", got)
	}
	if got := r.UnitsBelow("pu"); !slices.Equal(got, []string{"pu", "pu.jalan", "pu.jalan.utara"}) {
		t.Errorf("below pu: %v", got)
	}
	for _, tt := range []struct {
		unit, ancestor string
		want           bool
	}{
		{"pu", "pu", true}, {"pu.jalan.utara", "pu", true}, {"pu", "pu.jalan", false}, {"pu.jalan", "itda", false}, {"", "", false}, {"x", "x", false},
	} {
		if got := r.Within(tt.unit, tt.ancestor); got != tt.want {
			t.Errorf("Within(%q, %q) = %v", tt.unit, tt.ancestor, got)
		}
	}
	for code, want := range map[string]string{"99.01.02.2001": "99.01.02", "99.01.01": "99.01.01", "99.01": "", "": ""} {
		if got, ok := r.Kecamatan(code); got.Code != want || ok != (want != "") {
			t.Errorf("kecamatan of %q: %q %v", code, got.Code, ok)
		}
	}
	if len(r.Villages()) != 4 || len(r.Kecamatans()) != 2 {
		t.Errorf("%d villages, %d kecamatan", len(r.Villages()), len(r.Kecamatans()))
	}
	if !r.Calendar("damkar").Always || r.Calendar("pu.jalan").Always || r.Calendar("nobody").Week[1] == nil {
		t.Error("wrong calendars")
	}
	if h, ok := r.HotlineAgency(); !ok || h.ID != "kominfo" {
		t.Errorf("hotline: %v", h)
	}
	if h, ok := r.InspectorAgency(); !ok || h.ID != "itda" {
		t.Errorf("inspector: %v", h)
	}
	night := time.Date(2026, 11, 21, 20, 0, 0, 0, time.UTC) // already the 22nd on Java
	if r.Today(night) != "2026-11-22" || r.DayOf(night) != "261122" {
		t.Errorf("today %s, day %s", r.Today(night), r.DayOf(night))
	}
	if err := r.Build(); err != nil {
		t.Errorf("a second Build: %v", err)
	}
}

func TestUnbuiltFindsNothing(t *testing.T) {
	t.Parallel()
	var r Regency
	if _, ok := r.Unit("pu"); ok || r.Within("pu", "pu") || r.AgencyOf("pu") != "" || r.UnitsBelow("pu") != nil || r.Today(time.Time{}) == "" {
		t.Error("an empty regency finds something")
	}
}

func TestBuildRefuses(t *testing.T) {
	t.Parallel()
	for want, spoil := range map[string]func(*Regency){
		"letters":                 func(r *Regency) { r.Letters = "J1" },
		"no time zone":            func(r *Regency) { r.Zone = nil },
		"no emergency number":     func(r *Regency) { r.Emergency = "" },
		"language \"su\"":         func(r *Regency) { r.Languages = append(r.Languages, "su") },
		"is there twice":          func(r *Regency) { r.Agencies = append(r.Agencies, r.Agencies[0]) },
		"lacks language jv":       func(r *Regency) { delete(r.Categories[0].Name, Javanese) },
		"none of the regency's":   func(r *Regency) { r.Languages = r.Languages[:2] },
		"calendar for the":        func(r *Regency) { delete(r.Calendars, "") },
		"limit verify":            func(r *Regency) { r.Limits.Verify = Span{} },
		"limit erasure":           func(r *Regency) { r.Limits.Erasure = Span{Days: 1, WorkDays: 1} },
		"urgent repeat":           func(r *Regency) { r.Limits.UrgentRepeat = 0 },
		"reach nobody":            func(r *Regency) { r.Ladder = nil },
		"before the regency's":    func(r *Regency) { r.Ladder = r.Ladder[:2] },
		"first step comes":        func(r *Regency) { r.Ladder[1].After = Span{} },
		"cannot be on the ladder": func(r *Regency) { r.Ladder[0].Role = RoleBupati },
		"for the regency itself":  func(r *Regency) { r.Code = "99.02" },
		"is no kecamatan":         func(r *Regency) { r.Areas[3].Parent = "99.01" },
		"not closed":              func(r *Regency) { r.Areas[1].Boundary = [][]Point{{{1, 1}, {1, 2}, {2, 2}, {2, 1}}} },
		"no place on earth":       func(r *Regency) { r.Areas[4].Center = Point{} },
		"level \"dusun\"":         func(r *Regency) { r.Areas[4].Level = "dusun" },
		"run the hotline":         func(r *Regency) { r.Agencies[0].Hotline = false },
		"is the inspector":        func(r *Regency) { r.Agencies[1].Inspector = false },
		"needs a desk":            func(r *Regency) { r.Agencies[0].Desk = false },
		"kind \"dinas\"":          func(r *Regency) { r.Agencies[2].Kind = "dinas" },
		"above itself":            func(r *Regency) { r.Units[0].Parent = "pu.jalan.utara" },
		"above it":                func(r *Regency) { r.Units[0].Parent = "pu.nowhere" },
		"no calendar \"night\"":   func(r *Regency) { r.Units[0].Calendar = "night" },
		"no category \"x\"":       func(r *Regency) { r.Units[0].Categories = []string{"x"} },
		"no area \"x\"":           func(r *Regency) { r.Units[1].Territory = []string{"x"} },
		"no agency \"x\"":         func(r *Regency) { r.Categories[0].Alternates = []string{"x"} },
		"no unit \"x\"":           func(r *Regency) { r.Categories[0].Responders = []string{"x"} },
		"priority 5":              func(r *Regency) { r.Categories[0].Priority = 5 },
		"weight 11":               func(r *Regency) { r.Categories[0].Keywords[0].Weight = 11 },
		"keyword aspal is there":  func(r *Regency) { r.Categories[0].Keywords[0].Text = "aspal" },
		"danger fire has no":      func(r *Regency) { r.Dangers[0].Words = nil },
		"danger fire: there is":   func(r *Regency) { r.Dangers[0].Category = "x" },
		"option \"A B\"": func(r *Regency) {
			r.Categories[0].Questions = []Question{{ID: "whose", Ask: r.Outside, Options: []Option{{ID: "A B", Text: r.Outside}}}}
		},
	} {
		r := tiny(t)
		spoil(r)
		if err := r.Build(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got: %v", want, err)
		}
	}
}
