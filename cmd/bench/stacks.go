package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"
)

// A share says how much of a profile's processor time went where, from 0 to 1.
type share struct {
	encryption float64 // all of it: Signal, the connection's Noise, sealing of what is kept
	signal     float64 // of that, what was done for Signal
}

// Where a sample belongs is said by the innermost frame of these: Signal calls the database for its sessions, and that is not encryption.
var (
	encrypts = []string{"crypto/", "golang.org/x/crypto/", "filippo.io/edwards25519", "go.mau.fi/libsignal/"}
	others   = []string{"database/sql", "github.com/jackc/", "go.mau.fi/whatsmeow/store", "go.mau.fi/util/dbutil", "tanggap/"}
)

// encryption reads a CPU profile and says how much of it is encryption.
func encryption(path string) (share, error) {
	f, err := os.Open(path) //nolint:gosec // our own file
	if err != nil {
		return share{}, err
	}
	defer f.Close() //nolint:errcheck // only read
	z, err := gzip.NewReader(f)
	if err != nil {
		return share{}, fmt.Errorf("read a profile: %w", err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		return share{}, fmt.Errorf("read a profile: %w", err)
	}
	p, err := parseProfile(b)
	if err != nil {
		return share{}, fmt.Errorf("read a profile: %w", err)
	}
	return p.share(), nil
}

// stacks is what is needed of a profile: samples with their frames, innermost first.
type stacks struct {
	samples []sample
	frames  map[uint64][]uint64 // location: functions, innermost first
	names   map[uint64]uint64   // function: its name's place among words
	words   []string
}

type sample struct {
	locations []uint64
	value     uint64 // the last of its values: nanoseconds
}

func (s *stacks) share() share {
	var all, secret, signal float64
	for _, x := range s.samples {
		all += float64(x.value)
		kind, ours := "", false
		for _, l := range x.locations {
			for _, f := range s.frames[l] {
				name := s.words[s.names[f]]
				ours = ours || strings.HasPrefix(name, "go.mau.fi/libsignal/")
				switch {
				case kind != "":
				case begins(name, encrypts):
					kind = "encryption"
				case begins(name, others):
					kind = "other"
				}
			}
		}
		if kind == "encryption" {
			secret += float64(x.value)
			if ours {
				signal += float64(x.value)
			}
		}
	}
	if all == 0 {
		return share{}
	}
	return share{secret / all, signal / all}
}

func begins(name string, with []string) bool {
	for _, w := range with {
		if strings.HasPrefix(name, w) {
			return true
		}
	}
	return false
}

// parseProfile reads the fields of pprof's profile.proto that are needed: samples (2), locations (4), functions (5) and strings (6).
func parseProfile(b []byte) (*stacks, error) {
	s := &stacks{frames: map[uint64][]uint64{}, names: map[uint64]uint64{}}
	err := fields(b, func(number protowire.Number, n uint64, inner []byte) error {
		switch number {
		case 2:
			return s.sample(inner)
		case 4:
			return s.location(inner)
		case 5:
			var id, name uint64
			err := fields(inner, func(number protowire.Number, n uint64, _ []byte) error {
				switch number {
				case 1:
					id = n
				case 2:
					name = n
				}
				return nil
			})
			s.names[id] = name
			return err
		case 6:
			s.words = append(s.words, string(bytes.Clone(inner)))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, name := range s.names {
		if name >= uint64(len(s.words)) {
			return nil, errors.New("a function without a name")
		}
	}
	if len(s.words) == 0 {
		return nil, errors.New("it is empty")
	}
	return s, nil
}

func (s *stacks) sample(b []byte) error {
	var x sample
	err := fields(b, func(number protowire.Number, n uint64, inner []byte) error {
		list := []uint64{n}
		if inner != nil {
			var err error
			if list, err = packed(inner); err != nil {
				return err
			}
		}
		switch number {
		case 1:
			x.locations = append(x.locations, list...)
		case 2:
			if len(list) > 0 {
				x.value = list[len(list)-1]
			}
		}
		return nil
	})
	s.samples = append(s.samples, x)
	return err
}

func (s *stacks) location(b []byte) error {
	var id uint64
	var functions []uint64
	err := fields(b, func(number protowire.Number, n uint64, inner []byte) error {
		switch number {
		case 1:
			id = n
		case 4: // a line
			return fields(inner, func(number protowire.Number, n uint64, _ []byte) error {
				if number == 1 {
					functions = append(functions, n)
				}
				return nil
			})
		}
		return nil
	})
	s.frames[id] = functions
	return err
}

// fields goes through a message: numbers come as n, everything with a length as inner.
func fields(b []byte, fn func(number protowire.Number, n uint64, inner []byte) error) error {
	for len(b) > 0 {
		number, kind, used := protowire.ConsumeTag(b)
		if used < 0 {
			return protowire.ParseError(used)
		}
		b = b[used:]
		var n uint64
		var inner []byte
		switch kind {
		case protowire.VarintType:
			n, used = protowire.ConsumeVarint(b)
		case protowire.BytesType:
			inner, used = protowire.ConsumeBytes(b)
			if inner == nil {
				inner = []byte{}
			}
		default:
			used = protowire.ConsumeFieldValue(number, kind, b)
		}
		if used < 0 {
			return protowire.ParseError(used)
		}
		b = b[used:]
		if err := fn(number, n, inner); err != nil {
			return err
		}
	}
	return nil
}

func packed(b []byte) (list []uint64, err error) {
	for len(b) > 0 {
		n, used := protowire.ConsumeVarint(b)
		if used < 0 {
			return nil, protowire.ParseError(used)
		}
		list, b = append(list, n), b[used:]
	}
	return list, nil
}
