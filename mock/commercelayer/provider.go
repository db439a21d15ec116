// Package commercelayer plays Commerce Layer.
package commercelayer

import "understudy/mock/internal/engine"

// New is the room's table of contents.
func New() engine.Provider {
	return engine.Provider{Name: "commercelayer", Title: "Commerce Layer"}
}
