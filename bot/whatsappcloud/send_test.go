package whatsappcloud

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"tanggap/hotline"
	sim "tanggap/simulator/whatsappcloud"
)

// Every trouble that the network can make, and what it is to the courier.
func TestTroubles(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		fault sim.Fault
		want  hotline.Trouble
		after time.Duration
	}{
		{sim.Fault{Code: 130429}, hotline.TroubleLater, 2 * time.Second},
		{sim.Fault{Code: 130429, RetryAfter: 30}, hotline.TroubleLater, 30 * time.Second},
		{sim.Fault{Code: 131056}, hotline.TroubleLater, 6 * time.Second},
		{sim.Fault{Code: 80007}, hotline.TroubleLater, time.Minute},
		{sim.Fault{Code: 4}, hotline.TroubleLater, time.Minute},
		{sim.Fault{Code: 131048}, hotline.TroubleLater, 30 * time.Minute},
		{sim.Fault{Status: 429}, hotline.TroubleLater, 5 * time.Second},
		{sim.Fault{Code: 4, RetryAfter: 999_999}, hotline.TroubleLater, time.Hour},
		{sim.Fault{Code: 131047}, hotline.TroubleWindow, 0},
		{sim.Fault{Code: 131026}, hotline.TroubleGone, 0},
		{sim.Fault{Code: 131051}, hotline.TroubleRefused, 0},
		{sim.Fault{Code: 131009}, hotline.TroubleRefused, 0},
		{sim.Fault{Code: 131030}, hotline.TroubleRefused, 0},
		{sim.Fault{Code: 131049}, hotline.TroubleRefused, 0},
		{sim.Fault{Code: 131062}, hotline.TroubleRefused, 0},
		{sim.Fault{Code: 130472}, hotline.TroubleRefused, 0},
		{sim.Fault{Code: 135000}, hotline.TroubleRefused, 0},
		{sim.Fault{Code: 999_999}, hotline.TroubleRefused, 0},
		{sim.Fault{Status: 400}, hotline.TroubleRefused, 0},
		{sim.Fault{Code: 0, Status: 401}, hotline.TroubleAccount, 0},
		{sim.Fault{Code: 190}, hotline.TroubleAccount, 0},
		{sim.Fault{Code: 10}, hotline.TroubleAccount, 0},
		{sim.Fault{Code: 200}, hotline.TroubleAccount, 0},
		{sim.Fault{Code: 368}, hotline.TroubleAccount, 0},
		{sim.Fault{Code: 131031}, hotline.TroubleAccount, 0},
		{sim.Fault{Code: 131042}, hotline.TroubleAccount, 0},
		{sim.Fault{Code: 131005}, hotline.TroubleAccount, 0},
		{sim.Fault{Code: 133010}, hotline.TroubleAccount, 0},
		{sim.Fault{Code: 131000}, hotline.TroubleUnavailable, 0},
		{sim.Fault{Code: 131016}, hotline.TroubleUnavailable, 0},
		{sim.Fault{Code: 131057}, hotline.TroubleUnavailable, 0},
		{sim.Fault{Code: 1}, hotline.TroubleUnavailable, 0},
		{sim.Fault{Code: 2}, hotline.TroubleUnavailable, 0},
		{sim.Fault{Status: 500}, hotline.TroubleUnavailable, 0},
		{sim.Fault{Status: 502}, hotline.TroubleUnavailable, 0},
		{sim.Fault{Status: 302}, hotline.TroubleUnavailable, 0},
		{sim.Fault{Status: 204}, hotline.TroubleUnavailable, 0},
		{sim.Fault{Drop: sim.DropBefore}, hotline.TroubleUnavailable, 0},
		{sim.Fault{Drop: sim.DropAfter}, hotline.TroubleUnavailable, 0},
		{sim.Fault{Hang: true}, hotline.TroubleUnavailable, 0},
	} {
		t.Run(fmt.Sprintf("%+v", c.fault), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, sim.Options{}, func(o *Options) {
				if c.fault.Hang {
					o.Timeout = 50 * time.Millisecond
				}
			})
			c.fault.What, c.fault.Times = sim.CallMessages, -1
			w.Fail(c.fault)
			_, err := w.channel.Send(soon(t), hotline.Outgoing{ID: 1, Peer: sitiPeer, Text: "halo"})
			var se *hotline.SendError
			if !errors.As(err, &se) || se.Trouble != c.want || se.After != c.after {
				t.Errorf("%v, want %s after %s", err, c.want, c.after)
			}
			if strings.Contains(err.Error(), "http") || strings.Contains(err.Error(), "never") {
				t.Errorf("the error %v says too much", err)
			}
		})
	}
}

func TestErrorsNameNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	w.Fail(sim.Fault{Code: 131009, Message: "(#131009) +62 812-3456-7890 or 6281234567890, ID.13491208655302741918 and wamid.HBgNABC= of code 131009 with " + testToken})
	_, err := w.channel.Send(soon(t), hotline.Outgoing{Peer: sitiPeer, Text: "halo"})
	if err == nil || !strings.Contains(err.Error(), "(#131009) … or …, … and … of code 131009 with ***") {
		t.Errorf("%v", err)
	}
	w.Fail(sim.Fault{Code: 80007, RetryAfter: 1})
	if got := regain(`{"1":[{"type":"messages","estimated_time_to_regain_access":7}]}`); got != 7*time.Minute {
		t.Error(got)
	}
	for _, odd := range []string{"", "x", "[]", `{"1":5}`} {
		if regain(odd) != 0 {
			t.Error(odd)
		}
	}
}

func TestSendReachesThePerson(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{}).hook(t)
	said, err := w.siti.Send("jalan rusak")
	if err != nil {
		t.Fatal(err)
	}
	w.inbox.waitFor(t, 1)
	receipt, err := w.channel.Send(soon(t), hotline.Outgoing{ID: 41, Peer: sitiPeer, Text: "Benar?", Choices: yesNo, Answers: said, ReplyTo: said,
		Media: []hotline.Attachment{photo}})
	if err != nil {
		t.Fatal(err)
	}
	last, _ := w.siti.Last()
	if last.ID != receipt.Ref || last.Text != "Benar?" || len(last.Buttons) != 2 {
		t.Errorf("%+v", last)
	}
	var kinds []string
	for _, c := range w.siti.Changes(0) {
		kinds = append(kinds, c.Kind.String())
	}
	if got := strings.Join(kinds, " "); got != "marked typing sent sent" {
		t.Error(got)
	}
	w.siti.Read()
	read := w.told.waitFor(t, func(d hotline.Delivered) bool { return d.ID == 41 && d.State == "read" })
	if read.Ref != receipt.Ref {
		t.Errorf("%+v", read)
	}
	for _, d := range w.told.all() {
		if d.ID == 41 && d.Ref != receipt.Ref {
			t.Errorf("a part is taken for the whole: %+v", d)
		}
	}
	w.clean(t)
}

// An answer that is lost leaves it open whether the message arrived. The status tells, and then it is not said twice: whether it comes after the
// courier was told that it is not known, or while the answer is still waited for.
func TestUncertainSendIsNotSaidTwice(t *testing.T) {
	t.Parallel()
	for _, early := range []bool{false, true} {
		for lost := range 3 {
			t.Run(fmt.Sprintf("answer %d, status early %v", lost, early), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, sim.Options{}).hook(t)
				out := hotline.Outgoing{ID: 77, Peer: sitiPeer, Text: "Diambil Budi.", Media: []hotline.Attachment{voice, film}}
				for range lost { // lets so many pass
					w.Fail(sim.Fault{What: sim.CallMessages, Delay: time.Nanosecond})
				}
				if early {
					h := w.Fail(sim.Fault{What: sim.CallMessages, Drop: sim.DropLate})
					go func() {
						// Two statuses of each message before, and the first of the one in question.
						for len(w.told.all()) < 2*lost+1 {
							<-w.told.news
						}
						h.Remove()
					}()
				} else {
					w.Hold()
					w.Fail(sim.Fault{What: sim.CallMessages, Drop: sim.DropAfter})
					_, err := w.channel.Send(soon(t), out)
					var se *hotline.SendError
					if !errors.As(err, &se) || se.Trouble != hotline.TroubleUnavailable {
						t.Fatal(err)
					}
					w.Release(0)
					if err := w.Drained(soon(t)); err != nil { // the statuses have come
						t.Fatal(err)
					}
				}
				receipt, err := w.channel.Send(soon(t), out)
				if err != nil {
					t.Fatal(err)
				}
				list := w.siti.Changes(0)
				if len(list) != 3 || list[2].Message.ID != receipt.Ref {
					t.Errorf("%d messages, receipt %s", len(list), receipt.Ref)
				}
				if err := w.Drained(soon(t)); err != nil {
					t.Fatal(err)
				}
				d := w.told.waitFor(t, func(d hotline.Delivered) bool { return d.ID == out.ID })
				if d.Ref != receipt.Ref {
					t.Errorf("told of %s, receipt %s", d.Ref, receipt.Ref)
				}
				if n := len(w.channel.parts.at); n != 0 {
					t.Errorf("%d things are remembered that are done", n)
				}
				w.clean(t)
			})
		}
	}
}

// What takes several messages goes on where it stopped.
func TestSendGoesOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	out := hotline.Outgoing{ID: 5, Peer: sitiPeer, Text: strings.Repeat("Jalan rusak di mana-mana. ", 600)}
	for i := range 3 {
		for range i {
			w.Fail(sim.Fault{What: sim.CallMessages, Delay: time.Nanosecond})
		}
		out.ID = hotline.OutID(5 + i)
		before := w.siti.Seq()
		w.Fail(sim.Fault{What: sim.CallMessages, Code: 131056})
		if _, err := w.channel.Send(soon(t), out); err == nil {
			t.Fatal("it was to stop")
		}
		if _, err := w.channel.Send(soon(t), out); err != nil {
			t.Fatal(err)
		}
		if n := len(w.siti.Changes(before)); n != 4 {
			t.Errorf("%d messages of 4", n)
		}
	}
	w.clean(t)
}

func TestWindow(t *testing.T) {
	t.Parallel()
	for _, late := range []bool{false, true} {
		t.Run(fmt.Sprint("late ", late), func(t *testing.T) {
			t.Parallel()
			clock := make(chan time.Time, 1)
			clock <- time.Date(2026, time.November, 21, 4, 40, 0, 0, time.UTC)
			now := func() time.Time { at := <-clock; clock <- at; return at }
			w := newWorld(t, sim.Options{Now: now, LateRefusals: late}, func(o *Options) { o.Templates = templates }).hook(t)
			w.AddTemplate(sim.Template{Name: "case_news", Language: "id", Body: "Kabar laporan {{1}}: ditangani {{2}}.", Buttons: []string{"Buka"}})
			if _, err := w.siti.Send("halo"); err != nil {
				t.Fatal(err)
			}
			out := hotline.Outgoing{ID: 1, Peer: sitiPeer, Text: "Laporan ditangani.", Choices: yesNo, Key: "case.news", Args: map[string]string{"case": "JPR-1", "unit": "DPUPR"}}
			if _, err := w.channel.Send(soon(t), out); err != nil {
				t.Fatal(err)
			}
			clock <- (<-clock).Add(24 * time.Hour)

			out.ID = 2
			receipt, err := w.channel.Send(soon(t), out)
			if late {
				// The network took it, and says later that it did not.
				d := w.told.waitFor(t, func(d hotline.Delivered) bool { return d.ID == 2 && d.State == "failed" })
				if err != nil || d.Reason != hotline.TroubleWindow || d.Ref != receipt.Ref || d.Detail == "" {
					t.Errorf("%+v, %v", d, err)
				}
				out.Closed = true // as the house knows now
				receipt, err = w.channel.Send(soon(t), out)
			}
			if err != nil {
				t.Fatal(err)
			}
			last, _ := w.siti.Last()
			if last.ID != receipt.Ref || last.Template != "case_news" || last.Text != "Kabar laporan JPR-1: ditangani DPUPR." {
				t.Errorf("%+v", last)
			}
			if d := w.told.waitFor(t, func(d hotline.Delivered) bool { return d.ID == 2 && d.State == "delivered" }); d.Ref != receipt.Ref {
				t.Errorf("%+v", d)
			}

			// What no template says waits; nothing is sent.
			before := w.siti.Seq()
			_, err = w.channel.Send(soon(t), hotline.Outgoing{ID: 3, Peer: sitiPeer, Text: "Terima kasih.", Key: "case.news", Closed: late})
			var se *hotline.SendError
			if !errors.As(err, &se) || se.Trouble != hotline.TroubleWindow || len(w.siti.Changes(before)) != 0 {
				t.Errorf("%v", err)
			}

			// A template that is paused, or that nobody approved, is as good as none.
			w.AddTemplate(sim.Template{Name: "case_news", Language: "id", Body: "Kabar laporan {{1}}: ditangani {{2}}.", Buttons: []string{"Buka"}, Paused: true})
			out.ID = 4
			if _, err = w.channel.Send(soon(t), out); !errors.As(err, &se) || se.Trouble != hotline.TroubleWindow || !strings.Contains(err.Error(), "case_news") {
				t.Errorf("%v", err)
			}
			if _, err = w.channel.Send(soon(t), hotline.Outgoing{ID: 5, Peer: sitiPeer, Text: "Apa saja.", Key: "other", Closed: late}); !errors.As(err, &se) || se.Trouble != hotline.TroubleWindow {
				t.Errorf("%v", err)
			}

			// The template's button opens the time again, and means what the choice would have.
			id, err := w.siti.Press("", "Buka")
			if err != nil {
				t.Fatal(err)
			}
			raws := w.inbox.waitFor(t, 2)
			m, err := Parse(raws[1].Body)
			if err != nil || m.Kind != hotline.MsgChoice || m.Choice != "yes:3" || m.On != receipt.Ref || m.Callback != id {
				t.Errorf("%+v, %v", m, err)
			}
			out.ID, out.Closed = 6, false
			if _, err := w.channel.Send(soon(t), out); err != nil {
				t.Error(err)
			}
			if last, _ := w.siti.Last(); last.Template != "" {
				t.Errorf("%+v", last)
			}
			w.clean(t)
		})
	}
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	said, err := w.siti.Send("halo")
	if err != nil {
		t.Fatal(err)
	}
	out := hotline.Outgoing{Verb: hotline.VerbAnswer, Peer: sitiPeer, Answers: said}
	if _, err := w.channel.Send(soon(t), out); err != nil {
		t.Fatal(err)
	}
	if m, _ := w.siti.Message(said); m.State != sim.Read {
		t.Error("not shown as read")
	}
	var se *hotline.SendError
	out.Answers = "wamid.unknown"
	if _, err := w.channel.Send(soon(t), out); !errors.As(err, &se) || se.Trouble != hotline.TroubleExpired {
		t.Error(err)
	}
	// An answer that fails holds up nothing.
	w.Fail(sim.Fault{What: sim.CallRead, Code: 131000})
	if _, err := w.channel.Send(soon(t), hotline.Outgoing{Peer: sitiPeer, Answers: said, Text: "ya"}); err != nil {
		t.Error(err)
	}
	// An edit quotes what it changes; where the network does not know that any more it is said all the same.
	first, _ := w.siti.Last()
	if _, err := w.channel.Send(soon(t), hotline.Outgoing{Verb: hotline.VerbEdit, Peer: sitiPeer, Edits: first.ID, Text: "tidak"}); err != nil {
		t.Error(err)
	}
	if m, _ := w.siti.Last(); m.ReplyTo != first.ID || m.Text != "tidak" {
		t.Errorf("%+v", m)
	}
	if _, err := w.channel.Send(soon(t), hotline.Outgoing{Verb: hotline.VerbEdit, Peer: sitiPeer, Edits: "wamid.gone", Text: "mungkin"}); err != nil {
		t.Error(err)
	}
	if m, _ := w.siti.Last(); m.ReplyTo != "" || m.Text != "mungkin" {
		t.Errorf("%+v", m)
	}
	w.clean(t)
}

// A person who hides the number can be written to all the same, and asked for it.
func TestHiddenNumber(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{}).hook(t)
	budi := w.Person(sim.PersonOptions{Name: "Budi", Username: "budi", HideNumber: true, Phone: "6285700000001"})
	if _, err := budi.Send("halo"); err != nil {
		t.Fatal(err)
	}
	raw := w.inbox.waitFor(t, 1)[0]
	m, err := Parse(raw.Body)
	if err != nil || m.Phone != "" || !strings.HasPrefix(raw.Peer, scopedMark) || m.Name != "Budi" || strings.Contains(string(raw.Body), "6285700000001") {
		t.Fatalf("%+v, %v", m, err)
	}
	if _, err := w.channel.Send(soon(t), hotline.Outgoing{ID: 3, Peer: raw.Peer, Text: "Nomor Anda?", Ask: hotline.AskContact}); err != nil {
		t.Fatal(err)
	}
	if _, err := budi.Press("", "request_contact_info"); err != nil {
		t.Fatal(err)
	}
	m, err = Parse(w.inbox.waitFor(t, 2)[1].Body)
	if err != nil || m.Kind != hotline.MsgContact || !m.Contact.Own || m.Contact.Phone != "+6285700000001" {
		t.Errorf("%+v, %v", m, err)
	}
	w.told.waitFor(t, func(d hotline.Delivered) bool { return d.ID == 3 && d.State == "delivered" })
	w.clean(t)
}

func TestNobodyThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{}).hook(t)
	absent := w.Person(sim.PersonOptions{Name: "Tanpa", Phone: "6285700000009", Absent: true, Heard: true})
	for i, peer := range []string{absent.Options().Phone, "6285700000010", "bsuid:ID.999"} {
		if _, err := w.channel.Send(soon(t), hotline.Outgoing{ID: hotline.OutID(i + 1), Peer: peer, Text: "halo"}); err != nil {
			t.Fatal(err)
		}
		d := w.told.waitFor(t, func(d hotline.Delivered) bool { return d.ID == hotline.OutID(i+1) })
		if d.State != "failed" || d.Reason != hotline.TroubleGone {
			t.Errorf("%s: %+v", peer, d)
		}
	}
	w.clean(t)
}

// A medium that the network does not take becomes a document, and what is taken as nothing leaves its words.
func TestMedia(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	for _, c := range []struct {
		name string
		a    hotline.Attachment
		want sim.Kind
		text string
	}{
		{"photo", photo, sim.KindPhoto, "ini"},
		{"a photo that is none", hotline.Attachment{Kind: hotline.Photo, Mime: "image/jpeg", Data: []byte("none")}, sim.KindText, "ini"},
		{"an unknown kind of photo", hotline.Attachment{Kind: hotline.Photo, Mime: "image/heic", Data: []byte("heic")}, sim.KindText, "ini"},
		{"video", film, sim.KindVideo, "ini"},
		{"paper", paper, sim.KindDocument, "ini"},
		{"empty", hotline.Attachment{Kind: hotline.Document, Mime: "application/pdf"}, sim.KindText, "ini"},
		{"plain text", hotline.Attachment{Kind: hotline.Document, Mime: "", Data: []byte("catatan")}, sim.KindDocument, "ini"},
		{"large photo", hotline.Attachment{Kind: hotline.Photo, Mime: "image/jpeg", Data: append([]byte("\xff\xd8\xff\xe0"), make([]byte, 6<<20)...)}, sim.KindText, "ini"},
	} {
		if _, err := w.channel.Send(soon(t), hotline.Outgoing{Peer: sitiPeer, Text: "ini", Media: []hotline.Attachment{c.a}}); err != nil {
			t.Fatal(c.name, err)
		}
		last, _ := w.siti.Last()
		if last.Kind != c.want || last.Text != c.text {
			t.Errorf("%s: %s %q", c.name, last.Kind, last.Text)
		}
	}
	if _, err := w.channel.Send(soon(t), hotline.Outgoing{Peer: sitiPeer, Media: []hotline.Attachment{{Kind: hotline.Photo, Mime: "image/jpeg", Data: []byte("none")}}}); err != nil {
		t.Fatal(err)
	}
	if last, _ := w.siti.Last(); last.Text != "📎 ✗" {
		t.Errorf("%+v", last)
	}
	for _, f := range []sim.Fault{{What: sim.CallMedia, Code: 131000}, {What: sim.CallMedia, Code: 190}, {What: sim.CallMedia, Code: 130429}, {What: sim.CallMedia, Status: 503}} {
		w.Fail(f)
		before := w.siti.Seq()
		if _, err := w.channel.Send(soon(t), hotline.Outgoing{Peer: sitiPeer, Text: "ini", Media: []hotline.Attachment{photo}}); err == nil || len(w.siti.Changes(before)) != 0 {
			t.Errorf("%+v: %v", f, err)
		}
	}
	w.clean(t)
}

func TestFetch(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{}).hook(t)
	id := func(data []byte) string {
		t.Helper()
		n := len(w.inbox.all())
		if _, err := w.siti.Photo(data, ""); err != nil {
			t.Fatal(err)
		}
		m, err := Parse(w.inbox.waitFor(t, n+1)[n].Body)
		if err != nil {
			t.Fatal(err)
		}
		return m.Media.Ref
	}
	read := func(ref string) (string, int64, error) {
		r, size, err := w.channel.Fetch(soon(t), ref)
		if err != nil {
			return "", 0, err
		}
		defer func() { _ = r.Close() }()
		var b strings.Builder
		buf := make([]byte, 64<<10)
		for {
			n, err := r.Read(buf)
			b.Write(buf[:n])
			if err != nil {
				if err.Error() == "EOF" {
					err = nil
				}
				return b.String(), size, err
			}
		}
	}
	good := id([]byte("jpeg"))
	if got, size, err := read(good); got != "jpeg" || size != 4 || err != nil {
		t.Errorf("%q, %d, %v", got, size, err)
	}
	big := id(make([]byte, hotline.MaxMedia+1))
	if _, _, err := read(big); !errors.Is(err, hotline.ErrTooBig) {
		t.Error(err)
	}
	w.Forget(big)
	for _, ref := range []string{"", "12345", big, "../" + good, good + "/messages", strings.Repeat("1", 200)} {
		if _, _, err := read(ref); !errors.Is(err, hotline.ErrNoFile) {
			t.Errorf("%s: %v", ref, err)
		}
	}
	for _, f := range []sim.Fault{{What: sim.CallLocate, Code: 190}, {What: sim.CallLocate, Code: 131000}, {What: sim.CallFile, Status: 500}, {What: sim.CallFile, Drop: sim.DropBefore, Times: 3}, {What: sim.CallLocate, Status: 502}} {
		h := w.Fail(f)
		if _, _, err := read(good); err == nil || errors.Is(err, hotline.ErrNoFile) || errors.Is(err, hotline.ErrTooBig) || strings.Contains(err.Error(), "http") {
			t.Errorf("%+v: %v", f, err)
		}
		h.Remove()
	}
	long := id([]byte(strings.Repeat("x", 1000)))
	w.Fail(sim.Fault{What: sim.CallFile, Drop: sim.DropAfter})
	if got, _, err := read(long); err == nil || len(got) >= 1000 {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	w.Fail(sim.Fault{What: sim.CallFile, Status: 410})
	if _, _, err := read(good); !errors.Is(err, hotline.ErrNoFile) {
		t.Error(err)
	}
	w.clean(t)
}

// The token goes to the network alone, whatever an answer says.
func TestTokenGoesNowhereElse(t *testing.T) {
	t.Parallel()
	c, err := New(Options{PhoneNumberID: testNumber, Token: testToken, AppSecret: testSecret, VerifyToken: testVerify, Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]bool{
		"https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1": true,
		"https://graph.facebook.com/v25.0/1":                               true,
		"https://mmg.whatsapp.net/x":                                       true,
		"http://lookaside.fbsbx.com/x":                                     false,
		"https://fbsbx.com.evil.example/x":                                 false,
		"https://evilfbsbx.com/x":                                          false,
		"https://lookaside.fbsbx.com:8080/x":                               false,
		"https://a@lookaside.fbsbx.com/x":                                  false,
		"https://169.254.169.254/latest":                                   false,
		"file:///etc/passwd":                                               false,
		"":                                                                 false,
	} {
		if got := c.wire.trusts(address); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
}

func TestSendNeverFollowsARedirect(t *testing.T) {
	t.Parallel()
	asked := make(chan string, 2)
	client := &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		asked <- r.URL.Host
		return &http.Response{StatusCode: http.StatusTemporaryRedirect, Header: http.Header{"Location": {"https://evil.example/"}}, Body: http.NoBody, Request: r}, nil
	})}
	c, err := New(Options{PhoneNumberID: testNumber, Token: testToken, AppSecret: testSecret, VerifyToken: testVerify, Log: quiet, Client: client})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Send(context.Background(), hotline.Outgoing{Peer: sitiPeer, Text: "halo"})
	var se *hotline.SendError
	if !errors.As(err, &se) || se.Trouble != hotline.TroubleUnavailable || len(asked) != 1 || <-asked != "graph.facebook.com" {
		t.Errorf("%v", err)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
