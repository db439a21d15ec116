package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
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
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, p := range list.Providers {
		names = append(names, p.Provider)
		if t.Provider != "" && t.Provider != p.Provider {
			continue
		}
		fmt.Fprintf(w, "%s (%s), tenant %s\n", p.Title, p.Provider, p.DefaultTenant)
		for _, o := range p.Orders {
			fmt.Fprintf(w, "  order\t%s\t%s\t%s\t\n", o.ID, o.Name, o.Note)
		}
		printTriggers(w, p.Triggers)
		fmt.Fprintln(w)
	}
	if t.Provider != "" && !slices.Contains(names, t.Provider) {
		return usage("there is no provider %q; these are: %s", t.Provider, strings.Join(names, ", "))
	}
	fmt.Fprintln(w, "Every provider")
	printTriggers(w, list.Shared)
	return w.Flush()
}

func printTriggers(w io.Writer, list []trigger) {
	for _, t := range list {
		fmt.Fprintf(w, "  %s\t%s\t%s\t%s\t\n", t.Where, t.Value, t.Effect, t.Provenance)
	}
}
