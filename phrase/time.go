package phrase

import (
	"fmt"
	"strings"
	"time"

	"tanggap/hotline"
)

// How each language names days (from Sunday) and months, and how it says a time of day.
var calendars = map[hotline.Lang]struct {
	days   [7]string
	months [12]string
	clock  string
}{
	hotline.Indonesian: {
		[7]string{"Minggu", "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu"},
		[12]string{"Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"},
		"pukul %02d.%02d",
	},
	hotline.Javanese: {
		[7]string{"Minggu", "Senin", "Selasa", "Rebo", "Kemis", "Jemuwah", "Setu"},
		[12]string{"Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"},
		"jam %02d.%02d",
	},
	hotline.English: {
		[7]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
		[12]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
		"at %02d:%02d",
	},
}

// time draws a moment in the regency's zone: "Jumat 28 Nov pukul 15.30 WIB". No year: what is promised lies within months, and short is kind.
func (p pen) time(t time.Time) string {
	zone := p.book.regency.Zone
	if zone == nil {
		zone = time.UTC
	}
	t = t.In(zone)
	s := p.day(t) + " " + fmt.Sprintf(calendars[p.lang].clock, t.Hour(), t.Minute())
	if name, _ := t.Zone(); !strings.HasPrefix(name, "+") && !strings.HasPrefix(name, "-") {
		s += " " + name
	}
	return s
}

// day draws a day: "Jumat 28 Nov".
func (p pen) day(t time.Time) string {
	c := calendars[p.lang]
	return fmt.Sprintf("%s %d %s", c.days[t.Weekday()], t.Day(), c.months[t.Month()-1])
}
