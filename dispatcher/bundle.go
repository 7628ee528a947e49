package dispatcher

import (
	"context"
	"slices"

	"tanggap/hotline"
)

// loudEvery is how many rounds of an emergency's card a coordinator sees in one message that changes, before it comes as a new one again.
const loudEvery = 5

// bundle parts those who get a round of a card: whoever may go there hears it anew each time, while coordinators, who are called to every emergency of the
// regency, have one card that changes and hear it again only now and then.
func (j *job) bundle(ctx context.Context, c hotline.Case, a hotline.Assignment, had []hotline.Offer, to []hotline.PersonID, round int) (
	loud, quietly []hotline.PersonID, err error) {
	if !c.Urgent || round%loudEvery == 1 || len(had) == 0 || len(to) == 0 {
		return to, nil, nil
	}
	there, _, err := j.responders(ctx, c, a)
	if err != nil {
		return nil, nil, err
	}
	if len(there) == 0 { // nobody else hears of it
		return to, nil, nil
	}
	for _, p := range to {
		card := slices.ContainsFunc(had, func(o hotline.Offer) bool { return o.Person == p })
		if card && !slices.Contains(there, p) {
			quietly = append(quietly, p)
		} else {
			loud = append(loud, p)
		}
	}
	return loud, quietly, nil
}

// changed makes a card the change of the one before it.
func changed(o hotline.Out) hotline.Out {
	o.Verb, o.Edits = hotline.VerbEdit, o.Card
	return o
}
