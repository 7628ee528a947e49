package whatsapp

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"
)

// A decryption is what one message changes, gathered until it has been decrypted. It is seen only by what decrypts it.
type decryption struct {
	sessions   map[string][]byte    // nil: deleted
	identities map[string]*[32]byte // nil: deleted
	senderKeys map[senderKey][]byte
	preKeys    []int32 // used up
	events     []decrypted
}

type senderKey struct{ group, user string }

type decrypted struct {
	hash   [32]byte
	text   []byte
	server int64 // Unix seconds
}

type decryptionKey struct{}

// decrypting gives the decryption that is under way in a context; nil: none.
func decrypting(ctx context.Context) *decryption {
	d, _ := ctx.Value(decryptionKey{}).(*decryption)
	return d
}

// GetSession gives a conversation's keys; nil: there are none.
func (l *ledger) GetSession(ctx context.Context, address string) ([]byte, error) {
	if d := decrypting(ctx); d != nil {
		if s, ok := d.sessions[address]; ok {
			return s, nil
		}
	}
	all, err := l.GetManySessions(ctx, []string{address})
	return all[address], err
}

// HasSession tells whether there are keys. The library asks for them next.
func (l *ledger) HasSession(ctx context.Context, address string) (bool, error) {
	s, err := l.GetSession(ctx, address)
	return s != nil, err
}

// GetManySessions gives the keys of several conversations; nil where there are none. What it gives is remembered: it can only be replaced then.
func (l *ledger) GetManySessions(ctx context.Context, addresses []string) (map[string][]byte, error) {
	for range 10 {
		all := make(map[string][]byte, len(addresses))
		var unknown []string
		asked := l.asked()
		for _, a := range addresses {
			if k, ok := known(l, l.sessions, a); ok {
				all[a] = k.session
			} else {
				unknown = append(unknown, a)
			}
		}
		if len(unknown) == 0 {
			return all, nil
		}
		read, err := l.AllSessionSpecificStores.GetManySessions(ctx, unknown)
		if err != nil {
			return nil, err
		}
		maps.Copy(all, read)
		if l.learn(asked, func() {
			for a, s := range read {
				if s != nil {
					l.sessions.put(a, readSession(s))
				}
			}
		}) {
			return all, nil
		}
	}
	return nil, errStale
}

// PutSession writes a conversation's keys.
func (l *ledger) PutSession(ctx context.Context, address string, session []byte) error {
	if d := decrypting(ctx); d != nil {
		d.sessions[address] = session
		return nil
	}
	return l.PutManySessions(ctx, map[string][]byte{address: session})
}

// PutManySessions takes the keys that a send has turned, before anything goes out. Those that were set aside, by a commit that is on the disk, have
// nothing to write. Else it waits for the disk.
func (l *ledger) PutManySessions(ctx context.Context, list map[string][]byte) error {
	t := l.turn(list)
	if t.again() { // with whom is being spoken elsewhere at the same time: both would use one key
		l.forget()
		return errStale
	}
	var commit uint64
	if t.due() {
		var err error
		if commit, err = l.write(ctx, forDisk, t.queue); err != nil {
			return err
		}
	}
	l.remember(func() { l.turned(t, commit) })
	return nil
}

// A turning is conversations whose keys are turned.
type turning struct {
	ours string
	list []turnedSession // by address
}

type turnedSession struct {
	address string
	before  keptSession // what is remembered, if was
	was     bool
	gone    bool // it is to be deleted
	next    keptSession
	store   []byte // what is to stand in the table
	safe    bool   // and stands there, on the disk
}

// turn compares conversations with what is remembered of them.
func (l *ledger) turn(list map[string][]byte) *turning {
	t := &turning{ours: l.ours}
	for _, a := range slices.Sorted(maps.Keys(list)) {
		s := turnedSession{address: a, gone: list[a] == nil}
		s.before, s.was = known(l, l.sessions, a)
		if !s.gone {
			s.next, s.store = ahead(list[a], s.before)
			s.next.at = s.before.at
			s.safe = s.was && s.next.stored == s.before.stored && l.isDurable(s.before.at)
		}
		t.list = append(t.list, s)
	}
	return t
}

// due tells whether anything is to be written.
func (t *turning) due() bool {
	return slices.ContainsFunc(t.list, func(s turnedSession) bool { return !s.safe })
}

// again tells whether a key for sending would be used that was used before.
func (t *turning) again() bool {
	return slices.ContainsFunc(t.list, func(s turnedSession) bool {
		return s.was && s.next.chain != "" && s.next.chain == s.before.chain && s.next.index <= s.before.index
	})
}

// queue puts keys in the place of those that were turned. Where others stand by now, the whole transaction ends in an error. Each row is a statement of
// its own, found by its whole key: for a list of rows Postgres would look through all of ours.
func (t *turning) queue(b *pgx.Batch) {
	for _, s := range t.list {
		switch {
		case s.safe:
		case s.gone:
			b.Queue(`delete from whatsmeow_sessions where our_jid = $1 and their_id = $2`, t.ours, s.address)
		case s.was:
			b.Queue(`
				with put as (
					update whatsmeow_sessions set session = $3 where our_jid = $1 and their_id = $2 and sha256(session) = $4 returning 1)
				select 1 / count(*) from put`, t.ours, s.address, s.store, s.before.stored[:])
		default: // there was none
			b.Queue(`
				with put as (
					insert into whatsmeow_sessions (our_jid, their_id, session) values ($1, $2, $3) on conflict (our_jid, their_id) do nothing returning 1)
				select 1 / count(*) from put`, t.ours, s.address, s.store)
		}
	}
}

// turned remembers the keys that were written by a commit. The ledger is locked.
func (l *ledger) turned(t *turning, commit uint64) {
	for _, s := range t.list {
		if s.gone {
			l.sessions.drop(s.address)
			continue
		}
		if !s.safe {
			s.next.at = commit
		}
		l.sessions.put(s.address, s.next)
	}
}

// DeleteSession deletes a conversation's keys.
func (l *ledger) DeleteSession(ctx context.Context, address string) error {
	if d := decrypting(ctx); d != nil {
		d.sessions[address] = nil
		return nil
	}
	defer l.remember(func() { l.sessions.drop(address) })
	return l.AllSessionSpecificStores.DeleteSession(ctx, address)
}

// DeleteAllSessions deletes the keys of all of somebody's devices.
func (l *ledger) DeleteAllSessions(ctx context.Context, user string) error {
	defer l.remember(func() { l.sessions.dropAll(of(user)) })
	return l.AllSessionSpecificStores.DeleteAllSessions(ctx, user)
}

// MigratePNToLID moves the keys of somebody who was known by telephone number.
func (l *ledger) MigratePNToLID(ctx context.Context, phone, lid types.JID) error {
	moved := func(address string) bool {
		return of(phone.SignalAddressUser())(address) || of(lid.SignalAddressUser())(address)
	}
	defer l.remember(func() {
		l.sessions.dropAll(moved)
		l.identities.dropAll(moved)
	})
	return l.AllSessionSpecificStores.MigratePNToLID(ctx, phone, lid)
}

// of tells which addresses are somebody's devices: "user:device".
func of(user string) func(address string) bool {
	return func(address string) bool { return strings.HasPrefix(address, user+":") }
}

// identity gives the key by which a device is known; nil: it is not.
func (l *ledger) identity(ctx context.Context, address string) (*[32]byte, error) {
	if d := decrypting(ctx); d != nil {
		if k, ok := d.identities[address]; ok {
			return k, nil
		}
	}
	if k, ok := known(l, l.identities, address); ok {
		return &k, nil
	}
	asked := l.asked()
	var raw []byte
	err := l.db.QueryRowContext(ctx, `select identity from whatsmeow_identity_keys where our_jid = $1 and their_id = $2`, l.ours, address).Scan(&raw)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, nil
	case err != nil:
		return nil, err
	case len(raw) != 32:
		return nil, errors.New("a device's key has not 32 bytes")
	}
	k := [32]byte(raw)
	l.learn(asked, func() { l.identities.put(address, k) })
	return &k, nil
}

// IsTrustedIdentity tells whether a device has the key that it had before. One that is new is trusted.
func (l *ledger) IsTrustedIdentity(ctx context.Context, address string, key [32]byte) (bool, error) {
	k, err := l.identity(ctx, address)
	return err == nil && (k == nil || *k == key), err
}

// PutIdentity writes a device's key, unless it stands there: the library wants it written with every message.
func (l *ledger) PutIdentity(ctx context.Context, address string, key [32]byte) error {
	if k, err := l.identity(ctx, address); err != nil || k != nil && *k == key {
		return err
	}
	if d := decrypting(ctx); d != nil {
		d.identities[address] = &key
		return nil
	}
	list := map[string]*[32]byte{address: &key}
	if _, err := l.write(ctx, forNobody, func(b *pgx.Batch) { l.replaceIdentities(b, list) }); err != nil {
		return err
	}
	l.remember(func() { l.met(list) })
	return nil
}

// met remembers the keys that were written. The ledger is locked.
func (l *ledger) met(list map[string]*[32]byte) {
	for a, k := range list {
		if k == nil {
			l.identities.drop(a)
		} else {
			l.identities.put(a, *k)
		}
	}
}

func (l *ledger) replaceIdentities(b *pgx.Batch, list map[string]*[32]byte) {
	for _, a := range slices.Sorted(maps.Keys(list)) {
		if k := list[a]; k == nil {
			b.Queue(`delete from whatsmeow_identity_keys where our_jid = $1 and their_id = $2`, l.ours, a)
		} else {
			b.Queue(`
				insert into whatsmeow_identity_keys (our_jid, their_id, identity) values ($1, $2, $3)
				on conflict (our_jid, their_id) do update set identity = excluded.identity`, l.ours, a, k[:])
		}
	}
}

// DeleteIdentity deletes a device's key.
func (l *ledger) DeleteIdentity(ctx context.Context, address string) error {
	if d := decrypting(ctx); d != nil {
		d.identities[address] = nil
		return nil
	}
	defer l.remember(func() { l.identities.drop(address) })
	return l.AllSessionSpecificStores.DeleteIdentity(ctx, address)
}

// DeleteAllIdentities deletes the keys of all of somebody's devices.
func (l *ledger) DeleteAllIdentities(ctx context.Context, user string) error {
	defer l.remember(func() { l.identities.dropAll(of(user)) })
	return l.AllSessionSpecificStores.DeleteAllIdentities(ctx, user)
}

// RemovePreKey deletes one of our keys that somebody began a conversation with.
func (l *ledger) RemovePreKey(ctx context.Context, id uint32) error {
	if d := decrypting(ctx); d != nil {
		d.preKeys = append(d.preKeys, int32(id)) //nolint:gosec // below 1<<24, as the table wants it
		return nil
	}
	return l.AllSessionSpecificStores.RemovePreKey(ctx, id)
}

// GetSenderKey gives somebody's key in a group.
func (l *ledger) GetSenderKey(ctx context.Context, group, user string) ([]byte, error) {
	if d := decrypting(ctx); d != nil {
		if k, ok := d.senderKeys[senderKey{group, user}]; ok {
			return k, nil
		}
	}
	return l.AllSessionSpecificStores.GetSenderKey(ctx, group, user)
}

// PutSenderKey writes somebody's key in a group.
func (l *ledger) PutSenderKey(ctx context.Context, group, user string, key []byte) error {
	if d := decrypting(ctx); d != nil {
		d.senderKeys[senderKey{group, user}] = key
		return nil
	}
	return l.AllSessionSpecificStores.PutSenderKey(ctx, group, user, key)
}

func (l *ledger) replaceSenderKeys(b *pgx.Batch, list map[senderKey][]byte) {
	in := func(x, y senderKey) int { return cmp.Or(cmp.Compare(x.group, y.group), cmp.Compare(x.user, y.user)) }
	for _, k := range slices.SortedFunc(maps.Keys(list), in) {
		b.Queue(`
			insert into whatsmeow_sender_keys (our_jid, chat_id, sender_id, sender_key) values ($1, $2, $3, $4)
			on conflict (our_jid, chat_id, sender_id) do update set sender_key = excluded.sender_key`, l.ours, k.group, k.user, list[k])
	}
}

// A knownToken is what stood in the table of privacy tokens; nil: nothing.
type knownToken struct {
	token *store.PrivacyToken
	read  time.Time
}

// tokenFor is how long a token is believed. They come by another name too, so that not every change is seen.
const tokenFor = time.Minute

type sendingKey struct{}

// sending marks the context of a send: what it only looks up may be remembered. The library also looks up what it is about to change.
func sending(ctx context.Context) context.Context { return context.WithValue(ctx, sendingKey{}, true) }

// GetPrivacyToken gives the token by which somebody lets us write to them.
func (l *ledger) GetPrivacyToken(ctx context.Context, user types.JID) (*store.PrivacyToken, error) {
	if ctx.Value(sendingKey{}) == nil {
		return l.AllSessionSpecificStores.GetPrivacyToken(ctx, user)
	}
	key := user.ToNonAD().String()
	if k, ok := known(l, l.tokens, key); ok && l.now().Sub(k.read) < tokenFor {
		return copied(k.token), nil
	}
	asked, read := l.asked(), l.now()
	t, err := l.AllSessionSpecificStores.GetPrivacyToken(ctx, user)
	if err == nil {
		l.learn(asked, func() { l.tokens.put(key, knownToken{copied(t), read}) })
	}
	return t, err
}

func copied(t *store.PrivacyToken) *store.PrivacyToken {
	if t == nil {
		return nil
	}
	c := *t
	return &c
}

// PutPrivacyTokens keeps tokens. It is rare: once a week for each person.
func (l *ledger) PutPrivacyTokens(ctx context.Context, tokens ...store.PrivacyToken) error {
	defer l.remember(l.tokens.clear)
	return l.AllSessionSpecificStores.PutPrivacyTokens(ctx, tokens...)
}

// PutMessageSecret keeps the key of a message that may be voted on or edited. What came is told of after the inbox's commit, what goes out after
// that of its keys: both wait for the disk.
func (l *ledger) PutMessageSecret(ctx context.Context, chat, sender types.JID, id types.MessageID, secret []byte) error {
	return l.PutMessageSecrets(ctx, []store.MessageSecretInsert{{Chat: chat, Sender: sender, ID: id, Secret: secret}})
}

// PutMessageSecrets keeps the keys of several.
func (l *ledger) PutMessageSecrets(ctx context.Context, list []store.MessageSecretInsert) error {
	if len(list) == 0 {
		return nil
	}
	_, err := l.write(ctx, forNobody, func(b *pgx.Batch) {
		for _, m := range list {
			b.Queue(`
				insert into whatsmeow_message_secrets (our_jid, chat_jid, sender_jid, message_id, key) values ($1, $2, $3, $4, $5)
				on conflict (our_jid, chat_jid, sender_jid, message_id) do nothing`,
				l.ours, m.Chat.ToNonAD().String(), m.Sender.ToNonAD().String(), m.ID, m.Secret)
		}
	})
	return err
}
