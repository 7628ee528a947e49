// Package whatsapp is WhatsApp's server on loopback, with the people who talk through it.
//
// A whatsmeow client under test is pointed at [Server.Transport] instead of WhatsApp's hosts,
// trusts [Root] instead of WhatsApp's certificate, and runs unmodified: it is paired by a QR code
// or by eight letters, logs in, sends, receives, acknowledges. The other side is [Person], a
// whatsmeow client too, unmodified as well, whose store is in memory. Everything they say is
// encrypted by themselves for one another: the server hands ciphertexts on and reads none.
//
//	s := whatsapp.New(whatsapp.Options{Listen: "127.0.0.1:0"})
//	defer s.Close()
//	s.Account("6281200000001")                      // a phone, on which s.ScanQR and s.EnterCode happen
//	siti, err := s.Person(ctx, whatsapp.PersonOptions{Name: "Siti", Phone: "6285700000001"})
//	id, err := siti.Say("Jalan di depan rumah rusak")
//	<-s.Quiet("6281200000001")                      // the program has acknowledged it
//	answer, err := siti.Next(ctx)
//
// # What is true to the protocol
//
// Frames of three length bytes, split and joined over websocket messages in any way, behind "WA"
// and the versions, or behind routing information; Noise XX with its certificate chain; binary
// XML in all its packings, compressed or not. Pairing by QR and by code with the signatures that
// vouch for a companion. Uploading, counting, digesting and handing out of prekeys, the warning
// when they run low, and none when there are none. Lists of devices with their hashes, and the
// hash in the acknowledgement when the sender's list is old; companions that come and go are
// announced to who knows the account. Addressing by LID, with the number, or without for
// somebody who hides it, or by number as before LIDs. Messages to each device, acknowledged,
// kept for a device until it acknowledges, in order, over any number of connections; receipts
// handed on, those too that ask for a message again; the stanzas around what waited offline.
// Typing, read marks, privacy tokens. Groups with sender keys. Uploads and downloads by hash and
// path, and the phone that uploads again what is gone. New phones, with the notice that the
// identity has changed. The ends of a connection, each with its reason.
//
// All of it is known from whatsmeow's source, from what other public clients expect, from the
// Noise and Signal specifications, and from running clients against this server. It was never
// tried against WhatsApp's own servers. Where those are known to do something and nobody knows
// exactly how, the harsher way was taken: any receipt acknowledges a message, the one that says
// it was read as well; a client that is given a stanza and says nothing gets it again.
//
// Not here: history and app state (the phones have none), status, channels, communities, calls,
// business profiles, pictures of people, newsletters, passkeys when pairing. A stanza, a
// question or an attribute that the server does not know is in [Server.Violations], and a
// question is answered with 501.
//
// # Phones
//
// An account of [Server.Account] has a phone that is nobody's, as device 0. It swallows what it
// gets, and of what its companions write it says that it has its copy, by a receipt of type
// "sender": that is how a companion sees that its phone is alive. [Server.PhoneAway] takes it off
// the network.
//
// # When things go wrong
//
// Each account can be given faults: messages kept back, delayed, garbled, delivered again or
// refused, connections cut or replaced, logins that fail. What its sockets were given and said
// is in [Server.SocketLog].
//
// # How it is built
//
// One lock guards the accounts, their queues and their sockets; only memory is touched under it.
// A socket has a goroutine that reads, and one that writes while there is something to write. A
// device is given at most Options.Window stanzas that it has not acknowledged, because a client
// that is flooded may lose their order. Everything is bounded and in memory: a server that is
// started again knows nobody, but LIDs stay the same, and Options.KnownBefore lets in devices
// that were paired with an earlier one.
package whatsapp
