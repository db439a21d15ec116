package engine

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

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
		view, err := c.page.View(c)
		if err != nil {
			return Reply{}, err
		}
		if c.Method != http.MethodPost {
			return showPage(view), nil
		}
		form, err := url.ParseQuery(string(c.Body))
		if err != nil {
			return Reply{}, Refuse(Invalid, "the form does not read: %v", err)
		}
		event := form.Get("event")
		if !slices.ContainsFunc(view.Buttons, func(b page.Button) bool { return b.Event == event }) {
			return Reply{}, Refuse(Invalid, "this page has no button %q; it has: %s", event, strings.Join(events(view), ", "))
		}
		if err := c.room.Settle(c.Tx, view.Payment, checkout.Outcome(event)); err != nil {
			return Reply{}, err
		}
		if view, err = c.page.View(c); err != nil {
			return Reply{}, err
		}
		if view.Return != "" && view.ReturnForm == nil {
			return Reply{Status: http.StatusSeeOther}.With("Location", view.Return), nil
		}
		return showPage(view), nil
	})
}

func events(v page.View) []string {
	var list []string
	for _, b := range v.Buttons {
		list = append(list, b.Event)
	}
	return list
}

func showPage(v page.View) Reply {
	status := http.StatusOK
	if v.Expired {
		status = http.StatusGone
	}
	return htmlReply(status, v)
}

func refusalPage(e *Error) Reply {
	return htmlReply(e.Status(), page.View{Title: http.StatusText(e.Status()), Note: e.Message})
}

func htmlReply(status int, v page.View) Reply {
	r := Reply{Status: status, Raw: page.Render(v), MediaType: "text/html; charset=utf-8"}
	return r.With("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'").With("Cache-Control", "no-store").
		With("Referrer-Policy", "no-referrer").With("X-Content-Type-Options", "nosniff")
}
