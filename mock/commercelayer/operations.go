package commercelayer

import (
	"understudy/mock/internal/checkout"
	"understudy/mock/internal/engine"
)

// scenarios are what the operations play that can authorize: by _authorize on the source or the order, or by _place.
var scenarios = map[string][]checkout.Scenario{updateOrderID: checkout.Scenarios(), updatePaymentID: checkout.Scenarios()}

// operations are what the room carries out. Those that the vendor keeps from sales channels say so here.
func operations() map[string]engine.Handler {
	return map[string]engine.Handler{
		"createCheckoutComPayment":          createCheckoutComPayment,
		"listCheckoutComPayments":           integrationOnly(listCheckoutComPayments),
		"getCheckoutComPayment":             getCheckoutComPayment,
		"updateCheckoutComPayment":          updateCheckoutComPayment,
		"deleteCheckoutComPayment":          deleteCheckoutComPayment,
		"getCheckoutComPaymentOrder":        getCheckoutComPaymentOrder,
		"getCheckoutComPaymentOrderLink":    getCheckoutComPaymentOrderLink,
		"getCheckoutComPaymentGateway":      getCheckoutComPaymentGateway,
		"getCheckoutComPaymentGatewayLink":  getCheckoutComPaymentGatewayLink,
		"listCheckoutComPaymentVersions":    integrationOnly(listCheckoutComPaymentVersions),
		"getCheckoutComPaymentVersionsLink": integrationOnly(getCheckoutComPaymentVersionsLink),
		"getVersion":                        integrationOnly(getVersion),

		"getOrder":                         getOrder,
		"updateOrder":                      updateOrder,
		"getOrderPaymentMethod":            getOrderPaymentMethod,
		"getOrderPaymentSource":            getOrderPaymentSource,
		"listOrderAvailablePaymentMethods": listOrderAvailablePaymentMethods,
		"listOrderAuthorizations":          listOrderAuthorizations,
		"listOrderCaptures":                listOrderCaptures,
		"listOrderVoids":                   listOrderVoids,
		"listOrderRefunds":                 listOrderRefunds,
		"getOrderLinks":                    getOrderLinks,

		"getAuthorization":                 getAuthorization,
		"updateAuthorization":              integrationOnly(updateAuthorization),
		"getAuthorizationOrder":            getAuthorizationOrder,
		"getAuthorizationPaymentSource":    getAuthorizationPaymentSource,
		"listAuthorizationCaptures":        listAuthorizationCaptures,
		"listAuthorizationVoids":           listAuthorizationVoids,
		"getAuthorizationLinks":            getAuthorizationLinks,
		"getCapture":                       getCapture,
		"updateCapture":                    integrationOnly(updateCapture),
		"getCaptureOrder":                  getCaptureOrder,
		"getCaptureReferenceAuthorization": getCaptureReferenceAuthorization,
		"listCaptureRefunds":               listCaptureRefunds,
		"getCaptureLinks":                  getCaptureLinks,
		"getVoid":                          getVoid,
		"getVoidOrder":                     getVoidOrder,
		"getVoidReferenceAuthorization":    getVoidReferenceAuthorization,
		"getVoidLinks":                     getVoidLinks,
		"getRefund":                        getRefund,
		"getRefundOrder":                   getRefundOrder,
		"getRefundReferenceCapture":        getRefundReferenceCapture,
		"getRefundLinks":                   getRefundLinks,

		"getPaymentMethod":               getPaymentMethod,
		"getPaymentMethodGateway":        getPaymentMethodGateway,
		"getPaymentMethodLinks":          getPaymentMethodLinks,
		"getPaymentGateway":              getPaymentGateway,
		"listPaymentGatewayMethods":      listPaymentGatewayMethods,
		"getPaymentGatewayLinks":         getPaymentGatewayLinks,
		"getCheckoutComGateway":          integrationOnly(getCheckoutComGateway),
		"listCheckoutComGatewayMethods":  integrationOnly(listCheckoutComGatewayMethods),
		"listCheckoutComGatewayPayments": integrationOnly(listCheckoutComGatewayPayments),
		"getCheckoutComGatewayLinks":     integrationOnly(getCheckoutComGatewayLinks),

		"createToken": createToken,
		"getJWKS":     getJWKS,
	}
}

// currentOperations are those that only today's reading of the API has.
func currentOperations() map[string]engine.Handler {
	return map[string]engine.Handler{
		"listCheckoutComPaymentEventStores":    integrationOnly(listCheckoutComPaymentEventStores),
		"getCheckoutComPaymentEventStoresLink": integrationOnly(getCheckoutComPaymentEventStoresLink),
		"getEventStore":                        integrationOnly(getEventStore),
	}
}
