package demo

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"tanggap/hotline"
	"tanggap/simulator/telegram"
	"tanggap/simulator/whatsapp"
	"tanggap/store"
)

// An actor is one of those who are always there.
type actor struct {
	Name     string // whole; the first word is what the screen shows
	ID       int64  // at Telegram, the same in every run
	Language string
	Phone    string
	Network  hotline.Channel  // empty: Telegram
	Role     hotline.RoleName // empty: a citizen
	Unit     string

	*telegram.Person                  // nil on WhatsApp
	wa               *whatsapp.Person // nil on Telegram
	person           hotline.PersonID // zero: never wrote before this run
	found            bool             // was here in an earlier run
	pressed          int64            // the number of the last change before they said yes
}

// what says in a few words who an actor is.
func (a *actor) what(r *hotline.Regency) string {
	if a.Role == "" {
		return "citizen on " + a.network()
	}
	u, _ := r.Unit(a.Unit)
	g, _ := r.Agency(u.Agency)
	if u.Name == g.Name {
		return fmt.Sprintf("%s, %s", a.Role, g.Short)
	}
	return fmt.Sprintf("%s, %s (%s)", a.Role, u.Name, g.Short)
}

// network is what people call it.
func (a *actor) network() string {
	if a.Network == hotline.WhatsApp {
		return "WhatsApp"
	}
	return "Telegram"
}

// link names them on the page.
func (a *actor) link() string {
	if a.Network == hotline.WhatsApp {
		return "w" + a.Phone
	}
	return strconv.FormatInt(a.ID, 10)
}

// roads is the unit that Siti's case goes to.
const roads = "dpupr.jalan"

// cast gives everybody of the play. Units are those of the shipped regency; in another one, those who have no unit there stay away.
func cast(r *hotline.Regency) []*actor {
	hotlineAgency, _ := r.HotlineAgency()
	all := []*actor{
		{Name: "Siti Aminah", ID: 811_200_001, Language: "id", Phone: "6281200000001"},
		{Name: "Joko Prasetyo", ID: 811_200_002, Language: "jv", Phone: "6281200000002", Network: hotline.WhatsApp},
		{Name: "Budi Santoso", ID: 811_200_011, Language: "id", Role: hotline.RoleOfficer, Unit: roads},
		{Name: "Dewi Lestari", ID: 811_200_012, Language: "id", Role: hotline.RoleOfficer, Unit: "dlh.sampah"},
		{Name: "Agus Setiawan", ID: 811_200_013, Language: "id", Role: hotline.RoleResponder, Unit: "satpolpp.damkar"},
		{Name: "Rina Wulandari", ID: 811_200_014, Language: "id", Role: hotline.RoleCoordinator, Unit: hotlineAgency.ID},
	}
	return slices.DeleteFunc(all, func(a *actor) bool {
		_, ok := r.Unit(a.Unit)
		return a.Role != "" && !ok
	})
}

// guard refuses a database in which a real bot's people are kept: those of a play have no business there.
func (s *stage) guard(ctx context.Context) error {
	switch ours, err := s.house.Store().Stage(ctx, string(hotline.Telegram)+"/"+account, string(hotline.WhatsApp)+"/"+ourNumber); {
	case err != nil:
		return err
	case !ours:
		return errors.New("this database is in use by people who are not played: the demo needs one of its own, so set TANGGAP_DATABASE_URL to an empty " +
			"database, or leave it out and set TANGGAP_DATA to another folder")
	}
	return nil
}

// known gives the person behind every chat of earlier runs on a network, by peer.
func (s *stage) known(ctx context.Context, network hotline.Channel, account string) (map[string]hotline.PersonID, error) {
	peers, err := s.house.Store().Peers(ctx, network, account)
	if err != nil {
		return nil, fmt.Errorf("look who was here before: %w", err)
	}
	return peers, nil
}

// mostVisitors bounds how many visitors of earlier runs are brought back to each network.
const mostVisitors = 200

// gather brings everybody onto the stage before anything is said: the cast, and whoever was here in an earlier run, with what stood in their chats.
func (s *stage) gather(ctx context.Context) error {
	telegrams, err := s.known(ctx, hotline.Telegram, account)
	if err != nil {
		return err
	}
	whatsapps, err := s.known(ctx, hotline.WhatsApp, ourNumber)
	if err != nil {
		return err
	}
	before := s.remember()
	for _, c := range before.Telegram {
		if _, wrote := telegrams[strconv.FormatInt(c.Person.ID, 10)]; wrote { // otherwise it is from another database
			s.sim.Resume(c)
		}
	}
	said := map[string]whatsapp.Saved{}
	for _, c := range before.WhatsApp {
		said[c.Phone] = c
	}
	st := &story{stage: s, cast: cast(s.Regency), began: time.Now()}
	for _, a := range st.cast {
		known, peer := telegrams, strconv.FormatInt(a.ID, 10)
		if a.Network == hotline.WhatsApp {
			a.wa, err = s.person(ctx, whatsapp.PersonOptions{Name: a.Name, Phone: a.Phone, Watch: s.screen.heard}, said, whatsapps)
			if err != nil {
				return fmt.Errorf("bring %s onto WhatsApp: %w", a.Name, err)
			}
			known, peer = whatsapps, a.wa.LID()
		}
		a.person, a.found = known[peer]
		delete(known, peer)
		if a.Network != hotline.WhatsApp {
			a.Person = s.sim.Person(telegram.PersonOptions{ID: a.ID, Name: a.Name, Language: a.Language, Phone: a.Phone, Started: a.found})
		}
	}
	s.backOnTelegram(ctx, telegrams)
	if err := s.backOnWhatsApp(ctx, whatsapps, said); err != nil {
		return err
	}
	st.visitors = len(telegrams) + len(whatsapps)
	s.story = st
	return nil
}

// person makes somebody on WhatsApp, off the network, with what stood in their chat.
func (s *stage) person(ctx context.Context, o whatsapp.PersonOptions, said map[string]whatsapp.Saved, known map[string]hotline.PersonID) (*whatsapp.Person, error) {
	o.To, o.Offline = ourNumber, true
	p, err := s.wa.Person(ctx, o)
	if err != nil {
		return nil, err
	}
	if _, wrote := known[p.LID()]; wrote {
		if err := p.Resume(said[o.Phone]); err != nil {
			return nil, err
		}
	}
	s.onPage.Add(p)
	return p, nil
}

// enter brings those of the cast who are on WhatsApp onto the network, once our number is there, and says who was found again.
func (s *stage) enter(ctx context.Context) (*story, error) {
	if s.story == nil {
		if err := s.gather(ctx); err != nil {
			return nil, err
		}
	}
	st := s.story
	if err := s.reachable(ctx); err != nil {
		return nil, err
	}
	for _, a := range st.cast {
		if a.wa == nil {
			continue
		}
		if err := a.wa.Connect(ctx); err != nil {
			return nil, fmt.Errorf("bring %s onto WhatsApp: %w", a.Name, err)
		}
	}
	cases := 0
	err := s.house.Store().Do(ctx, time.Now(), func(tx *store.Tx) error {
		all, err := tx.AllCases(ctx)
		cases = len(all)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look what is there: %w", err)
	}
	if n := st.visitors + st.foundAgain(); n > 0 {
		s.screen.note("Found again: %s and %s of earlier runs.", count(cases, "case", "cases"), count(n, "person", "people"))
	}
	return st, nil
}

func (st *story) foundAgain() (n int) {
	for _, a := range st.cast {
		if a.found {
			n++
		}
	}
	return n
}

// backOnTelegram brings visitors of earlier runs back.
func (s *stage) backOnTelegram(ctx context.Context, known map[string]hotline.PersonID) {
	for peer, person := range known {
		id, err := strconv.ParseInt(peer, 10, 64)
		if err != nil || len(s.sim.Bot().People()) > mostVisitors {
			continue
		}
		s.sim.Person(telegram.PersonOptions{ID: id, Name: s.nameOf(ctx, person), Language: "id", Started: true})
	}
}

// backOnWhatsApp does so too, with new phones. They come onto the network once somebody looks at them on the page.
func (s *stage) backOnWhatsApp(ctx context.Context, known map[string]hotline.PersonID, said map[string]whatsapp.Saved) error {
	lids := slices.Sorted(maps.Keys(known))
	phones, err := s.phones(ctx, lids[:min(len(lids), mostVisitors)])
	if err != nil {
		return err
	}
	for lid, phone := range phones {
		name := said[phone].Name
		if name == "" {
			name = s.nameOf(ctx, known[lid])
		}
		if _, err := s.person(ctx, whatsapp.PersonOptions{Name: name, Phone: phone}, said, known); err != nil {
			return fmt.Errorf("bring somebody back onto WhatsApp: %w", err)
		}
	}
	return nil
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// nameOf gives what a person is called, as far as that is kept.
func (s *stage) nameOf(ctx context.Context, p hotline.PersonID) string {
	var name string
	if p != 0 {
		err := s.house.Store().Do(ctx, time.Now(), func(tx *store.Tx) error {
			known, err := tx.Person(ctx, p)
			name = known.Name
			return err
		})
		if err != nil {
			s.Log.Debug("a person's name cannot be read", "person", p, "error", err)
		}
	}
	if name == "" {
		return fmt.Sprintf("Tamu %d", p)
	}
	return name
}

// enrol makes an actor what they are, as in life: a one-time code, and /daftar. Who was enrolled in an earlier run only goes on duty.
func (st *story) enrol(ctx context.Context, a *actor, shown bool) error {
	var role hotline.Role
	err := st.house.Store().Do(ctx, time.Now(), func(tx *store.Tx) error {
		there, err := tx.People(ctx, []string{a.Unit}, a.Role)
		for _, r := range there {
			if r.Person == a.person && a.person != 0 {
				role = r
			}
		}
		return err
	})
	switch {
	case err != nil:
		return fmt.Errorf("look whether %s is enrolled: %w", a.Name, err)
	case role.OnDuty:
		return nil
	case role.ID != 0:
		return st.ask(ctx, a, "/piket", "to go on duty")
	}
	code, err := st.house.Store().NewInvite(ctx, time.Now(), hotline.Invite{Role: a.Role, Unit: a.Unit, Name: a.Name, Expires: time.Now().Add(time.Hour)})
	if err != nil {
		return err
	}
	if shown {
		agency := st.Regency.AgencyOf(a.Unit)
		st.screen.line("  $ %s officer invite --agency %s --unit %s --name %q", st.program(), agency, a.Unit, a.Name)
		st.screen.line("  %s", code)
		st.screen.record(a)
	}
	return st.ask(ctx, a, "/daftar "+code, "to be enrolled")
}

// ask sends a text and waits for whatever the bot says to it.
func (st *story) ask(ctx context.Context, a *actor, text, why string) error {
	after := a.Seq()
	if err := st.say(a, text); err != nil {
		return err
	}
	_, err := st.await(ctx, a, after, why, func(m *telegram.Message) bool { return true })
	return err
}
