package whatsapp

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"
)

// upload uploads something, encrypted with a key of its own.
func (p *Person) upload(data []byte, kind whatsmeow.MediaType) (whatsmeow.UploadResponse, error) {
	client := p.Client()
	if client == nil {
		return whatsmeow.UploadResponse{}, ErrClosed
	}
	if len(data) == 0 {
		return whatsmeow.UploadResponse{}, ErrEmpty
	}
	ctx, cancel := context.WithTimeout(context.Background(), sendTimeout)
	defer cancel()
	up, err := client.Upload(ctx, data, kind)
	if err != nil {
		return up, fmt.Errorf("simulator/whatsapp: %w", err)
	}
	return up, nil
}

// file uploads and sends: build puts what was uploaded into a message.
func (p *Person) file(data []byte, kind whatsmeow.MediaType, build func(whatsmeow.UploadResponse) *waE2E.Message) (string, error) {
	up, err := p.upload(data, kind)
	if err != nil {
		return "", err
	}
	to, err := p.to()
	if err != nil {
		return "", err
	}
	client := p.Client()
	if client == nil {
		return "", ErrClosed
	}
	id := client.GenerateMessageID()
	p.s.mu.Lock()
	p.s.phones.remember(id, sentMedia{key: up.MediaKey, sum: up.FileEncSHA256})
	p.s.mu.Unlock()
	return p.send(to, build(up), whatsmeow.SendRequestExtra{ID: id})
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// Photo sends a picture; the bytes are best a real one.
func (p *Person) Photo(data []byte, caption string) (messageID string, err error) {
	return p.file(data, whatsmeow.MediaImage, func(up whatsmeow.UploadResponse) *waE2E.Message {
		return &waE2E.Message{ImageMessage: &waE2E.ImageMessage{
			Caption: optional(caption), Mimetype: proto.String(http.DetectContentType(data)), URL: &up.URL, DirectPath: &up.DirectPath,
			MediaKey: up.MediaKey, FileEncSHA256: up.FileEncSHA256, FileSHA256: up.FileSHA256, FileLength: &up.FileLength,
			MediaKeyTimestamp: proto.Int64(time.Now().Unix()),
		}}
	})
}

// Video sends a film.
func (p *Person) Video(data []byte, caption string) (messageID string, err error) {
	return p.file(data, whatsmeow.MediaVideo, func(up whatsmeow.UploadResponse) *waE2E.Message {
		return &waE2E.Message{VideoMessage: &waE2E.VideoMessage{
			Caption: optional(caption), Mimetype: proto.String("video/mp4"), Seconds: proto.Uint32(10), URL: &up.URL, DirectPath: &up.DirectPath,
			MediaKey: up.MediaKey, FileEncSHA256: up.FileEncSHA256, FileSHA256: up.FileSHA256, FileLength: &up.FileLength,
		}}
	})
}

// Voice sends a voice note of that length.
func (p *Person) Voice(data []byte, length time.Duration) (messageID string, err error) {
	return p.file(data, whatsmeow.MediaAudio, func(up whatsmeow.UploadResponse) *waE2E.Message {
		return &waE2E.Message{AudioMessage: &waE2E.AudioMessage{
			PTT: proto.Bool(true), Mimetype: proto.String("audio/ogg; codecs=opus"), Seconds: proto.Uint32(uint32(length / time.Second)),
			URL: &up.URL, DirectPath: &up.DirectPath, MediaKey: up.MediaKey, FileEncSHA256: up.FileEncSHA256, FileSHA256: up.FileSHA256,
			FileLength: &up.FileLength,
		}}
	})
}

// Document sends a file under a name; a caption makes it the kind that has one.
func (p *Person) Document(name string, data []byte, caption string) (messageID string, err error) {
	return p.file(data, whatsmeow.MediaDocument, func(up whatsmeow.UploadResponse) *waE2E.Message {
		m := &waE2E.Message{DocumentMessage: &waE2E.DocumentMessage{
			Caption: optional(caption), FileName: proto.String(name), Title: proto.String(name), Mimetype: proto.String(http.DetectContentType(data)),
			URL: &up.URL, DirectPath: &up.DirectPath, MediaKey: up.MediaKey, FileEncSHA256: up.FileEncSHA256, FileSHA256: up.FileSHA256,
			FileLength: &up.FileLength,
		}}
		if caption == "" {
			return m
		}
		return &waE2E.Message{DocumentWithCaptionMessage: &waE2E.FutureProofMessage{Message: m}}
	})
}

// Sticker sends a sticker.
func (p *Person) Sticker(data []byte) (messageID string, err error) {
	return p.file(data, whatsmeow.MediaImage, func(up whatsmeow.UploadResponse) *waE2E.Message {
		return &waE2E.Message{StickerMessage: &waE2E.StickerMessage{
			Mimetype: proto.String("image/webp"), URL: &up.URL, DirectPath: &up.DirectPath, MediaKey: up.MediaKey,
			FileEncSHA256: up.FileEncSHA256, FileSHA256: up.FileSHA256, FileLength: &up.FileLength,
		}}
	})
}

// Lie sends a picture that says it has so many bytes, whatever it really has: a bomb, if it is
// fetched without a bound.
func (p *Person) Lie(data []byte, says uint64) (messageID string, err error) {
	return p.file(data, whatsmeow.MediaImage, func(up whatsmeow.UploadResponse) *waE2E.Message {
		return &waE2E.Message{ImageMessage: &waE2E.ImageMessage{
			Mimetype: proto.String("image/jpeg"), URL: &up.URL, DirectPath: &up.DirectPath, MediaKey: up.MediaKey,
			FileEncSHA256: up.FileEncSHA256, FileSHA256: up.FileSHA256, FileLength: &says,
		}}
	})
}

// Download fetches the media of something that was received.
func (p *Person) Download(ctx context.Context, r Received) ([]byte, error) {
	client, what := p.Client(), r.downloadable()
	if client == nil {
		return nil, ErrClosed
	}
	if what == nil {
		return nil, ErrNoMessage
	}
	data, err := client.Download(ctx, what)
	if err != nil {
		return nil, fmt.Errorf("simulator/whatsapp: %w", err)
	}
	return data, nil
}
