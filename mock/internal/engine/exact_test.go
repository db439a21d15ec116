package engine

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

func TestIntoReadsWhatWasCompared(t *testing.T) {
	t.Parallel()
	type item struct {
		SKU string `json:"sku"`
	}
	type body struct {
		Status string            `json:"status"`
		Raw    json.RawMessage   `json:"raw"`
		Items  []item            `json:"items"`
		ByName map[string]*item  `json:"byName"`
		Labels map[string]string `json:"labels"`
		Loose  string
	}
	for sent, want := range map[string]body{
		`{"status":"a"}`:                                  {Status: "a"},
		`{"STATUS":"b","status":"a"}`:                     {Status: "a"},
		`{"Status":5}`:                                    {},
		`{"status":5,"status":"a"}`:                       {Status: "a"},
		`{"RAW":null,"raw":{"RAW":"<&"}}`:                 {Raw: json.RawMessage(`{"RAW":"<&"}`)},
		`{"items":[{"Sku":"x","sku":"y"},{"SKU":1}]}`:     {Items: []item{{"y"}, {}}},
		`{"byName":{"Sku":{"sku":"y","Sku":"z"}}}`:        {ByName: map[string]*item{"Sku": {"y"}}},
		`{"labels":{"A":"1","a":"2"},"loose":"whatever"}`: {Labels: map[string]string{"A": "1", "a": "2"}, Loose: "whatever"},
	} {
		decoder := json.NewDecoder(strings.NewReader(sent))
		decoder.UseNumber()
		c := Call{Body: []byte(sent)}
		if err := decoder.Decode(&c.value); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			var got body
			if err := c.Into(&got); err != nil {
				t.Errorf("%s: %v", sent, err)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s read as %+v, want %+v", sent, got, want)
			}
		}
	}
}
