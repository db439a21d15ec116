package engine

import (
	"encoding/json"
	"testing"
)

func TestABodyThatDoesNotFitIsRefusedAtItsPlace(t *testing.T) {
	t.Parallel()
	type body struct {
		A struct{ B []struct{ C int64 } }
		D int8
		E map[string]string
	}
	for text, want := range map[string]string{
		`{"A":{"x":[1,{}],"B":[{"C":1},{"q":[],"C":9223372036854775808}]}}`: "/A/B/1/C",
		`{"A":{"B":[{"C":1}]},"D":1000}`:                                    "/D",
		`{"A":{"B":[]},"E":{"a/b":"x","c~d":7}}`:                            "/E/c~0d",
		`{"A":{"B":[{"C":1},7]}}`:                                           "/A/B/1",
		`[1]`:                                                               "",
	} {
		var v body
		err := unreadable([]byte(text), json.Unmarshal([]byte(text), &v))
		refusal, ok := err.(*Error)
		if !ok || refusal.Problems[0].Pointer != want || refusal.Problems[0].Want == "" {
			t.Errorf("%s: %+v", text, err)
		}
	}
}
