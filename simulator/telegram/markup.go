package telegram

import (
	"net/url"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// markup is a reply_markup, read and found in order.
type markup struct {
	given    bool
	buttons  [][]Button
	keyboard *Keyboard
	remove   bool
}

// The bounds of keyboards.
const (
	maxButtons     = 100
	maxButtonData  = 64 // bytes
	maxCopyText    = 256
	maxPlaceholder = 64
)

var (
	inlineKeys   = setOf("inline_keyboard")
	keyboardKeys = setOf("keyboard", "is_persistent", "resize_keyboard", "one_time_keyboard", "input_field_placeholder", "selective")
	removeKeys   = setOf("remove_keyboard", "selective")
	forceKeys    = setOf("force_reply", "input_field_placeholder", "selective")
	buttonKeys   = setOf("text", "icon_custom_emoji_id", "style", "url", "callback_data", "web_app", "login_url",
		"switch_inline_query", "switch_inline_query_current_chat", "switch_inline_query_chosen_chat", "copy_text",
		"callback_game", "pay")
	keyKeys = setOf("text", "icon_custom_emoji_id", "style", "request_users", "request_chat", "request_contact",
		"request_location", "request_poll", "web_app", "request_managed_bot")
	styles = setOf("", "danger", "success", "primary")
)

// markup reads reply_markup. Where inlineOnly is set (edits), another kind is refused.
func (c *call) markup(inlineOnly bool) (markup, error) {
	raw, ok := c.req.lookup("reply_markup")
	if !ok || len(raw) == 0 {
		return markup{}, nil
	}
	n, err := parseJSON(raw)
	if err != nil {
		c.violation("reply_markup", err.Error())
		return markup{}, bad("can't parse reply keyboard markup JSON object")
	}
	switch n.kind {
	case kindNull:
		return markup{}, nil
	case kindObject:
	default:
		return markup{}, bad("object expected as reply markup")
	}
	if rows, ok := n.get("inline_keyboard"); ok {
		c.keys(&n, "reply_markup", inlineKeys)
		buttons, err := c.buttons(rows)
		return markup{given: true, buttons: buttons}, err
	}
	if inlineOnly {
		if len(n.keys) > 0 {
			c.violation("reply_markup", "only an inline keyboard can be put below an edited message")
			return markup{}, bad("inline keyboard expected")
		}
		return markup{}, nil
	}
	if rows, ok := n.get("keyboard"); ok {
		c.keys(&n, "reply_markup", keyboardKeys)
		k, err := c.keyboard(&n, rows)
		return markup{given: true, keyboard: k}, err
	}
	if n.flag("remove_keyboard") {
		c.keys(&n, "reply_markup", removeKeys)
		return markup{given: true, remove: true}, nil
	}
	if n.flag("force_reply") {
		c.keys(&n, "reply_markup", forceKeys)
		return markup{given: true, keyboard: &Keyboard{ForceReply: true, Placeholder: n.str("input_field_placeholder")}}, nil
	}
	c.violation("reply_markup", "none of the four kinds of markup")
	return markup{}, nil
}

func (c *call) buttons(rows *node) ([][]Button, error) {
	if rows.kind != kindArray {
		return nil, bad(`field "inline_keyboard" must be of type Array`)
	}
	var out [][]Button
	total := 0
	for i := range rows.items {
		row := &rows.items[i]
		if row.kind != kindArray {
			return nil, bad(`field "inline_keyboard" must be an Array of Arrays`)
		}
		var buttons []Button
		for j := range row.items {
			b, err := c.button(&row.items[j], at(at("reply_markup.inline_keyboard", i), j))
			if err != nil {
				return nil, err
			}
			buttons = append(buttons, b)
		}
		if total += len(buttons); total > maxButtons {
			c.violation("reply_markup", "more than a hundred buttons")
			return nil, bad("reply markup is too long")
		}
		if len(buttons) > 0 {
			out = append(out, buttons)
		}
	}
	return out, nil
}

func (c *call) button(n *node, path string) (Button, error) {
	if n.kind != kindObject {
		return Button{}, bad("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
	}
	c.keys(n, path, buttonKeys)
	if _, ok := n.get("text"); !ok {
		return Button{}, bad(`can't parse inline keyboard button: Can't find field "text"`)
	}
	b := Button{Text: strings.TrimSpace(n.str("text")), Style: n.str("style")}
	if b.Text == "" {
		return b, bad("inline keyboard button text must be non-empty")
	}
	if !styles[b.Style] {
		return b, bad("invalid button style specified")
	}
	// The order is Telegram's: the first of these that is there makes the button. So the
	// empty copy_text that go-telegram/bot puts into every button does no harm.
	if n.flag("pay") {
		b.Other = "pay"
		return b, nil
	}
	if v := n.str("url"); v != "" {
		b.URL = v
		if !validButtonURL(v) {
			return b, bad("BUTTON_URL_INVALID")
		}
		return b, nil
	}
	if v, ok := n.get("callback_data"); ok {
		b.Data = v.text
		switch {
		case v.kind != kindString:
			return b, bad(`can't parse inline keyboard button: Field "callback_data" must be of type String`)
		case b.Data == "" || len(b.Data) > maxButtonData:
			return b, bad("BUTTON_DATA_INVALID")
		}
		return b, nil
	}
	for _, other := range []string{"callback_game", "switch_inline_query", "switch_inline_query_current_chat", "switch_inline_query_chosen_chat", "login_url", "web_app"} {
		v, ok := n.get(other)
		if !ok {
			continue
		}
		b.Other, b.Data = other, v.text
		if other == "login_url" || other == "web_app" {
			if b.URL = v.str("url"); !strings.HasPrefix(b.URL, "https://") {
				return b, bad("BUTTON_URL_INVALID")
			}
		}
		return b, nil
	}
	if v, ok := n.get("copy_text"); ok {
		b.Copy = v.str("text")
		if b.Copy == "" || utf16Len(b.Copy) > maxCopyText {
			return b, bad("BUTTON_COPY_TEXT_INVALID")
		}
		return b, nil
	}
	return b, bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
}

func validButtonURL(s string) bool {
	if !strings.Contains(s, "://") {
		s = "http://" + s
	}
	u, err := url.Parse(s)
	if err != nil {
		return false
	}
	switch u.Scheme {
	case "tg":
		return true
	case "http", "https":
		// Telegram wants a host with a dot; "localhost" is refused there too.
		return strings.Contains(u.Hostname(), ".") || strings.Contains(u.Hostname(), ":")
	}
	return false
}

func (c *call) keyboard(n, rows *node) (*Keyboard, error) {
	if rows.kind != kindArray {
		return nil, bad(`field "keyboard" must be of type Array`)
	}
	k := &Keyboard{
		OneTime: n.flag("one_time_keyboard"), Persistent: n.flag("is_persistent"), Resize: n.flag("resize_keyboard"),
		Placeholder: n.str("input_field_placeholder"),
	}
	if utf16Len(k.Placeholder) > maxPlaceholder {
		c.violation("reply_markup.input_field_placeholder", "longer than 64 characters")
	}
	total := 0
	for i := range rows.items {
		row := &rows.items[i]
		if row.kind != kindArray {
			return nil, bad(`field "keyboard" must be an Array of Arrays`)
		}
		var keys []Key
		for j := range row.items {
			key, err := c.key(&row.items[j], at(at("reply_markup.keyboard", i), j))
			if err != nil {
				return nil, err
			}
			keys = append(keys, key)
		}
		total += len(keys)
		if len(keys) > 0 {
			k.Rows = append(k.Rows, keys)
		}
	}
	if total > 300 {
		c.violation("reply_markup", "more than three hundred keys")
		return nil, bad("reply markup is too long")
	}
	if len(k.Rows) == 0 {
		c.violation("reply_markup.keyboard", "no keys")
		return nil, nil
	}
	return k, nil
}

func (c *call) key(n *node, path string) (Key, error) {
	if n.kind == kindString {
		if n.text == "" {
			return Key{}, bad("keyboard button text must be non-empty")
		}
		return Key{Text: n.text}, nil
	}
	if n.kind != kindObject {
		return Key{}, bad("can't parse keyboard button: KeyboardButton must be an Object")
	}
	c.keys(n, path, keyKeys)
	k := Key{Text: strings.TrimSpace(n.str("text")), RequestContact: n.flag("request_contact"), RequestLocation: n.flag("request_location")}
	if k.Text == "" {
		return k, bad("keyboard button text must be non-empty")
	}
	return k, nil
}

// utf16Len is the length of a text as Telegram counts it.
func utf16Len(s string) int {
	n := 0
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			n++
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		n += max(utf16.RuneLen(r), 1)
		i += size
	}
	return n
}
