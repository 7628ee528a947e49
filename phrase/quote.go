package phrase

import "strings"

// quoteMark begins every line but the first of what somebody said and we quote.
const quoteMark = "│ "

// breaks are all that some screen shows as the end of a line, and turns what makes letters stand elsewhere than where they are written.
var (
	breaks = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\v", "\n", "\f", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n")
	turns  = strings.NewReplacer("\u202a", "", "\u202b", "", "\u202c", "", "\u202d", "", "\u202e", "", "\u2066", "", "\u2067", "", "\u2068", "", "\u2069", "")
)

// manyBlanks is how many blanks in a row push what follows them onto a line of its own on a narrow screen.
const manyBlanks = 4

// quoted makes what somebody said recognisable as their words to the last line: no line of it can pass for one of ours, whatever it imitates. Inside it our
// quotation marks become plain ones, so that it does not seem to end before it does.
func quoted(text string) string {
	text = turns.Replace(breaks.Replace(text))
	text = strings.NewReplacer("“", `"`, "”", `"`).Replace(text)
	var s strings.Builder
	for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
		if i > 0 {
			s.WriteString("\n" + quoteMark)
		}
		blanks := 0
		for _, r := range line {
			if r == ' ' || r == '\t' || r == '\u00a0' || r == '\u3000' || r >= '\u2000' && r <= '\u200a' {
				if blanks++; blanks < manyBlanks {
					s.WriteByte(' ')
				}
				continue
			}
			blanks = 0
			s.WriteRune(r)
		}
	}
	return s.String()
}
