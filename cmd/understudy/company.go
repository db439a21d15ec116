package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	"understudy/contracts/harness"
)

// company is the workers that a parent sends out: the same program, once for each plan, because the suites' engine runs once in a process.
type company struct {
	program string
	places  chan struct{}
	token   string
	screen  *screen
}

func newCompany(workers int, token string, msg io.Writer) *company {
	if workers < 1 {
		workers = max(2, runtime.NumCPU())
	}
	program, err := os.Executable()
	if err != nil {
		program = os.Args[0]
	}
	return &company{program: program, places: make(chan struct{}, workers), token: token, screen: newScreen(msg)}
}

// play carries out all plans, some at the same time, and returns a result of each.
func (c *company) play(ctx context.Context, plans []harness.Plan) []harness.Result {
	results := make([]harness.Result, len(plans))
	var all sync.WaitGroup
	for i, p := range plans {
		all.Go(func() {
			c.places <- struct{}{}
			defer func() { <-c.places }()
			if results[i] = c.send(ctx, p); ctx.Err() != nil && len(results[i].Entries) == 0 {
				results[i].Trouble = "the run was ended before it began"
			}
		})
	}
	all.Wait()
	c.screen.clear()
	return results
}

// tokenVariable carries the control token to a worker; a plan holds no secret.
const tokenVariable = "UNDERSTUDY_CONTRACT_TOKEN"

// send carries out one plan in a process of its own.
func (c *company) send(ctx context.Context, p harness.Plan) harness.Result {
	failed := func(why string) harness.Result {
		return harness.Result{Provider: p.Provider, Target: p.Target, Started: time.Now().UTC(), Trouble: why}
	}
	folder, err := os.MkdirTemp("", "understudy-contract-")
	if err != nil {
		return failed(err.Error())
	}
	defer os.RemoveAll(folder)
	file := filepath.Join(folder, "result.json")
	worker := exec.CommandContext(ctx, c.program, "contract", "work", "--result", file)
	worker.Env = append(os.Environ(), tokenVariable+"="+c.token)
	if c.token != "" {
		p.Token = tokenVariable
	}
	plan, err := json.Marshal(p)
	if err != nil {
		return failed(err.Error())
	}
	worker.Stdin = bytes.NewReader(plan)
	// A worker that is asked to end tells what it has; one that does not is ended.
	worker.Cancel = func() error { return worker.Process.Signal(syscall.SIGTERM) }
	worker.WaitDelay = 10 * time.Second
	said := &listener{screen: c.screen, name: p.Target + " " + p.Provider}
	worker.Stderr = said
	err = worker.Run()
	raw, missing := os.ReadFile(file)
	var result harness.Result
	if missing == nil {
		if err := json.Unmarshal(raw, &result); err != nil {
			return failed("its worker's result does not read: " + err.Error())
		}
		return result
	}
	return failed(fmt.Sprintf("its worker ended without a result (%v)%s", err, said.rest()))
}

// listener reads a worker's standard error: steps for the screen, the rest for whoever asks why it failed.
type listener struct {
	screen *screen
	name   string
	buffer bytes.Buffer
	other  []string
}

// Write takes what the worker says.
func (l *listener) Write(b []byte) (int, error) {
	l.buffer.Write(b)
	for {
		line, err := l.buffer.ReadString('\n')
		if err != nil {
			l.buffer.Reset()
			l.buffer.WriteString(line)
			return len(b), nil
		}
		var s step
		if strings.HasPrefix(line, `{"Done":`) && json.Unmarshal([]byte(line), &s) == nil {
			l.screen.show(l.name, s)
		} else if len(l.other) < 40 {
			l.other = append(l.other, strings.TrimRight(line, "\n"))
		}
	}
}

func (l *listener) rest() string {
	if len(l.other) == 0 {
		return ""
	}
	return ":\n" + strings.Join(l.other, "\n")
}

// screen shows on a terminal how far each worker is. On anything else it is silent.
type screen struct {
	mu    sync.Mutex
	out   *bufio.Writer // nil: silent
	names []string
	steps map[string]step
	last  time.Time
	lines int
}

func newScreen(msg io.Writer) *screen {
	s := &screen{steps: map[string]step{}}
	if file, ok := msg.(*os.File); ok && os.Getenv("CI") == "" && os.Getenv("TERM") != "dumb" {
		if info, err := file.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			s.out = bufio.NewWriter(file)
		}
	}
	return s
}

func (s *screen) show(name string, now step) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.steps[name]; !known {
		s.names = append(s.names, name)
	}
	s.steps[name] = now
	if s.out == nil || time.Since(s.last) < 80*time.Millisecond {
		return
	}
	s.last = time.Now()
	s.wipe()
	for _, n := range s.names {
		at := s.steps[n]
		broken := ""
		if at.Failed > 0 {
			broken = fmt.Sprintf("  %d broken", at.Failed)
		}
		fmt.Fprintf(s.out, "%-24s %s %4d of %d%s\n", n, bar(at.Done, at.Of), at.Done, at.Of, broken)
	}
	s.lines = len(s.names)
	s.out.Flush()
}

// bar is how much of something is done, in twenty steps.
func bar(done, of int) string {
	full := 0
	if of > 0 {
		full = 20 * done / of
	}
	return strings.Repeat("█", full) + strings.Repeat("░", 20-full)
}

// wipe goes back to where the last picture began.
func (s *screen) wipe() {
	if s.lines > 0 {
		fmt.Fprintf(s.out, "\x1b[%dA\x1b[J", s.lines)
		s.lines = 0
	}
}

// clear takes the picture away.
func (s *screen) clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.out != nil {
		s.wipe()
		s.out.Flush()
	}
}
