package fabric

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"understudy/mock/internal/engine"
	"understudy/mock/internal/money"
	"understudy/mock/internal/world"
)

// NewOrder is an order as a client places it. Totals are computed here; those that a client sends are not read.
type NewOrder struct {
	OrderNumber string          `json:"orderNumber"`
	OrderDate   string          `json:"orderDate"`
	ChannelID   string          `json:"channelId"`
	CartID      string          `json:"cartId"`
	Type        string          `json:"type"`
	SubType     string          `json:"subType"`
	EmployeeID  string          `json:"employeeId"`
	Currency    string          `json:"currency"`
	Retail      json.RawMessage `json:"retail"`
	Attributes  json.RawMessage `json:"attributes"`
	Customer    json.RawMessage `json:"customer"`
	Fees        []Fee           `json:"fees"`
	Discounts   []Discount      `json:"discounts"`
	Items       []NewItem       `json:"items"`
	ShipInfo    []ShipInfo      `json:"shipInfo"`
	Payments    []NewPayment    `json:"payments"`
}

// NewItem is an item as a client orders it. A total that is absent is the sum of its parts.
type NewItem struct {
	ItemID         string      `json:"itemId"`
	LineItemID     string      `json:"lineItemId"`
	LineItemNumber int         `json:"lineItemNumber"`
	SKU            string      `json:"sku"`
	Title          string      `json:"title"`
	Type           string      `json:"type"`
	ShipToID       string      `json:"shipToId"`
	ChannelID      string      `json:"channelId"`
	Quantity       int         `json:"orderedQuantity"`
	Unit           string      `json:"uom"`
	UnitPrice      json.Number `json:"itemUnitPrice"`
	FeeTotal       json.Number `json:"itemFeeTotal"`
	DiscountsTotal json.Number `json:"itemDiscountsTotal"`
	TaxTotal       json.Number `json:"itemTaxTotal"`
	Fees           []Fee       `json:"fees"`
	TaxCode        string      `json:"taxCode"`
	TaxDetail      []Tax       `json:"taxDetail"`
	Discounts      []Discount  `json:"discounts"`
}

// NewPayment is a payment as it stands when the order is placed.
type NewPayment struct {
	Date           string       `json:"paymentDate"`
	BillTo         string       `json:"billToId"`
	Identifier     Reference    `json:"paymentIdentifier"`
	Provider       string       `json:"paymentProvider"`
	Token          PaymentToken `json:"paymentToken"`
	Method         string       `json:"paymentMethod"`
	AuthAmount     json.Number  `json:"authAmount"`
	ChargedAmount  json.Number  `json:"chargedAmount"`
	Currency       string       `json:"currency"`
	Status         string       `json:"paymentStatus"`
	AuthExpiration string       `json:"authExpirationDate"`
}

// The defaults of a new order. The channel is published (12 is the US channel and the default, Orders v3); currency and unit are assumed.
const (
	defaultChannel  = "12"
	defaultCurrency = "USD"
	defaultUnit     = "EA"
)

// place makes an order as of a time, keeps it, and lets its hold end by itself if that is still to come.
func place(tx *world.Tx, in NewOrder, at time.Time, lawful bool) (*Order, error) {
	if _, taken := orders.Get(tx, in.OrderNumber); taken {
		return nil, engine.Refuse(engine.Conflict, "order %s exists already", in.OrderNumber)
	}
	r := &reader{currency: or(in.Currency, defaultCurrency)}
	o := &Order{
		Number: in.OrderNumber, ID: tx.ID("order", "").Hex(24), Version: 0, State: orderCreated, Process: "CREATE", Currency: r.currency,
		Channel: or(in.ChannelID, defaultChannel), Cart: in.CartID, Type: in.Type, SubType: in.SubType, Employee: in.EmployeeID,
		Ordered: r.time("/orderDate", in.OrderDate, at), Release: at.Add(holdTime), Created: at, Updated: at,
		Appeased: money.Zero(r.currency), Invoiced: money.Zero(r.currency), Attributes: kept(in.Attributes), Customer: kept(in.Customer),
		Appeasements: []Appeasement{}, Audit: []AuditLog{}, Notes: []Note{}, Payments: []Payment{},
	}
	if len(in.Retail) > 0 {
		o.Retail = kept(in.Retail)
	}
	o.Fees, o.Fee = r.fees("/fees", in.Fees)
	o.Discounts, o.Discount = r.discounts("/discounts", in.Discounts)
	o.ShipTo, o.ShippingTax = r.shipInfo(in.ShipInfo)
	for i, item := range in.Items {
		o.Lines = append(o.Lines, r.line(tx, o, i, item))
	}
	if r.err != nil {
		return nil, r.err
	}
	if err := o.checkReferences(); err != nil {
		return nil, err
	}
	if err := o.fixTotals(); err != nil {
		return nil, err
	}
	for i, payment := range in.Payments {
		if err := o.addPayment(tx, r, i, payment, at, lawful); err != nil {
			return nil, err
		}
	}
	if o.Release.After(tx.Now()) {
		tx.At(releaseTimer, o.Number, o.Release)
	}
	orders.Put(tx, o.Number, o)
	tx.Emit(created, o.Number)
	return o, nil
}

// fixTotals computes the totals as placed.
func (o *Order) fixTotals() error {
	totals, err := o.totals()
	if err != nil {
		return engine.RefuseField("/items", "comes to "+err.Error(), "smaller amounts")
	}
	for i, line := range totals.Lines {
		if line.Total.Sign() < 0 {
			return engine.RefuseField(fmt.Sprintf("/items/%d", i), "comes to "+line.Total.String(), "discounts up to what the item costs")
		}
	}
	if totals.Total.Sign() < 0 {
		return engine.RefuseField("/discounts", "brings the order to "+totals.Total.String(), "discounts up to what the order costs")
	}
	totals.Lines = nil
	o.Placed = totals
	return nil
}

// checkReferences refuses names that stand twice, and items that are to be sent to nowhere.
func (o *Order) checkReferences() error {
	var places, ids []string
	var numbers []int
	for i, s := range o.ShipTo {
		if slices.Contains(places, s.ID) {
			return engine.RefuseField(fmt.Sprintf("/shipInfo/%d/shipToId", i), "stands twice", "an id of its own")
		}
		places = append(places, s.ID)
	}
	for i, l := range o.Lines {
		at := fmt.Sprintf("/items/%d", i)
		switch {
		case len(places) > 0 && !slices.Contains(places, l.ShipTo):
			return engine.RefuseField(at+"/shipToId", "names no entry of shipInfo", "one of shipInfo's shipToId")
		case slices.Contains(ids, l.ID):
			return engine.RefuseField(at+"/lineItemId", "stands twice", "an id of its own")
		case slices.Contains(numbers, l.Number):
			return engine.RefuseField(at+"/lineItemNumber", "stands twice", "a number of its own")
		}
		ids, numbers = append(ids, l.ID), append(numbers, l.Number)
	}
	return nil
}

// reader reads what a client sent; its first refusal is kept for the end.
type reader struct {
	currency string
	err      error
}

func (r *reader) refuse(err error) {
	if r.err == nil {
		r.err = err
	}
}

func (r *reader) amount(pointer string, sent json.Number) money.Amount {
	a, err := readAmount(pointer, sent, r.currency)
	if err != nil {
		r.refuse(err)
	}
	return a
}

// echo reads an amount that is only stored, and prints it as all amounts are; "" stays "".
func (r *reader) echo(pointer string, sent json.Number) (json.Number, money.Amount) {
	a := r.amount(pointer, sent)
	if sent == "" {
		return "", a
	}
	return a.Number(), a
}

// time reads a date-time of a four-digit year in UTC.
func (r *reader) time(pointer, sent string, absent time.Time) time.Time {
	if sent == "" {
		return absent.UTC()
	}
	t, err := time.Parse(time.RFC3339Nano, sent)
	if t = t.UTC().Truncate(time.Millisecond); err != nil || t.Year() < 1 || t.Year() > 9999 {
		r.refuse(engine.RefuseField(pointer, "is not a date that can be kept", "a date-time such as 2022-05-12T09:30:31.198Z"))
	}
	return t
}

func (r *reader) sum(pointer string, a, b money.Amount) money.Amount {
	sum, err := a.Add(b)
	if err != nil {
		r.refuse(engine.RefuseField(pointer, "comes to "+err.Error(), "smaller amounts"))
	}
	return sum
}

func (r *reader) fees(pointer string, sent []Fee) ([]Fee, money.Amount) {
	list, total := []Fee{}, money.Zero(r.currency)
	for i, f := range sent {
		at := fmt.Sprintf("%s/%d", pointer, i)
		value := money.Amount{}
		f.Value, value = r.echo(at+"/value", f.Value)
		f.Invoiced, _ = r.echo(at+"/invoiceValue", f.Invoiced)
		list, total = append(list, f), r.sum(pointer, total, value)
	}
	return list, total
}

func (r *reader) taxes(pointer string, sent []Tax) ([]Tax, money.Amount) {
	list, total := []Tax{}, money.Zero(r.currency)
	for i, t := range sent {
		value := money.Amount{}
		t.Value, value = r.echo(fmt.Sprintf("%s/%d/value", pointer, i), t.Value)
		list, total = append(list, t), r.sum(pointer, total, value)
	}
	return list, total
}

func (r *reader) discounts(pointer string, sent []Discount) ([]Discount, money.Amount) {
	list, total := []Discount{}, money.Zero(r.currency)
	for i, d := range sent {
		at := fmt.Sprintf("%s/%d", pointer, i)
		amount := money.Amount{}
		d.Amount, amount = r.echo(at+"/amount", d.Amount)
		if f, err := strconv.ParseFloat(or(d.Value.String(), "0"), 64); err != nil || math.IsInf(f, 0) || len(d.Value) > 30 {
			r.refuse(engine.RefuseField(at+"/value", "is out of range", "a number of at most 30 characters"))
		}
		list, total = append(list, d), r.sum(pointer, total, amount)
	}
	return list, total
}

func (r *reader) shipInfo(sent []ShipInfo) ([]ShipInfo, money.Amount) {
	list, tax := []ShipInfo{}, money.Zero(r.currency)
	for i, s := range sent {
		at := fmt.Sprintf("/shipInfo/%d", i)
		value := money.Amount{}
		s.Price, _ = r.echo(at+"/shipToPrice", s.Price)
		s.Discount, _ = r.echo(at+"/shipToDiscount", s.Discount)
		s.TaxTotal, value = r.echo(at+"/shipToTaxTotal", s.TaxTotal)
		if len(s.Address) > 0 {
			s.Address = kept(s.Address)
		}
		list, tax = append(list, s), r.sum("/shipInfo", tax, value)
	}
	return list, tax
}

// line reads the item at a place of the list. What the client does not name is made or taken from the order.
func (r *reader) line(tx *world.Tx, o *Order, i int, in NewItem) Line {
	at := fmt.Sprintf("/items/%d", i)
	l := Line{
		ID: in.LineItemID, Number: in.LineItemNumber, Item: in.ItemID, SKU: in.SKU, Title: in.Title, Type: in.Type, ShipTo: in.ShipToID,
		Channel: or(in.ChannelID, o.Channel), Unit: or(in.Unit, defaultUnit), TaxCode: in.TaxCode, Ordered: in.Quantity,
		Price: r.amount(at+"/itemUnitPrice", in.UnitPrice),
	}
	if l.ID == "" {
		l.ID = tx.ID("line", o.Number).UUID()
	}
	if l.Number == 0 {
		l.Number = i + 1
	}
	if l.ShipTo == "" && len(o.ShipTo) > 0 {
		l.ShipTo = o.ShipTo[0].ID
	}
	l.Fees, l.Fee = r.fees(at+"/fees", in.Fees)
	l.Taxes, l.Tax = r.taxes(at+"/taxDetail", in.TaxDetail)
	l.Discounts, l.Discount = r.discounts(at+"/discounts", in.Discounts)
	for _, total := range []struct {
		name string
		sent json.Number
		kept *money.Amount
	}{{"itemFeeTotal", in.FeeTotal, &l.Fee}, {"itemTaxTotal", in.TaxTotal, &l.Tax}, {"itemDiscountsTotal", in.DiscountsTotal, &l.Discount}} {
		if total.sent != "" {
			*total.kept = r.amount(at+"/"+total.name, total.sent)
		}
	}
	return l
}

// addPayment adds the payment at a place of the list, in the state that its amounts and status make it.
func (o *Order) addPayment(tx *world.Tx, r *reader, i int, in NewPayment, at time.Time, lawful bool) error {
	where := fmt.Sprintf("/payments/%d", i)
	if in.Currency != "" && in.Currency != o.Currency {
		return engine.RefuseField(where+"/currency", "is "+in.Currency+" in an order in "+o.Currency, o.Currency)
	}
	none := money.Zero(o.Currency)
	authorized, charged := r.amount(where+"/authAmount", in.AuthAmount), r.amount(where+"/chargedAmount", in.ChargedAmount)
	if in.AuthAmount == "" {
		authorized = charged
	}
	p := Payment{
		Counter: i + 1, ID: in.Identifier.PaymentID, State: paymentPending, Date: r.time(where+"/paymentDate", in.Date, at),
		Reference: in.Identifier, Token: in.Token, Provider: in.Provider, Method: in.Method, BillTo: in.BillTo, Logs: []PaymentLog{},
		Balances: Balances{Authorized: none, Capturable: none, Captured: none, Refundable: none, Refunded: none},
	}
	p.Expires = r.time(where+"/authExpirationDate", in.AuthExpiration, p.Date.Add(authorizationTime))
	if r.err != nil {
		return r.err
	}
	if p.ID == "" {
		p.ID = tx.ID("payment", o.Number).Hex(24)
		p.Reference.PaymentID = p.ID
	}
	if other, taken := holdings.Get(tx, p.ID); taken {
		return engine.Refuse(engine.Conflict, "payment %s belongs to order %s already", p.ID, other.Order)
	}
	born := Balances{Authorized: authorized, Captured: charged, Refundable: charged, Refunded: none}
	born.Capturable = born.ledger().Capturable()
	p.State = p.next(reported{balances: born, status: in.Status})
	if !slices.Contains(paymentStates.Initial, p.State) {
		return engine.RefuseField(where+"/paymentStatus", "makes the payment "+p.State, "a payment that begins as one of "+strings.Join(paymentStates.Initial, ", "))
	}
	if lawful {
		if err := born.lawful(where); err != nil {
			return err
		}
	}
	p.Balances, p.Status = born, or(in.Status, p.State)
	holdings.Put(tx, p.ID, &Holding{Order: o.Number})
	if p.State == paymentAuthorized {
		watchExpiry(tx, &p)
	}
	o.ThirdParty = o.ThirdParty || !charged.IsZero()
	o.Payments = append(o.Payments, p)
	return nil
}

func or(sent, absent string) string {
	if sent == "" {
		return absent
	}
	return sent
}
