package fabric

import "understudy/mock/internal/engine"

// operations are the handlers; none is declined.
var operations = map[string]engine.Handler{
	"updatePaymentStatus": updatePaymentStatus,
	"getOrder":            getOrder,
	"createOrder":         createOrder,
}
