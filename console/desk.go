package console

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tanggap/hotline"
)

// A DeskTx is what the pages of the walk-in desk do with the database. Every call of it is told who asks.
type DeskTx interface {
	TicketWriteTx
	TicketReadTx
	// CheckWord gives the word that goes with a case's number on the public page that tells where it stands.
	CheckWord(hotline.Number) string
}

// A TicketWriteTx writes a ticket. hotline.ErrTicketUnseen: it is somebody else's.
type TicketWriteTx interface {
	// SaveTicket saves what a page changed; the first save of a key begins the ticket.
	SaveTicket(context.Context, hotline.Viewer, hotline.TicketSave) (hotline.TicketSaved, error)
	// AddTicketPhoto keeps a picture with its clean copy; one of the same name is kept once.
	AddTicketPhoto(ctx context.Context, v hotline.Viewer, key, name string, m hotline.Media, original, clean []byte) (hotline.Ticket, error)
	RemoveTicketPhoto(ctx context.Context, v hotline.Viewer, key, name string) (hotline.Ticket, error)
	// FileTicket makes a case of it; story is what was said, in words. hotline.ErrTicketIncomplete: it lacks something.
	FileTicket(ctx context.Context, v hotline.Viewer, id hotline.TicketID, sense hotline.TicketSense, story string) (hotline.Ticket, error)
	// WithdrawTicket takes it back, with a reason, as long as that is possible.
	WithdrawTicket(ctx context.Context, v hotline.Viewer, id hotline.TicketID, reason string) (hotline.Case, error)
	// DropTicket throws one away that was never filed.
	DropTicket(context.Context, hotline.Viewer, hotline.TicketID) error
}

// A TicketReadTx reads tickets, each as its viewer may see it.
type TicketReadTx interface {
	Ticket(context.Context, hotline.Viewer, hotline.TicketID) (hotline.Ticket, hotline.TicketSight, error)
	TicketByKey(context.Context, hotline.Viewer, string) (hotline.Ticket, hotline.TicketSight, error)
	TicketOfCase(context.Context, hotline.Viewer, hotline.CaseID) (hotline.Ticket, hotline.TicketSight, error)
	// OpenTickets lists those still written, oldest first; TicketsBetween those filed in a time, newest first.
	OpenTickets(ctx context.Context, v hotline.Viewer, limit int) ([]hotline.Ticket, error)
	TicketsBetween(ctx context.Context, v hotline.Viewer, from, until time.Time, limit int) ([]hotline.Ticket, error)
	// TicketCases reads the cases of tickets that were read.
	TicketCases(context.Context, ...hotline.Ticket) (map[hotline.CaseID]hotline.Case, error)
	TicketPhoto(ctx context.Context, v hotline.Viewer, id hotline.TicketID, photo hotline.MediaID) (hotline.Attachment, error)
	// KnownNumber tells who a telephone number is.
	KnownNumber(ctx context.Context, v hotline.Viewer, number string) (hotline.KnownPerson, error)
	Names(ctx context.Context, people ...hotline.PersonID) (map[hotline.PersonID]string, error)
}

// deskRoles write tickets; deskReaders see what the desk has written.
var (
	deskRoles   = roles(hotline.RoleDesk)
	deskReaders = roles(hotline.RoleDesk, hotline.RoleSupervisor, hotline.RoleCoordinator)
)

// photoBody bounds a photo's request: the largest medium taken, and what goes with it.
const photoBody = hotline.MaxMedia + 4<<10

// deskRoutes are the pages of the walk-in desk.
func deskRoutes() []Route {
	return []Route{
		{Method: "GET", Path: "/desk/new", May: deskRoles, Nav: "desk.new", Key: "b", Do: (*Request).newTicket},
		{Method: "GET", Path: "/desk", May: deskReaders, Nav: "desk.title", Key: "t", Do: (*Request).desk},
		{Method: "GET", Path: "/desk/{id}", May: deskReaders, Do: (*Request).oneTicket},
		{Method: "GET", Path: "/desk/{id}/now", May: deskReaders, Quiet: true, Do: (*Request).ticketNow},
		{Method: "GET", Path: "/desk/{id}/receipt", May: deskReaders, Do: (*Request).ticketReceipt},
		{Method: "GET", Path: "/desk/{id}/photos/{photo}", May: deskReaders, Do: (*Request).ticketPhoto},
		{Method: "POST", Path: "/desk/{id}/withdraw", May: deskRoles, Do: (*Request).withdrawTicket},
		{Method: "POST", Path: "/desk/{id}/drop", May: deskRoles, Do: (*Request).dropTicket},
		{Method: "GET", Path: "/desk/rows", May: deskReaders, Quiet: true, Do: (*Request).ticketRows},
		{Method: "GET", Path: "/desk/state", May: deskRoles, Quiet: true, Do: (*Request).ticketState},
		{Method: "GET", Path: "/desk/known", May: deskRoles, Do: (*Request).knownNumber},
		{Method: "POST", Path: "/desk/save", May: deskRoles, Do: (*Request).saveTicket},
		{Method: "POST", Path: "/desk/file", May: deskRoles, Do: (*Request).fileTicket},
		{Method: "POST", Path: "/desk/photo", May: deskRoles, Body: photoBody, Do: (*Request).addPhoto},
		{Method: "POST", Path: "/desk/photo/remove", May: deskRoles, Do: (*Request).removePhoto},
		{Method: "GET", Path: "/board/cases/{id}/receipt", May: chiefRoles, Do: (*Request).caseReceipt},
	}
}

// deskTopics says who hears of the signals of the walk-in desk: topic → roles.
var deskTopics = map[string][]hotline.RoleName{"ticket": deskReaders}

// deskWrong makes the mistakes that no page of ours would make answers of their own.
func deskWrong(err error) error {
	switch {
	case errors.Is(err, hotline.ErrTicketUnseen):
		return ErrForbidden
	case errors.Is(err, hotline.ErrTicketField), errors.Is(err, hotline.ErrTicketValue):
		return &Wrong{err.Error()}
	case errors.Is(err, hotline.ErrTicketFiled), errors.Is(err, hotline.ErrTicketIncomplete), errors.Is(err, hotline.ErrTicketLate):
		return fmt.Errorf("%w: %w", hotline.ErrRefused, err)
	}
	return err
}
