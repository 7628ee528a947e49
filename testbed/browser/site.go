package browser

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"tanggap/hotline"
	"tanggap/house"
	"tanggap/store"
	"tanggap/testbed"
)

// Monday is when service time stands at the start: a working morning.
var Monday = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC) // 09.00 WIB

// Patience bounds every wait, in machine time. It is long: a busy machine is no failure.
const Patience = 60 * time.Second

// A Site is the whole program, serving.
type Site struct {
	House *house.House
	Store *store.Store
	Clock *house.Moved
	URL   string // http://127.0.0.1:port

	// Again ends the program and starts it again at the same address, as after a crash but orderly.
	Again func()
	// Stop ends the program; Again starts it.
	Stop func()
}

// Start starts the program on a database and a Redis database of the test's own. change, if any, changes what it is made of.
func Start(t testing.TB, change ...func(*house.Options)) *Site {
	t.Helper()
	s := &Site{Clock: house.NewMoved(Monday)}
	o := house.Options{
		Regency: testbed.Jepara(), DatabaseURL: testbed.Database(t), RedisURL: testbed.RedisDB(t), Key: testbed.Key,
		RedisPrefix: fmt.Sprintf("browser%d:", time.Now().UnixNano()), Clock: s.Clock, Listen: "127.0.0.1:0", NoRates: true,
		ConsoleOptions: house.ConsoleOptions{Cheap: true},
		Log:            slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
	}
	for _, c := range change {
		c(&o)
	}
	s.Stop = func() {}
	start := func() {
		h, err := house.Open(context.Background(), o)
		if err != nil {
			t.Fatalf("open the house: %v", err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- h.Run(ctx) }()
		s.House, s.Store, s.URL = h, h.Store(), "http://"+h.Address()
		o.Listen = h.Address()
		s.Stop = func() {
			s.Stop = func() {}
			cancel()
			if err := <-done; err != nil {
				t.Errorf("the house: %v", err)
			}
			h.Close()
		}
	}
	start()
	s.Again = func() {
		s.Stop()
		start()
	}
	t.Cleanup(func() { s.Stop() })
	return s
}

// Do runs a unit of work at service time.
func (s *Site) Do(t testing.TB, fn func(*store.Tx) error) {
	t.Helper()
	if err := s.Store.Do(t.Context(), s.Clock.Now(), fn); err != nil {
		t.Fatalf("a unit of work: %v", err)
	}
}

// Unit is the one that runs the hotline, where people of the console have their roles.
func (s *Site) Unit() string {
	hot, _ := testbed.Jepara().HotlineAgency()
	return hot.ID
}

// A User may sign in.
type User struct {
	Person   hotline.PersonID
	Login    string
	Password string
	TwoStep  bool
}

// Password is everybody's.
const Password = "sepeda biru di pasar"

// User adds somebody with roles in the unit that runs the hotline. They have chosen their password through a one-time link; who must has set up the
// second step.
func (s *Site) User(t testing.TB, login string, roles ...hotline.RoleName) User {
	t.Helper()
	u, code := s.Invited(t, login, roles...)
	v := s.Visitor(t)
	v.Post("/begin", "code", code, "password", u.Password, "again", u.Password)
	if page := v.Get("/"); page.Path != "/setup" {
		return u
	}
	u.TwoStep = true
	v.Post("/setup", "code", s.Number(t, u, true))
	if page := v.Get("/"); page.Path != "/" {
		t.Fatalf("%s set up the second step and came to %s", login, page.Path)
	}
	return u
}

// Invited adds somebody who has not opened their one-time link yet, and gives its code.
func (s *Site) Invited(t testing.TB, login string, roles ...hotline.RoleName) (User, string) {
	t.Helper()
	u := User{Login: login, Password: Password}
	var code string
	s.Do(t, func(tx *store.Tx) (err error) {
		u.Person, code, err = tx.AddUser(t.Context(), store.NewUser{Login: login, Name: "Nama " + login, Until: s.Clock.Now().AddDate(0, 0, 3)})
		for _, r := range roles {
			tx.GiveRole(u.Person, r, s.Unit())
		}
		return err
	})
	return u, code
}

// Recovery gives somebody a fresh recovery code, good once in the second step's place.
func (s *Site) Recovery(t testing.TB, u User) (code string) {
	t.Helper()
	s.Do(t, func(tx *store.Tx) error { code = tx.NewRecovery(u.Person)[0]; return nil })
	return code
}
