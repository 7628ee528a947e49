package house_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
	sim "tanggap/simulator/whatsapp"
)

// numbered is a stage with a citizen on WhatsApp and a coordinator on Telegram.
func numbered(t *testing.T) (*stage, *sim.Server) {
	t.Helper()
	g := newStage(t, &script{name: "number", regency: "jepara", network: "telegram", clock: time.Date(2026, 11, 23, 9, 0, 0, 0, jakarta), cast: []actor{
		{name: "siti", role: "citizen", language: "id", network: "whatsapp"}, {name: "rina", role: "coordinator", unit: "diskominfo", on: true},
	}})
	net, ok := g.nets["whatsapp"].(*whatsappNet)
	if !ok {
		t.Fatalf("WhatsApp is %T", g.nets["whatsapp"])
	}
	return g, net.sim
}

// until waits until something is so; it is looked at a hundred times a second.
func until(t *testing.T, what string, is func(context.Context) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !is(ctx) {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("never: %s", what)
		}
	}
}

// What is wrong with a number and that the coordinators hear of it are one: while one of them cannot be written down neither is, and it is tried again
// until both are. /readyz says it then.
func TestANumbersTroubleIsNotedAndToldInOne(t *testing.T) {
	t.Parallel()
	g, net := numbered(t)
	db, err := pgx.Connect(t.Context(), g.options.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close(context.Background()) //nolint:errcheck // only a test's
	run := func(sql string) {
		t.Helper()
		if _, err := db.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	// Nothing can be said; what a sequence counts stays when the rest is undone.
	run(`create sequence tries`)
	run(`create function refuse() returns trigger language plpgsql as $$ begin perform nextval('tries'); raise exception 'no room'; end $$`)
	run(`create trigger refuse before insert on outbox for each row execute function refuse()`)
	g.hear()
	net.TempBan(ourNumber, time.Hour)
	until(t, "it is tried three times", func(ctx context.Context) bool {
		var n int
		return db.QueryRow(ctx, `select last_value from tries`).Scan(&n) == nil && n >= 3
	})
	troubles := func() string {
		t.Helper()
		list, err := g.house.Store().Numbers(t.Context())
		if err != nil || len(list) != 1 {
			t.Fatalf("%+v, %v", list, err)
		}
		return list[0].Trouble
	}
	if is := troubles(); is != "" {
		t.Errorf("noted as %q although nobody could be told", is)
	}
	run(`drop trigger refuse on outbox`)
	until(t, "it is noted", func(context.Context) bool { return troubles() == "banned" })
	g.settle()
	if said := strings.Join(g.hear(), "\n"); strings.Count(said, "rina< ") != 1 || !strings.Contains(said, "utama") {
		t.Errorf("the coordinator heard:\n%s", said)
	}
	until(t, "/readyz says so", func(ctx context.Context) bool {
		r := g.house.Readiness(ctx)
		return r.Ready && r.State == "degraded" && r.Degraded["whatsapp"] == "utama: banned"
	})
}

// The regency's description is read anew while the program serves: the number speaks another way from then on.
func TestAReloadChangesHowANumberSpeaks(t *testing.T) {
	t.Parallel()
	g, net := numbered(t)
	siti, ok := g.people["siti"].(*whatsappPhone)
	if !ok {
		t.Fatalf("siti has a %T", g.people["siti"])
	}
	kind := func(said string) sim.Kind {
		t.Helper()
		g.must(siti.act(step{act: "say", said: said}))
		g.settle()
		all := siti.Messages()
		if len(all) == 0 {
			t.Fatal("she reads nothing")
		}
		return all[len(all)-1].Kind
	}
	if k := kind("menu"); k != sim.Text {
		t.Errorf("without polls a menu is %s", k)
	}
	polls := *g.regency
	polls.WhatsApp = hotline.WhatsAppUse{Apart: polls.WhatsApp.Apart, Jitter: polls.WhatsApp.Jitter, Unasked: polls.WhatsApp.Unasked, Polls: true}
	before := len(net.SocketLog(ourNumber))
	if err := g.house.Reload(t.Context(), &polls); err != nil {
		t.Fatal(err)
	}
	until(t, "the number connects anew", func(context.Context) bool {
		return len(net.SocketLog(ourNumber)) > before && g.house.Readiness(t.Context()).State == "ok"
	})
	if k := kind("menu"); k != sim.Poll {
		t.Errorf("with polls a menu is %s", k)
	}
}

// The program was away. What somebody wrote meanwhile comes one by one, with longer between than a story is gathered for: it is answered once, when all
// of it has come.
func TestABacklogIsAnsweredOnce(t *testing.T) {
	t.Parallel()
	g, net := numbered(t)
	g.stop()
	for _, said := range []string{"jalan rusak di desa Bawu", "lubangnya dalam sekali", "depan masjid", "sejak hari Senin"} {
		g.must(g.people["siti"].act(step{act: "say", said: said}))
	}
	g.clock.Move(g.clock.Now().Add(time.Hour))
	net.Trickle(ourNumber, 300*time.Millisecond)
	g.start()
	until(t, "all has come", func(context.Context) bool { // while time goes by quickly
		g.clock.Move(g.clock.Now().Add(time.Second))
		return net.Unacked(ourNumber) == 0
	})
	net.Trickle(ourNumber, 0)
	g.settle()
	said := strings.Join(g.hear(), "\n")
	if strings.Count(said, "siti< ") != 1 || !strings.Contains(said, "“jalan rusak di desa Bawu / lubangnya dalam sekali / depan masjid / sejak hari Senin”") {
		t.Errorf("she reads:\n%s", said)
	}
}

// The program was killed after it had sent a question and before it had noted that. Whoever answers it with a number meanwhile is asked once more, and a
// number is an answer then. (What the network gets twice has one id, so that the person's app shows the question once.)
func TestANumberThatMeetsAQuestionNotNoted(t *testing.T) {
	t.Parallel()
	g, _ := numbered(t)
	db, err := pgx.Connect(t.Context(), g.options.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close(context.Background()) //nolint:errcheck // only a test's
	does := func(said string) string {
		t.Helper()
		g.must(g.people["siti"].act(step{act: "say", said: said}))
		g.settle()
		return strings.Join(g.hear(), "\n")
	}
	if said := does("jalan rusak di desa Bawu"); !strings.Contains(said, "Kirim?") {
		t.Fatalf("she reads:\n%s", said)
	}
	g.stop()
	// As the kill left it: sent, and nobody knows. It would be tried again long after her answer has been handled, and is said anew with the answer to that.
	tag, err := db.Exec(t.Context(), `update outbox set state = 'due', ref = null, menu = null, sent_at = null, again = clock_timestamp() + interval '1 day'
		where state = 'sent' and menu is not null and account like 'whatsapp/%'`)
	if err != nil || tag.RowsAffected() != 1 {
		t.Fatalf("%s, %v", tag, err)
	}
	g.start()
	first := does("1")
	if strings.Contains(first, "JPR-") || !strings.Contains(first, "Kirim?") {
		t.Errorf("to a number of which nobody knows what it means she reads:\n%s", first)
	}
	if said := does("1"); !strings.Contains(said, "Nomor laporan: JPR-") {
		t.Errorf("to the number after that she reads:\n%s", said)
	}
}

// What waited at the network was written before anything that was said since: a number in it answers none of that.
func TestANumberThatWaitedAnswersNothingNewer(t *testing.T) {
	t.Parallel()
	g, _ := numbered(t)
	g.stop()
	for _, said := range []string{"menu", "1"} {
		g.must(g.people["siti"].act(step{act: "say", said: said}))
	}
	g.clock.Move(g.clock.Now().Add(time.Hour))
	g.start()
	g.settle()
	if said := strings.Join(g.hear(), "\n"); strings.Count(said, "siti< ") != 2 || !strings.Contains(said, "siti< Angka itu tidak ada di pilihan.") {
		t.Errorf("she reads:\n%s", said)
	}
}

// Somebody is quicker than we write down what we showed: the number is the answer to that.
func TestANumberTypedTheMomentAQuestionIsShown(t *testing.T) {
	t.Parallel()
	g, _ := numbered(t)
	db, err := pgx.Connect(t.Context(), g.options.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close(context.Background()) //nolint:errcheck // only a test's
	siti, ok := g.people["siti"].(*whatsappPhone)
	if !ok {
		t.Fatalf("siti has a %T", g.people["siti"])
	}
	count := func(ctx context.Context, sql string) (n int) {
		if err := g.house.Store().Pool().QueryRow(ctx, sql).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := len(siti.Messages())
	g.must(siti.act(step{act: "say", said: "jalan rusak di desa Bawu"}))
	until(t, "the question is to be put", func(ctx context.Context) bool {
		return count(ctx, `select count(*) from outbox where state = 'due' and due > made`) == 1
	})
	tx, err := db.Begin(t.Context()) // nobody can note that it was sent
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), `select id from outbox where state = 'due' for update`); err != nil {
		t.Fatal(err)
	}
	g.clock.Move(g.clock.Now().Add(10 * time.Second))
	until(t, "she reads it", func(context.Context) bool { return len(siti.Messages()) > before })
	had := count(t.Context(), `select count(*) from deliveries`)
	g.must(siti.act(step{act: "say", said: "1"}))
	until(t, "her number is handled", func(ctx context.Context) bool {
		return count(ctx, `select (select count(*) from deliveries) - (select count(*) from inbox)`) == had+1
	})
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	g.settle()
	if said := strings.Join(g.hear(), "\n"); !strings.Contains(said, "Nomor laporan: JPR-") {
		t.Errorf("to the number she reads:\n%s", said)
	}
}

// What was written before a question, and handled after it, is no answer to that; also where it waited for less than a minute or two.
func TestANumberThatWaitedAMinuteAnswersNothingNewer(t *testing.T) {
	t.Parallel()
	g, _ := numbered(t)
	g.stop()
	for _, said := range []string{"menu", "1"} {
		g.must(g.people["siti"].act(step{act: "say", said: said}))
	}
	g.clock.Move(g.clock.Now().Add(time.Minute))
	g.start()
	g.settle()
	if said := strings.Join(g.hear(), "\n"); strings.Count(said, "siti< ") != 2 || !strings.Contains(said, "siti< Angka itu tidak ada di pilihan.") {
		t.Errorf("she reads:\n%s", said)
	}
}
