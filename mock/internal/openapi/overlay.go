package openapi

import (
	"fmt"

	"github.com/pb33f/libopenapi"
)

// overlaid applies OpenAPI Overlays to a document, one after another. A warning is an action that changed nothing: it fails too.
func overlaid(yaml []byte, overlays [][]byte) ([]byte, error) {
	for _, overlay := range overlays {
		result, err := libopenapi.ApplyOverlayFromBytesToSpecBytes(yaml, overlay)
		if err != nil {
			return nil, fmt.Errorf("applying the overlay: %w", err)
		}
		for _, w := range result.Warnings {
			return nil, fmt.Errorf("applying the overlay: %v", w)
		}
		yaml = result.Bytes
	}
	return yaml, nil
}
