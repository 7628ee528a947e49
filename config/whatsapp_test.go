package config

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"tanggap/hotline"
)

func TestWhatsApp(t *testing.T) {
	t.Parallel()
	files := kembar(t)
	r, report := Load(files, now)
	if r == nil {
		t.Fatal(report)
	}
	if w := r.WhatsApp; w.Apart != hotline.DefaultApart || w.Jitter != hotline.DefaultJitter || w.Unasked != hotline.DefaultUnasked || w.Polls || w.Template != nil {
		t.Errorf("a regency that says nothing: %+v", w)
	}
	files["whatsapp.yaml"] = &fstest.MapFile{Data: []byte(`
pace: {apart: 2s, jitter: 0s, unasked_a_day: 0}
polls: true
templates:
  - {phrase: "*", name: kabar, language: id, parameters: [text]}
  - {phrase: notice.taken, name: sedang_dikerjakan, language: id, parameters: [case, unit], buttons: 1}
`)}
	r, report = Load(files, now)
	if r == nil {
		t.Fatal(report)
	}
	w := r.WhatsApp
	if w.Apart != 2*time.Second || w.Jitter != 0 || w.Unasked != 0 || !w.Polls || len(w.Template) != 2 || w.Template["notice.taken"].Buttons != 1 || w.Template["*"].Name != "kabar" {
		t.Errorf("%+v", w)
	}
	for _, tt := range []struct{ text, want string }{
		{"pace: {apart: 2 hari}", `whatsapp.yaml:1:15: "2 hari" is no pause of at most a minute; write it as 500ms or 2s`},
		{"pace: {unasked_a_day: -1}", "must be a whole number from 0 to 100000"},
		{"polls: kadang", "write true or false"},
		{"pase: {}", `whatsapp.yaml:1:1: key "pase" is not known`},
		{"templates: [{phrase: x, name: Kabar, language: id}]", `"Kabar" cannot be a template's name`},
		{"templates: [{phrase: x, name: kabar, language: Indonesia}]", "is no language code of a template"},
		{"templates: [{phrase: '*', name: kabar, language: id}]", "says nothing of what is to be said"},
		{"templates: [{phrase: x, name: a, language: id}, {phrase: x, name: b, language: id}]", `phrase "x" has two templates`},
		{"templates: [{name: a, language: id}]", "lacks phrase"},
	} {
		files["whatsapp.yaml"] = &fstest.MapFile{Data: []byte(tt.text)}
		if _, report := Load(files, now); !strings.Contains(report.String(), tt.want) {
			t.Errorf("%s:\n%s\nwant %s", tt.text, report, tt.want)
		}
	}
}
