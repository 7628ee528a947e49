package dispatcher

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"tanggap/hotline"
)

// atOnce is how much one transaction takes.
const atOnce = 100

// A queue is work that Postgres holds for whoever takes it. Normally everything taken is done in one transaction. When that fails, it is done
// piece by piece, so that the one piece that cannot be done holds up no other.
type queue[T any] struct {
	name string
	d    *Dispatcher
	take func(context.Context, *job) ([]T, error)
	id   func(T) int64
	each func(context.Context, *job, T) error
	// ahead asks at once what each would ask by itself, of the pieces that are then done; may be nil.
	ahead func(context.Context, *job, []T) error
	// instead is done with a piece that cannot be done as it should; nil: each is tried again. When that fails as well, it is put aside.
	instead func(context.Context, *job, T) error
	aside   map[int64]time.Time // machine time until which a piece is passed over
	then    []bell              // rung when something was done
}

// asideFor is how long a piece that cannot be done rests before it is tried again.
const asideFor = time.Minute

// pass does what is to be done, at most atOnce of it, and tells whether there may be more.
func (q *queue[T]) pass(ctx context.Context) (more bool, err error) {
	taken, done := 0, 0
	err = q.d.do(ctx, func(j *job) error {
		taken, done = 0, 0
		items, err := q.take(ctx, j)
		taken = len(items)
		if err != nil {
			return err
		}
		items = slices.DeleteFunc(items, q.rests)
		if q.ahead != nil && len(items) > 0 {
			if err := guard(func() error { return q.ahead(ctx, j, items) }); err != nil {
				return err
			}
		}
		for _, item := range items {
			if err := guard(func() error { return q.each(ctx, j, item) }); err != nil {
				return err
			}
			done++
		}
		return nil
	})
	if err != nil && taken > 0 && ctx.Err() == nil {
		err = q.onebyone(ctx)
	}
	if taken > 0 {
		for _, b := range q.then {
			b.ring()
		}
	}
	return err == nil && taken == atOnce && done > 0, err
}

// onebyone does every piece in a transaction of its own.
func (q *queue[T]) onebyone(ctx context.Context) error {
	instead := q.instead
	if instead == nil {
		instead = q.each
	}
	tried := make(map[int64]bool)
	for range atOnce {
		var id int64 // of the piece at hand; zero: none was reached
		first := func(do func(context.Context, *job, T) error) error {
			return q.d.do(ctx, func(j *job) error {
				id = 0
				items, err := q.take(ctx, j)
				if err != nil {
					return err
				}
				for _, item := range items {
					if !tried[q.id(item)] && !q.rests(item) {
						id = q.id(item)
						return guard(func() error { return do(ctx, j, item) })
					}
				}
				return nil
			})
		}
		err := first(q.each)
		if err != nil && id != 0 && ctx.Err() == nil {
			q.d.Log.Error("dispatch failed for one", "loop", q.name, "id", id, "err", err, "stack", stack(err))
			if err = first(instead); err != nil && id != 0 && ctx.Err() == nil {
				q.d.Log.Error("dispatch is put aside for one", "loop", q.name, "id", id, "err", err, "for", asideFor)
				q.aside[id], err = time.Now().Add(asideFor), nil
			}
		}
		if err != nil || id == 0 {
			return err
		}
		tried[id] = true
	}
	return nil
}

func (q *queue[T]) rests(item T) bool {
	until, is := q.aside[q.id(item)]
	if is && time.Now().After(until) {
		delete(q.aside, q.id(item))
		return false
	}
	return is
}

// guard turns a panic into an error: a mistake of the program about one case must not end the program.
func guard(fn func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &mistake{p, debug.Stack()}
		}
	}()
	return fn()
}

// A mistake is a panic caught.
type mistake struct {
	value any
	stack []byte
}

func (m *mistake) Error() string { return fmt.Sprintf("panic: %v", m.value) }

// stack gives where a mistake was made, for the log; empty for other errors.
func stack(err error) string {
	if m := (*mistake)(nil); errors.As(err, &m) {
		return string(m.stack)
	}
	return ""
}

// A job is one unit of work: a transaction, the regency as it stood when it began, and who is who, asked once.
type job struct {
	*Dispatcher
	tx     Tx
	r      *hotline.Regency
	now    time.Time
	people map[string][]hotline.Role
	groups []hotline.Group // of all units, once asked
	asked  bool
	after  []func()
	called map[call]bool                               // emergencies told in this unit
	noted  map[hotline.AssignmentID][]hotline.PersonID // offers noted ahead, and to whom they are new
}

// A call is one person called to one emergency.
type call struct {
	id hotline.CaseID
	to hotline.PersonID
}

// once tells whether a person has not yet been called to an emergency in this unit, and notes that they are.
func (j *job) once(c hotline.CaseID, p hotline.PersonID) bool {
	if j.called[call{c, p}] {
		return false
	}
	if j.called == nil {
		j.called = map[call]bool{}
	}
	j.called[call{c, p}] = true
	return true
}

// later gathers writes for after the last question of the unit, so that each question is one round trip and sends no writes ahead.
func (j *job) later(write func()) { j.after = append(j.after, write) }

func (d *Dispatcher) do(ctx context.Context, fn func(*job) error) error {
	now, r := d.Clock.Now(), d.Regency()
	return d.Store.Do(ctx, now, func(tx Tx) error {
		j := &job{Dispatcher: d, tx: tx, r: r, now: now, people: make(map[string][]hotline.Role)}
		if err := fn(j); err != nil {
			return err
		}
		for _, write := range j.after {
			write()
		}
		return nil
	})
}

// record makes an event happen and tells the reporter what they should hear of it.
func (j *job) record(c hotline.Case, e hotline.Event) (hotline.Case, error) {
	e.Case, e.At = c.ID, j.now
	c, err := j.tx.Record(c, e, hotline.Content{})
	if err != nil {
		return c, fmt.Errorf("record %s: %w", e.Kind, err)
	}
	if out, ok := j.Notice(j.r, c, e); ok {
		j.tx.Say(out)
	}
	return c, nil
}

// tell says the same to several people.
func (j *job) tell(out hotline.Out, to []hotline.PersonID) {
	for _, p := range to {
		out.Person = p
		j.tx.Say(out)
	}
}

func refused(err error) bool { return errors.Is(err, hotline.ErrRefused) }

// holders gives who holds one of the roles in one of the units, asked once in a unit of work.
func (j *job) holders(ctx context.Context, units []string, roles ...hotline.RoleName) ([]hotline.Role, error) {
	key := holdersKey(units, roles)
	if who, ok := j.people[key]; ok {
		return who, nil
	}
	who, err := j.tx.People(ctx, units, roles...)
	if err != nil {
		return nil, fmt.Errorf("ask who holds a role: %w", err)
	}
	j.people[key] = who
	return who, nil
}

func holdersKey(units []string, roles []hotline.RoleName) string {
	return strings.Join(units, " ") + fmt.Sprint(roles)
}

// holdersAhead asks for several units in one round trip what holders would be asked for each of them.
func (j *job) holdersAhead(ctx context.Context, units []string, roles ...hotline.RoleName) error {
	who, err := j.tx.People(ctx, units, roles...)
	if err != nil {
		return fmt.Errorf("ask who holds a role: %w", err)
	}
	for _, unit := range units {
		j.people[holdersKey([]string{unit}, roles)] = nil
	}
	for _, role := range who {
		key := holdersKey([]string{role.Unit}, roles)
		j.people[key] = append(j.people[key], role)
	}
	return nil
}

// allowed keeps those who may see the case, judged by the role they were asked for together with any in the agency complained about: nobody there sees
// it, whatever else they are, but the head who answers for rude service.
func (j *job) allowed(ctx context.Context, c hotline.Case, who []hotline.Role) ([]hotline.Role, error) {
	accused := make(map[hotline.PersonID][]hotline.Role)
	if c.About != "" {
		var units []string
		for _, u := range j.r.Units {
			if u.Agency == c.About {
				units = append(units, u.ID)
			}
		}
		var theirs []hotline.Role
		if len(units) > 0 {
			var err error
			if theirs, err = j.holders(ctx, units, hotline.StaffRoles...); err != nil {
				return nil, err
			}
		}
		for _, role := range theirs {
			accused[role.Person] = append(accused[role.Person], role)
		}
	}
	var may []hotline.Role
	for _, role := range who {
		roles := append([]hotline.Role{role}, accused[role.Person]...)
		if j.r.Sees(hotline.Viewer{Person: role.Person, Also: role.Also, Roles: roles}, c).Facts {
			may = append(may, role)
		}
	}
	return may, nil
}

// coordinators gives the coordinators who may see the case: those on duty, or all of them when none is.
func (j *job) coordinators(ctx context.Context, c hotline.Case) ([]hotline.PersonID, error) {
	who, err := j.holders(ctx, nil, hotline.RoleCoordinator)
	if err != nil {
		return nil, err
	}
	if who, err = j.allowed(ctx, c, who); err != nil {
		return nil, err
	}
	return dutyOrAll(who), nil
}

// persons gives each person once, in the order given.
func persons(roles []hotline.Role) []hotline.PersonID {
	var all []hotline.PersonID
	seen := make(map[hotline.PersonID]bool)
	for _, role := range roles {
		if !seen[role.Person] {
			seen[role.Person] = true
			all = append(all, role.Person)
		}
	}
	return all
}

func onDuty(roles []hotline.Role, names ...hotline.RoleName) []hotline.PersonID {
	var on []hotline.Role
	for _, role := range roles {
		if role.OnDuty && (len(names) == 0 || (hotline.Viewer{Roles: []hotline.Role{role}}).Has(names...)) {
			on = append(on, role)
		}
	}
	return persons(on)
}

func dutyOrAll(roles []hotline.Role) []hotline.PersonID {
	if on := onDuty(roles); len(on) > 0 {
		return on
	}
	return persons(roles)
}
