package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Severity says whether a problem stands in the way.
type Severity string

// The severities.
const (
	Error   Severity = "error"   // the regency cannot be used
	Warning Severity = "warning" // it can, but somebody should look
)

// A Problem is one mistake in a regency's files.
type Problem struct {
	File     string // relative to the folder, or as the caller named the folder
	Line     int    // from 1; 0: the file as a whole
	Col      int    // from 1; 0: the line as a whole
	Severity Severity
	What     string // what is wrong
	Mend     string // how to mend it; may be empty

	shared bool // it stands in the regency that this one is based on: File begins with that one's name
}

// String writes the problem as "file:line:col: what is wrong; how to mend it".
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d", p.Line)
		if p.Col > 0 {
			fmt.Fprintf(&b, ":%d", p.Col)
		}
	}
	b.WriteString(": ")
	if p.Severity == Warning {
		b.WriteString("warning: ")
	}
	b.WriteString(p.What)
	if p.Mend != "" {
		b.WriteString("; " + p.Mend)
	}
	return b.String()
}

// A Report is everything found in a regency's files, in the order of files and lines.
type Report struct {
	Problems []Problem
}

// OK tells whether the regency can be used: there may be warnings, but no errors.
func (r Report) OK() bool { return r.Errors() == 0 }

// Errors counts the problems that stand in the way.
func (r Report) Errors() int {
	n := 0
	for _, p := range r.Problems {
		if p.Severity == Error {
			n++
		}
	}
	return n
}

// String writes one problem a line.
func (r Report) String() string {
	var b strings.Builder
	for _, p := range r.Problems {
		b.WriteString(p.String() + "\n")
	}
	return b.String()
}

// Err gives nil when the regency can be used, and else one line: the first error, and how many more there are.
func (r Report) Err() error {
	for _, p := range r.Problems {
		if p.Severity != Error {
			continue
		}
		if n := r.Errors() - 1; n > 0 {
			return fmt.Errorf("%s (and %d more; tanggap check names all)", p, n)
		}
		return fmt.Errorf("%s", p)
	}
	return nil
}

func (r *Report) sort() {
	slices.SortStableFunc(r.Problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
}

// in puts the folder's name before every file's but those of the base, which are named already.
func (r Report) in(folder string) Report {
	for i := range r.Problems {
		if r.Problems[i].shared {
			continue
		}
		r.Problems[i].File = strings.TrimSuffix(folder+"/"+r.Problems[i].File, "/")
	}
	return r
}
