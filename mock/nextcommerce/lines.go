package nextcommerce

import (
	"net/http"
	"strconv"
	"time"

	"understudy/mock/internal/engine"
	"understudy/mock/internal/world"
)

// Editing an order charges nothing: it creates the balance that is collected, or refunded, afterwards.

// addOrderLine adds a product.
func addOrderLine(c *engine.Call) (engine.Reply, error) {
	var in lineRequest
	if err := c.Into(&in); err != nil {
		return engine.Reply{}, err
	}
	o, err := editOrder(c)
	if err != nil {
		return engine.Reply{}, err
	}
	if err := o.addLine(c.Tx, in, c.Tx.Now()); err != nil {
		return engine.Reply{}, err
	}
	return engine.Reply{Status: http.StatusCreated, Body: printOrder(c.Tx, o, c.Link)}, nil
}

func (o *Order) addLine(tx *world.Tx, in lineRequest, at time.Time) error {
	if err := o.editableAtAll(); err != nil {
		return err
	}
	l, err := o.newLine("", in)
	if err != nil {
		return err
	}
	l.ID, l.Added, l.CreatedAt, l.UpdatedAt = number(tx, "line", firstLine), in.Quantity, at, at
	o.Lines = append(o.Lines, l)
	if l.Product.Shipped && in.Quantity > 0 && (o.FulfillmentStatus == fulfilled || o.FulfillmentStatus == notRequired) {
		if err := move(fulfillmentStates, &o.FulfillmentStatus, "add"); err != nil {
			return err
		}
	}
	return o.rebalance(tx, at, "/quantity")
}

// updateOrderLine sets how many of a line the order holds.
func updateOrderLine(c *engine.Call) (engine.Reply, error) {
	var in editLineRequest
	if err := c.Into(&in); err != nil {
		return engine.Reply{}, err
	}
	o, l, err := editLine(c)
	if err != nil {
		return engine.Reply{}, err
	}
	if in.Metadata != nil {
		l.Metadata = compact(in.Metadata)
	}
	if in.Quantity != nil {
		if err := o.setQuantity(l, *in.Quantity, c.Tx.Now()); err != nil {
			return engine.Reply{}, err
		}
	}
	if err := o.rebalance(c.Tx, c.Tx.Now(), "/quantity"); err != nil {
		return engine.Reply{}, err
	}
	return engine.OK(printOrder(c.Tx, o, c.Link)), nil
}

// removeOrderLine takes all items of a line out of the order. The customer may then be owed money.
func removeOrderLine(c *engine.Call) (engine.Reply, error) {
	o, l, err := editLine(c)
	if err != nil {
		return engine.Reply{}, err
	}
	if l.current() == 0 {
		return engine.Reply{}, engine.Refuse(engine.NotFound, "the line %d has been removed already", l.ID)
	}
	if err := o.setQuantity(l, 0, c.Tx.Now()); err != nil {
		return engine.Reply{}, err
	}
	if err := o.rebalance(c.Tx, c.Tx.Now(), "/quantity"); err != nil {
		return engine.Reply{}, err
	}
	return engine.OK(printOrder(c.Tx, o, c.Link)), nil
}

// editLine is the line of the path, to be changed.
func editLine(c *engine.Call) (*Order, *Line, error) {
	o, err := editOrder(c)
	if err != nil {
		return nil, nil, err
	}
	id, err := strconv.ParseInt(c.Vars["lineId"], 10, 64)
	if err != nil {
		return nil, nil, engine.Refuse(engine.NotFound, "%q is no line's id", c.Vars["lineId"])
	}
	l := o.line(id)
	if l == nil {
		return nil, nil, engine.Refuse(engine.NotFound, "the order %s has no line %d", o.Number, id)
	}
	return o, l, o.editableAtAll()
}

// editableAtAll refuses changes of an order that is over.
func (o *Order) editableAtAll() error {
	switch {
	case o.Status != open:
		return engine.Refuse(engine.Conflict, "Only open orders can be edited; this order is %s.", o.Status)
	case o.PaymentStatus == refunded:
		return engine.Refuse(engine.Conflict, "This order is refunded; it cannot be edited any more.")
	}
	return nil
}

// editable is how many items of a line may still be changed: those that wait for fulfilment, none while they are being processed.
func (o *Order) editable(l *Line) int64 {
	if o.FulfillmentStatus == processing || o.Status != open {
		return 0
	}
	return l.unfulfilled()
}

// setQuantity makes a line hold so many items.
func (o *Order) setQuantity(l *Line, quantity int64, at time.Time) error {
	current, editable := l.current(), o.editable(l)
	switch {
	case quantity == current:
		return nil
	case o.FulfillmentStatus == processing, editable == 0 && current > 0:
		return engine.RefuseField("/quantity", "cannot be changed: the items of this line are fulfilled or being processed", strconv.FormatInt(current, 10))
	case quantity < current-editable:
		return engine.RefuseField("/quantity", "is less than what is fulfilled of this line", "at least "+strconv.FormatInt(current-editable, 10))
	case quantity > current:
		if err := affordable(l.Product, quantity, "/quantity"); err != nil {
			return err
		}
		l.Added += quantity - current
	default:
		l.Cancelled += current - quantity
	}
	l.UpdatedAt = at
	return nil
}

// rebalance is what an edit means for the order's payment and fulfilment.
func (o *Order) rebalance(tx *world.Tx, at time.Time, pointer string) error {
	total := o.totals().Sum.Incl
	if total.Minor > maxAmount {
		return engine.RefuseField(pointer, "brings the order to more than an amount can hold", "a total of at most 9999999999.99")
	}
	owed := o.balance(total).Sign() > 0
	switch {
	case owed && (o.PaymentStatus == paid || o.PaymentStatus == partiallyRefunded):
		if err := move(paymentStates, &o.PaymentStatus, "raise"); err != nil {
			return err
		}
	case !owed && o.PaymentStatus == partiallyPaid:
		if err := move(paymentStates, &o.PaymentStatus, "lower"); err != nil {
			return err
		}
	}
	if o.FulfillmentStatus == incomplete && o.unfulfilled() == 0 {
		if err := move(fulfillmentStates, &o.FulfillmentStatus, "finish"); err != nil {
			return err
		}
	}
	o.settle(tx, at)
	return nil
}

// unfulfilled is how many items of the order still wait for fulfilment.
func (o *Order) unfulfilled() int64 {
	var n int64
	for i := range o.Lines {
		if o.Lines[i].Product.Shipped {
			n += o.Lines[i].unfulfilled()
		}
	}
	return n
}
