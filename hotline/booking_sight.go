package hotline

import "slices"

// BookingSight is how much of a booking somebody may see and do.
type BookingSight struct {
	Facts bool // service, place, day, number, where it stands
	Who   bool // the name, and the NIK masked
	NIK   bool // the whole NIK, one at a time and on the record: whoever serves
	Own   bool // may change and cancel it, as the one who booked
	Serve bool // may check in, call, serve
}

func (s BookingSight) or(o BookingSight) BookingSight {
	return BookingSight{s.Facts || o.Facts, s.Who || o.Who, s.NIK || o.NIK, s.Own || o.Own, s.Serve || o.Serve}
}

// SeesBooking is the one predicate that decides for (viewer, booking). visit is the booking's, with its counters' agencies; today is the local date.
//
//   - Whoever booked sees it, with the NIK masked.
//   - People at the venue (roles venue and desk) of the programme's agency or of one that takes part, or of the office, check in and serve all day long, and see who it is: from
//     the day before until the day after.
//   - Officers and heads of the agency that serves do so for its own counters; they alone may see a whole NIK; and they see whose document is still to follow.
//   - The coordinator, and heads of the programme's agency, see the facts.
func (r *Regency) SeesBooking(v Viewer, b Booking, visit Visit, today string) BookingSight {
	var s BookingSight
	if v.Is(b.Booker) {
		s = BookingSight{Facts: true, Who: true, Own: true}
	}
	near := daysBetween(today, visit.Date)
	soon := near <= 1 && near >= -1
	counter, _ := first(visit.Counters, func(c Counter) bool { return c.ID == b.Counter || c.Service == b.Service })
	for _, role := range v.Roles {
		agency := r.AgencyOf(role.Unit)
		serves := agency != "" && agency == counter.Agency
		switch role.Name {
		case RoleVenue, RoleDesk:
			if r.WorksAt(role, visit) {
				s = s.or(BookingSight{Facts: true, Who: soon, Serve: soon})
			}
		case RoleOfficer, RoleHead:
			if serves {
				s = s.or(BookingSight{Facts: true, Who: soon || b.State == BookingFollow, NIK: soon || b.State == BookingFollow, Serve: soon})
			}
			if role.Name == RoleHead && r.WorksAt(role, visit) {
				s = s.or(BookingSight{Facts: true})
			}
		case RoleCoordinator:
			s = s.or(BookingSight{Facts: true})
		}
	}
	if b.Who.Erased {
		s.Who, s.NIK = false, false
	}
	return s
}

// WorksAt tells whether somebody with the role belongs to a visit: to the agency of its programme or one that takes part, or to the office.
func (r *Regency) WorksAt(role Role, v Visit) bool {
	agency := r.AgencyOf(role.Unit)
	if agency == "" {
		return false
	}
	if o, ok := r.OfficeByID(v.Office); ok {
		return r.Within(role.Unit, o.Unit) || r.Within(o.Unit, role.Unit) || slices.ContainsFunc(v.Counters, func(c Counter) bool { return c.Agency == agency })
	}
	g, _ := r.ProgrammeByID(v.Programme)
	return agency == g.Agency || slices.ContainsFunc(v.Agencies, func(t Taking) bool { return t.Agency == agency })
}

// Runs tells whether the viewer may change the visits of a programme, or of an office: the coordinator, heads and officers of the programme's agency, heads of the
// office's unit.
func (r *Regency) Runs(v Viewer, visit Visit) bool {
	for _, role := range v.Roles {
		switch role.Name {
		case RoleCoordinator:
			return true
		case RoleHead, RoleOfficer:
			if g, ok := r.ProgrammeByID(visit.Programme); ok && r.AgencyOf(role.Unit) == g.Agency {
				return true
			}
			if o, ok := r.OfficeByID(visit.Office); ok && role.Name == RoleHead && r.Within(o.Unit, role.Unit) {
				return true
			}
		}
	}
	return false
}

// Village gives the village for whose people the viewer may book: they are its head, or its staff (an officer or head of a unit that covers one village); false: none.
func (r *Regency) Village(v Viewer) (Area, bool) {
	for _, role := range v.Roles {
		if role.Name != RoleVillageHead && role.Name != RoleOfficer && role.Name != RoleHead {
			continue
		}
		u, ok := r.Unit(role.Unit)
		if !ok || len(u.Territory) != 1 {
			continue
		}
		if a, ok := r.Area(u.Territory[0]); ok && (a.Level == LevelDesa || a.Level == LevelKelurahan) {
			return a, true
		}
	}
	return Area{}, false
}

// Without leaves out of a booking what the sight does not cover. A NIK stays masked for everybody.
func (b Booking) Without(s BookingSight) Booking {
	b.Who.NIK = maskOnce(b.Who.NIK)
	if !s.Who {
		b.Who = BookedPerson{Erased: b.Who.Erased}
	}
	if !s.Serve {
		b.Same = ""
	}
	if !s.Own && !s.Serve {
		b.From, b.Booker = 0, 0
	}
	return b
}

func maskOnce(nik string) string {
	if n, ok := ParseNIK(nik); ok {
		return n.Masked()
	}
	return nik
}
