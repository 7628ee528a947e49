package bot

import (
	"context"
	"slices"
	"strings"
	"time"

	"tanggap/hotline"
)

// This file is several services around one event of life: a few questions, then the steps with the days by which they must be done, each of which can be booked.

// askPackage asks what is still open of a package, or shows its steps.
func (k *talk) askPackage(gather bool) error {
	s := &k.st.Citizen.Book
	p, ok := k.reg.PackageByID(s.Package)
	if !ok {
		s.Which, s.Page, s.Package = nil, 0, ""
		k.askWhich(gather)
		return nil
	}
	if len(p.Occasion) > 0 && s.Occasion == "" {
		r := hotline.Say("pack.name", "service", hotline.ServiceArg(p.ID)).And("pack.ask", "question", p.Occasion.In(k.lang())).And("pack.day")
		if s.Tries > 0 {
			r = hotline.Say("pack.day.again")
		}
		k.openStep(stepOccasion, gather, k.orReport(gather, r))
		return nil
	}
	if q, open := p.Next(s.Answers); open {
		r := hotline.Say("pack.ask", "question", q.Ask.In(k.lang()))
		for _, o := range q.Options {
			r = r.With(hotline.Pick(s.value(stepAnswer, q.ID+"-"+o.ID), "button.pack.option", "option", o.Text.In(k.lang())))
		}
		k.openStep(stepAnswer, gather, k.orReport(gather, r))
		return nil
	}
	k.showSteps(gather, p)
	return nil
}

// showSteps lists what is to be done, by when.
func (k *talk) showSteps(gather bool, p hotline.Package) {
	s := &k.st.Citizen.Book
	r := hotline.Say("pack.steps", "service", hotline.ServiceArg(p.ID))
	if s.Occasion != "" {
		r = hotline.Say("pack.steps.day", "service", hotline.ServiceArg(p.ID), "day", hotline.DateArg(s.Occasion))
	}
	today := k.reg.Today(k.now)
	var rows []hotline.Choice
	for i, step := range p.Needed(s.Answers) {
		text := ""
		if len(step.Say) > 0 {
			text = step.Say.In(k.lang())
		}
		name := k.serviceName(step.Service)
		switch {
		case text == "":
			text = name
		case name != "":
			text = name + ": " + text
		}
		last := step.LastDay(k.reg.Calendar(""), s.Occasion)
		switch {
		case slices.Contains(s.Booked, step.Service):
			r = r.And("pack.step.done", "n", i+1, "step", text)
			continue
		case last != "" && last < today:
			r = r.And("pack.step.late", "n", i+1, "step", text, "day", hotline.DateArg(last))
		case last != "":
			r = r.And("pack.step.before", "n", i+1, "step", text, "day", hotline.DateArg(last))
		case step.Follows:
			r = r.And("pack.step.after", "n", i+1, "step", text)
		default:
			r = r.And("pack.step", "n", i+1, "step", text)
		}
		if step.Service != "" && (!step.Follows || s.Occasion == "" || s.Occasion < today) {
			rows = append(rows, hotline.Pick(s.value(stepSteps, step.ID), "button.step", "n", i+1, "service", hotline.ServiceArg(step.Service)))
		}
	}
	if len(rows) > 0 {
		r = r.And("pack.book")
	}
	k.openStep(stepSteps, gather, k.orReport(gather, inRows(r, 1, rows).With(pickServices(), pickMenu())))
}

// occasion takes the day it is all about.
func (k *talk) occasion(_ context.Context, _ Booker) error {
	s := &k.st.Citizen.Book
	day, ok := k.dayIn(k.msg.Text)
	if !ok {
		s.Tries++
		return k.askPackage(atOnce)
	}
	s.Occasion, s.Tries = day.Format(time.DateOnly), 0
	return k.askPackage(atOnce)
}

// dayIn finds a day in what was typed, behind whatever words.
func (k *talk) dayIn(text string) (time.Time, bool) {
	words := strings.Fields(text)
	for i := range words {
		if day, _, err := readDay(k.reg.Calendar(""), k.now, strings.Join(words[i:], " ")); err == nil {
			return day, true
		}
	}
	return time.Time{}, false
}

// pickAnswerOf takes an option of the question that is open.
func (k *talk) pickAnswerOf(v string) error {
	s := &k.st.Citizen.Book
	p, _ := k.reg.PackageByID(s.Package)
	for _, q := range p.Questions {
		for _, o := range q.Options {
			if v == q.ID+"-"+o.ID {
				if s.Answers == nil {
					s.Answers = map[string]string{}
				}
				s.Answers[q.ID] = o.ID
			}
		}
	}
	return k.askPackage(atOnce)
}

// readOption finds the option that was typed.
func (k *talk) readOption(typed string, n int) (string, bool) {
	s := &k.st.Citizen.Book
	p, _ := k.reg.PackageByID(s.Package)
	q, open := p.Next(s.Answers)
	if !open {
		return "", false
	}
	if n > 0 && n <= len(q.Options) {
		return q.ID + "-" + q.Options[n-1].ID, true
	}
	best, most := "", 0
	for i, o := range q.Options {
		label := hotline.Words(o.Text.In(k.lang()))
		score := 0
		for _, w := range hotline.Words(typed) {
			if slices.Contains(label, w) {
				score++
			}
		}
		if bare(o.Text.In(k.lang())) == bare(typed) || len(q.Options) == 2 && (i == 0 && among(yeses, typed) || i == 1 && among(noes, typed)) {
			score = 100
		}
		switch {
		case score > most:
			best, most = q.ID+"-"+o.ID, score
		case score == most:
			best = ""
		}
	}
	return best, best != ""
}

// pickStep books a step.
func (k *talk) pickStep(ctx context.Context, t Booker, v string) error {
	s := &k.st.Citizen.Book
	p, _ := k.reg.PackageByID(s.Package)
	i := slices.IndexFunc(p.Steps, func(step hotline.PackageStep) bool { return step.ID == v })
	if i < 0 || p.Steps[i].Service == "" {
		return k.askPackage(atOnce)
	}
	s.Service, s.Step = p.Steps[i].Service, ""
	return k.showService(ctx, t, atOnce)
}

// inTime tells whether a day is in time for the step of a package that is being booked.
func (k *talk) inTime(date string) bool {
	s := &k.st.Citizen.Book
	p, ok := k.reg.PackageByID(s.Package)
	if !ok || s.Occasion == "" {
		return true
	}
	for _, step := range p.Steps {
		if step.Service == s.Service {
			last := step.LastDay(k.reg.Calendar(""), s.Occasion)
			return (last == "" || date <= last) && (!step.Follows || date > s.Occasion)
		}
	}
	return true
}
