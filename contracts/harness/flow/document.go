package flow

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pb33f/libopenapi"
	high "github.com/pb33f/libopenapi/datamodel/high/arazzo"
	"github.com/pb33f/libopenapi/orderedmap"
	"go.yaml.in/yaml/v4"

	"understudy/contracts/workflows"
	"understudy/specs"
)

// Document is an Arazzo document.
type Document struct {
	Name    string // its file's name, as "fabric.arazzo.yaml"
	yaml    []byte
	model   *high.Arazzo
	tree    *yaml.Node // for lines
	sources []*source  // in the document's order
}

// Workflow is what there is to know of a workflow before it is run.
type Workflow struct {
	Document    string
	Provider    string // whose API it is about
	ID, Summary string
	Description string
	Effect      string   // the strongest of what it sends to the provider: read, write, charge or destroy
	Operations  []string // of the provider, in the order of the steps, each once
	Inputs      []string // their names, sorted
	MockOnly    []string // the steps that only a simulator can do
}

// Documents reads all documents of package workflows.
func Documents() ([]*Document, error) {
	var list []*Document
	for _, name := range workflows.Names() {
		yaml, _ := workflows.Read(name)
		d, err := Read(name, yaml)
		if err != nil {
			return nil, err
		}
		list = append(list, d)
	}
	return list, nil
}

// Read reads a document and the OpenAPI documents that it names. It does not judge it: Lint does.
func Read(name string, text []byte) (*Document, error) {
	model, err := parse(name, text)
	if err != nil {
		return nil, err
	}
	d := &Document{Name: name, yaml: text, model: model, tree: &yaml.Node{}}
	if err := yaml.Unmarshal(text, d.tree); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	for _, described := range model.SourceDescriptions {
		s, err := openSource(described.Name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		d.sources = append(d.sources, s)
	}
	return d, nil
}

func parse(name string, text []byte) (*high.Arazzo, error) {
	model, err := libopenapi.NewArazzoDocument(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	for _, flow := range model.Workflows { // no outputs are none
		if flow.Outputs == nil {
			flow.Outputs = orderedmap.New[string, *high.OutputValue]()
		}
		for _, step := range flow.Steps {
			if step.Outputs == nil {
				step.Outputs = orderedmap.New[string, *high.OutputValue]()
			}
		}
	}
	return model, nil
}

// Workflows lists what the document tells, in its order.
func (d *Document) Workflows() []Workflow {
	var list []Workflow
	for _, flow := range d.model.Workflows {
		w := Workflow{Document: d.Name, ID: flow.WorkflowId, Summary: flow.Summary, Description: flow.Description}
		if inputs, err := inputSchema(flow.Inputs); err == nil {
			w.Inputs = slices.Sorted(maps.Keys(inputs.Properties))
		}
		for _, step := range flow.Steps {
			if _, ok := step.Extensions.Get(mockOnlyKey); ok {
				w.MockOnly = append(w.MockOnly, step.StepId)
			}
			s, o := d.find(step.OperationId)
			if o == nil || s.name == specs.Control {
				continue
			}
			w.Provider, w.Effect = s.name, strongest(w.Effect, o.Effect)
			if !slices.Contains(w.Operations, o.ID) {
				w.Operations = append(w.Operations, o.ID)
			}
		}
		list = append(list, w)
	}
	return list
}

// find returns the operation that a step names as $sourceDescriptions.SOURCE.OPERATION, or as OPERATION where only one source has it; nil if there is none.
func (d *Document) find(id string) (*source, *operation) {
	rest, named := strings.CutPrefix(id, "$sourceDescriptions.")
	name, operation, _ := strings.Cut(rest, ".")
	var at *source
	for _, s := range d.sources {
		wanted := id
		if named {
			wanted = operation
		}
		if _, ok := s.operations[wanted]; !ok || named && s.name != name {
			continue
		}
		if at != nil {
			return nil, nil // two have it
		}
		at, operation = s, wanted
	}
	if at == nil {
		return nil, nil
	}
	return at, at.operations[operation]
}

// line is where something stands in the document: the members and indices that lead to it, as far as they lead.
func (d *Document) line(way ...any) int {
	n := d.tree
	if len(n.Content) > 0 {
		n = n.Content[0]
	}
	for _, part := range way {
		next := child(n, part)
		if next == nil {
			break
		}
		n = next
	}
	return n.Line
}

func child(n *yaml.Node, part any) *yaml.Node {
	n = meant(n)
	switch part := part.(type) {
	case int:
		if n.Kind == yaml.SequenceNode && part < len(n.Content) {
			return n.Content[part]
		}
	case string:
		for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == part {
				return n.Content[i+1]
			}
		}
	}
	return nil
}

// meant is the node that an alias stands for, or the node itself.
func meant(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}
