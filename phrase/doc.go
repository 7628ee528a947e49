// Package phrase holds every sentence that people read, in every language the service speaks, and puts it into words.
//
// The rest of the program says things by key: hotline.Say("file.done", "case", id). What was said is kept like that, and drawn here at the last
// moment, in the reader's language: so the same notice reaches one person in Javanese and another in English, a case has its number by the time
// it is named, and a name that was erased in between is not told.
//
// The catalogue is the maps in citizen.go (whoever writes), staff.go (officers and coordinators) and common.go (names of things that both
// use). To add a sentence, add an Entry with all three languages; the tests tell when a key that the program uses is missing, when languages
// disagree about the placeholders, when nothing uses a key any more, and when a sentence has grown too long for a telephone.
//
// Placeholders are {name}; {n|one case|# cases} chooses by a number, where # is the number itself. Indonesian and Javanese have no plural, so
// they usually just write {n}. "{{" is a brace.
package phrase
