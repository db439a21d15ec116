package control_test

import (
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"understudy/mock"
	"understudy/mock/internal/checkout"
	"understudy/mock/mocktest"
)

// way is what the demo shop's page tells its script of a way to pay.
type way struct {
	ID, Provider, Tenant, Item, Price, Role, Link string
	Header                                        map[string]string
	Scenarios                                     []string
	Calls, After                                  []demoCall
	SDK                                           *struct{ Script, Payload string }
}

type demoCall struct {
	Method, URL string
	Body        any
	Scenarios   []string
	Keep        map[string]string
	Facts       []struct{ Label, Pointer, Paid string }
}

var storyOf = regexp.MustCompile(`(?s)<script type="application/json" id="story">(.*?)</script>`)

// ways reads them off the page.
func ways(t *testing.T, page mocktest.Response) (list []way) {
	t.Helper()
	found := storyOf.FindSubmatch(page.Want(200).Body)
	if found == nil {
		t.Fatalf("the page tells its script nothing:\n%s", page.Body)
	}
	var story struct{ Ways []way }
	if err := json.Unmarshal(found[1], &story); err != nil {
		t.Fatalf("%v in %s", err, found[1])
	}
	return story.Ways
}

// customer plays a way as the page's script and the customer's browser do.
type customer struct {
	*mocktest.Server
	t      *testing.T
	world  string // the path's prefix
	way    way
	values map[string]any
	prefer string
}

var named = regexp.MustCompile(`\{([\w-]+)\}`)

// fill puts values in; false if one of them is not known.
func (c customer) fill(text string, encode func(string) string) (string, bool) {
	known := true
	return named.ReplaceAllStringFunc(text, func(name string) string {
		value, ok := c.values[strings.Trim(name, "{}")].(string)
		known = known && ok
		return encode(value)
	}), known
}

func (c customer) perform(call demoCall) (r mocktest.Response, known bool) {
	path, known := c.fill(call.URL, url.PathEscape)
	if !known {
		return r, false
	}
	var headers []string
	for name, value := range c.way.Header {
		headers = append(headers, name+": "+value)
	}
	if len(call.Scenarios) > 0 && c.prefer != "" {
		headers = append(headers, "Prefer: scenario="+c.prefer)
	}
	var sent any
	if call.Body != nil {
		raw, _ := json.Marshal(call.Body)
		body, known := c.fill(string(raw), func(text string) string { b, _ := json.Marshal(text); return strings.Trim(string(b), `"`) })
		if !known {
			return r, false
		}
		sent = body
	}
	r = c.Call(call.Method, path, sent, headers...)
	if r.Status < 300 {
		for name, pointer := range call.Keep {
			if value := r.At(strings.ReplaceAll(strings.TrimPrefix(pointer, "/"), "/", ".")); value != nil {
				c.values[name] = value
			}
		}
	}
	return r, true
}

// begin makes the order and the calls until the customer's part, which all have to succeed.
func (c customer) begin() {
	c.t.Helper()
	if r := c.try(); r.Status > 299 {
		c.t.Fatalf("%d %s", r.Status, r.Body)
	}
}

// try is begin until a call is refused. It returns the last answer.
func (c customer) try() (r mocktest.Response) {
	c.t.Helper()
	back := url.Values{"way": {c.way.ID}}
	if c.way.Role != "" {
		made := post(c.Server, c.world+api+"/"+c.way.Provider+"/"+c.way.Tenant+"/orders", map[string]any{"role": c.way.Role}).Want(201)
		c.values["order"] = made.Text("id")
		back.Set("order", made.Text("id"))
		if total := fmt.Sprintf("%d.%02d %s", int(made.At("total.minor").(float64))/100, int(made.At("total.minor").(float64))%100, made.Text("total.currency")); total != c.way.Price {
			c.t.Errorf("it costs %s, the page says %s", total, c.way.Price)
		}
	}
	c.values["return"] = c.URL + c.world + api + "/demo?" + back.Encode()
	for _, call := range c.way.Calls {
		known := false
		if r, known = c.perform(call); !known {
			c.t.Fatalf("%s %s needs what nobody knows", call.Method, call.URL)
		}
		if r.Status > 299 {
			break
		}
	}
	return r
}

// paid asks the platform, as the shop does when the customer is back.
func (c customer) paid() bool {
	c.t.Helper()
	paid := false
	for _, call := range c.way.After {
		r, known := c.perform(call)
		for _, fact := range call.Facts {
			if known && fact.Paid != "" {
				paid = r.Text(strings.ReplaceAll(strings.TrimPrefix(fact.Pointer, "/"), "/", ".")) == fact.Paid
			}
		}
	}
	return paid
}

var (
	formAction = regexp.MustCompile(`<form method="post" action="([^"]+)" id="return"`)
	posted     = regexp.MustCompile(`name="response" value="([^"]*)"`)
)

// act presses buttons of the payment page until it is over, and comes back to the shop. It returns the shop's page.
func (c customer) act(outcome string) mocktest.Response {
	c.t.Helper()
	link := c.values[c.way.Link].(string)
	page := string(c.Call("GET", link, nil).Want(200).Body)
	if !strings.Contains(page, c.way.Price) {
		c.t.Errorf("the payment page does not ask for %s:\n%s", c.way.Price, page)
	}
	press := "event=" + outcome
	switch {
	case strings.Contains(page, `data-stage="pay"`) && outcome == "approve":
		press = "event=pay&card-number=4242424242424242"
	case strings.Contains(page, `data-stage="challenge"`) && outcome == "approve":
		code := regexp.MustCompile(`data-testid="code">([^<]+)<`).FindStringSubmatch(page)
		press = "event=authenticate&otp=" + url.QueryEscape(html.UnescapeString(code[1]))
	case strings.Contains(page, `data-stage="challenge"`):
		press = "event=fail_authentication"
	}
	r := c.Call("POST", link, press)
	if r.Status == 303 {
		back, err := url.Parse(r.Header.Get("Location"))
		if err != nil {
			c.t.Fatal(err)
		}
		for name := range back.Query() {
			c.values[name] = back.Query().Get(name)
		}
		r = c.Call("GET", back.String(), nil)
	}
	if to := formAction.FindStringSubmatch(string(r.Body)); to != nil { // a form that the browser posts, of which it does not tell the origin
		response := html.UnescapeString(posted.FindStringSubmatch(string(r.Body))[1])
		var order map[string]any
		json.Unmarshal([]byte(response), &order)
		for name, value := range order {
			c.values[name] = value
		}
		return c.Call("POST", html.UnescapeString(to[1]), "response="+url.QueryEscape(response), "Content-Type: application/x-www-form-urlencoded", "Origin: null").Want(200)
	}
	return r.Want(200)
}

// TestDemoShop walks every way of the demo shop, in the default world and in another, as its script and its customers do.
func TestDemoShop(t *testing.T) {
	t.Parallel()
	for _, world := range []string{"", "/w/x"} {
		list := ways(t, start(t).Call("GET", world+api+"/demo", nil))
		if len(list) < 4 {
			t.Errorf("there are %d ways to pay", len(list))
		}
		for _, way := range list {
			for _, outcome := range []string{"approve", "decline"} {
				t.Run(world+" "+way.ID+" "+outcome, func(t *testing.T) {
					t.Parallel()
					c := customer{Server: start(t), t: t, world: world, way: way, values: map[string]any{}}
					c.begin()
					if way.SDK != nil {
						c.sdk()
						return
					}
					page := string(c.act(outcome).Body)
					if !strings.Contains(page, `data-state="back"`) || !strings.Contains(page, `data-testid="returned"`) {
						t.Errorf("the shop does not see that its customer is back:\n%s", page)
					}
					if strings.Contains(page, `data-testid="signature"`) && !strings.Contains(page, `data-signed="true"`) {
						t.Error("the signature does not hold")
					}
					if paid := c.paid(); paid != (outcome == "approve") {
						t.Errorf("paid: %v", paid)
					}
				})
			}
		}
	}
}

// sdk looks for the script and for what it is given.
func (c customer) sdk() {
	c.t.Helper()
	r := c.Call("GET", c.way.SDK.Script, nil).Want(200)
	if media := r.Header.Get("Content-Type"); !strings.HasPrefix(media, "text/javascript") {
		c.t.Errorf("the script is %s", media)
	}
	if c.values[c.way.SDK.Payload] == nil {
		c.t.Error("there is nothing to give it")
	}
}

func TestDemoScenarios(t *testing.T) {
	t.Parallel()
	for _, way := range ways(t, start(t).Call("GET", api+"/demo", nil)) {
		t.Run(way.ID, func(t *testing.T) {
			t.Parallel()
			c := customer{Server: start(t), t: t, way: way, values: map[string]any{}, prefer: "approved"}
			c.begin()
			if !c.paid() {
				t.Error("a scenario that was asked for did not happen")
			}
		})
		for _, scenario := range checkout.Scenarios() {
			t.Run(way.ID+" "+string(scenario), func(t *testing.T) {
				t.Parallel()
				c := customer{Server: start(t), t: t, way: way, values: map[string]any{}, prefer: string(scenario)}
				r := c.try()
				refused := r.Status == 400 && strings.Contains(string(r.Body), "cannot be played")
				if offered := slices.Contains(way.Scenarios, string(scenario)); offered == refused {
					t.Errorf("offered: %v, and answered %d %s", offered, r.Status, r.Body)
				}
				shop := c.Call("GET", api+"/demo?way="+way.ID+"&scenario="+string(scenario)+"&order=7", nil).Want(200)
				if kept := strings.Contains(string(shop.Body), "<option selected>"+string(scenario)+"<"); kept == refused {
					t.Errorf("who comes back finds it chosen: %v", kept)
				}
			})
		}
	}
}

func TestDemoPage(t *testing.T) {
	t.Parallel()
	s := start(t)
	page := s.Call("GET", api+"/demo", nil).Want(200)
	t.Run("it runs its own script and the SDK, and speaks to this host alone", func(t *testing.T) {
		policy := page.Header.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "script-src 'self' 'sha256-", "connect-src 'self'", "frame-src 'self'", "form-action 'none'", "frame-ancestors 'none'"} {
			if !strings.Contains(policy, want) {
				t.Errorf("no %s in %s", want, policy)
			}
		}
		if strings.Contains(policy, "unsafe") {
			t.Error(policy)
		}
	})
	t.Run("every control can be found by a test", func(t *testing.T) {
		for _, id := range []string{"buy", "scenario", "way-commerceengine-link", "way-commerceengine-sdk", "way-nextcommerce-redirect", "way-commercelayer-redirect", "sdk", "verdict", "again", "facts", "calls"} {
			if !strings.Contains(string(page.Body), `data-testid="`+id+`"`) {
				t.Errorf("no %s", id)
			}
		}
	})
	t.Run("what comes back is escaped, and a signature that does not hold is called so", func(t *testing.T) {
		evil := url.QueryEscape(`</script><script>alert(1)</script>`)
		for _, r := range []mocktest.Response{
			s.Call("GET", api+"/demo?way=commerceengine-link&status=CHARGED&signature=x&order="+evil+"&"+evil+"=1", nil),
			s.Call("POST", api+"/demo?way=nextcommerce-redirect", "response="+evil, "Content-Type: application/x-www-form-urlencoded", "Origin: https://elsewhere.example.test"),
		} {
			if text := string(r.Want(200).Body); strings.Contains(text, "<script>alert") || !strings.Contains(text, "alert(1)") {
				t.Errorf("not escaped:\n%s", text)
			}
		}
		r := s.Call("GET", api+"/demo?way=commerceengine-link&status=CHARGED&signature=x", nil)
		if !strings.Contains(string(r.Body), `data-signed="false"`) {
			t.Error("the shop takes any signature")
		}
	})
	t.Run("it changes nothing", func(t *testing.T) {
		before := s.Call("GET", api+"/worlds/default", nil).Text("commits")
		s.Call("GET", api+"/demo?order=ORD-1001&status=CHARGED", nil).Want(200)
		if after := s.Call("GET", api+"/worlds/default", nil).Text("commits"); after != before || before == "" {
			t.Errorf("%q changes before, %q after", before, after)
		}
	})
	t.Run("another site's pages may post to nothing else here", func(t *testing.T) {
		post := func(path string) mocktest.Response {
			return s.Call("POST", path, "{}", "Content-Type: application/json", "Origin: https://elsewhere.example.test")
		}
		post(api + "/clock/freeze").Want(403)
		post(api + "/commerceengine/store_01/orders").Want(403)
	})
	t.Run("a platform that is not served is not shown", func(t *testing.T) {
		t.Parallel()
		one := start(t, func(o *mock.Options) { o.Providers = []string{"commerceengine"} })
		if list := ways(t, one.Call("GET", api+"/demo", nil)); len(list) != 2 {
			t.Errorf("%d ways", len(list))
		}
		none := start(t, func(o *mock.Options) { o.Providers = []string{"fabric"} })
		if list := ways(t, none.Call("GET", api+"/demo", nil)); len(list) != 0 {
			t.Errorf("%d ways", len(list))
		}
	})
	t.Run("a profile that does without a call has no such way, and others keep theirs", func(t *testing.T) {
		t.Parallel()
		current := start(t, func(o *mock.Options) { o.Profiles = map[string]string{"commercelayer": "current"} })
		ways(t, current.Call("GET", api+"/demo", nil))
	})
}
