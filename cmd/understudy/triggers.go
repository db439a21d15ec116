package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

type triggers struct {
	Provider string `arg:"" optional:"" help:"Of this provider only."`
	URL      string `name:"url" placeholder:"URL" help:"Ask the server that runs there."`
}

// triggerList is what the control API tells.
type triggerList struct {
	Shared    []trigger
	Providers []struct {
		Provider, Title string
		DefaultTenant   string `json:"default_tenant"`
		Orders          []struct{ Name, ID, Note string }
		Triggers        []trigger
	}
}

type trigger struct{ Where, Value, Effect, Provenance string }

// Run prints the cast and the triggers.
func (t *triggers) Run(out output) error {
	ctx := context.Background()
	return withServer(ctx, strings.TrimSuffix(t.URL, "/"), func(c control) error {
		var list triggerList
		if err := c.get(ctx, "/triggers", &list); err != nil {
			return err
		}
		return t.print(out, list)
	})
}

func (t *triggers) print(out io.Writer, list triggerList) error {
	var names []string
	for _, p := range list.Providers {
		names = append(names, p.Provider)
		if t.Provider != "" && t.Provider != p.Provider {
			continue
		}
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
	if t.Provider != "" && !slices.Contains(names, t.Provider) {
		return usage("there is no provider %q; these are: %s", t.Provider, strings.Join(names, ", "))
	}
	fmt.Fprintln(out, "Every provider")
	table(out, rows(list.Shared))
	return nil
}

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
