package console

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"tanggap/hotline"
)

// An ExchangeTx takes what a telephone exchange reports.
type ExchangeTx interface {
	// ReportCall takes a report; the first of a call begins it, and the same once more changes nothing. It tells whether anything changed.
	ReportCall(context.Context, hotline.ExchangeReport) (hotline.Call, bool, error)
}

// How an exchange signs: the header X-Tanggap-Time is the machine's time in Unix seconds, X-Tanggap-Signature the HMAC-SHA256, in hexadecimal, of
// that number, a point and the body.
const (
	exchangeTime      = "X-Tanggap-Time"
	exchangeSignature = "X-Tanggap-Signature"
)

// exchangeWindow is how far the exchange's clock may be from ours. A report that somebody recorded is no good afterwards, and within it changes nothing:
// the same report twice is the same.
const exchangeWindow = 5 * time.Minute

const exchangeBody = 4 << 10

// Exchange answers POST /exchange, by which a telephone exchange tells of calls to the line:
//
//	{"call": "trunk-7/42", "state": "ringing", "number": "0812…", "at": "2026-11-23T09:00:05+07:00"}
//
// state is ringing, answered or ended; number may be empty. It answers 204, 401 for a report that is not signed right or too old, 400 for one that cannot be
// read, and 503 when it could not be kept: the exchange should say it again.
type Exchange struct {
	Secret []byte
	Do     func(ctx context.Context, fn func(ExchangeTx) error) error // a unit of work
	Now    func() time.Time                                           // the machine's time
	Log    *slog.Logger
}

// ServeHTTP answers one report.
func (x Exchange) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, exchangeBody))
	if err != nil {
		http.Error(w, "unreadable", http.StatusBadRequest)
		return
	}
	if !x.signed(r.Header.Get(exchangeTime), r.Header.Get(exchangeSignature), body) {
		http.Error(w, "not signed", http.StatusUnauthorized)
		return
	}
	var told struct {
		Call   string                `json:"call"`
		State  hotline.ExchangeState `json:"state"`
		Number string                `json:"number"`
		At     time.Time             `json:"at"`
	}
	report := hotline.ExchangeReport{}
	if err = json.Unmarshal(body, &told); err == nil {
		report = hotline.ExchangeReport{Call: told.Call, State: told.State, Number: told.Number, At: told.At}
	}
	if err != nil || !report.Valid() {
		http.Error(w, "no report of a call", http.StatusBadRequest)
		return
	}
	err = x.Do(r.Context(), func(t ExchangeTx) error {
		_, _, err := t.ReportCall(r.Context(), report)
		return err
	})
	switch {
	case errors.Is(err, hotline.ErrCallValue):
		http.Error(w, "no report of a call", http.StatusBadRequest)
	case err != nil:
		x.Log.Error("exchange: a report was not kept", "state", string(report.State), "error", err)
		http.Error(w, "say it again", http.StatusServiceUnavailable)
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}

// signed tells whether whoever has the secret signed the body of late. It takes the same time whatever is wrong with the signature.
func (x Exchange) signed(at, signature string, body []byte) bool {
	seconds, err := strconv.ParseInt(at, 10, 64)
	if err != nil || len(x.Secret) == 0 {
		return false
	}
	mac := hmac.New(sha256.New, x.Secret)
	mac.Write([]byte(at + "."))
	mac.Write(body)
	given, err := hex.DecodeString(signature)
	right := hmac.Equal(mac.Sum(nil), given)
	off := x.Now().Sub(time.Unix(seconds, 0)).Abs()
	return err == nil && right && off <= exchangeWindow
}
