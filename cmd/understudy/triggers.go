package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

type triggers struct {
	Provider string `arg:"" optional:"" help:"Of this provider only."`
	URL      string `name:"url" placeholder:"URL" help:"Ask the server that runs there."`
	JSON     bool   `name:"json" help:"Print them as JSON, as the control API does."`
}

// triggerList is what the control API tells.
type triggerList struct {
	Shared    []trigger `json:"shared"`
	Providers []story   `json:"providers"`
}

// story is a provider's cast and triggers.
type story struct {
	Provider      string    `json:"provider"`
	Title         string    `json:"title"`
	DefaultTenant string    `json:"default_tenant"`
	Orders        []role    `json:"orders"`
	Triggers      []trigger `json:"triggers"`
}

type role struct {
	Name string `json:"name"`
	ID   string `json:"id"`
	Note string `json:"note"`
}

type trigger struct {
	Where      string `json:"where"`
	Value      string `json:"value"`
	Effect     string `json:"effect"`
	Provenance string `json:"provenance"`
	Source     string `json:"source,omitempty"`
}

// Help ends the command's help.
func (*triggers) Help() string {
	return `  understudy triggers nextcommerce
  understudy triggers --url http://127.0.0.1:4242 --json

It ends with 2 if it was asked for wrongly, 3 if nobody answers at the URL.`
}

// Run prints the cast and the triggers.
func (t *triggers) Run(out output) error {
	if t.URL != "" {
		if _, err := httpURL("--url", t.URL, "http://127.0.0.1:4242"); err != nil {
			return err
		}
	}
	ctx := context.Background()
	return withServer(ctx, strings.TrimSuffix(t.URL, "/"), func(c control) error {
		var list triggerList
		if err := c.get(ctx, "/triggers", &list); err != nil {
			return unreachable(err)
		}
		return t.print(out, list)
	})
}

func (t *triggers) print(out io.Writer, list triggerList) error {
	var names []string
	for _, p := range list.Providers {
		names = append(names, p.Provider)
	}
	if t.Provider != "" && !slices.Contains(names, t.Provider) {
		return usage("there is no provider %q; these are: %s", t.Provider, strings.Join(names, ", "))
	}
	list.Providers = slices.DeleteFunc(list.Providers, func(p story) bool { return t.Provider != "" && t.Provider != p.Provider })
	if t.JSON {
		indented := json.NewEncoder(out)
		indented.SetIndent("", "  ")
		indented.SetEscapeHTML(false)
		return indented.Encode(list)
	}
	for _, p := range list.Providers {
		fmt.Fprintf(out, "%s (%s), tenant %s\n", p.Title, p.Provider, p.DefaultTenant)
		var orders [][]string
		for _, o := range p.Orders {
			orders = append(orders, []string{o.ID, o.Name, o.Note})
		}
		table(out, orders)
		fmt.Fprintln(out)
		table(out, rows(p.Triggers))
		fmt.Fprintln(out)
	}
	fmt.Fprintln(out, "Every provider, where it has a meaning")
	table(out, rows(list.Shared))
	fmt.Fprint(out, howToAsk)
	return nil
}

// howToAsk is for people.
const howToAsk = `
A scenario is asked for in a header of the call:
  Prefer: scenario=declined
or armed beforehand for the next call that matches:
  POST /_understudy/rules {"match": {"provider": "nextcommerce"}, "prefer": {"scenario": "declined"}}
`

func rows(list []trigger) (rows [][]string) {
	for _, t := range list {
		rows = append(rows, []string{t.Where, t.Value, t.Effect + " (" + t.Provenance + ")"})
	}
	return rows
}

// table prints rows in columns. A cell that is much wider than its column's others does not widen the column.
func table(out io.Writer, rows [][]string) {
	const widest = 44
	width := map[int]int{}
	for _, row := range rows {
		for i, cell := range row {
			if n := utf8.RuneCountInString(cell); n <= widest {
				width[i] = max(width[i], n)
			}
		}
	}
	for _, row := range rows {
		line := " "
		for i, cell := range row {
			line += fmt.Sprintf(" %-*s ", width[i], cell)
		}
		fmt.Fprintln(out, strings.TrimRight(line, " "))
	}
}
