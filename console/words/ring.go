package words

// ring is what pages say of emergencies from chats, which ring at the operators first.
var ring = map[string]Word{
	"ring.nav":   {"Darurat chat", "Chat emergencies"},
	"ring.title": {"Darurat dari chat", "Emergencies from chats"},
	"ring.intro": {"Berbunyi di sini 30 detik. Tanpa jawaban, petugas dipanggil dengan sendirinya.",
		"They ring here for 30 seconds. Unanswered, the responders are called by themselves."},
	"ring.empty":          {"Tidak ada darurat dari chat dalam 12 jam ini.", "No emergency came by chat in the last 12 hours."},
	"ring.rings":          {"berbunyi", "ringing"},
	"ring.secret":         {"Rahasia: isinya hanya untuk petugas yang mengambil.", "Secret: only who takes it reads it."},
	"ring.left":           {"Petugas dipanggil sendiri dalam", "Responders are called in"},
	"ring.seconds":        {"detik.", "seconds."},
	"ring.send":           {"Panggil petugas sekarang", "Call responders now"},
	"ring.none":           {"Bukan darurat", "No emergency"},
	"ring.late":           {"Sudah diputuskan, atau waktunya sudah habis.", "It was decided already, or its time was over."},
	"ring.verdict.sent":   {"petugas dipanggil operator", "sent by an operator"},
	"ring.verdict.none":   {"bukan darurat, ke koordinator", "no emergency, with the coordinator"},
	"ring.verdict.passed": {"petugas dipanggil sendiri", "sent by itself"},
}
