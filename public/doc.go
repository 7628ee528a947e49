// Package public is the pages for citizens who are not signed in and perhaps have no chat: where a case stands, by its number and check word
// (/lacak), and
// the regency's figures (/angka, also as CSV). They need no script, work on an old telephone, and weigh little. Everything they say is in words.go,
// in
// the three languages of the chat; names of places, units and categories come from package phrase.
//
// Nothing is shown here that could point at a person: see hotline.Tracked and hotline.PublicFigures.
//
//   - public.go: what a set of pages is made of, and what holds for every answer
//   - track.go, figures.go: the pages
//   - page.go: templates and their functions
//   - words.go: every sentence
package public
