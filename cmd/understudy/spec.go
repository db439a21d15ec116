package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"understudy/contracts/spec"
	"understudy/specs"
)

// specCommand is what can be asked of OpenAPI documents without a server.
type specCommand struct {
	Lint lintCommand `cmd:"" help:"Hold documents to OpenAPI, and to what the simulator and the contracts need beyond it."`
	Show showCommand `cmd:"" help:"List a document's operations: effect, provenance, declared answers."`
	Diff diffCommand `cmd:"" help:"Tell what changed from one document to another, and whom it breaks."`
}

type lintCommand struct {
	Documents []string `arg:"" optional:"" name:"document" help:"Files, or providers of this binary; default is all of its providers and the control API."`
}

// Help shows an example.
func (lintCommand) Help() string { return "Example: understudy spec lint norce my-api.yaml" }

// Run prints each problem as file:line: where: what, and fails if there is one.
func (c *lintCommand) Run(out output) error {
	names := c.Documents
	if len(names) == 0 {
		names = append(specs.Providers(), specs.Control)
	}
	found := 0
	for _, name := range names {
		file, document, err := readDocument(name)
		if err != nil {
			return err
		}
		problems, err := spec.Lint(document)
		if err != nil {
			return usage("%s: %w", file, err)
		}
		for _, p := range problems {
			fmt.Fprintf(out, "%s:%s\n", file, p)
		}
		if found += len(problems); len(problems) == 0 {
			fmt.Fprintf(out, "%s: sound\n", file)
		}
	}
	if found > 0 {
		return errors.New(counted(found, "problem"))
	}
	return nil
}

type showCommand struct {
	Document string `arg:"" help:"A file, or a provider of this binary."`
	JSON     bool   `name:"json" help:"Print JSON."`
}

// Help shows an example.
func (showCommand) Help() string { return "Example: understudy spec show nextcommerce" }

// Run prints a line an operation.
func (c *showCommand) Run(out output) error {
	file, document, err := readDocument(c.Document)
	if err != nil {
		return err
	}
	operations, err := spec.Show(document)
	if err != nil {
		return usage("%s: %w", file, err)
	}
	if c.JSON {
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		return e.Encode(operations)
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "operation\tmethod\tpath\teffect\tprovenance\tanswers")
	for _, op := range operations {
		var statuses []string
		for _, a := range op.Answers {
			statuses = append(statuses, fmt.Sprint(a.Status))
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", op.ID, op.Method, op.Path, op.Effect, op.Provenance, strings.Join(statuses, " "))
	}
	return w.Flush()
}

type diffCommand struct {
	Old  string `arg:"" help:"The older document: a file, or a provider of this binary."`
	New  string `arg:"" help:"The newer one."`
	JSON bool   `name:"json" help:"Print JSON."`
}

// Help shows an example.
func (diffCommand) Help() string {
	return "Breaking depends on the side: a request that may be sent must stay one, and an answer that may come must have been possible before.\n\nExample: understudy spec diff norce norce-next.yaml"
}

// Run prints each change and fails if one breaks somebody.
func (c *diffCommand) Run(out output) error {
	oldFile, before, err := readDocument(c.Old)
	if err != nil {
		return err
	}
	newFile, after, err := readDocument(c.New)
	if err != nil {
		return err
	}
	changes, err := spec.Diff(before, after)
	if err != nil {
		return usage("%w", err)
	}
	breaking := 0
	for _, change := range changes {
		if change.Breaking {
			breaking++
		}
	}
	if c.JSON {
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		if err := e.Encode(changes); err != nil {
			return err
		}
	} else {
		for _, change := range changes {
			fmt.Fprintln(out, changeLine(change, oldFile, newFile))
		}
		fmt.Fprintf(out, "%d changes, %d of them breaking\n", len(changes), breaking)
	}
	if breaking > 0 {
		return fmt.Errorf("%d breaking changes", breaking)
	}
	return nil
}

// changeLine is a change as one line.
func changeLine(c spec.Change, oldFile, newFile string) string {
	mark, at := "         ", fmt.Sprintf("%s:%d", newFile, c.NewLine)
	if c.Breaking {
		mark = "BREAKING "
	}
	if c.NewLine == 0 {
		at = fmt.Sprintf("%s:%d", oldFile, c.OldLine)
	}
	text := mark + c.Where + ": " + c.What
	if c.Why != "" {
		text += " (" + c.Why + ")"
	}
	if c.NewLine+c.OldLine > 0 {
		text += " " + at
	}
	return text
}

// readDocument reads a document that is named by its file or by its provider.
func readDocument(name string) (file string, document []byte, err error) {
	if embedded, ok := specs.Document(name); ok {
		return "specs/" + name + ".yaml", embedded, nil
	}
	document, err = os.ReadFile(name)
	if errors.Is(err, os.ErrNotExist) && !strings.ContainsAny(name, "./\\") {
		return name, nil, usage("%q is no file and no provider; the providers are: %s", name, strings.Join(slices.Concat(specs.Providers(), []string{specs.Control}), ", "))
	}
	if err != nil {
		return name, nil, usage("%w", err)
	}
	return name, document, nil
}
