package whatsapp

import (
	"bytes"
	"compress/zlib"
	"context"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/rand"
	"errors"
	"fmt"
	"io"

	"github.com/coder/websocket"
	"go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waWa6"
	"google.golang.org/protobuf/proto"
)

// Bounds of what a client may send. WhatsApp's own are higher; nothing that is talked about
// here comes near these.
const (
	maxFrame   = 1 << 20 // bytes of one frame
	maxUnzip   = 2 << 20 // bytes of a compressed stanza once it is unpacked
	maxDepth   = 32      // elements within elements
	maxRouting = 1 << 10 // bytes of routing information before the first frame
)

// wire is one client's connection: frames over a websocket, and after the handshake stanzas
// over frames. One goroutine reads and one writes.
type wire struct {
	ws      *websocket.Conn
	unread  []byte
	reading cipher.AEAD
	writing cipher.AEAD
	read    uint32 // how many stanzas were read
	written uint32

	noiseKey []byte               // the client's static key
	payload  *waWa6.ClientPayload // who the client says it is
}

// fill reads until n bytes are there. A frame may come in several websocket messages, and
// several frames in one.
func (w *wire) fill(ctx context.Context, n int) error {
	for len(w.unread) < n {
		kind, b, err := w.ws.Read(ctx)
		if err != nil {
			return fmt.Errorf("simulator/whatsapp: %w", err)
		}
		if kind != websocket.MessageBinary {
			return errors.New("simulator/whatsapp: a websocket message that is not binary")
		}
		w.unread = append(w.unread, b...)
	}
	return nil
}

// take gives the next n bytes, which the caller may keep.
func (w *wire) take(ctx context.Context, n int) ([]byte, error) {
	if err := w.fill(ctx, n); err != nil {
		return nil, err
	}
	out := bytes.Clone(w.unread[:n])
	w.unread = w.unread[n:]
	if len(w.unread) == 0 {
		w.unread = nil
	}
	return out, nil
}

func (w *wire) readFrame(ctx context.Context) ([]byte, error) {
	length, err := w.take(ctx, 3)
	if err != nil {
		return nil, err
	}
	n := int(length[0])<<16 | int(length[1])<<8 | int(length[2])
	if n > maxFrame {
		return nil, fmt.Errorf("simulator/whatsapp: a frame of %d bytes", n)
	}
	return w.take(ctx, n)
}

func (w *wire) writeFrame(ctx context.Context, b []byte) error {
	frame := make([]byte, 0, len(b)+3)
	frame = append(frame, byte(len(b)>>16), byte(len(b)>>8), byte(len(b)))
	if err := w.ws.Write(ctx, websocket.MessageBinary, append(frame, b...)); err != nil {
		return fmt.Errorf("simulator/whatsapp: %w", err)
	}
	return nil
}

// prologue reads what stands before the first frame: "ED" with routing information, if the
// client was ever given some, then "WA", the protocol's version and that of the dictionary.
func (w *wire) prologue(ctx context.Context) ([]byte, error) {
	head, err := w.take(ctx, 4)
	if err != nil {
		return nil, err
	}
	if head[0] == 'E' && head[1] == 'D' {
		length, err := w.take(ctx, 3)
		if err != nil {
			return nil, err
		}
		n := int(length[0])<<16 | int(length[1])<<8 | int(length[2])
		if n > maxRouting {
			return nil, fmt.Errorf("simulator/whatsapp: routing information of %d bytes", n)
		}
		if _, err := w.take(ctx, n); err != nil {
			return nil, err
		}
		if head, err = w.take(ctx, 4); err != nil {
			return nil, err
		}
	}
	if head[0] != 'W' || head[1] != 'A' || head[2] != 6 {
		return nil, fmt.Errorf("simulator/whatsapp: a connection that begins with %x", head)
	}
	return head, nil
}

// shake performs the handshake: the client's ephemeral key; the server's, its static key and
// its certificates; the client's static key and who it is.
func (w *wire) shake(ctx context.Context, a *authority) error {
	head, err := w.prologue(ctx)
	if err != nil {
		return err
	}
	h := newHandshake(head)
	var hello waWa6.HandshakeMessage
	if err := w.readProto(ctx, &hello); err != nil {
		return err
	}
	theirs := hello.GetClientHello().GetEphemeral()
	h.mix(theirs)
	ephemeral, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		return fmt.Errorf("simulator/whatsapp: %w", err)
	}
	h.mix(ephemeral.PublicKey().Bytes())
	if err := h.agree(ephemeral, theirs); err != nil {
		return err
	}
	static := h.seal(a.static.Pub[:])
	if err := h.agree(a.private, theirs); err != nil {
		return err
	}
	answer := mustEncode(&waWa6.HandshakeMessage{ServerHello: &waWa6.HandshakeMessage_ServerHello{
		Ephemeral: ephemeral.PublicKey().Bytes(), Static: static, Payload: h.seal(a.chain),
	}})
	if err := w.writeFrame(ctx, answer); err != nil {
		return err
	}
	var finish waWa6.HandshakeMessage
	if err := w.readProto(ctx, &finish); err != nil {
		return err
	}
	if w.noiseKey, err = h.open(finish.GetClientFinish().GetStatic()); err != nil {
		return err
	}
	if err := h.agree(ephemeral, w.noiseKey); err != nil {
		return err
	}
	payload, err := h.open(finish.GetClientFinish().GetPayload())
	if err != nil {
		return err
	}
	w.payload = &waWa6.ClientPayload{}
	if err := proto.Unmarshal(payload, w.payload); err != nil {
		return fmt.Errorf("simulator/whatsapp: client payload: %w", err)
	}
	up, down := h.expand(nil)
	w.reading, w.writing = aesGCM(up), aesGCM(down)
	return nil
}

func (w *wire) readProto(ctx context.Context, m proto.Message) error {
	b, err := w.readFrame(ctx)
	if err != nil {
		return err
	}
	if err := proto.Unmarshal(b, m); err != nil {
		return fmt.Errorf("simulator/whatsapp: handshake: %w", err)
	}
	return nil
}

// readNode reads the next stanza.
func (w *wire) readNode(ctx context.Context) (node, error) {
	frame, err := w.readFrame(ctx)
	if err != nil {
		return node{}, err
	}
	plain, err := w.reading.Open(frame[:0], counted(w.read), frame, nil)
	if err != nil {
		return node{}, fmt.Errorf("simulator/whatsapp: %w", err)
	}
	w.read++
	return decode(plain)
}

// errStanza is a frame that decrypts and makes no sense.
var errStanza = errors.New("simulator/whatsapp: not a stanza")

// decode reads a stanza, which may be compressed.
func decode(b []byte) (n node, err error) {
	defer func() {
		// whatsmeow's decoder trusts the shape of what it reads.
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", errStanza, p)
		}
	}()
	if len(b) == 0 {
		return node{}, fmt.Errorf("%w: empty", errStanza)
	}
	flags, b := b[0], b[1:]
	if flags&2 != 0 {
		z, err := zlib.NewReader(bytes.NewReader(b))
		if err != nil {
			return node{}, fmt.Errorf("%w: %w", errStanza, err)
		}
		if b, err = io.ReadAll(io.LimitReader(z, maxUnzip+1)); err != nil {
			return node{}, fmt.Errorf("%w: %w", errStanza, err)
		}
		if len(b) > maxUnzip {
			return node{}, fmt.Errorf("%w: too large once unpacked", errStanza)
		}
	}
	if err := measure(b); err != nil {
		return node{}, err
	}
	out, err := binary.Unmarshal(b)
	if err != nil {
		return node{}, fmt.Errorf("%w: %w", errStanza, err)
	}
	return *out, nil
}

// writeNode writes a stanza.
func (w *wire) writeNode(ctx context.Context, n node) error {
	b, err := binary.Marshal(n)
	if err != nil {
		return fmt.Errorf("simulator/whatsapp: %w", err)
	}
	sealed := w.writing.Seal(nil, counted(w.written), b, nil)
	w.written++
	return w.writeFrame(ctx, sealed)
}
