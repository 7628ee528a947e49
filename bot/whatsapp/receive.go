package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"tanggap/hotline"
)

// putTime is how long one commit to the inbox may take.
const putTime = 20 * time.Second

// mostStumbles is how often the program may break over one message before that message is put aside as unreadable: else it would come for ever, and
// hold up everybody behind it.
const mostStumbles = 3

// handle hears everything that the library tells. False, for a message, means that it was not taken: the network is not told that it arrived.
func (c *Channel) handle(evt any) (taken bool) {
	defer func() {
		// The library would take a panic for success.
		if r := recover(); r != nil {
			c.log.Error("whatsapp: panic in the handler", "event", fmt.Sprintf("%T", evt), "error", panicked(r), "stack", string(debug.Stack()))
			taken = c.stumbled(evt)
		}
	}()
	switch e := evt.(type) {
	case *events.Message:
		return c.receive(e)
	case *events.UndecryptableMessage:
		c.unreadable(e)
	case *events.Receipt:
		c.receipt(e)
	case *events.MediaRetry:
		c.media.answered(e)
	case *events.NotifyAccountReachoutTimelock:
		c.restricted(e)
	case *events.OfflineSyncPreview, *events.OfflineSyncCompleted:
		c.backlog(evt)
	case *events.GroupInfo:
		return c.groupChanged(e)
	default:
		c.connection(evt)
	}
	return true
}

// connection passes on to Run what is told of the connection itself.
func (c *Channel) connection(evt any) {
	switch e := evt.(type) {
	case *events.Connected:
		c.tell(word{kind: connected})
	case *events.Disconnected:
		if !c.client.IsConnected() { // else it is news of an older connection
			c.tell(word{kind: dropped, text: "the connection to WhatsApp was lost"})
		}
	case *events.ManualLoginReconnect:
		c.tell(word{kind: dropped, text: "WhatsApp asks to connect again"})
	case *events.KeepAliveTimeout:
		if e.ErrorCount >= pingsMissed {
			c.tell(word{kind: dropped, text: "WhatsApp no longer answers"})
		}
	case *events.StreamReplaced:
		c.tell(word{kind: replaced})
	case *events.LoggedOut:
		text := ""
		if e.OnConnect {
			text = e.Reason.String()
		}
		c.tell(word{kind: loggedOut, text: text})
	case *events.TemporaryBan:
		w := word{kind: banned, text: e.Code.String()}
		if e.Expire > 0 {
			w.until = c.now().Add(e.Expire)
		}
		c.tell(w)
	case *events.ClientOutdated:
		c.tell(word{kind: outdated})
	case *events.ConnectFailure:
		c.tell(word{kind: refused, text: e.Reason.String()})
	}
}

// receive takes one message: it is committed to the inbox, or false.
func (c *Channel) receive(e *events.Message) bool {
	if e.Info.IsFromMe {
		if e.Info.Sender.Device == 0 {
			c.sawTelephone()
		}
		return true
	}
	if !ours(e.Info.MessageSource) || keysOnly(e.Message) || e.Info.Chat.Server == types.GroupServer && !c.hears(e.Info.Chat, e.Message) {
		return true
	}
	s := c.current()
	if s == nil || !s.enter() {
		return false
	}
	defer s.leave()
	if !s.takes() {
		return false
	}
	env, err := c.envelope(s.ctx, e)
	if err != nil {
		c.refuse("a message cannot be looked into", err)
		return false
	}
	if e.UnavailableRequestID != "" {
		// What the telephone sends again is acknowledged whatever we say: it must be taken now.
		return c.insist(s.ctx, env)
	}
	c.recent.says(env, textOf(e.Message)) // before it is committed: the answer may come in the next moment, and quotes it
	if err := c.put(s.ctx, env); err != nil {
		c.refuse("the inbox takes nothing; messages wait at the network", err)
		return false
	}
	c.unread.forget(env.ID)
	c.recent.came(env)
	c.forgive(env.ID)
	return true
}

// ours tells whether a message is one that we take: from a person, directly or in a group.
func ours(src types.MessageSource) bool {
	switch src.Chat.Server {
	case types.HiddenUserServer, types.DefaultUserServer, types.GroupServer:
	default:
		return false // status updates, broadcast lists, channels
	}
	switch src.Sender.Server {
	case types.HiddenUserServer, types.DefaultUserServer:
	default:
		return false
	}
	return !src.Sender.IsBot() && src.Sender.User != "" && src.Sender.User != types.PSAJID.User && !src.IsIncomingBroadcast()
}

// keysOnly tells whether a message only brings the keys of a group, which the library has taken. In a group such a one comes before the first message
// of everybody, under the very id of that message: it must not take its place in the inbox.
func keysOnly(m *waE2E.Message) bool {
	only := m.GetSenderKeyDistributionMessage() != nil || m.GetFastRatchetKeySenderKeyDistributionMessage() != nil
	m.ProtoReflect().Range(func(f protoreflect.FieldDescriptor, _ protoreflect.Value) bool {
		switch f.Name() {
		case "senderKeyDistributionMessage", "fastRatchetKeySenderKeyDistributionMessage", "messageContextInfo":
		default:
			only = false
		}
		return only
	})
	return only
}

// envelope makes the envelope of a message. An error means that the database could not be asked.
func (c *Channel) envelope(ctx context.Context, e *events.Message) (envelope, error) {
	from, phone, err := c.names(ctx, e.Info.Sender, e.Info.SenderAlt)
	if err != nil {
		return envelope{}, err
	}
	peer := e.Info.Chat
	if peer.Server != types.GroupServer {
		peer = from
	}
	body := e.RawMessage
	if body == nil {
		body = e.Message
	}
	if inner, err := c.client.DecryptSecretEncryptedMessage(ctx, e); err == nil {
		body = resealed(e.Message.GetSecretEncryptedMessage(), inner)
	} else if ofDatabase(err) {
		return envelope{}, err
	}
	env, err := sealed(&e.Info, peer, from, phone, body)
	if err != nil {
		return env, err
	}
	env.About = c.aboutOurs(e.Message)
	if e.Message.GetPollUpdateMessage() != nil {
		if env.Vote, err = c.vote(ctx, e, peer); err != nil {
			return env, err
		}
	}
	return env, nil
}

// resealed gives an edit that came under a seal of its own the shape of any other.
func resealed(sealed *waE2E.SecretEncryptedMessage, inner *waE2E.Message) *waE2E.Message {
	if plain, _ := unwrap(inner); plain.GetProtocolMessage() != nil || sealed.GetSecretEncType() != waE2E.SecretEncryptedMessage_MESSAGE_EDIT {
		return inner
	}
	return &waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{Type: waE2E.ProtocolMessage_MESSAGE_EDIT.Enum(), Key: sealed.GetTargetMessageKey(),
		EditedMessage: inner}}
}

// names gives a person's LID, and their telephone number where it is known. Without a LID the number has to stand for the person.
func (c *Channel) names(ctx context.Context, sender, alt types.JID) (lid, phone types.JID, err error) {
	for _, j := range []types.JID{sender.ToNonAD(), alt.ToNonAD()} {
		switch j.Server {
		case types.HiddenUserServer:
			lid = j
		case types.DefaultUserServer:
			phone = j
		}
	}
	if lid.IsEmpty() {
		if lid, err = c.device.LIDs.GetLIDForPN(ctx, phone); err != nil {
			return lid, phone, fmt.Errorf("find a person: %w", harmless(err))
		}
		if lid.IsEmpty() {
			lid = phone
		}
	}
	if phone.IsEmpty() {
		if phone, err = c.device.LIDs.GetPNForLID(ctx, lid); err != nil {
			return lid, phone, fmt.Errorf("find a person's number: %w", harmless(err))
		}
	}
	return lid.ToNonAD(), phone.ToNonAD(), nil
}

// aboutOurs gives the message of ours that a quote, a reaction or a vote is about, if it is one of several that belong together: the one that stands
// for them.
func (c *Channel) aboutOurs(m *waE2E.Message) string {
	id := m.GetReactionMessage().GetKey().GetID()
	if id == "" {
		id = m.GetPollUpdateMessage().GetPollCreationMessageKey().GetID()
	}
	if id == "" {
		id = contextOf(m).GetStanzaID()
	}
	return identifier(c.ids.whole(id))
}

// vote reads a vote on a poll of ours: the options chosen, in words. One whose words are forgotten is empty. nil: none is chosen, or it is not ours.
func (c *Channel) vote(ctx context.Context, e *events.Message, peer types.JID) ([]string, error) {
	v, err := c.client.DecryptPollVote(ctx, e)
	if ofDatabase(err) {
		return nil, fmt.Errorf("read a vote: %w", harmless(err))
	}
	if err != nil {
		return nil, nil //nolint:nilerr // on somebody else's poll
	}
	poll, err := c.sent(ctx, peer, e.Message.GetPollUpdateMessage().GetPollCreationMessageKey().GetID())
	if err != nil {
		return nil, fmt.Errorf("read a vote: %w", harmless(err))
	}
	var options []string
	for _, o := range poll.GetPollCreationMessage().GetOptions() {
		options = append(options, o.GetOptionName())
	}
	hashes := whatsmeow.HashPollOptions(options)
	var chosen []string
	for _, h := range v.GetSelectedOptions() {
		words := ""
		for i := range hashes {
			if string(hashes[i]) == string(h) {
				words = options[i]
			}
		}
		chosen = append(chosen, words)
	}
	return chosen, nil
}

// sent gives something we sent in the last days, as long as the library keeps it for whoever could not read it; nil: it is not known.
func (c *Channel) sent(ctx context.Context, peer types.JID, id string) (*waE2E.Message, error) {
	if id == "" {
		return nil, nil
	}
	var alt types.JID
	if peer.Server == types.HiddenUserServer {
		alt, _ = c.device.LIDs.GetPNForLID(ctx, peer) // a second place to look in
	}
	_, raw, err := c.device.EventBuffer.GetOutgoingEvent(ctx, peer, alt, id)
	if ofDatabase(err) {
		return nil, err
	}
	var m waE2E.Message
	if err != nil || proto.Unmarshal(raw, &m) != nil {
		return nil, nil //nolint:nilerr // there is none
	}
	return &m, nil
}

// put commits one message.
func (c *Channel) put(ctx context.Context, e envelope) error {
	if c.o.Inbox == nil {
		return errors.New("no inbox")
	}
	raw, err := e.raw(c.number)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, putTime)
	defer cancel()
	return c.o.Inbox.Put(ctx, []hotline.Raw{raw})
}

// insist commits one message however often it takes, for as long as the library waits for a handler.
func (c *Channel) insist(ctx context.Context, e envelope) bool {
	ctx, cancel := context.WithTimeout(ctx, 4*time.Minute)
	defer cancel()
	for tries := 0; ctx.Err() == nil; tries++ {
		if c.put(ctx, e) == nil {
			c.unread.forget(e.ID)
			return true
		}
		sleep(ctx, jittered(pauseLeast, tries, pauseInbox))
	}
	return false
}

// stumbled counts a message that the program broke over, and puts it aside when that was often enough.
func (c *Channel) stumbled(evt any) (taken bool) {
	e, ok := evt.(*events.Message)
	if !ok {
		return true
	}
	c.mu.Lock()
	if len(c.stumbles) > 1000 {
		clear(c.stumbles)
	}
	c.stumbles[e.Info.ID]++
	n := c.stumbles[e.Info.ID]
	c.mu.Unlock()
	if n < mostStumbles {
		c.refuse("the program broke over a message", nil)
		return false
	}
	s := c.current()
	if s == nil || !s.enter() {
		return false
	}
	defer s.leave()
	if !s.takes() {
		return false
	}
	if err := c.garbled(s.ctx, &e.Info); err != nil {
		c.refuse("the inbox takes nothing; messages wait at the network", err)
		return false
	}
	c.forgive(e.Info.ID)
	return true
}

func (c *Channel) forgive(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.stumbles, id)
}

// garbled puts into the inbox that there was a message which nobody can read.
func (c *Channel) garbled(ctx context.Context, info *types.MessageInfo) error {
	return c.putBare(ctx, info, nil)
}

func (c *Channel) putBare(ctx context.Context, info *types.MessageInfo, body *waE2E.Message) error {
	from, phone, err := c.names(ctx, info.Sender, info.SenderAlt)
	if err != nil {
		return err
	}
	peer := info.Chat
	if peer.Server != types.GroupServer {
		peer = from
	}
	e, err := sealed(info, peer, from, phone, body)
	if err != nil {
		return err
	}
	return c.put(ctx, e)
}

// receipt passes on what became of something we sent, and takes a sign of life of our own telephone.
func (c *Channel) receipt(e *events.Receipt) {
	if e.IsFromMe {
		if e.Sender.Device == 0 {
			c.sawTelephone()
		}
		return
	}
	if e.IsGroup || c.o.Delivered == nil {
		return
	}
	var state string
	switch e.Type {
	case types.ReceiptTypeDelivered, types.ReceiptTypeInactive:
		state = "delivered"
	case types.ReceiptTypeRead, types.ReceiptTypePlayed:
		state = "read"
	default:
		return
	}
	var list []hotline.Delivered
	for _, id := range e.MessageIDs {
		if c.ids.whole(id) == id { // of several that belong together, the one that stands for them
			list = append(list, hotline.Delivered{Ref: identifier(id), State: state, At: e.Timestamp})
		}
	}
	if len(list) > 0 {
		c.o.Delivered(list)
	}
}

// restricted hears that WhatsApp no longer lets us write to people first, or does again.
func (c *Channel) restricted(e *events.NotifyAccountReachoutTimelock) {
	if !e.IsActive {
		c.over(TroubleRestricted)
		return
	}
	c.alert(Trouble{Kind: TroubleRestricted, Until: e.TimeEnforcementEnds.Time, Detail: bounded(tidy(e.EnforcementType), 64)})
}

// unreadable are the messages that came and could not be decrypted. The library asks their senders for them again; those that never come are told of
// in the end, so that the person hears of it.
type unreadable struct {
	mu       sync.Mutex
	patience time.Duration // 0: unreadFor
	list     map[string]*unreadMessage
}

type unreadMessage struct {
	info  types.MessageInfo
	tries int
	since time.Time
}

const (
	unreadFor  = 2 * time.Minute
	unreadMost = 5 // the library asks four times
	maxUnread  = 1000
)

func (u *unreadable) every() time.Duration {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.patience > 0 {
		return u.patience
	}
	return tickEvery
}

func (u *unreadable) forget(id string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.list, id)
}

// note counts one more failure, and tells whether it was the last.
func (u *unreadable) note(info types.MessageInfo, now time.Time) (last bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	m := u.list[info.ID]
	if m == nil {
		if u.list == nil || len(u.list) >= maxUnread {
			u.list = map[string]*unreadMessage{}
		}
		m = &unreadMessage{info: info, since: now}
		u.list[info.ID] = m
	}
	m.tries++
	return m.tries >= unreadMost
}

// late gives the messages that have been waited for long enough.
func (u *unreadable) late(now time.Time) (list []types.MessageInfo) {
	u.mu.Lock()
	defer u.mu.Unlock()
	patience := unreadFor
	if u.patience > 0 {
		patience = u.patience
	}
	for _, m := range u.list {
		if m.tries >= unreadMost || now.Sub(m.since) >= patience {
			list = append(list, m.info)
		}
	}
	return list
}

// unreadable hears of a message that could not be decrypted.
func (c *Channel) unreadable(e *events.UndecryptableMessage) {
	if e.Info.IsFromMe || !ours(e.Info.MessageSource) || e.Info.IsGroup || e.DecryptFailMode == events.DecryptFailHide {
		return
	}
	s := c.current()
	if s == nil || !s.enter() {
		return
	}
	defer s.leave()
	if e.UnavailableType == events.UnavailableTypeViewOnce {
		// Meant to be seen once, on the telephone: no linked device is given it.
		if err := c.putBare(s.ctx, &e.Info, &waE2E.Message{ViewOnceMessage: &waE2E.FutureProofMessage{Message: &waE2E.Message{ImageMessage: &waE2E.ImageMessage{}}}}); err != nil {
			c.log.Warn("whatsapp: a message to be seen once is not told of", "error", harmless(err))
		}
		return
	}
	c.log.Warn("whatsapp: a message could not be decrypted; it is asked for again")
	c.unread.note(e.Info, c.now())
}

// giveUp tells of the messages that could not be read in the end.
func (c *Channel) giveUp(s *session) {
	for _, info := range c.unread.late(c.now()) {
		if !s.enter() {
			return
		}
		err := c.garbled(s.ctx, &info)
		s.leave()
		if err != nil {
			c.log.Warn("whatsapp: an unreadable message is not told of yet", "error", harmless(err))
			return
		}
		c.unread.forget(info.ID)
	}
}

// contextOf finds what a message carries beside its content.
func contextOf(m *waE2E.Message) *waE2E.ContextInfo {
	m, _ = unwrap(m)
	if c := medium(m); c != nil {
		return c.with.GetContextInfo()
	}
	for _, with := range []inContext{m.GetExtendedTextMessage(), m.GetLocationMessage(), m.GetLiveLocationMessage(), m.GetContactMessage(),
		m.GetContactsArrayMessage(), m.GetStickerMessage(), firstContext(m)} {
		if c := with.GetContextInfo(); c != nil {
			return c
		}
	}
	return nil
}

// textOf gives a message's words.
func textOf(m *waE2E.Message) string {
	m, _ = unwrap(m)
	for _, t := range []string{m.GetConversation(), m.GetExtendedTextMessage().GetText(), m.GetPollCreationMessage().GetName()} {
		if t != "" {
			return t
		}
	}
	if c := medium(m); c != nil {
		return c.caption
	}
	return ""
}
