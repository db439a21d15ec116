package commercelayer

// transactionAttributes are what every transaction shows.
type transactionAttributes struct {
	Number               string  `json:"number"`
	PaymentMethodType    string  `json:"payment_method_type"`
	CurrencyCode         string  `json:"currency_code"`
	AmountCents          int64   `json:"amount_cents"`
	AmountFloat          float64 `json:"amount_float"`
	Amount               string  `json:"formatted_amount"`
	Succeeded            bool    `json:"succeeded"`
	Message              string  `json:"message"`
	ErrorCode            *string `json:"error_code"`
	ErrorDetail          *string `json:"error_detail"`
	Token                string  `json:"token"`
	GatewayTransactionID string  `json:"gateway_transaction_id"`
}

func transactionAttributesOf(t *Transaction) transactionAttributes {
	a := transactionAttributes{
		Number: t.Number, PaymentMethodType: "Card", CurrencyCode: t.Amount.Currency, Succeeded: !t.Failed, Message: t.Message,
		Token: t.Charge, GatewayTransactionID: t.Action,
	}
	a.AmountCents, a.AmountFloat, a.Amount = triple(t.Amount)
	if t.Failed {
		a.ErrorCode, a.ErrorDetail = &t.Code, &t.Message
	}
	return a
}

type authorizationAttributes struct {
	transactionAttributes
	CVVCode             *string `json:"cvv_code"`
	CVVMessage          *string `json:"cvv_message"`
	AVSCode             *string `json:"avs_code"`
	AVSMessage          *string `json:"avs_message"`
	FraudReview         *string `json:"fraud_review"`
	CaptureCents        int64   `json:"capture_amount_cents"`
	CaptureFloat        float64 `json:"capture_amount_float"`
	Capture             string  `json:"formatted_capture_amount"`
	CaptureBalanceCents int64   `json:"capture_balance_cents"`
	CaptureBalanceFloat float64 `json:"capture_balance_float"`
	CaptureBalance      string  `json:"formatted_capture_balance"`
	VoidBalanceCents    int64   `json:"void_balance_cents"`
	VoidBalanceFloat    float64 `json:"void_balance_float"`
	VoidBalance         string  `json:"formatted_void_balance"`
	stamps
}

func authorizationAttributesOf(_ *view, t *Authorization) authorizationAttributes {
	a := authorizationAttributes{transactionAttributes: transactionAttributesOf(&t.Transaction), stamps: stampsOf(&t.Common)}
	if !t.Failed {
		a.CVVCode, a.AVSCode = &card.CVVCheck, &card.AVSCheck
	}
	a.CaptureCents, a.CaptureFloat, a.Capture = triple(t.toCapture())
	a.CaptureBalanceCents, a.CaptureBalanceFloat, a.CaptureBalance = triple(t.Ledger.Capturable())
	a.VoidBalanceCents, a.VoidBalanceFloat, a.VoidBalance = triple(t.Ledger.Capturable())
	return a
}

type captureAttributes struct {
	transactionAttributes
	RefundCents        int64   `json:"refund_amount_cents"`
	RefundFloat        float64 `json:"refund_amount_float"`
	Refund             string  `json:"formatted_refund_amount"`
	RefundBalanceCents int64   `json:"refund_balance_cents"`
	RefundBalanceFloat float64 `json:"refund_balance_float"`
	RefundBalance      string  `json:"formatted_refund_balance"`
	stamps
}

func captureAttributesOf(_ *view, k *Capture) captureAttributes {
	a := captureAttributes{transactionAttributes: transactionAttributesOf(&k.Transaction), stamps: stampsOf(&k.Common)}
	a.RefundCents, a.RefundFloat, a.Refund = triple(k.toRefund())
	a.RefundBalanceCents, a.RefundBalanceFloat, a.RefundBalance = triple(k.rest())
	return a
}

// plainTransaction is a void or a refund.
type plainTransaction struct {
	transactionAttributes
	stamps
}

func voidAttributesOf(_ *view, t *Void) plainTransaction {
	return plainTransaction{transactionAttributesOf(&t.Transaction), stampsOf(&t.Common)}
}

func refundAttributesOf(_ *view, t *Refund) plainTransaction {
	return plainTransaction{transactionAttributesOf(&t.Transaction), stampsOf(&t.Common)}
}
