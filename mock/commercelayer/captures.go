package commercelayer

import (
	"understudy/mock/internal/engine"
	"understudy/mock/internal/money"
	"understudy/mock/internal/world"
)

var (
	getCapture                       = show(captureType)
	getCaptureOrder                  = related(captureType, "order")
	getCaptureReferenceAuthorization = related(captureType, "reference_authorization")
	listCaptureRefunds               = related(captureType, "refunds")
	getCaptureLinks                  = linkage(captureType, "")

	getVoid                       = show(voidType)
	getVoidOrder                  = related(voidType, "order")
	getVoidReferenceAuthorization = related(voidType, "reference_authorization")
	getVoidLinks                  = linkage(voidType, "")

	getRefund                 = show(refundType)
	getRefundOrder            = related(refundType, "order")
	getRefundReferenceCapture = related(refundType, "reference_capture")
	getRefundLinks            = linkage(refundType, "")
)

type captureInput struct {
	Data struct {
		ID         *string `json:"id"`
		Attributes struct {
			Refund       trigger `json:"_refund"`
			RefundAmount *int64  `json:"_refund_amount_cents"`
			Cancel       trigger `json:"_cancel"`
			referenceInput
		} `json:"attributes"`
	} `json:"data"`
}

// updateCapture refunds a capture, or cancels the one of a pending order.
func updateCapture(c *engine.Call) (engine.Reply, error) {
	var in captureInput
	if err := c.Into(&in); err != nil {
		return engine.Reply{}, err
	}
	k, ok := captures.Edit(c.Tx, c.Vars["id"])
	if !ok {
		return engine.Reply{}, unknown(c.Vars["id"])
	}
	if err := sameID(in.Data.ID, k.ID); err != nil {
		return engine.Reply{}, err
	}
	attributes := &in.Data.Attributes
	if attributes.referenceInput.into(&k.Common) {
		k.Updated = c.Tx.Now()
	}
	var err error
	if attributes.RefundAmount != nil {
		err = k.plan(*attributes.RefundAmount)
	}
	if err == nil && bool(attributes.Refund) {
		err = refundCapture(c.Tx, k)
	}
	if err == nil && bool(attributes.Cancel) {
		err = cancelCapture(c.Tx, k)
	}
	if err != nil {
		return engine.Reply{}, err
	}
	return answer(c, captureType, k.ID, 200)
}

// rest is what can still be refunded.
func (k *Capture) rest() money.Amount {
	return money.Amount{Minor: k.Amount.Minor - k.Refunded.Minor, Currency: k.Amount.Currency}
}

// plan sets what the next refund is to give back.
func (k *Capture) plan(cents int64) error {
	if rest := k.rest().Minor; cents > rest {
		return limited("/data/attributes/_refund_amount_cents", "less_than_or_equal_to", rest)
	}
	k.Next = &cents
	return nil
}

// toRefund is what the next refund gives back: what was set, or what is left.
func (k *Capture) toRefund() money.Amount {
	amount := k.rest()
	if k.Next != nil && *k.Next < amount.Minor {
		amount.Minor = *k.Next
	}
	return amount
}

// refundCapture refunds the amount that was set, or what is left. Once all that an order paid is refunded, the order is cancelled.
func refundCapture(tx *world.Tx, k *Capture) error {
	if k.rest().IsZero() {
		return invalid("/data/attributes/_refund", "invalid", "needs a capture with something left; this one is refunded")
	}
	if o, _ := orders.Get(tx, k.Order); o.Status != orderPlaced && o.Status != orderApproved {
		return invalid("/data/attributes/_refund", "invalid", "needs a placed or approved order; it is "+o.Status)
	}
	amount := k.toRefund()
	if err := refund(tx, k, amount, ""); err != nil {
		return err
	}
	a, _ := authorizations.Edit(tx, k.Authorization)
	o, _ := orders.Edit(tx, k.Order)
	if o.Live != a.ID || a.Ledger.Refunded != a.Ledger.Captured {
		return nil
	}
	return o.cancel(tx, "refund")
}

// cancelCapture refunds the capture of a pending order, which is left unpaid.
func cancelCapture(tx *world.Tx, k *Capture) error {
	o, _ := orders.Edit(tx, k.Order)
	switch {
	case k.rest().IsZero():
		return invalid("/data/attributes/_cancel", "invalid", "needs a capture with something left; this one is refunded")
	case o.Status != orderPending:
		return invalid("/data/attributes/_cancel", "invalid", "needs a pending order; it is "+o.Status)
	}
	if err := refund(tx, k, k.rest(), ""); err != nil {
		return err
	}
	if o.Live == k.Authorization {
		o.Live = ""
	}
	return nil
}
