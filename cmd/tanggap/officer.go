package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"text/tabwriter"
	"time"

	"go.mau.fi/whatsmeow/types"

	"tanggap/bot/telegram"
	"tanggap/config"
	"tanggap/hotline"
	"tanggap/house"
	"tanggap/store"
)

type inviteCmd struct {
	Agency string `required:"true" help:"The agency's id, as dpupr (list: tanggap regency)."`
	Unit   string `help:"A unit of it, as dpupr.jalan (default: the agency itself)."`
	Name   string `required:"true" help:"What the person is called."`
	Role   string `default:"officer" enum:"officer,head,coordinator,responder,setda" help:"officer, head, coordinator, responder or setda."`
	Days   int    `default:"7" help:"How many days the code is good for."`
}

// Run prints the code alone on its line, then for every network a link that says it to us there, then what to do with it.
func (c *inviteCmd) Run(p *program) error {
	name := strings.Join(strings.Fields(c.Name), " ")
	switch {
	case c.Days < 1 || c.Days > 90:
		return wrongUse("--days %d: a code is good for 1 to 90 days", c.Days)
	case name == "" || len(name) > 100:
		return wrongUse("--name: give a name of at most 100 letters")
	}
	d, err := p.open(needs{})
	if err != nil {
		return err
	}
	return errors.Join(c.invite(p, d, name), d.close())
}

func (c *inviteCmd) invite(p *program, d *data, name string) error {
	unit, err := findUnit(d.regency, c.Agency, c.Unit)
	if err != nil {
		return err
	}
	role := hotline.RoleName(c.Role)
	agency, _ := d.regency.Agency(d.regency.AgencyOf(unit))
	switch {
	case role == hotline.RoleCoordinator && !agency.Hotline:
		g, _ := d.regency.HotlineAgency()
		return fmt.Errorf("a coordinator belongs to %s, which runs the hotline; use --agency %s", g.Short, g.ID)
	case role == hotline.RoleSetda && agency.ID != hotline.AgencySetda:
		return fmt.Errorf("the regency's secretariat is the last step of the ladder; use --agency %s", hotline.AgencySetda)
	case !agency.Desk && role != hotline.RoleSetda:
		return fmt.Errorf("%s has no desk on Tanggap, so no case ever reaches it; say desk: true in the regency's description first", agency.ID)
	}
	s, err := d.store(p.ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	now := time.Now()
	until := now.AddDate(0, 0, c.Days)
	code, err := s.NewInvite(p.ctx, now, hotline.Invite{Role: role, Unit: unit, Name: name, Expires: until})
	if err != nil {
		return err
	}
	fmt.Fprintln(p.out, code)
	links, err := p.links(d, s, code)
	if err != nil {
		return err
	}
	for _, link := range links {
		fmt.Fprintln(p.out, link)
	}
	_, err = fmt.Fprintf(p.out, "To be said to the bot, once, by %s: /daftar %s\n", until.In(d.regency.Zone).Format("2 Jan 2006 15:04 MST"), code)
	return err
}

// enrolPayload is what the bot takes for an enrolment when it comes with a link.
const enrolPayload = "daftar-"

// links gives links that say the code to us, one for each of our accounts. Whoever invites needs no token: the service has written down under which name
// each network knows us. Only where it never ran with a network is that asked here.
func (p *program) links(d *data, s *store.Store, code string) (list []string, err error) {
	bot, err := p.botName(d, s)
	if err != nil {
		return nil, err
	}
	if bot != "" {
		list = append(list, "https://t.me/"+bot+"?start="+enrolPayload+code)
	}
	cloud := d.WhatsApp.Number
	if d.WhatsApp.Way == "" {
		if cloud, err = s.Reach(p.ctx, hotline.WhatsAppCloud); err != nil {
			return nil, err
		}
	}
	if d.WhatsApp.Way != config.WhatsAppOn && cloud != "" {
		return append(list, whatsAppLink(cloud, code)...), nil // linked telephones are from before
	}
	numbers, err := s.Numbers(p.ctx)
	if err != nil {
		return nil, err
	}
	for _, n := range numbers {
		if device, err := types.ParseJID(n.JID); err == nil && n.JID != "" && (n.Use == "citizens" || n.Use == "officers") {
			list = append(list, whatsAppLink(device.User, code)...)
		}
	}
	return list, nil
}

// botName is empty where there is no bot or it cannot be asked its name.
func (p *program) botName(d *data, s *store.Store) (string, error) {
	if d.Telegram.Token == "" {
		return s.Reach(p.ctx, hotline.Telegram)
	}
	bot, err := telegram.New(telegram.Options{Token: d.Telegram.Token, API: d.Telegram.API, Log: p.log})
	if err == nil {
		ctx, cancel := context.WithTimeout(p.ctx, 10*time.Second)
		defer cancel()
		err = bot.Check(ctx)
	}
	if err != nil {
		p.log.Warn("no link: the bot's name is not known", "error", err)
		return "", nil
	}
	return bot.Username(), nil
}

// whatsAppLink opens a chat with a number, the words ready to be sent; none where the number is not known.
func whatsAppLink(number, code string) []string {
	number = strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, number)
	if number == "" {
		return nil
	}
	return []string{"https://wa.me/" + number + "?text=" + url.PathEscape("/daftar "+code)}
}

type listCmd struct{}

// Run lists everybody who holds a role now.
func (c *listCmd) Run(p *program) error {
	d, err := p.open(needs{})
	if err != nil {
		return err
	}
	return errors.Join(c.list(p, d), d.close())
}

func (c *listCmd) list(p *program, d *data) error {
	s, err := d.store(p.ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	var roles []hotline.Role
	names := map[hotline.PersonID]string{}
	open := map[hotline.PersonID]int{}
	err = s.Do(p.ctx, time.Now(), func(tx *store.Tx) (err error) {
		if roles, err = tx.People(p.ctx, nil, hotline.StaffRoles...); err != nil {
			return err
		}
		for _, r := range roles {
			if _, known := names[r.Person]; known {
				continue
			}
			person, err := tx.Person(p.ctx, r.Person)
			if err != nil {
				return err
			}
			held, err := tx.Mine(p.ctx, r.Person)
			if err != nil {
				return err
			}
			names[r.Person], open[r.Person] = printable(person.Name), len(held)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(roles) == 0 {
		_, err := fmt.Fprintln(p.out, "Nobody yet; see: tanggap officer invite --help")
		return err
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tNAME\tROLE\tUNIT\tDUTY\tOPEN\tSINCE")
	for _, r := range roles {
		duty := "off"
		if r.OnDuty {
			duty = "on"
		}
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%d\t%s\n", r.Person, names[r.Person], r.Name, r.Unit, duty, open[r.Person], r.From.In(d.regency.Zone).Format("2006-01-02"))
	}
	return w.Flush()
}

// printable leaves out what would play with the terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return -1
		}
		return r
	}, s)
}

type endCmd struct {
	Person int64  `required:"true" help:"The person's number (list: tanggap officer list)."`
	Unit   string `required:"true" help:"The unit in which the role ends."`
	Role   string `default:"all" enum:"all,officer,head,coordinator,responder,setda" help:"Only this role (default: all in the unit)."`
}

// Run ends somebody's roles in a unit.
func (c *endCmd) Run(p *program) error {
	d, err := p.open(needs{})
	if err != nil {
		return err
	}
	return errors.Join(c.end(p, d), d.close())
}

func (c *endCmd) end(p *program, d *data) error {
	s, err := d.store(p.ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	var names []hotline.RoleName
	if c.Role != "all" {
		names = append(names, hotline.RoleName(c.Role))
	}
	var ended []hotline.Role
	var back []hotline.Case
	err = s.Do(p.ctx, time.Now(), func(tx *store.Tx) (err error) {
		ended, back, err = house.EndRoles(p.ctx, tx, hotline.PersonID(c.Person), c.Unit, names...)
		return err
	})
	if errors.Is(err, hotline.ErrNotFound) {
		return fmt.Errorf("person %d holds no such role in %s; see who does with: tanggap officer list", c.Person, c.Unit)
	}
	if err != nil {
		return err
	}
	for _, r := range ended {
		fmt.Fprintf(p.out, "person %d is no longer %s of %s\n", c.Person, r.Name, r.Unit)
	}
	for _, b := range back {
		fmt.Fprintf(p.out, "%s is back on the worklist\n", b.Number)
	}
	return nil
}
