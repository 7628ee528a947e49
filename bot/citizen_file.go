package bot

import (
	"tanggap/hotline"
)

// file is the Done of a draft: it becomes a case. The number is told at once, with what happens next and by when; then the category's extra
// questions begin.
func (k *talk) file(d *draft, s sense) error {
	f := hotline.Filing{
		Kind: s.kind, Category: s.category, Privacy: s.privacy, Area: s.area, About: k.reg.Accused(s.reading, s.category),
	}
	c := k.commit(d, f)
	r := hotline.Say("file.done", "case", c.ID).
		And("file.next", "when", k.reg.Calendar("").Add(k.now, k.reg.Limits.Verify)).
		And("file.due", "due", c.Due)
	if hotline.Route(k.reg, hotline.RoutingOf(c)).Outside {
		text := k.reg.Outside.In(k.lang())
		switch about, _ := k.reg.Agency(c.About); {
		case about.Hotline:
			r = r.And("file.outside.hotline", "text", text)
		case about.ID == hotline.AgencySetda, about.ID == hotline.AgencyBupati:
			r = r.And("file.outside.chief", "text", text)
		default:
			r = r.And("file.outside", "text", text)
		}
	}
	if c.Privacy.IsSecret() {
		r = r.And("file.secret")
	}
	if c.Privacy.IsAnonymous() {
		r = r.And("file.anonymous")
	}
	r, err := k.quizAfter(c, d.text(0), r.And("file.check"))
	if err != nil {
		return err
	}
	k.tell(c.ID, r)
	k.offerAside()
	return nil
}

// commit files the draft and remembers what it became.
func (k *talk) commit(d *draft, f hotline.Filing) hotline.Case {
	s := &k.st.Citizen
	f.Source, f.Reporter, f.From = hotline.SourceChat, k.me(), k.conv.Address.ID
	f.Due = hotline.ResolveDue(k.reg, f.Category, f.Kind, k.now)
	if f.Privacy.IsAnonymous() && d.withoutCards() > 0 {
		k.note("contact.left")
	}
	f.Story = d.story()
	f.Story.Author, f.Story.At = k.me(), k.now
	if !f.Privacy.IsAnonymous() {
		k.vouch()
	}
	if k.conv.Person.Name == "" && k.msg.Name != "" && !f.Privacy.IsAnonymous() {
		k.SetName(k.me(), k.msg.Name)
		k.conv.Person.Name = k.msg.Name
	}
	c := k.File(f)
	s.Draft = nil
	s.rest()
	s.Sent = append(s.Sent, sent{d.N, c.ID})
	s.Sent = s.Sent[max(0, len(s.Sent)-keepSent):]
	s.Last = lastCase{Case: c.ID, Category: c.Category, Area: c.Area, At: k.now}
	for _, b := range d.Bubbles {
		s.keepRef(b.Ref, c.ID)
	}
	return c
}
