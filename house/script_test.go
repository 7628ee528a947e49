package house_test

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// A transcript is a conversation as a person can read it, and a test. The top says where and when it plays and who takes part; then follow lines
// of what people do, and what they read:
//
//	# a comment, kept as it is
//	regency: jepara
//	clock: 2026-11-23 09:00
//	cast: siti citizen jv
//	cast: budi officer dpupr.jalan on
//	networks: whatsapp cloud                  beside Telegram, the same must come out on these
//	cast: sitiwa citizen id @whatsapp         somebody who is on a network of their own in any case; "hidden" after it: their number is, there.
//	                                          The networks are telegram, whatsapp, cloud, and polls: whatsapp with menus as polls
//
//	siti> Dalan ngarep omah bolong            what siti writes
//	siti> [photo jalan.jpg] a caption         [video x], [voice x], [document x], [pin -6.58,110.66], [contact own], [contact +62…],
//	                                          [sticker], [poll question], [edit] new text, [forward] text, [block], [unblock], [start payload]
//	siti> [Ya, kirim]                         presses the button of that label on the newest message that has it
//	siti> [@2 Ya, kirim]                      on the second newest message
//	siti> [react 👍]                          to the newest message; [delete] takes the own last message back, [delete 2] the one before it;
//	                                          [vote Ya, kirim] in a poll, [long 65000] a text of so many letters that begins with this one,
//	                                          [garble] a text that is damaged on its way, [once] a photo to be seen once, [live -6.58,110.66]
//	cast: marga group                         a chat of many; budi@marga> writes in it, [reply 1] text as well, [add] and [remove] take us in and out
//	marga< what we said in it
//	siti> hubungkan KODE                      KODE is the code that somebody was told last; what is read has KODE in its place
//	siti> [reply 1] text                      replies to the newest message; [reply 1 photo x.jpg] caption
//	siti< what siti reads, a line of it
//	    | its next line
//	    | [A button] [Another]
//	siti<~ what an earlier message was changed to
//	siti<! a short word over the chat that answers a button
//	wait 3 working days                       or: 5 minutes, 2 hours, 4 days, until 2026-11-25 08:00
//	again                                     the network delivers the last update once more
//	restart                                   the program ends and starts again
//	away 1 hour                               the program ends; what people do until "back" waits at the network
//	back
//	end: budi officer dpupr.jalan             somebody's role ends
//	console: https://tanggap.jepara.go.id     at the top: the console's public address; links there have KODE in them, too
//	siaga: 360/112/2026 bencana in Pecangaan, Kedung for 2 days, clocks dpupr, volunteers bpbd.pusdalops: Air naik. Naiklah.
//	                                          the coordinator declares a state of alert; clocks and volunteers may be missing
//	visit: ngantor-di-desa 2025-05-06 33.20.05.2004 Balai Desa Bawu; kia 2
//	                                          the coordinator opens a visit, with these services and places alone where some are named
//	visit moves: 2025-05-08 Balai Desa Bawu: reason   the last one; visit cancelled: reason; visit serves: kia — checks in, calls and serves the first
//	visit asks: who comes                     the agencies that have not answered
//	siaga answers: Perahu berangkat           one answer to all reporters of the one declared last
//	siaga lasts: 1 day                        from now on; siaga volunteer: its code is KODE; siaga ends: the summary
//
// Lines of one person without a blank line or a reply between them are bubbles: they are sent in one go. Whatever else follows sees them
// answered first.
type script struct {
	name    string
	head    []string // as written
	regency string
	console string   // the console's public address; empty: none
	network string   // the one that everybody is on who does not say otherwise
	also    []string // the other networks on which the same must come out
	clock   time.Time
	cast    []actor
	steps   []step
}

type actor struct {
	name     string
	role     string // "citizen" or a role's name
	unit     string
	language string
	on       bool
	network  string // empty: the script's
	hidden   bool   // the network does not tell us the number
}

// called is how the actor is named on the network.
func (a actor) called() string { return strings.ToUpper(a.name[:1]) + a.name[1:] }

// number is the actor's telephone number, the i-th person's of the play.
func (a actor) number(i int) string { return fmt.Sprintf("+62812340000%02d", i) }

type step struct {
	line int
	text string // as written
	who  string // of an act: the person, or the group it happens in
	by   string // in a group: the person
	act  string // "", "press", "photo", …
	arg  string
	said string
}

var (
	actLine    = regexp.MustCompile(`^([a-z]+)(?:@([a-z]+))?> ?(.*)$`)
	expectLine = regexp.MustCompile(`^([a-z]+<[~!]?( |$)|[a-z]+\(not sent|    \||-- )`)
	bracket    = regexp.MustCompile(`^\[([^\]]*)\] ?(.*)$`)
)

var jakarta = time.FixedZone("WIB", 7*3600)

func readScript(path string) (*script, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	s := &script{name: path, regency: "jepara", network: "telegram", clock: time.Date(2026, 11, 23, 9, 0, 0, 0, jakarta)}
	inHead := true
	for i, line := range strings.Split(strings.TrimRight(string(b), "\n"), "\n") {
		bad := func(what string) error { return fmt.Errorf("%s:%d: %s: %q", path, i+1, what, line) }
		key, value, _ := strings.Cut(line, ": ")
		switch {
		case inHead && (line == "" || strings.HasPrefix(line, "#")):
			s.head = append(s.head, line)
			continue
		case inHead && key == "regency":
			s.regency = value
			s.head = append(s.head, line)
			continue
		case inHead && key == "console":
			s.console = value
			s.head = append(s.head, line)
			continue
		case inHead && key == "networks":
			s.also = strings.Fields(value)
			s.head = append(s.head, line)
			continue
		case inHead && key == "clock":
			if s.clock, err = time.ParseInLocation("2006-01-02 15:04", value, jakarta); err != nil {
				return nil, bad("no time")
			}
			s.head = append(s.head, line)
			continue
		case inHead && key == "cast":
			f := strings.Fields(value)
			if len(f) < 2 {
				return nil, bad("no cast")
			}
			a := actor{name: f[0], role: f[1], language: "id", on: true}
			if f[len(f)-1] == "hidden" {
				a.hidden, f = true, f[:len(f)-1]
			}
			if on, ok := strings.CutPrefix(f[len(f)-1], "@"); ok {
				a.network, f = on, f[:len(f)-1]
			}
			switch {
			case a.role == "group":
			case a.role == "citizen" && len(f) > 2:
				a.language = f[2]
			case a.role != "citizen" && len(f) > 2:
				a.unit = f[2]
				a.on = len(f) < 4 || f[3] != "off"
			case a.role != "citizen":
				return nil, bad("no unit")
			}
			s.cast = append(s.cast, a)
			s.head = append(s.head, line)
			continue
		}
		inHead = false
		if expectLine.MatchString(line) {
			// Generated; it only ends a run of bubbles.
			if n := len(s.steps); n > 0 && s.steps[n-1].act != "pause" {
				s.steps = append(s.steps, step{line: i + 1, act: "pause"})
			}
			continue
		}
		st := step{line: i + 1, text: line}
		switch m := actLine.FindStringSubmatch(line); {
		case line == "" || strings.HasPrefix(line, "#"):
			st.act = "comment"
		case m != nil:
			st.who, st.said = m[1], m[3]
			if m[2] != "" {
				st.who, st.by = m[2], m[1]
			}
			if b := bracket.FindStringSubmatch(m[3]); b != nil {
				word, arg, _ := strings.Cut(b[1], " ")
				switch word {
				case "photo", "video", "voice", "document", "pin", "contact", "sticker", "poll", "edit", "forward", "block", "unblock", "start", "reply", "add", "remove", "upgrade",
					"react", "delete", "vote", "long", "garble", "once", "live":
					st.act, st.arg, st.said = word, arg, b[2]
				default:
					st.act, st.arg, st.said = "press", b[1], ""
				}
			} else {
				st.act = "say"
			}
			if !s.has(st.who) || st.by != "" && !s.has(st.by) {
				return nil, bad("not in the cast")
			}
		case strings.HasPrefix(line, "wait "):
			st.act, st.arg = "wait", strings.TrimPrefix(line, "wait ")
		case line == "again" || line == "restart" || line == "back":
			st.act = line
		case strings.HasPrefix(line, "away "):
			st.act, st.arg = "away", strings.TrimPrefix(line, "away ")
		case key == "end":
			st.act, st.arg = "end", value
		case strings.HasPrefix(key, "visit"):
			st.act, st.arg = "visit", line
		case line == "siaga volunteer" || strings.HasPrefix(key, "siaga"):
			st.act, st.arg = "siaga", line
		default:
			return nil, bad("not a line of a transcript")
		}
		s.steps = append(s.steps, st)
	}
	if len(s.cast) == 0 {
		return nil, fmt.Errorf("%s: nobody in the cast", path)
	}
	return s, nil
}

func (s *script) has(name string) bool {
	for _, a := range s.cast {
		if a.name == name {
			return true
		}
	}
	return false
}

// nth reads "@2 label": which of the newest messages, and the label.
func nth(arg string) (int, string) {
	if rest, ok := strings.CutPrefix(arg, "@"); ok {
		n, label, _ := strings.Cut(rest, " ")
		if i, err := strconv.Atoi(n); err == nil {
			return i, label
		}
	}
	return 0, arg
}
