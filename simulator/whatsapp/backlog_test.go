package whatsapp

import (
	"fmt"
	"testing"

	"go.mau.fi/whatsmeow/types/events"
)

// An hour without the bot: five thousand messages wait, and come in order.
func TestBacklog(t *testing.T) {
	t.Parallel()
	const people, each = 5, backlog / 5
	s := start(t, Options{})
	b := adopted(t, s)
	b.Disconnect()
	errs := make(chan error, people)
	for i := range people {
		p := someone(t, s, PersonOptions{Phone: fmt.Sprint(62857000 + i), Keep: 10})
		go func() {
			for n := range each {
				if _, err := p.Say(fmt.Sprint(n)); err != nil {
					errs <- err
					return
				}
			}
			errs <- nil
		}()
	}
	for range people {
		if err := <-errs; err != nil {
			t.Fatal(err)
		}
	}
	if n := s.Unacked(botPhone); n != people*each {
		t.Fatalf("%d wait", n)
	}
	b.connect()
	preview := await[*events.OfflineSyncPreview](b, nil)
	if preview.Messages != people*each {
		t.Errorf("preview: %+v", preview)
	}
	done := await(b, func(e *events.OfflineSyncCompleted) bool { return e.Count > 0 })
	<-s.Quiet(botPhone)
	b.mu.Lock()
	defer b.mu.Unlock()
	next := map[string]int{}
	for _, e := range b.heard {
		m, ok := e.(*events.Message)
		if !ok {
			continue
		}
		if want := fmt.Sprint(next[m.Info.Sender.User]); m.Message.GetConversation() != want {
			t.Fatalf("%s came where %s should", m.Message.GetConversation(), want)
		}
		next[m.Info.Sender.User]++
	}
	total := 0
	for _, n := range next {
		total += n
	}
	if total != people*each || done.Count < people*each {
		t.Errorf("%d came, %d announced", total, done.Count)
	}
}
