package console

import (
	"fmt"
	"image/color"
	"regexp"
	"strings"
	"testing"

	"github.com/boombuler/barcode/qr"
	"pgregory.net/rapid"
)

var svgRun = regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-(\d+)z`)

// The path that is drawn has exactly the modules of the code, inside the white margin that readers want.
func TestTheDrawnCodeIsTheCode(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := "https://" + rapid.StringMatching(`[a-z]{1,40}\.example`).Draw(t, "host") + "/lacak?nomor=JPR-" + rapid.StringMatching(`[0-9]{6}-[0-9]{4}[A-Z]`).Draw(t, "number")
		code, err := qr.Encode(text, qr.M, qr.Auto)
		if err != nil {
			t.Fatal(err)
		}
		drawn, err := drawQR(text)
		if err != nil {
			t.Fatal(err)
		}
		size := code.Bounds().Dx()
		if !strings.Contains(string(drawn), fmt.Sprintf(`viewBox="0 0 %d %[1]d"`, size+8)) || strings.Contains(string(drawn), "style") {
			t.Fatalf("%s", drawn)
		}
		dark := map[[2]int]bool{}
		for _, m := range svgRun.FindAllStringSubmatch(string(drawn), -1) {
			var x, y, n, back int
			if _, err := fmt.Sscan(m[1]+" "+m[2]+" "+m[3]+" "+m[4], &x, &y, &n, &back); err != nil || n != back {
				t.Fatal(m, err)
			}
			for i := range n {
				dark[[2]int{x + i - 4, y - 4}] = true
			}
		}
		for y := range size {
			for x := range size {
				if dark[[2]int{x, y}] != (code.At(x, y) == color.Black) {
					t.Fatalf("the module at %d, %d is not as in the code", x, y)
				}
				delete(dark, [2]int{x, y})
			}
		}
		if len(dark) > 0 {
			t.Fatalf("drawn outside the code: %v", dark)
		}
	})
}

func TestWhatIsTooLongForACode(t *testing.T) {
	t.Parallel()
	if _, err := drawQR(strings.Repeat("x", 5000)); err == nil {
		t.Error("5000 letters fit")
	}
}
