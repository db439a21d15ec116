package openapi

import (
	"fmt"

	"github.com/pb33f/libopenapi"
	"go.yaml.in/yaml/v3"
)

// overlaid applies OpenAPI Overlays to a document, one after another. A warning is an action that changed nothing: it fails too.
func overlaid(text []byte, overlays [][]byte) (*yaml.Node, error) {
	document, err := parse(text)
	if err != nil || len(overlays) == 0 {
		return document, err
	}
	for _, overlay := range overlays {
		result, err := libopenapi.ApplyOverlayFromBytesToSpecBytes(text, overlay)
		if err != nil {
			return nil, fmt.Errorf("applying the overlay: %w", err)
		}
		for _, w := range result.Warnings {
			return nil, fmt.Errorf("applying the overlay: %v", w)
		}
		text = result.Bytes
	}
	changed, err := parse(text)
	if err != nil {
		return nil, fmt.Errorf("reading what the overlay made: %w", err)
	}
	relocate(changed, document, document.Line)
	return changed, nil
}

// relocate gives the nodes of a changed document the lines that they have in the document which people read. What it does not have gets the
// line of what it was added to.
func relocate(changed, document *yaml.Node, line int) {
	if document != nil {
		line = document.Line
	}
	changed.Line = line
	step := 1
	if changed.Kind == yaml.MappingNode {
		step = 2
	}
	for i := 0; i < len(changed.Content); i += step {
		var key, value *yaml.Node
		if document != nil && document.Kind == changed.Kind {
			key, value = counterpart(document, changed, i)
		}
		at := line
		if key != nil {
			at = key.Line
		}
		if step == 2 {
			changed.Content[i].Line = at
		}
		relocate(changed.Content[i+step-1], value, at)
	}
}

// counterpart finds in a document what stands in changed.Content at i: the key and value of the same name, or the item at the same place.
func counterpart(document, changed *yaml.Node, i int) (key, value *yaml.Node) {
	if changed.Kind != yaml.MappingNode {
		if i < len(document.Content) {
			return nil, document.Content[i]
		}
		return nil, nil
	}
	for k := 0; k < len(document.Content); k += 2 {
		if document.Content[k].Value == changed.Content[i].Value {
			return document.Content[k], document.Content[k+1]
		}
	}
	return nil, nil
}
