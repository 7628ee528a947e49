package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"tanggap/hotline"
)

const boundariesFile = "boundaries.geojson"

// nearEnough is how far outside its kecamatan's outline a village's centre may lie before somebody is told: the outlines are coarse.
const nearEnough = 1.0 // km

// A feature is one outline in the file: GeoJSON (RFC 7946), longitude first.
type feature struct {
	Properties struct {
		Code string `json:"code"`
	} `json:"properties"`
	Geometry struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
	} `json:"geometry"`
}

// readBoundaries reads the outlines of the kecamatan, where there are any. Holes are dropped: a hole in a kecamatan is another kecamatan.
func (r *reader) readBoundaries() {
	data, ok := r.read(boundariesFile, maxTable, false)
	if !ok {
		return
	}
	d := json.NewDecoder(bytes.NewReader(data))
	at := func(offset int64) spot { return spotAt(boundariesFile, data, offset) }
	if err := seekFeatures(d); err != nil {
		r.wrong(at(d.InputOffset()), oneLine(err.Error()), `write a FeatureCollection: {"type": "FeatureCollection", "features": […]}`)
		return
	}
	places := map[string]int{}
	for i, a := range r.out.Areas {
		places[a.Code] = i
	}
	for d.More() && len(r.problems) <= maxProblems {
		begin := d.InputOffset()
		for begin < int64(len(data)) && bytes.IndexByte([]byte(" \t\r\n,"), data[begin]) >= 0 {
			begin++
		}
		var f feature
		if err := d.Decode(&f); err != nil {
			var wrongType *json.UnmarshalTypeError
			if !errors.As(err, &wrongType) {
				r.wrong(at(begin), "the outline that begins here is no JSON: "+oneLine(err.Error()), "write it again with the tool that made it")
				return
			}
			r.wrong(at(begin), "the outline has a wrong "+oneLine(wrongType.Field), "each needs properties.code and a Polygon or MultiPolygon")
			continue
		}
		r.addOutline(f, places, at(begin))
	}
	for _, a := range r.out.Areas {
		if a.Level == hotline.LevelKecamatan && len(r.boundaries[a.Code]) == 0 {
			r.problem(spot{file: boundariesFile}, Warning, "kecamatan "+a.Name+" has no outline", "a place sent from there may be taken for its neighbour's")
		}
	}
}

// seekFeatures goes to the first element of the list "features" of the top object.
func seekFeatures(d *json.Decoder) error {
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return errors.New("is no JSON object")
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		if key == "features" {
			if t, err := d.Token(); err != nil || t != json.Delim('[') {
				return errors.New("features is no list")
			}
			return nil
		}
		var skip json.RawMessage
		if err := d.Decode(&skip); err != nil {
			return err
		}
	}
	return errors.New("has no features")
}

func (r *reader) addOutline(f feature, places map[string]int, at spot) {
	code := f.Properties.Code
	i, known := places[code]
	switch {
	case code == "":
		r.wrong(at, "the outline has no properties.code", "add the kecamatan's code")
		return
	case !known:
		r.refer(areaKind, code, at)
		return
	case r.out.Areas[i].Level != hotline.LevelKecamatan:
		r.wrong(at, code+" is no kecamatan", "only kecamatan have outlines here")
		return
	case r.boundaries[code] != nil:
		r.wrong(at, "the outline of "+code+" is there twice", "remove one of them, or make one MultiPolygon")
		return
	}
	var polygons [][][][]float64
	var err error
	switch f.Geometry.Type {
	case "Polygon":
		polygons = make([][][][]float64, 1)
		err = json.Unmarshal(f.Geometry.Coordinates, &polygons[0])
	case "MultiPolygon":
		err = json.Unmarshal(f.Geometry.Coordinates, &polygons)
	default:
		err = fmt.Errorf("geometry %s", quote(f.Geometry.Type))
	}
	if err != nil {
		r.wrong(at, "the outline of "+code+" is no area: "+oneLine(err.Error()), "each needs a Polygon or MultiPolygon")
		return
	}
	for _, rings := range polygons {
		if len(rings) == 0 {
			continue
		}
		ring, what := outerRing(rings[0])
		if what != "" {
			r.wrong(at, "the outline of "+code+" "+what, "write longitude, latitude; and the first point again at the end")
			continue
		}
		r.out.Areas[i].Boundary = append(r.out.Areas[i].Boundary, ring)
		r.boundaries[code] = append(r.boundaries[code], len(ring))
	}
}

func outerRing(positions [][]float64) (ring []hotline.Point, what string) {
	for _, p := range positions {
		if len(p) < 2 {
			return nil, "has a point without latitude"
		}
		point := hotline.Point{Lng: p[0], Lat: p[1]}
		if !point.Valid() {
			return nil, fmt.Sprintf("has a point that is no place on earth: %v", p)
		}
		ring = append(ring, point)
	}
	if !hotline.ClosedRing(ring) {
		return nil, "is not closed"
	}
	return ring, ""
}

// spotAt gives line and column of a byte of the file.
func spotAt(file string, data []byte, offset int64) spot {
	before := data[:max(0, min(offset, int64(len(data))))]
	return spot{file, bytes.Count(before, []byte("\n")) + 1, len(before) - bytes.LastIndexByte(before, '\n')}
}

// kilometresOutside gives how far a point lies outside all of the rings; 0 inside one of them.
func kilometresOutside(p hotline.Point, rings [][]hotline.Point) float64 {
	const perDegree = 111.2
	narrow := math.Cos(p.Lat * math.Pi / 180)
	least := math.Inf(1)
	for _, ring := range rings {
		inside := false
		for i := 1; i < len(ring); i++ {
			ax, ay := (ring[i-1].Lng-p.Lng)*narrow, ring[i-1].Lat-p.Lat
			bx, by := (ring[i].Lng-p.Lng)*narrow, ring[i].Lat-p.Lat
			if (ay > 0) != (by > 0) && ax+(bx-ax)*ay/(ay-by) > 0 {
				inside = !inside
			}
			least = min(least, fromOrigin(ax, ay, bx, by)*perDegree)
		}
		if inside {
			return 0
		}
	}
	return least
}

// fromOrigin gives the distance of the origin from the line between a and b.
func fromOrigin(ax, ay, bx, by float64) float64 {
	dx, dy := bx-ax, by-ay
	t := 0.0
	if length := dx*dx + dy*dy; length > 0 {
		t = max(0, min(1, -(ax*dx+ay*dy)/length))
	}
	return math.Hypot(ax+t*dx, ay+t*dy)
}
