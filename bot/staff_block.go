package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"tanggap/hotline"
)

// This file is a coordinator in chat who blocks the reporter of a case for a time, or ends that: by "blokir" and "buka blokir" with a case's number or to its
// card, and by the button that stands under a case put away as abuse. It asks why and for how long; a sentence for the person is asked for where no reason of the
// list fits.

// blocking is a block that is being made.
type blocking struct {
	Why   hotline.BlockReason `json:"y,omitempty"`
	Words string              `json:"w,omitempty"`
	Days  int                 `json:"d,omitempty"`
}

// blockDays are the lengths that buttons propose.
var blockDays = []int{7, hotline.BlockDays, 90}

// offerBlock adds the button to the news that a case was put away, where its reason may be somebody's habit.
func offerBlock(c hotline.Case, as hotline.ArchiveReason, r hotline.Reply) hotline.Reply {
	if c.Reporter == 0 || !slices.Contains([]hotline.ArchiveReason{hotline.ArchiveUnclear, hotline.ArchiveNoEvidence, hotline.ArchiveSARA}, as) {
		return r
	}
	return r.With(pickCaseAct(actBlock, c.ID))
}

// decideBlock begins a block, or ends one. arg is why one is ended; empty: it is asked.
func (k *talk) decideBlock(ctx context.Context, c hotline.Case, what act, arg string) error {
	on, err := k.BlockOn(ctx, k.conv.Viewer, c.ID)
	if err != nil && !errors.Is(err, hotline.ErrNotFound) {
		return fmt.Errorf("look for a block: %w", err)
	}
	blocked := err == nil
	switch {
	case what == actBlock && blocked:
		k.onCase(c.ID, 0, hotline.Say("staff.block.already", "case", c.ID, "until", on.Until).With(pickCaseAct(actUnblock, c.ID)))
		return nil
	case what == actBlock && c.Reporter == 0:
		k.onCase(c.ID, 0, hotline.Say("staff.block.nobody", "case", c.ID))
		return nil
	case what == actBlock:
		p := k.begin(actBlock)
		p.Case, p.Ref = c.ID, ""
		return k.advance(ctx, p)
	case !blocked:
		k.onCase(c.ID, 0, hotline.Say("staff.block.none", "case", c.ID))
		return nil
	case !hotline.LiftReason(arg).Known():
		r := hotline.Say("staff.unblock.why", "case", c.ID)
		for _, as := range hotline.LiftReasons() {
			r = r.With(hotline.Pick(caseValue(actUnblock, c.ID, string(as)), "staff.unblock."+string(as)))
		}
		k.onCase(c.ID, 0, r)
		return nil
	}
	switch _, err := k.LiftBlock(ctx, k.conv.Viewer, on.ID, hotline.LiftReason(arg)); {
	case errors.Is(err, hotline.ErrForbidden), errors.Is(err, hotline.ErrNotFound):
		return k.lost(c, hotline.Assignment{})
	case err != nil:
		return fmt.Errorf("lift a block: %w", err)
	}
	k.onCase(c.ID, 0, hotline.Say("staff.unblock.done", "case", c.ID))
	return nil
}

// blockPressed takes a button of the two questions.
func (p *pending) blockPressed(field, v string) {
	if p.Block == nil {
		p.Block = &blocking{}
	}
	if field == "why" && hotline.BlockReason(v).Known() {
		p.Block.Why = hotline.BlockReason(v)
	}
	if n, err := strconv.Atoi(v); field == "days" && err == nil {
		p.Block.Days = n
	}
}

// daysIn reads an answer to "for how many days?": "14", "14 hari"; false where it is none.
func daysIn(text string) (int, bool) {
	words := strings.Fields(strings.ToLower(text))
	if len(words) == 0 || len(words) > 2 || len(words) == 2 && !slices.Contains([]string{"hari", "dinten", "dina", "day", "days"}, words[1]) {
		return 0, false
	}
	n, err := strconv.Atoi(words[0])
	return n, err == nil
}

// advanceBlock asks a coordinator for what is missing of a block, or makes it.
func (k *talk) advanceBlock(ctx context.Context, c hotline.Case, p *pending, ask func(need, hotline.Reply) error) error {
	if p.Block == nil {
		p.Block = &blocking{}
	}
	b, text := p.Block, strings.TrimSpace(p.Text)
	p.Text, p.Media, p.Point = "", nil, nil // what was said stands in b
	if b.Why == "" {
		r := hotline.Say("staff.block.why", "case", c.ID)
		for _, why := range hotline.BlockReasons() {
			r = r.With(hotline.Pick(p.value("why", string(why)), "staff.block."+string(why)))
		}
		return ask(needWords, r)
	}
	n, days := daysIn(text)
	switch {
	case days:
		b.Days = n
	case utf8.RuneCountInString(text) > hotline.MaxBlockWords:
		return ask(needWords, hotline.Say("staff.block.long", "n", hotline.MaxBlockWords))
	case text != "":
		b.Words = text
	}
	if b.Why == hotline.BlockOther && b.Words == "" {
		b.Days = 0
		return ask(needWords, hotline.Say("staff.block.words"))
	}
	if b.Days < 1 || b.Days > hotline.MostBlockDays {
		r := hotline.Reply{}
		if b.Words != "" {
			r = r.And("staff.block.quoted", "text", b.Words)
		}
		if r = r.And("staff.block.days", "most", hotline.MostBlockDays); b.Words == "" {
			r = r.And("staff.block.add")
		}
		var row []hotline.Choice
		for _, n := range blockDays {
			row = append(row, hotline.Pick(p.value("days", strconv.Itoa(n)), "staff.button.days", "n", n))
		}
		return ask(needWords, r.With(row...))
	}
	k.st.Staff.Pending = nil
	made, err := k.BlockReporter(ctx, k.conv.Viewer, c.ID, hotline.Block{Reason: b.Why, Words: b.Words, Until: hotline.BlockUntil(k.now, b.Days)})
	switch {
	case errors.Is(err, hotline.ErrBlockTwice):
		k.onCase(c.ID, 0, hotline.Say("staff.block.already", "case", c.ID, "until", made.Until).With(pickCaseAct(actUnblock, c.ID)))
		return nil
	case errors.Is(err, hotline.ErrBlockStaff):
		k.onCase(c.ID, 0, hotline.Say("staff.block.staff", "case", c.ID))
		return nil
	case errors.Is(err, hotline.ErrForbidden), errors.Is(err, hotline.ErrNotFound):
		return k.lost(c, hotline.Assignment{})
	case err != nil:
		return fmt.Errorf("block a reporter: %w", err)
	}
	k.onCase(c.ID, 0, hotline.Say("staff.block.done", "case", c.ID, "until", made.Until).With(pickCaseAct(actUnblock, c.ID)))
	return nil
}

// answersBlock tells of a number that says for how many days, and is no case's.
func (p *pending) answersBlock(text string) bool {
	_, days := daysIn(text)
	return p.Block != nil && days
}
