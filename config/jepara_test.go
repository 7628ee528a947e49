package config

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tanggap/hotline"
)

// jepara gives the shipped regency, read once.
var jepara = sync.OnceValues(func() (*hotline.Regency, Report) { return Regency("jepara", now) })

func theRegency(tb testing.TB) *hotline.Regency {
	tb.Helper()
	r, report := jepara()
	if r == nil {
		tb.Fatalf("jepara is refused:\n%s", report)
	}
	return r
}

func TestJeparaIsWhole(t *testing.T) {
	t.Parallel()
	r := theRegency(t)
	_, report := Regency("jepara", time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC))
	if len(report.Problems) > 0 {
		t.Errorf("problems in June 2026:\n%s", report)
	}
	_, report = jepara()
	if len(report.Problems) != 1 || !strings.Contains(report.String(), "warning: the holidays end with 2026-12-25; add those of 2027") {
		t.Errorf("problems in November 2026:\n%s", report)
	}
	levels := map[hotline.AreaLevel]int{}
	outlined := 0
	for _, a := range r.Areas {
		levels[a.Level]++
		if len(a.Boundary) > 0 {
			outlined++
		}
	}
	if levels[hotline.LevelKecamatan] != 16 || levels[hotline.LevelDesa] != 184 || levels[hotline.LevelKelurahan] != 11 || outlined != 16 {
		t.Errorf("areas %v, outlines %d", levels, outlined)
	}
	if len(r.Categories) < 62 || len(r.Agencies) < 45 || len(r.Dangers) < 12 {
		t.Errorf("%d categories, %d agencies, %d dangers", len(r.Categories), len(r.Agencies), len(r.Dangers))
	}
	if h, _ := r.HotlineAgency(); h.ID != "diskominfo" {
		t.Errorf("the hotline is run by %q", h.ID)
	}
	if i, _ := r.InspectorAgency(); i.ID != "inspektorat" {
		t.Errorf("the inspector is %q", i.ID)
	}
	for _, id := range []string{hotline.AgencySetda, hotline.AgencyBupati} {
		if _, ok := r.Agency(id); !ok {
			t.Errorf("there is no agency %s", id)
		}
	}
}

func TestJeparaPromises(t *testing.T) {
	t.Parallel()
	r := theRegency(t)
	days := func(n int) hotline.Span { return hotline.Span{WorkDays: n} }
	l := r.Limits
	if l.Verify != days(3) || l.FirstResponse != days(5) || l.Oversight != days(60) || l.CloseAfter != days(10) || l.ReopenWithin != days(10) ||
		l.Complete != (hotline.Span{Days: 30}) || l.Erasure != (hotline.Span{Time: 72 * time.Hour}) ||
		l.Resolve[hotline.Complaint] != days(14) || l.Resolve[hotline.Inquiry] != days(5) || l.Resolve[hotline.Aspiration] != days(5) {
		t.Errorf("limits: %+v", l)
	}
	week := 0
	for _, windows := range r.Calendars[""].Week {
		for _, w := range windows {
			week += w.Until - w.From
		}
	}
	if week != 37*60+30 {
		t.Errorf("a week of %d minutes, not 37.5 hours", week)
	}
	if got := len(r.Calendars[""].Holidays); got != 53 {
		t.Errorf("%d holidays of 2025 and 2026, not 53", got)
	}
	// Filed on Christmas Eve 2026, a day of shared leave: counts as come on Monday the 28th.
	eve := time.Date(2026, 12, 24, 10, 0, 0, 0, r.Zone)
	if got := r.Calendar("dpupr.jalan").Add(eve, days(3)); got.Format("2006-01-02 15:04") != "2026-12-31 15:30" {
		t.Errorf("three working days from Christmas Eve: %s", got)
	}
}

func TestJeparaUnits(t *testing.T) {
	t.Parallel()
	r := theRegency(t)
	for _, v := range r.Villages() {
		want := []string{"kecamatan." + v.Parent, "kecamatan"}
		if got := r.Ancestors("desa." + v.Code); !slices.Equal(got, want) {
			t.Errorf("above the unit of %s: %v", v.Name, got)
		}
	}
	if u, _ := r.Unit("desa.33.20.06.1008"); u.Name != "Kelurahan Bulu" {
		t.Errorf("a kelurahan's unit: %+v", u)
	}
	puskesmas := map[string]int{}
	for _, u := range r.Units {
		if strings.HasPrefix(u.ID, "dinkes.pkm-") {
			puskesmas[u.Territory[0]]++
		}
		for _, id := range u.Categories {
			if c, _ := r.Category(id); c.Agency != u.Agency {
				t.Errorf("unit %s works %s, which is %s's", u.ID, id, c.Agency)
			}
		}
	}
	if len(puskesmas) != 16 {
		t.Errorf("puskesmas in %d kecamatan", len(puskesmas))
	}
	for _, id := range []string{"satpolpp.damkar", "bpbd.pusdalops", "dinkes.psc", "polres.spkt", "polres.lantas", "pdam.gangguan"} {
		if u, ok := r.Unit(id); !ok || !r.Calendar(u.ID).Always {
			t.Errorf("%s is not there around the clock", id)
		}
	}
	for _, id := range []string{"dpupr.jalan", "dpupr.air", "dpupr.cipta", "dlh.sampah", "dlh.pencemaran", "disdukcapil.pendaftaran", "disdukcapil.sipil"} {
		if _, ok := r.Unit(id); !ok {
			t.Errorf("there is no unit %s", id)
		}
	}
}

func TestJeparaCategories(t *testing.T) {
	t.Parallel()
	r := theRegency(t)
	questions := 0
	for _, c := range r.Categories {
		agency, _ := r.Agency(c.Agency)
		works := slices.ContainsFunc(r.Units, func(u hotline.Unit) bool { return slices.Contains(u.Categories, c.ID) })
		if agency.Desk && !works {
			t.Errorf("no unit works %s", c.ID)
		}
		if len(c.Keywords) < 5 {
			t.Errorf("%s has %d keywords", c.ID, len(c.Keywords))
		}
		if slices.Contains(c.Alternates, c.Agency) {
			t.Errorf("%s: its agency is an alternate too", c.ID)
		}
		questions += len(c.Questions)
		for l, name := range c.Name {
			if len([]rune(name)) > 40 {
				t.Errorf("%s: the name in %s is too long for a button: %s", c.ID, l, name)
			}
		}
		for _, q := range c.Questions {
			for l, ask := range q.Ask {
				if len([]rune(ask)) > 120 {
					t.Errorf("%s: question %s in %s is long: %s", c.ID, q.ID, l, ask)
				}
			}
		}
	}
	if questions < 15 {
		t.Errorf("%d questions", questions)
	}
	for _, id := range []string{"kekerasan", "perundungan", "gawat-medis", "odgj-terlantar", "puskesmas", "rsud", "pungli"} {
		if c, _ := r.Category(id); !c.Secret {
			t.Errorf("%s is not secret", id)
		}
	}
	for _, d := range r.Dangers {
		if c, _ := r.Category(d.Category); len(c.Responders) == 0 {
			t.Errorf("danger %s: nobody responds to %s", d.ID, d.Category)
		}
	}
}

// TestJeparaUnderstands holds the keywords against what people write. Each line names the category that must come first.
func TestJeparaUnderstands(t *testing.T) {
	t.Parallel()
	reader := hotline.NewReader(theRegency(t))
	for _, line := range strings.Split(strings.TrimSpace(sentences), "\n") {
		want, text, ok := strings.Cut(line, ": ")
		if !ok {
			t.Fatalf("no sentence: %q", line)
		}
		if got := reader.Read(text); got.Top() != strings.TrimSpace(want) {
			t.Errorf("%q: %v, want %s", text, got.Categories, want)
		}
	}
}

const sentences = `
jalan-rusak: jln dpn sd tengguli rusak parah min tlg diperbaiki
jalan-rusak: Dalane rusak kabeh nang ngarep omahku, akeh jeglongan
jalan-rusak: there is a big pothole in front of the market in Bangsri
jalan-rusak: jalan raya Mayong berlubang, tadi ada yang jatuh
jalan-rusak: mohon jalan desa kami diaspal, sudah 5 tahun belum pernah diperbaiki jalannya rusak
jalan-rusak: aspal ngelupas di jalan pakis aji
jembatan: Jembatan di Sumanding putus pak, warga tidak bisa lewat
jembatan: kreteg ambruk neng Bategede
drainase: selokan mampet, kalau hujan air meluap ke jalan
drainase: gorong gorong ambrol di depan balai desa Ngabul
drainase: got di depan rumah saya tersumbat
irigasi-sungai: tanggul sungai di Welahan kritis dan retak
irigasi-sungai: saluran irigasi ke sawah kering karena pintu air rusak
lampu-jalan: lampu jalan mati di pertigaan Ngabul sudah seminggu
lampu-jalan: PJU mati sepanjang jalan Bangsri Kelet gelap gulita
lampu-jalan: lampu dalan mati nang ngarep sekolahan
lampu-jalan: street light is out near the mosque
listrik: mati lampu di Batealit dari tadi malam
listrik: listrik padam terus di Keling byar pet
listrik: tiang listrik miring mau roboh
listrik: PLN mati terus min
air-pdam: air pdam mati 3 hari di perumahan Tahunan
air-pdam: banyune mati wis telung dina
air-pdam: pipa bocor di pinggir jalan, air terbuang
kekeringan: kami kekurangan air bersih, sumur kering, mohon droping air
kekeringan: sumure asat kabeh, nyuwun bantuan air bersih
sampah: sampah menumpuk di TPS pasar Mayong bau sekali
sampah: uwuh numpuk nang pinggir kali
sampah: truk sampah sudah dua minggu tidak datang, sampah tidak diangkut
limbah-polusi: limbah pabrik dibuang ke sungai airnya jadi hitam
limbah-polusi: bau menyengat dari kandang ayam dekat rumah
limbah-polusi: tetangga bakar sampah tiap sore asapnya masuk rumah
pohon: pohon besar di pinggir jalan miring mau tumbang
pohon: minta pangkas pohon di depan SD
tambang: ada galian C liar di Nalumsari, truknya lewat terus
ktp: KTP saya hilang bagaimana cara urus ktp baru
ktp: sudah rekam ktp 3 bulan belum jadi juga
ktp: ktpku durung dadi, wis suwe
kartu-keluarga: mau pecah kk syaratnya apa
akta-kia: akta kelahiran anak saya belum jadi
akta-kia: cara buat kartu identitas anak
pindah-nik: nik saya tidak ditemukan waktu daftar
bansos: saya warga miskin tidak dapat bantuan pkh
bansos: ora oleh bantuan blt padahal wong ora duwe
bansos: bansos salah sasaran yang kaya malah dapat
kis-pbi: KIS saya tidak aktif padahal mau berobat
odgj-terlantar: ada ODGJ berkeliaran di pasar meresahkan
bpjs-kesehatan: tunggakan iuran bpjs kesehatan bisa dicicil?
bpjs-ketenagakerjaan: klaim jht saya belum cair
puskesmas: puskesmas Kedung tutup padahal jam buka, obat habis
puskesmas: jadwal posyandu desa kapan ya
dbd-wabah: banyak warga kena demam berdarah minta fogging
gizi-penyakit: anak stunting di desa kami belum ditangani
rsud: di RSUD Kartini antri lama, kamar penuh
sekolah: atap kelas SD bocor sekolah rusak
sekolah: sekolah menarik uang gedung 2 juta ke wali murid
perundungan: anak saya dibully di sekolah
sma-smk: ppdb sma negeri 1 kok begini
kekerasan: tetangga saya sering dipukuli suami
keluarga-berencana: kapan ada pelayanan kb gratis
pkl-bangunan-liar: pkl jualan di trotoar alun alun bikin sempit
miras-keramaian: warung itu jual miras, banyak yang mabuk
miras-keramaian: sound horeg sampai jam 2 malam berisik sekali
reklame: baliho liar menutupi rambu
kriminal: motor saya dicuri tadi malam di parkiran
kriminal: balap liar tiap malam minggu di jalan lingkar
sim-skck: syarat perpanjang SIM C apa saja
pajak-kendaraan: bayar pajak motor bisa di mana
parkir: tukang parkir minta 5000, karcis parkir tidak dikasih
rambu-macet: lampu merah di pertigaan Gotri mati
rambu-macet: macet parah di depan pabrik tiap pagi
angkutan: truk odol lewat jalan desa terus
angkutan: jadwal kapal karimunjawa besok apa
internet-sinyal: di desa kami tidak ada sinyal
bencana: banjir di Welahan sudah selutut
bencana: tanah longsor menutup jalan di Tempur
kebakaran: kebakaran di gudang mebel Mulyoharjo
kebakaran: omahe tanggaku kobongan
evakuasi-hewan: ada ular masuk rumah tolong
evakuasi-hewan: sarang tawon besar di atap rumah
kecelakaan: ada kecelakaan motor di depan pasar Pecangaan
orang-tenggelam: ada anak tenggelam di pantai Bandengan
gawat-medis: bapak saya pingsan sesak napas butuh ambulans
rumah-tidak-layak: rumah nenek saya tidak layak huni mau roboh mohon bedah rumah
perumahan-makam: pengembang perumahan tidak menyediakan fasum
pajak-daerah: tagihan pbb saya naik dua kali lipat
izin: cara urus nib untuk usaha
tanah: sertifikat tanah ptsl belum jadi dari tahun lalu
umkm-koperasi: uang saya di koperasi tidak bisa diambil
pasar: atap pasar bocor pedagang basah semua
harga-lpg: gas melon langka dan mahal
harga-lpg: elpiji 3 kg susah dicari
pertanian: pupuk subsidi langka petani bingung
ternak-hewan: sapi sakit mulut berbusa banyak yang mati
ternak-hewan: anjing liar menggigit warga
nelayan: nelayan tidak dapat solar nelayan
tenaga-kerja: gaji saya belum dibayar pabrik dua bulan
tenaga-kerja: perusahaan tidak bayar THR
wisata: karcis wisata pantai kartini mahal sekali
olahraga: lapangan bola desa rusak
kepegawaian: kapan seleksi cpns dibuka
pungli: petugas minta uang pelicin waktu urus surat, ini pungli
pungli: bansos dipotong 100 ribu oleh perangkat desa
pungli: dijaluki duit pas ngurus ktp
sikap-petugas: petugas loket galak dan judes, pelayanan lambat
sikap-petugas: saya dipingpong ke sana kemari di kantor kecamatan
pemerintahan-desa: penggunaan dana desa tidak jelas
nikah-haji: biaya nikah di kua berapa
paspor: mau perpanjang paspor di mana
jalan-rusak: margi wonten ngajengipun griya kula risak sanget
air-pdam: toya pdam pejah kawit wingi
sampah: garbage has not been collected for two weeks
listrik: power outage since morning in Kembang
kis-pbi: bpjs pbi saya nonaktif
kriminal: anak hilang sejak kemarin
parkir: jukir di pasar Jepara 1 maksa minta 5rb
sikap-petugas: pegawai kecamatan tidak ada di tempat jam kerja
orang-tenggelam: gelombang tinggi perahu nelayan hilang kontak
irigasi-sungai: saluran irigasi mampet sawah kekeringan
lampu-jalan: minta dipasang lampu di gang kami, gelap kalau malam
`

// TestJeparaDangers holds the danger words against what people write: what must alarm, and what must not.
func TestJeparaDangers(t *testing.T) {
	t.Parallel()
	reader := hotline.NewReader(theRegency(t))
	for _, line := range strings.Split(strings.TrimSpace(alarms), "\n") {
		want, text, ok := strings.Cut(line, ": ")
		if !ok {
			t.Fatalf("no sentence: %q", line)
		}
		got := "-"
		if a := reader.Read(text).Danger; a != nil {
			got = a.Danger
		}
		if got != want {
			t.Errorf("%q: danger %s, want %s", text, got, want)
		}
	}
}

const alarms = `
kebakaran: tolong kebakaran di rumah pak RT
kebakaran: omahe kobongan pak cepet
kebakaran: my neighbour's house is on fire
kebakaran: gudang mebel terbakar api besar
tenggelam: ada anak tenggelam di kali
tenggelam: bocah kelem neng segoro
kecelakaan: kecelakaan motor lawan truk di Gotri ada korban
kecelakaan: wong ketabrak truk
kejahatan: saya dibegal di jalan Bugel
kejahatan: ono maling mlebu omah
melahirkan: istri saya mau melahirkan ketuban pecah
melahirkan: bojoku arep nglairke
gawat-medis: bapak saya serangan jantung
gawat-medis: simbah semaput ora sadar
luka-parah: aku tiba neng dalan kuwi sikilku tugel
luka-parah: kaki saya patah
luka-parah: adik saya jatuh kepala bocor
gawat-medis: ibu saya pingsan
-: saya lagi patah hati
-: dahan patah di pinggir jalan
-: kaki meja balai desa patah
-: kepala pipa bocor di Bugel
-: tiang lampu patah
-: jalan berlubang, bisa patah tulang kalau jatuh
keracunan: murid sd keracunan makanan
bunuh-diri: teman saya mau bunuh diri
kekerasan: tolong saya sedang dipukuli suami
banjir: banjir masuk rumah setinggi pinggang
banjir: omahku kebanjiran banyune munggah terus
longsor: tanah longsor menimpa rumah warga
pohon-menimpa: pohon tumbang menimpa rumah
kesetrum: ada orang kesetrum di sawah
kesetrum: kabel listrik putus menjuntai di jalan
kejahatan: ada pencuri masuk rumah
kejahatan: ada yang bawa celurit tawuran di Pecangaan
tenggelam: kapal terbalik di karimunjawa
tenggelam: wonten tiyang keli wonten kali Serang
kebakaran: trafo meledak keluar api
odgj-mengamuk: odgj ngamuk bawa parang di pasar
-: lampu padam sudah tiga hari
-: para pejabat kebakaran jenggot
-: jalan rusak rawan kecelakaan
-: jalan berlubang sering menyebabkan kecelakaan
-: berapa biaya melahirkan di puskesmas
-: kapan ada simulasi kebakaran di desa kami
-: mobil pemadam kebakaran parkir di trotoar
-: dana desa dirampok koruptor
-: usaha saya kebanjiran pesanan mebel
-: jalan rusak parah di Tengguli
-: pelayanan lambat sekali
-: sampah menumpuk
-: akta anak saya hilang
-: cara urus ktp hilang
`
