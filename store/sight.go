package store

// counts tells whether a role in a unit counts: in one that the regency does not know any more nobody sees or does anything. Should the unit come
// back, so does the role. Whoever asks for the people of a unit by its name, to end their roles say, gets them all the same.
func (t *Tx) counts(unit string) bool {
	_, known := t.regency.Unit(unit)
	return known || unit == ""
}
