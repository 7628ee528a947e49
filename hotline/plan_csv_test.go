package hotline

import (
	"slices"
	"strings"
	"testing"
)

func withProgramme(tb testing.TB) *Regency {
	tb.Helper()
	r := tiny(tb)
	say := Text{Indonesian: "Layanan", Javanese: "Layanan", English: "Service"}
	r.Services = []Service{{ID: "ktp", Name: say, Agency: "pu", Finish: FinishSameDay, Bring: []Text{say}, Keywords: []Keyword{{"ktp", 5}}},
		{ID: "kk", Name: say, Agency: "pln", Finish: FinishSameDay, Bring: []Text{say}, Keywords: []Keyword{{"kk", 5}}}}
	r.Programmes = []Programme{{ID: "desa", Name: "Ngantor di Desa", About: say, Agency: "pu", From: "2026-11-01", Until: "2027-03-31", Level: LevelDesa,
		Rhythm: Rhythm{Every: 1, Unit: RhythmWeek, Places: 1}, Hours: Window{8 * 60, 13 * 60}, Agencies: []string{"pu"}, Invited: []string{"pln"},
		Services: []ProgrammeService{{Service: "ktp", Quota: 40, Reserve: 10, Windows: []Window{{8 * 60, 10 * 60}, {10 * 60, 12 * 60}}},
			{Service: "kk", Quota: 20}}}}
	if err := r.Build(); err != nil {
		tb.Fatal(err)
	}
	return r
}

// Every mistake of every line is named; what is right is read.
func TestReadVisitFile(t *testing.T) {
	t.Parallel()
	r := withProgramme(t)
	got := r.ReadVisitFile(strings.Join([]string{
		"\ufeffProgramme;Date;area;venue;opens;closes;services",
		"# a remark",
		"desa;24/11/2026;99.01.02.2002;Balai Desa Tegalsambi;;;",
		"",
		"desa;2026-12-01;tegalsambi;Lapangan;09.00;11:00;ktp",
		"desa;2026-12-08;Karangrejo;;8 pagi;;ktp|sim",
		"lain;31-02-2026;99.01.01;Balai;12:00;11:00;",
		"desa;2026-12-25;99.01.01.1002;Kantor;;;",
		"desa;2026-11-02;99.01.01.1002;Kantor;;;",
		"desa;2027-04-02;99.01.01;Kantor;;;;x",
		"desa;1-12-2026;99.01.02.2002;Lagi;;;",
	}, "\r\n"), "2026-11-23")
	want := []struct {
		line  int
		wrong []VisitProblem
	}{
		{3, nil},
		{5, nil},
		{6, []VisitProblem{{VisitWrongArea, "Karangrejo"}, {VisitWrongVenue, ""}, {VisitWrongTime, "8 pagi"}}},
		{7, []VisitProblem{{VisitWrongProgramme, "lain"}, {VisitWrongDate, "31-02-2026"}}},
		{8, []VisitProblem{{VisitWrongHoliday, "2026-12-25"}}},
		{9, []VisitProblem{{VisitWrongPast, "2026-11-02"}}},
		{10, []VisitProblem{{VisitWrongLine, "x"}, {VisitWrongPeriod, "2027-04-02"}, {VisitWrongLevel, "Utara"}}},
		{11, []VisitProblem{{VisitWrongTwice, "5"}}},
	}
	if len(got) != len(want) {
		t.Fatalf("%d lines: %+v", len(got), got)
	}
	for i, w := range want {
		if got[i].Line != w.line || !slices.Equal(got[i].Problems, w.wrong) {
			t.Errorf("line %d: %v, want %d: %v", got[i].Line, got[i].Problems, w.line, w.wrong)
		}
	}
	v := got[0].Visit
	if v.Date != "2026-11-24" || v.Area != "99.01.02.2002" || v.Hours != (Window{480, 780}) || len(v.Counters) != 2 || len(v.Agencies) != 2 ||
		v.Agencies[1].Must {
		t.Errorf("%+v", v)
	}
	v = got[1].Visit
	if v.Area != "99.01.02.2002" || len(v.Counters) != 1 || v.Hours != (Window{540, 660}) || len(v.Counters[0].Slots) != 1 ||
		v.Counters[0].Slots[0].Window != v.Hours || v.Counters[0].Slots[0].Quota != 40 {
		t.Errorf("%+v", v)
	}
	if !got[4].OK() {
		t.Error("a holiday only warns")
	}
	for text, word := range map[string]string{"": "", "programme,date,area,tempat\n": "tempat", "programme,date,area\n": "venue",
		"programme,date,area,venue,date\n": "date"} {
		got := r.ReadVisitFile(text, "")
		if len(got) != 1 || got[0].OK() || got[0].Problems[0] != (VisitProblem{VisitWrongColumns, word}) {
			t.Errorf("%q: %+v", text, got)
		}
	}
}

// What is written is read again as it was.
func TestWriteVisitFile(t *testing.T) {
	t.Parallel()
	r := withProgramme(t)
	g := r.Programmes[0]
	all := r.ProposedVisits(g, r.Plan(PlanAsk{Programme: g, From: "2026-11-23"}))
	all = append(all, r.VisitWith(g, "2026-12-30", "99.01.01.1002", `Aula, "lantai" 2`, Window{9 * 60, 12 * 60}, []string{"kk"}))
	var out strings.Builder
	if err := r.WriteVisitFile(&out, all); err != nil {
		t.Fatal(err)
	}
	lines := r.ReadVisitFile(out.String(), "2026-11-23")
	if len(lines) != 5 {
		t.Fatalf("%d lines of\n%s", len(lines), out.String())
	}
	for i, l := range lines {
		if a, b := l.Visit, all[i]; len(l.Problems) > 0 || a.Date != b.Date || a.Area != b.Area || a.Venue != b.Venue || a.Hours != b.Hours ||
			len(a.Counters) != len(b.Counters) {
			t.Errorf("line %d: %+v, want %+v", l.Line, l, b)
		}
	}
	want := "programme,date,area,venue,opens,closes,services\ndesa,2026-11-23,99.01.01.1002,Kantor Kelurahan Utara,,,\n"
	if !strings.HasPrefix(out.String(), want) {
		t.Errorf("%s", out.String())
	}
}

func FuzzReadVisitFile(f *testing.F) {
	r := withProgramme(f)
	f.Add("programme,date,area,venue\ndesa,2026-12-01,99.01.02.2002,Balai\n")
	f.Add("programme;date;area;venue;opens;closes;services\n\"desa;x\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, l := range r.ReadVisitFile(text, "2026-11-23") {
			if l.OK() != (l.Visit.Date != "") {
				t.Errorf("%q: %+v", text, l)
			}
		}
	})
}
