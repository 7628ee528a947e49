package console

import (
	"context"
	"slices"
	"time"

	"tanggap/hotline"
)

// A CallTx is what the pages of the 112 line do with the database. Every call of it is told who asks.
type CallTx interface {
	CallRecordTx
	CallListTx
	CallCaseTx
	CallBlockTx
	CallRingTx
	ShiftTx
	SiagaTx
}

// A CallRecordTx writes the record of a call.
type CallRecordTx interface {
	// SaveCall saves what a page changed; the first save of a key begins the call.
	SaveCall(context.Context, hotline.Viewer, hotline.CallSave) (hotline.Saved, error)
	// CloseCall puts a record away; story is the call in words, for the case it becomes. hotline.ErrCallIncomplete: it lacks something.
	CloseCall(ctx context.Context, v hotline.Viewer, id hotline.CallID, story string) (hotline.Call, error)
	// ReopenCall takes a record out again, as after a wrong key.
	ReopenCall(context.Context, hotline.Viewer, hotline.CallID) (hotline.Call, error)
	// HoldCall gives an open call to the one who asks.
	HoldCall(context.Context, hotline.Viewer, hotline.CallID) (hotline.Call, error)
}

// A CallListTx reads calls.
type CallListTx interface {
	Call(context.Context, hotline.Viewer, hotline.CallID) (hotline.Call, error)
	CallByKey(context.Context, hotline.Viewer, string) (hotline.Call, error)
	// OpenCalls lists those whose record is still written, oldest first.
	OpenCalls(ctx context.Context, v hotline.Viewer, limit int) ([]hotline.Call, error)
	// CallsBetween lists those of a time, newest first; class empty: all.
	CallsBetween(ctx context.Context, v hotline.Viewer, from, until time.Time, class hotline.CallClass, limit int) ([]hotline.Call, error)
	// CallCounts counts those of a time by class.
	CallCounts(ctx context.Context, v hotline.Viewer, from, until time.Time) ([]hotline.CallCount, error)
	// CallerOf tells who a number is and what is known of its calls.
	CallerOf(ctx context.Context, v hotline.Viewer, number string, not hotline.CallID) (hotline.Caller, error)
}

// A CallCaseTx is about the case that a call became, and what is remarked beside the call.
type CallCaseTx interface {
	// CallCase reads the case a call became, with its events.
	CallCase(context.Context, hotline.Viewer, hotline.Call) (hotline.Case, []hotline.Event, error)
	// SendMore calls further units to it.
	SendMore(ctx context.Context, v hotline.Viewer, id hotline.CallID, units ...string) error
	// AddToCall adds to it what was learnt later, and where it is.
	AddToCall(ctx context.Context, v hotline.Viewer, id hotline.CallID, text, area string) error
	NoteCall(ctx context.Context, v hotline.Viewer, id hotline.CallID, text string) error
	CallNotes(context.Context, hotline.Viewer, hotline.CallID) ([]hotline.CallNote, error)
}

// A CallBlockTx blocks numbers that play with the line.
type CallBlockTx interface {
	CallBlocks(ctx context.Context, v hotline.Viewer, all bool, limit int) ([]hotline.CallBlock, error)
	ConfirmBlock(context.Context, hotline.Viewer, hotline.CallBlockID) (hotline.CallBlock, error)
	UndoBlock(context.Context, hotline.Viewer, hotline.CallBlockID) (hotline.CallBlock, error)
}

// writerRoles are those who log calls; supervisorRoles decide about blocks.
var (
	writerRoles     = roles(hotline.RoleOperator, hotline.RoleSupervisor)
	supervisorRoles = roles(hotline.RoleSupervisor)
)

// callRoutes are the pages of the 112 line, with those that stand beside it.
func callRoutes() []Route {
	return slices.Concat(lineRoutes(), placeRoutes(), shiftRoutes(), siagaRoutes())
}

func lineRoutes() []Route {
	return []Route{
		{Method: "GET", Path: "/calls/new", May: writerRoles, Nav: "call.new", Key: "n", Do: (*Request).newCall},
		{Method: "GET", Path: "/calls", May: lineRoles, Nav: "call.title", Key: "l", Do: (*Request).calls},
		{Method: "GET", Path: "/calls/{id}", May: lineRoles, Do: (*Request).oneCall},
		{Method: "GET", Path: "/calls/rows", May: lineRoles, Quiet: true, Do: (*Request).callRows},
		{Method: "GET", Path: "/calls/state", May: lineRoles, Quiet: true, Do: (*Request).callState},
		{Method: "POST", Path: "/calls/save", May: writerRoles, Do: (*Request).saveCall},
		{Method: "POST", Path: "/calls/close", May: writerRoles, Do: (*Request).closeCall},
		{Method: "GET", Path: "/calls/caller", May: lineRoles, Do: (*Request).caller},
		{Method: "POST", Path: "/calls/{id}/reopen", May: writerRoles, Do: (*Request).reopenCall},
		{Method: "POST", Path: "/calls/{id}/hold", May: writerRoles, Do: (*Request).holdCall},
		{Method: "GET", Path: "/calls/{id}/case", May: lineRoles, Quiet: true, Do: (*Request).callCase},
		{Method: "POST", Path: "/calls/{id}/more", May: writerRoles, Do: (*Request).sendMore},
		{Method: "POST", Path: "/calls/{id}/add", May: writerRoles, Do: (*Request).addToCall},
		{Method: "POST", Path: "/calls/{id}/note", May: writerRoles, Do: (*Request).noteCall},
		{Method: "GET", Path: "/blocks", May: lineRoles, Nav: "call.blocks", Do: (*Request).blocks},
		{Method: "POST", Path: "/blocks/{id}/confirm", May: supervisorRoles, Do: (*Request).confirmBlock},
		{Method: "POST", Path: "/blocks/{id}/undo", May: supervisorRoles, Do: (*Request).undoBlock},
		{Method: "GET", Path: "/blocks.csv", May: supervisorRoles, Do: (*Request).exportBlocks},
	}
}

// callTopics says who hears of the signals of the 112 line: topic → roles.
var callTopics = map[string][]hotline.RoleName{"call": lineRoles, "block": lineRoles, "shift": lineRoles, "siaga": lineRoles, "ring": lineRoles}
