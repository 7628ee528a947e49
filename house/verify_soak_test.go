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

// found is what verify counts that is no fault.
type found struct {
	messages int // to citizens
	repeats  int // said twice to a citizen
	unnoted  int // said by a program that died before it could note it, and what was to be said next took its place
	officers int // said twice to an officer
	unlike   int // citizens who heard another conversation than the others, because what they chose was not understood
}

func (f found) String() string {
	return fmt.Sprintf("%d repeats among %d messages to citizens, and %d to officers; %d that nobody noted; %d whose choice was not understood",
		f.repeats, f.messages, f.officers, f.unnoted, f.unlike)
}

// twice counts what was said twice, or may have been.
func (f found) twice() int { return f.repeats + f.unnoted + f.officers }

// verify holds what must be true when all is quiet, whatever happened before: no message lost, none handled twice, everything said, in order. See its
// parts.
func (w *world) verify() (f found) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	if n := w.bot.Pending() + w.crowd.unconfirmed(); n != 0 {
		w.t.Errorf("%d messages are unconfirmed at the networks", n)
	}
	for _, v := range w.sim.Violations() {
		w.t.Errorf("Telegram objects: %s", v)
	}
	for _, v := range w.crowd.violations() {
		w.t.Errorf("the citizens' network objects: %s", v)
	}
	w.nothingAside(ctx)
	w.everythingCame(ctx)
	w.oneCaseEach(ctx)
	if err := sums(w.store, time.Now()); err != nil {
		w.t.Error(err)
	}
	w.offeredOnce(ctx)
	w.listed(ctx)
	w.everythingSaid(ctx, &f)
	told := w.said(ctx, hotline.Telegram, botAccount)
	for i, p := range w.officers {
		who, rows := fmt.Sprint("officer ", i), told[strconv.FormatInt(p.ID(), 10)]
		var of found
		heardOnTelegram(w.t, who, p, rows, &of)
		f.officers += of.repeats
		nothingElse(w.t, who, p, rows)
	}
	return f
}

// everythingSaid: every citizen heard all that was to be said, and those who said the same had the same conversation.
func (w *world) everythingSaid(ctx context.Context, f *found) {
	w.t.Helper()
	channel, account := w.crowd.account()
	said := w.said(ctx, channel, account)
	conversations := map[string][]string{} // complaint → what the first who is always understood heard
	for _, z := range w.everybody() {
		replies := z.gotAll(w.t, z.name(), said[z.peer()], f)
		usual, ok := conversations[z.what]
		switch {
		case z.n < 0:
		case !ok && z.exact():
			conversations[z.what] = replies
		case ok && !slices.Equal(usual, replies):
			what := fmt.Sprintf("%s (always understood: %v) heard another conversation than others who said the same:\n%s\nothers heard:\n%s", z.name(),
				z.exact(), strings.Join(replies, "\n---\n"), strings.Join(usual, "\n---\n"))
			if z.exact() {
				w.t.Error(what)
			} else {
				f.unlike++
				w.t.Log(what)
			}
		}
	}
}

// said reads the outbox of an account, by peer.
func (w *world) said(ctx context.Context, channel hotline.Channel, account string) map[string][]said {
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

// everythingCame: what people said was taken into the inbox, all of it, and nothing that they did not say. An inbox takes an id once.
func (w *world) everythingCame(ctx context.Context) {
	w.t.Helper()
	channel, _ := w.crowd.account()
	var peer string
	var list []string
	took := map[string][]string{}
	rows, err := w.pool.Query(ctx, `select a.peer, array_agg(d.delivery) from deliveries d join addresses a on a.id = d.address_id
		where a.channel = $1 group by a.peer`, string(channel))
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
		z.gaveAll(w.t, z.name(), took[z.peer()])
	}
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
		if n := cases[z.peer()]; n != 1 {
			w.t.Errorf("%s has %d cases", z.name(), n)
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

// replyLane is the lane of answers; what is less urgent is a notice.
const replyLane = int(hotline.LaneReply)

var particular = regexp.MustCompile(`JPR-\d{6}-\d{4,}[A-Z]|paling lambat [^\n]*`)

// common leaves out of a text what differs from case to case: the number, the dates.
func common(text string) string { return particular.ReplaceAllString(text, "…") }
