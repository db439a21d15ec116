package engine

import (
	"reflect"
	"strings"
	"sync"
)

// exact removes from a decoded body what encoding/json would read into t although the document does not know it: members whose names
// differ from a field's in case only. Such members were never compared with the document.
func exact(value any, t reflect.Type) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch v := value.(type) {
	case map[string]any:
		switch t.Kind() {
		case reflect.Map:
			for _, inner := range v {
				exact(inner, t.Elem())
			}
		case reflect.Struct:
			fields := fieldsOf(t)
			for name, inner := range v {
				if field, known := fields.exact[name]; known {
					exact(inner, field)
				} else if fields.folded[strings.ToLower(name)] {
					delete(v, name)
				}
			}
		}
	case []any:
		if t.Kind() == reflect.Slice || t.Kind() == reflect.Array {
			for _, inner := range v {
				exact(inner, t.Elem())
			}
		}
	}
}

// fields are the members that encoding/json reads into a struct.
type fields struct {
	exact  map[string]reflect.Type
	folded map[string]bool
}

var fieldCache sync.Map // reflect.Type → *fields

func fieldsOf(t reflect.Type) *fields {
	if known, ok := fieldCache.Load(t); ok {
		return known.(*fields)
	}
	f := &fields{exact: map[string]reflect.Type{}, folded: map[string]bool{}}
	for _, field := range reflect.VisibleFields(t) {
		// A field without a name of its own is meant to be read whatever the case.
		if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); name != "" && name != "-" {
			f.exact[name] = field.Type
			f.folded[strings.ToLower(name)] = true
		}
	}
	fieldCache.Store(t, f)
	return f
}
