package commerceengine

import (
	"fmt"
	"time"

	"understudy/mock/internal/engine"
)

// lifeKey is the member of a cart's metadata that sets how long its order takes payments, such as "15m".
const lifeKey = "understudy_order_expiry"

// createCart makes a cart. It is ready for payment as soon as something is in it: address and delivery are not simulated.
func createCart(c *engine.Call) (engine.Reply, error) {
	var body struct {
		Items []struct {
			ProductID string  `json:"product_id"`
			VariantID *string `json:"variant_id"`
			Quantity  int64   `json:"quantity"`
		} `json:"items"`
		Metadata map[string]string `json:"metadata"`
	}
	if err := c.Into(&body); err != nil {
		return engine.Reply{}, err
	}
	if _, err := lifeOf(body.Metadata); err != nil {
		return engine.Reply{}, err
	}
	now := c.Tx.Now()
	cart := &Cart{ID: ulid(now, c.Tx.ID("cart", "")), User: buyer(c), Metadata: body.Metadata, Expires: now.Add(cartLife)}
	for i, item := range body.Items {
		product, known := catalogue[item.ProductID]
		switch {
		case !known:
			return engine.Reply{}, engine.Refuse(engine.NotFound, "items.%d.product_id: there is no product %q; these are: %s", i, item.ProductID, productList())
		case item.VariantID != nil:
			return engine.Reply{}, engine.RefuseField(fmt.Sprintf("/items/%d/variant_id", i), "names a variant of a product that has none", "null")
		case item.Quantity > 0:
			cart.Lines = append(cart.Lines, Line{Product: product, Quantity: item.Quantity, PlanMonth: product.Monthly})
		}
	}
	carts.Put(c.Tx, cart.ID, cart)
	return ok("cart created", cartContent{cart.body(now)})
}

// getCart reads a cart.
func getCart(c *engine.Call) (engine.Reply, error) {
	cart, found := carts.Get(c.Tx, c.Vars["id"])
	if !found || !may(c, cart.User) {
		return engine.Reply{}, engine.Refuse(engine.NotFound, "there is no cart %q", c.Vars["id"])
	}
	return ok("cart details", cartContent{cart.body(c.Tx.Now())})
}

// unready says why no order can be made of the cart; "" if one can.
func (c *Cart) unready(now time.Time) string {
	switch {
	case c.Order != "":
		return "order " + c.Order + " was made of this cart already"
	case !now.Before(c.Expires):
		return "the cart has expired"
	case len(c.Lines) == 0:
		return "the cart is empty"
	}
	return ""
}

// lifeOf is how long an order takes payments, given its cart's metadata.
func lifeOf(metadata map[string]string) (time.Duration, error) {
	wanted, set := metadata[lifeKey]
	if !set {
		return orderLife, nil
	}
	life, err := time.ParseDuration(wanted)
	if err != nil || life < time.Minute || life > 365*24*time.Hour {
		return 0, engine.RefuseField("/metadata/"+lifeKey, "is no time from 1m to 8760h", `a time such as "15m"`)
	}
	return life, nil
}
