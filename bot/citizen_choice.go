package bot

import (
	"strconv"
	"strings"

	"tanggap/hotline"
)

// A pressed button of the citizen's side carries "c:VERB:ARG…" or, for a draft, "c:NUMBER:QUESTION:ANSWER", so that a button of an older draft is
// recognised as such. Ids of categories, areas and options have no colon.

const choicePrefix = "c:"

// A pressed is a button's value taken apart.
type pressed struct {
	draft int    // the draft it belongs to; 0: none
	verb  string // what is to be done; for a draft, the question answered
	args  []string
}

// value puts a button's value together.
func value(parts ...string) string { return choicePrefix + strings.Join(parts, ":") }

// answer puts the value of a draft's button together.
func (d *draft) answer(question, answer string) string {
	return value(strconv.Itoa(d.N), question, answer)
}

// parsePressed takes the value of one of our buttons apart; false where it is none.
func parsePressed(v string) (pressed, bool) {
	rest, ok := strings.CutPrefix(v, choicePrefix)
	if !ok {
		return pressed{}, false
	}
	parts := strings.Split(rest, ":")
	n, err := strconv.Atoi(parts[0])
	if err != nil {
		return pressed{verb: parts[0], args: parts[1:]}, parts[0] != ""
	}
	if n < 1 || len(parts) != 3 || parts[1] == "" {
		return pressed{}, false
	}
	return pressed{draft: n, verb: parts[1], args: parts[2:]}, true
}

// arg gives the i-th argument, or nothing.
func (p pressed) arg(i int) string {
	if i < len(p.args) {
		return p.args[i]
	}
	return ""
}

// caseID reads the first argument as a case; zero where it is none.
func (p pressed) caseID() hotline.CaseID {
	n, err := strconv.ParseInt(p.arg(0), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return hotline.CaseID(n)
}
