// Package page draws the hosted pages that a customer's browser is sent to: a payment, a bank's challenge, what became of it.
// Every control is a plain form post; scripts only spare them a look: the countdown ticks, who is done goes on, what is stale is loaded again.
package page

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/idna"
)

// The stages of a customer's way that a page can show.
const (
	Pay       = "pay"       // choose how to pay, and pay
	Challenge = "challenge" // the bank asks for a one-time code
	Over      = ""          // nothing more to do here
)

// View is what a hosted page shows. Everything in it is escaped.
type View struct {
	Title    string // what the page is: "Payment", "3-D Secure"
	Merchant string
	Host     string // whose page it is, where it is not the merchant's: a wallet's, a bank's
	Order    string // the order's number, as the shop knows it
	Amount   string // with its currency
	Status   string // of the payment, as the provider names it
	Note     string // a sentence for the customer
	Mood     string // of an outcome: good, bad or wait

	Payment string // the id that the room settles
	Stage   string // Pay, Challenge or Over: where the room opens the page, then how far its customer has come
	Problem string // what was wrong with the last press of a button
	Field   string // the field that it was wrong with, by its id; it gets the focus

	Card, UPI bool     // what can be paid with
	Samples   []Sample // values that make something happen
	Scenarios []string // what the customer may ask to happen
	Masked    string   // of a challenge: what is being paid with
	Code      string   // of a challenge: the code that is right
	Sent      int      // of a challenge: how often the code was sent

	Now      time.Time // the world's
	Deadline time.Time // when the link ceases to be valid; zero if never
	Running  bool      // the world's clock runs

	Buttons    []Button          // further buttons of a page of the room's own
	Return     string            // where the customer goes once it is over: the shop's own URL, if it gave one
	Again      string            // this page itself, where a press of its button was refused
	Ways       []string          // while it is open: the URLs of which one becomes Return
	ReturnForm map[string]string // posted to Return, where the provider returns by POST; the browser does so by itself unless the link has expired
	Expired    bool              // the link is no longer valid: the page answers 410
	Missing    bool              // there is nothing behind the link: the page answers 404

	Frame *Frame // the shop's page that holds this one in a frame; nil where nobody waits for news
}

// Frame is the shop's page that holds a hosted page in a frame, and is told by postMessage what becomes of the payment.
type Frame struct {
	Origin string // of the shop's page: the browser tells no other
	News   string // what the page says as it is shown, as JSON; "" while the payment is open
	Left   string // what it says when the customer leaves an open payment
}

// Leave makes the page of an open payment that of a customer who has left it.
func (v *View) Leave() {
	v.Stage, v.Mood, v.Note, v.Deadline = Over, "wait", "You have left this page; the payment can still be made.", time.Time{}
	if v.Frame != nil {
		v.Frame.News = v.Frame.Left
	}
}

// Sample is a value that makes something happen.
type Sample struct{ Where, Value, Effect string }

// Button is a form of its own; pressing it posts `event`.
type Button struct {
	Event string // what it does: an outcome such as "approve"
	Label string
}

// Wrong are the attributes of a field that the last press was wrong with: it says so to a screen reader, and has the focus.
func (v View) Wrong(field string) template.HTMLAttr {
	if v.Problem == "" || v.Field != field {
		return ""
	}
	return `aria-invalid="true" aria-describedby="problem" autofocus`
}

// Digits tells whether a keyboard of digits is enough for the code.
func (v View) Digits() bool { return strings.Trim(v.Code, "0123456789") == "" }

// SecondsLeft is the time until the deadline, never negative. A second that has begun counts: at zero it is over.
func (v View) SecondsLeft() int {
	return int((max(v.Deadline.Sub(v.Now), 0) + time.Second - 1) / time.Second)
}

// Left is SecondsLeft as a clock shows it.
func (v View) Left() string {
	s := v.SecondsLeft()
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%02d:%02d", s/60, s%60)
}

//go:embed style.css
var style string

//go:embed countdown.js
var countdown string

//go:embed tell.js
var tell string

//go:embed return.js
var homing string

//go:embed fresh.js
var fresh string

//go:embed page.html
var layout string

var pages = template.Must(template.New("").Funcs(template.FuncMap{
	"style":     func() template.CSS { return template.CSS(style) },
	"countdown": func() template.JS { return template.JS(countdown) },
	"tell":      func() template.JS { return template.JS(tell) },
	"homing":    func() template.JS { return template.JS(homing) },
	"fresh":     func() template.JS { return template.JS(fresh) },
	"link":      link,
}).Parse(layout))

// Render draws the page.
func Render(v View) []byte {
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, "page", v); err != nil {
		panic(err) // the template is ours and its fields are text
	}
	return b.Bytes()
}

// Policy is the page's Content-Security-Policy. Nothing is loaded from anywhere; forms go to this server and, because browsers hold the
// redirect after a post to it as well, to the origins of this payment's own return URLs. Unless denied, any shop may frame the page.
func Policy(v View, denyFraming bool) string {
	forms := "'self'"
	for _, way := range append([]string{v.Return}, v.Ways...) {
		if o := origin(way); o != "" && !slices.Contains(strings.Fields(forms), o) {
			forms += " " + o
		}
	}
	frames := "*"
	if denyFraming {
		frames = "'none'"
	}
	return fmt.Sprintf("default-src 'none'; style-src %s; script-src %s %s %s %s; form-action %s; frame-ancestors %s; base-uri 'none'",
		Hash(style), Hash(countdown), Hash(tell), Hash(homing), Hash(fresh), forms, frames)
}

// Leads tells whether a customer's browser can be sent to a URL: a place in the web with a host and port that exist, and no script, file or application.
func Leads(link string) bool { return origin(link) != "" }

// origin is where a URL of the web leads, as a policy names it, which is in ASCII: a host of other letters goes by its name in the DNS.
// It is empty if the URL leads nowhere.
func origin(link string) string {
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	host, err := names.ToASCII(u.Hostname())
	if err != nil || !hostName.MatchString(host) {
		return ""
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port := u.Port(); port != "" {
		if _, err := strconv.ParseUint(port, 10, 16); err != nil {
			return ""
		}
		host += ":" + port
	}
	return u.Scheme + "://" + host
}

// names spells a host as browsers do: in lower case, and in ASCII.
var names = idna.New(idna.MapForLookup(), idna.StrictDomainName(false))

// hostName is a name or an address, and nothing that would end a policy's directive.
var hostName = regexp.MustCompile(`^[a-z0-9._-]+$|^[0-9a-f:.]+$`)

// link is an attribute that leads to a URL of the web, which stays byte for byte as the shop gave it: html/template would encode some of it.
func link(attribute, to string) template.HTMLAttr {
	if origin(to) == "" {
		return ""
	}
	return template.HTMLAttr(attribute + `="` + template.HTMLEscapeString(to) + `"`)
}

// Hash is the source of a Content-Security-Policy that lets this one inline script or style through.
func Hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
