package nextcommerce

import (
	"strconv"
	"time"

	"understudy/mock/internal/money"
	"understudy/mock/internal/world"
)

// printer makes bodies of one order's records. link makes a URL of a path below the provider.
type printer struct {
	tx   *world.Tx
	o    *Order
	link func(path string) string
	tax  float64
}

func printerOf(tx *world.Tx, o *Order, link func(string) string) *printer {
	p := &printer{tx: tx, o: o, link: link}
	if o.Tax != nil {
		p.tax = float64(o.Tax.PPM) / 1e6
	}
	return p
}

// printOrder is the whole order as every operation answers it.
func printOrder(tx *world.Tx, o *Order, link func(string) string) *orderBody {
	p, t := printerOf(tx, o, link), o.totals()
	b := &orderBody{
		Attribution: printAttribution(o.Attribution), BillingAddress: printAddress(o.BillingAddress), CreatedAt: stamp(o.CreatedAt), Currency: o.Currency,
		DatePlaced: stamp(o.PlacedAt), DisplayTaxes: displayTaxes, FulfillmentStatus: o.FulfillmentStatus, Fulfillments: p.fulfillments(), IsTest: o.Test,
		Lines: make([]lineBody, len(o.Lines)), Metadata: o.Metadata, Number: o.Number, OfferDiscounts: []discountBody{}, OrderStatusURL: link(statusPath(o.Number)),
		OriginalShippingExclTax: text(t.PlacedShipping.Excl), OriginalShippingInclTax: text(t.PlacedShipping.Incl), OriginalTotalDiscount: text(t.PlacedSum.Discount),
		OriginalTotalExclTax: text(t.PlacedSum.Excl), OriginalTotalInclTax: text(t.PlacedSum.Incl), PaymentStatus: o.PaymentStatus, Refunds: p.refunds(),
		ReportValues: printOrderReport(t.inStore()), ShippingAddress: printShippingAddress(o.ShippingAddress), ShippingCode: o.Shipping.Code,
		ShippingExclTax: text(t.Shipping.Excl), ShippingInclTax: text(t.Shipping.Incl), ShippingMethod: o.Shipping.Method, ShippingTax: text(t.Shipping.Tax),
		ShippingTaxLines: p.taxLines(t.Shipping.Tax), Source: o.Source, Status: o.Status, SubscriptionLifecycle: o.lifecycle(),
		Subscriptions: make([]orderSubscriptionBody, len(o.Subscriptions)), SupportsPostPurchase: o.chargeable(), Tags: o.Tags, TaxLines: p.orderTaxLines(t.Sum.Tax),
		TotalCost: text(t.Sum.Cost), TotalDiscount: text(t.Sum.Discount), TotalExclTax: text(t.Sum.Excl), TotalInclTax: text(t.Sum.Incl),
		TotalOutstanding: text(o.Outstanding), TotalTax: text(t.Sum.Tax), Transactions: p.transactions(o.Transactions), UpdatedAt: stamp(o.UpdatedAt),
		User: printUser(tx, o.Customer), VoucherDiscounts: []voucherDiscountBody{},
	}
	for i := range o.Lines {
		b.Lines[i] = p.line(&o.Lines[i], t.Lines[i], t.PlacedLines[i])
	}
	for i, s := range o.Subscriptions {
		b.Subscriptions[i] = orderSubscriptionBody{BillingCycle: s.Cycle, ID: s.ID}
	}
	for i, d := range o.Discounts {
		off := discountBody{Amount: text(o.discounted(i)), Description: d.Description, Name: d.Name}
		if d.Code == "" {
			b.OfferDiscounts = append(b.OfferDiscounts, off)
			continue
		}
		b.VoucherDiscounts = append(b.VoucherDiscounts, voucherDiscountBody{off, voucherBody{d.Code, stamp(d.Until), d.Name, stamp(d.From)}})
	}
	if b.Tags == nil {
		b.Tags = []*string{}
	}
	return b
}

// printSummary is an order in a list.
func printSummary(tx *world.Tx, o *Order, link func(string) string) orderSummary {
	t := o.totals()
	return orderSummary{
		CreatedAt: stamp(o.CreatedAt), Currency: o.Currency, DatePlaced: stamp(o.PlacedAt), DisplayTaxes: displayTaxes, FulfillmentStatus: o.FulfillmentStatus,
		IsTest: o.Test, Metadata: o.Metadata, Number: o.Number, OrderStatusURL: link(statusPath(o.Number)),
		OriginalShippingExclTax: text(t.PlacedShipping.Excl), OriginalShippingInclTax: text(t.PlacedShipping.Incl), OriginalTotalDiscount: text(t.PlacedSum.Discount),
		OriginalTotalExclTax: text(t.PlacedSum.Excl), OriginalTotalInclTax: text(t.PlacedSum.Incl), PaymentStatus: o.PaymentStatus, ShippingCode: o.Shipping.Code,
		ShippingExclTax: text(t.Shipping.Excl), ShippingInclTax: text(t.Shipping.Incl), ShippingMethod: o.Shipping.Method, ShippingTax: text(t.Shipping.Tax),
		Source: o.Source, Status: o.Status, TotalCost: text(t.Sum.Cost), TotalDiscount: text(t.Sum.Discount), TotalExclTax: text(t.Sum.Excl),
		TotalInclTax: text(t.Sum.Incl), TotalOutstanding: text(o.Outstanding), TotalTax: text(t.Sum.Tax), UpdatedAt: stamp(o.UpdatedAt), User: printUser(tx, o.Customer),
	}
}

func (p *printer) line(l *Line, now, placed price) lineBody {
	b := lineBody{
		CreatedAt: stamp(l.CreatedAt), Currency: p.o.Currency, CurrentQuantity: l.current(), EditableQuantity: p.o.editable(l), FulfillableQuantity: l.unfulfilled(),
		ID: l.ID, IsGiftCard: l.Product.GiftCard, IsUpsell: l.Upsell, Metadata: l.Metadata,
		OriginalPriceExclTax: text(placed.Excl), OriginalPriceInclTax: text(placed.Incl), OriginalTotalDiscount: text(placed.Discount),
		PriceExclTax: text(now.Excl), PriceInclTax: text(now.Incl), ProductID: l.Product.ID, ProductImage: p.link(imagePath(l.Product.Slug)), ProductTitle: l.Product.Title,
		ProductURL: p.link(productPath(l.Product.Slug)), Quantity: l.Added, RequiresShipping: l.Product.Shipped, SKU: l.Product.SKU, TaxLines: p.taxLines(now.Tax),
		TotalCost: text(now.Cost), TotalDiscount: text(now.Discount), UnitCost: text(l.Product.Cost), UpdatedAt: stamp(l.UpdatedAt),
		VariantID: l.Product.Variant, VariantTitle: l.Product.Option,
	}
	b.ReportValues = lineReport{storeCurrency, b.OriginalPriceExclTax, b.OriginalPriceInclTax, b.OriginalTotalDiscount, b.PriceExclTax, b.PriceInclTax, b.TotalCost, b.TotalDiscount, b.UnitCost}
	if p.o.Currency != storeCurrency {
		n, o := now.inStore(), placed.inStore()
		b.ReportValues = lineReport{storeCurrency, text(o.Excl), text(o.Incl), text(o.Discount), text(n.Excl), text(n.Incl), text(n.Cost), text(n.Discount), text(toStore(l.Product.Cost))}
	}
	return b
}

// inStore converts line by line, so that the lines of a report add up to its sums.
func (t totals) inStore() totals {
	if t.Sum.Excl.Currency == storeCurrency {
		return t
	}
	s := totals{Shipping: t.Shipping.inStore(), PlacedShipping: t.PlacedShipping.inStore()}
	s.Sum, s.PlacedSum = s.Shipping, s.PlacedShipping
	for i := range t.Lines {
		s.Sum.add(t.Lines[i].inStore())
		s.PlacedSum.add(t.PlacedLines[i].inStore())
	}
	return s
}

func printOrderReport(t totals) orderReport {
	return orderReport{
		Currency: storeCurrency, OriginalShippingExclTax: text(t.PlacedShipping.Excl), OriginalShippingInclTax: text(t.PlacedShipping.Incl),
		OriginalTotalDiscount: text(t.PlacedSum.Discount), OriginalTotalExclTax: text(t.PlacedSum.Excl), OriginalTotalInclTax: text(t.PlacedSum.Incl),
		ShippingExclTax: text(t.Shipping.Excl), ShippingInclTax: text(t.Shipping.Incl), TotalCost: text(t.Sum.Cost), TotalDiscount: text(t.Sum.Discount),
		TotalExclTax: text(t.Sum.Excl), TotalInclTax: text(t.Sum.Incl),
	}
}

// taxLines is the order's one tax on a price; none where there is none.
func (p *printer) taxLines(amount money.Amount) []taxLineBody {
	if p.o.Tax == nil {
		return []taxLineBody{}
	}
	return []taxLineBody{{text(amount), p.o.Currency, p.tax, printReport(amount), taxSource, p.o.Tax.ID, p.o.Tax.Title}}
}

func (p *printer) orderTaxLines(amount money.Amount) []orderTaxLineBody {
	if p.o.Tax == nil {
		return []orderTaxLineBody{}
	}
	return []orderTaxLineBody{{text(amount), p.o.Currency, p.o.Tax.ID, p.tax, printReport(amount), taxSource, p.o.Tax.Title}}
}

func (p *printer) fulfillments() []fulfillmentBody {
	list := make([]fulfillmentBody, len(p.o.Fulfillments))
	for i := range p.o.Fulfillments {
		f := &p.o.Fulfillments[i]
		tracking := p.link(trackingPath(f.Tracking))
		b := fulfillmentBody{
			CreatedAt: stamp(f.At), ID: f.ID, LastEventDate: stamp(f.LastSeen), LineItems: make([]fulfillmentLineBody, len(f.Items)), LocationID: warehouse.ID, OrderNumber: p.o.Number,
			OriginAddress:  originBody{warehouse.Country, warehouse.Line1, warehouse.Line2, warehouse.Line3, warehouse.City, warehouse.Phone, warehouse.Postcode, warehouse.State},
			ShippingMethod: p.o.Shipping.Method, Status: f.Status, TrackingCarrier: carrier, TrackingCarriers: carrier,
			TrackingCode: f.Tracking, TrackingCodes: f.Tracking, TrackingLink: tracking, TrackingLinks: tracking,
		}
		if f.Delivery != "" {
			b.DeliveryStatus = &f.Delivery
		}
		for j, item := range f.Items {
			b.LineItems[j] = p.fulfillmentLine(item)
			b.RequiresShipping = b.RequiresShipping || b.LineItems[j].RequiresShipping
		}
		list[i] = b
	}
	return list
}

func (p *printer) fulfillmentLine(item FulfillmentItem) fulfillmentLineBody {
	l := p.o.line(item.Line)
	cost := p.o.price(l, item.Quantity)
	return fulfillmentLineBody{
		Currency: p.o.Currency, FulfilledQuantity: count(l.Fulfilled), FulfillmentService: "manual", ID: item.ID, OrderLineID: l.ID,
		PriceExclTax: text(cost.Excl), PriceInclTax: text(cost.Incl), ProductID: l.Product.ID, ProductImage: p.link(imagePath(l.Product.Slug)), ProductTitle: l.Product.Title,
		Quantity: item.Quantity, RequiresShipping: l.Product.Shipped, ReturnableQuantity: count(l.Fulfilled - l.Returned), ReturnedQuantity: count(l.Returned),
		SKU: l.Product.SKU, TaxLines: p.taxLines(cost.Tax), TotalDiscount: text(cost.Discount),
	}
}

func (p *printer) refunds() []refundBody {
	list := make([]refundBody, len(p.o.Refunds))
	for i := range p.o.Refunds {
		list[i] = p.refund(&p.o.Refunds[i])
	}
	return list
}

// refund prints a refund; its amount is that of its transactions, its return that of its lines and adjustments.
func (p *printer) refund(r *Refund) refundBody {
	returned := r.returned(p.o.Currency)
	given := r.given(p.tx, p.o.Currency)
	b := refundBody{
		Adjustments: make([]adjustmentBody, len(r.Adjustments)), CreatedAt: stamp(r.At), ID: r.ID, Note: r.Note, OrderNumber: p.o.Number,
		RefundLineItems: make([]refundLineBody, len(r.Lines)), TotalRefundAmount: text(given), TotalReturnExclTax: text(returned.Excl),
		TotalReturnInclTax: text(returned.Incl), Transactions: p.transactions(r.Transactions), UserID: r.User,
	}
	b.ReportValues = refundReport{storeCurrency, text(toStore(given)), text(toStore(returned.Excl)), text(toStore(returned.Incl))}
	for i, a := range r.Adjustments {
		b.Adjustments[i] = adjustmentBody{text(a.Excl), text(a.Incl), a.ID, printAmountReport(a.Excl, a.Incl), a.Type}
	}
	for i, l := range r.Lines {
		b.RefundLineItems[i] = refundLineBody{text(l.Excl), text(l.Incl), l.ID, l.Line, warehouse.ID, l.Quantity, printAmountReport(l.Excl, l.Incl), l.Restock}
	}
	return b
}

func printAmountReport(excl, incl money.Amount) amountReport {
	return amountReport{text(toStore(excl)), text(toStore(incl)), storeCurrency}
}

func printReport(a money.Amount) moneyReport { return moneyReport{text(toStore(a)), storeCurrency} }

func printAttribution(a Attribution) attributionBody {
	return attributionBody{
		Affiliate: a.Affiliate, Agent: printAgent(a.Agent), Funnel: a.Funnel, GCLID: a.GCLID, Metadata: a.Metadata,
		SubAffiliate1: a.Sub[0], SubAffiliate2: a.Sub[1], SubAffiliate3: a.Sub[2], SubAffiliate4: a.Sub[3], SubAffiliate5: a.Sub[4],
		UTMCampaign: a.UTMCampaign, UTMContent: a.UTMContent, UTMMedium: a.UTMMedium, UTMSource: a.UTMSource, UTMTerm: a.UTMTerm,
	}
}

func printAgent(id int64) *agentBody {
	for _, s := range staff {
		if s.ID == id {
			return &agentBody{s.Email, s.FirstName, s.ID, s.LastName}
		}
	}
	return nil
}

func printAddress(a *Address) *addressBody {
	if a == nil {
		return nil
	}
	return &addressBody{a.Country, a.FirstName, a.ID, a.LastName, a.Line1, a.Line2, a.Line3, a.City, a.Phone, a.Postcode, a.State}
}

func printShippingAddress(a *Address) *shippingAddressBody {
	if a == nil {
		return nil
	}
	return &shippingAddressBody{*printAddress(a), a.Notes}
}

func printUser(tx *world.Tx, id int64) userBody {
	c, ok := customers.Get(tx, key(id))
	if !ok {
		return userBody{ID: id}
	}
	return userBody{c.AcceptsMarketing, c.Email, c.FirstName, c.ID, c.IP, c.Language, c.LastName, c.Phone, c.UserAgent}
}

// stamp prints a time as the vendor does, in the store's time zone, which is UTC.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// text prints an amount with two decimals, whatever its currency. It is the vendor's form of money, and printed a hundred times an answer.
func text(a money.Amount) string {
	if money.Exponent(a.Currency) != 2 {
		return a.Fixed(2)
	}
	var buffer [24]byte
	b, n := buffer[:0], a.Minor
	if n < 0 {
		b, n = append(b, '-'), -n
	}
	b = strconv.AppendInt(b, n/100, 10)
	b = append(b, '.', byte('0'+n/10%10), byte('0'+n%10))
	return string(b)
}

func count(n int64) string { return strconv.FormatInt(n, 10) }

// What the vendor leaves open: all assumed.
const (
	displayTaxes = "excluded"
	taxSource    = "store"
	carrier      = "ups"
)
