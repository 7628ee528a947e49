package config

import (
	"fmt"
	"slices"
	"strings"
)

// prefix begins the name of every setting; testPrefix those of the tests' own, which the program leaves alone.
const (
	prefix     = "TANGGAP_"
	testPrefix = prefix + "TEST_"
)

// Unknown names the variables of an environment (as os.Environ gives it) that look like settings and are none: usually one that is misspelt, whose
// value would be passed over in silence. Each is one line that says what may have been meant; no value stands in it. An empty one is as good as
// not set.
func Unknown(environ []string) []string {
	known := names()
	var found []string
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		rest, ours := strings.CutPrefix(name, prefix)
		if !ours || slices.Contains(known, rest) || strings.TrimSpace(value) == "" || strings.HasPrefix(name, testPrefix) {
			continue
		}
		mend := "unset it"
		if near := nearest(rest, known); near != "" {
			mend = fmt.Sprintf("did you mean %s%s?", prefix, near)
		}
		found = append(found, fmt.Sprintf("%s is no setting; %s", oneLine(name), mend))
	}
	slices.Sort(found)
	return found
}

// names are those of all settings without their prefix: the ones that FromEnv asks for.
func names() []string {
	var asked []string
	_, _ = FromEnv(func(name string) string { // nothing is set, so nothing can be wrong
		asked = append(asked, strings.TrimPrefix(name, prefix))
		return ""
	})
	return asked
}
