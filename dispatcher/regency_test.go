package dispatcher

import (
	"testing"
	"time"

	"tanggap/hotline"
)

var wib = time.FixedZone("WIB", 7*60*60)

// monday is when the tests' time begins: a quarter past nine on a working day.
var monday = time.Date(2026, 11, 23, 9, 15, 0, 0, wib)

// tiny gives a regency of a few agencies:
//
//	kominfo   runs the hotline; its coordinators triage
//	itda      the inspector
//	pu        pu > pu.jalan > pu.jalan.utara (only kecamatan 99.01.01)
//	damkar    fire brigade, around the clock
//	sosial    its officers support in a fire
func tiny(tb testing.TB) *hotline.Regency {
	tb.Helper()
	say := func(s string) hotline.Text { return hotline.Text{hotline.Indonesian: s} }
	days := func(n int) hotline.Span { return hotline.Span{WorkDays: n} }
	office := []hotline.Window{{From: 7 * 60, Until: 15 * 60}}
	r := &hotline.Regency{
		ID: "tiny", Code: "99.01", Name: "Kabupaten Kecil", Letters: "KCL", Zone: wib,
		Languages: []hotline.Lang{hotline.Indonesian}, Emergency: "112", Outside: say("Ombudsman: 137"),
		Calendars: map[string]hotline.Calendar{
			"":       {Zone: wib, Week: [7][]hotline.Window{1: office, 2: office, 3: office, 4: office, 5: office}},
			"always": {Zone: wib, Always: true},
		},
		Limits: hotline.Limits{
			Verify: days(3), FirstResponse: days(5), Oversight: days(60), CloseAfter: days(10), ReopenWithin: days(10),
			Resolve:  map[hotline.Kind]hotline.Span{hotline.Complaint: days(14), hotline.Aspiration: days(5), hotline.Inquiry: days(5)},
			Complete: hotline.Span{Days: 30}, Erasure: hotline.Span{Time: 72 * time.Hour}, UrgentRepeat: 5 * time.Minute,
		},
		Ladder: []hotline.Level{
			{ID: "officers", Role: hotline.RoleOfficer}, {ID: "head", Role: hotline.RoleHead, After: days(1)},
			{ID: "setda", Role: hotline.RoleSetda, After: days(3)},
		},
		Agencies: []hotline.Agency{
			{ID: "kominfo", Name: "Dinas Kominfo", Short: "Kominfo", Kind: hotline.AgencyOPD, Hotline: true, Desk: true},
			{ID: "itda", Name: "Inspektorat", Short: "Itda", Kind: hotline.AgencyOPD, Inspector: true, Desk: true},
			{ID: "pu", Name: "Dinas PU", Short: "PU", Kind: hotline.AgencyOPD, Desk: true},
			{ID: "damkar", Name: "Pemadam", Short: "Damkar", Kind: hotline.AgencyEmergency, Desk: true},
			{ID: "sosial", Name: "Dinas Sosial", Short: "Dinsos", Kind: hotline.AgencyOPD, Desk: true},
		},
		Units: []hotline.Unit{
			{ID: "pu.jalan", Agency: "pu", Parent: "pu", Name: "Bidang Jalan", Categories: []string{"jalan-rusak"}},
			{ID: "pu.jalan.utara", Agency: "pu", Parent: "pu.jalan", Name: "UPTD Utara", Categories: []string{"jalan-rusak"}, Territory: []string{"99.01.01"}},
			{ID: "damkar", Agency: "damkar", Name: "Pemadam", Calendar: "always"},
		},
		Areas: []hotline.Area{
			{Code: "99.01", Name: "Kecil", Level: hotline.LevelRegency, Center: hotline.Point{Lat: -6.5, Lng: 110.65}},
			{Code: "99.01.01", Name: "Utara", Level: hotline.LevelKecamatan, Parent: "99.01", Center: hotline.Point{Lat: -6.45, Lng: 110.65}},
			{Code: "99.01.02", Name: "Selatan", Level: hotline.LevelKecamatan, Parent: "99.01", Center: hotline.Point{Lat: -6.55, Lng: 110.65}},
		},
		Categories: []hotline.Category{
			{ID: "jalan-rusak", Name: say("Jalan rusak"), Agency: "pu", Priority: 2},
			{ID: "kebakaran", Name: say("Kebakaran"), Agency: "damkar", Priority: 1, Responders: []string{"damkar", "sosial"}},
			{ID: "pungli", Name: say("Pungutan liar"), Agency: "itda", Priority: 1, Oversight: true},
			{ID: "pelayanan", Name: say("Sikap petugas"), Agency: "itda", Priority: 2, Rudeness: true},
		},
	}
	if err := r.Build(); err != nil {
		tb.Fatalf("build the tiny regency: %v", err)
	}
	return r
}
