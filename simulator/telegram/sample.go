package telegram

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
)

// Samples are small files that are what they say by their first bytes, for people who
// have nothing better to send. The same seed gives the same bytes.

// SamplePhoto is a JPEG of 480 by 360 with coloured stripes. With exif it carries a
// small EXIF block with a place in it (a GPS tag), as a telephone's photo does that was
// sent as a file.
func SamplePhoto(seed int, exif bool) []byte {
	img := image.NewRGBA(image.Rect(0, 0, 480, 360))
	for y := range 360 {
		for x := range 480 {
			v := (x/24 + y/24 + seed) * 2654435761 >> 8
			img.Set(x, y, color.RGBA{R: uint8(v), G: uint8(v >> 8), B: uint8(seed * 37), A: 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 80}); err != nil {
		panic(err) // a bytes.Buffer takes everything, and the image is in bounds
	}
	if !exif {
		return b.Bytes()
	}
	tiff := []byte("II*\x00\x08\x00\x00\x00" + // little endian, first directory at 8
		"\x01\x00" + "\x25\x88\x04\x00\x01\x00\x00\x00\x1a\x00\x00\x00" + "\x00\x00\x00\x00" + // GPS directory at 26
		"\x01\x00" + "\x01\x00\x02\x00\x02\x00\x00\x00S\x00\x00\x00" + "\x00\x00\x00\x00") // latitude is south
	segment := append([]byte("Exif\x00\x00"), tiff...)
	out := []byte{0xFF, 0xD8, 0xFF, 0xE1}
	out = binary.BigEndian.AppendUint16(out, uint16(len(segment)+2))
	out = append(out, segment...)
	return append(out, b.Bytes()[2:]...)
}

// SampleVoice is an Ogg page that starts an Opus stream.
func SampleVoice(seed int) []byte {
	head := append([]byte("OpusHead\x01\x01\x38\x01\x80\xbb\x00\x00\x00\x00\x00"), byte(seed), byte(seed>>8))
	page := append([]byte("OggS\x00\x02"), make([]byte, 8)...)
	page = binary.LittleEndian.AppendUint32(page, uint32(seed))
	page = append(page, make([]byte, 8)...)
	page = append(page, 1, byte(len(head)))
	return append(page, head...)
}

// SampleVideo is an MP4 file with its type box and an empty body.
func SampleVideo(seed int) []byte {
	b := []byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom")
	b = append(b, "\x00\x00\x00\x10mdat"...)
	return binary.BigEndian.AppendUint64(b, uint64(seed))
}

// SamplePDF is a PDF of one empty page.
func SamplePDF(seed int) []byte {
	b := []byte("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n" +
		"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%% ")
	b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE([]byte{byte(seed), byte(seed >> 8)}))
	return append(b, "\n%%EOF\n"...)
}
