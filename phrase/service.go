package phrase

import "strings"

// service draws the name of a service or a package.
func (p pen) service(id string) string {
	if s, ok := p.book.regency.ServiceByID(id); ok {
		return s.Name.In(p.lang)
	}
	if k, ok := p.book.regency.PackageByID(id); ok {
		return k.Name.In(p.lang)
	}
	return p.say("no.service")
}

// bring draws what to bring to a service, one thing after the other.
func (p pen) bring(id string) string {
	s, _ := p.book.regency.ServiceByID(id)
	things := make([]string, len(s.Bring))
	for i, b := range s.Bring {
		things[i] = b.In(p.lang)
	}
	return strings.Join(things, "; ")
}
