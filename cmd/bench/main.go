// Command bench measures Understudy against a floor, in one run: requests per second on one core, the time to the first answer, and memory.
//
// The floor is what any server of these answers has to do: net/http alone, and then gorilla/mux with the request decoded and the answer encoded.
// Understudy is measured as it is served, with state, journal and both checks on, and every answer timed must be a 200 that changed state.
// All are called without a socket, through ServeHTTP, so that what is compared is what happens to a request and not the loopback device.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"time"
)

func main() {
	seconds := flag.Float64("seconds", 3, "how long each case is timed")
	orders := flag.Int("orders", 100_000, "how many orders one world holds when its memory is measured; 0 leaves processes out")
	only := flag.String("only", "", "measure this case only")
	top := flag.Int("top", 20, "how many lines of the CPU profile to print; 0 leaves it out")
	flag.Parse()
	cases = slices.DeleteFunc(cases, func(c benchCase) bool { return *only != "" && c.name != *only })
	if err := run(time.Duration(*seconds*float64(time.Second)), *orders, *top); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(each time.Duration, orders, top int) error {
	runtime.GOMAXPROCS(1)
	fmt.Printf("%s %s/%s, one core of %d, without a socket; rates are per second of that core's time\n\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	fmt.Printf("%-18s %8s %12s %12s %12s %8s %6s\n", "", "answer", "net/http", "mux+codec", "understudy", "of mux", "aim")
	for _, c := range cases {
		r, err := c.measure(each)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		fmt.Printf("%-18s %6d B %10.0f/s %10.0f/s %10.0f/s %8.2f %6.2f\n", c.name, r.size, r.bare, r.mux, r.understudy, r.ofMux, c.aim)
	}
	if orders > 0 {
		if err := processes(orders); err != nil {
			return err
		}
	}
	if top > 0 {
		return profile(each, top)
	}
	return nil
}
