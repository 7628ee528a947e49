package hotline

import "time"

// InboxID numbers what came in, in the order of its arrival.
type InboxID int64

// A Raw is one thing that came from a network, whole, before anyone has understood it.
type Raw struct {
	Channel  Channel
	Account  string
	Peer     string // empty when not even that could be read: it is then set aside with its bytes
	Delivery string // what makes it the same thing when it comes twice: Telegram's update_id
	Body     []byte
}

// A MessageKind is what a message is.
type MessageKind string

// The kinds of messages.
const (
	MsgText     MessageKind = "text"
	MsgChoice   MessageKind = "choice"   // a button was pressed, a listed number typed
	MsgPin      MessageKind = "pin"      // a place on the map
	MsgMedia    MessageKind = "media"    // photo, video, voice, document; Text is its caption
	MsgContact  MessageKind = "contact"  // a telephone number
	MsgEdit     MessageKind = "edit"     // an earlier message was changed; Text is the new text, Ref the message
	MsgSticker  MessageKind = "sticker"  // says nothing in words
	MsgPoll     MessageKind = "poll"     // cannot be worked with
	MsgReaction MessageKind = "reaction" // Text is the emoji, empty where it was taken back; On the message it is about
	MsgDeleted  MessageKind = "deleted"  // an earlier message was taken back; Ref is that message
	MsgGarbled  MessageKind = "garbled"  // could not be decrypted, also when it was asked for again: the person may send it once more
	MsgOther    MessageKind = "other"    // something new the network can do
	MsgBlocked  MessageKind = "blocked"  // the person blocked us, or the group put us out: never answered
	MsgReturned MessageKind = "returned" // the person unblocked us: never answered
	MsgMoved    MessageKind = "moved"    // the network knows the person, or the group, by another name from now on: never answered
)

// A Message is something a person did at an address, as the channel understood it.
type Message struct {
	ID        InboxID
	Address   Address
	Kind      MessageKind
	At        time.Time // when the network says it was sent
	Ref       string    // the network's id of this message (of the changed one, for MsgEdit)
	Text      string    // as written, at most MaxText bytes; "/start CODE" and "/daftar CODE" come as text
	Choice    string    // MsgChoice: Choice.Value
	Callback  string    // what the network wants answered: a pressed button; through the Cloud API every message, which is shown as read then
	On        string    // MsgChoice: the network's id of the message that held the choice
	ReplyTo   string    // the network's id of the message replied to
	Forwarded bool
	Pin       *Point
	Media     *Media
	Contact   *Contact
	Name      string // how the network names the sender
	Moved     string // MsgMoved: the peer that the Address's is from now on
	Phone     string // the sender's telephone number (E.164) where the network vouches for it; many networks hide it
	Group     bool   // written in a chat of many: the Address is the chat's
	From      string // Group: who wrote, as a peer of the same account
	Language  Lang   // the network's guess; empty where unknown
}

// MaxText is how much of one message is read, in bytes. The raw row keeps the rest.
const MaxText = 16 << 10

// A MediaKind is what a medium is for a person.
type MediaKind string

// The kinds of media.
const (
	Photo    MediaKind = "photo"
	Video    MediaKind = "video"
	Voice    MediaKind = "voice"
	Document MediaKind = "document"
)

// MediaID names a stored medium.
type MediaID int64

// MaxMedia is the largest medium taken, in bytes.
const MaxMedia = 20 << 20

// A Media is a photo, video, voice note or document at the network, to be fetched from there.
type Media struct {
	Kind MediaKind
	Ref  string // the network's handle to fetch it
	Mime string // as claimed; the content decides
	Name string // file name as claimed
	Size int64  // bytes as claimed; 0 unknown
}

// A Contact is a telephone number somebody shared.
type Contact struct {
	Phone string
	Name  string
	Own   bool // the sender's own, as vouched for by the network
}

// A Conversation is where an address stands: opaque to everyone but package bot.
type Conversation struct {
	Address Address
	Person  Person
	Viewer  Viewer // the person's roles that hold now
	New     bool   // the first message ever from this address
	Block   *Block // the longest that holds of the person; nil: none
	State   []byte // JSON of package bot; nil at first
}
