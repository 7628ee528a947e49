package telegram

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	tg "github.com/go-telegram/bot"

	"tanggap/hotline"
)

// What makes a medium unfetchable for good. Any other error of Fetch is worth another try.
var (
	ErrTooBig = hotline.ErrTooBig
	ErrNoFile = hotline.ErrNoFile
)

// Fetch opens a medium at the network by its Media.Ref. size is what the network says it has, 0 if it says nothing. Reading past hotline.MaxMedia
// gives ErrTooBig. The caller closes it; ctx bounds the reading too.
func (c *Channel) Fetch(ctx context.Context, ref string) (medium io.ReadCloser, size int64, err error) {
	if ref == "" {
		return nil, 0, ErrNoFile
	}
	f, err := c.api.GetFile(ctx, &tg.GetFileParams{FileID: ref})
	if err != nil {
		return nil, 0, c.unfetched(err)
	}
	if f.FileSize > hotline.MaxMedia {
		return nil, 0, ErrTooBig
	}
	if f.FilePath == "" {
		return nil, 0, errors.New("fetch a medium: telegram gave no path for it")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"/file/bot"+c.token+"/"+escapedPath(f.FilePath), nil)
	if err != nil {
		return nil, 0, errors.New("fetch a medium: telegram's path for it cannot be used")
	}
	resp, err := c.wire.client.Do(req)
	if err != nil {
		return nil, 0, fmt.Errorf("fetch a medium: %w", told(c.wire.scrub(err)))
	}
	if resp.StatusCode != http.StatusOK {
		_ = resp.Body.Close() // nothing in it for us
		if resp.StatusCode == http.StatusNotFound || resp.StatusCode == http.StatusGone {
			return nil, 0, ErrNoFile
		}
		return nil, 0, fmt.Errorf("fetch a medium: telegram answered %d", resp.StatusCode)
	}
	if resp.ContentLength > hotline.MaxMedia {
		_ = resp.Body.Close()
		return nil, 0, ErrTooBig
	}
	size = max(resp.ContentLength, 0)
	if size == 0 {
		size = f.FileSize
	}
	return &download{body: resp.Body, left: hotline.MaxMedia, wire: c.wire}, size, nil
}

func (c *Channel) unfetched(err error) error {
	se := trouble(c.wire.scrub(err))
	var api *apiError
	if errors.As(se.Err, &api) && api.Code == http.StatusBadRequest {
		said := strings.ToLower(api.Description)
		switch {
		case strings.Contains(said, "too big"):
			return ErrTooBig
		case strings.Contains(said, "file_id"), strings.Contains(said, "file id"), strings.Contains(said, "invalid file"), strings.Contains(said, "file not found"):
			return ErrNoFile
		}
	}
	return fmt.Errorf("fetch a medium: %w", se.Err)
}

func escapedPath(p string) string {
	parts := strings.Split(strings.TrimLeft(p, "/"), "/")
	for i, s := range parts {
		if s == "." || s == ".." {
			s = "_"
		}
		parts[i] = url.PathEscape(s)
	}
	return strings.Join(parts, "/")
}

// A download is a body that ends with ErrTooBig where the network sends more than is taken, and whose errors have no URL.
type download struct {
	body io.ReadCloser
	left int64
	wire *wire
}

func (m *download) Read(p []byte) (int, error) {
	if m.left < 0 {
		return 0, ErrTooBig
	}
	if int64(len(p)) > m.left+1 {
		p = p[:m.left+1]
	}
	n, err := m.body.Read(p)
	if m.left -= int64(n); m.left < 0 {
		return n - 1, ErrTooBig
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = told(m.wire.scrub(err))
	}
	return n, err
}

func (m *download) Close() error { return m.wire.scrub(m.body.Close()) }
