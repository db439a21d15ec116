package commercelayer

import (
	"understudy/mock/internal/engine"
	"understudy/mock/internal/money"
	"understudy/mock/internal/world"
)

var (
	getAuthorization              = show(authorizationType)
	getAuthorizationOrder         = related(authorizationType, "order")
	getAuthorizationPaymentSource = related(authorizationType, "payment_source")
	listAuthorizationCaptures     = related(authorizationType, "captures")
	listAuthorizationVoids        = related(authorizationType, "voids")
	getAuthorizationLinks         = linkage(authorizationType, "")
)

type authorizationInput struct {
	Data struct {
		ID         *string `json:"id"`
		Attributes struct {
			Capture       trigger `json:"_capture"`
			CaptureAmount *int64  `json:"_capture_amount_cents"`
			Void          trigger `json:"_void"`
			Cancel        trigger `json:"_cancel"`
			referenceInput
		} `json:"attributes"`
	} `json:"data"`
}

// updateAuthorization captures, voids or cancels an authorization.
func updateAuthorization(c *engine.Call) (engine.Reply, error) {
	var in authorizationInput
	if err := c.Into(&in); err != nil {
		return engine.Reply{}, err
	}
	a, ok := authorizations.Edit(c.Tx, c.Vars["id"])
	if !ok {
		return engine.Reply{}, unknown(c.Vars["id"])
	}
	if err := sameID(in.Data.ID, a.ID); err != nil {
		return engine.Reply{}, err
	}
	attributes := &in.Data.Attributes
	if attributes.referenceInput.into(&a.Common) {
		a.Updated = c.Tx.Now()
	}
	var err error
	if attributes.CaptureAmount != nil {
		err = a.plan(*attributes.CaptureAmount)
	}
	if err == nil && bool(attributes.Capture) {
		err = captureAuthorization(c.Tx, a)
	}
	if err == nil && bool(attributes.Void) {
		err = voidAuthorization(c.Tx, a)
	}
	if err == nil && bool(attributes.Cancel) {
		err = cancelAuthorization(c.Tx, a)
	}
	if err != nil {
		return engine.Reply{}, err
	}
	return answer(c, authorizationType, a.ID, 200)
}

// plan sets what the next capture is to take.
func (a *Authorization) plan(cents int64) error {
	if rest := a.Ledger.Capturable().Minor; cents > rest {
		return limited("/data/attributes/_capture_amount_cents", "less_than_or_equal_to", rest)
	}
	a.Next = &cents
	return nil
}

// toCapture is what the next capture takes: what was set, or what is left.
func (a *Authorization) toCapture() money.Amount {
	amount := a.Ledger.Capturable()
	if a.Next != nil && *a.Next < amount.Minor {
		amount.Minor = *a.Next
	}
	return amount
}

// captureAuthorization captures the amount that was set, or what is left.
func captureAuthorization(tx *world.Tx, a *Authorization) error {
	if err := a.open("_capture"); err != nil {
		return err
	}
	if o, _ := orders.Get(tx, a.Order); o.Status == orderCancelled || o.Status == orderEditing {
		return invalid("/data/attributes/_capture", "invalid", "can't be done: the order is "+o.Status)
	}
	return capture(tx, a, a.toCapture(), "")
}

// open refuses to act on an authorization that promises nothing any more.
func (a *Authorization) open(verb string) error {
	switch {
	case a.Failed:
		return invalid("/data/attributes/"+verb, "invalid", "needs an authorization that succeeded")
	case a.Ledger.Capturable().IsZero():
		return invalid("/data/attributes/"+verb, "invalid", "needs an authorization with something left; this one is used up")
	}
	return nil
}

// voidAuthorization voids what is left. An order that has gone on from pending is cancelled with it, unless money was captured.
func voidAuthorization(tx *world.Tx, a *Authorization) error {
	if err := a.open("_void"); err != nil {
		return err
	}
	if o, _ := orders.Get(tx, a.Order); o.Status == orderEditing {
		return invalid("/data/attributes/_void", "invalid", "can't be done: the order is "+o.Status)
	}
	if err := void(tx, a, ""); err != nil {
		return err
	}
	o, _ := orders.Edit(tx, a.Order)
	if o.Live != a.ID || !a.Ledger.Captured.IsZero() || o.Status == orderPending || o.Status == orderDraft {
		return nil
	}
	return o.cancel(tx, "void")
}

// cancelAuthorization voids the authorization of a pending order, which is left unpaid.
func cancelAuthorization(tx *world.Tx, a *Authorization) error {
	if err := a.open("_cancel"); err != nil {
		return err
	}
	if o, _ := orders.Get(tx, a.Order); o.Status != orderPending {
		return invalid("/data/attributes/_cancel", "invalid", "needs a pending order; it is "+o.Status)
	}
	if !a.Ledger.Captured.IsZero() {
		return invalid("/data/attributes/_cancel", "invalid", "needs an authorization without captures; cancel the capture")
	}
	if err := void(tx, a, ""); err != nil {
		return err
	}
	o, _ := orders.Edit(tx, a.Order)
	if o.Live == a.ID {
		o.Live = ""
	}
	return nil
}
