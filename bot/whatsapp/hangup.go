package whatsapp

import "go.mau.fi/whatsmeow"

// hangUp ends a client's connection in good order. The library's own Disconnect takes the socket's handler away without its
// lock: where the other end hangs up in the same moment, that is a data race, and at worst the call of a function that is
// nil. ResetConnection closes the socket just so and leaves the handler; Disconnect then finds it closed. What is expected
// is told to nobody.
func hangUp(client *whatsmeow.Client) {
	client.DangerousInternals().ExpectDisconnect() //nolint:staticcheck // there is no other way to say so
	client.ResetConnection()
	client.Disconnect()
}
