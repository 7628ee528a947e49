package media_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"

	"tanggap/hotline"
	"tanggap/media"
)

func picture() image.Image {
	m := image.NewRGBA(image.Rect(0, 0, 40, 30))
	for x := range 40 {
		for y := range 30 {
			m.Set(x, y, color.RGBA{uint8(6 * x), uint8(8 * y), 99, 255})
		}
	}
	return m
}

func jpegOf(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, picture(), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// exif is an APP1 segment with an orientation and, in words, a place.
func exif(order binary.ByteOrder, turned uint16, secret string) []byte {
	mark := "MM"
	if order == binary.LittleEndian {
		mark = "II"
	}
	tiff := []byte(mark)
	tiff = order.(binary.AppendByteOrder).AppendUint16(tiff, 42)
	tiff = order.(binary.AppendByteOrder).AppendUint32(tiff, 8)
	tiff = order.(binary.AppendByteOrder).AppendUint16(tiff, 1)
	tiff = order.(binary.AppendByteOrder).AppendUint16(tiff, 0x0112)
	tiff = order.(binary.AppendByteOrder).AppendUint16(tiff, 3)
	tiff = order.(binary.AppendByteOrder).AppendUint32(tiff, 1)
	tiff = order.(binary.AppendByteOrder).AppendUint16(tiff, turned)
	tiff = append(tiff, 0, 0, 0, 0, 0, 0)
	return segment(0xE1, "Exif\x00\x00"+string(tiff)+secret)
}

func segment(marker byte, body string) []byte {
	b := []byte{0xFF, marker}
	b = binary.BigEndian.AppendUint16(b, uint16(len(body)+2))
	return append(b, body...)
}

const secret = "6.58 LS 110.66 BT Siti"

func TestAPhotoLosesWhatTheCameraWrote(t *testing.T) {
	t.Parallel()
	plain := jpegOf(t)
	for name, order := range map[string]binary.ByteOrder{"big": binary.BigEndian, "little": binary.LittleEndian} {
		dirty := append([]byte{}, plain[:2]...)
		dirty = append(dirty, exif(order, 6, secret)...)
		dirty = append(dirty, segment(0xE1, "http://ns.adobe.com/xap/1.0/\x00"+secret)...)
		dirty = append(dirty, segment(0xED, secret)...)
		dirty = append(dirty, segment(0xFE, secret)...)
		dirty = append(dirty, plain[2:]...)
		dirty = append(dirty, secret...) // behind the end
		f, err := media.Examine(hotline.Photo, dirty)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(f.Clean, []byte(secret)) {
			t.Fatalf("%s: the copy still tells where it was taken", name)
		}
		got, err := jpeg.Decode(bytes.NewReader(f.Clean))
		if err != nil {
			t.Fatalf("%s: the copy is no picture: %v", name, err)
		}
		want, _ := jpeg.Decode(bytes.NewReader(plain))
		if got.At(7, 9) != want.At(7, 9) {
			t.Fatalf("%s: the copy is another picture", name)
		}
		if !bytes.Contains(f.Clean, []byte{0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6}) {
			t.Fatalf("%s: the copy lost how it is to be turned", name)
		}
	}
}

func TestAPlainPhotoStaysAsItIs(t *testing.T) {
	t.Parallel()
	plain := jpegOf(t)
	f, err := media.Examine(hotline.Photo, plain)
	if err != nil || f.Mime != "image/jpeg" || !bytes.Equal(f.Clean, plain) {
		t.Fatalf("%v %s, same: %v", err, f.Mime, bytes.Equal(f.Clean, plain))
	}
}

func TestAScreenshotLosesItsTexts(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := png.Encode(&b, picture()); err != nil {
		t.Fatal(err)
	}
	plain := b.Bytes()
	chunk := append(binary.BigEndian.AppendUint32(nil, uint32(len(secret))), "tEXt"+secret+"crc!"...)
	dirty := append(append(append([]byte{}, plain[:33]...), chunk...), plain[33:]...)
	f, err := media.Examine(hotline.Document, dirty)
	if err != nil || !bytes.Equal(f.Clean, plain) {
		t.Fatalf("%v, same: %v", err, bytes.Equal(f.Clean, plain))
	}
}

func TestAFilmLosesItsPlace(t *testing.T) {
	t.Parallel()
	box := func(kind string, body []byte) []byte {
		return append(append(binary.BigEndian.AppendUint32(nil, uint32(8+len(body))), kind...), body...)
	}
	film := append(box("ftyp", []byte("isom\x00\x00\x02\x00isomiso2")), box("moov", append(box("mvhd", make([]byte, 20)), box("udta", []byte(secret))...))...)
	film = append(film, box("mdat", []byte("frames"))...)
	f, err := media.Examine(hotline.Video, film)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(f.Clean, []byte(secret)) || !bytes.Contains(f.Clean, []byte("frames")) || len(f.Clean) != len(film) {
		t.Fatalf("cleaned wrongly: %q", f.Clean)
	}
}

func TestWhatIsNotTaken(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind hotline.MediaKind
		data []byte
	}{
		"a program":            {hotline.Document, []byte("\x7fELF\x02\x01\x01\x00aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")},
		"a web page":           {hotline.Document, []byte("<!DOCTYPE html><html><script>alert(1)</script></html>")},
		"a script":             {hotline.Document, []byte("#!/bin/sh\nrm -rf /\n")},
		"a photo that is text": {hotline.Photo, []byte("just text, not a picture")},
		"nothing":              {hotline.Photo, nil},
	} {
		if f, err := media.Examine(c.kind, c.data); !errors.Is(err, media.ErrType) && !errors.Is(err, media.ErrEmpty) {
			t.Errorf("%s was taken as %s (%v)", name, f.Mime, err)
		}
	}
}

func TestABrokenPhotoIsShownToNobody(t *testing.T) {
	t.Parallel()
	plain := jpegOf(t)
	f, err := media.Examine(hotline.Photo, plain[:30])
	if err != nil || f.Clean != nil {
		t.Fatalf("%v, clean %d bytes", err, len(f.Clean))
	}
}

func FuzzExamine(f *testing.F) {
	f.Add(jpegOf(f))
	f.Add([]byte("RIFF\x10\x00\x00\x00WEBPVP8X\x02\x00\x00\x00\xff\x00"))
	f.Add([]byte("\x00\x00\x00\x14ftypisom\x00\x00\x02\x00isom\x00\x00\x00\x08moov"))
	f.Fuzz(func(t *testing.T, data []byte) {
		found, err := media.Examine(hotline.Document, data)
		if err == nil && len(found.Clean) > len(data)+64 {
			t.Fatal("the clean copy grew")
		}
	})
}
