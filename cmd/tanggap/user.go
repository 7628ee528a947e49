package main

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"text/tabwriter"
	"time"

	"tanggap/console"
	"tanggap/hotline"
	"tanggap/house"
	"tanggap/store"
)

type userAddCmd struct {
	Login  string `arg:"" name:"name" help:"What the person types to sign in, as budi.s"`
	Role   string `required:"true" enum:"operator,desk,supervisor,coordinator,viewer" help:"operator, desk, supervisor, coordinator or viewer."`
	Name   string `help:"What the person is called."`
	Email  string `help:"Their address at the issuer of identities (TANGGAP_OIDC_ISSUER), with which they may sign in too."`
	Agency string `help:"The agency they work for (default: the one that runs the hotline)."`
	Unit   string `help:"A unit of it (default: the agency itself)."`
	Person int64  `help:"The person's number, for somebody who is known from the chat (list: tanggap officer list)."`
	Days   int    `default:"3" help:"How many days the link is good for."`
}

// loginForm is what a login name may be: nothing that needs explaining on the telephone.
var loginForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{1,39}$`)

// Run prints the one-time code alone on its line, then the link, then what to do with it.
func (c *userAddCmd) Run(p *program) error {
	login, name := strings.ToLower(strings.TrimSpace(c.Login)), strings.Join(strings.Fields(c.Name), " ")
	switch {
	case !loginForm.MatchString(login):
		return wrongUse("%q is no login name: 2 to 40 letters a to z, digits, dots, dashes", printable(c.Login))
	case c.Days < 1 || c.Days > 30:
		return wrongUse("--days %d: a link is good for 1 to 30 days", c.Days)
	case len(name) > 100:
		return wrongUse("--name: give a name of at most 100 letters")
	case c.Email != "" && !strings.Contains(c.Email, "@"):
		return wrongUse("--email %q is no e-mail address", printable(c.Email))
	case c.Unit != "" && c.Agency == "":
		return wrongUse("--unit needs --agency")
	}
	return p.users(func(d *data, s *store.Store) error {
		unit, err := c.unit(d.regency)
		if err != nil {
			return err
		}
		now := time.Now()
		until := now.AddDate(0, 0, c.Days)
		var code string
		err = s.Do(p.ctx, now, func(t *store.Tx) (err error) {
			_, code, err = t.AddUser(p.ctx, store.NewUser{Login: login, Name: name, Email: c.Email, Person: hotline.PersonID(c.Person),
				Role: hotline.RoleName(c.Role), Unit: unit, Until: until})
			return err
		})
		switch {
		case errors.Is(err, hotline.ErrTaken):
			return fmt.Errorf("there is a user %s already, or the person or the e-mail address is another user's; see: tanggap user list", login)
		case errors.Is(err, hotline.ErrNotFound):
			return fmt.Errorf("there is no person %d; see: tanggap officer list", c.Person)
		case err != nil:
			return err
		}
		return p.tellLink(d, code, until)
	})
}

// unit is where the role is held.
func (c *userAddCmd) unit(r *hotline.Regency) (string, error) {
	role := hotline.RoleName(c.Role)
	hot, ok := r.HotlineAgency()
	if !ok {
		return "", errors.New("no agency runs the hotline; say hotline: true of one in the regency's description first")
	}
	if c.Agency == "" {
		return hot.ID, nil
	}
	unit, err := findUnit(r, c.Agency, c.Unit)
	if err == nil && role == hotline.RoleCoordinator && r.AgencyOf(unit) != hot.ID {
		return "", fmt.Errorf("a coordinator belongs to %s, which runs the hotline; use --agency %s", hot.Short, hot.ID)
	}
	return unit, err
}

// tellLink prints a one-time code, where to use it, and until when.
func (p *program) tellLink(d *data, code string, until time.Time) error {
	base := d.Console.URL
	if base == "" {
		base = "http://" + d.Listen
	}
	fmt.Fprintln(p.out, code)
	fmt.Fprintf(p.out, "%s%s/begin?code=%s\n", base, console.Base, code)
	_, err := fmt.Fprintf(p.out, "To be opened once, by %s, to choose a password.\n", until.In(d.regency.Zone).Format("2 Jan 2006 15:04 MST"))
	return err
}

// users runs fn with the database open.
func (p *program) users(fn func(*data, *store.Store) error) error {
	d, err := p.open(needs{})
	if err != nil {
		return err
	}
	s, err := d.store(p.ctx)
	if err == nil {
		err = fn(d, s)
		s.Close()
	}
	return errors.Join(err, d.close())
}

// change runs fn for a user named by login, in one unit of work.
func (p *program) change(login string, fn func(*data, *store.Tx, hotline.User)) error {
	return p.users(func(d *data, s *store.Store) error { return p.changeIn(d, s, login, fn) })
}

func (p *program) changeIn(d *data, s *store.Store, login string, fn func(*data, *store.Tx, hotline.User)) error {
	err := s.Do(p.ctx, time.Now(), func(t *store.Tx) error {
		u, _, err := t.UserByLogin(p.ctx, login)
		if err != nil {
			return err
		}
		fn(d, t, u)
		return nil
	})
	if errors.Is(err, hotline.ErrNotFound) {
		return fmt.Errorf("there is no user %q; see: tanggap user list", printable(login))
	}
	return err
}

type userListCmd struct{}

// Run lists everybody who may sign in, or might.
func (c *userListCmd) Run(p *program) error {
	return p.users(func(d *data, s *store.Store) error {
		var users []hotline.User
		now := time.Now()
		err := s.Do(p.ctx, now, func(t *store.Tx) (err error) {
			users, err = t.Users(p.ctx)
			return err
		})
		if err != nil {
			return err
		}
		if len(users) == 0 {
			_, err := fmt.Fprintln(p.out, "Nobody yet; see: tanggap user add --help")
			return err
		}
		w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "LOGIN\tID\tNAME\tROLES\tSTATE\tSECOND STEP\tLAST IN")
		for _, u := range users {
			var roles []string
			for _, r := range u.Roles {
				roles = append(roles, string(r.Name)+" "+r.Unit)
			}
			second, last := "no", "never"
			if u.TwoStep {
				second = "yes"
			}
			if !u.Seen.IsZero() {
				last = u.Seen.In(d.regency.Zone).Format("2006-01-02 15:04")
			}
			fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s\t%s\t%s\n", u.Login, u.Person, printable(u.Name), strings.Join(roles, ", "), userState(u, now), second, last)
		}
		return w.Flush()
	})
}

// userState says in a word or two whether a user can sign in.
func userState(u hotline.User, now time.Time) string {
	switch {
	case !u.Disabled.IsZero():
		return "disabled"
	case len(u.Roles) == 0:
		return "no role"
	case u.Begun:
		return "active"
	case now.Before(u.Code):
		return "link sent"
	}
	return "link expired"
}

type userRoleCmd struct {
	Login  string `arg:"" name:"name" help:"The login name."`
	Role   string `required:"true" enum:"operator,desk,supervisor,coordinator,viewer" help:"operator, desk, supervisor, coordinator or viewer."`
	End    bool   `help:"End the role instead of giving it."`
	Agency string `help:"The agency (default: the one that runs the hotline)."`
	Unit   string `help:"A unit of it (default: the agency itself)."`
}

// Run gives or ends a role; it holds from the person's next click.
func (c *userRoleCmd) Run(p *program) error {
	return p.users(func(d *data, s *store.Store) error {
		add := userAddCmd{Role: c.Role, Agency: c.Agency, Unit: c.Unit}
		unit, err := add.unit(d.regency)
		if err != nil {
			return err
		}
		name := hotline.RoleName(c.Role)
		var ending error
		err = p.changeIn(d, s, c.Login, func(_ *data, t *store.Tx, u hotline.User) {
			if ending = nil; !c.End {
				t.GiveRole(u.Person, name, unit)
				return
			}
			if _, _, ending = house.EndRoles(p.ctx, t, u.Person, unit, name); ending == nil {
				t.Audit(hotline.Audit{Act: hotline.ActEndedRole, Person: u.Person, Detail: c.Role + " " + unit})
				t.Signal(hotline.TopicSession, int64(u.Person))
			}
		})
		switch {
		case errors.Is(ending, hotline.ErrNotFound):
			return fmt.Errorf("%s is not %s of %s; see: tanggap user list", strings.ToLower(c.Login), c.Role, unit)
		case err != nil || ending != nil:
			return errors.Join(err, ending)
		}
		says := "%s is %s of %s\n"
		if c.End {
			says = "%s is no longer %s of %s\n"
		}
		_, err = fmt.Fprintf(p.out, says, strings.ToLower(c.Login), c.Role, unit)
		return err
	})
}

type userResetCmd struct {
	Login string `arg:"" name:"name" help:"The login name."`
	Days  int    `default:"3" help:"How many days the link is good for."`
}

// Run prints a new link as add does.
func (c *userResetCmd) Run(p *program) error {
	if c.Days < 1 || c.Days > 30 {
		return wrongUse("--days %d: a link is good for 1 to 30 days", c.Days)
	}
	until := time.Now().AddDate(0, 0, c.Days)
	return p.users(func(d *data, s *store.Store) error {
		var code string
		if err := p.changeIn(d, s, c.Login, func(_ *data, t *store.Tx, u hotline.User) { code = t.ResetUser(u.Person, until) }); err != nil {
			return err
		}
		return p.tellLink(d, code, until)
	})
}

type userDisableCmd struct {
	Login string `arg:"" name:"name" help:"The login name."`
}

// Run keeps somebody out.
func (c *userDisableCmd) Run(p *program) error {
	return p.setDisabled(c.Login, true, "%s cannot sign in any more\n")
}

type userEnableCmd struct {
	Login string `arg:"" name:"name" help:"The login name."`
}

// Run lets somebody in again.
func (c *userEnableCmd) Run(p *program) error {
	return p.setDisabled(c.Login, false, "%s may sign in again\n")
}

func (p *program) setDisabled(login string, disabled bool, says string) error {
	if err := p.change(login, func(_ *data, t *store.Tx, u hotline.User) { t.SetDisabled(u.Person, disabled) }); err != nil {
		return err
	}
	_, err := fmt.Fprintf(p.out, says, strings.ToLower(login))
	return err
}
