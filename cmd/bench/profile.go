package main

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/pprof"
	"strconv"
	"time"
)

// profile shows where the time of each case goes.
func profile(each time.Duration, top int) error {
	folder, err := os.MkdirTemp("", "understudy-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	for _, c := range cases {
		file := filepath.Join(folder, c.name)
		if err := c.record(file, each); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		output, err := exec.Command("go", "tool", "pprof", "-top", "-cum", "-focus=ServeHTTP", "-hide=^(main|runtime|net/http|testing)\\.", "-nodecount="+strconv.Itoa(top), file).Output()
		if err != nil {
			return fmt.Errorf("go tool pprof: %w", err)
		}
		fmt.Printf("\nwhere the time of %s goes\n%s", c.name, output)
	}
	return nil
}

// record profiles the timed calls only.
func (c benchCase) record(file string, each time.Duration) error {
	s, err := c.start()
	if err != nil {
		return err
	}
	defer s.simulator.Close()
	var requests []*http.Request
	for begin := time.Now(); time.Since(begin) < each; {
		more, err := s.requests(batch)
		if err != nil {
			return err
		}
		requests = append(requests, more...)
	}
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	defer out.Close()
	if err := pprof.StartCPUProfile(out); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	_, err = timed(s.simulator, requests)
	return err
}
