package bot

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"tanggap/hotline"
)

// What readDay says of a text that names no day that can be used.
var (
	errNoDay = errors.New("no day is named")
	errPast  = errors.New("the day has passed")
	errFar   = errors.New("the day is more than a year away")
)

// A typed day that lies this far back at most is a mistake; one further back is meant for next year, also where this year was written out of habit:
// "2 Januari 2026" of December.
const justPast = 60

// readDay reads the day that a text begins with, as an officer names it: "besok", "senin", "jumat depan", "3 hari lagi", "2 minggu lagi",
// "3 hari kerja", "25/11", "tgl 25", "25 November 2026", "2026-11-25", in Indonesian, Javanese or English. It gives the day as midnight in the
// calendar's zone, and what follows it in the text.
func readDay(cal hotline.Calendar, now time.Time, s string) (day time.Time, rest string, err error) {
	day, rest, _, err = readDayDoubting(cal, now, s)
	return day, rest, err
}

// farAhead is from how many days ahead a day is so far that it is asked about: on New Year's Day "31/12" may well be yesterday.
const farAhead = 60

// readDayDoubting tells besides whether the day should be shown in full and said yes to first: it lies far ahead, its year was not said and is not this
// one, or the day of the week that was said is another.
func readDayDoubting(cal hotline.Calendar, now time.Time, s string) (day time.Time, rest string, doubt bool, err error) {
	zone := cal.Zone
	if zone == nil {
		zone = time.UTC
	}
	y, m, d := now.In(zone).Date()
	today := time.Date(y, m, d, 0, 0, 0, 0, zone)
	r := dayReader{today: today, cal: cal, words: dayTokens(s)}
	r.skip(dayFillers...)
	day, ok := r.day()
	if !ok {
		return time.Time{}, s, false, errNoDay
	}
	switch {
	case day.Before(today):
		err = errPast
	case day.After(today.AddDate(1, 0, 0)):
		err = errFar
	}
	doubt = r.differs || r.guessed && day.Year() != y || day.After(today.AddDate(0, 0, farAhead))
	return day, strings.TrimLeft(s[r.end():], " \t\r\n,.;:-"), doubt, err
}

// namesDay tells whether a text begins with a day, whenever that is.
func namesDay(s string) bool {
	_, _, err := readDay(hotline.Calendar{}, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), s)
	return !errors.Is(err, errNoDay)
}

// A dayToken is a word of a text in small letters, without marks, and where it ends there.
type dayToken struct {
	word string
	end  int
}

// dayTokens gives the first words of a text; a day has fewer.
func dayTokens(s string) []dayToken {
	const most = 8
	var all []dayToken
	for at := 0; at < len(s) && len(all) < most; {
		if strings.IndexByte(" \t\r\n", s[at]) >= 0 {
			at++
			continue
		}
		end := at
		for end < len(s) && strings.IndexByte(" \t\r\n", s[end]) < 0 {
			end++
		}
		word := strings.ToLower(strings.Trim(s[at:end], ",.;:!?()"))
		all = append(all, dayToken{strings.ReplaceAll(word, "'", ""), end})
		at = end
	}
	return all
}

// A dayReader reads words one after another.
type dayReader struct {
	today time.Time
	cal   hotline.Calendar
	words []dayToken
	at    int

	guessed bool // the year was not said
	differs bool // the day of the week that was said is another
}

func (r *dayReader) peek(ahead int) string {
	if i := r.at + ahead; i < len(r.words) {
		return r.words[i].word
	}
	return ""
}

func (r *dayReader) end() int {
	if r.at == 0 {
		return 0
	}
	return r.words[r.at-1].end
}

// skip passes over words that say nothing, as long as one of the list follows. "hari ini" is a day and stays.
func (r *dayReader) skip(fillers ...string) {
	for {
		if next := r.peek(1); next == "ini" || next == "iki" || next == "niki" {
			return
		}
		found := false
		for _, f := range fillers {
			found = found || r.peek(0) == f
		}
		if !found {
			return
		}
		r.at++
	}
}

// alwaysHoliday tells whether a date is a holiday of every year, for a year whose holidays are not known yet: they are decreed late.
func alwaysHoliday(date string) bool {
	_, day, _ := strings.Cut(date, "-")
	return slices.Contains([]string{"01-01", "05-01", "06-01", "08-17", "12-25"}, day)
}

// dayFillers may stand before a day and say nothing.
var dayFillers = []string{"pada", "hari", "ing", "dinten", "dina", "on", "the", "next", "tanggal", "tgl", "tg"}

// ofMonth tells whether the word before says that a day of a month follows: "tgl 2 bulan depan" is no distance of two months.
func (r *dayReader) ofMonth() bool {
	return r.at > 0 && strings.HasPrefix(r.words[r.at-1].word, "t") && slices.Contains(dayFillers, r.words[r.at-1].word) && r.words[r.at-1].word != "the"
}

var weekdays = map[string]time.Weekday{
	"minggu": time.Sunday, "ahad": time.Sunday, "akad": time.Sunday, "sunday": time.Sunday,
	"senin": time.Monday, "senen": time.Monday, "monday": time.Monday,
	"selasa": time.Tuesday, "slasa": time.Tuesday, "seloso": time.Tuesday, "tuesday": time.Tuesday,
	"rabu": time.Wednesday, "rebo": time.Wednesday, "wednesday": time.Wednesday,
	"kamis": time.Thursday, "kemis": time.Thursday, "thursday": time.Thursday,
	"jumat": time.Friday, "jumuah": time.Friday, "jemuwah": time.Friday, "jemuah": time.Friday, "friday": time.Friday,
	"sabtu": time.Saturday, "setu": time.Saturday, "septu": time.Saturday, "saturday": time.Saturday,
}

var months = map[string]time.Month{
	"januari": 1, "jan": 1, "january": 1, "februari": 2, "feb": 2, "pebruari": 2, "february": 2, "maret": 3, "mar": 3, "march": 3,
	"april": 4, "apr": 4, "mei": 5, "may": 5, "juni": 6, "jun": 6, "june": 6, "juli": 7, "jul": 7, "july": 7,
	"agustus": 8, "agu": 8, "agt": 8, "ags": 8, "aug": 8, "august": 8, "september": 9, "sep": 9, "sept": 9,
	"oktober": 10, "okt": 10, "oct": 10, "october": 10, "november": 11, "nopember": 11, "nov": 11, "nop": 11,
	"desember": 12, "des": 12, "dec": 12, "december": 12,
}

var smallNumbers = map[string]int{
	"satu": 1, "dua": 2, "tiga": 3, "empat": 4, "lima": 5, "enam": 6, "tujuh": 7, "delapan": 8, "sembilan": 9, "sepuluh": 10,
	"setunggal": 1, "kalih": 2, "tigang": 3, "sekawan": 4, "gangsal": 5, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "a": 1,
}

// day reads a day from where the reader stands.
func (r *dayReader) day() (time.Time, bool) {
	for _, read := range []func() (time.Time, bool){r.near, r.weekday, r.distance, r.written, r.named} {
		at := r.at
		if day, ok := read(); ok {
			return day, true
		}
		r.at = at
	}
	return time.Time{}, false
}

// near reads "hari ini", "besok", "lusa".
func (r *dayReader) near() (time.Time, bool) {
	first, second := r.peek(0), r.peek(1)
	switch first {
	case "hari", "dina", "dinten":
		if second == "ini" || second == "iki" || second == "niki" {
			r.at += 2
			return r.today, true
		}
	case "today":
		r.at++
		return r.today, true
	case "besok", "besuk", "bsk", "sesuk", "mbenjing", "benjing", "tomorrow":
		r.at++
		if _, ok := weekdays[r.peek(0)]; ok { // "besok senin"
			return r.weekday()
		}
		return r.today.AddDate(0, 0, 1), true
	case "lusa":
		r.at++
		return r.today.AddDate(0, 0, 2), true
	}
	return time.Time{}, false
}

func isNext(s string) bool { return s == "depan" || s == "ngajeng" || s == "ngarep" || s == "next" }

// weekday reads "senin" (the next one to come, not today) and "senin depan" (the one in the week after this, which begins on Monday). "Minggu"
// is Sunday, but "minggu depan" is a week from today.
func (r *dayReader) weekday() (time.Time, bool) {
	word := r.peek(0)
	if word == "minggu" && isNext(r.peek(1)) || word == "week" && r.at > 0 && r.words[r.at-1].word == "next" {
		r.at++
		if word == "minggu" {
			r.at++
		}
		r.skip("hari", "dinten", "dina")
		if wanted, ok := weekdays[r.peek(0)]; ok { // "minggu depan kamis"
			r.at++
			return r.nextWeek(wanted), true
		}
		return r.today.AddDate(0, 0, 7), true
	}
	wanted, ok := weekdays[word]
	if !ok {
		return time.Time{}, false
	}
	next := r.at > 0 && r.words[r.at-1].word == "next"
	r.at++
	switch {
	case isNext(r.peek(0)):
		next = true
		r.at++
	case r.peek(0) == "minggu" && isNext(r.peek(1)): // "kamis minggu depan"
		next = true
		r.at += 2
	default:
		if day, ok := r.dated(); ok { // "sabtu 2 januari", "jumat tanggal 1": the date counts, and is asked about where it is no Saturday
			r.differs = day.Weekday() != wanted
			r.guessed = r.guessed && r.differs // the weekday says which year
			return day, true
		}
	}
	if next {
		return r.nextWeek(wanted), true
	}
	ahead := (int(wanted) - int(r.today.Weekday()) + 7) % 7
	if ahead == 0 {
		ahead = 7
	}
	return r.today.AddDate(0, 0, ahead), true
}

// nextWeek gives the day of the week after this one, which begins on Monday.
func (r *dayReader) nextWeek(wanted time.Weekday) time.Time {
	sinceMonday := (int(r.today.Weekday()) + 6) % 7
	return r.today.AddDate(0, 0, 7-sinceMonday+(int(wanted)+6)%7)
}

// dated reads a date, perhaps with "tanggal" before it, and stays where it is when none follows.
func (r *dayReader) dated() (time.Time, bool) {
	at := r.at
	r.skip("tanggal", "tgl", "tg")
	for _, read := range []func() (time.Time, bool){r.written, r.named} {
		here := r.at
		if day, ok := read(); ok {
			return day, true
		}
		r.at = here
	}
	r.at = at
	return time.Time{}, false
}

// distance reads "3 hari lagi", "dalam 2 minggu", "sebulan lagi", "3 hari kerja", "in 3 days".
func (r *dayReader) distance() (time.Time, bool) {
	if r.ofMonth() {
		return time.Time{}, false
	}
	if w := r.peek(0); w == "dalam" || w == "in" || w == "wonten" {
		r.at++
	}
	n := 1
	var unit string
	switch w := r.peek(0); w {
	case "sehari":
		unit = "hari"
	case "seminggu", "sepekan", "sakminggu":
		unit = "minggu"
	case "sebulan", "sesasi":
		unit = "bulan"
	default:
		var ok bool
		if n, ok = number(w); !ok {
			return time.Time{}, false
		}
		r.at++
		unit = r.peek(0)
	}
	r.at++
	var day time.Time
	switch unit {
	case "hari", "dinten", "dina", "hr", "day", "days":
		day = r.today.AddDate(0, 0, n)
		if r.peek(0) == "kerja" {
			r.at++
			if last := r.cal.Add(r.today, hotline.Span{WorkDays: n}); n > 0 && r.cal.WorkDay(last) {
				y, m, d := last.In(r.today.Location()).Date()
				day = time.Date(y, m, d, 0, 0, 0, 0, r.today.Location())
			}
		}
	case "minggu", "pekan", "week", "weeks":
		day = r.today.AddDate(0, 0, 7*n)
	case "bulan", "sasi", "wulan", "month", "months":
		day = r.today.AddDate(0, n, 0)
	default:
		return time.Time{}, false
	}
	if w := r.peek(0); w == "lagi" || w == "malih" || w == "maneh" || w == "mendatang" || w == "again" {
		r.at++
	}
	return day, true
}

// number reads a count of at most three digits, or a word for it.
func number(w string) (int, bool) {
	if n, ok := smallNumbers[w]; ok {
		return n, true
	}
	if len(w) == 0 || len(w) > 3 || strings.Trim(w, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(w)
	return n, err == nil
}

// written reads "25/11", "25-11-26", "25.11.2026" and "2026-11-25".
func (r *dayReader) written() (time.Time, bool) {
	w := r.peek(0)
	var parts []string
	for _, mark := range []string{"/", "-", "."} {
		if parts = strings.Split(w, mark); len(parts) > 1 {
			break
		}
	}
	if len(parts) < 2 || len(parts) > 3 {
		return time.Time{}, false
	}
	var n [3]int
	for i, p := range parts {
		if len(p) == 0 || len(p) > 4 || strings.Trim(p, "0123456789") != "" {
			return time.Time{}, false
		}
		n[i], _ = strconv.Atoi(p) // digits only
	}
	r.at++
	switch {
	case len(parts) == 2:
		return r.thisYear(time.Month(n[1]), n[0])
	case len(parts[0]) == 4:
		return r.fullYear(n[0], time.Month(n[1]), n[2])
	case len(parts[2]) == 2:
		return r.fullYear(2000+n[2], time.Month(n[1]), n[0])
	case len(parts[2]) == 4:
		return r.fullYear(n[2], time.Month(n[1]), n[0])
	}
	return time.Time{}, false
}

// named reads "25 november", "25 nov 2026", "25 nov tahun depan", "november 25" and, after "tanggal", "25" and "25 bulan depan".
func (r *dayReader) named() (time.Time, bool) {
	if month, ok := months[r.peek(0)]; ok { // as English has it
		n, ok := dayOfMonth(r.peek(1))
		if !ok {
			return time.Time{}, false
		}
		r.at += 2
		return r.inYear(month, n)
	}
	n, ok := dayOfMonth(r.peek(0))
	if !ok {
		return time.Time{}, false
	}
	of := 0
	if w := r.peek(1); w == "of" || w == "bulan" || w == "sasi" || w == "wulan" {
		of = 1
	}
	after := r.ofMonth()
	if month, ok := months[r.peek(1+of)]; ok {
		r.at += 2 + of
		return r.inYear(month, n)
	}
	if !after {
		return time.Time{}, false // a number alone is no day
	}
	if of == 1 {
		switch m, numbered := number(r.peek(2)); {
		case isNext(r.peek(2)):
			r.at += 3
			r.guessed = true
			return r.date(r.today.Year(), r.today.Month()+1, n)
		case numbered && m >= 1 && m <= 12: // "tgl 2 bulan 1"
			r.at += 3
			return r.inYear(time.Month(m), n)
		case r.peek(2) == "ini" || r.peek(2) == "niki" || r.peek(2) == "iki":
			r.at += 3
			r.guessed = true
			return r.date(r.today.Year(), r.today.Month(), n)
		}
	}
	r.at++
	r.guessed = true
	for ahead := range time.Month(3) { // the next month that has such a day
		if day, ok := r.date(r.today.Year(), r.today.Month()+ahead, n); ok && !day.Before(r.today) {
			return day, true
		}
	}
	return time.Time{}, false
}

// dayOfMonth reads a day's number: "2", "02", "2nd", "dua".
func dayOfMonth(w string) (int, bool) {
	for _, end := range []string{"st", "nd", "rd", "th"} {
		if digits, ok := strings.CutSuffix(w, end); ok && digits != "" && strings.Trim(digits, "0123456789") == "" {
			w = digits
		}
	}
	n, ok := number(w)
	return n, ok && n >= 1 && n <= 31
}

// inYear reads the year behind a day and its month, where one is said: "2027", "'27", "27", "tahun depan".
func (r *dayReader) inYear(m time.Month, d int) (time.Time, bool) {
	at := r.at
	if w := r.peek(0); w == "tahun" || w == "taun" || w == "next" {
		if isNext(r.peek(1)) || w == "next" && r.peek(1) == "year" {
			r.at += 2
			return r.date(r.today.Year()+1, m, d)
		}
		if w != "next" {
			r.at++
		}
	}
	year := r.peek(0)
	digits := year != "" && strings.Trim(year, "0123456789") == ""
	y, _ := strconv.Atoi(year) // digits only
	switch {
	case digits && len(year) == 4:
		r.at++
		return r.fullYear(y, m, d)
	case digits && len(year) == 2 && (2000+y == r.today.Year() || 2000+y == r.today.Year()+1):
		r.at++
		return r.fullYear(2000+y, m, d)
	}
	r.at = at
	return r.thisYear(m, d)
}

// fullYear gives the day of a year that was said. This year's of a day long past was written out of habit where next year's is near: it is asked about.
func (r *dayReader) fullYear(y int, m time.Month, d int) (time.Time, bool) {
	day, ok := r.date(y, m, d)
	next, has := r.date(y+1, m, d)
	if ok && has && y == r.today.Year() && day.Before(r.today.AddDate(0, 0, -justPast)) && !next.After(r.today.AddDate(0, 0, farAhead)) {
		r.guessed = true
		return next, true
	}
	return day, ok
}

// thisYear gives the day in this year, or in the next one where it is long past.
func (r *dayReader) thisYear(m time.Month, d int) (time.Time, bool) {
	r.guessed = true
	day, ok := r.date(r.today.Year(), m, d)
	if !ok || day.Before(r.today.AddDate(0, 0, -justPast)) {
		return r.date(r.today.Year()+1, m, d)
	}
	return day, true
}

// date gives a day that exists: no 31 April. The thirteenth month is January, as named asks for it.
func (r *dayReader) date(y int, m time.Month, d int) (time.Time, bool) {
	if m > 12 {
		y, m = y+1, m-12
	}
	day := time.Date(y, m, d, 0, 0, 0, 0, r.today.Location())
	return day, m >= 1 && m <= 12 && day.Day() == d && day.Month() == m && y >= 2000 && y < 3000
}
