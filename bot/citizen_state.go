package bot

import (
	"slices"
	"strings"
	"time"

	"tanggap/hotline"
)

// citizenState is what is remembered of a citizen's conversation. Everything in it is small; what a person wrote stands in it only until it is
// filed or thrown away.
type citizenState struct {
	Draft *draft `json:"d,omitempty"`
	Count int    `json:"n,omitempty"` // drafts begun so far; the number of the latest
	Slot  int    `json:"s,omitempty"` // which waiting reply the next one replaces; see talk.slot

	Wait  wait           `json:"w,omitempty"` // what the next free text is
	About hotline.CaseID `json:"a,omitempty"` // the case it is about
	Until time.Time      `json:"u,omitzero"`  // and until when that holds

	Aside []*draft  `json:"b,omitempty"` // unsent reports that another matter came between; see citizen_aside.go
	Heard time.Time `json:"i,omitzero"`  // the last message
	Hello time.Time `json:"j,omitzero"`  // the last long greeting

	before time.Time // the last message but this one
	gone   bool      // in this turn the oldest of those set aside was given up

	Quiz *quiz     `json:"q,omitempty"` // a category's extra questions, being asked
	Last lastCase  `json:"l,omitzero"`  // the case filed last from here
	Sent []sent    `json:"f,omitempty"` // drafts that became cases, latest last
	Refs []refCase `json:"r,omitempty"` // messages that became part of a case, latest last
	Pace pace      `json:"p,omitzero"`

	Book    bookState  `json:"v,omitzero"`  // places at counters; see booking.go
	Siaga   siagaState `json:"y,omitzero"`  // states of alert; see citizen_siaga.go
	Barred  barred     `json:"bl,omitzero"` // whoever is blocked; see citizen_block.go
	Shots   shots      `json:"m,omitzero"`  // photos added to a case
	Keys    bool       `json:"k,omitempty"` // the network's own keyboard offers to send a location, and was not taken away
	Offered time.Time  `json:"o,omitzero"`  // when Javanese was offered to somebody who writes it; once

	Requested hotline.ErasureID `json:"h,omitempty"` // the person's own latest request for erasure
	Erased    time.Time         `json:"ra,omitzero"` // when they said yes to it last
	Erasure   hotline.ErasureID `json:"e,omitempty"` // a request whose refusal the coordinator is wording
	Reason    string            `json:"z,omitempty"` // and the words, until the coordinator has said to send them
}

// A wait says what the next free text or medium is, when it is not simply somebody telling something.
type wait string

const (
	waitNothing  wait = ""
	waitAdd      wait = "add"      // a remark about a case; more may follow
	waitMore     wait = "more"     // something was just added to a case: what follows within minutes is too
	waitDone     wait = "done"     // the extra questions have just ended: as waitMore, unless an officer has asked something
	waitTold     wait = "told"     // a human will read it: what follows is for them too
	waitUrgent   wait = "urgent"   // as waitMore, for an emergency
	waitWord     wait = "word"     // a word after a rating
	waitReopen   wait = "reopen"   // what is still wrong
	waitWithdraw wait = "withdraw" // the yes to withdrawing
	waitRefusal  wait = "refusal"  // why erasure is refused
	waitErase    wait = "erase"    // the yes to an erasure
	waitHuman    wait = "human"    // what a human should read
	waitCode     wait = "code"     // a code from another network
	waitJoin     wait = "join"     // the yes to a joining
	waitEnrol    wait = "enrol"    // the code of somebody who works for the service
)

// How long things said are taken as belonging together.
const (
	addWithin    = 24 * time.Hour   // after "what do you want to add?"
	moreWithin   = 2 * time.Minute  // bubbles after an addition
	urgentWithin = 15 * time.Minute // everything after an emergency was filed
	nearWithin   = 10 * time.Minute // after filing: is it about that, or new?
	quizWithin   = 30 * time.Minute // a free answer to an extra question
	eraseWithin  = 5 * time.Minute  // a typed yes to erasing everything
	staleAfter   = 6 * time.Hour    // a draft that was left alone is spoken of as such
)

// A lastCase is what was filed last, to tell an addition from a new matter.
type lastCase struct {
	Case     hotline.CaseID `json:"c,omitempty"`
	Category string         `json:"k,omitempty"`
	Area     string         `json:"a,omitempty"`
	At       time.Time      `json:"t,omitzero"`
}

// shots counts the photos and so on that were added to a case since it was filed, or since an officer last asked something.
type shots struct {
	Case hotline.CaseID `json:"c,omitempty"`
	N    int            `json:"n,omitempty"`
	Told time.Time      `json:"t,omitzero"` // until then the answer that says so may still be replaced
}

// A sent remembers what a draft became, so that pressing its button again says so instead of filing twice.
type sent struct {
	Draft int            `json:"n"`
	Case  hotline.CaseID `json:"c"`
}

// A refCase remembers where a message went, so that changing it changes the case.
type refCase struct {
	Ref  string         `json:"r"`
	Case hotline.CaseID `json:"c"`
}

// How much is remembered.
const (
	keepSent = 8
	keepRefs = 40
)

func (s *citizenState) sentAs(draft int) (hotline.CaseID, bool) {
	for _, v := range s.Sent {
		if v.Draft == draft {
			return v.Case, true
		}
	}
	return 0, false
}

func (s *citizenState) caseOfRef(ref string) (hotline.CaseID, bool) {
	for _, v := range slices.Backward(s.Refs) {
		if v.Ref == ref {
			return v.Case, true
		}
	}
	return 0, false
}

func (s *citizenState) keepRef(ref string, c hotline.CaseID) {
	if ref == "" {
		return
	}
	s.Refs = append(s.Refs, refCase{ref, c})
	s.Refs = s.Refs[max(0, len(s.Refs)-keepRefs):]
}

// await says what the next free text is.
func (s *citizenState) await(w wait, c hotline.CaseID, until time.Time) {
	s.Wait, s.About, s.Until = w, c, until
}

// waiting gives what is awaited at now.
func (s *citizenState) waiting(now time.Time) wait {
	if s.Wait == waitNothing || now.After(s.Until) {
		return waitNothing
	}
	return s.Wait
}

// rest awaits nothing any more.
func (s *citizenState) rest() { s.Wait, s.About, s.Until = waitNothing, 0, time.Time{} }

// A draft is a case in the making. What it amounts to is worked out anew from the bubbles with every message (see talk.sense); only what the person chose
// with a button stands in fields of its own.
type draft struct {
	N       int      `json:"n"`
	Bubbles []bubble `json:"b,omitempty"`

	Category  string          `json:"c,omitempty"`  // chosen
	Unknown   bool            `json:"x,omitempty"`  // chosen: none of the guesses; a human will find out
	Kind      hotline.Kind    `json:"k,omitempty"`  // chosen
	Privacy   hotline.Privacy `json:"p,omitempty"`  // chosen
	Area      string          `json:"a,omitempty"`  // chosen
	Nowhere   bool            `json:"w,omitempty"`  // chosen: can't say where
	PlaceFrom int             `json:"f,omitempty"`  // bubbles before this one don't tell the place any more
	MatterIn  int             `json:"m,omitempty"`  // bubbles before this one don't tell the matter any more
	Change    string          `json:"e,omitempty"`  // what is being changed: a question's key, "what" for the choice among them, "story"
	Dared     bool            `json:"dr,omitempty"` // chosen: it goes to those it accuses all the same
	Was       *chosen         `json:"wa,omitempty"` // what had been chosen before it is changed, for who leaves that off
	Sight     string          `json:"d,omitempty"`  // of what was forwarded: seen by themselves, or passed on; see citizen_sight.go
	Yes       bool            `json:"y,omitempty"`  // said yes while something was still missing: sent once that is known

	Danger string `json:"g,omitempty"` // a danger somebody should say yes or no to: Danger.ID
	Safe   bool   `json:"s,omitempty"` // said that there is no danger

	DangerAt int  `json:"da,omitempty"` // the bubbles before this one were told before the danger
	Other    bool `json:"ot,omitempty"` // begun beside the one put aside last: is it another report?

	Denied []string `json:"z,omitempty"` // the dangers that were asked about and said to be none

	Tries int    `json:"i,omitempty"` // how often a place was asked for and something else, or an unknown name, came
	List  bool   `json:"j,omitempty"` // the kecamatan are shown to choose from
	In    string `json:"u,omitempty"` // … and then the villages of this one
	Page  int    `json:"v,omitempty"` // … from this page on

	Asked  string   `json:"q,omitempty"`  // the question that was said last
	Split  bool     `json:"sp,omitempty"` // another complaint of the same message waits to be offered
	Second int      `json:"s2,omitempty"` // that other complaint, while its own photos may still be coming: draft.N
	Notes  []string `json:"nn,omitempty"` // what must be said before it and was not shown yet
	Plain  bool     `json:"r,omitempty"`  // what the ways to send mean was explained

	Near     []hotline.CaseID               `json:"l,omitempty"`  // cases it may be an addition to
	Matters  map[hotline.CaseID]hotline.Arg `json:"lm,omitempty"` // and what those are called in lists
	Unsolved bool                           `json:"us,omitempty"` // it says of one of them that it is not solved: that opens it again
	Follows  string                         `json:"o,omitempty"`  // the number of an older case this goes on about

	Touched time.Time `json:"t,omitzero"` // the last message
	Shown   time.Time `json:"h,omitzero"` // when what was last said about it is sent
}

// A chosen is what of a draft may be changed, as it was.
type chosen struct {
	Category  string          `json:"c,omitempty"`
	Unknown   bool            `json:"x,omitempty"`
	Kind      hotline.Kind    `json:"k,omitempty"`
	Privacy   hotline.Privacy `json:"p,omitempty"`
	Area      string          `json:"a,omitempty"`
	Nowhere   bool            `json:"w,omitempty"`
	PlaceFrom int             `json:"f,omitempty"`
	MatterIn  int             `json:"m,omitempty"`
}

// changing begins a change of the draft.
func (d *draft) changing() {
	if d.Was == nil {
		d.Was = &chosen{d.Category, d.Unknown, d.Kind, d.Privacy, d.Area, d.Nowhere, d.PlaceFrom, d.MatterIn}
	}
}

// unchanged leaves a change off: the draft is as it was before, false where none was under way. What was told meanwhile stays told.
func (d *draft) unchanged() bool {
	was := d.Was
	d.Change, d.Was = "", nil
	if was == nil {
		return false
	}
	d.Category, d.Unknown, d.Kind, d.Privacy = was.Category, was.Unknown, was.Kind, was.Privacy
	d.Area, d.Nowhere, d.PlaceFrom, d.MatterIn = was.Area, was.Nowhere, d.from(was.PlaceFrom), d.from(was.MatterIn)
	d.Tries, d.List, d.In, d.Page = 0, false, "", 0
	return true
}

// A bubble is one message of a draft.
type bubble struct {
	Ref       string            `json:"r,omitempty"`
	Text      string            `json:"t,omitempty"`
	Point     *hotline.Point    `json:"p,omitempty"`
	Media     hotline.MediaID   `json:"m,omitempty"`
	Kind      hotline.MediaKind `json:"k,omitempty"`
	Forwarded bool              `json:"f,omitempty"`
	Card      bool              `json:"c,omitempty"` // somebody's telephone number, sent as a card
}

// How much a draft holds. Text after so many bubbles is joined to the last one. What is longer than anybody reads, or more pictures than anybody
// looks at, is not taken on: the person is told so.
const (
	maxBubbles = 100
	maxStory   = 64 << 10 // bytes of text: four of the longest messages, or a flood of a thousand lines
	maxMedia   = 20       // photos and so on; as many again may be added later
)

// media counts the photos and so on.
func (d *draft) media() int {
	n := 0
	for _, b := range d.Bubbles {
		if b.Media != 0 {
			n++
		}
	}
	return n
}

// note keeps a line that must be said before the next question, however many bubbles come before that is said.
func (d *draft) note(key string) {
	if !slices.Contains(d.Notes, key) {
		d.Notes = append(d.Notes, key)
	}
}

// seen notes that what was said last about the draft has been shown by now.
func (d *draft) seen(now time.Time) {
	if d.Shown.IsZero() || now.Before(d.Shown) {
		return
	}
	d.Notes = nil
	d.Plain = d.Plain || d.Asked == "send"
}

// size gives how many bytes of text the draft holds.
func (d *draft) size() int {
	n := 0
	for _, b := range d.Bubbles {
		n += len(b.Text) + 1
	}
	return n
}

func (d *draft) add(b bubble, now time.Time) {
	d.Touched = now
	if n := len(d.Bubbles); n >= maxBubbles && b.Point == nil && b.Media == 0 && !b.Card && d.Bubbles[n-1].Media == 0 && d.Bubbles[n-1].Point == nil {
		d.Bubbles[n-1].Text += "\n" + b.Text
		return
	}
	d.Bubbles = append(d.Bubbles, b)
}

// withoutCards leaves telephone numbers out, as nobody can tell whether they are the person's own.
func (d *draft) withoutCards() (left int) {
	n := len(d.Bubbles)
	d.Bubbles = slices.DeleteFunc(d.Bubbles, func(b bubble) bool { return b.Card })
	return n - len(d.Bubbles)
}

// empty tells whether nothing has been said.
func (d *draft) empty() bool { return len(d.Bubbles) == 0 }

// from keeps an index of a bubble within bounds.
func (d *draft) from(i int) int { return max(0, min(i, len(d.Bubbles))) }

// text joins what was written from bubble i on.
func (d *draft) text(from int) string {
	s := ""
	for _, b := range d.Bubbles[d.from(from):] {
		if b.Text == "" {
			continue
		}
		if s != "" {
			s += "\n"
		}
		s += b.Text
	}
	return s
}

// story gives the draft as content. Forwarded words are marked as such.
func (d *draft) story() hotline.Content {
	var c hotline.Content
	if d.Follows != "" {
		c.Text = "→ " + d.Follows
	}
	for _, b := range d.Bubbles {
		if b.Text != "" {
			if c.Text != "" {
				c.Text += "\n"
			}
			if b.Forwarded {
				c.Text += "↪ "
			}
			c.Text += b.Text
		}
		if b.Point != nil {
			c.Point = b.Point
		}
		if b.Media != 0 {
			c.Media = append(c.Media, b.Media)
		}
	}
	if line := d.sighted(); line != "" {
		c.Text = strings.TrimSpace(c.Text + "\n" + line)
	}
	return c
}

// has tells whether a medium of the kind is among the bubbles.
func (d *draft) has(kind hotline.MediaKind) bool {
	return slices.ContainsFunc(d.Bubbles, func(b bubble) bool { return b.Media != 0 && b.Kind == kind })
}

// pace counts messages, to slow down a flood for whoever makes it.
type pace struct {
	Since time.Time `json:"s,omitzero"`
	N     int       `json:"n,omitempty"`
}

// What a flood is, and how far it is slowed: by half a second for each message too many, half a minute at most.
const (
	floodPer  = time.Minute
	floodOver = 20
	slowBy    = 500 * time.Millisecond
	slowMost  = 30 * time.Second
)

// count counts a message and gives how much later its answer should come.
func (p *pace) count(now time.Time) time.Duration {
	if now.Sub(p.Since) >= floodPer || now.Before(p.Since) {
		p.Since, p.N = now, 0
	}
	p.N++
	if p.N <= floodOver {
		return 0
	}
	return min(time.Duration(p.N-floodOver)*slowBy, slowMost)
}
