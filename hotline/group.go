package hotline

import "time"

// A Group is a chat of many at a network that belongs to a unit: the unit's head registered it with a code. It gets the unit's cards, without the
// reporter and without what is secret; an enrolled officer of the unit who quotes a card with "ambil" takes it. Everything else said there is
// nobody's hotline chat and is passed over in silence, as is every group that is not registered.
type Group struct {
	Address Address
	Unit    string
	By      PersonID // who asked for the code
	Since   time.Time
}

// RoleGroup stands in an invitation that registers a group: no person ever holds it.
const RoleGroup RoleName = "group"

// ForGroup tells how much of a case a group may be shown. A group is read by people who are not enrolled, on telephones that lie about:
//
//   - nothing of a secret case, of a complaint about an agency, or of abuse of office;
//   - of an anonymous one number, category and kecamatan: what was said and the exact place may give its reporter away;
//   - of every other what was said and where, and who reported never.
func (r *Regency) ForGroup(c Case) Sight {
	category, _ := r.Category(c.Category)
	switch {
	case c.Privacy.IsSecret() || c.About != "" || category.Oversight || category.Rudeness || category.Secret:
		return Sight{}
	case c.Privacy.IsAnonymous():
		return Sight{Facts: true}
	}
	return Sight{Facts: true, Content: true}
}
