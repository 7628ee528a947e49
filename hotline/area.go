package hotline

// A Point is a place on earth in degrees (WGS 84).
type Point struct {
	Lat float64 `json:"lat"`
	Lng float64 `json:"lng"`
}

// An AreaLevel is the rank of an Area.
type AreaLevel string

// The levels of areas.
const (
	LevelRegency   AreaLevel = "kabupaten"
	LevelKecamatan AreaLevel = "kecamatan"
	LevelDesa      AreaLevel = "desa"
	LevelKelurahan AreaLevel = "kelurahan"
)

// An Area is the regency itself, a kecamatan, or a village (desa or kelurahan).
type Area struct {
	Code     string // "33.20.08.2005"
	Name     string
	Level    AreaLevel
	Parent   string // the kecamatan's or the regency's code
	Center   Point
	Boundary [][]Point // closed outer rings; kecamatan only; coarse, may overlap and leave gaps
	Aliases  []string
}

// A Place is where a case is: an area, and a point where the person sent one. The point is content (it may be a home): it is kept with what
// the person said, never in an event.
type Place struct {
	Area  string // Area.Code; the regency's own code: somewhere in the regency
	Point *Point
}
