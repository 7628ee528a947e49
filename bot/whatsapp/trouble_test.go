package whatsapp

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"go.mau.fi/libsignal/signalerror"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/store"

	"tanggap/hotline"
)

func TestWhatASendErrorMeans(t *testing.T) {
	t.Parallel()
	code := func(n int) error { return fmt.Errorf("%w %d", whatsmeow.ErrServerReturnedError, n) }
	for _, c := range []struct {
		err  error
		want hotline.Trouble
	}{
		{code(463), hotline.TroubleWindow},
		{code(405), hotline.TroubleRefused},
		{code(400), hotline.TroubleRefused},
		{code(479), hotline.TroubleRefused},
		{code(503), hotline.TroubleUnavailable},
		{code(500), hotline.TroubleUnavailable},
		{code(429), hotline.TroubleLater},
		{code(404), hotline.TroubleGone},
		{code(401), hotline.TroubleAccount},
		{whatsmeow.ErrNotConnected, hotline.TroubleUnavailable},
		{whatsmeow.ErrMessageTimedOut, hotline.TroubleUnavailable},
		{&whatsmeow.DisconnectedError{Action: "message send"}, hotline.TroubleUnavailable},
		{fmt.Errorf("failed to send message node: %w", context.DeadlineExceeded), hotline.TroubleUnavailable},
		{whatsmeow.ErrNotLoggedIn, hotline.TroubleAccount},
		{store.ErrDeviceDeleted, hotline.TroubleAccount},
		{fmt.Errorf("failed to get group members: %w", whatsmeow.ErrNotInGroup), hotline.TroubleGone},
		{&whatsmeow.IQError{Code: 429, Text: "rate-overlimit"}, hotline.TroubleLater},
		{errors.New("no LID found for 628123@s.whatsapp.net from server"), hotline.TroubleGone},
		{errors.New("what else"), hotline.TroubleUnavailable},
		{accountError(Trouble{Kind: TroubleBanned}), hotline.TroubleAccount},
	} {
		e := sendError(c.err)
		if e.Trouble != c.want {
			t.Errorf("%v is %s, want %s", c.err, e.Trouble, c.want)
		}
		if e.Trouble == hotline.TroubleLater && e.After <= 0 {
			t.Errorf("%v: later, but when?", c.err)
		}
	}
}

// The library puts addresses, numbers and whole stanzas into its errors.
func TestErrorsAreHarmless(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"no LID found for 6281234567890@s.whatsapp.net from server",
		"failed to get device list: 111222333444555:12@lid is gone",
		"failed: 111222333444555_1:12",
		`info query returned unknown error: <error code="1"><user jid="6281234567890@s.whatsapp.net"/></error>`,
		`parse "https://mmg.whatsapp.net/v/t62?auth=secret&hash=abc": no`,
		"in 120363000000000001@g.us",
	} {
		err := harmless(fmt.Errorf("%w: %s", net.ErrClosed, s))
		for _, bad := range []string{"6281234567890", "111222333444555", "secret", "120363000000000001", "@lid"} {
			if strings.Contains(err.Error(), bad) {
				t.Errorf("%q", err)
			}
		}
		if !errors.Is(err, net.ErrClosed) {
			t.Errorf("%q is no longer what it was", err)
		}
	}
	if harmless(nil) != nil {
		t.Error("no error became one")
	}
}

// A database that is away is not a message that cannot be decrypted, and the other way round.
func TestErrorsOfTheDatabase(t *testing.T) {
	t.Parallel()
	for _, err := range []error{&pgconn.PgError{Code: "57P01"}, &pgconn.PgError{Code: "53300"}, &pgconn.PgError{Code: "40001"}, &pgconn.PgError{Code: "25P03"},
		sql.ErrConnDone, fmt.Errorf("x: %w", context.DeadlineExceeded), &net.OpError{Op: "dial", Err: errors.New("refused")}} {
		if !ofDatabase(err) {
			t.Errorf("%v is taken for the message's", err)
		}
	}
	for _, err := range []error{nil, signalerror.ErrBadMAC, signalerror.ErrNoValidSessions, &pgconn.PgError{Code: "22021"}, &pgconn.PgError{Code: "23505"}, errors.New("bad padding")} {
		if ofDatabase(err) {
			t.Errorf("%v is taken for the database's: the message would come for ever", err)
		}
	}
	if !errors.Is(errAway, context.Canceled) {
		t.Error("the library would tell the network that the message arrived")
	}
}
