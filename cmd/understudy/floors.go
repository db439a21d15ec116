package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"understudy/contracts/harness"
)

// covered are the kinds of coverage that --min-coverage speaks of.
var covered = []string{"answers", "properties", "transitions"}

// floors are how many of a hundred have to be covered, by kind.
type floors map[string]float64

// floorsOf reads what --min-coverage says: KIND=PERCENT, or PERCENT of the answers.
func floorsOf(said []string) (floors, error) {
	f := floors{}
	for _, one := range said {
		kind, figure, named := strings.Cut(one, "=")
		if !named {
			kind, figure = covered[0], one
		}
		if !slices.Contains(covered, kind) {
			return nil, fmt.Errorf("%q is not covered; these are: %s", kind, strings.Join(covered, ", "))
		}
		percent, err := strconv.ParseFloat(figure, 64)
		if err != nil || !(percent >= 0 && percent <= 100) {
			return nil, fmt.Errorf("%q: %q is no number between 0 and 100; answers=60 would be right", one, figure)
		}
		f[kind] = percent
	}
	return f, nil
}

// hold compares what was covered with the floors, provider by provider, and tells the first that is not met.
func (f floors) hold(results []harness.Result) error {
	played := map[string]*harness.Coverage{}
	for _, one := range results {
		if played[one.Provider] == nil {
			played[one.Provider] = &harness.Coverage{}
		}
		played[one.Provider].Add(one.Coverage)
	}
	for _, one := range results {
		answers, properties, transitions := played[one.Provider].Shares()
		for i, share := range []harness.Share{answers, properties, transitions} {
			if floor := f[covered[i]]; share.Percent() < floor {
				return fmt.Errorf("%.1f %% of the %s of %s were brought about by behaviour; --min-coverage wants %g", share.Percent(), covered[i], one.Provider, floor)
			}
		}
	}
	return nil
}
