package vm

import (
	"runtime"
	"sync"
	"weak"
)

// weakMap forgets an entry when nothing else knows its key any more: what a session's names stood for once. The values must not lead to the keys.
type weakMap[K, V any] struct {
	mu      *sync.Mutex // held by whoever calls a method
	entries map[weak.Pointer[K]]V
}

func (m *weakMap[K, V]) init(mu *sync.Mutex) {
	m.mu, m.entries = mu, map[weak.Pointer[K]]V{}
}

func (m *weakMap[K, V]) get(key *K) (V, bool) {
	v, ok := m.entries[weak.Make(key)]
	return v, ok
}

func (m *weakMap[K, V]) of(key *K) V { return m.entries[weak.Make(key)] }

func (m *weakMap[K, V]) set(key *K, v V) {
	w := weak.Make(key)
	if _, known := m.entries[w]; !known {
		runtime.AddCleanup(key, m.forget, w)
	}
	m.entries[w] = v
}

func (m *weakMap[K, V]) forget(w weak.Pointer[K]) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.entries, w)
}
