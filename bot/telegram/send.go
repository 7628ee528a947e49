package telegram

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"tanggap/hotline"
)

// answerTime is how long answering a pressed button may hold up the message that goes with it.
const answerTime = 5 * time.Second

var noPreview = &models.LinkPreviewOptions{IsDisabled: tg.True()}

// preview keeps the network from showing the page behind a link, which would make it visit what somebody wrote. Without anything like a link there
// is nothing to say about it.
func preview(text string) *models.LinkPreviewOptions {
	for i := strings.IndexAny(text, ".:"); i >= 0; {
		rest := text[i+1:]
		if r, _ := utf8.DecodeRuneInString(rest); r == '/' || unicode.IsLetter(r) || unicode.IsDigit(r) {
			return noPreview
		}
		next := strings.IndexAny(rest, ".:")
		if next < 0 {
			break
		}
		i += 1 + next
	}
	return nil
}

// Send hands one thing to the network. Every error is a *hotline.SendError. What takes several messages goes on where it stopped when it is sent
// again after a trouble, as long as the program runs.
func (c *Channel) Send(ctx context.Context, out hotline.Outgoing) (hotline.Receipt, error) {
	if out.Verb == hotline.VerbAnswer {
		return c.outcome("", c.answer(ctx, out.Answers, out.Text))
	}
	chat, err := strconv.ParseInt(out.Peer, 10, 64)
	if err != nil {
		return c.outcome("", refusal("the peer is no chat id"))
	}
	if out.Answers != "" {
		// Beside the message: a button stops turning at once, and an answer that comes too late, or not at all, holds up nothing.
		var answered sync.WaitGroup
		answered.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, answerTime)
			defer cancel()
			_ = c.answer(ctx, out.Answers, "")
		})
		defer answered.Wait()
	}
	if out.Verb == hotline.VerbEdit {
		return c.outcome(out.Edits, c.edit(ctx, chat, out))
	}
	return c.outcome(c.say(ctx, chat, out))
}

// outcome makes the one shape of results.
func (c *Channel) outcome(ref string, err error) (hotline.Receipt, error) {
	if err != nil {
		return hotline.Receipt{}, trouble(c.wire.scrub(err))
	}
	return hotline.Receipt{Ref: ref}, nil
}

func refusal(why string) error {
	return &hotline.SendError{Trouble: hotline.TroubleRefused, Err: errors.New(why)}
}

func (c *Channel) answer(ctx context.Context, callback, toast string) error {
	if callback == "" {
		return refusal("no button to answer")
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	_, err := c.api.AnswerCallbackQuery(ctx, &tg.AnswerCallbackQueryParams{CallbackQueryID: callback, Text: clip(clean(toast), maxToast)})
	return err
}

// edit changes an earlier message: its text, or its caption where it was sent with a medium, and its buttons.
func (c *Channel) edit(ctx context.Context, chat int64, out hotline.Outgoing) error {
	id, err := strconv.Atoi(out.Edits)
	if err != nil || id <= 0 {
		return &hotline.SendError{Trouble: hotline.TroubleLost, Err: errors.New("no message to edit")}
	}
	text := clean(out.Text)
	if text == "" {
		return refusal("nothing to say")
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	return withLinks(inline(out.Choices), func(markup models.ReplyMarkup) error {
		_, err := c.api.EditMessageText(ctx, &tg.EditMessageTextParams{ChatID: chat, MessageID: id, Text: clip(text, maxText),
			LinkPreviewOptions: preview(text), ReplyMarkup: markup})
		var api *apiError
		if errors.As(err, &api) && strings.Contains(api.Description, "there is no text in the message to edit") {
			_, err = c.api.EditMessageCaption(ctx, &tg.EditMessageCaptionParams{ChatID: chat, MessageID: id, Caption: clip(text, maxCaption), ReplyMarkup: markup})
		}
		return err
	})
}

// withLinks tries with a keyboard, and once more without its links when the network takes exception to one (it refuses those to hosts that it
// thinks private): better a message without its link than none.
func withLinks(markup models.ReplyMarkup, do func(models.ReplyMarkup) error) error {
	err := do(markup)
	k, ok := markup.(*inlineKeyboard)
	if err == nil || !ok {
		return err
	}
	var api *apiError
	if !errors.As(err, &api) || api.Code != 400 {
		return err
	}
	if said := strings.ToLower(api.Description); !strings.Contains(said, "button") || !strings.Contains(said, "url") {
		return err
	}
	return do(k.withoutLinks())
}

// say sends a new thing, step by step, and gives the id of the message that stands for it.
func (c *Channel) say(ctx context.Context, chat int64, out hotline.Outgoing) (string, error) {
	list := steps(out)
	if len(list) == 0 {
		return "", refusal("nothing to say")
	}
	reply, _ := strconv.Atoi(out.ReplyTo)
	if len(list) == 1 {
		id, err := c.perform(ctx, chat, reply, list[0])
		return strconv.Itoa(id), err
	}
	done := c.parts.get(out.ID)
	for done.steps < len(list) {
		s := list[done.steps]
		if done.steps > 0 {
			reply = 0
		}
		id, err := c.perform(ctx, chat, reply, s)
		if err != nil {
			if trouble(c.wire.scrub(err)).Trouble == hotline.TroubleRefused {
				c.parts.forget(out.ID)
			} else {
				c.parts.keep(out.ID, done)
			}
			return "", err
		}
		done.steps++
		if s.main {
			done.ref = strconv.Itoa(id)
		}
	}
	c.parts.forget(out.ID)
	return done.ref, nil
}

// perform sends one message and gives its id.
func (c *Channel) perform(ctx context.Context, chat int64, reply int, s step) (id int, err error) {
	limit := c.timeout
	if len(s.media) > 0 {
		limit *= 4
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var to *models.ReplyParameters
	if reply > 0 {
		to = &models.ReplyParameters{MessageID: reply, AllowSendingWithoutReply: true}
	}
	err = withLinks(s.markup, func(markup models.ReplyMarkup) error {
		var err error
		switch len(s.media) {
		case 0:
			id, err = ident(c.api.SendMessage(ctx, &tg.SendMessageParams{ChatID: chat, Text: s.text, LinkPreviewOptions: preview(s.text),
				ReplyParameters: to, ReplyMarkup: markup}))
		case 1:
			id, err = c.upload(ctx, chat, to, s.text, s.media[0], markup)
		default:
			id, err = c.album(ctx, chat, to, s.media)
		}
		return err
	})
	return id, err
}

func ident(m *models.Message, err error) (int, error) {
	if err != nil {
		return 0, err
	}
	return m.ID, nil
}

// upload sends one medium. What the network will not show as what it is goes as a file; what it will not take at all is left out, and the
// words go alone.
func (c *Channel) upload(ctx context.Context, chat int64, to *models.ReplyParameters, caption string, a hotline.Attachment, markup models.ReplyMarkup) (int, error) {
	file := func() *models.InputFileUpload {
		return &models.InputFileUpload{Filename: fileName(a), Data: bytes.NewReader(a.Data)}
	}
	var id int
	var err error
	kind := a.Kind
	if kind == hotline.Photo && len(a.Data) > 10<<20 {
		kind = hotline.Document // more than the network takes as a photo
	}
	switch kind {
	case hotline.Photo:
		id, err = ident(c.api.SendPhoto(ctx, &tg.SendPhotoParams{ChatID: chat, Photo: file(), Caption: caption, ReplyParameters: to, ReplyMarkup: markup}))
	case hotline.Video:
		id, err = ident(c.api.SendVideo(ctx, &tg.SendVideoParams{ChatID: chat, Video: file(), Caption: caption, SupportsStreaming: true, ReplyParameters: to, ReplyMarkup: markup}))
	case hotline.Voice:
		id, err = ident(c.api.SendVoice(ctx, &tg.SendVoiceParams{ChatID: chat, Voice: file(), Caption: caption, ReplyParameters: to, ReplyMarkup: markup}))
	}
	if kind != hotline.Photo && kind != hotline.Video && kind != hotline.Voice || badMedium(err) {
		id, err = ident(c.api.SendDocument(ctx, &tg.SendDocumentParams{ChatID: chat, Document: file(), Caption: caption, ReplyParameters: to, ReplyMarkup: markup}))
	}
	if badMedium(err) {
		c.log.Warn("telegram: a medium was refused and is left out", "kind", a.Kind, "bytes", len(a.Data), "error", trouble(c.wire.scrub(err)).Err)
		if caption == "" {
			caption = "📎 ✗"
		}
		id, err = ident(c.api.SendMessage(ctx, &tg.SendMessageParams{ChatID: chat, Text: caption, LinkPreviewOptions: preview(caption), ReplyParameters: to, ReplyMarkup: markup}))
	}
	return id, err
}

// badMedium tells whether an error may be about the medium: a refusal that says nothing of a button.
func badMedium(err error) bool {
	if err == nil {
		return false
	}
	se := trouble(err)
	return se.Trouble == hotline.TroubleRefused && !strings.Contains(strings.ToLower(se.Err.Error()), "button")
}

// album sends several photos and videos as one; one by one when the network does not take them together.
func (c *Channel) album(ctx context.Context, chat int64, to *models.ReplyParameters, media []hotline.Attachment) (int, error) {
	group := make([]models.InputMedia, len(media))
	for i, a := range media {
		// The library names the part and the file alike, after this.
		at := fmt.Sprintf("attach://%d-%s", i+1, fileName(hotline.Attachment{Kind: a.Kind}))
		if a.Kind == hotline.Video {
			group[i] = &models.InputMediaVideo{Media: at, SupportsStreaming: true, MediaAttachment: bytes.NewReader(a.Data)}
		} else {
			group[i] = &models.InputMediaPhoto{Media: at, MediaAttachment: bytes.NewReader(a.Data)}
		}
	}
	sent, err := c.api.SendMediaGroup(ctx, &tg.SendMediaGroupParams{ChatID: chat, Media: group, ReplyParameters: to})
	if err == nil && len(sent) > 0 {
		return sent[0].ID, nil
	}
	if err != nil && !badMedium(err) {
		return 0, err
	}
	var first int
	for i, a := range media {
		id, err := c.upload(ctx, chat, to, "", a, nil)
		if err != nil {
			return 0, err
		}
		if i == 0 {
			first = id
		}
	}
	return first, nil
}

// A progress remembers how far things of several messages have come, so that a 429 in their middle does not begin them anew: with one message a
// second allowed per chat they would never end.
type progress struct {
	mu sync.Mutex
	at map[hotline.OutID]partly
}

type partly struct {
	steps int
	ref   string
}

// maxPartly bounds the memory; beyond it something is forgotten and, if it is tried again, said twice.
const maxPartly = 10_000

func (p *progress) get(id hotline.OutID) partly {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.at[id]
}

func (p *progress) keep(id hotline.OutID, d partly) {
	if id == 0 || d.steps == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.at == nil {
		p.at = make(map[hotline.OutID]partly)
	}
	if len(p.at) >= maxPartly {
		for other := range p.at {
			delete(p.at, other)
			break
		}
	}
	p.at[id] = d
}

func (p *progress) forget(id hotline.OutID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.at, id)
}
