package config

import (
	"maps"
	"strings"
	"testing"
	"testing/fstest"

	"tanggap/hotline"
)

var fixtureFiles = []string{"regency.yaml", "calendar.yaml", "areas.csv", "boundaries.geojson", "agencies.yaml", "categories.yaml", "dangers.yaml", lineFile,
	"services.yaml", "packages.yaml", "offices.yaml", "programmes.yaml", visitsFile}

// FuzzLoad puts arbitrary bytes in place of one file. The reader must come back, name what is wrong on one line each, within bounds, and
// give a regency only when nothing is; and it must be at least as strict as Build.
func FuzzLoad(f *testing.F) {
	files := market(f, "", "", "")
	for i, name := range fixtureFiles {
		if file, ok := files[name]; ok { // the line is one that a regency may leave out
			f.Add(uint8(i), file.Data)
		}
		f.Add(uint8(i), []byte(nil))
	}
	f.Add(uint8(7), []byte("incidents: [{id: a, key: k, name: {id: A}, category: c, responders: [u], questions: [{id: q, ask: {id: Q}}]}]"))
	f.Add(uint8(0), []byte("based_on: jepara\nid: a\nwithout: {agencies: [bkd]}"))
	f.Add(uint8(0), []byte(regencyOnJepara))
	f.Add(uint8(len(fixtureFiles)), []byte(regencyOnJepara+"without: {agencies: [bkd, pln], categories: [kepegawaian], services: [npwp], incidents: [hewan], dangers: [banjir]}\n"))
	f.Add(uint8(len(fixtureFiles)+1), []byte("holidays: [{date: 2025-01-01, name: A, kind: local}]\ncalendars: [{id: siaga}, {id: mpp, always: true}]"))
	f.Add(uint8(len(fixtureFiles)+4), []byte("agencies: [{id: a, instead_of: [dinkes, bkd], units: [{id: a.b, instead_of: [satpolpp.damkar]}]}, {id: desa, units: []}, {id: kecamatan}]"))
	f.Add(uint8(len(fixtureFiles)+5), []byte("categories: [{id: sampah, agency: a, keywords: {}, more_keywords: {1: [b]}}, {id: sampah}, x]"))
	f.Add(uint8(len(fixtureFiles)+6), []byte("dangers: [{id: kebakaran, more_words: {other: [x], jv: [y]}, not: [], more_not: [z]}]"))
	f.Add(uint8(len(fixtureFiles)+7), []byte("incidents: [{id: kebakaran, key: c, responders: [x]}]\nothers: x"))
	f.Add(uint8(len(fixtureFiles)+8), []byte("services: [{id: kk, after: [kia]}, {id: ktp-rekam, nik: {}}]"))
	f.Add(uint8(10), []byte("offices: [{id: a, per: kecamatan, unit: dpu, point: [.nan, 1]}]"))
	f.Add(uint8(11), []byte("programmes: [{id: a, agencies: opd, from: 0001-01-01, until: 9999-12-31, rhythm: {unit: week, places: 1}}]"))
	f.Add(uint8(4), []byte("a: &a [*a, *a]"))
	f.Add(uint8(4), []byte("agencies:\n  - {id: x, units: [{per: desa, name: \"{name}\"}, {per: desa, name: \"{name}\"}]}"))
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		spoilt := fstest.MapFS{}
		if int(which)/len(fixtureFiles)%2 == 1 { // one that stands on another
			spoilt = onJepara(nil)
		} else {
			maps.Copy(spoilt, files)
		}
		spoilt[fixtureFiles[int(which)%len(fixtureFiles)]] = &fstest.MapFile{Data: data}
		r, report := Load(spoilt, now)
		if (r != nil) != report.OK() {
			t.Fatalf("a regency: %v, with the report\n%s", r != nil, report)
		}
		if len(report.Problems) > maxProblems+1 {
			t.Fatalf("%d problems", len(report.Problems))
		}
		for _, p := range report.Problems {
			if strings.HasPrefix(p.What, unlocated) {
				t.Fatalf("only Build found: %s", p)
			}
			if s := p.String(); strings.ContainsAny(s, "\n\r") || len(s) > 2000 || p.File == "" || p.Line < 0 || p.Col < 0 {
				t.Fatalf("a problem that cannot be printed: %q", s)
			}
		}
		if r != nil && r.Calendar("").Add(now, hotline.Span{WorkDays: 14}).Before(now) {
			t.Fatal("a calendar that runs backwards")
		}
	})
}

func FuzzParseSpan(f *testing.F) {
	for _, s := range []string{"3 working days", "30 hari", "72 jam", "1 hari kerja", "-1 days", "99999999999999999999 hours", "0 days", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		span, err := ParseSpan(s)
		if err == nil && (span.IsZero() || span.Time < 0 || span.Days < 0 || span.WorkDays < 0) {
			t.Fatalf("%q is %v", s, span)
		}
		if minute, ok := parseClock(s); ok && (minute < 0 || minute > 24*60) {
			t.Fatalf("%q is minute %d", s, minute)
		}
	})
}

// FuzzFromEnv feeds arbitrary values. An error never tells a secret.
func FuzzFromEnv(f *testing.F) {
	f.Add("c2VjcmV0c2VjcmV0", "123456:ABCDEFabcdefABCDEF", "postgres://u:p@h/d", "redis://:p@h:6379/0", ":1", "https://x/y")
	f.Fuzz(func(t *testing.T, key, token, database, redis, listen, webhook string) {
		env := map[string]string{
			"TANGGAP_KEY": key, "TANGGAP_TELEGRAM_TOKEN": token, "TANGGAP_DATABASE_URL": database, "TANGGAP_REDIS_URL": redis,
			"TANGGAP_LISTEN": listen, "TANGGAP_TELEGRAM_WEBHOOK": webhook,
		}
		s, err := FromEnv(func(name string) string { return env[name] })
		if err == nil {
			if s.Key != nil && len(s.Key) != KeySize {
				t.Fatalf("a key of %d bytes", len(s.Key))
			}
			return
		}
		for _, secret := range []string{key, token, database, redis} {
			if len(secret) > 20 && strings.Contains(err.Error(), secret) {
				t.Fatalf("the error tells %q: %v", secret, err)
			}
		}
	})
}
