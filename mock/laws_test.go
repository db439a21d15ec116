package mock_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"pgregory.net/rapid"

	"understudy/mock"
	"understudy/mock/internal/checkout"
	"understudy/mock/internal/engine"
	"understudy/mock/internal/money"
	"understudy/mock/internal/openapi"
	"understudy/mock/internal/states"
	"understudy/mock/internal/world"
	"understudy/specs"
)

// TestLaws lets anything happen to the orders of each provider, in any order and more than once: its operations with the ids that their answers
// told and amounts of every size, the buttons of its pages, what the control API can do, and time. Whatever happens, money is conserved, nothing
// is paid twice, and what is final stays so.
func TestLaws(t *testing.T) {
	t.Parallel()
	for _, setting := range []struct{ name, usual, here string }{
		{"rapid.checks", "100", "50"}, // of some thirty steps each
		{"rapid.seed", "0", "1"},      // the same lives every time, unless others are asked for
	} {
		if f := flag.Lookup(setting.name); f.Value.String() == setting.usual {
			t.Cleanup(func() { f.Value.Set(setting.usual) })
			f.Value.Set(setting.here)
		}
	}
	for _, name := range specs.Providers() {
		t.Run(name, func(t *testing.T) {
			p := stage(t, name, func(o *mock.Options) {
				o.Profiles = map[string]string{"fabric": "strict"} // without it, fabric writes down whatever balances it is told
			})
			seen := map[string]int{}
			rapid.Check(t, func(r *rapid.T) {
				l := enter(t, r, p, seen)
				defer p.engine.Delete(l.world)
				r.Repeat(map[string]func(*rapid.T){
					"call": l.call, "call, and again": l.call, "repeat": l.repeat, "press": l.press, "settle": l.settle, "apply": l.apply, "wait": l.wait,
					"": l.hold,
				})
			})
			t.Log(seen)
			for _, kind := range []string{"call", "repeat", "paid"} {
				if seen[kind] == 0 {
					t.Errorf("nothing of the kind %q ever went well: this test has lost its way (%v)", kind, seen)
				}
			}
		})
	}
}

// course is what happens in a world in which anything happens.
type course struct {
	p      *platform
	room   engine.ServedRoom
	world  string
	place  world.Place
	known  map[string][]string // ids by the path segment or member that they belong to
	sent   []request
	went   []request // those that were not refused
	orders map[string]engine.Summary
	seen   map[string]int // what went well, of all lives
}

func enter(t *testing.T, r *rapid.T, p *platform, seen map[string]int) *course {
	l := &course{p: p, world: fmt.Sprintf("laws-%d", p.worlds.Add(1)), known: map[string][]string{}, orders: map[string]engine.Summary{}, seen: seen}
	for _, room := range p.engine.Rooms() {
		if room.Name == p.name {
			l.room = room
		}
	}
	for _, op := range p.document.Operations() { // the tenant is the one that the examples are about
		if a := p.must(t, l.world, sample(op, "")); a.status < 300 && a.exchange != nil && a.exchange.Tenant != "" {
			l.place = world.Place{Provider: p.name, Tenant: a.exchange.Tenant}
			l.learn(a)
			break
		}
	}
	l.hold(r)
	l.lookAround(t)
	return l
}

// lookAround learns the ids of what orders have from the start and operations change by its own path: in lists below each order.
func (l *course) lookAround(t *testing.T) {
	var changed []string
	for _, op := range l.p.document.Operations() {
		if op.Effect != "read" {
			changed = append(changed, path.Base(path.Dir(op.Path)))
		}
	}
	for _, op := range l.p.document.Operations() {
		variables := op.Sample("").Path
		if op.Effect != "read" || len(variables) != 1 || !strings.HasSuffix(path.Dir(op.Path), "}") || !slices.Contains(changed, path.Base(op.Path)) {
			continue
		}
		for _, id := range l.known["orders"] {
			q := sample(op, "")
			for name := range variables {
				q.path = expand(op.Path, map[string]string{name: id})
			}
			l.learn(l.p.must(t, l.world, q))
		}
	}
}

// call carries out an operation on something that is there.
func (l *course) call(r *rapid.T) {
	among := l.p.document.Operations()
	if rapid.IntRange(0, 7).Draw(r, "reading too") > 0 { // it changes nothing, but tells ids
		among = slices.DeleteFunc(slices.Clone(among), func(op *openapi.Operation) bool { return op.Effect == "read" })
	}
	op := rapid.SampledFrom(among).Draw(r, "operation")
	q := l.about(r, op)
	if can := l.room.Scenarios[op.ID]; rapid.IntRange(0, 9).Draw(r, "wish") == 0 || len(can) > 0 && rapid.Bool().Draw(r, "wish that it can play") {
		if len(can) == 0 {
			can = checkout.Scenarios()
		}
		q = q.with("Prefer", "scenario="+string(rapid.SampledFrom(can).Draw(r, "scenario")))
	}
	l.sent = append(l.sent, q)
	l.send(r, "call", q)
}

// repeat sends a request that was sent before, as clients do that did not see its answer.
func (l *course) repeat(r *rapid.T) {
	list := l.sent
	if len(l.went) > 0 && rapid.Bool().Draw(r, "one that went well") {
		list = l.went
	}
	if len(list) > 0 {
		l.send(r, "repeat", rapid.SampledFrom(list).Draw(r, "again"))
	}
}

func (l *course) send(r *rapid.T, kind string, q request) {
	a, err := l.p.send(l.world, q)
	if err != nil {
		r.Fatalf("%s: %v", q, err)
	}
	if a.status >= 500 {
		r.Fatalf("%s is answered %s", q, a)
	}
	if a.status < 300 {
		l.seen[kind]++
		if q.method != "GET" {
			l.went = append(l.went, q)
		}
	}
	l.learn(a)
}

// press presses a button of a customer's page, whether it has one of that name or not.
func (l *course) press(r *rapid.T) {
	var links, open []string
	for _, o := range inOrder(l.orders) {
		for _, p := range o.Payments {
			if p.Link != "" {
				links = append(links, p.Link)
			}
			if p.Link != "" && !l.final(p.State) {
				open = append(open, p.Link)
			}
		}
	}
	if len(links) == 0 {
		return
	}
	if len(open) > 0 && rapid.IntRange(0, 3).Draw(r, "open") > 0 {
		links = open
	}
	events := []string{"pay", "decline", "abandon", "authenticate", "resend", "fail_authentication", "cancel", "approve"}
	form := url.Values{"event": {rapid.SampledFrom(events).Draw(r, "button")}, "card-number": {"4242424242424242"}, "otp": {rapid.SampledFrom([]string{"000000", "Checkout1!", "1"}).Draw(r, "code")}}
	if s := rapid.SampledFrom(append(checkout.Scenarios(), "")).Draw(r, "scenario"); s != "" {
		form.Set("scenario", string(s))
	}
	link := rapid.SampledFrom(links).Draw(r, "page")
	a, err := l.p.send(l.world, request{method: "POST", path: link, body: []byte(form.Encode()), header: http.Header{
		"Content-Type": {"application/x-www-form-urlencoded"}, "Understudy-Tenant": {l.place.Tenant},
	}})
	if err != nil || a.status >= 500 {
		r.Fatalf("%v on %s is answered %s, %v", form, link, a, err)
	}
	if a.status < 400 {
		l.seen["press"]++
	}
}

// settle brings a payment to an outcome by a control call.
func (l *course) settle(r *rapid.T) {
	id := l.pick(r, "payments")
	if open := l.open(); len(open) > 0 && rapid.Bool().Draw(r, "open") {
		id = rapid.SampledFrom(open).Draw(r, "open payment")
	}
	if err := l.p.engine.Settle(l.world, l.place, id, rapid.SampledFrom(checkout.Outcomes()).Draw(r, "outcome")); err == nil {
		l.seen["settle"]++
	}
}

// open are the payments that wait for something.
func (l *course) open() (ids []string) {
	for _, o := range inOrder(l.orders) {
		for _, p := range o.Payments {
			if !l.final(p.State) {
				ids = append(ids, p.ID)
			}
		}
	}
	return ids
}

// final tells whether nothing more can become of a payment, in whichever of the room's tables its state stands.
func (l *course) final(state string) bool {
	for _, table := range l.room.States {
		if table.Machine != "orders" && table.Has(state) && !table.Final(state) {
			return false
		}
	}
	return true
}

// apply takes an arrow of a table by a control call.
func (l *course) apply(r *rapid.T) {
	table := rapid.SampledFrom(l.room.States).Draw(r, "machine")
	event := rapid.SampledFrom(table.Events()).Draw(r, "event")
	if err := l.p.engine.Apply(l.world, l.place, table.Machine, l.pick(r, table.Machine), event); err == nil {
		l.seen["apply"]++
	}
}

// wait lets time pass.
func (l *course) wait(r *rapid.T) {
	by := rapid.SampledFrom([]time.Duration{time.Second, time.Minute, 15 * time.Minute, 3 * time.Hour, 8 * 24 * time.Hour}).Draw(r, "time")
	if err := l.p.mock.Advance(l.world, by); err != nil {
		r.Fatal(err)
	}
}

// about is an operation's sample with ids of what is there and other amounts.
func (l *course) about(r *rapid.T, op *openapi.Operation) request {
	s := op.Sample("")
	segments := strings.Split(strings.Trim(op.Path, "/"), "/")
	above := ""
	for i, segment := range segments {
		name, isVariable := strings.CutPrefix(segment, "{")
		if name = strings.TrimSuffix(name, "}"); !isVariable || i == 0 {
			continue
		}
		if rapid.IntRange(0, 2).Draw(r, "other") > 0 {
			id := l.pick(r, segments[i-1])
			if own := l.orders[above].Payments; segments[i-1] == "payments" && len(own) > 0 && rapid.IntRange(0, 3).Draw(r, "own") > 0 {
				id = rapid.SampledFrom(own).Draw(r, "payment").ID
			}
			if id != "" {
				if rapid.IntRange(0, 3).Draw(r, "throughout") > 0 { // bodies repeat what paths say
					s.Body = bytes.ReplaceAll(s.Body, quoted(s.Path[name]), quoted(id))
				}
				s.Path[name] = id
			}
		}
		above = s.Path[name]
	}
	q := sample(op, "")
	q.path = expand(op.Path, s.Path)
	var body any
	if json.Unmarshal(s.Body, &body) == nil && body != nil {
		if rapid.IntRange(0, 2).Draw(r, "vary") > 0 {
			body = l.vary(r, body, op.BodySchema(s.Media))
		}
		q.body, _ = json.Marshal(body)
	}
	return q
}

func quoted(id string) []byte { return []byte(strconv.Quote(id)) }

// vary puts other ids and amounts into a body, and sets what it could set as well.
func (l *course) vary(r *rapid.T, value any, schema *openapi3.Schema) any {
	switch v := value.(type) {
	case map[string]any:
		for name := range inOrder(v) {
			if name == "id" && rapid.IntRange(0, 7).Draw(r, "its own id") > 0 {
				continue // it is the path's: another would be refused
			}
			v[name] = l.vary(r, v[name], member(schema, name))
		}
		for _, name := range l.wishes(r, v, schema) {
			if takes(schema.Properties[name], true) {
				v[name] = true
			} else {
				v[name] = l.sum(r)
			}
		}
	case []any:
		for i := range v {
			v[i] = l.vary(r, v[i], nil)
		}
	case float64:
		if rapid.Bool().Draw(r, "other amount") {
			return rapid.SampledFrom([]any{v, 0, v / 2, v * 2, v * 10, l.sum(r), l.orders[l.pick(r, "orders")].Due.Number()}).Draw(r, "amount")
		}
	case string:
		for _, segment := range slices.Sorted(maps.Keys(l.known)) {
			if slices.Contains(l.known[segment], v) && rapid.Bool().Draw(r, "other id") {
				return l.pick(r, segment)
			}
		}
		if _, err := strconv.ParseFloat(v, 64); err == nil && strings.Contains(v, ".") && rapid.Bool().Draw(r, "other amount") {
			return rapid.SampledFrom([]string{v, "0.00", "0.01", "10.00", l.orders[l.pick(r, "orders")].Due.Text()}).Draw(r, "amount")
		}
	}
	return value
}

// wishes are members that a body lacks and that ask for something: a trigger, an amount. Most of the time it is one, or none.
func (l *course) wishes(r *rapid.T, body map[string]any, schema *openapi3.Schema) (chosen []string) {
	if schema == nil {
		return nil
	}
	var lacks []string
	for name, property := range inOrder(schema.Properties) {
		if _, given := body[name]; !given && (takes(property, true) || takes(property, 1.0)) {
			lacks = append(lacks, name)
		}
	}
	for len(lacks) > 0 && len(chosen) < 3 && rapid.Bool().Draw(r, "too") {
		name := rapid.SampledFrom(lacks).Draw(r, "member")
		if chosen = append(chosen, name); len(chosen) == 1 { // what belongs to a trigger is named after it
			lacks = slices.DeleteFunc(lacks, func(other string) bool { return !strings.HasPrefix(other, name) && rapid.Bool().Draw(r, "unrelated") })
		}
	}
	return chosen
}

// takes tells whether a member may have a value.
func takes(property *openapi3.SchemaRef, value any) bool {
	return property.Value.VisitJSON(value) == nil
}

// sum is an amount in minor units: nothing, next to nothing, or what an order costs or owes, once or twice.
func (l *course) sum(r *rapid.T) int64 {
	o := l.orders[l.pick(r, "orders")]
	return rapid.SampledFrom([]int64{0, 1, o.Due.Minor, o.Total.Minor, 2 * o.Total.Minor}).Draw(r, "sum")
}

func member(schema *openapi3.Schema, name string) *openapi3.Schema {
	if schema == nil || schema.Properties[name] == nil {
		return nil
	}
	return schema.Properties[name].Value
}

// pick is one of the known ids of a kind; of the orders' where the kind is not known. "" before there is one.
func (l *course) pick(r *rapid.T, kind string) string {
	ids := l.known[kind]
	if ids == nil {
		ids = l.known["orders"]
	}
	if len(ids) == 0 {
		return ""
	}
	return rapid.SampledFrom(ids).Draw(r, kind)
}

// learn keeps the ids that an answer tells.
func (l *course) learn(a answer) {
	decoder := json.NewDecoder(bytes.NewReader(a.body))
	decoder.UseNumber()
	var body any
	if decoder.Decode(&body) == nil {
		l.harvest("", body)
	}
}

func (l *course) harvest(kind string, value any) {
	switch v := value.(type) {
	case map[string]any:
		if t, ok := v["type"].(string); ok && v["attributes"] != nil {
			kind = t
		}
		for _, name := range []string{"id", "number"} {
			if id := fmt.Sprint(v[name]); v[name] != nil && id != "" {
				l.know(kind, id)
			}
		}
		for name, inner := range inOrder(v) {
			l.harvest(name, inner)
		}
	case []any:
		for _, inner := range v {
			l.harvest(kind, inner)
		}
	}
}

func (l *course) know(kind, id string) {
	if !slices.Contains(l.known[kind], id) {
		l.known[kind] = append(l.known[kind], id)
	}
}

// hold compares every order with what it was before the last step.
func (l *course) hold(r *rapid.T) {
	list, err := l.p.engine.Orders(l.world, l.place)
	if err != nil {
		r.Fatal(err)
	}
	now := map[string]engine.Summary{}
	for _, o := range list {
		now[o.ID] = o
		l.know("orders", o.ID)
		for _, p := range o.Payments {
			l.know("payments", p.ID)
		}
		if len(o.Payments) == 0 {
			l.know("payments", o.ID)
		}
		for machine, standings := range inOrder(o.Machines) {
			for _, s := range standings {
				l.know(machine, s.ID)
			}
		}
		if problem := l.broken(l.orders[o.ID], o); problem != "" {
			r.Fatalf("order %s: %s\nbefore: %+v\nnow:    %+v", o.ID, problem, l.orders[o.ID], o)
		}
	}
	if bugs := l.p.mock.Bugs(); len(bugs) > 0 {
		r.Fatalf("the simulator broke its word: %v", bugs)
	}
	l.orders = now
}

// broken tells which law an order breaks. `was` is empty for an order that is new.
func (l *course) broken(was, is engine.Summary) string {
	if err := is.Ledger.Check(); err != nil {
		return err.Error()
	}
	if is.Ledger.Currency() != is.Total.Currency {
		return fmt.Sprintf("its money is in %q, its total in %q", is.Ledger.Currency(), is.Total.Currency)
	}
	if was.ID == "" {
		return ""
	}
	for _, sum := range []struct {
		of      string
		was, is money.Amount
	}{
		{"captured", was.Ledger.Captured, is.Ledger.Captured}, {"refunded", was.Ledger.Refunded, is.Ledger.Refunded},
	} {
		if sum.is.Minor < sum.was.Minor {
			return fmt.Sprintf("what was %s became less", sum.of)
		}
		if sum.is.Minor > sum.was.Minor {
			l.seen[sum.of]++
		}
	}
	if is.Ledger.Net().Minor > was.Ledger.Net().Minor {
		l.seen["paid"]++
	}
	// Nobody promises twice, and so nobody pays twice. A promise outlives a total that falls: what was promised before may still be taken.
	// fabric charges nobody: it writes down what it is told was paid, and orders of its page's figures do not add up.
	if p := promised(is.Ledger); p > promised(was.Ledger) && p > is.Total.Minor && l.p.name != "fabric" {
		return fmt.Sprintf("%d minor units were promised or paid of %s", p, is.Total)
	}
	moved := []struct{ machine, was, is string }{{"orders", was.State, is.State}, {"payments", was.Payment, is.Payment}}
	if len(is.Payments) > 0 {
		moved = moved[:1]
		for _, p := range is.Payments {
			if hasTableOfItsOwn(is, p.ID) {
				continue
			}
			if i := slices.IndexFunc(was.Payments, func(b engine.PaymentSummary) bool { return b.ID == p.ID }); i >= 0 {
				moved = append(moved, struct{ machine, was, is string }{"payments", was.Payments[i].State, p.State})
			}
		}
	}
	for machine, standings := range inOrder(is.Machines) {
		for _, s := range standings {
			if i := slices.IndexFunc(was.Machines[machine], func(b engine.Standing) bool { return b.ID == s.ID }); i >= 0 {
				moved = append(moved, struct{ machine, was, is string }{machine, was.Machines[machine][i].State, s.State})
			}
		}
	}
	for _, m := range moved {
		for _, table := range l.room.States {
			if table.Machine == m.machine && table.Has(m.was) && !leads(table, m.was, m.is) {
				return fmt.Sprintf("%s: no arrows lead from %s to %s", m.machine, m.was, cmp.Or(m.is, "nothing"))
			}
		}
	}
	return ""
}

// hasTableOfItsOwn tells whether a payment stands among the order's machines, whose tables say what may become of it.
func hasTableOfItsOwn(o engine.Summary, payment string) bool {
	for _, list := range o.Machines {
		if slices.ContainsFunc(list, func(s engine.Standing) bool { return s.ID == payment }) {
			return true
		}
	}
	return false
}

// promised is what the customer has paid or may still be asked for, in minor units.
func promised(l money.Ledger) int64 { return l.Authorized.Minor - l.Voided.Minor - l.Refunded.Minor }

// leads tells whether a table's arrows lead from one state to another. From a final one, none do.
func leads(table states.Table, from, to string) bool {
	reached := []string{from}
	for i := 0; i < len(reached); i++ {
		if reached[i] == to {
			return true
		}
		for _, m := range table.Moves {
			if m.From == reached[i] && !slices.Contains(reached, m.To) {
				reached = append(reached, m.To)
			}
		}
	}
	return false
}
