package specs

import (
	"path"
	"strings"
)

// productionHosts are where the platforms, and the gateways behind them, move real money. A pattern's * stands for one or more labels.
var productionHosts = []string{
	"prod.api.commercengine.io", "api.juspay.in",
	"prod*.oms.fabric.inc", "prod*.fabric.zone", "api.fabric.inc",
	"*.norce.tech", "*.norce.io",
	"*.29next.store", "*.29next.com", "*.nextcommerce.com",
	"*.commercelayer.io", "*.commercelayer.co", "api.checkout.com",
}

// notProduction are hosts that a pattern above takes in although no real money moves there.
var notProduction = []string{"*.playground.norce.tech", "*.stage.norce.tech", "*.test.norce.tech"}

// ProductionHost tells whether a host, with or without its port, is known to move real money. Where one host serves test and live stores alike, it counts as
// production: only its credential tells, and a host is all that is known here.
func ProductionHost(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.Contains(host[i:], "]") {
		host = host[:i]
	}
	host = strings.TrimSuffix(host, ".")
	return meets(host, productionHosts) && !meets(host, notProduction)
}

func meets(host string, patterns []string) bool {
	for _, p := range patterns {
		// path.Match's * stops at a slash only, so that it spans labels.
		if ok, _ := path.Match(p, host); ok {
			return true
		}
	}
	return false
}
