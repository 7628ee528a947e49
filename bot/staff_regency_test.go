package bot

import (
	"testing"
	"time"

	"tanggap/hotline"
)

// deskRegency is a small regency with agencies that have a desk and one that has none.
func deskRegency(tb testing.TB) *hotline.Regency {
	tb.Helper()
	say := func(s string) hotline.Text {
		return hotline.Text{hotline.Indonesian: s, hotline.Javanese: s, hotline.English: s}
	}
	days := func(n int) hotline.Span { return hotline.Span{WorkDays: n} }
	office := []hotline.Window{{From: 7 * 60, Until: 15*60 + 30}}
	r := &hotline.Regency{
		ID: "kecil", Code: "99.01", Name: "Kabupaten Kecil", Letters: "KCL", Zone: wib,
		Languages: hotline.KnownLanguages(), Emergency: "112", Outside: say("Ombudsman 137"),
		Calendars: map[string]hotline.Calendar{"": {
			Zone: wib, Week: [7][]hotline.Window{1: office, 2: office, 3: office, 4: office, 5: office},
			Holidays: map[string]hotline.Holiday{"2026-12-25": {Date: "2026-12-25", Name: "Hari Raya Natal", Kind: hotline.PublicHoliday}},
		}},
		Limits: hotline.Limits{
			Verify: days(3), FirstResponse: days(5), Oversight: days(60), CloseAfter: days(10), ReopenWithin: days(10),
			Resolve:  map[hotline.Kind]hotline.Span{hotline.Complaint: days(14), hotline.Aspiration: days(5), hotline.Inquiry: days(5)},
			Complete: hotline.Span{Days: 30}, Erasure: hotline.Span{Time: 72 * time.Hour}, UrgentRepeat: time.Minute,
		},
		Ladder: []hotline.Level{
			{ID: "officers", Role: hotline.RoleOfficer}, {ID: "head", Role: hotline.RoleHead, After: days(1)},
			{ID: "coordinator", Role: hotline.RoleCoordinator, After: days(2)}, {ID: "setda", Role: hotline.RoleSetda, After: days(3)},
		},
		Agencies: []hotline.Agency{
			{ID: "kominfo", Name: "Dinas Komunikasi dan Informatika", Short: "Diskominfo", Kind: hotline.AgencyOPD, Hotline: true, Desk: true},
			{ID: "itda", Name: "Inspektorat", Short: "Inspektorat", Kind: hotline.AgencyOPD, Inspector: true, Desk: true},
			{ID: "pu", Name: "Dinas Pekerjaan Umum", Short: "DPUPR", Kind: hotline.AgencyOPD, Desk: true, Aliases: []string{"PU"}},
			{ID: "dlh", Name: "Dinas Lingkungan Hidup", Short: "DLH", Kind: hotline.AgencyOPD, Desk: true, Aliases: []string{"LH"}},
			{ID: "pln", Name: "PLN ULP Kecil", Short: "PLN", Kind: hotline.AgencyVertical, Contact: "123"},
			{ID: "kecamatan", Name: "Kecamatan", Short: "Kecamatan", Kind: hotline.AgencyOPD, Desk: true},
		},
		Units: []hotline.Unit{
			{ID: "pu.jalan", Agency: "pu", Parent: "pu", Name: "Bidang Bina Marga", Categories: []string{"jalan-rusak"}},
			{ID: "pu.air", Agency: "pu", Parent: "pu", Name: "Bidang Sumber Daya Air"},
			{ID: "dlh.sampah", Agency: "dlh", Parent: "dlh", Name: "Bidang Sampah", Categories: []string{"sampah"}},
			{ID: "kecamatan.99.01.01", Agency: "kecamatan", Parent: "kecamatan", Name: "Kecamatan Utara", Territory: []string{"99.01.01"}},
			{ID: "kecamatan.99.01.02", Agency: "kecamatan", Parent: "kecamatan", Name: "Kecamatan Selatan", Territory: []string{"99.01.02"}},
		},
		Areas: []hotline.Area{
			{Code: "99.01", Name: "Kecil", Level: hotline.LevelRegency, Center: hotline.Point{Lat: -6.5, Lng: 110.65}},
			{Code: "99.01.01", Name: "Utara", Level: hotline.LevelKecamatan, Parent: "99.01", Center: hotline.Point{Lat: -6.45, Lng: 110.65}},
			{Code: "99.01.02", Name: "Selatan", Level: hotline.LevelKecamatan, Parent: "99.01", Center: hotline.Point{Lat: -6.55, Lng: 110.65}},
			{Code: "99.01.01.2001", Name: "Karangrejo", Level: hotline.LevelDesa, Parent: "99.01.01", Center: hotline.Point{Lat: -6.42, Lng: 110.62}},
			{Code: "99.01.02.2001", Name: "Tegalsambi", Level: hotline.LevelDesa, Parent: "99.01.02", Center: hotline.Point{Lat: -6.57, Lng: 110.67}},
		},
		Categories: []hotline.Category{
			{ID: "jalan-rusak", Name: say("Jalan rusak"), Agency: "pu", Alternates: []string{"kecamatan", "pln"}, Supporting: []string{"dlh"}, Priority: 2,
				Keywords: []hotline.Keyword{{Text: "jalan rusak", Weight: 8}}},
			{ID: "sampah", Name: say("Sampah"), Agency: "dlh", Priority: 3, Keywords: []hotline.Keyword{{Text: "sampah", Weight: 8}}},
			{ID: "listrik", Name: say("Listrik padam"), Agency: "pln", Priority: 2, Keywords: []hotline.Keyword{{Text: "listrik", Weight: 8}}},
			{ID: "pungli", Name: say("Pungutan liar"), Agency: "itda", Priority: 1, Oversight: true, Secret: true,
				Keywords: []hotline.Keyword{{Text: "pungli", Weight: 9}}},
		},
	}
	if err := r.Build(); err != nil {
		tb.Fatalf("build the regency: %v", err)
	}
	return r
}

var wib = time.FixedZone("WIB", 7*60*60)

// deskMonday is nine in the morning of a Monday.
var deskMonday = time.Date(2026, 11, 23, 9, 0, 0, 0, wib)
