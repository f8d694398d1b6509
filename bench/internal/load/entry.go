package load

import (
	"fmt"
	"time"
)

// Entry is what a listing has of a file.
type Entry struct {
	Name    string
	Size    int64
	Mode    uint32
	ModTime time.Time
	Dir     bool
}

// Entries are n of them, always the same.
func Entries(n int) []Entry {
	base := time.Date(2025, 3, 4, 5, 6, 7, 123456789, time.UTC)
	list := make([]Entry, n)
	for i := range list {
		list[i] = Entry{
			Name: fmt.Sprintf("file-%06d.txt", i), Size: int64(i) * 1237, Mode: 0o100644,
			ModTime: base.Add(time.Duration(i) * time.Millisecond), Dir: i%10 == 0,
		}
	}
	return list
}
