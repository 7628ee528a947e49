//go:build soak

package house_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/store/sqlstore"
	"go.mau.fi/whatsmeow/types"
	whatsappevents "go.mau.fi/whatsmeow/types/events"

	"tanggap/simulator/telegram"
	"tanggap/testbed"
)

// Somebody connects with our number's keys, outside of our leases. Neither of two instances fights for it: the number is let go, the coordinators hear
// of it on Telegram, and what people write waits until a human has the number taken up again.
func TestSoakWhatsAppReplaced(t *testing.T) {
	w := newWhatsappWorld(t, testbed.Database(t), nil)
	w.expect("a WhatsApp number is let go")
	a := w.start()
	w.heldLease("telegram/"+botAccount, a, soon)
	w.held(a, soon)
	b := w.start()
	w.enrol()
	w.complain(2 * len(complaints))
	w.satisfied(2 * soon)
	w.quiet(2 * soon)

	b.freeze() // so that it will find the lease free before it could see why
	stranger := w.stranger()
	began := time.Now()
	took := w.eventually(soon, "the number is said to be replaced", func(ctx context.Context) (bool, error) {
		trouble, err := w.trouble(ctx)
		return trouble == "replaced", err
	})
	coordinator := w.coordinator()
	ctx, cancel := context.WithTimeout(context.Background(), soon)
	defer cancel()
	if _, err := coordinator.WaitFor(ctx, 0, toldOfReplacement); err != nil {
		t.Fatalf("the coordinator hears nothing: %v\n%s", err, w.picture())
	}
	t.Logf("another connection: noted after %s, the coordinator knew after %s", ms(took), ms(time.Since(began)))
	before := len(w.net.SocketLog(ourNumber))
	w.eventually(soon, "the lease is let go", func(ctx context.Context) (bool, error) {
		holder, err := w.leaseholder(ctx, w.lease())
		return holder == "", err
	})
	b.thaw()
	pass(15 * time.Second) // long enough for a war
	if after := len(w.net.SocketLog(ourNumber)); after != before {
		t.Errorf("%d connections were made although somebody else has the number", after-before)
	}
	if !stranger.IsConnected() || !stranger.IsLoggedIn() {
		t.Errorf("whoever took the number was thrown out")
	}
	if holder, err := w.leaseholder(context.Background(), w.lease()); err != nil || holder != "" {
		t.Errorf("%q still holds the number: %v", holder, err)
	}
	for _, p := range []*running{a, b} {
		status, r, err := p.readiness()
		t.Logf("%s says meanwhile: %d %+v %v", p.name, status, r, err)
		if status != http.StatusOK || !r.Ready {
			t.Errorf("%s should be ready all the time", p.name)
		}
		if r.State != "degraded" || r.Degraded["whatsapp"] != numberName+": replaced" {
			t.Errorf("%s does not say which number is in trouble: %+v", p.name, r)
		}
	}

	// The other goes; people write, and nobody is there to read it.
	stranger.Disconnect()
	w.complain(2 * len(complaints))
	pass(8 * time.Second)
	if now, _ := w.net.Sockets(ourNumber); now != 0 || len(w.net.SocketLog(ourNumber)) != before {
		t.Errorf("the number was taken up again by itself")
	}
	if n := w.net.Unacked(ourNumber); n < 2*len(complaints) {
		t.Errorf("%d messages wait at the network, %d people wrote", n, 2*len(complaints))
	}

	// What "tanggap whatsapp resume" does.
	if _, err := w.store.NumberTrouble(context.Background(), numberName, ""); err != nil {
		t.Fatal(err)
	}
	resumed := time.Now()
	w.eventually(soon, "a program holds the number again", func(ctx context.Context) (bool, error) {
		h, err := w.holder(ctx, w.lease())
		return h != nil, err
	})
	held := time.Since(resumed)
	w.satisfied(2 * time.Minute)
	t.Logf("resumed: the number was held after %s, and everybody who had written was answered to the end after %s", ms(held), ms(time.Since(resumed)))
	w.quiet(2 * soon)
	f := w.verify()
	t.Logf("%s", f)
	if f.repeats > 0 {
		t.Errorf("%d messages were said twice, and no program died", f.repeats)
	}
	w.untroubled("at the end")
	told := 0
	for _, m := range coordinator.History() {
		if toldOfReplacement(telegram.Change{Kind: telegram.Sent, Message: m}) {
			told++
		}
	}
	if told != 1 {
		t.Errorf("the coordinator was told %d times", told)
	}
	a.stop()
	b.stop()
}

func toldOfReplacement(c telegram.Change) bool {
	return c.Kind == telegram.Sent && c.Message.FromBot && strings.Contains(c.Message.Text, "dipakai program lain") && strings.Contains(c.Message.Text, numberName)
}

// stranger connects with our number's keys: another program, of which our leases know nothing.
func (w *whatsappWorld) stranger() *whatsmeow.Client {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), soon)
	defer cancel()
	db := w.store.SQL()
	w.t.Cleanup(func() { _ = db.Close() })
	jid, err := types.ParseJID(w.device)
	if err != nil {
		w.t.Fatal(err)
	}
	device, err := sqlstore.NewWithDB(db, "postgres", nil).GetDevice(ctx, jid)
	if err != nil || device == nil {
		w.t.Fatalf("our device is not there: %v", err)
	}
	client := whatsmeow.NewClient(device, nil)
	h := &http.Client{Transport: w.net.Transport()}
	client.SetWebsocketHTTPClient(h)
	client.SetPreLoginHTTPClient(h)
	client.EnableAutoReconnect = false
	there := make(chan struct{}, 1)
	client.AddEventHandler(func(e any) {
		if _, ok := e.(*whatsappevents.Connected); ok {
			there <- struct{}{}
		}
	})
	w.t.Cleanup(client.Disconnect)
	if err := client.Connect(); err != nil { // not with ctx: the connection would end with it
		w.t.Fatal(err)
	}
	select {
	case <-there:
	case <-ctx.Done():
		w.t.Fatal("the other connection is not made")
	}
	return client
}
