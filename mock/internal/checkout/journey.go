package checkout

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"understudy/fixtures/luhn"
	"understudy/mock/internal/page"
	"understudy/mock/internal/world"
)

// Script is what a room tells of its customers' way.
type Script struct {
	// Code is the one-time code that is right.
	Code string
	// Choose tells what an instrument brings about at this platform, by its test cards, ids and amounts. Needed where a page opens at page.Pay.
	Choose func(tx *world.Tx, payment string, with Instrument) Scenario
	// Settle moves the room's own states. A late or repeated outcome changes nothing and is an error that says so.
	Settle func(tx *world.Tx, payment string, outcome Outcome) error
}

// Instrument is what a customer pays with. A card's number decides what happens and is never kept.
type Instrument struct {
	Card string // digits only
	UPI  string
}

// masked is the instrument as a page may show it.
func (i Instrument) masked() string {
	if len(i.Card) >= 4 {
		return "the card that ends in " + i.Card[len(i.Card)-4:]
	}
	return i.UPI
}

// Journey is how far a customer has come with one payment. Most never need one: it is kept from their first press of a button.
type Journey struct {
	Stage    string   `json:"stage"`
	Scenario Scenario `json:"scenario,omitempty"` // what was chosen when they paid
	Masked   string   `json:"masked,omitempty"`   // what they pay with
	Sent     int      `json:"sent,omitempty"`     // codes sent
	Wrong    int      `json:"wrong,omitempty"`    // codes that were not right
	Problem  string   `json:"problem,omitempty"`  // what the last press did not bring about, and why
	Field    string   `json:"field,omitempty"`    // the field that it is about
}

// Clone copies the journey.
func (j *Journey) Clone() *Journey { c := *j; return &c }

// Journeys are kept by payment.
var Journeys = world.Kind[*Journey]{Name: "journey"}

// waiting is the stage of a journey whose bank will say later.
const waiting = "waiting"

const (
	// tries is how many wrong codes a bank takes.
	tries = 3
	// AnswersAfter is how long a bank takes that says later.
	AnswersAfter = time.Minute
	// Timer is the name of the timer by which it says so.
	Timer = "bank_answers"
)

// NoButton is the refusal of a press that the page has no button for.
type NoButton struct {
	Event string
	Has   []string
}

func (e *NoButton) Error() string {
	if len(e.Has) == 0 {
		return "nothing more can be done on this page: the payment is over"
	}
	return fmt.Sprintf("this page has no button %q; it has: %s", e.Event, strings.Join(e.Has, ", "))
}

// buttons are the events of a page by stage.
var buttons = map[string][]string{
	page.Pay:       {"pay", string(Decline), string(Abandon)},
	page.Challenge: {"authenticate", "resend", string(FailAuthentication), "cancel"},
}

// Show completes the view of a payment that is still open with how far its customer has come. The view's own stage is where the page opens:
// page.Pay, or page.Challenge where the shop took the card itself.
func (s Script) Show(tx *world.Tx, v *page.View) {
	j := journeyOf(tx, v)
	v.Stage, v.Problem, v.Field, v.Code, v.Sent = j.Stage, j.Problem, j.Field, s.Code, j.Sent
	if j.Masked != "" {
		v.Masked = j.Masked
	}
	if j.Stage == waiting {
		v.Stage, v.Mood = page.Over, "wait"
	}
	for _, scenario := range Scenarios() {
		if j.Stage != page.Challenge || endsChallenge(scenario) {
			v.Scenarios = append(v.Scenarios, string(scenario))
		}
	}
}

// Press does what a button of an open payment's page says, and tells whether the customer is done here.
// `opened` is the page as the room shows it. What they got wrong is kept in the journey and shown; an error refuses the press.
func (s Script) Press(tx *world.Tx, opened page.View, form url.Values) (done bool, err error) {
	payment, j := opened.Payment, journeyOf(tx, &opened)
	event := form.Get("event")
	if !slices.Contains(buttons[j.Stage], event) {
		return false, &NoButton{event, buttons[j.Stage]}
	}
	Journeys.Put(tx, payment, j)
	j.Problem, j.Field = "", ""
	switch {
	case event == "pay":
		return s.pay(tx, opened, j, form)
	case event == "authenticate" && form.Get("scenario") != "":
		return s.answer(tx, payment, j, Scenario(form.Get("scenario")))
	case event == "authenticate":
		return s.authenticate(tx, payment, j, form.Get("otp"))
	case event == "resend":
		j.Sent++
		return false, nil
	case event == "cancel" && opened.Stage == page.Pay:
		j.Stage = page.Pay
		return false, nil
	case event == "cancel":
		return s.end(tx, payment, Abandon)
	}
	return s.end(tx, payment, Outcome(event))
}

// journeyOf is a private copy of a payment's journey, or a new one.
func journeyOf(tx *world.Tx, v *page.View) *Journey {
	if j, ok := Journeys.Get(tx, v.Payment); ok {
		return j.Clone()
	}
	return &Journey{Stage: v.Stage, Sent: 1}
}

func (s Script) pay(tx *world.Tx, opened page.View, j *Journey, form url.Values) (done bool, err error) {
	var with Instrument
	field, problem := "", ""
	if opened.Card || opened.UPI { // else the customer is at a wallet or bank that knows theirs
		with, field, problem = readInstrument(form)
	}
	scenario := Scenario(form.Get("scenario"))
	switch {
	case scenario != "" && !slices.Contains(Scenarios(), scenario):
		field, problem = "scenario", fmt.Sprintf("%q is no scenario.", scenario)
	case scenario == "" && problem == "":
		scenario = s.Choose(tx, opened.Payment, with)
	case scenario != "" && with == (Instrument{}):
		problem = "" // asked for outright: no need to type a card
	}
	if problem != "" {
		j.Problem, j.Field = problem, field
		return false, nil
	}
	j.Masked = with.masked()
	return s.follow(tx, opened.Payment, j, scenario)
}

// Play takes a payment the way that was asked for beforehand, without its page. A challenge is left to the customer, who finds it there.
func (s Script) Play(tx *world.Tx, payment string, scenario Scenario) error {
	j := &Journey{}
	Journeys.Put(tx, payment, j)
	_, err := s.follow(tx, payment, j, scenario)
	return err
}

// follow takes a journey the way of a scenario, as far as it goes without the customer.
func (s Script) follow(tx *world.Tx, payment string, j *Journey, scenario Scenario) (done bool, err error) {
	j.Scenario, j.Sent, j.Wrong = scenario, 1, 0
	switch scenario {
	case Challenge, ChallengeFailed:
		j.Stage = page.Challenge
		return false, nil
	case PendingThenApproved, PendingThenDeclined:
		j.Stage = waiting
		tx.At(Timer, payment, tx.Now().Add(AnswersAfter))
		return true, s.Settle(tx, payment, Pend)
	}
	return s.end(tx, payment, ends[scenario])
}

// ends are the scenarios that end at once.
var ends = map[Scenario]Outcome{
	Approved: Approve, Frictionless: Approve, Declined: Decline, NoFunds: InsufficientFunds, Abandoned: Abandon, Expired: Expire,
}

// endsChallenge tells whether a scenario says how a challenge ends that is already there.
func endsChallenge(s Scenario) bool { return s != Challenge && s != Frictionless }

// answer ends a challenge in the way that its customer asked for outright: no need to type a code.
func (s Script) answer(tx *world.Tx, payment string, j *Journey, scenario Scenario) (done bool, err error) {
	switch {
	case !slices.Contains(Scenarios(), scenario) || !endsChallenge(scenario):
		j.Problem, j.Field = fmt.Sprintf("%q is no way for a challenge to end.", scenario), "scenario"
		return false, nil
	case scenario == ChallengeFailed:
		return s.end(tx, payment, FailAuthentication)
	}
	return s.follow(tx, payment, j, scenario)
}

func (s Script) authenticate(tx *world.Tx, payment string, j *Journey, code string) (done bool, err error) {
	switch {
	case strings.TrimSpace(code) == s.Code && j.Scenario != ChallengeFailed:
		return s.end(tx, payment, Approve)
	case j.Wrong+1 >= tries:
		return s.end(tx, payment, FailAuthentication)
	}
	j.Wrong++
	j.Problem, j.Field = fmt.Sprintf("That code is not right. %d more before the bank gives up.", tries-j.Wrong), "otp"
	return false, nil
}

// Forget drops a payment's journey, and with it what its bank has still to say: a room that gives the payment up, or begins it anew, does so.
func Forget(tx *world.Tx, payment string) {
	Journeys.Delete(tx, payment)
	tx.Cancel(Timer, payment)
}

// end settles. The journey is over: should the room let the customer come back, they begin anew.
func (s Script) end(tx *world.Tx, payment string, outcome Outcome) (done bool, err error) {
	Forget(tx, payment)
	return true, s.Settle(tx, payment, outcome)
}

// Answer is what the timer does: the bank says what became of a payment that it kept waiting.
func (s Script) Answer(tx *world.Tx, t world.Timer) error {
	j, ok := Journeys.Get(tx, t.ID)
	if !ok || j.Stage != waiting {
		return nil
	}
	outcome := Approve
	if j.Scenario == PendingThenDeclined {
		outcome = Decline
	}
	_, err := s.end(tx, t.ID, outcome)
	return err
}

// readInstrument reads the card or UPI id of a payment form; problem says what is wrong with it, and field where it was typed.
func readInstrument(form url.Values) (with Instrument, field, problem string) {
	if upi := strings.TrimSpace(form.Get("upi")); form.Get("method") == "upi" || (upi != "" && form.Get("card-number") == "") {
		if name, bank, ok := strings.Cut(upi, "@"); !ok || name == "" || bank == "" {
			return Instrument{}, "upi", "That is not a UPI id. One looks like success@upi."
		}
		return Instrument{UPI: upi}, "", ""
	}
	digits := strings.NewReplacer(" ", "", "-", "").Replace(form.Get("card-number"))
	if !cardNumber.MatchString(digits) || !luhn.Valid(digits) {
		return Instrument{}, "card-number", "That is not a card number. 4242 4242 4242 4242 is one."
	}
	return Instrument{Card: digits}, "", ""
}

// cardNumber is what a card's number can be, but for its check digit.
var cardNumber = regexp.MustCompile(`^[0-9]{13,19}$`)
