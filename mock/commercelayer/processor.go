package commercelayer

import (
	"time"

	"understudy/mock/internal/checkout"
	"understudy/mock/internal/engine"
	"understudy/mock/internal/money"
	"understudy/mock/internal/world"
)

// sessionLifetime is how long Checkout.com remembers a payment session (published: processor payment reference).
const sessionLifetime = 15 * time.Minute

// verdict is what Checkout.com makes of a token.
type verdict struct {
	challenge bool
	code      string // response code
	summary   string
}

func (v verdict) approved() bool { return v.code == approvedCode }

const approvedCode = "10000"

var (
	challenged = verdict{challenge: true}
	approved   = verdict{code: approvedCode, summary: "Approved"}
	doNotHonor = verdict{code: "20005", summary: "Declined - Do not honour"}
	noProof    = verdict{code: "20154", summary: "3DS authentication required"}
)

// tokenTriggers are the tokens that are decided without the customer. The codes are published (processor test cards), the tokens are ours.
var tokenTriggers = []struct {
	token string
	verdict
}{
	{"tok_approved", approved},
	{"tok_declined", doNotHonor},
	{"tok_insufficient_funds", verdict{code: "20051", summary: "Insufficient funds"}},
	{"tok_expired_card", verdict{code: "20054", summary: "Expired card"}},
	{"tok_suspected_fraud", verdict{code: "20059", summary: "Suspected fraud"}},
	{"tok_3ds_required", noProof},
	{"tok_lost_card", verdict{code: "30041", summary: "Lost card - Pick up"}},
}

// judge decides an authorization: as the caller asks, else by the token. A token that is not a trigger is challenged, since 3-D Secure is on by default.
func judge(token string, scenario checkout.Scenario) verdict {
	switch scenario {
	case checkout.Approved:
		return approved
	case checkout.Declined:
		return doNotHonor
	case checkout.Challenge, checkout.Expired:
		return challenged
	}
	for _, t := range tokenTriggers {
		if t.token == token {
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
	return a
}

// decide notes a verdict in the attempt.
func (a *Attempt) decide(v verdict) { a.Code, a.Summary = v.code, v.summary }

// challengeTimer ends a challenge that the customer did not pass in time; its id is the payment's.
const challengeTimer = "challenge"

func lapse(tx *world.Tx, t world.Timer) error {
	p, ok := payments.Edit(tx, t.ID)
	if !ok {
		return nil
	}
	return p.move("lapse")
}

// settle brings a challenged payment to its customer's outcome, at Checkout.com. Commerce Layer learns of it when it reads.
func settle(tx *world.Tx, payment string, outcome checkout.Outcome) error {
	p, ok := payments.Edit(tx, payment)
	if !ok {
		return engine.Refuse(engine.NotFound, "there is no payment %q", payment)
	}
	if err := p.move(string(outcome)); err != nil {
		return err
	}
	switch outcome {
	case checkout.Approve:
		p.Attempt.decide(approved)
	case checkout.Decline:
		p.Attempt.decide(doNotHonor)
	case checkout.FailAuthentication:
		p.Attempt.decide(noProof)
	case checkout.Abandon:
		return nil // the challenge stays open until it lapses
	}
	tx.Cancel(challengeTimer, p.ID)
	return nil
}
