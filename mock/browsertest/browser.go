// Package browsertest drives Chromium in tests: a tab that visits hosted pages as a customer does, and a shop to which they return.
package browsertest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// patience is how long a page may take; it is there to end a test that waits for what never comes.
const patience = time.Minute

// browser is the one that all tests of a package share; each tab has cookies of its own.
var browser struct {
	once  sync.Once
	ctx   context.Context
	close context.CancelFunc
	err   error
}

// Main runs a package's tests and closes the browser that they shared.
func Main(m *testing.M) {
	code := m.Run()
	if browser.close != nil {
		browser.close()
	}
	os.Exit(code)
}

// launch starts the browser.
func launch() {
	options := chromedp.DefaultExecAllocatorOptions[:]
	if path := os.Getenv("UNDERSTUDY_CHROMIUM"); path != "" {
		options = append(options, chromedp.ExecPath(path))
	}
	options = append(options,
		chromedp.IgnoreCertErrors,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		// A page framed by a shop of another site stays within reach of the tab that frames it.
		chromedp.Flag("disable-features", "Translate,SitePerProcess,IsolateOrigins,HttpsUpgrades"),
		chromedp.Flag("disable-site-isolation-trials", true),
	)
	allocator, free := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, closeBrowser := chromedp.NewContext(allocator)
	browser.ctx, browser.close = ctx, func() { closeBrowser(); free() }
	if browser.err = chromedp.Do(ctx); errors.Is(browser.err, exec.ErrNotFound) {
		browser.err = fmt.Errorf("no Chromium is found: `make browser` installs one where it can; UNDERSTUDY_CHROMIUM names another (%w)", browser.err)
	}
}

// Customer is how a customer's browser is set up.
type Customer struct {
	NoScript bool // JavaScript is off
	Phone    bool // a screen as narrow as a phone's
	Dark     bool // prefers dark colours
}

// Tab is one tab of the browser, or a frame in one. Its methods end the test when the page does not do what is asked.
type Tab struct {
	t     testing.TB
	ctx   context.Context
	frame chromedp.CSS // of the frame; empty for the tab itself
}

// Open opens a tab. Tests run without one under -short.
func Open(t testing.TB, c Customer) *Tab {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser test")
	}
	if browser.once.Do(launch); browser.err != nil {
		t.Fatal(browser.err)
	}
	ctx, closeTab := chromedp.NewContext(browser.ctx, chromedp.WithNewBrowserContext())
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	whole := ctx
	ctx, end := context.WithTimeout(ctx, patience)
	b := &Tab{t: t, ctx: ctx}
	t.Cleanup(func() {
		end()
		if t.Failed() {
			last, end := context.WithTimeout(whole, patience)
			(&Tab{t: t, ctx: last}).Shot("failed")
			end()
		}
		closeTab()
	})
	width, height := int64(1024), int64(768)
	if c.Phone {
		width, height = 360, 740
	}
	b.call(nil, chromedp.Do(ctx, chromedp.EmulateViewport(width, height)))
	if c.NoScript {
		b.call(chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))
	}
	if c.Dark {
		features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}
		b.call(chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features}))
	}
	return b
}

func (b *Tab) call(_ any, err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// glance is how long an element of a frame is looked for before the frame is looked at again: it may have gone on to another page.
const glance = 10 * time.Second

// ask runs an action on elements of the tab or its frame. What it is given keeps its queries there.
func ask[T any](b *Tab, action func(within chromedp.QueryOption) chromedp.Action[T]) T {
	b.t.Helper()
	for {
		value, err := tryOnce(b, action)
		if err == nil {
			return value
		}
		if b.frame == "" || b.ctx.Err() != nil {
			at, _ := chromedp.Run(context.WithoutCancel(b.ctx), chromedp.Location())
			b.t.Fatalf("%v, at %s", err, at)
		}
	}
}

func tryOnce[T any](b *Tab, action func(within chromedp.QueryOption) chromedp.Action[T]) (T, error) {
	if b.frame == "" {
		return chromedp.Run(b.ctx, action(chromedp.FromNode(nil)))
	}
	ctx, end := context.WithTimeout(b.ctx, glance)
	defer end()
	frames, err := chromedp.Run(ctx, chromedp.Nodes(b.frame))
	if err != nil {
		return *new(T), err
	}
	return chromedp.Run(ctx, action(chromedp.FromNode(frames[0])))
}

// void is an action that answers nothing.
type void = chromedp.Action[chromedp.Void]

// control is the element with a data-testid.
func control(id string) chromedp.CSS { return chromedp.CSS(fmt.Sprintf("[data-testid=%q]", id)) }

// Visit goes to an address and returns the status of the answer.
func (b *Tab) Visit(url string) (status int) {
	b.t.Helper()
	return b.arrive(chromedp.Navigate(url))
}

// Reload loads the page again, as its button in the browser does: what was posted to it is posted again.
func (b *Tab) Reload() (status int) {
	b.t.Helper()
	return b.arrive(chromedp.Reload())
}

// GoBack goes to where the tab was before, by the browser's own button.
func (b *Tab) GoBack() (status int) {
	b.t.Helper()
	return b.arrive(chromedp.NavigateBack())
}

// Press clicks a control that leads to another page, and returns the status of its answer. In a frame, use Click.
func (b *Tab) Press(id string) (status int) {
	b.t.Helper()
	return b.arrive(chromedp.Click(control(id)))
}

func (b *Tab) arrive(steps ...void) int {
	b.t.Helper()
	response, err := chromedp.RunResponse(b.ctx, steps...)
	if err != nil {
		at, _ := chromedp.Run(context.WithoutCancel(b.ctx), chromedp.Location())
		b.t.Fatalf("%v, at %s", err, at)
	}
	return int(response.Status)
}

// Click clicks a control that does not leave the page; in a frame, any control.
func (b *Tab) Click(id string) {
	b.t.Helper()
	ask(b, func(within chromedp.QueryOption) void { return chromedp.Click(control(id), within) })
}

// Type types into a field, in place of what stands there.
func (b *Tab) Type(id, text string) {
	b.t.Helper()
	ask(b, func(within chromedp.QueryOption) void {
		return chromedp.Steps(chromedp.Clear(control(id), within), chromedp.SendKeys(control(id), text, within))
	})
}

// Enter types into a field and presses the Enter key, which sends the form. It returns the status of the page that follows.
func (b *Tab) Enter(id, text string) (status int) {
	b.t.Helper()
	return b.arrive(chromedp.SendKeys(control(id), text+"\n"))
}

// Choose sets the value of a select.
func (b *Tab) Choose(id, value string) {
	b.t.Helper()
	ask(b, func(within chromedp.QueryOption) void { return chromedp.SetValue(control(id), value, within) })
}

// Text waits for an element and returns what it says.
func (b *Tab) Text(id string) string {
	b.t.Helper()
	return ask(b, func(within chromedp.QueryOption) chromedp.Action[string] { return chromedp.Text(control(id), within) })
}

// Becomes waits until an element says what is wanted. A test that waits in vain ends when the tab's patience does.
func (b *Tab) Becomes(id string, wanted func(text string) bool) {
	b.t.Helper()
	for !wanted(b.Text(id)) {
	}
}

// Value is what a field or a select holds.
func (b *Tab) Value(id string) string {
	b.t.Helper()
	return ask(b, func(within chromedp.QueryOption) chromedp.Action[string] { return chromedp.Value(control(id), within) })
}

// Focused is the data-testid of the element that has the focus.
func (b *Tab) Focused() string {
	b.t.Helper()
	return ask(b, func(within chromedp.QueryOption) chromedp.Action[map[string]string] {
		return chromedp.Attributes(chromedp.CSS(":focus"), within)
	})["data-testid"]
}

// Shows waits until an element is to be seen.
func (b *Tab) Shows(id string) {
	b.t.Helper()
	ask(b, func(within chromedp.QueryOption) void { return chromedp.WaitVisible(control(id), within) })
}

// Has tells whether an element is on the page now.
func (b *Tab) Has(id string) bool {
	b.t.Helper()
	return len(ask(b, func(within chromedp.QueryOption) chromedp.Action[[]*chromedp.Node] {
		return chromedp.Nodes(chromedp.CSSAll(control(id)), chromedp.AtLeast(0), within)
	})) > 0
}

// URL is where the tab is.
func (b *Tab) URL() string {
	b.t.Helper()
	at, err := chromedp.Run(b.ctx, chromedp.Location())
	b.call(nil, err)
	return at
}

// Size is how wide and how tall the whole page is, and how wide the screen, in pixels.
func (b *Tab) Size() (width, height, screen int) {
	b.t.Helper()
	size, err := chromedp.Run(b.ctx, chromedp.Evaluate[[]int]("[document.documentElement.scrollWidth, document.documentElement.scrollHeight, innerWidth]"))
	b.call(nil, err)
	return size[0], size[1], size[2]
}

// Frame is the content of the iframe within an element, whatever page it shows.
func (b *Tab) Frame(id string) *Tab { return &Tab{t: b.t, ctx: b.ctx, frame: control(id) + " iframe"} }

// Shot keeps a picture of the whole page among the test's artefacts (go test -artifacts).
func (b *Tab) Shot(name string) {
	b.t.Helper()
	picture, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	b.call(nil, err)
	b.call(nil, os.WriteFile(filepath.Join(b.t.ArtifactDir(), name+".png"), picture, 0o644))
}
