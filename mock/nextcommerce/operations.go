package nextcommerce

import "understudy/mock/internal/engine"

// operations are all of the document's. Of the vendor's other operations none is in it.
var operations = map[string]engine.Handler{
	"collectPayment": collectPayment,

	"listOrders":  listOrders,
	"createOrder": createOrder,
	"getOrder":    getOrder,
	"updateOrder": updateOrder,
	"cancelOrder": cancelOrder,

	"addOrderLine":    addOrderLine,
	"updateOrderLine": updateOrderLine,
	"removeOrderLine": removeOrderLine,

	"captureOrder":    captureOrder,
	"markOrderAsPaid": markOrderAsPaid,
	"calculateRefund": calculateRefund,
	"refundOrder":     refundOrder,

	"listTransactions": listTransactions,
	"getTransaction":   getTransaction,
}
