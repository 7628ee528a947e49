package telegram_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"tanggap/simulator/telegram"
)

const token = "700000001:AAtest-token_of_the_simulator"

// world is a listening server with one bot, and the real library as that bot.
type world struct {
	*telegram.Server
	t   *testing.T
	ctx context.Context
	bot *bot.Bot
}

func newWorld(t *testing.T, opts telegram.Options) *world {
	t.Helper()
	s := telegram.New(opts)
	s.AddBot(token, "tanggap_bot")
	if err := s.Listen(""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	b, err := bot.New(token, bot.WithServerURL(s.URL()))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return &world{Server: s, t: t, ctx: ctx, bot: b}
}

// siti is somebody who has started the bot; her /start is confirmed.
func (w *world) siti() *telegram.Person {
	w.t.Helper()
	p := w.Person(telegram.PersonOptions{Name: "Siti Aminah", Username: "siti", Language: "id", Phone: "6281200000001"})
	w.must(p.Start(""))
	w.updates(w.Bot().LastUpdateID()+1, 0)
	return p
}

func (w *world) must(_ any, err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) clean() {
	w.t.Helper()
	for _, v := range w.Violations() {
		w.t.Errorf("violation: %s", v)
	}
}

type answer struct {
	OK          bool            `json:"ok"`
	Result      json.RawMessage `json:"result"`
	ErrorCode   int             `json:"error_code"`
	Description string          `json:"description"`
	Parameters  struct {
		RetryAfter int `json:"retry_after"`
	} `json:"parameters"`
	status int
}

// post calls a method as a hand-written client does, with a JSON body.
func (w *world) post(ctx context.Context, method, body string) (answer, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL()+"/bot"+token+"/"+method, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	a := answer{status: resp.StatusCode}
	return a, json.NewDecoder(resp.Body).Decode(&a)
}

func (w *world) call(method, body string) answer {
	w.t.Helper()
	a, err := w.post(w.ctx, method, body)
	if err != nil {
		w.t.Fatal(err)
	}
	return a
}

// refused calls a method and expects Telegram's no.
func (w *world) refused(method, body string, code int, description string) {
	w.t.Helper()
	a := w.call(method, body)
	if a.OK || a.ErrorCode != code || a.status != code || a.Description != description {
		w.t.Errorf("%s %s:\n got %d %q\nwant %d %q", method, body, a.ErrorCode, a.Description, code, description)
	}
}

func (w *world) updates(offset int64, timeout int) []models.Update {
	w.t.Helper()
	a := w.call("getUpdates", fmt.Sprintf(`{"offset":%d,"timeout":%d}`, offset, timeout))
	if !a.OK {
		w.t.Fatalf("getUpdates: %d %s", a.ErrorCode, a.Description)
	}
	var list []models.Update
	if err := json.Unmarshal(a.Result, &list); err != nil {
		w.t.Fatal(err)
	}
	return list
}

// next waits for the newest update and confirms everything before it.
func (w *world) next() models.Update {
	w.t.Helper()
	list := w.updates(-1, 20)
	if len(list) != 1 {
		w.t.Fatalf("%d updates, want 1", len(list))
	}
	w.updates(list[0].ID+1, 0)
	return list[0]
}

func TestLibraryHearsPeople(t *testing.T) {
	t.Parallel()
	w := newWorld(t, telegram.Options{})
	heard := make(chan *models.Update, 16)
	b, err := bot.New(token, bot.WithServerURL(w.URL()), bot.WithNotAsyncHandlers(), bot.WithDefaultHandler(func(_ context.Context, _ *bot.Bot, u *models.Update) { heard <- u }))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(w.ctx)
	ended := make(chan struct{})
	go func() { b.Start(ctx); close(ended) }()
	defer func() { cancel(); <-ended }()
	hear := func() *models.Update {
		t.Helper()
		select {
		case u := <-heard:
			return u
		case <-w.ctx.Done():
			t.Fatal("no update")
			return nil
		}
	}

	p := w.Person(telegram.PersonOptions{Name: "Siti Aminah", Username: "siti", Language: "jv", Phone: "6281200000001"})
	w.must(p.Start("daftar-7"))
	u := hear()
	m := u.Message
	if m == nil || m.Text != "/start daftar-7" || m.From.ID != p.ID() || m.From.LanguageCode != "jv" || m.From.FirstName != "Siti" ||
		m.From.LastName != "Aminah" || m.Chat.Type != models.ChatTypePrivate || m.Chat.ID != p.ID() || m.Chat.Username != "siti" {
		t.Fatalf("start: %+v", m)
	}
	if len(m.Entities) != 1 || m.Entities[0].Type != models.MessageEntityTypeBotCommand || m.Entities[0].Length != 6 {
		t.Errorf("entities of /start: %+v", m.Entities)
	}
	if d := time.Since(time.Unix(int64(m.Date), 0)); d < -time.Second || d > time.Minute {
		t.Errorf("date is %v away", d)
	}
	first, firstUpdate := m.ID, u.ID

	w.must(p.Reply(first, "jalan rusak 🕳 di https://jepara.go.id"))
	u = hear()
	m = u.Message
	if u.ID <= firstUpdate || m.ReplyToMessage == nil || m.ReplyToMessage.ID != first || m.Text != "jalan rusak 🕳 di https://jepara.go.id" {
		t.Errorf("reply: %+v", m)
	}
	if len(m.Entities) != 1 || m.Entities[0].Type != models.MessageEntityTypeURL || m.Entities[0].Offset != 18 || m.Entities[0].Length != 20 {
		t.Errorf("entities of a link behind an emoji: %+v", m.Entities)
	}
	edited := m.ID
	w.must(p.Edit(edited, "jalan rusak parah"))
	if u = hear(); u.EditedMessage == nil || u.EditedMessage.ID != edited || u.EditedMessage.Text != "jalan rusak parah" || u.EditedMessage.EditDate == 0 {
		t.Errorf("edit: %+v", u.EditedMessage)
	}

	photo := telegram.SamplePhoto(1, false)
	w.must(p.Photo("jalan.jpg", photo, "lubangnya"))
	m = hear().Message
	if len(m.Photo) != 3 || m.Caption != "lubangnya" || m.Photo[2].Width != 480 || m.Photo[0].Width != 90 || m.Photo[2].FileSize != len(photo) {
		t.Fatalf("photo: %+v", m.Photo)
	}
	for i, want := range [][]byte{nil, nil, photo} {
		f, err := w.bot.GetFile(w.ctx, &bot.GetFileParams{FileID: m.Photo[i].FileID})
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.Get(w.bot.FileDownloadLink(f))
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil || int64(len(data)) != f.FileSize || len(data) != m.Photo[i].FileSize || want != nil && !bytes.Equal(data, want) {
			t.Errorf("size %d: %d bytes, getFile says %d, %v", i, len(data), f.FileSize, err)
		}
	}
	w.must(p.Photo("lagi.jpg", photo, ""))
	again := hear().Message
	if again.Photo[2].FileUniqueID != m.Photo[2].FileUniqueID || again.Photo[2].FileID == m.Photo[2].FileID {
		t.Error("the unique id is that of the content, the id that of the sending")
	}

	ids, err := p.Album([]telegram.Upload{{Data: photo}, {Data: telegram.SamplePhoto(2, false)}}, "dua")
	w.must(ids, err)
	a, z := hear().Message, hear().Message
	if a.MediaGroupID == "" || a.MediaGroupID != z.MediaGroupID || a.Caption != "dua" || z.Caption != "" || z.ID != ids[1] {
		t.Errorf("album: %+v, %+v", a, z)
	}
	w.must(p.Voice(telegram.SampleVoice(1), 3*time.Second))
	if v := hear().Message.Voice; v == nil || v.Duration != 3 || v.MimeType != "audio/ogg" {
		t.Errorf("voice: %+v", v)
	}
	w.must(p.Video("air.mp4", telegram.SampleVideo(1), "banjir"))
	if v := hear().Message; v.Video == nil || v.Video.MimeType != "video/mp4" || v.Caption != "banjir" {
		t.Errorf("video: %+v", v.Video)
	}
	w.must(p.Document("surat.pdf", telegram.SamplePDF(1), ""))
	if d := hear().Message.Document; d == nil || d.FileName != "surat.pdf" || d.MimeType != "application/pdf" {
		t.Errorf("document: %+v", d)
	}
	w.must(p.Audio("lagu.mp3", []byte("ID3\x03"), ""))
	if a := hear().Message.Audio; a == nil || a.FileName != "lagu.mp3" {
		t.Errorf("audio: %+v", a)
	}
	w.must(p.Sticker("👍"))
	if s := hear().Message.Sticker; s == nil || s.Emoji != "👍" || s.FileID == "" {
		t.Errorf("sticker: %+v", s)
	}
	w.must(p.Pin(-6.58, 110.66))
	if l := hear().Message.Location; l == nil || l.Latitude != -6.58 || l.Longitude != 110.66 {
		t.Errorf("pin: %+v", l)
	}
	w.must(p.ShareContact())
	if c := hear().Message.Contact; c == nil || c.UserID != p.ID() || c.PhoneNumber != "6281200000001" {
		t.Errorf("own contact: %+v", c)
	}
	w.must(p.SendContact(telegram.Contact{Phone: "+6281299", FirstName: "Budi"}))
	if c := hear().Message.Contact; c == nil || c.UserID != 0 || c.FirstName != "Budi" {
		t.Errorf("other contact: %+v", c)
	}
	w.must(p.Poll("Setuju?", "ya", "tidak"))
	if q := hear().Message.Poll; q == nil || len(q.Options) != 2 || q.Question != "Setuju?" {
		t.Errorf("poll: %+v", q)
	}
	w.must(p.Forward("katanya", "Seseorang"))
	if o := hear().Message.ForwardOrigin; o == nil || o.MessageOriginHiddenUser == nil || o.MessageOriginHiddenUser.SenderUserName != "Seseorang" {
		t.Errorf("forward: %+v", o)
	}
	w.must(p.ForwardFrom("katanya", p))
	if o := hear().Message.ForwardOrigin; o == nil || o.MessageOriginUser == nil || o.MessageOriginUser.SenderUser.ID != p.ID() {
		t.Errorf("forward of a user: %+v", o)
	}
	w.must(nil, p.Block())
	u = hear()
	if c := u.MyChatMember; c == nil || c.NewChatMember.Type != models.ChatMemberTypeBanned || c.OldChatMember.Type != models.ChatMemberTypeMember || c.Chat.ID != p.ID() {
		t.Errorf("block: %+v", u.MyChatMember)
	}
	if _, err := p.Send("halo"); !errors.Is(err, telegram.ErrBlocked) {
		t.Errorf("sending while the bot is blocked: %v", err)
	}
	if _, err := w.bot.SendMessage(w.ctx, &bot.SendMessageParams{ChatID: p.ID(), Text: "halo"}); !errors.Is(err, bot.ErrorForbidden) || !strings.Contains(err.Error(), "bot was blocked by the user") {
		t.Errorf("to somebody who blocked the bot: %v", err)
	}
	w.must(p.Start(""))
	if c := hear().MyChatMember; c == nil || c.NewChatMember.Type != models.ChatMemberTypeMember {
		t.Errorf("unblock: %+v", c)
	}
	if m := hear().Message; m.Text != "/start" {
		t.Errorf("start again: %+v", m)
	}
	w.must(p.Send(strings.Repeat("kata ", 2000)))
	for i, most := 0, 0; i < 3; i++ {
		n := len(hear().Message.Text)
		if most += n; n > 4096 || i == 2 && most != 9999-2 {
			t.Errorf("part %d of a long text has %d, together %d", i, n, most)
		}
	}
	w.must(p.Update(map[string]any{"message": map[string]any{"message_id": p.NextMessageID(), "date": 1, "chat": p.Chat(), "from": p.User(), "dice": map[string]any{"emoji": "🎲", "value": 4}}}))
	if m := hear().Message; m.Dice == nil || m.Dice.Value != 4 || m.From.ID != p.ID() {
		t.Errorf("update by hand: %+v", m)
	}
	w.clean()
}

func TestLibrarySends(t *testing.T) {
	t.Parallel()
	w := newWorld(t, telegram.Options{})
	p := w.siti()
	b, ctx := w.bot, w.ctx
	photo := telegram.SamplePhoto(3, false)
	sent := func(m *models.Message, err error) *models.Message {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		if last, _ := p.Last(); last.ID != m.ID || m.Chat.ID != p.ID() || !m.From.IsBot {
			t.Errorf("the person does not have message %d last", m.ID)
		}
		return m
	}
	file := func(name string, data []byte) models.InputFile {
		return &models.InputFileUpload{Filename: name, Data: bytes.NewReader(data)}
	}

	m := sent(b.SendMessage(ctx, &bot.SendMessageParams{
		ChatID: p.ID(), Text: "<b>Nomor</b> JPR &lt;1&gt;", ParseMode: models.ParseModeHTML,
		LinkPreviewOptions: &models.LinkPreviewOptions{IsDisabled: bot.True()},
		ReplyMarkup: &models.InlineKeyboardMarkup{InlineKeyboard: [][]models.InlineKeyboardButton{
			{{Text: "Ya, kirim", CallbackData: "y"}, {Text: "Peta", URL: "https://maps.example.com/?q=1"}}}},
	}))
	if m.Text != "Nomor JPR <1>" || len(m.Entities) != 1 || m.Entities[0].Type != models.MessageEntityTypeBold || m.Entities[0].Length != 5 {
		t.Errorf("HTML: %q %+v", m.Text, m.Entities)
	}
	if k := m.ReplyMarkup; k == nil || k.InlineKeyboard[0][0].CallbackData != "y" || k.InlineKeyboard[0][1].URL == "" {
		t.Errorf("markup: %+v", m.ReplyMarkup)
	}
	card := m.ID
	m = sent(b.SendMessage(ctx, &bot.SendMessageParams{ChatID: p.ID(), Text: "lihat", ReplyParameters: &models.ReplyParameters{MessageID: card}}))
	if m.ReplyToMessage == nil || m.ReplyToMessage.ID != card {
		t.Errorf("reply: %+v", m.ReplyToMessage)
	}

	sent(b.SendPhoto(ctx, &bot.SendPhotoParams{ChatID: p.ID(), Photo: file("a.jpg", photo), Caption: "foto"}))
	m = sent(b.SendDocument(ctx, &bot.SendDocumentParams{ChatID: p.ID(), Document: file("a.pdf", telegram.SamplePDF(1))}))
	if m.Document.FileName != "a.pdf" || m.Document.FileSize != int64(len(telegram.SamplePDF(1))) {
		t.Errorf("document: %+v", m.Document)
	}
	sent(b.SendDocument(ctx, &bot.SendDocumentParams{ChatID: p.ID(), Document: &models.InputFileString{Data: m.Document.FileID}}))
	sent(b.SendVideo(ctx, &bot.SendVideoParams{ChatID: p.ID(), Video: file("a.mp4", telegram.SampleVideo(1)), Duration: 4}))
	m = sent(b.SendVoice(ctx, &bot.SendVoiceParams{ChatID: p.ID(), Voice: file("a.oga", telegram.SampleVoice(1)), Duration: 7}))
	if m.Voice.Duration != 7 {
		t.Errorf("voice: %+v", m.Voice)
	}
	sent(b.SendAudio(ctx, &bot.SendAudioParams{ChatID: p.ID(), Audio: file("a.mp3", []byte("ID3")), Title: "Lagu"}))
	m = sent(b.SendLocation(ctx, &bot.SendLocationParams{ChatID: p.ID(), Latitude: -6.5, Longitude: 110.5}))
	if m.Location.Latitude != -6.5 {
		t.Errorf("location: %+v", m.Location)
	}
	sent(b.SendVenue(ctx, &bot.SendVenueParams{ChatID: p.ID(), Latitude: -6.5, Longitude: 110.5, Title: "Alun-alun", Address: "Jepara"}))
	sent(b.SendContact(ctx, &bot.SendContactParams{ChatID: p.ID(), PhoneNumber: "112", FirstName: "Darurat"}))
	group, err := b.SendMediaGroup(ctx, &bot.SendMediaGroupParams{ChatID: p.ID(), Media: []models.InputMedia{
		&models.InputMediaPhoto{Media: "attach://satu.jpg", MediaAttachment: bytes.NewReader(photo), Caption: "<i>dua</i>", ParseMode: models.ParseModeHTML},
		&models.InputMediaPhoto{Media: "attach://dua.jpg", MediaAttachment: bytes.NewReader(telegram.SamplePhoto(4, false))},
	}})
	if err != nil || len(group) != 2 || group[0].MediaGroupID == "" || group[0].MediaGroupID != group[1].MediaGroupID || group[0].Caption != "dua" {
		t.Errorf("media group: %+v, %v", group, err)
	}
	if ok, err := b.SendChatAction(ctx, &bot.SendChatActionParams{ChatID: p.ID(), Action: models.ChatActionTyping}); !ok || err != nil {
		t.Errorf("chat action: %v, %v", ok, err)
	}

	sent(b.SendMessage(ctx, &bot.SendMessageParams{ChatID: p.ID(), Text: "nomor?", ReplyMarkup: &models.ReplyKeyboardMarkup{
		OneTimeKeyboard: true, ResizeKeyboard: true,
		Keyboard: [][]models.KeyboardButton{{{Text: "Kirim nomor", RequestContact: true}}, {{Text: "Kirim lokasi", RequestLocation: true}, {Text: "Batal"}}}}}))
	if k := p.Keyboard(); k == nil || len(k.Rows) != 2 || !k.Rows[0][0].RequestContact || !k.Rows[1][0].RequestLocation || !k.OneTime {
		t.Fatalf("keyboard: %+v", k)
	}
	w.must(p.Tap("Kirim nomor"))
	if u := w.next(); u.Message.Contact == nil || p.Keyboard() != nil {
		t.Error("a key that asks for the contact gives it, and a keyboard for one time goes")
	}
	sent(b.SendMessage(ctx, &bot.SendMessageParams{ChatID: p.ID(), Text: "pilih", ReplyMarkup: &models.ReplyKeyboardMarkup{Keyboard: [][]models.KeyboardButton{{{Text: "Batal"}}}}}))
	w.must(p.Tap("Batal"))
	if u := w.next(); u.Message.Text != "Batal" || p.Keyboard() == nil {
		t.Error("a plain key sends its text, and the keyboard stays")
	}
	sent(b.SendMessage(ctx, &bot.SendMessageParams{ChatID: p.ID(), Text: "sudah", ReplyMarkup: &models.ReplyKeyboardRemove{RemoveKeyboard: true}}))
	if p.Keyboard() != nil {
		t.Error("the keyboard was not removed")
	}
	sent(b.SendMessage(ctx, &bot.SendMessageParams{ChatID: p.ID(), Text: "jawab", ReplyMarkup: &models.ForceReply{ForceReply: true}}))
	if k := p.Keyboard(); k == nil || !k.ForceReply {
		t.Error("no forced reply")
	}

	if chat, err := b.GetChat(ctx, &bot.GetChatParams{ChatID: p.ID()}); err != nil || chat.FirstName != "Siti" || chat.Type != models.ChatTypePrivate {
		t.Errorf("getChat: %+v, %v", chat, err)
	}
	commands := []models.BotCommand{{Command: "lapor", Description: "Buat laporan"}, {Command: "bahasa", Description: "Ganti bahasa"}}
	if ok, err := b.SetMyCommands(ctx, &bot.SetMyCommandsParams{Commands: commands}); !ok || err != nil {
		t.Errorf("setMyCommands: %v, %v", ok, err)
	}
	if ok, err := b.SetMyCommands(ctx, &bot.SetMyCommandsParams{Commands: commands[:1], Scope: &models.BotCommandScopeAllPrivateChats{}, LanguageCode: "jv"}); !ok || err != nil {
		t.Errorf("setMyCommands in a scope: %v, %v", ok, err)
	}
	if got, err := b.GetMyCommands(ctx, &bot.GetMyCommandsParams{}); err != nil || len(got) != 2 || got[1].Command != "bahasa" || len(w.Bot().Commands("")) != 2 {
		t.Errorf("getMyCommands: %+v, %v", got, err)
	}
	w.clean()
}

func TestButtonsEditsAndAnswers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, telegram.Options{})
	p := w.siti()
	b, ctx := w.bot, w.ctx
	keyboard := func(labels ...string) *models.InlineKeyboardMarkup {
		k := &models.InlineKeyboardMarkup{}
		for _, l := range labels {
			k.InlineKeyboard = append(k.InlineKeyboard, []models.InlineKeyboardButton{{Text: l, CallbackData: strings.ToLower(l)}})
		}
		return k
	}
	card, err := b.SendMessage(ctx, &bot.SendMessageParams{ChatID: p.ID(), Text: "Kasus baru", ReplyMarkup: keyboard("Ambil", "Bukan kami")})
	w.must(card, err)

	if _, err := p.Press(card.ID, "Tidak ada"); !errors.Is(err, telegram.ErrNoButton) {
		t.Errorf("a button that is not there: %v", err)
	}
	if _, err := p.Press(1, "ambil"); !errors.Is(err, telegram.ErrNoMessage) {
		t.Errorf("a message that is not there: %v", err)
	}
	seq := p.Seq()
	id, err := p.Press(card.ID, "Ambil")
	w.must(id, err)
	u := w.next()
	q := u.CallbackQuery
	if q == nil || q.ID != id || q.Data != "ambil" || q.From.ID != p.ID() || q.Message.Message == nil || q.Message.Message.ID != card.ID || q.ChatInstance == "" {
		t.Fatalf("callback query: %+v", q)
	}
	if ok, err := b.AnswerCallbackQuery(ctx, &bot.AnswerCallbackQueryParams{CallbackQueryID: id, Text: "Diambil", ShowAlert: true}); !ok || err != nil {
		t.Fatalf("answer: %v, %v", ok, err)
	}
	edited, err := b.EditMessageText(ctx, &bot.EditMessageTextParams{ChatID: p.ID(), MessageID: card.ID, Text: "Kasus Anda", ReplyMarkup: keyboard("Selesai")})
	if err != nil || edited.Text != "Kasus Anda" || edited.EditDate == 0 {
		t.Fatalf("edit: %+v, %v", edited, err)
	}
	changes, err := p.Wait(ctx, seq)
	if err != nil || len(changes) != 2 {
		t.Fatalf("changes: %+v, %v", changes, err)
	}
	if a := changes[0]; a.Kind != telegram.Answered || a.Answer.Text != "Diambil" || !a.Answer.Alert || a.Answer.CallbackID != id || a.Answer.Data != "ambil" {
		t.Errorf("answered: %+v", a)
	}
	if e := changes[1]; e.Kind != telegram.Edited || e.Message.Text != "Kasus Anda" || len(e.Message.Revisions) != 1 || e.Message.Revisions[0].Text != "Kasus baru" || len(e.Message.Revisions[0].Buttons) != 2 {
		t.Errorf("edited: %+v", e)
	}
	if _, err := p.Press(card.ID, "ambil"); !errors.Is(err, telegram.ErrNoButton) {
		t.Errorf("a button that was edited away: %v", err)
	}
	if m := p.Messages(); len(m) != 1 || m[0].Text != "Kasus Anda" || m[0].Buttons[0][0].Data != "selesai" {
		t.Errorf("messages: %+v", m)
	}

	_, err = b.EditMessageText(ctx, &bot.EditMessageTextParams{ChatID: p.ID(), MessageID: card.ID, Text: " Kasus Anda\n", ReplyMarkup: keyboard("Selesai")})
	if !errors.Is(err, bot.ErrorBadRequest) || !strings.Contains(err.Error(), "message is not modified") {
		t.Errorf("the same again: %v", err)
	}
	if _, err = b.EditMessageReplyMarkup(ctx, &bot.EditMessageReplyMarkupParams{ChatID: p.ID(), MessageID: card.ID}); err != nil {
		t.Errorf("taking the buttons away: %v", err)
	}
	if m, _ := p.Message(card.ID); m.Buttons != nil || len(m.Revisions) != 2 {
		t.Errorf("after taking the buttons away: %+v", m)
	}
	photo, err := b.SendPhoto(ctx, &bot.SendPhotoParams{ChatID: p.ID(), Photo: &models.InputFileUpload{Filename: "a.jpg", Data: bytes.NewReader(telegram.SamplePhoto(1, true))}, Caption: "satu"})
	w.must(photo, err)
	if m, err := b.EditMessageCaption(ctx, &bot.EditMessageCaptionParams{ChatID: p.ID(), MessageID: photo.ID, Caption: "dua"}); err != nil || m.Caption != "dua" {
		t.Errorf("caption: %+v, %v", m, err)
	}
	if ok, err := b.DeleteMessage(ctx, &bot.DeleteMessageParams{ChatID: p.ID(), MessageID: photo.ID}); !ok || err != nil {
		t.Errorf("delete: %v, %v", ok, err)
	}
	if m := p.Messages(); len(m) != 1 {
		t.Errorf("after deleting: %+v", m)
	}
	w.clean()
	me := fmt.Sprintf(`"chat_id":%d,"message_id":%d`, p.ID(), photo.ID)
	w.refused("editMessageCaption", `{`+me+`,"caption":"x"}`, 400, "Bad Request: message to edit not found")
	w.refused("deleteMessage", `{`+me+`}`, 400, "Bad Request: message to delete not found")
	w.refused("editMessageCaption", fmt.Sprintf(`{"chat_id":%d,"message_id":%d,"caption":"x"}`, p.ID(), card.ID), 400, "Bad Request: there is no caption in the message to edit")
}

func TestCallbackGetsOld(t *testing.T) {
	t.Parallel()
	var clock atomic.Pointer[time.Time]
	now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	clock.Store(&now)
	w := newWorld(t, telegram.Options{Now: func() time.Time { return *clock.Load() }, CallbackTTL: 15 * time.Second})
	p := w.siti()
	m, err := w.bot.SendMessage(w.ctx, &bot.SendMessageParams{ChatID: p.ID(), Text: "?", ReplyMarkup: &models.InlineKeyboardMarkup{
		InlineKeyboard: [][]models.InlineKeyboardButton{{{Text: "Ya", CallbackData: "y"}}}}})
	w.must(m, err)
	if m.Date != int(now.Unix()) {
		t.Errorf("date %d is not the server's clock", m.Date)
	}
	const old = "Bad Request: query is too old and response timeout expired or query ID is invalid"
	first, err := p.Press(m.ID, "y")
	w.must(first, err)
	later := now.Add(16 * time.Second)
	clock.Store(&later)
	w.refused("answerCallbackQuery", `{"callback_query_id":"`+first+`"}`, 400, old)
	w.refused("answerCallbackQuery", `{"callback_query_id":"1"}`, 400, old)
	w.SetCallbackTTL(time.Hour)
	if a := w.call("answerCallbackQuery", `{"callback_query_id":"`+first+`"}`); !a.OK {
		t.Errorf("within an hour: %+v", a)
	}
	second, err := p.Press(m.ID, "y")
	w.must(second, err)
	p.ExpireCallbacks()
	w.refused("answerCallbackQuery", `{"callback_query_id":"`+second+`"}`, 400, old)
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	w := newWorld(t, telegram.Options{})
	p := w.siti()
	shy := w.Person(telegram.PersonOptions{Name: "Belum Mulai"})
	mine, err := p.Send("punya saya")
	w.must(mine, err)
	keyed := w.call("sendMessage", fmt.Sprintf(`{"chat_id":%d,"text":"x","reply_markup":{"keyboard":[["a"]]}}`, p.ID()))
	var keyedMessage models.Message
	if err := json.Unmarshal(keyed.Result, &keyedMessage); err != nil {
		t.Fatal(err)
	}
	chat := fmt.Sprintf(`"chat_id":%d,`, p.ID())
	button := func(b string) string {
		return `{` + chat + `"text":"x","reply_markup":{"inline_keyboard":[[` + b + `]]}}`
	}
	for _, c := range []struct {
		method, body string
		code         int
		want         string
	}{
		{"sendMessage", `{"text":"x"}`, 400, "Bad Request: chat_id is empty"},
		{"sendMessage", `{"chat_id":77,"text":"x"}`, 400, "Bad Request: chat not found"},
		{"sendMessage", `{"chat_id":"@siti","text":"x"}`, 400, "Bad Request: chat not found"},
		{"sendMessage", fmt.Sprintf(`{"chat_id":%d,"text":"x"}`, shy.ID()), 403, "Forbidden: bot can't initiate conversation with a user"},
		{"sendMessage", `{` + chat + `"text":" \n "}`, 400, "Bad Request: message text is empty"},
		{"sendMessage", strings.TrimSuffix(`{`+chat, ",") + `}`, 400, "Bad Request: message text is empty"},
		{"sendMessage", `{` + chat + `"text":"` + strings.Repeat("a", 4097) + `"}`, 400, "Bad Request: message is too long"},
		{"sendMessage", `{` + chat + `"text":"` + strings.Repeat("🕳", 2049) + `"}`, 400, "Bad Request: message is too long"},
		{"sendMessage", `{` + chat + `"text":"<b>x","parse_mode":"HTML"}`, 400, `Bad Request: can't parse entities: Can't find end tag corresponding to start tag "b"`},
		{"sendMessage", `{` + chat + `"text":"a <x> b","parse_mode":"HTML"}`, 400, `Bad Request: can't parse entities: Unsupported start tag "x" at byte offset 2`},
		{"sendMessage", `{` + chat + `"text":"2 < 3","parse_mode":"HTML"}`, 400, "Bad Request: can't parse entities: Unsupported start tag \"\" at byte offset 2"},
		{"sendMessage", `{` + chat + `"text":"a.b","parse_mode":"MarkdownV2"}`, 400, `Bad Request: can't parse entities: Character '.' is reserved and must be escaped with the preceding '\'`},
		{"sendMessage", `{` + chat + `"text":"x","parse_mode":"BB"}`, 400, "Bad Request: unsupported parse_mode"},
		{"sendMessage", `{` + chat + `"text":"x","reply_parameters":{"message_id":1}}`, 400, "Bad Request: message to be replied not found"},
		{"sendMessage", `{` + chat + `"text":"x","reply_markup":7}`, 400, "Bad Request: object expected as reply markup"},
		{"sendMessage", button(`{"text":"a","callback_data":"` + strings.Repeat("d", 65) + `"}`), 400, "Bad Request: BUTTON_DATA_INVALID"},
		{"sendMessage", button(`{"text":"a","callback_data":"` + strings.Repeat("é", 33) + `"}`), 400, "Bad Request: BUTTON_DATA_INVALID"},
		{"sendMessage", button(`{"text":"a","url":"nowhere"}`), 400, "Bad Request: BUTTON_URL_INVALID"},
		{"sendMessage", button(`{"text":" ","callback_data":"d"}`), 400, "Bad Request: inline keyboard button text must be non-empty"},
		{"sendMessage", button(`{"text":"a"}`), 400, "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"},
		{"sendPhoto", `{` + chat + `"caption":"` + strings.Repeat("a", 1025) + `"}`, 400, "Bad Request: MEDIA_CAPTION_TOO_LONG"},
		{"sendPhoto", `{` + chat + `"caption":"x"}`, 400, "Bad Request: there is no photo in the request"},
		{"sendVoice", `{` + chat + `"voice":"nonsense"}`, 400, "Bad Request: wrong remote file identifier specified: Wrong string length"},
		{"sendLocation", `{` + chat + `"longitude":1}`, 400, "Bad Request: latitude is empty"},
		{"editMessageText", `{` + chat + `"message_id":1,"text":"x"}`, 400, "Bad Request: message to edit not found"},
		{"editMessageText", `{` + chat + `"text":"x"}`, 400, "Bad Request: message identifier is not specified"},
		{"editMessageText", fmt.Sprintf(`{%s"message_id":%d,"text":"x"}`, chat, mine), 400, "Bad Request: message can't be edited"},
		{"editMessageText", fmt.Sprintf(`{%s"message_id":%d,"text":"y"}`, chat, keyedMessage.ID), 400, "Bad Request: message can't be edited"},
		{"sendChatAction", `{` + chat + `"action":"dancing"}`, 400, "Bad Request: wrong parameter action in request"},
		{"getFile", `{"file_id":"x"}`, 400, "Bad Request: wrong file_id or the file is temporarily unavailable"},
		{"getChat", `{"chat_id":77}`, 400, "Bad Request: chat not found"},
		{"setMyCommands", `{"commands":[{"command":"Lapor","description":"x"}]}`, 400, "Bad Request: BOT_COMMAND_INVALID"},
		{"setWebhook", `{"url":"https://example.com/x"}`, 400, "Bad Request: bad webhook: IP address example.com is reserved"},
		{"sendTelepathy", `{}`, 404, "Not Found"},
	} {
		w.refused(c.method, c.body, c.code, c.want)
	}
	if a := w.call("sendMessage", `{`+chat+`"text":"x","reply_parameters":{"message_id":1,"allow_sending_without_reply":true}}`); !a.OK {
		t.Errorf("allowed without reply: %+v", a)
	}
	for _, path := range []string{"/bot123:wrong/getMe", "/bot123:wrong/sendMessage"} {
		resp, err := http.Get(w.URL() + path)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusUnauthorized || string(body) != `{"ok":false,"error_code":401,"description":"Unauthorized"}` {
			t.Errorf("%s: %d %s", path, resp.StatusCode, body)
		}
	}
	if _, err := bot.New("999:nobody", bot.WithServerURL(w.URL())); !errors.Is(err, bot.ErrorUnauthorized) {
		t.Errorf("the library with a wrong token: %v", err)
	}
}

func TestDocumentTooLargeToFetch(t *testing.T) {
	t.Parallel()
	w := newWorld(t, telegram.Options{})
	p := w.siti()
	w.must(p.Document("besar.bin", make([]byte, 20<<20+1), ""))
	u := w.next()
	w.refused("getFile", `{"file_id":"`+u.Message.Document.FileID+`"}`, 400, "Bad Request: file is too big")
}

func TestViolations(t *testing.T) {
	t.Parallel()
	w := newWorld(t, telegram.Options{})
	p := w.siti()
	for _, c := range []struct{ body, want string }{
		{`{"chat_id":%d,"text":"x","disable_web_page_preview":true}`, "disable_web_page_preview: unknown field"},
		{`{"chat_id":%d,"text":"x","link_preview_options":{"disabled":true}}`, "link_preview_options.disabled: unknown field"},
		{`{"chat_id":%d,"text":"x","reply_markup":{"inline_keyboard":[[{"text":"a","callback_data":"b","colour":"red"}]]}}`, "reply_markup.inline_keyboard[0][0].colour: unknown field"},
		{`{"chat_id":%d,"text":"x","reply_markup":{"buttons":[]}}`, "reply_markup: none of the four kinds of markup"},
		{`{"chat_id":%d,"text":"x","protect_content":"maybe"}`, "protect_content: not a boolean"},
		{`{"chat_id":%d,"text":"x","message_thread_id":"first"}`, "message_thread_id: not a whole number"},
		{`{"chat_id":%d,"text":"x","entities":[{"type":"bold","offset":0,"length":9}]}`, "text entities[0]: entity outside of the text"},
		{`{"chat_id":%d,"text":"x","text":"y"}`, "text: given twice"},
	} {
		before := w.ViolationCount()
		if a := w.call("sendMessage", fmt.Sprintf(c.body, p.ID())); !a.OK {
			t.Errorf("%s: the real one forgives it: %+v", c.body, a)
		}
		list := w.Violations()[before:]
		if len(list) != 1 || list[0].String() != "tanggap_bot sendMessage "+c.want {
			t.Errorf("%s:\n got %v\nwant %s", c.body, list, c.want)
		}
	}
	before := w.ViolationCount()
	resp, err := http.PostForm(w.URL()+"/bot"+token+"/sendMessage", map[string][]string{"chat_id": {fmt.Sprint(p.ID())}, "text": {"a\xffb"}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusBadRequest || w.ViolationCount() != before+1 {
		t.Errorf("a text that is not UTF-8: %d, %v", resp.StatusCode, w.Violations()[before:])
	}
	if n := w.Bot().Calls()["sendMessage 400"]; n != 1 {
		t.Errorf("%d refused calls counted, want 1", n)
	}
}
