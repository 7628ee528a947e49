// Package simulator is the outside world in a box: everything Tanggap meets
// beyond its own walls, on loopback and in memory.
//
// Tanggap talks to citizens and officers through networks that belong to
// others. For a demonstration, a test or a benchmark those networks have to be
// here, on one machine, obedient on some days and awful on others. So each
// network gets a server that speaks its real protocol, strictly, and people
// who live behind it:
//
//   - simulator/telegram is a Telegram Bot API server with simulated people
//     in private chats and groups. The real Telegram channel of the program
//     is pointed at it by its base URL and does not know the difference.
//   - simulator/whatsapp is a WhatsApp server: frames, Noise, prekeys, devices,
//     groups, media. Its people are clients of their own, and what they write
//     passes through it sealed.
//   - simulator/whatsappcloud is the graph API of a WhatsApp Business account,
//     with the webhook's calls and people to make them.
//   - simulator/page is a web page on which anybody can be one of those people.
//
// The box imports nothing of Tanggap's own: it knows the networks' words
// (updates, messages, buttons) and none of the hotline's (cases, agencies).
// That is what makes it a witness: when it says that the bot broke a rule of
// the Bot API, it is not repeating the program's own opinion.
//
// Nothing in the box is durable. A server that is started again knows nobody,
// but it never uses an update id again, so that a program that kept its
// database may go on with it.
package simulator
