package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"tanggap/hotline"
)

// readRegency reads regency.yaml: what the regency is called, what it promises, who hears of a late case.
func (r *reader) readRegency() {
	doc := r.document("regency.yaml")
	m := doc.mapping("based_on", "without", "id", "code", "name", "letters", "zone", "languages", "emergency", "outside", "limits", "ladder", "booking")
	o := r.out
	r.readBase(m.opt("based_on"), m.opt("without"))
	if r.base.here() {
		m.inherit(r.document(r.base.file("regency.yaml")), "zone", "languages", "emergency", "outside", "limits", "ladder", "booking")
	}
	if n := m.need("id"); n.here() {
		if o.ID = n.str(); o.ID != "" && !hotline.ValidID(o.ID) {
			n.wrong(quote(o.ID)+" cannot be a regency's id", idForm)
		}
	}
	if n := m.need("code"); n.here() {
		if o.Code = n.str(); o.Code != "" {
			r.refer(areaKind, o.Code, n.at())
		}
	}
	o.Name = m.need("name").str()
	if n := m.need("letters"); n.here() {
		if o.Letters = n.str(); o.Letters != "" && !hotline.ValidLetters(o.Letters) {
			n.wrong(fmt.Sprintf("letters %s cannot begin a case number", quote(o.Letters)), "write two to four capitals: JPR")
		}
	}
	o.Zone = r.readZone(m.need("zone"))
	o.Languages = readLanguages(m.need("languages"))
	o.Emergency = m.need("emergency").str()
	o.Outside = m.need("outside").text("outside")
	r.readLimits(m.need("limits"))
	r.readLadder(m.need("ladder"))
	r.readBooking(m.opt("booking"))
}

func (r *reader) readZone(n node) *time.Location {
	s := n.str()
	if s == "" {
		return nil
	}
	zone, err := time.LoadLocation(s)
	if err != nil || s == "Local" {
		zones := []string{"Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura", "Asia/Pontianak"}
		n.wrong("time zone "+quote(s)+" is not known", suggest(s, zones, "write Asia/Jakarta (WIB), Asia/Makassar (WITA) or Asia/Jayapura (WIT)"))
		return nil
	}
	return zone
}

func readLanguages(n node) []hotline.Lang {
	if !n.here() {
		return nil
	}
	var langs []hotline.Lang
	items := n.list()
	for _, item := range items {
		l := oneOf(item, "language", hotline.KnownLanguages())
		if l != "" && slices.Contains(langs, l) {
			item.wrong(fmt.Sprintf("language %s is there twice", l), "remove one of them")
		} else if l != "" {
			langs = append(langs, l)
		}
	}
	if items != nil && len(items) == 0 {
		n.wrong("there is no language", "name one at least: [id]")
	}
	return langs
}

func (r *reader) readLimits(n node) {
	if !n.here() {
		return
	}
	l := &r.out.Limits
	m := n.mapping("verify", "first_response", "resolve", "oversight", "close_after", "reopen_within", "complete", "erasure", "urgent_repeat", "reports_a_day")
	l.Verify = m.need("verify").span()
	l.FirstResponse = m.need("first_response").span()
	l.Oversight = m.need("oversight").span()
	l.CloseAfter = m.need("close_after").span()
	l.ReopenWithin = m.need("reopen_within").span()
	l.Complete = m.need("complete").span()
	l.Erasure = m.need("erasure").span()
	l.Reports = hotline.DefaultReports
	if n := m.opt("reports_a_day"); n.here() {
		l.Reports = n.number(0, 1000)
	}
	l.Resolve = map[hotline.Kind]hotline.Span{}
	if resolve := m.need("resolve"); resolve.here() {
		kinds := []hotline.Kind{hotline.Complaint, hotline.Aspiration, hotline.Inquiry}
		of := resolve.mapping(string(kinds[0]), string(kinds[1]), string(kinds[2]))
		for _, k := range kinds {
			l.Resolve[k] = of.need(string(k)).span()
		}
	}
	if repeat := m.need("urgent_repeat"); repeat.here() {
		l.UrgentRepeat = repeat.span().Time
		if l.UrgentRepeat < 10*time.Second || l.UrgentRepeat > 24*time.Hour {
			repeat.wrong("an emergency must be offered again within 10 seconds to a day", "write it as 1 minute")
		}
	}
}

// readLadder reads who hears of a late assignment. The ladder must lead somewhere: to the regency's secretary.
func (r *reader) readLadder(n node) {
	if !n.here() {
		return
	}
	items := n.list()
	if items == nil {
		return
	}
	if len(items) == 0 {
		n.wrong("the ladder is empty: a late case would reach nobody", "begin with officers and end with role: setda")
		return
	}
	seen := map[string]bool{}
	for i, item := range items {
		m := item.mapping("id", "role", "after")
		level := hotline.Level{}
		if id := m.need("id"); id.here() {
			level.ID = id.str()
			if level.ID != "" && seen[level.ID] {
				id.wrong("level "+quote(level.ID)+" is there twice", "give one of them another id")
			}
			seen[level.ID] = true
		}
		level.Role = oneOf(m.need("role"), "role", hotline.LadderRoles())
		after := m.opt("after")
		switch {
		case i == 0 && after.here():
			after.wrong("the first step comes at once", "remove after here")
		case i > 0:
			level.After = m.need("after").span()
		}
		r.out.Ladder = append(r.out.Ladder, level)
	}
	last := items[len(items)-1]
	if role := r.out.Ladder[len(items)-1].Role; role != "" && role != hotline.RoleSetda {
		last.wrong("the ladder ends nowhere: its last step is "+string(role), "add a last step with role: setda, the regency's secretary")
	}
}

// checkTexts names every sentence that lacks one of the regency's languages, or has one too many.
func (r *reader) checkTexts() {
	langs := r.out.Languages
	if len(langs) == 0 {
		return
	}
	for _, t := range r.texts {
		var lacks []string
		for _, l := range langs {
			if t.value[l] == "" {
				lacks = append(lacks, string(l))
			}
		}
		if len(lacks) > 0 {
			t.node.wrong(t.what+" lacks the language "+strings.Join(lacks, ", "), "add "+strings.Join(lacks, ": … and ")+": …")
		}
		for _, l := range hotline.KnownLanguages() {
			if r.base.holds(t.node.file) && !slices.Contains(langs, l) {
				delete(t.value, l)
			}
			if t.value[l] != "" && !slices.Contains(langs, l) {
				t.node.wrong(fmt.Sprintf("%s is given in %s, which is none of the regency's languages", t.what, l), "remove it, or add it to languages in regency.yaml")
			}
		}
	}
}
