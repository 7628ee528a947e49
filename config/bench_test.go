package config

import "testing"

func BenchmarkJepara(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if r, report := Regency("jepara", now); r == nil {
			b.Fatal(report)
		}
	}
}
