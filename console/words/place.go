package words

// place is what is said of a point on the map.
var place = map[string]Word{
	"place.open":      {"Pilih di peta", "Choose on the map"},
	"place.map":       {"Peta: klik tempatnya. Tanpa tetikus: geser dengan tanda panah, Enter memilih titik tengah.", "Map: click on the place. Without a mouse: move with the arrows, Enter chooses the middle."},
	"place.near":      {"Titik di dekat {village}, Kec. {kecamatan}.", "The point is near {village}, Kec. {kecamatan}."},
	"place.kecamatan": {"Titik di Kec. {kecamatan}.", "The point is in Kec. {kecamatan}."},
	"place.outside": {"Titik itu di luar {regency}, {km} km dari Kec. {kecamatan}. Tidak dipakai; ketik saja patokannya.",
		"That point is outside {regency}, {km} km from Kec. {kecamatan}. It is not used; type the landmark instead."},
	"place.failed": {"Peta belum terhubung. Klik lagi, atau ketik tempatnya.", "The map is not connected. Click again, or type the place."},
}
