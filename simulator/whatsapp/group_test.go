package whatsapp

import (
	"testing"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
)

func TestGroup(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	b := adopted(t, s)
	p := someone(t, s, PersonOptions{Phone: "62857001", Name: "Siti"})
	q := someone(t, s, PersonOptions{Phone: "62857002", Name: "Budi"})
	g, err := s.Group("DPUPR Jalan", p.Phone(), q.Phone(), botPhone)
	if err != nil {
		t.Fatal(err)
	}
	joined := await[*events.JoinedGroup](b, nil)
	if joined.Name != "DPUPR Jalan" || len(joined.Participants) != 3 || joined.JID.String() != g.ID() {
		t.Errorf("%+v", joined)
	}
	id := must(p.SayInGroup(g.ID(), "selamat pagi"))(t)
	m := await(b, saying("selamat pagi"))
	if !m.Info.IsGroup || m.Info.Chat.String() != g.ID() || m.Info.Sender.User != p.lid.User || m.Info.SenderAlt.User != p.Phone() {
		t.Errorf("%+v", m.Info)
	}
	if r, err := q.Wait(within(t), got("selamat pagi")); err != nil || r.Chat != g.ID() || r.From != p.LID() || r.ID != id {
		t.Error(err, r)
	}
	if _, err := p.Wait(within(t), func(r Received) bool { return r.Kind == Delivered && r.ID == id && r.Group }); err != nil {
		t.Fatal(err)
	}
	card := b.say(address(g.ID()), "Kartu 1")
	r, err := p.Wait(within(t), got("Kartu 1"))
	if err != nil || r.ID != card {
		t.Fatal(err)
	}
	must(p.ReplyInGroup(g.ID(), card, "ambil"))(t)
	if m := await(b, saying("ambil")); m.Message.GetExtendedTextMessage().GetContextInfo().GetStanzaID() != card {
		t.Errorf("%+v", m.Message)
	}
	// A garbled message of a group is asked for again too, by the one who could not read it.
	s.Garble(botPhone, 1)
	must(q.SayInGroup(g.ID(), "rusak"))(t)
	await[*events.UndecryptableMessage](b, nil)
	await(b, saying("rusak"))

	info, err := b.GetGroupInfo(within(t), address(g.ID()))
	if err != nil || info.Name != "DPUPR Jalan" || len(info.Participants) != 3 || info.AddressingMode != types.AddressingModeLID {
		t.Error(err, info)
	}
	list, err := b.GetJoinedGroups(within(t))
	if err != nil || len(list) != 1 {
		t.Error(err, list)
	}
	g.Remove(q.Phone())
	await(b, func(e *events.GroupInfo) bool { return len(e.Leave) == 1 && e.Leave[0].User == q.lid.User })
	settled := func() bool { return s.waiting(p.Phone()) == 0 && s.waiting(q.Phone()) == 0 && s.waiting(botPhone) == 0 }
	until(t, settled) // whatsmeow's list of a group's members is not safe to change while it sends
	if _, err := q.SayInGroup(g.ID(), "masih di sini?"); err == nil {
		t.Error("wrote into a group after leaving it")
	}
	g.Add(q.Phone())
	await(b, func(e *events.GroupInfo) bool { return len(e.Join) == 1 })
	until(t, settled)
	must(q.SayInGroup(g.ID(), "kembali"))(t)
	await(b, saying("kembali"))
	if err := b.LeaveGroup(within(t), address(g.ID())); err != nil {
		t.Fatal(err)
	}
	if _, err := b.GetGroupInfo(within(t), address(g.ID())); err == nil {
		t.Error("sees a group after leaving it")
	}
	made, err := p.Client().CreateGroup(within(t), whatsmeow.ReqCreateGroup{Name: "Warga", Participants: []types.JID{q.lid}})
	if err != nil || made.Name != "Warga" || len(made.Participants) != 2 {
		t.Fatal(err, made)
	}
}
