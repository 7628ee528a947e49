package console

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"tanggap/hotline"
)

// A call is written by assets/call.js, which posts what changed, one save at a time, and keeps what was not answered in the browser. The answers are JSON,
// as callState; a form's keys are hotline.CallFields beside "key", "base", "writer", "force".

// callState is a call as the page's script knows it.
type callState struct {
	ID        hotline.CallID               `json:"id"`
	Key       string                       `json:"key"`
	Version   int                          `json:"version"`
	Values    map[hotline.CallField]string `json:"values"`
	Sending   []namedUnit                  `json:"sending"` // who would be sent
	Missing   []hotline.CallField          `json:"missing"`
	Invalid   []hotline.CallField          `json:"invalid,omitempty"`
	Conflicts []callConflict               `json:"conflicts,omitempty"`
	Guess     string                       `json:"guess,omitempty"` // a category, of a complaint
	Blocked   bool                         `json:"blocked"`
	Closed    bool                         `json:"closed"`
	Mine      bool                         `json:"mine"`
	Said      string                       `json:"said,omitempty"` // one sentence for the operator
}

type namedUnit struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type callConflict struct {
	Field  hotline.CallField `json:"field"`
	Theirs string            `json:"theirs"`
}

// plainFields are the fields beside the answers.
var plainFields = []hotline.CallField{
	hotline.CallFieldNumber, hotline.CallFieldAgrees, hotline.CallFieldRang, hotline.CallFieldAnswered, hotline.CallFieldEnded, hotline.CallFieldPaper,
	hotline.CallFieldClass, hotline.CallFieldIncident, hotline.CallFieldCategory, hotline.CallFieldPrivacy, hotline.CallFieldArea, hotline.CallFieldPoint,
	hotline.CallFieldLandmark, hotline.CallFieldVictims, hotline.CallFieldUnits, hotline.CallFieldText,
}

// typedTimes are typed as the clock on the wall shows them.
var typedTimes = []hotline.CallField{hotline.CallFieldRang, hotline.CallFieldAnswered, hotline.CallFieldEnded}

const wallClock = "2006-01-02T15:04"

func (q *Request) state(c hotline.Call) callState {
	r := q.Regency()
	s := callState{ID: c.ID, Key: c.Key, Version: c.Version, Values: map[hotline.CallField]string{}, Sending: q.named(c.Sending(r)), Missing: c.Missing(r),
		Blocked: c.Blocked, Closed: !c.IsOpen(), Mine: c.Holder == q.Viewer.Person}
	for _, f := range plainFields {
		v := c.Value(f)
		if v != "" && slices.Contains(typedTimes, f) {
			if t, err := time.Parse(time.RFC3339, v); err == nil {
				v = t.In(r.Zone).Format(wallClock)
			}
		}
		if v != "" {
			s.Values[f] = v
		}
	}
	for id, v := range c.Answers {
		s.Values[hotline.CallAnswer(id)] = v
	}
	if c.Class == hotline.CallComplaint && c.Text != "" && c.IsOpen() {
		if guesses := q.console.reader(r).Read(c.Text).Categories; len(guesses) > 0 {
			s.Guess = guesses[0].Category
		}
	}
	return s
}

func (q *Request) named(units []string) []namedUnit {
	out := make([]namedUnit, len(units))
	for i, id := range units {
		out[i] = namedUnit{id, q.unitName(id)}
	}
	return out
}

func (q *Request) unitName(id string) string {
	u, _ := q.Regency().Unit(id)
	a, _ := q.Regency().Agency(u.Agency)
	if a.ID == u.ID || a.Short == "" {
		return u.Name
	}
	return u.Name + " (" + a.Short + ")"
}

// answer answers the page's script with a value.
func (q *Request) answer(v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write json: %w", err)
	}
	q.W.Header().Set("Content-Type", "application/json")
	_, _ = q.W.Write(data) // whoever went away does not hear it
	return nil
}

// callSave reads what the page's script posts.
func (q *Request) callSave() (hotline.CallSave, error) {
	if err := q.ParseForm(); err != nil {
		return hotline.CallSave{}, &Wrong{"a form that cannot be read"}
	}
	base, err := strconv.Atoi(q.PostForm.Get("base"))
	if err != nil {
		return hotline.CallSave{}, &Wrong{"a save without a version"}
	}
	s := hotline.CallSave{Key: q.PostForm.Get("key"), Base: base, Writer: q.PostForm.Get("writer"), Force: q.PostForm.Get("force") == "1", Fields: map[hotline.CallField]string{}}
	for name, values := range q.PostForm {
		f := hotline.CallField(name)
		if !slices.Contains(plainFields, f) && !strings.HasPrefix(name, string(hotline.CallAnswer(""))) {
			continue
		}
		v := strings.ReplaceAll(values[0], "\r\n", "\n")
		if slices.Contains(typedTimes, f) {
			v = q.wallTime(v)
		}
		s.Fields[f] = v
	}
	if s.Key == "" || s.Writer == "" || len(s.Writer) > 64 {
		return s, &Wrong{"a save without a call"}
	}
	return s, nil
}

// wallTime gives a time typed as on the wall in the form that is kept; what is none stays, and is told to be none.
func (q *Request) wallTime(v string) string {
	t, err := time.ParseInLocation(wallClock, v, q.Regency().Zone)
	if err != nil {
		return v
	}
	return t.UTC().Format(time.RFC3339)
}

// callWrong makes the mistakes that no page of ours would make answers of their own.
func callWrong(err error) error {
	switch {
	case errors.Is(err, hotline.ErrCallUnseen):
		return ErrForbidden
	case errors.Is(err, hotline.ErrCallField), errors.Is(err, hotline.ErrCallValue):
		return &Wrong{err.Error()}
	case errors.Is(err, hotline.ErrCallClosed), errors.Is(err, hotline.ErrCallOpen), errors.Is(err, hotline.ErrCallFiled), errors.Is(err, hotline.ErrBlockOver):
		return fmt.Errorf("%w: %w", hotline.ErrRefused, err)
	}
	return err
}

func (q *Request) saveCall() error {
	s, err := q.callSave()
	if err != nil {
		return err
	}
	var saved hotline.Saved
	err = q.Do(func(t Tx) (err error) {
		saved, err = t.SaveCall(q.Context(), q.Viewer, s)
		return err
	})
	if errors.Is(err, hotline.ErrCallClosed) { // another page was quicker: this one shows what stands
		return q.stateByKey(s.Key)
	}
	if err != nil {
		return callWrong(err)
	}
	return q.answer(q.savedState(saved))
}

func (q *Request) savedState(saved hotline.Saved) callState {
	state := q.state(saved.Call)
	state.Invalid = saved.Invalid
	for _, k := range saved.Conflicts {
		state.Conflicts = append(state.Conflicts, callConflict{k.Field, k.Theirs})
	}
	return state
}

// closeCall saves what is left to save and puts the record away, in one unit of work. What is missing, half typed or disputed keeps it open.
func (q *Request) closeCall() error {
	s, err := q.callSave()
	if err != nil {
		return err
	}
	var saved hotline.Saved
	closed := false
	err = q.Do(func(t Tx) (err error) {
		closed = false
		if saved, err = t.SaveCall(q.Context(), q.Viewer, s); err != nil {
			return err
		}
		if len(saved.Invalid)+len(saved.Conflicts) > 0 || len(saved.Call.Missing(q.Regency())) > 0 || !saved.Call.IsOpen() {
			closed = !saved.Call.IsOpen() // it was before: the answer to that was lost
			return nil
		}
		saved.Call, err = t.CloseCall(q.Context(), q.Viewer, saved.Call.ID, q.story(saved.Call))
		closed = err == nil
		return err
	})
	if errors.Is(err, hotline.ErrCallClosed) {
		return q.stateByKey(s.Key)
	}
	if err != nil {
		return callWrong(err)
	}
	state := q.savedState(saved)
	if closed {
		state.Said = q.say("call.closed", "class", q.say("call.class."+string(saved.Call.Class)))
	}
	return q.answer(state)
}

func (q *Request) stateByKey(key string) error {
	var c hotline.Call
	err := q.Do(func(t Tx) (err error) {
		c, err = t.CallByKey(q.Context(), q.Viewer, key)
		return err
	})
	if err != nil {
		return callWrong(err)
	}
	return q.answer(q.state(c))
}

// callState tells a page how a call stands that it or another page writes.
func (q *Request) callState() error { return q.stateByKey(q.URL.Query().Get("key")) }
