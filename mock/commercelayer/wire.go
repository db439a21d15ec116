package commercelayer

import (
	"encoding/json"
	"time"

	"understudy/mock/internal/engine"
	"understudy/mock/internal/world"
)

// resources are the types that the API shows, for each reading of it.
var resources = map[string]map[string]resource{
	"":             resourcesWith(versionType, versionAttributesOf),
	currentProfile: resourcesWith(eventStoreType, eventStoreAttributesOf),
}

func resourceOf(c *engine.Call, name string) resource { return resources[c.Profile][name] }

func (v *view) resource(name string) (resource, bool) {
	r, ok := resources[v.c.Profile][name]
	return r, ok
}

func resourcesWith[A any](history string, historyAttributes func(*view, *Change) A) map[string]resource {
	byName := map[string]resource{}
	for _, r := range []resource{
		describe(paymentType, payments, paymentAttributesOf,
			toOne("order", orderType, func(p *Payment) string { return p.Order }),
			toOne("payment_gateway", gatewayType, func(p *Payment) string { return p.Gateway }),
			toMany(history, history, func(_ *world.Tx, p *Payment) []string { return p.Changes })),
		describe(history, changes, historyAttributes),
		describe(orderType, orders, orderAttributesOf,
			toOne("payment_method", paymentMethodType, func(o *Order) string { return o.Method }),
			toOne("payment_source", paymentType, func(o *Order) string { return o.Source }),
			toMany("available_payment_methods", paymentMethodType, availableMethods),
			toMany("authorizations", authorizationType, func(_ *world.Tx, o *Order) []string { return o.Authorizations }),
			toMany("captures", captureType, func(_ *world.Tx, o *Order) []string { return o.Captures }),
			toMany("voids", voidType, func(_ *world.Tx, o *Order) []string { return o.Voids }),
			toMany("refunds", refundType, func(_ *world.Tx, o *Order) []string { return o.Refunds })),
		describe(authorizationType, authorizations, authorizationAttributesOf,
			toOne("order", orderType, func(a *Authorization) string { return a.Order }),
			toOne("payment_source", paymentType, func(a *Authorization) string { return a.Payment }),
			toMany("captures", captureType, func(_ *world.Tx, a *Authorization) []string { return a.Captures }),
			toMany("voids", voidType, func(_ *world.Tx, a *Authorization) []string { return a.Voids })),
		describe(captureType, captures, captureAttributesOf,
			toOne("order", orderType, func(k *Capture) string { return k.Order }),
			toOne("reference_authorization", authorizationType, func(k *Capture) string { return k.Authorization }),
			toMany("refunds", refundType, func(_ *world.Tx, k *Capture) []string { return k.Refunds })),
		describe(voidType, voids, voidAttributesOf,
			toOne("order", orderType, func(v *Void) string { return v.Order }),
			toOne("reference_authorization", authorizationType, func(v *Void) string { return v.Authorization })),
		describe(refundType, refunds, refundAttributesOf,
			toOne("order", orderType, func(r *Refund) string { return r.Order }),
			toOne("reference_capture", captureType, func(r *Refund) string { return r.Capture })),
		describe(paymentMethodType, paymentMethods, paymentMethodAttributesOf,
			toOne("payment_gateway", gatewayType, func(m *PaymentMethod) string { return m.Gateway })),
		describe(gatewayType, gateways, gatewayAttributesOf,
			toMany("payment_methods", paymentMethodType, methodsOf)),
		describe(checkoutGateway, gateways, checkoutGatewayAttributesOf,
			toMany("payment_methods", paymentMethodType, methodsOf),
			toMany("checkout_com_payments", paymentType, paymentsThrough)),
	} {
		byName[r.name] = r
	}
	return byName
}

// stamps are the attributes that every resource ends with.
type stamps struct {
	CreatedAt       string          `json:"created_at"`
	UpdatedAt       string          `json:"updated_at"`
	Reference       *string         `json:"reference"`
	ReferenceOrigin *string         `json:"reference_origin"`
	Metadata        json.RawMessage `json:"metadata"`
}

func stampsOf(c *Common) stamps {
	return stamps{date(c.Created), date(c.Updated), c.Reference, c.ReferenceOrigin, c.Metadata}
}

type paymentAttributes struct {
	PublicKey *string `json:"public_key"`
	*typeAttribute
	Token *string `json:"token"`
	*sessionAttribute
	*flowAttribute
	SuccessURL        *string           `json:"success_url"`
	FailureURL        *string           `json:"failure_url"`
	SourceID          *string           `json:"source_id"`
	CustomerToken     *string           `json:"customer_token"`
	RedirectURI       *string           `json:"redirect_uri"`
	PaymentResponse   *processorPayment `json:"payment_response"`
	MismatchedAmounts bool              `json:"mismatched_amounts"`
	PaymentInstrument *instrument       `json:"payment_instrument"`
	stamps
}

// The attributes that only one reading of the API has: the first two the document's, the last today's.
type (
	typeAttribute struct {
		PaymentType *string `json:"payment_type"`
	}
	sessionAttribute struct {
		SessionID *string `json:"session_id"`
	}
	flowAttribute struct {
		PaymentSession *paymentSession `json:"payment_session"`
	}
)

type paymentSession struct {
	ID     string    `json:"id"`
	Secret string    `json:"payment_session_secret"`
	Token  string    `json:"payment_session_token"`
	Links  linksWith `json:"_links"`
}

// linksWith are a processor's links: name → where.
type linksWith map[string]href

type href struct {
	Href string `json:"href"`
}

// instrument is what is known of a card.
type instrument struct {
	Issuer   string `json:"issuer,omitempty"`
	CardType string `json:"card_type,omitempty"`
}

func instrumentOf(p *Payment) *instrument {
	if p.Token == nil {
		return &instrument{}
	}
	return &instrument{Issuer: card.Issuer, CardType: "visa"}
}

func paymentAttributesOf(v *view, p *Payment) paymentAttributes {
	o, _ := orders.Get(v.c.Tx, p.Order)
	a := paymentAttributes{
		Token: p.Token, SuccessURL: p.SuccessURL, FailureURL: p.FailureURL, SourceID: p.SourceID, CustomerToken: p.CustomerID,
		PaymentResponse: processorPaymentOf(v.c, p, o), MismatchedAmounts: p.mismatched(o), PaymentInstrument: instrumentOf(p), stamps: stampsOf(&p.Common),
	}
	if g, ok := gateways.Get(v.c.Tx, p.Gateway); ok {
		a.PublicKey = &g.PublicKey
	}
	if p.Attempt != nil && p.Attempt.Challenged {
		uri := v.c.LinkHere(challengePath(p.Attempt.ID))
		a.RedirectURI = &uri
	}
	if v.c.Profile != currentProfile {
		a.typeAttribute, a.sessionAttribute = &typeAttribute{p.PaymentType}, &sessionAttribute{p.SessionID}
		return a
	}
	a.flowAttribute = &flowAttribute{}
	if p.FlowSession != "" {
		key := v.c.Secret("payment session " + p.FlowSession)
		a.PaymentSession = &paymentSession{
			ID: p.FlowSession, Secret: "pss_" + world.ID(key).Hex(32), Token: world.ID(key).Base64(),
			Links: linksWith{"self": {v.c.LinkHere("/payment-sessions/" + p.FlowSession)}},
		}
	}
	return a
}

// processorPayment is a payment as Checkout.com tells it (published: payment guide 2021, processor payment reference). Before the first authorization it is empty.
type processorPayment struct {
	ID              string            `json:"id,omitempty"`
	RequestedOn     string            `json:"requested_on,omitempty"`
	Source          *processorCard    `json:"source,omitempty"`
	Amount          *int64            `json:"amount,omitempty"`
	Currency        string            `json:"currency,omitempty"`
	PaymentType     string            `json:"payment_type,omitempty"`
	Reference       string            `json:"reference,omitempty"`
	Status          string            `json:"status,omitempty"`
	Approved        *bool             `json:"approved,omitempty"`
	ResponseCode    string            `json:"response_code,omitempty"`
	ResponseSummary string            `json:"response_summary,omitempty"`
	ThreeDS         *threeDS          `json:"3ds,omitempty"`
	Risk            *risk             `json:"risk,omitempty"`
	Customer        *reference        `json:"customer,omitempty"`
	ECI             string            `json:"eci,omitempty"`
	SchemeID        string            `json:"scheme_id,omitempty"`
	Actions         []processorAction `json:"actions,omitempty"`
	Links           linksWith         `json:"_links,omitempty"`
}

type reference struct {
	ID string `json:"id"`
}

type risk struct {
	Flagged bool `json:"flagged"`
}

type threeDS struct {
	Downgraded             bool   `json:"downgraded"`
	Enrolled               string `json:"enrolled"`
	AuthenticationResponse string `json:"authentication_response,omitempty"`
	Cryptogram             string `json:"cryptogram,omitempty"`
	XID                    string `json:"xid,omitempty"`
	Version                string `json:"version,omitempty"`
}

type processorAction struct {
	ID              string `json:"id"`
	Type            string `json:"type"`
	ResponseCode    string `json:"response_code"`
	ResponseSummary string `json:"response_summary"`
}

type processorCard struct {
	ID            string `json:"id"`
	Type          string `json:"type"`
	ExpiryMonth   int    `json:"expiry_month"`
	ExpiryYear    int    `json:"expiry_year"`
	Scheme        string `json:"scheme"`
	Last4         string `json:"last4"`
	Fingerprint   string `json:"fingerprint"`
	Bin           string `json:"bin"`
	CardType      string `json:"card_type"`
	CardCategory  string `json:"card_category"`
	Issuer        string `json:"issuer"`
	IssuerCountry string `json:"issuer_country"`
	ProductID     string `json:"product_id"`
	ProductType   string `json:"product_type"`
	AVSCheck      string `json:"avs_check"`
	CVVCheck      string `json:"cvv_check"`
	Payouts       bool   `json:"payouts"`
}

// card is the one that stands behind every token: Checkout.com's Visa test card.
var card = processorCard{
	Type: "card", ExpiryMonth: 12, ExpiryYear: 2030, Scheme: "Visa", Last4: "4242", Bin: "424242", CardType: "Credit", CardCategory: "Consumer",
	Issuer: "cl bank", IssuerCountry: "GB", ProductID: "F", ProductType: "CLASSIC", AVSCheck: "S", CVVCheck: "Y", Payouts: true,
}

// processorPaymentOf tells as much of a payment as Commerce Layer has heard: of a pending one little, of a decided one all.
func processorPaymentOf(c *engine.Call, p *Payment, o *Order) *processorPayment {
	a := p.Attempt
	if a == nil {
		return &processorPayment{}
	}
	self := "/payments/" + a.ID
	r := &processorPayment{
		ID: a.ID, Status: p.status(), Reference: o.Number, Customer: &reference{a.Customer},
		ThreeDS: a.threeDS(), Links: linksWith{"self": {c.LinkHere(self)}},
	}
	if r.Status == statePending {
		if a.Challenged {
			r.ThreeDS = &threeDS{Enrolled: "Y"}
			r.Links["redirect"] = href{c.LinkHere(challengePath(a.ID))}
		}
		return r
	}
	r.RequestedOn, r.Amount, r.Currency, r.PaymentType = a.Requested.Format(time.RFC3339), &a.Amount.Minor, a.Amount.Currency, "Regular"
	isApproved := a.Code == approvedCode
	r.Approved, r.ResponseCode, r.ResponseSummary, r.Risk = &isApproved, a.Code, a.Summary, &risk{}
	r.Links["actions"] = href{c.LinkHere(self + "/actions")}
	key := world.ID(c.Secret("card of " + p.ID))
	known := card
	known.ID, known.Fingerprint = a.Source, key.Hex(64)
	r.Source = &known
	if a.Proof == proven {
		r.ThreeDS.Cryptogram, r.ThreeDS.XID = key.Base64()[:28], key.Base64()[15:43]
	}
	if isApproved {
		r.ECI, r.SchemeID = a.eci(), key.Hex(15)
		r.Links["capture"], r.Links["void"] = href{c.LinkHere(self + "/captures")}, href{c.LinkHere(self + "/voids")}
	}
	if p.BySession && a.Code != "" {
		r.Actions = []processorAction{{a.Action, "Authorization", a.Code, a.Summary}}
	}
	return r
}

// threeDS is what became of the customer's authentication, where there was one.
func (a *Attempt) threeDS() *threeDS {
	if !a.Challenged && a.Proof == "" {
		return &threeDS{Enrolled: "N"}
	}
	return &threeDS{Enrolled: "Y", Version: "2.2.0", AuthenticationResponse: a.Proof}
}

// eci is the card scheme's word for how sure it is of the customer: 05 authenticated (published: payment guide 2021), 07 not (assumed, Visa's).
func (a *Attempt) eci() string {
	if a.Proof == proven {
		return "05"
	}
	return "07"
}

// date is a time as the API has it: UTC, milliseconds.
func date(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func dateOrNull(t *time.Time) *string {
	if t == nil {
		return nil
	}
	s := date(*t)
	return &s
}

func now(tx *world.Tx) *time.Time {
	t := tx.Now()
	return &t
}
