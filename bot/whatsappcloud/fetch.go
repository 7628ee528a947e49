package whatsappcloud

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"tanggap/hotline"
)

// Fetch opens a medium at the network by its Media.Ref. size is what the network says it has, 0 if it says nothing. Reading past hotline.MaxMedia
// gives hotline.ErrTooBig; hotline.ErrNoFile: it is gone there, after some weeks; any other error is worth another try. The caller closes it; ctx
// bounds the reading too.
func (c *Channel) Fetch(ctx context.Context, ref string) (medium io.ReadCloser, size int64, err error) {
	if !mediaShape(ref) {
		return nil, 0, hotline.ErrNoFile
	}
	var at struct {
		URL  string   `json:"url"`
		Size flexible `json:"file_size"`
	}
	if err := c.locate(ctx, ref, &at); err != nil {
		return nil, 0, err
	}
	if at.Size.number() > hotline.MaxMedia {
		return nil, 0, hotline.ErrTooBig
	}
	if !c.wire.trusts(at.URL) {
		return nil, 0, errors.New("fetch a medium: the network names a place that is not its own")
	}
	req, err := c.wire.request(ctx, http.MethodGet, at.URL, nil)
	if err != nil {
		return nil, 0, fmt.Errorf("fetch a medium: %w", err)
	}
	resp, err := c.wire.client.Do(req) //nolint:gosec // G704: only to the network's own hosts, see trusts
	if err != nil {
		return nil, 0, fmt.Errorf("fetch a medium: %w", c.wire.scrub(err))
	}
	if resp.StatusCode != http.StatusOK {
		_ = resp.Body.Close() // nothing in it for us
		if resp.StatusCode == http.StatusNotFound || resp.StatusCode == http.StatusGone {
			return nil, 0, hotline.ErrNoFile
		}
		return nil, 0, fmt.Errorf("fetch a medium: the network answered %d", resp.StatusCode)
	}
	if resp.ContentLength > hotline.MaxMedia {
		_ = resp.Body.Close()
		return nil, 0, hotline.ErrTooBig
	}
	size = max(resp.ContentLength, 0)
	if size == 0 {
		size = int64(max(at.Size.number(), 0))
	}
	return &download{body: resp.Body, left: hotline.MaxMedia, wire: c.wire}, size, nil
}

// locate asks where a medium lies, which is told for five minutes.
func (c *Channel) locate(ctx context.Context, ref string, into any) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	err := c.wire.get(ctx, c.base+"/"+ref+"?phone_number_id="+c.account, into)
	var api *apiError
	if errors.As(err, &api) && (api.Status == http.StatusNotFound || api.Code == codeParameter || api.Code == codeInvalid) {
		return hotline.ErrNoFile
	}
	if err != nil {
		return fmt.Errorf("fetch a medium: %w", err)
	}
	return nil
}

// The network's own names, beside the API's. The token goes nowhere else, whatever an answer says.
var homes = []string{".fbsbx.com", ".facebook.com", ".fbcdn.net", ".whatsapp.net"}

func (w *wire) trusts(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.User != nil {
		return false
	}
	if u.Scheme == w.home.Scheme && u.Host == w.home.Host {
		return true
	}
	for _, h := range homes {
		if u.Scheme == "https" && u.Port() == "" && strings.HasSuffix(u.Host, h) {
			return true
		}
	}
	return false
}

// A download is a body that ends with ErrTooBig where the network sends more than is taken, and whose errors have no URL.
type download struct {
	body io.ReadCloser
	left int64
	wire *wire
}

func (m *download) Read(p []byte) (int, error) {
	if m.left < 0 {
		return 0, hotline.ErrTooBig
	}
	if int64(len(p)) > m.left+1 {
		p = p[:m.left+1]
	}
	n, err := m.body.Read(p)
	if m.left -= int64(n); m.left < 0 {
		return n - 1, hotline.ErrTooBig
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = m.wire.scrub(err)
	}
	return n, err
}

func (m *download) Close() error { return m.wire.scrub(m.body.Close()) }
