package bot

import (
	"context"
	"errors"
	"slices"

	"tanggap/hotline"
)

// This file hears that somebody took a message of theirs back, which some networks tell. What was not yet sent is taken out and that is said. What stands
// in a case stays there, since others have read it and act on it: the person hears so, and how to withdraw the case.

// takenBack answers that a message was deleted. One that became part of nothing is gone, and there is nothing to say.
func (k *talk) takenBack(ctx context.Context) error {
	if k.msg.Ref == "" {
		return nil
	}
	if done, err := k.staffTookBack(ctx); done || err != nil {
		return err
	}
	s := &k.st.Citizen
	aside := k.tookFromAside()
	if d := s.Draft; d != nil {
		d.seen(k.now)
		if i := slices.IndexFunc(d.Bubbles, func(b bubble) bool { return b.Ref == k.msg.Ref }); i >= 0 {
			return k.tookFromDraft(d, i)
		}
	}
	to, ok := s.caseOfRef(k.msg.Ref)
	if !ok {
		if aside {
			k.note("delete.draft")
			k.later(k.standingOr(hotline.Reply{}))
		}
		return nil
	}
	c, err := k.ownCase(ctx, to)
	if err != nil {
		return nilOr(err)
	}
	r := hotline.Say("delete.kept", "case", c.ID)
	if c.Status.Live() {
		r = r.And("delete.withdraw")
	}
	k.laterAbout(c.ID, r)
	return nil
}

// tookFromDraft takes a message out of the draft. With nothing left there is no draft any more.
func (k *talk) tookFromDraft(d *draft, i int) error {
	d.remove(i)
	if d.Touched = k.now; d.empty() && d.Follows == "" {
		k.st.Citizen.Draft = nil
		k.later(hotline.Say("delete.all").With(menuRow()...))
		return nil
	}
	if alarm := k.read(d.text(0)).Danger; alarm == nil {
		d.Danger = "" // it was asked about because of those words
	}
	d.note("delete.draft")
	return k.proceed(gathered)
}

// tookFromAside takes a message out of the reports that were put aside: nothing of it may be sent with them later. It tells whether it was in one.
func (k *talk) tookFromAside() bool {
	s := &k.st.Citizen
	found := false
	for _, d := range s.Aside {
		if i := slices.IndexFunc(d.Bubbles, func(b bubble) bool { return b.Ref == k.msg.Ref }); i >= 0 {
			d.remove(i)
			found = true
		}
	}
	s.Aside = slices.DeleteFunc(s.Aside, func(d *draft) bool { return d.empty() })
	return found
}

// remove takes a bubble out.
func (d *draft) remove(i int) {
	d.Bubbles = slices.Delete(d.Bubbles, i, i+1)
	if i < d.PlaceFrom {
		d.PlaceFrom--
	}
	if i < d.MatterIn {
		d.MatterIn--
	}
}

// staffTookBack answers for what somebody said about a case they work.
func (k *talk) staffTookBack(ctx context.Context) (bool, error) {
	st := &k.st.Staff
	if !k.conv.Viewer.Staff() {
		return false, nil
	}
	if p := st.Pending; p != nil && !p.empty() && (p.Ref == k.msg.Ref || slices.Contains(p.Refs, k.msg.Ref)) {
		k.dropPending()
		return true, nil
	}
	for _, r := range slices.Backward(st.Refs) {
		if r.Ref != k.msg.Ref {
			continue
		}
		c, err := k.Case(ctx, r.Case)
		if errors.Is(err, hotline.ErrNotFound) || err == nil && !k.reg.Sees(k.conv.Viewer, c).Facts {
			return true, nil // it is none of theirs any more
		}
		if err != nil {
			return false, err
		}
		k.onCase(r.Case, r.Assign, hotline.Say("staff.delete.kept", "case", r.Case))
		return true, nil
	}
	return false, nil
}
