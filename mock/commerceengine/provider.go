// Package commerceengine plays Commerce Engine.
package commerceengine

import "understudy/mock/internal/engine"

// New is the room's table of contents.
func New() engine.Provider {
	return engine.Provider{Name: "commerceengine", Title: "Commerce Engine"}
}
