package bot

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"tanggap/hotline"
)

// This file is the survey of satisfaction (SKM): nine questions in nine taps after somebody was served. Until the last they stand in the conversation's state; what is
// kept says of which service and visit, and not whose answers they are.

// A Surveyor keeps answers. hotline.ErrRefused: they were not served, or have answered.
type Surveyor interface {
	AnswerSKM(context.Context, hotline.Viewer, hotline.BookingID, hotline.SKMAnswers) error
}

// survey is what is remembered of the nine questions.
type survey struct {
	Booking hotline.BookingID `json:"b,omitempty"` // of which serving; zero: none
	Answers []int             `json:"a,omitempty"`
	At      time.Time         `json:"t,omitzero"` // when the question that is open was put
}

// beginSurvey puts the first question.
func (k *talk) beginSurvey(b hotline.Booking) error {
	if !b.State.Served() {
		return k.oldButton()
	}
	s := &k.st.Citizen.Book
	s.Survey = survey{Booking: b.ID}
	k.askSurvey()
	return nil
}

// askSurvey puts the question that is open.
func (k *talk) askSurvey() {
	s := &k.st.Citizen.Book.Survey
	n := len(s.Answers)
	e := hotline.SKMElements()[n]
	r := hotline.Say("survey.n", "n", n+1).And("survey." + string(e))
	var row []hotline.Choice
	for v := hotline.SKMBest; v >= 1; v-- {
		row = append(row, hotline.Pick(value("sv", bookingID(s.Booking), strconv.Itoa(n), strconv.Itoa(v)), "button.survey."+strconv.Itoa(v)))
	}
	s.At = k.now
	k.say(inRows(r, 2, row))
}

// surveyPressed takes an answer. A button pressed twice counts once.
func (k *talk) surveyPressed(ctx context.Context, p pressed) error {
	s := &k.st.Citizen.Book.Survey
	n, err1 := strconv.Atoi(p.arg(1))
	v, err2 := strconv.Atoi(p.arg(2))
	if err1 != nil || err2 != nil || p.arg(0) != bookingID(s.Booking) || s.Booking == 0 || v < 1 || v > hotline.SKMBest {
		return k.oldButton()
	}
	if n != len(s.Answers) {
		k.askSurvey()
		return nil
	}
	return k.surveyAnswer(ctx, v)
}

// surveyFor is how long a question of it waits for a typed number. Its buttons hold.
const surveyFor = time.Hour

// surveyed takes a typed number as the answer.
func (k *talk) surveyed(ctx context.Context, _ Booker) (bool, error) {
	v := PickNumber(k.msg.Text)
	if k.msg.Kind != hotline.MsgText || !k.surveyHears(v) {
		return false, nil
	}
	return true, k.surveyAnswer(ctx, v)
}

// surveyHears tells whether a typed number is its answer: it is one of the marks, and was asked for last. Else it may be the rating of a case.
func (k *talk) surveyHears(v int) bool {
	c := &k.st.Citizen
	s := c.Book.Survey
	return s.Booking != 0 && v >= 1 && v <= hotline.SKMBest && k.now.Sub(s.At) <= surveyFor && c.waiting(k.now) == waitNothing && c.Draft == nil && !k.bookListens()
}

func (k *talk) surveyAnswer(ctx context.Context, v int) error {
	s := &k.st.Citizen.Book.Survey
	if s.Answers = append(s.Answers, v); len(s.Answers) < hotline.SKMCount {
		k.askSurvey()
		return nil
	}
	t, ok := k.Turn.(Surveyor)
	if !ok {
		return k.oldButton()
	}
	var all hotline.SKMAnswers
	copy(all[:], s.Answers)
	err := t.AnswerSKM(ctx, k.conv.Viewer, s.Booking, all)
	*s = survey{}
	if err != nil && !errors.Is(err, hotline.ErrRefused) && !errors.Is(err, hotline.ErrNotFound) {
		return fmt.Errorf("keep the answers of a survey: %w", err)
	}
	k.tell(0, hotline.Say("survey.done").With(pickMenu()))
	return nil
}
