//go:build race

package whatsapp

// backlog is smaller with the race detector, which makes each message ten times as dear.
const backlog = 500
