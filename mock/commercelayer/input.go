package commercelayer

import (
	"encoding/json"
	"strings"
)

// text is an attribute of a body that may be absent, null or text.
type text struct {
	sent  bool
	value *string
}

// UnmarshalJSON notes that the attribute was sent.
func (t *text) UnmarshalJSON(raw []byte) error {
	t.sent = true
	return json.Unmarshal(raw, &t.value)
}

// into keeps what was sent.
func (t text) into(kept **string) bool {
	if t.sent {
		*kept = t.value
	}
	return t.sent
}

func (t text) blank() bool { return t.value == nil || strings.TrimSpace(*t.value) == "" }

// trigger is an attribute that is pulled rather than stored. Official clients send true, 1 or "true".
type trigger bool

// UnmarshalJSON reads whatever stands for true; the document has refused the rest.
func (t *trigger) UnmarshalJSON(raw []byte) error {
	switch strings.Trim(string(raw), `"`) {
	case "true", "1", "1.0":
		*t = true
	}
	return nil
}

// referenceInput are the attributes that any resource lets a client keep with it.
type referenceInput struct {
	Reference       text            `json:"reference"`
	ReferenceOrigin text            `json:"reference_origin"`
	Metadata        json.RawMessage `json:"metadata"`
}

// into keeps what was sent, and tells whether anything was.
func (r referenceInput) into(c *Common) bool {
	sent := r.Reference.into(&c.Reference)
	sent = r.ReferenceOrigin.into(&c.ReferenceOrigin) || sent
	if r.Metadata != nil {
		c.Metadata = r.Metadata
		sent = true
	}
	return sent
}

// linkInput is a relationship to one resource.
type linkInput struct {
	Data *struct {
		ID string `json:"id"`
	} `json:"data"`
}

// id is the resource's, or "" of an empty relationship.
func (l *linkInput) id() string {
	if l == nil || l.Data == nil {
		return ""
	}
	return l.Data.ID
}
