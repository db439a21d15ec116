package commerceengine

import (
	_ "embed"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"

	"understudy/mock/internal/engine"
	"understudy/mock/internal/page"
	"understudy/mock/internal/world"
)

// What a front end gives sdk_payload to. hyperservices.js has the surface that Juspay publishes (initiate, isInitialised, process, the events of its
// callback; terminate is assumed) and opens the session of an attempt in a frame. Whether a session is valid is decided here, by the world's clock.

//go:embed hyperservices.js
var hyperServices []byte

func hyperServicesScript(*engine.Call) (string, []byte, error) {
	return "text/javascript; charset=utf-8", hyperServices, nil
}

// news is what a payment page in a frame tells the SDK, which hands it to the shop. Published: Juspay, payment page by iframe. Which error code goes
// with which status is assumed: JP_002 (the customer gave up), JP_003 (a payload that does not fit), JP_006 (the outcome is awaited), none where the bank refused.
type news struct {
	Event        string       `json:"event"`
	Error        bool         `json:"error"`
	ErrorCode    string       `json:"errorCode"`
	ErrorMessage string       `json:"errorMessage"`
	Payload      *newsPayload `json:"payload,omitempty"`
}

type newsPayload struct {
	Status string `json:"status"`
}

func (n news) text() string {
	b, _ := json.Marshal(n) // a struct of text
	return string(b)
}

// processResult tells of the end of a payment. All but money taken is an error.
func processResult(status, code, message string) string {
	return news{"process_result", status != "charged", code, message, &newsPayload{status}}.text()
}

// sessionExpired tells that a token's or a page's time is up.
func sessionExpired(message string) string {
	return news{"session_expired", true, "", message, nil}.text()
}

// sdkPage is the payment page as the SDK shows it in a frame: instead of sending the customer back to the shop, it tells the shop's page.
func sdkPage(c *engine.Call) (page.View, error) {
	origin, err := parentOf(c)
	if err != nil {
		return page.View{}, err
	}
	frame := &page.Frame{Origin: origin, Left: processResult("user_aborted", "JP_002", "the customer left the payment page")}
	a := attemptOf(c.Tx, c.Vars["order_id"], c.Vars["token"])
	if a == nil {
		v := page.View{Title: "Payment", Merchant: store(c), Note: "This payment session is not known here.", Mood: "bad", Missing: true, Frame: frame}
		frame.News = processResult("api_failure", "JP_003", "clientAuthToken and orderId name no payment of this store")
		return v, nil
	}
	v := a.view(c)
	if v.Stage != page.Over && !c.Tx.Now().Before(a.Requested.Add(tokenLife)) {
		v = page.View{Title: "Payment", Merchant: store(c), Order: a.Order, Note: "This payment session has expired.", Mood: "bad", Expired: true}
	}
	v.Return, v.Frame = "", frame
	switch {
	case v.Expired && a.State != withdrawn:
		frame.News = sessionExpired(v.Note)
	case v.Stage == page.Over:
		frame.News = a.news()
	}
	return v, nil
}

// news is what the SDK hears of an attempt in its state.
func (a *Attempt) news() string {
	status := strings.ToLower(a.State)
	switch a.State {
	case charged, partialCharged:
		return processResult("charged", "", "")
	case authorizing:
		return processResult(status, "JP_006", "the bank will say later")
	case authenticationFailed, authorizationFailed:
		return processResult(status, "", notes[a.State])
	}
	return processResult("api_failure", "JP_003", notes[a.State])
}

// attemptOf finds the attempt that an SDK payload is about: its order as Juspay knows it, and its token. nil if the two name none.
func attemptOf(tx *world.Tx, reference, token string) *Attempt {
	cut := strings.LastIndex(reference, "-")
	if cut < 0 {
		return nil
	}
	n, err := strconv.Atoi(reference[cut+1:])
	o, found := orders.Get(tx, reference[:cut])
	if err != nil || !found || n < 1 || n > len(o.Attempts) {
		return nil
	}
	a, _ := attempts.Get(tx, o.Attempts[n-1])
	if a.Reference != reference || a.Token != token {
		return nil
	}
	return a
}

var pageOrigin = regexp.MustCompile(`^https?://(\[[0-9a-f:]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?$`)

// parentOf is the origin of the page that holds the frame, as the SDK names it.
func parentOf(c *engine.Call) (string, error) {
	named := c.Query().Get("parent")
	if !pageOrigin.MatchString(named) {
		return "", engine.RefuseParameter("query", "parent", "is no origin of a page", "the origin of the page that holds this one in a frame, such as https://shop.example.test")
	}
	return named, nil
}
