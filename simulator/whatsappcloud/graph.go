package whatsappcloud

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

// maxRequest bounds a call that is no upload.
const maxRequest = 1 << 20

var versionShape = regexp.MustCompile(`^v[0-9]{1,3}\.[0-9]$`)

// ServeHTTP answers /vNN.0/<number>/messages, /vNN.0/<number>/media, /vNN.0/<number or medium>, and the place where media lie.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == filePath {
		s.serve(w, r, CallFile, "", s.download)
		return
	}
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	if len(parts) < 2 || len(parts) > 3 || !versionShape.MatchString(parts[0]) {
		s.violation(r.URL.Path, "", "no such path")
		s.refuse(w, &graphError{status: http.StatusNotFound, code: 2500, message: "Unknown path components: " + clip(r.URL.Path, 80)})
		return
	}
	verb := strings.ToLower(r.Method)
	switch {
	case len(parts) == 2 && r.Method == http.MethodGet:
		if n := s.number(parts[1]); n != nil {
			s.serve(w, r, CallNumber, "", func(w http.ResponseWriter, r *http.Request, _ *FaultHandle) *graphError { return s.describe(w, r, n) })
			return
		}
		s.serve(w, r, CallLocate, "", func(w http.ResponseWriter, r *http.Request, _ *FaultHandle) *graphError {
			return s.locate(w, r, parts[1])
		})
	case len(parts) == 3 && r.Method == http.MethodPost && (parts[2] == "messages" || parts[2] == "media"):
		n := s.number(parts[1])
		if n == nil {
			s.serve(w, r, parts[2], "", func(http.ResponseWriter, *http.Request, *FaultHandle) *graphError { return errNoObject(verb, parts[1]) })
			return
		}
		if parts[2] == "media" {
			s.serve(w, r, CallMedia, "", func(w http.ResponseWriter, r *http.Request, _ *FaultHandle) *graphError { return s.upload(w, r, n) })
			return
		}
		s.messages(w, r, n)
	default:
		s.violation(strings.Join(parts[1:], "/"), "", "nothing answers "+r.Method)
		s.serve(w, r, "other", "", func(http.ResponseWriter, *http.Request, *FaultHandle) *graphError { return errNoObject(verb, parts[1]) })
	}
}

// serve looks at the token, lets a fault happen, performs the act and counts the answer.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, what, to string, act action) {
	rec := &recorder{ResponseWriter: w, status: http.StatusOK}
	defer func() { s.count(what, rec.status) }()
	given, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	switch {
	case !bearer:
		s.refuse(rec, errNoToken)
		return
	case given != s.opts.Token:
		s.refuse(rec, errToken)
		return
	}
	fault := s.faults.take(what, to)
	if fault != nil && fault.before(s, rec, r) {
		return
	}
	target := http.ResponseWriter(rec)
	drops := fault != nil && fault.Drop >= DropAfter
	if drops {
		target = &swallower{header: http.Header{}}
		if what == CallFile {
			target = &breaker{ResponseWriter: rec, left: 100}
		}
	}
	if err := act(target, r, fault); err != nil {
		s.refuse(target, err)
	}
	if drops {
		rec.status = 0
		fault.after(s, r)
	}
}

// action performs a call, or gives the refusal; the fault that hit it may be nil.
type action func(http.ResponseWriter, *http.Request, *FaultHandle) *graphError

func (s *Server) count(what string, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls[what+" "+strconv.Itoa(status)]++
}

// recorder remembers the status.
type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

// swallower takes an answer that nobody gets.
type swallower struct{ header http.Header }

func (s *swallower) Header() http.Header         { return s.header }
func (s *swallower) WriteHeader(int)             {}
func (s *swallower) Write(b []byte) (int, error) { return len(b), nil }

// breaker lets only the beginning of an answer through.
type breaker struct {
	http.ResponseWriter
	left int
}

func (b *breaker) Write(p []byte) (int, error) {
	n := min(len(p), b.left)
	b.left -= n
	if _, err := b.ResponseWriter.Write(p[:n]); err != nil {
		return 0, err
	}
	if f, ok := b.ResponseWriter.(*recorder).ResponseWriter.(http.Flusher); ok {
		f.Flush()
	}
	return len(p), nil
}

// object reads a call's JSON object.
func object(r *http.Request) (map[string]any, *graphError) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return nil, known(100).with("the body must be application/json")
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxRequest+1))
	if err != nil || len(body) > maxRequest {
		return nil, known(100).with("the body is too large")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var m map[string]any
	if d.Decode(&m) != nil || m == nil || d.More() {
		return nil, known(100).with("the body is no JSON object")
	}
	return m, nil
}

// describe answers for a number, with the fields asked for.
func (s *Server) describe(w http.ResponseWriter, r *http.Request, n *Number) *graphError {
	all := map[string]any{
		"id": n.id, "display_phone_number": "+" + n.dial, "verified_name": n.verifiedName, "quality_rating": "GREEN", "code_verification_status": "VERIFIED",
		"platform_type": "CLOUD_API", "throughput": map[string]any{"level": "STANDARD"}, "account_mode": "LIVE", "name_status": "APPROVED",
		"health_status": map[string]any{"can_send_message": *s.health.Load(), "entities": []any{}},
	}
	fields := r.URL.Query().Get("fields")
	if fields == "" {
		fields = "id,display_phone_number,verified_name,quality_rating,code_verification_status"
	}
	out := map[string]any{"id": n.id}
	for f := range strings.SplitSeq(fields, ",") {
		v, ok := all[f]
		if !ok {
			s.violation(CallNumber, f, "no such field")
			return &graphError{status: 400, code: 100, message: "(#100) Tried accessing nonexisting field (" + clip(f, 40) + ")"}
		}
		out[f] = v
	}
	answer(w, http.StatusOK, out)
	return nil
}
