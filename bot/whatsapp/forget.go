package whatsapp

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"go.mau.fi/whatsmeow/types"
)

// Forget deletes what the library keeps of a person: names, the telephone number, and the words of what was sent to them and received from them. The
// keys that their next message needs stay. It is for whoever carries out an erasure.
func Forget(ctx context.Context, db *sql.DB, peer string) error {
	jid, err := types.ParseJID(peer)
	if err != nil || jid.User == "" || jid.Server != types.HiddenUserServer && jid.Server != types.DefaultUserServer {
		return errPeer
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("forget a person: %w", harmless(err))
	}
	defer func() { _ = tx.Rollback() }() // after the commit it does nothing
	names := []string{jid.ToNonAD().String()}
	var lid, phone string
	row := tx.QueryRowContext(ctx, `select lid, pn from whatsmeow_lid_map where (case when $2 then lid else pn end) = $1`, jid.User, jid.Server == types.HiddenUserServer)
	if row.Scan(&lid, &phone) == nil {
		names = []string{lid + "@" + types.HiddenUserServer, phone + "@" + types.DefaultUserServer}
	}
	for _, name := range names {
		user, _, _ := strings.Cut(name, "@")
		for _, q := range []struct {
			sql string
			arg string
		}{
			{`delete from whatsmeow_contacts where their_jid = $1`, name},
			{`delete from whatsmeow_chat_settings where chat_jid = $1`, name},
			{`delete from whatsmeow_retry_buffer where chat_jid = $1`, name},
			{`delete from whatsmeow_message_secrets where chat_jid = $1`, name},
			{`delete from whatsmeow_lid_map where lid = $1 or pn = $1`, user},
		} {
			if _, err := tx.ExecContext(ctx, q.sql, q.arg); err != nil {
				return fmt.Errorf("forget a person: %w", harmless(err))
			}
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("forget a person: %w", harmless(err))
	}
	return nil
}
