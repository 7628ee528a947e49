package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/gabriel-vasile/mimetype"
	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// Jobs are what is done after a commit, tried again until it succeeds. The job is made in the transaction that needs it.
type Jobs interface {
	FetchMedia(ctx context.Context, tx pgx.Tx, ids []hotline.MediaID) error
	// ForgetPeers has the channels forget what they keep by themselves of who wrote from these addresses.
	ForgetPeers(ctx context.Context, tx pgx.Tx, ids []hotline.AddressID) error
}

// SetJobs says who does what is done after a commit. Before it is called, media are promised and stay pending.
func (s *Store) SetJobs(j Jobs) { s.jobs = j }

// Attach promises a medium that the network holds; it is fetched after the commit.
func (t *Turn) Attach(m hotline.Media) hotline.MediaID {
	id := hotline.MediaID(t.store.ids.take())
	at, by := t.Conversation.Address, t.Conversation.Person.ID
	t.queue(`
		insert into media (id, person_id, kind, channel, account, ref, mime, name, size, made)
		values (@id, @person, @kind, @channel, @account, @ref, @mime, @name, @size, @now)`,
		pgx.StrictNamedArgs{"id": id, "person": nz(by), "kind": m.Kind, "channel": at.Channel, "account": at.Account, "ref": m.Ref, "mime": m.Mime,
			"name": seal(t.store.keys.person, []byte(m.Name), bindMedia(id)), "size": m.Size, "now": t.now})
	t.fetch = append(t.fetch, id)
	t.rings.media = true
	return id
}

func bindMedia(id hotline.MediaID) string { return fmt.Sprintf("media %d", id) }

// A PendingMedia is a medium that is still at the network.
type PendingMedia struct {
	ID      hotline.MediaID
	Channel hotline.Channel
	Account string
	Ref     string
	Kind    hotline.MediaKind
	Mime    string
	Size    int64
}

// MediaToFetch reads a promised medium; hotline.ErrNotFound when it is no longer pending.
func (s *Store) MediaToFetch(ctx context.Context, id hotline.MediaID) (PendingMedia, error) {
	rows, err := s.pool.Query(ctx, `select id, channel, account, coalesce(ref, '') as ref, kind, mime, size from media
		where id = @id and state = 'pending'`, pgx.StrictNamedArgs{"id": id})
	if err != nil {
		return PendingMedia{}, fmt.Errorf("read a promised medium: %w", err)
	}
	m, err := pgx.CollectOneRow(rows, pgx.RowToStructByName[PendingMedia])
	if errors.Is(err, pgx.ErrNoRows) {
		return m, fmt.Errorf("read a promised medium: %w", hotline.ErrNotFound)
	}
	if err != nil {
		return m, fmt.Errorf("read a promised medium: %w", err)
	}
	return m, nil
}

// chunk is how much of a medium is sealed at once.
const chunk = 256 << 10

// SaveMedia keeps a fetched medium: the original sealed, and the clean copy that others are shown (nil where it cannot be cleaned; the same
// bytes where nothing needed cleaning).
func (s *Store) SaveMedia(ctx context.Context, id hotline.MediaID, mime string, original, clean []byte) error {
	t, err := s.work(ctx, zeroTime)
	if err != nil {
		return fmt.Errorf("save a medium: %w", err)
	}
	defer t.undo(ctx)
	// Erased or given up while it was being fetched: then nothing of it is kept.
	still, err := scalars[hotline.MediaID](ctx, t, "save a medium", `select id from media where id = @id and state = 'pending' for update`,
		pgx.StrictNamedArgs{"id": id})
	if err != nil || len(still) == 0 {
		return err
	}
	first := t.putBlob(mime, original)
	second := first
	if !bytes.Equal(original, clean) {
		second = t.putBlob(mime, clean)
	}
	t.queue(`update media set state = 'stored', mime = @mime, size = @size, original = @first, clean = @second, ref = null
		where id = @id and state = 'pending'`,
		pgx.StrictNamedArgs{"id": id, "mime": mime, "size": len(original), "first": first, "second": second})
	t.rings.outbox = true // what waited for the photo can go
	if err := t.commit(ctx); err != nil {
		return fmt.Errorf("save a medium: %w", err)
	}
	return nil
}

// putBlob gathers a blob by its keyed hash. One that is kept already is left as it is and locked, and says that it was saved again: see dropBlobs.
func (t *Tx) putBlob(mime string, data []byte) []byte {
	if data == nil {
		return nil
	}
	hash := mac(t.store.keys.hash, data)
	t.queue(`insert into blobs (hash, size, mime) values (@hash, @size, @mime)
		on conflict (hash) do update set saved = blobs.saved + 1`, pgx.StrictNamedArgs{"hash": hash, "size": len(data), "mime": mime})
	for n := 0; n*chunk < len(data); n++ {
		part := data[n*chunk : min(len(data), (n+1)*chunk)]
		t.queue(`insert into blob_chunks (hash, n, data) values (@hash, @n, @data) on conflict do nothing`,
			pgx.StrictNamedArgs{"hash": hash, "n": n, "data": seal(t.store.keys.blob, part, bindChunk(hash, n))})
	}
	return hash
}

// dropBlobs deletes the bytes that nothing refers to. Where they are being saved once more for somebody else, it waits for that and finds them changed:
// what refers to them by then it cannot see, and leaves them alone.
const dropBlobs = `
	with idle as materialized (
		select hash, saved from blobs b where not exists (select 1 from media m where m.original = b.hash or m.clean = b.hash))
	delete from blobs b using idle where b.hash = idle.hash and b.saved = idle.saved`

func bindChunk(hash []byte, n int) string { return fmt.Sprintf("%x %d", hash, n) }

// LoseMedia says that a medium will not be had: lost at the network, or refused for what it is.
func (s *Store) LoseMedia(ctx context.Context, id hotline.MediaID, refused bool, reason string) error {
	state := "lost"
	if refused {
		state = "refused"
	}
	_, err := s.pool.Exec(ctx, `update media set state = @state, reason = @reason, ref = null where id = @id and state = 'pending'`,
		pgx.StrictNamedArgs{"id": id, "state": state, "reason": reason})
	if err != nil {
		return fmt.Errorf("give a medium up: %w", err)
	}
	s.Bells.Outbox.Ring()
	s.Bells.Any.Ring()
	return nil
}

// Attachment reads the clean copy of a medium, to be shown to others than its sender. hotline.ErrNotFound: there is none (not fetched, refused,
// erased, or of a kind that cannot be cleaned), or its bytes are not all there.
func (s *Store) Attachment(ctx context.Context, id hotline.MediaID) (hotline.Attachment, error) {
	var a hotline.Attachment
	var hash []byte
	var size int
	err := s.pool.QueryRow(ctx, `
		select m.kind, m.mime, m.clean, coalesce(b.size, -1) from media m left join blobs b on b.hash = m.clean
		where m.id = @id and m.state = 'stored' and m.clean is not null`, pgx.StrictNamedArgs{"id": id}).Scan(&a.Kind, &a.Mime, &hash, &size)
	if errors.Is(err, pgx.ErrNoRows) {
		return a, fmt.Errorf("read a medium: %w", hotline.ErrNotFound)
	}
	if err != nil {
		return a, fmt.Errorf("read a medium: %w", err)
	}
	a.Name = plainName(a.Kind, a.Mime)
	rows, err := s.pool.Query(ctx, `select n, data from blob_chunks where hash = @hash order by n`, pgx.StrictNamedArgs{"hash": hash})
	if err != nil {
		return a, fmt.Errorf("read a medium: %w", err)
	}
	var n int
	var data []byte
	_, err = pgx.ForEachRow(rows, []any{&n, &data}, func() error {
		part, err := open(s.keys.blob, data, bindChunk(hash, n))
		a.Data = append(a.Data, part...)
		return err
	})
	if err != nil {
		return a, fmt.Errorf("open a medium: %w", err)
	}
	if len(a.Data) != size {
		return hotline.Attachment{}, fmt.Errorf("read a medium: %d of %d bytes: %w", len(a.Data), size, hotline.ErrNotFound)
	}
	return a, nil
}

// plainName is what others see a medium called: its sender's own name for it may tell who they are.
func plainName(kind hotline.MediaKind, mime string) string {
	if m := mimetype.Lookup(mime); m != nil {
		return string(kind) + m.Extension()
	}
	return string(kind)
}

// Addresses gives addresses by their ids.
func (s *Store) Addresses(ctx context.Context, ids []hotline.AddressID) ([]hotline.Address, error) {
	type row struct {
		ID      hotline.AddressID
		Channel hotline.Channel
		Account string
		Peer    string
	}
	rows, err := s.pool.Query(ctx, `select id, channel, account, peer from addresses where id = any (@ids) order by id`, pgx.StrictNamedArgs{"ids": ids})
	if err != nil {
		return nil, fmt.Errorf("read addresses: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(c pgx.CollectableRow) (hotline.Address, error) {
		r, err := pgx.RowToStructByName[row](c)
		return hotline.Address{ID: r.ID, Channel: r.Channel, Account: r.Account, Peer: r.Peer}, err
	})
	if err != nil {
		return nil, fmt.Errorf("read addresses: %w", err)
	}
	return list, nil
}
