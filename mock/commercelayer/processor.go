package commercelayer

import (
	"strconv"
	"strings"
	"time"

	"understudy/mock/internal/checkout"
	"understudy/mock/internal/engine"
	"understudy/mock/internal/money"
	"understudy/mock/internal/world"
)

// sessionLifetime is how long Checkout.com remembers a payment session (published: processor payment reference).
const sessionLifetime = 15 * time.Minute

// verdict is what becomes of an authorization at Checkout.com: the way that it goes, and the response code with which it ends there and then.
type verdict struct {
	scenario      checkout.Scenario
	code, summary string
}

const approvedCode = "10000"

var (
	approved   = verdict{checkout.Approved, approvedCode, "Approved"}
	doNotHonor = verdict{checkout.Declined, "20005", "Declined - Do not honour"}
	noFunds    = verdict{checkout.NoFunds, "20051", "Insufficient funds"}
	noProof    = verdict{checkout.Declined, "20154", "3DS authentication required"}
	challenged = verdict{scenario: checkout.Challenge}
)

// verdicts are the scenarios that are decided at once. The others are left to the customer, or to time.
var verdicts = map[checkout.Scenario]verdict{
	checkout.Approved: approved, checkout.Frictionless: {checkout.Frictionless, approvedCode, "Approved"},
	checkout.Declined: doNotHonor, checkout.NoFunds: noFunds,
}

// verdictOf is what a scenario comes to.
func verdictOf(s checkout.Scenario) verdict {
	if v, ok := verdicts[s]; ok {
		return v
	}
	return verdict{scenario: s}
}

// cardTriggers are tokens of cards that are declined. A shop's customer types a card, and Checkout.com makes a token of it: each of these stands for the
// test card of its response code. The codes are published (processor test cards), the tokens are ours. Every scenario has a token besides: tok_ and its name.
var cardTriggers = []struct {
	token string
	verdict
}{
	{"tok_expired_card", verdict{checkout.Declined, "20054", "Expired card"}},
	{"tok_suspected_fraud", verdict{checkout.Declined, "20059", "Suspected fraud"}},
	{"tok_limit_exceeded", verdict{checkout.Declined, "20061", "Activity amount limit exceeded"}},
	{"tok_restricted_card", verdict{checkout.Declined, "20062", "Restricted card"}},
	{"tok_security_violation", verdict{checkout.Declined, "20063", "Security violation"}},
	{"tok_3ds_required", noProof},
	{"tok_lost_card", verdict{checkout.Declined, "30041", "Lost card - Pick up"}},
}

// amountTriggers are amounts that are declined, by their last digits in minor units or, where whole, by all of them, in currencies of two decimals
// (published: processor response code testing). That no challenge comes first is assumed.
var amountTriggers = []struct {
	digits string
	whole  bool
	verdict
}{
	{"05", false, doNotHonor},
	{"12", false, verdict{checkout.Declined, "20012", "Invalid payment"}},
	{"14", false, verdict{checkout.Declined, "20014", "Invalid card number"}},
	{"51", false, noFunds},
	{"54", false, verdict{checkout.Declined, "20087", "Bad track data"}},
	{"62", false, verdict{checkout.Declined, "20062", "Restricted card"}},
	{"63", false, verdict{checkout.Declined, "20063", "Security violation"}},
	{"33", false, verdict{checkout.Declined, "30033", "Expired card - Pick up"}},
	{"6510", true, noProof},
	{"9998", true, verdict{checkout.Declined, "20068", "Response received too late / timeout"}},
	{"4001", true, verdict{checkout.Declined, "40101", "Payment blocked due to risk"}},
	{"4008", true, verdict{checkout.Declined, "40108", "Gateway reject - Post code failed"}},
}

// judge decides an authorization: as the caller asks, else by the token, else by the amount. Whatever triggers nothing is challenged, since 3-D Secure
// is on by default.
func judge(scenario checkout.Scenario, token string, amount money.Amount) verdict {
	if scenario != "" {
		return verdictOf(scenario)
	}
	for _, s := range checkout.Scenarios() {
		if token == "tok_"+string(s) {
			return verdictOf(s)
		}
	}
	for _, t := range cardTriggers {
		if t.token == token {
			return t.verdict
		}
	}
	cents := strconv.FormatInt(amount.Minor, 10)
	for _, t := range amountTriggers {
		if cents == t.digits || !t.whole && len(cents) > len(t.digits) && strings.HasSuffix(cents, t.digits) {
			return t.verdict
		}
	}
	return challenged
}

// processorID makes an id in Checkout.com's manner: a prefix and 26 characters of base32.
func processorID(tx *world.Tx, prefix, parent string) string {
	return prefix + "_" + tx.ID(prefix, parent).Spell(26, world.LowerBase32)
}

// attempt starts an authorization at Checkout.com.
func attempt(tx *world.Tx, p *Payment, amount money.Amount) *Attempt {
	a := &Attempt{
		ID: processorID(tx, "pay", p.ID), Session: processorID(tx, "sid", p.ID), SessionEnds: tx.Now().Add(sessionLifetime),
		Source: processorID(tx, "src", p.ID), Customer: processorID(tx, "cus", p.ID), Action: processorID(tx, "act", p.ID),
		Amount: amount, Requested: tx.Now(),
	}
	charges.Put(tx, a.ID, &Charge{Payment: p.ID})
	p.Attempt = a
	p.CustomerID = &a.Customer
	return a
}

// decide notes a verdict in the attempt.
func (a *Attempt) decide(v verdict) { a.Code, a.Summary = v.code, v.summary }

// challenge has the customer asked for a code, for as long as the session lasts.
func (p *Payment) challenge(tx *world.Tx) error {
	p.Attempt.Challenged = true
	tx.At(challengeTimer, p.ID, p.Attempt.SessionEnds)
	return p.move("challenge")
}

// play takes a payment the way of a verdict that is not decided at once, and as far as that goes without its customer.
func (p *Payment) play(tx *world.Tx, v verdict) error {
	if v.scenario != checkout.PendingThenApproved && v.scenario != checkout.PendingThenDeclined {
		if err := p.challenge(tx); err != nil || v.scenario == checkout.Challenge {
			return err
		}
	}
	return script.Play(tx, p.ID, v.scenario)
}

// challengeTimer ends a challenge that the customer did not pass in time; its id is the payment's.
const challengeTimer = "challenge"

func lapse(tx *world.Tx, t world.Timer) error {
	p, ok := payments.Edit(tx, t.ID)
	if !ok {
		return nil
	}
	return p.move("lapse")
}

// outcomes are what a customer's outcome does to a payment: its event, the verdict that is given with it, and what the bank then says of who the customer is.
// The last two are as they were where they are empty.
var outcomes = map[checkout.Outcome]struct {
	event string
	verdict
	proof string
}{
	checkout.Approve:            {"approve", approved, proven},
	checkout.Decline:            {"decline", doNotHonor, proven},
	checkout.InsufficientFunds:  {"decline", noFunds, proven},
	checkout.FailAuthentication: {"fail_authentication", noProof, unproven},
	checkout.Pend:               {"pend", verdict{}, proven},
	checkout.Abandon:            {"abandon", verdict{}, ""},
	checkout.Expire:             {"lapse", verdict{}, ""},
}

// settle brings a payment to its customer's outcome, at Checkout.com. Commerce Layer learns of it when it reads. Who leaves keeps the challenge open
// until it lapses.
func settle(tx *world.Tx, payment string, outcome checkout.Outcome) error {
	p, ok := payments.Edit(tx, payment)
	if !ok {
		return engine.Refuse(engine.NotFound, "there is no payment %q", payment)
	}
	is := outcomes[outcome]
	if err := p.move(is.event); err != nil {
		return err
	}
	a := p.Attempt
	if is.code != "" {
		a.decide(is.verdict)
	}
	if a.Challenged && a.Proof == "" {
		a.Proof = is.proof
	}
	if outcome == checkout.Pend {
		tx.Cancel(challengeTimer, p.ID)
		return nil // the bank has still to say
	}
	checkout.Forget(tx, p.ID)
	if outcome == checkout.Abandon {
		return nil
	}
	tx.Cancel(challengeTimer, p.ID)
	if outcome == checkout.Expire && tx.Now().Before(a.SessionEnds) {
		a.SessionEnds = tx.Now()
	}
	return nil
}
