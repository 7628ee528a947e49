package whatsapp

import (
	"fmt"
	"runtime"
	"sync"
	"testing"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"
)

// crowd is many people on the network.
func crowd(b *testing.B, s *Server, n int) []*Person {
	b.Helper()
	people := make([]*Person, n)
	work := make(chan int)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range work {
				p, err := s.Person(b.Context(), PersonOptions{Phone: fmt.Sprint(6285700000000 + i), Name: "Warga", Keep: 4})
				if err != nil {
					b.Error(err)
					continue
				}
				people[i] = p
			}
		})
	}
	for i := range n {
		work <- i
	}
	close(work)
	wg.Wait()
	if b.Failed() {
		b.FailNow()
	}
	return people
}

// What five thousand people who are there cost, server and clients together.
func BenchmarkPeople(b *testing.B) {
	for b.Loop() {
		s := New(Options{Listen: "127.0.0.1:0"})
		s.Account(botPhone)
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		people := crowd(b, s, 5000)
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc+after.StackInuse-before.StackInuse)/float64(len(people))/1024, "KiB/person")
		b.ReportMetric(float64(runtime.NumGoroutine())/float64(len(people)), "goroutines/person")
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// Turns: a person writes, the bot answers. Everything is in this process: the people, the
// server and the bot, and all their encryption.
func BenchmarkTurns(b *testing.B) {
	s := New(Options{Listen: "127.0.0.1:0"})
	s.Account(botPhone)
	people := crowd(b, s, 200)
	dev := blank()
	s.Adopt(botPhone, dev)
	c := whatsmeow.NewClient(dev, nil)
	(&Person{s: s}).use(c)
	c.SynchronousAck = true
	c.AddEventHandler(func(e any) {
		if m, ok := e.(*events.Message); ok {
			if _, err := c.SendMessage(b.Context(), m.Info.Chat, &waE2E.Message{Conversation: proto.String("baik")}); err != nil {
				b.Error(err)
			}
		}
	})
	if err := c.Connect(); err != nil || !c.WaitForConnection(patience) {
		b.Fatal(err)
	}
	defer func() {
		c.Disconnect()
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	}()
	turn := func(p *Person) {
		seq := p.Seq()
		if _, err := p.Say("halo"); err != nil {
			b.Error(err)
			return
		}
		if _, err := p.WaitAfter(b.Context(), seq, got("baik")); err != nil {
			b.Error(err)
		}
	}
	var wg sync.WaitGroup
	for _, p := range people { // the first one sets the sessions up
		wg.Go(func() { turn(p) })
	}
	wg.Wait()
	work := make(chan *Person)
	for range 32 {
		wg.Go(func() {
			for p := range work {
				turn(p)
			}
		})
	}
	n := 0
	for b.Loop() {
		work <- people[n%len(people)]
		n++
	}
	close(work)
	wg.Wait()
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "turns/s")
}
