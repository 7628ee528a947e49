package page

import (
	"context"
	"html/template"
	"time"
)

// A Network is a simulated network whose people the page can be: [Telegram] or [WhatsApp].
type Network interface {
	name() string
	people() []somebody
	find(id string) somebody // nil: nobody there has that id
	join(ctx context.Context, n newcomer) (somebody, error)
	file(ctx context.Context, id string) (data []byte, mime string, ok bool)
}

// newcomer is somebody who is not there yet.
type newcomer struct {
	name, language, phone string
	bot                   string // of several bots, which one
}

// somebody is one person in a chat with us, on whatever network. Messages are known by
// numbers that grow.
type somebody interface {
	guest() guest
	// enter brings the person onto the network, where that takes something.
	enter(ctx context.Context) error
	// room gives the whole chat as it stands.
	room() room
	// follow waits until something happened after that number, and gives all of it.
	follow(ctx context.Context, after int64) ([]change, error)
	keyboard() *keyboard // nil: none
	do(ctx context.Context, a act) error
}

// room is a chat as it stands.
type room struct {
	us, status string
	seq        int64 // of the last change that is in it
	bubbles    []*bubble
	starts     bool // there is a button to begin with
	contact    bool // the person's number can be shared
	newPhone   bool // the person can get another phone
}

// change is something that happened in a chat. Its kinds are those the page's script
// knows: "sent", "edited", "deleted" by us; "said" by the person; "acted", we are typing;
// "answered", a press was.
type change struct {
	seq    int64
	kind   string
	id     int64   // of the message
	bubble *bubble // as it stands now; nil: it is gone, or there is none
	text   string
	alert  bool
}

// act is what a visitor does.
type act struct {
	what     string
	text     string
	message  int64 // which it is about; 0: none
	button   string
	option   string // of a poll
	lat, lng float64
	as       string // what files are sent as: photo, voice, document
	files    []upload
}

type upload struct {
	name string
	data []byte
}

// bubble is one message as it is drawn. What a network does not have stays empty.
type bubble struct {
	ID       int64
	Ours     bool // from the bot
	Kind     string
	At       time.Time
	Edited   bool
	Text     string
	Body     template.HTML // the same, drawn
	From     string        // who wrote the original of a forwarded message
	Quote    string        // the message that it answers
	ReplyTo  int64
	Media    *medium
	Location *location
	Contact  *contact
	Poll     *poll
	Rows     [][]buttonView
	Tools    []string // what can be done with it: reply, edit, delete
	BigEmoji bool
	Reaction string
	Mark     string // what became of the person's own: sent, arrived, read
}

type medium struct {
	Kind, File, Name, Emoji string
	Width, Height, Duration int
	Size                    int64
}

type location struct {
	Title, Address      string
	Latitude, Longitude float64
}

type contact struct{ Name, Phone string }

type poll struct {
	Question string
	Options  []string
	Open     bool   // the person can vote in it
	Chosen   string // how the person voted
}

// buttonView is one inline button; Link is where it leads, Copy what it copies, Value what
// it presses.
type buttonView struct{ Text, Style, Link, Copy, Value string }

// keyboard is what stands in place of the letters.
type keyboard struct {
	ForceReply  bool
	Placeholder string
	Rows        [][]keyView
}

type keyView struct {
	Text                            string
	RequestContact, RequestLocation bool
}
