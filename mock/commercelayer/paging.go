package commercelayer

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"understudy/mock/internal/engine"
)

type collection struct {
	Data     []document `json:"data"`
	Included []document `json:"included,omitempty"`
	Meta     pageMeta   `json:"meta"`
	Links    pageLinks  `json:"links"`
}

type pageMeta struct {
	RecordCount int `json:"record_count"`
	PageCount   int `json:"page_count"`
}

type pageLinks struct {
	First string `json:"first"`
	Prev  string `json:"prev,omitempty"`
	Next  string `json:"next,omitempty"`
	Last  string `json:"last"`
}

// list shows one page of resources, all of which are there.
func list(c *engine.Call, of string, ids []string) (engine.Reply, error) {
	r := resourceOf(c, of)
	v, err := look(c, r)
	if err != nil {
		return engine.Reply{}, err
	}
	records := make([]any, 0, len(ids))
	for _, id := range ids {
		record, _ := r.find(c.Tx, id)
		records = append(records, record)
	}
	arrange(records, split(c.Query()["sort"]))
	p := paging(c, len(records))
	body := collection{Data: []document{}, Meta: pageMeta{p.records, p.pages()}, Links: p.links(c)}
	shown := cut(p, records)
	for _, record := range shown {
		body.Data = append(body.Data, v.document(r, commonOf(record).ID, record, v.include))
	}
	for _, record := range shown {
		v.bring(r, record, v.include)
	}
	body.Included = v.included
	return engine.OK(body), nil
}

// commonOf is the part that every resource has.
func commonOf(record any) *Common { return record.(interface{ common() *Common }).common() }

// arrange sorts by attributes, of which a leading minus reverses one; equals stay in the order of creation.
func arrange(records []any, by []string) {
	slices.SortStableFunc(records, func(x, y any) int {
		a, b := commonOf(x), commonOf(y)
		for _, key := range by {
			name, descending := strings.CutPrefix(key, "-")
			order := 0
			switch name {
			case "id":
				order = strings.Compare(a.ID, b.ID)
			case "created_at":
				order = a.Created.Compare(b.Created)
			case "updated_at":
				order = a.Updated.Compare(b.Updated)
			case "reference":
				order = strings.Compare(plain(a.Reference), plain(b.Reference))
			case "reference_origin":
				order = strings.Compare(plain(a.ReferenceOrigin), plain(b.ReferenceOrigin))
			}
			if descending {
				order = -order
			}
			if order != 0 {
				return order
			}
		}
		return int(a.Serial - b.Serial)
	})
}

func plain(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// window is which page of how many records was asked for. Numbers and sizes have been compared with the document.
type window struct{ number, size, records int }

func paging(c *engine.Call, records int) window {
	p := window{1, 10, records}
	if n, err := strconv.Atoi(c.Query().Get("page[number]")); err == nil {
		p.number = n
	}
	if n, err := strconv.Atoi(c.Query().Get("page[size]")); err == nil {
		p.size = n
	}
	return p
}

func (p window) pages() int { return (p.records + p.size - 1) / p.size }

// cut takes the page out of the whole.
func cut[T any](p window, all []T) []T {
	if p.number > p.pages() {
		return nil
	}
	from := (p.number - 1) * p.size
	return all[from:min(from+p.size, len(all))]
}

func (p window) links(c *engine.Call) pageLinks {
	at := func(number int) string {
		q := url.Values{}
		for name, values := range c.Query() {
			q[name] = values
		}
		q.Set("page[number]", strconv.Itoa(number))
		q.Set("page[size]", strconv.Itoa(p.size))
		return c.LinkHere(c.Path + "?" + q.Encode())
	}
	last := max(p.pages(), 1)
	l := pageLinks{First: at(1), Last: at(last)}
	if p.number > 1 {
		l.Prev = at(min(p.number-1, last))
	}
	if p.number < last {
		l.Next = at(p.number + 1)
	}
	return l
}
