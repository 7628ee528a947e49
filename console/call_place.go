package console

import (
	"strconv"

	"tanggap/hotline"
)

// placeRoles are those who write down where something is while somebody tells them.
var placeRoles = roles(hotline.RoleOperator, hotline.RoleSupervisor, hotline.RoleCoordinator, hotline.RoleDesk)

// placeRoutes serve the map on which a place is pointed at, assets/place.js: any page with a form may have one.
func placeRoutes() []Route {
	return []Route{
		{Method: "GET", Path: "/place", May: placeRoles, Do: (*Request).pointAt},
		{Method: "GET", Path: "/place/map.json", May: placeRoles, Quiet: true, Do: (*Request).placeMap},
	}
}

// pointed is what a point on the map is.
type pointed struct {
	Lat     float64 `json:"lat"`
	Lng     float64 `json:"lng"`
	Area    string  `json:"area"`    // the nearest village, or its kecamatan where none is known; empty: outside
	Outside bool    `json:"outside"` // not in the regency
	Said    string  `json:"said"`    // one sentence for whoever pointed
}

// placeMap is what the map shows where it has no tiles: the boundaries of the kecamatan as rings of [lat, lng], and where which village is.
func (q *Request) placeMap() error {
	type kecamatan struct {
		Name  string         `json:"name"`
		At    [2]float64     `json:"at"`
		Rings [][][2]float64 `json:"rings"`
	}
	type village struct {
		Name string     `json:"name"`
		At   [2]float64 `json:"at"`
	}
	var drawn struct {
		Kecamatan []kecamatan `json:"kecamatan"`
		Villages  []village   `json:"villages"`
	}
	for _, a := range q.Regency().Kecamatans() {
		k := kecamatan{Name: a.Name, At: middle(a)}
		for _, ring := range a.Boundary {
			points := make([][2]float64, len(ring))
			for i, p := range ring {
				points[i] = [2]float64{p.Lat, p.Lng}
			}
			k.Rings = append(k.Rings, points)
		}
		drawn.Kecamatan = append(drawn.Kecamatan, k)
	}
	for _, a := range q.Regency().Villages() {
		drawn.Villages = append(drawn.Villages, village{a.Name, middle(a)})
	}
	q.W.Header().Set("Cache-Control", "private, max-age=3600")
	return q.json(drawn)
}

// pointAt tells where a point is, as the location that a citizen sends is read: in which kecamatan, nearest to which of its villages.
func (q *Request) pointAt() error {
	lat, err1 := strconv.ParseFloat(q.URL.Query().Get("lat"), 64)
	lng, err2 := strconv.ParseFloat(q.URL.Query().Get("lng"), 64)
	if err1 != nil || err2 != nil || !(lat >= -90 && lat <= 90 && lng >= -180 && lng <= 180) {
		return &Wrong{"no point on earth"}
	}
	p := pointed{Lat: lat, Lng: lng}
	g := q.console.reader(q.Regency()).ByPoint(hotline.Point{Lat: lat, Lng: lng})
	switch {
	case g.Outside:
		p.Outside = true
		p.Said = q.say("place.outside", "regency", q.Regency().Name, "km", strconv.Itoa(int(g.Distance+0.5)), "kecamatan", g.Kecamatan.Name)
	case g.Village.Code == "":
		p.Area = g.Kecamatan.Code
		p.Said = q.say("place.kecamatan", "kecamatan", g.Kecamatan.Name)
	default:
		p.Area = g.Village.Code
		p.Said = q.say("place.near", "village", g.Village.Name, "kecamatan", g.Kecamatan.Name)
	}
	return q.answer(p)
}
