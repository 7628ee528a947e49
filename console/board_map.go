package console

import (
	"encoding/json"
	"strconv"

	"tanggap/hotline"
)

// mapMost is how many cases a map shows.
const mapMost = 2000

func (q *Request) mapPage() error { return q.Page("map", mapData{Tiles: q.console.Tiles}) }

// mapData is what a page with a map tells its script.
type mapData struct{ Tiles string }

// A mapPoint is a case on the map.
type mapPoint struct {
	Lat    float64 `json:"lat"`
	Lng    float64 `json:"lng"`
	Number string  `json:"number"`
	Label  string  `json:"label"`
	URL    string  `json:"url"`
	Urgent bool    `json:"urgent,omitempty"`
}

// mapPoints are the open cases whose place was sent, of those whose content the viewer may see.
func (q *Request) mapPoints() error {
	var cases []hotline.CasePoint
	err := q.Do(func(t Tx) (err error) {
		cases, err = t.OpenPoints(q.Context(), q.Viewer, mapMost)
		return err
	})
	if err != nil {
		return err
	}
	points := []mapPoint{}
	for _, p := range cases {
		points = append(points, mapPoint{Lat: p.Point.Lat, Lng: p.Point.Lng, Number: p.Case.Number.String(), Urgent: p.Case.Urgent,
			Label: q.console.pages.name(q.Lang, hotline.ArgCategory, p.Case.Category) + " · " + q.say("status."+string(p.Case.Status)),
			URL:   Base + "/board/cases/" + strconv.FormatInt(int64(p.Case.ID), 10)})
	}
	return q.json(points)
}

// boundaries are those of the kecamatan, as rings of [lat, lng].
func (q *Request) boundaries() error {
	type area struct {
		Name  string         `json:"name"`
		Rings [][][2]float64 `json:"rings"`
	}
	areas := []area{}
	for _, k := range q.Regency().Kecamatans() {
		a := area{Name: k.Name}
		for _, ring := range k.Boundary {
			points := make([][2]float64, len(ring))
			for i, p := range ring {
				points[i] = [2]float64{p.Lat, p.Lng}
			}
			a.Rings = append(a.Rings, points)
		}
		areas = append(areas, a)
	}
	q.W.Header().Set("Cache-Control", "private, max-age=3600")
	return q.json(areas)
}

func (q *Request) json(v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	q.W.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = q.W.Write(b) // whoever went away does not hear it
	return nil
}
