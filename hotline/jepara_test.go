package hotline_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"tanggap/config"
	"tanggap/hotline"
)

// jepara is the shipped regency and its reader. Both are never changed, so all tests may share them.
var jepara = sync.OnceValues(func() (*hotline.Regency, *hotline.Reader) {
	r, report := config.Regency("jepara", time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC))
	if r == nil {
		panic("the regency of Jepara doesn't load:\n" + report.String())
	}
	return r, hotline.NewReader(r)
})

// What people write, and what is to be understood. An empty category: none, or whatever. An empty kind: a complaint. A place is the name of the first
// area; with a question mark it is to be asked apart; "-" means none at all.
var sentences = []struct {
	text     string
	category string
	danger   string
	kind     hotline.Kind
	place    string
}{
	// roads, bridges, drains
	{text: "Jalan rusak parah di desa Tegalsambi", category: "jalan-rusak", place: "Tegalsambi"},
	{text: "jln rsk dpn balai desa tegal sambi", category: "jalan-rusak", place: "Tegalsambi"},
	{text: "min jalan depan rumah saya sudah lama rusak dan berlubang, di Mlongo", category: "jalan-rusak", place: "Mlonggo"},
	{text: "dalane rusak parah nang Bangsri, akeh jeglongan", category: "jalan-rusak", place: "Bangsri?"},
	{text: "Nuwun sewu, margi wonten dhusun kula risak sanget", category: "jalan-rusak"},
	{text: "JALAN BERLUBANG DI PAKISAJI BAHAYA BUAT PENGENDARA!!!", category: "jalan-rusak", place: "Pakis Aji"},
	{text: "aspal ngelupas desa suwawal timur", category: "jalan-rusak", place: "Suwawal Timur"},
	{text: "Jalan kabupaten bangsri - keling bolong bolong kapan diperbaiki", category: "jalan-rusak"},
	{text: "jlan rusaaak bgt di ds. Kalipucang Wetan kec. Welahan", category: "jalan-rusak", place: "Kalipucang Wetan"},
	{text: "There is a big pothole in the road in Mantingan", category: "jalan-rusak", place: "Mantingan"},
	{text: "jembatan di desa Tempur ambrol kena banjir kemarin", category: "jembatan", place: "Tempur"},
	{text: "kreteg desa Damarwulan ambrol ora iso dilewati", category: "jembatan", place: "Damarwulan"},
	{text: "Selokan depan pasar Mayong mampet, kalau hujan air meluap ke jalan", category: "drainase"},
	{text: "kalen ngarep omah mampet, banyune mambu", category: "drainase"},
	{text: "gorong2 ambrol di Krapyak Tahunan", category: "drainase", place: "Krapyak"},
	{text: "saluran irigasi di desa Gerdu jebol, sawah kering", category: "irigasi-sungai", place: "Gerdu"},
	{text: "Tanggul sungai di Dorang retak, takut jebol", category: "irigasi-sungai", place: "Dorang"},
	{text: "tanggul tlare jalannya rusak", category: "jalan-rusak", place: "Tanggul Tlare"},

	// lights, traffic
	{text: "lampu jalan mati di depan SMP 1 Pecangaan sudah 2 minggu", category: "lampu-jalan", place: "Pecangaan"},
	{text: "pju mati semua sepanjang jalan raya Mlonggo", category: "lampu-jalan", place: "Mlonggo"},
	{text: "lampu dalan mati peteng banget nang ndesaku Blingoh", category: "lampu-jalan", place: "Blingoh"},
	{text: "Lampu margi pejah sampun seminggu wonten Kecapi", category: "lampu-jalan", place: "Kecapi"},
	{text: "street light is out near my house in Tahunan", category: "lampu-jalan", place: "Tahunan?"},
	{text: "mohon dipasang lampu penerangan jalan di gang kami, gelap sekali", category: "lampu-jalan", kind: hotline.Aspiration},
	{text: "tukang parkir di alun alun minta 5000 padahal karcis 2000", category: "parkir"},
	{text: "bangjo perempatan Ngabul mati, semrawut", category: "rambu-macet", place: "Ngabul"},
	{text: "usul dibuatkan polisi tidur depan SD 2 Sinanggul biar tidak ngebut", category: "rambu-macet", kind: hotline.Aspiration, place: "Sinanggul"},
	{text: "truk tambang lewat terus siang malam, jalan jadi hancur di desa Pancur", category: "jalan-rusak", place: "Pancur"},
	{text: "kapal ke karimunjawa hari ini jadwalnya jam berapa ya?", category: "angkutan", kind: hotline.Inquiry},

	// waste, pollution, trees
	{text: "sampah numpuk di pinggir jalan depan pasar Kalinyamatan bau banget", category: "sampah", place: "Kalinyamatan"},
	{text: "uwuh numpuk mambu ora tau diangkut nang Demaan", category: "sampah", place: "Demaan"},
	{text: "min smph blm diangkut 5 hari di perum kuwasen indah", category: "sampah", place: "Kuwasen"},
	{text: "limbah pabrik dibuang ke sungai, airnya hitam dan bau menyengat", category: "limbah-polusi"},
	{text: "asap dari pembakaran limbah kayu mengganggu warga Petekeyan", category: "limbah-polusi", place: "Petekeyan"},
	{text: "bau kandang ayam di desa Bringin Batealit tidak tahan", category: "limbah-polusi", place: "Bringin"},
	{text: "pohon besar di pinggir jalan miring mau tumbang, tolong dipangkas", category: "pohon"},
	{text: "wit gedhe arep ambruk ngarep sekolahan", category: "pohon"},
	{text: "ada tambang galian c ilegal di Sumberrejo Donorojo", category: "tambang", place: "Sumberrejo"},

	// water, power, internet
	{text: "air pdam mati sudah 3 hari di Bapangan", category: "air-pdam", place: "Bapangan"},
	{text: "banyune PDAM ora mili wis telung dino", category: "air-pdam"},
	{text: "toya PDAM mboten mili wonten Saripan", category: "air-pdam", place: "Saripan"},
	{text: "pipa bocor di depan kantor kelurahan Jobokuto airnya terbuang", category: "air-pdam", place: "Jobokuto"},
	{text: "warga kekurangan air bersih, mohon droping air ke desa Raguklampitan", category: "kekeringan", place: "Raguklampitan"},
	{text: "sumure asat kabeh, butuh banyu resik", category: "kekeringan"},
	{text: "listrik padam sejak sore di Bondo", category: "listrik", place: "Bondo"},
	{text: "mati lampu dari tadi malam kapan nyala", category: "listrik"},
	{text: "di dukuh saya tidak ada sinyal hp sama sekali, desa Tempur", category: "internet-sinyal", place: "Tempur"},

	// papers
	{text: "bagaimana cara mengurus ktp hilang?", category: "ktp", kind: hotline.Inquiry},
	{text: "syarat bikin KK baru apa aja min", category: "kartu-keluarga", kind: hotline.Inquiry},
	{text: "piye carane ngurus akta lahir sing telat", category: "akta-kia", kind: hotline.Inquiry},
	{text: "nyuwun pirsa, syaratipun damel KTP enggal punapa mawon nggih", category: "ktp", kind: hotline.Inquiry},
	{text: "jam berapa buka pelayanan disdukcapil hari sabtu", kind: hotline.Inquiry},
	{text: "ktp saya belum jadi sudah 6 bulan katanya blangko habis", category: "ktp"},
	{text: "NIK saya tidak ditemukan waktu daftar bpjs, mohon konsolidasi data", category: "pindah-nik"},
	{text: "how do I get a birth certificate for my daughter", category: "akta-kia", kind: hotline.Inquiry},

	// social matters, health, schools
	{text: "saya janda miskin tidak dapat bantuan pkh padahal tetangga yang kaya dapat", category: "bansos"},
	{text: "KIS saya nonaktif padahal mau berobat", category: "kis-pbi"},
	{text: "wong edan kluyuran nang pasar Welahan meresahkan", category: "odgj-terlantar", place: "Welahan?"},
	{text: "ada lansia terlantar di terminal, kasihan", category: "odgj-terlantar"},
	{text: "banyak nyamuk, sudah 4 anak kena demam berdarah di RT kami, minta fogging", category: "dbd-wabah"},
	{text: "puskesmas Keling obatnya habis terus", category: "puskesmas", place: "Keling?"},
	{text: "antre di RSUD Kartini dari subuh baru dilayani siang", category: "rsud"},
	{text: "atap sekolah SD bocor, anak2 kehujanan di desa Jambu Timur", category: "sekolah", place: "Jambu Timur"},
	{text: "anak saya dibully temannya di sekolah", category: "perundungan"},
	{text: "info lowongan kerja pabrik dong min", category: "tenaga-kerja", kind: hotline.Inquiry},
	{text: "gaji saya belum dibayar 2 bulan sama pabrik", category: "tenaga-kerja"},
	{text: "bpjs ketenagakerjaan klaim jht kok ditolak", category: "bpjs-ketenagakerjaan"},

	// trade, farming, sea, order
	{text: "gas melon langka di Nalumsari, harga sampai 30 ribu", category: "harga-lpg", place: "Nalumsari?"},
	{text: "pupuk subsidi susah dicari petani menjerit", category: "pertanian"},
	{text: "rabuk larang lan angel digoleki", category: "pertanian"},
	{text: "solar untuk nelayan kosong di TPI Ujungbatu", category: "nelayan", place: "Ujungbatu"},
	{text: "banyak anjing liar di sekitar sekolah, takut rabies", category: "ternak-hewan"},
	{text: "sound horeg sampai jam 2 pagi bikin tidak bisa tidur", category: "miras-keramaian"},
	{text: "pkl jualan di trotoar, pejalan kaki susah lewat", category: "pkl-bangunan-liar"},
	{text: "motor saya hilang dicuri tadi malam di parkiran pasar", category: "kriminal"},
	{text: "pajak motor bisa bayar di mana selain samsat", category: "pajak-kendaraan", kind: hotline.Inquiry},
	{text: "sppt pbb saya salah nama, bagaimana cara membetulkan", category: "pajak-daerah", kind: hotline.Inquiry},
	{text: "sertifikat tanah ptsl belum jadi dari 2023", category: "tanah"},
	{text: "ada sarang tawon vespa besar di atap rumah, minta evakuasi", category: "evakuasi-hewan"},
	{text: "ulo kobra mlebu omah", category: "evakuasi-hewan"},
	{text: "dana desa tidak transparan, kades tidak pernah musyawarah", category: "pemerintahan-desa"},
	{text: "rumah simbah tidak layak huni, mohon bantuan bedah rumah di desa Muryolobo", category: "rumah-tidak-layak", kind: hotline.Aspiration, place: "Muryolobo"},
	{text: "semoga Jepara punya taman kota yang bersih untuk anak anak", category: "perumahan-makam", kind: hotline.Aspiration, place: "-"},
	{text: "saran saya terminal dibuat lebih bersih", category: "angkutan", kind: hotline.Aspiration},
	{text: "tiket masuk wisata pantai bandengan berapa ya", category: "wisata", kind: hotline.Inquiry, place: "Bandengan"},

	// people in office
	{text: "petugas disdukcapil minta uang 200 ribu untuk cetak ktp", category: "pungli"},
	{text: "ada pungli di kantor samsat, diminta bayar tanpa kwitansi", category: "pungli"},
	{text: "oknum kades korupsi dana desa", category: "pungli"},
	{text: "petugas puskesmas judes dan galak sama pasien", category: "sikap-petugas"},
	{text: "pelayanan lambat sekali di kecamatan Bangsri, dipingpong ke sana sini", category: "sikap-petugas", place: "Bangsri"},

	// violence
	{text: "tetangga saya sering disiksa suaminya kdrt", category: "kekerasan"},
	{text: "anak tetangga mengalami pelecehan seksual", category: "kekerasan"},

	// danger
	{text: "KEBAKARAN!!! rumah terbakar di desa Ngabul tolong cepat", category: "kebakaran", danger: "kebakaran", place: "Ngabul"},
	{text: "tolooong kobongaaan omahe tanggaku", category: "kebakaran", danger: "kebakaran"},
	{text: "kebakran di gudang mebel senenan", category: "kebakaran", danger: "kebakaran"},
	{text: "ada anak tenggelam di pantai kartini", category: "orang-tenggelam", danger: "tenggelam"},
	{text: "bocah kelem nang kali", category: "orang-tenggelam", danger: "tenggelam"},
	{text: "kecelakaan truk lawan motor di depan pasar Mayong korban luka parah", category: "kecelakaan", danger: "kecelakaan"},
	{text: "ana tabrakan nang ngarep SPBU Ngabul, sing numpak motor semaput", danger: "kecelakaan"},
	{text: "saya dibegal di jalan Bate Alit barusan", category: "kriminal", danger: "kejahatan", place: "Batealit?"},
	{text: "istri saya mau melahirkan ketuban sudah pecah, butuh ambulans", category: "gawat-medis", danger: "melahirkan"},
	{text: "bojoku arep nglairke, omahku adoh saka puskesmas", danger: "melahirkan"},
	{text: "banjir sudah masuk ke dalam rumah warga Dorang setinggi lutut", category: "bencana", danger: "banjir", place: "Dorang"},
	{text: "omahe kebanjiran, banyune munggah terus", category: "bencana", danger: "banjir"},
	{text: "tanah longsor menutup jalan di Tempur", danger: "longsor", place: "Tempur"},
	{text: "help my house is on fire", danger: "kebakaran"},
	{text: "bapak saya sesak nafas tidak sadarkan diri", category: "gawat-medis", danger: "gawat-medis"},
	{text: "murid SD keracunan makanan bergizi, muntah muntah semua", danger: "keracunan"},
	{text: "ada orang mau bunuh diri loncat dari jembatan", danger: "bunuh-diri"},
	{text: "tetangga saya lagi dipukuli suaminya tolong", category: "kekerasan", danger: "kekerasan"},
	{text: "pohon tumbang menimpa mobil di jalan Pemuda", category: "pohon-menimpa", danger: "pohon-menimpa"},
	{text: "takut kebakaran lagi, sekarang api sudah membesar", danger: "kebakaran"},
	{text: "orang kesetrum di sawah", danger: "kesetrum"},

	// looks like danger, and is none now
	{text: "takut kebakaran karena kabel listrik semrawut", danger: ""},
	{text: "kebakaran tahun lalu sudah padam, bantuannya belum turun", danger: ""},
	{text: "besok ada simulasi kebakaran di sekolah ya?", danger: "", kind: hotline.Inquiry},
	{text: "jalan berlubang rawan kecelakaan di Tahunan", category: "jalan-rusak", danger: ""},
	{text: "jalan ini sering terjadi kecelakaan, mohon dipasang lampu", danger: "", kind: hotline.Aspiration},
	{text: "lampu padam dari semalam", danger: ""},
	{text: "darurat sampah di kampung kami", category: "sampah", danger: ""},
	{text: "agar tidak kebakaran, kabelnya tolong dirapikan", danger: ""},
	{text: "berapa biaya melahirkan di puskesmas", danger: "", kind: hotline.Inquiry},
	{text: "istri saya sudah melahirkan bulan lalu, akta kelahiran belum jadi", category: "akta-kia", danger: ""},
	{text: "harga gas kayak rampok", danger: ""},
	{text: "kebanjiran order mebel min, butuh info izin usaha", danger: ""},
	{text: "nomor telepon pemadam kebakaran berapa?", danger: "", kind: hotline.Inquiry},
	{text: "bapak saya sakit stroke sudah 2 tahun, kursi roda dari dinsos belum ada", danger: ""},
	{text: "dulu di sini pernah ada kecelakaan, usul dipasang cermin tikungan", danger: "", kind: hotline.Aspiration},

	// places alone
	{text: "desa bangsri kec bangsri", place: "Bangsri"},
	{text: "ds. suwawal timur", place: "Suwawal Timur"},
	{text: "pakisaji", place: "Pakis Aji"},
	{text: "mlongo", place: "Mlonggo"},
	{text: "karimun jawa", place: "Karimunjawa?"},
	{text: "desa kembang", place: "Kembang"},
	{text: "laporan tahunan kembang desa", place: "-"},
	{text: "pulau nyamuk karimunjawa", place: "Nyamuk"},
}

func TestSentences(t *testing.T) {
	t.Parallel()
	r, rd := jepara()
	for _, s := range sentences {
		got := rd.Read(s.text)
		say := func(what, have, want string) {
			t.Errorf("%q\n%s: got %s, want %s\n(%s)", s.text, what, have, want, brief(got))
		}
		if _, ok := r.Category(s.category); s.category != "" && !ok {
			t.Fatalf("there is no category %s", s.category)
		}
		if s.category != "" && got.Top() != s.category {
			say("category", got.Top(), s.category)
		}
		danger := ""
		if got.Danger != nil {
			danger = got.Danger.Danger
		}
		if danger != s.danger {
			say("danger", danger, s.danger)
		}
		kind := s.kind
		if kind == "" {
			kind = hotline.Complaint
		}
		if got.Kind != kind && !strings.HasPrefix(s.text, "desa ") {
			say("kind", string(got.Kind), string(kind))
		}
		if place := placeOf(got); s.place != "" && place != s.place {
			say("place", place, s.place)
		}
		if got.Greeting {
			say("greeting", "one", "none")
		}
		if s.category != "" && !got.Tells {
			say("tells", "no", "yes")
		}
	}
	if len(sentences) < 120 {
		t.Errorf("only %d sentences", len(sentences))
	}
}

func placeOf(rd hotline.Reading) string {
	if len(rd.Places) == 0 || rd.Places[0].Score < hotline.PlaceScore {
		return "-"
	}
	if rd.Places[0].Ambiguous {
		return rd.Places[0].Area.Name + "?"
	}
	return rd.Places[0].Area.Name
}

func brief(rd hotline.Reading) string {
	var b strings.Builder
	for _, g := range rd.Categories {
		b.WriteString(g.Category + " ")
		for range g.Score / 10 {
			b.WriteByte('*')
		}
		if g.Sure {
			b.WriteString(" sure")
		}
		b.WriteString("; ")
	}
	for _, p := range rd.Places {
		b.WriteString(p.Area.Code + " " + p.Area.Name)
		if p.Ambiguous {
			b.WriteString("?")
		}
		b.WriteString("; ")
	}
	b.WriteString(string(rd.Kind) + " " + string(rd.Language))
	return b.String()
}

func BenchmarkReadJepara(b *testing.B) {
	_, rd := jepara()
	text := "Assalamualaikum min, mau lapor jln di dpn balai desa Bangsri rusak parah bgt, byk lubang2 dan kalo hujan tergenang, kemarin ada org jatuh. Tlg segera diperbaiki krn bahaya utk anak sekolah. Makasih"
	b.ReportAllocs()
	for b.Loop() {
		rd.Read(text)
	}
}
