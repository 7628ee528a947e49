package whatsappcloud

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"path"
	"strings"
	"unicode"

	"tanggap/hotline"
)

// A shape is how a medium goes: as which kind of message, declared as what.
type shape struct {
	kind  string // "image", "video", "audio", "document"
	mime  string
	voice bool // a recording with a wave and a microphone, not music
}

// What the network takes, in bytes. Whatever fits no kind goes as a document.
const (
	maxImage    = 5 << 20
	maxFilm     = 16 << 20
	maxSound    = 16 << 20
	maxDocument = 100 << 20
)

// shapeOf decides by the first bytes, then by the claim: what is declared as one thing and is another is refused.
func shapeOf(a hotline.Attachment) shape {
	sniffed := http.DetectContentType(a.Data)
	claimed, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(a.Mime)), ";")
	size := len(a.Data)
	switch a.Kind {
	case hotline.Photo:
		switch {
		case sniffed == "image/png" && size <= maxImage:
			return shape{kind: "image", mime: sniffed}
		case size <= maxImage && (sniffed == "image/jpeg" || claimed == "image/jpeg"):
			return shape{kind: "image", mime: "image/jpeg"}
		}
	case hotline.Video:
		if size <= maxFilm && (sniffed == "video/mp4" || claimed == "video/mp4") {
			return shape{kind: "video", mime: "video/mp4"}
		}
		if size <= maxFilm && claimed == "video/3gpp" {
			return shape{kind: "video", mime: claimed}
		}
	case hotline.Voice:
		switch {
		case size > maxSound:
		case sniffed == "application/ogg", claimed == "audio/ogg":
			return shape{kind: "audio", mime: "audio/ogg", voice: true}
		case claimed == "audio/mpeg", claimed == "audio/mp4", claimed == "audio/aac", claimed == "audio/amr":
			return shape{kind: "audio", mime: claimed}
		case sniffed == "audio/mpeg":
			return shape{kind: "audio", mime: sniffed}
		}
	}
	if !strings.Contains(claimed, "/") {
		claimed, _, _ = strings.Cut(sniffed, ";")
	}
	return shape{kind: "document", mime: claimed}
}

// captioned tells whether words can stand below a medium.
func captioned(a hotline.Attachment) bool { return shapeOf(a).kind != "audio" }

// upload hands the network a medium and gives its id there, which is good for a month.
func (c *Channel) upload(ctx context.Context, a hotline.Attachment, s shape) (string, error) {
	if len(a.Data) == 0 || len(a.Data) > maxDocument {
		return "", &apiError{Status: http.StatusBadRequest, Code: codeMediaRefused, Said: "the medium is empty or too large"}
	}
	var b bytes.Buffer
	b.Grow(len(a.Data) + 1024)
	w := multipart.NewWriter(&b)
	err := errors.Join(w.WriteField("messaging_product", "whatsapp"), w.WriteField("type", s.mime))
	if err != nil {
		return "", fmt.Errorf("make the request: %w", err)
	}
	h := textproto.MIMEHeader{}
	h.Set("Content-Disposition", multipart.FileContentDisposition("file", fileName(a)))
	h.Set("Content-Type", s.mime)
	part, err := w.CreatePart(h)
	if err != nil {
		return "", fmt.Errorf("make the request: %w", err)
	}
	if _, err = part.Write(a.Data); err == nil {
		err = w.Close()
	}
	if err != nil {
		return "", fmt.Errorf("make the request: %w", err)
	}
	var done struct {
		ID string `json:"id"`
	}
	if err := c.wire.call(ctx, http.MethodPost, c.base+"/"+c.account+"/media", w.FormDataContentType(), b.Bytes(), &done); err != nil {
		return "", err
	}
	if done.ID == "" {
		return "", errAnswer
	}
	return done.ID, nil
}

// mediaMessage makes the message that shows an uploaded medium.
func mediaMessage(m outgoing, a hotline.Attachment, s shape, id string) outgoing {
	body := &mediaBody{ID: id}
	if m.Text != nil && s.kind != "audio" {
		body.Caption = m.Text.Body
	}
	m.Text, m.Type = nil, s.kind
	switch s.kind {
	case "image":
		m.Image = body
	case "video":
		m.Video = body
	case "audio":
		body.Voice = s.voice
		m.Audio = body
	default:
		body.Name = fileName(a)
		m.Document = body
	}
	return m
}

// fileName gives a name under which a medium can be uploaded.
func fileName(a hotline.Attachment) string {
	name := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || strings.ContainsRune(`"\/:*?<>|`, r) {
			return -1
		}
		return r
	}, clean(path.Base(strings.ReplaceAll(a.Name, `\`, "/"))))
	name = strings.Trim(name, ". ")
	if len(name) > 64 {
		ext := path.Ext(name)
		if len(ext) > 8 {
			ext = ""
		}
		name = bounded(name, 64-len(ext)) + ext
	}
	if name != "" {
		return name
	}
	switch a.Kind {
	case hotline.Photo:
		return "photo.jpg"
	case hotline.Video:
		return "video.mp4"
	case hotline.Voice:
		return "voice.ogg"
	}
	return "document"
}
