package main

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"tanggap/simulator/telegram"
)

// A crowd is citizens who complain through the simulated network: each writes, reads the answer, answers it, and begins anew.
type crowd struct {
	sim     *telegram.Server
	people  []*citizen
	by      map[*telegram.Person]*citizen
	turns   atomic.Int64
	stopped atomic.Bool
	wrong   atomic.Int64
	heard   func(*citizen, *telegram.Message, time.Time) // told of answers, with the moment their message was meant to be sent; may be nil

	mu   sync.Mutex
	took []time.Duration // from when a message was meant to be sent to its answer
	note bool            // whether took is kept
}

type citizen struct {
	crowd *crowd
	p     *telegram.Person
	n     int
	chats bool // never sends the complaint off: it is taken back, and another begun
	whole bool // once begun, the complaint is carried through to the last question

	mu      sync.Mutex
	loop    bool // answers by itself
	awaits  bool
	since   time.Time         // when the message that is not yet answered was meant to be sent
	owed    []time.Time       // when the messages were meant to be sent that wait for that answer
	last    *telegram.Message // the last answer
	replied chan struct{}
}

// complaints are what people write: the matter and the village, so that the next thing is a yes.
var complaints = []string{
	"Jalan depan balai desa Tegalsambi rusak parah, banyak lubang",
	"Sampah di desa Bawu menumpuk sudah seminggu, bau",
	"Lampu jalan di desa Mulyoharjo mati semua",
	"Air PDAM di desa Senenan mati dari kemarin",
	"Saluran air di desa Kecapi mampet, jalan jadi banjir kalau hujan",
}

func newCrowd(n int) (*crowd, error) {
	c := &crowd{by: make(map[*telegram.Person]*citizen, n)}
	c.sim = telegram.New(telegram.Options{Quiet: true, Watch: c.watch})
	c.sim.AddBot(benchToken, "bench_bot")
	if err := c.sim.Listen(""); err != nil {
		return nil, err
	}
	for i := range n {
		p := c.sim.Person(telegram.PersonOptions{Name: fmt.Sprint("Warga ", i), Language: "id"})
		z := &citizen{crowd: c, p: p, n: i, replied: make(chan struct{}, 1)}
		c.people = append(c.people, z)
		c.by[p] = z
	}
	return c, nil
}

// watch is told of everything the bot says.
func (c *crowd) watch(p *telegram.Person, ch telegram.Change) {
	z := c.by[p]
	if z == nil || ch.Kind != telegram.Sent || ch.Message == nil {
		return
	}
	if strings.Contains(ch.Message.Text, "diteruskan ke ") && len(ch.Message.Buttons) == 0 {
		return // news of a case, not an answer
	}
	z.mu.Lock()
	if !z.awaits {
		z.mu.Unlock()
		return
	}
	meant := z.since
	took := time.Since(meant)
	z.awaits, z.last = false, ch.Message
	next := time.Now()
	goes := (z.loop || z.whole && goesOn(ch.Message)) && !c.stopped.Load()
	if !goes && len(z.owed) > 0 {
		next, goes = z.owed[0], !c.stopped.Load()
		z.owed = z.owed[1:]
	}
	if goes {
		z.awaits, z.since = true, next
	}
	z.mu.Unlock()
	c.turns.Add(1)
	c.mu.Lock()
	if c.note {
		c.took = append(c.took, took)
	}
	c.mu.Unlock()
	if c.heard != nil {
		c.heard(z, ch.Message, meant)
	}
	if goes {
		z.say(ch.Message)
	}
	select {
	case z.replied <- struct{}{}:
	default:
	}
}

// act does the next thing, which is meant to be done at a moment that may have passed. Nobody speaks before the last answer has come: until then it
// waits, and that time counts.
func (z *citizen) act(meant time.Time) {
	z.mu.Lock()
	if z.awaits {
		z.owed = append(z.owed, meant)
		z.mu.Unlock()
		return
	}
	z.awaits, z.since = true, meant
	last := z.last
	z.mu.Unlock()
	z.say(last)
}

// say sends the next thing: the yes or the skip where the last answer has that button, else a new complaint.
func (z *citizen) say(m *telegram.Message) {
	var err error
	switch data := button(m, onward...); {
	case data != "" && z.chats:
		_, err = z.p.Send("batal")
	case data != "":
		_, err = z.p.Press(m.ID, data)
	default:
		z.n++
		_, err = z.p.Send(complaints[z.n%len(complaints)])
	}
	if err != nil {
		z.crowd.wrong.Add(1)
	}
}

// onward are the buttons that carry a complaint on.
var onward = []string{"Ya, kirim", "Lewati"}

func goesOn(m *telegram.Message) bool { return button(m, onward...) != "" }

func button(m *telegram.Message, labels ...string) string {
	if m == nil {
		return ""
	}
	for _, row := range m.Buttons {
		for _, b := range row {
			if slices.Contains(labels, b.Text) {
				return b.Data
			}
		}
	}
	return ""
}

// onlyTalk has everybody talk and nobody file.
func (c *crowd) onlyTalk() {
	for _, z := range c.people {
		z.chats = true
	}
}

// percentile of durations, which it sorts.
func percentile(d []time.Duration, p float64) time.Duration {
	if len(d) == 0 {
		return 0
	}
	slices.Sort(d)
	return d[min(len(d)-1, int(float64(len(d))*p))]
}

// record begins to keep how long answers take, from nothing.
func (c *crowd) record() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.took, c.note = nil, true
}

// taken gives what was kept, and ends the keeping.
func (c *crowd) taken() []time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.took
	c.took, c.note = nil, false
	return t
}
