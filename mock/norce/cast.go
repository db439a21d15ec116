package norce

import (
	"fmt"
	"slices"
	"strings"

	"understudy/mock/internal/engine"
	"understudy/mock/internal/money"
	"understudy/mock/internal/world"
)

// The tenant of the document's own call.
const (
	castMerchant = "norce"
	castChannel  = "1"
)

// part is one order of the cast: what it is there for, what it costs, and the payments it has.
type part struct {
	role, note string
	id         string
	status     string // OrderStatus
	total      int64  // öre
	payments   []share
}

// share is one payment of a part.
type share struct {
	id, kind, state string
	covers          int64 // öre; 0 is what the others leave
}

// parts is the cast. Ids of orders and payments are fixed, so that a test may write them down; the first is the document's.
var parts = []part{
	{"open", "a session in intent beside a reserved voucher and a removed attempt; the document's order", "o_yClTSySjyAuuBjmiBlHCjuEcTf", "checkout", 123400, []share{
		{"p_KBiXuYjvYxsezKCQAMuuSKGDaT", "default", intent, 0},
		{"p_VoucherOfOneHundredKronors", "voucher", reserved, 10000},
		{"p_RemovedByAnEarlierThoughts", "default", removed, 123400},
	}},
	{"payable", "no payment yet", "o_PayableOrderWithoutPayment", "checkout", 49900, nil},
	{"partly_paid", "a voucher has paid its part, the card has not", "o_PartlyPaidByVoucherAndCard", "checkout", 100000, []share{
		{"p_PartlyPaidByTheVoucherPart", "voucher", captured, 30000},
		{"p_PartlyPaidByVoucherAndCard", "default", intent, 0},
	}},
	{"nothing_due", "a voucher covers all of it", "o_NothingDueVoucherCoversAll", "checkout", 20000, []share{
		{"p_NothingDueVoucherCoversAll", "voucher", reserved, 20000},
	}},
	alone(processing, "the customer is at the payment provider", "ProcessingAwaitingCustomer", "processing"),
	alone(pending, "the payment provider has not decided", "PendingReviewByTheProvider", "processing"),
	alone(failed, "the customer could not be authenticated; another payment can be opened", "FailedAuthenticationOfCard", "checkout"),
	alone(declined, "the bank refused; another payment can be opened", "DeclinedByTheirBankAccount", "checkout"),
	alone(confirmed, "completed without a payment provider", "ConfirmedInvoiceAfterGoods", "accepted"),
	alone(reserved, "can be captured or cancelled", "ReservedAndReadyForCapture", "accepted"),
	alone(captured, "paid; can be refunded", "CapturedAndReadyForRefunds", "completed"),
	alone(refunded, "the money went back", "RefundedInFullToTheShopper", "completed"),
	alone(credited, "the goods were credited", "CreditedAgainstTheInvoices", "completed"),
	alone(cancelled, "the reservation was given back", "CancelledReservationVoided", "declined"),
}

// alone is an order with one payment, which gives the part its name.
func alone(state, note, letters, status string) part {
	return part{state, note, "o_" + letters, status, 75000, []share{{"p_" + letters, "default", state, 0}}}
}

// ways lead a payment from its birth in intent into each state.
var ways = map[string][]string{
	intent:     nil,
	removed:    {"remove"},
	confirmed:  {"confirm"},
	processing: {"process"},
	pending:    {"process", "review"},
	failed:     {"process", "fail"},
	declined:   {"process", "decline"},
	reserved:   {"process", "reserve"},
	cancelled:  {"process", "reserve", "cancel"},
	captured:   {"process", "reserve", "capture"},
	refunded:   {"process", "reserve", "capture", "refund"},
	credited:   {"process", "reserve", "capture", "credit"},
}

// triggers are what a caller can ask of an operation, besides the engine's own.
var triggers = []engine.Trigger{
	{Where: "scenario", Value: "approved, frictionless", Effect: "completePayment: the payment is confirmed, as without a scenario", Provenance: "assumed"},
	{Where: "scenario", Value: "declined, insufficient_funds", Effect: "completePayment: the payment is declined", Provenance: "assumed"},
	{Where: "scenario", Value: "expired, challenge_failed", Effect: "completePayment: the payment fails; the message says why", Provenance: "assumed"},
	{Where: "scenario", Value: "abandoned", Effect: "completePayment: refused, and the payment is open again", Provenance: "assumed"},
	{Where: "scenario", Value: "challenge", Effect: "completePayment: the payment is processing until its page settles it", Provenance: "assumed"},
	{Where: "scenario", Value: "pending_then_approved, pending_then_declined", Effect: "completePayment: the payment is pending for a minute, then reserved or declined", Provenance: "assumed"},
}

func cast(tx *world.Tx) error {
	for _, p := range parts {
		if _, err := play(tx, p, money.Amount{Minor: p.total, Currency: "SEK"}); err != nil {
			return fmt.Errorf("%s: %w", p.role, err)
		}
	}
	return nil
}

// play brings a part on stage, at a price of its own. Vouchers cover no more than that.
func play(tx *world.Tx, script part, total money.Amount) (*order, error) {
	o := &order{ID: script.id, Status: script.status, Total: total}
	orders.Put(tx, o.ID, o)
	covered := int64(0)
	for _, s := range script.payments {
		p := newPayment(s.id, o, s.kind, tx.ID("reference", o.ID).UUID())
		if s.covers > 0 {
			p.Amount.Minor = min(s.covers, total.Minor)
		}
		if s.kind == "voucher" {
			p.Adapter = "awardit"
			limit := p.Amount
			p.Limit = &limit
		}
		if counts(s.state) {
			covered += p.Amount.Minor
		}
		payments.Put(tx, p.ID, p)
		o.Payments = append(o.Payments, p.ID)
	}
	for i, id := range o.Payments {
		p, _ := payments.Edit(tx, id)
		if script.payments[i].covers == 0 {
			p.Amount.Minor = max(0, total.Minor-covered)
		}
		for _, event := range ways[script.payments[i].state] {
			if err := p.move(event); err != nil {
				return nil, err
			}
		}
	}
	return o, nil
}

func roles() []engine.Role {
	var list []engine.Role
	for _, p := range parts {
		list = append(list, engine.Role{Name: p.role, ID: p.id, Note: p.note})
	}
	return list
}

// given makes an order like one of the cast's, or with one payment in a state.
func given(tx *world.Tx, g engine.Given) (engine.Summary, error) {
	script, err := scriptFor(g.Role)
	if err != nil {
		return engine.Summary{}, err
	}
	script.id = g.ID
	if script.id == "" {
		script.id = spellID("o", tx.ID("order", ""))
	}
	if _, taken := orders.Get(tx, script.id); taken {
		return engine.Summary{}, engine.Refuse(engine.Conflict, "There is an order %s already.", script.id).Coded("order-conflict")
	}
	script.payments = slices.Clone(script.payments)
	for i := range script.payments {
		script.payments[i].id = spellID("p", tx.ID("payment", script.id))
	}
	total := money.Amount{Minor: script.total, Currency: "SEK"}
	if g.Total != nil {
		total = *g.Total
	}
	if total.Sign() < 0 {
		return engine.Summary{}, engine.RefuseField("/total", "is negative", "0 or more")
	}
	o, err := play(tx, script, total)
	if err != nil {
		return engine.Summary{}, err
	}
	return o.summary(tx), nil
}

// scriptFor finds the part for a role or a payment's state.
func scriptFor(role string) (part, error) {
	var known []string
	for _, p := range parts {
		if p.role == role {
			return p, nil
		}
		known = append(known, p.role)
	}
	if role == intent || role == removed {
		return alone(role, "", "", "checkout"), nil
	}
	return part{}, engine.RefuseField("/role", fmt.Sprintf("is %q, which is no role and no state of a payment", role), strings.Join(append(known, intent, removed), ", "))
}

func summaries(tx *world.Tx) []engine.Summary {
	var list []engine.Summary
	for _, o := range orders.All(tx, "") {
		list = append(list, o.summary(tx))
	}
	return list
}

// summary is the order for people. Its payment state is that of the payment that was opened last.
func (o *order) summary(tx *world.Tx) engine.Summary {
	s := engine.Summary{ID: o.ID, State: o.Status, Total: o.Total, Due: o.Total, Ledger: money.NewLedger(o.Total.Currency)}
	for _, id := range o.Payments {
		p, ok := payments.Get(tx, id)
		if !ok {
			continue
		}
		s.Payments = append(s.Payments, engine.PaymentSummary{ID: p.ID, State: p.State, Link: link(tx.Place.Tenant, p.ID)})
		if sum, err := s.Ledger.Plus(p.Ledger); err == nil {
			s.Ledger = sum
		}
		if counts(p.State) || s.Payment == "" {
			s.Payment = p.State
		}
		if holds(p.State) {
			s.Due.Minor = max(0, s.Due.Minor-p.Amount.Minor)
		}
	}
	return s
}
