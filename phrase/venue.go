package phrase

// venue is what somebody who waits at a venue hears in chat.
var venue = map[string]Entry{
	"venue.called": {"📣 Nomor {ticket} dipanggil. Silakan ke loket {counter}.", "📣 Nomer {ticket} dipuntimbali. Mangga dhateng loket {counter}.", "📣 Number {ticket} is called. Please go to counter {counter}."},
	"venue.soon":   {"Sebentar lagi giliran nomor {ticket}. Silakan menunggu di dekat loket {counter}.", "Sekedhap malih nomer {ticket}. Mangga nengga celak loket {counter}.", "Number {ticket} is soon. Please wait near counter {counter}."},
}
