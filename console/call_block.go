package console

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"
	"time"

	"tanggap/hotline"
)

// mostBlocks is how many blocks the page shows and the export holds.
const mostBlocks = 500

type blockPage struct {
	Waiting, Holding, Over []hotline.CallBlock
	Decide                 bool
	Hours                  int // how long one lasts
}

// blocks shows the numbers that play with the line.
func (q *Request) blocks() error {
	page := blockPage{Decide: q.Viewer.Has(supervisorRoles...)}
	last := q.Regency().Line.Block
	if last <= 0 {
		last = hotline.DefaultBlock
	}
	page.Hours = int(last / time.Hour)
	err := q.Do(func(t Tx) error {
		page.Waiting, page.Holding, page.Over = nil, nil, nil
		all, err := t.CallBlocks(q.Context(), q.Viewer, true, mostBlocks)
		for _, b := range all {
			switch {
			case b.Waits():
				page.Waiting = append(page.Waiting, b)
			case b.Holds(q.Now):
				page.Holding = append(page.Holding, b)
			default:
				page.Over = append(page.Over, b)
			}
		}
		return err
	})
	if err != nil {
		return callWrong(err)
	}
	return q.Page("block", page)
}

func (q *Request) confirmBlock() error {
	return q.decideBlock("call.block.confirmed", func(t Tx, id hotline.CallBlockID) error {
		_, err := t.ConfirmBlock(q.Context(), q.Viewer, id)
		return err
	})
}

func (q *Request) undoBlock() error {
	return q.decideBlock("call.block.undone", func(t Tx, id hotline.CallBlockID) error {
		_, err := t.UndoBlock(q.Context(), q.Viewer, id)
		return err
	})
}

func (q *Request) decideBlock(said string, decide func(Tx, hotline.CallBlockID) error) error {
	id, err := q.callID()
	if err != nil {
		return err
	}
	err = q.Do(func(t Tx) error {
		if err := decide(t, hotline.CallBlockID(id)); err != nil {
			return err
		}
		q.Flash(t, said)
		return nil
	})
	if err != nil {
		return callWrong(err)
	}
	return q.Redirect("/blocks")
}

// exportBlocks gives the numbers that are blocked now, for the line's provider.
func (q *Request) exportBlocks() error {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	err := q.Do(func(t Tx) error {
		out.Reset()
		all, err := t.CallBlocks(q.Context(), q.Viewer, false, mostBlocks)
		if err != nil {
			return err
		}
		_ = w.Write([]string{"number", "from", "until", "pranks"})
		n := 0
		for _, b := range all {
			if b.Holds(q.Now) {
				zone := q.Regency().Zone
				_ = w.Write([]string{b.Number, b.From.In(zone).Format(time.RFC3339), b.Until.In(zone).Format(time.RFC3339), strconv.Itoa(b.Pranks)})
				n++
			}
		}
		q.Audit(t, hotline.Audit{Act: hotline.ActExported, Detail: fmt.Sprintf("%d blocked numbers", n)})
		w.Flush()
		return w.Error()
	})
	if err != nil {
		return callWrong(err)
	}
	q.W.Header().Set("Content-Type", "text/csv; charset=utf-8")
	q.W.Header().Set("Content-Disposition", `attachment; filename="blocks.csv"`)
	_, _ = q.W.Write(out.Bytes()) // whoever went away does not get it
	return nil
}
