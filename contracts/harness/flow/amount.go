package flow

import (
	"fmt"
	"math/big"
	"regexp"
	"strings"

	"github.com/pb33f/libopenapi/arazzo"
	"github.com/pb33f/libopenapi/arazzo/expression"
	high "github.com/pb33f/libopenapi/datamodel/high/arazzo"
)

// Extensions on a criterion.
const (
	asKey         = "x-as"         // amount: both sides are compared by their worth, however they are written
	provenanceKey = "x-provenance" // how sure it is, where it is less sure than the place of the answer that it speaks of
)

// amount is what x-as can be.
const amount = "amount"

func extensionOf(c *high.Criterion, key string) string {
	if n, ok := c.Extensions.Get(key); ok && n != nil {
		return meant(n).Value
	}
	return ""
}

// ofEngine keeps the criteria that the engine can judge: it compares "499.00" and 499 as texts, so amounts are judged afterwards.
func ofEngine(all []*high.Criterion) (kept []*high.Criterion) {
	for _, c := range all {
		if extensionOf(c, asKey) != amount {
			kept = append(kept, c)
		}
	}
	return kept
}

// holds judges one criterion.
func holds(criterion *high.Criterion, c *expression.Context) (bool, error) {
	if extensionOf(criterion, asKey) != amount {
		return arazzo.EvaluateCriterion(criterion, c)
	}
	left, operator, right, _ := expression.SplitSimpleCondition(strings.TrimSpace(criterion.Condition))
	a, err := worth(left, c)
	if err != nil {
		return false, err
	}
	b, err := worth(right, c)
	if err != nil {
		return false, err
	}
	switch by := a.Cmp(b); operator {
	case "==":
		return by == 0, nil
	case "!=":
		return by != 0, nil
	case "<":
		return by < 0, nil
	case ">":
		return by > 0, nil
	case "<=":
		return by <= 0, nil
	case ">=":
		return by >= 0, nil
	}
	return false, fmt.Errorf("%q compares nothing", criterion.Condition)
}

// plainDecimal is how every API writes an amount, in text or as a number.
var plainDecimal = regexp.MustCompile(`^-?\d+(\.\d+)?$`)

// worth is what one side of a comparison comes to.
func worth(operand string, c *expression.Context) (*big.Rat, error) {
	written := strings.Trim(operand, `'"`)
	if strings.HasPrefix(operand, "$") {
		value, err := expression.EvaluateString(operand, c)
		if err != nil {
			return nil, err
		}
		if value, err = plain(value); err != nil {
			return nil, err
		}
		written = text(value)
	}
	sum, ok := new(big.Rat).SetString(written)
	if !ok || !plainDecimal.MatchString(written) {
		return nil, fmt.Errorf("%s is %q, which is no amount", operand, written)
	}
	return sum, nil
}
