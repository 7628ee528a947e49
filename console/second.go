package console

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"
	"github.com/skip2/go-qrcode"

	"tanggap/hotline"
)

// A SecondTx keeps the second step: a number that the user's telephone makes anew every 30 seconds (TOTP), or a recovery code.
type SecondTx interface {
	// BeginTOTP keeps a secret that is shown and was not typed yet; ConfirmTOTP puts it in force, the step that was typed used up, and gives new
	// recovery codes; RemoveTOTP takes all of it away.
	BeginTOTP(p hotline.PersonID, secret string)
	ConfirmTOTP(p hotline.PersonID, step int64) (recovery []string)
	RemoveTOTP(hotline.PersonID)
	// UseStep notes that a number was used; false: it or a later one was already.
	UseStep(ctx context.Context, p hotline.PersonID, step int64) (bool, error)
	// NewRecovery makes recovery codes in the place of the old ones; UseRecovery uses one up, false: it is none.
	NewRecovery(hotline.PersonID) (recovery []string)
	UseRecovery(ctx context.Context, p hotline.PersonID, code string) (bool, error)
}

func secondRoutes() []Route {
	return []Route{
		{Method: "GET", Path: "/second", Stage: hotline.StageSecond, Do: (*Request).secondForm},
		{Method: "POST", Path: "/second", Stage: hotline.StageSecond, Do: (*Request).second},
		{Method: "GET", Path: "/setup", Stage: hotline.StageSetup, Do: (*Request).setupForm},
		{Method: "POST", Path: "/setup", Stage: hotline.StageSetup, Do: (*Request).setup},
		{Method: "GET", Path: "/account/second", Do: (*Request).setupForm},
		{Method: "POST", Path: "/account/second", Do: (*Request).setup},
		{Method: "POST", Path: "/account/recovery", Do: (*Request).renewRecovery},
		{Method: "POST", Path: "/account/second/remove", Do: (*Request).removeSecond},
	}
}

// How numbers are made: as every authenticator does without being told.
const (
	stepSeconds = 30
	stepSkew    = 1 // steps before and after that count too
	digits      = 6
)

type secondPage struct {
	Form *Form
	Back string
}

func (q *Request) secondForm() error {
	return q.Page("second", secondPage{Back: safePath(q.URL.Query().Get("back"))})
}

// second lets somebody in who knew the password and has the telephone.
func (q *Request) second() error {
	f := q.Form()
	page := secondPage{Form: f, Back: safePath(f.Get("back"))}
	if f.Get("code") == "" {
		f.Wrong("code", "wrong.empty")
		return q.Again("second", page)
	}
	may, right := false, false
	token := newToken()
	account := "second step of " + q.User.Login
	err := q.Do(func(t Tx) (err error) {
		right = false
		if may, err = q.try(t, account); err != nil {
			return err
		}
		if !may {
			t.Audit(hotline.Audit{Act: hotline.ActLockedOut, Person: q.User.Person, Detail: q.address()})
			t.EndSession(q.token)
			return nil
		}
		if right, err = q.proves(t, f.Get("code")); err != nil || !right {
			return err
		}
		t.Forgive(account, q.address())
		q.enter(t, q.User.Person, hotline.StageIn, token)
		q.arrived(t, q.User.Person)
		return nil
	})
	switch {
	case err != nil:
		return err
	case !may:
		f.Wrong("", "login.slow")
		q.session = nil
		return q.page(http.StatusTooManyRequests, "login", loginPage{Form: f, Back: page.Back, OIDC: q.console.oidc != nil})
	case !right:
		f.Wrong("code", "second.wrong")
		return q.Again("second", page)
	}
	q.setToken(token)
	return q.Redirect(page.Back)
}

// proves tells whether what was typed is the telephone's number or a recovery code, and uses it up.
func (q *Request) proves(t Tx, typed string) (bool, error) {
	typed = strings.NewReplacer(" ", "", "-", "").Replace(typed)
	secrets, err := t.Secrets(q.Context(), q.User.Person)
	if err != nil {
		return false, err
	}
	if len(typed) == digits {
		step, ok := stepOf(secrets.TOTP, typed, q.Now)
		if !ok {
			return false, nil
		}
		return t.UseStep(q.Context(), q.User.Person, step)
	}
	return t.UseRecovery(q.Context(), q.User.Person, typed)
}

// stepOf tells which step's number was typed, of those that count at now.
func stepOf(secret, typed string, now time.Time) (int64, bool) {
	if secret == "" || len(typed) != digits {
		return 0, false
	}
	step := now.Unix() / stepSeconds
	found, ok := int64(0), false
	for at := step - stepSkew; at <= step+stepSkew; at++ { // all of them, so that it takes as long
		code, err := totp.GenerateCodeCustom(secret, time.Unix(at*stepSeconds, 0), totp.ValidateOpts{Period: stepSeconds, Digits: digits, Algorithm: otp.AlgorithmSHA1})
		if err == nil && subtle.ConstantTimeCompare([]byte(code), []byte(typed)) == 1 {
			found, ok = at, true
		}
	}
	return found, ok
}

type setupPage struct {
	Form   *Form
	Back   string
	Must   bool
	Action string
	Secret string
	QR     template.URL // an image
}

// setupForm shows the secret, made at the first look, until its number is typed once.
func (q *Request) setupForm() error {
	page := setupPage{Back: safePath(q.URL.Query().Get("back"))}
	return q.showSetup(http.StatusOK, page)
}

func (q *Request) showSetup(status int, page setupPage) error {
	if q.User.TwoStep && q.session.Stage == hotline.StageIn {
		return q.Redirect("/account")
	}
	page.Must, page.Action = q.session.Stage == hotline.StageSetup, q.route.Path
	fresh, err := totp.Generate(totp.GenerateOpts{Issuer: "Tanggap " + q.Regency().Name, AccountName: q.User.Login})
	if err != nil {
		return fmt.Errorf("make a second step: %w", err)
	}
	secret := ""
	err = q.Do(func(t Tx) error {
		secrets, err := t.Secrets(q.Context(), q.User.Person)
		if err != nil {
			return err
		}
		if secret = secrets.NewTOTP; secret == "" {
			secret = fresh.Secret()
			t.BeginTOTP(q.User.Person, secret)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i := 0; i < len(secret); i += 4 {
		page.Secret += " " + secret[i:min(i+4, len(secret))]
	}
	issuer := "Tanggap " + q.Regency().Name
	address := "otpauth://totp/" + url.PathEscape(issuer+":"+q.User.Login) + "?" +
		strings.ReplaceAll(url.Values{"secret": {secret}, "issuer": {issuer}}.Encode(), "+", "%20")
	image, err := qrcode.Encode(address, qrcode.Medium, 240)
	if err != nil {
		return fmt.Errorf("draw a QR code: %w", err)
	}
	page.QR = template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(image)) //nolint:gosec // G203: an image of our own
	return q.page(status, "setup", page)
}

// setup puts the second step in force once the telephone's number was typed right, and shows the recovery codes, this once.
func (q *Request) setup() error {
	f := q.Form()
	page := setupPage{Form: f, Back: safePath(f.Get("back"))}
	var recovery []string
	token := newToken()
	err := q.Do(func(t Tx) error {
		recovery = nil
		secrets, err := t.Secrets(q.Context(), q.User.Person)
		if err != nil {
			return err
		}
		step, ok := stepOf(secrets.NewTOTP, strings.ReplaceAll(f.Get("code"), " ", ""), q.Now)
		if !ok || q.User.TwoStep {
			return nil
		}
		recovery = t.ConfirmTOTP(q.User.Person, step)
		q.Audit(t, hotline.Audit{By: q.User.Person, Act: hotline.ActTwoStep, Person: q.User.Person, Detail: "set up"})
		if q.session.Stage != hotline.StageIn {
			q.arrived(t, q.User.Person)
		}
		t.EndSessions(q.User.Person, nil)
		t.NewSession(hashToken(token), q.User.Person, hotline.StageIn)
		t.Signal(hotline.TopicSession, int64(q.User.Person))
		return nil
	})
	if err != nil {
		return err
	}
	if recovery == nil {
		f.Wrong("code", "second.wrong")
		return q.showSetup(http.StatusUnprocessableEntity, page)
	}
	q.setToken(token)
	return q.showRecovery(recovery, page.Back)
}

func (q *Request) showRecovery(codes []string, back string) error {
	return q.Page("recovery", struct {
		Codes []string
		Back  string
	}{codes, back})
}

// renewRecovery makes new recovery codes for whoever proves to have the telephone.
func (q *Request) renewRecovery() error {
	var codes []string
	_, err := q.again(func(t Tx) error {
		codes = t.NewRecovery(q.User.Person)
		q.Audit(t, hotline.Audit{Act: hotline.ActTwoStep, Person: q.User.Person, Detail: "new recovery codes"})
		return nil
	})
	if err != nil || codes == nil {
		return err
	}
	return q.showRecovery(codes, "/account")
}

// removeSecond takes the second step away from whoever may do without.
func (q *Request) removeSecond() error {
	if q.Viewer.Has(hotline.RoleCoordinator, hotline.RoleSupervisor) {
		return ErrForbidden
	}
	done, err := q.again(func(t Tx) error {
		t.RemoveTOTP(q.User.Person)
		q.Audit(t, hotline.Audit{Act: hotline.ActTwoStep, Person: q.User.Person, Detail: "taken away"})
		q.Flash(t, "account.removed")
		return nil
	})
	if err != nil || !done {
		return err
	}
	return q.Redirect("/account")
}

// again runs fn for whoever types the present password once more, or the second step's number where there is no password since they come by links; whoever
// does not sees the account's page again, told so. false: it did not run.
func (q *Request) again(fn func(Tx) error) (bool, error) {
	f := q.Form()
	may, right, kept := false, false, ""
	account := "account of " + q.User.Login
	err := q.Do(func(t Tx) (err error) {
		if may, err = q.try(t, account); err != nil {
			return err
		}
		secrets, err := t.Secrets(q.Context(), q.User.Person)
		if kept, right = secrets.Password, false; err == nil && may && kept == "" {
			right, err = q.proves(t, f.Get("old"))
		}
		return err
	})
	if err != nil {
		return false, err
	}
	if may && kept != "" {
		if right, _, err = q.console.passwords.right(q.Context(), kept, f.Values.Get("old")); err != nil {
			return false, err
		}
	}
	if !right {
		said := "login.wrong"
		switch {
		case !may:
			said = "login.slow"
		case kept == "":
			said = "second.wrong"
		}
		f.Wrong("old", said)
		return false, q.showAccount(http.StatusUnprocessableEntity, f)
	}
	return true, q.Do(func(t Tx) error {
		t.Forgive(account, q.address())
		return fn(t)
	})
}
