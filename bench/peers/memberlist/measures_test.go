package main

import (
	"reflect"
	"testing"
	"time"
)

func TestQuantilesAreSamplesWhoseRankIsRoundedUp(t *testing.T) {
	var s samples
	if s.figures() != nil {
		t.Error("no sample has no figures")
	}
	for _, value := range []float64{4, 1, 3, 2} {
		s.add(value)
	}
	want := result{"min": 1.0, "p50": 2.0, "p99": 4.0, "max": 4.0}
	if got := s.figures(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
}

func TestADeathOfWhoIsNotDeadIsFalseAtEveryObserver(t *testing.T) {
	d := newDeaths()
	now := time.Now()
	d.told("a", "victim", now.Add(time.Second))
	d.told("b", "victim", now)
	d.told("b", "victim", now.Add(time.Hour)) // Again: the first counts.
	d.told("a", "healthy", now)
	d.told("victim", "healthy", now)
	dead := map[string]bool{"victim": true}
	if got := d.eventsExcept(dead); got != 2 {
		t.Errorf("%d false deaths", got)
	}
	if got := d.observersExcept(dead); got != 1 {
		t.Errorf("%d false deaths seen by the healthy", got)
	}
	first, last := d.span("victim")
	if d.observers("victim") != 2 || !first.Equal(now) || !last.Equal(now.Add(time.Second)) {
		t.Errorf("from %v to %v", first, last)
	}
}

func TestAMessageIsNewOnceAndBoundedByWhatIsExpected(t *testing.T) {
	m := newMessages(func() int { return 10 })
	got := map[int]int{}
	m.expect(3, func(id int, _ time.Time) { got[id]++ })
	for _, id := range []int{0, 2, 2, 0, 64, 1 << 40} {
		m.send(id)
	}
	m.NotifyMsg([]byte("short"))
	if want := map[int]int{0: 1, 2: 1}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
	if queued := m.queue.NumQueued(); queued != 2 {
		t.Errorf("%d are passed on", queued)
	}
}

func TestSettingsThatAreNotBoundedAreRefused(t *testing.T) {
	for _, arguments := range [][]string{{"--nodes", "1"}, {"--nodes", "100000"}, {"--rate", "100000", "--seconds", "3600"},
		{"--origins", "51"}, {"--profile", "fast"}, {"surplus"}} {
		if _, err := parseSettings("updates", arguments); err == nil {
			t.Errorf("%v was taken", arguments)
		}
	}
	if s, err := parseSettings("loss", nil); err != nil || s.hasTCPFallback || s.lossPercent != 25 {
		t.Errorf("loss is by datagrams alone: %+v, %v", s, err)
	}
	for want, arguments := range map[bool][]string{true: {"--death", "silence"},
		false: {"--death", "silence", "--loss-percent", "10"}} {
		if s, err := parseSettings("detect", arguments); err != nil || s.hasTCPFallback != want {
			t.Errorf("detect %v: %+v, %v", arguments, s, err)
		}
	}
}

func TestASmallClustersUpdatesComeFromAllOfIt(t *testing.T) {
	for nodes, want := range map[string]int{"8": 8, "50": 10} {
		if s, err := parseSettings("updates", []string{"--nodes", nodes}); err != nil || s.origins != want {
			t.Errorf("%s nodes: %d origins, %v", nodes, s.origins, err)
		}
	}
}
