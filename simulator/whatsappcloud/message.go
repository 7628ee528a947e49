package whatsappcloud

import (
	"encoding/base64"
	"encoding/binary"
	"time"
)

// Kind says what a message is.
type Kind string

// The kinds of messages.
const (
	KindText        Kind = "text"
	KindPhoto       Kind = "image"
	KindVideo       Kind = "video"
	KindAudio       Kind = "audio"
	KindDocument    Kind = "document"
	KindSticker     Kind = "sticker"
	KindLocation    Kind = "location"
	KindContact     Kind = "contacts"
	KindInteractive Kind = "interactive" // with buttons, a list, a link or a request; of a person: what was picked
	KindButton      Kind = "button"      // a person pressed a template's button
	KindTemplate    Kind = "template"
	KindReaction    Kind = "reaction"
	KindOther       Kind = "unsupported"
)

// State is what became of a message of the program's.
type State string

// The states, in their order; failed instead of any.
const (
	Accepted  State = "accepted"
	Delivered State = "delivered"
	Read      State = "read"
	Failed    State = "failed"
)

// Message is one message of a chat as it stands. A Message is never changed after it was published: a new state makes a new one. Treat it and
// everything it points to as read-only.
type Message struct {
	ID           string
	FromBusiness bool
	Date         time.Time
	Kind         Kind
	Text         string // the text, the caption, or the body
	Media        *Media
	Location     *Location
	Contact      *Contact
	ReplyTo      string // the id of the message it answers, or ""
	Forwarded    bool
	Emoji        string // of a reaction, "" where it is taken back; of a sticker

	Buttons  []Button // reply buttons, or a template's
	List     *List
	Link     *Link
	Asks     string // "location_request_message" or "request_contact_info"
	Template string // the name of the template it was made of
	Picked   string // of a person: the id of the button or row

	State   State  // of the program's
	Tag     string // biz_opaque_callback_data
	Deleted bool
	Edited  bool
}

// Button is one reply button.
type Button struct {
	ID, Title string
}

// List is what opens below a message.
type List struct {
	Button string
	Rows   []Row
}

// Row is one row of a list.
type Row struct {
	ID, Title, Description string
}

// Link is a button that opens a page.
type Link struct {
	Label, URL string
}

// Location is a point in degrees.
type Location struct {
	Latitude, Longitude float64
	Name, Address       string
}

// Contact is a telephone number with a name.
type Contact struct {
	Phone, Name string
	WaID        string // digits, of somebody with WhatsApp
}

// messageID makes an id as the network's look.
func (s *Server) messageID() string {
	b := binary.BigEndian.AppendUint64([]byte{0x1c, 0x18, 0x0c}, uint64(s.ids.Add(1)))
	return "wamid.HBg" + base64.StdEncoding.EncodeToString(append(b, 0x15, 0x02, 0x00))
}
