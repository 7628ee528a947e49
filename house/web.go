package house

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// newWeb is what the web door answers.
func (h *House) newWeb() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", h.ready)
	mux.Handle("GET /metrics", promhttp.HandlerFor(h.metrics.registry, promhttp.HandlerOpts{}))
	for path, hook := range h.webhooks() {
		mux.Handle(path, hook)
	}
	h.pages(mux)
	h.publicPages(mux)
	return mux
}

// Readiness is what /readyz says.
type Readiness struct {
	Ready    bool              `json:"ready"`              // Postgres answers
	State    string            `json:"state"`              // "ok", "degraded" or "down"
	Degraded map[string]string `json:"degraded,omitempty"` // part → what is wrong with it
}

// Readiness looks at every part.
func (h *House) Readiness(ctx context.Context) Readiness {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	r := Readiness{State: "ok", Degraded: map[string]string{}}
	wrong := func(part, what string) {
		if what != "" {
			r.Degraded[part] = what
			r.State = "degraded"
		}
	}
	if err := h.redis.Ping(ctx).Err(); err != nil {
		wrong("redis", "unreachable: worklists and shared rates wait; intake and answers go on")
	} else {
		wrong("redis", h.dispatcher.State())
	}
	h.each(func(a *account) {
		if !h.has(a.name()) {
			return // another instance's to tell
		}
		wrong(string(a.channel), a.ill())
		s := a.courier.State()
		for account, what := range s.Accounts {
			wrong(account, what)
		}
		wrong("outbox", s.Outbox)
	})
	if h.numbers != nil {
		list, err := h.store.Numbers(ctx)
		for _, n := range list {
			if err == nil && n.Trouble != "" {
				wrong("whatsapp", n.Name+": "+n.Trouble) // one that was let go has no account that could tell
			}
		}
	}
	if err := h.store.Ping(ctx); err != nil {
		r.State = "down"
		r.Degraded["postgres"] = "unreachable: nothing is taken in; what people send waits at their network"
		return r
	}
	r.Ready = true
	return r
}

func (h *House) ready(w http.ResponseWriter, req *http.Request) {
	r := h.Readiness(req.Context())
	w.Header().Set("Content-Type", "application/json")
	if !r.Ready {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	if err := json.NewEncoder(w).Encode(r); err != nil {
		h.log.Debug("readiness not told", "error", err)
	}
}

// serve answers on a listener until ctx ends, and gives requests under way a moment to finish.
func serve(ctx context.Context, l net.Listener, handler http.Handler) error {
	s := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10}
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	select {
	case err := <-done:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := s.Shutdown(stop); err != nil {
		_ = s.Close() // whoever is still there is cut off
	}
	if err := <-done; !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}
