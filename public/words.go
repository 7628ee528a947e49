package public

import (
	"fmt"
	"strings"

	"tanggap/hotline"
)

// A word is one sentence in the three languages. {name} stands for a value.
type word struct{ ID, JV, EN string }

// catalogue is every sentence of the pages.
var catalogue = map[string]word{
	"app":      {"Tanggap", "Tanggap", "Tanggap"},
	"skip":     {"Langsung ke isi", "Langsung dhateng isi", "Skip to the content"},
	"nav":      {"Halaman", "Kaca", "Pages"},
	"language": {"Bahasa", "Basa", "Language"},
	"lang.id":  {"Bahasa Indonesia", "Bahasa Indonesia", "Bahasa Indonesia"},
	"lang.jv":  {"Basa Jawa", "Basa Jawa", "Basa Jawa"},
	"lang.en":  {"English", "English", "English"},
	"danger":   {"Ada bahaya? Telepon {number}.", "Wonten bebaya? Telpun {number}.", "In danger? Call {number}."},

	"problem.title": {"Ada gangguan", "Wonten alangan", "Something is wrong"},
	"problem.text":  {"Halaman ini belum bisa ditampilkan. Coba lagi sebentar lagi.", "Kaca menika dereng saged katon. Cobi malih sekedhap malih.", "This page cannot be shown just now. Try again in a moment."},

	"track.nav":     {"Cek laporan", "Cek laporan", "Check a report"},
	"track.title":   {"Sampai mana laporan Anda?", "Laporan panjenengan dumugi pundi?", "Where does your report stand?"},
	"track.intro":   {"Isi nomor laporan dan kata kuncinya. Keduanya kami beri saat Anda melapor.", "Isi nomer laporan kaliyan tembung kuncinipun. Kalihipun sampun kaparingaken nalika panjenengan lapor.", "Enter the report's number and its check word. You were told both when you reported."},
	"track.label":   {"Nomor laporan", "Nomer laporan", "Report number"},
	"track.example": {"Contoh: {number}", "Tuladha: {number}", "Example: {number}"},
	"track.word":    {"Kata kunci", "Tembung kunci", "Check word"},
	"track.how":     {"Dua kata, contoh: kelapa sepatu", "Kalih tembung, tuladha: kelapa sepatu", "Two words, for example: kelapa sepatu"},
	"track.look":    {"Lihat", "Tingali", "Look"},
	"track.empty":   {"Isi nomor laporan dan kata kunci.", "Isi nomer laporan kaliyan tembung kunci.", "Enter the report's number and the check word."},
	"track.number":  {"Nomor itu salah tulis. Lihat lagi huruf dan angkanya.", "Nomer menika klentu. Priksa malih aksara lan angkanipun.", "That number is mistyped. Look at its letters and digits again."},
	"track.wrong":   {"Nomor dan kata kunci tidak cocok. Lihat lagi keduanya.", "Nomer kaliyan tembung kunci mboten cocog. Priksa malih kalihipun.", "The number and the check word do not fit. Look at both again."},
	"track.often":   {"Terlalu banyak percobaan. Coba lagi satu jam lagi.", "Kakathahen cobi-cobi. Cobi malih setunggal jam malih.", "Too many tries. Try again in an hour."},
	"track.lost":    {"Lupa kata kuncinya? Tanyakan di tempat Anda melapor.", "Kesupen tembungipun? Tangkletaken ing papan panjenengan lapor.", "Forgot the check word? Ask where you reported."},
	"track.stands":  {"Laporan {number}", "Laporan {number}", "Report {number}"},
	"track.status":  {"Keadaan", "Kawontenan", "Status"},
	"track.bare":    {"Laporan ini rahasia. Halaman ini hanya menyebut keadaannya.", "Laporan menika wados. Kaca menika namung nyebat kawontenanipun.", "This report is secret. This page tells only its status."},
	"track.filed":   {"Diterima", "Katampi", "Received"},
	"track.matter":  {"Perihal", "Bab", "Matter"},
	"track.place":   {"Wilayah", "Wilayah", "Area"},
	"track.unit":    {"Ditangani oleh", "Dipuntandangi dening", "Handled by"},
	"track.due":     {"Dijanjikan selesai", "Dipunjanji rampung", "Promised by"},
	"track.date":    {"Dijadwalkan", "Dipunjadwal", "Scheduled for"},
	"track.asked":   {"Petugas menunggu jawaban Anda sampai {day}. Pertanyaannya ada di tempat Anda melapor.", "Petugas ngentosi wangsulan panjenengan ngantos {day}. Pitakenipun wonten ing papan panjenengan lapor.", "The officer waits for your answer until {day}. The question is where you reported."},
	"track.answers": {"Jawaban petugas", "Wangsulan petugas", "What was answered"},
	"track.none":    {"Belum ada jawaban.", "Dereng wonten wangsulan.", "There is no answer yet."},
	"track.erased":  {"Isi jawaban sudah dihapus.", "Isi wangsulan sampun dipunbusak.", "The words were erased."},
	"track.again":   {"Cek laporan lain", "Cek laporan sanesipun", "Check another report"},

	"answer.answered":     {"Kabar dari petugas", "Kabar saking petugas", "News from the officer"},
	"answer.scheduled":    {"Dijadwalkan", "Dipunjadwal", "Scheduled"},
	"answer.resolved":     {"Sudah ditangani", "Sampun dipuntandangi", "Done"},
	"answer.passed_on":    {"Diteruskan ke instansi lain", "Dipunterusaken dhateng instansi sanes", "Passed on to another body"},
	"answer.not_possible": {"Tidak bisa dikerjakan", "Mboten saged dipuntandangi", "It cannot be done"},

	"figures.nav":      {"Angka", "Angka", "Figures"},
	"figures.title":    {"Laporan warga dalam angka", "Laporan warga ing angka", "Citizens' reports in figures"},
	"figures.made":     {"Dihitung {day}. Setiap bulan dihitung sekali, dua minggu sesudahnya, lalu tetap.", "Dipunetang {day}. Saben sasi dipunetang sepisan, kalih minggu saksampunipun, lajeng tetep.", "Counted on {day}. Each month is counted once, two weeks after its end, and then stays."},
	"figures.none":     {"Angka belum dihitung. Lihat lagi besok.", "Angka dereng dipunetang. Tingali malih benjing-enjing.", "Nothing was counted yet. Look again tomorrow."},
	"figures.few":      {"Belum ada bulan dengan cukup laporan untuk ditampilkan.", "Dereng wonten sasi ingkang laporanipun cekap kangge dipuntingalaken.", "No month has enough reports to be shown yet."},
	"figures.rule":     {"Angka di bawah lima tidak ditampilkan (–) supaya tidak menunjuk orang. Laporan rahasia dan aduan tentang petugas hanya ikut dalam jumlah.", "Angka ing ngandhap gangsal mboten dipuntingalaken (–) supados mboten nuding tiyang. Laporan wados lan wadul bab petugas namung tumut ing cacahipun.", "No figure below five is shown (–), so that none points at a person. Secret reports and complaints about officials count only in totals."},
	"figures.months":   {"Per bulan", "Saben sasi", "By month"},
	"figures.month":    {"Bulan", "Sasi", "Month"},
	"figures.received": {"Diterima", "Katampi", "Received"},
	"figures.resolved": {"Sudah ditangani", "Sampun dipuntandangi", "Resolved"},
	"figures.open":     {"Masih terbuka", "Taksih dipuntandangi", "Open"},
	"figures.median":   {"Hari sampai jawaban pertama (median)", "Dinten ngantos wangsulan sepisan (median)", "Days to the first answer (median)"},
	"figures.shown":    {"Jumlah yang tampil", "Cacah ingkang katon", "Sum of what is shown"},
	"figures.groups":   {"Per bidang, {month}", "Saben bidang, {month}", "By field, {month}"},
	"figures.group":    {"Bidang", "Bidang", "Field"},
	"figures.places":   {"Per kecamatan, {month}", "Saben kecamatan, {month}", "By kecamatan, {month}"},
	"figures.place":    {"Kecamatan", "Kecamatan", "Kecamatan"},
	"figures.rest":     {"Lainnya, termasuk yang rahasia", "Sanesipun, kalebet ingkang wados", "All others, with those that are secret"},
	"figures.toofew":   {"Terlalu sedikit untuk dirinci.", "Sekedhik sanget kangge dipunrinci.", "Too few to be told apart."},
	"figures.csv":      {"Unduh semua angka (CSV)", "Undhuh sedaya angka (CSV)", "Download all figures (CSV)"},
}

// In gives the sentence in a language.
func (w word) In(lang hotline.Lang) string {
	switch lang {
	case hotline.Javanese:
		return w.JV
	case hotline.English:
		return w.EN
	}
	return w.ID
}

// say gives a sentence in a language. args are names and values in turn. A key that is none is a mistake of a template.
func say(lang hotline.Lang, key string, args ...any) (string, error) {
	w, ok := catalogue[key]
	if !ok {
		return "", fmt.Errorf("there is no sentence %q", key)
	}
	s := w.In(lang)
	for i := 0; i+1 < len(args); i += 2 {
		s = strings.ReplaceAll(s, fmt.Sprintf("{%v}", args[i]), fmt.Sprint(args[i+1]))
	}
	return s, nil
}

// months are how the languages name months.
var months = map[hotline.Lang][12]string{
	hotline.Indonesian: {"Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"},
	hotline.Javanese:   {"Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"},
	hotline.English:    {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
}
