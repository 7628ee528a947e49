//go:build soak

package house_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
	sim "tanggap/simulator/whatsapp"
)

// found is what verify counts that is no fault.
type found struct {
	repeats  int // an id that came twice: one message to whoever got it
	unnoted  int // said by a program that died before it could note it, and what was to be said next took its place
	answers  int // messages to callers
	officers int // repeats on Telegram
	unlike   int // callers who type numbers and heard another conversation than the others, because a number was not understood
}

func (f found) String() string {
	return fmt.Sprintf("%d ids came twice among %d messages; %d messages that nobody noted; %d repeats on Telegram; %d whose number was not understood",
		f.repeats, f.answers, f.unnoted, f.officers, f.unlike)
}

// verify holds what must be true when all is quiet, whatever happened before: no message lost, none handled twice, everything said, in order.
func (w *whatsappWorld) verify() (f found) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	if n := w.net.Unacked(ourNumber); n != 0 {
		w.t.Errorf("%d messages are not acknowledged", n)
	}
	for _, v := range w.net.Violations() {
		w.t.Errorf("WhatsApp objects: %s", v)
	}
	for _, v := range w.sim.Violations() {
		w.t.Errorf("Telegram objects: %s", v)
	}
	w.nothingAside(ctx)
	w.everythingCame(ctx)
	w.oneCaseEach(ctx)
	if err := sums(w.store, time.Now()); err != nil {
		w.t.Error(err)
	}
	w.offeredOnce(ctx)
	w.listed(ctx)
	said := w.said(ctx, hotline.WhatsApp, ourNumber)
	conversations := map[string][]string{} // complaint → what the first who answers in words heard
	var unlike []string
	for _, z := range w.everybody() {
		heard := w.heardBy(z, said[z.p.LID()], &f)
		usual, ok := conversations[z.what]
		switch {
		case z.n < 0:
		case !ok && z.words:
			conversations[z.what] = heard
		case ok && !slices.Equal(usual, heard):
			what := fmt.Sprintf("caller %d (in words: %v) heard another conversation than others who said the same:\n%s\nothers heard:\n%s", z.n, z.words,
				strings.Join(heard, "\n---\n"), strings.Join(usual, "\n---\n"))
			if z.words {
				w.t.Error(what)
			} else {
				f.unlike++
				unlike = append(unlike, what)
			}
		}
	}
	for _, what := range unlike {
		w.t.Log(what)
	}
	told := w.said(ctx, hotline.Telegram, botAccount)
	for i, p := range w.officers {
		who, rows := fmt.Sprint("officer ", i), told[strconv.FormatInt(p.ID(), 10)]
		n, _ := w.heardInOrder(who, p, rows)
		f.officers += n
		w.nothingElse(who, p, rows)
	}
	return f
}

// said reads the outbox of an account, by peer.
func (w *whatsappWorld) said(ctx context.Context, channel hotline.Channel, account string) map[string][]said {
	w.t.Helper()
	rows, err := w.pool.Query(ctx, `
		select o.id, a.peer, o.verb, o.lane, o.state, coalesce(o.ref, '') as ref, coalesce(o.card, '') as card, coalesce(o.case_id, 0) as "case"
		from outbox o join addresses a on a.id = o.address_id where a.channel = $1 and a.account = $2 order by o.id`, string(channel), account)
	if err != nil {
		w.t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByName[said])
	if err != nil {
		w.t.Fatal(err)
	}
	by := map[string][]said{}
	for _, s := range all {
		by[s.Peer] = append(by[s.Peer], s)
	}
	return by
}

// everythingCame: what people sent was taken into the inbox, all of it, and nothing that they did not send. An inbox takes an id once.
func (w *whatsappWorld) everythingCame(ctx context.Context) {
	w.t.Helper()
	var peer string
	var list []string
	took := map[string][]string{}
	rows, err := w.pool.Query(ctx, `select a.peer, array_agg(d.delivery) from deliveries d join addresses a on a.id = d.address_id
		where a.channel = 'whatsapp' group by a.peer`)
	if err == nil {
		_, err = pgx.ForEachRow(rows, []any{&peer, &list}, func() error {
			took[peer] = list
			list = nil
			return nil
		})
	}
	if err != nil {
		w.t.Fatal(err)
	}
	for _, z := range w.everybody() {
		sent := map[string]bool{}
		for _, m := range z.p.History() {
			if m.Mine {
				sent[m.ID] = true
			}
		}
		for _, id := range took[z.p.LID()] {
			id = strings.TrimSuffix(id, "/garbled")
			if !sent[id] {
				w.t.Errorf("caller %d: %s was taken in twice, or never sent", z.n, id)
			}
			delete(sent, id)
		}
		if len(sent) > 0 {
			w.t.Errorf("caller %d: %d messages were lost", z.n, len(sent))
		}
	}
}

// oneCaseEach: who complained once has one case, filed once.
func (w *whatsappWorld) oneCaseEach(ctx context.Context) {
	w.t.Helper()
	var peer string
	var n, filings int
	cases := map[string]int{}
	rows, err := w.pool.Query(ctx, `
		select a.peer, count(distinct c.id), count(e.id) from cases c join addresses a on a.id = c.from_address
		left join events e on e.case_id = c.id and e.kind = 'filed' group by a.peer`)
	if err == nil {
		_, err = pgx.ForEachRow(rows, []any{&peer, &n, &filings}, func() error {
			if cases[peer] = n; filings != n {
				w.t.Errorf("%d cases of one reporter were filed %d times", n, filings)
			}
			return nil
		})
	}
	if err != nil {
		w.t.Fatal(err)
	}
	for _, z := range w.callers {
		if n := cases[z.p.LID()]; n != 1 {
			w.t.Errorf("caller %d has %d cases", z.n, n)
		}
	}
	if len(cases) != len(w.callers) {
		w.t.Errorf("%d people have cases, %d complained", len(cases), len(w.callers))
	}
}

// heardBy holds that somebody got everything that was to be said, each lane in order, and nothing else. It gives the replies as they were heard,
// without notices and what differs from person to person.
func (w *whatsappWorld) heardBy(z *caller, rows []said, f *found) (replies []string) {
	w.t.Helper()
	var chat []sim.Received
	place := map[string]int{}
	for _, m := range z.p.History() {
		if m.Mine {
			continue
		}
		if _, again := place[m.ID]; again {
			f.repeats++
			continue
		}
		place[m.ID] = len(chat)
		chat = append(chat, m)
	}
	f.answers += len(chat)
	lanes := map[string]int{} // the network's id → lane
	last := map[int]int{}     // lane → the place last seen there
	for _, s := range rows {
		at, came := place[s.Ref]
		switch {
		case s.State != "sent":
			w.t.Errorf("caller %d: %d is still to be said (%s)", z.n, s.ID, s.State)
			continue
		case s.Ref == "":
			continue // nothing that could be said here
		case !came:
			w.t.Errorf("caller %d: what was to be said (%d, %s) is not in the chat", z.n, s.ID, s.Verb)
			continue
		case s.Verb == "send" && at < last[s.Lane]:
			w.t.Errorf("caller %d: replies came out of order: %q", z.n, chat[at].Text)
		}
		if s.Verb == "send" {
			last[s.Lane] = at
		}
		if _, known := lanes[s.Ref]; !known {
			lanes[s.Ref] = s.Lane
		}
	}
	for _, m := range chat {
		lane, noted := lanes[m.ID]
		if !noted {
			f.unnoted++
		}
		if lane <= replyLane {
			replies = append(replies, common(m.Text))
		}
	}
	return replies
}

// givenAgain counts the messages that the network gave to more than one connection, because the first did not acknowledge them.
func (w *whatsappWorld) givenAgain() (n int) {
	given := map[string]int{}
	for _, s := range w.net.SocketLog(ourNumber) {
		for _, id := range s.Received {
			if given[id]++; given[id] == 2 {
				n++
			}
		}
	}
	return n
}

// neverTwo holds that of the number's connections no two ever spoke at once. Of those that stood still when another took over, there were so many.
func (w *whatsappWorld) neverTwo(stoodStill int) {
	w.t.Helper()
	replaced := 0
	for _, s := range w.net.SocketLog(ourNumber) {
		if s.Late > 0 {
			w.t.Errorf("connection %d said %d things after another had taken over", s.Number, s.Late)
		}
		if s.Replaced {
			replaced++
		}
	}
	if replaced > stoodStill {
		w.t.Errorf("%d connections were taken over while they were open, %d stood still", replaced, stoodStill)
	}
}
