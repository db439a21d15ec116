package fabric

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"understudy/mock/internal/checkout"
	"understudy/mock/internal/engine"
	"understudy/mock/internal/money"
	"understudy/mock/internal/states"
	"understudy/mock/internal/world"
)

// expiryTimer lets an authorisation lapse.
const expiryTimer = "authorization.expire"

// PaymentStatus is the body of updatePaymentStatus. A member that is absent is not reported, and changes nothing.
type PaymentStatus struct {
	PaymentIdentifier *string         `json:"paymentIdentifier"`
	Type              *string         `json:"type"`
	Status            *string         `json:"status"`
	Balances          BalancesBody    `json:"balances"`
	ConnectorInfo     json.RawMessage `json:"connectorInfo"`
}

// connectorInfo is what is read of it; all of it is kept with the payment's log.
type connectorInfo struct {
	ConnectorName string `json:"connectorName"`
	EventID       string `json:"eventId"`
}

// updatePaymentStatus writes what a payment's platform reports into the order, and answers the order (documented as a read; that it writes is
// published for its successor). With nothing to write, the order is answered as it is.
func updatePaymentStatus(c *engine.Call) (engine.Reply, error) {
	o, err := find(c.Tx, c.Vars["orderNumber"])
	if err != nil {
		return engine.Reply{}, err
	}
	var in PaymentStatus
	if err := c.Into(&in); err != nil {
		return engine.Reply{}, err
	}
	p, err := o.named(in)
	if err != nil {
		return engine.Reply{}, err
	}
	if in.writesNothing() {
		return o.answer()
	}
	r, err := in.read(p)
	if err != nil {
		return engine.Reply{}, err
	}
	if c.Profile == strict {
		if err := r.balances.lawful("/balances"); err != nil {
			return engine.Reply{}, err
		}
	}
	o, _ = orders.Edit(c.Tx, o.Number)
	if err := o.receive(c.Tx, o.payment(p.ID), r); err != nil {
		return engine.Reply{}, err
	}
	return o.answer()
}

func (in PaymentStatus) writesNothing() bool {
	info := strings.TrimSpace(string(in.ConnectorInfo))
	return in.Status == nil && in.Balances == BalancesBody{} && (info == "" || info == "{}")
}

// named finds the payment that a report is about: by its id, or the order's only one. It is nil only if nothing is to be written.
func (o *Order) named(in PaymentStatus) (*Payment, error) {
	var p *Payment
	switch {
	case in.PaymentIdentifier != nil:
		if p = o.payment(*in.PaymentIdentifier); p == nil {
			return nil, engine.RefuseField("/paymentIdentifier", fmt.Sprintf("is %q, and order %s has no such payment", *in.PaymentIdentifier, o.Number), o.paymentIDs())
		}
	case len(o.Payments) == 1:
		p = &o.Payments[0]
	case !in.writesNothing():
		return nil, engine.RefuseField("/paymentIdentifier", fmt.Sprintf("is missing, and order %s has %d payments", o.Number, len(o.Payments)), o.paymentIDs())
	}
	if p != nil && in.Type != nil && p.Token.PaymentType != "" && !strings.EqualFold(*in.Type, p.Token.PaymentType) {
		return nil, engine.RefuseField("/type", fmt.Sprintf("is %q, and payment %s is %s", *in.Type, p.ID, p.Token.PaymentType), p.Token.PaymentType+" or no type")
	}
	return p, nil
}

func (o *Order) paymentIDs() string {
	var ids []string
	for _, p := range o.Payments {
		ids = append(ids, p.ID)
	}
	if len(ids) == 0 {
		return "an order that has payments"
	}
	return "one of " + strings.Join(ids, ", ")
}

// reported is what a payment is to become: its balances in full, and what is said about them.
type reported struct {
	balances  Balances
	status    string // "" leaves it
	connector json.RawMessage
	source    string // who says so
	event     string // the platform's id of it
	late      bool   // it is older than what is known
}

// read puts what is reported over what is known.
func (in PaymentStatus) read(p *Payment) (reported, error) {
	r := reported{balances: p.Balances, source: "API"}
	if in.Status != nil {
		r.status = *in.Status
	}
	currency := p.Balances.Authorized.Currency
	for _, b := range []struct {
		name string
		sent json.Number
		kept *money.Amount
	}{
		{"authorized", in.Balances.Authorized, &r.balances.Authorized}, {"capturable", in.Balances.Capturable, &r.balances.Capturable},
		{"captured", in.Balances.Captured, &r.balances.Captured}, {"refundable", in.Balances.Refundable, &r.balances.Refundable},
		{"refunded", in.Balances.Refunded, &r.balances.Refunded},
	} {
		if b.sent == "" {
			continue
		}
		amount, err := readAmount("/balances/"+b.name, b.sent, currency)
		if err != nil {
			return r, err
		}
		*b.kept = amount
	}
	if len(in.ConnectorInfo) > 0 {
		var info connectorInfo
		json.Unmarshal(in.ConnectorInfo, &info) // it was compared with the document
		r.connector, r.event, r.source = kept(in.ConnectorInfo), info.EventID, or(info.ConnectorName, r.source)
	}
	return r, nil
}

// lawful holds the balance laws (assumed; no published example keeps to them): captured + capturable ≤ authorized, refunded ≤ captured,
// refundable = captured − refunded.
func (b Balances) lawful(pointer string) error {
	if err := (money.Ledger{Authorized: b.Authorized, Captured: b.Captured, Refunded: money.Zero(b.Authorized.Currency), Voided: b.Capturable}).Check(); err != nil {
		return engine.RefuseField(pointer, fmt.Sprintf("has %s captured and %s capturable of %s authorized", b.Captured.Text(), b.Capturable.Text(), b.Authorized),
			"captured + capturable up to authorized")
	}
	if b.Refunded.Minor > b.Captured.Minor {
		return engine.RefuseField(pointer+"/refunded", fmt.Sprintf("is %s of %s captured", b.Refunded.Text(), b.Captured), "refunded up to captured")
	}
	if want := b.ledger().Refundable(); b.Refundable != want {
		return engine.RefuseField(pointer+"/refundable", fmt.Sprintf("is %s with %s captured and %s refunded", b.Refundable.Text(), b.Captured.Text(), b.Refunded.Text()), want.Text())
	}
	return nil
}

// receive writes a report into the order: the payment's state, status and balances, a log row, an audit row, the version. One that comes late,
// with less captured or refunded than is known already, is written down and changes nothing else (assumed).
func (o *Order) receive(tx *world.Tx, p *Payment, r reported) error {
	to := p.next(r)
	if to != p.State {
		if _, err := paymentStates.Next(p.State, paymentEvents[to]); err != nil {
			return illegal(err, fmt.Sprintf("payment %s cannot become %s: it", p.ID, to))
		}
	}
	if r.balances.Captured.Minor < p.Balances.Captured.Minor || r.balances.Refunded.Minor < p.Balances.Refunded.Minor {
		to, r.late, r.balances, r.status = p.State, true, p.Balances, ""
	}
	o.write(tx, p, to, r, tx.Now())
	return nil
}

// next is the state that a report leads to. One that moves no balance and names no failure or void leaves it.
func (p *Payment) next(r reported) string {
	b, word := r.balances, strings.ToLower(r.status)
	switch {
	case b.Captured.IsZero() && b.Refunded.IsZero() && slices.Contains(failureWords, word):
		return paymentError
	case b.Captured.IsZero() && b.Refunded.IsZero() && slices.Contains(voidWords, word):
		return paymentVoided
	case b == p.Balances:
		return p.State
	}
	return b.state()
}

// state reads a state off balances.
func (b Balances) state() string {
	refunded, captured := b.Refunded.Minor, b.Captured.Minor
	switch {
	case refunded > 0 && refunded >= captured:
		return paymentRefunded
	case refunded > 0:
		return paymentPartiallyRefunded
	case captured > 0 && captured < b.Authorized.Minor && b.Capturable.Minor > 0:
		return paymentPartiallyPaid
	case captured > 0:
		return paymentPaid
	case b.Capturable.Minor > 0:
		return paymentAuthorized
	case b.Authorized.Minor > 0:
		return paymentVoided
	}
	return paymentPending
}

// write puts a payment into a state, whatever it was in.
func (o *Order) write(tx *world.Tx, p *Payment, to string, r reported, at time.Time) {
	before := *p
	p.State, p.Balances = to, r.balances
	if r.status != "" {
		p.Status = r.status
	}
	code := "200"
	if to == paymentError {
		code = "402"
	}
	changes := p.changes(&before)
	for _, change := range changes {
		p.Logs = append(p.Logs, PaymentLog{
			ID: len(p.Logs) + 1, PaymentID: p.ID, LogID: tx.ID("payment log", p.ID).UUID(), RefID: r.event, Type: change.kind, Status: p.Status,
			Amount: change.amount.Number(), Attributes: r.connector,
			Data: PaymentLogData{StatusCode: code, Body: PaymentLogBody{
				Status: p.Status, ResponseCode: code, TransactionID: r.event, Timestamp: millis(at), Errors: []string{},
			}},
		})
	}
	note := "Payment " + p.ID + " is " + to
	if r.late {
		note = "Payment " + p.ID + " stays " + to + ": the report is older than what is known"
	}
	o.Audit = append(o.Audit, AuditLog{
		ID: tx.ID("audit", o.Number).UUID(), Type: "PAYMENT_STATUS", At: millis(at), IsSuccess: true, Source: r.source,
		Amount: changes[len(changes)-1].amount.Number(), Note: note, Fields: p.differences(&before),
	})
	o.touch(at)
	if to == paymentAuthorized {
		if !p.Expires.After(at) {
			p.Expires = at.Add(authorizationTime)
		}
		watchExpiry(tx, p)
	} else {
		tx.Cancel(expiryTimer, p.ID)
	}
}

// watchExpiry has an authorisation lapse at its time, or at once if that is over.
func watchExpiry(tx *world.Tx, p *Payment) {
	due := p.Expires
	if due.Before(tx.Now()) {
		due = tx.Now()
	}
	tx.At(expiryTimer, p.ID, due)
}

// change is one thing that happened to a payment, and how much money it was about; below zero for a refund.
type change struct {
	kind   string
	amount money.Amount
}

// changes says what happened to make p of what it was before: one thing for each amount that moved, or one about its status alone.
func (p *Payment) changes(before *Payment) []change {
	var list []change
	was, is := before.Balances, p.Balances
	none := money.Zero(is.Captured.Currency)
	moved := func(kind string, after, before money.Amount) {
		if d, _ := after.Sub(before); !d.IsZero() { // neither is negative, so there is a difference
			list = append(list, change{kind, d})
		}
	}
	moved("AUTHORIZED", is.Authorized, was.Authorized)
	moved("CAPTURED", is.Captured, was.Captured)
	if is.Captured == was.Captured && is.Capturable.Minor < was.Capturable.Minor {
		moved("VOID", was.Capturable, is.Capturable)
	}
	moved("REFUNDED", was.Refunded, is.Refunded)
	switch {
	case p.State == paymentError:
		list = append(list, change{"ERROR", none})
	case len(list) == 0 && p.State == paymentVoided && before.State != paymentVoided:
		list = append(list, change{"VOID", none})
	case len(list) == 0:
		list = append(list, change{"STATUS", none})
	}
	return list
}

// differences lists the members of the payment that are no longer what they were.
func (p *Payment) differences(before *Payment) []UpdatedField {
	var list []UpdatedField
	differ := func(name string, was, is string) {
		if was != is {
			list = append(list, UpdatedField{Name: "payments." + name, Original: was})
		}
	}
	was, is := before.Balances, p.Balances
	differ("paymentStatus", before.Status, p.Status)
	differ("authAmount", was.Authorized.Text(), is.Authorized.Text())
	differ("chargedAmount", was.Captured.Text(), is.Captured.Text())
	differ("refundAmount", was.Refunded.Text(), is.Refunded.Text())
	differ("balances.capturable", was.Capturable.Text(), is.Capturable.Text())
	differ("balances.refundable", was.Refundable.Text(), is.Refundable.Text())
	return list
}

// expireAuthorization lapses an authorisation that nobody captured.
func expireAuthorization(tx *world.Tx, t world.Timer) error {
	holding, ok := holdings.Get(tx, t.ID)
	if !ok {
		return nil
	}
	o, ok := orders.Edit(tx, holding.Order)
	if !ok || o.payment(t.ID) == nil || o.payment(t.ID).State != paymentAuthorized {
		return nil
	}
	return o.expire(tx, o.payment(t.ID), tx.Now())
}

func (o *Order) expire(tx *world.Tx, p *Payment, at time.Time) error {
	if _, err := paymentStates.Next(p.State, "expire"); err != nil {
		return illegal(err, "payment "+p.ID)
	}
	lapsed := p.Balances
	lapsed.Capturable = money.Zero(lapsed.Capturable.Currency)
	o.write(tx, p, paymentExpired, reported{balances: lapsed, status: "EXPIRED", source: states.ByTimer}, at)
	return nil
}

// settle does what a customer or a bank does: approve authorises a payment, and captures one that is authorised; the others fail or void it.
func settle(tx *world.Tx, payment string, outcome checkout.Outcome) error {
	holding, ok := holdings.Get(tx, payment)
	if !ok {
		return engine.Refuse(engine.NotFound, "there is no payment %s", payment)
	}
	o, _ := orders.Edit(tx, holding.Order)
	p := o.payment(payment)
	r := reported{balances: p.Balances, source: states.ByControl}
	if outcome != checkout.Approve && !p.Balances.Captured.IsZero() {
		return engine.Refuse(engine.Conflict, "payment %s is %s: it is too late to %s", payment, p.State, outcome)
	}
	switch outcome {
	case checkout.Approve:
		if err := o.approve(p, &r); err != nil {
			return err
		}
	case checkout.Expire:
		return o.expire(tx, p, tx.Now())
	case checkout.Decline, checkout.InsufficientFunds:
		r.status, r.balances = "Declined", p.Balances.released()
	case checkout.FailAuthentication:
		r.status, r.balances = "Failed", p.Balances.released()
	case checkout.Abandon:
		r.status, r.balances = "Voided", p.Balances.released()
	}
	return o.receive(tx, p, r)
}

// approve is the next good thing that can happen to a payment.
func (o *Order) approve(p *Payment, r *reported) error {
	switch p.State {
	case paymentPending, paymentError, paymentExpired:
		due := o.summary().Due
		r.status, r.balances.Authorized, r.balances.Capturable = "AUTHORIZED", due, due
	case paymentAuthorized, paymentPartiallyPaid:
		captured, err := p.Balances.Captured.Add(p.Balances.Capturable)
		if err != nil {
			return engine.Refuse(engine.Conflict, "payment %s: %v", p.ID, err)
		}
		r.status, r.balances.Captured, r.balances.Capturable = "Paid", captured, money.Zero(captured.Currency)
		if r.balances.Refundable, err = captured.Sub(p.Balances.Refunded); err != nil {
			return engine.Refuse(engine.Conflict, "payment %s: %v", p.ID, err)
		}
	default:
		return engine.Refuse(engine.Conflict, "payment %s is %s: there is nothing to approve", p.ID, p.State)
	}
	return nil
}

// released are the balances once nothing more can be captured.
func (b Balances) released() Balances {
	b.Capturable = money.Zero(b.Capturable.Currency)
	return b
}
