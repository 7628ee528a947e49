package whatsappcloud

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"

	"tanggap/hotline"
)

// A Template is a message that the network has approved, with gaps: all it takes once 24 hours have passed since the person wrote. It is made and
// submitted in WhatsApp Manager; here stands what fills its gaps.
//
// Options.Templates names for a phrase (the first of a reply) the template that says the same. The key "*" is for every other phrase, and must have
// "text" among its parameters: a template that only says "there is news" would count as having said it.
type Template struct {
	Name     string // as in WhatsApp Manager: small letters, digits and _
	Language string // the code it was approved in: "id", "en", "en_US"

	// Parameters fill the gaps {{1}}, {{2}}… of its body, in their order: each names an argument of the phrase, or is TextParameter for the whole
	// reply on one line. Where one is missing or empty the template does not fit.
	Parameters []string

	// Buttons is how many quick reply buttons the template has: they get the values of the reply's first choices. A reply with fewer does not fit; of one
	// with more the others are left out. One with media fits no template.
	Buttons int
}

// TextParameter stands for the whole reply.
const TextParameter = "text"

// AnyPhrase is the key of the template for every phrase without one of its own.
const AnyPhrase = "*"

// maxParameter bounds what goes into one gap, in characters: with its gaps filled a template's body has at most 1024.
const maxParameter = 700

var (
	templateName     = regexp.MustCompile(`^[a-z0-9_]{1,512}$`)
	templateLanguage = regexp.MustCompile(`^[a-z]{2,3}(_[A-Z]{2})?$`)
)

func checkTemplates(all map[string]Template) error {
	for _, key := range slices.Sorted(maps.Keys(all)) {
		t := all[key]
		switch {
		case !templateName.MatchString(t.Name):
			return fmt.Errorf("the template for %q needs its name as in WhatsApp Manager: small letters, digits and _", key)
		case !templateLanguage.MatchString(t.Language):
			return fmt.Errorf("the template %s needs the language it was approved in, such as id", t.Name)
		case t.Buttons < 0 || t.Buttons > 10:
			return fmt.Errorf("the template %s has at most 10 buttons", t.Name)
		case slices.Contains(t.Parameters, ""):
			return fmt.Errorf("the template %s has a parameter without a name", t.Name)
		case key == AnyPhrase && !slices.Contains(t.Parameters, TextParameter):
			return fmt.Errorf("the template %s for every phrase must have the parameter %q: without it nothing of the reply would be said", t.Name, TextParameter)
		}
	}
	return nil
}

type (
	template struct {
		Name       string           `json:"name"`
		Language   templateCode     `json:"language"`
		Components []templateFilled `json:"components,omitempty"`
	}
	templateCode struct {
		Code string `json:"code"`
	}
	templateFilled struct {
		Type       string        `json:"type"`
		SubType    string        `json:"sub_type,omitempty"`
		Index      string        `json:"index,omitempty"`
		Parameters []templateGap `json:"parameters"`
	}
	templateGap struct {
		Type    string `json:"type"`
		Text    string `json:"text,omitempty"`
		Payload string `json:"payload,omitempty"`
	}
)

var errNoTemplate = errors.New("more than 24 hours since the person wrote, and no approved template fits what is to be said")

// approved draws an outgoing thing as the template for it; ok is false where none fits.
func approved(all map[string]Template, out hotline.Outgoing) (m outgoing, ok bool) {
	t, ok := all[out.Key]
	if !ok {
		t, ok = all[AnyPhrase]
	}
	if !ok || len(out.Media) > 0 { // a photo would be left out, and nobody would know
		return outgoing{}, false
	}
	drawn := &template{Name: t.Name, Language: templateCode{t.Language}}
	body := templateFilled{Type: "body"}
	for _, name := range t.Parameters {
		words := out.Args[name]
		if name == TextParameter {
			words = out.Text
		}
		// A gap takes neither line breaks nor tabs nor a row of blanks.
		words = clip(line(words), maxParameter)
		if words == "" {
			return outgoing{}, false
		}
		body.Parameters = append(body.Parameters, templateGap{Type: "text", Text: words})
	}
	if len(body.Parameters) > 0 {
		drawn.Components = append(drawn.Components, body)
	}
	var values []string
	for _, row := range out.Choices {
		for _, b := range row {
			if b.URL == "" && b.Value != "" {
				values = append(values, b.Value)
			}
		}
	}
	if len(values) < t.Buttons {
		return outgoing{}, false
	}
	for i, v := range values[:t.Buttons] {
		drawn.Components = append(drawn.Components, templateFilled{Type: "button", SubType: "quick_reply", Index: strconv.Itoa(i),
			Parameters: []templateGap{{Type: "payload", Payload: v}}})
	}
	return outgoing{Type: "template", Template: drawn}, true
}
