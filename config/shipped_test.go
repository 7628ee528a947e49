package config

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tanggap/hotline"
)

// all gives every shipped regency, each read once.
var all = sync.OnceValue(func() map[string]*hotline.Regency {
	regencies := map[string]*hotline.Regency{}
	for _, name := range Shipped() {
		regencies[name], _ = Regency(name, now)
	}
	return regencies
})

func shippedRegency(tb testing.TB, name string) *hotline.Regency {
	tb.Helper()
	r := all()[name]
	if r == nil {
		_, report := Regency(name, now)
		tb.Fatalf("%s is refused:\n%s", name, report)
	}
	return r
}

func TestShippedAreClean(t *testing.T) {
	t.Parallel()
	if got := Shipped(); len(got) != 5 {
		t.Errorf("shipped: %v", got)
	}
	letters := map[string]string{}
	for _, name := range Shipped() {
		r, report := Regency(name, time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC))
		if r == nil || len(report.Problems) > 0 {
			t.Errorf("%s:\n%s", name, report)
			continue
		}
		if other := letters[r.Letters]; r.ID != name || other != "" {
			t.Errorf("%s: id %s, letters %s as %s", name, r.ID, r.Letters, other)
		}
		letters[r.Letters] = name
		if len(r.Services) != 40 || len(r.Packages) < 4 || len(r.Programmes) == 0 || len(r.Offices) < len(r.Kecamatans())+1 || len(r.Categories) != 67 {
			t.Errorf("%s: %d services, %d packages, %d programmes, %d offices", name, len(r.Services), len(r.Packages), len(r.Programmes), len(r.Offices))
		}
		outlined := 0
		for _, a := range r.Kecamatans() {
			if len(a.Boundary) > 0 {
				outlined++
			}
		}
		if outlined != len(r.Kecamatans()) {
			t.Errorf("%s: %d outlines of %d kecamatan", name, outlined, len(r.Kecamatans()))
		}
	}
}

// What stands on Jepara says nothing of Jepara.
func TestNothingOfJeparaIsLeft(t *testing.T) {
	t.Parallel()
	for _, name := range Shipped() {
		if name == "jepara" {
			continue
		}
		r := shippedRegency(t, name)
		var said []string
		for _, a := range r.Agencies {
			said = append(said, a.Name, a.Short, a.Contact, strings.Join(a.Aliases, " "))
		}
		for _, u := range r.Units {
			said = append(said, u.Name, strings.Join(u.Territory, " "))
		}
		for _, s := range r.Services {
			said = append(said, fmt.Sprint(s.Name, s.Bring, s.Fee, s.Note, s.Link))
		}
		for _, o := range r.Line.Others {
			said = append(said, o.Name)
		}
		for _, d := range r.Dangers {
			said = append(said, fmt.Sprint(d.Words))
		}
		for _, o := range r.Offices {
			said = append(said, o.Name, o.Address)
		}
		for _, text := range said {
			if low := strings.ToLower(text); strings.Contains(low, "jepara") || strings.Contains(low, "kartini") || strings.Contains(low, "jawa tengah") || strings.Contains(text, "33.20") {
				t.Errorf("%s: %q", name, text)
			}
		}
	}
}

func TestShippedUnitsWorkWhatIsTheirs(t *testing.T) {
	t.Parallel()
	for _, name := range Shipped() {
		r := shippedRegency(t, name)
		for _, u := range r.Units {
			for _, id := range u.Categories {
				if c, _ := r.Category(id); c.Agency != u.Agency {
					t.Errorf("%s: unit %s works %s, which is %s's", name, u.ID, id, c.Agency)
				}
			}
		}
		for _, c := range r.Categories {
			agency, _ := r.Agency(c.Agency)
			works := slices.ContainsFunc(r.Units, func(u hotline.Unit) bool { return slices.Contains(u.Categories, c.ID) })
			if agency.Desk && !works {
				t.Errorf("%s: no unit works %s", name, c.ID)
			}
			if slices.Contains(c.Alternates, c.Agency) {
				t.Errorf("%s: %s: its agency is an alternate too", name, c.ID)
			}
		}
		for _, d := range r.Dangers {
			if c, _ := r.Category(d.Category); len(c.Responders) == 0 {
				t.Errorf("%s: danger %s: nobody responds to %s", name, d.ID, d.Category)
			}
		}
		for _, id := range []string{hotline.AgencySetda, hotline.AgencyBupati} {
			if _, ok := r.Agency(id); !ok {
				t.Errorf("%s: there is no agency %s", name, id)
			}
		}
	}
}

func TestServicesAreSaidShortly(t *testing.T) {
	t.Parallel()
	for _, name := range Shipped() {
		r := shippedRegency(t, name)
		for _, s := range r.Services {
			if len(s.Keywords) < 5 || len(s.Bring) == 0 {
				t.Errorf("%s: %s: %d keywords, %d things to bring", name, s.ID, len(s.Keywords), len(s.Bring))
			}
			for l, text := range s.Name {
				if len([]rune(text)) > 60 {
					t.Errorf("%s: %s: the name in %s is long: %s", name, s.ID, l, text)
				}
			}
			for _, text := range append(slices.Clone(s.Bring), s.Note, s.Why, s.Fee) {
				for l, sentence := range text {
					if len([]rune(sentence)) > 160 {
						t.Errorf("%s: %s: long in %s: %s", name, s.ID, l, sentence)
					}
				}
			}
		}
	}
}

func programme(tb testing.TB, regency, id string) (*hotline.Regency, hotline.Programme) {
	tb.Helper()
	r := shippedRegency(tb, regency)
	g, ok := r.ProgrammeByID(id)
	if !ok {
		tb.Fatalf("%s has no programme %s", regency, id)
	}
	return r, g
}

func offers(g hotline.Programme, services ...string) bool {
	for _, id := range services {
		if !slices.ContainsFunc(g.Services, func(s hotline.ProgrammeService) bool { return s.Service == id }) {
			return false
		}
	}
	return true
}

// The programmes are those that were announced.
func TestProgrammesAsAnnounced(t *testing.T) {
	t.Parallel()
	_, g := programme(t, "jepara", "ngantor-di-desa")
	if g.Name != "Bupati Ngantor di Desa" || g.From != "2025-04-15" || g.Until != "2025-07-29" || g.Level != hotline.LevelDesa || !g.OneEach || !g.Potential ||
		g.Head != "petinggi" || !offers(g, "ktp-rekam", "kk", "akta-lahir", "kia", "kb", "posyandu", "nib", "cek-kesehatan") {
		t.Errorf("%+v", g)
	}
	r, g := programme(t, "probolinggo", "ngantor-di-kecamatan")
	sumber, _ := r.Area(g.First[0])
	if g.From != "2025-04-16" || g.Until != "2025-12-31" || g.Level != hotline.LevelKecamatan || g.Rhythm.Unit != hotline.RhythmMonth || g.Rhythm.Places != 3 ||
		sumber.Name != "Sumber" || len(r.Kecamatans()) != 24 || len(g.Stops) != 3 {
		t.Errorf("%+v, first %s", g, sumber.Name)
	}
	r, g = programme(t, "probolinggo", "sambang-desa")
	village, _ := r.Area(g.First[0])
	if k, _ := r.Kecamatan(village.Code); g.Level != hotline.LevelDesa || !g.OneEach || k.Name != "Sumber" {
		t.Errorf("%+v, first in %s", g, k.Name)
	}
	r, g = programme(t, "bengkulu-selatan", "bujian-dusun")
	if g.Name != "Buji'an Dusun" || g.Until != "" {
		t.Errorf("%+v", g)
	}
	for _, a := range r.Agencies {
		opd := (a.Kind == hotline.AgencyOPD || a.Kind == hotline.AgencyEmergency) && a.Desk && a.ID != "kecamatan" && a.ID != "desa"
		if opd != slices.Contains(g.Agencies, a.ID) {
			t.Errorf("%s must take part: %v", a.ID, !opd)
		}
	}
	for _, id := range g.Invited {
		if a, _ := r.Agency(id); a.Kind != hotline.AgencyVertical {
			t.Errorf("%s is invited and %s", id, a.Kind)
		}
	}
	_, g = programme(t, "lampung-tengah", "bunga-kampung")
	if !offers(g, "sim", "pajak-kendaraan", "nikah", "konsultasi-hukum") {
		t.Errorf("%+v", g)
	}
	for _, id := range []string{"polres", "samsat", "kemenag", "kejari"} {
		if !slices.Contains(g.Invited, id) {
			t.Errorf("%s is not invited", id)
		}
	}
	r, g = programme(t, "jombang", "bulaga")
	if len(g.Services) != 35 || g.Rhythm.Every != 2 || g.Rhythm.Unit != hotline.RhythmMonth || g.Rhythm.Places != 2 || !g.Rhythm.AtOnce || !offers(g, "nikah", "status-kawin") {
		t.Errorf("%d services, %+v", len(g.Services), g.Rhythm)
	}
	soon := 0
	for _, s := range g.Services {
		if of, _ := r.ServiceByID(s.Service); of.Finish != hotline.FinishLater {
			soon++
		}
	}
	if soon < 28 {
		t.Errorf("%d of 35 are done the same day", soon)
	}
	if got := r.OrderServices([]string{"status-kawin", "nikah"}); !slices.Equal(got, []string{"nikah", "status-kawin"}) {
		t.Errorf("a wedding at Bulaga: %v", got)
	}
}

// The visits proposed keep the programme's rhythm: no place twice, each kecamatan once, in the order of days.
func TestVisitsKeepTheRhythm(t *testing.T) {
	t.Parallel()
	for regency, want := range map[string]map[string]int{
		"jepara": {"ngantor-di-desa": 16}, "probolinggo": {"ngantor-di-kecamatan": 24, "sambang-desa": 24}, "jombang": {"bulaga": 12},
		"lampung-tengah": {"bunga-kampung": 12}, "bengkulu-selatan": {"bujian-dusun": 11},
	} {
		r := shippedRegency(t, regency)
		data, err := Visits(regency)
		if err != nil {
			t.Fatal(err)
		}
		visits, kecamatan, days := map[string]int{}, map[string]bool{}, map[string]int{}
		for _, line := range r.ReadVisitFile(string(data), "") {
			v := line.Visit
			if len(line.Problems) > 0 {
				t.Errorf("%s: line %d: %v", regency, line.Line, line.Problems)
			}
			visits[v.Programme]++
			k, _ := r.Kecamatan(v.Area)
			if kecamatan[v.Programme+k.Code] {
				t.Errorf("%s: %s comes to %s twice", regency, v.Programme, k.Name)
			}
			kecamatan[v.Programme+k.Code] = true
			days[v.Programme+v.Date]++
		}
		for id, n := range want {
			if visits[id] != n {
				t.Errorf("%s: %d visits of %s, want %d", regency, visits[id], id, n)
			}
		}
		for day, n := range days {
			if n != 1 && !strings.HasPrefix(day, "bulaga") || n != 2 && strings.HasPrefix(day, "bulaga") {
				t.Errorf("%s: %d visits on %s", regency, n, day)
			}
		}
		if !strings.HasPrefix(string(data), "# USUL") {
			t.Errorf("%s: the visits are not marked as proposed", regency)
		}
	}
	if _, err := Visits("testdata/kembar"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("visits where there are none: %v", err)
	}
	if !slices.Equal(visitColumns, hotline.VisitFileColumns) {
		t.Errorf("check and import read other columns: %v, %v", visitColumns, hotline.VisitFileColumns)
	}
}

// TestServicesAreFound holds the keywords against what people write. Each line names the regency and the service or package that must come first.
func TestServicesAreFound(t *testing.T) {
	t.Parallel()
	finders := map[string]*hotline.ServiceFinder{}
	for _, name := range Shipped() {
		finders[name] = hotline.NewServiceFinder(shippedRegency(t, name))
	}
	for _, line := range strings.Split(strings.TrimSpace(wishes), "\n") {
		regency, rest, _ := strings.Cut(line, " ")
		want, text, ok := strings.Cut(rest, ": ")
		if !ok {
			t.Fatalf("no wish: %q", line)
		}
		got := finders[regency].Find(text)
		if len(got) == 0 || got[0].ID != want {
			t.Errorf("%q: %v, want %s", text, got, want)
		}
	}
}

const wishes = `
jepara kia: mau bikin KTP anak
jepara sim: perpanjang SIM kapan di Bangsri
jepara ktp-rekam: nggawe KTP
jepara ktp-rekam: mau bikin ktp
jepara ktp-rekam: anak saya umur 17 mau rekam ktp
jepara ktp-rekam: aku arep gawe ktp anyar
jepara ktp-hilang: ktp saya hilang
jepara ktp-hilang: KTPku ilang pak
jepara ktp-ubah: ktp rusak mau ganti
jepara ktp-cetak: cetak ktp bisa di mana
jepara ikd: aktivasi ikd
jepara kk: mau pecah kk
jepara kk: kk hilang
jepara akta-lahir: akta lahir
jepara akta-lahir: bikin akte kelahiran anak
jepara akta-kematian: urus akta kematian bapak
jepara pindah: surat pindah ke Semarang
jepara status-kawin: ubah status kawin di ktp
jepara nik-sinkron: nik tidak ditemukan
jepara nikah: syarat nikah di kua
jepara pernikahan: saya mau nikah
jepara pernikahan: arep rabi
jepara kelahiran: bayi baru lahir harus urus apa
jepara kerja: mau melamar kerja
jepara skck: bikin skck
jepara pajak-kendaraan: bayar pajak motor
jepara pajak-kendaraan: samsat keliling
jepara pbb: mbayar pbb
jepara npwp: bikin npwp
jepara bpjs-kesehatan: daftar bpjs
jepara kis-pbi: kis saya tidak aktif
jepara bpjs-kerja: klaim jht
jepara usul-bansos: cek bansos pkh
jepara alat-bantu: minta kursi roda untuk simbah
jepara nib: izin usaha warung
jepara pbg: imb rumah
jepara pirt-halal: sertifikat halal
jepara kartu-kuning: kartu kuning
jepara pelatihan-blk: pelatihan menjahit
jepara kb: pasang kb gratis
jepara posyandu: posyandu kapan
jepara cek-kesehatan: cek gula darah
jepara imunisasi: imunisasi bayi
jepara gizi: anak stunting konsultasi
jepara konsultasi-hukum: mau tanya hukum
jepara pertanian: vaksin sapi
jepara perpustakaan: perpus keliling
jepara tanah: urus sertifikat tanah
jepara air-minum: pasang pdam
probolinggo ktp-rekam: terro agebey ktp
probolinggo ktp-hilang: ktp elang
probolinggo pajak-kendaraan: majar pajek
jombang nikah: daftar nikah
bengkulu-selatan akta-lahir: akta lahir
lampung-tengah sim: perpanjang sim
`

// Madurese is understood in Probolinggo as far as its words were certain.
func TestProbolinggoUnderstandsMadurese(t *testing.T) {
	t.Parallel()
	reader := hotline.NewReader(shippedRegency(t, "probolinggo"))
	for text, want := range map[string]string{
		"lorong rosak parah e Tongas": "jalan-rusak", "aeng pdam mate": "air-pdam", "sarka numpok e pasar": "sampah", "sape sake'": "ternak-hewan",
		"ta' olle bantuan": "bansos", "ementae pesse bi' petugas": "pungli", "listrik mate": "listrik",
	} {
		if got := reader.Read(text); got.Top() != want {
			t.Errorf("%q: %v, want %s", text, got.Categories, want)
		}
	}
	for text, want := range map[string]string{
		"tolong bengkona kobbar": "kebakaran", "bede carok e Sumber": "kejahatan", "nak kanak labu ka somor": "tenggelam", "bengko banjir": "banjir",
		"lorong rosak": "", "cerita carok": "", "jalan raja rusak": "",
	} {
		got := ""
		if a := reader.Read(text).Danger; a != nil {
			got = a.Danger
		}
		if got != want {
			t.Errorf("%q: danger %q, want %q", text, got, want)
		}
	}
}

// Villages of one name in different kecamatan are both there, and told apart by their kecamatan.
func TestVillagesOfOneName(t *testing.T) {
	t.Parallel()
	for regency, name := range map[string]string{"jombang": "Kauman", "bengkulu-selatan": "Pajar Bulan", "lampung-tengah": "Sri Basuki", "probolinggo": "Wonorejo"} {
		r := shippedRegency(t, regency)
		in := map[string]bool{}
		for _, v := range r.Villages() {
			if strings.EqualFold(v.Name, name) {
				in[v.Parent] = true
				if _, ok := r.Unit("desa." + v.Code); !ok {
					t.Errorf("%s: %s in %s has no unit", regency, name, v.Parent)
				}
			}
		}
		if len(in) < 2 {
			t.Errorf("%s: %s in %d kecamatan", regency, name, len(in))
		}
	}
	if u, _ := shippedRegency(t, "lampung-tengah").Unit("desa.18.02.01.2003"); u.Name != "Kampung Kalirejo" {
		t.Errorf("a village in Lampung: %q", u.Name)
	}
}
