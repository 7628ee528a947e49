// Package config reads what a regency says about itself, and the settings of the program.
//
// A regency is a folder that somebody at its Diskominfo can edit:
//
//	regency.yaml        name, letters, languages, time limits, the escalation ladder
//	calendar.yaml       working hours, holidays
//	areas.csv           kecamatan, desa and kelurahan with their centres (a spreadsheet may write it)
//	boundaries.geojson  outlines of the kecamatan; may be left out
//	agencies.yaml       agencies and their units        (or a folder agencies/ of such files)
//	categories.yaml     kinds of matters, with keywords (or a folder categories/)
//	dangers.yaml        words that betray an emergency  (or a folder dangers/)
//	line112.yaml        the 112 line: hours, pranks, incidents with their questions; may be left out
//	whatsapp.yaml       how it speaks on WhatsApp; may be left out
//	services.yaml       what is done at a counter       (or a folder services/); may be left out, as all below
//	packages.yaml       several services around an event of life
//	offices.yaml        where services are done all the year
//	programmes.yaml     programmes that bring services to the villages
//	visits.csv          the visits to begin with
//
// A regency may stand on one that ships with the program and write only what differs (see base).
//
// Load reads it strictly: it names every mistake of every file in one run, each with file, line, column, and how to mend it. Only a folder
// without errors becomes a hotline.Regency. The regencies that ship with the program stand in regencies/ and are embedded.
//
// FromEnv reads the settings: which regency, which servers, which keys. It never prints a secret.
package config
