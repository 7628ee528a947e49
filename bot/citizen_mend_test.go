package bot

import (
	"slices"
	"strings"
	"testing"
	"time"

	"tanggap/hotline"
)

func TestWhatIsACorrection(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"eh salah, bukan Bugel tapi Sukosono": "sukosono", "maksud saya jalan provinsi": "jalan provinsi", "Ralat: di Bawu": "di bawu",
		"bukan Bugel tapi Sukosono": "sukosono", "lepat, sanes Bugel nanging Sukosono": "", "eh klentu pak, sanes Bugel nanging Sukosono": "sukosono",
		"eh salah pak, bukan Sukosono tapi Bugel": "bugel",
	} {
		got, ok := correcting(text)
		if !ok || want != "" && got != want {
			t.Errorf("%q: %q %v, want %q", text, got, ok, want)
		}
	}
	for _, text := range []string{
		"", "salah satu tiang listrik roboh", "maksudnya apa?", "maksudnya bagaimana pak", "jalan rusak di Bugel", "bukan main rusaknya jalan ini",
		"saya sudah lapor bukan sekali tapi tiga kali", "eh salah",
	} {
		if got, ok := correcting(text); ok {
			t.Errorf("%q was taken for a correction to %q", text, got)
		}
	}
}

func TestACorrectionAfterFilingIsARemarkAndNoNewCase(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"eh salah, bukan Tegalsambi tapi Karangrejo", "maksud saya jalan desa", "ralat, dekat pasar"} {
		c := newCitizen(t)
		c.say(t, "jalan rusak di desa Tegalsambi")
		c.say(t, "ya")
		if got := keys(c.say(t, text)); got[0] != "added.noted" {
			t.Errorf("%q: said %v", text, got)
		}
		c.only(t)
		if !slices.ContainsFunc(c.events, func(e hotline.Event) bool { return e.Kind == hotline.EvRemarked && c.said[e.Content].Text == text }) {
			t.Errorf("%q became %+v", text, c.events)
		}
		answered := slices.ContainsFunc(c.events, func(e hotline.Event) bool { return e.Kind == hotline.EvDetailed && e.Word == "milik/desa" })
		if answered != (text == "maksud saya jalan desa") {
			t.Errorf("%q: answered whose road it is: %v", text, answered)
		}
		c.now = c.now.Add(2 * correctWithin)
		if got := keys(c.say(t, text)); slices.Contains(got, "added.correction") {
			t.Errorf("%q two hours later: said %v", text, got)
		}
	}
}

func TestShorten(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "", "jalan rusak": "jalan rusak", "jalan rusak parah": "jalan rusak …", "jalanrusakparahsekali": "jalanrusakpa …", "jalan rusak, parah": "jalan rusak …",
	} {
		if got := shorten(text, 12); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestWordsWithParticles(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]command{"ga usah deh": wantDrop, "gak jadi ya pak": wantDrop, "mboten sios": wantDrop, "batal aja": wantDrop, "cek dong": wantCheck} {
		if got, ok := wanted(plain(text)); !ok || got != want {
			t.Errorf("%q: %q %v", text, got, ok)
		}
	}
	for _, text := range []string{"kirim", "ya kirim", "Ya, kirim!", "oke kirim", "iya", "y", "kirim aja pak", "Nggih, kintun"} {
		if v, ok := readSend(nil, nil, sense{privacy: hotline.Open}, plain(text)); !ok || v != string(hotline.Open) {
			t.Errorf("%q: %q %v", text, v, ok)
		}
	}
	for _, text := range []string{"jangan kirim", "ya tapi salah tempat", "kirim foto ya", "pak"} {
		if v, ok := readSend(nil, nil, sense{privacy: hotline.Open}, plain(text)); ok {
			t.Errorf("%q was taken for %q", text, v)
		}
	}
}

func TestALanguageByItsName(t *testing.T) {
	t.Parallel()
	c := newCitizen(t)
	for _, v := range []struct {
		say  string
		want hotline.Lang
	}{
		{"bahasa jawa", hotline.Javanese}, {"bahasa inggris", hotline.English}, {"ganti bahasa jawa", hotline.Javanese}, {"english please", hotline.English},
		{"basa indonesia", hotline.Indonesian},
	} {
		if c.say(t, v.say); c.conv.Person.Language != v.want {
			t.Errorf("%q: %s", v.say, c.conv.Person.Language)
		}
	}
}

func TestJavaneseIsOfferedOnce(t *testing.T) {
	t.Parallel()
	c := newCitizen(t)
	offered := func(outs []hotline.Out) bool { return slices.Contains(choices(outs), "c:lang:jv") }
	c.hand(t, time.Second, hotline.Message{Kind: hotline.MsgText, Text: "dalan ngarep omahku bolong gedhe banget"})
	if outs := c.hand(t, time.Second, hotline.Message{Kind: hotline.MsgText, Text: "wis suwe ora didandani"}); !offered(outs) {
		t.Errorf("not offered with the first answer: %v", keys(outs))
	}
	if outs := c.say(t, "nang desa Tegalsambi"); offered(outs) {
		t.Error("offered twice")
	}
	if outs := newCitizen(t).say(t, "jalan depan rumah saya berlubang besar sekali"); offered(outs) {
		t.Error("offered to somebody who writes Indonesian")
	}
}

func TestAnUnknownPlaceIsAskedOnceThenChosenThenLeft(t *testing.T) {
	t.Parallel()
	c := newCitizen(t)
	for i, want := range []string{"place.ask", "place.unknown", "send.nowhere"} {
		text := "dekat warung pak Slamet"
		if i == 0 {
			text = "jalan rusak parah"
		}
		if got := keys(c.say(t, text)); !slices.Contains(got, want) {
			t.Fatalf("%d: said %v, want %s", i, got, want)
		}
	}
	c = newCitizen(t)
	c.say(t, "jalan rusak parah")
	c.say(t, "dekat warung pak Slamet")
	if got := keys(c.press(t, "c:1:place:in-99.01.02")); got[0] != "place.village" {
		t.Errorf("a kecamatan: %v", got)
	}
	if got := keys(c.press(t, "c:1:place:99.01.02.2001")); !slices.Contains(got, "send.place") {
		t.Errorf("a village of it: %v", got)
	}
	for _, v := range []string{"in-", "in-99.01.02.2001", "page-9", "page--1", "page-x", "99"} {
		if got := keys(c.press(t, "c:1:place:"+v)); got[0] != "button.old" {
			t.Errorf("%s: %v", v, got)
		}
	}
}

func TestPhotosBeyondTheMostAreLeftOutAndThatIsSaid(t *testing.T) {
	t.Parallel()
	c := newCitizen(t)
	photo := func() []hotline.Out {
		return c.hand(t, time.Second, hotline.Message{Kind: hotline.MsgMedia, Media: &hotline.Media{Kind: hotline.Photo}})
	}
	c.say(t, "jalan rusak di desa Tegalsambi")
	for i := range maxMedia + 5 {
		if got := keys(photo()); slices.Contains(got, "draft.media") != (i >= maxMedia) {
			t.Fatalf("photo %d: said %v", i+1, got)
		}
	}
	c.now = c.now.Add(time.Minute)
	c.say(t, "ya")
	filed := c.only(t)
	if n := len(c.said[filed.Story].Media); n != maxMedia {
		t.Errorf("%d photos were filed", n)
	}
	for i := range maxMedia + 5 {
		if got := keys(photo()); slices.Contains(got, "added.enough") != (i >= maxMedia) {
			t.Fatalf("photo %d after filing: said %v", i+1, got)
		}
	}
	c.happens(t, filed.ID, append(taken(c.now), hotline.Event{Kind: hotline.EvAsked, Assignment: 5, By: 9, Facts: hotline.Facts{Due: c.now.AddDate(0, 1, 0)}})...)
	c.now = c.now.Add(time.Hour)
	if got := keys(photo()); slices.Contains(got, "added.enough") {
		t.Errorf("an officer asked, and the photo was refused: %v", got)
	}
}

func TestAHumanIsAskedForWithWords(t *testing.T) {
	t.Parallel()
	c := newCitizen(t)
	if got := keys(c.say(t, "petugas")); got[0] != "human.ask" || c.filed != 0 {
		t.Fatalf("said %v, %d cases", got, c.filed)
	}
	if got := keys(c.say(t, "batal")); got[0] != "cancel.done" || c.filed != 0 {
		t.Errorf("cancelled: said %v, %d cases", got, c.filed)
	}
	c.say(t, "petugas")
	if got := keys(c.say(t, "saya mau tanya soal surat pindah")); got[0] != "human.reads" {
		t.Errorf("said %v", got)
	}
	if got := c.only(t); !strings.Contains(c.said[got.Story].Text, "surat pindah") {
		t.Errorf("filed %+v", got)
	}
}

func TestTheOfferToSendALocationIsTakenAway(t *testing.T) {
	t.Parallel()
	c := newCitizen(t)
	if outs := c.say(t, "jalan rusak parah"); outs[0].Reply.Ask != hotline.AskPlace {
		t.Fatalf("not offered: %+v", outs[0].Reply)
	}
	if outs := c.say(t, "desa Tegalsambi"); outs[0].Reply.Ask != hotline.AskNothing {
		t.Errorf("the yes has buttons of its own: %+v", outs[0].Reply)
	}
	if outs := c.say(t, "ya"); outs[0].Reply.Ask != hotline.AskDone {
		t.Errorf("not taken away with the number: %+v", outs[0].Reply)
	}
	if outs := c.say(t, "Desa"); outs[0].Reply.Ask != hotline.AskNothing {
		t.Errorf("taken away twice: %+v", outs[0].Reply)
	}
}

func TestButtonsByTheirWords(t *testing.T) {
	t.Parallel()
	c := newCitizen(t)
	c.say(t, "jalan rusak di desa Tegalsambi")
	for _, v := range []struct{ say, want string }{
		{"ubah", "change.what"}, {"Tempatnya", "place.ask"}, {"Karangrejo", "place.which"}, {"tidak tahu", "send.nowhere"}, {"salah", "change.what"},
		{"kerahasiaannya", "change.privacy"}, {"rahasia", "send.secret"}, {"kirim rahasia", "file.done"},
	} {
		if got := keys(c.say(t, v.say)); !slices.Contains(got, v.want) {
			t.Fatalf("%q: said %v, want %s", v.say, got, v.want)
		}
	}
	c.say(t, "lewati")
	c.say(t, "lewati")
	c.now = c.now.Add(5 * time.Minute)
	if got := keys(c.say(t, "lampunya juga")); got[0] != "near.ask" {
		t.Fatalf("said %v", got)
	}
	if got := keys(c.say(t, "laporan baru")); slices.Contains(got, "near.ask") {
		t.Errorf("a new report was wanted: %v", got)
	}
}
