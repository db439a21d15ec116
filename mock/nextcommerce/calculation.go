package nextcommerce

import (
	"understudy/mock/internal/money"
	"understudy/mock/internal/world"
)

// calculationBody is what a refund would come to.
type calculationBody struct {
	AmountExclTax string                   `json:"amount_excl_tax"`
	AmountInclTax string                   `json:"amount_incl_tax"`
	Currency      string                   `json:"currency"`
	RefundLines   []calculationLine        `json:"refund_lines"`
	Shipping      calculationShipping      `json:"refund_shipping"`
	TotalTax      string                   `json:"total_tax"`
	Transactions  []calculationTransaction `json:"transactions"`
}

type calculationLine struct {
	AmountExclTax      string `json:"amount_excl_tax"`
	AmountInclTax      string `json:"amount_incl_tax"`
	LineID             int64  `json:"line_id"`
	ProductID          int64  `json:"product_id"`
	ProductImage       string `json:"product_image"`
	ProductTitle       string `json:"product_title"`
	ProductURL         string `json:"product_url"`
	Quantity           int64  `json:"quantity"`
	RefundableQuantity int64  `json:"refundable_quantity"`
	RestockType        string `json:"restock_type"`
	SKU                string `json:"sku"`
	TotalTax           string `json:"total_tax"`
	VariantID          int64  `json:"variant_id"`
	VariantTitle       string `json:"variant_title"`
}

type calculationShipping struct {
	AmountExclTax    string `json:"amount_excl_tax"`
	AmountInclTax    string `json:"amount_incl_tax"`
	Currency         string `json:"currency"`
	RefundableAmount string `json:"refundable_amount"`
	ShippingCode     string `json:"shipping_code"`
	ShippingMethod   string `json:"shipping_method"`
	TotalTax         string `json:"total_tax"`
}

type calculationTransaction struct {
	Amount           string `json:"amount"`
	GatewayID        int64  `json:"gateway_id"`
	GatewayName      string `json:"gateway_name"`
	ID               int64  `json:"id"`
	PaymentMethod    string `json:"payment_method"`
	RefundableAmount string `json:"refundable_amount"`
	Type             string `json:"type"`
}

// printCalculation prints a plan whose items have left o already, and spreads its sum over the charges, oldest first.
func printCalculation(tx *world.Tx, o *Order, plan refundPlan, link func(string) string) calculationBody {
	excl, incl := plan.shipping.Excl, plan.shipping.Incl
	b := calculationBody{Currency: o.Currency, RefundLines: []calculationLine{}, Transactions: []calculationTransaction{}}
	for _, r := range plan.lines {
		l := o.line(r.Line)
		excl, incl = plus(excl, r.Excl), plus(incl, r.Incl)
		b.RefundLines = append(b.RefundLines, calculationLine{
			AmountExclTax: text(r.Excl), AmountInclTax: text(r.Incl), LineID: l.ID, ProductID: l.Product.ID, ProductImage: link(imagePath(l.Product.Slug)),
			ProductTitle: l.Product.Title, ProductURL: link(productPath(l.Product.Slug)), Quantity: r.Quantity, RefundableQuantity: l.current() + r.Quantity,
			RestockType: r.Restock, SKU: l.Product.SKU, TotalTax: text(minus(r.Incl, r.Excl)), VariantID: l.Product.Variant, VariantTitle: l.Product.Option,
		})
	}
	s := plan.shipping
	b.Shipping = calculationShipping{text(s.Excl), text(s.Incl), o.Currency, text(plus(o.Shipping.Price, s.Excl)), o.Shipping.Code, o.Shipping.Method, text(s.Tax)}
	b.AmountExclTax, b.AmountInclTax, b.TotalTax = text(excl), text(incl), text(minus(incl, excl))
	b.Transactions = append(b.Transactions, spreadOver(tx, o, incl)...)
	return b
}

func spreadOver(tx *world.Tx, o *Order, sum money.Amount) []calculationTransaction {
	var list []calculationTransaction
	for _, id := range o.Transactions {
		t, _ := transactions.Get(tx, key(id))
		refundable := t.refundable()
		if refundable.IsZero() {
			continue
		}
		amount, g := lesser(sum, refundable), gatewayOf(t.Instrument.Gateway)
		sum = minus(sum, amount)
		list = append(list, calculationTransaction{text(amount), g.ID, g.Name, t.ID, t.Instrument.name(), text(refundable), t.Type})
	}
	return list
}
