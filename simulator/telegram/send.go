package telegram

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// The lengths of texts, in UTF-16 units after the markup was taken out.
const (
	maxText    = 4096
	maxCaption = 1024
)

// common reads what all sending methods share: the markup, the chat, what the message
// answers.
func (c *call) common(m *Message) (*Person, error) {
	k, err := c.markup(false)
	if err != nil {
		return nil, err
	}
	m.FromBot = true
	m.Buttons, m.Keyboard, m.KeyboardRemoved = k.buttons, k.keyboard, k.remove
	m.fixedMarkup = k.keyboard != nil || k.remove
	m.protected = c.boolean("protect_content")
	m.effect = c.req.text("message_effect_id")
	c.boolean("disable_notification")
	if c.integer("message_thread_id", 0) != 0 {
		return nil, bad("message thread not found")
	}
	p, err := c.chat()
	if err != nil {
		return nil, err
	}
	return p, c.limited(p)
}

var (
	replyKeys = setOf("message_id", "chat_id", "allow_sending_without_reply", "quote", "quote_parse_mode",
		"quote_entities", "quote_position", "checklist_task_id")
	previewKeys = setOf("is_disabled", "url", "prefer_small_media", "prefer_large_media", "show_above_text")
)

// reply finds the message that reply_parameters names; the caller holds the person's lock.
func (c *call) reply(p *Person, m *Message) error {
	raw, ok := c.req.lookup("reply_parameters")
	if !ok {
		return nil
	}
	n, err := parseJSON(raw)
	if err != nil || n.kind != kindObject {
		c.violation("reply_parameters", "not an object")
		return bad("can't parse reply parameters JSON object")
	}
	c.keys(&n, "reply_parameters", replyKeys)
	id, ok := n.integer("message_id")
	if !ok {
		c.violation("reply_parameters.message_id", "missing")
		return nil
	}
	if chat, ok := n.integer("chat_id"); ok && chat != p.id {
		return errNoChat
	}
	answered := p.find(int(id))
	if answered == nil || answered.Deleted {
		if n.flag("allow_sending_without_reply") {
			return nil
		}
		return bad("message to be replied not found")
	}
	if quote := n.str("quote"); quote != "" && !strings.Contains(answered.Text, quote) {
		return bad("QUOTE_TEXT_INVALID")
	}
	m.ReplyTo, m.answered = answered.ID, answered.alone()
	return nil
}

// deliver puts the message into the chat and its object into the answer.
func (c *call) deliver(p *Person, m *Message) error {
	p.mu.Lock()
	if err := p.reachable(); err != nil {
		p.mu.Unlock()
		return err
	}
	if err := c.reply(p, m); err != nil {
		p.mu.Unlock()
		return err
	}
	change := p.receive(m)
	p.mu.Unlock()
	c.out = m.append(c.out, p, false)
	p.watch(change)
	return nil
}

func sendMessage(c *call) error {
	m := &Message{Kind: KindText}
	var err error
	if m.Text, m.Entities, err = c.messageText(); err != nil {
		return err
	}
	if m.preview, err = c.preview(); err != nil {
		return err
	}
	p, err := c.common(m)
	if err != nil {
		return err
	}
	return c.deliver(p, m)
}

func (c *call) messageText() (string, []Entity, error) {
	text, entities, err := c.formatted("text", "parse_mode", "entities")
	if err != nil {
		return "", nil, err
	}
	if text == "" {
		return "", nil, bad("message text is empty")
	}
	if utf16Len(text) > maxText {
		return "", nil, bad("message is too long")
	}
	return text, entities, nil
}

func (c *call) preview() ([]byte, error) {
	raw, ok := c.req.lookup("link_preview_options")
	if !ok {
		return nil, nil
	}
	n, err := parseJSON(raw)
	if err != nil || n.kind != kindObject {
		c.violation("link_preview_options", "not an object")
		return nil, bad("can't parse link preview options JSON object")
	}
	c.keys(&n, "link_preview_options", previewKeys)
	if len(n.keys) == 0 {
		return nil, nil
	}
	return append([]byte(nil), raw...), nil
}

func (c *call) caption() (string, []Entity, error) {
	text, entities, err := c.formatted("caption", "parse_mode", "caption_entities")
	if err != nil {
		return "", nil, err
	}
	if utf16Len(text) > maxCaption {
		return "", nil, bad("MEDIA_CAPTION_TOO_LONG")
	}
	return text, entities, nil
}

func sendMedia(kind Kind) func(*call) error {
	return func(c *call) error {
		m := &Message{Kind: kind}
		var err error
		if m.Text, m.Entities, err = c.caption(); err != nil {
			return err
		}
		p, err := c.common(m)
		if err != nil {
			return err
		}
		// A file that nobody will get is not stored.
		if err := p.checkReachable(); err != nil {
			return err
		}
		if m.Media, err = c.uploaded(kind, string(kind)); err != nil {
			return err
		}
		if w, h := c.integer("width", 0), c.integer("height", 0); kind == KindVideo && w > 0 && h > 0 {
			m.Media.Width, m.Media.Height = int(w), int(h)
		}
		m.Media.Title = c.req.text("title")
		m.captionTop, m.spoiler = c.boolean("show_caption_above_media"), c.boolean("has_spoiler")
		return c.deliver(p, m)
	}
}

func (c *call) location() (*Location, error) {
	lat, ok := c.float("latitude")
	if !ok {
		return nil, bad("latitude is empty")
	}
	lng, ok := c.float("longitude")
	if !ok {
		return nil, bad("longitude is empty")
	}
	if !(lat >= -90 && lat <= 90 && lng >= -180 && lng <= 180) {
		return nil, bad("wrong latitude or longitude specified")
	}
	return &Location{Latitude: lat, Longitude: lng}, nil
}

func sendLocation(c *call) error {
	m := &Message{Kind: KindLocation}
	var err error
	if m.Location, err = c.location(); err != nil {
		return err
	}
	p, err := c.common(m)
	if err != nil {
		return err
	}
	return c.deliver(p, m)
}

func sendVenue(c *call) error {
	m := &Message{Kind: KindVenue}
	var err error
	if m.Location, err = c.location(); err != nil {
		return err
	}
	m.Location.Title, m.Location.Address = c.req.text("title"), c.req.text("address")
	if m.Location.Title == "" || m.Location.Address == "" {
		return bad("VENUE_TITLE_EMPTY")
	}
	p, err := c.common(m)
	if err != nil {
		return err
	}
	return c.deliver(p, m)
}

func sendContact(c *call) error {
	m := &Message{Kind: KindContact, Contact: &Contact{
		Phone: c.req.text("phone_number"), FirstName: c.req.text("first_name"), LastName: c.req.text("last_name"),
	}}
	if m.Contact.Phone == "" {
		return bad("phone_number is empty")
	}
	if m.Contact.FirstName == "" {
		return bad("first_name is empty")
	}
	p, err := c.common(m)
	if err != nil {
		return err
	}
	return c.deliver(p, m)
}

var mediaKeys = setOf("type", "media", "caption", "parse_mode", "caption_entities", "show_caption_above_media", "has_spoiler",
	"thumbnail", "cover", "start_timestamp", "width", "height", "duration", "supports_streaming", "performer", "title",
	"disable_content_type_detection")

var albumKinds = map[string]Kind{"photo": KindPhoto, "video": KindVideo, "audio": KindAudio, "document": KindDocument}

func sendMediaGroup(c *call) error {
	raw, ok := c.req.lookup("media")
	if !ok {
		return bad("there are no messages to send")
	}
	list, err := parseJSON(raw)
	if err != nil || list.kind != kindArray {
		return bad("can't parse media JSON object")
	}
	switch {
	case len(list.items) == 0:
		return bad("there are no messages to send")
	case len(list.items) > 10:
		return bad("too many messages to send as an album")
	case len(list.items) == 1:
		c.violation("media", "an album has 2 to 10 items")
	}
	album := make([]*Message, len(list.items))
	kinds := make(map[Kind]bool)
	for i := range list.items {
		if album[i], err = c.albumItem(&list.items[i], at("media", i)); err != nil {
			return err
		}
		kinds[album[i].Kind] = true
	}
	if (kinds[KindDocument] || kinds[KindAudio]) && len(kinds) > 1 {
		return bad("document and audio files can't be mixed with other media types in an album")
	}
	p, err := c.common(&Message{})
	if err != nil {
		return err
	}
	if err := p.checkReachable(); err != nil {
		return err
	}
	group := ""
	if len(album) > 1 {
		group = c.s.albumID()
	}
	for i := range list.items {
		if album[i].Media, err = c.referred(album[i].Kind, list.items[i].str("media")); err != nil {
			return err
		}
		album[i].FromBot, album[i].Album, album[i].protected = true, group, c.boolean("protect_content")
	}
	p.mu.Lock()
	if err := p.reachable(); err != nil {
		p.mu.Unlock()
		return err
	}
	if err := c.reply(p, album[0]); err != nil {
		p.mu.Unlock()
		return err
	}
	changes := make([]Change, len(album))
	for i, m := range album {
		changes[i] = p.receive(m)
	}
	p.mu.Unlock()
	c.out = append(c.out, '[')
	for i, m := range album {
		if i > 0 {
			c.out = append(c.out, ',')
		}
		c.out = m.append(c.out, p, false)
	}
	c.out = append(c.out, ']')
	for _, change := range changes {
		p.watch(change)
	}
	return nil
}

func (c *call) albumItem(n *node, path string) (*Message, error) {
	if n.kind != kindObject {
		return nil, bad("can't parse InputMedia: expected an Object")
	}
	c.keys(n, path, mediaKeys)
	kind, ok := albumKinds[n.str("type")]
	if !ok {
		return nil, bad("type %q is unallowed in an album", clip(n.str("type"), 20))
	}
	if n.str("media") == "" {
		return nil, bad("can't parse InputMedia: media not found")
	}
	var entities []node
	if v, ok := n.get("caption_entities"); ok {
		entities = v.items
	}
	m := &Message{Kind: kind}
	var err error
	if m.Text, m.Entities, err = c.format(n.str("caption"), n.str("parse_mode"), entities, path+".caption"); err != nil {
		return nil, err
	}
	if utf16Len(m.Text) > maxCaption {
		return nil, bad("MEDIA_CAPTION_TOO_LONG")
	}
	return m, nil
}

func (s *Server) albumID() string { return strconv.FormatInt(s.albums.Add(1), 10) }

// target finds the bot's message that an edit names; the caller holds no lock.
func (c *call) target() (*Person, int, error) {
	if c.req.text("inline_message_id") != "" {
		return nil, 0, bad("MESSAGE_ID_INVALID")
	}
	p, err := c.chat()
	if err != nil {
		return nil, 0, err
	}
	id := c.integer("message_id", 0)
	if id <= 0 {
		return nil, 0, bad("message identifier is not specified")
	}
	return p, int(id), c.limited(p)
}

var errNotModified = bad("message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message")

// edit puts a changed copy in the place of a message. change alters the copy, or refuses.
func (c *call) edit(change func(m *Message) error) error {
	k, err := c.markup(true)
	if err != nil {
		return err
	}
	p, id, err := c.target()
	if err != nil {
		return err
	}
	p.mu.Lock()
	old := p.find(id)
	if err := editable(old); err != nil {
		p.mu.Unlock()
		return err
	}
	// Somebody who blocked the bot does not see edits either.
	if err := p.reachable(); err != nil {
		p.mu.Unlock()
		return err
	}
	m := *old
	m.Buttons = k.buttons
	if err := change(&m); err != nil {
		p.mu.Unlock()
		return err
	}
	if m.Text == old.Text && sameEntities(m.Entities, old.Entities) && sameButtons(m.Buttons, old.Buttons) && string(m.preview) == string(old.preview) && m.captionTop == old.captionTop {
		p.mu.Unlock()
		return errNotModified
	}
	m.EditDate = c.s.now()
	if !c.s.opts.Quiet {
		m.Revisions = append(old.Revisions[:len(old.Revisions):len(old.Revisions)],
			Revision{Until: m.EditDate, Text: old.Text, Entities: old.Entities, Buttons: old.Buttons})
		// A message that is edited for ever keeps its newest hundred states.
		m.Revisions = m.Revisions[max(len(m.Revisions)-100, 0):]
	}
	p.replace(&m)
	news := p.changed(Change{Kind: Edited, Message: &m})
	p.mu.Unlock()
	c.out = m.append(c.out, p, false)
	p.watch(news)
	return nil
}

func editable(m *Message) error {
	switch {
	case m == nil || m.Deleted:
		return bad("message to edit not found")
	case !m.FromBot || m.fixedMarkup || m.Forward != nil:
		return bad("message can't be edited")
	}
	return nil
}

func editMessageText(c *call) error {
	text, entities, err := c.messageText()
	if err != nil {
		return err
	}
	preview, err := c.preview()
	if err != nil {
		return err
	}
	return c.edit(func(m *Message) error {
		if m.Kind != KindText {
			return bad("there is no text in the message to edit")
		}
		m.Text, m.Entities, m.preview = text, entities, preview
		return nil
	})
}

func editMessageCaption(c *call) error {
	text, entities, err := c.caption()
	if err != nil {
		return err
	}
	top := c.boolean("show_caption_above_media")
	return c.edit(func(m *Message) error {
		if m.Media == nil || m.Kind == KindSticker {
			return bad("there is no caption in the message to edit")
		}
		m.Text, m.Entities, m.captionTop = text, entities, top
		return nil
	})
}

func editMessageReplyMarkup(c *call) error {
	return c.edit(func(*Message) error { return nil })
}

// How long after it was sent a message can be deleted.
const deletable = 48 * time.Hour

func deleteMessage(c *call) error {
	p, err := c.chat()
	if err != nil {
		return err
	}
	id := c.integer("message_id", 0)
	if id <= 0 {
		return bad("message identifier is not specified")
	}
	if err := c.remove(p, int(id)); err != nil {
		return err
	}
	return yes(c)
}

func deleteMessages(c *call) error {
	p, err := c.chat()
	if err != nil {
		return err
	}
	ids, err := c.messageIDs("message_ids")
	if err != nil {
		return err
	}
	for _, id := range ids {
		var refusal *apiError
		// Those that are not there are passed over.
		if err := c.remove(p, id); err != nil && !errors.As(err, &refusal) {
			return err
		}
	}
	return yes(c)
}

func (c *call) remove(p *Person, id int) error {
	p.mu.Lock()
	old := p.find(id)
	if old == nil || old.Deleted {
		p.mu.Unlock()
		return bad("message to delete not found")
	}
	if c.s.now().Sub(old.Date) > deletable {
		p.mu.Unlock()
		return bad("message can't be deleted for everyone")
	}
	m := *old
	m.Deleted = true
	p.replace(&m)
	change := p.changed(Change{Kind: Deleted, Message: &m})
	p.mu.Unlock()
	p.watch(change)
	return nil
}
