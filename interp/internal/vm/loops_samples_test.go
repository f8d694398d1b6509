package vm

// What this file declares is run twice: as the compiled code that it is, and by the machine, from its source.

const (
	loopMax = 1<<63 - 1
	loopMin = -1 << 63
)

// loopSamples are loops of all forms, each with what it has counted.
func loopSamples() [][]int {
	return [][]int{
		loopUpTo(0), loopUpTo(1), loopUpTo(10), loopDownFrom(10), loopBySteps(10, 3), loopBySteps(10, -3), loopUntil(7), loopRanges(5), loopIndexes([]string{"a", "b", "c"}), loopIndexes(nil),
		loopWrapped(), loopTwoVariables(9), loopStepUsedLater(6), loopLimitChanges(5), loopNested(5, 4), loopLabelled(6), loopRemainders(13), loopBits(9), loopNegativeRemainders(),
		loopCollatz(27), loopEndless(), loopGotos(5), loopCaptured(3), loopConditionsInBodies(8), loopSmall(), loopFused(-4, 4), loopDivided(20), loopEmpty(5), loopSwapped(6),
	}
}

func loopUpTo(n int) (seen []int) {
	for i := 0; i < n; i++ {
		seen = append(seen, i)
	}
	for i := 1; i <= n; i++ {
		seen = append(seen, i)
	}
	for i := 0; i != n; i++ {
		seen = append(seen, i)
	}
	return seen
}

func loopDownFrom(n int) (seen []int) {
	for i := n; i > 0; i-- {
		seen = append(seen, i)
	}
	for i := n; i >= 0; i -= 2 {
		seen = append(seen, i)
	}
	for i := n - 1; 0 <= i; i-- {
		seen = append(seen, i)
	}
	return seen
}

func loopBySteps(n, step int) (seen []int) {
	for i := -n; i < n && i > -2*n; i += step {
		seen = append(seen, i)
	}
	return seen
}

func loopUntil(limit int) (seen []int) {
	sum := 0
	for i := 0; ; i++ {
		if sum += i; sum > limit {
			return append(seen, i, sum)
		}
	}
}

func loopRanges(n int) (seen []int) {
	for i := range n {
		i *= 2
		seen = append(seen, i)
	}
	for range n {
		seen = append(seen, len(seen))
	}
	for i := range int8(n) {
		seen = append(seen, int(i))
	}
	return seen
}

func loopIndexes(list []string) (seen []int) {
	for i := range list {
		seen = append(seen, i)
	}
	for i, s := range list {
		seen = append(seen, i, int(s[0]))
	}
	for i := 0; i < len(list); i++ {
		seen = append(seen, i)
		list = list[:len(list)-1]
	}
	return seen
}

func loopWrapped() (seen []int) {
	n := 0
	for i := loopMax - 2; i > 0; i++ {
		n++
	}
	seen = append(seen, n)
	for i := loopMin + 2; i < 0; i-- {
		n++
	}
	for i := uint8(250); i != 3; i++ {
		n++
	}
	for i := int8(120); i > 0; i++ {
		n++
	}
	return append(seen, n)
}

func loopTwoVariables(n int) (seen []int) {
	for i, j := 0, n; i < j; i, j = i+1, j-1 {
		seen = append(seen, i*100+j)
	}
	return seen
}

func loopStepUsedLater(n int) (seen []int) {
	i := 0
	for i < n {
		j := i
		i++
		seen = append(seen, i, j)
		if next := i + 1; next < n {
			seen = append(seen, next)
		}
	}
	return append(seen, i)
}

func loopLimitChanges(n int) (seen []int) {
	for i := 0; i < n; i++ {
		if i == 2 {
			n--
		}
		seen = append(seen, i)
	}
	return append(seen, n)
}

func loopNested(n, m int) (seen []int) {
	sum := 0
	for i := 0; i < n; i++ {
		for j := i; j < m; j++ {
			sum += i*j + 1
		}
	}
	return append(seen, sum)
}

func loopLabelled(n int) (seen []int) {
outer:
	for i := 0; i < n; i++ {
		for j := 0; j < n; j++ {
			switch {
			case j == i:
				continue outer
			case i*j == 8:
				break outer
			}
			seen = append(seen, i*10+j)
		}
	}
	return seen
}

func loopRemainders(n int) (seen []int) {
	for i := -n; i < n; i++ {
		if i%2 == 0 {
			seen = append(seen, i)
		}
		if i%3 != 0 {
			seen = append(seen, i)
		}
		if i%8 == 0 || i%4 == 3 || i%4 == -3 || i%5 == 1 {
			seen = append(seen, 1000+i)
		}
	}
	return seen
}

func loopBits(n int) (seen []int) {
	for i := -n; i < n; i++ {
		if i&1 == 0 {
			seen = append(seen, i)
		}
		if i&6 != 4 {
			seen = append(seen, 100+i)
		}
		if r := i & 3; r == 2 {
			seen = append(seen, r)
		}
	}
	return seen
}

func loopNegativeRemainders() (seen []int) {
	for _, n := range []int{loopMin, loopMin + 1, -9, -1, 0, 1, 9, loopMax} {
		if n%2 == 0 {
			seen = append(seen, n)
		}
		if n%2 == -1 {
			seen = append(seen, n)
		}
		if n%16 == 0 {
			seen = append(seen, n)
		}
		if n%-3 == 0 {
			seen = append(seen, n)
		}
	}
	return seen
}

func loopCollatz(n int) (seen []int) {
	steps := 0
	for n != 1 {
		if n%2 == 0 {
			n /= 2
		} else {
			n = 3*n + 1
		}
		steps++
	}
	return append(seen, steps)
}

func loopEndless() (seen []int) {
	n := 0
	for {
		n++
		if n < 10 {
			continue
		}
		for {
			n--
			if n == 5 {
				return append(seen, n)
			}
		}
	}
}

func loopGotos(n int) (seen []int) {
	i := 0
again:
	if i < n {
		seen = append(seen, i)
		i++
		goto again
	}
	if i++; i < 2*n {
		goto again
	}
	return append(seen, i)
}

func loopCaptured(n int) (seen []int) {
	var each []func() int
	for i := 0; i < n; i++ {
		each = append(each, func() int { i += 10; return i })
	}
	for _, f := range each {
		seen = append(seen, f(), f())
	}
	return seen
}

func loopConditionsInBodies(n int) (seen []int) {
	for i := 0; i < n; i++ {
		odd := i%2 == 1
		more := i+1 < n
		if odd && more {
			seen = append(seen, i)
		}
		if odd != more {
			seen = append(seen, -i)
		}
	}
	return seen
}

func loopSmall() (seen []int) {
	for i := int32(0); i < 3; i++ {
		if i%2 == 0 {
			seen = append(seen, int(i))
		}
	}
	for i := uint16(9); i < 12; i += 2 {
		if i&1 == 1 {
			seen = append(seen, int(i))
		}
	}
	return seen
}

func loopFused(a, b int) (seen []int) {
	for i := a; i < b; i++ {
		if j := i + 1; j < 0 {
			seen = append(seen, i, j)
		} else if i = i + 1; i > 2 {
			seen = append(seen, 1000, i)
		}
		if i-1 >= a {
			seen = append(seen, i)
		}
	}
	return seen
}

func loopDivided(n int) (seen []int) {
	for i := -n; i <= n; i++ {
		seen = append(seen, i/2, i%2, i/8, i%8, i/7, i%7, i/-4, i%-4, i/1, i<<3, i>>1)
	}
	return seen
}

func loopEmpty(n int) (seen []int) {
	for i := 0; i < n; i++ {
	}
	for range n {
	}
	for n < 10 {
		n++
	}
	return append(seen, n)
}

func loopSwapped(n int) (seen []int) {
	a, b := 0, 1
	for i := 0; i < n; i++ {
		a, b = b, a+b
		seen = append(seen, a)
	}
	return append(seen, b)
}
