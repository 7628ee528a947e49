package bot

import (
	"testing"

	"pgregory.net/rapid"

	"tanggap/hotline"
	"tanggap/phrase"
)

func TestTheWishToJoinIsReadAndNothingElse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"hubungkan":                   "-",
		"Hubungkan.":                  "-",
		"/hubungkan":                  "-",
		"gabung nomor":                "-",
		"sambungkan WA":               "-",
		"connect":                     "-",
		"hubungkan K7QM2X":            "K7QM2X",
		"hubungkan k7q-m2x":           "K7QM2X",
		"HUBUNGKAN  K7Q M2X":          "K7QM2X",
		"hubungkan 123456":            "123456", // mistyped: it is told so
		"hubungkan K7QM20":            "K7QM20",
		"hubungkan kode k7qm2x":       "K7QM2X",
		"sambungkan WA K7 QM 2O":      "K7QM2O",
		"hubungkan saya":              "",
		"hubungkan dengan petugas":    "",
		"hubungkan 3 desa":            "",
		"hubungkan listrik rumah 22":  "",
		"jalan penghubung desa rusak": "",
		"K7QM2X":                      "",
		"":                            "",
	} {
		code, asked := joinWish(text)
		if got := map[bool]string{true: code, false: ""}[asked]; asked && code == "" {
			if want != "-" {
				t.Errorf("%q asks for a code", text)
			}
		} else if got != want && want != "-" || want == "-" {
			t.Errorf("%q gives %q, want %q", text, got, want)
		}
	}
}

func TestNoWordIsACode(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"K7QM2X": true, "k7q m2x": true, "K7Q-M2X": true, "banjir": false, "BANJIR": false, "123456": false, "234567": false, "K7QM2": false,
		"K7QM2XX": false, "tolong": false, "jl 234": false, "RT02AB": false, "ya": false, "": false,
	} {
		if got := isJoinCode(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestTakingInAGroupIsSaidInAWordOrTwo(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"ambil": true, "Ambil!": true, "saya ambil": true, "ambil ya pak": true, "siap ambil": true, "ambil 🙏": true, "take": true, "tak pendhet": true,
		"jangan ambil": false, "siapa ambil?": false, "ambil sampah di pasar": false, "Budi ambil": false, "sudah": false, "": false, "ok": false,
		"bukan kami": false, "lihat": false, "ambil alih": false, "ambil ambil": false,
	} {
		if got := takes(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// What stands in a group can be drawn in every language, never names a reporter, sends no voice, has no buttons, and keeps what is not for groups.
func TestGroupCardsKeepWhatIsNotForGroups(t *testing.T) {
	t.Parallel()
	r := village(t)
	book := phrase.New(r)
	book.Wrong = func(err error) { t.Error(err) }
	rapid.Check(t, func(rt *rapid.T) {
		c := hotline.Case{ID: 7, Reporter: 3, Status: hotline.Assigned, Story: 4, Area: "99.01.02.2001",
			Category: rapid.SampledFrom([]string{"jalan-rusak", "kekerasan", "kebakaran", ""}).Draw(rt, "category"),
			Privacy:  rapid.SampledFrom([]hotline.Privacy{hotline.Open, hotline.Anonymous, hotline.Secret, hotline.Sealed}).Draw(rt, "privacy"),
			About:    rapid.SampledFrom([]string{"", "", "pu"}).Draw(rt, "about"),
			Urgent:   rapid.Bool().Draw(rt, "urgent"), Reopened: rapid.IntRange(0, 1).Draw(rt, "reopened")}
		a := hotline.Assignment{ID: 5, Unit: "pu.jalan", State: hotline.Waiting, Due: deskMonday,
			Part: rapid.SampledFrom([]hotline.Part{hotline.Lead, hotline.Supporting, hotline.Responding}).Draw(rt, "part")}
		out, ok := GroupCard(r, c, a, rapid.IntRange(1, 3).Draw(rt, "round"))
		if hidden := c.Privacy.IsSecret() || c.About != "" || c.Category == "kekerasan"; ok == hidden {
			rt.Fatalf("shown: %v", ok)
		}
		if !ok {
			return
		}
		if len(out.Reply.Choices) != 0 || !out.Reply.Silent || out.Person != 0 || out.Case != 7 || out.Assign != 5 || out.Card != GroupCardName(5) {
			rt.Fatalf("%+v", out)
		}
		if c.Urgent != (out.Lane == hotline.LaneEmergency) {
			rt.Fatalf("lane %d", out.Lane)
		}
		for _, l := range out.Reply.Lines {
			for _, arg := range l.Args {
				switch {
				case arg.Is == hotline.ArgPerson:
					rt.Fatal("somebody is named")
				case c.Privacy.IsAnonymous() && (arg.Is == hotline.ArgContent || arg.Is == hotline.ArgMap || arg.Is == hotline.ArgArea && arg.V == c.Area):
					rt.Fatalf("an anonymous reporter's %s", arg.Is)
				}
			}
		}
		if c.Privacy.IsAnonymous() && len(out.Reply.Shows)+len(out.Reply.Media) > 0 {
			rt.Fatal("an anonymous reporter's photo")
		}
		for _, lang := range hotline.KnownLanguages() {
			text, _, _ := book.Reply(lang, out.Reply, phrase.Facts{Numbers: map[hotline.CaseID]hotline.Number{7: {Letters: "KCL", Day: "261123", Seq: 1}},
				Said: map[hotline.ContentID]hotline.Content{4: {Text: "jalan rusak"}}})
			if text == "" {
				rt.Fatal("nothing is said")
			}
		}
	})
}

// What is kept about a person goes to the address that asked and by no other.
func TestTheDataJoinsNoOtherAddress(t *testing.T) {
	t.Parallel()
	c := newCitizen(t)
	outs := c.hand(t, 0, hotline.Message{Kind: hotline.MsgText, Text: "data saya"})
	if len(outs) < 2 {
		t.Fatalf("%+v", outs)
	}
	for _, o := range outs {
		if !o.Here || o.To == 0 {
			t.Errorf("may go elsewhere: %+v", o)
		}
	}
}

// In a group nobody is answered there, whatever happens: a turn that calls nothing of the database says nothing.
func TestAGroupHearsNothingOfWhatIsSaidInIt(t *testing.T) {
	t.Parallel()
	c := newCitizen(t)
	c.conv.Address.Peer = "-77"
	for _, m := range []hotline.Message{
		{Kind: hotline.MsgText, Text: "halo"},
		{Kind: hotline.MsgText, Text: "/start"},
		{Kind: hotline.MsgText, Text: "/daftar"},
		{Kind: hotline.MsgText, Text: "hubungkan"},
		{Kind: hotline.MsgText, Text: "data saya"},
		{Kind: hotline.MsgText, Text: "tolong ada kebakaran di desa Tegalsambi"},
		{Kind: hotline.MsgText, Text: "Jalan rusak di desa Tegalsambi", ReplyTo: "m1"},
		{Kind: hotline.MsgText, Text: "ambil"},
		{Kind: hotline.MsgText, Text: "ambil", ReplyTo: "m1", Forwarded: true},
		{Kind: hotline.MsgMedia, Media: &hotline.Media{Kind: hotline.Photo, Ref: "x"}, Text: "ambil", ReplyTo: "m1"},
		{Kind: hotline.MsgSticker}, {Kind: hotline.MsgReturned}, {Kind: hotline.MsgChoice, Choice: "c:menu", Callback: "x"},
		{Kind: hotline.MsgContact, Contact: &hotline.Contact{Phone: "+62812", Own: true}},
	} {
		m.Group, m.From = true, "7"
		for _, o := range c.hand(t, 0, m) {
			if o.To != 0 || len(o.Reply.Lines) > 0 {
				t.Errorf("%+v is answered with %+v", m, o)
			}
		}
	}
	if c.filed != 0 {
		t.Error("something said in a group became a case")
	}
}
