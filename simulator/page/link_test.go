package page

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// The form of the telephone on the table refuses what nobody shows, and numbers that are in somebody's hand.
func TestLinkRefuses(t *testing.T) {
	t.Parallel()
	v := openBoth(t)
	if v.wa.LID(Telephone) == "" {
		t.Error("there is no telephone on the table")
	}
	v.join(url.Values{"name": {"Wati"}, "phone": {"0812 0000 0099"}})
	for _, c := range []struct{ telephone, code, want string }{
		{Telephone, "ABCD-1234", "Kode itu tidak cocok"},
		{"0811 2000 113", "ref,a,b,c", "Kode itu tidak cocok"},
		{"0812 0000 0099", "ABCD-1234", "sudah dipakai orang lain"},
		{ours, "ABCD-1234", "sudah dipakai orang lain"},
		{Telephone, " ", "Tidak ada yang dikirim"},
		{"x", "ABCD-1234", "Tidak ada yang dikirim"},
	} {
		r := v.request(http.MethodPost, "/link", strings.NewReader(url.Values{"telephone": {c.telephone}, "code": {c.code}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		status, body, _ := v.do(r)
		if status != http.StatusUnprocessableEntity || !strings.Contains(body, c.want) {
			t.Errorf("%s with %q: %d, want %q", c.telephone, c.code, status, c.want)
		}
	}
}
