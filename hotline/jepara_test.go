package hotline_test

import (
	"slices"
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
	{text: "sudah lapor tapi belum ada tanggapan"},
	{text: "suami saya mukul saya terus", category: "kekerasan"},
	{text: "bojoku nggebuki aku", category: "kekerasan"},
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

	// as they come, some of them half a story
	{text: "Selamat siang, ijin melaporkan bahwa di RT 05 RW 02 Desa Sengonbugel Kecamatan Mayong ada tiang PLN yang miring hampir roboh, mohon ditindaklanjuti", category: "listrik", place: "Sengonbugel"},
	{text: "Assalamualaikum, mau tanya untuk perpanjangan KK yg lama apa masih berlaku? domisili saya di Pecangaan Kulon", category: "kartu-keluarga", kind: hotline.Inquiry, place: "Pecangaan Kulon"},
	{text: "Min tolong lah itu sampah di TPS dekat lapangan Jobokuto udh numpuk bgt, baunya sampe ke rumah. Udah seminggu gak diambil2", category: "sampah", place: "Jobokuto"},
	{text: "Jalan Ngabul - Batealit banyak lubang menganga, kemarin ada ibu-ibu jatuh", category: "jalan-rusak", place: "Ngabul"},
	{text: "selamat sore, lampu penerangan di jembatan Bapangan mati total", category: "lampu-jalan", place: "Bapangan"},
	{text: "anak saya ditolak masuk SMP karena zonasi", category: "sekolah"},
	{text: "mau usul, gimana kalau di bandengan dibuatkan tempat sampah", category: "sampah", kind: hotline.Aspiration, place: "Bandengan"},
	{text: "mohon info jadwal samsat keliling", category: "pajak-kendaraan", kind: hotline.Inquiry},
	{text: "where can I renew my ID card?", category: "ktp", kind: hotline.Inquiry},
	{text: "The garbage has not been collected for a week", category: "sampah"},
	{text: "kulo badhe lapor, lampu margi wonten ngajeng griya kulo pejah", category: "lampu-jalan"},
	{text: "saya mau mengadukan tetangga yang membakar sampah tiap sore", category: "limbah-polusi"},
	{text: "ktpku ilang", category: "ktp"},
	{text: "omahku dimaling wong", category: "kriminal"},
	{text: "kucing saya terjebak di atap", category: "evakuasi-hewan"},
	{text: "di kedung cino ada warung miras", category: "miras-keramaian", place: "Kedungcino"},
	{text: "dana bos sekolah dikorupsi kepala sekolah", category: "pungli"},
	{text: "polisi minta uang damai waktu tilang", category: "pungli"},
	{text: "bidan puskesmas kembang marah marah", category: "sikap-petugas", place: "Kembang"},
	{text: "perahu nelayan terbalik di perairan jepara", danger: "tenggelam"},
	{text: "Ada ODGJ di depan pasar bangsri bawa parang", danger: "odgj-mengamuk"},
	{text: "tolong pak ada anak hanyut di kali srep", danger: "tenggelam"},
	{text: "kompor meledak istri saya luka bakar", danger: "kebakaran"},
	{text: "ibu hamil mau melahirkan tapi jalan rusak ambulans tidak bisa masuk", danger: "melahirkan"},
	{text: "setiap hujan banjir masuk rumah", category: "bencana", danger: ""},
	{text: "rumah mbah saya hampir roboh", category: "rumah-tidak-layak", danger: ""},
	{text: "tabrakan beruntun di kalinyamatan, dua orang luka", category: "kecelakaan", danger: "kecelakaan", place: "Kalinyamatan"},

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

func TestGreetingsInJepara(t *testing.T) {
	t.Parallel()
	_, rd := jepara()
	for _, s := range []string{"P", "assalamualaikum", "kulo nuwun", "halo min selamat pagi", "test 123", "min"} {
		if got := rd.Read(s); !got.Greeting || got.Tells {
			t.Errorf("%q: %+v", s, got)
		}
	}
}

// An answer to "where?".
func TestPlacesOfJeparaByName(t *testing.T) {
	t.Parallel()
	_, rd := jepara()
	for text, want := range map[string]string{
		"tegal sambi": "Tegalsambi", "pakisaji": "Pakis Aji", "desa bangsri kec bangsri": "Bangsri", "ds. suwawal timur": "Suwawal Timur",
		"mlongo": "Mlonggo", "Mlonggo": "Mlonggo", "bangsri": "Bangsri?", "kecamatan bangsri": "Bangsri", "desa keling": "Keling", "tahunan": "Tahunan?",
		"kedung": "Kedung", "pengkol": "Pengkol", "kel. bulu": "Bulu", "bulu": "Bulu", "lebak": "Lebak", "di lebak pak": "Lebak", "jepara kota": "Jepara",
		"kec jepara": "Jepara", "batu kali": "Batukali", "kali nyamatan": "Kalinyamatan", "pulau nyamuk": "Nyamuk", "karimun": "Karimunjawa", "karimun jawa": "Karimunjawa?",
		"manyar gading": "Manyargading", "pecanga'an": "Pecangaan", "pecangan": "Pecangaan", "sinangul": "Sinanggul", "kalipucang": "-",
		"kalipucang kulon": "Kalipucang Kulon", "wedelan bangsri": "Wedelan", "ds wedelan, kec. bangsri": "Wedelan", "mayong lor": "Mayong Lor",
		"desa kembang": "Kembang", "kembang": "Kembang", "rau": "Rau", "dongos": "Dongos", "bugel": "Bugel", "desa jebol mayong": "Jebol", "saya dari sukodono": "Sukodono",
		"rt 3 rw 2 desa ngabul kecamatan tahunan kabupaten jepara": "Ngabul", "semarang": "-", "orang bandung": "-", "tidak tahu": "-", "di rumah": "-", "": "-",
	} {
		if got := placeOf(hotline.Reading{Places: rd.ByName(text)}); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
	for text, want := range map[string]string{ // the beginning of a name is never taken as the name, and proposes all that begin so
		"kalipucang": "Kalipucang Kulon, Kalipucang Wetan", "desa teluk": "Teluk Wetan, Telukawur", "jalan rusak di desa Teluk": "Teluk Wetan, Telukawur",
		"desa Suwaw": "Suwawal, Suwawal Timur", "dhusun Bawu": "Bawu", "dukuh Sekacer desa Kawak": "Kawak", "dukuhan Krajan, desa Bawu": "Bawu",
	} {
		var names []string
		for _, g := range rd.Read(text + " ").Places {
			names = append(names, g.Area.Name)
		}
		if len(names) == 0 {
			for _, g := range rd.ByName(text) {
				names = append(names, g.Area.Name)
			}
		}
		slices.Sort(names)
		if got := strings.Join(names, ", "); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

// Every village finds itself by its name, also with its spaces left out or a letter doubled, and every kecamatan.
func TestEveryPlaceOfJeparaByItsName(t *testing.T) {
	t.Parallel()
	r, rd := jepara()
	for _, a := range append(r.Villages(), r.Kecamatans()...) {
		cue := "desa "
		if a.Level == hotline.LevelKecamatan {
			cue = "kecamatan "
		}
		for _, text := range []string{a.Name, cue + a.Name, cue + strings.ReplaceAll(a.Name, " ", ""), "saya di " + cue + strings.ToUpper(a.Name) + " pak"} {
			got := rd.ByName(text)
			if len(got) == 0 || got[0].Area.Code != a.Code && !(text == a.Name && got[0].Ambiguous && len(got) > 1 && got[1].Area.Code == a.Code) {
				t.Errorf("%q: %s, want %s (%d guesses)", text, placeOf(hotline.Reading{Places: got}), a.Code, len(got))
			}
		}
	}
	if len(r.Villages()) != 195 || len(r.Kecamatans()) != 16 {
		t.Errorf("%d villages, %d kecamatan", len(r.Villages()), len(r.Kecamatans()))
	}
}

// Every village's centre lies in its kecamatan and next to itself, but for three doubtful ones.
func TestEveryPlaceOfJeparaByItsPoint(t *testing.T) {
	t.Parallel()
	r, rd := jepara()
	doubtful := map[string]bool{"Teluk Wetan": true, "Pancur": true, "Margoyoso": true}
	for _, v := range r.Villages() {
		got := rd.ByPoint(v.Center)
		if !doubtful[v.Name] && (got.Outside || got.Kecamatan.Code != v.Parent || got.Village.Code != v.Code) {
			t.Errorf("%s %s: found %s in %s, outside %v", v.Code, v.Name, got.Village.Name, got.Kecamatan.Name, got.Outside)
		}
	}
}

func TestPointsAroundJepara(t *testing.T) {
	t.Parallel()
	_, rd := jepara()
	for name, c := range map[string]struct {
		lat, lng  float64
		kecamatan string // empty: outside
		village   string // empty: whichever
	}{
		"the town's square":            {-6.5887, 110.6684, "Jepara", ""},
		"Kartini beach":                {-6.5880, 110.6475, "Jepara", ""},
		"Bandengan beach":              {-6.5530, 110.6500, "Jepara", "Bandengan"},
		"Panjang island off the coast": {-6.5760, 110.6290, "Jepara", ""},
		"the lighthouse of Portugis":   {-6.4000, 110.9160, "Donorojo", ""},
		"Karimunjawa harbour":          {-5.8800, 110.4350, "Karimunjawa", "Karimunjawa"},
		"at sea between the islands":   {-5.8500, 110.3000, "Karimunjawa", ""},
		"Genting island":               {-5.8480, 110.6020, "Karimunjawa", ""},
		"Nyamuk island":                {-5.8160, 110.1910, "Karimunjawa", "Nyamuk"},
		"Parang island":                {-5.7440, 110.2430, "Karimunjawa", "Parang"},
		"the middle of the Java Sea":   {-6.1500, 110.5000, "", ""},
		"Kudus":                        {-6.8048, 110.8405, "", ""},
		"Demak":                        {-6.8909, 110.6396, "", ""},
		"Semarang":                     {-6.9667, 110.4167, "", ""},
		"nowhere":                      {0, 0, "", ""},
	} {
		got := rd.ByPoint(hotline.Point{Lat: c.lat, Lng: c.lng})
		if got.Outside != (c.kecamatan == "") || !got.Outside && got.Kecamatan.Name != c.kecamatan || c.village != "" && got.Village.Name != c.village {
			t.Errorf("%s: %s, %s, outside %v, %.2f km", name, got.Kecamatan.Name, got.Village.Name, got.Outside, got.Distance)
		}
	}
}

// From the text to the unit.
func TestFromTextToUnitInJepara(t *testing.T) {
	t.Parallel()
	r, rd := jepara()
	for text, want := range map[string]string{
		"jalan rusak di desa tegalsambi":                           "dpupr.jalan",
		"lampu jalan mati di desa ngabul":                          "dishub.pju",
		"sampah numpuk di kuwasen":                                 "dlh.sampah",
		"obat di puskesmas habis, desa wedelan kec bangsri":        "dinkes.pkm-bangsri-1",
		"ktp saya belum jadi":                                      "disdukcapil.pendaftaran",
		"air pdam mati":                                            "pdam.gangguan",
		"kebakaran rumah di desa ngabul":                           "satpolpp.damkar",
		"listrik padam":                                            "triage no-desk",
		"petugas disdukcapil minta uang":                           "inspektorat",
		"petugas inspektorat minta uang":                           "triage outside",
		"admin diskominfo judes":                                   "inspektorat outside",
		"bupati korupsi":                                           "triage outside",
		"pelayanan di disdukcapil lambat sekali, petugasnya judes": "disdukcapil head",
		"pegawai kantor kecamatan mlonggo judes":                   "kecamatan.33.20.07 head",
		"petugasnya judes":                                         "triage no-agency",
		"kerbau saya hilang":                                       "triage no-category",
	} {
		read := rd.Read(text)
		c := hotline.Routing{Category: read.Top(), About: r.Accused(read, read.Top())}
		if read.Danger != nil {
			c.Category, c.Urgent = read.Danger.Category, true
		}
		if len(read.Places) > 0 {
			c.Area = read.Places[0].Area.Code
		}
		d := hotline.Route(r, c)
		got := "triage " + d.Why
		if !d.Triage {
			got = d.Assign[0].Unit
			if d.Assign[0].Level > 0 {
				got += " head"
			}
			if d.Outside {
				got += " outside"
			}
		}
		if got != want {
			t.Errorf("%q: %s, want %s (%+v)\n%s about %v", text, got, want, d, brief(read), read.About)
		}
	}
}

// Every category leads to a unit or, where nobody has a desk, to the coordinator; those of one unit a place need the place.
func TestEveryCategoryOfJeparaHasAUnit(t *testing.T) {
	t.Parallel()
	r, _ := jepara()
	for _, c := range r.Categories {
		if c.Rudeness {
			continue
		}
		for _, v := range r.Villages() {
			d := hotline.Route(r, hotline.Routing{Category: c.ID, Area: v.Code, Urgent: true})
			agency, _ := r.Agency(c.Agency)
			if d.Triage == agency.Desk {
				t.Fatalf("%s in %s: %+v", c.ID, v.Name, d)
			}
		}
	}
}

func BenchmarkByName(b *testing.B) {
	_, rd := jepara()
	b.ReportAllocs()
	for b.Loop() {
		rd.ByName("ds. suwawal timur kec pakisaji")
	}
}

func BenchmarkByPoint(b *testing.B) {
	_, rd := jepara()
	b.ReportAllocs()
	for b.Loop() {
		rd.ByPoint(hotline.Point{Lat: -6.58, Lng: 110.75})
	}
}
