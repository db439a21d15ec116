package specs

import "testing"

func TestProductionHostsAreKnown(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{
		"prod.api.commercengine.io": true, "PROD.api.commercengine.io:443": true, "staging.api.commercengine.io": false,
		"prod01.oms.fabric.inc": true, "uat01.oms.fabric.inc": false, "shop.29next.store": true, "a.b.29next.store.": true, "acme.commercelayer.io": true,
		"acme.api-se.norce.tech": true, "acme.api-se.playground.norce.tech": false, "127.0.0.1:4242": false, "[::1]:4242": false, "[::1]": false,
		"localhost": false, "commercelayer.io.example.test": false, "acme.commercelayer.localhost": false,
	} {
		if got := ProductionHost(host); got != want {
			t.Errorf("%s: %t", host, got)
		}
	}
}
