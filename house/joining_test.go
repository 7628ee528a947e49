package house_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tanggap/bot"
	"tanggap/hotline"
	"tanggap/store"
	"tanggap/testbed"
)

// A counter is the bot on a real database, with people who write to it on two networks that are not there: what came is handed in as it was
// understood, what is said is taken out as it was meant.
type counter struct {
	t     *testing.T
	store *store.Store
	bot   *bot.Bot
	now   time.Time
	n     int
}

// A chat is somebody's chat on one network.
type chat struct {
	channel hotline.Channel
	peer    string
}

var (
	sitiTG = chat{hotline.Telegram, "8100000001"}
	sitiWA = chat{hotline.WhatsApp, "44445555@lid"}
	thief  = chat{hotline.Telegram, "8100006666"}
)

func newCounter(t *testing.T) *counter {
	t.Helper()
	r := testbed.Jepara()
	return &counter{t: t, store: testbed.Store(t), bot: &bot.Bot{Regency: r, Reader: hotline.NewReader(r)}, now: time.Date(2026, 11, 23, 9, 0, 0, 0, jakarta)}
}

// spoken is what was said at each chat in answer to something.
type spoken map[chat][]hotline.Parcel

func (s spoken) keys(at chat) string {
	var all []string
	for _, p := range s[at] {
		for _, l := range p.Out.Reply.Lines {
			all = append(all, l.Key)
		}
	}
	return strings.Join(all, " ")
}

// arg gives an argument of a phrase that was said at a chat.
func (s spoken) arg(at chat, key, name string) string {
	for _, p := range s[at] {
		for _, l := range p.Out.Reply.Lines {
			if l.Key == key {
				return l.Args[name].V
			}
		}
	}
	return ""
}

// button gives the value of a button said at a chat, by the beginning of the value.
func (s spoken) button(at chat, prefix string) string {
	for _, p := range s[at] {
		for _, row := range p.Out.Reply.Choices {
			for _, c := range row {
				if strings.HasPrefix(c.Value, prefix) {
					return c.Value
				}
			}
		}
	}
	return ""
}

// hand gives the bot a message, ten seconds after the one before, and what was said.
func (c *counter) hand(from chat, m hotline.Message) spoken {
	c.t.Helper()
	c.n++
	c.now = c.now.Add(10 * time.Second)
	m.At, m.Ref = c.now, fmt.Sprint("in", c.n)
	body, err := json.Marshal(m)
	if err != nil {
		c.t.Fatal(err)
	}
	if err := c.store.Put(c.t.Context(), []hotline.Raw{{Channel: from.channel, Account: "42", Peer: from.peer, Delivery: fmt.Sprint(c.n), Body: body}}); err != nil {
		c.t.Fatal(err)
	}
	for {
		n, err := c.store.Turns(c.t.Context(), func() time.Time { return c.now }, 32, func(ctx context.Context, t *store.Turn) error {
			var msg hotline.Message
			if err := json.Unmarshal(t.Body, &msg); err != nil {
				return err
			}
			msg.ID, msg.Address = t.Inbox, t.Conversation.Address
			state, err := c.bot.Handle(ctx, t, t.Now(), t.Conversation, msg)
			t.Keep(state)
			return err
		}, nil)
		if err != nil {
			c.t.Fatal(err)
		}
		if n == 0 {
			return c.hear()
		}
	}
}

func (c *counter) say(from chat, text string) spoken {
	c.t.Helper()
	return c.hand(from, hotline.Message{Kind: hotline.MsgText, Text: text})
}

func (c *counter) press(from chat, value string) spoken {
	c.t.Helper()
	if value == "" {
		c.t.Fatal("there is no such button")
	}
	return c.hand(from, hotline.Message{Kind: hotline.MsgChoice, Choice: value})
}

// hear takes out all that is due.
func (c *counter) hear() spoken {
	c.t.Helper()
	all := spoken{}
	for _, channel := range []hotline.Channel{hotline.Telegram, hotline.WhatsApp} {
		for {
			ps, err := c.store.Due(c.t.Context(), channel, "42", c.now, 100)
			if err != nil {
				c.t.Fatal(err)
			}
			if len(ps) == 0 {
				break
			}
			var sent []hotline.Sent
			for _, p := range ps {
				at := chat{channel, p.Address.Peer}
				all[at] = append(all[at], p)
				sent = append(sent, hotline.Sent{ID: p.ID, Ref: fmt.Sprint("out", p.ID)})
			}
			if err := c.store.Settle(c.t.Context(), sent, nil); err != nil {
				c.t.Fatal(err)
			}
		}
	}
	return all
}

func (c *counter) expect(what, got, want string) {
	c.t.Helper()
	if got != want {
		c.t.Errorf("%s: said %q, want %q", what, got, want)
	}
}

// file has somebody file a complaint and gives it.
func (c *counter) file(from chat) hotline.Case {
	c.t.Helper()
	c.say(from, "Jalan rusak parah di desa Tegalsambi")
	c.say(from, "ya, kirim")
	var last hotline.Case
	c.do(func(tx *store.Tx) error {
		all, err := tx.AllCases(c.t.Context())
		if len(all) > 0 {
			last = all[len(all)-1]
		}
		return err
	})
	if last.ID == 0 {
		c.t.Fatal("nothing was filed")
	}
	return last
}

// fileAs is file, from a network that shows the person's number.
func (c *counter) fileAs(from chat, phone string) hotline.Case {
	c.t.Helper()
	k := c.file(from)
	c.do(func(tx *store.Tx) error {
		tx.Vouch(k.Reporter, phone)
		return nil
	})
	return k
}

func (c *counter) do(fn func(*store.Tx) error) {
	c.t.Helper()
	if err := c.store.Do(c.t.Context(), c.now, fn); err != nil {
		c.t.Fatal(err)
	}
}

// assign gives a case to a unit, and the reporter hears of it.
func (c *counter) assign(id hotline.CaseID, unit string) (a hotline.AssignmentID, heard spoken) {
	c.t.Helper()
	c.do(func(tx *store.Tx) error {
		k, err := tx.Case(c.t.Context(), id)
		if err != nil {
			return err
		}
		a = tx.NewAssignment()
		e := hotline.Event{Kind: hotline.EvAssigned, Assignment: a, Facts: hotline.Facts{Unit: unit, Part: hotline.Lead}}
		after, err := tx.Record(k, e, hotline.Content{})
		if out, ok := bot.CitizenNotice(nil, after, e); ok {
			tx.Say(out)
		}
		return err
	})
	return a, c.hear()
}

func (c *counter) look(id hotline.CaseID) (k hotline.Case) {
	c.t.Helper()
	c.do(func(tx *store.Tx) error {
		var err error
		k, err = tx.Case(c.t.Context(), id)
		return err
	})
	return k
}

// join joins two chats by a code: shown at one, typed at the other.
func (c *counter) join(shown, typed chat) spoken {
	c.t.Helper()
	code := c.say(shown, "hubungkan").arg(shown, "join.code", "code")
	asked := strings.Replace(c.say(typed, "hubungkan "+code).keys(typed), "join.sure.staff ", "", 1) // said of officers
	c.expect("the code is typed", asked, "join.sure join.sure.what join.sure.code")
	return c.say(typed, "ya")
}

func TestACodeFromOneNetworkJoinsTheOther(t *testing.T) {
	t.Parallel()
	c := newCounter(t)
	filed := c.file(sitiTG)
	c.say(sitiWA, "halo")
	number := filed.Number.String()
	c.expect("somebody else's case", c.say(sitiWA, number).keys(sitiWA), "case.foreign")

	got := c.say(sitiTG, "hubungkan")
	c.expect("asked for a code", got.keys(sitiTG), "join.code join.code.how join.code.keep join.code.have")
	code := got.arg(sitiTG, "join.code", "code")
	if net := got.arg(sitiTG, "join.code.how", "network"); net != "WhatsApp" || len(code) != 6 {
		t.Errorf("%q, to be typed on %q", code, net)
	}
	c.say(sitiWA, "sambungkan wa")
	got = c.say(sitiWA, strings.ToLower(code[:3]+" "+code[3:])) // asked for, it is understood by itself
	c.expect("the code by itself", got.keys(sitiWA), "join.sure join.sure.what join.sure.code")
	if tail := got.arg(sitiWA, "join.sure", "tail"); tail != "0001" {
		t.Errorf("to be joined with …%s", tail)
	}
	got = c.press(sitiWA, "j:yes")
	c.expect("here", got.keys(sitiWA), "join.done join.undo")
	c.expect("there, at once", got.keys(sitiTG), "join.told join.notyou")
	if tail := got.arg(sitiTG, "join.told", "tail"); tail != "5555" || got.arg(sitiTG, "join.told", "network") != "WhatsApp" {
		t.Errorf("told of …%s", tail)
	}
	if k := c.say(sitiWA, number).keys(sitiWA); !strings.HasPrefix(k, "case.head") {
		t.Errorf("the own case on the other network: %q", k)
	}
	_, heard := c.assign(filed.ID, "dpupr.jalan")
	c.expect("news, where they wrote last", heard.keys(sitiWA), "notice.assigned")
	c.expect("news, where they filed it", heard.keys(sitiTG), "")

	// What is added from there is the reporter's; and a case filed there belongs there.
	c.press(sitiWA, "c:add:"+fmt.Sprint(filed.ID))
	c.say(sitiWA, "lubangnya makin dalam")
	second := c.file(sitiWA)
	var author, reporter hotline.PersonID
	c.do(func(tx *store.Tx) error {
		_, contents, err := tx.History(t.Context(), filed.ID)
		for _, x := range contents {
			if x.Text == "lubangnya makin dalam" {
				author = x.Author
			}
		}
		reporter = second.Reporter
		return err
	})
	if author != filed.Reporter || reporter == filed.Reporter {
		t.Errorf("said by %d to the case of %d; filed on WhatsApp by %d", author, filed.Reporter, reporter)
	}

	got = c.say(sitiTG, "pisahkan")
	c.expect("what is joined", got.keys(sitiTG), "part.which part.here part.there")
	got = c.press(sitiTG, got.button(sitiTG, "j:part:"))
	c.expect("parted here", got.keys(sitiTG), "part.done part.after")
	c.expect("parted there", got.keys(sitiWA), "part.told part.after")
	c.expect("no longer one's own", c.say(sitiWA, number).keys(sitiWA), "case.foreign")
	c.expect("nor this", c.say(sitiTG, second.Number.String()).keys(sitiTG), "case.foreign")
	if k := c.say(sitiWA, second.Number.String()).keys(sitiWA); !strings.HasPrefix(k, "case.head") {
		t.Errorf("what was filed on WhatsApp: %q", k)
	}
	c.expect("parted twice", c.say(sitiTG, "pisahkan").keys(sitiTG), "part.alone")
}

func TestAStolenCodeIsToldAndTakenBack(t *testing.T) {
	t.Parallel()
	c := newCounter(t)
	filed := c.file(sitiTG)
	code := c.say(sitiTG, "hubungkan").arg(sitiTG, "join.code", "code")
	c.say(thief, "hubungkan "+code)
	c.say(sitiWA, "hubungkan "+code) // the owner is not yet quick enough
	got := c.say(thief, "ya")
	c.expect("the owner, at once", got.keys(sitiTG), "join.told join.notyou")
	c.expect("the owner's own try", c.say(sitiWA, "ya").keys(sitiWA), "join.used")
	got = c.say(sitiTG, "pisahkan")
	c.press(sitiTG, got.button(sitiTG, "j:part:"))
	c.expect("the thief", c.say(thief, filed.Number.String()).keys(thief), "case.foreign")
	if k := c.say(thief, "data saya").keys(thief); strings.Contains(k, "data.case ") {
		t.Errorf("the thief's data: %q", k)
	}
	if got := c.press(thief, "j:part:1"); got.keys(thief) != "part.gone" || len(got) != 1 {
		t.Errorf("a stranger parts: %v", got)
	}
}

func TestCodesThatAreNoGood(t *testing.T) {
	t.Parallel()
	c := newCounter(t)
	c.say(sitiWA, "halo")
	code := c.say(sitiTG, "hubungkan").arg(sitiTG, "join.code", "code")
	c.expect("one's own", c.say(sitiTG, "hubungkan "+code).keys(sitiTG), "join.same")
	c.say(sitiWA, "hubungkan "+code)
	c.now = c.now.Add(11 * time.Minute)
	c.expect("a yes that comes too late is a yes to nothing", c.say(sitiWA, "ya").keys(sitiWA), "thanks.welcome")
	c.expect("its button", c.press(sitiWA, "j:yes").keys(sitiWA), "join.expired")
	c.expect("an old code", c.say(sitiWA, "hubungkan "+code).keys(sitiWA), "join.expired")
	for range 5 {
		c.expect("a wrong code", c.say(sitiWA, "hubungkan AAAA22").keys(sitiWA), "join.wrong")
	}
	fresh := c.say(sitiTG, "hubungkan").arg(sitiTG, "join.code", "code")
	c.expect("after five wrong ones", c.say(sitiWA, "hubungkan "+fresh).keys(sitiWA), "join.locked")
	c.expect("no", c.say(thief, "hubungkan "+fresh).keys(thief), "join.sure join.sure.what join.sure.code")
	c.expect("no", c.say(thief, "tidak").keys(thief), "join.not")
	c.expect("a yes after the no", c.press(thief, "j:yes").keys(thief), "join.expired")
	if k := c.say(thief, "K7QM2X").keys(thief); strings.HasPrefix(k, "join") {
		t.Errorf("a code nobody asked for is somebody's words: %q", k)
	}
}

func TestANumberThatBothNetworksVouchForIsOfferedToBeJoined(t *testing.T) {
	t.Parallel()
	c := newCounter(t)
	const phone = "+6281234567890"
	own := hotline.Message{Kind: hotline.MsgContact, Contact: &hotline.Contact{Phone: phone, Own: true}}
	c.say(sitiTG, "halo")
	c.hand(sitiWA, hotline.Message{Kind: hotline.MsgText, Text: "halo", Phone: phone})
	c.expect("nothing was filed there: nothing is known of the number", c.hand(sitiTG, own).keys(sitiTG), "contact.kept")
	c.hand(sitiWA, hotline.Message{Kind: hotline.MsgText, Text: "Jalan rusak parah di desa Tegalsambi", Phone: phone})
	c.hand(sitiWA, hotline.Message{Kind: hotline.MsgText, Text: "ya, kirim", Phone: phone})
	got := c.hand(sitiTG, own)
	c.expect("asked, never joined silently", got.keys(sitiTG), "contact.kept join.sure join.sure.what")
	if got.arg(sitiTG, "join.sure", "tail") != "7890" || len(got) != 1 {
		t.Errorf("%v", got)
	}
	c.expect("not yet", c.say(sitiTG, "tidak").keys(sitiTG), "join.not")
	c.expect("again", c.hand(sitiTG, own).keys(sitiTG), "contact.kept join.sure join.sure.what")
	got = c.press(sitiTG, "j:yes")
	c.expect("a yes here joins nothing", got.keys(sitiTG), "join.asked")
	c.expect("it is asked there", got.keys(sitiWA), "join.ask join.ask.what")
	c.expect("the case from there, before the yes there", c.say(sitiTG, "cek").keys(sitiTG), "check.none")
	ok := got.button(sitiWA, "j:ok:")
	if len(ok) > 64 {
		t.Errorf("%q is too long for a button of Telegram's", ok)
	}
	c.expect("whoever asked answers themselves", c.press(sitiTG, ok).keys(sitiTG), "join.over")
	c.hand(sitiTG, own)
	again := c.press(sitiTG, "j:yes")
	c.expect("asked once more", again.keys(sitiTG), "join.again")
	c.expect("once is enough there", again.keys(sitiWA), "")
	got = c.press(sitiWA, ok)
	c.expect("there", got.keys(sitiWA), "join.done join.undo")
	c.expect("here", got.keys(sitiTG), "join.told join.notyou")
	c.expect("answered twice", c.press(sitiWA, ok).keys(sitiWA), "join.over")
	c.expect("it is known", c.hand(sitiTG, own).keys(sitiTG), "contact.kept")
	if k := c.say(sitiTG, "cek").keys(sitiTG); !strings.HasPrefix(k, "case.head") {
		t.Errorf("the case from WhatsApp: %q", k)
	}
	// A number that somebody only sends along proves nothing.
	c.hand(thief, hotline.Message{Kind: hotline.MsgContact, Contact: &hotline.Contact{Phone: phone}})
	if k := c.press(thief, "j:yes").keys(thief); k != "join.expired" {
		t.Errorf("joined by a number of somebody else's: %q", k)
	}
}

func TestANoThereIsTold(t *testing.T) {
	t.Parallel()
	c := newCounter(t)
	const phone = "+6281234567890"
	own := hotline.Message{Kind: hotline.MsgContact, Contact: &hotline.Contact{Phone: phone, Own: true}}
	ask := func() spoken {
		c.hand(thief, own)
		return c.press(thief, "j:yes")
	}
	filed := c.fileAs(sitiWA, phone)
	c.say(thief, "halo")
	got := ask()
	got = c.press(sitiWA, got.button(sitiWA, "j:nok:"))
	c.expect("there", got.keys(sitiWA), "join.not")
	c.expect("to whoever asked", got.keys(thief), "join.refused")
	got = ask()
	c.expect("asked again on the same day", got.keys(thief), "join.again")
	c.expect("nobody is pestered", got.keys(sitiWA), "")
	c.now = c.now.Add(25 * time.Hour)
	ok := ask().button(sitiWA, "j:ok:")
	c.now = c.now.Add(25 * time.Hour)
	c.expect("a yes after its day", c.press(sitiWA, ok).keys(sitiWA), "join.over")
	c.expect("somebody else's case", c.say(thief, filed.Number.String()).keys(thief), "case.foreign")
}

// Whoever has a coordinator's old number on Telegram is no coordinator.
func TestANumberJoinsNobodyWhoWorksHere(t *testing.T) {
	t.Parallel()
	c := newCounter(t)
	const phone = "+6281234567890"
	code, err := c.store.NewInvite(t.Context(), c.now, hotline.Invite{Role: hotline.RoleCoordinator, Unit: "diskominfo", Name: "Rina", Expires: c.now.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	c.fileAs(sitiWA, phone)
	c.say(thief, "halo")
	own := hotline.Message{Kind: hotline.MsgContact, Contact: &hotline.Contact{Phone: phone, Own: true}}
	ask := func() spoken {
		c.hand(thief, own)
		return c.press(thief, "j:yes")
	}
	got := ask() // she is nobody's officer yet
	c.say(sitiWA, "/daftar "+code)
	c.expect("she became one since", c.press(sitiWA, got.button(sitiWA, "j:ok:")).keys(sitiWA), "join.bycode")
	c.expect("the number again", c.hand(thief, own).keys(thief), "contact.kept join.bycode")
	shown := c.say(sitiWA, "hubungkan").arg(sitiWA, "join.code", "code")
	c.expect("with a code", c.say(thief, "hubungkan "+shown).keys(thief), "join.sure join.sure.what join.sure.staff join.sure.code")
}

// An erasure that was asked for before does not reach whoever is joined later.
func TestNobodyIsJoinedWhileAnErasureIsOpen(t *testing.T) {
	t.Parallel()
	c := newCounter(t)
	c.file(sitiTG)
	c.say(sitiTG, "halo")
	code := c.say(sitiTG, "hubungkan").arg(sitiTG, "join.code", "code")
	c.say(thief, "hubungkan "+code)
	c.say(sitiWA, "hapus data saya")
	c.say(sitiWA, "ya")
	c.expect("with an open request", c.say(sitiWA, "hubungkan "+code).keys(sitiWA), "join.erasing")
	c.expect("a number of one's own", c.say(sitiTG, "hapus data saya").keys(sitiTG), "private.sure private.what")
	c.expect("asked", c.say(sitiTG, "ya").keys(sitiTG), "private.asked")
	c.expect("the yes comes after it", c.press(thief, "j:yes").keys(thief), "join.erasing")
	c.expect("alone", c.say(thief, "pisahkan").keys(thief), "part.alone")
}

// A thief with a stolen code does not part the owner's own networks, and goes with one press.
func TestAThiefPartsNobodyElse(t *testing.T) {
	t.Parallel()
	c := newCounter(t)
	filed, second := c.file(sitiTG), c.file(sitiWA)
	c.join(sitiTG, sitiWA)
	got := c.join(sitiTG, thief)
	out := got.button(sitiTG, "j:out:")
	if out == "" || out != got.button(sitiWA, "j:out:") {
		t.Fatalf("%q, %v", out, got)
	}
	for _, at := range []chat{sitiTG, sitiWA} {
		id := got[at][0].Address.ID
		for _, v := range []string{"j:part:", "j:out:"} {
			c.expect("the thief parts "+string(at.channel), c.press(thief, v+fmt.Sprint(id)).keys(thief), "part.new")
		}
	}
	list := c.say(thief, "pisahkan")
	n := 0
	for _, row := range list[thief][0].Out.Reply.Choices {
		n += len(row)
	}
	if n != 2 { // themselves, and no
		t.Errorf("the thief is offered %+v", list[thief][0].Out.Reply.Choices)
	}
	c.now = c.now.AddDate(0, 1, 0) // the warning stays good
	got = c.press(sitiTG, out)
	c.expect("here", got.keys(sitiTG), "part.done part.after")
	c.expect("the other of the owner's", got.keys(sitiWA), "part.told part.after")
	c.expect("the thief", got.keys(thief), "part.told part.after")
	c.expect("pressed on the other too", c.press(sitiWA, out).keys(sitiWA), "part.gone")
	c.expect("the owner's two", c.say(sitiTG, "pisahkan").keys(sitiTG), "part.which part.here part.there")
	for _, k := range []hotline.Case{filed, second} {
		c.expect("the thief reads", c.say(thief, k.Number.String()).keys(thief), "case.foreign")
	}
}

func TestThreeNetworksAreOneAndEachIsTold(t *testing.T) {
	t.Parallel()
	c := newCounter(t)
	third := chat{hotline.WhatsApp, "77778888@lid"}
	c.say(third, "halo")
	c.say(sitiWA, "halo")
	c.join(sitiTG, sitiWA)
	got := c.join(sitiWA, third)
	c.expect("the first", got.keys(sitiTG), "join.told join.notyou")
	c.expect("the second", got.keys(sitiWA), "join.told join.notyou")
	if tail := got.arg(sitiTG, "join.told", "tail"); tail != "8888" {
		t.Errorf("the first is told of …%s", tail)
	}
	got = c.say(third, "pisahkan")
	c.expect("all three", got.keys(third), "part.which part.here part.there part.there") // in the order they came
	var mine string
	for _, p := range got[third] {
		mine = fmt.Sprint("j:part:", p.Address.ID)
	}
	got = c.press(third, mine)
	c.expect("the one that leaves", got.keys(third), "part.left part.after")
	c.expect("those that stay", got.keys(sitiTG)+" "+got.keys(sitiWA), "part.told part.after part.told part.after")
	c.expect("alone", c.say(third, "pisahkan").keys(third), "part.alone")
	c.expect("still two", c.say(sitiWA, "pisahkan").keys(sitiWA), "part.which part.here part.there")
}

func TestARoleWorksOnBothNetworksAndWorkIsGivenBackAtParting(t *testing.T) {
	t.Parallel()
	c := newCounter(t)
	code, err := c.store.NewInvite(t.Context(), c.now, hotline.Invite{Role: hotline.RoleOfficer, Unit: "dpupr.jalan", Name: "Budi", Expires: c.now.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	budiTG, budiWA := chat{hotline.Telegram, "8100000099"}, chat{hotline.WhatsApp, "9999@lid"}
	c.say(budiTG, "halo")
	c.say(budiWA, "/daftar "+code)
	filed := c.file(sitiTG)
	a, _ := c.assign(filed.ID, "dpupr.jalan")
	takeIt := fmt.Sprintf("s:take:%d:%d", a, filed.ID)
	if k := c.press(budiTG, takeIt).keys(budiTG); k != "staff.nomore" {
		t.Errorf("taken before it was joined: %q", k)
	}
	c.join(budiWA, budiTG)
	if k := c.press(budiTG, takeIt).keys(budiTG); !strings.HasPrefix(k, "staff.card.taken") {
		t.Fatalf("taken on the other network: %q", k)
	}
	if k := c.say(budiWA, "kasusku").keys(budiWA); !strings.Contains(k, "staff.list") {
		t.Errorf("what they hold, on the network that has the role: %q", k)
	}
	if name := c.say(sitiTG, filed.Number.String()); name.keys(sitiTG) == "" {
		t.Error("the reporter sees nothing")
	}
	got := c.say(budiWA, "pisahkan")
	c.press(budiWA, got.button(budiWA, "j:part:"))
	k := c.look(filed.ID)
	if k.Status != hotline.Assigned || k.Assignments[0].State != hotline.Waiting {
		t.Errorf("after parting the case is %s, %+v", k.Status, k.Assignments)
	}
	if k := c.press(budiTG, takeIt).keys(budiTG); k != "staff.nomore" {
		t.Errorf("taken after parting: %q", k)
	}
	if k := c.press(budiWA, takeIt).keys(budiWA); !strings.HasPrefix(k, "staff.card.taken") {
		t.Errorf("taken where the role is: %q", k)
	}
}

// Whoever turns out to have reported what they work gives it back: nobody works their own complaint.
func TestNobodyWorksWhatTheyFiledOnAnotherNetwork(t *testing.T) {
	t.Parallel()
	c := newCounter(t)
	code, err := c.store.NewInvite(t.Context(), c.now, hotline.Invite{Role: hotline.RoleOfficer, Unit: "dpupr.jalan", Name: "Budi", Expires: c.now.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	budi := chat{hotline.WhatsApp, "9999@lid"}
	c.say(budi, "/daftar "+code)
	filed := c.file(sitiTG)
	a, _ := c.assign(filed.ID, "dpupr.jalan")
	takeIt := fmt.Sprintf("s:take:%d:%d", a, filed.ID)
	c.press(budi, takeIt)
	c.join(budi, sitiTG)
	if k := c.look(filed.ID); k.Assignments[0].State != hotline.Waiting {
		t.Errorf("the officer still works their own complaint: %+v", k.Assignments)
	}
	if k := c.press(budi, takeIt).keys(budi); k != "staff.own" {
		t.Errorf("taken again: %q", k)
	}
}

func TestErasingCoversBothNetworksAndTheOtherIsTold(t *testing.T) {
	t.Parallel()
	c := newCounter(t)
	filed := c.file(sitiTG)
	c.say(sitiWA, "halo")
	c.join(sitiTG, sitiWA)
	code, err := c.store.NewInvite(t.Context(), c.now, hotline.Invite{Role: hotline.RoleCoordinator, Unit: "diskominfo", Name: "Rini", Expires: c.now.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	rini := chat{hotline.Telegram, "8100000077"}
	c.say(rini, "/daftar "+code)
	c.say(sitiWA, "hapus data saya")
	got := c.say(sitiWA, "ya")
	c.expect("asked", got.keys(sitiWA), "private.asked")
	c.expect("the other network is told", got.keys(sitiTG), "join.erasure join.notyou")
	c.expect("the data, with what is known of the other", strings.Fields(c.say(sitiWA, "data saya").keys(sitiWA))[0], "data.head")
	got = c.press(rini, got.button(rini, "p:do:"))
	got = c.press(rini, got.button(rini, "p:sure:"))
	c.expect("done, here", got.keys(sitiWA), "private.done")
	c.expect("done, there", got.keys(sitiTG), "private.done")
	c.expect("nothing is joined any more", c.say(sitiTG, "pisahkan").keys(sitiTG), "part.alone")
	c.do(func(tx *store.Tx) error {
		said, err := tx.Said(t.Context(), filed.Story)
		if !said[filed.Story].Erased {
			t.Error("what was said on the other network is still there")
		}
		return err
	})
}

// In a group of WhatsApp the officer is known by their own chat there.
func TestAGroupOnWhatsApp(t *testing.T) {
	t.Parallel()
	c := newCounter(t)
	head, budi, group := chat{hotline.WhatsApp, "1111@lid"}, chat{hotline.WhatsApp, "2222@lid"}, chat{hotline.WhatsApp, "1203630@g.us"}
	for who, role := range map[chat]hotline.RoleName{head: hotline.RoleHead, budi: hotline.RoleOfficer} {
		code, err := c.store.NewInvite(t.Context(), c.now, hotline.Invite{Role: role, Unit: "dpupr.jalan", Name: "Budi", Expires: c.now.Add(time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		c.say(who, "/daftar "+code)
	}
	in := func(from chat, text, replyTo string) spoken {
		return c.hand(group, hotline.Message{Kind: hotline.MsgText, Text: text, Group: true, From: from.peer, ReplyTo: replyTo})
	}
	got := c.say(head, "daftarkan grup")
	c.expect("the head's code", got.keys(head), "group.code group.code.how group.code.careful")
	command := got.arg(head, "group.code.how", "command")
	if got := in(sitiWA, command, ""); len(got[group]) != 0 || got.keys(head) != "group.stranger" {
		t.Errorf("a stranger with the code: %v", got)
	}
	for range 5 {
		if got := in(sitiWA, "/daftar AAAAAA22", ""); len(got) != 0 {
			t.Errorf("a wrong code: %v", got)
		}
	}
	c.expect("guessed once too often", in(sitiWA, "/daftar AAAAAA22", "").keys(head), "group.locked")
	c.expect("the head heard of it", in(sitiWA, "/daftar AAAAAA22", "").keys(head), "")
	got = in(budi, command, "") // a stranger's guesses are not the officer's
	c.expect("in the group", got.keys(group), "group.welcome group.take")
	c.expect("to the head", got.keys(head), "group.registered")
	if got := in(budi, command, ""); len(got) != 0 {
		t.Errorf("the code once more: %v", got)
	}
	filed := c.file(sitiTG)
	a, _ := c.assign(filed.ID, "dpupr.jalan")
	c.do(func(tx *store.Tx) error {
		k, err := tx.Case(t.Context(), filed.ID)
		if err != nil {
			return err
		}
		part, _ := k.Assignment(a)
		out, ok := bot.GroupCard(testbed.Jepara(), k, part, 1)
		groups, err := tx.Groups(t.Context())
		if !ok || err != nil || len(groups) != 1 {
			return fmt.Errorf("%v, %v, %w", ok, groups, err)
		}
		out.To = groups[0].Address.ID
		tx.Say(out)
		return nil
	})
	card := c.hear()[group]
	if len(card) != 1 {
		t.Fatalf("%d cards", len(card))
	}
	ref := fmt.Sprint("out", card[0].ID)
	for _, silent := range []spoken{in(sitiWA, "ambil", ref), in(budi, "kapan ini?", ref), in(budi, "ambil", "out0"), in(budi, "tolong kebakaran!", "")} {
		if len(silent) != 0 {
			t.Errorf("answered: %v", silent)
		}
	}
	got = in(budi, "Ambil pak", ref)
	c.expect("in the group", got.keys(group), "group.taken")
	if k := got.keys(budi); !strings.HasPrefix(k, "staff.card.taken") {
		t.Errorf("to the officer: %q", k)
	}
	if k := c.look(filed.ID); k.Status != hotline.Working || slices.ContainsFunc(k.Assignments, func(x hotline.Assignment) bool { return x.State != hotline.Taken }) {
		t.Errorf("%s, %+v", k.Status, k.Assignments)
	}
	got = c.hand(group, hotline.Message{Kind: hotline.MsgBlocked, Group: true})
	c.expect("put out", got.keys(head), "group.gone")
	if got := in(budi, "ambil", ref); len(got) != 0 {
		t.Errorf("a group that put us out: %v", got)
	}
}
