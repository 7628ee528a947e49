package hotline

import "time"

// Who works for the service asks the bot for a link to the console, and is let in there without a password: the chat is the proof. Such a link is good
// once and for a short time, and a newer one makes the older void.

// LinkFor is how long a link is good.
const LinkFor = 5 * time.Minute

// LinksMost is how many links one person gets within LinksPer.
const (
	LinksMost = 5
	LinksPer  = time.Hour
)

// LinkPath is the page of the console that a link opens, with its code at the end.
const LinkPath = "/console/link?code="

// LinkLogin begins the login name of a user who has none of their own: they come by links alone. No login name that somebody chooses begins so.
const LinkLogin = "@"
