package bot

import (
	"regexp"
	"strings"

	"tanggap/hotline"
)

// This file takes two complaints apart that stand in one message: "jalan rusak di Bawu, terus sampah menumpuk di Ngabul". The first is dealt with; the second
// is kept in its own words and offered right after it. It is careful: what is one matter must stay one.

// joints are where one complaint may end and the next begin. The first group is a word that says so.
var joints = regexp.MustCompile(`(?i)(?:[\s,.;]+(terus juga|trus juga|terus|trus|selain itu|dan juga|and also|lajeng|lajenge|banjur|njur|terus ugi|kaliyan malih|kejawi niku)[\s,]+)|[.;\n]+\s*|,\s*(?:dan\s+|and\s+|lan\s+|juga\s+)?|\s+(?:dan|and|lan|kalih)\s+`)

// longestTwo is the longest text, in bytes, that is looked at like this: who writes more tells one story.
const longestTwo = 400

// leastWords is how many words a complaint has at least.
const leastWords = 3

// twoMatters gives the two complaints of a text. Both plainly tell of a matter and name a place; the places are apart, or a word says that another follows.
func (k *talk) twoMatters(text string) (first, second string, ok bool) {
	if len(text) > longestTwo {
		return "", "", false
	}
	for _, at := range joints.FindAllStringSubmatchIndex(text, -1) {
		a, b := strings.TrimSpace(text[:at[0]]), strings.TrimSpace(text[at[1]:])
		if len(strings.Fields(a)) < leastWords || len(strings.Fields(b)) < leastWords {
			continue
		}
		x, y := k.read(a), k.read(b)
		xArea, _, _ := settle(x.Places)
		yArea, which, _ := settle(y.Places)
		switch {
		case !understood(x) || !understood(y) || x.Categories[0].Score < fairScore || y.Categories[0].Score < fairScore || x.Top() == y.Top():
		case xArea == "" || yArea == "" && len(which) == 0 || x.Kind != hotline.Complaint || y.Kind != hotline.Complaint:
		case at[2] < 0 && (yArea == "" || !k.distinct(xArea, yArea)): // two words for the same thing, as likely
		default:
			return a, b, true
		}
	}
	return "", "", false
}

// split keeps the second complaint of a message for later, and leaves the first in it.
func (k *talk) split(d *draft) {
	if k.msg.Text == "" || d.Change != "" || len(d.Near) > 0 || d.Other || d.Follows != "" ||
		wished(k.msg.Text) != hotline.Open { // the wish is for both, wherever it stands
		return
	}
	first, second, ok := k.twoMatters(k.msg.Text)
	if !ok {
		return
	}
	s := &k.st.Citizen
	k.msg.Text = first
	s.Count++
	gone := s.putAside(&draft{N: s.Count, Touched: k.now, Bubbles: []bubble{{Ref: k.msg.Ref, Text: clean(second), Forwarded: k.msg.Forwarded}}})
	d.note("two.kept")
	if gone {
		d.note("aside.gone")
	}
	d.Split = true
}
