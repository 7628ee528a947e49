package hotline

import "strings"

// What a Reader knows of the languages, whatever the regency. Each list is words, or phrases of several words separated by " / ", in normalised
// form. A regency's own keywords, danger words and names come on top of these; the lists here only say what kind of word something is.

// A sense is what a word or phrase does in a sentence, apart from being a keyword.
type sense uint32

const (
	senseGreeting  sense = 1 << iota // says hello
	senseCourtesy                    // addresses somebody or is polite: no matter in itself
	senseFiller                      // says nothing about a matter: "saya mau lapor"
	senseLight                       // may stand between the words of a phrase: "banjir (sudah) masuk (ke) rumah"
	senseNegation                    // is not, in any way
	senseDenial                      // says that something is not what it looks like: "bukan"
	senseNot                         // what follows or goes before did not happen: a drill, a fear, a question of insurance
	senseHabit                       // happens again and again, so not just now
	sensePast                        // is long over
	senseOnce                        // is long over when it comes first ("dulu kebakaran"), and "first" when it comes last ("padamkan dulu")
	senseRecent                      // is over, maybe
	senseOver                        // has ended: "sudah padam"
	senseNow                         // is happening, whatever else is said
	senseAsks                        // asks to be told something
	senseMayAsk                      // asks, or wonders why nothing is done
	senseWishes                      // wishes for something new
	senseSuffers                     // complains
	senseAccuses                     // complains about people in office, or names them
	senseOfficial                    // names people in office
	senseBribe                       // such people want money
	senseRude                        // such people are rude
	senseStrikes                     // somebody beats somebody
	senseStruck                      // somebody is beaten
	senseInsult                      // is an insult, and nothing else
	senseBeast                       // is an insult beside another, or thrown at somebody; else an animal
	senseAimed                       // whom insults are thrown at, and how
	senseCommon                      // an everyday word: no misspelt keyword, no misspelt village
	senseVillage                     // comes before a village's name
	senseKecamatan                   // comes before a kecamatan's name
	senseRegion                      // comes before the regency's name
	sensePlace                       // often comes before some place's name
	senseAddress                     // part of an address, which tells of nothing by itself
)

var senses = []struct {
	is    sense
	words string
}{
	{senseGreeting, `p ping pe halo hallo helo hello hai hi hey hei hay woi hoi hola alo assalamualaikum waalaikumsalam salam shalom permisi misi spada
		kulanuwun nuwunsewu sugeng selamat pagi siang sore malam petang enjing enjang sonten dalu ndalu morning afternoon evening good test tes testing
		tos coba dicoba cobak alaikum warahmatullahi wabarakatuh wr wb warohmatullohi wabarokatuh rahayu monggo
		/ kula nuwun / nuwun sewu / selamat pagi / selamat siang / selamat sore / selamat malam / sugeng enjing / sugeng enjang / sugeng siang
		/ sugeng sonten / sugeng dalu / sugeng rawuh / assalamualaikum wr wb / good morning / good afternoon / good evening / apa kabar`},
	{senseCourtesy, `admin pak bapak bu ibu mas mbak mba kak kakak gan agan bos bang abang om tante bro sis sist sir madam lur sedulur dik adik
		ya iya nggih inggih njih oke ok sip siap mohon tolong maaf ngapunten nuwun sewu punten please tulung kak min dong nih lho lo loh kok sih deh yuk to
		terima kasih matur suwun kesuwun sembah sanget izin permisi there dear hotline tanggap layanan
		/ terima kasih banyak / terima kasih / matur nuwun sanget / matur nuwun / matur suwun / nyuwun sewu / nyuwun pangapunten / maaf mengganggu`},
	{senseFiller, `saya aku kami kita kula awakdewe i we my mau ingin badhe arep pengin lapor melapor melaporkan laporan laporkan laporake matur
		ngaduke mengadu aduan pengaduan adu keluhan komplain complain complaint report keluh curhat tanya bertanya nanya tanglet takon bantuan bantu help
		ini itu niki niku iki kuwi sini sana sebentar warga dari di ke yang dan atau untuk dengan bisa apa ada apakah bagaimana piye pripun
		want to a the is sampaikan menyampaikan informasi info kasus nama jenenge jenengku cek menu batal kembali bahasa petugas rt rw`},
	{senseLight, `di ke ing nang ten dateng yang sudah sampun wis ini itu iki niki kuwi niku nya pada sangat sekali banget tenan saya kami kita kula aku
		ya dalam sampai nganti lagi masih taksih isih sedang terus jadi dadi juga malah langsung kah lah pun the a my our is are in to into has
		ada wonten ana onok dengan karo milik punya gone`},
	{senseNegation, `tidak belum bukan jangan tanpa ora mboten durung dereng dudu ojo aja sanes not no never without isnt dont`},

	{senseDenial, `bukan jangan dudu sanes ojo aja not never`},

	{senseNot, `simulasi latihan pelatihan penyuluhan sosialisasi pencegahan mencegah antisipasi mengantisipasi takut ketakutan khawatir kuatir
		kekhawatiran waswas wedi ajrih asuransi santunan klaim jaminan proposal lomba film sinetron game mimpi ngimpi berita hoax hoaks drill insurance afraid
		worried seminar webinar materi pelajaran skripsi penelitian rawan potensi berpotensi risiko resiko berisiko beresiko pernah tau nate rehab
		rehabilitasi pascabanjir pascabencana relokasi brosur prosedur
		/ jangan sampai / supaya tidak / agar tidak / biar tidak / ben ora / supados mboten / surat keterangan / bantuan korban / korban bencana alam
		/ bekas kebakaran / bekas banjir / alat pemadam / siaga bencana / kalau terjadi / jika terjadi / apabila terjadi / bila terjadi / nanti kalau / nomor telepon
		/ nomor damkar / biaya melahirkan / cuti melahirkan / bpjs untuk melahirkan / persiapan melahirkan / in case of / cara mencegah`},
	{senseHabit, `sering kerap asring selalu mesti langganan setiap tiap saben often always every usually biasanya biasane musim`},
	{senseOnce, `dulu dahulu mbiyen biyen rumiyin riyin`},
	{sensePast, `kepungkur almarhum almarhumah alm ago tempo silam
		/ tahun lalu / tahun kemarin / taun wingi / tahun wingi / bulan lalu / bulan kemarin / minggu lalu / minggu kemarin / minggu wingi / bulan wingi / last year
		/ last month / last week / tempo hari / beberapa hari lalu / hari yang lalu / bulan yang lalu / tahun yang lalu / minggu yang lalu / tahun 2020 / tahun 2021
		/ tahun 2022 / tahun 2023 / tahun 2024 / tahun 2025 / beberapa bulan lalu / taun kepungkur / wulan kepungkur`},
	{senseRecent, `kemarin wingi wau yesterday nyaris hampir meh / tadi malam / semalam / kemarin malam / kemarin sore`},
	{senseOver, `/ sudah padam / sudah dipadamkan / sudah ditangani / sudah selesai / sudah surut / sudah aman / sudah teratasi / sampun padam / sampun pejah
		/ wis padam / wis mati apine / wis mari / sampun rampung / wis rampung / wis asat / wis surut / sudah tertangkap / sudah ketemu / sudah pulih
		/ sudah dibawa / already out / is over`},
	{senseNow, `sekarang saiki sakniki samenika darurat segera cepat cepetan ndang gelis enggal now quickly urgent emergency membesar merembet terjebak
		kejebak korban sos gawat buruan / tolong cepat / barusan / baru saja / lagi kebakaran / sedang terbakar / saat ini / hari ini / api membesar`},

	{senseAsks, `syarat persyaratan syaratnya sarate saratipun prosedur prosedurnya tatacara caranya carane caranipun alamatnya jadwal jadwalnya
		/ bagaimana cara / bagaimana caranya / bagaimana prosedur / piye carane / piye cara / pripun caranipun / pripun carane / pripun cara / gimana cara
		/ cara mengurus / cara membuat / cara bikin / cara daftar / cara mendaftar / cara buat / cara urus / cara perpanjang / cara cek / cara pindah / cara melapor
		/ apa syarat / syarat apa / apa saja syarat / jam berapa / jam buka / jam kerja berapa / jam piro / jam pinten / buka jam / tutup jam / hari apa buka
		/ berapa biaya / biaya berapa / biayanya berapa / bayar berapa / mbayar piro / piro bayare / berapa lama / pinten biayanipun / berapa tarif / tarif berapa
		/ mau tanya / ingin tanya / numpang tanya / izin bertanya / mau bertanya / ingin bertanya / badhe tanglet / arep takon / nyuwun pirsa / nyuwun pirso / mau nanya / tanya dong
		/ mohon info / minta info / mohon informasi / minta informasi / ada info / info lowongan / info jadwal / nomor telepon / kontak siapa / di mana alamat
		/ alamat kantor / di mana kantor / di mana tempat / di mana saya / kapan jadwal / kapan dibuka / kapan buka / kapan pembukaan / apa bisa / apakah bisa / apakah ada
		/ apakah buka / apakah harus / apakah perlu / bisa dibantu informasi / opo syarate / ngendi kantor / daftar di mana / harus ke mana / ke mana saya
		/ how do i / how can i / how to / what are the requirements / what time / where can i / where is / how much / what documents / is there / can i`},
	{senseMayAsk, `apakah kapan berapa bagaimana piye pripun bisakah bolehkah apa pinten piro benarkah siapa ngendi pundi kapankah how when where what which / di mana / ten pundi / nang ngendi / mau bikin / mau buat / mau membuat / mau urus / mau mengurus / mau daftar
		/ mau perpanjang / ingin membuat / ingin mengurus / ingin daftar / arep gawe / arep ngurus / badhe damel / badhe ngurus / urus surat / buat surat / bikin surat`},
	{senseWishes, `usul usulan mengusulkan diusulkan saran menyarankan masukan semoga mugi mugo muga sebaiknya alangkah hendaknya harapan harapannya
		aspirasi permohonan pengajuan mengajukan suggest suggestion propose hopefully usule panyuwun sebaike
		/ mohon dibangun / tolong dibangun / minta dibangun / agar dibangun / supaya dibangun / mohon dibuatkan / tolong dibuatkan / minta dibuatkan / mohon dipasang
		/ tolong dipasang / minta dipasang / minta dipasangi / mohon dipasangi / mohon diadakan / tolong diadakan / mohon ditambah / tolong ditambah / mohon disediakan
		/ tolong disediakan / nyuwun dibangun / nyuwun dipasang / nyuwun dipasangi / nyuwun didamel / njaluk dibangun / njaluk dipasang / perlu dibangun / perlu dipasang / perlu dibuat
		/ perlu ditambah / mohon pengadaan / ingin ada / kepengin ana / andai ada / kalau bisa dibangun / ada baiknya / mohon pelebaran / mohon penambahan / mohon pembangunan
		/ bantuan bedah rumah / please build / please install / it would be good / it would be nice / should be built / mohon diaspal / minta diaspal / mohon dilebarkan`},
	{senseSuffers, `rusak risak mati pejah padam bocor mampet buntu tersumbat berlubang bolong jeglong jeglongan hancur ambrol ambruk amblas amblek jebol
		lubang banjir kebanjiran tergenang genangan menumpuk numpuk bau bosok mambu keruh kotor macet longsor roboh tumbang hilang ilang kehilangan
		ditolak dipersulit lambat lemot lelet suwe judes galak kasar bising berisik brisik parah nemen resah meresahkan terganggu mengganggu ganggu bahaya
		membahayakan jatuh tiba kecelakaan korban curi maling dicuri ditipu penipuan pungli dipungli pungutan korupsi kecewa mengecewakan sakit lapor komplain
		keluhan mengeluh mahal langka kosong antri antre lama berhari terlantar rugi dirugikan parkir liar tidak belum ora mboten durung dereng broken
		dirty smells damaged leaking dead flooded kenapa mengapa kok geneya ngopo kenging`},
	{senseAccuses, `oknum petugas pegawai staf staff karyawan pejabat satpam kepala pelayanan layanan dilayani ngladeni pungli dipungli pungutan dipungut
		suap disuap menyuap nyogok sogok sogokan korupsi dikorupsi korup diselewengkan menyelewengkan penyelewengan gratifikasi dimintai diminta minta njaluk
		dijaluki nyuwun calo pelicin setoran setor judes galak kasar sombong ramah lambat lelet suwe dipersulit dipingpong bolos marah dimarahi nesu
		disunat dipotong disengaja menyalahgunakan penyalahgunaan wewenang nepotisme kkn memeras diperas pemerasan bribe bribed rude corrupt corruption
		/ minta uang / minta duit / njaluk duit / uang rokok / uang pelicin / tidak ramah / ora ramah / tidak dilayani / ora dilayani / dioper oper / jual beli jabatan`},

	{senseOfficial, `oknum petugas pegawai pejabat staf kades petinggi lurah camat perangkat polisi bidan perawat dokter mantri guru kasi kabid kadis pns asn satpam
		sopir penghulu modin / kepala desa / kepala sekolah / kepala dinas / kepala puskesmas / tenaga kesehatan`},
	{senseBribe, `/ minta uang / meminta uang / minta duit / njaluk duit / njaluk dhuwit / nyuwun arta / minta setoran / minta bayaran / minta imbalan / minta jatah
		/ minta amplop / dimintai uang / dimintai duit / dimintai biaya / diminta uang / disuruh bayar / dijaluki duit / uang damai / uang rokok / uang pelicin / uang terima kasih
		/ asked for money / wants money / ask for a bribe / minta suap / minta komisi`},
	{senseRude, `judes galak kasar sombong membentak mbentak dibentak bentak marah nesu jutek ketus ngomel songong rude impolite / tidak ramah / ora ramah / mboten ramah / tidak sopan
		/ ora sopan / marah marah / tidak peduli / main hp`},

	{senseStrikes, `mukul mukuli mukulin memukul memukuli nggebuki ngantemi menampar menampari nampar nampari napuk menendang nendang nendangi menendangi
		menganiaya nganiaya mengeroyok ngeroyok ngroyok menghajar ngajar ngehajar nonjok menonjok menyiksa nyiksa njotosi mencekik nyekik`},
	{senseStruck, `dipukul dipukuli dipukulin digebuki digebukin ditampar ditampari ditapuk ditendang ditendangi dianiaya dikeroyok dikroyok dihajar ditonjok
		disiksa diantemi dijotosi dicekik`},

	{senseInsult, `goblok guoblok goblog gublok bego bloon tolol dungu idiot bangsat bajingan bangke keparat brengsek kampret jancok jancuk dancok kontol
		memek ngentot sialan anjir anjay setan iblis laknat biadab pekok sinting bedebah tolil pantek matamu ndasmu
		cangkemmu fuck fucking shit stupid idiots`},
	{senseBeast, `anjing babi asu celeng monyet kethek munyuk kirik bangkai kadal kerbau`},
	{senseAimed, `lu lo elu elo loe kau kamu kalian lho kowe koe kon dasar memang emang pancen pemerintah pemkab pejabat bupati negara admin bot semua semuanya kabeh
		wong you all`},

	{senseVillage, `desa dhusun dhesa desane dhusune kelurahan pulau kades petinggi lurah pemdes balaidesa village / balai desa / kepala desa / pemerintah desa / kantor desa / perangkat desa / kantor kelurahan`},
	{senseKecamatan, `kecamatan camat district subdistrict / kantor camat / kantor kecamatan`},
	{senseRegion, `kabupaten kab bupati pemkab pemda kota regency / pemerintah kabupaten`},
	{sensePlace, `di ing nang ten wonten onok daerah dhaerah wilayah sekitar arah jurusan area lokasi kawasan puskesmas pasar alun pertigaan perempatan bundaran
		terminal polsek pantai dekat cedak caket depan belakang sebelah timur barat utara selatan antara menuju raya sd sdn smp smpn sma sman smk mi mts koramil
		kua jembatan kali sungai in at near on warga tpi pelabuhan lapangan masjid stadion sabin bendungan embung waduk pustu kantor dukuh dukuhan padukuhan pedukuhan dusun kampung`},

	{senseAddress, `jalan gang no nomor blok perum perumahan rt rw dukuh dusun km`},

	{senseCommon, `kembang tahunan jebol nyamuk bulu pule jambu kunir datar gelang parang tanjung sendang lebak balong bandung pekalongan tempur pancur
		keling kawak pengkol kauman panggang panggung kerso rau bugel dongos bondo geneng kedung bringin jugo pendem krasak pelang buaran semat banjaran
		karanganyar kalianyar paren daren tritis dorang gerdu kecapi senenan troso rengging demangan demaan platar bakalan karangaji kelet bucu
		menanti tengah langsung beberapa kejadian sebelum sesudah setelah kembali kemudian karena padahal sehingga supaya sampai banyak sedikit semua
		masyarakat warga penduduk orang anak bapak rumah jalan depan belakang sebelah samping dekat sekitar pinggir tepi perbaiki diperbaiki perbaikan
		bangun dibangun pembangunan segera tolong mohon bantuan dibantu kondisi keadaan terjadi menjadi membuat membuang dibuang menunggu berharap harusnya
		seharusnya sebaiknya kepada tentang terhadap antara selama sejak hingga ketika waktu minggu kemarin sekarang besok malam siang pagi sore
		kendaraan motor mobil sepeda truk pejalan kaki hujan panas angin musim air tanah batu pasir putih hitam merah hijau kuning besar kecil panjang
		pendek tinggi rendah berat ringan parah sangat sekali sering selalu kadang jarang pernah masih sudah belum tidak bukan jangan harus perlu bisa
		dapat boleh ingin bayar membayar dibayar uang ribu juta rupiah biaya gratis daftar mendaftar urus mengurus pengurusan kantor pelayanan layanan
		petugas pegawai kepala ketua camat lurah bupati pemerintah dinas terima kasih selamat pertama kedua ketiga terakhir nomor telepon alamat nama
		barat timur utara selatan kulon wetan lor kidul tengahe omah omahe dalan banyu lampu wong bocah piye kepriye ngene ngono kudu iso saged mangke
		menika punika wonten sampun dereng mboten inggih taksih badhe saking kaliyan dhateng ingkang sanget katah kathah sedaya sekedap kemawon
		mawon gelem ngerti mangan turu mlaku lunga bali teka mulih gawe nggawe dandan didandani ndandani amarga mergo supoyo nganti isih terus malah
		langkung kirang antri antre sekolah sekolahan guru murid siswa keluarga suami istri teman tetangga tetanggi tonggo saudara kakek nenek
		kesehatan kebersihan keamanan ketertiban kecepatan kesalahan kebijakan penjelasan penanganan pemeriksaan perhatian laporan laporannya perangkat
		kelapa kelompok kepada kepala kapal kapan kurang karang kelas pintu kunci kalau kalian kawasan kantin mandiri mending mentari pantang pasangan
		masang pasang dipasang terpasang padang petang patung tinggal tunggu tanggal tanggung tenggelam tengkar selokan salokan melihat terlihat kelihatan
		balik dibalik terbalik bendera berita bersama bersih beras keras berubah berhenti berjalan berada berbeda berangkat merata meresap
		pakai dipakai memakai lewat melewati dilewati melintas melalui lancar kendala bermasalah masalah permasalahan penerangan penyebab
		solusi informasi internet aplikasi website online handphone hilang ketemu mencari dicari mencoba dicoba berusaha usaha warung pedagang
		penjual pembeli membeli dibeli jualan pekerja bekerja pekerjaan karyawan gaji honor proyek kontraktor anggaran dana desa kecamatan kabupaten`},
}

// tongues lists words that give a language away. Words of several of them stand nowhere.
var tongues = map[Lang]string{
	Javanese: `ora mboten durung dereng dudu sanes ojo wis sampun arep badhe iki kuwi niki niku menika punika ing nang ten wonten ana onok saka saking karo
		kaliyan lan sing ingkang piye pripun ngendi pundi napa opo sapa sinten kula kowe sampeyan panjenengan panjenengane dheweke awakdewe
		dalan dalane margi marginipun omah omahe griya griyanipun banyu banyune toya toyanipun lampune wong wonge tiyang bocah lare sanget tenan banget
		nemen akeh kathah katah sithik sekedik saiki sakniki mangke mengko wingi wau sesuk benjang mbiyen rumiyin kobong kobongan kobar obong geni latu
		peteng pejah risak jeglong jeglongan jeglok kalen uwuh mambu bosok asat mili mboten saged iso isoh nyuwun njaluk tulung tulungi enggal ndang gelis cepet
		nggih inggih njih matur nuwun suwun kesuwun sugeng enjing enjang sonten dalu ngapunten pangapunten amargi amarga mergo yen menawi supados ben
		nganti ngantos isih taksih maneh malih ndandani didandani dandosi dipundandosi didandakke gawe damel didamel dipundamel tuku tumbas mlaku mlampah
		dhawah kreteg latar pekarangan tonggo tanggi tetanggi cedak caket ngarep ngajeng mburi wingking wetan kulon lor kidul
		mung namung kemawon mawon wae ae kabeh sedaya ngono ngene kados koyo kaya regane larang wedi ajrih dicolong kecolongan edan semrawut
		rabuk wit ulo ula asu kewan lelara mriyang nglairake babaran mbobot meteng kejeglong klelep kintir kecemplung njungkel
		awis mirah pinten piro adoh tebih rame carane caranipun syarate sarate bayare biayanipun takon tanglet ngurus pirsa dinten`,
	Indonesian: `tidak belum bukan jangan sudah mau ingin ini itu di dengan dan yang bagaimana mengapa kenapa dimana siapa saya kamu anda kami kita mereka
		jalan rumah air lampu orang anak sangat sekali banyak sedikit sekarang nanti kemarin besok dulu kebakaran api gelap mati rusak berlubang selokan sampah
		bau kering mengalir bisa tolong mohon segera cepat iya maaf karena kalau supaya agar sampai masih lagi diperbaiki memperbaiki dibuat membeli berjalan
		jatuh jembatan tetangga dekat depan belakang timur barat utara selatan hanya saja semua begitu begini seperti harga mahal takut pencuri hilang
		pupuk pohon ular anjing hewan penyakit melahirkan hamil tenggelam kecelakaan murah berapa jauh ramai caranya syaratnya biayanya bertanya mengurus
		tahu lapor melaporkan laporan petugas pelayanan lama tahun bulan minggu hari ada untuk dari pada ke oleh akan telah warga desa setiap`,
	English: `the is are was not no my our we i you it there here on at of and with for please help fire road broken street light water trash garbage flood accident
		drowning bridge house how what when where who why can could would want report complaint near since days week month nobody still never been has have
		very dark smell smells dirty officer bribe money asked rude slow office hello hi good morning afternoon evening thanks thank`,
}

// phrasesOf cuts a list into phrases, each as words. A list without " / " in front is single words up to the first one.
func phrasesOf(list string) [][]string {
	var all [][]string
	for i, part := range strings.Split(list, "/") {
		words := strings.Fields(part)
		if i > 0 {
			if len(words) > 0 {
				all = append(all, words)
			}
			continue
		}
		for _, w := range words {
			all = append(all, []string{w})
		}
	}
	return all
}
