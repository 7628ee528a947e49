package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// A Menu is what could be picked of something that was said.
type Menu struct {
	ID      hotline.OutID
	Ref     string // the network's id of the message that showed it
	Choices []hotline.Button
	Made    time.Time // when it was committed (service time)
	Asked   bool      // it answered something the person sent
}

// menuJSON writes choices down as label and value by turns; nil for none.
func menuJSON(choices []hotline.Button) *string {
	if len(choices) == 0 {
		return nil
	}
	pairs := make([]string, 0, 2*len(choices))
	for _, c := range choices {
		pairs = append(pairs, c.Label, c.Value)
	}
	b, err := json.Marshal(pairs)
	if err != nil {
		panic(err) // plain strings
	}
	s := string(b)
	return &s
}

// mostMenus is how many of the last menus are looked at.
const mostMenus = 5

// Menus gives the last choices shown at an address, newest first; with a ref only those of that message.
func (t *Tx) Menus(ctx context.Context, at hotline.AddressID, ref string) ([]Menu, error) {
	type row struct {
		ID    hotline.OutID
		Ref   *string
		Menu  []byte
		Made  time.Time
		Asked bool
	}
	rows, err := peek[row](ctx, t, "look for the choices shown", `
		select id, ref, menu, made, asked from outbox
		where address_id = @at and menu is not null and (@ref = '' or ref = @ref) order by id desc limit @most`,
		pgx.StrictNamedArgs{"at": at, "ref": ref, "most": mostMenus})
	if err != nil {
		return nil, err
	}
	out := make([]Menu, 0, len(rows))
	for _, r := range rows {
		var pairs []string
		if err := json.Unmarshal(r.Menu, &pairs); err != nil || len(pairs)%2 != 0 {
			return nil, fmt.Errorf("read the choices shown: %w", err)
		}
		m := Menu{ID: r.ID, Ref: or0(r.Ref), Made: r.Made, Asked: r.Asked}
		for i := 0; i < len(pairs); i += 2 {
			m.Choices = append(m.Choices, hotline.Button{Label: pairs[i], Value: pairs[i+1]})
		}
		out = append(out, m)
	}
	return out, nil
}
