package norce

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"understudy/fixtures/jsonpointer"
	"understudy/mock/internal/engine"
	"understudy/mock/internal/money"
	"understudy/mock/internal/world"
)

// proposal is what the hook reads of the order that it is shown. Members that the sender left out are zero.
type proposal struct {
	id       string
	currency string
	status   string
	total    json.Number // includingVat
	payments []proposedPayment
}

type proposedPayment struct {
	id, state, currency string
	amount, limit       json.Number
}

// updatePayment recalculates what a payment has to cover of the proposed order, and answers what to patch in that order.
// The proposal is what counts; of the payment itself, its state is the adapter's to know. An approved proposal is remembered.
func updatePayment(c *engine.Call) (engine.Reply, error) {
	o, p, err := find(c.Tx, c.Vars, false)
	if err != nil {
		return engine.Reply{}, err
	}
	proposed, err := readProposal(c.Body)
	if err != nil {
		return engine.Reply{}, err
	}
	if proposed.id != "" && proposed.id != o.ID {
		return engine.Reply{}, engine.RefuseField("/id", fmt.Sprintf("is %q, another order than the path's", proposed.id), o.ID)
	}
	at, err := proposed.find(p.ID)
	if err != nil {
		return engine.Reply{}, err
	}
	unchanged := engine.OK([]patchOperation{})
	if at < 0 || proposed.total == "" {
		return unchanged, nil // nothing to price, or nothing to price it by
	}
	priced, err := proposed.price(at, p)
	if err != nil {
		return engine.Reply{}, err
	}
	o.see(c.Tx, priced.total, proposed.status)
	if !counts(p.State) || !counts(proposed.payments[at].state) {
		return unchanged, nil // it covers nothing, whatever the order costs
	}
	if priced.amount != p.Amount && p.State != intent {
		return engine.Reply{}, engine.Refuse(engine.Invalid, "Payment %s is %s and covers %s: it can be re-priced (here to %s) in intent only.",
			p.ID, p.State, p.Amount, priced.amount).Coded("payment-conflict")
	}
	if priced.amount != p.Amount || !sameLimit(priced.limit, p.Limit) {
		p, _ = payments.Edit(c.Tx, p.ID)
		p.Amount, p.Limit = priced.amount, priced.limit
	}
	return engine.OK(patchAmount(at, proposed.payments[at], p)), nil
}

// see remembers an order as it was proposed and approved. An empty status is not stated.
func (o *order) see(tx *world.Tx, total money.Amount, status string) {
	if status == "" {
		status = o.Status
	}
	if total != o.Total || status != o.Status {
		o, _ = orders.Edit(tx, o.ID)
		o.Total, o.Status = total, status
	}
}

func sameLimit(a, b *money.Amount) bool { return a == b || a != nil && b != nil && *a == *b }

// patchAmount writes the payment's amount into the order as sent, guarded so that it never lands in another payment.
func patchAmount(at int, sent proposedPayment, p *payment) []patchOperation {
	path := fmt.Sprintf("/payments/%d", at)
	op := "add"
	if sent.amount != "" {
		if same, err := money.Parse(sent.amount.String(), p.Amount.Currency); err == nil && same == p.Amount {
			return []patchOperation{}
		}
		op = "replace"
	}
	return []patchOperation{
		{Op: "test", Path: path + "/id", Value: p.ID},
		{Op: op, Path: path + "/amount", Value: p.Amount.Number()},
	}
}

// pricing is what a proposal makes of a payment.
type pricing struct {
	total, amount money.Amount
	limit         *money.Amount
}

// price calculates what the payment at an index has to cover of the proposed order.
func (q proposal) price(at int, p *payment) (pricing, error) {
	currency := p.Amount.Currency
	if err := agree("/currency", q.currency, currency); err != nil {
		return pricing{}, err
	}
	total, err := amountAt("/total/includingVat", q.total, currency)
	if err != nil {
		return pricing{}, err
	}
	priced := pricing{total: total, limit: p.Limit}
	var others []money.Amount
	for i, other := range q.payments {
		pointer := jsonpointer.Of("payments", fmt.Sprint(i))
		if i != at && !counts(other.state) {
			continue
		}
		if err := agree(pointer+"/currency", other.currency, currency); err != nil {
			return pricing{}, err
		}
		member, literal := pointer+"/amount", other.amount
		if i == at {
			member, literal = pointer+"/upperLimitAmount", other.limit
		}
		if literal == "" {
			continue
		}
		amount, err := amountAt(member, literal, currency)
		if err != nil {
			return pricing{}, err
		}
		if amount.Sign() < 0 {
			return pricing{}, engine.RefuseField(member, "is negative", "0 or more")
		}
		if i == at {
			priced.limit = &amount
		} else {
			others = append(others, amount)
		}
	}
	if priced.amount, err = cover(total, priced.limit, others); err != nil {
		return pricing{}, engine.RefuseField("/payments", "do not add up: "+err.Error(), "amounts whose sum is within range")
	}
	return priced, nil
}

// find is the index of a payment in the proposed order; -1 if the order does not hold it.
func (q proposal) find(id string) (int, error) {
	at := -1
	for i, p := range q.payments {
		if p.id != id {
			continue
		}
		if at >= 0 {
			return 0, engine.RefuseField(jsonpointer.Of("payments", fmt.Sprint(i), "id"), "names a payment that stands in the order already", "each payment once")
		}
		at = i
	}
	return at, nil
}

// agree refuses a currency other than the payment's; one that is not stated agrees.
func agree(pointer, stated, currency string) error {
	if stated == "" || strings.EqualFold(stated, currency) {
		return nil
	}
	return engine.RefuseField(pointer, fmt.Sprintf("is %q, mixed with the payment's own", stated), currency)
}

// amountAt reads an amount exactly as its digits say.
func amountAt(pointer string, literal json.Number, currency string) (money.Amount, error) {
	amount, err := money.Parse(literal.String(), currency)
	if err != nil {
		return money.Amount{}, engine.RefuseField(pointer, "is no amount: "+err.Error(), "an amount of "+currency+" such as "+money.Amount{Minor: 8750, Currency: currency}.Text())
	}
	return amount, nil
}

// readProposal picks the members out by their exact names, because the patch will name them so, and keeps numbers as they are written.
// The body has been compared with the document; it may be absent.
func readProposal(body []byte) (proposal, error) {
	if len(body) == 0 {
		return proposal{}, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var sent map[string]any
	if err := decoder.Decode(&sent); err != nil {
		return proposal{}, engine.RefuseField("", "does not read: "+err.Error(), "an order")
	}
	q := proposal{id: text(sent, "id"), currency: text(sent, "currency")}
	if state, ok := sent["state"].(map[string]any); ok {
		q.status = text(state, "currentStatus")
	}
	if total, ok := sent["total"].(map[string]any); ok {
		q.total, _ = total["includingVat"].(json.Number)
	}
	list, _ := sent["payments"].([]any)
	for _, item := range list {
		p, _ := item.(map[string]any)
		one := proposedPayment{id: text(p, "id"), state: text(p, "state"), currency: text(p, "currency")}
		one.amount, _ = p["amount"].(json.Number)
		one.limit, _ = p["upperLimitAmount"].(json.Number)
		q.payments = append(q.payments, one)
	}
	return q, nil
}

func text(object map[string]any, name string) string {
	s, _ := object[name].(string)
	return s
}
