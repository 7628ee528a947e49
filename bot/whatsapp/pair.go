package whatsapp

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waCompanionReg"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/store/sqlstore"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
)

// What can be in the way of pairing.
var (
	ErrNotPaired = errors.New("nobody linked the device in time")
	ErrPasskey   = errors.New("this account asks for a passkey, which only a browser can show: link a device in WhatsApp Web first, or use another number")
	ErrOutdated  = errors.New("WhatsApp no longer takes this version of the program: update it")
)

// PairOptions say how to link a new device.
type PairOptions struct {
	DB    *sql.DB
	Phone string                             // international, in digits: type a code on that telephone; empty: scan a QR
	Show  func(code string, until time.Time) // shows a QR's content, or the code to be typed; the next one follows by itself
	Log   *slog.Logger                       // nil: slog.Default()

	Transport http.RoundTripper // nil: the real network
	Root      *[32]byte         // only with Transport
}

// codeTime is how long a typed code is good, as far as is known.
const codeTime = 160 * time.Second

// settleTime is how long a new device may take to log in for the first time.
const settleTime = time.Minute

// Pair links a new device to a telephone's account: it shows codes until one is scanned or typed, or they run out (ErrNotPaired). The device's keys
// are kept in the database under the name it gives.
func Pair(ctx context.Context, o PairOptions) (device types.JID, err error) {
	log := o.Log
	if log == nil {
		log = slog.Default()
	}
	devices, err := open(ctx, o.DB, log)
	if err != nil {
		return types.EmptyJID, err
	}
	introduce()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	d := devices.NewDevice()
	client := newClient(d, o.Transport, o.Root, log)
	ready := make(chan error, 8)
	client.AddEventHandler(func(evt any) {
		switch e := evt.(type) {
		case *events.Connected:
			ready <- nil
		case *events.LoggedOut, *events.ConnectFailure, *events.TemporaryBan:
			select {
			case ready <- fmt.Errorf("WhatsApp refuses the new device (%T)", e):
			default:
			}
		}
	})
	codes, err := client.GetQRChannel(ctx)
	if err != nil {
		return types.EmptyJID, fmt.Errorf("ask for a code: %w", harmless(err))
	}
	if err := client.ConnectContext(ctx); err != nil {
		return types.EmptyJID, fmt.Errorf("reach WhatsApp: %w", harmless(err))
	}
	defer hangUp(client)
	if err := show(ctx, client, codes, o); err != nil {
		return types.EmptyJID, err
	}
	// Linked. Now it must log in once, which brings its keys to the network: without them nobody can write to it.
	settle := time.NewTimer(settleTime)
	defer settle.Stop()
	select {
	case err = <-ready:
	case <-settle.C:
		err = errors.New("the device was linked, but WhatsApp does not let it in: try again")
	case <-ctx.Done():
		err = ctx.Err()
	}
	if err != nil {
		return types.EmptyJID, err
	}
	return *d.ID, nil
}

// show shows codes until one was used.
func show(ctx context.Context, client *whatsmeow.Client, codes <-chan whatsmeow.QRChannelItem, o PairOptions) error {
	asked := false
	for {
		var item whatsmeow.QRChannelItem
		var more bool
		select {
		case item, more = <-codes:
		case <-ctx.Done():
			return ctx.Err()
		}
		switch {
		case !more:
			return ErrNotPaired
		case item.Event == whatsmeow.QRChannelEventCode && o.Phone == "":
			o.Show(item.Code, time.Now().Add(item.Timeout))
		case item.Event == whatsmeow.QRChannelEventCode && !asked:
			asked = true
			code, err := client.PairPhone(ctx, o.Phone, true, whatsmeow.PairClientChrome, "Chrome (Linux)")
			if err != nil {
				return fmt.Errorf("WhatsApp gives no code for this number: see that it is right and that WhatsApp runs on that telephone: %w", harmless(err))
			}
			o.Show(code, time.Now().Add(codeTime))
		case item.Event == whatsmeow.QRChannelEventCode:
		case item == whatsmeow.QRChannelSuccess:
			return nil
		case item == whatsmeow.QRChannelTimeout:
			return ErrNotPaired
		case item == whatsmeow.QRChannelClientOutdated:
			return ErrOutdated
		case item.Event == whatsmeow.QRChannelEventPasskeyRequest, item.Event == whatsmeow.QRChannelEventPasskeyResponse:
			return ErrPasskey
		case item == whatsmeow.QRChannelScannedWithoutMultidevice:
			// The telephone's WhatsApp is old; the same code can be scanned again once it is updated.
		case item.Event == whatsmeow.QRChannelEventError:
			return fmt.Errorf("link the device: %w", harmless(item.Error))
		default:
			return fmt.Errorf("link the device: WhatsApp answers %q", item.Event)
		}
	}
}

// UnpairOptions say which device to unlink.
type UnpairOptions struct {
	DB     *sql.DB
	Device types.JID
	Forget bool         // also when WhatsApp cannot be told: then unlink it on the telephone, under Linked devices
	Log    *slog.Logger // nil: slog.Default()

	Transport http.RoundTripper // nil: the real network
	Root      *[32]byte         // only with Transport
}

// Unpair unlinks a device and deletes its keys. ErrUnpaired: there is none. Nobody else may be connected as this device meanwhile.
func Unpair(ctx context.Context, o UnpairOptions) error {
	log := o.Log
	if log == nil {
		log = slog.Default()
	}
	devices, err := open(ctx, o.DB, log)
	if err != nil {
		return err
	}
	device, err := devices.GetDevice(ctx, o.Device)
	if err != nil {
		return fmt.Errorf("read the WhatsApp device: %w", harmless(err))
	}
	if device == nil {
		return ErrUnpaired
	}
	err = logout(ctx, device, o, log)
	if device.Deleted || err == nil {
		return nil // by us, or by WhatsApp before
	}
	if !o.Forget {
		return err
	}
	if err := device.Delete(ctx); err != nil {
		return fmt.Errorf("delete the device's keys: %w", harmless(err))
	}
	return nil
}

func logout(ctx context.Context, device *store.Device, o UnpairOptions, log *slog.Logger) error {
	ctx, cancel := context.WithTimeout(ctx, settleTime)
	defer cancel()
	client := newClient(device, o.Transport, o.Root, log)
	client.EnableAutoReconnect = false
	client.SynchronousAck = true
	over := make(chan error, 8)
	client.AddEventHandlerWithSuccessStatus(func(evt any) bool {
		switch evt.(type) {
		case *events.Connected:
			over <- nil
		case *events.Message:
			return false // not ours to take
		case events.PermanentDisconnect, *events.Disconnected:
			select {
			case over <- fmt.Errorf("WhatsApp does not let us in (%T)", evt):
			default:
			}
		}
		return true
	})
	if err := client.ConnectContext(ctx); err != nil {
		return fmt.Errorf("reach WhatsApp: %w", harmless(err))
	}
	defer hangUp(client)
	select {
	case err := <-over:
		if err != nil {
			return err
		}
	case <-ctx.Done():
		return fmt.Errorf("log in: %w", ctx.Err())
	}
	if err := client.Logout(ctx); err != nil {
		return fmt.Errorf("unlink the device: %w", harmless(err))
	}
	return nil
}

// migrateLock is the advisory lock under which instances agree on who makes the library's tables.
const migrateLock = 0x7461_7761

// open makes the library's tables where they are not there yet.
func open(ctx context.Context, db *sql.DB, log *slog.Logger) (_ *sqlstore.Container, err error) {
	if db == nil {
		return nil, errors.New("whatsapp: no database")
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("open WhatsApp's tables: %w", harmless(err))
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.ExecContext(ctx, `select pg_advisory_lock($1)`, migrateLock); err != nil {
		return nil, fmt.Errorf("open WhatsApp's tables: %w", harmless(err))
	}
	defer func() {
		_, e := conn.ExecContext(context.WithoutCancel(ctx), `select pg_advisory_unlock($1)`, migrateLock)
		if err == nil && e != nil {
			err = fmt.Errorf("open WhatsApp's tables: %w", harmless(e))
		}
	}()
	devices := sqlstore.NewWithDB(db, "postgres", library{log: log, mod: "store"})
	if err := devices.Upgrade(ctx); err != nil {
		return nil, fmt.Errorf("open WhatsApp's tables: %w", harmless(err))
	}
	return devices, nil
}

// introduce gives the name under which the telephone lists us among its linked devices.
var introduce = sync.OnceFunc(func() {
	store.DeviceProps.Os = proto.String("Tanggap")
	store.DeviceProps.PlatformType = waCompanionReg.DeviceProps_DESKTOP.Enum()
})
