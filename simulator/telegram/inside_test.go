package telegram

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// plain turns a node into what encoding/json makes of the same bytes.
func plain(n node) any {
	switch n.kind {
	case kindBool:
		return n.text == "true"
	case kindNumber:
		return json.Number(n.text)
	case kindString:
		return n.text
	case kindArray:
		out := []any{}
		for _, i := range n.items {
			out = append(out, plain(i))
		}
		return out
	case kindObject:
		out := map[string]any{}
		for i, k := range n.keys {
			out[k] = plain(n.items[i])
		}
		return out
	}
	return nil
}

func FuzzJSON(f *testing.F) {
	for _, s := range []string{`{}`, `[1,-0.5e+3,true,false,null,"a\u00e9\ud83d\ude00\n"]`, `{"a":{"b":[[]]},"a":2}`, `"\ud800"`, `01`, `[1,]`, "\"\xff\"", `1e`, ` 1 `, `"a`, "\"\t\""} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		n, err := parseJSON(src)
		if err != nil {
			if json.Valid(src) && utf8.Valid(src) && !bytes.Contains(src, []byte(`\u`)) && bytes.Count(src, []byte("["))+bytes.Count(src, []byte("{")) < maxJSONDepth {
				t.Fatalf("refused %q: %v", src, err)
			}
			return
		}
		d := json.NewDecoder(bytes.NewReader(src))
		d.UseNumber()
		var want any
		if err := d.Decode(&want); err != nil {
			t.Fatalf("accepted %q: %v", src, err)
		}
		if got := plain(n); !reflect.DeepEqual(got, want) {
			t.Fatalf("%q: got %v, want %v", src, got, want)
		}
	})
}

func FuzzAppendString(f *testing.F) {
	for _, s := range []string{"", "a\"b\\c\n\x00\x7f", "é😀\u2028", "\ufffd"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		out := appendString(nil, s)
		var back string
		if err := json.Unmarshal(out, &back); err != nil {
			t.Fatalf("%q: %v", out, err)
		}
		if want := strings.ToValidUTF8(s, "\ufffd"); utf8.ValidString(s) && back != want {
			t.Fatalf("got %q, want %q", back, want)
		}
		if !isASCII(string(out)) {
			t.Fatalf("%q is not ASCII", out)
		}
	})
}

// form encodes fields and files as Go's own writer does.
func form(t interface{ Fatal(...any) }, fields [][2]string, files []upload) (string, []byte) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, f := range fields {
		if err := w.WriteField(f[0], f[1]); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range files {
		p, err := w.CreateFormFile(f.field, f.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Write(f.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return w.FormDataContentType(), b.Bytes()
}

// What the standard library writes, the parser reads back.
func TestMultipartRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[a-z_]{1,12}`)
		var fields [][2]string
		for range rapid.IntRange(0, 5).Draw(t, "fields") {
			fields = append(fields, [2]string{name.Draw(t, "name"), rapid.String().Draw(t, "value")})
		}
		var files []upload
		for range rapid.IntRange(0, 3).Draw(t, "files") {
			files = append(files, upload{field: name.Draw(t, "field"), name: rapid.StringMatching(`[a-zA-Z0-9 é"._-]{1,20}`).Draw(t, "file"), data: rapid.SliceOf(rapid.Byte()).Draw(t, "data")})
		}
		contentType, body := form(t, fields, files)
		var r request
		if err := r.parse(contentType, body); err != nil {
			t.Fatal(err)
		}
		if len(r.fields) != len(fields) || len(r.uploads) != len(files) {
			t.Fatalf("%d fields and %d files, want %d and %d", len(r.fields), len(r.uploads), len(fields), len(files))
		}
		for i, f := range r.fields {
			if f.name != fields[i][0] || string(f.value) != fields[i][1] {
				t.Fatalf("field %q=%q, want %q", f.name, f.value, fields[i])
			}
		}
		for i, f := range r.uploads {
			if f.field != files[i].field || f.name != files[i].name || !bytes.Equal(f.data, files[i].data) {
				t.Fatalf("file %+v, want %+v", f, files[i])
			}
		}
	})
}

// The parser never panics, stays within its bounds, and where the standard library reads
// a multipart body to the end, both read the same.
func FuzzRequest(f *testing.F) {
	ct, body := form(f, [][2]string{{"chat_id", "1"}, {"text", "halo"}}, []upload{{field: "photo", name: "a.jpg", data: []byte("\xff\xd8")}})
	f.Add(ct, body)
	f.Add("multipart/form-data; boundary=x", []byte("--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n--x--\r\n"))
	f.Add("multipart/form-data; boundary=x", []byte("pre\r\n--x  \r\ncontent-disposition: form-data; name=a; filename=\"\"\r\n\r\n--y\r\n--x--"))
	f.Add("application/json", []byte(`{"chat_id":1,"text":"a","reply_markup":{"inline_keyboard":[]},"x":null}`))
	f.Add("application/x-www-form-urlencoded", []byte("chat_id=1&text=a+b%20c&&x"))
	f.Add("text/plain", []byte("x"))
	f.Fuzz(func(t *testing.T, contentType string, body []byte) {
		var r request
		err := r.parse(contentType, body)
		if len(r.fields)+len(r.uploads) > maxFields {
			t.Fatalf("%d fields", len(r.fields))
		}
		if err != nil || !strings.HasPrefix(contentType, "multipart/form-data; boundary=x") || len(contentType) != len("multipart/form-data; boundary=x") || len(body) == 0 {
			return
		}
		std := multipart.NewReader(bytes.NewReader(body), "x")
		fields, files := 0, 0
		for {
			p, err := std.NextRawPart()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return // the standard library has bounds and tolerances of its own
			}
			data, err := io.ReadAll(p)
			if err != nil {
				return
			}
			if p.FormName() == "" {
				return
			}
			var got []byte
			switch {
			case fields < len(r.fields) && r.fields[fields].name == p.FormName():
				got = r.fields[fields].value
				fields++
			case files < len(r.uploads) && r.uploads[files].field == p.FormName():
				got = r.uploads[files].data
				files++
			default:
				t.Fatalf("part %q is missing in %q", p.FormName(), body)
			}
			if !bytes.Equal(got, data) {
				t.Fatalf("%q: got %q, want %q", body, got, data)
			}
		}
	})
}

// Whatever a bot sends, the server answers with JSON in one of Telegram's two shapes.
func FuzzServer(f *testing.F) {
	s := New(Options{History: 10})
	s.AddBot("1:a", "b")
	p := s.Person(PersonOptions{ID: 5, Name: "P", Started: true})
	f.Add("sendMessage", `{"chat_id":5,"text":"<b>a</b> &amp; <a href=\"x.id\">b</a>","parse_mode":"HTML"}`)
	f.Add("sendMessage", `{"chat_id":5,"text":"*a* _b_ [c](http://d.id) `+"`e` ```go f```"+` ||g|| >h","parse_mode":"MarkdownV2"}`)
	f.Add("sendMessage", `{"chat_id":5,"text":"*a* [b](c.id)","parse_mode":"Markdown","reply_parameters":{"message_id":1}}`)
	f.Add("sendMessage", `{"chat_id":5,"text":"x","entities":[{"type":"bold","offset":0,"length":1}],"reply_markup":{"keyboard":[["a"]]}}`)
	f.Add("editMessageText", `{"chat_id":5,"message_id":1,"text":"y","reply_markup":{"inline_keyboard":[[{"text":"a","callback_data":"b"}]]}}`)
	f.Add("sendMediaGroup", `{"chat_id":5,"media":[{"type":"photo","media":"attach://a"}]}`)
	f.Add("setMyCommands", `{"commands":[{"command":"a","description":"b"}],"scope":{"type":"chat","chat_id":5}}`)
	f.Add("deleteMessages", `{"chat_id":5,"message_ids":[1,2]}`)
	f.Add("getUpdates", `{"offset":-5,"limit":1000,"allowed_updates":["x"]}`)
	f.Add("answerCallbackQuery", `{"callback_query_id":"7","text":"a"}`)
	f.Fuzz(func(t *testing.T, method, body string) {
		if strings.EqualFold(method, "setWebhook") || strings.Contains(body, "timeout") || strings.ContainsAny(method, "/?#% \x00") {
			return
		}
		if _, err := p.Send("x"); err != nil && !errors.Is(err, ErrFull) {
			t.Fatal(err)
		}
		r := httptest.NewRequest(http.MethodPost, "/bot1:a/x", strings.NewReader(body))
		r.URL.Path = "/bot1:a/" + method
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		var a struct {
			OK          *bool           `json:"ok"`
			Result      json.RawMessage `json:"result"`
			ErrorCode   int             `json:"error_code"`
			Description string          `json:"description"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil || a.OK == nil {
			t.Fatalf("%s %s: %v: %s", method, body, err, w.Body)
		}
		if *a.OK != (w.Code == 200) || *a.OK != (a.Result != nil) || !*a.OK && (a.ErrorCode != w.Code || a.Description == "") {
			t.Fatalf("%s %s: %d %s", method, body, w.Code, w.Body)
		}
		if w.Code >= 500 {
			t.Fatalf("%s %s: %s", method, body, w.Body)
		}
	})
}

func cut(text string, e Entity) string {
	u := utf16.Encode([]rune(text))
	return string(utf16.Decode(u[e.Offset : e.Offset+e.Length]))
}

func show(text string, list []Entity) string {
	out := text
	for _, e := range list {
		out += fmt.Sprintf(" {%s %q%s%s%s}", e.Type, cut(text, e), e.URL, e.Language, e.EmojiID)
	}
	return out
}

func TestMarkup(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		parse    func(string) (string, []Entity, string)
		in, want string
	}{
		{parseHTML, "<b>a</b> 🕳<i>b</i>", `a 🕳b {bold "a"} {italic "b"}`},
		{parseHTML, "<b>a<i>b</i></b>", `ab {bold "ab"} {italic "b"}`},
		{parseHTML, `&lt;&gt;&amp;&quot;&#39;&#x41;&nbsp;&`, `<>&"'A&nbsp;&`},
		{parseHTML, `<a href="https://a.id/?x=1&amp;y=2">b</a>`, `b {text_link "b"https://a.id/?x=1&y=2}`},
		{parseHTML, `<a href=a.id>b</a>`, `b {text_link "b"http://a.id/}`},
		{parseHTML, `<a href="javascript:alert(1)">b</a>`, `b`},
		{parseHTML, `<pre><code class="language-go">x</code></pre>`, `x {pre "x"go}`},
		{parseHTML, `<code class="language-go">x</code>`, `x {code "x"}`},
		{parseHTML, `<span class="tg-spoiler">x</span><tg-spoiler>y</tg-spoiler>`, `xy {spoiler "x"} {spoiler "y"}`},
		{parseHTML, `<blockquote expandable>x</blockquote>`, `x {expandable_blockquote "x"}`},
		{parseHTML, `<tg-emoji emoji-id="5">👍</tg-emoji>`, `👍 {custom_emoji "👍"5}`},
		{parseHTML, `<b></b>x`, `x`},
		{parseHTML, `<B>x</B>`, `x {bold "x"}`},
		{parseHTML, `</b>`, `! Unexpected end tag at byte offset 0`},
		{parseHTML, `<b>x</i>`, `! Unmatched end tag at byte offset 4, expected "</b>", found "</i>"`},
		{parseHTML, `<span>x</span>`, `! Tag "span" must have class "tg-spoiler" at byte offset 0`},
		{parseHTML, `<a href="x`, `! Unclosed start tag at byte offset 0`},
		{parseHTML, `<b>x</b`, `! Unclosed end tag at byte offset 4`},
		{parseMarkdownV2, `*a _b_* __c__ ~d~ ||e||`, `a b c d e {bold "a b"} {italic "b"} {underline "c"} {strikethrough "d"} {spoiler "e"}`},
		{parseMarkdownV2, "`a.b` ```go\nc()\n```", "a.b c()\n {code \"a.b\"} {pre \"c()\\n\"go}"},
		{parseMarkdownV2, `[a](https://b.id/c\)d)`, `a {text_link "a"https://b.id/c)d}`},
		{parseMarkdownV2, `JPR\-1 \(x\)\.`, `JPR-1 (x).`},
		{parseMarkdownV2, ">a\n>b\nc", "a\nb\nc {blockquote \"a\\nb\"}"},
		{parseMarkdownV2, `![👍](tg://emoji?id=5)`, `👍 {custom_emoji "👍"5}`},
		{parseMarkdownV2, `*a`, `! Can't find end of Bold entity at byte offset 0`},
		{parseMarkdownV2, `a-b`, `! Character '-' is reserved and must be escaped with the preceding '\'`},
		{parseMarkdownV2, `[a](b`, `! Can't find end of a URL at byte offset 4`},
		{parseMarkdown, `*a* _b_ [c](d.id) \_e`, `a b c _e {bold "a"} {italic "b"} {text_link "c"http://d.id/}`},
		{parseMarkdown, `snake_case`, `! Can't find end of the entity starting at byte offset 5`},
	} {
		text, list, problem := c.parse(c.in)
		got := show(text, list)
		if problem != "" {
			got = "! " + problem
		}
		if got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.in, got, c.want)
		}
	}
}

// Any text that is escaped comes out as it was.
func TestEscapedTextIsPlain(t *testing.T) {
	t.Parallel()
	html := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "text")
		if text, list, problem := parseHTML(html.Replace(s)); text != s || list != nil || problem != "" {
			t.Fatalf("HTML: %q became %q, %v, %s", s, text, list, problem)
		}
		var b strings.Builder
		for _, r := range s {
			if strings.ContainsRune("\\_*[]()~`>#+-=|{}.!", r) {
				b.WriteByte('\\')
			}
			b.WriteRune(r)
		}
		if text, list, problem := parseMarkdownV2(b.String()); text != s || list != nil || problem != "" {
			t.Fatalf("MarkdownV2: %q became %q, %v, %s", s, text, list, problem)
		}
	})
}

// Entities stay inside of the text, whatever is written.
func TestEntitiesFit(t *testing.T) {
	t.Parallel()
	word := rapid.SampledFrom([]string{"<b>", "</b>", "<a href='x.id'>", "</a>", "*", "_", "`", "```", "[", "](a.id)", "||", "🕳", " ", "\n", "/lapor", "@siti", "#jalan", "a.id", "x@y.id", "+628123456789", "é", ">"})
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOf(word).Draw(t, "words"), "")
		for _, parse := range []func(string) (string, []Entity, string){parseHTML, parseMarkdownV2, parseMarkdown} {
			text, list, problem := parse(s)
			if problem != "" {
				continue
			}
			text, list = trim(text, list)
			length := utf16Len(text)
			for _, e := range findEntities(text, list) {
				if e.Offset < 0 || e.Length <= 0 || e.Offset+e.Length > length {
					t.Fatalf("%q: %+v is outside of %q", s, e, text)
				}
			}
		}
	})
}

func TestFindEntities(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"/start abc":              `/start abc {bot_command "/start"}`,
		"/lapor@tanggap_bot":      `/lapor@tanggap_bot {bot_command "/lapor@tanggap_bot"}`,
		"a/b 1/2":                 `a/b 1/2`,
		"🕳 #jalan_rusak @siti":    `🕳 #jalan_rusak @siti {hashtag "#jalan_rusak"} {mention "@siti"}`,
		"lihat jepara.go.id, ya":  `lihat jepara.go.id, ya {url "jepara.go.id"}`,
		"https://a.id/b?c=d.":     `https://a.id/b?c=d. {url "https://a.id/b?c=d"}`,
		"surat@jepara.go.id":      `surat@jepara.go.id {email "surat@jepara.go.id"}`,
		"telepon +62 812-3456-78": `telepon +62 812-3456-78 {phone_number "+62 812-3456-78"}`,
		"selesai.terima kasih":    `selesai.terima kasih`,
		"#1 jam 10.30":            `#1 jam 10.30`,
	} {
		if got := show(in, findEntities(in, nil)); got != want {
			t.Errorf("%s:\n got %s\nwant %s", in, got, want)
		}
	}
}

func TestFilesAreBounded(t *testing.T) {
	t.Parallel()
	var f files
	f.init(10_000)
	var ids []string
	for i := range 50 {
		ids = append(ids, f.save(Media{Kind: KindDocument, Name: "a"}, bytes.Repeat([]byte{byte(i)}, 1000)).FileID)
	}
	if f.total > 10_000 || len(f.byHash) != 10 || f.find(ids[0]) != nil || f.find(ids[49]) == nil {
		t.Errorf("%d bytes in %d files", f.total, len(f.byHash))
	}
	same := f.save(Media{Kind: KindDocument}, bytes.Repeat([]byte{49}, 1000))
	if f.find(same.FileID) == nil || f.total > 10_000 || same.UniqueID != f.find(ids[49]).media.UniqueID {
		t.Error("the same content again is kept once")
	}
}

func TestHistoryIsBounded(t *testing.T) {
	t.Parallel()
	s := New(Options{History: 10})
	s.AddBot("1:a", "b")
	p := s.Person(PersonOptions{Name: "P"})
	for i := range 100 {
		if _, err := p.Send(strconv.Itoa(i)); err != nil {
			t.Fatal(err)
		}
	}
	h := p.History()
	if len(h) < 10 || len(h) >= 20 || h[len(h)-1].Text != "99" {
		t.Errorf("%d messages kept, the last %q", len(h), h[len(h)-1].Text)
	}
	if s.opts.MaxPending = 100; s.Bot().Pending() != 100 {
		t.Errorf("%d pending", s.Bot().Pending())
	}
	if _, err := p.Send("lagi"); !errors.Is(err, ErrFull) {
		t.Errorf("with a full queue: %v", err)
	}
}

// BenchmarkTurn is one update in, confirmed a hundred at a time, and one message out in
// the library's encoding, without the network.
func BenchmarkTurn(b *testing.B) {
	s := New(Options{Quiet: true})
	s.AddBot("1:a", "b")
	p := s.Person(PersonOptions{ID: 5, Name: "P", Started: true})
	ct, body := form(b, [][2]string{{"chat_id", "5"}, {"text", "Laporan Anda JPR-260302-0001K sudah kami terima."}, {"link_preview_options", `{"is_disabled":true}`},
		{"reply_markup", `{"inline_keyboard":[[{"text":"Ya, kirim","callback_data":"y","copy_text":{"text":""}},{"text":"Ubah","callback_data":"u","copy_text":{"text":""}}]]}`}}, nil)
	b.ReportAllocs()
	offset := int64(0)
	for i := range b.N {
		if _, err := p.Send("jalan rusak di Pakisaji"); err != nil {
			b.Fatal(err)
		}
		if i%100 == 99 {
			w := httptest.NewRecorder()
			s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/bot1:a/getUpdates?offset="+strconv.FormatInt(offset, 10), nil))
			offset = s.Bot().LastUpdateID() + 1
		}
		r := httptest.NewRequest(http.MethodPost, "/bot1:a/sendMessage", bytes.NewReader(body))
		r.Header.Set("Content-Type", ct)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != 200 {
			b.Fatal(w.Body)
		}
	}
}
