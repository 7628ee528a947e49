package hotline_test

import (
	"testing"
	"time"

	"tanggap/hotline"
)

// The words of a ticket amount to what they would in chat; what was chosen stays.
func TestWhatTheWordsOfATicketAmountTo(t *testing.T) {
	t.Parallel()
	r, rd := jepara()
	s := rd.SenseTicket(hotline.Ticket{Text: "lampu jalan mati di desa bawu sudah seminggu"})
	if bawu, _ := r.Area(s.Area); s.Category != "lampu-jalan" || bawu.Name != "Bawu" || s.Privacy != hotline.Open || s.Urgent || s.Kind != hotline.Complaint {
		t.Errorf("%+v", s)
	}
	fire := rd.SenseTicket(hotline.Ticket{Text: "ada kebakaran rumah di bawu"})
	if f := (hotline.Ticket{Text: "ada kebakaran"}).Filing(r, time.Now(), fire, "ada kebakaran"); !fire.Urgent || !f.Urgent || f.Category != fire.Reading.Danger.Category || f.Source != hotline.SourceDesk {
		t.Errorf("%+v", f)
	}
	if calm := rd.SenseTicket(hotline.Ticket{Text: "ada kebakaran rumah di bawu", Urgent: hotline.TicketCalm}); calm.Urgent {
		t.Error("whoever sits there said that it is none")
	}
	beaten := rd.SenseTicket(hotline.Ticket{Text: "tetangga saya dipukuli suaminya setiap malam"})
	if beaten.Privacy != hotline.Secret {
		t.Errorf("%+v", beaten)
	}
	if open := rd.SenseTicket(hotline.Ticket{Text: "tetangga saya dipukuli suaminya setiap malam", Privacy: hotline.Open}); open.Privacy != hotline.Open {
		t.Error("what was chosen did not stay")
	}
	if at := rd.SenseTicket(hotline.Ticket{Text: "di bawu", Point: &hotline.Point{Lat: 0, Lng: 0}}); !at.Outside || at.Area != "" {
		t.Errorf("%+v", at)
	}
}
