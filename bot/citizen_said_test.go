package bot

import (
	"testing"

	"tanggap/hotline"
)

func TestWhatAsksForTheNameToBeKept(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]hotline.Privacy{
		"jalan rusak, jangan kasih tau nama saya ya": hotline.Anonymous,
		"ojo nyebut jenengku nggih":                  hotline.Anonymous,
		"please don't tell my name":                  hotline.Anonymous,
		"mohon dirahasiakan nama saya":               hotline.Anonymous,
		"rahasiakan":                                 hotline.Secret,
		"mohon dirahasiakan ya pak":                  hotline.Secret,
		"jalan tanpa nama di Bawu rusak":             hotline.Open,
		"nama saya Siti, jalan rusak":                hotline.Open,
	} {
		if got := wished(text); got != want {
			t.Errorf("%q asks for %q, want %q", text, got, want)
		}
	}
	if stricter(hotline.Secret, hotline.Anonymous) != hotline.Sealed || stricter(hotline.Sealed, hotline.Open) != hotline.Sealed {
		t.Error("a privacy was made looser")
	}
}

func TestHowPlainlyATextSaysThatNothingIsSolved(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]plainness{
		"belum beres, masih bocor":               plainly,
		"Pak, durung rampung, isih bolong":       plainly,
		"it is not fixed, water still runs":      plainly,
		"masih bocor di sebelah selatan":         perhaps,
		"got depan rumah belum selesai digali":   amidst,
		"terima kasih sudah beres":               notAtAll,
		"lampu jalan mati sejak kemarin di Bawu": notAtAll,
	} {
		if got := saysUnsolved(text); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

func TestAQuestionIsNoAnswer(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"siapa yang mengerjakan?", "how long does it take?", "kapan ya pak?"} {
		if !asksBack(text) {
			t.Errorf("%q is taken for an answer", text)
		}
	}
	for _, text := range []string{"jalan kabupaten?", "kapan diperbaiki? sudah dua orang jatuh", "sejak bulan lalu", "tiang 17"} {
		if asksBack(text) {
			t.Errorf("%q is taken for a question", text)
		}
	}
}
