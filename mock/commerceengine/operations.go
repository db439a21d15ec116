package commerceengine

import "understudy/mock/internal/engine"

// operations are the document's, each with the function of the same name.
var operations = map[string]engine.Handler{
	"createAnonymousSession": createAnonymousSession, // tokens.go
	"refreshToken":           refreshToken,

	"createCart": createCart, // carts.go
	"getCart":    getCart,

	"createOrder": createOrder, // orders.go
	"listOrders":  listOrders,
	"getOrder":    getOrder,
	"cancelOrder": cancelOrder,

	"retryPayment":         retryPayment, // payments.go
	"getPaymentStatus":     getPaymentStatus,
	"listOrderPayments":    listOrderPayments,
	"cancelPaymentRequest": cancelPaymentRequest,

	"listPaymentMethods": listPaymentMethods, // methods.go
}
