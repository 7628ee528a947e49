package whatsapp

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

const (
	mediaHost = "mmg.whatsapp.net"
	mediaPath = "/v/t62.7118-24/"
	mediaAuth = "simulated-media-auth"
	maxUpload = 100 << 20
)

// media are the blobs that people uploaded: ciphertexts, by the hash of their bytes. Their
// keys travel in messages that this server cannot read.
type media struct {
	mu     sync.Mutex
	most   int64
	bytes  int64
	blobs  map[string][]byte // by hash
	order  []string          // oldest first
	paths  map[string]string // path -> hash
	serial int
	gone   int // the code that downloads get
	times  int // so many of the next; negative for all
}

func (m *media) init(most int64) {
	m.most, m.blobs, m.paths = most, map[string][]byte{}, map[string]string{}
}

// mediaConnection says where media go and come from.
func mediaConnection() node {
	return node{Tag: "media_conn", Attrs: attrs{"auth": mediaAuth, "auth_ttl": 3600, "ttl": 300, "max_buckets": 12},
		Content: []node{{Tag: "host", Attrs: attrs{"hostname": mediaHost}}, {Tag: "host", Attrs: attrs{"hostname": "media.fcgk7-1.fna.whatsapp.net"}}}}
}

// keep stores a blob and gives the path by which it is fetched.
func (m *media) keep(blob []byte) string {
	sum := sha256.Sum256(blob)
	hash := string(sum[:])
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.blobs[hash]; !ok {
		m.blobs[hash] = blob
		m.order = append(m.order, hash)
		m.bytes += int64(len(blob))
		for m.bytes > m.most && len(m.order) > 1 {
			m.bytes -= int64(len(m.blobs[m.order[0]]))
			delete(m.blobs, m.order[0])
			m.order = m.order[1:]
		}
	}
	return m.path(hash)
}

// path makes a new path to a blob. The caller holds the lock.
func (m *media) path(hash string) string {
	m.serial++
	p := mediaPath + fmt.Sprintf("%d_%s_n.enc", m.serial, base64.RawURLEncoding.EncodeToString([]byte(hash)[:12]))
	m.paths[p] = hash
	return p + "?ccb=11-4&oh=01_simulated&oe=7FFFFFFF&_nc_sid=5e03e0"
}

// again makes a new path to a blob that is still there, "" if it is not. The path works even
// while downloads fail.
func (m *media) again(sum []byte) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.blobs[string(sum)]; !ok {
		return ""
	}
	m.times = 0
	return m.path(string(sum))
}

// MediaGone makes the next n downloads fail with a code such as 404 or 410, all of them if n is
// negative; 0 ends it. A phone that uploads something again (see the package's text) ends it too.
func (s *Server) MediaGone(code, n int) {
	s.media.mu.Lock()
	defer s.media.mu.Unlock()
	s.media.gone, s.media.times = code, n
}

// upload is POST /mms/<kind>/<token>: the token is the hash of the bytes.
func (s *Server) upload(w http.ResponseWriter, r *http.Request) {
	blob, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxUpload))
	if err != nil {
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return
	}
	sum := sha256.Sum256(blob)
	token, err := base64.URLEncoding.DecodeString(r.URL.Query().Get("token"))
	if err != nil {
		token, _ = base64.RawURLEncoding.DecodeString(r.URL.Query().Get("token"))
	}
	if r.URL.Query().Get("auth") != mediaAuth || !bytes.Equal(token, sum[:]) {
		s.violation("upload", "wrong auth or token")
		http.Error(w, "forbidden", http.StatusForbidden)
		return
	}
	path := s.media.keep(blob)
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]string{"url": "https://" + mediaHost + path + "&mms3=true", "direct_path": path})
}

// download is GET <direct path>.
func (s *Server) download(w http.ResponseWriter, r *http.Request) {
	m := &s.media
	m.mu.Lock()
	blob, ok := m.blobs[m.paths[r.URL.Path]]
	code := 0
	if m.times != 0 {
		code = m.gone
		if m.times > 0 {
			m.times--
		}
	}
	m.mu.Unlock()
	switch {
	case code != 0:
		http.Error(w, http.StatusText(code), code)
	case !ok:
		http.Error(w, "gone", http.StatusGone)
	default:
		w.Header().Set("Content-Type", "application/octet-stream")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(blob))
	}
}
