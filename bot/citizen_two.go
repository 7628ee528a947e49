package bot

import (
	"regexp"
	"slices"
	"strings"

	"tanggap/hotline"
)

// This file takes two complaints apart that stand in one message ("jalan rusak di Bawu, terus sampah menumpuk di Ngabul"), or in bubbles that come before
// anything was answered. The first is dealt with; the second is kept in its own words and offered right after it. It is careful: what is one matter must
// stay one.

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
		if k.matterApart(a, b, at[2] >= 0) {
			return a, b, true
		}
	}
	return "", "", false
}

// matterApart tells whether two texts plainly tell of two matters: each is understood and names its place. The places are different ones, or joined: a word
// says that another follows.
func (k *talk) matterApart(a, b string, joined bool) bool {
	x, y := k.read(a), k.read(b)
	xArea, _, _ := settle(x.Places)
	yArea, which, _ := settle(y.Places)
	switch {
	case !understood(x) || !understood(y) || x.Categories[0].Score < fairScore || y.Categories[0].Score < fairScore || x.Top() == y.Top():
		return false
	case xArea == "" || yArea == "" && len(which) == 0 || x.Kind != hotline.Complaint || y.Kind != hotline.Complaint:
		return false
	}
	return joined || yArea != "" && k.distinct(xArea, yArea) // else two words for the same thing, as likely
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

// mostApart is how many bubbles are looked at for a second complaint: a long row of them is one story.
const mostApart = 6

// apartBubbles takes a second complaint out of a draft whose bubbles came so fast that nothing was answered yet: "jalan bolong di Bawu", "lampu mati di
// Ngabul". What follows it as fast (its photo, its pin) goes with it.
func (k *talk) apartBubbles(d *draft) {
	if len(d.Bubbles) < 2 || len(d.Bubbles) > mostApart || !d.plain() || wished(d.text(0)) != hotline.Open || k.msg.Text == "" {
		return
	}
	for i := range d.Bubbles {
		if i == 0 || d.Bubbles[i].Text == "" || !k.matterApart((&draft{Bubbles: d.Bubbles[:i]}).text(0), d.text(i), false) {
			continue
		}
		s := &k.st.Citizen
		s.Count++
		second := &draft{N: s.Count, Touched: k.now, Bubbles: slices.Clone(d.Bubbles[i:])}
		d.Bubbles = d.Bubbles[:i:i]
		d.note("two.kept")
		if s.putAside(second) {
			d.note("aside.gone")
		}
		d.Split, d.Second = true, second.N
		return
	}
}

// plain tells whether nothing was chosen or asked about a draft that what is told next could belong to.
func (d *draft) plain() bool {
	return d.Change == "" && len(d.Near) == 0 && !d.Other && d.Follows == "" && d.Danger == "" && d.Category == "" && d.PlaceFrom == 0 && d.MatterIn == 0
}

// second gives the complaint that was just taken out of a draft, while nothing was answered yet and what is said now is not of the draft's own matter.
func (k *talk) second(d *draft) (*draft, bool) {
	if d.Second == 0 || !d.plain() || !k.now.Before(d.Shown) {
		d.Second = 0
		return nil, false
	}
	i := slices.IndexFunc(k.st.Citizen.Aside, func(o *draft) bool { return o.N == d.Second })
	if i < 0 || otherMatter(k.read(k.msg.Text), lastCase{Category: k.sense(k.st.Citizen.Aside[i]).category}) && k.read(k.msg.Text).Top() == k.sense(d).category {
		return nil, false
	}
	return k.st.Citizen.Aside[i], true
}

// third takes a third complaint out of the second one, and gives the number of the draft that what follows belongs to.
func (k *talk) third(second *draft) int {
	k.apartBubbles(second)
	to := second.N
	if second.Split {
		to = second.Second
	}
	second.Split, second.Second, second.Notes = false, 0, nil // the first has said so
	return to
}

// changedAside changes a message in the reports that were put aside, unless it stands in the draft as well. It tells whether it was in one.
func (k *talk) changedAside() bool {
	s := &k.st.Citizen
	is := func(b bubble) bool { return b.Ref == k.msg.Ref && k.msg.Ref != "" }
	if slices.ContainsFunc(s.Draft.Bubbles, is) {
		return false
	}
	for _, d := range s.Aside {
		if i := slices.IndexFunc(d.Bubbles, is); i >= 0 {
			d.Bubbles[i].Text, d.Touched = clean(k.msg.Text), k.now
			return true
		}
	}
	return false
}
