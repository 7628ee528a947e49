package hotline

import "math"

// bordersKm is how far the drawn edges of two neighbouring kecamatan may lie from each other: they are coarse, and leave gaps.
const bordersKm = 0.4

// planNear tells of each two places of a plan whether they are neighbours. Of a programme that comes to one village in each kecamatan it is
// the kecamatan that count.
func (r *Regency) planNear(g Programme, places []Proposed) [][]bool {
	areas := make([]Area, len(places))
	for i, p := range places {
		areas[i] = r.nearArea(g, p.Area)
	}
	return neighbours(areas, r.sameLevel(g))
}

// sameLevel gives all areas among which neighbours are looked for.
func (r *Regency) sameLevel(g Programme) []Area {
	if g.OneEach || g.Level == LevelKecamatan {
		return r.Kecamatans()
	}
	return r.Villages()
}

// withBefore adds one more place behind the others: the last that is visited already.
func (r *Regency) withBefore(g Programme, places []Proposed, before string, near [][]bool) [][]bool {
	areas := make([]Area, 0, len(places)+1)
	for _, p := range places {
		areas = append(areas, r.nearArea(g, p.Area))
	}
	areas = append(areas, r.nearArea(g, before))
	last := len(areas) - 1
	row := make([]bool, len(areas))
	for i := range last {
		row[i] = borders(areas[last], areas[i], r.sameLevel(g))
		near[i] = append(near[i], row[i])
	}
	return append(near, row)
}

// nearArea gives the area by which it is told what a place borders on.
func (r *Regency) nearArea(g Programme, code string) Area {
	if k, ok := r.Kecamatan(code); ok && g.OneEach {
		return k
	}
	a, _ := r.Area(code)
	return a
}

// neighbours tells of each two areas whether they border on each other.
func neighbours(areas, all []Area) [][]bool {
	near := make([][]bool, len(areas))
	for i := range near {
		near[i] = make([]bool, len(areas))
	}
	for i := range areas {
		for j := range i {
			near[i][j] = borders(areas[i], areas[j], all)
			near[j][i] = near[i][j]
		}
	}
	return near
}

// borders tells whether two areas border on each other: by their boundaries where both are drawn, and else by their centres, where none of all
// the others lies between, that is within the circle around both (a Gabriel graph).
func borders(a, b Area, all []Area) bool {
	if a.Code == b.Code {
		return true
	}
	if len(a.Boundary) > 0 && len(b.Boundary) > 0 {
		return touch(a, b) || touch(b, a)
	}
	shrink := math.Cos(a.Center.Lat * math.Pi / 180)
	for _, c := range all {
		if c.Code == a.Code || c.Code == b.Code {
			continue
		}
		ax, ay := (a.Center.Lng-c.Center.Lng)*shrink, a.Center.Lat-c.Center.Lat
		bx, by := (b.Center.Lng-c.Center.Lng)*shrink, b.Center.Lat-c.Center.Lat
		if ax*bx+ay*by < 0 { // seen from there they lie on two sides
			return false
		}
	}
	return true
}

// touch tells whether a corner of one boundary lies at an edge of the other, or within it.
func touch(a, b Area) bool {
	for _, ring := range a.Boundary {
		for _, p := range ring {
			for _, other := range b.Boundary {
				if inRing(p, other) {
					return true
				}
				for i := 1; i < len(other); i++ {
					if toEdge(p, other[i-1], other[i]) <= bordersKm {
						return true
					}
				}
			}
		}
	}
	return false
}

// PlanBeside tells of each of some places of a programme, in their order, whether it borders on the one before it.
func (r *Regency) PlanBeside(g Programme, areas []string) []bool {
	out := make([]bool, len(areas))
	for i := 1; i < len(areas); i++ {
		out[i] = borders(r.nearArea(g, areas[i-1]), r.nearArea(g, areas[i]), r.sameLevel(g))
	}
	return out
}
