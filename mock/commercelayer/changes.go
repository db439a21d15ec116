package commercelayer

import (
	"bytes"
	"encoding/json"

	"understudy/mock/internal/engine"
)

// The history of a payment: versions to the document, event stores to today's reading of the API.
var (
	getVersion                        = show(versionType)
	listCheckoutComPaymentVersions    = related(paymentType, versionType)
	getCheckoutComPaymentVersionsLink = linkage(paymentType, versionType)

	getEventStore                        = show(eventStoreType)
	listCheckoutComPaymentEventStores    = related(paymentType, eventStoreType)
	getCheckoutComPaymentEventStoresLink = linkage(paymentType, eventStoreType)
)

// record adds what a call changed in a payment to its history; before is nil for a new payment. Without a change there is no entry.
func record(c *engine.Call, id string, before *Payment) {
	p, ok := payments.Get(c.Tx, id)
	if !ok {
		return
	}
	event, was := "create", map[string]json.RawMessage{}
	if before != nil {
		event, was = "update", before.history()
	}
	differences := map[string][2]json.RawMessage{}
	for name, is := range p.history() {
		old, known := was[name]
		if !known {
			old = json.RawMessage("null")
		}
		if !bytes.Equal(old, is) {
			differences[name] = [2]json.RawMessage{old, is}
		}
	}
	if before != nil && len(differences) == 0 {
		return
	}
	h := &Change{Common: born(c.Tx, "change", ""), Resource: id, Event: event, Attributes: differences, Who: whoIs(c)}
	changes.Put(c.Tx, h.ID, h)
	p, _ = payments.Edit(c.Tx, id)
	p.Updated = c.Tx.Now()
	p.Changes = append(p.Changes, h.ID)
}
