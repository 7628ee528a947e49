package hotline

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestReplyIsBuiltWithoutSharing(t *testing.T) {
	t.Parallel()
	start := Say("a").And("b").With(Pick("1", "one"))
	left, right := start.And("left").With(Pick("2", "two")), start.And("right").With(Pick("3", "three"))
	if left.Lines[2].Key != "left" || right.Lines[2].Key != "right" || left.Choices[1][0].Value != "2" || right.Choices[1][0].Value != "3" {
		t.Errorf("two replies built on one share memory:\n%+v\n%+v", left, right)
	}
	if len(start.Lines) != 2 || len(start.Choices) != 1 {
		t.Errorf("the first one changed: %+v", start)
	}
}

func TestPhraseKeepsTypedArguments(t *testing.T) {
	t.Parallel()
	got := Phrase("k", "text", "x", "n", 3, "when", time.Date(2026, 11, 21, 8, 0, 0, 0, wib), "case", CaseID(7), "said", ContentID(8), "who", PersonID(9),
		"cat", CategoryArg("jalan-rusak"), "area", AreaArg("33.20"), "unit", UnitArg("pu"), "agency", AgencyArg("pu"), "phrase", PhraseArg("p"),
		"option", OptionArg("a/b/c"), "date", DateArg("2026-11-21"), "lang", Javanese, "as-is", Arg{ArgText, "y"}).Args
	want := Args{
		"text": {"text", "x"}, "n": {"number", "3"}, "when": {"time", "2026-11-21T08:00:00+07:00"}, "case": {"case", "7"}, "said": {"content", "8"},
		"who": {"person", "9"}, "cat": {"category", "jalan-rusak"}, "area": {"area", "33.20"}, "unit": {"unit", "pu"}, "agency": {"agency", "pu"},
		"phrase": {"phrase", "p"}, "option": {"option", "a/b/c"}, "date": {"date", "2026-11-21"}, "lang": {"language", "jv"}, "as-is": {"text", "y"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("arguments (-want +got):\n%s", d)
	}
}

func TestPhraseRefusesTheProgrammersMistakes(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]any{"odd": {"a"}, "a name that is none": {1, "a"}, "a value that cannot be drawn": {"a", 1.5}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			Phrase("k", args...)
		}()
	}
}

// A reply waits in the outbox as JSON; all of its meaning comes back.
func TestReplySurvivesTheOutbox(t *testing.T) {
	t.Parallel()
	r := Say("greet", "n", 3).And("more").With(Pick("yes", "yes"), Choice{Line: Phrase("map"), URL: "https://example.org"}).With(Pick("no", "no"))
	r.Ask, r.Media = AskPlace, []MediaID{1, 2}
	body, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var back Reply
	if err := json.Unmarshal(body, &back); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(r, back); d != "" {
		t.Errorf("after the outbox (-before +after):\n%s", d)
	}
}
