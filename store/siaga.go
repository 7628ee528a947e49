package store

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// topicSiaga is the topic of the signals that tell pages of what changes about a siaga.
const topicSiaga = "siaga"

// siagaFresh is how long, in machine time, what is known of siagas holds good for conversations: so not every message asks.
const siagaFresh = time.Second

// siagaMemory is what was read last of the siagas that nobody has ended.
type siagaMemory struct{ last atomic.Pointer[siagasRead] }

type siagasRead struct {
	at   time.Time // machine time
	list []hotline.Siaga
}

type siagaRow struct {
	ID        hotline.SiagaID
	Decree    string
	Category  string
	Kecamatan []string
	Text      string
	Units     []string
	Unit      string
	By        hotline.PersonID
	Began     time.Time
	Until     time.Time
	Ended     *time.Time
	EndedBy   *hotline.PersonID
	Summary   string
}

const siagaColumns = `s.id, s.decree, s.category, s.kecamatan, s.text, s.units, s.unit, s.by, s.began, s.until, s.ended, s.ended_by, s.summary`

func (t *Tx) siagas(ctx context.Context, tail string, args pgx.StrictNamedArgs) ([]hotline.Siaga, error) {
	rows, err := read[siagaRow](ctx, t, "list siagas", `select `+siagaColumns+` from siagas s `+tail, args)
	out := make([]hotline.Siaga, len(rows))
	for i, r := range rows {
		out[i] = hotline.Siaga{ID: r.ID, Decree: r.Decree, Category: r.Category, Kecamatan: r.Kecamatan, Text: r.Text, Units: r.Units, Unit: r.Unit, By: r.By,
			From: r.Began, Until: r.Until, Ended: or0(r.Ended), EndedBy: or0(r.EndedBy), Summary: r.Summary}
	}
	return out, err
}

// Siagas gives those that nobody has ended, as they were a second ago at most, for conversations. Whoever asks looks whether they hold now.
func (t *Tx) Siagas(ctx context.Context) ([]hotline.Siaga, error) {
	if known := t.store.siagaMemory.last.Load(); known != nil && time.Since(known.at) < siagaFresh {
		return known.list, nil
	}
	at := time.Now() // machine time
	list, err := t.siagas(ctx, `where s.ended is null order by s.id`, pgx.StrictNamedArgs{})
	if err == nil {
		t.store.siagaMemory.last.Store(&siagasRead{at, list})
	}
	return list, err
}

// JoinSiaga makes a case of this unit of work one of a siaga, with what its reporter said; said again, that counts. What was not said (zero) leaves what was.
func (t *Tx) JoinSiaga(id hotline.SiagaID, c hotline.CaseID, people int, need hotline.SiagaNeed) {
	t.later(func() {
		t.queue(`insert into siaga_cases (case_id, siaga_id, people, need) values (@case, @id, @people, @need) on conflict (case_id) do update set
				people = case when @people > 0 then @people else siaga_cases.people end, need = case when @need <> '' then @need else siaga_cases.need end`,
			pgx.StrictNamedArgs{"case": c, "id": id, "people": people, "need": string(need)})
	})
	t.Signal(topicSiaga, int64(id))
}

// maySiaga gives hotline.ErrCallUnseen unless the viewer works at the line, and to decide coordinates it or supervises it.
func maySiaga(v hotline.Viewer, decide bool) error {
	if v.Has(hotline.RoleCoordinator, hotline.RoleSupervisor) || !decide && v.Has(hotline.RoleOperator) {
		return nil
	}
	return hotline.ErrCallUnseen
}

func (t *Tx) siagaStep(v hotline.Viewer, id hotline.SiagaID, act hotline.SiagaAct, word, text string) {
	t.queue(`insert into siaga_steps (siaga_id, at, by, act, word, text) values (@id, @now, @by, @act, @word, @text)`,
		pgx.StrictNamedArgs{"id": id, "now": t.now, "by": v.Person, "act": string(act), "word": word, "text": text})
	t.store.siagaMemory.last.Store(nil)
	t.rings.siaga = true
	t.Signal(topicSiaga, int64(id))
}

// DeclareSiaga puts a siaga into force from now on, and stops the clocks of its units until its end. Errors are those of hotline.Siaga.Check,
// hotline.ErrSiagaTwice, and hotline.ErrCallUnseen.
func (t *Tx) DeclareSiaga(ctx context.Context, v hotline.Viewer, s hotline.Siaga) (hotline.Siaga, error) {
	if err := maySiaga(v, true); err != nil {
		return s, err
	}
	if err := s.Check(t.regency, t.now); err != nil {
		return s, err
	}
	s.By, s.From, s.Ended, s.Summary = v.Person, t.now, time.Time{}, ""
	t.queue(`lock table siagas in share row exclusive mode`, pgx.StrictNamedArgs{}) // two who declare the same at once
	there, err := t.siagas(ctx, `where s.ended is null and s.until > @now and s.category = @category and s.kecamatan && @kecamatan::text[]`,
		pgx.StrictNamedArgs{"now": t.now, "category": s.Category, "kecamatan": s.Kecamatan})
	if err != nil {
		return s, err
	}
	if len(there) > 0 {
		return s, hotline.ErrSiagaTwice
	}
	if s.Units == nil {
		s.Units = []string{}
	}
	ids, err := scalars[hotline.SiagaID](ctx, t, "declare a siaga", `insert into siagas (decree, category, kecamatan, text, units, unit, by, began, until)
		values (@decree, @category, @kecamatan, @text, @units, @unit, @by, @now, @until) returning id`,
		pgx.StrictNamedArgs{"decree": s.Decree, "category": s.Category, "kecamatan": s.Kecamatan, "text": s.Text, "units": s.Units, "unit": s.Unit, "by": s.By,
			"now": t.now, "until": s.Until})
	if err != nil {
		return s, err
	}
	s.ID = ids[0]
	t.siagaStep(v, s.ID, hotline.SiagaDeclared, s.Decree, s.Text)
	return s, t.stopClocks(ctx, v, s, s.Until)
}

// openSiaga reads and locks a siaga that nobody has ended.
func (t *Tx) openSiaga(ctx context.Context, v hotline.Viewer, id hotline.SiagaID) (hotline.Siaga, error) {
	if err := maySiaga(v, true); err != nil {
		return hotline.Siaga{}, err
	}
	list, err := t.siagas(ctx, `where s.id = @id for update`, pgx.StrictNamedArgs{"id": id})
	switch {
	case err != nil:
		return hotline.Siaga{}, err
	case len(list) == 0:
		return hotline.Siaga{}, fmt.Errorf("read a siaga: %w", hotline.ErrNotFound)
	case !list[0].Ended.IsZero():
		return list[0], hotline.ErrSiagaOver
	}
	return list[0], nil
}

// ProlongSiaga changes when a siaga is to end, and the clocks with it. hotline.ErrSiagaUntil, ErrSiagaOver.
func (t *Tx) ProlongSiaga(ctx context.Context, v hotline.Viewer, id hotline.SiagaID, until time.Time) error {
	s, err := t.openSiaga(ctx, v, id)
	if err != nil {
		return err
	}
	s.Until = until
	if err := s.Check(t.regency, t.now); err != nil {
		return err
	}
	t.queue(`update siagas set until = @until where id = @id`, pgx.StrictNamedArgs{"id": id, "until": until})
	t.queue(`update roles set ends = @until where name = 'responder' and unit = @unit and starts >= @began and ends > @now
		and person_id in (select i.used_by from invites i join siaga_volunteers w on w.code_hash = i.code_hash where w.siaga_id = @id and i.used_by is not null)`,
		pgx.StrictNamedArgs{"id": id, "now": t.now, "until": until, "unit": s.Unit, "began": s.From})
	t.siagaStep(v, id, hotline.SiagaProlonged, until.UTC().Format(time.RFC3339), "")
	return t.stopClocks(ctx, v, s, until)
}

// EndSiaga ends a siaga: clocks go on, volunteers' roles and codes end, and a summary stays. hotline.ErrSiagaOver.
func (t *Tx) EndSiaga(ctx context.Context, v hotline.Viewer, id hotline.SiagaID, summary string) error {
	s, err := t.openSiaga(ctx, v, id)
	if err != nil {
		return err
	}
	s.Ended = t.now
	t.queue(`update siagas set ended = @now, ended_by = @by, summary = @summary where id = @id`,
		pgx.StrictNamedArgs{"id": id, "now": t.now, "by": v.Person, "summary": summary})
	t.queue(`update invites set expires = @now where used_at is null and expires > @now and code_hash in (select code_hash from siaga_volunteers where siaga_id = @id)`,
		pgx.StrictNamedArgs{"id": id, "now": t.now})
	// Whoever was a responder of that unit before the siaga stays one.
	t.queue(`update roles set ends = @now, on_duty = false where name = 'responder' and unit = @unit and starts >= @began and (ends is null or ends > @now)
		and person_id in (select i.used_by from invites i join siaga_volunteers w on w.code_hash = i.code_hash where w.siaga_id = @id and i.used_by is not null)`,
		pgx.StrictNamedArgs{"id": id, "now": t.now, "unit": s.Unit, "began": s.From})
	t.siagaStep(v, id, hotline.SiagaOver, "", summary)
	return t.stopClocks(ctx, v, s, s.Over())
}

// volunteerFor is how long a volunteer's code is good at most.
const volunteerFor = 72 * time.Hour

// InviteVolunteer makes a one-time code by which somebody joins the siaga's unit as a responder until the siaga ends.
func (t *Tx) InviteVolunteer(ctx context.Context, v hotline.Viewer, id hotline.SiagaID, name string) (code string, until time.Time, err error) {
	s, err := t.openSiaga(ctx, v, id)
	if err != nil {
		return "", until, err
	}
	if s.Unit == "" || !s.Holds(t.now) {
		return "", until, hotline.ErrSiagaOver
	}
	if until = t.now.Add(volunteerFor); s.Until.Before(until) {
		until = s.Until
	}
	code = t.NewInvite(hotline.Invite{Role: hotline.RoleResponder, Unit: s.Unit, Name: name, By: v.Person, Expires: until})
	t.queue(`insert into siaga_volunteers (code_hash, siaga_id) values (@hash, @id)`, pgx.StrictNamedArgs{"hash": t.store.codeHash(code), "id": id})
	t.siagaStep(v, id, hotline.SiagaInvited, until.UTC().Format(time.RFC3339), "")
	return code, until, nil
}

// casesOfSiaga are those that were made by its questions, and all else of its matter from its kecamatan while it held, as a call to the line.
const casesOfSiaga = `(c.id in (select x.case_id from siaga_cases x where x.siaga_id = @id)
	or c.category = @category and c.area = any (@areas) and c.filed >= @began and c.filed < @over)`

func (t *Tx) ofSiaga(s hotline.Siaga) pgx.StrictNamedArgs {
	areas := slices.Clone(s.Kecamatan)
	for _, a := range t.regency.Villages() {
		if slices.Contains(s.Kecamatan, a.Parent) {
			areas = append(areas, a.Code)
		}
	}
	return pgx.StrictNamedArgs{"id": s.ID, "category": s.Category, "areas": areas, "began": s.From, "over": s.Over()}
}

// sameAnswer is how long the same words are the same answer, sent twice.
const sameAnswer = 10 * time.Minute

// AnswerSiaga tells the reporters of all cases of a siaga that are live the same, and gives how many cases those were. Who was just told these very words, for
// the button was pressed twice, is not told again: only whose case came since.
func (t *Tx) AnswerSiaga(ctx context.Context, v hotline.Viewer, id hotline.SiagaID, text string) (int, error) {
	s, err := t.openSiaga(ctx, v, id)
	if err != nil {
		return 0, err
	}
	args := t.ofSiaga(s)
	args["text"], args["lately"] = text, t.now.Add(-sameAnswer)
	ids, err := scalars[hotline.CaseID](ctx, t, "list the live cases of a siaga", `select c.id from cases c where `+casesOfSiaga+`
		and c.status not in ('ended', 'closed', 'withdrawn', 'archived') and not exists (
			select 1 from siaga_steps p where p.siaga_id = @id and p.act = 'answered' and p.text = @text and p.at > @lately and p.at >= c.filed)
		order by c.id`, args)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	for _, each := range ids {
		c, err := t.Case(ctx, each)
		if err != nil {
			return 0, err
		}
		if c.Status == hotline.Merged && slices.Contains(ids, c.Parent) {
			continue // told with the case it was merged into
		}
		if _, err := (actor{t, v}).happen(c, hotline.Event{Kind: hotline.EvAnswered}, hotline.Content{Author: v.Person, Text: text}); err != nil {
			return 0, fmt.Errorf("answer the cases of a siaga: %w", err)
		}
	}
	t.siagaStep(v, id, hotline.SiagaAnswered, fmt.Sprint(len(ids)), text)
	return len(ids), nil
}

// SiagaList lists siagas, those in force first, then the newest.
func (t *Tx) SiagaList(ctx context.Context, v hotline.Viewer, limit int) ([]hotline.Siaga, error) {
	if err := maySiaga(v, false); err != nil {
		return nil, err
	}
	return t.siagas(ctx, `order by (s.ended is null) desc, s.began desc, s.id desc limit @limit`, pgx.StrictNamedArgs{"limit": limit})
}

// mostSiagaCases is how many cases a siaga's page counts.
const mostSiagaCases = 5000

// SiagaFile reads a siaga with its cases and its history.
func (t *Tx) SiagaFile(ctx context.Context, v hotline.Viewer, id hotline.SiagaID) (s hotline.Siaga, reports []hotline.SiagaReport, steps []hotline.SiagaStep, err error) {
	if err = maySiaga(v, false); err != nil {
		return
	}
	list, err := t.siagas(ctx, `where s.id = @id`, pgx.StrictNamedArgs{"id": id})
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("read a siaga: %w", hotline.ErrNotFound)
	}
	if err != nil {
		return
	}
	s = list[0]
	type row struct {
		CaseID hotline.CaseID
		People int
		Need   hotline.SiagaNeed
	}
	said, err := read[row](ctx, t, "read what a siaga brought", `select case_id, people, need from siaga_cases where siaga_id = @id`, pgx.StrictNamedArgs{"id": id})
	if err != nil {
		return
	}
	of := make(map[hotline.CaseID]row, len(said))
	for _, r := range said {
		of[r.CaseID] = r
	}
	args := t.ofSiaga(s)
	args["limit"] = mostSiagaCases
	cases, err := t.casesWhere(ctx, "list the cases of a siaga", `where `+casesOfSiaga+` order by c.id limit @limit`, args)
	if err != nil {
		return
	}
	for _, c := range cases {
		reports = append(reports, hotline.SiagaReport{Case: c, People: of[c.ID].People, Need: of[c.ID].Need})
	}
	steps, err = read[hotline.SiagaStep](ctx, t, "read a siaga's history", `select at, by, act, word, text from siaga_steps where siaga_id = @id order by id`,
		pgx.StrictNamedArgs{"id": id})
	return
}
