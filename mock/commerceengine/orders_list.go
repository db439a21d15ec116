package commerceengine

import (
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"understudy/mock/internal/engine"
	"understudy/mock/internal/money"
)

// defaultLimit is how many orders a page has unless the caller says. Assumed.
const defaultLimit = 25

// listOrders lists a user's orders, the latest first unless sort_by says otherwise.
func listOrders(c *engine.Call) (engine.Reply, error) {
	query := c.Query()
	user := query.Get("user_id")
	if !may(c, user) {
		return engine.Reply{}, engine.Refuse(engine.Forbidden, "the access token is of another user; its own `ulid` would be right for user_id")
	}
	order, err := readSort(query.Get("sort_by"))
	if err != nil {
		return engine.Reply{}, err
	}
	page, err := positive(query.Get("page"), "page", 1)
	if err != nil {
		return engine.Reply{}, err
	}
	limit, err := positive(query.Get("limit"), "limit", defaultLimit)
	if err != nil {
		return engine.Reply{}, err
	}
	var found []*Order
	for _, o := range orders.All(c.Tx, "") {
		if o.User == user && (len(query["status"]) == 0 || slices.Contains(query["status"], o.status())) {
			found = append(found, o)
		}
	}
	slices.SortStableFunc(found, order)
	content := pageContent{Orders: []listedOrder{}, Pagination: paginate(int64(len(found)), page, limit)}
	for i := range found {
		if n := int64(i); n/limit == page-1 {
			content.Orders = append(content.Orders, found[i].listed(c.Tx))
		}
	}
	return ok("orders listed", content)
}

// positive reads a number that the document has looked at already.
func positive(text, name string, otherwise int64) (int64, error) {
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil || n < 1 {
		return 0, engine.RefuseParameter("query", name, "is not a whole number from 1", "a whole number from 1")
	}
	return n, nil
}

func paginate(total, page, limit int64) pagination {
	p := pagination{Records: total, Pages: (total + limit - 1) / limit, Limit: limit}
	if page > 1 {
		before := min(page-1, max(p.Pages, 1))
		p.Previous = &before
	}
	if page < p.Pages {
		after := page + 1
		p.Next = &after
	}
	return p
}

// sortable are the fields that sort_by may name. Which they are is assumed.
var sortable = map[string]func(a, b *Order) int{
	"order_number":   func(a, b *Order) int { return cmp.Compare(a.Number, b.Number) },
	"order_date":     func(a, b *Order) int { return a.Placed.Compare(b.Placed) },
	"created_at":     func(a, b *Order) int { return a.Placed.Compare(b.Placed) },
	"modified_at":    func(a, b *Order) int { return a.Modified.Compare(b.Modified) },
	"status":         func(a, b *Order) int { return cmp.Compare(a.status(), b.status()) },
	"grand_total":    func(a, b *Order) int { return compare(a.Total, b.Total) },
	"to_be_paid":     func(a, b *Order) int { return compare(a.due(), b.due()) },
	"payment_status": func(a, b *Order) int { return cmp.Compare(a.settled(), b.settled()) },
}

func compare(a, b money.Amount) int { return cmp.Compare(a.Minor, b.Minor) }

// readSort reads {"order_date":"desc","grand_total":"asc"}: the first field weighs most.
func readSort(text string) (func(a, b *Order) int, error) {
	if text == "" {
		text = `{"order_date":"desc"}`
	}
	var keys []func(a, b *Order) int
	decoder := json.NewDecoder(strings.NewReader(text))
	wrong := engine.RefuseParameter("query", "sort_by", "is not a JSON object of fields and directions", `text such as {"order_date":"desc"}; the fields are `+strings.Join(slices.Sorted(maps.Keys(sortable)), ", "))
	if token, err := decoder.Token(); err != nil || token != json.Delim('{') {
		return nil, wrong
	}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return nil, wrong
		}
		direction, err := decoder.Token()
		field, known := sortable[toText(name)]
		if err != nil || !known || (direction != "asc" && direction != "desc") {
			return nil, wrong
		}
		if direction == "desc" {
			ascending := field
			field = func(a, b *Order) int { return ascending(b, a) }
		}
		keys = append(keys, field)
	}
	if _, err := decoder.Token(); err != nil {
		return nil, wrong
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, wrong
	}
	return func(a, b *Order) int {
		for _, key := range keys {
			if d := key(a, b); d != 0 {
				return d
			}
		}
		return cmp.Compare(b.Number, a.Number)
	}, nil
}

func toText(token json.Token) string { s, _ := token.(string); return s }
