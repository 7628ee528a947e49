package whatsappcloud

import (
	"strconv"
	"strings"
	"time"

	"tanggap/hotline"
)

// A tag goes with every message we send (biz_opaque_callback_data), and comes back with every status of it: "o123.2" is the second step of what the
// outbox knows as 123, "o123.2m" where that step stands for the whole.
//
// The API knows no id of ours, so a message whose answer was lost (a time-out, a 5xx) would be said twice when it is sent again. The tag makes that
// rarer in two ways: a status that comes before the next try has the step skipped (progress.go), and one that comes at all tells the outbox.
// What remains: a status that comes later than the next try, or to another instance. The courier waits a second or more before it.
type tag struct {
	out  hotline.OutID
	step int
	main bool
}

func (t tag) String() string {
	if t.out == 0 {
		return ""
	}
	s := "o" + strconv.FormatInt(int64(t.out), 10) + "." + strconv.Itoa(t.step)
	if t.main {
		s += "m"
	}
	return s
}

func parseTag(s string) (t tag, ok bool) {
	id, step, found := strings.Cut(strings.TrimPrefix(s, "o"), ".")
	if !found || s[0] != 'o' {
		return tag{}, false
	}
	step, t.main = strings.CutSuffix(step, "m")
	out, err := strconv.ParseInt(id, 10, 64)
	n, err2 := strconv.ParseUint(step, 10, 8)
	if err != nil || err2 != nil || out <= 0 {
		return tag{}, false
	}
	t.out, t.step = hotline.OutID(out), int(n)
	return t, true
}

// statusUpdate is what the network says of one message of ours.
type statusUpdate struct {
	ID     string       `json:"id"`
	State  string       `json:"status"`
	Time   flexible     `json:"timestamp"`
	Tag    string       `json:"biz_opaque_callback_data"`
	Errors []graphError `json:"errors"`
}

// read makes of it what the outbox wants to know. The id is ours only for the message that stands for the whole.
func (s *statusUpdate) read() (d hotline.Delivered, t tag, ok bool) {
	d = hotline.Delivered{Ref: s.ID, State: s.State}
	if seconds := s.Time.number(); seconds > 0 && seconds < 1<<40 {
		d.At = time.Unix(int64(seconds), 0).UTC()
	}
	t, tagged := parseTag(s.Tag)
	if tagged && t.main {
		d.ID = t.out
	}
	switch s.State {
	case "sent", "delivered", "read":
	case "played": // a voice note was listened to
		d.State = "read"
	case "failed":
		e := &apiError{Status: 400, Said: "no reason given"}
		if len(s.Errors) > 0 {
			e.Code, e.Said = s.Errors[0].Code, s.Errors[0].said()
		}
		se := trouble(e)
		d.Reason, d.Detail = se.Trouble, e.Error()
	default: // "deleted", and what may come
		return d, t, false
	}
	return d, t, ref(s.ID) != ""
}
