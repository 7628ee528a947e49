package config

// checkWhole looks at what can only be seen when everything has been read.
func (r *reader) checkWhole() {
	r.checkTexts()
	r.checkHolidays()
	r.checkAreas()
	r.checkUnits()
	r.checkServices()
	r.checkOffices()
	r.checkProgrammes()
	r.checkVisits()
	if r.unread[agencyKind] {
		return // the one that is missed may stand where nothing was read
	}
	if r.unanswered.here() {
		r.unanswered.wrong("no agency runs the hotline", "add hotline: true to the one that does, usually Diskominfo")
	}
	if r.oversight.here() && !r.inspector {
		r.oversight.wrong("a category is about abuse of office, and no agency is the inspector", "add inspector: true to the Inspektorat")
	}
}
