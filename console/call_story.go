package console

import (
	"strconv"
	"strings"

	"tanggap/console/words"
	"tanggap/hotline"
)

// story is a call in words, as those who are sent read it: what it is, the protocol's answers, how many are hurt, what it is near, and what was said. It is
// Indonesian, whatever language the operator's page speaks.
func (q *Request) story(c hotline.Call) string {
	const lang = hotline.Indonesian
	say := func(key string, args ...string) string { return words.Say(string(lang), key, args...) }
	var parts []string
	if kind, ok := q.Regency().Incident(c.Incident); ok && c.Class == hotline.CallEmergency {
		parts = append(parts, kind.Name.In(lang)+".")
		for _, question := range kind.Questions {
			answer := strings.TrimSpace(c.Answers[question.ID])
			if o, ok := question.Option(answer); ok {
				answer = o.Text.In(lang)
			}
			if answer != "" {
				parts = append(parts, question.Ask.In(lang)+" "+answer+".")
			}
		}
	}
	if c.Victims != nil {
		parts = append(parts, say("call.story.victims", "n", strconv.Itoa(*c.Victims)))
	}
	if near := strings.TrimSpace(c.Landmark); near != "" {
		parts = append(parts, say("call.story.near", "place", near))
	}
	if text := strings.TrimSpace(c.Text); text != "" {
		parts = append(parts, text)
	}
	return strings.Join(parts, " ")
}
