package engine

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"understudy/mock/internal/checkout"
	"understudy/mock/internal/page"
)

// handlePage shows a hosted page, or does what one of its buttons says and shows what became of it.
func (e *Engine) handlePage(c *Call) error {
	return c.transact(func() (Reply, error) {
		if c.page.File != nil {
			media, body, err := c.page.File(c)
			return Reply{Status: http.StatusOK, Raw: body, MediaType: media}, err
		}
		done := false
		if c.Method == http.MethodPost {
			var err error
			if done, err = e.press(c); err != nil {
				return Reply{}, err
			}
		}
		v, err := e.view(c)
		if done && v.Frame != nil && v.Stage != page.Over {
			v.Leave()
		}
		switch {
		case err != nil:
			return Reply{}, err
		case c.Method != http.MethodPost, v.Expired && !done:
			return e.showPage(v), nil
		case done && v.Return != "" && v.ReturnForm == nil:
			return e.seeOther(v, v.Return), nil
		case !done, v.ReturnForm != nil:
			return e.seeOther(v, c.base+c.here()), nil // so that reloading the page does not press the button again: a wrong code counts once
		}
		return e.showPage(v), nil
	})
}

// shown are the triggers that a page tells its customer of.
var shown = []string{"card", "upi", "token", "amount"}

// view is what the room shows, and on a page with a script, how far its customer has come.
func (e *Engine) view(c *Call) (page.View, error) {
	v, err := c.page.View(c)
	if err != nil {
		return v, err
	}
	v.Now, v.Running = c.Tx.Now(), !c.Tx.Frozen()
	if c.page.Script == nil || v.Stage == page.Over {
		return v, nil
	}
	c.page.Script.Show(c.Tx, &v)
	for _, t := range c.room.Triggers {
		if slices.Contains(shown, t.Where) {
			v.Samples = append(v.Samples, page.Sample{Where: t.Where, Value: t.Value, Effect: t.Effect})
		}
	}
	return v, nil
}

// press does what a button says, and tells whether the customer is done here. Without a script, a button is the outcome that it names.
func (e *Engine) press(c *Call) (done bool, err error) {
	form, err := url.ParseQuery(string(c.Body))
	if err != nil {
		return false, Refuse(Invalid, "the form does not read: %v", err)
	}
	v, err := c.page.View(c)
	if err != nil || v.Expired { // the time was up before the button was pressed: the page says so
		return false, err
	}
	if c.page.Script != nil && v.Stage != page.Over {
		done, err = c.page.Script.Press(c.Tx, v, form)
	} else {
		done, err = true, c.pressPlain(v, form.Get("event"))
	}
	var none *checkout.NoButton
	if errors.As(err, &none) {
		return false, Refuse(Invalid, "%s", none)
	}
	return done, err
}

func (c *Call) pressPlain(v page.View, event string) error {
	var has []string
	for _, b := range v.Buttons {
		has = append(has, b.Event)
	}
	if !slices.Contains(has, event) {
		return &checkout.NoButton{Event: event, Has: has}
	}
	return c.room.Settle(c.Tx, v.Payment, checkout.Outcome(event))
}

// here is the page's own path, with the query that it was asked for with.
func (c *Call) here() string {
	if c.request.URL.RawQuery == "" {
		return c.Path
	}
	return c.Path + "?" + c.request.URL.RawQuery
}

func (e *Engine) showPage(v page.View) Reply {
	status := http.StatusOK
	switch {
	case v.Expired:
		status = http.StatusGone
	case v.Missing:
		status = http.StatusNotFound
	}
	return e.htmlReply(status, v)
}

// seeOther sends the browser on. The policy goes along: browsers hold a form's redirect to the page's own.
func (e *Engine) seeOther(v page.View, to string) Reply {
	r := e.htmlReply(http.StatusSeeOther, v).With("Location", to)
	r.Raw = nil
	return r
}

// refusalPage tells why nothing came of a request. Who pressed a button, perhaps twice, finds the way to what became of the payment.
func (e *Engine) refusalPage(c *Call, refusal *Error) Reply {
	v := page.View{Title: http.StatusText(refusal.Status()), Note: refusal.Message, Mood: "bad"}
	if c.Method == http.MethodPost && refusal.Kind != NotFound {
		v.Again = c.base + c.here()
	}
	return e.htmlReply(refusal.Status(), v)
}

func (e *Engine) htmlReply(status int, v page.View) Reply {
	r := Reply{Status: status, Raw: page.Render(v), MediaType: "text/html; charset=utf-8"}
	return r.With("Content-Security-Policy", page.Policy(v, e.options.DenyFraming)).With("Cache-Control", "no-store").
		With("Referrer-Policy", "no-referrer").With("X-Content-Type-Options", "nosniff")
}
