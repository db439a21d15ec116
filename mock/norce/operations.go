package norce

import (
	"understudy/mock/internal/checkout"
	"understudy/mock/internal/engine"
)

var operations = map[string]engine.Handler{
	"updatePayment":   updatePayment,   // adapter_hook.go
	"createPayment":   createPayment,   // adapter_session.go
	"getPayment":      getPayment,      //
	"putPayment":      putPayment,      //
	"removePayment":   removePayment,   //
	"completePayment": completePayment, //
	"capturePayment":  capturePayment,  // adapter_settlement.go
	"refundPayment":   refundPayment,   //
	"cancelPayment":   cancelPayment,   //
}

// scenarios: a payment is decided where the shop completes it. Everywhere else there is nothing to decide.
var scenarios = map[string][]checkout.Scenario{"completePayment": checkout.Scenarios()}
