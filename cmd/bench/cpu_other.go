//go:build !unix

package main

import "time"

var begin = time.Now()

// cpuTime is the time that has passed: this system does not tell how much of it was ours.
func cpuTime() time.Duration { return time.Since(begin) }
