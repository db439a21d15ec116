// Package specs holds the OpenAPI documents that Understudy promises to keep, as bytes and names only.
//
// Nothing is parsed here: the simulator reads the documents with kin-openapi and the contract harness with libopenapi, each for itself, so that
// two independent readers stand behind every verdict.
//
// Beside each provider's document lie what was transcribed from the vendor's page (samples/), the table that makes the page's call
// runnable (calls/) and the list of every field the page names (inventory/).
package specs

import (
	"embed"
	"io/fs"
	"path"
	"slices"
	"strings"
)

//go:embed *.yaml samples calls inventory
var files embed.FS

// Control is the name under which the control API's own document is kept.
const Control = "control"

// Providers lists the slugs of the five commerce platforms in the order in which they are always shown.
func Providers() []string {
	return []string{"commerceengine", "fabric", "norce", "nextcommerce", "commercelayer"}
}

// Document returns the OpenAPI document of a provider, or of the control API.
// ok is false when there is none of that name.
func Document(name string) (yaml []byte, ok bool) { return read(name + ".yaml") }

// Overlay returns the OpenAPI Overlay that turns a provider's document into another reading of the same API.
// The empty profile is the document itself: it has no overlay.
func Overlay(provider, profile string) (yaml []byte, ok bool) {
	return read(provider + "." + profile + ".overlay.yaml")
}

// Profiles lists the overlays of a provider by name, sorted; none is the common case.
func Profiles(provider string) []string {
	names, _ := fs.Glob(files, provider+".*.overlay.yaml")
	for i, name := range names {
		names[i] = strings.TrimSuffix(strings.TrimPrefix(name, provider+"."), ".overlay.yaml")
	}
	slices.Sort(names)
	return names
}

// Call returns the table that replaces the placeholders of the page's samples, so that the page's own call runs.
func Call(provider string) (yaml []byte, ok bool) { return read(path.Join("calls", provider+".yaml")) }

// Sample returns a JSON sample as the vendor's page shows it, placeholders included; part is "request" or "response".
func Sample(provider, part string) (json []byte, ok bool) {
	return read(path.Join("samples", provider+"."+part+".json"))
}

// Inventory returns the list of every parameter, field and status that the vendor's page names: one a line, as
// operationId, place, pointer and type.
func Inventory(provider string) (text []byte, ok bool) {
	return read(path.Join("inventory", provider+".txt"))
}

func read(name string) ([]byte, bool) {
	b, err := files.ReadFile(name)
	return b, err == nil
}
