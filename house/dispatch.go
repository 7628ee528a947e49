package house

import (
	"tanggap/bot"
	"tanggap/dispatcher"
	"tanggap/hotline"
	"tanggap/store"
)

// newDispatcher makes the dispatcher, with the cards and notices that package bot makes.
func (h *House) newDispatcher() *dispatcher.Dispatcher {
	return dispatcher.New(dispatcher.Config{
		Store:   dispatcher.Using[*store.Tx](h.store),
		Regency: func() *hotline.Regency { return h.rooms.Load().regency },
		Redis:   h.redis,
		Prefix:  h.RedisPrefix,
		Cards: dispatcher.Cards{
			Offer:      bot.OfferCard,
			Group:      bot.GroupCard,
			Urgent:     bot.UrgentCard,
			Older:      bot.OlderCard,
			Gone:       bot.GoneCard,
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
