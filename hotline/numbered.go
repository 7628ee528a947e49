package hotline

import (
	"strconv"
	"strings"
)

// Where a network has no buttons, choices are lines with numbers, and somebody types one. This is the one rule for which number a choice has: whoever
// draws the lines and whoever reads what was typed must mean the same.

// ownMark stands between a number of a choice's own and the rest of its label: "3 · Jalan rusak".
const ownMark = " · "

// Numbers gives the number of every choice, in their order. A choice that has a number of its own in its label keeps it: an officer's short handle, a
// rating. The others count from 1, or on from the largest own one. A single choice has none but its own (0): a number typed then answers the question
// itself.
func Numbers(choices []Button) []int {
	numbers := make([]int, len(choices))
	if len(choices) == 1 {
		numbers[0], _ = choices[0].Own()
		return numbers
	}
	last, taken := 0, map[int]bool{}
	for i, c := range choices {
		if n, _ := c.Own(); n > 0 && !taken[n] {
			numbers[i], taken[n], last = n, true, max(last, n)
		}
	}
	for i := range numbers {
		if numbers[i] == 0 {
			last++
			numbers[i] = last
		}
	}
	return numbers
}

// Numbered draws choices as lines: "2. Ubah". Numbers that say everything themselves share one line: "1, 2, 3, 4, 5".
func Numbered(choices []Button) (lines []string) {
	bare := false // the last line holds such numbers
	for i, n := range Numbers(choices) {
		own, rest := choices[i].Own()
		number := strconv.Itoa(n)
		switch {
		case n == 0:
			lines = append(lines, choices[i].Label)
		case own == n && rest == "" && bare:
			lines[len(lines)-1] += ", " + number
		case own == n && rest == "":
			lines = append(lines, number)
		case own == n:
			lines = append(lines, number+". "+rest)
		default:
			lines = append(lines, number+". "+choices[i].Label)
		}
		bare = own == n && n > 0 && rest == ""
	}
	return lines
}

// Own gives the number that stands at the beginning of the label, and what follows it; 0 and the whole label where none does.
func (b Button) Own() (n int, rest string) {
	label := strings.TrimSpace(b.Label)
	first, rest, _ := strings.Cut(label, ownMark)
	if len(first) == 0 || len(first) > 2 || strings.Trim(first, "0123456789") != "" || first[0] == '0' {
		return 0, label
	}
	n, err := strconv.Atoi(first)
	if err != nil {
		return 0, label
	}
	return n, strings.TrimSpace(rest)
}
