// Package phrase holds every sentence that people read, in every language the service speaks, and puts it into words.
//
// The rest of the program says things by key: hotline.Say("file.done", "case", id). What was said is kept like that, and drawn here at the last
// moment, in the reader's language: so the same notice reaches one person in Javanese and another in English, a case has its number by the time
// it is named, and a name that was erased in between is not told.
//
// The catalogue is one map a file: citizen.go (whoever writes), staff.go (officers and coordinators), common.go (names of things that both use), and
// smaller ones for a part of the service each, such as group.go, join.go and call.go. To add a sentence, add an Entry with all three languages; the
// tests tell when a key that the program uses is missing, when languages disagree about the placeholders, when nothing uses a key any more,
// and when a sentence has grown too long for a telephone. What the pages of the console say stands in console/words.
//
// Placeholders are {name}; {n|one case|# cases} chooses by a number, where # is the number itself. Indonesian and Javanese have no plural, so
// they usually just write {n}. "{{" is a brace.
package phrase
