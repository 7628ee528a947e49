//go:build !race

package whatsapp

// backlog is how many messages wait for a bot that was away for an hour.
const backlog = 5000
