package telegram_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"tanggap/simulator/telegram"
)

// A chat that was kept goes on with another server: the ids are the same, files are there, and what comes later has higher ids.
func TestAChatGoesOnWithAnotherServer(t *testing.T) {
	t.Parallel()
	first := telegram.New(telegram.Options{})
	first.AddBot("7000001:token", "a_bot")
	siti := first.Person(telegram.PersonOptions{ID: 77, Name: "Siti Aminah", Phone: "6281200000077"})
	if _, err := siti.Send("halo"); err != nil {
		t.Fatal(err)
	}
	photo := telegram.SamplePhoto(3, false)
	id, err := siti.Photo("a.jpg", photo, "lihat")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := siti.Reply(id, "yang itu"); err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(siti.Save(1 << 20))
	if err != nil {
		t.Fatal(err)
	}
	if len(siti.Save(10).Files) != 0 {
		t.Error("a file is kept that is too large")
	}
	var saved telegram.Saved
	if err := json.Unmarshal(data, &saved); err != nil {
		t.Fatal(err)
	}

	second := telegram.New(telegram.Options{})
	second.AddBot("7000001:token", "a_bot")
	again := second.Resume(saved)
	if o := again.Options(); o.ID != 77 || o.Name != "Siti Aminah" || o.Phone != "6281200000077" || !o.Started || again.Seq() != siti.Seq() {
		t.Errorf("who came back: %+v, %d", o, again.Seq())
	}
	before, after := siti.History(), again.History()
	if len(before) != len(after) {
		t.Fatalf("%d messages, not %d", len(after), len(before))
	}
	for i, m := range after {
		if m.ID != before[i].ID || m.Text != before[i].Text || m.Kind != before[i].Kind || m.ReplyTo != before[i].ReplyTo {
			t.Errorf("message %d: %+v", i, m)
		}
	}
	for _, size := range after[1].Media.Sizes {
		if got, _, ok := second.File(size.FileID); !ok || len(got) == 0 {
			t.Errorf("the file %s is gone", size.FileID)
		}
	}
	if got, _, ok := second.File(after[1].Media.FileID); !ok || !bytes.Equal(got, photo) {
		t.Error("the photo is another")
	}
	next, err := again.Send("lagi")
	if err != nil || next <= before[len(before)-1].ID {
		t.Errorf("the next message is %d after %d: %v", next, before[len(before)-1].ID, err)
	}
	if twice := second.Resume(saved); twice != again || len(again.History()) != len(before)+1 {
		t.Error("a chat that goes on already was begun anew")
	}
}
