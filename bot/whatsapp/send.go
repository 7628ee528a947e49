package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"

	"tanggap/hotline"
)

// How long things may take.
const (
	sendTime     = 75 * time.Second // one message, uploads included
	answerTime   = 40 * time.Second // until the network says that it has a message
	comeBackTime = 4 * time.Second  // how long a send waits for a connection that is just being made again
	courtesyTime = 3 * time.Second  // read marks and typing: nobody waits longer for them
)

// Send hands one thing to the network. Every error is a *hotline.SendError. What takes several messages goes on where it stopped when it is sent
// again after a trouble, as long as the program runs; sent again later it goes under the same ids, which the receiver's app ignores.
func (c *Channel) Send(ctx context.Context, out hotline.Outgoing) (hotline.Receipt, error) {
	receipt, err := c.send(ctx, out)
	if err != nil {
		return hotline.Receipt{}, sendError(err)
	}
	return receipt, nil
}

func (c *Channel) send(ctx context.Context, out hotline.Outgoing) (hotline.Receipt, error) {
	peer, err := types.ParseJID(out.Peer)
	if err != nil || !sendable(peer) {
		return hotline.Receipt{}, refusal(errPeer)
	}
	if out.Verb == hotline.VerbAnswer && clean(out.Text) == "" {
		return hotline.Receipt{}, nil // there is no button that turns
	}
	if err := c.ready(ctx); err != nil {
		return hotline.Receipt{}, err
	}
	quotes := out.ReplyTo
	if out.Verb == hotline.VerbEdit {
		// What was sent stays as it is: what is new is said below it.
		quotes = out.Edits
		before, err := c.sent(ctx, peer, out.Edits)
		if err != nil {
			return hotline.Receipt{}, err
		}
		if before != nil {
			var unchanged bool
			if out, unchanged = anew(out, textOf(before)); unchanged {
				return hotline.Receipt{Ref: out.Edits}, nil
			}
		}
	}
	list := steps(out, c.o.Polls && peer.Server != types.GroupServer)
	if len(list) == 0 {
		return hotline.Receipt{}, refusal(errors.New("nothing to say"))
	}
	c.courtesy(ctx, peer)
	return c.say(ctx, peer, out, list, quotes)
}

func refusal(why error) error {
	return &hotline.SendError{Trouble: hotline.TroubleRefused, Err: why}
}

func sendable(j types.JID) bool {
	switch j.Server {
	case types.HiddenUserServer, types.DefaultUserServer, types.GroupServer:
		return j.User != "" && j.Device == 0
	}
	return false
}

// ready waits a moment for a connection, and says why there is none.
func (c *Channel) ready(ctx context.Context) error {
	if c.connected() {
		return nil
	}
	if t, bad := c.troubled(); bad {
		return accountError(t)
	}
	ctx, cancel := context.WithTimeout(ctx, comeBackTime)
	defer cancel()
	for c.isRunning() && ctx.Err() == nil {
		if sleep(ctx, 50*time.Millisecond); c.connected() {
			return nil
		}
	}
	if t, bad := c.troubled(); bad {
		return accountError(t)
	}
	return errOffline
}

func (c *Channel) isRunning() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.running
}

// say sends the steps of a thing, one after the other.
func (c *Channel) say(ctx context.Context, peer types.JID, out hotline.Outgoing, list []step, quotes string) (hotline.Receipt, error) {
	done := c.parts.get(out.ID)
	var ref string
	for i, s := range list {
		id := c.client.GenerateMessageID()
		if out.ID != 0 {
			part := i + 1
			if s.main {
				part = 0
			}
			id = c.ids.id(out.ID, part)
		}
		if s.main {
			ref = id
		}
		if i < done {
			continue
		}
		if i > 0 {
			quotes = ""
		}
		if err := c.perform(ctx, peer, s, id, quotes, out); err != nil {
			if sendError(err).Trouble == hotline.TroubleRefused {
				c.parts.forget(out.ID)
			}
			return hotline.Receipt{}, err
		}
		if len(list) > 1 {
			c.parts.keep(out.ID, i+1)
		}
	}
	c.parts.forget(out.ID)
	return hotline.Receipt{Ref: ref}, nil
}

// perform sends one message.
func (c *Channel) perform(ctx context.Context, peer types.JID, s step, id, quotes string, out hotline.Outgoing) error {
	m, err := c.message(ctx, peer, s, quotes, out.Verb == hotline.VerbEdit)
	if err != nil {
		return err
	}
	if err := c.wait(ctx, c.pacer.next(c.now(), out.Peer, out.Urgent)); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	if err := c.ledger.keep(ctx, peer, id, m); err != nil {
		return err
	}
	select {
	case c.gate <- struct{}{}:
		defer func() { <-c.gate }()
	case <-ctx.Done():
		return ctx.Err()
	}
	release, err := c.keys.hold(ctx)
	if err != nil {
		return err
	}
	defer release()
	c.keys.watch(func(addresses ...string) {
		if len(addresses) == 0 { // all of them, at once
			release()
		}
	})
	_, err = c.client.SendMessage(sending(ctx), peer, m, whatsmeow.SendRequestExtra{ID: id, Timeout: answerTime})
	if errors.Is(err, whatsmeow.ErrMessageTimedOut) {
		c.tell(word{kind: dropped, text: "WhatsApp no longer answers"})
	}
	if err != nil && codeOf(err) == codeReachOut {
		c.alert(Trouble{Kind: TroubleRestricted})
	}
	if notThere(peer, err) {
		c.foundOut(ctx, peer)
		return &hotline.SendError{Trouble: hotline.TroubleGone, Err: harmless(err)}
	}
	return err
}

// wait keeps the pace. It ends early when the connection does: what waited is tried again on the next.
func (c *Channel) wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	s := c.current()
	if s == nil {
		return errOffline
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-s.ctx.Done():
		return errOffline
	case <-ctx.Done():
		return ctx.Err()
	}
}

// message makes the network's message of a step.
func (c *Channel) message(ctx context.Context, peer types.JID, s step, quotes string, edit bool) (*waE2E.Message, error) {
	with := c.quote(ctx, peer, quotes, edit)
	switch {
	case s.medium != nil:
		return c.upload(ctx, *s.medium, s.text, with)
	case s.pin != nil:
		return &waE2E.Message{LocationMessage: &waE2E.LocationMessage{DegreesLatitude: &s.pin.Lat, DegreesLongitude: &s.pin.Lng, ContextInfo: with}}, nil
	case len(s.options) > 0:
		poll := c.client.BuildPollCreation(s.text, s.options, 1)
		poll.PollCreationMessage.ContextInfo = with
		return poll, nil
	case with != nil:
		return &waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{Text: &s.text, ContextInfo: with}}, nil
	}
	return &waE2E.Message{Conversation: &s.text}, nil
}

// maxQuote is how much of a quoted message is shown with the quote, in runes.
const maxQuote = 200

// quote makes the reference to a message that is replied to; nil for none. The app shows what stands in it, so that it has to be found again: of ours
// in the library's store, of theirs in what came lately.
func (c *Channel) quote(ctx context.Context, peer types.JID, id string, edit bool) *waE2E.ContextInfo {
	if id == "" {
		return nil
	}
	id, author, _ := strings.Cut(id, "/")
	text, theirs := c.recent.said(peer.String(), id)
	if !theirs {
		if m, err := c.sent(ctx, peer, id); err == nil && m != nil {
			text, edit = textOf(m), true
		}
	}
	if edit { // it is ours
		author = c.lid.String()
	} else if author == "" {
		author = peer.String()
	}
	return &waE2E.ContextInfo{StanzaID: proto.String(id), Participant: proto.String(author),
		QuotedMessage: &waE2E.Message{Conversation: proto.String(clip(clean(text), maxQuote))}}
}

// upload sends a medium up and makes the message that carries it.
func (c *Channel) upload(ctx context.Context, a hotline.Attachment, caption string, with *waE2E.ContextInfo) (*waE2E.Message, error) {
	class := map[hotline.MediaKind]whatsmeow.MediaType{hotline.Photo: whatsmeow.MediaImage, hotline.Video: whatsmeow.MediaVideo,
		hotline.Voice: whatsmeow.MediaAudio}[a.Kind]
	if class == "" {
		class = whatsmeow.MediaDocument
	}
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	up, err := c.client.Upload(ctx, a.Data, class)
	if err != nil {
		return nil, fmt.Errorf("send a medium up: %w", harmless(err))
	}
	text := &caption
	if caption == "" {
		text = nil
	}
	mime := a.Mime
	switch a.Kind {
	case hotline.Photo:
		return &waE2E.Message{ImageMessage: &waE2E.ImageMessage{Caption: text, Mimetype: or(mime, "image/jpeg"), URL: &up.URL, DirectPath: &up.DirectPath,
			MediaKey: up.MediaKey, FileEncSHA256: up.FileEncSHA256, FileSHA256: up.FileSHA256, FileLength: &up.FileLength, ContextInfo: with}}, nil
	case hotline.Video:
		return &waE2E.Message{VideoMessage: &waE2E.VideoMessage{Caption: text, Mimetype: or(mime, "video/mp4"), URL: &up.URL, DirectPath: &up.DirectPath,
			MediaKey: up.MediaKey, FileEncSHA256: up.FileEncSHA256, FileSHA256: up.FileSHA256, FileLength: &up.FileLength, ContextInfo: with}}, nil
	case hotline.Voice:
		note := mime == "" || strings.HasPrefix(mime, "audio/ogg") || strings.HasPrefix(mime, "application/ogg")
		if note {
			mime = "audio/ogg; codecs=opus" // else the app does not play it
		}
		return &waE2E.Message{AudioMessage: &waE2E.AudioMessage{PTT: &note, Mimetype: &mime, URL: &up.URL, DirectPath: &up.DirectPath,
			MediaKey: up.MediaKey, FileEncSHA256: up.FileEncSHA256, FileSHA256: up.FileSHA256, FileLength: &up.FileLength, ContextInfo: with}}, nil
	}
	name := fileName(a)
	return &waE2E.Message{DocumentMessage: &waE2E.DocumentMessage{Caption: text, FileName: &name, Title: &name, Mimetype: or(mime, "application/octet-stream"),
		URL: &up.URL, DirectPath: &up.DirectPath, MediaKey: up.MediaKey, FileEncSHA256: up.FileEncSHA256, FileSHA256: up.FileSHA256,
		FileLength: &up.FileLength, ContextInfo: with}}, nil
}

func or(s, otherwise string) *string {
	if s == "" {
		return &otherwise
	}
	return &s
}

// courtesy marks as read what is about to be answered, and shows that an answer is being written. It is no harm if it fails.
func (c *Channel) courtesy(ctx context.Context, peer types.JID) {
	if peer.Server == types.GroupServer {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, c.courteous)
	defer cancel()
	if ids := c.recent.read(peer.String()); len(ids) > 0 {
		if err := c.client.MarkRead(ctx, ids, c.now(), peer, peer); err != nil {
			c.log.Debug("whatsapp: not marked as read", "error", harmless(err))
		}
	}
	if err := c.client.SendChatPresence(ctx, peer, types.ChatPresenceComposing, types.ChatPresenceMediaText); err != nil {
		c.log.Debug("whatsapp: typing is not shown", "error", harmless(err))
	}
}

// recent remembers, in memory alone, what came lately: which messages are to be marked as read, and the words of those that a reply may quote.
type recent struct {
	mu     sync.Mutex
	unread map[string][]string // chat -> ids
	words  map[string]string   // chat and id -> text
	order  []string            // of words, the oldest at next
	next   int
}

const (
	maxUnmarked = 50 // ids of one chat
	maxChats    = 5000
	maxRecent   = 4096
)

// says keeps the words of a message that is just coming in.
func (r *recent) says(e envelope, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.words == nil {
		r.words, r.order = map[string]string{}, make([]string, maxRecent)
	}
	key := e.Chat + " " + e.ID
	if _, again := r.words[key]; again {
		return
	}
	delete(r.words, r.order[r.next])
	r.order[r.next], r.words[key] = key, clip(text, maxQuote)
	r.next = (r.next + 1) % maxRecent
}

// came notes that a message was committed: from now on it may be marked as read.
func (r *recent) came(e envelope) {
	if e.Group {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.unread == nil || len(r.unread) > maxChats {
		r.unread = map[string][]string{}
	}
	ids := append(r.unread[e.Chat], e.ID)
	r.unread[e.Chat] = ids[max(len(ids)-maxUnmarked, 0):]
}

// read gives the ids of a chat that are not marked yet, once.
func (r *recent) read(chat string) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	ids := r.unread[chat]
	delete(r.unread, chat)
	return ids
}

func (r *recent) said(chat, id string) (string, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s, ok := r.words[chat+" "+id]
	return s, ok
}

// A progress remembers how many messages of things of several have gone, so that a trouble in their middle does not begin them anew.
type progress struct {
	mu sync.Mutex
	at map[hotline.OutID]int
}

// maxPartly bounds the memory; beyond it something is forgotten and, if it is tried again, sent twice under one id.
const maxPartly = 10_000

func (p *progress) get(id hotline.OutID) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.at[id]
}

func (p *progress) keep(id hotline.OutID, steps int) {
	if id == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.at == nil || len(p.at) >= maxPartly {
		p.at = make(map[hotline.OutID]int)
	}
	p.at[id] = steps
}

func (p *progress) forget(id hotline.OutID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.at, id)
}
