package whatsapp

import (
	"fmt"
	"slices"
	"time"

	"go.mau.fi/whatsmeow/types"
)

// group is a chat of several. The server's lock guards it.
type group struct {
	id      string // what stands before @g.us
	subject string
	creator *account
	created time.Time
	members []*account
	admins  map[*account]bool
}

const maxMembers = 1024

func (g *group) jid() types.JID         { return types.NewJID(g.id, byGroup) }
func (g *group) has(a *account) bool    { return slices.Contains(g.members, a) }
func (g *group) admin(a *account) bool  { return g.admins[a] }
func (g *group) remove(who ...*account) { g.members = without(g.members, who) }

func without(list, who []*account) []*account {
	return slices.DeleteFunc(slices.Clone(list), func(a *account) bool { return slices.Contains(who, a) })
}

// Group is a group, for those who set the scene.
type Group struct {
	s *Server
	g *group
}

// Group makes a group of accounts that are there, by telephone number or LID. The first one
// makes it and is its administrator; the others are told.
func (s *Server) Group(name string, members ...string) (*Group, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []*account
	for _, m := range members {
		a := s.named(m)
		if a == nil {
			return nil, fmt.Errorf("simulator/whatsapp: no account %q", m)
		}
		list = append(list, a)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("simulator/whatsapp: a group of nobody")
	}
	return &Group{s: s, g: s.newGroup(name, list[0], list[1:])}, nil
}

// newGroup makes a group and tells its members.
func (s *Server) newGroup(subject string, creator *account, others []*account) *group {
	g := &group{
		id: fmt.Sprintf("1203630%011d", s.number()), subject: subject, creator: creator, created: s.now(),
		members: append([]*account{creator}, without(others, []*account{creator})...), admins: map[*account]bool{creator: true},
	}
	s.groups[g.id] = g
	g.announce(s, creator, node{Tag: "create", Attrs: attrs{"type": "new", "key": "simulated"}, Content: []node{g.describe()}}, g.members)
	return g
}

// ID is the group's address, "…@g.us".
func (g *Group) ID() string { return g.g.jid().String() }

// Add adds accounts, as the group's maker.
func (g *Group) Add(accounts ...string) { g.change("add", accounts) }

// Remove takes accounts out, as the group's maker.
func (g *Group) Remove(accounts ...string) { g.change("remove", accounts) }

func (g *Group) change(what string, accounts []string) {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	var list []*account
	for _, name := range accounts {
		list = append(list, g.s.must(name))
	}
	g.g.change(g.s, g.g.creator, what, list)
}

// change adds, removes, promotes or demotes, and tells everybody concerned.
func (g *group) change(s *Server, by *account, what string, who []*account) {
	told := g.members
	switch what {
	case "add":
		for _, a := range who {
			if !g.has(a) && len(g.members) < maxMembers {
				g.members = append(g.members, a)
			}
		}
		told = g.members
	case "remove":
		g.remove(who...)
		for _, a := range who {
			delete(g.admins, a)
		}
	case "promote", "demote":
		for _, a := range who {
			g.admins[a] = what == "promote"
		}
	}
	var list []node
	for _, a := range who {
		list = append(list, g.participant(a))
	}
	g.announce(s, by, node{Tag: what, Attrs: attrs{"v_id": fmt.Sprint(s.number())}, Content: list}, told)
}

// announce tells accounts what became of the group.
func (g *group) announce(s *Server, by *account, what node, to []*account) {
	for _, a := range to {
		for _, d := range a.sorted() {
			at := attrs{
				"from": g.jid(), "type": "w:gp2", "id": s.stanzaID(), "t": s.now().Unix(), "notify": by.name,
				"participant": by.lidJID(), "addressing_mode": "lid",
			}
			if !by.hidden {
				at["participant_pn"] = by.pn()
			}
			s.deliver(d, node{Tag: "notification", Attrs: at, Content: []node{what}})
		}
	}
}

// participant is a member as it stands in lists.
func (g *group) participant(a *account) node {
	at := attrs{"jid": a.lidJID()}
	if !a.hidden {
		at["phone_number"] = a.pn()
	}
	if a == g.creator {
		at["type"] = "superadmin"
	} else if g.admins[a] {
		at["type"] = "admin"
	}
	return node{Tag: "participant", Attrs: at}
}

// describe is the group as its members see it.
func (g *group) describe() node {
	parts := make([]node, 0, len(g.members)+1)
	for _, a := range g.members {
		parts = append(parts, g.participant(a))
	}
	parts = append(parts, node{Tag: "member_add_mode", Content: []byte("all_member_add")})
	at := attrs{
		"id": g.id, "subject": g.subject, "creation": g.created.Unix(), "s_t": g.created.Unix(), "s_o": g.creator.lidJID(),
		"creator": g.creator.lidJID(), "addressing_mode": "lid", "size": len(g.members),
	}
	if !g.creator.hidden {
		at["creator_pn"] = g.creator.pn()
	}
	return node{Tag: "group", Attrs: at, Content: parts}
}

// groupMessage hands on a message of a group: the group's ciphertext to every device of every
// member, with what is for that device alone, such as the sender's key. It gives the code with
// which it is refused, or 0.
func (c *socket) groupMessage(n node, copies []copyFor, rest []node, ack attrs) int {
	me := c.device.account
	g := c.s.groups[address(n.Attrs["to"]).User]
	if g == nil {
		return 404
	}
	if !g.has(me) {
		return 403
	}
	own := map[*device][]node{}
	for _, one := range copies {
		if a := c.s.find(one.to); a != nil && a.devices[one.to.Device] != nil {
			d := a.devices[one.to.Device]
			own[d] = append(own[d], one.enc...)
		}
	}
	again := address(n.Attrs["participant"])
	var all []types.JID
	for _, a := range g.members {
		for _, d := range a.sorted() {
			all = append(all, d.as(byLID))
			if d == c.device || !again.IsEmpty() && own[d] == nil {
				continue
			}
			at := c.envelope(n)
			at["from"] = g.jid()
			me.introduce(at, c.device, "participant", "participant")
			if parts := appendNodes(own[d], rest); len(parts) > 0 {
				c.s.deliver(d, node{Tag: "message", Attrs: at, Content: parts})
			}
		}
	}
	if claimed := text(n.Attrs["phash"]); claimed != "" && again.IsEmpty() && claimed != listHash(all) {
		ack["phash"] = listHash(all)
	}
	return 0
}

// groupQuery answers questions about groups and orders to them.
func (c *socket) groupQuery(n, what node) {
	to, me := address(n.Attrs["to"]), c.device.account
	switch what.Tag {
	case "create":
		c.createGroup(n, what)
		return
	case "participating":
		var list []node
		for _, g := range c.s.groups {
			if g.has(me) {
				list = append(list, g.describe())
			}
		}
		c.result(n, node{Tag: "groups", Content: list})
		return
	case "leave":
		for _, one := range children(what) {
			if g := c.s.groups[groupID(one)]; g != nil && g.has(me) {
				g.change(c.s, me, "remove", []*account{me})
			}
		}
		c.result(n)
		return
	}
	g := c.s.groups[to.User]
	switch {
	case g == nil:
		c.fail(n, 404, "item-not-found")
	case !g.has(me):
		c.fail(n, 403, "forbidden")
	case what.Tag == "query":
		c.result(n, g.describe())
	case what.Tag == "add", what.Tag == "remove", what.Tag == "promote", what.Tag == "demote":
		c.changeGroup(n, what, g)
	case what.Tag == "subject":
		g.subject = string(raw(what))
		g.announce(c.s, me, node{Tag: "subject", Attrs: attrs{
			"subject": g.subject, "s_t": c.s.now().Unix(), "s_o": me.lidJID(),
		}}, g.members)
		c.result(n)
	default:
		c.unknown(n)
	}
}

func groupID(n node) string {
	if j := address(n.Attrs["id"]); j.User != "" {
		return j.User
	}
	return text(n.Attrs["id"])
}

func (c *socket) createGroup(n, what node) {
	var others []*account
	for _, p := range children(what) {
		if p.Tag != "participant" {
			continue
		}
		if a := c.s.find(address(p.Attrs["jid"])); a != nil {
			others = append(others, a)
		}
	}
	if len(others) >= maxMembers {
		c.fail(n, 406, "not-acceptable")
		return
	}
	g := c.s.newGroup(text(what.Attrs["subject"]), c.device.account, others)
	c.result(n, g.describe())
}

func (c *socket) changeGroup(n, what node, g *group) {
	if !g.admin(c.device.account) && what.Tag != "add" {
		c.fail(n, 403, "forbidden")
		return
	}
	var who []*account
	var list []node
	for _, p := range children(what) {
		if a := c.s.find(address(p.Attrs["jid"])); a != nil {
			who = append(who, a)
			list = append(list, node{Tag: "participant", Attrs: attrs{"jid": a.lidJID()}})
		}
	}
	g.change(c.s, c.device.account, what.Tag, who)
	c.result(n, node{Tag: what.Tag, Content: list})
}
