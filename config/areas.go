package config

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"tanggap/hotline"
)

const areasFile = "areas.csv"

var areaColumns = []string{"code", "name", "level", "parent", "lat", "lng", "aliases", "note"}

// readAreas reads areas.csv: the regency itself, its kecamatan, its desa and kelurahan. Commas or semicolons part the columns, as a spreadsheet
// writes them. Aliases are parted by "|"; notes are for people and not kept.
func (r *reader) readAreas() {
	data, ok := r.read(areasFile, maxTable, true)
	if !ok {
		r.lost(areaKind)
		return
	}
	rows := csv.NewReader(bytes.NewReader(data))
	if head := firstRow(data); bytes.Count(head, []byte(";")) > bytes.Count(head, []byte(",")) {
		rows.Comma = ';'
	}
	rows.Comment = '#'
	head, err := rows.Read()
	if err != nil {
		r.wrong(spot{file: areasFile}, "has no head line", headMend)
		r.lost(areaKind)
		return
	}
	columns, ok := r.areaHead(rows, head)
	if !ok {
		r.lost(areaKind)
		return
	}
	for len(r.problems) <= maxProblems {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			r.wrongRow(err)
			if !errors.Is(err, csv.ErrFieldCount) {
				r.lost(areaKind)
				break
			}
			r.halfArea(rows, columns, row)
			continue
		}
		r.readArea(rows, columns, row)
	}
}

// firstRow gives the first line that is no remark.
func firstRow(data []byte) []byte {
	for line := range bytes.Lines(data) {
		if !bytes.HasPrefix(line, []byte("#")) {
			return line
		}
	}
	return nil
}

func (r *reader) wrongRow(err error) {
	var pe *csv.ParseError
	at := spot{file: areasFile}
	if errors.As(err, &pe) {
		at.line, at.col, err = pe.Line, pe.Column, pe.Err
	}
	r.wrong(at, oneLine(err.Error()), "every row needs as many columns as the head line, and quotes in pairs")
}

// halfArea declares the area of a row with too few or too many columns, so that what names it is not wrong too.
func (r *reader) halfArea(rows *csv.Reader, columns map[string]int, row []string) {
	i := columns["code"]
	if i >= len(row) {
		r.lost(areaKind)
		return
	}
	line, col := rows.FieldPos(i)
	if code := strings.TrimSpace(row[i]); code != "" {
		r.declare(areaKind, code, spot{areasFile, line, col})
	}
}

var headMend = "begin with " + strings.Join(areaColumns, ",")

// areaHead finds the columns. Every mistake in the head line is named once: a column that is misspelt is not missing too.
func (r *reader) areaHead(rows *csv.Reader, head []string) (map[string]int, bool) {
	columns, ok := map[string]int{}, true
	line, _ := rows.FieldPos(0)
	if !slices.ContainsFunc(head, func(name string) bool { return slices.Contains(areaColumns, name) }) {
		r.wrong(spot{areasFile, line, 1}, "has no head line", headMend)
		return nil, false
	}
	meant := map[string]bool{}
	for i, name := range head {
		line, col := rows.FieldPos(i)
		at := spot{areasFile, line, col}
		_, twice := columns[name]
		switch {
		case !slices.Contains(areaColumns, name):
			r.wrong(at, "column "+quote(name)+" is not known", suggest(name, areaColumns, "known are "+strings.Join(areaColumns, ", ")))
			meant[nearest(name, areaColumns)] = true
			ok = false
		case twice:
			r.wrong(at, "column "+name+" is there twice", "remove one of them")
			ok = false
		}
		columns[name] = i
	}
	for _, name := range areaColumns[:6] {
		if _, there := columns[name]; !there && !meant[name] {
			r.wrong(spot{areasFile, line, 1}, "lacks the column "+name, "add it")
			ok = false
		}
	}
	return columns, ok
}

func (r *reader) readArea(rows *csv.Reader, columns map[string]int, row []string) {
	field := func(name string) (string, spot) {
		i, ok := columns[name]
		if !ok {
			return "", spot{}
		}
		line, col := rows.FieldPos(i)
		return strings.TrimSpace(row[i]), spot{areasFile, line, col}
	}
	a := hotline.Area{}
	var at, place spot
	a.Code, at = field("code")
	if a.Code == "" || len(a.Code) > 32 {
		r.wrong(at, "there is no code", "write the Home Ministry's: 33.20.08.2005")
		return
	}
	ok := r.declare(areaKind, a.Code, at)
	if !ok {
		return
	}
	if a.Name, place = field("name"); a.Name == "" {
		r.wrong(place, "there is no name", "write it as the villagers do")
	}
	level, place := field("level")
	a.Level = hotline.AreaLevel(level)
	levels := []string{string(hotline.LevelRegency), string(hotline.LevelKecamatan), string(hotline.LevelDesa), string(hotline.LevelKelurahan)}
	if !slices.Contains(levels, level) {
		r.wrong(place, "level "+quote(level)+" is not known", suggest(level, levels, "known are "+strings.Join(levels, ", ")))
	}
	if a.Parent, place = field("parent"); a.Parent != "" {
		r.refer(areaKind, a.Parent, place)
	}
	lat, latAt := field("lat")
	lng, lngAt := field("lng")
	a.Center, ok = r.centre(lat, lng, latAt, lngAt)
	if ok {
		r.centres[a.Code] = latAt
	}
	aliases, _ := field("aliases")
	for alias := range strings.SplitSeq(aliases, "|") {
		if alias = strings.TrimSpace(alias); alias != "" && !slices.Contains(a.Aliases, alias) {
			a.Aliases = append(a.Aliases, alias)
		}
	}
	r.out.Areas = append(r.out.Areas, a)
}

func (r *reader) centre(lat, lng string, latAt, lngAt spot) (hotline.Point, bool) {
	const mend = "write latitude and longitude in degrees with a point, south negative: -6.59157"
	var p hotline.Point
	var latErr, lngErr error
	if p.Lat, latErr = strconv.ParseFloat(lat, 64); latErr != nil {
		r.wrong(latAt, quote(lat)+" is no number", mend)
	}
	if p.Lng, lngErr = strconv.ParseFloat(lng, 64); lngErr != nil {
		r.wrong(lngAt, quote(lng)+" is no number", mend)
	}
	if latErr != nil || lngErr != nil {
		return hotline.Point{}, false
	}
	if !p.Valid() {
		r.wrong(latAt, fmt.Sprintf("%s, %s is no place on earth", quote(lat), quote(lng)), mend)
		return hotline.Point{}, false
	}
	return p, true
}

// checkAreas looks at what needs all areas: each within its parent, in rank and by code; the regency above all.
func (r *reader) checkAreas() {
	byCode := make(map[string]*hotline.Area, len(r.out.Areas))
	for i := range r.out.Areas {
		byCode[r.out.Areas[i].Code] = &r.out.Areas[i]
	}
	for _, a := range r.out.Areas {
		at := r.declared[areaKind][a.Code]
		parent := byCode[a.Parent]
		switch a.Level {
		case hotline.LevelRegency:
			if a.Code != r.out.Code && r.out.Code != "" {
				r.wrong(at, fmt.Sprintf("%s is another regency than %s of regency.yaml", quote(a.Code), quote(r.out.Code)), "keep only the regency's own places")
			}
			continue
		case hotline.LevelKecamatan:
			r.within(at, a, parent, parent != nil && parent.Level == hotline.LevelRegency, "the regency")
		case hotline.LevelDesa, hotline.LevelKelurahan:
			r.within(at, a, parent, parent != nil && parent.Level == hotline.LevelKecamatan, "a kecamatan")
		}
		place, ok := r.centres[a.Code]
		if parent == nil || len(parent.Boundary) == 0 || !ok {
			continue
		}
		if away := kilometresOutside(a.Center, parent.Boundary); away > nearEnough {
			r.problem(place, Warning, fmt.Sprintf("the centre of %s is %.1f km outside the boundary of %s", a.Name, away, parent.Name), "see to its latitude and longitude")
		}
	}
	if self := byCode[r.out.Code]; self != nil && self.Level != hotline.LevelRegency {
		r.wrong(r.declared[areaKind][self.Code], "has the regency's code and is a "+string(self.Level), "write level kabupaten")
	}
}

func (r *reader) within(at spot, a hotline.Area, parent *hotline.Area, ranked bool, what string) {
	switch {
	case a.Parent == "":
		r.wrong(at, fmt.Sprintf("%s has no parent", a.Name), "name the code of "+what)
	case parent == nil: // said already
	case !ranked:
		r.wrong(at, fmt.Sprintf("%s is a %s, and its parent %s is not %s", a.Name, a.Level, parent.Name, what), "name the code of "+what)
	case !strings.HasPrefix(a.Code, a.Parent+"."):
		r.wrong(at, fmt.Sprintf("code %s is not within its parent's, %s", a.Code, a.Parent), "mend the code or the parent")
	}
}
