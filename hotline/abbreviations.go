package hotline

import "strings"

// longestAbbreviation is the length in bytes of the longest one below; longer words need no look-up.
const longestAbbreviation = 14

// abbreviations gives the words in full for what people type in chats and write in addresses. No word in full is an abbreviation itself (a test
// sees to it), so that words normalised twice are the same.
var abbreviations = readAbbreviations(`
	jalan: jl jln jlan jalanan djalan jlnn
	dalan: dln ndalan
	desa: ds dsa deso
	kecamatan: kec kcmtn kecmatan kecamatn
	kabupaten: kab kabupten
	kelurahan: kel klurahan
	provinsi: prov propinsi
	dukuh: dkh dk dukoh
	dusun: dsn
	gang: gg
	jepara: jpr jpra jeporo japara
	rumah: rmh rmah rumh
	omah: omh
	depan: dpn dpan
	belakang: blkg blkng
	sebelah: sblh sblah
	dekat: dkt deket
	sekitar: sktr skitar skitaran
	utara: utr
	timur: tmr tmur
	barat: brt
	pertigaan: pertigan prtigaan
	perempatan: prapatan perempatn
	jembatan: jmbtn jembtan jmbatan
	sekolah: sklh sklah skolah
	puskesmas: pkm pusk puskes puskesmes
	rumah sakit: rs rmhskt rumahsakit rumkit
	pasar: psr

	yang: yg yng
	dengan: dgn dg dngn
	dari: dr dri
	untuk: utk untk tuk
	buat: bwt
	pada: pd pda
	kepada: kpd kpda
	dalam: dlm dlam
	karena: krn krna karna krena
	sama: sm
	tentang: ttg tntang
	sudah: sdh sdah udh udah dah uda suda
	belum: blm blum lom belom blom
	masih: msh msih
	lagi: lg lgi
	banget: bgt bngt
	saja: aja aj sj doang
	juga: jg jga
	tapi: tp tpi tetapi
	kalau: kl klo kalo klau kalu
	supaya: spy spya
	sampai: sampe sampek smpai
	sekarang: skrg skrng skr skarang
	kemarin: kmrn kmren kemaren
	besok: bsk
	hari: hr hri
	bulan: bln
	tahun: thn th taon
	minggu: mgg mnggu
	tanggal: tgl
	nomor: nmr nmer nomer
	orang: org orng
	anak: ank
	bapak: bpk
	saya: sy sya ane gw gue gua
	aku: aq
	kurang: krg krng
	banyak: byk bnyk bnyak
	beberapa: bbrp
	berapa: brp brapa
	jadi: jd jdi
	bisa: bs bsa
	dapat: dpt dpat dapet
	harus: hrs hrus
	selalu: sll slalu
	sering: srg srng
	terus: trs trus
	semua: smw smua
	tidak: tdk tak tdak gak ga gk gx g nggak ngga ngak enggak engga kagak nda
	tidak ada: gaada gada gakada
	jangan: jgn jng jgan
	bukan: bkn
	mau: mw
	ingin: pgn pengen pingin kepengen
	bagaimana: gmn gmana gimana bgmn bgaimana
	kenapa: knp knpa napa
	kapan: kpn kpan
	di mana: dmn dmana dimana
	apakah: apkh apkah
	seperti: sprt spt sprti

	tolong: tlg tlong plis
	please: pls plz
	mohon: mhn mhon
	minta: mnta mnt
	admin: min mimin atmin
	terima kasih: thx tks makasih mksh trims makasi terimakasih trmksh
	terima: trm trima
	kasih: ksh
	assalamualaikum: ass aslm asslm askum asalamualaikum asskum samlekum asslamualaikum assalamualikum
	selamat: slmt slamat met

	lampu: lmpu lmp
	rusak: rsk rusk
	sampah: smph
	petugas: ptgs ptugas
	pelayanan: plynn pelyanan
	bayar: byr
	telepon: telp tlp tlpn telpon tlfn
	surat: srt
	kerja: krj
	akta: akte
	izin: ijin
	sertifikat: sertipikat
	kebakaran: kbakaran kebakran
	kecelakaan: kcelakaan kclakaan laka kecelakan

	ora: ra rak ndak
	mboten: mbten boten
	durung: drg drng urung
	wis: wes uwis
	sampun: smpun
	kula: kulo
	nang: ning neng
	piye: pye pie kepiye kepriye
	akeh: okeh
	saiki: siki
	sakniki: saniki
	griya: griyo
	toya: toyo
	margi: mergi
	banyu: bnyu
`)

func readAbbreviations(table string) map[string][]string {
	m := make(map[string][]string)
	for line := range strings.Lines(table) {
		full, short, ok := strings.Cut(line, ":")
		if !ok {
			continue
		}
		words := strings.Fields(full)
		for _, s := range strings.Fields(short) {
			m[s] = words
		}
	}
	return m
}
