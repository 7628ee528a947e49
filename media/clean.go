package media

import (
	"bytes"
	"encoding/binary"
	"errors"
)

var errBroken = errors.New("the file is broken")

// cleanJPEG leaves the picture and its colours and takes every other note out: EXIF, XMP, IPTC, comments, makers' own. How the picture is to be
// turned is written back, alone.
//
// A JPEG is a list of segments (ITU-T T.81 annex B): FF, a marker, two bytes of length that count themselves. After the start of scan the
// picture itself runs to the end, where some telephones hang more behind it.
func cleanJPEG(b []byte) ([]byte, error) {
	if len(b) < 4 || b[0] != 0xFF || b[1] != 0xD8 {
		return nil, errBroken
	}
	out := bytes.NewBuffer(make([]byte, 0, len(b)))
	out.Write(b[:2])
	turned := uint16(0)
	wrote := false
	for i := 2; ; {
		for i < len(b) && b[i] == 0xFF && i+1 < len(b) && b[i+1] == 0xFF {
			i++ // fill bytes
		}
		if i+4 > len(b) || b[i] != 0xFF {
			return nil, errBroken
		}
		marker := b[i+1]
		n := int(binary.BigEndian.Uint16(b[i+2:]))
		if n < 2 || i+2+n > len(b) {
			return nil, errBroken
		}
		segment := b[i : i+2+n]
		i += 2 + n
		switch {
		case marker == 0xE1: // APP1: EXIF, XMP
			if o := orientation(segment[4:]); o > 1 {
				turned = o
			}
		case marker == 0xE0, marker == 0xE2 && bytes.HasPrefix(segment[4:], []byte("ICC_PROFILE\x00")), marker == 0xEE: // JFIF, colours, Adobe
			out.Write(segment)
		case marker > 0xE0 && marker <= 0xEF, marker == 0xFE: // other applications, comments
		case marker == 0xDA:
			if turned != 0 && !wrote {
				out.Write(turnedBy(turned))
			}
			out.Write(segment)
			return append(out.Bytes(), scan(b[i:])...), nil
		default:
			if turned != 0 && !wrote {
				out.Write(turnedBy(turned))
				wrote = true
			}
			out.Write(segment)
		}
	}
}

// scan gives the picture's own data up to and with the end of image; a progressive picture has more segments and scans in between, among which
// notes may stand too.
func scan(b []byte) []byte {
	out := make([]byte, 0, len(b)+2)
	for i := 0; i < len(b); i++ {
		if b[i] != 0xFF || i+1 >= len(b) {
			out = append(out, b[i])
			continue
		}
		m := b[i+1]
		switch {
		case m == 0xD9:
			return append(out, 0xFF, 0xD9)
		case m == 0xE1 || m > 0xE2 && m <= 0xEF || m == 0xFE:
			if i+4 <= len(b) {
				i += 1 + int(binary.BigEndian.Uint16(b[i+2:]))
			}
			continue
		}
		out = append(out, b[i], m)
		i++
	}
	return append(out, 0xFF, 0xD9)
}

// orientation reads how an EXIF block says the picture is to be turned (TIFF 6.0, tag 0x0112): 1…8, 0 where it does not.
func orientation(app1 []byte) uint16 {
	tiff, ok := bytes.CutPrefix(app1, []byte("Exif\x00\x00"))
	if !ok || len(tiff) < 8 {
		return 0
	}
	var order binary.ByteOrder = binary.BigEndian
	if tiff[0] == 'I' {
		order = binary.LittleEndian
	}
	at := int(order.Uint32(tiff[4:]))
	if at < 8 || at+2 > len(tiff) {
		return 0
	}
	n := int(order.Uint16(tiff[at:]))
	for k := range n {
		e := at + 2 + 12*k
		if e+12 > len(tiff) {
			return 0
		}
		if order.Uint16(tiff[e:]) == 0x0112 {
			if v := order.Uint16(tiff[e+8:]); v >= 1 && v <= 8 {
				return v
			}
			return 0
		}
	}
	return 0
}

// turnedBy writes an EXIF block that says nothing but how to turn the picture.
func turnedBy(o uint16) []byte {
	b := []byte{0xFF, 0xE1, 0, 34, 'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1,
		0x01, 0x12, 0, 3, 0, 0, 0, 1, byte(o >> 8), byte(o), 0, 0, 0, 0, 0, 0}
	return b
}

// cleanPNG leaves the chunks that make the picture (PNG, second edition, chapter 11) and drops texts, times and EXIF.
func cleanPNG(b []byte) ([]byte, error) {
	const head = "\x89PNG\r\n\x1a\n"
	if !bytes.HasPrefix(b, []byte(head)) {
		return nil, errBroken
	}
	out := append(make([]byte, 0, len(b)), head...)
	for i := len(head); i < len(b); {
		if i+12 > len(b) {
			return nil, errBroken
		}
		n := int(binary.BigEndian.Uint32(b[i:]))
		if n < 0 || n > len(b)-i-12 {
			return nil, errBroken
		}
		kind := string(b[i+4 : i+8])
		switch kind {
		case "tEXt", "zTXt", "iTXt", "eXIf", "tIME", "dSIG":
		case "IEND":
			return append(out, b[i:i+12]...), nil // whatever hangs behind it is not the picture
		default:
			out = append(out, b[i:i+12+n]...)
		}
		i += 12 + n
	}
	return nil, errBroken
}

// cleanWebP drops the EXIF and XMP chunks of the RIFF container and says so in its header.
func cleanWebP(b []byte) ([]byte, error) {
	if len(b) < 12 || string(b[:4]) != "RIFF" || string(b[8:12]) != "WEBP" {
		return nil, errBroken
	}
	out := append(make([]byte, 0, len(b)), b[:12]...)
	for i := 12; i+8 <= len(b); {
		n := int(binary.LittleEndian.Uint32(b[i+4:]))
		size := 8 + n + n%2
		if n < 0 || size > len(b)-i {
			return nil, errBroken
		}
		chunk := b[i : i+size]
		i += size
		switch string(chunk[:4]) {
		case "EXIF", "XMP ":
			continue
		case "VP8X":
			if n >= 1 {
				chunk = bytes.Clone(chunk)
				chunk[8] &^= 0x08 | 0x04
			}
		}
		out = append(out, chunk...)
	}
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out, nil
}

// cleanMP4 blanks the boxes that hold what a camera notes (udta, meta, uuid) in place, so that nothing else in the file moves: a box called
// "free" is passed over by every player (ISO/IEC 14496-12).
func cleanMP4(b []byte) ([]byte, error) {
	out := bytes.Clone(b)
	if err := blank(out, 0); err != nil {
		return nil, err
	}
	return out, nil
}

func blank(b []byte, depth int) error {
	for i := 0; i < len(b); {
		if len(b)-i < 8 {
			return errBroken
		}
		size, head := uint64(binary.BigEndian.Uint32(b[i:])), 8
		switch size {
		case 0:
			size = uint64(len(b) - i)
		case 1:
			if len(b)-i < 16 {
				return errBroken
			}
			size, head = binary.BigEndian.Uint64(b[i+8:]), 16
		}
		if size < uint64(head) || size > uint64(len(b)-i) {
			return errBroken
		}
		box := b[i : i+int(size)]
		switch string(box[4:8]) {
		case "udta", "meta", "uuid":
			copy(box[4:8], "free")
			clear(box[head:])
		case "moov", "trak", "mdia", "minf", "stbl", "edts", "moof", "traf":
			if depth < 8 {
				if err := blank(box[head:], depth+1); err != nil {
					return err
				}
			}
		}
		i += int(size)
	}
	return nil
}
