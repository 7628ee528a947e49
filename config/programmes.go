package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"tanggap/hotline"
)

const programmeKind kind = "programme"

// Bounds on programmes.
const (
	maxProgrammes = 50
	maxQuota      = 5000
	maxStops      = 10
)

// everyOPD stands in the place of a list of agencies: all of the regency's own with a desk, but not the kecamatan and the villages.
const everyOPD = "opd"

// readProgrammes reads programmes.yaml, which may be missing: the programmes that bring services to the villages. They are of a place: none comes from a
// base.
func (r *reader) readProgrammes() {
	for i, item := range r.listed("programmes", "programmes", false, []kind{programmeKind}) {
		if i == maxProgrammes {
			item.wrong(fmt.Sprintf("more than %d programmes", maxProgrammes), "remove the old ones")
			return
		}
		r.readProgramme(item)
	}
}

func (r *reader) readProgramme(item node) {
	m := item.mapping("id", "name", "about", "keywords", "agency", "from", "until", "level", "places", "one_each", "first", "rhythm", "hours", "ahead", "services",
		"agencies", "invited", "stops", "head", "potential", "skm")
	g := hotline.Programme{
		ID: m.need("id").id(programmeKind, hotline.ValidID, idForm), Name: m.need("name").str(), About: m.need("about").text("what it is"),
		Agency: m.need("agency").ref(agencyKind), OneEach: m.opt("one_each").flag(),
		Places: m.opt("places").refs(areaKind), First: m.opt("first").refs(areaKind),
		Agencies: r.readTaking(m.opt("agencies")), Invited: m.opt("invited").refs(agencyKind),
		Stops: m.opt("stops").texts("the stop", maxStops), Potential: m.opt("potential").flag(), SKM: m.opt("skm").flag(),
	}
	seen := map[string]node{}
	for _, n := range m.opt("keywords").list() {
		if w, ok := n.words(seen, "keyword"); ok {
			g.Keywords = append(g.Keywords, w)
		}
	}
	readPeriod(m, &g)
	if n := m.opt("head"); n.here() {
		g.Head = n.str()
	}
	if n := m.opt("ahead"); n.here() {
		g.Ahead = n.number(1, maxAhead)
	}
	if n := m.need("level"); n.here() {
		g.Level = oneOf(n, "level", []hotline.AreaLevel{hotline.LevelDesa, hotline.LevelKecamatan})
	}
	if g.OneEach && g.Level == hotline.LevelKecamatan {
		m.opt("one_each").wrong("only of villages there is one in each kecamatan", "remove it, or write level: desa")
	}
	if n := m.need("hours"); n.here() {
		g.Hours, _ = n.window()
	}
	g.Rhythm = readRhythm(m.need("rhythm"))
	g.Services = readProgrammeServices(m.need("services"), g.Hours)
	for i, n := range m.opt("invited").list() {
		if i < len(g.Invited) && slices.Contains(g.Agencies, n.y.Value) {
			n.wrong("agency "+n.y.Value+" is invited and must take part", "leave it in one of the two lists")
		}
	}
	r.checkReach(m, g)
	r.checkTaking(m, g)
	if g.ID != "" {
		r.out.Programmes = append(r.out.Programmes, g)
	}
}

// readTaking reads which agencies must take part: a list, or opd for every one of the regency's own.
func (r *reader) readTaking(n node) []string {
	if n.here() && n.y.Value == everyOPD {
		var all []string
		for _, a := range r.out.Agencies {
			if (a.Kind == hotline.AgencyOPD || a.Kind == hotline.AgencyEmergency) && a.Desk && !r.onlyPlaces(a.ID) {
				all = append(all, a.ID)
			}
		}
		return all
	}
	return n.refs(agencyKind)
}

// onlyPlaces tells whether an agency is nothing but a unit in every place: the kecamatan, the villages.
func (r *reader) onlyPlaces(agency string) bool {
	return slices.ContainsFunc(r.perUnits, func(u perUnit) bool { return u.agency == agency && !strings.Contains(u.parent, agency+".") }) &&
		!slices.ContainsFunc(r.out.Units, func(u hotline.Unit) bool { return u.Agency == agency && u.ID != agency && len(u.Territory) == 0 })
}

// readPeriod reads the first and the last day.
func readPeriod(m mapping, g *hotline.Programme) {
	g.From = m.need("from").date()
	if n := m.opt("until"); n.here() {
		if g.Until = n.date(); g.Until != "" && g.From != "" && g.Until < g.From {
			n.wrong(fmt.Sprintf("the last day, %s, is before the first, %s", g.Until, g.From), "mend one of them; or remove until where no end is set")
			g.Until = ""
		}
	}
}

// date gives a day as year-month-day.
func (n node) date() string {
	s := n.str()
	if s == "" {
		return ""
	}
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		n.wrong(quote(s)+" is no date", "write year-month-day: 2026-08-17")
		return ""
	}
	return s
}

func readRhythm(n node) hotline.Rhythm {
	rhythm := hotline.Rhythm{Every: 1, Places: 1}
	if !n.here() {
		return rhythm
	}
	m := n.mapping("every", "unit", "places", "at_once", "weekdays")
	if every := m.opt("every"); every.here() {
		rhythm.Every = every.number(1, 24)
	}
	rhythm.Unit = oneOf(m.need("unit"), "unit", []hotline.RhythmUnit{hotline.RhythmWeek, hotline.RhythmMonth})
	if places := m.need("places"); places.here() {
		rhythm.Places = places.number(1, 100)
	}
	once := m.opt("at_once")
	if rhythm.AtOnce = once.flag(); rhythm.AtOnce && rhythm.Places == 1 {
		once.wrong("one place alone is not at once with another", "remove at_once, or name more places")
	}
	seen := map[time.Weekday]bool{}
	for _, item := range m.opt("weekdays").list() {
		name := oneOf(item, "weekday", weekdays)
		if name == "" {
			continue
		}
		day := time.Weekday(slices.Index(weekdays, name))
		if seen[day] {
			item.wrong(name+" is there twice", "remove one of them")
			continue
		}
		seen[day] = true
		rhythm.Weekdays = append(rhythm.Weekdays, day)
	}
	if most := 7 * rhythm.Every; rhythm.Unit == hotline.RhythmWeek && !rhythm.AtOnce {
		if len(rhythm.Weekdays) > 0 {
			most = len(rhythm.Weekdays) * rhythm.Every
		}
		if rhythm.Places > most {
			m.opt("places").wrong(fmt.Sprintf("%d places, each on a day of its own, and only %s for them", rhythm.Places, plural(most, "day")),
				"name fewer places, or more weekdays, or write at_once: true")
		}
	}
	return rhythm
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func readProgrammeServices(n node, hours hotline.Window) []hotline.ProgrammeService {
	var services []hotline.ProgrammeService
	seen := map[string]bool{}
	items := n.list()
	if items != nil && len(items) == 0 {
		n.wrong("the programme brings no service", "name one at least")
	}
	for _, item := range items {
		m := item.mapping("service", "quota", "reserve", "windows")
		s := hotline.ProgrammeService{Service: serviceOnce(m.need("service"), seen), Quota: 1}
		quota := m.need("quota")
		if quota.here() {
			s.Quota = quota.number(1, maxQuota)
		}
		if reserve := m.opt("reserve"); reserve.here() {
			s.Reserve = reserve.number(0, s.Quota)
		}
		windows := m.opt("windows")
		s.Windows = windows.windows()
		for _, w := range s.Windows {
			if hours.Until > 0 && (w.From < hours.From || w.Until > hours.Until) {
				windows.wrong(fmt.Sprintf("window %s is not within the programme's hours, %s", w, hours), "mend one of them")
				break
			}
		}
		if len(s.Windows) > s.Quota {
			quota.wrong(fmt.Sprintf("%d places for %d windows", s.Quota, len(s.Windows)), "name as many places as windows at least")
			s.Windows = nil
		}
		services = append(services, s)
	}
	return services
}

// checkReach looks whether the places fit what the programme comes to, and whether its rhythm reaches all of them before it ends.
func (r *reader) checkReach(m mapping, g hotline.Programme) {
	if r.unread[areaKind] || g.Level == "" {
		return
	}
	areas := map[string]hotline.Area{}
	places := 0
	for _, a := range r.out.Areas {
		areas[a.Code] = a
		if a.Level == hotline.LevelKecamatan && (g.Level == hotline.LevelKecamatan || g.OneEach) {
			places++
		}
	}
	taken := map[string]string{}
	for _, key := range []string{"places", "first"} {
		for _, n := range m.opt(key).list() {
			a, ok := areas[n.y.Value]
			if !ok {
				continue // said already, or no text
			}
			village := a.Level == hotline.LevelDesa || a.Level == hotline.LevelKelurahan
			if village != (g.Level == hotline.LevelDesa) || a.Level == hotline.LevelRegency {
				n.wrong(fmt.Sprintf("%s is a %s, and the programme comes to level %s", a.Name, a.Level, g.Level), "name places of that level")
				continue
			}
			if other, twice := taken[a.Parent]; key == "places" && g.OneEach && twice {
				n.wrong(fmt.Sprintf("%s is in the same kecamatan as %s, and it comes to one in each", a.Name, other), "remove one of them, or one_each")
			}
			taken[a.Parent] = a.Name
			if key == "first" && len(g.Places) > 0 && !slices.Contains(g.Places, a.Code) {
				n.wrong(a.Name+" comes first and is none of the places", "add it to places")
			}
		}
	}
	if len(g.Places) > 0 {
		places = len(g.Places)
	}
	periods := periods(g)
	if reached := periods * g.Rhythm.Places; periods > 0 && reached < places {
		m.need("rhythm").wrong(fmt.Sprintf("at this rhythm the programme reaches %d of %d places until %s", reached, places, g.Until),
			"let it come more often, to fewer places, or end later")
	}
}

// periods counts how many weeks or months of its rhythm a programme has, begun ones too; 0 where it has no end.
func periods(g hotline.Programme) int {
	from, err := time.Parse(time.DateOnly, g.From)
	if err != nil || g.Until == "" || g.Rhythm.Every < 1 {
		return 0
	}
	until, err := time.Parse(time.DateOnly, g.Until)
	if err != nil {
		return 0
	}
	units := 0
	switch g.Rhythm.Unit {
	case hotline.RhythmWeek:
		units = int(until.Sub(from)/(7*24*time.Hour)) + 1
	case hotline.RhythmMonth:
		units = (until.Year()-from.Year())*12 + int(until.Month()) - int(from.Month()) + 1
	}
	return (units + g.Rhythm.Every - 1) / g.Rhythm.Every
}

// checkTaking warns of a service whose agency nobody asked to come.
func (r *reader) checkTaking(m mapping, g hotline.Programme) {
	does := map[string]string{}
	for _, s := range r.out.Services {
		does[s.ID] = s.Agency
	}
	asked := slices.Concat(g.Agencies, g.Invited)
	for _, item := range m.opt("services").list() {
		id := item.name("service")
		if agency := does[id]; agency != "" && !slices.Contains(asked, agency) {
			r.problem(item.at(), Warning, fmt.Sprintf("%s is done by %s, which is not asked to take part", id, agency), "add it to agencies or invited")
		}
	}
}

// checkProgrammes looks at what citizens call programmes by: two of one name cannot be told apart.
func (r *reader) checkProgrammes() {
	names := map[string]string{}
	for _, g := range r.out.Programmes {
		plain := strings.Join(hotline.Words(g.Name), " ")
		if other, twice := names[plain]; twice && plain != "" {
			r.wrong(r.declared[programmeKind][g.ID], fmt.Sprintf("programme %s has the name of %s", g.ID, other), "give one of them another name")
		}
		names[plain] = g.ID
	}
}
