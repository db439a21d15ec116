package flow

import (
	"net/textproto"
	"slices"
	"strconv"
	"strings"

	"github.com/pb33f/libopenapi/arazzo"
	"github.com/pb33f/libopenapi/arazzo/expression"
	high "github.com/pb33f/libopenapi/datamodel/high/arazzo"
)

var operators = []string{"==", "!=", ">=", "<=", ">", "<"}

// criterion finds conditions that never hold, or always do, whatever they seem to say.
func (l *linter) criterion(c *high.Criterion, at way) {
	kind := c.GetEffectiveType()
	at = at.to("condition")
	if c.Context != "" {
		l.expressions(c.Context, at)
	}
	l.criterionExtensions(c, kind, at)
	switch {
	case kind == "simple" && c.Context != "":
		at.tell("a simple criterion with a context compares that context with the condition's own text; leave the context out")
	case kind == "regex" && (c.Context == "$response.body" || c.Context == "$request.body"):
		at.tell("a regex sees a whole JSON body as no text at all; name a member, as in %s#/id, or use a jsonpath criterion", c.Context)
	case kind == "simple":
		l.simple(strings.TrimSpace(c.Condition), at)
	case c.Context == "":
		at.tell("a %s criterion needs a context, such as $response.body", kind)
	default:
		// Against an empty answer it holds or does not; a condition that cannot be read is an error.
		_, err := arazzo.EvaluateCriterion(&high.Criterion{Context: "$method", Condition: c.Condition, Type: c.Type, ExpressionType: c.ExpressionType}, &expression.Context{})
		if err != nil {
			at.tell("%v", err)
		}
	}
}

// criterionExtensions finds words of ours that say nothing here.
func (l *linter) criterionExtensions(c *high.Criterion, kind string, at way) {
	as, mark := extensionOf(c, asKey), extensionOf(c, provenanceKey)
	if as != "" && (as != amount || kind != "simple") {
		at.tell("%s: %s is for a simple comparison, and %s is all that it can be", asKey, as, amount)
	}
	if mark != "" && !slices.Contains([]string{"documented", "published", "assumed"}, mark) {
		at.tell("%s is %q; documented, published or assumed would be right", provenanceKey, mark)
	}
}

func (l *linter) simple(condition string, at way) {
	for _, sign := range []string{"&&", "||"} {
		if strings.Contains(bare(condition), sign) {
			at.tell("%s never matches: it becomes part of the text that is compared; write two criteria for &&, a regex or jsonpath criterion for ||", sign)
			return
		}
	}
	left, operator, right, found := expression.SplitSimpleCondition(condition)
	if !found {
		if !strings.HasPrefix(condition, "$") || expression.Validate(condition) != nil {
			at.tell("%q is no comparison: an expression, a space, one of %s, a space and a value would be right", condition, strings.Join(operators, " "))
			return
		}
		l.expressions(condition, at)
		return
	}
	if !strings.HasPrefix(left, "$") && !strings.HasPrefix(right, "$") {
		at.tell("%q compares two fixed values; one side has to be an expression", condition)
	}
	if slices.ContainsFunc(operators, func(o string) bool { return strings.Contains(left+" "+right, o) }) {
		at.tell("%q holds two comparisons, and the engine cuts it at the wrong one; use a regex or jsonpath criterion", condition)
		return
	}
	l.operand(left, operator, at)
	l.operand(right, operator, at)
}

// bare is a condition without its quoted text.
func bare(condition string) string {
	parts := strings.Split(condition, "'")
	for i := 1; i < len(parts); i += 2 {
		parts[i] = ""
	}
	return strings.Join(parts, "'")
}

// operand finds fixed values that the engine reads as something else.
func (l *linter) operand(operand, operator string, at way) {
	if strings.HasPrefix(operand, "$") {
		l.expressions(operand, at)
		return
	}
	ordering := operator != "==" && operator != "!="
	if quoted(operand) {
		if ordering {
			at.tell("%s compares with %s as text, in which '9' is greater than '10'", operator, operand)
		}
		return
	}
	if _, err := strconv.ParseBool(operand); err == nil && operand != "true" && operand != "false" {
		at.tell("%s is a truth value to the engine, which is never equal to a number: quote it for == and !=, write it as %s.0 to compare sizes", operand, operand)
		return
	}
	if operand == "null" || operand == "nil" {
		at.tell("%s is four letters to the engine, which null is never equal to; a jsonpath criterion such as $[?$.x == null] would be right", operand)
		return
	}
	if f, err := strconv.ParseFloat(operand, 64); err == nil && !ordering && strconv.FormatFloat(f, 'f', -1, 64) != operand && strings.TrimSuffix(operand, ".0") == operand {
		at.tell("%s is a number to the engine, and no text is equal to it as it is written: quote it if the answer has text there", operand)
	}
}

func quoted(operand string) bool {
	for _, q := range []string{"'", `"`} {
		if len(operand) > 1 && strings.HasPrefix(operand, q) && strings.HasSuffix(operand, q) {
			return true
		}
	}
	return false
}

// expressions looks at a piece of text that may be, or hold, runtime expressions.
func (l *linter) expressions(text string, at way) { l.expressionsAt(text, l.d.line(at.parts...)) }

func (l *linter) expressionsAt(text string, line int) {
	if strings.HasPrefix(text, "$") {
		e, err := expression.Parse(text)
		if err != nil {
			l.tell(line, "%q begins with $, so the engine takes it for an expression and the step fails: %v", text, err)
			return
		}
		l.known(e, line)
		return
	}
	if !strings.Contains(text, "{$") {
		return
	}
	tokens, err := expression.ParseEmbedded(text)
	if err != nil {
		l.tell(line, "%q holds {$, so the engine looks for expressions and the step fails: %v", text, err)
	}
	for _, t := range tokens {
		if t.IsExpression {
			l.known(t.Expression, line)
		}
	}
}

// known wants an expression to speak of something that is there by then.
func (l *linter) known(e expression.Expression, line int) {
	switch e.Type {
	case expression.Inputs:
		if _, ok := l.inputs.Properties[e.Name]; !ok && l.flow != "" {
			l.tell(line, "%s: the workflow declares no input %q", e.Raw, e.Name)
		}
	case expression.Steps:
		name := strings.TrimPrefix(e.Tail, "outputs.")
		if outputs, ok := l.outputs[e.Name]; !ok || !slices.Contains(outputs, name) {
			l.tell(line, "%s: no step %q before this one has an output %q", e.Raw, e.Name, name)
		}
	case expression.ResponseHeader:
		if e.Property != textproto.CanonicalMIMEHeaderKey(e.Property) && e.Property != strings.ToLower(e.Property) {
			l.tell(line, "%s: the engine minds capitals, and the header is known as %s", e.Raw, textproto.CanonicalMIMEHeaderKey(e.Property))
		}
	}
}
