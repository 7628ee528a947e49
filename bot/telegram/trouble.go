package telegram

import (
	"errors"
	"net/http"
	"strings"
	"time"

	tg "github.com/go-telegram/bot"

	"tanggap/hotline"
)

// trouble puts what went wrong with a send into the courier's words. The error it holds is safe to log: it has neither the token nor anything
// of a person. Telegram has no codes beside HTTP's, so its descriptions must be read; they have been stable for years, and one that is not known
// is a refusal, which a human gets to see.
func trouble(err error) *hotline.SendError {
	var done *hotline.SendError
	if errors.As(err, &done) {
		return done
	}
	var api *apiError
	if !errors.As(err, &api) {
		api = libraryError(err)
	}
	if api == nil {
		return &hotline.SendError{Trouble: hotline.TroubleUnavailable, Err: network(err)}
	}
	e := &hotline.SendError{Trouble: sentence(api), Err: api}
	if e.Trouble == hotline.TroubleLater {
		e.After = max(api.RetryAfter, time.Second)
	}
	return e
}

func sentence(e *apiError) hotline.Trouble {
	said := strings.ToLower(e.Description)
	has := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(said, p) {
				return true
			}
		}
		return false
	}
	switch {
	case e.Code == http.StatusTooManyRequests:
		return hotline.TroubleLater
	case e.Code >= 500, e.Code < 400, e.Code == http.StatusRequestTimeout, e.Code == http.StatusConflict:
		return hotline.TroubleUnavailable
	case e.Code == http.StatusUnauthorized, e.Code == http.StatusNotFound:
		return hotline.TroubleAccount
	case e.Migrated:
		return hotline.TroubleGone
	case e.Code == http.StatusForbidden:
		// "can't initiate conversation": they deleted the chat, and it comes back to life when they write again.
		if has("blocked by the user", "can't initiate conversation") {
			return hotline.TroubleBlocked
		}
		return hotline.TroubleGone
	case has("message is not modified"):
		return hotline.TroubleUnchanged
	case has("message to edit not found", "message can't be edited", "message_id_invalid", "message identifier is not specified", "no caption in the message",
		"there is no text in the message"):
		return hotline.TroubleLost
	case has("query is too old", "query id is invalid", "query_id_invalid"):
		return hotline.TroubleExpired
	case has("chat not found", "peer_id_invalid", "user not found", "chat_id is empty", "user is deactivated", "input_user_deactivated"):
		return hotline.TroubleGone
	}
	return hotline.TroubleRefused
}

// libraryError reads the library's own errors, which it makes of answers that say no with a good status.
func libraryError(err error) *apiError {
	var many *tg.TooManyRequestsError
	var migrated *tg.MigrateError
	switch {
	case errors.As(err, &many):
		return &apiError{Code: http.StatusTooManyRequests, Description: "too many requests", RetryAfter: time.Duration(many.RetryAfter) * time.Second}
	case errors.As(err, &migrated):
		return &apiError{Code: http.StatusBadRequest, Description: "the chat has moved", Migrated: true}
	}
	return nil
}

// network gives a safe error for one that is none of the network's: the library puts whole answers into its own.
func network(err error) error {
	if strings.Contains(err.Error(), "error decode") {
		return errAnswer
	}
	var outer interface{ Unwrap() error }
	if strings.HasPrefix(err.Error(), "error do request") && errors.As(err, &outer) {
		if inner := outer.Unwrap(); inner != nil {
			return told(inner)
		}
	}
	return told(err)
}
