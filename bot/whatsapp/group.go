package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
)

// This file is what concerns groups. WhatsApp shows a member everything that is said in a group, and hardly anything of it is for us: a code that
// registers the group, and in one that is registered a text that quotes something of ours. Whatever else people say there is kept nowhere, not for
// a moment: not in the inbox, nor in the library's buffer. A unit's group that puts us out is told of as such.

// hears tells whether a group's message is any of our business.
func (c *Channel) hears(group types.JID, m *waE2E.Message) bool {
	if registers(textOf(m)) {
		return true
	}
	return c.quotesUs(m) && c.isRegistered(group)
}

func (c *Channel) isRegistered(group types.JID) bool {
	return c.o.Hears == nil || c.o.Hears(identifier(group.ToNonAD().String()))
}

// registers tells whether a text has the form of the command that registers a group: "/daftar CODE", or as links write it "/start daftar-CODE".
func registers(text string) bool {
	f := strings.Fields(text)
	if len(f) < 2 {
		return false
	}
	command, _, _ := strings.Cut(strings.ToLower(f[0]), "@")
	return command == "/daftar" || command == "/start" && strings.HasPrefix(strings.ToLower(f[1]), "daftar-")
}

// quotesUs tells whether a message is a text that quotes something of ours.
func (c *Channel) quotesUs(m *waE2E.Message) bool {
	m, edited := unwrap(m)
	with := m.GetExtendedTextMessage().GetContextInfo()
	return !edited && with.GetStanzaID() != "" && c.isUs(with.GetParticipant())
}

// isUs tells whether a name is our own.
func (c *Channel) isUs(name string) bool {
	jid, err := types.ParseJID(name)
	return err == nil && c.us(jid)
}

func (c *Channel) us(jid types.JID) bool {
	switch jid.Server {
	case types.HiddenUserServer:
		return c.lid.User != "" && jid.User == c.lid.User
	case types.DefaultUserServer:
		return jid.User == c.number
	}
	return false
}

// groupChanged hears what became of a group: false where it is news that could not be taken. Only that we are no longer in one that is registered is.
func (c *Channel) groupChanged(e *events.GroupInfo) bool {
	out := slices.ContainsFunc(e.Leave, c.us) || e.Delete != nil && e.Delete.Deleted
	if !out || !c.isRegistered(e.JID) {
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
	// The same news has the same name however often it comes.
	if err := c.putOut(s.ctx, e.JID, e.Timestamp, e.ParticipantVersionID); err != nil {
		c.refuse("the inbox takes nothing; messages wait at the network", err)
		return false
	}
	return true
}

// putOut puts into the inbox that we are no longer in a group.
func (c *Channel) putOut(ctx context.Context, group types.JID, at time.Time, version string) error {
	me := c.lid
	if me.IsEmpty() {
		me = types.NewJID(c.number, types.DefaultUserServer)
	}
	id := identifier(fmt.Sprintf("out-%d-%s", at.Unix(), version))
	return c.put(ctx, envelope{Version: envelopeVersion, ID: id, Chat: identifier(group.ToNonAD().String()), From: identifier(me.String()),
		At: max(at.Unix(), 0), Group: true, Out: true})
}

// notThere tells whether a group does not take what we send because we are not in it. Nobody may have told us: news of groups do not wait for ever.
func notThere(peer types.JID, err error) bool {
	if err == nil || peer.Server != types.GroupServer {
		return false
	}
	code := codeOf(err)
	return errors.Is(err, whatsmeow.ErrNotInGroup) || errors.Is(err, whatsmeow.ErrGroupNotFound) || code == 403 || code == 404 || code == 410
}

// foundOut notes that a send found us out of a group.
func (c *Channel) foundOut(ctx context.Context, group types.JID) {
	if err := c.putOut(ctx, group, c.now(), "sent"); err != nil {
		c.log.Warn("whatsapp: not noted that we are out of a group; the next message there tells again", "error", harmless(err))
	}
}

// A senderKeys is the library's store of groups' keys. It tells the transaction of which it is part that what is being decrypted was said in a group.
type senderKeys struct{ store.SenderKeyStore }

type inGroup struct{}

// GetSenderKey reads the keys of one who writes in a group.
func (k senderKeys) GetSenderKey(ctx context.Context, group, user string) ([]byte, error) {
	if is, ok := ctx.Value(inGroup{}).(*bool); ok {
		*is = true
	}
	return k.SenderKeyStore.GetSenderKey(ctx, group, user)
}

// A discreet buffer keeps no word of a group that is not for us. In its place stands what says that the message was dealt with, so that a copy of it
// is passed over too.
type discreet struct {
	store.EventBuffer
	ours func(*waE2E.Message) bool
}

// DoDecryptionTxn decrypts a message and keeps it, in one transaction.
func (b discreet) DoDecryptionTxn(ctx context.Context, fn func(context.Context) error) error {
	return b.EventBuffer.DoDecryptionTxn(context.WithValue(ctx, inGroup{}, new(bool)), fn)
}

// PutBufferedEvent keeps what was decrypted until it is handled.
func (b discreet) PutBufferedEvent(ctx context.Context, hash [32]byte, plain []byte, at time.Time) error {
	if is, ok := ctx.Value(inGroup{}).(*bool); ok && *is && !b.keeps(plain) {
		plain = nil
	}
	return b.EventBuffer.PutBufferedEvent(ctx, hash, plain, at)
}

// keeps tells whether something that was said in a group is to be kept: what is for us, and what cannot be read here.
func (b discreet) keeps(plain []byte) bool {
	var m waE2E.Message
	if n := len(plain); n > 0 && int(plain[n-1]) <= n { // padded by as many bytes as the last one says
		if proto.Unmarshal(plain[:n-int(plain[n-1])], &m) == nil {
			return b.ours(&m)
		}
	}
	return proto.Unmarshal(plain, &m) != nil || b.ours(&m)
}

// mayMatter tells of what was said in some group whether it can be for us at all.
func (c *Channel) mayMatter(m *waE2E.Message) bool {
	return registers(textOf(m)) || c.quotesUs(m) || keysOnly(m)
}
