package bot

import (
	"strings"
	"testing"

	"tanggap/hotline"
)

func TestAnOrderIsTakenApart(t *testing.T) {
	t.Parallel()
	number := hotline.Number{Letters: "KCL", Day: "261123", Seq: 7}
	for _, c := range []struct {
		typed string
		want  order
	}{
		{"3", order{Handle: 3}},
		{"#3", order{Handle: 3}},
		{"3 sudah ditambal", order{Handle: 3, Text: "sudah ditambal"}},
		{"3: sudah ditambal", order{Handle: 3, Text: "sudah ditambal"}},
		{"3 selesai sudah ditambal", order{Handle: 3, Act: actResolve, Text: "sudah ditambal"}},
		{"selesai 3 sudah ditambal", order{Handle: 3, Act: actResolve, Text: "sudah ditambal"}},
		{"Selesai: 3", order{Handle: 3, Act: actResolve}},
		{"SELESAI", order{Act: actResolve}},
		{"jawab 12 Besok kami\nke sana", order{Handle: 12, Act: actAnswer, Text: "Besok kami\nke sana"}},
		{"lihat " + number.String(), order{Number: number, Act: actSee}},
		{strings.ToLower(number.String()) + " sudah", order{Number: number, Text: "sudah"}},
		{number.String(), order{Number: number}},
		{"jadwal 3 hari lagi", order{Act: actSchedule, Text: "3 hari lagi"}},
		{"jadwal 3 besok", order{Act: actSchedule, Handle: 3, Text: "besok"}},
		{"jadwal 3 3 hari lagi", order{Act: actSchedule, Handle: 3, Text: "3 hari lagi"}},
		{"jadwal 25/11", order{Act: actSchedule, Text: "25/11"}},
		{"minta bantuan dlh", order{Act: actHelp, Text: "dlh"}},
		{"3 minta bantuan DLH", order{Handle: 3, Act: actHelp, Text: "DLH"}},
		{"tidak bisa", order{Act: actCannot}},
		{"bukan kami, ini PLN", order{Act: actDecline, Text: "ini PLN"}},
		{"bukan wewenang kami: jalan nasional", order{Act: actDecline, Text: "jalan nasional"}},
		{"ambil alih", order{Act: actOver}},
		{"ambil", order{Act: actTake}},
		{"/lepas", order{Act: actRelease}},
		{"diteruskan ke PLN", order{Act: actPass, Text: "PLN"}},
		{"ke dlh", order{Act: actRoute, Text: "dlh"}},
		{"100 orang mengeluh", order{Text: "100 orang mengeluh"}},
		{"0", order{Text: "0"}},
		{"-3 derajat", order{Text: "-3 derajat"}},
		{"sudah selesai", order{Text: "sudah selesai"}},
		{"", order{}},
	} {
		got := readOrder("KCL", c.typed, namesDay)
		got.Said, got.Whole = "", ""
		if got != c.want {
			t.Errorf("%q: got %+v, want %+v", c.typed, got, c.want)
		}
	}
}

func TestAnOutcomeWordedLikeItsActKeepsAllItsWords(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"tidak bisa diperbaiki tahun ini":   "tidak bisa diperbaiki tahun ini",
		"3 tidak bisa diperbaiki":           "tidak bisa diperbaiki",
		"tidak bisa 3 diperbaiki":           "tidak bisa diperbaiki",
		"Bukan kami, ini jalan nasional":    "Bukan kami, ini jalan nasional",
		"tidak bisa":                        "",
		"selesai sudah ditambal":            "sudah ditambal",
		"3 sudah ditambal, tidak bisa lagi": "sudah ditambal, tidak bisa lagi",
	} {
		if got := readOrder("KCL", typed, namesDay).words(); got != want {
			t.Errorf("%q says %q, want %q", typed, got, want)
		}
	}
}

func TestAWishIsTheWholeMessage(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]act{
		"antrian": wishQueue, "/antrian": wishQueue, " Antrean. ": wishQueue, "kasus  saya": wishMine, "Piket!": wishDutyOn, "/pulang": wishDutyOff,
		"selesai piket": wishDutyOff, "triase": wishTriage, "TELAT": wishLate, "batal": wishCancel, "lapor": wishComplain, "lapor jalan rusak": wishComplain,
		"menu": wishCitizen, "bahasa": wishCitizen, "bantuan": wishGuide,
		"antrian panjang sekali di puskesmas": "", "selesai": "", "": "", "pulang kampung": "", strings.Repeat("antrian ", 20): "",
	} {
		if got := readWish(typed); got != want {
			t.Errorf("%q: got %q, want %q", typed, got, want)
		}
	}
}

func TestACodeIsReadFromCommandAndLink(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]struct {
		code  string
		asked bool
	}{
		"/daftar K7QM2XPD":           {"K7QM2XPD", true},
		"/daftar@tanggap_bot k7qm2x": {"k7qm2x", true},
		"/DAFTAR K7QM-2XPD":          {"K7QM-2XPD", true},
		"/daftar":                    {"", true},
		"/daftar\nK7QM2XPD\nTo be said to the bot, once, by 24 Nov 2026": {"K7QM2XPD", true},
		"daftar K7QM2XPD":             {"K7QM2XPD", true},
		"daftar ABCDEFGH":             {"ABCDEFGH", true},
		"/start daftar-K7QM2XPD":      {"K7QM2XPD", true},
		"/start Daftar-K7QM2XPD":      {"K7QM2XPD", true},
		"/start":                      {"", false},
		"/start jalan":                {"", false},
		"daftar":                      {"", false},
		"daftar antrian":              {"", false},
		"daftar antrian ktp":          {"", false},
		"/daftar saya mau daftar ktp": {"", false},
		"":                            {"", false},
	} {
		code, asked := enrolment(typed)
		if code != want.code || asked != want.asked {
			t.Errorf("%q: got %q, %v; want %q, %v", typed, code, asked, want.code, want.asked)
		}
	}
}

func TestNoWordMeansTwoThings(t *testing.T) {
	t.Parallel()
	for w := range wishes {
		if a, ok := actWords[w]; ok {
			t.Errorf("%q asks for something and is the act %q", w, a)
		}
	}
	for _, words := range []map[string]act{wishes, actWords} {
		for w := range words {
			if w != strings.ToLower(w) || strings.Join(strings.Fields(w), " ") != w || len(strings.Fields(w)) > longestAct+1 {
				t.Errorf("%q can never be matched", w)
			}
		}
	}
	for w := range actWords {
		if a, rest := cutAct(w); rest != "" || a != actWords[w] {
			t.Errorf("%q is read as %q, leaving %q", w, a, rest)
		}
	}
}

func FuzzOrder(f *testing.F) {
	for _, s := range []string{"3 sudah ditambal", "jawab 3 besok", "jadwal 3 hari lagi", "tidak bisa", "#", "/", ":", "KCL-261123-0007 x", "99 \xff", "ambil\u00a0alih"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		o := readOrder("KCL", s, namesDay)
		if o.Handle < 0 || o.Handle > 99 {
			t.Fatalf("handle %d", o.Handle)
		}
		if !strings.HasSuffix(o.Whole, o.Text) {
			t.Fatalf("%q is not the end of %q", o.Text, o.Whole)
		}
		if o.Act == "" && !o.named() && o.Text != o.Whole {
			t.Fatalf("%q lost words: %q", o.Whole, o.Text)
		}
		if o.Act != "" && !strings.Contains(o.Said, o.Text) {
			t.Fatalf("%q is not in %q", o.Text, o.Said)
		}
		readWish(s)
		if code, asked := enrolment(s); code != "" && !asked {
			t.Fatal("a code that nobody gave")
		}
	})
}

func TestPressesAreTakenApart(t *testing.T) {
	t.Parallel()
	c := hotline.Case{ID: 5}
	a := hotline.Assignment{ID: 17}
	for value, want := range map[string]staffPressed{
		staffValue(actTake, c, a):              {what: actTake, rest: "17:5", assign: 17, id: 5},
		"s:take:17":                            {what: actTake, rest: "17", assign: 17},
		caseValue(actRoute, 5, "pu.jalan"):     {what: actRoute, rest: "5:pu.jalan", id: 5, arg: "pu.jalan"},
		caseValue(actArchive, 5, ""):           {what: actArchive, rest: "5", id: 5},
		(&pending{N: 3}).value("as", "answer"): {what: "p", rest: "3:as:answer"},
		pickList(wishQueue).Value:              {what: "list", rest: "queue"},
	} {
		if len(value) > 64 {
			t.Errorf("%q does not fit a button", value)
		}
		if got, ok := readPress(value); !ok || got != want {
			t.Errorf("%q: got %+v, %v; want %+v", value, got, ok, want)
		}
	}
	for _, value := range []string{"", "s:", "c:1:kind:complaint", "s:take", "s:take:", "s:take:x", "s:take:-1:5", "s:take:1:x", "s:nothing:1:2", "s:route:x:dlh", "s:p:", "s:on:1:2"} {
		if got, ok := readPress(value); ok {
			t.Errorf("%q was read as %+v", value, got)
		}
	}
}

func FuzzPress(f *testing.F) {
	f.Add("s:take:17:5")
	f.Add("s:route:5:pu.jalan!")
	f.Add("s:p:3:as:answer")
	f.Fuzz(func(t *testing.T, s string) {
		p, ok := readPress(s)
		if ok && (p.assign < 0 || p.id < 0) {
			t.Fatalf("%q: %+v", s, p)
		}
	})
}
