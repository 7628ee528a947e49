package phrase

// visitStaff is what an agency hears that is asked to take part in a visit.
var visitStaff = map[string]Entry{
	"staff.visit.ask": {
		"{agency} diminta ikut {programme}: {place}, {day} pukul {time}. Ikut?",
		"{agency} dipunsuwun ndherek {programme}: {place}, {day} jam {time}. Ndherek?",
		"{agency} is asked to take part in {programme}: {place}, {day} at {time}. Will you come?",
	},
	"staff.visit.must":      {"Instansi Anda wajib ikut. Kalau tidak bisa, koordinator perlu tahu sekarang.", "Instansi panjenengan kedah ndherek. Menawi mboten saged, koordinator kedah pirsa sakmenika.", "Your agency must take part. If it cannot, the coordinator needs to know now."},
	"staff.visit.yes":       {"Dicatat: {agency} ikut di {place}, {day}. Berapa orang yang datang?", "Kacathet: {agency} ndherek wonten {place}, {day}. Pinten tiyang ingkang rawuh?", "Noted: {agency} comes to {place}, {day}. How many people?"},
	"staff.visit.people":    {"Dicatat: {agency} datang dengan {n} orang.", "Kacathet: {agency} rawuh kaliyan {n} tiyang.", "Noted: {agency} comes with {n} people."},
	"staff.visit.no":        {"Dicatat: {agency} tidak bisa. Koordinator melihatnya. Kalau berubah, tekan Ikut.", "Kacathet: {agency} mboten saged. Koordinator mirsani. Menawi ewah, pencet Ndherek.", "Noted: {agency} cannot come. The coordinator sees it. If that changes, press the button."},
	"staff.visit.gone":      {"Kunjungan itu sudah lewat atau dibatalkan.", "Kunjungan menika sampun kepengker utawi dipunwurungaken.", "That visit is over or was cancelled."},
	"staff.visit.notyours":  {"Yang menjawab adalah kepala atau petugas instansi itu.", "Ingkang mangsuli kepala utawi petugas instansi menika.", "The head or an officer of that agency answers this."},
	"staff.button.comes":    {"Ikut", "Ndherek", "We come"},
	"staff.button.persons":  {"{n}", "{n}", "{n}"},
	"staff.button.comesnot": {"Tidak bisa", "Mboten saged", "We cannot"},
}
