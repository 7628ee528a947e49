package whatsappcloud

import (
	"net/url"
	"strings"

	"tanggap/hotline"
	"tanggap/phrase"
)

// The network's bounds, in characters; see units.
const (
	maxText        = 4096
	maxCaption     = 1024
	maxBody        = 1024 // of a message with buttons, a list or a request
	maxButtons     = 3
	maxButtonTitle = 20
	maxRows        = 10
	maxRowTitle    = 24
	maxRowMore     = 72
	maxListButton  = 20
	maxID          = 200 // of a row; a button's may have 256
)

// outgoing is one message as the API takes it.
type outgoing struct {
	Product string `json:"messaging_product"`
	Kind    string `json:"recipient_type"`
	recipient
	Context     *context_    `json:"context,omitempty"`
	Type        string       `json:"type"`
	Text        *textBody    `json:"text,omitempty"`
	Interactive *interactive `json:"interactive,omitempty"`
	Image       *mediaBody   `json:"image,omitempty"`
	Video       *mediaBody   `json:"video,omitempty"`
	Audio       *mediaBody   `json:"audio,omitempty"`
	Document    *mediaBody   `json:"document,omitempty"`
	Template    *template    `json:"template,omitempty"`
	Tag         string       `json:"biz_opaque_callback_data,omitempty"`
}

type (
	context_ struct {
		ID string `json:"message_id"`
	}
	textBody struct {
		Body    string `json:"body"`
		Preview bool   `json:"preview_url"` // false: the network is not to visit what somebody wrote
	}
	mediaBody struct {
		ID      string `json:"id"`
		Caption string `json:"caption,omitempty"`
		Name    string `json:"filename,omitempty"`
		Voice   bool   `json:"voice,omitempty"`
	}
	interactive struct {
		Type   string   `json:"type"`
		Body   bodyText `json:"body"`
		Action action   `json:"action"`
	}
	bodyText struct {
		Text string `json:"text"`
	}
	action struct {
		Name       string      `json:"name,omitempty"`
		Parameters *parameters `json:"parameters,omitempty"`
		Buttons    []button    `json:"buttons,omitempty"`
		Button     string      `json:"button,omitempty"`
		Sections   []section   `json:"sections,omitempty"`
	}
	parameters struct {
		Display string `json:"display_text"`
		URL     string `json:"url"`
	}
	button struct {
		Type  string `json:"type"`
		Reply reply  `json:"reply"`
	}
	reply struct {
		ID    string `json:"id"`
		Title string `json:"title"`
	}
	section struct {
		Rows []row `json:"rows"`
	}
	row struct {
		ID    string `json:"id"`
		Title string `json:"title"`
		More  string `json:"description,omitempty"`
	}
)

// A step is one message to send. An outgoing thing is one step nearly always; long texts, media and requests need more.
type step struct {
	message outgoing // without whom it is for
	medium  *hotline.Attachment
	main    bool // the one that stands for the whole: its id is the receipt's
}

// steps draws an outgoing thing: media first, then the text in as many parts as it needs, the choices with the last of them, then the request for a
// place or a number where choices have taken the message's only action. pick labels the button that opens a list.
func steps(out hotline.Outgoing, pick string) []step {
	text, act := drawn(out, pick)
	ask := request(out)
	var list []step
	caption := ""
	if len(out.Media) == 1 && act == nil && ask == nil && captioned(out.Media[0]) && units(text) <= maxCaption {
		caption, text = text, ""
	}
	for i := range out.Media {
		m := &out.Media[i]
		list = append(list, step{message: outgoing{Text: &textBody{Body: caption}}, medium: m})
	}
	switch {
	case act != nil:
		list = append(list, withAction(text, act)...)
	case ask != nil && text != "":
		list = append(list, withAction(text, ask)...)
		ask = nil
	default:
		for _, p := range split(text, maxText) {
			list = append(list, textStep(p))
		}
	}
	if len(list) > 0 {
		list[len(list)-1].main = true
	}
	if ask != nil {
		ask.Body.Text = clip(askText(out), maxBody)
		list = append(list, step{message: outgoing{Type: "interactive", Interactive: ask}, main: len(list) == 0})
	}
	return list
}

func textStep(text string) step {
	return step{message: outgoing{Type: "text", Text: &textBody{Body: text}}}
}

// withAction puts an action below a text; what is too long to stand beside it goes before.
func withAction(text string, act *interactive) []step {
	parts := tail(text, maxText, maxBody)
	if len(parts) == 0 {
		parts = []string{"…"} // the network wants something said
	}
	var list []step
	for _, p := range parts[:len(parts)-1] {
		list = append(list, textStep(p))
	}
	act.Body.Text = parts[len(parts)-1]
	return append(list, step{message: outgoing{Type: "interactive", Interactive: act}})
}

// drawn gives the text with whatever of the choices must stand in it, and the rest as the network's own action; nil for none.
func drawn(out hotline.Outgoing, pick string) (string, *interactive) {
	text := clean(out.Text)
	var picks, links []hotline.Button
	for _, row := range out.Choices {
		for _, b := range row {
			switch {
			case b.URL == "" && b.Value != "":
				picks = append(picks, hotline.Button{Label: label(b.Label), Value: b.Value})
			case linkable(b.URL):
				links = append(links, hotline.Button{Label: line(b.Label), URL: b.URL})
			}
		}
	}
	if len(links) == 1 && len(picks) == 0 && len(out.Media) == 0 && request(out) == nil && text != "" &&
		links[0].Label != "" && units(links[0].Label) <= maxButtonTitle {
		return text, &interactive{Type: "cta_url", Action: action{Name: "cta_url", Parameters: &parameters{Display: links[0].Label, URL: links[0].URL}}}
	}
	for _, l := range links {
		text = below(text, "\n", strings.TrimSpace(strings.TrimPrefix(l.Label+": "+l.URL, ": ")))
	}
	if len(picks) == 0 {
		return text, nil
	}
	if act := buttons(picks); act != nil {
		return text, act
	}
	if act := rows(picks, pick); act != nil {
		return text, act
	}
	return below(text, "\n\n", inLines(out.Lang, picks)), nil
}

var catalogue = phrase.Catalogue()

// inLines draws choices as lines to answer with their number. One alone has none: a number that is typed may answer the question.
func inLines(l hotline.Lang, picks []hotline.Button) string {
	if hotline.Numbers(picks)[0] == 0 {
		return catalogue["list.single"].In(l) + " " + picks[0].Label
	}
	return catalogue["list.choose"].In(l) + "\n" + strings.Join(hotline.Numbered(picks), "\n")
}

// Numbered tells whether choices are shown as numbered lines, for want of a better way: only then a number that is typed can mean one.
func Numbered(choices []hotline.Button) bool {
	var picks []hotline.Button
	for _, b := range choices {
		picks = append(picks, hotline.Button{Label: label(b.Label), Value: b.Value})
	}
	return len(picks) > 1 && buttons(picks) == nil && rows(picks, "") == nil
}

func below(text, gap, more string) string {
	if text == "" {
		return more
	}
	return text + gap + more
}

// buttons draws up to three short choices; nil where they do not fit.
func buttons(picks []hotline.Button) *interactive {
	if len(picks) > maxButtons || !distinct(picks) {
		return nil
	}
	act := &interactive{Type: "button"}
	titles := map[string]bool{}
	for _, p := range picks {
		if units(p.Label) > maxButtonTitle || titles[p.Label] {
			return nil
		}
		titles[p.Label] = true
		act.Action.Buttons = append(act.Action.Buttons, button{Type: "reply", Reply: reply{ID: p.Value, Title: p.Label}})
	}
	return act
}

// rows draws up to ten choices as a list. A label too long for a row's title stands whole below it. Nil where they do not fit.
func rows(picks []hotline.Button, pick string) *interactive {
	if len(picks) > maxRows || !distinct(picks) {
		return nil
	}
	var s section
	for _, p := range picks {
		r := row{ID: p.Value, Title: p.Label}
		if units(p.Label) > maxRowTitle {
			if units(p.Label) > maxRowMore {
				return nil
			}
			r.Title, r.More = clip(p.Label, maxRowTitle), p.Label
		}
		s.Rows = append(s.Rows, r)
	}
	pick = clip(line(pick), maxListButton)
	if pick == "" {
		pick = "☰"
	}
	return &interactive{Type: "list", Action: action{Button: pick, Sections: []section{s}}}
}

// distinct tells whether every choice has a value of its own that the network takes as an id.
func distinct(picks []hotline.Button) bool {
	seen := map[string]bool{}
	for _, p := range picks {
		if seen[p.Value] || units(p.Value) > maxID || p.Value != clean(p.Value) {
			return false
		}
		seen[p.Value] = true
	}
	return true
}

func label(s string) string {
	if s = line(s); s != "" {
		return s
	}
	return "•"
}

func linkable(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http") && len(s) <= 2000
}

// request draws an ask; nil for none. The number of somebody known by it need not be asked for.
func request(out hotline.Outgoing) *interactive {
	switch {
	case out.Ask == hotline.AskPlace:
		return &interactive{Type: "location_request_message", Action: action{Name: "send_location"}}
	case out.Ask == hotline.AskContact && strings.HasPrefix(out.Peer, scopedMark):
		return &interactive{Type: "request_contact_info", Action: action{Name: "request_contact_info"}}
	}
	return nil
}

// askText is what stands over the network's own button: a sentence that makes sense without the message before it.
func askText(out hotline.Outgoing) string {
	if out.Ask == hotline.AskPlace {
		return catalogue["ask.place.here"].In(out.Lang)
	}
	return askLabel(out)
}

func askLabel(out hotline.Outgoing) string {
	if s := clean(out.AskText); s != "" {
		return s
	}
	if out.Ask == hotline.AskContact {
		return "☎"
	}
	return "📍"
}
