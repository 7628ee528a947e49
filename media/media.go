// Package media looks at what people attach: what it really is, whatever it claims, and a copy without what a camera writes into a picture beside
// the picture: where it was taken, when, with whose telephone. Others are only ever shown that copy.
package media

import (
	"errors"
	"strings"

	"github.com/gabriel-vasile/mimetype"

	"tanggap/hotline"
)

// Found is what a medium turned out to be.
type Found struct {
	Mime  string
	Clean []byte // what others may see; the very bytes given where nothing had to go; nil where it cannot be cleaned
}

// Errors of Examine: short, for the medium's row.
var (
	ErrEmpty = errors.New("empty")
	ErrType  = errors.New("not a kind of file that is taken")
)

// How a kind of file is cleaned.
type cleaner func([]byte) ([]byte, error)

func asIs(b []byte) ([]byte, error) { return b, nil }
func never([]byte) ([]byte, error)  { return nil, nil }

// taken says which kinds of files are taken, by content, and how each is cleaned. What can run on somebody's machine is not among them.
var taken = map[string]cleaner{
	"image/jpeg":      cleanJPEG,
	"image/png":       cleanPNG,
	"image/webp":      cleanWebP,
	"image/gif":       asIs,
	"image/heic":      never, // would need to be decoded; the coordinator can fetch the original
	"image/heif":      never,
	"image/tiff":      never,
	"video/mp4":       cleanMP4,
	"video/quicktime": cleanMP4,
	"video/3gpp":      cleanMP4,
	"video/webm":      asIs,
	"audio/ogg":       asIs,
	"application/ogg": asIs,
	"video/ogg":       asIs,
	"audio/mpeg":      asIs,
	"audio/mp4":       cleanMP4,
	"audio/x-m4a":     cleanMP4,
	"audio/aac":       asIs,
	"audio/amr":       asIs,
	"audio/wav":       asIs,
	"application/pdf": asIs,
	"text/plain":      asIs,
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document": asIs,
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":       asIs,
	"application/vnd.oasis.opendocument.text":                                 asIs,
	"application/vnd.oasis.opendocument.spreadsheet":                          asIs,
	"application/msword":       asIs,
	"application/vnd.ms-excel": asIs,
}

// Examine tells what the bytes of a medium are. A photo must be a picture, a video a film, a voice note sound; a document may be any of what is
// taken.
func Examine(kind hotline.MediaKind, data []byte) (Found, error) {
	if len(data) == 0 {
		return Found{}, ErrEmpty
	}
	is := mimetype.Detect(data)
	for m := is; m != nil; m = m.Parent() {
		mime, _, _ := strings.Cut(m.String(), ";")
		clean, ok := taken[mime]
		if !ok {
			continue
		}
		if mime == "text/plain" && m != is {
			break // something that runs and happens to be text: a script, HTML
		}
		if !fits(kind, mime) {
			return Found{}, ErrType
		}
		c, err := clean(data)
		if err != nil {
			c = nil // broken: kept, shown to nobody else
		}
		return Found{Mime: mime, Clean: c}, nil
	}
	return Found{}, ErrType
}

func fits(kind hotline.MediaKind, mime string) bool {
	top, _, _ := strings.Cut(mime, "/")
	switch kind {
	case hotline.Photo:
		return top == "image"
	case hotline.Video:
		return top == "video" || mime == "image/gif"
	case hotline.Voice:
		return top == "audio" || mime == "application/ogg" || top == "video"
	}
	return true
}
