package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"

	"github.com/gorilla/mux"
)

// floors are two servers of one answer. The first reads the request and writes the answer's bytes. The second is what a plain hand-written server
// does: it finds the handler with gorilla/mux, decodes the request into a struct, and encodes the answer from a struct.
func floors(pattern string, answer []byte, request string) (bare, routed http.Handler, err error) {
	bare = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		write(w, answer)
	})
	into, _, err := typed([]byte(request))
	if err != nil {
		return nil, nil, err
	}
	_, value, err := typed(answer)
	if err != nil {
		return nil, nil, err
	}
	router := mux.NewRouter()
	router.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		if mux.Vars(r)["number"] == "" {
			http.NotFound(w, r)
			return
		}
		if err := json.NewDecoder(r.Body).Decode(reflect.New(into).Interface()); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		body, err := json.Marshal(value)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		write(w, body)
	}).Methods("POST")
	return bare, router, nil
}

func write(w http.ResponseWriter, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	w.Write(body)
}

// typed makes a Go struct type that fits a JSON text, as one would have written it by hand, and the text's value in it.
func typed(text []byte) (reflect.Type, any, error) {
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		return nil, nil, err
	}
	t := typeOf(v)
	p := reflect.New(t)
	return t, p.Interface(), json.Unmarshal(text, p.Interface())
}

func typeOf(v any) reflect.Type {
	switch v := v.(type) {
	case map[string]any:
		var names []string
		for name := range v {
			names = append(names, name)
		}
		slices.Sort(names)
		var fields []reflect.StructField
		for i, name := range names {
			fields = append(fields, reflect.StructField{Name: fmt.Sprintf("F%d", i), Type: typeOf(v[name]), Tag: reflect.StructTag(`json:` + strconv.Quote(name))})
		}
		return reflect.StructOf(fields)
	case []any:
		if len(v) == 0 {
			return reflect.TypeFor[[]any]()
		}
		return reflect.SliceOf(typeOf(likest(v)))
	case nil:
		return reflect.TypeFor[*string]()
	}
	return reflect.TypeOf(v)
}

// likest is an item that stands for all of a list: the members of all its objects, each with a value that is not null if there is one.
func likest(list []any) any {
	merged, ok := list[0].(map[string]any)
	if !ok {
		return list[0]
	}
	merged = maps.Clone(merged)
	for _, item := range list[1:] {
		for name, value := range item.(map[string]any) {
			if merged[name] == nil {
				merged[name] = value
			}
		}
	}
	return merged
}
