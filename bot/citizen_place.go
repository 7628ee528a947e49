package bot

import (
	"slices"
	"strconv"
	"strings"

	"tanggap/hotline"
)

// This file lets people choose a place from lists when its name was not understood: a kecamatan, then one of its villages. Typing a name or sending a
// location goes on working meanwhile.

// The answers to the question "place" beside the code of an area: the list itself, one of its kecamatan, a page of that one's villages.
const (
	placeList   = "list"
	placeIn     = "in-"
	placePage   = "page-"
	placeOnPage = 10
)

// pickFromList goes to where in the lists a button leads; false where it is none of theirs.
func (k *talk) pickFromList(d *draft, v string) bool {
	if v == placeList {
		d.List, d.In, d.Page, d.Nowhere = true, "", 0, false
		return true
	}
	if code, ok := strings.CutPrefix(v, placeIn); ok {
		a, known := k.reg.Area(code)
		if !known || a.Level != hotline.LevelKecamatan {
			return false
		}
		d.List, d.In, d.Page, d.Nowhere = true, code, 0, false
		return true
	}
	if page, ok := strings.CutPrefix(v, placePage); ok && d.In != "" {
		n, err := strconv.Atoi(page)
		if err != nil || n < 0 || n*placeOnPage >= len(k.villagesIn(d.In)) {
			return false
		}
		d.Page = n
		return true
	}
	return false
}

// villagesIn gives the villages of a kecamatan by name.
func (k *talk) villagesIn(code string) []hotline.Area {
	var all []hotline.Area
	for _, v := range k.reg.Villages() {
		if v.Parent == code {
			all = append(all, v)
		}
	}
	slices.SortFunc(all, func(a, b hotline.Area) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// askKecamatan shows all kecamatan.
func (k *talk) askKecamatan(d *draft) hotline.Reply {
	r := hotline.Say("place.kecamatan")
	if d.Tries > 0 && !d.List {
		r = hotline.Say("place.unknown").And("place.kecamatan")
	}
	r = namesInPairs(d, r, placeIn, k.reg.Kecamatans())
	return r.With(hotline.Pick(d.answer("place", "none"), "button.nowhere"))
}

// askVillage shows a page of a kecamatan's villages. Who doesn't know the village can leave it at the kecamatan.
func (k *talk) askVillage(d *draft) hotline.Reply {
	all := k.villagesIn(d.In)
	from := min(d.Page*placeOnPage, len(all))
	until := min(from+placeOnPage, len(all))
	r := namesInPairs(d, hotline.Say("place.village", "area", hotline.AreaArg(d.In)), "", all[from:until])
	var turn []hotline.Choice
	if d.Page > 0 {
		turn = append(turn, hotline.Pick(d.answer("place", placePage+strconv.Itoa(d.Page-1)), "button.place.before"))
	}
	if until < len(all) {
		turn = append(turn, hotline.Pick(d.answer("place", placePage+strconv.Itoa(d.Page+1)), "button.place.more"))
	}
	if len(turn) > 0 {
		r = r.With(turn...)
	}
	return r.With(hotline.Pick(d.answer("place", d.In), "button.place.all"), hotline.Pick(d.answer("place", placeList), "button.place.other"))
}

// namesInPairs adds a button for each area, two in a row.
func namesInPairs(d *draft, r hotline.Reply, prefix string, areas []hotline.Area) hotline.Reply {
	for pair := range slices.Chunk(areas, 2) {
		var row []hotline.Choice
		for _, a := range pair {
			row = append(row, hotline.Pick(d.answer("place", prefix+a.Code), "button.place.name", "name", a.Name))
		}
		r = r.With(row...)
	}
	return r
}
