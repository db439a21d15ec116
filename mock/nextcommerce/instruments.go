package nextcommerce

import (
	"regexp"
	"strconv"
	"strings"

	"understudy/mock/internal/checkout"
	"understudy/mock/internal/engine"
	"understudy/mock/internal/money"
	"understudy/mock/internal/page"
	"understudy/mock/internal/world"
)

// payment is how a new order is paid.
type payment struct {
	instrument Instrument
	code       int               // what the gateway says to the first charge
	asks       bool              // the customer has to act on a page first
	plays      checkout.Scenario // how it goes there; "" leaves it to the customer
	test       bool              // a test card: the order meets no gateway
	save       bool              // the card is kept with the customer
	promised   *money.Amount     // what to authorize, where that is not the total
	returnURL  string
}

// kind is authorize on a gateway that captures later. Test orders always succeed at once.
func (p payment) kind() string {
	if gatewayOf(p.instrument.Gateway).AuthCapture && !p.test {
		return "authorize"
	}
	return "debit"
}

func (p payment) amount(total money.Amount) money.Amount {
	if p.kind() == "authorize" && p.promised != nil {
		return *p.promised
	}
	return total
}

const defaultDescriptor = "UNDERSTUDY"

// descriptors are what a statement may show; the vendor ignores any other.
var descriptors = regexp.MustCompile(`^[A-Za-z0-9 &,.#-]{1,22}$`)

// payment reads how the client wants the order paid.
func (in *orderRequest) payment(tx *world.Tx, o *Order) (payment, error) {
	d := in.PaymentDetails
	if d == nil {
		d = &paymentRequest{}
	}
	p := payment{code: approvedCode}
	if in.PaymentMethod == nil {
		return p, nil
	}
	chosen := methods[*in.PaymentMethod]
	p.instrument = Instrument{Method: *in.PaymentMethod, Gateway: chosen.gateway, Descriptor: defaultDescriptor}
	if d.Descriptor != nil && descriptors.MatchString(*d.Descriptor) {
		p.instrument.Descriptor = *d.Descriptor
	}
	if d.ReturnURL != nil && *d.ReturnURL != "" {
		if !page.Leads(*d.ReturnURL) {
			return p, engine.RefuseField("/payment_details/payment_return_url", "is nowhere that a browser can be sent to", "an http or https URL such as https://shop.example.com/return")
		}
		p.returnURL = *d.ReturnURL
	}
	if err := p.readGateway(d, o); err != nil {
		return p, err
	}
	switch *in.PaymentMethod {
	case "external":
		p.instrument.Descriptor = ""
		if d.ExternalPaymentMethod != nil {
			p.instrument.External = *d.ExternalPaymentMethod
		}
	case "card_token":
		if d.CardToken == nil || *d.CardToken == "" {
			return p, engine.RefuseField("/payment_details/card_token", "is missing", "the token of a card")
		}
		p.save = d.SaveCard == nil || *d.SaveCard
		if err := p.readToken(tx, *d.CardToken); err != nil {
			return p, err
		}
	case "saved_card":
		customer, _ := customers.Get(tx, key(o.Customer))
		if customer.Card == nil {
			return p, engine.RefuseField("/payment_method", "cannot be used: this customer has no saved card", "card_token, with the token of a card")
		}
		gateway, descriptor := p.instrument.Gateway, p.instrument.Descriptor
		p.instrument = *customer.Card
		p.instrument.Gateway, p.instrument.Descriptor = gateway, descriptor
		p.instrument.ThreeDS, p.instrument.SCA = false, "" // nobody was asked this time
	default:
		p.asks = chosen.redirects
		if p.returnURL == "" {
			return p, engine.RefuseField("/payment_details/payment_return_url", "is missing", "the URL to which the customer comes back")
		}
	}
	return p, subscribable(o)
}

// subscribable holds the vendor's rule that an order with a subscription costs something.
func subscribable(o *Order) error {
	for i, l := range o.Lines {
		if l.Recurs != nil && o.totals().Sum.Incl.IsZero() {
			return engine.RefuseField(at("lines", i, "subscription"), "needs an order that costs something", "an initial total above 0.00")
		}
	}
	return nil
}

func (p *payment) readGateway(d *paymentRequest, o *Order) error {
	if d.Gateway != nil && p.instrument.Method != "external" {
		if gatewayOf(*d.Gateway).ID == 0 {
			return engine.RefuseField("/payment_details/payment_gateway", "is not a gateway of this store", idsOf(gateways, func(g gateway) any { return g.ID }))
		}
		p.instrument.Gateway = *d.Gateway
	}
	if d.AuthorizeValue == nil {
		return nil
	}
	a, err := o.amount(*d.AuthorizeValue, "/payment_details/authorize_value")
	if err != nil || a.IsZero() {
		return engine.RefuseField("/payment_details/authorize_value", "is not an amount that can be authorized", "an amount such as 19.99")
	}
	p.promised = &a
	return nil
}

// Tokens that name a behaviour.
const (
	testCard      = "test_card"
	test3DSCard   = "test_3ds_card"
	declines      = "decline_"         // and a response code
	declinesLater = "decline_collect_" // and a response code
	challenges    = "3ds_"             // and anything
	failsIt       = "3ds_failed_"      // and anything
	leavesIt      = "3ds_left_"        // and anything
	frictionless  = "frictionless_"    // and anything
)

// testNumbers are the vendor's test cards, by the token that does the same. Numbers are never kept.
var testNumbers = map[string]string{
	"6011111111111117": testCard,
	"6011000990139424": test3DSCard,
	"4111111111111111": "",
	"5555555555554444": challenges,
	"4012888888881881": declines + "2000",
}

var (
	cardNumber = regexp.MustCompile(`^\d(?:[ -]?\d){11,18}$`)
	lastDigits = regexp.MustCompile(`\d{4}$`)
)

// readToken reads a card's token and what it brings about. A card's number is taken only if it is one of the vendor's test cards.
func (p *payment) readToken(tx *world.Tx, token string) error {
	first, last, behaviour := "411111", "1111", token
	if digits := lastDigits.FindString(token); digits != "" && !strings.HasPrefix(token, declines) {
		last = digits
	}
	if cardNumber.MatchString(token) {
		number := strings.NewReplacer(" ", "", "-", "").Replace(token)
		known, ok := testNumbers[number]
		if !ok {
			return engine.RefuseField("/payment_details/card_token", "is a card's number", "a token, or the number of a test card, "+keysOf(testNumbers))
		}
		first, last, behaviour = number[:6], number[len(number)-4:], known
		token = "tok_" + tx.ID("card", "").Hex(16)
	}
	p.instrument.Token, p.instrument.FirstSix, p.instrument.LastFour = token, first, last
	return p.behave(behaviour)
}

func (p *payment) behave(token string) (err error) {
	switch {
	case token == testCard:
		p.test = true
	case token == test3DSCard:
		p.test, p.asks = true, true
	case strings.HasPrefix(token, declinesLater):
		p.instrument.Decline, err = declineCode(strings.TrimPrefix(token, declinesLater))
	case strings.HasPrefix(token, declines):
		p.code, err = declineCode(strings.TrimPrefix(token, declines))
	case strings.HasPrefix(token, failsIt):
		p.asks, p.plays = true, checkout.ChallengeFailed
	case strings.HasPrefix(token, leavesIt):
		p.asks, p.plays = true, checkout.Abandoned
	case strings.HasPrefix(token, challenges):
		p.asks = true
	case strings.HasPrefix(token, frictionless):
		p.instrument.ThreeDS, p.instrument.SCA = true, "frictionless"
	}
	if p.asks {
		p.instrument.ThreeDS, p.instrument.SCA = true, "challenge"
	}
	return err
}

func declineCode(text string) (int, error) {
	code, err := strconv.Atoi(text)
	if _, known := responseCodes[code]; err != nil || !known || code == approvedCode {
		return 0, engine.RefuseField("/payment_details/card_token", "names no response code of a decline", "a code such as 2001: decline_2001")
	}
	return code, nil
}
