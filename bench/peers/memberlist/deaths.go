package main

import (
	"sync"
	"time"
)

// deaths is who held whom to be dead, and when first.
type deaths struct {
	mutex  sync.Mutex
	first  map[string]map[string]time.Time // By member, then by observer.
	events map[string]int                  // By member.
}

func newDeaths() *deaths {
	return &deaths{first: map[string]map[string]time.Time{}, events: map[string]int{}}
}

func (d *deaths) told(observer, member string, when time.Time) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.events[member]++
	if d.first[member] == nil {
		d.first[member] = map[string]time.Time{}
	}
	if _, known := d.first[member][observer]; !known {
		d.first[member][observer] = when
	}
}

// observers is how many hold it to be dead.
func (d *deaths) observers(member string) int {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	return len(d.first[member])
}

// span is when the first and the last observer knew.
func (d *deaths) span(member string) (first, last time.Time) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	for _, when := range d.first[member] {
		if first.IsZero() || when.Before(first) {
			first = when
		}
		if when.After(last) {
			last = when
		}
	}
	return first, last
}

// eventsExcept counts the events about members that are not among these.
func (d *deaths) eventsExcept(dead map[string]bool) int {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	count := 0
	for member, events := range d.events {
		if !dead[member] {
			count += events
		}
	}
	return count
}

// observersExcept counts pairs of an observer that is not among these and a member that is not either.
func (d *deaths) observersExcept(except map[string]bool) int {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	count := 0
	for member, observers := range d.first {
		for observer := range observers {
			if !except[member] && !except[observer] {
				count++
			}
		}
	}
	return count
}
