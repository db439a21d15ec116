package commercelayer

import "understudy/mock/internal/world"

var (
	getPaymentMethod        = show(paymentMethodType)
	getPaymentMethodGateway = related(paymentMethodType, "payment_gateway")
	getPaymentMethodLinks   = linkage(paymentMethodType, "")

	getPaymentGateway         = show(gatewayType)
	listPaymentGatewayMethods = related(gatewayType, "payment_methods")
	getPaymentGatewayLinks    = linkage(gatewayType, "")

	getCheckoutComGateway          = show(checkoutGateway)
	listCheckoutComGatewayMethods  = related(checkoutGateway, "payment_methods")
	listCheckoutComGatewayPayments = related(checkoutGateway, "checkout_com_payments")
	getCheckoutComGatewayLinks     = linkage(checkoutGateway, "")
)

// availableMethods are the payment methods in an order's currency.
func availableMethods(tx *world.Tx, o *Order) []string {
	return methods(tx, func(m *PaymentMethod) bool { return m.Currency == o.Currency })
}

// methodsOf are the payment methods that use a gateway.
func methodsOf(tx *world.Tx, g *Gateway) []string {
	return methods(tx, func(m *PaymentMethod) bool { return m.Gateway == g.ID })
}

func methods(tx *world.Tx, keep func(*PaymentMethod) bool) []string {
	var ids []string
	for id, m := range paymentMethods.All(tx, "") {
		if keep(m) {
			ids = append(ids, id)
		}
	}
	return ids
}

// paymentsThrough are the payments that went through a gateway.
func paymentsThrough(tx *world.Tx, g *Gateway) []string {
	var ids []string
	for id, p := range payments.All(tx, "") {
		if p.Gateway == g.ID {
			ids = append(ids, id)
		}
	}
	return ids
}
