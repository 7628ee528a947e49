package house_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tanggap/hotline"
	"tanggap/store"
)

// siaga does what a coordinator does at the console's page of states of alert: see script.
func (g *stage) siaga(line string) error {
	ctx := context.Background()
	return g.house.Store().Do(ctx, g.clock.Now(), func(tx *store.Tx) error {
		roles, err := tx.People(ctx, nil, hotline.RoleCoordinator)
		if err != nil || len(roles) == 0 {
			return errors.Join(errors.New("nobody coordinates"), err)
		}
		who := hotline.Viewer{Person: roles[0].Person, Roles: roles[:1]}
		key, rest, _ := strings.Cut(line, ": ")
		if key == "siaga" {
			s, err := g.readSiaga(rest)
			if err == nil {
				_, err = tx.DeclareSiaga(ctx, who, s)
			}
			return err
		}
		list, err := tx.SiagaList(ctx, who, 1)
		if err != nil || len(list) == 0 {
			return errors.Join(errors.New("no siaga"), err)
		}
		switch id := list[0].ID; key {
		case "siaga answers":
			_, err = tx.AnswerSiaga(ctx, who, id, rest)
		case "siaga ends":
			err = tx.EndSiaga(ctx, who, id, rest)
		case "siaga volunteer":
			var code string
			code, _, err = tx.InviteVolunteer(ctx, who, id, "Relawan")
			g.mu.Lock()
			g.code = code
			g.mu.Unlock()
		case "siaga lasts":
			until, wrong := g.until(rest)
			if err = wrong; err == nil {
				err = tx.ProlongSiaga(ctx, who, id, until)
			}
		default:
			err = errors.New("no such act")
		}
		return err
	})
}

// readSiaga reads "360/112/2026 bencana in Pecangaan, Kedung for 2 days, clocks dpupr, volunteers bpbd.pusdalops: Air naik."
func (g *stage) readSiaga(line string) (s hotline.Siaga, err error) {
	what, text, ok := strings.Cut(line, ": ")
	head, where, ok1 := strings.Cut(what, " in ")
	decree, category, ok2 := strings.Cut(head, " ")
	names, terms, ok3 := strings.Cut(where, " for ")
	if !ok || !ok1 || !ok2 || !ok3 {
		return s, errors.New("not a siaga")
	}
	s = hotline.Siaga{Decree: decree, Category: category, Text: text}
	for name := range strings.SplitSeq(names, ", ") {
		i := slices.IndexFunc(g.regency.Kecamatans(), func(a hotline.Area) bool { return a.Name == name })
		if i < 0 {
			return s, fmt.Errorf("no kecamatan %s", name)
		}
		s.Kecamatan = append(s.Kecamatan, g.regency.Kecamatans()[i].Code)
	}
	for i, term := range strings.Split(terms, ", ") {
		word, arg, _ := strings.Cut(term, " ")
		switch {
		case i == 0:
			s.Until, err = g.until(term)
		case word == "clocks":
			for _, u := range g.regency.Units {
				if u.Agency == arg {
					s.Units = append(s.Units, u.ID)
				}
			}
		case word == "volunteers":
			s.Unit = arg
		default:
			err = fmt.Errorf("no term %s", term)
		}
		if err != nil {
			return s, err
		}
	}
	return s, nil
}
