package store

import (
	"bytes"
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// channelDesk is where a medium came from that no network brought.
const channelDesk = "desk"

// ticketPhotos lists what was photographed or scanned for a ticket, in the order in which it came.
func (t *Tx) ticketPhotos(ctx context.Context, id hotline.TicketID) ([]hotline.TicketPhoto, error) {
	type row struct {
		Name    string
		MediaID hotline.MediaID
		Kind    hotline.MediaKind
		Shown   bool
	}
	rows, err := read[row](ctx, t, "list the photos of a ticket", `
		select p.name, p.media_id, m.kind, m.clean is not null and m.kind = 'photo' as shown
		from ticket_photos p join media m on m.id = p.media_id where p.ticket_id = @id and m.state = 'stored' order by p.media_id`, pgx.StrictNamedArgs{"id": id})
	if err != nil {
		return nil, err
	}
	out := make([]hotline.TicketPhoto, len(rows))
	for i, r := range rows {
		out[i] = hotline.TicketPhoto{Name: r.Name, Media: r.MediaID, Kind: r.Kind, Shown: r.Shown}
	}
	return out, nil
}

// AddTicketPhoto keeps a picture or a scanned page of a ticket: the original sealed, and the clean copy that others are shown (nil where it cannot be cleaned). The
// first of a key begins the ticket. One of a name that is there already changes nothing: it was sent twice. hotline.ErrTicketPhotos where there are enough.
func (t *Tx) AddTicketPhoto(ctx context.Context, v hotline.Viewer, key, name string, m hotline.Media, original, clean []byte) (hotline.Ticket, error) {
	if !hotline.ValidPhotoName(name) {
		return hotline.Ticket{}, fmt.Errorf("a photo without a name: %w", hotline.ErrTicketField)
	}
	k, _, err := t.begunTicket(ctx, v, key)
	switch {
	case err != nil:
		return k, err
	case !k.IsOpen():
		return k, hotline.ErrTicketFiled
	}
	for _, p := range k.Photos {
		if p.Name == name {
			return k, nil
		}
	}
	if len(k.Photos) >= hotline.MaxTicketPhotos {
		return k, hotline.ErrTicketPhotos
	}
	id := hotline.MediaID(t.store.ids.take())
	first := t.putBlob(m.Mime, original)
	second := first
	if !bytes.Equal(original, clean) {
		second = t.putBlob(m.Mime, clean)
	}
	t.queue(`
		insert into media (id, kind, channel, account, mime, size, state, original, clean, made)
		values (@id, @kind, @channel, '', @mime, @size, 'stored', @first, @second, @now)`,
		pgx.StrictNamedArgs{"id": id, "kind": string(m.Kind), "channel": channelDesk, "mime": m.Mime, "size": len(original), "first": first, "second": second, "now": t.now})
	t.queue(`insert into ticket_photos (ticket_id, name, media_id) values (@ticket, @name, @media)`,
		pgx.StrictNamedArgs{"ticket": k.ID, "name": name, "media": id})
	t.queue(`update tickets set touched = clock_timestamp() where id = @id`, pgx.StrictNamedArgs{"id": k.ID})
	t.Signal(topicTicket, int64(k.ID))
	k.Photos, err = t.ticketPhotos(ctx, k.ID)
	return k, err
}

// RemoveTicketPhoto takes a photo off a ticket that is still written. One that is not there is gone already.
func (t *Tx) RemoveTicketPhoto(ctx context.Context, v hotline.Viewer, key, name string) (hotline.Ticket, error) {
	k, _, err := t.begunTicket(ctx, v, key)
	switch {
	case err != nil:
		return k, err
	case !k.IsOpen():
		return k, hotline.ErrTicketFiled
	}
	t.queue(`delete from media m using ticket_photos p where p.ticket_id = @ticket and p.name = @name and m.id = p.media_id and m.content_id is null`,
		pgx.StrictNamedArgs{"ticket": k.ID, "name": name})
	t.Signal(topicTicket, int64(k.ID))
	k.Photos, err = t.ticketPhotos(ctx, k.ID)
	return k, err
}

// TicketPhoto reads the clean copy of a ticket's photo, for whoever sees what the ticket says. hotline.ErrNotFound for anybody else, and where there is no copy.
func (t *Tx) TicketPhoto(ctx context.Context, v hotline.Viewer, id hotline.TicketID, photo hotline.MediaID) (hotline.Attachment, error) {
	none := fmt.Errorf("read a photo of a ticket: %w", hotline.ErrNotFound)
	_, s, err := t.Ticket(ctx, v, id)
	if err != nil {
		return hotline.Attachment{}, err
	}
	if !s.Content {
		return hotline.Attachment{}, none
	}
	type row struct {
		Kind  hotline.MediaKind
		Mime  string
		Clean []byte
	}
	r, err := one[row](ctx, t, "read a photo of a ticket", `
		select m.kind, m.mime, m.clean from ticket_photos p join media m on m.id = p.media_id
		where p.ticket_id = @ticket and p.media_id = @photo and m.state = 'stored' and m.clean is not null`, pgx.StrictNamedArgs{"ticket": id, "photo": photo})
	if err != nil {
		return hotline.Attachment{}, err
	}
	a := hotline.Attachment{Kind: r.Kind, Mime: r.Mime, Name: plainName(r.Kind, r.Mime)}
	type piece struct {
		N    int
		Data []byte
	}
	pieces, err := read[piece](ctx, t, "read a photo of a ticket", `select n, data from blob_chunks where hash = @hash order by n`,
		pgx.StrictNamedArgs{"hash": r.Clean})
	if err != nil {
		return hotline.Attachment{}, err
	}
	for _, p := range pieces {
		part, err := open(t.store.keys.blob, p.Data, bindChunk(r.Clean, p.N))
		if err != nil {
			return hotline.Attachment{}, fmt.Errorf("open a photo of a ticket: %w", err)
		}
		a.Data = append(a.Data, part...)
	}
	if len(a.Data) == 0 {
		return hotline.Attachment{}, none
	}
	return a, nil
}
