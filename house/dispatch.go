package house

import (
	"context"
	"time"

	"tanggap/bot"
	"tanggap/dispatcher"
	"tanggap/hotline"
	"tanggap/store"
)

// newDispatcher makes the dispatcher, with the cards and notices that package bot makes.
func (h *House) newDispatcher() *dispatcher.Dispatcher {
	return dispatcher.New(dispatcher.Config{
		Store:   work{h.store},
		Regency: func() *hotline.Regency { return h.rooms.Load().regency },
		Redis:   h.redis,
		Prefix:  h.RedisPrefix,
		Cards: dispatcher.Cards{
			Offer:      bot.OfferCard,
			Urgent:     bot.UrgentCard,
			Nobody:     bot.NobodyCard,
			Triage:     bot.TriageCard,
			Transcribe: bot.TranscribeCard,
			Escalation: bot.EscalationCard,
			Reminder:   bot.ReminderCard,
			Unanswered: bot.UnansweredCard,
		},
		Notice: bot.CitizenNotice,
		Clock:  h.Clock,
		Log:    h.log,
	})
}

// work is the store as the dispatcher knows it.
type work struct{ *store.Store }

func (w work) Do(ctx context.Context, now time.Time, fn func(dispatcher.Tx) error) error {
	return w.Store.Do(ctx, now, func(t *store.Tx) error { return fn(t) })
}
