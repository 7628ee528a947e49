package hotline

// What the words of a ticket amount to, as far as nothing else was chosen. The rules are those of a chat, so that the same words are the same matter wherever
// they are said; what differs is only who confirms them: here whoever sits at the desk, who sees each guess in its field.

// A TicketSense is a guess at what a ticket is about. Nothing in it is kept before somebody has seen it.
type TicketSense struct {
	Reading  Reading
	Category string   // taken as understood; empty: not clear
	Also     []string // other categories that fit, best first, at most three
	Kind     Kind
	Privacy  Privacy // of Category, or of what was chosen
	Area     string  // named in the words, and no other of its name; or where the point lies
	Which    []string
	Urgent   bool // somebody may be in danger
	Outside  bool // the point lies in no part of the regency
}

// The scores from which a guess is taken as understood are those of a chat.
const (
	ticketFair = 40 // from this score on …
	ticketWeak = 20 // … or from this one, where no other comes near
	ticketAlso = 3
)

// SenseTicket works out what a ticket amounts to. It takes microseconds and never fails.
func (rd *Reader) SenseTicket(t Ticket) TicketSense {
	s := TicketSense{Reading: rd.Read(t.Text), Kind: t.Kind, Privacy: t.Privacy}
	if s.Reading.Understood() {
		s.Category = s.Reading.Top()
	}
	for _, g := range s.Reading.Categories {
		if g.Category != s.Category && len(s.Also) < ticketAlso {
			s.Also = append(s.Also, g.Category)
		}
	}
	if s.Kind == "" {
		s.Kind = s.Reading.Kind
	}
	if s.Privacy == "" {
		s.Privacy = Open
		category := t.Category
		if category == "" {
			category = s.Category
		}
		if c, ok := rd.regency.Category(category); ok && c.Secret {
			s.Privacy = Secret
		}
	}
	switch t.Urgent {
	case TicketUrgent:
		s.Urgent = true
	case "":
		s.Urgent = s.Reading.Danger != nil
	}
	if t.Point != nil {
		g := rd.ByPoint(*t.Point)
		if s.Outside = g.Outside; !g.Outside {
			if s.Area = g.Village.Code; s.Area == "" {
				s.Area = g.Kecamatan.Code
			}
		}
		return s
	}
	s.Area, s.Which = meantArea(s.Reading.Places)
	return s
}

// Understood tells whether the best guess of a reading may be taken as what was meant, until somebody has looked at it.
func (rd Reading) Understood() bool {
	if len(rd.Categories) == 0 {
		return false
	}
	best, second := rd.Categories[0].Score, 0
	if len(rd.Categories) > 1 {
		second = rd.Categories[1].Score
	}
	return best >= ticketFair || best >= ticketWeak && best*2 >= second*3
}

// meantArea chooses among the areas that words name: the one that is meant, a village before its kecamatan; or those of one name, to choose from.
func meantArea(places []AreaGuess) (area string, which []string) {
	for _, g := range places {
		switch {
		case g.Score < PlaceScore:
		case g.Ambiguous:
			which = append(which, g.Area.Code)
		case area == "":
			area = g.Area.Code
		case g.Area.Parent == area:
			area = g.Area.Code
		}
	}
	switch {
	case area != "" && len(places) > 0 && !places[0].Ambiguous:
		return area, nil
	case len(which) == 1:
		return which[0], nil
	case len(which) > 0:
		return "", which
	}
	return area, nil
}
