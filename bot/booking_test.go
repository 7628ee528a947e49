package bot

import (
	"bytes"
	"encoding/json"
	"image/png"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tanggap/hotline"
	"tanggap/phrase"
)

func TestAComplaintAboutAServiceIsNoWish(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]leaning{
		"mau bikin KTP anak":                                leansBook,
		"perpanjang SIM kapan di Bangsri":                   leansBook,
		"arep gawe ktp anak piye carane":                    leansBook,
		"saya belum punya KTP":                              leansBook,
		"berapa lama bikin KK?":                             leansBook,
		"KTP saya sudah 3 bulan belum jadi":                 leansReport,
		"lapor, akta anak saya dipersulit":                  leansReport,
		"ktp ku wis 2 sasi durung dadi":                     leansReport,
		"mau bikin KTP malah ditolak petugas":               leansBoth,
		"mau ambil KTP, sudah 3 bulan belum jadi":           leansBoth,
		"air PDAM mati tiga hari di desa Krapyak":           leansReport,
		"posyandu tutup terus, kapan buka?":                 leansBoth,
		"mau ganti KTP rusak":                               leansTrouble,
		"KTP rusak":                                         leansNowhere,
		"akta kelahiran":                                    leansNowhere,
		"KTP":                                               leansNowhere,
		"mau cetak KTP lama":                                leansBook,
		"antri perpanjang SIM, tidak dilayani sampai siang": leansBoth,

		"perpanjang SIM disuruh lewat orang dalam 500 ribu":                   leansBoth,
		"urus akta lahir susah sekali di kecamatan Bangsri, petugasnya tidur": leansBoth,
		"mau ngurus KK ora ono petugase":                                      leansBoth,
		"bikin ktp kok mbayar 100 ribu":                                       leansBoth,
		"sudah bikin KK dari bulan lalu tapi tidak ada kabar":                 leansBoth,
		"mau urus KTP kantor tutup padahal jam kerja":                         leansBoth,
		"antri bikin SIM tidak dipanggil":                                     leansTrouble,
		"bikin KTP dimintai bayar Rp 50.000":                                  leansBoth,
		"bayar pajak motor 5 tahunan":                                         leansNowhere,
		"bikin SIM bayar berapa?":                                             leansBook,
		"saya belum punya KTP, mau bikin":                                     leansBook,
	} {
		if got := leans(text); got != want {
			t.Errorf("%q leans %d, want %d", text, got, want)
		}
	}
}

func TestNamesAreReadAndNothingElse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Siti Aminah": "Siti Aminah", " nama saya  Siti ": "Siti", "namanya: Ahmad Fauzan.": "Ahmad Fauzan", "Moh. Nur Sa'id": "Moh. Nur Sa'id", "jenenge Slamet": "Slamet",
		"Budi 12": "", "3320051206180001": "", "x": "", "😀": "", "": "", strings.Repeat("a ", 20): "",
	} {
		if got, ok := readName(text); ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q %v, want %q", text, got, ok, want)
		}
	}
}

func TestChatterIsNoName(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"ada apa ya kok lama": true, "terima kasih": true, "nggih": true, "tidak": true, "berapa lama": true, "ini untuk siapa?": true, "kok lama ya": true,
		"Siti Aminah": false, "Ahmad Kasih Utomo": false, "Slamet Riyadi": false, "Tri Wahyuni Banjar Sari": false, "nama saya Adi": false, "Mbah Sarmi": false, "Moh. Nur Sa'id": false,
	} {
		if got := chatter(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
	for line, want := range map[string]bool{
		"terima kasih": false, "ya": false, "sudah belum?": false, "kok lama": false, "1. Ngatmi 3320 0545 0156 0002": true, "Sukinah": true,
	} {
		if _, ok := readVillager(line); ok != want {
			t.Errorf("a villager %q: %v", line, ok)
		}
	}
	if !hasNIKs("1. Ngatmi 3320 0545 0156 0002\n\nAli, 3320051206180001") || hasNIKs("Ngatmi 3320054501560002\nAli") || hasNIKs(" ") {
		t.Error("a NIK on every line or not")
	}
}

func TestTimesOfDayAreRead(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"9": 540, "jam 9": 540, "09.30": 570, "pukul 10 pagi": 600, "jam 1 siang": 780, "jam 2": 840, "setengah 10": 570, "jam 13.30 wib": 810,
		"besok": -1, "jam": -1, "9 10 11": -1, "jam 25": -1, "sembarang": -1,
	} {
		if got, ok := readClock(text); ok != (want >= 0) || ok && got != want {
			t.Errorf("%q: %d %v, want %d", text, got, ok, want)
		}
	}
}

func TestAVillagersLineIsRead(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]hotline.BookedPerson{
		"1. Ngatmi 3320 0545 0156 0002": {Name: "Ngatmi", NIK: "3320 0545 0156 0002"},
		"Sukinah, 3320054501600003":     {Name: "Sukinah", NIK: "3320054501600003"},
		"- Mbah Sarmi":                  {Name: "Mbah Sarmi"},
	} {
		if got, ok := readVillager(line); !ok || got.Who != want {
			t.Errorf("%q: %+v %v", line, got.Who, ok)
		}
	}
	if _, ok := readVillager("3320054501600003"); ok {
		t.Error("a number alone is nobody")
	}
}

// A number that is typed belongs to the survey only while the survey asked last.
func TestAnUnfinishedSurveyTakesNoOtherNumber(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		late time.Duration
		wait wait
		want bool
	}{
		"asked just now":        {time.Minute, waitNothing, true},
		"asked long ago":        {surveyFor + time.Second, waitNothing, false},
		"something else is due": {time.Minute, waitTold, false},
	} {
		st := &state{}
		s := &st.Citizen
		s.Book.Survey = survey{Booking: 3, At: deskMonday}
		s.Wait, s.Until = c.wait, deskMonday.Add(time.Hour)
		k := &talk{st: st, now: deskMonday.Add(c.late), msg: hotline.Message{Kind: hotline.MsgText, Text: "4"}}
		if got := k.surveyHears(4); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestTheQRCodeIsAPicture(t *testing.T) {
	t.Parallel()
	a, err := drawQR("TANGGAP:4829137K")
	if err != nil || a.Kind != hotline.Photo || a.Mime != "image/png" {
		t.Fatalf("%+v %v", a.Mime, err)
	}
	img, err := png.Decode(bytes.NewReader(a.Data))
	if err != nil {
		t.Fatal(err)
	}
	size := img.Bounds().Dx()
	r, _, _, _ := img.At(0, 0).RGBA()
	corner, _, _, _ := img.At(qrQuiet*qrScale, qrQuiet*qrScale).RGBA()
	if size != img.Bounds().Dy() || size < 200 || r == 0 || corner != 0 {
		t.Errorf("%d pixels, margin %d, first module %d", size, r, corner)
	}
}

// Whatever happens to a booking, what is said of it by itself names nobody, and can be drawn in every language.
func TestNoticesOfBookingsNameNobody(t *testing.T) {
	t.Parallel()
	r := village(t)
	say := hotline.Text{hotline.Indonesian: "Rekam KTP", hotline.Javanese: "Rekam KTP", hotline.English: "Identity card"}
	r.Services = []hotline.Service{{ID: "ktp", Name: say, Agency: "pu", Keywords: []hotline.Keyword{{Text: "rekam ktp", Weight: 9}}, Finish: hotline.FinishSameDay,
		Bring: []hotline.Text{say}}}
	if err := r.Build(); err != nil {
		t.Fatal(err)
	}
	book := phrase.New(r)
	var wrong []error
	book.Wrong = func(err error) { wrong = append(wrong, err) }
	kinds := []hotline.BookingNewsKind{hotline.NewsOffered, hotline.NewsExpired, hotline.NewsPassed, hotline.NewsMoved, hotline.NewsCancelled, hotline.NewsDay, hotline.NewsHours,
		hotline.NewsCalled, hotline.NewsSoon, hotline.NewsMissed, hotline.NewsSurvey}
	rapid.Check(t, func(t *rapid.T) {
		var all []hotline.BookingNews
		for i := range rapid.IntRange(1, 6).Draw(t, "news") {
			n := hotline.BookingNews{Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Before: hotline.Visit{Date: "2026-11-23"}}
			n.Booking = hotline.Booking{ID: hotline.BookingID(i + 1), Booker: 7, From: 8, Service: "ktp", Letter: "A", Queue: i + 1, Date: "2026-11-24", Until: deskMonday,
				For: rapid.SampledFrom([]hotline.Beneficiary{hotline.ForSelf, hotline.ForVillager}).Draw(t, "for"), Window: hotline.Window{From: 480, Until: 600},
				Who: hotline.BookedPerson{Name: "Sarinah", NIK: "3320051206180001"}, Visited: hotline.Visit{Area: "99.01.02.2001", Venue: "Balai Desa", Reason: "Banjir."}}
			all = append(all, n)
		}
		for _, o := range BookingNotices(r, all) {
			for _, l := range hotline.KnownLanguages() {
				text, buttons, _ := book.Reply(l, o.Reply, phrase.Facts{})
				if text == "" || strings.Contains(text, "Sarinah") || strings.Contains(text, "3320") || len(buttons) > 3 {
					t.Fatalf("%s: %s %v", l, text, buttons)
				}
			}
			if o.Person != 7 || o.To != 0 {
				t.Fatalf("to %d, %d", o.Person, o.To)
			}
		}
	})
	for _, err := range wrong {
		t.Error(err)
	}
}

func TestThirtyVillagersAreOneReminder(t *testing.T) {
	t.Parallel()
	r := village(t)
	var all []hotline.BookingNews
	for i := range 30 {
		all = append(all, hotline.BookingNews{Kind: hotline.NewsDay, Booking: hotline.Booking{ID: hotline.BookingID(i + 1), Booker: 7, Visit: 3, For: hotline.ForVillager, Date: "2026-11-24",
			Visited: hotline.Visit{Area: "99.01.02.2001"}}})
	}
	out := BookingNotices(r, all)
	if len(out) != 1 || out[0].Reply.Lines[0].Args["n"].V != "30" {
		t.Errorf("%d messages: %+v", len(out), out)
	}
}

// What a conversation remembers has no field for a NIK, and what of the state is kept after a booking says who nobody is.
func TestTheEndOfABookingForgetsTheName(t *testing.T) {
	t.Parallel()
	s := bookState{N: 3, Step: stepNIK, Name: "Sarinah", Said: "bikin KTP", Home: "99.01.02.2001", For: hotline.ForElder, At: time.Now()}
	s.end()
	b, err := json.Marshal(s)
	if err != nil || strings.Contains(string(b), "Sarinah") || strings.Contains(string(b), "KTP") || !slices.Contains([]string{s.Home}, "99.01.02.2001") {
		t.Errorf("%s %v", b, err)
	}
}
