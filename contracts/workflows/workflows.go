// Package workflows holds what several calls together must bring about, told as Arazzo documents: one a provider, written by us.
//
// Here are bytes and names only. The documents are read and carried out by package flow.
package workflows

import (
	"embed"
	"io/fs"
	"slices"
)

//go:embed *.arazzo.yaml
var files embed.FS

// Names lists the documents' file names, sorted, as "fabric.arazzo.yaml".
func Names() []string {
	names, _ := fs.Glob(files, "*.arazzo.yaml")
	slices.Sort(names)
	return names
}

// Read returns a document. ok is false when there is none of that name.
func Read(name string) (yaml []byte, ok bool) {
	b, err := files.ReadFile(name)
	return b, err == nil
}
