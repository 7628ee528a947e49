package config

import (
	"fmt"
	"strconv"
	"strings"

	"tanggap/hotline"
)

const officeKind kind = "office"

// Bounds on offices.
const (
	maxOffices = 200
	maxAhead   = 90 // days
	maxPlaces  = 500
)

// An onEach is an office that stands in every kecamatan: each needs a unit of its own.
type onEach struct {
	unit string
	at   node
}

// readOffices reads offices.yaml, which may be missing: where services are done all the year. They are of a place: none comes from a base.
func (r *reader) readOffices() {
	for i, item := range r.listed("offices", "offices", false, []kind{officeKind}) {
		if i == maxOffices {
			item.wrong(fmt.Sprintf("more than %d offices", maxOffices), "see whether one for every kecamatan (per: kecamatan) would do")
			return
		}
		r.readOffice(item)
	}
}

func (r *reader) readOffice(item node) {
	m := item.mapping("id", "per", "kind", "name", "unit", "area", "address", "point", "calendar", "slot", "ahead", "services")
	o := hotline.Office{Kind: oneOf(m.need("kind"), "kind", hotline.OfficeKinds()), Name: m.need("name").str(),
		Calendar: m.opt("calendar").ref(calendarKind), Point: readPoint(m.opt("point")), Slot: 60}
	if n := m.opt("address"); n.here() {
		o.Address = n.str()
	}
	idNode := m.need("id")
	if o.ID = idNode.str(); o.ID != "" && !hotline.ValidID(o.ID) {
		idNode.wrong(quote(o.ID)+" cannot be the id of an office", idForm)
		o.ID = ""
	}
	if n := m.opt("slot"); n.here() {
		o.Slot = n.number(5, 24*60)
	}
	if n := m.opt("ahead"); n.here() {
		o.Ahead = n.number(0, maxAhead)
	}
	ok := o.ID != ""
	if per := m.opt("per"); per.here() {
		o.Per = oneOf(per, "per", []hotline.AreaLevel{hotline.LevelKecamatan})
		ok = r.readEach(m, &o, idNode) && ok
	} else {
		o.Unit, o.Area = m.need("unit").ref(unitKind), m.need("area").ref(areaKind)
		if strings.Contains(o.Name, "{area}") {
			m.need("name").wrong("{area} says nothing without per", "write the office's own name")
		}
		ok = ok && r.declare(officeKind, o.ID, idNode.at())
	}
	o.Services = readOfficeServices(m.need("services"))
	if ok {
		r.out.Offices = append(r.out.Offices, o)
	}
}

// readEach reads what is of an office in every kecamatan, and tells whether all of them can have the id.
func (r *reader) readEach(m mapping, o *hotline.Office, idNode node) bool {
	for _, key := range []string{"area", "point"} {
		if n := m.opt(key); n.here() {
			n.wrong(key+" says nothing beside per", "remove it")
		}
	}
	o.Point = nil
	if o.Name != "" && !strings.Contains(o.Name, "{area}") {
		m.need("name").wrong("a name for every kecamatan must hold {area}", `write it as "Kantor Kecamatan {area}"`)
	}
	if unit := m.need("unit"); unit.here() {
		if o.Unit = unit.str(); o.Unit != "" {
			r.onEach = append(r.onEach, onEach{o.Unit, unit})
		}
	}
	for _, a := range r.out.Areas {
		if a.Level != hotline.LevelKecamatan || o.ID == "" {
			continue
		}
		id := o.ID + "." + a.Code
		if !hotline.ValidUnitID(id) {
			idNode.wrong(quote(id)+" cannot be the id of an office", "shorten it, or mend the code of the area in "+areasFile)
			return false
		}
		if !r.declare(officeKind, id, idNode.at()) {
			return false
		}
	}
	return true
}

func readOfficeServices(n node) []hotline.OfficeService {
	var services []hotline.OfficeService
	items := n.list()
	if items != nil && len(items) == 0 {
		n.wrong("nothing is done at this office", "name its services, or remove it")
	}
	seen := map[string]bool{}
	for _, item := range items {
		m := item.mapping("service", "places", "reserve", "hours")
		s := hotline.OfficeService{Service: serviceOnce(m.need("service"), seen), Places: 1, Hours: m.opt("hours").windows()}
		if p := m.need("places"); p.here() {
			s.Places = p.number(1, maxPlaces)
		}
		if p := m.opt("reserve"); p.here() {
			s.Reserve = p.number(0, s.Places)
		}
		services = append(services, s)
	}
	return services
}

// serviceOnce gives the id of a service that may stand in a list once.
func serviceOnce(n node, seen map[string]bool) string {
	id := n.ref(serviceKind)
	if id != "" && seen[id] {
		n.wrong("service "+id+" is there twice", "remove one of them")
	}
	seen[id] = true
	return id
}

// readPoint reads "[-6.5919, 110.6713]".
func readPoint(n node) *hotline.Point {
	if !n.here() {
		return nil
	}
	const mend = "write latitude and longitude: [-6.5919, 110.6713]"
	var at [2]float64
	items := n.list()
	if len(items) != len(at) {
		n.wrong("is no point", mend)
		return nil
	}
	for i, item := range items {
		f, err := strconv.ParseFloat(item.str(), 64)
		if err != nil {
			item.wrong(quote(item.y.Value)+" is no number", mend)
			return nil
		}
		at[i] = f
	}
	p := hotline.Point{Lat: at[0], Lng: at[1]}
	if !p.Valid() {
		n.wrong("is no place on earth", mend)
		return nil
	}
	return &p
}

// checkOffices names offices that stand in every kecamatan and lack a unit in one.
func (r *reader) checkOffices() {
	if r.unread[unitKind] || r.unread[areaKind] {
		return
	}
	for _, o := range r.onEach {
		for _, a := range r.out.Areas {
			if _, ok := r.declared[unitKind][o.unit+"."+a.Code]; a.Level == hotline.LevelKecamatan && !ok {
				o.at.wrong(fmt.Sprintf("there is no unit %s.%s to run the office in %s", o.unit, a.Code, a.Name), `name an agency with units per: kecamatan`)
				break
			}
		}
	}
}
