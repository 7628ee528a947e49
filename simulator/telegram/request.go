package telegram

import (
	"bytes"
	"errors"
	"fmt"
	"mime"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The bounds of one request.
const (
	maxBody   = 50<<20 + 1<<20 // a 50 MB file and its fields
	maxFields = 100
)

// field is one argument of a call. The value of a JSON body's string is decoded;
// any other value of a JSON body stays as it was written, so that an object is the
// same bytes whether it came in a form or in a JSON body.
type field struct {
	name  string
	value []byte
}

// upload is one file of a multipart body.
type upload struct {
	field string
	name  string
	data  []byte
}

// request is what a call said, whatever its encoding. Its values point into the
// body they were parsed from.
type request struct {
	fields  []field
	uploads []upload
}

func (r *request) lookup(name string) ([]byte, bool) {
	for i := range r.fields {
		if r.fields[i].name == name {
			return r.fields[i].value, true
		}
	}
	return nil, false
}

func (r *request) text(name string) string {
	v, _ := r.lookup(name)
	return string(v)
}

func (r *request) file(field string) *upload {
	for i := range r.uploads {
		if r.uploads[i].field == field {
			return &r.uploads[i]
		}
	}
	return nil
}

// parse adds what the body says to the request. An empty body is a call without
// arguments under any content type: go-telegram/bot sends getMe as a multipart
// form with not even the closing boundary.
func (r *request) parse(contentType string, body []byte) error {
	if len(body) == 0 {
		return nil
	}
	media, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return fmt.Errorf("content type: %w", err)
	}
	switch media {
	case "multipart/form-data":
		if params["boundary"] == "" {
			return errors.New("multipart body without boundary")
		}
		return r.parseMultipart(body, params["boundary"])
	case "application/x-www-form-urlencoded":
		return r.parseQuery(string(body))
	case "application/json":
		return r.parseObject(body)
	}
	return fmt.Errorf("content type %q is not one that the Bot API reads", media)
}

func (r *request) add(f field) error {
	if len(r.fields)+len(r.uploads) >= maxFields {
		return errors.New("too many fields")
	}
	r.fields = append(r.fields, f)
	return nil
}

func (r *request) parseQuery(query string) error {
	for query != "" {
		var pair string
		pair, query, _ = strings.Cut(query, "&")
		if pair == "" {
			continue
		}
		key, value, _ := strings.Cut(pair, "=")
		key, err := url.QueryUnescape(key)
		if err != nil {
			return fmt.Errorf("form body: %w", err)
		}
		if value, err = url.QueryUnescape(value); err != nil {
			return fmt.Errorf("form body: %w", err)
		}
		if err := r.add(field{key, []byte(value)}); err != nil {
			return err
		}
	}
	return nil
}

func (r *request) parseObject(body []byte) error {
	n, err := parseJSON(body)
	if err != nil {
		return err
	}
	if n.kind != kindObject {
		return errors.New("JSON body is not an object")
	}
	for i, key := range n.keys {
		value := n.items[i].raw
		switch n.items[i].kind {
		case kindString:
			value = []byte(n.items[i].text)
		case kindNull:
			continue
		}
		if err := r.add(field{key, value}); err != nil {
			return err
		}
	}
	return nil
}

// parseMultipart cuts the body in place: nothing is copied and nothing goes
// through a temporary file.
func (r *request) parseMultipart(body []byte, boundary string) error {
	dash := append([]byte("--"), boundary...)
	if !bytes.HasPrefix(body, dash) {
		i := bytes.Index(body, append([]byte("\r\n"), dash...))
		if i < 0 {
			return errors.New("multipart body without its boundary")
		}
		body = body[i+2:]
	}
	body = body[len(dash):]
	delimiter := append([]byte("\r\n"), dash...)
	for {
		if bytes.HasPrefix(body, []byte("--")) {
			return nil
		}
		body = bytes.TrimLeft(body, " \t")
		if !bytes.HasPrefix(body, []byte("\r\n")) {
			return errors.New("multipart boundary without line end")
		}
		// The line end stays, so that a part without headers still has its empty line.
		end := bytes.Index(body, []byte("\r\n\r\n"))
		if end < 0 {
			return errors.New("multipart part without the end of its headers")
		}
		header := body[:end]
		body = body[end+4:]
		stop := bytes.Index(body, delimiter)
		if stop < 0 {
			return errors.New("multipart part without end")
		}
		if err := r.part(header, body[:stop]); err != nil {
			return err
		}
		body = body[stop+len(delimiter):]
	}
}

func (r *request) part(header, data []byte) error {
	name, filename, isFile, err := disposition(header)
	if err != nil {
		return err
	}
	if !isFile {
		return r.add(field{name, data})
	}
	if len(r.fields)+len(r.uploads) >= maxFields {
		return errors.New("too many fields")
	}
	r.uploads = append(r.uploads, upload{field: name, name: filename, data: data})
	return nil
}

// disposition reads the name and, for a file, the file name from a part's headers.
func disposition(header []byte) (name, filename string, isFile bool, err error) {
	const key = "content-disposition:"
	for len(header) > 0 {
		var line []byte
		line, header, _ = bytes.Cut(header, []byte("\r\n"))
		if len(line) < len(key) || !strings.EqualFold(string(line[:len(key)]), key) {
			continue
		}
		value := strings.TrimSpace(string(line[len(key):]))
		// Nearly every part is this one form; the general parser is ten times slower.
		if rest, ok := strings.CutPrefix(value, `form-data; name="`); ok {
			if plain, ok := strings.CutSuffix(rest, `"`); ok && !strings.ContainsAny(plain, `"\`) && plain != "" && isASCII(plain) {
				return plain, "", false, nil
			}
		}
		media, params, err := mime.ParseMediaType(value)
		if err != nil {
			return "", "", false, fmt.Errorf("multipart part: %w", err)
		}
		if media != "form-data" || params["name"] == "" {
			return "", "", false, errors.New("multipart part without a name")
		}
		filename, isFile = params["filename"]
		return params["name"], filename, isFile, nil
	}
	return "", "", false, errors.New("multipart part without Content-Disposition")
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf || s[i] < 0x20 {
			return false
		}
	}
	return true
}

// The typed readers below are as forgiving as Telegram's: what cannot be read
// counts as absent. What they forgave is written down as a violation.

func (c *call) integer(name string, otherwise int64) int64 {
	v, ok := c.req.lookup(name)
	if !ok {
		return otherwise
	}
	i, err := strconv.ParseInt(string(bytes.TrimSpace(v)), 10, 64)
	if err != nil {
		c.violation(name, "not a whole number")
		return otherwise
	}
	return i
}

func (c *call) float(name string) (float64, bool) {
	v, ok := c.req.lookup(name)
	if !ok {
		return 0, false
	}
	f, err := strconv.ParseFloat(string(bytes.TrimSpace(v)), 64)
	if err != nil {
		c.violation(name, "not a number")
		return 0, false
	}
	return f, true
}

func (c *call) boolean(name string) bool {
	v, ok := c.req.lookup(name)
	if !ok {
		return false
	}
	switch strings.ToLower(string(bytes.TrimSpace(v))) {
	case "true", "yes", "1":
		return true
	case "false", "no", "0", "":
		return false
	}
	c.violation(name, "not a boolean")
	return false
}
