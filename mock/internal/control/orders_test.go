package control_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"understudy/mock/mocktest"
	"understudy/specs"
)

func TestOrders(t *testing.T) {
	t.Parallel()
	t.Run("every role of every provider can be given, at a price, and is found again", func(t *testing.T) {
		t.Parallel()
		s := start(t)
		var told struct {
			Providers []struct {
				Provider      string
				DefaultTenant string `json:"default_tenant"`
				Orders        []struct{ Name, ID string }
			}
		}
		s.Call("GET", api+"/triggers", nil).Into(&told)
		if len(told.Providers) != len(specs.Providers()) {
			t.Fatalf("%d providers", len(told.Providers))
		}
		for _, p := range told.Providers {
			base := api + "/" + p.Provider + "/" + url.PathEscape(p.DefaultTenant) + "/orders"
			if p.DefaultTenant == "" || len(p.Orders) == 0 {
				t.Errorf("%s: tenant %q, %d orders", p.Provider, p.DefaultTenant, len(p.Orders))
			}
			for _, role := range p.Orders {
				r := post(s, base, map[string]any{"role": role.Name}).Want(http.StatusCreated)
				if r.Text("id") == "" || r.Text("id") == role.ID || r.Text("total.currency") == "" {
					t.Errorf("%s, %s: %s", p.Provider, role.Name, r.Body)
				}
				same := s.Call("GET", r.Header.Get("Location"), nil).Want(http.StatusOK)
				if same.Text("id") != r.Text("id") || same.Text("state") != r.Text("state") {
					t.Errorf("%s, %s: made %s, found %s", p.Provider, role.Name, r.Body, same.Body)
				}
				s.Call("GET", base+"/"+url.PathEscape(role.ID), nil).Want(http.StatusOK)
			}
		}
	})
	t.Run("an order is given its number and its price", func(t *testing.T) {
		t.Parallel()
		s := start(t)
		asked := map[string]any{"state": "intent", "id": "o_Mine", "total": "49.90", "currency": "SEK"}
		r := post(s, api+"/norce/norce:1/orders", asked).Want(http.StatusCreated)
		if r.Text("id") != "o_Mine" || r.Text("total.minor") != "4990" || r.Text("total.currency") != "SEK" || r.Text("payments.0.state") != "intent" {
			t.Errorf("%s", r.Body)
		}
		post(s, api+"/norce/norce:1/orders", asked).Want(http.StatusConflict)
	})
	t.Run("a tenant's name may hold a slash, and worlds do not share tenants", func(t *testing.T) {
		t.Parallel()
		s := start(t)
		r := post(s, api+"/commerceengine/a%2Fb/orders", map[string]any{"role": "payable"}).Want(http.StatusCreated)
		s.Call("GET", r.Header.Get("Location"), nil).Want(http.StatusOK)
		s.Call("GET", strings.Replace(r.Header.Get("Location"), api, "/w/other"+api, 1), nil).Want(http.StatusNotFound)
		if r := s.Call("GET", api+"/worlds/default", nil); r.Text("tenants.0.tenant") != "a/b" {
			t.Errorf("%s", r.Body)
		}
	})
	t.Run("refusals", func(t *testing.T) {
		t.Parallel()
		s := start(t)
		for body, pointer := range map[string]string{
			`{}`: "/role", `{"role": "payable", "state": "intent"}`: "/state", `{"role": "unheard"}`: "/role", `{"role": "payable", "total": "1.00"}`: "/currency",
			`{"role": "payable", "currency": "SEK"}`: "/total", `{"role": "payable", "total": "1.001", "currency": "SEK"}`: "/total",
			`{"role": "payable", "total": "-1", "currency": "SEK"}`: "/total", `{"role": "payable", "total": 1, "currency": "SEK"}`: "/total",
			`{"role": "payable", "total": "1", "currency": "sek"}`: "/currency", `{"rolle": "payable"}`: "/rolle",
		} {
			r := s.Call("POST", api+"/norce/norce:1/orders", body, "Content-Type: application/json").Want(http.StatusBadRequest)
			if r.Text("problems.0.pointer") != pointer {
				t.Errorf("%s: %s", body, r.Body)
			}
		}
		s.Call("GET", api+"/norce/norce:1/orders/o_Nowhere", nil).Want(http.StatusNotFound)
		s.Call("GET", api+"/norce/"+strings.Repeat("x", 201)+"/orders", nil).Want(http.StatusBadRequest)
	})
}

func TestLinksOfPayments(t *testing.T) {
	t.Parallel()
	s := start(t)
	links := 0
	for provider, tenants := range map[string][]string{
		"commerceengine": {"store_01", "another"}, "norce": {"norce:1", "other:2"}, "nextcommerce": {"example", "another"}, "commercelayer": {"yourdomain", "another"},
	} {
		for _, tenant := range tenants {
			for _, prefix := range []string{"", "/w/other"} {
				var list struct {
					Orders []struct{ Payments []struct{ Link string } }
				}
				s.Call("GET", prefix+api+"/"+provider+"/"+tenant+"/orders", nil).Want(http.StatusOK).Into(&list)
				for _, o := range list.Orders {
					for _, p := range o.Payments {
						if p.Link == "" {
							continue
						}
						links++
						if r := s.Call("GET", p.Link, nil); r.Status != http.StatusOK && r.Status != http.StatusGone {
							t.Errorf("%s %s: %s answers %d", provider, tenant, p.Link, r.Status)
						}
					}
				}
			}
		}
	}
	if links == 0 {
		t.Error("no payment has a link")
	}
}

func TestEvents(t *testing.T) {
	t.Parallel()
	given := func(t *testing.T, s *mocktest.Server, state string) (order, payment string) {
		t.Helper()
		r := post(s, api+"/norce/norce:1/orders", map[string]any{"state": state}).Want(http.StatusCreated)
		return r.Text("id"), r.Text("payments.0.id")
	}
	for event, want := range map[string]string{"approve": "reserved", "decline": "declined", "fail_authentication": "failed", "abandon": "processing"} {
		t.Run("a customer's "+event, func(t *testing.T) {
			t.Parallel()
			s := start(t)
			order, payment := given(t, s, "processing")
			r := s.Call("POST", api+"/norce/norce:1/payments/"+payment+"/"+event, nil)
			if event == "abandon" && r.Status == http.StatusConflict {
				return // nothing becomes of it
			}
			r.Want(http.StatusOK)
			if r.Text("event") != event || r.Text("id") != payment || r.Text("order.id") != order {
				t.Errorf("%s", r.Body)
			}
			if got := s.Call("GET", api+"/norce/norce:1/orders/"+order, nil).Text("payments.0.state"); event != "abandon" && got != want {
				t.Errorf("the payment is %s, want %s", got, want)
			}
			if r := s.Call("GET", api+"/requests?cause=control", nil); r.Text("requests.1.operation") != "control:"+event {
				t.Errorf("%s", r.Body)
			}
		})
	}
	t.Run("an event of the tables", func(t *testing.T) {
		t.Parallel()
		s := start(t)
		order, payment := given(t, s, "processing")
		if r := s.Call("POST", api+"/norce/norce:1/payments/"+payment+"/review", nil).Want(http.StatusOK); r.Text("order.id") != order {
			t.Errorf("%s", r.Body)
		}
		if got := s.Call("GET", api+"/norce/norce:1/orders/"+order, nil).Text("payments.0.state"); got != "pending" {
			t.Errorf("the payment is %s", got)
		}
	})
	t.Run("refusals", func(t *testing.T) {
		t.Parallel()
		s := start(t)
		_, payment := given(t, s, "captured")
		for path, status := range map[string]int{
			"payments/" + payment + "/approve":       http.StatusConflict, // it is over
			"payments/" + payment + "/review":        http.StatusConflict,
			"payments/" + payment + "/refund":        http.StatusConflict, // an operation's
			"payments/" + payment + "/explode":       http.StatusNotFound,
			"payments/p_Nowhere/approve":             http.StatusNotFound,
			"payments/p_Nowhere/review":              http.StatusNotFound,
			"parcels/" + payment + "/review":         http.StatusNotFound,
			"payments/" + url.PathEscape("/") + "/x": http.StatusNotFound,
		} {
			r := s.Call("POST", api+"/norce/norce:1/"+path, nil).Want(status)
			if r.Text("detail") == "" {
				t.Errorf("%s: %s", path, r.Body)
			}
		}
		if r := s.Call("POST", api+"/norce/norce:1/payments/"+payment+"/refund", nil); !strings.Contains(r.Text("detail"), "refundPayment") {
			t.Errorf("%s", fmt.Sprint(r.At("detail")))
		}
	})
}

// TestARefusedEventListsThoseThatWork asks for an event that nobody has and then for each that the refusal names: they differ in the order alone.
func TestARefusedEventListsThoseThatWork(t *testing.T) {
	t.Parallel()
	s := start(t)
	for machine, some := range map[string]string{
		"commerceengine/store_01/payments": "insufficient_funds pend expire start approve_part", "commerceengine/store_01/orders": "pay",
		"nextcommerce/example/payments": "approve decline insufficient_funds pend void_part", "nextcommerce/example/fulfillments": "fulfill",
		"fabric/63310842f37ee100111e9fe3/payments": "approve expire", "fabric/63310842f37ee100111e9fe3/orders": "cancel",
		"norce/norce:1/payments": "approve charge", "commercelayer/yourdomain/payments": "approve pend",
	} {
		_, list, _ := strings.Cut(post(s, api+"/"+machine+"/nobody/explode", nil).Want(http.StatusNotFound).Text("detail"), "takes: ")
		for _, event := range strings.Fields(some) {
			if !slices.Contains(strings.Split(list, ", "), event) {
				t.Errorf("%s: %s is not among %q", machine, event, list)
			}
		}
		for _, event := range strings.Split(list, ", ") {
			if r := post(s, api+"/"+machine+"/nobody/"+event, nil).Want(http.StatusNotFound); !strings.Contains(r.Text("detail"), "nobody") {
				t.Errorf("%s: %s is listed, and is refused: %s", machine, event, r.Body)
			}
		}
	}
}
