package phrase

// merge is what people hear of cases that were merged, since they are about the same.
var merge = map[string]Entry{
	"status.merged": {"digabung dengan laporan yang sama", "dipundadosaken setunggal kaliyan laporan ingkang sami", "worked together with a like report"},
	"notice.merged": {
		"Laporan {case} digabung dengan laporan lain tentang hal yang sama. Kabarnya tetap kami kirim ke sini.",
		"Laporan {case} dipundadosaken setunggal kaliyan laporan sanes bab perkawis ingkang sami. Kabaripun tetep kula kintun mriki.",
		"Report {case} is worked together with another about the same matter. You still get its news here.",
	},
	"staff.absorbed": {
		"{case}: warga lain melaporkan hal yang sama ({other}). Jawaban Anda sampai ke semuanya.",
		"{case}: warga sanes ugi lapor perkawis ingkang sami ({other}). Wangsulan panjenengan dumugi sedayanipun.",
		"{case}: somebody else reported the same ({other}). What you answer reaches all of them.",
	},
}
