package hotline_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// What people shout as they speak it, and what only sounds like it. A danger that is missed costs a life, a false alarm costs the next one: so every word
// that is added to the lists is weighed against both tables.

var dangerous = map[string][]string{
	"kebakaran": {
		"rumah saya kebakar", "tolong kebakar", "omahku kebakar ing Bawu, tulung", "pasar kebakar pak", "warung sebelah kebakar gede", "omahe kobar tulung",
		"belum beres, apinya nyala lagi", "tolong apinya nyala lagi besar", "genine urip maneh", "apinya hidup lagi di gudang", "kompor meleduk tolong",
		"apinya merembet ke rumah tetangga", "ada yang ngebakar rumah tetangga", "tabung gase mbledos", "gudang mebel kebakaran",
	},
	"tenggelam": {
		"anak saya tenggelem di kali", "ada yang kelelep di pantai kartini", "bocah klelep nang kali", "adik saya kecebur sumur", "orang keseret arus di sungai",
		"nelayan kegulung ombak", "anak kebawa arus kali", "bocah kecemplung blumbang tulung",
	},
	"kecelakaan": {
		"bapak saya ketabrak truk", "ada yang kelindes truk di ngabul", "motor nabrak pohon", "truk nabrak warung di mayong", "ibu keserempet motor jatuh",
		"anak ditabrak mobil depan sekolah", "bis terguling di keling", "wong ketabrak montor", "mobil nabrakin orang di pasar",
	},
	"kejahatan": {
		"toko saya kerampokan", "ada orang ngerampok indomaret", "tetangga ditodong pisau", "anak saya mau diculik, orangnya nyulik pakai mobil",
		"ada yang ngroyok anak saya", "maling di rumah saya tolong", "dikeroyokin orang banyak di alun alun", "suami saya ngancam mau bunuh, saya mau dibunuh",
	},
	"gawat-medis": {
		"bapak saya pingsan tolong ambulan desa sowan kidul", "anak saya gak napas", "ibu saya susah napas", "tulung ambulan, bapak semaput",
		"anakku keselak ora iso ambegan", "tukang jatuh dari atap", "kakek kejang2", "adik dipatok ular",
	},
	"luka-parah": {
		"tangan saya kejepit mesin", "ada yang kejepit di mobil", "jarinya putus kena gergaji", "anak kesiram air panas", "kakinya patah jatuh dari motor tadi",
	},
	"melahirkan": {"istri saya mau ngelahirin", "istri saya mau lahiran sekarang", "bojoku arep babaran tulung"},
	"banjir":     {"rumah saya kebanjiran tolong", "banjir masuk ke rumah sedada", "omahku kebanjiran"},
	"longsor":    {"rumah tetangga ambruk, ada yang ketimbun", "omahe rubuh kena angin, omah rubuh", "sekolah roboh ada anak2", "orang ketimbun longsor"},
	"pohon-menimpa": {
		"pohon tumbang nimpa orang", "pohon tumbang nutup jalan", "pohon tumbang nutupin jalan di bangsri", "pohon roboh nimpa rumah", "tembok roboh nimpa anak",
		"wit rubuh nutup dalan", "ada orang ketiban pohon",
	},
	"kesetrum":  {"tukang kesetrum di atap", "kabel listrik putus nyetrum anak kecil", "anak saya kestrum, kesetrum listrik", "kabel nyetrum orang di sawah"},
	"kekerasan": {"suami lagi mukulin saya tolong", "tetangga sedang digebukin, lagi digebukin suaminya", "saya dipukulin suami", "saya dicekik suami"},
}

// Some of these are matters of a category, none is an emergency.
var harmless = []string{
	"lampu merah nyala terus", "lampu jalan nyala siang hari", "kebakaran jenggot", "pak lurah kebakar jenggot", "pohon di pinggir jalan mau tumbang",
	"pohon besar hampir tumbang tolong dipangkas", "ikan bakar di pantai kotor", "tukang bakar sampah tiap sore", "mau bakar sate dilarang", "harga beras nabrak langit",
	"tagihan nyetrum kantong", "anak saya nangis di sekolah", "nutup jalan buat hajatan tanpa izin", "jalan ditutup hajatan", "tetangga nutup selokan pakai semen",
	"pedagang nutup trotoar", "sampah numpuk nutup selokan", "ngurus ktp lama", "nabung sampah di desa", "kejepit ekonomi, kapan bansos cair", "ekonomi terjepit minta bansos",
	"matahari tenggelem di bandengan bagus, kapan festival", "jalan tenggelam kalau hujan", "kebanjiran order mebel", "kebanjiran pesenan butuh izin usaha",
	"takut kebakar kabelnya semrawut", "rawan kebakar kalau kemarau", "biar gak kebakar tolong rapikan kabel", "rawan ketabrak mohon zebra cross",
	"sering ada yang ketabrak di sini, pasang lampu", "takut ketiban pohon, tolong dipangkas", "pohon bisa nimpa rumah, tolong ditebang", "rumah mau roboh minta bedah rumah",
	"omahku arep rubuh, njaluk bantuan", "tembok makam roboh", "pagar sekolah roboh minta diperbaiki", "air got masuk sumur jadi bau", "limbah bikin susah napas",
	"asap pabrik bikin sesak nafas", "sumur tercemar", "kompor gas bantuan belum dapat", "mesin nyala terus berisik", "lampu nyala lagi terima kasih", "listrik nyala lagi",
	"mobil pemadam kebakaran rusak", "pelatihan kebakaran kapan", "simulasi kebakaran di sekolah", "nomor ambulans desa berapa", "biaya lahiran di puskesmas berapa",
	"mengurus akta lahiran", "motor saya kemalingan tadi malam", "kemalingan ayam", "penipuan online", "knalpot brong tiap malam", "jalan berlubang bisa bikin kecelakaan",
	"polisi tidur bikin motor jatuh", "pohon ngalangin lampu jalan", "kucing kejepit di pagar", "kabel kejepit pintu gardu", "pernah kesetrum dulu, tiangnya bahaya",
	"suami saya mukul saya terus", "suami saya mukulin saya tiap hari", "suami saya mukul saya terus, anak2 takut", "asuransi kebakaran kok mahal", "kebakaran tahun lalu belum dapat bantuan",
	"guru nampar anak saya", "anak saya dipukul temannya di sekolah minggu lalu", "bantuan korban kebakaran belum cair", "sudah padam apinya terima kasih", "kerja nguli belum dibayar",
	"minta tulung ktp saya", "njaluk tulung lampu dalan mati", "tulung dalane rusak", "mertua mukul kentongan keras", "kesel nunggu antri", "ngantri solar", "nyetrika baju mati lampu",
	"kelapa jatuh di jalan", "kepala dinas terpilih", "ketutup pohon rambunya", "kehalang truk parkir",
}

func TestDangerAsItIsSpoken(t *testing.T) {
	t.Parallel()
	_, rd := jepara()
	n := 0
	for danger, texts := range dangerous {
		for _, text := range texts {
			n++
			for _, text := range []string{text, strings.ToUpper(text), text + "!!!"} {
				if a := rd.Read(text).Danger; a == nil {
					t.Errorf("%q is no danger (%s)", text, brief(rd.Read(text)))
				} else if a.Danger != danger {
					t.Errorf("%q is danger %s, want %s", text, a.Danger, danger)
				}
			}
		}
	}
	if n < 60 || len(harmless) < 60 {
		t.Errorf("only %d dangers and %d harmless sentences", n, len(harmless))
	}
	for _, text := range harmless {
		if a := rd.Read(text).Danger; a != nil {
			t.Errorf("%q is danger %s (sure: %t)", text, a.Danger, a.Sure)
		}
	}
}

// What is said of blows, and what says nothing.
func TestRoughWords(t *testing.T) {
	t.Parallel()
	_, rd := jepara()
	for text, want := range map[string]struct {
		category string
		accuses  bool
	}{
		"suami saya mukulin saya tiap hari":                           {"kekerasan", false},
		"suami saya mukul saya terus, anak2 takut":                    {"kekerasan", false},
		"anak tetangga dicabuli":                                      {"kekerasan", false},
		"guru SD di Bugel nampar anak saya":                           {"kekerasan", false},
		"dipukul guru di sekolah":                                     {"perundungan", false},
		"polisi belum datang, suami saya mukul saya":                  {"kekerasan", false},
		"kades mukul istrinya":                                        {"kekerasan", false},
		"petugas damkar Satpol PP mukul pedagang di alun-alun jepara": {"pungli", true},
		"saya ditampar oknum polisi":                                  {"pungli", true},
		"perangkat desa nendang warga":                                {"pungli", true},
		"petugas dipukul warga":                                       {"sikap-petugas", false},
		"anjing liar banyak di pasar":                                 {"ternak-hewan", false},
		"anjing tetangga gigit anak saya":                             {"ternak-hewan", false},
		"jalan rusak goblok semua":                                    {"jalan-rusak", false},
	} {
		if got := rd.Read(text); got.Top() != want.category || got.Accuses != want.accuses || got.Nothing {
			t.Errorf("%q: %s, accuses %t, nothing %t", text, brief(got), got.Accuses, got.Nothing)
		}
	}
	for _, text := range []string{"anjing lu pemerintah goblok semua", "goblok", "dasar bupati tolol", "polisi goblok", "ANJING!!!", "asdfghjkl qwe", "qwerty", "hfjdksl", "👍", "?", "..."} {
		if got := rd.Read(text); !got.Nothing || got.Tells || len(got.Categories) > 0 {
			t.Errorf("%q says something: %s", text, brief(got))
		}
	}
	for _, text := range []string{"tmpt smph", "konstruksi", "woy", "tes", "123", "listrik", "ya", "JPR-261123-0001G", "kebakaran goblok", "tolong anjing gila gigit orang"} {
		if rd.Read(text).Nothing {
			t.Errorf("%q says nothing", text)
		}
	}
}

// Spoken forms of words that are in no list change nothing, whatever they look like.
func TestSpokenFormsAreOnlyOfKnownWords(t *testing.T) {
	t.Parallel()
	_, rd := jepara()
	rapid.Check(t, func(rt *rapid.T) {
		w := rapid.StringMatching(`(nge|ng|ny|n|m|ke)x[aiueo]x[a-z]{0,4}(in|an|e)?`).Draw(rt, "word")
		if got := rd.Read("ada " + w + " di sana"); got.Danger != nil {
			rt.Fatalf("%q is danger %s", w, got.Danger.Danger)
		}
	})
}
