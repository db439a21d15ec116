package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// starts is how often a process is started to see how long it takes.
const starts = 7

// processes measures the built binary as it is run: how long until it answers, and what memory it takes, idle and full of orders.
func processes(orders int) error {
	folder, err := os.MkdirTemp("", "understudy-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	binary := filepath.Join(folder, "understudy")
	if output, err := exec.Command("go", "build", "-o", binary, "understudy/cmd/understudy").CombinedOutput(); err != nil {
		return fmt.Errorf("building the server: %v\n%s", err, output)
	}
	var first, all []time.Duration
	for range starts {
		p, err := startProcess(binary)
		if err != nil {
			return err
		}
		first, all = append(first, p.first), append(all, p.all)
		p.stop()
	}
	slices.Sort(first)
	slices.Sort(all)
	fmt.Printf("\nfirst answer after %d ms (aim 100), all five providers after %d ms: medians of %d starts of the built binary\n",
		first[starts/2].Milliseconds(), all[starts/2].Milliseconds(), starts)
	return memory(binary, orders)
}

// memory fills one world with orders of the timed kinds.
func memory(binary string, orders int) error {
	p, err := startProcess(binary)
	if err != nil {
		return err
	}
	defer p.stop()
	time.Sleep(time.Second) // for the collector to give back what starting up took
	idle, err := p.resident()
	if err != nil {
		return err
	}
	start := time.Now()
	if err := p.fill(orders); err != nil {
		return err
	}
	took := time.Since(start)
	full, err := p.resident()
	if err != nil {
		return err
	}
	fmt.Printf("memory: %.0f MB idle (aim 40), %.0f MB with %d orders in one world, made over HTTP in %.0f s\n", idle, full, orders, took.Seconds())
	return nil
}

// process is a running server.
type process struct {
	command    *exec.Cmd
	origin     string
	first, all time.Duration // from its start until it answered a provider's call, and until every provider was ready
}

// startProcess starts the binary on a free port and calls it until it answers.
func startProcess(binary string) (*process, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := listener.Addr().String()
	listener.Close()
	p := &process{command: exec.Command(binary, "serve", "--listen", address, "--log", "off"), origin: "http://" + address}
	start := time.Now()
	if err := p.command.Start(); err != nil {
		return nil, err
	}
	for p.get("/commerceengine/api/v1/store_01/storefront/orders/ORD-1001") != nil {
		if time.Since(start) > 20*time.Second {
			p.stop()
			return nil, errors.New("the server does not answer")
		}
		time.Sleep(time.Millisecond)
	}
	p.first = time.Since(start)
	if err := p.get("/_understudy/health"); err != nil {
		p.stop()
		return nil, err
	}
	p.all = time.Since(start)
	return p, nil
}

func (p *process) stop() {
	p.command.Process.Kill()
	p.command.Wait()
}

func (p *process) get(path string) error {
	r, err := http.NewRequest("GET", p.origin+path, nil)
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer bench")
	return answered(r)
}

// answered makes a call and fails on anything but a 2xx.
func answered(r *http.Request) error {
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer a.Body.Close()
	body, err := io.ReadAll(a.Body)
	if err == nil && a.StatusCode/100 != 2 {
		err = fmt.Errorf("%s %s: %d %s", r.Method, r.URL, a.StatusCode, body)
	}
	return err
}

// fill makes orders in the roles of the timed cases, in equal parts.
func (p *process) fill(orders int) error {
	var all sync.WaitGroup
	failures := make(chan error, 4)
	for worker := range 4 {
		all.Go(func() {
			for i := worker; i < orders; i += 4 {
				c := cases[(i/4)%len(cases)]
				tenant := map[string]string{"commerceengine": "store_01", "nextcommerce": "example"}[c.provider]
				r, err := http.NewRequest("POST", p.origin+"/_understudy/"+c.provider+"/"+tenant+"/orders", bytes.NewBufferString(`{"role":"`+c.role+`"}`))
				if err == nil {
					r.Header.Set("Content-Type", "application/json")
					err = answered(r)
				}
				if err != nil {
					failures <- err
					return
				}
			}
		})
	}
	all.Wait()
	close(failures)
	return <-failures
}

// resident is the memory that the process holds, in MB.
func (p *process) resident() (float64, error) {
	output, err := exec.Command("ps", "-o", "rss=", "-p", strconv.Itoa(p.command.Process.Pid)).Output()
	if err != nil {
		return 0, fmt.Errorf("asking ps: %w", err)
	}
	kb, err := strconv.ParseFloat(strings.TrimSpace(string(output)), 64)
	return kb / 1024, err
}
