package bot

import (
	"testing"

	"tanggap/hotline"
)

// Whose answer stands in the story is not asked; whatever is not plain is.
func TestWhatWasAlreadySaidIsNotAsked(t *testing.T) {
	t.Parallel()
	road := hotline.Question{ID: "milik", Options: []hotline.Option{
		{ID: "kab", Text: hotline.Text{"id": "Jalan kabupaten", "jv": "Margi kabupaten", "en": "The regency's"}},
		{ID: "desa", Text: hotline.Text{"id": "Jalan desa atau gang", "jv": "Margi dhusun", "en": "The village's"}},
		{ID: "prov", Text: hotline.Text{"id": "Jalan provinsi", "jv": "Margi provinsi", "en": "The province's"}},
		{ID: "entah", Text: hotline.Text{"id": "Tidak tahu", "jv": "Mboten mangertos", "en": "I don't know"}},
	}}
	hurt := hotline.Question{ID: "bahaya", Options: []hotline.Option{
		{ID: "ya", Text: hotline.Text{"id": "Sudah ada", "en": "Yes"}, Said: []string{"motor jatuh", "ada yang jatuh", "ana sing tiba", "somebody fell"}},
		{ID: "tidak", Text: hotline.Text{"id": "Belum", "en": "No"}, Said: []string{"belum ada yang jatuh"}},
	}}
	since := hotline.Question{ID: "sejak", Options: []hotline.Option{
		{ID: "hari", Text: hotline.Text{"id": "Beberapa hari"}}, {ID: "minggu", Text: hotline.Text{"id": "Lebih dari seminggu"}},
		{ID: "bulan", Text: hotline.Text{"id": "Lebih dari sebulan"}},
	}}
	smell := hotline.Question{ID: "kapan", Options: []hotline.Option{{ID: "siang", Text: hotline.Text{"id": "Siang"}}, {ID: "terus", Text: hotline.Text{"id": "Terus-menerus"}}}}
	aid := hotline.Question{ID: "jenis", Options: []hotline.Option{{ID: "pkh", Text: hotline.Text{"id": "PKH"}}, {ID: "lain", Text: hotline.Text{"id": "Lainnya"}}}}
	pole := hotline.Question{ID: "tiang"}
	placed := func(word string) bool { return word == "bawu" || word == "jepara" }
	for _, tt := range []struct {
		name, text, want string
		q                hotline.Question
	}{
		{"named", "jalan kabupaten di desa Bawu rusak", "kab", road},
		{"shortened", "Jln. kabupaten rusak parah pak", "kab", road},
		{"in Javanese", "margi kabupaten risak", "kab", road},
		{"the village's", "jalan desa rusak parah", "desa", road},
		{"a lane is the village's", "gang sempit belakang masjid rusak", "desa", road},
		{"a road in a village", "jalan desa Bawu rusak", "", road},
		{"denied", "ini bukan jalan kabupaten lho", "", road},
		{"asked", "apakah jalan kabupaten?", "", road},
		{"can't decide", "jalan kabupaten atau jalan provinsi ya", "", road},
		{"can't decide, in short", "jalan kabupaten atau apa ya", "", road},
		{"two of them", "jalan provinsi dekat gang mawar", "", road},
		{"not at all", "jalan berlubang di desa Bawu", "", road},
		{"doesn't know", "tidak tahu harus lapor ke mana", "", road},
		{"everyday words", "sudah ada lubang besar, belum diperbaiki", "", hurt},
		{"since when", "lampu mati sudah lebih dari seminggu pak", "minggu", since},
		{"a time of day is a story's", "siang tadi baunya menyengat", "", smell},
		{"one word that says it", "baunya terus-menerus", "terus", smell},
		{"an abbreviation", "PKH saya belum cair", "pkh", aid},
		{"something else", "tetangga dan lainnya dapat", "", aid},
		{"it happened", "jalan rusak parah, banyak lubang. Kemarin ada motor jatuh", "ya", hurt},
		{"in Javanese, it happened", "dalane jeglong, wingi ana sing tiba", "ya", hurt},
		{"in English, it happened", "A big hole. Somebody fell yesterday", "ya", hurt},
		{"it has not", "untung belum ada yang jatuh", "tidak", hurt},
		{"feared", "takut nanti ada motor jatuh", "", hurt},
		{"feared, at a distance", "jangan sampai ada anak sekolah atau motor jatuh", "", hurt},
		{"almost", "tadi hampir ada yang jatuh", "", hurt},
		{"possible", "bahaya, bisa ada yang jatuh", "", hurt},
		{"to come", "ada yang jatuh nanti siapa yang tanggung", "", hurt},
		{"a question", "apa harus ada yang jatuh dulu?", "", hurt},
		{"a question about it", "Sudah ada motor jatuh?", "", hurt},
		{"after a question", "Kapan diperbaiki? Kemarin ada motor jatuh", "ya", hurt},
		{"waited for", "masa menunggu ada yang jatuh baru diperbaiki", "", hurt},
		{"if", "Lubangnya besar. Kalau ada motor jatuh bagaimana", "", hurt},
		{"free words", "tiang nomor 12", "", pole},
		{"nothing", "", "", road},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, ok := alreadySaid(tt.q, tt.text, placed)
			if got != tt.want || ok != (tt.want != "") {
				t.Errorf("alreadySaid(%q) = %q, %v; want %q", tt.text, got, ok, tt.want)
			}
		})
	}
}
