// Package fabric plays fabric.
package fabric

import "understudy/mock/internal/engine"

// New is the room's table of contents.
func New() engine.Provider {
	return engine.Provider{Name: "fabric", Title: "fabric"}
}
