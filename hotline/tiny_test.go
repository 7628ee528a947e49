package hotline

import (
	"testing"
	"time"
)

// wib is the zone of Java, fixed so that tests need no zone table.
var wib = time.FixedZone("WIB", 7*60*60)

// tiny gives a small regency that hangs together: two kecamatan with two villages each (one name twice), four agencies, a few categories. The
// caller may change it and Build again.
func tiny(tb testing.TB) *Regency {
	tb.Helper()
	say := func(id, jv, en string) Text { return Text{Indonesian: id, Javanese: jv, English: en} }
	days := func(n int) Span { return Span{WorkDays: n} }
	office := []Window{{7 * 60, 12 * 60}, {13 * 60, 15*60 + 30}}
	friday := []Window{{7 * 60, 11*60 + 30}, {13 * 60, 14*60 + 30}}
	holidays := map[string]Holiday{}
	for _, h := range []Holiday{
		{"2026-12-24", "Cuti Bersama Natal", SharedLeave},
		{"2026-12-25", "Hari Raya Natal", PublicHoliday},
	} {
		holidays[h.Date] = h
	}
	square := func(lat, lng float64) [][]Point {
		return [][]Point{{{lat, lng}, {lat, lng + 0.1}, {lat + 0.1, lng + 0.1}, {lat + 0.1, lng}, {lat, lng}}}
	}
	r := &Regency{
		ID: "tiny", Code: "99.01", Name: "Kabupaten Kecil", Letters: "KCL", Zone: wib,
		Languages: []Lang{Indonesian, Javanese, English}, Emergency: "112",
		Outside: say("Ombudsman: 137", "Ombudsman: 137", "Ombudsman: 137"),
		Calendars: map[string]Calendar{
			"":       {Zone: wib, Week: [7][]Window{1: office, 2: office, 3: office, 4: office, 5: friday}, Holidays: holidays},
			"always": {Zone: wib, Always: true},
		},
		Limits: Limits{
			Verify: days(3), FirstResponse: days(5), Oversight: days(60), CloseAfter: days(10), ReopenWithin: days(10),
			Resolve:  map[Kind]Span{Complaint: days(14), Aspiration: days(5), Inquiry: days(5)},
			Complete: Span{Days: 30}, Erasure: Span{Time: 72 * time.Hour}, UrgentRepeat: time.Minute,
		},
		Ladder: []Level{{"officers", RoleOfficer, Span{}}, {"head", RoleHead, days(1)}, {"setda", RoleSetda, days(3)}},
		Agencies: []Agency{
			{ID: "kominfo", Name: "Dinas Kominfo", Short: "Kominfo", Kind: AgencyOPD, Hotline: true, Desk: true},
			{ID: "itda", Name: "Inspektorat", Short: "Inspektorat", Kind: AgencyOPD, Inspector: true, Desk: true},
			{ID: "pu", Name: "Dinas PU", Short: "PU", Kind: AgencyOPD, Desk: true, Aliases: []string{"bina marga"}},
			{ID: "damkar", Name: "Pemadam", Short: "Damkar", Kind: AgencyEmergency, Desk: true},
			{ID: "pln", Name: "PLN", Short: "PLN", Kind: AgencyVertical, Contact: "123"},
			{ID: "kecamatan", Name: "Kecamatan", Short: "Kecamatan", Kind: AgencyOPD, Desk: true},
		},
		Units: []Unit{
			{ID: "pu.jalan", Agency: "pu", Parent: "pu", Name: "Bidang Jalan", Categories: []string{"jalan-rusak"}},
			{ID: "pu.jalan.utara", Agency: "pu", Parent: "pu.jalan", Name: "UPTD Utara", Categories: []string{"jalan-rusak"}, Territory: []string{"99.01.01"}},
			{ID: "damkar", Agency: "damkar", Name: "Pemadam", Calendar: "always"},
			{ID: "kecamatan.99.01.01", Agency: "kecamatan", Parent: "kecamatan", Name: "Kecamatan Utara", Territory: []string{"99.01.01"}},
			{ID: "kecamatan.99.01.02", Agency: "kecamatan", Parent: "kecamatan", Name: "Kecamatan Selatan", Territory: []string{"99.01.02"}},
		},
		Areas: []Area{
			{Code: "99.01", Name: "Kecil", Level: LevelRegency, Center: Point{-6.5, 110.65}},
			{Code: "99.01.01", Name: "Utara", Level: LevelKecamatan, Parent: "99.01", Center: Point{-6.45, 110.65}, Boundary: square(-6.5, 110.6)},
			{Code: "99.01.02", Name: "Selatan", Level: LevelKecamatan, Parent: "99.01", Center: Point{-6.55, 110.65}, Boundary: square(-6.6, 110.6)},
			{Code: "99.01.01.2001", Name: "Karangrejo", Level: LevelDesa, Parent: "99.01.01", Center: Point{-6.42, 110.62}},
			{Code: "99.01.01.1002", Name: "Utara", Level: LevelKelurahan, Parent: "99.01.01", Center: Point{-6.47, 110.67}},
			{Code: "99.01.02.2001", Name: "Karangrejo", Level: LevelDesa, Parent: "99.01.02", Center: Point{-6.52, 110.62}},
			{Code: "99.01.02.2002", Name: "Tegalsambi", Level: LevelDesa, Parent: "99.01.02", Center: Point{-6.57, 110.67}},
		},
		Categories: []Category{
			{ID: "jalan-rusak", Name: say("Jalan rusak", "Dalan risak", "Broken road"), Agency: "pu", Alternates: []string{"kecamatan"}, Priority: 2,
				Keywords: []Keyword{{"jalan rusak", 8}, {"jalan berlubang", 8}, {"dalan rusak", 8}, {"aspal", 4}, {"jalan", 2}}},
			{ID: "lampu-jalan", Name: say("Lampu jalan mati", "Lampu dalan pejah", "Street light out"), Agency: "pu", Alternates: []string{"pln"}, Priority: 3,
				Keywords: []Keyword{{"lampu jalan", 8}, {"pju", 8}, {"lampu mati", 3}}},
			{ID: "listrik", Name: say("Listrik padam", "Listrik pejah", "Power cut"), Agency: "pln", Priority: 2,
				Keywords: []Keyword{{"listrik", 5}, {"mati lampu", 6}, {"lampu mati", 3}}},
			{ID: "kebakaran", Name: say("Kebakaran", "Kobongan", "Fire"), Agency: "damkar", Priority: 1, Responders: []string{"damkar"},
				Keywords: []Keyword{{"kebakaran", 9}, {"kobongan", 9}}},
			{ID: "pungli", Name: say("Pungutan liar", "Pungli", "Bribery"), Agency: "itda", Priority: 1, Oversight: true, Secret: true,
				Keywords: []Keyword{{"pungli", 9}, {"suap", 8}}},
			{ID: "pelayanan", Name: say("Sikap petugas", "Tumindak petugas", "Service"), Agency: "itda", Priority: 2, Rudeness: true,
				Keywords: []Keyword{{"pelayanan lambat", 8}, {"petugas galak", 8}}},
		},
		Dangers: []Danger{{ID: "fire", Category: "kebakaran", Words: map[Lang][]string{
			Indonesian: {"kebakaran", "terbakar"}, Javanese: {"kobongan", "kobong"}, English: {"fire"},
		}, Not: []string{"kebakaran jenggot"}}},
	}
	if err := r.Build(); err != nil {
		tb.Fatalf("build the tiny regency: %v", err)
	}
	return r
}
