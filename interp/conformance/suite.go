package conformance

import (
	"context"
	"sync"
	"time"
)

// Suite is a way of running many programs.
type Suite struct {
	Engine  Engine
	Jobs    int           // how many at a time; 1 if it is 0
	Timeout time.Duration // for each; none if it is 0
}

// Run runs all programs. As each ends, done is called with its index; calls are made one at a time.
func (s *Suite) Run(ctx context.Context, programs []*Program, done func(i int, o Outcome, took time.Duration)) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	next := make(chan int)
	for range max(s.Jobs, 1) {
		wg.Go(func() { // ends when next is closed
			for i := range next {
				began := time.Now()
				o := s.one(ctx, programs[i])
				took := time.Since(began)
				mu.Lock()
				done(i, o, took)
				mu.Unlock()
			}
		})
	}
	for i := range programs {
		next <- i
	}
	close(next)
	wg.Wait()
}

func (s *Suite) one(ctx context.Context, p *Program) Outcome {
	if s.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.Timeout)
		defer cancel()
	}
	return s.Engine.Run(ctx, p)
}
