package bot

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"

	"github.com/boombuler/barcode/qr"

	"tanggap/hotline"
)

// How a QR code is drawn: so many pixels for a module, and the white margin, in modules, that readers want. About 260 pixels, which the smallest screen shows and an
// old scanner reads.
const (
	qrScale = 9
	qrQuiet = 4
)

// drawQR makes the picture of a QR code. It is made as it is sent and kept nowhere. A sixth of it may be smudged.
func drawQR(text string) (hotline.Attachment, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return hotline.Attachment{}, fmt.Errorf("make a QR code: %w", err)
	}
	modules := code.Bounds().Dx()
	size := (modules + 2*qrQuiet) * qrScale
	img := image.NewPaletted(image.Rect(0, 0, size, size), color.Palette{color.White, color.Black})
	for y := range size {
		for x := range size {
			mx, my := x/qrScale-qrQuiet, y/qrScale-qrQuiet
			if mx >= 0 && my >= 0 && mx < modules && my < modules && code.At(mx, my) == color.Black {
				img.SetColorIndex(x, y, 1)
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return hotline.Attachment{}, fmt.Errorf("write a picture: %w", err)
	}
	return hotline.Attachment{Kind: hotline.Photo, Name: "antrean.png", Mime: "image/png", Data: b.Bytes()}, nil
}
