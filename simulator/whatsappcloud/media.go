package whatsappcloud

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

// Media is a file at the network, of a person's or of a number's.
type Media struct {
	ID     string
	Mime   string
	Name   string
	Data   []byte
	Voice  bool
	number *Number
	key    string // stands in its URL
}

// What the network takes, and up to how many bytes.
var mediaKinds = map[string]struct {
	category string
	most     int
}{
	"audio/aac": {"audio", 16 << 20}, "audio/mp4": {"audio", 16 << 20}, "audio/mpeg": {"audio", 16 << 20}, "audio/amr": {"audio", 16 << 20},
	"audio/ogg": {"audio", 16 << 20}, "image/jpeg": {"image", 5 << 20}, "image/png": {"image", 5 << 20}, "video/mp4": {"video", 16 << 20},
	"video/3gpp": {"video", 16 << 20}, "image/webp": {"sticker", 500 << 10}, "text/plain": {"document", 100 << 20}, "application/pdf": {"document", 100 << 20},
	"application/vnd.ms-powerpoint": {"document", 100 << 20}, "application/msword": {"document", 100 << 20}, "application/vnd.ms-excel": {"document", 100 << 20},
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document":   {"document", 100 << 20},
	"application/vnd.openxmlformats-officedocument.presentationml.presentation": {"document", 100 << 20},
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":         {"document", 100 << 20},
}

// category is the type of message it can go in.
func (m *Media) category() string { return mediaKinds[m.Mime].category }

// files are the media, the oldest dropped first when they are too many bytes.
type files struct {
	mu    sync.Mutex
	most  int64
	bytes int64
	byID  map[string]*Media
	order []string
}

func (f *files) init(most int64) { f.most, f.byID = most, map[string]*Media{} }

func (f *files) add(m *Media) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.byID[m.ID] = m
	f.order = append(f.order, m.ID)
	for f.bytes += int64(len(m.Data)); f.bytes > f.most && len(f.order) > 1; f.order = f.order[1:] {
		if old := f.byID[f.order[0]]; old != nil {
			f.bytes -= int64(len(old.Data))
			delete(f.byID, old.ID)
		}
	}
}

func (f *files) known(id string, n *Number) *Media {
	f.mu.Lock()
	defer f.mu.Unlock()
	if m := f.byID[id]; m != nil && (n == nil || m.number == n) {
		return m
	}
	return nil
}

// Forget makes a medium gone, as they go after some weeks.
func (s *Server) Forget(mediaID string) {
	s.files.mu.Lock()
	defer s.files.mu.Unlock()
	if m := s.files.byID[mediaID]; m != nil {
		s.files.bytes -= int64(len(m.Data))
		delete(s.files.byID, mediaID)
	}
}

func (s *Server) newMedia(n *Number, kind, name string, data []byte) *Media {
	id := s.ids.Add(1)
	sum := sha256.Sum256([]byte(strconv.FormatInt(id, 10) + s.opts.AppSecret))
	m := &Media{ID: strconv.FormatInt(id, 10), Mime: kind, Name: name, Data: data, number: n, key: hex.EncodeToString(sum[:8])}
	s.files.add(m)
	return m
}

// upload takes a medium.
func (s *Server) upload(w http.ResponseWriter, r *http.Request, n *Number) *graphError {
	r.Body = http.MaxBytesReader(w, r.Body, 101<<20)
	if err := r.ParseMultipartForm(32 << 20); err != nil {
		s.violation(CallMedia, "", "no multipart form")
		return known(100).with("the body must be multipart/form-data")
	}
	defer func() { _ = r.MultipartForm.RemoveAll() }()
	for name := range r.MultipartForm.Value {
		if name != "messaging_product" && name != "type" {
			s.violation(CallMedia, name, "unknown field")
			return known(100).with("Unexpected key \"" + clip(name, 40) + "\"")
		}
	}
	if r.FormValue("messaging_product") != "whatsapp" {
		s.violation(CallMedia, "messaging_product", "is missing or not whatsapp")
		return known(100).with("The parameter messaging_product is required.")
	}
	list := r.MultipartForm.File["file"]
	if len(list) != 1 || len(r.MultipartForm.File) != 1 {
		s.violation(CallMedia, "file", "is not exactly one")
		return known(100).with("The parameter file is required.")
	}
	kind, _, err := mime.ParseMediaType(list[0].Header.Get("Content-Type"))
	declared, _, err2 := mime.ParseMediaType(r.FormValue("type"))
	if err != nil || err2 != nil || kind != declared {
		s.violation(CallMedia, "type", "is missing or another than the file's")
		return known(100).with("type")
	}
	rule, ok := mediaKinds[kind]
	if !ok {
		return &graphError{status: 400, code: 100, message: "(#100) Param file must be a file with one of the following types: audio/aac, audio/mp4, audio/mpeg, " +
			"audio/amr, audio/ogg, application/pdf, text/plain, image/jpeg, image/png, image/webp, video/mp4, video/3gpp, …  Received file of type '" + clip(kind, 40) + "'."}
	}
	file, err := list[0].Open()
	if err != nil {
		return known(131000)
	}
	defer func() { _ = file.Close() }()
	data, err := io.ReadAll(file)
	switch {
	case err != nil:
		return known(131000)
	case len(data) == 0, len(data) > rule.most:
		return known(131053).with("the file is empty or larger than " + strconv.Itoa(rule.most))
	case strings.HasPrefix(kind, "image/") && !strings.HasPrefix(http.DetectContentType(data), "image/"):
		return known(131053).with("the file is no image")
	}
	m := s.newMedia(n, kind, path.Base(list[0].Filename), data)
	answer(w, http.StatusOK, map[string]any{"id": m.ID})
	return nil
}

const filePath = "/whatsapp_business/attachments/"

// locate says where a medium lies.
func (s *Server) locate(w http.ResponseWriter, r *http.Request, id string) *graphError {
	var n *Number
	if asked := r.URL.Query().Get("phone_number_id"); asked != "" {
		if n = s.number(asked); n == nil {
			return errNoObject("get", id)
		}
	}
	m := s.files.known(id, n)
	if m == nil {
		return errNoObject("get", id)
	}
	sum := sha256.Sum256(m.Data)
	answer(w, http.StatusOK, map[string]any{"url": "http://" + r.Host + filePath + "?mid=" + m.ID + "&ext=1&hash=" + m.key, "mime_type": m.Mime,
		"sha256": hex.EncodeToString(sum[:]), "file_size": len(m.Data), "id": m.ID, "messaging_product": "whatsapp"})
	return nil
}

func (s *Server) download(w http.ResponseWriter, r *http.Request, _ *FaultHandle) *graphError {
	m := s.files.known(r.URL.Query().Get("mid"), nil)
	if m == nil || r.URL.Query().Get("hash") != m.key {
		w.WriteHeader(http.StatusNotFound)
		return nil
	}
	w.Header().Set("Content-Type", m.Mime)
	w.Header().Set("Content-Length", strconv.Itoa(len(m.Data)))
	_, _ = w.Write(m.Data)
	return nil
}
