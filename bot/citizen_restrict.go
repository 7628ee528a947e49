package bot

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"tanggap/hotline"
)

// This file hears that somebody wants their name, or the whole matter, kept from others: in the story itself, where it is shown before the yes, and about a
// report that was sent already, which then becomes stricter and never looser. What somebody has read before cannot be taken back, and that is said.

var (
	// namelessWords are such a wish for the name, wherever they stand.
	namelessWords = phrasesOf(list("jangan kasih tau nama, jangan kasih tahu nama, jangan beri tahu nama, jangan beritahu nama, jangan sebut nama, jangan disebut nama, jangan sebutkan nama, jangan menyebut nama, " +
		"jangan bilang nama, jangan kasih nama saya, jangan pakai nama, jangan bocorkan nama, jangan sampai nama saya, jangan tulis nama, jangan cantumkan nama, jangan dicantumkan nama, nama saya jangan, " +
		"nama saya tolong jangan, nama saya mohon jangan, namaku jangan, nama saya dirahasiakan, nama saya rahasiakan, nama saya mohon dirahasiakan, nama saya tolong dirahasiakan, nama saya minta dirahasiakan, " +
		"rahasiakan nama, dirahasiakan nama, rahasiakan identitas, dirahasiakan identitas, identitas saya dirahasiakan, identitas dirahasiakan, identitas mohon dirahasiakan, identitas saya mohon dirahasiakan, " +
		"identitas saya tolong dirahasiakan, identitas saya jangan, identitas pelapor dirahasiakan, jangan bocorkan identitas, tanpa sebut nama, tanpa menyebut nama, tidak mau disebut nama, tidak ingin disebut nama, " +
		"jangan kasih tahu siapa saya, jangan kasih tau siapa saya, jangan bilang dari saya, jangan bilang saya yang, jangan kasih tahu saya yang, jangan kasih tau saya yang, " +
		"jangan kasih nomor saya, jangan beri nomor saya, jangan sebar nomor, nomor saya jangan, lapor tanpa nama, laporan tanpa nama, secara anonim, " +
		"ojo kandha jenengku, aja kandha jenengku, ojo kondo jenengku, ojo ngomong jenengku, aja ngomong jenengku, ojo nyebut jenengku, aja nyebut jenengku, ojo disebut jenengku, aja disebut jenengku, " +
		"jenengku ojo, jenengku aja, jenengku dirahasiakno, jeneng kula ampun, nami kula ampun, asma kula ampun, ampun nyebat nami, ampun nyebat asma, ampun sebut nami, ampun nyebat jeneng, " +
		"nami kula dirahasiaken, nami kula diwadosaken, ojo ngomong nek aku, aja ngomong yen aku, ampun matur menawi kula, " +
		"do not tell my name, don't tell my name, not tell them my name, don't tell them my name, do not use my name, don't use my name, do not give my name, don't give my name, do not give out my name, " +
		"don't give out my name, keep my name, keep me anonymous, do not mention my name, don't mention my name, do not share my name, don't share my name, do not reveal my name, don't reveal my name, " +
		"without my name, stay anonymous, remain anonymous, be anonymous, hide my name, don't tell anyone my name, don't tell anybody my name, don't say who i am, do not say who i am")...)
	// secretWords are the wish that nobody else reads the matter.
	secretWords = phrasesOf(list("mohon dirahasiakan, tolong dirahasiakan, harap dirahasiakan, minta dirahasiakan, mohon rahasiakan, tolong rahasiakan, rahasiakan laporan, rahasiakan aduan, laporan ini rahasia, " +
		"laporan saya dirahasiakan, laporan ini dirahasiakan, laporannya dirahasiakan, jadikan rahasia, nyuwun dirahasiaken, mugi dirahasiaken, nyuwun wados, tulung dirahasiakno, laporane dirahasiakno, " +
		"keep it secret, keep this secret, keep it confidential, keep this confidential, keep my report secret")...)
	// wishWords are both.
	wishWords = func() phrases {
		both := maps.Clone(namelessWords)
		for first, more := range secretWords {
			both[first] = slices.Concat(both[first], more)
		}
		return both
	}()
	nameWords = list("nama, namanya, namaku, identitas, identitasnya, jeneng, jenengku, nami, asma, name, identity, nomor")
)

// wished gives the privacy that a text asks for beside what it tells: Open where it asks for none.
func wished(text string) hotline.Privacy {
	words := hotline.Words(text)
	switch i, n := secretWords.in(words); {
	case among(anonymouses, plain(text)), n > 0 && slices.ContainsFunc(words[i+n:min(i+n+3, len(words))], isNameWord):
		return hotline.Anonymous
	case among(secrets, plain(text)), n > 0:
		if _, m := namelessWords.in(words); m > 0 && !among(secrets, plain(text)) {
			return hotline.Anonymous // "nama saya mohon dirahasiakan"
		}
		return hotline.Secret
	}
	if _, n := namelessWords.in(words); n > 0 {
		return hotline.Anonymous
	}
	return hotline.Open
}

func isNameWord(w string) bool { return slices.Contains(nameWords, w) }

// phrases are phrases of several words by their first word, to be found in a text fast.
type phrases map[string][][]string

// phrasesOf takes phrases apart into words.
func phrasesOf(texts ...string) phrases {
	all := phrases{}
	for _, t := range texts {
		if w := hotline.Words(t); len(w) > 0 {
			all[w[0]] = append(all[w[0]], w)
		}
	}
	return all
}

// at gives how many words the longest of the phrases has that begins at the i-th word; 0: none does.
func (p phrases) at(words []string, i int) int {
	n := 0
	if i < len(words) {
		for _, w := range p[words[i]] {
			if len(w) > n && i+len(w) <= len(words) && slices.Equal(words[i:i+len(w)], w) {
				n = len(w)
			}
		}
	}
	return n
}

// in finds the first of the phrases in a text's words: where, and of how many words; n is 0 where there is none.
func (p phrases) in(words []string) (at, n int) {
	for i := range words {
		if n := p.at(words, i); n > 0 {
			return i, n
		}
	}
	return 0, 0
}

// stricter gives a privacy with what is asked for added; it is never less than it was.
func stricter(p, more hotline.Privacy) hotline.Privacy {
	anonymous, secret := p.IsAnonymous() || more.IsAnonymous(), p.IsSecret() || more.IsSecret()
	switch {
	case anonymous && secret:
		return hotline.Sealed
	case secret:
		return hotline.Secret
	case anonymous:
		return hotline.Anonymous
	}
	return hotline.Open
}

// restrictMost is how many words beside the wish may still say nothing else.
const restrictMost = 2

// onlyWish tells whether a text says nothing but such a wish.
func onlyWish(text string) bool {
	if among(secrets, plain(text)) || among(anonymouses, plain(text)) {
		return true
	}
	words := hotline.Words(text)
	at, n := wishWords.in(words)
	rest := slices.Concat(words[:at], words[at+n:])
	return n > 0 && len(slices.DeleteFunc(rest, func(w string) bool {
		return slices.Contains(softWords, w) || slices.Contains(particles, w) || slices.Contains(politeWords, w) || isNameWord(w) || w == "tolong" || w == "tulung"
	})) <= restrictMost
}

// restricting takes a message that is nothing but such a wish, about a report of theirs that goes on. Where there are several, the person says which.
func (k *talk) restricting(ctx context.Context) (bool, error) {
	s := &k.st.Citizen
	if s.Draft != nil || k.msg.Kind != hotline.MsgText || k.msg.ReplyTo != "" || len(s.Sent) == 0 && !k.joined() ||
		!slices.Contains([]wait{waitNothing, waitMore, waitDone, waitAdd, waitTold, waitUrgent}, s.waiting(k.now)) {
		return false, nil
	}
	more := wished(k.msg.Text)
	if rd := k.read(k.msg.Text); more == hotline.Open || !onlyWish(k.msg.Text) || len(rd.Places) > 0 || understood(rd) || rd.Number.Seq != 0 {
		return false, nil
	}
	cases, err := k.ownCases(ctx)
	if err != nil {
		return false, err
	}
	open := slices.DeleteFunc(slices.Clone(cases), func(c hotline.Case) bool { return c.Status.Over() })
	if i := slices.IndexFunc(open, func(c hotline.Case) bool {
		return c.ID == k.spokenOf(s.waiting(k.now)) || c.ID == s.Last.Case && k.lately()
	}); i >= 0 {
		open = open[i : i+1]
	}
	switch len(open) {
	case 0:
		return false, nil
	case 1:
		c, err := k.ownCase(ctx, open[0].ID)
		if err != nil {
			return false, err
		}
		return true, k.restrict(ctx, c, more)
	}
	r := hotline.Say("restrict.which")
	for _, c := range open[:min(len(open), mostChoice)] {
		r = r.And("near.case", "case", c.ID, "category", k.nameOf(c)).With(hotline.Pick(value("hush", id(c.ID), string(more)), "button.case", "case", c.ID))
	}
	k.say(r.With(hotline.Pick(value("quit"), "button.no")))
	return true, nil
}

// restrict makes a case stricter and says so.
func (k *talk) restrict(ctx context.Context, c hotline.Case, more hotline.Privacy) error {
	lines, err := k.makeStricter(ctx, c, more)
	if errors.Is(err, hotline.ErrRefused) {
		return k.afterEnd(c)
	}
	if err != nil {
		return err
	}
	k.tell(c.ID, k.quizAgain(c, hotline.Reply{Lines: lines}))
	return nil
}

// makeStricter keeps more of a case from others, and gives what its reporter is told: nothing where it is as strict already and no more was asked.
func (k *talk) makeStricter(ctx context.Context, c hotline.Case, more hotline.Privacy) ([]hotline.Line, error) {
	to := stricter(c.Privacy, more)
	now, already := hotline.Phrase("restrict.anonymous", "case", c.ID), hotline.Phrase("restrict.anonymous.already", "case", c.ID)
	if more.IsSecret() {
		now, already = hotline.Phrase("restrict.secret", "case", c.ID), hotline.Phrase("restrict.secret.already", "case", c.ID)
	}
	if to == c.Privacy {
		return []hotline.Line{already}, nil
	}
	if err := k.happen(c, hotline.Event{Kind: hotline.EvRestricted, Facts: hotline.Facts{Privacy: to}}, hotline.Content{}); err != nil {
		return nil, err
	}
	after, err := k.Case(ctx, c.ID)
	if err != nil {
		return nil, fmt.Errorf("read a case that became stricter: %w", err)
	}
	if err := k.refreshOffers(ctx, after); err != nil {
		return nil, err
	}
	if err := k.refreshGroups(ctx, after); err != nil {
		return nil, err
	}
	lines := []hotline.Line{now}
	taken := slices.ContainsFunc(c.Assignments, func(a hotline.Assignment) bool { return a.Officer != 0 })
	switch {
	case more.IsSecret() && len(c.Assignments) > 0 && !c.Privacy.IsSecret():
		lines = append(lines, hotline.Phrase("restrict.read"))
	case more.IsAnonymous() && taken && !c.Privacy.IsAnonymous():
		lines = append(lines, hotline.Phrase("restrict.known"))
	}
	return lines, nil
}

// hushed makes a case stricter where what is added to it asks for that among other things.
func (k *talk) hushed(ctx context.Context, c hotline.Case) ([]hotline.Line, error) {
	if more := wished(k.msg.Text); stricter(c.Privacy, more) != c.Privacy {
		return k.makeStricter(ctx, c, more)
	}
	return nil, nil
}

// refreshGroups takes back from the groups' cards what is no longer for them.
func (k *talk) refreshGroups(ctx context.Context, c hotline.Case) error {
	for _, a := range c.Assignments {
		if !a.On() {
			continue
		}
		groups, err := k.GroupsWith(ctx, GroupCardName(a.ID))
		if err != nil {
			return fmt.Errorf("list the groups that got a card: %w", err)
		}
		card, shown := GroupCard(k.reg, c, a, 1)
		if !shown {
			card = hotline.Out{Lane: hotline.LaneNotice, Reply: hotline.Say("group.restricted", "case", c.ID), Case: c.ID, Assign: a.ID, Card: GroupCardName(a.ID)}
		}
		card.Reply.Shows = nil // they have the photos
		for _, g := range groups {
			card.To, card.Verb, card.Edits = g.Address.ID, hotline.VerbEdit, GroupCardName(a.ID)
			k.Say(card)
		}
	}
	return nil
}
