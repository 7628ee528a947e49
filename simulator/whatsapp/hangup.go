package whatsapp

import "go.mau.fi/whatsmeow"

// hangUp ends a client's connection. Disconnect alone takes the socket's handler away without its lock: a data race where
// the server hangs up in the same moment. ResetConnection closes the socket and leaves the handler; Disconnect then finds
// it closed.
func hangUp(client *whatsmeow.Client) {
	client.DangerousInternals().ExpectDisconnect() //nolint:staticcheck // there is no other way to say so
	client.ResetConnection()
	client.Disconnect()
}
