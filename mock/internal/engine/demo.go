package engine

import "understudy/mock/internal/checkout"

// Demo is a way to pay, told as data: what a shop's page does at a provider, call by call, and what it learns. The demo shop of the control API
// plays it without naming the provider.
//
// In paths and bodies {name} stands for a value: `order`, the order that the control API makes for it; `return`, the URL at which the demo
// shop waits for the customer; whatever a call keeps; and whatever the customer's browser brings back. A call with a value that nobody knows is left out.
type Demo struct {
	Name  string `json:"name"`  // link, sdk, redirect: how the customer comes to the page
	Title string `json:"title"` // for people
	Note  string `json:"note"`
	Item  string `json:"item"`           // what is bought
	Price string `json:"price"`          // what it costs, as money.Amount prints it
	Role  string `json:"role,omitempty"` // of the order to make; "" where the first call makes it

	Header map[string]string `json:"header"` // of every call; a Content-Type only goes along with a body
	Calls  []DemoCall        `json:"calls"`  // until the customer takes over; one that is refused ends it
	Link   string            `json:"link"`   // where their browser is sent: the name of a kept value. Empty: nothing is left to do but to look
	SDK    *DemoSDK          `json:"sdk,omitempty"`
	After  []DemoCall        `json:"after"` // when the customer is back

	// Verify checks the signature of the query that came back; nil where there is none.
	Verify func(query string) error `json:"-"`
}

// DemoCall is one call of an operation.
type DemoCall struct {
	Operation string            `json:"operation"`
	Vars      map[string]string `json:"vars,omitempty"` // of the operation's path
	Body      any               `json:"body,omitempty"`
	Keep      map[string]string `json:"keep,omitempty"`  // a value's name → its JSON pointer in the answer
	Facts     []DemoFact        `json:"facts,omitempty"` // what the shop learns from the answer

	// Scenarios are what this call plays of what may be asked of it; nil for a call that nothing is asked of.
	Scenarios []checkout.Scenario `json:"scenarios,omitempty"`
}

// DemoFact is something in an answer that a shop goes by.
type DemoFact struct {
	Label   string `json:"label"`
	Pointer string `json:"pointer"`
	Paid    string `json:"paid,omitempty"` // the value by which the shop knows that it is paid
}

// DemoSDK is a script that brings the provider's page into the shop's own.
type DemoSDK struct {
	Script   string `json:"script"`   // a path below the provider
	Class    string `json:"class"`    // what it adds to the window
	Initiate any    `json:"initiate"` // what it is made ready with; {div} is the id of the element that it may fill
	Payload  string `json:"payload"`  // the name of the kept value that it is given
}
