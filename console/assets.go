package console

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

//go:embed assets
var assetFiles embed.FS

// assets are the files that pages need besides themselves. Their addresses carry what is in them, so that a browser keeps them for ever and never has an
// old one. All style sheets of ours are one file, console.css.
type assets struct {
	version string
	files   map[string]asset // by path below assets/
}

type asset struct {
	kind        string
	plain, gzip []byte
}

func readAssets() (*assets, error) {
	a := &assets{files: map[string]asset{}}
	var css bytes.Buffer
	all := sha256.New()
	add := func(name string, data []byte) error {
		all.Write([]byte(name))
		all.Write(data)
		f := asset{kind: mime.TypeByExtension(path.Ext(name)), plain: data}
		if kind, known := kinds[path.Ext(name)]; known {
			f.kind = kind
			var b bytes.Buffer
			z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
			if err != nil {
				return err
			}
			if _, err = z.Write(data); err == nil {
				err = z.Close()
			}
			if err != nil {
				return err
			}
			f.gzip = b.Bytes()
		}
		a.files[name] = f
		return nil
	}
	err := fs.WalkDir(assetFiles, "assets", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := assetFiles.ReadFile(name)
		if err != nil {
			return err
		}
		name = strings.TrimPrefix(name, "assets/")
		if !strings.Contains(name, "/") && path.Ext(name) == ".css" {
			if name == "console.css" { // the ground of all
				data = append(data, css.Bytes()...)
				css.Reset()
			}
			css.Write(data)
			return nil
		}
		return add(name, data)
	})
	if err == nil {
		err = add("console.css", css.Bytes())
	}
	if err != nil {
		return nil, fmt.Errorf("read the pages' assets: %w", err)
	}
	a.version = hex.EncodeToString(all.Sum(nil))[:12]
	return a, nil
}

// kinds are those of files that get smaller by packing.
var kinds = map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
	".json": "application/json", ".geojson": "application/geo+json"}

// url gives where a file is fetched. There being none is a mistake of a template.
func (a *assets) url(name string) (string, error) {
	if _, ok := a.files[name]; !ok {
		return "", fmt.Errorf("there is no asset %q", name)
	}
	return Base + "/assets/" + a.version + "/" + name, nil
}

// ServeHTTP answers with a file. An old version's address answers with the file of today, and is not kept.
func (a *assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	version, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, Base+"/assets/"), "/")
	f, ok := a.files[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("Vary", "Accept-Encoding")
	if version == a.version {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	body := f.plain
	if f.gzip != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = f.gzip
	}
	_, _ = w.Write(body) //nolint:gosec // G705: a file of our own
}
