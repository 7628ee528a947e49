package whatsapp

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"google.golang.org/protobuf/proto"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"
)

const (
	clearSoon = 200 * time.Millisecond // the plain text of what was handled, where nothing else is written before
	clearTime = 5 * time.Second        // how long that may take
	clearLeft = time.Hour              // after so long on one connection, what older ones left behind: whatever was not taken then has come again
)

// DoDecryptionTxn gathers what decrypting a message changes, and commits it in one round trip together with the message.
func (l *ledger) DoDecryptionTxn(ctx context.Context, decrypt func(context.Context) error) error {
	d := &decryption{sessions: map[string][]byte{}, identities: map[string]*[32]byte{}, senderKeys: map[senderKey][]byte{}}
	if err := decrypt(context.WithValue(ctx, decryptionKey{}, d)); err != nil {
		return err
	}
	turned, cleared := l.turn(d.sessions), l.takeHandled()
	commit, err := l.write(ctx, forNobody, func(b *pgx.Batch) {
		for _, id := range d.preKeys {
			b.Queue(`delete from whatsmeow_pre_keys where jid = $1 and key_id = $2`, l.ours, id)
		}
		l.replaceIdentities(b, d.identities)
		l.replaceSenderKeys(b, d.senderKeys)
		turned.queue(b)
		for _, e := range d.events {
			b.Queue(`
				insert into whatsmeow_event_buffer (our_jid, ciphertext_hash, plaintext, server_timestamp, insert_timestamp)
				values ($1, $2, $3, $4, $5)`, l.ours, e.hash[:], e.text, e.server, l.now().UnixMilli())
		}
		l.clear(b, cleared)
	})
	if err != nil {
		l.clearAgain(cleared)
		return err
	}
	l.remember(func() {
		l.turned(turned, commit)
		l.met(d.identities)
	})
	return nil
}

// PutBufferedEvent keeps a message that was decrypted until it is handled: its keys open it only once.
func (l *ledger) PutBufferedEvent(ctx context.Context, hash [32]byte, text []byte, server time.Time) error {
	if d := decrypting(ctx); d != nil {
		d.events = append(d.events, decrypted{hash, text, server.Unix()})
		return nil
	}
	return l.AllSessionSpecificStores.PutBufferedEvent(ctx, hash, text, server)
}

// GetBufferedEvent gives a message that came before, without its text if it was handled.
func (l *ledger) GetBufferedEvent(ctx context.Context, hash [32]byte) (*store.BufferedEvent, error) {
	e, err := l.AllSessionSpecificStores.GetBufferedEvent(ctx, hash)
	l.mu.Lock()
	defer l.mu.Unlock()
	if e != nil && l.handled[hash] {
		e.Plaintext = nil
	}
	return e, err
}

// ClearBufferedEventPlaintext says that a message was handled. Its text is cleared with the next message, or soon.
func (l *ledger) ClearBufferedEventPlaintext(_ context.Context, hash [32]byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.handled[hash] = true
	if l.clearing == nil {
		l.clearing = time.AfterFunc(clearSoon, func() {
			ctx, cancel := context.WithTimeout(context.Background(), clearTime)
			defer cancel()
			_ = l.clearHandled(ctx) // else with the next message
		})
	}
	return nil
}

func (l *ledger) takeHandled() [][32]byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.clearing != nil {
		l.clearing.Stop()
		l.clearing = nil
	}
	list := slices.Collect(maps.Keys(l.handled))
	clear(l.handled)
	return list
}

// clearHandled clears the text of what was handled. After an error that is still to be done, with the next message.
func (l *ledger) clearHandled(ctx context.Context) error {
	list := l.takeHandled()
	if len(list) == 0 {
		return nil
	}
	_, err := l.write(ctx, forNobody, func(b *pgx.Batch) { l.clear(b, list) })
	if err != nil {
		l.clearAgain(list)
	}
	return err
}

func (l *ledger) clearAgain(list [][32]byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, h := range list {
		l.handled[h] = true
	}
}

func (l *ledger) clear(b *pgx.Batch, list [][32]byte) {
	for _, h := range list {
		b.Queue(`update whatsmeow_event_buffer set plaintext = null where our_jid = $1 and ciphertext_hash = $2`, l.ours, h[:])
	}
}

// clearOlder clears the text of all that was decrypted before a moment: a program that was killed left it behind.
func (l *ledger) clearOlder(ctx context.Context, than time.Time) error {
	_, err := l.write(ctx, forNobody, func(b *pgx.Batch) {
		b.Queue(`update whatsmeow_event_buffer set plaintext = null where our_jid = $1 and plaintext is not null and insert_timestamp < $2`,
			l.ours, than.UnixMilli())
	})
	return err
}

// AddOutgoingEvent keeps what is about to be sent, for whoever cannot read it and asks again, unless it is kept already.
func (l *ledger) AddOutgoingEvent(ctx context.Context, chat types.JID, id types.MessageID, format string, text []byte) error {
	l.mu.Lock()
	k, ok := l.kept.get(chat.String() + " " + id)
	l.kept.drop(chat.String() + " " + id)
	l.mu.Unlock()
	if ok && format == formatOurs && bytes.Equal(k, text) {
		return nil
	}
	return l.addOutgoing(ctx, forNobody, chat, id, format, text)
}

// formatOurs is what the library calls the only kind of messages that we send.
const formatOurs = "wa"

// keep keeps what is about to be sent before it takes its turn, and waits for the disk.
func (l *ledger) keep(ctx context.Context, chat types.JID, id types.MessageID, m *waE2E.Message) error {
	text, err := proto.Marshal(m)
	if err != nil {
		return fmt.Errorf("keep what is sent: %w", err)
	}
	select {
	case l.keeping <- struct{}{}:
		defer func() { <-l.keeping }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if err := l.addOutgoing(ctx, forDisk, chat, id, formatOurs, text); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.kept.put(chat.String()+" "+id, text)
	return nil
}

func (l *ledger) addOutgoing(ctx context.Context, w wait, chat types.JID, id types.MessageID, format string, text []byte) error {
	_, err := l.write(ctx, w, func(b *pgx.Batch) {
		b.Queue(`
			insert into whatsmeow_retry_buffer (our_jid, chat_jid, message_id, format, plaintext, timestamp) values ($1, $2, $3, $4, $5, $6)
			on conflict (our_jid, chat_jid, message_id) do update
				set format = excluded.format, plaintext = excluded.plaintext, timestamp = excluded.timestamp`,
			l.ours, chat.String(), id, format, text, l.now().UnixMilli())
	})
	return err
}
