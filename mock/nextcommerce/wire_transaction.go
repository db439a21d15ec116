package nextcommerce

import (
	"understudy/mock/internal/world"
)

// transactions prints what an order or a refund shows of its transactions.
func (p *printer) transactions(ids []int64) []orderTransactionBody {
	list := make([]orderTransactionBody, len(ids))
	for i, id := range ids {
		t, _ := transactions.Get(p.tx, key(id))
		list[i] = orderTransactionBody{
			Amount: text(t.Amount), AuthCode: orNull(t.AuthCode), Currency: t.Amount.Currency, DateCreated: stamp(t.At), ExternalID: orNull(t.ExternalID), ID: t.ID,
			IsDisputed: t.Disputed, IsExternal: t.External, IsTest: t.test(), NetworkTransactionID: orNull(t.NetworkID), ParentID: idOrNull(t.Parent),
			PaymentDetails: printDetails(t), PaymentMethod: orNull(t.Instrument.name()), ReportValues: printReport(t.Amount), ResponseCode: t.Code,
			StatementDescriptor: orNull(t.Instrument.Descriptor), Status: t.Status, Type: t.Type,
		}
	}
	return list
}

// printTransaction is a transaction by itself.
func printTransaction(tx *world.Tx, t *Transaction) transactionBody {
	return transactionBody{
		transactionSummary: printTransactionSummary(tx, t), IsTest: t.test(), ReportValues: printReport(t.Amount), StatementDescriptor: orNull(t.Instrument.Descriptor),
	}
}

// printTransactionSummary is a transaction in a list.
func printTransactionSummary(tx *world.Tx, t *Transaction) transactionSummary {
	b := transactionSummary{
		Amount: text(t.Amount), AmountAvailableForRefund: text(t.refundable()), AuthCode: orNull(t.AuthCode), Currency: t.Amount.Currency, DateCreated: stamp(t.At),
		ExternalID: orNull(t.ExternalID), ID: t.ID, IsDisputed: t.Disputed, IsExternal: t.External, NetworkTransactionID: orNull(t.NetworkID), Order: orNull(t.Order),
		ParentID: idOrNull(t.Parent), PaymentDetails: printDetails(t), PaymentMethod: orNull(t.Instrument.name()), ResponseCode: t.Code, Status: t.Status, Type: t.Type,
		User: printUser(tx, t.Customer),
	}
	if t.Attribution != nil {
		b.Attribution = printAttribution(*t.Attribution)
	}
	if o, ok := orders.Get(tx, t.Order); ok {
		b.Attribution = printAttribution(o.Attribution)
		if len(o.Subscriptions) > 0 {
			b.Subscription = &orderSubscriptionBody{BillingCycle: o.Subscriptions[0].Cycle, ID: o.Subscriptions[0].ID}
		}
	}
	b.Initiator = b.Attribution.Agent
	return b
}

func printDetails(t *Transaction) transactionDetailsBody {
	i, g := &t.Instrument, gatewayOf(t.Instrument.Gateway)
	return transactionDetailsBody{
		BankcardFirstSix: orNull(i.FirstSix), BankcardLastFour: orNull(i.LastFour), CardToken: i.Token, Gateway: gatewayBody{g.ID, g.Name, g.Type},
		Is3DS: i.ThreeDS, PaypalVaultID: i.PayPal, SCAFlow: i.SCA,
	}
}

// test tells whether a transaction met a test gateway.
func (t *Transaction) test() bool {
	return !t.External && gatewayOf(t.Instrument.Gateway).Type == "test"
}

// name is the payment method as transactions show it: an external one by its own name.
func (i Instrument) name() string {
	if i.External != "" {
		return i.External
	}
	return i.Method
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func idOrNull(id int64) *int64 {
	if id == 0 {
		return nil
	}
	return &id
}
