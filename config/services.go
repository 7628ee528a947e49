package config

import (
	"fmt"
	"slices"
	"strings"

	"tanggap/hotline"
)

const (
	serviceKind kind = "service"
	packageKind kind = "package"
)

// maxServices is how many services a regency may offer, and maxBring how many things one may want brought along.
const (
	maxServices = 500
	maxBring    = 20
)

// A following is a service that comes after others, for a look whether it comes after itself.
type following struct {
	id    string
	after []string
	at    node
}

// readServices reads services.yaml, or the files in services/: what a citizen can have done at a counter. A regency without any takes no bookings.
func (r *reader) readServices() {
	for i, item := range r.optional("services", serviceKind) {
		if i == maxServices {
			item.wrong(fmt.Sprintf("more than %d services", maxServices), "put some together")
			return
		}
		r.readService(item)
	}
}

func (r *reader) readService(item node) {
	m := item.mapping("id", "name", "agency", "with", "keywords", "more_keywords", "bring", "fee", "finish", "note", "online", "nik", "present", "minutes",
		"after", "link")
	s := hotline.Service{
		ID:       m.need("id").id(serviceKind, hotline.ValidID, idForm),
		Name:     m.need("name").text("the name"),
		Agency:   m.need("agency").ref(agencyKind),
		With:     m.opt("with").refs(agencyKind),
		Keywords: readKeywords(m.need("keywords"), m.opt("more_keywords")),
		Bring:    m.opt("bring").texts("what to bring", maxBring),
		Fee:      m.opt("fee").text("the fee"),
		Note:     m.opt("note").text("the note"),
		Online:   m.opt("online").flag(),
		Present:  m.opt("present").flag(),
		After:    m.opt("after").refs(serviceKind),
	}
	if words := m.opt("keywords"); words.here() && len(s.Keywords) == 0 {
		words.wrong("the service has no keywords: nobody finds it", "add the words people say: 9: [bikin ktp]")
	}
	if i := slices.Index(s.With, s.Agency); i >= 0 && s.Agency != "" {
		m.opt("with").wrong(s.Agency+" does the service already", "remove it from with")
	}
	if n := m.need("finish"); n.here() {
		s.Finish = oneOf(n, "finish", hotline.Finishes())
		if s.Finish == hotline.FinishIf && !m.opt("note").here() {
			n.wrong("it is done the same day if something holds, and nothing says what", "add note: …")
		}
	}
	if n := m.opt("nik"); n.here() {
		of := n.mapping("why", "newborn")
		s.NIK, s.Why, s.Newborn = true, of.need("why").text("why the NIK is asked for"), of.opt("newborn").flag()
	}
	if n := m.opt("minutes"); n.here() {
		s.Minutes = n.number(1, 240)
	}
	if n := m.opt("link"); n.here() {
		if s.Link = n.str(); s.Link != "" && !strings.HasPrefix(s.Link, "https://") {
			n.wrong("link "+quote(s.Link)+" does not begin with https://", "write the whole address")
		}
	}
	if len(s.After) > 0 {
		r.following = append(r.following, following{id: s.ID, after: s.After, at: m.opt("after")})
	}
	if s.ID != "" {
		r.out.Services = append(r.out.Services, s)
	}
}

// texts gives a list of sentences.
func (n node) texts(what string, most int) []hotline.Text {
	var texts []hotline.Text
	for i, item := range n.list() {
		if i == most {
			item.wrong(fmt.Sprintf("more than %d in this list", most), "nobody reads so many: put some together")
			break
		}
		texts = append(texts, item.text(what))
	}
	return texts
}

// checkServices names services that come after themselves, by way of others.
func (r *reader) checkServices() {
	after := map[string][]string{}
	for _, f := range r.following {
		after[f.id] = f.after
	}
	for _, f := range r.following {
		if f.id != "" && leads(after, f.id, f.id) {
			f.at.wrong("service "+f.id+" comes after itself", "remove one of the services named in a circle")
		}
	}
}

// leads tells whether whoever follows the edges from one comes to the other.
func leads(edges map[string][]string, from, to string) bool {
	seen := map[string]bool{}
	todo := slices.Clone(edges[from])
	for len(todo) > 0 {
		id := todo[0]
		todo = todo[1:]
		if id == to {
			return true
		}
		if !seen[id] {
			seen[id] = true
			todo = append(todo, edges[id]...)
		}
	}
	return false
}
