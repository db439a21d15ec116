package nextcommerce

import (
	"math"
	"strconv"

	"understudy/mock/internal/engine"
	"understudy/mock/internal/money"
)

// getTransaction reads a transaction.
func getTransaction(c *engine.Call) (engine.Reply, error) {
	id, err := strconv.ParseInt(c.Vars["id"], 10, 64)
	if err != nil {
		return engine.Reply{}, engine.Refuse(engine.NotFound, "%q is no transaction's id", c.Vars["id"])
	}
	t, ok := transactions.Get(c.Tx, key(id))
	if !ok {
		return engine.Reply{}, engine.Refuse(engine.NotFound, "the store %s has no transaction %d", c.Place.Tenant, id)
	}
	return engine.OK(printTransaction(c.Tx, t)), nil
}

// listTransactions answers a page of the transactions that meet every filter, those of failed attempts included.
func listTransactions(c *engine.Call) (engine.Reply, error) {
	keep, err := transactionFilter(c)
	if err != nil {
		return engine.Reply{}, err
	}
	page, err := paginate(c, transactions, keep, func(t *Transaction) transactionSummary { return printTransactionSummary(c.Tx, t) })
	return engine.OK(page), err
}

func transactionFilter(c *engine.Call) (func(*Transaction) bool, error) {
	q := c.Query()
	days, err := readDays(q.Get("date_created_from"), q.Get("date_created_to"))
	if err != nil {
		return nil, err
	}
	least, most := math.Inf(-1), math.Inf(1)
	for name, to := range map[string]*float64{"amount_min": &least, "amount_max": &most} {
		if q.Has(name) {
			if *to, err = strconv.ParseFloat(q.Get(name), 64); err != nil {
				return nil, engine.RefuseParameter("query", name, "is not readable as a number", "a number such as 19.99")
			}
		}
	}
	is := func(name, value string) bool { return !q.Has(name) || q.Get(name) == value }
	flag := flags(q)
	gateway, _ := strconv.ParseInt(q.Get("gateway_id"), 10, 64)
	return func(t *Transaction) bool {
		return is("type", t.Type) && is("status", t.Status) && is("external_id", t.ExternalID) && is("auth_code", t.AuthCode) &&
			is("network_transaction_id", t.NetworkID) && is("payment_method", t.Instrument.name()) && is("currency", t.Amount.Currency) &&
			(!q.Has("gateway_id") || gateway == t.Instrument.Gateway) && flag("is_3ds", t.Instrument.ThreeDS) && flag("is_external", t.External) && flag("is_test", t.test()) &&
			within(t.Amount, least, most) && days.hold(t.At)
	}, nil
}

func within(a money.Amount, least, most float64) bool { return a.Float() >= least && a.Float() <= most }
