package console

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"tanggap/hotline"
)

// An Examiner tells what the bytes of a photo or document really are, whatever they claim, and makes the copy that others are shown, without what a camera writes
// into a picture (nil where there can be none). An error: it is nothing that is taken.
type Examiner func(kind hotline.MediaKind, data []byte) (mime string, clean []byte, err error)

var errNoExaminer = errors.New("the console was not told how photos are examined")

// examine takes a picture, or else a page that a scanner made (PDF).
func (q *Request) examine(data []byte) (m hotline.Media, clean []byte, err error) {
	if q.console.Examine == nil {
		return m, nil, errNoExaminer
	}
	for _, kind := range []hotline.MediaKind{hotline.Photo, hotline.Document} {
		is, copied, bad := q.console.Examine(kind, data)
		if bad == nil && (kind == hotline.Photo || is == "application/pdf") {
			return hotline.Media{Kind: kind, Mime: is}, copied, nil
		}
	}
	return m, nil, hotline.ErrTicketValue
}

// addPhoto takes one picture, as the bytes of the request. One that is none, or one too many, is refused with a sentence; the ticket stays as it is.
func (q *Request) addPhoto() error {
	key, name := q.URL.Query().Get("key"), q.URL.Query().Get("name")
	if key == "" || !hotline.ValidPhotoName(name) {
		return &Wrong{"a photo without a ticket"}
	}
	data, err := io.ReadAll(q.Body)
	if err != nil {
		return fmt.Errorf("read a photo: %w", err)
	}
	if len(data) > hotline.MaxMedia {
		return &http.MaxBytesError{Limit: hotline.MaxMedia}
	}
	m, clean, err := q.examine(data)
	if errors.Is(err, hotline.ErrTicketValue) {
		return q.photoRefused(key, "desk.photo.refused")
	}
	if err != nil {
		return err
	}
	var k hotline.Ticket
	err = q.Do(func(t Tx) (err error) {
		k, err = t.AddTicketPhoto(q.Context(), q.Viewer, key, name, m, data, clean)
		return err
	})
	switch {
	case errors.Is(err, hotline.ErrTicketPhotos):
		return q.photoRefused(key, "desk.photo.enough")
	case errors.Is(err, hotline.ErrTicketFiled):
		return q.ticketStateOf(key)
	case err != nil:
		return deskWrong(err)
	}
	return q.answer(q.deskState(k))
}

func (q *Request) photoRefused(key, why string) error {
	state := deskState{Key: key, Refused: q.say(why, "most", strconv.Itoa(hotline.MaxTicketPhotos))}
	err := q.Do(func(t Tx) error {
		k, _, err := t.TicketByKey(q.Context(), q.Viewer, key)
		if err == nil {
			refused := state.Refused
			state = q.deskState(k)
			state.Refused = refused
		}
		return err
	})
	if err != nil && !errors.Is(err, hotline.ErrNotFound) { // it may not have been begun
		return deskWrong(err)
	}
	return q.answer(state)
}

func (q *Request) removePhoto() error {
	if err := q.ParseForm(); err != nil {
		return &Wrong{"a form that cannot be read"}
	}
	key, name := q.PostForm.Get("key"), q.PostForm.Get("name")
	if key == "" || !hotline.ValidPhotoName(name) {
		return &Wrong{"a photo without a ticket"}
	}
	var k hotline.Ticket
	err := q.Do(func(t Tx) (err error) {
		k, err = t.RemoveTicketPhoto(q.Context(), q.Viewer, key, name)
		return err
	})
	if errors.Is(err, hotline.ErrTicketFiled) {
		return q.ticketStateOf(key)
	}
	if err != nil {
		return deskWrong(err)
	}
	return q.answer(q.deskState(k))
}

// ticketPhoto answers with the clean copy of a picture.
func (q *Request) ticketPhoto() error {
	id, err := q.ticketID()
	if err != nil {
		return err
	}
	photo, err := strconv.ParseInt(q.PathValue("photo"), 10, 64)
	if err != nil {
		return hotline.ErrNotFound
	}
	var a hotline.Attachment
	err = q.Do(func(t Tx) (err error) {
		a, err = t.TicketPhoto(q.Context(), q.Viewer, id, hotline.MediaID(photo))
		return err
	})
	if err != nil {
		return deskWrong(err)
	}
	kind, how := a.Mime, "inline"
	if !strings.HasPrefix(kind, "image/") || kind == "image/svg+xml" { // what a browser would run is only kept
		kind, how = "application/octet-stream", "attachment"
	}
	h := q.W.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", mime.FormatMediaType(how, map[string]string{"filename": a.Name}))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	http.ServeContent(q.W, q.Request, "", time.Time{}, strings.NewReader(string(a.Data)))
	return nil
}
