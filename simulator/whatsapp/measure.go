package whatsapp

import (
	"fmt"

	"go.mau.fi/whatsmeow/binary/token"
)

// measure walks over an encoded stanza without building it, and refuses one that is nested
// too deeply or promises more than it holds: a few bytes can promise lists of 65,535 elements
// within one another.
func measure(b []byte) error {
	m := &meter{rest: b}
	if err := m.element(0); err != nil {
		return err
	}
	if len(m.rest) > 0 {
		return fmt.Errorf("%w: %d bytes too many", errStanza, len(m.rest))
	}
	return nil
}

type meter struct{ rest []byte }

func (m *meter) skip(n int) error {
	if n > len(m.rest) {
		return fmt.Errorf("%w: cut off", errStanza)
	}
	m.rest = m.rest[n:]
	return nil
}

// number reads a number of so many bytes.
func (m *meter) number(size int) (int, error) {
	if size > len(m.rest) {
		return 0, fmt.Errorf("%w: cut off", errStanza)
	}
	n := 0
	for _, b := range m.rest[:size] {
		n = n<<8 | int(b)
	}
	m.rest = m.rest[size:]
	return n, nil
}

// list reads the length of a list whose kind was read.
func (m *meter) list(kind int) (int, error) {
	var size int
	switch kind {
	case token.ListEmpty:
		return 0, nil
	case token.List8:
		size = 1
	case token.List16:
		size = 2
	default:
		return 0, fmt.Errorf("%w: %d where a list should be", errStanza, kind)
	}
	n, err := m.number(size)
	if err == nil && n > len(m.rest) {
		err = fmt.Errorf("%w: a list longer than the stanza", errStanza)
	}
	return n, err
}

// element is a list: the name, the attributes' names and values, and perhaps the content.
func (m *meter) element(depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("%w: nested too deeply", errStanza)
	}
	kind, err := m.number(1)
	if err != nil {
		return err
	}
	n, err := m.list(kind)
	if err != nil {
		return err
	}
	if n == 0 {
		return fmt.Errorf("%w: an element without a name", errStanza)
	}
	for range n {
		if err := m.value(depth); err != nil {
			return err
		}
	}
	return nil
}

func (m *meter) value(depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("%w: nested too deeply", errStanza)
	}
	kind, err := m.number(1)
	if err != nil {
		return err
	}
	switch kind {
	case token.ListEmpty:
		return nil
	case token.List8, token.List16:
		n, err := m.list(kind)
		for i := 0; err == nil && i < n; i++ {
			err = m.element(depth + 1)
		}
		return err
	case token.Binary8:
		return m.bytes(1)
	case token.Binary20:
		return m.bytes(3)
	case token.Binary32:
		return m.bytes(4)
	case token.Dictionary0, token.Dictionary1, token.Dictionary2, token.Dictionary3:
		return m.skip(1)
	case token.Nibble8, token.Hex8:
		n, err := m.number(1)
		if err != nil {
			return err
		}
		return m.skip(n & 127)
	case token.JIDPair:
		return m.values(depth, 2)
	case token.ADJID:
		if err := m.skip(2); err != nil {
			return err
		}
		return m.value(depth + 1)
	case token.FBJID, token.InteropJID:
		if err := m.value(depth + 1); err != nil {
			return err
		}
		size := 2
		if kind == token.InteropJID {
			size = 4
		}
		if err := m.skip(size); err != nil {
			return err
		}
		return m.value(depth + 1)
	}
	if kind < len(token.SingleByteTokens) {
		return nil
	}
	return fmt.Errorf("%w: %d where a value should be", errStanza, kind)
}

func (m *meter) values(depth, n int) error {
	for range n {
		if err := m.value(depth + 1); err != nil {
			return err
		}
	}
	return nil
}

func (m *meter) bytes(size int) error {
	n, err := m.number(size)
	if err != nil {
		return err
	}
	if size == 3 {
		n &= 0xfffff
	}
	return m.skip(n)
}
