package bot

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"tanggap/hotline"
)

// This file is an agency that is asked to take part in a visit: a card for its heads, whose buttons answer. Whoever runs the visit sees the
// answer on the console as it comes.

// A Taker keeps what an agency answers. A Turn that is none knows of no visits.
type Taker interface {
	Visit(context.Context, hotline.VisitID) (hotline.Visit, error)
	// AnswerVisit keeps an answer, and how many people come. hotline.ErrUnseen: the viewer is not of that agency.
	AnswerVisit(ctx context.Context, v hotline.Viewer, id hotline.VisitID, agency string, answer hotline.Answer, people int) error
}

// visitPrefix begins the values of the card's buttons: "s:visit:12:dinkes:yes", "s:visit:12:dinkes:5".
const visitPrefix = staffPrefix + "visit:"

// visitPeople are the numbers of people that buttons propose.
var visitPeople = []int{1, 2, 3, 4, 6, 8, 10}

func visitValue(id hotline.VisitID, agency, answer string) string {
	return visitPrefix + strconv.FormatInt(int64(id), 10) + ":" + agency + ":" + answer
}

// AskVisit is the card that asks an agency to take part in a visit.
func AskVisit(r *hotline.Regency, v hotline.Visit, a hotline.Taking) hotline.Reply {
	g, _ := r.ProgrammeByID(v.Programme)
	opens, _, _ := strings.Cut(v.Hours.String(), "-")
	out := hotline.Say("staff.visit.ask", "agency", hotline.AgencyArg(a.Agency), "programme", g.Name, "place", venueName(r, v), "day",
		hotline.DateArg(v.Date),
		"time", strings.ReplaceAll(opens, ":", "."))
	if a.Must {
		out = out.And("staff.visit.must")
	}
	return out.With(hotline.Pick(visitValue(v.ID, a.Agency, "yes"), "staff.button.comes"), hotline.Pick(visitValue(v.ID, a.Agency, "no"),
		"staff.button.comesnot"))
}

// pressVisit takes a button of such a card; false where it is none.
func (k *talk) pressVisit(ctx context.Context) (bool, error) {
	rest, ok := strings.CutPrefix(k.msg.Choice, visitPrefix)
	if !ok {
		return false, nil
	}
	parts := strings.Split(rest, ":")
	t, can := k.Turn.(Taker)
	if len(parts) != 3 || !can {
		k.reply(hotline.Say("staff.stale"))
		return true, nil
	}
	id, _ := strconv.ParseInt(parts[0], 10, 64) // of what is no number there is no visit
	visit, err := t.Visit(ctx, hotline.VisitID(id))
	switch {
	case errors.Is(err, hotline.ErrNotFound), err == nil && (!visit.Live() || visit.Date < k.reg.Today(k.now)):
		k.reply(hotline.Say("staff.visit.gone"))
		return true, nil
	case err != nil:
		return true, fmt.Errorf("read a visit: %w", err)
	}
	answer, people := hotline.AnswerYes, 0
	switch n, err := strconv.Atoi(parts[2]); {
	case parts[2] == "no":
		answer = hotline.AnswerNo
	case parts[2] == "yes":
		for _, a := range visit.Agencies { // a second press takes nothing back
			if a.Agency == parts[1] && a.Answer == hotline.AnswerYes {
				people = a.People
			}
		}
	case err == nil && n > 0 && n <= 500:
		people = n
	default:
		k.reply(hotline.Say("staff.stale"))
		return true, nil
	}
	switch err := t.AnswerVisit(ctx, k.conv.Viewer, visit.ID, parts[1], answer, people); {
	case errors.Is(err, hotline.ErrUnseen), errors.Is(err, hotline.ErrNotFound):
		k.reply(hotline.Say("staff.visit.notyours"))
		return true, nil
	case err != nil:
		return true, fmt.Errorf("keep an agency's answer: %w", err)
	}
	agency := hotline.AgencyArg(parts[1])
	switch {
	case answer == hotline.AnswerNo:
		k.reply(hotline.Say("staff.visit.no", "agency", agency).With(hotline.Pick(visitValue(visit.ID, parts[1], "yes"), "staff.button.comes")))
	case people > 0:
		k.reply(hotline.Say("staff.visit.people", "agency", agency, "n", people))
	default:
		r := hotline.Say("staff.visit.yes", "agency", agency, "place", venueName(k.reg, visit), "day", hotline.DateArg(visit.Date))
		var row []hotline.Choice
		for _, n := range visitPeople {
			row = append(row, hotline.Pick(visitValue(visit.ID, parts[1], strconv.Itoa(n)), "staff.button.persons", "n", n))
		}
		k.reply(inRows(r, 4, row))
	}
	return true, nil
}
