//go:build soak

package house_test

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
	"tanggap/simulator/telegram"
)

// serversFolder is a folder for servers of a test's own, which their user can enter.
func serversFolder(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "tanggap-soak-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // the servers' user must enter it
		t.Fatal(err)
	}
	return dir
}

// quiet waits until nothing is left to do.
func (w *world) quiet(within time.Duration) {
	w.t.Helper()
	w.eventually(within, "nothing is left to do", func(ctx context.Context) (bool, error) {
		p, err := w.store.Pending(ctx, time.Now())
		return p.Quiet() && w.bot.Pending() == 0, err
	})
}

// said is one row of the outbox.
type said struct {
	ID    int64
	Peer  string
	Verb  string
	Lane  int
	State string
	Ref   string
	Card  string
	Case  int64
}

// verify holds what must be true when all is quiet, whatever happened before: see its parts. It gives how many messages people got twice.
func (w *world) verify() (repeats int) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	if n := w.bot.Pending(); n != 0 {
		w.t.Errorf("%d updates are unconfirmed at the network", n)
	}
	for _, v := range w.sim.Violations() {
		w.t.Errorf("the network objects: %s", v)
	}
	w.nothingAside(ctx)
	w.oneCaseEach(ctx)
	if err := sums(w.store, time.Now()); err != nil {
		w.t.Error(err)
	}
	w.offeredOnce(ctx)
	w.listed(ctx)
	rows, err := w.pool.Query(ctx, `
		select o.id, a.peer, o.verb, o.lane, o.state, coalesce(o.ref, '') as ref, coalesce(o.card, '') as card, coalesce(o.case_id, 0) as "case"
		from outbox o join addresses a on a.id = o.address_id where a.account = $1 order by o.id`, botAccount)
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
	conversations := map[string][]string{} // complaint → what its first citizen heard
	for _, z := range w.citizens {
		n, heard := w.heardInOrder(fmt.Sprint("citizen ", z.n), z.p, by[strconv.FormatInt(z.p.ID(), 10)])
		repeats += n
		first, ok := conversations[z.what]
		switch {
		case !ok:
			conversations[z.what] = heard
		case !slices.Equal(first, heard):
			w.t.Errorf("citizen %d heard another conversation than others who said the same:\n%s\nothers heard:\n%s", z.n,
				strings.Join(heard, "\n---\n"), strings.Join(first, "\n---\n"))
		}
	}
	for i, p := range w.officers {
		who, rows := fmt.Sprint("officer ", i), by[strconv.FormatInt(p.ID(), 10)]
		n, _ := w.heardInOrder(who, p, rows)
		repeats += n
		w.nothingElse(who, p, rows)
	}
	return repeats
}

// nothingAside: no message and no reply was given up.
func (w *world) nothingAside(ctx context.Context) {
	w.t.Helper()
	asides, err := w.store.SetAside(ctx, 10)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, a := range asides {
		w.t.Errorf("set aside: %s", a.Error)
	}
	rows, err := w.pool.Query(ctx, `select coalesce(reason, '') || ': ' || coalesce(detail, '') from outbox where state = 'aside' limit 10`)
	if err != nil {
		w.t.Fatal(err)
	}
	unsent, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		w.t.Fatal(err)
	}
	for _, why := range unsent {
		w.t.Errorf("a reply was set aside: %s", why)
	}
}

// oneCaseEach: who complained once has one case, and it has one event of filing.
func (w *world) oneCaseEach(ctx context.Context) {
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
	for _, z := range w.citizens {
		if n := cases[strconv.FormatInt(z.p.ID(), 10)]; n != 1 {
			w.t.Errorf("citizen %d has %d cases", z.n, n)
		}
	}
	if len(cases) != len(w.citizens) {
		w.t.Errorf("%d people have cases, %d complained", len(cases), len(w.citizens))
	}
}

// offeredOnce: every assignment was offered, and to nobody twice in one round. An offer and its card are one commit, so there are as many.
func (w *world) offeredOnce(ctx context.Context) {
	w.t.Helper()
	for what, sql := range map[string]string{
		"cases are not routed":                   `select count(*) from cases where status in ('filed', 'triage')`,
		"assignments were offered to nobody":     `select count(*) from assignments a where not exists (select from offers o where o.assignment_id = a.id)`,
		"changes of which Redis was not told":    `select count(*) from relistings`,
		"people got other cards than offers say": cardsUnlikeOffers,
	} {
		var n int
		if err := w.pool.QueryRow(ctx, sql).Scan(&n); err != nil {
			w.t.Fatalf("%s: %v", what, err)
		}
		if n != 0 {
			w.t.Errorf("%d %s", n, what)
		}
	}
}

// A card of an offer, or the one that tells the coordinator that nobody is on duty. Here every case has one assignment.
const cardsUnlikeOffers = `
	select count(*) from (
		select s.case_id, f.person_id, count(*) as n from offers f join assignments s on s.id = f.assignment_id group by 1, 2) f
	full join (
		select o.case_id, a.person_id, count(*) as n from outbox o join addresses a on a.id = o.address_id
		where (o.card like 'offer:%' or o.card like 'triage:%') and o.verb = 'send' group by 1, 2) c using (case_id, person_id)
	where f.n is distinct from c.n`

// listed: the worklists hold exactly what waits.
func (w *world) listed(ctx context.Context) {
	w.t.Helper()
	if diff, err := w.unlisted(ctx); err != nil || diff != "" {
		w.t.Errorf("worklists are not what waits: %s %v", diff, err)
	}
}

// unlisted says how the worklists differ from what waits in Postgres; empty: not at all.
func (w *world) unlisted(ctx context.Context) (string, error) {
	waiting, err := w.store.Waiting(ctx)
	if err != nil {
		return "", err
	}
	want, total := map[string][]string{}, 0
	for _, l := range waiting {
		want[l.Unit] = append(want[l.Unit], fmt.Sprint(l.Assignment, l.Urgent, l.Due.UnixMicro()))
	}
	for _, u := range w.store.Regency().Units {
		line, err := w.lists.Next(ctx, u.ID, 100_000)
		if err != nil {
			return "", err
		}
		var have []string
		for _, l := range line {
			have = append(have, fmt.Sprint(l.Assignment, l.Urgent, l.Due.UnixMicro()))
		}
		slices.Sort(have)
		slices.Sort(want[u.ID])
		if !slices.Equal(have, want[u.ID]) {
			return fmt.Sprintf("%s has %d in line, %d wait", u.ID, len(have), len(want[u.ID])), nil
		}
		total += len(have)
	}
	if total != len(waiting) {
		return fmt.Sprintf("%d in line, %d wait", total, len(waiting)), nil
	}
	return "", nil
}

// heardInOrder holds that somebody heard everything that was to be said, in order. A message that no row of the outbox knows was sent by a
// program that died before it could note it. Then it was sent once more (a repeat); or the person was quick to answer, and the answer to that
// took its place in the outbox. It gives how many repeats there were, and the replies as they were heard, without repeats, notices, and what
// differs from person to person.
func (w *world) heardInOrder(who string, p *telegram.Person, rows []said) (repeats int, replies []string) {
	w.t.Helper()
	chat := map[string]*telegram.Message{}
	for _, m := range p.History() {
		if m.FromBot {
			chat[strconv.Itoa(m.ID)] = m
		}
	}
	last := map[int]int{}         // lane → id of the message last seen there
	notices := map[string]bool{}  // what was said unasked
	wanted := map[string]string{} // the network's id → what it said
	for _, s := range rows {
		if s.State != "sent" {
			w.t.Errorf("%s: %d is still to be said (%s)", who, s.ID, s.State)
			continue
		}
		m := chat[s.Ref]
		switch {
		case s.Verb == "edit" && m != nil:
			wanted[s.Ref] = first(m) // it may have been said anew, for lack of what it was to change
			continue
		case s.Verb != "send":
			continue
		case m == nil:
			w.t.Errorf("%s: what was to be said (%d) is not in the chat", who, s.ID)
			continue
		case m.ID <= last[s.Lane]:
			w.t.Errorf("%s: replies came out of order: %q", who, first(m))
		}
		last[s.Lane] = m.ID
		wanted[s.Ref] = first(m)
		if s.Lane > replyLane {
			notices[first(m)] = true
		}
	}
	before := ""
	for _, m := range p.History() {
		if !m.FromBot {
			before = "" // who says something once more is answered once more
			continue
		}
		text := first(m)
		_, known := wanted[strconv.Itoa(m.ID)]
		switch {
		case notices[text]:
			if !known {
				repeats++
			}
		case text == before:
			repeats++
		default:
			replies = append(replies, common(text))
			before = text
		}
	}
	return repeats, replies
}

// nothingElse holds that whatever was said to an officer was to be said: a message that no row knows has a twin that one does.
func (w *world) nothingElse(who string, p *telegram.Person, rows []said) {
	w.t.Helper()
	refs, texts := map[int]bool{}, map[string]bool{}
	for _, s := range rows {
		id, _ := strconv.Atoi(s.Ref) // none, for what is no message
		refs[id] = true
	}
	for _, m := range p.History() {
		if refs[m.ID] {
			texts[first(m)] = true
		}
	}
	for _, m := range p.History() {
		if m.FromBot && !texts[first(m)] {
			w.t.Errorf("%s: heard what nobody wanted to say: %q", who, first(m))
		}
	}
}

// replyLane is the lane of answers; what is less urgent is a notice.
const replyLane = int(hotline.LaneReply)

// first is what a message said before it was ever edited.
func first(m *telegram.Message) string {
	if len(m.Revisions) > 0 {
		return m.Revisions[0].Text
	}
	return m.Text
}

var particular = regexp.MustCompile(`JPR-\d{6}-\d{4,}[A-Z]|paling lambat [^\n]*`)

// common leaves out of a text what differs from case to case: the number, the dates.
func common(text string) string { return particular.ReplaceAllString(text, "…") }
