// Package hotline holds the words of the service and its pure rules.
//
// A person writes from an address. What they tell becomes a case, filed under a category and a place. A case is routed to a unit of an
// agency as an assignment; an officer of that unit takes it, and every step is an event that the case goes through. Time limits are counted
// in the regency's own calendar. All of that is said here, in plain values and functions without input or output: no database, no network,
// no clock but the one passed in. Whoever wants to understand Tanggap starts on this page and reads on with case.go.
package hotline
