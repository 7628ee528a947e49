package store

import "tanggap/hotline"

// CheckWord gives the check word of a case's number, to be told to whoever filed it: two short words. It follows from TANGGAP_KEY, so with another
// key
// there are other words.
func (s *Store) CheckWord(n hotline.Number) string { return hotline.CheckWord(s.keys.check, n) }

// CheckWord gives the check word of a case's number, to be told to whoever filed it: two short words.
func (t *Tx) CheckWord(n hotline.Number) string { return t.store.CheckWord(n) }
