package house

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"tanggap/bot"
)

// metrics are what /metrics shows. No label ever names a person, a case or a text.
type metrics struct {
	registry *prometheus.Registry
	turns    prometheus.Counter
	batches  prometheus.Histogram
	sent     *prometheus.CounterVec
	sending  prometheus.Histogram
}

func newMetrics(h *House) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		turns:    prometheus.NewCounter(prometheus.CounterOpts{Name: "tanggap_turns_total", Help: "Messages handled."}),
		batches: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "tanggap_turn_batch_seconds",
			Help: "How long a batch of turns took, commit included.", Buckets: prometheus.ExponentialBuckets(0.001, 2, 12)}),
		sent: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "tanggap_sent_total",
			Help: "Tries to hand something to a network, by channel and trouble (empty: it was taken)."}, []string{"channel", "trouble"}),
		sending: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "tanggap_send_seconds",
			Help: "How long a try to send took.", Buckets: prometheus.ExponentialBuckets(0.001, 2, 14)}),
	}
	m.registry.MustRegister(m.turns, m.batches, m.sent, m.sending, &backlog{house: h},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) turn(n int, took time.Duration) {
	m.turns.Add(float64(n))
	m.batches.Observe(took.Seconds())
}

func (m *metrics) delivered(d bot.Delivery) {
	m.sent.WithLabelValues(string(d.Parcel.Address.Channel), string(d.Trouble)).Inc()
	m.sending.Observe(d.Took.Seconds())
}

// backlog asks Postgres what is still to be done whenever somebody looks.
type backlog struct{ house *House }

var backlogDesc = prometheus.NewDesc("tanggap_pending", "What is still to be done, by kind.", []string{"kind"}, nil)

// Describe says what Collect gives.
func (b *backlog) Describe(c chan<- *prometheus.Desc) { c <- backlogDesc }

// Collect asks.
func (b *backlog) Collect(c chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	p, err := b.house.store.Pending(ctx, b.house.Clock.Now())
	if err != nil {
		return // /readyz says so
	}
	for kind, n := range map[string]int{"inbox": p.Inbox, "outbox": p.Outbox, "unrouted": p.Unrouted, "unlisted": p.Unlisted, "offers": p.Offers,
		"clock": p.Clock, "media": p.Media} {
		c <- prometheus.MustNewConstMetric(backlogDesc, prometheus.GaugeValue, float64(n), kind)
	}
}
