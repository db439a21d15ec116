package spec

import (
	"strconv"
	"strings"
)

// Operation is one operation of a document, for people.
type Operation struct {
	ID         string   `json:"id"`
	Method     string   `json:"method"`
	Path       string   `json:"path"`
	Summary    string   `json:"summary,omitempty"`
	Effect     string   `json:"effect,omitempty"`
	Provenance string   `json:"provenance,omitempty"`
	Source     string   `json:"source,omitempty"` // where a published operation is published
	Answers    []Answer `json:"answers"`
	Line       int      `json:"line"`
}

// Answer is one declared answer of an operation.
type Answer struct {
	Status      int      `json:"status"`
	Description string   `json:"description"`
	Media       []string `json:"media,omitempty"`
	Provenance  string   `json:"provenance,omitempty"` // of the answer, where it has a mark of its own
}

// Show lists what a document declares, in its order.
func Show(document []byte) ([]Operation, error) {
	root, err := grow(document)
	if err != nil {
		return nil, err
	}
	var list []Operation
	for path, item := range root.at("paths").members() {
		for method, op := range item.members() {
			if id := op.at("operationId"); id.there() {
				shown := Operation{
					ID: id.text(), Method: strings.ToUpper(method.text()), Path: path.text(), Summary: op.at("summary").text(), Effect: op.at("x-effect").text(),
					Provenance: op.at("x-provenance").text(), Source: op.at("x-source").text(), Line: method.line(),
				}
				for status, response := range op.at("responses").members() {
					shown.Answers = append(shown.Answers, answerOf(status, response.follow()))
				}
				list = append(list, shown)
			}
		}
	}
	return list, nil
}

func answerOf(status, response tree) Answer {
	a := Answer{Description: response.at("description").text(), Provenance: response.at("x-provenance").text()}
	a.Status, _ = strconv.Atoi(status.text())
	for media := range response.at("content").members() {
		a.Media = append(a.Media, media.text())
	}
	return a
}
