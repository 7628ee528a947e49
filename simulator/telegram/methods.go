package telegram

import (
	"sort"
	"strconv"
	"strings"
)

// method is one method of the Bot API: what it is called, which fields it has, and
// what it does.
type method struct {
	name   string
	fields map[string]bool
	run    func(*call) error
	okKey  string
}

var methods = map[string]*method{}

// lookupMethod finds a method by its name; case does not matter.
func lookupMethod(name string) *method {
	if m, ok := methods[name]; ok {
		return m
	}
	return methods[strings.ToLower(name)]
}

// sending are the fields that every method has that sends a message.
const sending = "business_connection_id chat_id message_thread_id direct_messages_topic_id disable_notification protect_content " +
	"allow_paid_broadcast message_effect_id suggested_post_parameters reply_parameters reply_markup "

const captioned = "caption parse_mode caption_entities "

const editing = "business_connection_id chat_id message_id inline_message_id reply_markup "

func init() {
	add := func(name, fields string, run func(*call) error) {
		m := &method{name: name, fields: setOf(strings.Fields(fields)...), run: run, okKey: name + " 200"}
		methods[name], methods[strings.ToLower(name)] = m, m
	}
	add("getMe", "", getMe)
	add("logOut", "", yes)
	add("close", "", yes)
	add("getUpdates", "offset limit timeout allowed_updates", getUpdates)
	add("setWebhook", "url certificate ip_address max_connections allowed_updates drop_pending_updates secret_token", setWebhook)
	add("deleteWebhook", "drop_pending_updates", deleteWebhook)
	add("getWebhookInfo", "", getWebhookInfo)

	add("sendMessage", sending+"text parse_mode entities link_preview_options", sendMessage)
	add("sendPhoto", sending+captioned+"photo show_caption_above_media has_spoiler", sendMedia(KindPhoto))
	add("sendVideo", sending+captioned+"video duration width height thumbnail cover start_timestamp show_caption_above_media has_spoiler supports_streaming", sendMedia(KindVideo))
	add("sendDocument", sending+captioned+"document thumbnail disable_content_type_detection", sendMedia(KindDocument))
	add("sendVoice", sending+captioned+"voice duration", sendMedia(KindVoice))
	add("sendAudio", sending+captioned+"audio duration performer title thumbnail", sendMedia(KindAudio))
	add("sendSticker", sending+"sticker emoji", sendMedia(KindSticker))
	add("sendLocation", sending+"latitude longitude horizontal_accuracy live_period heading proximity_alert_radius", sendLocation)
	add("sendVenue", sending+"latitude longitude title address foursquare_id foursquare_type google_place_id google_place_type", sendVenue)
	add("sendContact", sending+"phone_number first_name last_name vcard", sendContact)
	add("sendMediaGroup", "business_connection_id chat_id message_thread_id direct_messages_topic_id media disable_notification protect_content allow_paid_broadcast message_effect_id reply_parameters", sendMediaGroup)
	add("sendChatAction", "business_connection_id chat_id message_thread_id action", sendChatAction)

	add("editMessageText", editing+"text parse_mode entities link_preview_options", editMessageText)
	add("editMessageCaption", editing+captioned+"show_caption_above_media", editMessageCaption)
	add("editMessageReplyMarkup", editing, editMessageReplyMarkup)
	add("deleteMessage", "chat_id message_id", deleteMessage)
	add("deleteMessages", "chat_id message_ids", deleteMessages)
	add("answerCallbackQuery", "callback_query_id text show_alert url cache_time", answerCallbackQuery)

	add("getFile", "file_id", getFile)
	add("getChat", "chat_id", getChat)
	add("setMyCommands", "commands scope language_code", setMyCommands)
	add("getMyCommands", "scope language_code", getMyCommands)
	add("deleteMyCommands", "scope language_code", deleteMyCommands)
}

// Methods gives the names of the methods that the server has, sorted.
func Methods() []string {
	names := make(map[string]bool)
	for _, m := range methods {
		names[m.name] = true
	}
	return sortedKeys(names)
}

func yes(c *call) error {
	c.out = append(c.out, "true"...)
	return nil
}

func getMe(c *call) error {
	c.out = append(c.out, c.bot.me...)
	return nil
}

var errNoChat = bad("chat not found")

// chat finds the chat that chat_id names.
func (c *call) chat() (*Person, error) {
	v, ok := c.req.lookup("chat_id")
	if !ok || len(v) == 0 {
		return nil, bad("chat_id is empty")
	}
	return c.chatByID(v)
}

func (c *call) chatByID(v []byte) (*Person, error) {
	id, err := strconv.ParseInt(string(v), 10, 64)
	if err != nil {
		// Only channels and public groups have an @name in chat_id, and there are none here.
		return nil, errNoChat
	}
	if p := c.bot.chat(id); p != nil {
		return p, nil
	}
	return nil, errNoChat
}

// peekChat reads chat_id for a fault, without judging it.
func (c *call) peekChat() int64 {
	v, _ := c.req.lookup("chat_id")
	id, _ := strconv.ParseInt(string(v), 10, 64)
	return id
}

func getChat(c *call) error {
	p, err := c.chat()
	if err != nil {
		return err
	}
	// The Chat object, with the fields of ChatFullInfo that are always there.
	c.out = append(c.out, p.chat[:len(p.chat)-1]...)
	c.out = append(c.out, `,"accent_color_id":1,"max_reaction_count":11,"accepted_gift_types":{"unlimited_gifts":true,`+
		`"limited_gifts":true,"unique_gifts":true,"premium_subscription":true,"gifts_from_channels":true}`...)
	if p.opts.Username != "" {
		c.out = append(c.out, `,"active_usernames":[`...)
		c.out = append(appendString(c.out, p.opts.Username), ']')
	}
	c.out = append(c.out, '}')
	return nil
}

var actions = setOf("typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
	"upload_document", "choose_sticker", "find_location", "record_video_note", "upload_video_note")

func sendChatAction(c *call) error {
	action := c.req.text("action")
	if !actions[action] {
		return bad("wrong parameter action in request")
	}
	p, err := c.chat()
	if err != nil {
		return err
	}
	p.mu.Lock()
	if err := p.reachable(); err != nil {
		p.mu.Unlock()
		return err
	}
	change := p.changed(Change{Kind: Acted, Action: action})
	p.mu.Unlock()
	p.watch(change)
	return yes(c)
}

func answerCallbackQuery(c *call) error {
	id := c.req.text("callback_query_id")
	text := c.req.text("text")
	if utf16Len(text) > 200 {
		return bad("MESSAGE_TOO_LONG")
	}
	if u := c.req.text("url"); u != "" && !strings.HasPrefix(u, "https://t.me/"+c.bot.username) && !strings.HasPrefix(u, "t.me/"+c.bot.username) {
		return bad("URL_INVALID")
	}
	answer := &Answer{CallbackID: id, Text: text, Alert: c.boolean("show_alert"), URL: c.req.text("url")}
	if err := c.bot.answer(c.s, answer); err != nil {
		return err
	}
	return yes(c)
}

// Scopes of commands by their type, with the fields they need.
var scopes = map[string]string{"default": "", "all_private_chats": "", "all_group_chats": "", "all_chat_administrators": "",
	"chat": "chat_id", "chat_administrators": "chat_id", "chat_member": "chat_id"}

// scope gives the key under which a menu of commands is kept.
func (c *call) scope() (string, error) {
	key := `{"type":"default"}`
	if raw, ok := c.req.lookup("scope"); ok && len(raw) > 0 {
		n, err := parseJSON(raw)
		if err != nil || n.kind != kindObject {
			return "", bad("can't parse BotCommandScope JSON object")
		}
		needs, ok := scopes[n.str("type")]
		if !ok {
			return "", bad("can't parse BotCommandScope: unsupported type specified")
		}
		if needs != "" {
			v, ok := n.get(needs)
			if !ok {
				return "", bad("chat_id is empty")
			}
			text := v.text
			if _, err := c.chatByID([]byte(text)); err != nil {
				return "", err
			}
		}
		if n.str("type") != "default" {
			key = string(raw)
		}
	}
	return key + c.req.text("language_code"), nil
}

func setMyCommands(c *call) error {
	raw, ok := c.req.lookup("commands")
	if !ok {
		return bad("can't parse commands list: JSON array expected")
	}
	list, err := parseJSON(raw)
	if err != nil || list.kind != kindArray {
		return bad("can't parse commands JSON object")
	}
	if len(list.items) > 100 {
		return bad("BOT_COMMANDS_TOO_MUCH")
	}
	known := setOf("command", "description")
	var commands []Command
	for i := range list.items {
		n := &list.items[i]
		if n.kind != kindObject {
			return bad("can't parse BotCommand: expected an Object")
		}
		c.keys(n, at("commands", i), known)
		command := Command{Command: strings.TrimPrefix(n.str("command"), "/"), Description: strings.TrimSpace(n.str("description"))}
		if !validCommand(command.Command) {
			return bad("BOT_COMMAND_INVALID")
		}
		if command.Description == "" || utf16Len(command.Description) > 256 {
			return bad("BOT_COMMAND_DESCRIPTION_INVALID")
		}
		commands = append(commands, command)
	}
	key, err := c.scope()
	if err != nil {
		return err
	}
	c.bot.mu.Lock()
	defer c.bot.mu.Unlock()
	if len(commands) == 0 {
		delete(c.bot.commands, key)
	} else if len(c.bot.commands) < 1000 {
		c.bot.commands[key] = commands
	}
	return yes(c)
}

func validCommand(s string) bool {
	if len(s) < 1 || len(s) > 32 {
		return false
	}
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}

func getMyCommands(c *call) error {
	key, err := c.scope()
	if err != nil {
		return err
	}
	c.bot.mu.RLock()
	defer c.bot.mu.RUnlock()
	c.out = append(c.out, '[')
	for i, command := range c.bot.commands[key] {
		if i > 0 {
			c.out = append(c.out, ',')
		}
		c.out = appendString(append(c.out, `{"command":`...), command.Command)
		c.out = append(appendField(c.out, "description", command.Description), '}')
	}
	c.out = append(c.out, ']')
	return nil
}

func deleteMyCommands(c *call) error {
	key, err := c.scope()
	if err != nil {
		return err
	}
	c.bot.mu.Lock()
	defer c.bot.mu.Unlock()
	delete(c.bot.commands, key)
	return yes(c)
}

// messageIDs reads a list of message ids.
func (c *call) messageIDs(field string) ([]int, error) {
	raw, _ := c.req.lookup(field)
	list, err := parseJSON(raw)
	if err != nil || list.kind != kindArray {
		return nil, bad("message identifiers are not specified")
	}
	if len(list.items) > 100 {
		return nil, bad("too many message identifiers specified")
	}
	var ids []int
	for _, n := range list.items {
		id, err := strconv.Atoi(n.text)
		if err != nil {
			return nil, bad("invalid message identifier specified")
		}
		ids = append(ids, id)
	}
	sort.Ints(ids)
	return ids, nil
}
