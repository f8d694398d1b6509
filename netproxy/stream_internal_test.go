package netproxy

// EndOf makes an object of the other side that has Read or Write into one that can be used here.
func EndOf(p *Proxy) any { return end{p} }
