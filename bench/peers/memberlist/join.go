package main

import "time"

const joinLimit = 120 * time.Second

// join starts all nodes, at once or one at a time, which know only the first: how long until every node sees every node?
func join(s settings) (result, error) {
	var allSeeAll, cpu, rss samples
	unconverged := 0
	rssBefore := usageNow().rssKiB
	for repeat := 0; repeat < s.repeats; repeat++ {
		before := usageNow()
		start := time.Now()
		c, err := startCluster(s, s.nodes, start.Add(joinLimit))
		if err != nil {
			return nil, err
		}
		isDone := until(time.Until(start.Add(joinLimit)), func() bool { return c.allSee(s.nodes) })
		took := time.Since(start)
		after := usageNow()
		c.close()
		if !isDone {
			unconverged++
			continue
		}
		allSeeAll.addTime(took)
		cpu.add((after.cpu - before.cpu).Seconds())
		rss.add((after.rssKiB - rssBefore) / float64(s.nodes))
	}
	return result{"mode": s.mode, "all_see_all_ms": allSeeAll.figures(), "unconverged_runs": unconverged,
		"cpu_s": cpu.figures(), "rss_kib_per_node": rss.figures()}, nil
}
