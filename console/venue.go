package console

import (
	"context"

	"tanggap/hotline"
)

// The venue pages are for whoever checks in, calls and serves where a visit is: a tablet on a table, often where there is no signal. What is done there is an act with a name
// of its own (hotline.VenueAct), so the page may send it late and more than once. docs/venue.md tells the whole.

// A VenueTx is what the pages at a venue do with the database. Every call of it is told who asks.
type VenueTx interface {
	VenueActTx
	// VenueVisits lists today's visits at which the viewer works or which they run, and their offices whose day nobody opened yet.
	VenueVisits(context.Context, hotline.Viewer) ([]hotline.Visit, []hotline.Office, error)
	// OpenOffice makes an office's day of today.
	OpenOffice(ctx context.Context, v hotline.Viewer, office string) (hotline.VisitID, error)
	// Visit reads one with its counters.
	Visit(context.Context, hotline.VisitID) (hotline.Visit, error)
	// VenueDisplay gives what everybody there may read: numbers.
	VenueDisplay(context.Context, hotline.VisitID) ([]hotline.VenueShowing, error)
}

// A VenueActTx does what is done at a venue, and reads who is there.
type VenueActTx interface {
	// VenueDo does one act, once.
	VenueDo(context.Context, hotline.Viewer, hotline.VenueAct) (hotline.VenueDone, error)
	// Say puts something into the outbox.
	Say(hotline.Out)
	// VenueList gives a visit's bookings without names.
	VenueList(context.Context, hotline.Viewer, hotline.Visit) ([]hotline.Booking, error)
	// Booking reads one with who it is for, which is written down.
	Booking(context.Context, hotline.Viewer, hotline.BookingID) (hotline.Booking, hotline.BookingSight, error)
	// FindAtVenue finds who of a visit is called so.
	FindAtVenue(ctx context.Context, v hotline.Viewer, visit hotline.Visit, name string, limit int) ([]hotline.Booking, error)
	VenueBlockTx
}

// A VenueBlockTx sets numbers aside for desks.
type VenueBlockTx interface {
	// VenueBlock sets up to n numbers aside; asked with the same key it gives the same. hotline.ErrFull.
	VenueBlock(ctx context.Context, v hotline.Viewer, visit hotline.VisitID, service, desk string, n int, key string) (hotline.VenueBlock, error)
	// VenueBlocks gives what the viewer's desk has.
	VenueBlocks(ctx context.Context, v hotline.Viewer, visit hotline.VisitID, desk string) ([]hotline.VenueBlock, error)
	// ReturnNumbers gives back what is left of one.
	ReturnNumbers(ctx context.Context, v hotline.Viewer, block int64) ([]hotline.BookingNews, error)
}

// venueRoles open the pages; what they see and do there is decided for each visit and counter (hotline.Regency.SeesBooking).
var venueRoles = roles(hotline.RoleVenue, hotline.RoleDesk, hotline.RoleCoordinator, hotline.RoleOfficer, hotline.RoleHead)

// venueBody bounds what a desk sends after an outage: some hundred acts.
const venueBody = 512 << 10

func venueRoutes() []Route {
	return []Route{
		{Method: "GET", Path: "/venue", May: venueRoles, Nav: "venue.title", Do: (*Request).venues},
		{Method: "POST", Path: "/venue/office", May: venueRoles, Do: (*Request).openOffice},
		{Method: "GET", Path: "/venue/worker.js", Open: true, Quiet: true, Do: (*Request).venueWorker},
		{Method: "GET", Path: "/venue/{id}", May: venueRoles, Do: (*Request).venue},
		{Method: "GET", Path: "/venue/{id}/state", May: venueRoles, Quiet: true, Do: (*Request).venueState},
		{Method: "POST", Path: "/venue/{id}/acts", May: venueRoles, Body: venueBody, Do: (*Request).venueActs},
		{Method: "POST", Path: "/venue/{id}/block", May: venueRoles, Quiet: true, Do: (*Request).venueBlock},
		{Method: "POST", Path: "/venue/{id}/return", May: venueRoles, Do: (*Request).venueReturn},
		{Method: "POST", Path: "/venue/{id}/who", May: venueRoles, Do: (*Request).venueWho},
		{Method: "POST", Path: "/venue/{id}/find", May: venueRoles, Do: (*Request).venueFind},
		{Method: "GET", Path: "/venue/{id}/display", Open: true, Quiet: true, Do: (*Request).venueDisplay},
		{Method: "GET", Path: "/venue/{id}/display/now", Open: true, Quiet: true, Do: (*Request).venueDisplayNow},
	}
}

// venueTopics says who hears that something changed at a visit: topic → roles.
var venueTopics = map[string][]hotline.RoleName{"visit": venueRoles}
