package bot_test

import (
	"testing"

	"tanggap/bot"
	"tanggap/hotline"
)

func TestPick(t *testing.T) {
	t.Parallel()
	menu := []hotline.Button{{Label: "Ya, kirim", Value: "a"}, {Label: "Kirim tanpa nama", Value: "b"}, {Label: "Rahasia", Value: "c"},
		{Label: "📍 Jalan kabupaten", Value: "d"}, {Label: "Jalan kecamatan", Value: "e"}, {Label: "Ubah", Value: "f"}}
	for _, c := range []struct {
		text     string
		numbered bool
		want     string
	}{
		{"1", true, "a"}, {"1", false, ""}, {" 2. ", true, "b"}, {"no 3", true, "c"}, {"nomor 6", true, "f"}, {"(2)", true, "b"},
		{"7", true, ""}, {"0", true, ""}, {"007", true, ""}, {"12 rumah", true, ""},
		{"ya kirim", true, "a"}, {"YA, KIRIM!", false, "a"}, {"rahasia", false, "c"}, {"rahsia", false, "c"}, {"rahaisa", false, "c"},
		{"kirim", true, ""}, {"kirim tanpa", true, ""}, {"kirim tanpa nma", true, "b"}, {"jalan kabupaten", true, "d"},
		{"jalan kabupten", true, "d"}, {"jalan", true, ""}, {"ubah", true, "f"}, {"uba", true, ""}, {"", true, ""}, {"!!!", true, ""},
	} {
		got, ok := bot.Pick(c.text, menu, c.numbered)
		if got.Value != c.want || ok != (c.want != "") {
			t.Errorf("Pick(%q, numbered %v) = %q, %v; want %q", c.text, c.numbered, got.Value, ok, c.want)
		}
	}
	if _, ok := bot.Pick("1", menu[:1], true); ok {
		t.Error("a choice alone has no number: 1 may answer the question")
	}
	if b, ok := bot.Pick("lewti", []hotline.Button{{Label: "Lewati", Value: "x"}}, true); !ok || b.Value != "x" {
		t.Error("a choice alone is picked by its label")
	}
	held := []hotline.Button{{Label: "2 · Jembatan rusak", Value: "x"}, {Label: "3 · Jalan rusak", Value: "y"}, {Label: "Batal", Value: "z"}}
	for text, want := range map[string]string{"2": "x", "3": "y", "4": "z", "1": ""} {
		if b, _ := bot.Pick(text, held, true); b.Value != want {
			t.Errorf("Pick(%q) = %q among those with numbers of their own; want %q", text, b.Value, want)
		}
	}
	if b, ok := bot.Pick("sudah beres", []hotline.Button{{Label: "Sudah beres", Value: "x"}, {Label: "Belum beres", Value: "y"}}, true); !ok || b.Value != "x" {
		t.Error("an exact label must win over a near one")
	}
	cases := []hotline.Button{{Label: "JPR-261123-0001G", Value: "x"}, {Label: "Tambahkan ke JPR-261123-0003F", Value: "y"}}
	for _, text := range []string{"JPR-261123-0002U", "JPR-261123-0010A", "jpr 261123 0001h", "Tambahkan ke JPR-261123-0002U"} {
		if b, ok := bot.Pick(text, cases, true); ok {
			t.Errorf("%s means %+v: a number is never nearly another", text, b)
		}
	}
	if b, ok := bot.Pick("jpr-261123-0001g", cases, true); !ok || b.Value != "x" {
		t.Error("a number as it stands")
	}
	if _, ok := bot.Pick("tidak tau", []hotline.Button{{Label: "Tidak tahu", Value: "x"}, {Label: "Tidak mau", Value: "y"}}, true); ok {
		t.Error("what is near to two is neither")
	}
}

func FuzzPick(f *testing.F) {
	f.Add("1", "Ya, kirim", true)
	f.Add("rahsia", "Rahasia", false)
	f.Fuzz(func(t *testing.T, text, label string, numbered bool) {
		b, ok := bot.Pick(text, []hotline.Button{{Label: label, Value: "v"}}, numbered)
		if ok != (b.Value == "v") {
			t.Fatalf("Pick(%q) = %+v, %v", text, b, ok)
		}
	})
}
