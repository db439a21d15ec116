package harness

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// Cell is one thing that a run can touch: an answer (operation, status, media type), a property of an answer, or a move of a state machine.
type Cell struct {
	Provider   string `json:"provider"`
	Operation  string `json:"operation,omitempty"`  // operationId; empty for a move
	Status     int    `json:"status,omitempty"`     // 0 for a move
	Media      string `json:"media,omitempty"`      // empty if the answer has no body
	Property   string `json:"property,omitempty"`   // pointer into the answer's body, * for every item of a list; empty for the answer itself
	Transition string `json:"transition,omitempty"` // as "payments: reserved capture captured"
}

// Hits says how often a cell was touched.
type Hits struct {
	Real       int    `json:"real"`                 // by behaviour
	Shape      int    `json:"shape"`                // by Prefer: code= only, which shows the shape of an answer and proves nothing about what brings it
	Provenance string `json:"provenance,omitempty"` // of what the cell stands for
}

// Row is a cell with its hits, as JSON has it.
type Row struct {
	Cell
	Hits
}

// Coverage is what the documents and state tables declare, and what of it was touched. The zero value is empty.
type Coverage struct{ cells map[Cell]Hits }

// Expect names a cell that can be touched. It keeps what was counted before.
func (c *Coverage) Expect(cell Cell, provenance string) {
	h := c.cells[cell]
	h.Provenance = cmp.Or(h.Provenance, provenance)
	c.put(cell, h)
}

// Touch counts a hit of a cell.
func (c *Coverage) Touch(cell Cell, shape bool) {
	h := c.cells[cell]
	if shape {
		h.Shape++
	} else {
		h.Real++
	}
	c.put(cell, h)
}

// Of returns a cell's hits.
func (c *Coverage) Of(cell Cell) Hits { return c.cells[cell] }

// Add adds all of another coverage.
func (c *Coverage) Add(other Coverage) {
	for cell, h := range other.cells {
		mine := c.cells[cell]
		c.put(cell, Hits{mine.Real + h.Real, mine.Shape + h.Shape, cmp.Or(mine.Provenance, h.Provenance)})
	}
}

func (c *Coverage) put(cell Cell, h Hits) {
	if c.cells == nil {
		c.cells = map[Cell]Hits{}
	}
	c.cells[cell] = h
}

// Rows lists all cells in order.
func (c Coverage) Rows() []Row {
	rows := make([]Row, 0, len(c.cells))
	for cell, h := range c.cells {
		rows = append(rows, Row{cell, h})
	}
	slices.SortFunc(rows, func(a, b Row) int {
		return cmp.Or(strings.Compare(a.Provider, b.Provider), strings.Compare(a.Transition, b.Transition), strings.Compare(a.Operation, b.Operation),
			cmp.Compare(a.Status, b.Status), strings.Compare(a.Media, b.Media), strings.Compare(a.Property, b.Property))
	})
	return rows
}

// Share is how much of something was touched.
type Share struct {
	All, Real, Shape int // Shape counts the cells that were touched in shape only
}

// Percent is how many of a hundred were touched by behaviour; 100 if there is nothing to touch.
func (s Share) Percent() float64 {
	if s.All == 0 {
		return 100
	}
	return 100 * float64(s.Real) / float64(s.All)
}

// Shares sums up answers, properties and transitions. Properties are counted of answers that can be had: not of those that were seen in shape only.
func (c Coverage) Shares() (answers, properties, transitions Share) {
	for cell, h := range c.cells {
		share := &answers
		answer := cell
		answer.Property = ""
		switch whole := c.cells[answer]; {
		case cell.Transition != "":
			share = &transitions
		case cell.Property != "" && whole.Real == 0 && whole.Shape > 0:
			continue
		case cell.Property != "":
			share = &properties
		}
		share.All++
		switch {
		case h.Real > 0:
			share.Real++
		case h.Shape > 0:
			share.Shape++
		}
	}
	return answers, properties, transitions
}

// Providers lists whose cells there are, sorted.
func (c Coverage) Providers() []string {
	names := map[string]bool{}
	for cell := range c.cells {
		names[cell.Provider] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// MarshalJSON writes the rows.
func (c Coverage) MarshalJSON() ([]byte, error) { return json.Marshal(c.Rows()) }

// UnmarshalJSON reads rows.
func (c *Coverage) UnmarshalJSON(raw []byte) error {
	var rows []Row
	if err := json.Unmarshal(raw, &rows); err != nil {
		return err
	}
	c.cells = make(map[Cell]Hits, len(rows))
	for _, r := range rows {
		c.cells[r.Cell] = r.Hits
	}
	return nil
}
