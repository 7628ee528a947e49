package bot

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tanggap/hotline"
)

func TestMatterAndPlaceTakeThreeMessages(t *testing.T) {
	t.Parallel()
	c := newCitizen(t)
	if got := keys(c.say(t, "Jalan rusak parah di desa Tegalsambi")); !slices.Contains(got, "send.ask") {
		t.Fatalf("after the story: %v", got)
	}
	outs := c.say(t, "ya")
	if got := keys(outs); got[0] != "file.done" || !slices.Contains(got, "quiz.ask") {
		t.Errorf("after the yes: %v", got)
	}
	if got := c.only(t); got.Category != "jalan-rusak" || got.Area != "99.01.02.2001" || got.Privacy != hotline.Open || got.Kind != hotline.Complaint {
		t.Errorf("filed %+v", got)
	}
}

func TestYesPressedTwiceFilesOnce(t *testing.T) {
	t.Parallel()
	c := newCitizen(t)
	yes := choices(c.say(t, "Jalan rusak di desa Tegalsambi"))[0]
	c.press(t, yes)
	if got := keys(c.press(t, yes)); !slices.Equal(got, []string{"file.already"}) {
		t.Errorf("the second press: %v", got)
	}
	c.only(t)
}

func TestBubblesShareOneWaitingAnswer(t *testing.T) {
	t.Parallel()
	c := newCitizen(t)
	var slots []string
	for _, text := range []string{"Assalamualaikum", "jalan rusak", "di desa Tegalsambi"} {
		outs := c.hand(t, time.Second, hotline.Message{Kind: hotline.MsgText, Text: text})
		if len(outs) != 1 || !outs[0].Due.Equal(c.now.Add(4*time.Second)) {
			t.Fatalf("%q: answered with %+v", text, outs)
		}
		slots = append(slots, outs[0].Slot)
	}
	if slots[0] == "" || slots[0] != slots[1] || slots[1] != slots[2] {
		t.Errorf("slots %v: not one answer that moves", slots)
	}
	outs := c.press(t, choices(c.outs)[0])
	if outs[0].Slot != slots[0] || !outs[0].Due.IsZero() {
		t.Errorf("a choice is answered at once and takes the waiting answer's place: %+v", outs[0])
	}
	if outs := c.say(t, "terima kasih"); outs[0].Slot == slots[0] {
		t.Errorf("what was told about a filed case could be replaced by %v", keys(outs))
	}
}

func TestATypedYesCountsOnlyOnceTheQuestionWasShown(t *testing.T) {
	t.Parallel()
	c := newCitizen(t)
	c.hand(t, time.Second, hotline.Message{Kind: hotline.MsgText, Text: "Jalan rusak di desa Tegalsambi"})
	c.hand(t, time.Second, hotline.Message{Kind: hotline.MsgText, Text: "ya"})
	if c.filed != 0 {
		t.Error("filed by a yes that came before anything was asked")
	}
	c.say(t, "ya")
	if c.filed != 1 {
		t.Error("not filed by the yes to what was asked")
	}
}

func TestDangerIsAnsweredFirstOfAll(t *testing.T) {
	t.Parallel()
	for name, before := range map[string][]string{
		"at once":                 nil,
		"in a draft":              {"jalan rusak"},
		"while changing":          {"jalan rusak di desa Tegalsambi", "c:1:change:story"},
		"while asked for a word":  {"petugas"},
		"after an extra question": {"jalan rusak di desa Tegalsambi", "ya"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCitizen(t)
			for _, b := range before {
				if strings.HasPrefix(b, "c:") {
					c.press(t, b)
				} else {
					c.say(t, b)
				}
			}
			outs := c.say(t, "tolong ada kebakaran di desa Tegalsambi")
			if outs[0].Lane != hotline.LaneEmergency || outs[0].Reply.Lines[0].Key != "danger.call" || !outs[0].Due.IsZero() {
				t.Fatalf("answered with %+v", outs[0])
			}
			urgent := 0
			for _, got := range c.cases {
				if got.Urgent && got.Category == "kebakaran" && got.Area == "99.01.02.2001" {
					urgent++
				}
			}
			if urgent != 1 {
				t.Errorf("%d urgent cases, want one", urgent)
			}
			filed := c.filed
			c.say(t, "masih terbakar, tolong cepat")
			if c.filed != filed {
				t.Error("the next message became another case")
			}
		})
	}
}

func TestAPinPlacesAnEmergency(t *testing.T) {
	t.Parallel()
	c := newCitizen(t)
	if outs := c.say(t, "ada kebakaran!"); outs[0].Reply.Ask != hotline.AskPlace {
		t.Errorf("the place was not asked for: %+v", outs[0].Reply)
	}
	c.hand(t, time.Second, hotline.Message{Kind: hotline.MsgPin, Pin: &hotline.Point{Lat: -6.57, Lng: 110.67}})
	if got := c.only(t); got.Area != "99.01.02.2001" {
		t.Errorf("area %q", got.Area)
	}
}

func TestSecretMattersStaySecretUnlessThePersonSaysOtherwise(t *testing.T) {
	t.Parallel()
	for _, v := range []struct {
		press string
		want  hotline.Privacy
	}{{"secret", hotline.Secret}, {"open", hotline.Open}, {"anonymous", hotline.Anonymous}} {
		c := newCitizen(t)
		outs := c.say(t, "anak itu sering dipukul ayahnya di desa Tegalsambi")
		if !slices.Contains(keys(outs), "send.secret") {
			t.Fatalf("not said to be secret: %v", keys(outs))
		}
		c.press(t, "c:1:send:"+v.press)
		if got := c.only(t); got.Privacy != v.want {
			t.Errorf("%s: filed %s", v.press, got.Privacy)
		}
	}
}

func TestWhatIsAskedDependsOnWhatIsMissing(t *testing.T) {
	t.Parallel()
	pin := func(lat, lng float64) hotline.Message {
		return hotline.Message{Kind: hotline.MsgPin, Pin: &hotline.Point{Lat: lat, Lng: lng}}
	}
	media := func(kind hotline.MediaKind, text string) hotline.Message {
		return hotline.Message{Kind: hotline.MsgMedia, Media: &hotline.Media{Kind: kind}, Text: text}
	}
	text := func(s string) hotline.Message { return hotline.Message{Kind: hotline.MsgText, Text: s} }
	for name, v := range map[string]struct {
		said []hotline.Message
		want string
	}{
		"nothing missing":            {[]hotline.Message{text("jalan rusak di desa Tegalsambi")}, "send.ask"},
		"place":                      {[]hotline.Message{text("jalan rusak parah")}, "place.ask"},
		"place by pin":               {[]hotline.Message{text("jalan rusak parah"), pin(-6.57, 110.67)}, "send.ask"},
		"pin outside":                {[]hotline.Message{text("jalan rusak parah"), pin(-7.7, 110.3)}, "place.outside"},
		"two villages of one name":   {[]hotline.Message{text("jalan rusak di desa Karangrejo")}, "place.which"},
		"village named as kecamatan": {[]hotline.Message{text("jalan rusak di Selatan")}, "place.which"},
		"told apart by kecamatan":    {[]hotline.Message{text("jalan rusak di desa Karangrejo kecamatan Utara")}, "send.ask"},
		"photo alone":                {[]hotline.Message{media(hotline.Photo, "")}, "story.photo"},
		"photo with a caption":       {[]hotline.Message{media(hotline.Photo, "jalan rusak di desa Tegalsambi")}, "send.ask"},
		"voice alone":                {[]hotline.Message{media(hotline.Voice, "")}, "story.voice"},
		"voice and place":            {[]hotline.Message{media(hotline.Voice, ""), text("Tegalsambi")}, "send.voice"},
		"pin alone":                  {[]hotline.Message{pin(-6.57, 110.67)}, "story.pin"},
		"matter":                     {[]hotline.Message{text("tetangga saya memelihara jin di desa Tegalsambi")}, "matter.tell"},
		"a question needs no place":  {[]hotline.Message{text("mau tanya, jadwal angkut sampah hari apa ya?")}, "send.head.inquiry"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCitizen(t)
			var outs []hotline.Out
			for _, m := range v.said {
				outs = c.hand(t, 10*time.Second, m)
			}
			if got := keys(outs); !slices.Contains(got, v.want) {
				t.Errorf("said %v, want %s", got, v.want)
			}
		})
	}
}

func TestAnAnswerToAnOfficersQuestionIsTakenWithoutAsking(t *testing.T) {
	t.Parallel()
	c := newCitizen(t)
	c.say(t, "jalan rusak di desa Tegalsambi")
	c.say(t, "ya")
	filed := c.only(t)
	c.happens(t, filed.ID, append(taken(c.now), hotline.Event{Kind: hotline.EvAsked, Assignment: 5, By: 9, Facts: hotline.Facts{Due: c.now.AddDate(0, 1, 0)}})...)
	c.now = c.now.Add(time.Hour)
	outs := c.say(t, "dekat pasar")
	if got := c.only(t); got.Status != hotline.Working {
		t.Errorf("status %s after %v", got.Status, keys(outs))
	}
	if !slices.ContainsFunc(outs, func(o hotline.Out) bool { return o.Person == 9 }) {
		t.Error("the officer was not told")
	}
}

func TestRatingByWordAndTooLateToReopen(t *testing.T) {
	t.Parallel()
	c := newCitizen(t)
	c.say(t, "jalan rusak di desa Tegalsambi")
	c.say(t, "ya")
	filed := c.only(t)
	c.happens(t, filed.ID, append(taken(c.now), hotline.Event{Kind: hotline.EvResolved, Assignment: 5, By: 9})...)
	c.now = c.now.Add(time.Hour)
	c.say(t, "4")
	if got := c.only(t); got.Rating != 4 {
		t.Fatalf("rated %d", got.Rating)
	}
	c.say(t, "cepat sekali")
	if e := c.events[len(c.events)-1]; e.Kind != hotline.EvRated || c.said[e.Content].Text != "cepat sekali" {
		t.Errorf("the word became %+v", e)
	}
	within := c.conv.State
	c.now = c.now.AddDate(0, 0, 7)
	if got := keys(c.say(t, "belum beres")); got[0] != "reopen.ask" {
		t.Errorf("within the limit: %v", got)
	}
	c.conv.State, c.now = within, c.now.AddDate(0, 1, 0)
	outs := c.say(t, "belum beres")
	if got := keys(outs); got[0] != "reopen.late" {
		t.Fatalf("after the limit: %v", got)
	}
	c.press(t, choices(outs)[0])
	c.say(t, "berlubang lagi")
	c.say(t, "ya")
	var latest hotline.Case
	for _, got := range c.cases {
		if got.ID > latest.ID {
			latest = got
		}
	}
	if latest.ID == filed.ID || !strings.Contains(c.said[latest.Story].Text, c.cases[filed.ID].Number.String()) || latest.Area != filed.Area {
		t.Errorf("the new case %+v does not go on from the old one: %q", latest, c.said[latest.Story].Text)
	}
}

func TestAFloodIsSlowedAndNothingIsLost(t *testing.T) {
	t.Parallel()
	c := newCitizen(t)
	for i := range 30 {
		outs := c.hand(t, time.Second, hotline.Message{Kind: hotline.MsgText, Text: "jalan rusak di desa Tegalsambi"})
		wait := outs[0].Due.Sub(c.now)
		if i < floodOver && wait != 4*time.Second || i >= floodOver && wait <= 4*time.Second {
			t.Fatalf("message %d waits %s", i+1, wait)
		}
	}
	c.now = c.now.Add(2 * time.Minute)
	if outs := c.say(t, "ya"); !outs[0].Due.IsZero() {
		t.Errorf("still slowed when the flood is over")
	}
	if got := strings.Count(c.said[c.only(t).Story].Text, "jalan rusak"); got != 30 {
		t.Errorf("%d of 30 messages were kept", got)
	}
}

func TestAStoryLongerThanAnyStoryIsNotTakenOnSilently(t *testing.T) {
	t.Parallel()
	c := newCitizen(t)
	full := 0
	for range 10 {
		if slices.Contains(keys(c.say(t, strings.Repeat("jalan rusak di desa Tegalsambi ", 512))), "draft.full") {
			full++
		}
	}
	if kept := 10 - full; full == 0 || kept*512*31 < maxStory/2 || len(c.conv.State) > 2*maxStory {
		t.Errorf("%d of 10 were refused, the state has %d bytes", full, len(c.conv.State))
	}
}

func TestWithdrawingAsksOnce(t *testing.T) {
	t.Parallel()
	c := newCitizen(t)
	c.say(t, "jalan rusak di desa Tegalsambi")
	c.say(t, "ya")
	c.say(t, "cabut")
	if got := c.only(t); got.Status == hotline.Withdrawn {
		t.Fatal("withdrawn without being asked")
	}
	c.say(t, "ya")
	if got := c.only(t); got.Status != hotline.Withdrawn {
		t.Errorf("status %s", got.Status)
	}
}

func TestLanguageIsGuessedOnceAndKept(t *testing.T) {
	t.Parallel()
	for code, want := range map[hotline.Lang]hotline.Lang{"jv": hotline.Javanese, "en": hotline.English, "ru": hotline.Indonesian, "": hotline.Indonesian} {
		c := newCitizen(t)
		c.hand(t, time.Second, hotline.Message{Kind: hotline.MsgText, Text: "halo", Language: code})
		if c.conv.Person.Language != want {
			t.Errorf("%q: %s", code, c.conv.Person.Language)
		}
		c.press(t, "c:lang:en")
		c.hand(t, time.Second, hotline.Message{Kind: hotline.MsgText, Text: "halo", Language: code})
		if c.conv.Person.Language != hotline.English {
			t.Errorf("%q: not kept", code)
		}
	}
}

func TestErasureIsAskedOnceMoreAndOpensOneRequest(t *testing.T) {
	t.Parallel()
	c := newCitizen(t)
	if got := keys(c.say(t, "hapus data saya")); got[0] != "private.sure" || c.erasures != 0 {
		t.Fatalf("%v", got)
	}
	outs := c.say(t, "ya")
	if c.erasures != 1 || !slices.ContainsFunc(outs, func(o hotline.Out) bool { return o.Person == 3 }) {
		t.Errorf("the coordinator was not told: %v", keys(outs))
	}
	c.say(t, "hapus data saya")
	if got := keys(c.press(t, "p:yes")); !slices.Equal(got, []string{"private.open"}) {
		t.Errorf("asked again: %v", got)
	}
	if got := keys(c.press(t, "p:do:1")); got[0] != "button.old" {
		t.Errorf("somebody who is no coordinator decided: %v", got)
	}
}

// A state of an earlier version must go on. When the fields change, add a line and keep the old ones.
func TestStatesOfEarlierVersionsGoOn(t *testing.T) {
	t.Parallel()
	for _, v := range []struct{ state, say, want string }{
		{``, "jalan rusak di desa Tegalsambi", "send.ask"},
		{`{}`, "jalan rusak di desa Tegalsambi", "send.ask"},
		{`{"c":{"d":{"n":1,"b":[{"t":"jalan rusak"}],"t":"2026-11-23T09:00:00+07:00","h":"2026-11-23T09:00:00+07:00"},"n":1,"gone":true}}`, "tegalsambi", "send.ask"},
		{`{"c":{"d":{"n":3,"b":[{"t":"jalan rusak"}],"a":"99.01.02.2001","t":"2026-11-23T09:00:00+07:00","h":"2026-11-23T09:00:00+07:00"},"n":3}}`, "ya", "file.done"},
	} {
		c := newCitizen(t)
		c.conv.State = []byte(v.state)
		if got := keys(c.say(t, v.say)); !slices.Contains(got, v.want) {
			t.Errorf("%s: said %v, want %s", v.state, got, v.want)
		}
	}
}

func TestPressedButtons(t *testing.T) {
	t.Parallel()
	for v, want := range map[string]pressed{
		"c:menu":         {verb: "menu", args: []string{}},
		"c:rate:17:5":    {verb: "rate", args: []string{"17", "5"}},
		"c:3:send:open":  {draft: 3, verb: "send", args: []string{"open"}},
		"c:12:place:9.1": {draft: 12, verb: "place", args: []string{"9.1"}},
	} {
		if got, ok := parsePressed(v); !ok || got.draft != want.draft || got.verb != want.verb || !slices.Equal(got.args, want.args) {
			t.Errorf("%s: %+v %v", v, got, ok)
		}
	}
	for _, v := range []string{"", "c:", "x:menu", "c:0:send:open", "c:-1:send:open", "c:3", "c:3:send", "c:3::x", "c:3:a:b:c"} {
		if got, ok := parsePressed(v); ok {
			t.Errorf("%q was taken for %+v", v, got)
		}
	}
}

func FuzzParsePressed(f *testing.F) {
	for _, v := range []string{"c:menu", "c:3:send:open", "c:rate:1:5", "s:take:1", "c:99999999999999999999:a:b"} {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, v string) {
		p, ok := parsePressed(v)
		if ok && p.verb == "" {
			t.Errorf("%q: no verb", v)
		}
		if p.caseID() < 0 || p.draft < 0 {
			t.Errorf("%q: %+v", v, p)
		}
	})
}

func TestWholeMessagesOnly(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]command{
		"batal": wantDrop, "BATAL!": wantDrop, " Menu ": wantMenu, "/start": wantStart, "/start@tanggap_bot abc": wantStart, "cek": wantCheck, "Petugas.": wantHuman,
		"basa": wantLanguage, "Belum beres": wantReopen, "/lapor": wantReport,
	} {
		if got, ok := wanted(plain(s)); !ok || got != want {
			t.Errorf("%q: %q %v", s, got, ok)
		}
	}
	for _, s := range []string{"", "petugas tidak datang", "jangan batal", "menu makanan di pasar basi", "status jalan rusak", "/tidakada"} {
		if got, ok := wanted(plain(s)); ok {
			t.Errorf("%q was taken for %q", s, got)
		}
	}
}

func TestE164(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"0812-3456-7890": "+6281234567890", "+62 812 3456 7890": "+6281234567890", "6281234567890": "+6281234567890", "+1 (555) 123-4567": "+15551234567",
		"112": "", "": "", "abc": "", "0812345678901234567": "",
	} {
		if got := e164(s); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}

// Whatever a person does, they get an answer; what is said can be drawn in every language; buttons fit; and what they wrote is kept until filed
// or thrown away.
func TestEverythingGetsAnAnswer(t *testing.T) {
	t.Parallel()
	texts := []string{
		"", "P", "halo", "ya", "tidak", "batal", "menu", "cek", "kembali", "petugas", "bahasa", "lapor", "cabut", "belum beres", "data saya", "hapus data saya",
		"7", "3", "jalan rusak", "jalan rusak di desa Tegalsambi", "sampah", "Karangrejo", "di Selatan", "tidak tahu", "lainnya", "kebakaran", "hampir terbakar kemarin",
		"dipukul", "eh salah, bukan Tegalsambi tapi Karangrejo", "ga usah deh", "bahasa jawa", "dalan bolong ora didandani", "desa tegal", "KCL-261123-0001", "KCL-261123-0001G", "terima kasih", "/apa", "lewati", strings.Repeat("panjang ", 1200), "a\x00b\xff", "\u202e😀",
	}
	rapid.Check(t, func(rt *rapid.T) {
		c := newCitizen(t)
		var buttons []string
		for range rapid.IntRange(1, 25).Draw(rt, "messages") {
			m := hotline.Message{Kind: rapid.SampledFrom([]hotline.MessageKind{
				hotline.MsgText, hotline.MsgText, hotline.MsgText, hotline.MsgChoice, hotline.MsgChoice, hotline.MsgChoice, hotline.MsgPin, hotline.MsgMedia,
				hotline.MsgContact, hotline.MsgEdit, hotline.MsgSticker, hotline.MsgPoll, hotline.MsgOther,
			}).Draw(rt, "kind"), Forwarded: rapid.Bool().Draw(rt, "forwarded")}
			switch m.Kind {
			case hotline.MsgChoice:
				m.Choice, m.Callback = "x", "cb"
				if len(buttons) > 0 {
					m.Choice = rapid.SampledFrom(buttons).Draw(rt, "button")
				}
			case hotline.MsgPin:
				m.Pin = &hotline.Point{Lat: rapid.Float64Range(-7, -6).Draw(rt, "lat"), Lng: 110.6}
			case hotline.MsgMedia:
				m.Media = &hotline.Media{Kind: rapid.SampledFrom([]hotline.MediaKind{hotline.Photo, hotline.Voice, hotline.Document}).Draw(rt, "medium"),
					Size: rapid.SampledFrom([]int64{0, 21 << 20}).Draw(rt, "size")}
				m.Text = rapid.SampledFrom(texts).Draw(rt, "caption")
			case hotline.MsgContact:
				m.Contact = &hotline.Contact{Phone: rapid.SampledFrom([]string{"", "0812345678"}).Draw(rt, "phone"), Own: rapid.Bool().Draw(rt, "own")}
			case hotline.MsgEdit:
				m.Ref = "m11"
				m.Text = rapid.SampledFrom(texts).Draw(rt, "text")
			default:
				m.Text = rapid.SampledFrom(texts).Draw(rt, "text")
			}
			if rapid.IntRange(0, 9).Draw(rt, "officer") == 0 {
				for id, got := range c.cases {
					if got.Status == hotline.Filed {
						c.happens(t, id, append(taken(c.now), hotline.Event{Kind: hotline.EvResolved, Assignment: 5, By: 9})...)
					}
				}
			}
			outs := c.hand(t, time.Duration(rapid.IntRange(0, 600).Draw(rt, "seconds"))*time.Second, m)
			said := 0
			for _, o := range outs {
				if o.To != 0 && len(o.Reply.Lines) > 0 {
					said++
				}
				for _, l := range hotline.KnownLanguages() {
					text, _, _ := c.book.Reply(l, o.Reply, c.facts())
					if len(o.Reply.Lines) > 0 && strings.TrimSpace(text) == "" {
						rt.Fatalf("%+v draws nothing", o.Reply)
					}
				}
			}
			if said == 0 {
				rt.Fatalf("no answer to %+v", m)
			}
			if len(c.wrong) > 0 {
				rt.Fatalf("%v", c.wrong)
			}
			for _, v := range choices(outs) {
				if len(v) > 64 || v == "" {
					rt.Fatalf("a button of %d bytes: %q", len(v), v)
				}
				buttons = append(buttons, v)
			}
		}
		for id, got := range c.cases {
			var of []hotline.Event
			for _, e := range c.events {
				if e.Case == id {
					of = append(of, e)
				}
			}
			sum, err := hotline.Sum(of)
			if err != nil || sum.Status != got.Status || sum.Area != got.Area {
				rt.Fatalf("case %d is not the sum of its events: %v", id, err)
			}
		}
	})
}

func FuzzState(f *testing.F) {
	f.Add([]byte(`{"c":{"d":{"n":1,"b":[{"t":"jalan rusak"}]},"n":1}}`), "ya")
	f.Add([]byte(`{"c":{"d":{"n":1,"e":"what","g":"api","l":[1,2]},"w":"urgent","a":7,"q":{"c":1,"k":"jalan-rusak","q":"milik"}}}`), "c:1:near:1")
	f.Add([]byte(`{"c":{"d":{"n":-1,"f":-5,"m":99,"b":[{}]},"s":-3,"l":{"c":5}}}`), "batal")
	c := newCitizen(f)
	f.Fuzz(func(t *testing.T, old []byte, said string) {
		var st state
		if json.Unmarshal(old, &st) != nil {
			return
		}
		fresh := *c
		fresh.conv.State, fresh.cases, fresh.said, fresh.now = old, map[hotline.CaseID]hotline.Case{}, map[hotline.ContentID]hotline.Content{}, deskMonday
		for _, m := range []hotline.Message{{Kind: hotline.MsgText, Text: said}, {Kind: hotline.MsgChoice, Choice: said, Callback: "cb"}} {
			fresh.outs = nil
			out, err := fresh.bot.Handle(context.Background(), &fresh, deskMonday, fresh.conv, m)
			if err != nil {
				t.Fatalf("%v", err)
			}
			if len(fresh.outs) == 0 {
				t.Errorf("no answer to %+v", m)
			}
			if json.Unmarshal(out, &st) != nil {
				t.Errorf("the new state cannot be read: %s", out)
			}
		}
	})
}
