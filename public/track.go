package public

import (
	"net/http"
	"strings"

	"tanggap/hotline"
)

// A trackPage is the form, and what came of it.
type trackPage struct {
	Number  string // as it was typed
	Word    string
	Wrong   string // a key of words; empty: nothing is wrong
	Example string // how a number looks
	Case    *hotline.Tracked
}

// longest is how much of a field is looked at.
const longest = 60

// trackForm shows the form, with the number where the link says it: the word is never in an address.
func (p *Pages) trackForm(w http.ResponseWriter, r *http.Request) {
	p.showTrack(w, r, http.StatusOK, trackPage{Number: clip(r.URL.Query().Get("nomor"))})
}

// track answers for a number and a word. There being no such number is told no other than that the word is wrong, and takes no other time.
func (p *Pages) track(w http.ResponseWriter, r *http.Request) {
	page := trackPage{Number: clip(r.PostFormValue("nomor")), Word: clip(r.PostFormValue("kata"))}
	n, ok := hotline.ParseNumber(p.Regency().Letters, page.Number)
	switch {
	case page.Number == "" || page.Word == "":
		page.Wrong = "track.empty"
	case !ok: // its check letter says so: nothing need be asked, and nothing is told
		page.Wrong = "track.number"
	}
	if page.Wrong != "" {
		p.showTrack(w, r, http.StatusUnprocessableEntity, page)
		return
	}
	var found hotline.Tracked
	var result hotline.TrackResult
	err := p.do(r, func(t Tx) (err error) {
		found, result, err = t.Track(r.Context(), n, page.Word, p.Address(r))
		return err
	})
	status := http.StatusOK
	switch {
	case err != nil:
		p.fail(w, r, err)
		return
	case result == hotline.TrackFound:
		page.Case = &found
	case result == hotline.TrackTooOften:
		page.Wrong, status = "track.often", http.StatusTooManyRequests
	default:
		page.Wrong, status = "track.wrong", http.StatusUnprocessableEntity
	}
	p.showTrack(w, r, status, page)
}

func (p *Pages) showTrack(w http.ResponseWriter, r *http.Request, status int, page trackPage) {
	page.Example = hotline.Number{Letters: p.Regency().Letters, Day: "261121", Seq: 7}.String()
	if err := p.show(w, r, status, "track", page); err != nil {
		p.fail(w, r, err)
	}
}

// clip trims what somebody typed and bounds it.
func clip(s string) string {
	s = strings.TrimSpace(s)
	if runes := []rune(s); len(runes) > longest {
		s = string(runes[:longest])
	}
	return s
}
