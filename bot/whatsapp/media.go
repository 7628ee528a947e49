package whatsapp

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/proto/waMmsRetry"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"tanggap/hotline"
)

// A file is what all media messages have.
type file interface {
	GetDirectPath() string
	GetMediaKey() []byte
	GetFileSHA256() []byte
	GetFileEncSHA256() []byte
	GetFileLength() uint64
	GetMimetype() string
}

// carried is a medium as a message carries it.
type carried struct {
	kind    hotline.MediaKind
	class   whatsmeow.MediaType // what its keys are made for
	file    file
	caption string
	name    string
	with    inContext
}

// medium finds the medium in a message; nil for none. Sound is a voice whatever its name: an anonymous person's must not get about because it was
// sent as a file.
func medium(b *waE2E.Message) *carried {
	switch {
	case b.GetImageMessage() != nil:
		m := b.GetImageMessage()
		return &carried{hotline.Photo, whatsmeow.MediaImage, m, m.GetCaption(), "", m}
	case b.GetVideoMessage() != nil:
		m := b.GetVideoMessage()
		return &carried{hotline.Video, whatsmeow.MediaVideo, m, m.GetCaption(), "", m}
	case b.GetPtvMessage() != nil:
		m := b.GetPtvMessage()
		return &carried{hotline.Video, whatsmeow.MediaVideo, m, m.GetCaption(), "", m}
	case b.GetAudioMessage() != nil:
		m := b.GetAudioMessage()
		return &carried{hotline.Voice, whatsmeow.MediaAudio, m, "", "", m}
	case b.GetDocumentMessage() != nil:
		m := b.GetDocumentMessage()
		kind := hotline.Document
		if strings.HasPrefix(m.GetMimetype(), "audio/") {
			kind = hotline.Voice
		}
		name := m.GetFileName()
		if name == "" {
			name = m.GetTitle()
		}
		caption := m.GetCaption()
		if caption == m.GetFileName() {
			caption = "" // some apps put the name there
		}
		return &carried{kind, whatsmeow.MediaDocument, m, caption, name, m}
	}
	return nil
}

// media describes the medium; nil where it cannot be fetched.
func (c *carried) media(e envelope) *hotline.Media {
	if c.file.GetDirectPath() == "" || len(c.file.GetMediaKey()) == 0 {
		return nil
	}
	ref := mediumRef{ID: e.ID, Chat: e.Chat, Class: string(c.class), Path: c.file.GetDirectPath(), Key: c.file.GetMediaKey(), Sum: c.file.GetFileSHA256(),
		Enc: c.file.GetFileEncSHA256(), Size: int64(min(c.file.GetFileLength(), 1<<62))}
	if e.Group {
		ref.From = e.From
	}
	return &hotline.Media{Kind: c.kind, Ref: ref.String(), Mime: bounded(tidy(c.file.GetMimetype()), maxName), Name: bounded(tidy(c.name), maxName), Size: ref.Size}
}

// A mediumRef is all that is needed to fetch a medium later: where it is, the keys to read it, and whose message it was, to ask for it anew.
type mediumRef struct {
	ID    string `json:"id"`
	Chat  string `json:"chat"`
	From  string `json:"from,omitempty"` // in a group
	Class string `json:"class"`
	Path  string `json:"path"`
	Key   []byte `json:"key"`
	Sum   []byte `json:"sum"`
	Enc   []byte `json:"enc"`
	Size  int64  `json:"size"`
}

// String makes the handle that Fetch takes.
func (r mediumRef) String() string {
	b, err := json.Marshal(r)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

func parseMediumRef(s string) (r mediumRef, err error) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err == nil {
		err = json.Unmarshal(b, &r)
	}
	if err != nil || r.Path == "" || len(r.Key) == 0 {
		return mediumRef{}, hotline.ErrNoFile
	}
	return r, nil
}

// The library downloads whatever looks like this.
func (r mediumRef) GetDirectPath() string             { return r.Path }
func (r mediumRef) GetMediaKey() []byte               { return r.Key }
func (r mediumRef) GetFileSHA256() []byte             { return r.Sum }
func (r mediumRef) GetFileEncSHA256() []byte          { return r.Enc }
func (r mediumRef) GetMediaType() whatsmeow.MediaType { return whatsmeow.MediaType(r.Class) }

// mediaPatience is how long the telephone has to send a medium up again. It may be off; then there is another try later.
const mediaPatience = 20 * time.Second

// Fetch opens a medium at the network by its Media.Ref. size is its length in bytes. hotline.ErrTooBig and hotline.ErrNoFile are for good, any other
// error is worth another try. The network keeps media for some weeks; one that it no longer has is asked of the sender's telephone, by way of ours.
func (c *Channel) Fetch(ctx context.Context, ref string) (medium io.ReadCloser, size int64, err error) {
	r, err := parseMediumRef(ref)
	if err != nil {
		return nil, 0, err
	}
	if r.Size > hotline.MaxMedia {
		return nil, 0, hotline.ErrTooBig
	}
	if !c.connected() {
		return nil, 0, errOffline
	}
	if path := c.media.path(r); path != "" {
		r.Path = path
	}
	data, err := c.download(ctx, r)
	if gone(err) {
		if r.Path, err = c.askAgain(ctx, r); err != nil {
			return nil, 0, err
		}
		data, err = c.download(ctx, r)
	}
	if err != nil {
		return nil, 0, err
	}
	return io.NopCloser(bytes.NewReader(data)), int64(len(data)), nil
}

func (c *Channel) download(ctx context.Context, r mediumRef) ([]byte, error) {
	data, err := c.client.Download(ctx, r)
	var answer whatsmeow.DownloadHTTPError
	switch {
	case err == nil && len(data) > hotline.MaxMedia, errors.Is(err, hotline.ErrTooBig),
		errors.As(err, &answer) && answer.StatusCode == http.StatusRequestEntityTooLarge:
		return nil, hotline.ErrTooBig
	case err != nil && !gone(err):
		return nil, fmt.Errorf("fetch a medium: %w", harmless(err))
	}
	return data, err
}

// gone tells whether the network has a medium no more.
func gone(err error) bool {
	return errors.Is(err, whatsmeow.ErrMediaDownloadFailedWith404) || errors.Is(err, whatsmeow.ErrMediaDownloadFailedWith410) ||
		errors.Is(err, whatsmeow.ErrMediaDownloadFailedWith403)
}

// askAgain has the telephone send a medium up once more, and gives the path where it is then.
func (c *Channel) askAgain(ctx context.Context, r mediumRef) (path string, err error) {
	chat, err := types.ParseJID(r.Chat)
	if err != nil {
		return "", hotline.ErrNoFile
	}
	info := &types.MessageInfo{ID: r.ID, MessageSource: types.MessageSource{Chat: chat, Sender: chat, IsGroup: r.From != ""}}
	if info.IsGroup {
		if info.Sender, err = types.ParseJID(r.From); err != nil {
			return "", hotline.ErrNoFile
		}
	}
	answers, done := c.media.wait(r.ID)
	defer done()
	if err := c.client.SendMediaRetryReceipt(ctx, info, r.Key); err != nil {
		return "", fmt.Errorf("ask for a medium again: %w", harmless(err))
	}
	patience := time.NewTimer(c.media.patience())
	defer patience.Stop()
	select {
	case e := <-answers:
		return c.media.read(e, r)
	case <-patience.C:
		return "", errors.New("fetch a medium: the network no longer has it, and the telephone does not answer")
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// mediaRetries are the answers of the telephone about media that were asked for again. One that comes when nobody waits any more is kept for the
// next try.
type mediaRetries struct {
	mu      sync.Mutex
	limit   time.Duration // 0: mediaPatience
	waiting map[string]chan *events.MediaRetry
	late    map[string]*events.MediaRetry
}

// maxLate bounds what is kept of late answers.
const maxLate = 1000

func (m *mediaRetries) patience() time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.limit > 0 {
		return m.limit
	}
	return mediaPatience
}

func (m *mediaRetries) wait(id string) (answers <-chan *events.MediaRetry, done func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.waiting == nil {
		m.waiting = map[string]chan *events.MediaRetry{}
	}
	ch := make(chan *events.MediaRetry, 1)
	m.waiting[id] = ch
	return ch, func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		if m.waiting[id] == ch {
			delete(m.waiting, id)
		}
	}
}

func (m *mediaRetries) answered(e *events.MediaRetry) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if ch := m.waiting[e.MessageID]; ch != nil {
		select {
		case ch <- e:
			return
		default:
		}
	}
	if m.late == nil || len(m.late) >= maxLate {
		m.late = map[string]*events.MediaRetry{}
	}
	m.late[e.MessageID] = e
}

// path gives where a medium is by now, if a late answer told; empty: where it was.
func (m *mediaRetries) path(r mediumRef) string {
	m.mu.Lock()
	e := m.late[r.ID]
	m.mu.Unlock()
	if e == nil {
		return ""
	}
	path, err := m.read(e, r)
	if err != nil {
		return "" // asked again, it may be there
	}
	return path
}

// read opens an answer with the medium's key.
func (*mediaRetries) read(e *events.MediaRetry, r mediumRef) (path string, err error) {
	if e.Ciphertext == nil {
		// Not sealed with the medium's key, so not the telephone's own word.
		return "", errors.New("fetch a medium: the network no longer has it, and the telephone cannot be asked now")
	}
	answer, err := whatsmeow.DecryptMediaRetryNotification(e, r.Key)
	switch {
	case err == nil && answer.GetResult() == waMmsRetry.MediaRetryNotification_NOT_FOUND:
		return "", hotline.ErrNoFile
	case err != nil:
		return "", errors.New("fetch a medium: the telephone's answer cannot be read")
	case answer.GetResult() != waMmsRetry.MediaRetryNotification_SUCCESS || !strings.HasPrefix(answer.GetDirectPath(), "/"):
		return "", errors.New("fetch a medium: the telephone could not send it up again")
	}
	return answer.GetDirectPath(), nil
}

// maxWire is the most that is read of one medium's bytes: encryption adds up to a block and a signature.
const maxWire = hotline.MaxMedia + 64

// capped bounds what is read of an answer, since the library reads without limit. One that says it is larger is answered in the network's place, so
// that the library does not take it for a passing trouble and ask five times.
type capped struct{ to http.RoundTripper }

// RoundTrip sends one request.
func (t capped) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := t.to.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	if resp.ContentLength > maxWire {
		_ = resp.Body.Close() // nothing in it for us
		return &http.Response{Status: "413", StatusCode: http.StatusRequestEntityTooLarge, Proto: resp.Proto, Header: http.Header{}, Body: http.NoBody, Request: req}, nil
	}
	resp.Body = &limited{resp.Body, maxWire}
	return resp, nil
}

// A limited body ends with hotline.ErrTooBig where there is more than is taken.
type limited struct {
	io.ReadCloser
	left int64
}

// Read reads at most what is left.
func (l *limited) Read(p []byte) (int, error) {
	if l.left < 0 {
		return 0, hotline.ErrTooBig
	}
	if int64(len(p)) > l.left+1 {
		p = p[:l.left+1]
	}
	n, err := l.ReadCloser.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return n - 1, hotline.ErrTooBig
	}
	return n, err
}
