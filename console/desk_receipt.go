package console

import (
	"fmt"
	"html/template"
	"image/color"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/boombuler/barcode/qr"

	"tanggap/hotline"
	"tanggap/phrase"
)

// Receipts are what somebody takes home: the number, what happens next and by when, and how to see where it stands. They are made for a printer of receipts
// (80 mm) and for A5. What was said, and of a secret matter even what it is about, is not on them: paper is left on tables.

// receiptSizes are the papers.
var receiptSizes = []string{"80", "a5"}

type receipt struct {
	Size      string
	Other     string // the other paper
	Here      string // this page, without the paper
	Back      string
	Print     bool // at once
	Regency   string
	Number    string
	Filed     time.Time
	By        string // who wrote it
	Name      string // whose matter it is; empty where that is nobody's business
	Bearer    string
	Category  string
	Next      []string // what happens next, in sentences
	Withdrawn bool
	Word      string
	Address   string // of the page that tells where it stands
	QR        template.HTML
	Emergency string
}

func (q *Request) ticketReceipt() error {
	id, err := q.ticketID()
	if err != nil {
		return err
	}
	return q.receipt("/desk/"+strconv.FormatInt(int64(id), 10), func(t Tx) (hotline.Ticket, hotline.TicketSight, error) {
		return t.Ticket(q.Context(), q.Viewer, id)
	})
}

// caseReceipt prints the receipt again, from the case's page.
func (q *Request) caseReceipt() error {
	id, err := q.number()
	if err != nil {
		return err
	}
	return q.receipt("/board/cases/"+strconv.FormatInt(id, 10), func(t Tx) (hotline.Ticket, hotline.TicketSight, error) {
		return t.TicketOfCase(q.Context(), q.Viewer, hotline.CaseID(id))
	})
}

func (q *Request) receipt(back string, read func(Tx) (hotline.Ticket, hotline.TicketSight, error)) error {
	page := receipt{Size: receiptSizes[0], Other: receiptSizes[1], Back: back, Here: back + "/receipt", Print: q.URL.Query().Get("print") == "1",
		Regency: q.Regency().Name, Emergency: q.Regency().Emergency}
	if q.URL.Query().Get("size") == receiptSizes[1] {
		page.Size, page.Other = page.Other, page.Size
	}
	err := q.Do(func(t Tx) error {
		k, s, err := read(t)
		if err != nil {
			return err
		}
		if k.IsOpen() {
			return hotline.ErrNotFound
		}
		f, err := q.filed(t, k, s)
		if err != nil {
			return err
		}
		if err := page.fill(q, *f); err != nil {
			return err
		}
		q.Audit(t, hotline.Audit{Act: hotline.ActExported, Case: k.Case, Detail: "receipt " + page.Size})
		return nil
	})
	if err != nil {
		return deskWrong(err)
	}
	return q.Page("desk_receipt", page)
}

// fill puts a ticket on the receipt.
func (p *receipt) fill(q *Request, f filedTicket) error {
	p.Number, p.Filed, p.By, p.Word, p.Withdrawn = f.Number, f.Filed, f.By, f.Word, !f.Withdrawn.IsZero()
	if f.Sight.Who && !f.Privacy.IsAnonymous() {
		p.Name, p.Bearer = strings.TrimSpace(f.Name), ""
		if f.Behalf {
			p.Bearer = strings.TrimSpace(f.Bearer)
		}
	}
	if !f.Privacy.IsSecret() && f.Category != "" {
		p.Category = q.console.pages.name(q.Lang, hotline.ArgCategory, f.Category)
	}
	p.Next = q.whatNext(f)
	at := url.URL{Path: "/lacak", RawQuery: url.Values{"nomor": {f.Number}}.Encode()}
	p.Address = strings.TrimPrefix(strings.TrimPrefix(q.outside("/lacak"), "https://"), "http://")
	var err error
	p.QR, err = drawQR(q.outside(at.String()))
	return err
}

// whatNext says what happens next and by when, in the sentences of a chat.
func (q *Request) whatNext(f filedTicket) []string {
	if !f.Withdrawn.IsZero() {
		return []string{q.say("receipt.withdrawn")}
	}
	say := func(key string, args ...any) string {
		return q.console.Book().Line(q.Lang, hotline.Phrase(key, args...), phrase.Facts{})
	}
	r := q.Regency()
	var next []string
	if f.Urgent {
		next = append(next, q.say("receipt.urgent"))
	} else {
		next = append(next, say("file.next", "when", r.Calendar("").Add(f.Filed, r.Limits.Verify)))
	}
	next = append(next, say("file.due", "due", f.Due))
	if f.Privacy.IsSecret() {
		next = append(next, say("file.secret"))
	}
	if f.Privacy.IsAnonymous() {
		next = append(next, say("file.anonymous"))
	}
	if f.Told {
		next = append(next, q.say("receipt.told"))
	}
	return next
}

// outside gives the address at which the public finds a path.
func (q *Request) outside(path string) string {
	if q.console.URL != "" {
		return strings.TrimSuffix(q.console.URL, "/") + path
	}
	scheme := "http://"
	if q.console.secure(q.Request) {
		scheme = "https://"
	}
	return scheme + q.Host + path
}

// quietZone is the margin of a QR code, in modules, that readers want.
const quietZone = 4

// drawQR draws a QR code as SVG, which any printer prints sharply and the pages' policy lets stand in a page. A sixth of it may be smudged.
func drawQR(text string) (template.HTML, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return "", fmt.Errorf("make a QR code: %w", err)
	}
	size := code.Bounds().Dx()
	var b strings.Builder
	all := strconv.Itoa(size + 2*quietZone)
	b.WriteString(`<svg class="qr-code" viewBox="0 0 ` + all + ` ` + all + `" shape-rendering="crispEdges" role="img" aria-label="QR"><path fill="#fff" d="M0 0h` + all + `v` + all +
		`H0z"/><path d="`)
	for y := range size {
		for x := 0; x < size; x++ {
			from := x
			for x < size && code.At(x, y) == color.Black {
				x++
			}
			if n := x - from; n > 0 {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", from+quietZone, y+quietZone, n, n)
			}
		}
	}
	b.WriteString(`"/></svg>`)
	return template.HTML(b.String()), nil //nolint:gosec // G203: made of numbers alone
}
