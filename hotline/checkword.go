package hotline

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"strings"
	"unicode"
)

// A check word goes with a case's number, so that whoever filed it can look at where it stands without a chat: after a call, at a desk, from
// somebody
// else's telephone. The number alone is no secret (numbers are counted up); the word is not kept anywhere but follows from the number and a key.
//
// It is two short words of every day, as "kelapa sepatu", to be read out on a telephone and written on the back of a hand. 403 words make
// about 162,000 pairs, which is little: whoever asks for it must limit the tries.

// CheckWord gives the check word of a case's number, in small letters: two different words with a space between.
func CheckWord(key []byte, n Number) string {
	h := hmac.New(sha256.New, key)
	h.Write([]byte("check word " + n.String()))
	sum := h.Sum(nil)
	count := uint64(len(everydayWords))
	first := binary.BigEndian.Uint64(sum) % count
	second := binary.BigEndian.Uint64(sum[8:]) % (count - 1)
	if second >= first {
		second++ // the same word twice would sound like a plural
	}
	return everydayWords[first] + " " + everydayWords[second]
}

// IsCheckWord tells whether somebody typed the check word of a number: in any case, with whatever between the words. It takes the same time whether
// or not, so that a number that nobody has can be asked with it too.
func IsCheckWord(key []byte, n Number, typed string) bool {
	want, got := sha256.Sum256([]byte(bareWord(CheckWord(key, n)))), sha256.Sum256([]byte(bareWord(typed)))
	return subtle.ConstantTimeCompare(want[:], got[:]) == 1
}

// longestWord is how much of what was typed is looked at.
const longestWord = 64

// bareWord leaves the letters, small.
func bareWord(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s[:min(len(s), longestWord)])
}

// everydayWords are known to every child and spelled as they sound; no two differ in one letter only, or in two neighbours that changed places.
// Changing
// the list changes the words that people have been told.
var everydayWords = strings.Fields(`
	air alis anggur angin angsa anyam apel api arang arus asam atap awan badak baju bakso bakul baling bambu bangku bantal baskom batik bawang
	bayam bebek belut benih bensin beras besar besi biji bintang biola biru biskuit bonang boneka botol buaya bubuk bukit buku bulan bunga
	burung busur cabai cabang cacing candi cangkir capung cat catur celana cemara cendol cepat cerah cerita cermin cicak cincin cokelat cuaca
	cuka cumi dadu dahan damai dapur dasi datar daun debu delima delman denah dinding dingin domba dompet donat durian ekor elang emas ember
	embun enak engsel fajar film foto gading gajah gambar gamelan gandum garam garis garpu gayung gelas gembok gerbang gergaji gerimis getuk
	gitar gong guci gudang gula gunting gunung guru halus handuk hangat hari harum hasil helm hijau hitam hiu hujan ijuk ikan indah intan itik
	jagung jahe jalan jamu janur jarik jaring jati jempol jendela jerapah jernih jeruk jinak joglo kabut kaca kacang kado kain kaktus kamar
	kambing kamus kancil kancing kapal karet kartu kasur katak kawat kayu kebun kecap keju kelapa kelinci kemeja kemiri kencur kendi kentang
	keong keramik kerang keris kertas ketan kijang kipas klepon kolak kopi kopiah koran kuali kuda kue kumis kunci kuning kunyit kursi labu lada
	ladang lampu langit lantai laut layar lebah lele lemari lemon lereng lesung lilin lincah logam lombok lontong lumpia mahoni makan malam
	mangga manggis mangkuk manis mawar meja melati melon menara merdu merpati mie minggu minum minyak mobil mujair musang musik mutiara nama
	nanas nangka nelayan nila nyala nyiur obor ombak oncom padi pagar paku panah panci panda pantun papan paprika parut pasir pasta pedas pelan
	pelangi pelita pena pensil pepaya perahu perak permata petai piala piano pinggan pintu pinus pipa piring pisang pisau pohon pondok puding
	pulau pulpen pupuk putih puyuh rajin rakit ramah ranting ratu rawa rawon rebana rebung rempah rendang ringan roda rotan roti ruang rumput
	rusa sabun sagu sambal sampan sandal santan sarung sate sawah sawo sayap sayur seblak segar sejuk sekolah selada selimut semut senang sendok
	senja senter sepatu sepeda serabi sikat sinar singa siput sirup sisir sore sukun sulam suling sumur sungai supir surat sutra tahu talas tali
	taman tampah tape tas tebal tebing teh telaga teluk tempe tenda tepi terasi teratai terigu tiang tikar timba timun tinta tirai tokek tomat
	tongkat tugu tulip tumpeng tunas tupai ubi udara ular ungu unta untung vanila waduk wajan wajik waktu walet wangi warna waru wayang wedang
	wortel zaitun zebra
`)
