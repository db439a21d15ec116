package fabric

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"understudy/mock/internal/checkout"
	"understudy/mock/internal/engine"
	"understudy/mock/internal/money"
	"understudy/mock/internal/states"
	"understudy/mock/internal/world"
)

// timers are what happens by itself.
var timers = map[string]func(*world.Tx, world.Timer) error{
	releaseTimer: releaseOrder,
	expiryTimer:  expireAuthorization,
}

// releaseTimer ends the hold after placement.
const releaseTimer = "order.release"

// getOrder answers an order by its number (assumed: the v2 read was not seen).
func getOrder(c *engine.Call) (engine.Reply, error) {
	o, err := find(c.Tx, c.Vars["orderNumber"])
	if err != nil {
		return engine.Reply{}, err
	}
	return o.answer()
}

// createOrder keeps a new order (published; the reply's status is that of the successor).
func createOrder(c *engine.Call) (engine.Reply, error) {
	var in NewOrder
	if err := c.Into(&in); err != nil {
		return engine.Reply{}, err
	}
	if in.ChannelID == "" {
		if context, _ := readContext(c.Header); context.Channel != nil {
			in.ChannelID = fmt.Sprint(context.Channel)
		}
	}
	var scenario checkout.Scenario
	if len(in.Payments) > 0 {
		scenario = c.Scenario()
	}
	in.stage(scenario)
	o, err := place(c.Tx, in, c.Tx.Now(), c.Profile == strict)
	if err != nil {
		return engine.Reply{}, err
	}
	if err := o.follow(c.Tx, scenario); err != nil {
		return engine.Reply{}, err
	}
	reply, err := o.answer()
	reply.Status = http.StatusCreated
	return reply, err
}

// stage has the payments of a new order begin as a scenario wants it: refused, or with the customer still to prove who they are.
func (in *NewOrder) stage(s checkout.Scenario) {
	word, begins := map[checkout.Scenario]string{
		checkout.Declined: "Declined", checkout.NoFunds: "Declined", checkout.ChallengeFailed: "Failed", checkout.Challenge: "PENDING",
	}[s]
	for i := range in.Payments {
		if p := &in.Payments[i]; begins {
			p.AuthAmount, p.ChargedAmount, p.Status = "", "", word
		}
	}
}

// follow has the payments of a placed order go on as a scenario wants it: authorised, or authorised long ago.
func (o *Order) follow(tx *world.Tx, s checkout.Scenario) error {
	for i := range o.Payments {
		p := &o.Payments[i]
		switch {
		case (s == checkout.Approved || s == checkout.Frictionless) && (p.State == paymentPending || p.State == paymentError):
			r := reported{balances: p.Balances, source: "scenario"}
			if err := o.approve(p, &r); err != nil {
				return err
			}
			if err := o.receive(tx, p, r); err != nil {
				return err
			}
		case s == checkout.Expired && p.State == paymentAuthorized:
			if err := o.expire(tx, p, tx.Now()); err != nil {
				return err
			}
		}
	}
	return nil
}

func find(tx *world.Tx, number string) (*Order, error) {
	o, ok := orders.Get(tx, number)
	if !ok {
		return nil, engine.Refuse(engine.NotFound, "order %s does not exist", number)
	}
	return o, nil
}

// step is what an event of the orders' machine does to the units of an order. A step in part moves one unit, of the last item that has one.
type step struct {
	process string               // the processName
	emits   string               // the vendor's name for it, if it has one
	units   func(l *Line) int    // how many units of an item it could move
	move    func(l *Line, n int) // moves them
	part    bool
	date    func(o *Order) *time.Time // the date that it sets the first time
}

var (
	unshipped   = func(l *Line) int { return l.Ordered - l.Cancelled - l.Shipped }
	undelivered = func(l *Line) int { return l.Shipped - l.Delivered }
	unreturned  = func(l *Line) int { return l.Delivered - l.Returned }
	cancelling  = func(l *Line, n int) { l.Cancelled += n }
	shipping    = func(l *Line, n int) { l.Shipped += n }
	pickingUp   = func(l *Line, n int) { l.Shipped, l.Delivered = l.Shipped+n, l.Delivered+n }
	delivering  = func(l *Line, n int) { l.Delivered += n }
	returning   = func(l *Line, n int) { l.Returned += n }
	cancelled   = func(o *Order) *time.Time { return &o.Cancelled }
	allocated   = func(o *Order) *time.Time { return &o.Allocated }
)

// steps are the events of orderStates.
var steps = map[string]step{
	"hold":         {process: "HOLD"},
	"release":      {process: "RELEASE", emits: "ORDER_CONFIRMED"},
	"allocate":     {process: "ALLOCATE", date: allocated},
	"cancel":       {process: "CANCEL", emits: "ORDER_CANCELLED", units: unshipped, move: cancelling, date: cancelled},
	"cancel_part":  {process: "CANCEL", units: unshipped, move: cancelling, part: true, date: cancelled},
	"ship":         {process: "SHIP", emits: "ORDER_SHIPPED", units: unshipped, move: shipping},
	"ship_part":    {process: "SHIP", units: unshipped, move: shipping, part: true},
	"pick_up":      {process: "PICK_UP", units: unshipped, move: pickingUp},
	"pick_up_part": {process: "PICK_UP", units: unshipped, move: pickingUp, part: true},
	"deliver":      {process: "DELIVER", units: undelivered, move: delivering},
	"deliver_part": {process: "DELIVER", units: undelivered, move: delivering, part: true},
	"return":       {process: "RETURN", emits: "ORDER_RETURNED", units: unreturned, move: returning},
	"return_part":  {process: "RETURN", emits: "ORDER_PARTIALLY_RETURNED", units: unreturned, move: returning, part: true},
}

// created is the vendor's name for an order's birth.
const created = "ORDER_CREATE"

// events are all that an order tells of.
func events() []string {
	names := []string{created}
	for _, s := range steps {
		if s.emits != "" {
			names = append(names, s.emits)
		}
	}
	return names
}

// take carries out an event on the order: its status, units, dates, version and audit log.
func (o *Order) take(tx *world.Tx, event, source string, at time.Time) error {
	to, err := orderStates.Next(o.State, event)
	if err != nil {
		return illegal(err, "order "+o.Number)
	}
	s := steps[event]
	log := AuditLog{ID: tx.ID("audit", o.Number).UUID(), Type: s.process, At: millis(at), IsSuccess: true, Source: source}
	if s.units != nil {
		moved, line, err := o.moveUnits(s)
		if err != nil {
			return err
		}
		log.Quantity = moved
		if s.part {
			log.SKU, log.LineItem = line.SKU, line.ID
		}
	}
	if s.date != nil {
		if date := s.date(o); date.IsZero() {
			*date = at
		}
	}
	if o.State != to {
		log.Fields = []UpdatedField{{Name: "statusCode", Original: o.State}}
	}
	if o.State == orderCreated && to != orderCreated {
		tx.Cancel(releaseTimer, o.Number)
	}
	o.State, o.Process = to, s.process
	o.Audit = append(o.Audit, log)
	o.touch(at)
	if s.emits != "" {
		tx.Emit(s.emits, o.Number)
	}
	return nil
}

// moveUnits moves one unit or all, and says how many of what. A part is less than the whole.
func (o *Order) moveUnits(s step) (moved int, last *Line, err error) {
	for i := range o.Lines {
		if n := s.units(&o.Lines[i]); n > 0 {
			moved, last = moved+n, &o.Lines[i]
			if !s.part {
				s.move(last, n)
			}
		}
	}
	if !s.part {
		return moved, last, nil
	}
	if moved < 2 {
		return 0, nil, engine.Refuse(engine.Conflict, "order %s has %d unit left for %s: a part needs two at least", o.Number, moved, s.process)
	}
	s.move(last, 1)
	return 1, last, nil
}

// releaseOrder ends the hold of an order that still waits.
func releaseOrder(tx *world.Tx, t world.Timer) error {
	o, ok := orders.Edit(tx, t.ID)
	if !ok || o.State != orderCreated {
		return nil
	}
	return o.take(tx, "release", states.ByTimer, tx.Now())
}

// apply takes the arrows that no operation takes.
func apply(tx *world.Tx, machine, id, event string) error {
	if machine != orderStates.Machine {
		return engine.Refuse(engine.NotFound, "%s has no events of its own here: payments move by %s and by time; %s has these: %v",
			machine, "POST /order/payment-status/{orderNumber}", orderStates.Machine, orderStates.Events())
	}
	o, ok := orders.Edit(tx, id)
	if !ok {
		return engine.Refuse(engine.NotFound, "order %s does not exist", id)
	}
	return o.take(tx, event, states.ByControl, tx.Now())
}

// summaries sums up the orders for people.
func summaries(tx *world.Tx) []engine.Summary {
	list := make([]engine.Summary, 0, orders.Len(tx))
	for _, o := range orders.All(tx, "") {
		list = append(list, o.summary())
	}
	return list
}

func (o *Order) summary() engine.Summary {
	totals, _ := o.totals() // placed orders add up
	s := engine.Summary{ID: o.Number, State: o.State, Total: totals.Total, Due: totals.Total, Ledger: money.NewLedger(o.Currency), Payments: []engine.PaymentSummary{}}
	for i := range o.Payments {
		p := &o.Payments[i]
		s.Payments = append(s.Payments, engine.PaymentSummary{ID: p.ID, State: p.State})
		s.Payment = p.State
		if sum, err := s.Ledger.Plus(p.Balances.ledger()); err == nil {
			s.Ledger = sum
		}
	}
	if due, err := s.Ledger.Outstanding(s.Total); err == nil {
		s.Due = due
	}
	if s.Due.Sign() < 0 {
		s.Due = money.Zero(o.Currency)
	}
	return s
}

// kept is an object that the order system only stores, in a form that survives export and import byte for byte.
func kept(sent json.RawMessage) json.RawMessage {
	if len(sent) == 0 {
		return json.RawMessage("{}")
	}
	raw, _ := json.Marshal(sent) // it has been read before
	return raw
}
