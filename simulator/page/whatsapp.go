package page

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"tanggap/simulator/telegram"
	"tanggap/simulator/whatsapp"
)

// WhatsAppNetwork is a simulated WhatsApp on the page, with those of its people who talk to
// one number of ours. The server does not tell who is on it, so they are kept here.
type WhatsAppNetwork struct {
	server *whatsapp.Server
	number string // ours

	mu    sync.Mutex
	list  []*whatsapp.Person
	next  int               // for numbers of people who name none
	votes map[string]string // by who and which poll: a vote is sealed, also for whoever cast it
}

// Telephone lies on a table, for whoever wants to try how a device is linked.
const Telephone = "628112000112"

// WhatsApp is a simulated WhatsApp on the page. Number is ours there, in digits.
func WhatsApp(server *whatsapp.Server, number string) *WhatsAppNetwork {
	server.Account(Telephone)
	return &WhatsAppNetwork{server: server, number: number, votes: map[string]string{}}
}

// Add shows somebody who is on the network already.
func (n *WhatsAppNetwork) Add(p *whatsapp.Person) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.list = append(n.list, p)
}

// People gives those who are shown.
func (n *WhatsAppNetwork) People() []*whatsapp.Person {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.list)
}

func (*WhatsAppNetwork) name() string { return "WhatsApp" }

func (n *WhatsAppNetwork) people() []somebody {
	n.mu.Lock()
	defer n.mu.Unlock()
	var out []somebody
	for _, p := range n.list {
		out = append(out, whatsappPerson{p, n})
	}
	return out
}

// The ids on the page are the numbers behind a letter, apart from Telegram's.
const whatsappID = "w"

func (n *WhatsAppNetwork) find(id string) somebody {
	phone, ok := strings.CutPrefix(id, whatsappID)
	if !ok {
		return nil
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if i := slices.IndexFunc(n.list, func(p *whatsapp.Person) bool { return p.Phone() == phone }); i >= 0 {
		return whatsappPerson{n.list[i], n}
	}
	return nil
}

var errTaken = errors.New("the number is in use")

var errCode = errors.New("nobody shows such a code")

// link is what the owner of a telephone does to have a device linked to it: scans what the device shows, or types its eight letters. Another telephone
// than the one on the table is there as soon as it is named.
func (n *WhatsAppNetwork) link(phone, code string) error {
	if local, ok := strings.CutPrefix(phone, "0"); ok {
		phone = "62" + local
	}
	code = strings.TrimSpace(code)
	if len(phone) < 8 || code == "" {
		return errNothing
	}
	n.mu.Lock()
	somebodys := slices.ContainsFunc(n.list, func(p *whatsapp.Person) bool { return p.Phone() == phone })
	n.mu.Unlock()
	if somebodys || phone == n.number {
		return errTaken
	}
	n.server.Account(phone)
	do := n.server.EnterCode
	if strings.Contains(code, ",") {
		do = n.server.ScanQR
	}
	if err := do(phone, code); err != nil {
		return fmt.Errorf("%w: %w", errCode, err)
	}
	return nil
}

// How long somebody may take to come onto the network.
const entering = 20 * time.Second

// join makes somebody with a phone. Who names no number gets one.
func (n *WhatsAppNetwork) join(ctx context.Context, x newcomer) (somebody, error) {
	phone := x.phone
	if local, ok := strings.CutPrefix(phone, "0"); ok {
		phone = "62" + local
	}
	n.mu.Lock()
	for phone == "" {
		n.next++
		if made := fmt.Sprint(6285700010000 + n.next); n.server.LID(made) == "" {
			phone = made
		}
	}
	n.mu.Unlock()
	if n.server.LID(phone) != "" {
		return nil, errTaken
	}
	ctx, cancel := context.WithTimeout(ctx, entering)
	defer cancel()
	p, err := n.server.Person(ctx, whatsapp.PersonOptions{Name: x.name, Phone: phone, To: n.number})
	if err != nil {
		return nil, err
	}
	n.Add(p)
	return whatsappPerson{p, n}, nil
}

// file gives a medium: what it names is "w", the person's number, a hyphen, and the number
// of the message.
func (n *WhatsAppNetwork) file(ctx context.Context, id string) ([]byte, string, bool) {
	who, seq, ok := strings.Cut(id, "-")
	number, err := strconv.ParseInt(seq, 10, 64)
	p, found := n.find(who).(whatsappPerson)
	if !ok || err != nil || !found {
		return nil, "", false
	}
	r, ok := p.received(number)
	if !ok || r.Size == 0 {
		return nil, "", false
	}
	data, err := p.Download(ctx, r)
	if err != nil {
		return nil, "", false
	}
	kind, _, _ := strings.Cut(r.MIME, ";")
	return data, kind, true
}

type whatsappPerson struct {
	*whatsapp.Person
	network *WhatsAppNetwork
}

func (p whatsappPerson) guest() guest {
	g := guest{ID: whatsappID + p.Phone(), Name: p.Name()}
	if d := p.Phone(); d != "" {
		g.Colour = int64(d[len(d)-1]) & 7
	}
	if h := p.History(); len(h) > 0 {
		last := h[len(h)-1]
		g.Preview = snippet(kindOf(last.Kind), last.Text)
	}
	return g
}

// enter brings somebody onto the network who was made offline.
func (p whatsappPerson) enter(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, entering)
	defer cancel()
	return p.Connect(ctx)
}

func (p whatsappPerson) keyboard() *keyboard { return nil }

// all gives everything that happened in the chat so far.
func (p whatsappPerson) all() []whatsapp.Received {
	now, cancel := context.WithCancel(context.Background())
	cancel()
	list, err := p.Follow(now, 0)
	if err != nil {
		return nil // nothing yet
	}
	return list
}

func (p whatsappPerson) received(seq int64) (whatsapp.Received, bool) {
	list := p.all()
	i := slices.IndexFunc(list, func(r whatsapp.Received) bool { return r.Seq == seq })
	if i < 0 {
		return whatsapp.Received{}, false
	}
	return list[i], true
}

func (p whatsappPerson) room() room {
	r := room{seq: p.Seq(), us: plus(p.network.number), status: "akun WhatsApp", contact: true, newPhone: true}
	r.bubbles, _ = p.bubbles(p.all())
	return r
}

func plus(digits string) string { return "+" + digits }

func (p whatsappPerson) follow(ctx context.Context, after int64) ([]change, error) {
	news, err := p.Follow(ctx, after)
	if err != nil {
		return nil, err
	}
	_, by := p.bubbles(p.all())
	var out []change
	for _, r := range news {
		switch {
		case r.Kind == whatsapp.Typing:
			out = append(out, change{seq: r.Seq, kind: "acted"})
		case base(r.Kind) && by[r.ID] != nil:
			c := change{seq: r.Seq, kind: "sent", id: by[r.ID].ID, bubble: by[r.ID]}
			if r.Mine {
				c.kind = "said"
			}
			out = append(out, c)
		case by[about(r)] != nil:
			b := by[about(r)]
			out = append(out, change{seq: r.Seq, kind: "edited", id: b.ID, bubble: b})
		}
	}
	return out, nil
}

// base tells whether something is a message of its own, rather than what became of one.
func base(k whatsapp.Kind) bool {
	switch k {
	case whatsapp.Edit, whatsapp.Deletion, whatsapp.Reaction, whatsapp.Vote, whatsapp.Delivered, whatsapp.Read, whatsapp.Typing, whatsapp.NewIdentity:
		return false
	}
	return true
}

// about gives the id of the message that something is about.
func about(r whatsapp.Received) string {
	if r.Kind == whatsapp.Delivered || r.Kind == whatsapp.Read {
		return r.ID
	}
	return r.Refers
}

// The marks below one's own messages.
const (
	markSent    = "✓"
	markArrived = "✓✓"
	markRead    = "✓✓ dibaca"
)

// bubbles draws a chat: every message with what became of it. Also by id.
func (p whatsappPerson) bubbles(list []whatsapp.Received) ([]*bubble, map[string]*bubble) {
	var out []*bubble
	by := map[string]*bubble{}
	for _, r := range list {
		if base(r.Kind) {
			if by[r.ID] == nil { // a copy that comes again is not shown again
				by[r.ID] = p.bubble(r, by)
				out = append(out, by[r.ID])
			}
			continue
		}
		b := by[about(r)]
		if b == nil {
			continue
		}
		switch r.Kind {
		case whatsapp.Edit:
			b.Edited, b.Text, b.Body = true, r.Text, p.body(r.Text)
		case whatsapp.Deletion:
			*b = bubble{ID: b.ID, Ours: b.Ours, Kind: "text", At: b.At, Body: "<i>🚫 Pesan ini dihapus</i>", Text: "Pesan ini dihapus"}
		case whatsapp.Reaction:
			b.Reaction = r.Text
		case whatsapp.Delivered:
			if b.Mark == markSent {
				b.Mark = markArrived
			}
		case whatsapp.Read:
			if b.Mark != "" {
				b.Mark = markRead
			}
		}
	}
	return out, by
}

// kindOf gives the page's word for a kind of message.
func kindOf(k whatsapp.Kind) string {
	if k == whatsapp.Place {
		return "location"
	}
	return string(k)
}

func (p whatsappPerson) bubble(r whatsapp.Received, by map[string]*bubble) *bubble {
	b := &bubble{
		ID: r.Seq, Ours: !r.Mine, Kind: kindOf(r.Kind), At: r.At, Text: r.Text, Body: p.body(r.Text), Tools: []string{"reply"},
		BigEmoji: r.Kind == whatsapp.Text && emojiOnly(r.Text),
	}
	if r.Mine {
		b.Mark = markSent
		b.Tools = append(b.Tools, "delete")
		if r.Kind == whatsapp.Text {
			b.Tools = append(b.Tools, "edit")
		}
	}
	if r.Forward {
		b.From = "orang lain"
	}
	if r.Quotes != "" {
		b.Quote = "…"
		if q := by[r.Quotes]; q != nil {
			b.Quote, b.ReplyTo = snippet(q.Kind, q.Text), q.ID
		}
	}
	switch r.Kind {
	case whatsapp.Photo, whatsapp.Video, whatsapp.Voice, whatsapp.Audio, whatsapp.Document, whatsapp.Sticker:
		if r.Size == 0 { // from before this network began
			b.Body = template.HTML("<i>"+template.HTMLEscapeString(kinds[b.Kind])+", tidak tersimpan lagi</i> ") + b.Body //nolint:gosec // escaped, both
			b.Kind, b.Text = "text", snippet(string(r.Kind), r.Text)
			break
		}
		b.Media = &medium{
			Kind: string(r.Kind), File: whatsappID + p.Phone() + "-" + strconv.FormatInt(r.Seq, 10), Name: r.FileName, Size: r.Size, Emoji: "🏷",
		}
	case whatsapp.Place:
		b.Location = &location{Title: r.Place, Latitude: r.Lat, Longitude: r.Lng}
	case whatsapp.Contact:
		b.Contact = &contact{Name: r.Text, Phone: strings.Join(telephones.FindAllString(r.VCard, -1), ", ")}
		b.Body = ""
	case whatsapp.Poll:
		b.Poll = &poll{Question: r.Text, Options: r.Options, Open: !r.Mine, Chosen: p.chosen(r.ID)}
		b.Body = ""
	}
	if b.Body == "" {
		b.Text = ""
	}
	return b
}

var telephones = regexp.MustCompile(`\+[0-9][0-9 -]{6,20}`)

func (p whatsappPerson) do(ctx context.Context, a act) (err error) {
	message := ""
	if a.message != 0 {
		r, ok := p.received(a.message)
		if !ok {
			return whatsapp.ErrNoMessage
		}
		message = r.ID
	}
	switch a.what {
	case "send":
		switch {
		case strings.TrimSpace(a.text) == "":
			err = whatsapp.ErrEmpty
		case message != "":
			_, err = p.Reply(message, a.text)
		default:
			_, err = p.Say(a.text)
		}
	case "edit":
		_, err = p.Edit(message, a.text)
	case "delete":
		_, err = p.Delete(message)
	case "vote":
		err = p.vote(message, a.option)
	case "contact":
		_, err = p.ContactCard(p.Name(), plus(p.Phone()))
	case "pin":
		_, err = p.Pin(a.lat, a.lng)
	case "new-phone":
		ctx, cancel := context.WithTimeout(ctx, entering)
		defer cancel()
		err = p.NewPhone(ctx)
	case "sample-photo":
		_, err = p.Photo(telegram.SamplePhoto(int(time.Now().UnixMilli()), false), a.text)
	case "sample-voice":
		_, err = p.Voice(telegram.SampleVoice(int(time.Now().UnixMilli())), 5*time.Second)
	case "upload":
		err = p.upload(a)
	default:
		err = errForm
	}
	return err
}

// chosen gives how the person voted in a poll.
func (p whatsappPerson) chosen(poll string) string {
	p.network.mu.Lock()
	defer p.network.mu.Unlock()
	return p.network.votes[p.Phone()+" "+poll]
}

// vote chooses one option of a poll in place of the one before.
func (p whatsappPerson) vote(poll, option string) error {
	i := slices.IndexFunc(p.all(), func(r whatsapp.Received) bool { return r.ID == poll && r.Kind == whatsapp.Poll && !r.Mine })
	if i < 0 || !slices.Contains(p.all()[i].Options, option) {
		return errForm
	}
	before := p.chosen(poll)
	p.keep(poll, option) // before the vote: whoever hears of it draws the poll
	if _, err := p.Vote(poll, option); err != nil {
		p.keep(poll, before)
		return err
	}
	return nil
}

func (p whatsappPerson) keep(poll, option string) {
	p.network.mu.Lock()
	defer p.network.mu.Unlock()
	p.network.votes[p.Phone()+" "+poll] = option
}

// upload sends files, one after the other; WhatsApp puts the words below the first.
func (p whatsappPerson) upload(a act) (err error) {
	words := a.text
	for _, f := range a.files {
		kind := http.DetectContentType(f.data)
		switch {
		case a.as == "voice":
			_, err = p.Voice(f.data, lasts(f.data))
		case a.as == "photo" && film(f.data):
			_, err = p.Video(f.data, words)
		case a.as == "photo" && strings.HasPrefix(kind, "image/"):
			_, err = p.Photo(f.data, words)
		default:
			_, err = p.Document(f.name, f.data, words)
		}
		if err != nil {
			return err
		}
		words = ""
	}
	return nil
}

var (
	webLink = regexp.MustCompile(`https?://[^\s<>"]+`)
	// What WhatsApp draws of a text: *bold*, _italic_, ~struck~ and ```as typed```, each within a line and around whole words.
	marks = []struct {
		re  *regexp.Regexp
		tag string
	}{
		{regexp.MustCompile("```([^`\n]+)```"), "code"},
		{regexp.MustCompile(`(^|[\s(“])\*([^\s*](?:[^*\n]*[^\s*])?)\*`), "b"},
		{regexp.MustCompile(`(^|[\s(“])_([^\s_](?:[^_\n]*[^\s_])?)_`), "i"},
		{regexp.MustCompile(`(^|[\s(“])~([^\s~](?:[^~\n]*[^\s~])?)~`), "s"},
	}
)

// body draws a text as WhatsApp does. The text is escaped piece by piece; the only markup in
// the result is what is written here.
func (p whatsappPerson) body(text string) template.HTML {
	var b strings.Builder
	at := 0
	for _, m := range webLink.FindAllStringIndex(text, -1) {
		b.WriteString(marked(text[at:m[0]]))
		at = m[1]
		tag, attributes := anchor(p.link(text[m[0]:m[1]]))
		words := template.HTMLEscapeString(text[m[0]:m[1]])
		if tag == "" {
			b.WriteString(words)
			continue
		}
		b.WriteString("<" + tag + attributes + ">" + words + "</" + tag + ">")
	}
	b.WriteString(marked(text[at:]))
	return template.HTML(b.String()) //nolint:gosec // every text in it went through HTMLEscapeString
}

func marked(text string) string {
	s := template.HTMLEscapeString(text)
	for _, m := range marks {
		if m.tag == "code" {
			s = m.re.ReplaceAllString(s, "<code>$1</code>")
			continue
		}
		s = m.re.ReplaceAllString(s, "$1<"+m.tag+">$2</"+m.tag+">")
	}
	return s
}

// link gives where a link may lead, "" for nowhere. One to our own chat leads to this page,
// with its text ready to be sent.
func (p whatsappPerson) link(s string) string {
	u := safeLink(s)
	if u == nil {
		return ""
	}
	if u.Host == "wa.me" && strings.Trim(u.Path, "/") == p.network.number {
		return "chat?id=" + whatsappID + p.Phone() + "&start=" + url.QueryEscape(u.Query().Get("text"))
	}
	return u.String()
}
