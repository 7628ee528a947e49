package console_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"tanggap/console"
	"tanggap/hotline"
	"tanggap/store"
	"tanggap/testbed"
)

func TestTheExchangeIsHeardOnlyWhenItSigns(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	now := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	secret := []byte("a secret of the exchange's")
	down := false
	x := console.Exchange{Secret: secret, Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler),
		Do: func(ctx context.Context, fn func(console.ExchangeTx) error) error {
			if down {
				return errors.New("Postgres is away")
			}
			return s.Do(ctx, now, func(t *store.Tx) error { return fn(t) })
		}}
	post := func(secret []byte, at time.Time, body string, spoil func(*http.Request)) int {
		stamp := strconv.FormatInt(at.Unix(), 10)
		mac := hmac.New(sha256.New, secret)
		mac.Write([]byte(stamp + "." + body))
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/exchange", strings.NewReader(body))
		r.Header.Set("X-Tanggap-Time", stamp)
		r.Header.Set("X-Tanggap-Signature", hex.EncodeToString(mac.Sum(nil)))
		if spoil != nil {
			spoil(r)
		}
		w := httptest.NewRecorder()
		x.ServeHTTP(w, r)
		return w.Code
	}
	ringing := `{"call":"t/1","state":"ringing","number":"081299998888","at":"2026-11-23T09:00:00+07:00"}`
	for name, tt := range map[string]struct {
		got, want int
	}{
		"another's secret":  {post([]byte("x"), now, ringing, nil), 401},
		"recorded long ago": {post(secret, now.Add(-time.Hour), ringing, nil), 401},
		"from the future":   {post(secret, now.Add(time.Hour), ringing, nil), 401},
		"another time":      {post(secret, now, ringing, func(r *http.Request) { r.Header.Set("X-Tanggap-Time", strconv.FormatInt(now.Unix()+1, 10)) }), 401},
		"no signature":      {post(secret, now, ringing, func(r *http.Request) { r.Header.Del("X-Tanggap-Signature") }), 401},
		"no hexadecimal":    {post(secret, now, ringing, func(r *http.Request) { r.Header.Set("X-Tanggap-Signature", "zz") }), 401},
		"no time":           {post(secret, now, ringing, func(r *http.Request) { r.Header.Set("X-Tanggap-Time", "soon") }), 401},
		"no json":           {post(secret, now, "ringing", nil), 400},
		"no state":          {post(secret, now, `{"call":"t/1","state":"busy","at":"2026-11-23T09:00:00+07:00"}`, nil), 400},
		"no call":           {post(secret, now, `{"state":"ringing","at":"2026-11-23T09:00:00+07:00"}`, nil), 400},
		"too much":          {post(secret, now, `"`+strings.Repeat("x", 1<<13)+`"`, nil), 400},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %d, want %d", name, tt.got, tt.want)
		}
	}
	viewer := hotline.Viewer{Person: 1, Roles: []hotline.Role{{Name: hotline.RoleOperator}}}
	heard := func() (cs []hotline.Call) {
		if err := s.Do(t.Context(), now, func(tx *store.Tx) (err error) {
			cs, err = tx.OpenCalls(t.Context(), viewer, 9)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return cs
	}
	if cs := heard(); len(cs) != 0 {
		t.Fatalf("heard unsigned: %+v", cs)
	}
	down = true
	if got := post(secret, now, ringing, nil); got != http.StatusServiceUnavailable {
		t.Errorf("without Postgres: %d", got)
	}
	down = false
	for range 2 {
		if got := post(secret, now, ringing, nil); got != http.StatusNoContent {
			t.Errorf("ringing: %d", got)
		}
	}
	if got := post(secret, now, `{"call":"t/1","state":"answered","number":"","at":"2026-11-23T09:00:04+07:00"}`, nil); got != http.StatusNoContent {
		t.Errorf("answered: %d", got)
	}
	if cs := heard(); len(cs) != 1 || cs[0].Number != "+6281299998888" || !cs[0].Rang.Equal(now) || !cs[0].Answered.Equal(now.Add(4*time.Second)) {
		t.Errorf("%+v", cs)
	}
}
