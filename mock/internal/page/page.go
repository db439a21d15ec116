// Package page draws the hosted pages that a customer's browser is sent to. They are plain forms; nothing on them needs a script.
package page

import (
	"bytes"
	"html/template"
)

// View is what a hosted page shows. Everything in it is escaped.
type View struct {
	Title    string // what the page is: "Payment", "3-D Secure"
	Merchant string
	Order    string // the order's number, as the shop knows it
	Amount   string // with its currency
	Status   string // of the payment, as the provider names it
	Note     string // a sentence for the customer

	Payment string   // the id that the room settles
	Buttons []Button // what the customer may do; none once it is over
	Return  string   // where the customer goes once it is over: the shop's own URL, if it gave one
	// ReturnForm are the fields that the customer's browser posts to Return, for a vendor that comes back so; nil goes there by a link.
	ReturnForm map[string]string
	Expired    bool // the link is no longer valid: the page answers 410
}

// Button is a form of its own; pressing it posts `event`.
type Button struct {
	Event string // what it does: an outcome such as "approve"
	Label string
}

var layout = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Title}}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 30rem; margin: 3rem auto; padding: 0 1rem; }
dt { color: GrayText } dd { margin: 0 0 .5rem }
form { display: inline } button { font: inherit; padding: .4rem 1rem; margin-right: .5rem }
:root { color-scheme: light dark }
</style>
</head>
<body>
<main>
<h1>{{.Title}}</h1>
<dl>
{{with .Merchant}}<dt>Merchant</dt><dd>{{.}}</dd>{{end}}
{{with .Order}}<dt>Order</dt><dd data-testid="order">{{.}}</dd>{{end}}
{{with .Amount}}<dt>Amount</dt><dd data-testid="amount">{{.}}</dd>{{end}}
{{with .Status}}<dt>Status</dt><dd data-testid="status">{{.}}</dd>{{end}}
</dl>
{{with .Note}}<p>{{.}}</p>{{end}}
{{range .Buttons}}<form method="post"><button name="event" value="{{.Event}}" data-testid="{{.Event}}">{{.Label}}</button></form>
{{end}}
{{if and .Return .ReturnForm (not .Buttons)}}<form method="post" action="{{.Return}}">{{range $name, $value := .ReturnForm}}<input type="hidden" name="{{$name}}" value="{{$value}}">{{end}}<button data-testid="return">Back to the shop</button></form>
{{else if and .Return (not .Buttons)}}<p><a href="{{.Return}}" data-testid="return">Back to the shop</a></p>{{end}}
</main>
<footer><small>Understudy: a simulated page. No money moves.</small></footer>
</body>
</html>
`))

// Render draws the page.
func Render(v View) []byte {
	var b bytes.Buffer
	if err := layout.Execute(&b, v); err != nil {
		panic(err) // the template is ours and its fields are text
	}
	return b.Bytes()
}
