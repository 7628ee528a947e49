package hotline

import (
	"slices"
	"strconv"
	"time"
)

// OutID numbers what goes out.
type OutID int64

// A Lane is how urgent an outgoing thing is; a smaller lane goes first.
type Lane int

// The lanes.
const (
	LaneEmergency Lane = 0
	LaneReply     Lane = 1
	LaneNotice    Lane = 2 // news of a case, cards for officers
	LaneBroadcast Lane = 3
)

// A Verb is what is to be done at the network.
type Verb string

// The verbs.
const (
	VerbSend   Verb = "send"
	VerbEdit   Verb = "edit"   // change what Out.Edits said earlier; where a channel cannot, it is said anew
	VerbAnswer Verb = "answer" // only answer a pressed button (a toast)
)

// An Ask is a help the channel may offer with a question.
type Ask string

// The asks.
const (
	AskNothing Ask = ""
	AskPlace   Ask = "place"
	AskContact Ask = "contact"
	AskDone    Ask = "done" // takes an earlier ask away
)

// A Line is one phrase of the catalogue with its arguments. What people read is drawn from it late, in the reader's language.
type Line struct {
	Key  string `json:"k"`
	Args Args   `json:"a,omitempty"`
}

// A Choice is one thing a reader can pick. URL makes it a link instead.
type Choice struct {
	Line
	Value string `json:"v,omitempty"` // comes back as Message.Choice, at most 64 bytes
	URL   string `json:"u,omitempty"`
}

// A Reply is the meaning of what is said; the channel draws it.
type Reply struct {
	Lines   []Line      `json:"l"`
	Choices [][]Choice  `json:"c,omitempty"` // rows
	Ask     Ask         `json:"ask,omitempty"`
	Media   []MediaID   `json:"m,omitempty"`  // sent along, stripped copies
	QR      string      `json:"qr,omitempty"` // sent along as the picture of a QR code that says this
	Shows   []ContentID `json:"s,omitempty"`  // the media of what was said are sent along too, read late, while they are kept
	Silent  bool        `json:"q,omitempty"`  // of those media, pictures alone: no voice, no film, no document that may name its writer
	Preview bool        `json:"-"`
}

// Say begins a reply with one phrase. Arguments come as name, value pairs.
func Say(key string, args ...any) Reply { return Reply{Lines: []Line{Phrase(key, args...)}} }

// And adds a phrase on a line of its own.
func (r Reply) And(key string, args ...any) Reply {
	r.Lines = append(r.Lines[:len(r.Lines):len(r.Lines)], Phrase(key, args...))
	return r
}

// With adds one row of choices.
func (r Reply) With(row ...Choice) Reply {
	r.Choices = append(r.Choices[:len(r.Choices):len(r.Choices)], row)
	return r
}

// Pick makes a choice with a label from the catalogue.
func Pick(value, key string, args ...any) Choice {
	return Choice{Line: Phrase(key, args...), Value: value}
}

// Phrase makes a line. It panics on an odd number of arguments or a name that is no string: a mistake of the program.
func Phrase(key string, args ...any) Line {
	l := Line{Key: key}
	if len(args) == 0 {
		return l
	}
	if len(args)%2 != 0 {
		panic("hotline.Phrase: odd arguments for " + key)
	}
	l.Args = make(Args, len(args)/2)
	for pair := range slices.Chunk(args, 2) {
		name, ok := pair[0].(string)
		if !ok {
			panic("hotline.Phrase: argument name is no string for " + key)
		}
		l.Args[name] = arg(pair[1])
	}
	return l
}

// Args are a phrase's arguments by name.
type Args map[string]Arg

// An Arg is one argument: what it is, and its value as text. Everything but "text" is put into words late, in the reader's language.
type Arg struct {
	Is string `json:"t"`
	V  string `json:"v"`
}

// The kinds of arguments.
const (
	ArgText     = "text"     // as it stands, written by a person
	ArgNumber   = "number"   // a whole number
	ArgTime     = "time"     // RFC 3339; drawn as day and time of the regency
	ArgDate     = "date"     // YYYY-MM-DD; drawn as a day
	ArgCategory = "category" // Category.ID
	ArgArea     = "area"     // Area.Code; drawn with its kecamatan
	ArgUnit     = "unit"     // Unit.ID; drawn as a name
	ArgAgency   = "agency"   // Agency.ID
	ArgCase     = "case"     // CaseID; drawn as its number
	ArgContent  = "content"  // ContentID; drawn as what was said, while it is kept
	ArgMap      = "map"      // ContentID; drawn as a new line with a link to its point on a map, or as nothing where it has none
	ArgPhone    = "phone"    // CaseID; drawn as a new line with whom to call about an emergency, for who goes there alone, or as nothing (see SeesPhone)
	ArgPerson   = "person"   // PersonID; drawn as the name, while it is kept
	ArgPhrase   = "phrase"   // a key without arguments
	ArgOptions  = "option"   // category/question/option ids joined by "/"
	ArgLanguage = "language" // Lang
	ArgService  = "service"  // Service.ID or Package.ID; drawn as its name
	ArgBring    = "bring"    // Service.ID; drawn as what to bring to it
)

// Typed values that Phrase understands as arguments, beside string, int, time.Time, CaseID, ContentID and PersonID.
type (
	// CategoryArg is drawn as the category's name.
	CategoryArg string
	// AreaArg is drawn as the area's name.
	AreaArg string
	// UnitArg is drawn as the unit's name.
	UnitArg string
	// AgencyArg is drawn as the agency's short name.
	AgencyArg string
	// PhraseArg is drawn as another phrase.
	PhraseArg string
	// OptionArg is drawn as an option's text: "category/question/option".
	OptionArg string
	// DateArg is drawn as a day: YYYY-MM-DD.
	DateArg string
	// ServiceArg is drawn as the name of a service, or of a package.
	ServiceArg string
	// BringArg is drawn as what to bring to a service.
	BringArg string
	// PhoneArg is drawn as the telephone number of whoever reported the case.
	PhoneArg CaseID
	// MapArg is drawn as a link to the place that was sent with what was said.
	MapArg ContentID
)

func arg(v any) Arg {
	switch v := v.(type) {
	case Arg:
		return v
	case string:
		return Arg{ArgText, v}
	case int:
		return Arg{ArgNumber, strconv.Itoa(v)}
	case time.Time:
		return Arg{ArgTime, v.Format(time.RFC3339)}
	case CaseID:
		return Arg{ArgCase, strconv.FormatInt(int64(v), 10)}
	case ContentID:
		return Arg{ArgContent, strconv.FormatInt(int64(v), 10)}
	case PhoneArg:
		return Arg{ArgPhone, strconv.FormatInt(int64(v), 10)}
	case MapArg:
		return Arg{ArgMap, strconv.FormatInt(int64(v), 10)}
	case PersonID:
		return Arg{ArgPerson, strconv.FormatInt(int64(v), 10)}
	case CategoryArg:
		return Arg{ArgCategory, string(v)}
	case AreaArg:
		return Arg{ArgArea, string(v)}
	case UnitArg:
		return Arg{ArgUnit, string(v)}
	case AgencyArg:
		return Arg{ArgAgency, string(v)}
	case PhraseArg:
		return Arg{ArgPhrase, string(v)}
	case OptionArg:
		return Arg{ArgOptions, string(v)}
	case DateArg:
		return Arg{ArgDate, string(v)}
	case ServiceArg:
		return Arg{ArgService, string(v)}
	case BringArg:
		return Arg{ArgBring, string(v)}
	case Lang:
		return Arg{ArgLanguage, string(v)}
	}
	panic("hotline.Phrase: an argument of a type that cannot be drawn")
}

// An Out is a reply on its way: to whom, how, when. Exactly one of To and Person is set.
type Out struct {
	To      AddressID // the address that wrote
	Person  PersonID  // or a person, at the address they last wrote from
	Verb    Verb      // empty: send
	Lane    Lane
	Reply   Reply
	Due     time.Time // service time; zero: at once
	Expires time.Time // service time; after it the thing is not worth sending; zero: never
	Asked   bool      // an answer to something the person sent
	Case    CaseID    // what it is about, so that a reply to it finds its case
	Assign  AssignmentID
	Slot    string // where an unsent thing with the same address and slot waits, this one takes its place and id
	Edits   string // VerbEdit: the slot name of the sent thing to change (see Card)
	Answers string // the callback this answers, at most one
	Here    bool   // for this address alone: it never goes by another of the person's
	Avoid   string // with Person: an account ("whatsapp/62…") that is not to carry it where the person has another
	Card    string // a name under which it can be edited later, unique per address: "offer:17"
}

// An Outgoing is an Out drawn in words, for a channel to hand to its network.
type Outgoing struct {
	ID      OutID
	Verb    Verb
	Peer    string
	Text    string // plain text; the channel escapes it for its network
	Choices [][]Button
	Ask     Ask
	AskText string // label of the ask's button
	Media   []Attachment
	Edits   string // the network's id of the message to change
	ReplyTo string
	Answers string // callback to answer first; with VerbAnswer Text is the toast
	Urgent  bool   // an emergency: no pace that a channel keeps by itself holds it up
	Pin     *Point // a place to send along, where a channel can

	// For a network that takes free words only for a time after the person wrote, and afterwards only templates it approved, told by their parts.
	Key    string            // the phrase that the reply begins with
	Args   map[string]string // that phrase's arguments, drawn in words
	Lang   Lang              // the language it is drawn in
	Closed bool              // that time is known to be over
}

// A Button is a drawn Choice.
type Button struct {
	Label string
	Value string
	URL   string
}

// An Attachment is a medium to send along.
type Attachment struct {
	Kind MediaKind
	Name string
	Mime string
	Data []byte
}

// A Receipt is what the network said of something sent.
type Receipt struct {
	Ref   string // the network's id of the message
	Later bool   // the network tells later whether it arrived: see Delivered
}

// Each gives every argument of the reply, those of its choices' labels too.
func (r Reply) Each(fn func(Arg)) {
	for _, l := range r.Lines {
		for _, a := range l.Args {
			fn(a)
		}
	}
	for _, row := range r.Choices {
		for _, c := range row {
			for _, a := range c.Args {
				fn(a)
			}
		}
	}
}
