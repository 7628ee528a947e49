package whatsapp

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Against a model: what was used last is remembered, never more than fits, and nothing that was forgotten or replaced.
func TestRemembersWhatWasUsedLast(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		const most = 20
		l := newLRU(most, func(v int) int { return v })
		type entry struct {
			key   string
			value int
		}
		var model []entry // the last used in front
		find := func(key string) int { return slices.IndexFunc(model, func(e entry) bool { return e.key == key }) }
		key := rapid.Map(rapid.IntRange(0, 9), func(i int) string { return fmt.Sprint("k", i) })
		t.Repeat(map[string]func(*rapid.T){
			"put": func(t *rapid.T) {
				e := entry{key.Draw(t, "key"), rapid.IntRange(1, 25).Draw(t, "value")}
				l.put(e.key, e.value)
				if i := find(e.key); i >= 0 {
					model = slices.Delete(model, i, i+1)
				}
				model = slices.Insert(model, 0, e)
				for sum := 0; ; sum = 0 {
					for _, m := range model {
						sum += m.value
					}
					if sum <= most {
						break
					}
					model = model[:len(model)-1]
				}
			},
			"get": func(t *rapid.T) {
				k := key.Draw(t, "key")
				v, ok := l.get(k)
				i := find(k)
				if ok != (i >= 0) || ok && v != model[i].value {
					t.Fatalf("%s is %d %t; %v", k, v, ok, model)
				}
				if ok {
					e := model[i]
					model = slices.Insert(slices.Delete(model, i, i+1), 0, e)
				}
			},
			"drop": func(t *rapid.T) {
				k := key.Draw(t, "key")
				l.drop(k)
				if i := find(k); i >= 0 {
					model = slices.Delete(model, i, i+1)
				}
			},
			"drop some": func(t *rapid.T) {
				odd := func(k string) bool { return k[1]%2 == 1 }
				l.dropAll(odd)
				model = slices.DeleteFunc(model, func(e entry) bool { return odd(e.key) })
			},
			"clear": func(*rapid.T) {
				l.clear()
				model = nil
			},
			"": func(t *rapid.T) {
				held := 0
				for _, e := range model {
					held += e.value
				}
				if l.held != held || len(l.by) != len(model) || l.order.Len() != len(model) {
					t.Fatalf("%d held in %d, want %d in %d", l.held, len(l.by), held, len(model))
				}
			},
		})
	})
}
