// Package nextcommerce plays Next Commerce.
package nextcommerce

import "understudy/mock/internal/engine"

// New is the room's table of contents.
func New() engine.Provider {
	return engine.Provider{Name: "nextcommerce", Title: "Next Commerce"}
}
