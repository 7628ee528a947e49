package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"tanggap/hotline"
)

// Whoever works for the service asks for a link to the console in their own chat, and comes in by it without a password: that it is them, the network
// says. It goes to the chat that asked and no other, works once, and soon not at all.

// consoleWords ask for a link, as the whole message.
const consoleWords = "konsol, papan, papan kerja, konsol web, buka konsol, masuk konsol, masuk ke konsol, login konsol, login, buka papan, lihat papan, " +
	"tautan konsol, link konsol, minta link konsol, minta tautan konsol, dasbor, dashboard, buka dasbor, buka dashboard, web, buka web, " +
	"bikak konsol, bukak konsol, mlebet konsol, bikak papan, bukak papan, console, board, open console, open the console, console link, open board"

// A Consoler makes links to the console. A Turn that is none makes none.
type Consoler interface {
	// NewConsoleLink makes the code of a link for a person; those they had are void. hotline.ErrLocked: there were too many, again says when there is
	// another. hotline.ErrForbidden: their user is disabled.
	NewConsoleLink(ctx context.Context, p hotline.PersonID) (code string, again time.Time, err error)
}

// console gives a link to the console.
func (k *talk) console(ctx context.Context) error {
	t, ok := k.Turn.(Consoler)
	if !ok || k.bot.Console == "" {
		k.reply(hotline.Say("link.off"))
		return nil
	}
	code, again, err := t.NewConsoleLink(ctx, k.me())
	switch {
	case errors.Is(err, hotline.ErrLocked):
		k.reply(hotline.Say("link.often", "n", hotline.LinksMost, "at", again))
		return nil
	case errors.Is(err, hotline.ErrForbidden):
		k.reply(hotline.Say("link.disabled"))
		return nil
	case err != nil:
		return fmt.Errorf("make a link to the console: %w", err)
	}
	k.out(hotline.Out{Lane: hotline.LaneReply, Expires: k.now.Add(hotline.LinkFor), Here: true,
		Reply: hotline.Say("link.here", "url", k.bot.Console+hotline.LinkPath+code).And("link.once")})
	return nil
}

// asksConsole tells whether a message in a chat of many asks for a link; there commands name us ("/konsol@tanggap_bot").
func asksConsole(text string) bool {
	if strings.HasPrefix(text, "/") {
		text, _, _ = strings.Cut(text, "@")
	}
	return readWish(text) == wishConsole
}

// consoleInGroup tells whoever works for the service, in their own chat, that links are given there. Of anybody else it takes no notice.
func (k *talk) consoleInGroup(ctx context.Context) error {
	v, err := k.member(ctx)
	if err != nil || !v.Staff() {
		return err
	}
	k.conv.Viewer = v
	k.reply(hotline.Say("link.private"))
	return nil
}
