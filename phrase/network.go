package phrase

// network are the sentences that only some networks need.
var network = map[string]Entry{
	// The button that opens a list of choices.
	"pick.open": {"Pilihan", "Pilihan", "Choices"},

	"pick.which": {"Ada beberapa pesan dengan pilihan. Balas pesan yang dimaksud, lalu tulis angkanya.",
		"Wonten pinten-pinten pesen sing wonten pilihane. Balesi pesen sing dimaksud, lajeng serat angkane.",
		"Several messages have choices. Reply to the one you mean, and write its number."},

	// A message that was taken back.
	"delete.draft":      {"Pesan yang Anda hapus sudah saya keluarkan.", "Pesen sing njenengan busek sampun kula wedalaken.", "I have taken out the message you deleted."},
	"delete.all":        {"Pesan itu sudah saya buang. Tidak ada yang dikirim.", "Pesen niku sampun kula buwang. Mboten wonten sing dikintun.", "That message is gone. Nothing was sent."},
	"delete.kept":       {"Pesan yang Anda hapus tetap ada di laporan {case}.", "Pesen sing njenengan busek tetep wonten laporan {case}.", "The message you deleted stays in report {case}."},
	"delete.withdraw":   {"Mau mencabut laporannya? Tulis: cabut", "Badhe nyabut laporane? Serat: cabut", "Do you want to withdraw the report? Write: withdraw"},
	"staff.delete.kept": {"Pesan yang Anda hapus tetap tercatat di {case}. Kalau ada yang salah, kirim kabar yang benar.", "Pesen sing panjenengan busek tetep kacathet ing {case}. Menawi wonten ingkang lepat, kintun kabar ingkang leres.", "The message you deleted stays on record in {case}. If it was wrong, send the right news."},

	// What a coordinator must know of a number of ours.
	"number.loggedout":  {"Nomor WhatsApp {name} diputus oleh WhatsApp. Sambungkan lagi: tanggap whatsapp pair.", "Nomer WhatsApp {name} dipedhot dening WhatsApp. Sambungaken malih: tanggap whatsapp pair.", "WhatsApp has unlinked the number {name}. Pair it again: tanggap whatsapp pair."},
	"number.banned":     {"Nomor WhatsApp {name} diblokir WhatsApp untuk sementara.", "Nomer WhatsApp {name} dipunblokir WhatsApp sakwetawis wekdal.", "WhatsApp has banned the number {name} for a time."},
	"number.outdated":   {"Nomor WhatsApp {name} ditolak: program ini sudah terlalu lama. Perbarui programnya.", "Nomer WhatsApp {name} ditolak: program niki sampun kedangon. Programe kedah dipunanyari.", "The number {name} is refused: this program is too old for WhatsApp. Update it."},
	"number.replaced":   {"Nomor WhatsApp {name} dipakai program lain. Nomor ini kami lepas; hentikan yang lain, lalu: tanggap whatsapp resume.", "Nomer WhatsApp {name} dipunagem program sanes. Nomer niki kula culaken; sing sanes dipunkendelaken, lajeng: tanggap whatsapp resume.", "Another program uses the number {name}. We have let go of it; stop the other, then: tanggap whatsapp resume."},
	"number.restricted": {"Nomor WhatsApp {name} dibatasi: hanya boleh menjawab.", "Nomer WhatsApp {name} dipunwatesi: namung saged mangsuli.", "The number {name} is restricted: it may only answer."},
	"number.telephone":  {"HP nomor WhatsApp {name} sudah lama tidak online. Nyalakan, supaya tidak diputus WhatsApp.", "HP nomer WhatsApp {name} sampun dangu mboten online. Kula suwun diuripaken, supados mboten dipedhot WhatsApp.", "The telephone of the number {name} has been offline for long. Switch it on, or WhatsApp unlinks it."},
	"number.connection": {"Nomor WhatsApp {name} tidak bisa tersambung. Lihat catatan program.", "Nomer WhatsApp {name} mboten saged nyambung. Priksani cathetan program.", "The number {name} cannot connect. See the program's log."},
	"number.until":      {"Sampai {until}.", "Ngantos {until}.", "Until {until}."},
}
