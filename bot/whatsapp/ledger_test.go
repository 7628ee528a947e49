package whatsapp

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"

	"tanggap/hotline"
	sim "tanggap/simulator/whatsapp"
)

// two gives the ledgers of two programs that hold one device, one of which was followed by the other and does not know it.
func two(t *testing.T) (w *world, old, young *ledger) {
	t.Helper()
	w = newWorld(t)
	return w, w.channel.ledger, w.another(t).ledger
}

func (w *world) column(t *testing.T, query string, args ...any) string {
	t.Helper()
	var s sql.NullString
	if err := w.db.QueryRowContext(t.Context(), query, args...).Scan(&s); err != nil && !errors.Is(err, sql.ErrNoRows) {
		t.Fatal(err)
	}
	return s.String
}

// version tells which transaction wrote a row.
func (w *world) version(t *testing.T, table, address string) string {
	t.Helper()
	return w.column(t, `select xmin::text from `+table+` where their_id = $1`, address)
}

func (l *ledger) hasSession(t *testing.T, address, want string) {
	t.Helper()
	if s, err := l.GetSession(t.Context(), address); err != nil || string(s) != want {
		t.Errorf("the session of %s is %q: %v; want %q", address, s, err, want)
	}
}

func TestSessionsAreReplacedOnlyWhereTheyWereTurned(t *testing.T) {
	t.Parallel()
	_, old, young := two(t)
	ctx := t.Context()
	put := func(l *ledger, s string) error { return l.PutSession(ctx, "a:0", []byte(s)) }
	old.hasSession(t, "a:0", "")
	if err := put(old, "1"); err != nil {
		t.Fatal(err)
	}
	young.hasSession(t, "a:0", "1")
	if err := put(young, "2"); err != nil {
		t.Fatal(err)
	}
	old.hasSession(t, "a:0", "1") // it has not noticed
	if err := put(old, "3"); !errors.Is(err, errStale) || !ofDatabase(err) {
		t.Fatalf("what another has turned is overwritten: %v", err)
	}
	old.hasSession(t, "a:0", "2")
	if err := put(old, "4"); err != nil {
		t.Fatal(err)
	}
	young.forget()
	young.hasSession(t, "a:0", "4")

	// Of several all or none are written; one that came into being meanwhile is another's too.
	young.hasSession(t, "b:0", "")
	if err := old.PutSession(ctx, "b:0", []byte("old")); err != nil {
		t.Fatal(err)
	}
	if err := young.PutManySessions(ctx, map[string][]byte{"a:0": []byte("5"), "b:0": []byte("young"), "c:0": []byte("young")}); !errors.Is(err, errStale) {
		t.Fatalf("%v", err)
	}
	for address, want := range map[string]string{"a:0": "4", "b:0": "old", "c:0": ""} {
		old.forget()
		old.hasSession(t, address, want)
	}
}

// What is decrypted is written whole or not at all, and nobody sees it before.
func TestDecryptingIsAllOrNothing(t *testing.T) {
	t.Parallel()
	w, old, young := two(t)
	ctx := t.Context()
	decrypt := func(l *ledger, text string, fail error) error {
		return l.DoDecryptionTxn(ctx, func(ctx context.Context) error {
			if err := errors.Join(l.PutSession(ctx, "a:0", []byte(text)), l.PutIdentity(ctx, "a:0", [32]byte{text[0]}),
				l.PutSenderKey(ctx, "group", "a:0", []byte(text)), l.RemovePreKey(ctx, 1),
				l.PutBufferedEvent(ctx, [32]byte{text[0]}, []byte(text), time.Unix(1, 0))); err != nil {
				t.Error(err)
			}
			s, err := l.GetSession(ctx, "a:0")
			k, err2 := l.GetSenderKey(ctx, "group", "a:0")
			known, err3 := l.IsTrustedIdentity(ctx, "a:0", [32]byte{text[0]})
			if err := errors.Join(err, err2, err3); err != nil || string(s) != text || string(k) != text || !known {
				t.Errorf("within: %q %q %t: %v", s, k, known, err)
			}
			return fail
		})
	}
	has := func(l *ledger, text string) {
		t.Helper()
		l.hasSession(t, "a:0", text)
		k, err := l.GetSenderKey(ctx, "group", "a:0")
		if err != nil || string(k) != text {
			t.Errorf("sender key %q: %v", k, err)
		}
		id, err := l.identity(ctx, "a:0")
		if err != nil || (id == nil) != (text == "") || id != nil && id[0] != text[0] {
			t.Errorf("identity %v: %v", id, err)
		}
		if n := w.column(t, `select count(*) from whatsmeow_event_buffer`); n != fmt.Sprint(len(text)) {
			t.Errorf("%s messages are kept", n)
		}
	}
	bad := errors.New("cannot be decrypted")
	if err := decrypt(old, "1", bad); !errors.Is(err, bad) {
		t.Fatal(err)
	}
	has(old, "")
	if _, err := old.GenOnePreKey(ctx); err != nil {
		t.Fatal(err)
	}
	if err := decrypt(old, "1", nil); err != nil {
		t.Fatal(err)
	}
	has(old, "1")
	if n := w.column(t, `select count(*) from whatsmeow_pre_keys`); n != "0" {
		t.Error("the key that was used up is still there")
	}
	has(young, "1")
	if err := young.PutSession(ctx, "a:0", []byte("2")); err != nil {
		t.Fatal(err)
	}
	if err := decrypt(old, "3", nil); !errors.Is(err, errStale) {
		t.Fatalf("what another has turned is overwritten: %v", err)
	}
	if k, err := young.GetSenderKey(ctx, "group", "a:0"); err != nil || string(k) != "1" {
		t.Errorf("sender key %q: %v", k, err)
	}
	if n := w.column(t, `select count(*) from whatsmeow_event_buffer`); n != "1" {
		t.Errorf("%s messages are kept", n)
	}
	old.hasSession(t, "a:0", "2")

	// A device whose key changed is begun with anew.
	if err := old.DoDecryptionTxn(ctx, func(ctx context.Context) error {
		if err := errors.Join(old.DeleteIdentity(ctx, "a:0"), old.DeleteSession(ctx, "a:0")); err != nil {
			return err
		}
		if s, err := old.GetSession(ctx, "a:0"); s != nil || err != nil {
			t.Errorf("%q: %v", s, err)
		}
		return old.PutIdentity(ctx, "a:0", [32]byte{'4'})
	}); err != nil {
		t.Fatal(err)
	}
	for _, l := range []*ledger{old, young} {
		l.forget()
		l.hasSession(t, "a:0", "")
		if ok, err := l.IsTrustedIdentity(ctx, "a:0", [32]byte{'1'}); ok || err != nil {
			t.Errorf("the former key is trusted: %v", err)
		}
	}
}

// A device's key is written once. Who believes that an older one stands there is not led to overwrite the newer.
func TestIdentitiesAreWrittenWhenTheyChange(t *testing.T) {
	t.Parallel()
	w, old, young := two(t)
	ctx := t.Context()
	put := func(l *ledger, k byte) {
		t.Helper()
		if err := l.PutIdentity(ctx, "a:0", [32]byte{k}); err != nil {
			t.Fatal(err)
		}
	}
	trusts := func(l *ledger, k byte, want bool) {
		t.Helper()
		if ok, err := l.IsTrustedIdentity(ctx, "a:0", [32]byte{k}); ok != want || err != nil {
			t.Errorf("%d is trusted: %t, %v", k, ok, err)
		}
	}
	trusts(old, 1, true) // nobody knows it
	put(old, 1)
	first := w.version(t, "whatsmeow_identity_keys", "a:0")
	put(old, 1)
	put(young, 1)
	if v := w.version(t, "whatsmeow_identity_keys", "a:0"); v != first {
		t.Error("what stands there is written again")
	}
	trusts(old, 2, false)
	put(young, 2)
	put(old, 1) // it believes that this stands there
	young.forget()
	trusts(young, 2, true)
	trusts(young, 1, false)
	if err := old.DeleteAllIdentities(ctx, "a"); err != nil {
		t.Fatal(err)
	}
	trusts(old, 3, true)
}

// What does not fit into memory is read again; what was read before somebody else wrote is not remembered.
func TestForgettingLosesNothing(t *testing.T) {
	t.Parallel()
	w, l, _ := two(t)
	ctx := t.Context()
	l.sessions.most = 2000
	var addresses []string
	for i := range 30 {
		a := fmt.Sprint("p", i, ":0")
		addresses = append(addresses, a)
		if err := l.PutSession(ctx, a, []byte(a)); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(l.sessions.by); n == 0 || n > 6 {
		t.Errorf("%d are remembered", n)
	}
	all, err := l.GetManySessions(ctx, append(addresses, "nobody:0"))
	if err != nil || len(all) != 31 || all["nobody:0"] != nil {
		t.Fatalf("%d: %v", len(all), err)
	}
	for _, a := range addresses {
		if string(all[a]) != a {
			t.Errorf("%s is %q", a, all[a])
		}
	}
	// One that was forgotten between reading and writing cannot be replaced; once more, it can.
	l.forget()
	if err := l.PutSession(ctx, "p1:0", []byte("x")); !errors.Is(err, errStale) {
		t.Errorf("%v", err)
	}
	l.hasSession(t, "p1:0", "p1:0")
	if err := l.PutSession(ctx, "p1:0", []byte("x")); err != nil {
		t.Error(err)
	}
	asked := l.asked()
	l.remember(func() { l.sessions.drop("p2:0") })
	if l.learn(asked, func() { l.sessions.put("p2:0", readSession([]byte("of before"))) }) {
		t.Error("what was read before is remembered")
	}
	l.hasSession(t, "p2:0", "p2:0")

	// Moved and deleted by whole persons.
	for _, a := range []string{"62811:0", "62811:3", "628119:0"} {
		if err := l.PutSession(ctx, a, []byte(a)); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.MigratePNToLID(ctx, types.NewJID("62811", types.DefaultUserServer), types.NewJID("77", types.HiddenUserServer)); err != nil {
		t.Fatal(err)
	}
	for a, want := range map[string]string{"62811:0": "", "77_1:0": "62811:0", "77_1:3": "62811:3", "628119:0": "628119:0"} {
		l.hasSession(t, a, want)
	}
	if err := l.DeleteAllSessions(ctx, "77_1"); err != nil {
		t.Fatal(err)
	}
	if err := l.DeleteSession(ctx, "628119:0"); err != nil {
		t.Fatal(err)
	}
	for _, a := range []string{"77_1:0", "77_1:3", "628119:0"} {
		l.hasSession(t, a, "")
	}
	if n := w.column(t, `select count(*) from whatsmeow_sessions`); n != "30" {
		t.Errorf("%s rows", n)
	}
}

// A commit that does not wait for the disk is on it once one that waits was begun after it, and not before.
func TestWhatIsOnTheDisk(t *testing.T) {
	t.Parallel()
	_, l, _ := two(t)
	ctx := t.Context()
	nothing := func(b *pgx.Batch) { b.Queue(`select current_setting('synchronous_commit')`) }
	var commits []uint64
	for range 3 {
		n, err := l.write(ctx, forNobody, func(b *pgx.Batch) {
			b.Queue(`select 1 / (current_setting('synchronous_commit') = 'off')::int`)
		})
		if err != nil {
			t.Fatal(err)
		}
		if l.isDurable(n) {
			t.Errorf("%d waited for nobody and is on the disk", n)
		}
		commits = append(commits, n)
	}
	n, err := l.write(ctx, forDisk, func(b *pgx.Batch) {
		b.Queue(`select 1 / (current_setting('synchronous_commit') = 'on')::int`)
		nothing(b)
	})
	if err != nil || !l.isDurable(n) || slices.ContainsFunc(commits, func(n uint64) bool { return !l.isDurable(n) }) {
		t.Errorf("%d: %v", n, err)
	}
	if n, err := l.write(ctx, forNobody, nothing); err != nil || l.isDurable(n) {
		t.Errorf("%d: %v", n, err)
	}
}

// An answer writes no keys: those it takes were set aside when the message came. They are never used twice, however often the program forgets
// how far it was, and everything can be read.
func TestKeysAreSetAside(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	run(t, w.channel)
	peer, _ := w.met(t)
	jid := must[types.JID](t)(types.ParseJID(peer))
	address := jid.SignalAddress().String()
	sent := 0
	say := func() {
		t.Helper()
		sent++
		r := w.send(t, hotline.Outgoing{ID: hotline.OutID(sent), Peer: peer, Text: fmt.Sprint("jawaban ", sent)})
		if got := w.got(t, byID(r.Ref)); got.Text != fmt.Sprint("jawaban ", sent) {
			t.Fatalf("%+v", got)
		}
	}
	type key struct {
		chain string
		index uint32
	}
	next := func(session []byte) key {
		chain, index := sendingChain(recordOf(session))
		return key{chain, index}
	}
	used := map[key]bool{}
	for round := range 6 {
		say() // the first of all writes, since it waits for what came to be on the disk
		must[string](t)(w.siti.Say(fmt.Sprint("pesan ", round)))
		w.inbox.next(t)
		<-w.Quiet(ownPhone)
		before := w.version(t, "whatsmeow_sessions", address)
		for range 5 {
			at := next(must[[]byte](t)(w.channel.ledger.GetSession(t.Context(), address)))
			if used[at] {
				t.Fatalf("key %d is used twice", at.index)
			}
			used[at] = true
			say()
			stored := next([]byte(w.column(t, `select convert_from(session, 'UTF8') from whatsmeow_sessions where their_id = $1`, address)))
			if stored.chain != at.chain || stored.index <= at.index {
				t.Fatalf("key %d went out, and %d stands in the table", at.index, stored.index)
			}
		}
		if v := w.version(t, "whatsmeow_sessions", address); v != before {
			t.Error("an answer waited for its keys to be written")
		}
		if round%2 == 0 {
			w.channel.ledger.forget()
		}
	}
	for range 2 * keysAhead { // more than are set aside at once
		say()
	}
	if n := w.Retries(ownPhone); n != 0 {
		t.Errorf("%d messages could not be read at once", n)
	}

	// Two who took the same key: the second does not go out.
	l, ctx := w.channel.ledger, t.Context()
	session := must[[]byte](t)(l.GetSession(ctx, address))
	one := turnedTo(recordOf(session), next(session).index+1)
	if err := l.PutSession(ctx, address, one); err != nil {
		t.Fatal(err)
	}
	if err := l.PutSession(ctx, address, one); !errors.Is(err, errStale) {
		t.Errorf("a key is used twice: %v", err)
	}
	say()
}

// What was handled is cleared from the library's buffer, soon or with the next message; meanwhile it counts as handled. What a program that was
// killed has left behind is cleared later.
func TestHandledMessagesAreCleared(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	l, ctx := w.channel.ledger, t.Context()
	keep := func(hash byte) {
		t.Helper()
		if err := l.DoDecryptionTxn(ctx, func(ctx context.Context) error {
			return l.PutBufferedEvent(ctx, [32]byte{hash}, []byte("rahasia"), time.Now())
		}); err != nil {
			t.Fatal(err)
		}
	}
	words := func(hash byte) string {
		t.Helper()
		return w.column(t, `select convert_from(plaintext, 'UTF8') from whatsmeow_event_buffer where ciphertext_hash = $1`, slices.Concat([]byte{hash}, make([]byte, 31)))
	}
	gone := func(hash byte) {
		t.Helper()
		for late := soon(t); words(hash) != ""; {
			select {
			case <-time.After(5 * time.Millisecond):
			case <-late.Done():
				t.Fatalf("message %d stays", hash)
			}
		}
	}
	keep(1)
	keep(2)
	if e, err := l.GetBufferedEvent(ctx, [32]byte{2}); err != nil || string(e.Plaintext) != "rahasia" {
		t.Fatalf("%+v: %v", e, err)
	}
	if err := l.ClearBufferedEventPlaintext(ctx, [32]byte{1}); err != nil {
		t.Fatal(err)
	}
	if e, err := l.GetBufferedEvent(ctx, [32]byte{1}); err != nil || e == nil || e.Plaintext != nil {
		t.Errorf("%+v: %v", e, err)
	}
	keep(3)
	gone(1)
	if err := l.ClearBufferedEventPlaintext(ctx, [32]byte{3}); err != nil {
		t.Fatal(err)
	}
	gone(3)
	if words(2) != "rahasia" {
		t.Fatal("what was not handled is gone")
	}

	w.channel.left = 50 * time.Millisecond
	run(t, w.channel)
	gone(2)
}

// While somebody is being written to, the token by which they allow it is looked up once a minute. Who changes it sees it as it is.
func TestTokensAreRemembered(t *testing.T) {
	t.Parallel()
	w, l, other := two(t)
	now := time.Now()
	l.now = func() time.Time { return now }
	ctx, jid := t.Context(), types.NewJID("77", types.HiddenUserServer)
	token := func(ctx context.Context, want string) {
		t.Helper()
		tok, err := l.GetPrivacyToken(ctx, jid)
		if err != nil || (tok == nil) != (want == "") || tok != nil && string(tok.Token) != want {
			t.Errorf("%+v: %v", tok, err)
		}
		if tok != nil {
			tok.Token = nil // the caller's own
		}
	}
	put := func(l *ledger, s string) {
		t.Helper()
		if err := l.PutPrivacyTokens(ctx, store.PrivacyToken{User: jid, Token: []byte(s), Timestamp: now}); err != nil {
			t.Fatal(err)
		}
	}
	token(sending(ctx), "")
	put(l, "1")
	token(sending(ctx), "1")
	put(other, "2")
	token(sending(ctx), "1")
	token(ctx, "2")
	now = now.Add(tokenFor)
	token(sending(ctx), "2")
	put(l, "3")
	token(sending(ctx), "3")
	_ = w
}

// What is sent is kept once, before it takes its turn; what the library makes of it meanwhile, again.
func TestWhatIsSentIsKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	run(t, w.channel)
	peer, _ := w.met(t)
	r := w.send(t, hotline.Outgoing{ID: 1, Peer: peer, Text: "baik"})
	w.got(t, byID(r.Ref))
	if n := w.column(t, `select count(*) from whatsmeow_retry_buffer where message_id = $1 and chat_jid = $2`, r.Ref, peer); n != "1" {
		t.Errorf("%s are kept", n)
	}
	l, ctx, jid := w.channel.ledger, t.Context(), must[types.JID](t)(types.ParseJID(peer))
	first := w.column(t, `select xmin::text from whatsmeow_retry_buffer where message_id = $1`, r.Ref)
	_, text, err := l.GetOutgoingEvent(ctx, jid, types.EmptyJID, r.Ref)
	if err != nil || !bytes.Contains(text, []byte("baik")) || len(l.kept.by) != 0 {
		t.Fatalf("%q, %d remembered: %v", text, len(l.kept.by), err)
	}
	if err := l.AddOutgoingEvent(ctx, jid, r.Ref, formatOurs, []byte("anders")); err != nil {
		t.Fatal(err)
	}
	if v := w.column(t, `select xmin::text from whatsmeow_retry_buffer where message_id = $1`, r.Ref); v == first {
		t.Error("not written")
	}
	if got := w.siti.Messages(); slices.ContainsFunc(got, func(m sim.Received) bool { return m.Text == "anders" }) {
		t.Error(got)
	}
}
