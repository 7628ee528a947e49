package dispatcher

import (
	"slices"
	"sync"
	"testing"
	"time"

	"tanggap/hotline"
	"tanggap/testbed"
)

// BenchmarkFiledToOffered files 200 cases a second and reports how long each takes from before its filing to the writing of its offer.
func BenchmarkFiledToOffered(b *testing.B) {
	town := newTown(b, testbed.RedisDB(b))
	for range 3 {
		town.officer(hotline.RoleOfficer, "pu.jalan", true)
	}
	town.dispatcher()
	town.file(hotline.Filing{Category: "jalan-rusak"})
	town.quiet()
	const aSecond = 200
	n := max(b.N, 5*aSecond)
	begun := make(map[hotline.CaseID]time.Time, n)
	var mu sync.Mutex
	var filing sync.WaitGroup
	tick := time.NewTicker(time.Second / aSecond)
	defer tick.Stop()
	b.ResetTimer()
	for range n {
		<-tick.C
		filing.Go(func() {
			at := time.Now()
			id := town.file(hotline.Filing{Category: "jalan-rusak"})
			mu.Lock()
			defer mu.Unlock()
			begun[id] = at
		})
	}
	filing.Wait()
	town.quiet()
	b.StopTimer()
	var took []time.Duration
	for id, at := range begun {
		var offered time.Time
		town.sql(&offered, `select max(written) from outbox where case_id = $1`, id)
		took = append(took, offered.Sub(at))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(0, "ns/op")
}
