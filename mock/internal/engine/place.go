package engine

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"

	"understudy/fixtures/jsonpointer"
)

// unreadable refuses a body that satisfies the document but not the Go type it is read into: the document's bounds are wider than ours.
func unreadable(body []byte, err error) error {
	var mismatch *json.UnmarshalTypeError
	if !errors.As(err, &mismatch) {
		return RefuseField("", "does not read: "+err.Error(), "a body as the document declares it")
	}
	want := "a value as the document declares it"
	if kind := mismatch.Type.Kind(); kind >= reflect.Int && kind <= reflect.Uint64 {
		want = fmt.Sprintf("an integer of %d bits", mismatch.Type.Bits())
	}
	return RefuseField(placeAt(body, mismatch.Offset), "is the "+mismatch.Value+", which is not kept here", want)
}

// placeAt is the pointer of the JSON value whose reading ended at an offset.
func placeAt(body []byte, offset int64) string {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var path []string // one part for each container that is open
	var list []bool   // whether it is an array
	named := false    // the member's name has been read, its value not yet
	for {
		token, err := d.Token()
		if err != nil {
			return ""
		}
		n := len(path)
		delim, _ := token.(json.Delim)
		switch {
		case delim == '}' || delim == ']':
			path, list, named = path[:n-1], list[:n-1], false
			continue
		case n > 0 && !list[n-1] && !named:
			path[n-1], named = token.(string), true
			continue
		case n > 0 && list[n-1]:
			i, _ := strconv.Atoi(path[n-1])
			path[n-1] = strconv.Itoa(i + 1)
		}
		if named = false; d.InputOffset() >= offset {
			return jsonpointer.Of(path...)
		}
		if delim != 0 {
			path, list = append(path, "-1"), append(list, delim == '[')
		}
	}
}
