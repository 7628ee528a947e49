package telegram

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"image"
	_ "image/gif" // so that photos of the usual kinds can be measured and scaled
	"image/jpeg"
	_ "image/png" // like image/gif
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Media is a file in a message.
type Media struct {
	Kind     Kind
	FileID   string // names this file for this server; differs each time it is sent
	UniqueID string // the same whenever the content is the same
	Name     string
	MIME     string
	Size     int64
	Width    int
	Height   int
	Duration int    // seconds
	Emoji    string // a sticker's
	Title    string // an audio's
	Sizes    []Size // a photo's, the smallest first; the last is the photo itself
}

// Size is one of a photo's sizes.
type Size struct {
	FileID, UniqueID string
	Width, Height    int
	Size             int64
}

// The sizes of files in Telegram's rules.
const (
	maxDownload = 20 << 20 // that a bot may fetch
	maxPhoto    = 10 << 20 // that a bot may send as a photo
	maxUpload   = 50 << 20 // that a bot may send as anything else
)

// content is the bytes of a file, once for everybody who sent them.
type content struct {
	data   []byte
	hash   [sha256.Size]byte
	width  int // 0: not an image that we can read
	height int
	once   sync.Once
	small  []*content // smaller sizes of a photo, the smallest first
}

// stored is one file id.
type stored struct {
	media Media
	path  string
	body  *content
}

// files keeps what was sent, in memory and bounded: the oldest file ids go first, and
// their bytes with the last of them.
type files struct {
	mu     sync.Mutex
	max    int64
	total  int64
	byID   map[string]*stored
	byPath map[string]*stored
	byHash map[[sha256.Size]byte]*held
	order  []*stored
	serial atomic.Int64
}

// held is content with the number of file ids that have it.
type held struct {
	body *content
	uses int
}

func (f *files) init(most int64) {
	f.max = most
	f.byID = make(map[string]*stored)
	f.byPath = make(map[string]*stored)
	f.byHash = make(map[[sha256.Size]byte]*held)
}

// folders and prefixes are what paths and ids of each kind begin with.
var folders = map[Kind]string{KindPhoto: "photos", KindVideo: "videos", KindVoice: "voice", KindAudio: "music", KindDocument: "documents", KindSticker: "stickers"}
var prefixes = map[Kind]string{KindPhoto: "AgACAgUAAx", KindVideo: "BAACAgUAAx", KindVoice: "AwACAgUAAx", KindAudio: "CQACAgUAAx", KindDocument: "BQACAgUAAx", KindSticker: "CAACAgUAAx"}
var uniquePrefixes = map[Kind]string{KindPhoto: "AQAD", KindVideo: "AgAD", KindVoice: "AgAD", KindAudio: "AgAD", KindDocument: "AgAD", KindSticker: "AgAD"}

// save stores data, which must not change any more, and completes m: ids, size, a
// photo's sizes.
func (f *files) save(m Media, data []byte) *Media {
	body := f.intern(data)
	if m.Kind == KindPhoto {
		body.once.Do(body.scale)
		for _, small := range append(body.small[:len(body.small):len(body.small)], body) {
			s := m
			s.Width, s.Height, s.Size = small.width, small.height, int64(len(small.data))
			if s.Width == 0 {
				s.Width, s.Height = 1280, 960
			}
			f.register(&s, small)
			m.Sizes = append(m.Sizes, Size{FileID: s.FileID, UniqueID: s.UniqueID, Width: s.Width, Height: s.Height, Size: s.Size})
		}
		last := m.Sizes[len(m.Sizes)-1]
		m.FileID, m.UniqueID, m.Width, m.Height, m.Size = last.FileID, last.UniqueID, last.Width, last.Height, last.Size
		return &m
	}
	m.Size = int64(len(data))
	f.register(&m, body)
	return &m
}

func (f *files) intern(data []byte) *content {
	hash := sha256.Sum256(data)
	f.mu.Lock()
	h := f.byHash[hash]
	f.mu.Unlock()
	if h != nil {
		return h.body
	}
	c := &content{data: data, hash: hash}
	if cfg, _, err := image.DecodeConfig(bytes.NewReader(data)); err == nil {
		c.width, c.height = cfg.Width, cfg.Height
	}
	return c
}

// register gives m a file id and a path, and makes room.
func (f *files) register(m *Media, body *content) {
	n := f.serial.Add(1)
	tail := make([]byte, 0, 24)
	for shift := 56; shift >= 0; shift -= 8 {
		tail = append(tail, byte(n>>shift))
	}
	m.FileID = prefixes[m.Kind] + base64.RawURLEncoding.EncodeToString(append(tail, body.hash[:16]...))
	m.UniqueID = uniquePrefixes[m.Kind] + base64.RawURLEncoding.EncodeToString(body.hash[:9])
	s := &stored{media: *m, body: body, path: folders[m.Kind] + "/file_" + strconv.FormatInt(n, 10) + extension(m)}

	f.mu.Lock()
	defer f.mu.Unlock()
	h := f.byHash[body.hash]
	if h == nil {
		h = &held{body: body}
		f.byHash[body.hash] = h
		f.total += int64(len(body.data))
	}
	h.uses++
	s.body = h.body
	f.byID[m.FileID], f.byPath[s.path] = s, s
	f.order = append(f.order, s)
	for (f.total > f.max || len(f.order) > maxFileIDs) && len(f.order) > 1 {
		f.forgetOldest()
	}
}

const maxFileIDs = 200_000

func (f *files) forgetOldest() {
	s := f.order[0]
	f.order[0] = nil
	f.order = f.order[1:]
	delete(f.byID, s.media.FileID)
	delete(f.byPath, s.path)
	if h := f.byHash[s.body.hash]; h != nil {
		if h.uses--; h.uses == 0 {
			delete(f.byHash, s.body.hash)
			f.total -= int64(len(s.body.data))
		}
	}
}

func (f *files) find(id string) *stored {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.byID[id]
}

func (f *files) at(path string) *stored {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.byPath[path]
}

func extension(m *Media) string {
	if e := path.Ext(m.Name); e != "" && len(e) <= 6 && isASCII(e) && !strings.ContainsAny(e, " /\\?#%") {
		return strings.ToLower(e)
	}
	switch m.Kind {
	case KindPhoto:
		return ".jpg"
	case KindVideo:
		return ".mp4"
	case KindVoice:
		return ".oga"
	case KindAudio:
		return ".mp3"
	case KindSticker:
		return ".webp"
	}
	return ""
}

// The widths that Telegram scales a photo to, the original apart.
var photoWidths = []int{90, 320, 800}

// scale makes the smaller sizes. A photo that cannot be read has none: people may
// send any bytes as a photo here, though a real client would not.
func (c *content) scale() {
	if c.width == 0 || c.width*c.height > 40_000_000 {
		return
	}
	longest := max(c.width, c.height)
	if longest <= photoWidths[0] {
		return
	}
	src, _, err := image.Decode(bytes.NewReader(c.data))
	if err != nil {
		c.width, c.height = 0, 0
		return
	}
	for _, side := range photoWidths {
		if side >= longest {
			break
		}
		w, h := max(c.width*side/longest, 1), max(c.height*side/longest, 1)
		var b bytes.Buffer
		if err := jpeg.Encode(&b, shrink(src, w, h), &jpeg.Options{Quality: 70}); err != nil {
			return
		}
		c.small = append(c.small, &content{data: b.Bytes(), hash: sha256.Sum256(b.Bytes()), width: w, height: h})
	}
}

// shrink takes the nearest pixel: it is a thumbnail of a simulated photo.
func shrink(src image.Image, w, h int) image.Image {
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	from := src.Bounds()
	for y := range h {
		for x := range w {
			dst.Set(x, y, src.At(from.Min.X+x*from.Dx()/w, from.Min.Y+y*from.Dy()/h))
		}
	}
	return dst
}

// append writes the media field of a Message.
func (m *Media) append(b []byte) []byte {
	b = appendKey(b, string(m.Kind))
	if m.Kind == KindPhoto {
		b = append(b, '[')
		for i := range m.Sizes {
			s := &m.Sizes[i]
			if i > 0 {
				b = append(b, ',')
			}
			b = append(b, `{"file_id":`...)
			b = appendString(b, s.FileID)
			b = appendField(b, "file_unique_id", s.UniqueID)
			b = appendInt(b, "file_size", s.Size)
			b = appendInt(b, "width", int64(s.Width))
			b = append(appendInt(b, "height", int64(s.Height)), '}')
		}
		return append(b, ']')
	}
	b = append(b, '{')
	switch m.Kind {
	case KindVoice, KindAudio, KindVideo:
		b = append(b, `"duration":`...)
		b = strconv.AppendInt(b, int64(m.Duration), 10)
	case KindSticker:
		b = append(b, `"type":"regular","is_animated":false,"is_video":false`...)
		b = appendOptional(b, "emoji", m.Emoji)
	default:
		b = append(b, `"file_name":`...)
		b = appendString(b, m.Name)
	}
	if m.Kind == KindVideo || m.Kind == KindSticker {
		b = appendInt(b, "width", int64(m.Width))
		b = appendInt(b, "height", int64(m.Height))
	}
	if m.Kind == KindVideo || m.Kind == KindAudio {
		b = appendOptional(b, "file_name", m.Name)
	}
	if m.Kind == KindAudio {
		b = appendOptional(b, "title", m.Title)
	}
	if m.Kind != KindSticker {
		b = appendOptional(b, "mime_type", m.MIME)
	}
	b = appendField(b, "file_id", m.FileID)
	b = appendField(b, "file_unique_id", m.UniqueID)
	return append(appendInt(b, "file_size", m.Size), '}')
}

// File gives the bytes and the kind of content of a file id, and whether it is kept.
func (s *Server) File(fileID string) (data []byte, mimeType string, ok bool) {
	st := s.files.find(fileID)
	if st == nil {
		return nil, "", false
	}
	mimeType = st.media.MIME
	if mimeType == "" {
		mimeType = http.DetectContentType(st.body.data)
	}
	return st.body.data, mimeType, true
}

func getFile(c *call) error {
	id := c.req.text("file_id")
	if id == "" {
		return bad("file_id not specified")
	}
	st := c.s.files.find(id)
	if st == nil {
		return bad("wrong file_id or the file is temporarily unavailable")
	}
	if st.media.Size > maxDownload {
		return bad("file is too big")
	}
	c.out = append(c.out, `{"file_id":`...)
	c.out = appendString(c.out, st.media.FileID)
	c.out = appendField(c.out, "file_unique_id", st.media.UniqueID)
	c.out = appendInt(c.out, "file_size", st.media.Size)
	c.out = append(appendField(c.out, "file_path", st.path), '}')
	return nil
}

// FileMethod is what a [Fault] calls the download of a file.
const FileMethod = "file"

var fileMethod = &method{name: FileMethod, okKey: FileMethod + " 200"}

// serveFile answers /file/bot<token>/<path>.
func (s *Server) serveFile(w http.ResponseWriter, r *http.Request, rest string) {
	token, name, _ := strings.Cut(rest, "/")
	known, ok := s.bots.Load(token)
	if !ok {
		writeError(w, errUnauthorized)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		writeError(w, errVerb)
		return
	}
	c := &call{ctx: r.Context(), s: s, bot: known.(*Bot), method: fileMethod}
	var fault *FaultHandle
	if s.faults.armed.Load() > 0 {
		if fault = s.faults.take(c); fault != nil {
			if err := fault.before(c); err != nil {
				c.finish(w, FileMethod, err)
				return
			}
		}
	}
	st := s.files.at(name)
	if st == nil || st.media.Size > maxDownload {
		c.finish(w, FileMethod, errNotFound)
		return
	}
	c.bot.count(fileMethod, nil)
	w.Header().Set("Content-Type", "application/octet-stream")
	if fault != nil && fault.Drop == DropAfter {
		// Half the file, and then nothing: a download that breaks off.
		w.Header().Set("Content-Length", strconv.Itoa(len(st.body.data)))
		_, _ = w.Write(st.body.data[:len(st.body.data)/2])
		// Out before the break: a client would ask again if it had seen nothing at all.
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(st.body.data))
}

// uploaded finds the file of a send method: in the form, attached, or sent before.
// what is Telegram's word for it in its errors.
func (c *call) uploaded(kind Kind, field string) (*Media, error) {
	if up := c.req.file(field); up != nil {
		return c.fresh(kind, up)
	}
	value, ok := c.req.lookup(field)
	if !ok || len(value) == 0 {
		return nil, bad("there is no %s in the request", kind)
	}
	return c.referred(kind, string(value))
}

// referred finds a file by attach://name, file id or URL.
func (c *call) referred(kind Kind, value string) (*Media, error) {
	if name, ok := strings.CutPrefix(value, "attach://"); ok {
		up := c.req.file(name)
		if up == nil {
			return nil, bad("can't find the attached file %q", clip(name, 60))
		}
		return c.fresh(kind, up)
	}
	if strings.Contains(value, "://") {
		// There is no world outside of the box to fetch it from.
		return nil, bad("failed to get HTTP URL content")
	}
	st := c.s.files.find(value)
	if st == nil {
		return nil, bad("wrong remote file identifier specified: Wrong string length")
	}
	if st.media.Kind != kind {
		return nil, bad("can't use file of type %s as %s", title(st.media.Kind), title(kind))
	}
	m := st.media
	return c.s.files.save(Media{Kind: kind, Name: m.Name, MIME: m.MIME, Width: m.Width, Height: m.Height, Duration: m.Duration, Emoji: m.Emoji, Title: m.Title}, st.body.data), nil
}

func title(k Kind) string { return strings.ToUpper(string(k[:1])) + string(k[1:]) }

func (c *call) fresh(kind Kind, up *upload) (*Media, error) {
	limit := maxUpload
	if kind == KindPhoto {
		limit = maxPhoto
	}
	switch {
	case len(up.data) == 0:
		return nil, bad("file must be non-empty")
	case len(up.data) > limit && kind == KindPhoto:
		return nil, bad("file of size %d bytes is too big for a photo; the maximum size is %d bytes", len(up.data), limit)
	case len(up.data) > limit:
		return nil, errTooLarge
	}
	if kind == KindPhoto {
		cfg, _, err := image.DecodeConfig(bytes.NewReader(up.data))
		if err != nil {
			c.violation(string(kind), "not an image")
			return nil, bad("IMAGE_PROCESS_FAILED")
		}
		if cfg.Width+cfg.Height > 10_000 || cfg.Width > 20*cfg.Height || cfg.Height > 20*cfg.Width {
			return nil, bad("PHOTO_INVALID_DIMENSIONS")
		}
	}
	m := mediaOf(kind, up.name, up.data)
	m.Duration = int(c.integer("duration", 0))
	// The body's buffer is used again for the next call.
	return c.s.files.save(m, bytes.Clone(up.data)), nil
}

// mediaOf describes a file by its name and its first bytes.
func mediaOf(kind Kind, name string, data []byte) Media {
	m := Media{Kind: kind, Name: name}
	switch kind {
	case KindVoice:
		m.MIME, m.Name = "audio/ogg", ""
	case KindSticker:
		m.MIME, m.Width, m.Height, m.Name = "image/webp", 512, 512, ""
	case KindPhoto:
		m.MIME = http.DetectContentType(data)
	default:
		if m.MIME, _, _ = strings.Cut(mime.TypeByExtension(path.Ext(name)), ";"); m.MIME == "" {
			m.MIME, _, _ = strings.Cut(http.DetectContentType(data), ";")
		}
		if kind == KindVideo {
			m.Width, m.Height = 640, 360
		}
		if m.Name == "" {
			m.Name = fmt.Sprintf("%s%s", kind, extension(&m))
		}
	}
	return m
}
