package flow

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// grammar names the members that the objects of a document may have, and what is in them. Whatever is not named here is left out of the model in
// silence, so that a misspelt successCriteria is as good as none.
var grammar = map[string]struct {
	members string
	holds   map[string]string // member → the kind of object, or list of objects, in it
}{
	"document":    {"arazzo info sourceDescriptions workflows components", map[string]string{"workflows": "workflow", "sourceDescriptions": "source"}},
	"source":      {"name url type", nil},
	"workflow":    {"workflowId summary description inputs dependsOn steps successActions failureActions outputs parameters", map[string]string{"steps": "step", "successActions": "action", "failureActions": "action"}},
	"step":        {"stepId description operationId operationPath workflowId parameters requestBody successCriteria onSuccess onFailure outputs", map[string]string{"parameters": "parameter", "requestBody": "body", "successCriteria": "criterion", "onSuccess": "action", "onFailure": "action"}},
	"parameter":   {"name in value reference", nil},
	"body":        {"contentType payload replacements", map[string]string{"replacements": "replacement"}},
	"replacement": {"target value", nil},
	"criterion":   {"context condition type", nil},
	"action":      {"name type workflowId stepId retryAfter retryLimit criteria reference", map[string]string{"criteria": "criterion"}},
}

// members finds misspelt members anywhere in the document.
func (l *linter) members() {
	if len(l.d.tree.Content) > 0 {
		l.object(l.d.tree.Content[0], "document")
	}
}

func (l *linter) object(n *yaml.Node, kind string) {
	if n.Kind == yaml.AliasNode {
		return // judged where it stands
	}
	if n.Kind == yaml.SequenceNode {
		for _, item := range n.Content {
			l.object(item, kind)
		}
		return
	}
	if n.Kind != yaml.MappingNode {
		return
	}
	g := grammar[kind]
	allowed := strings.Fields(g.members)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if !slices.Contains(allowed, key.Value) && !strings.HasPrefix(key.Value, "x-") {
			l.tell(key.Line, "a %s has no member %q, so it is passed over; it has %s", kind, key.Value, strings.Join(allowed, ", "))
		}
		if inner, ok := g.holds[key.Value]; ok {
			l.object(value, inner)
		}
	}
}
