package control

import (
	"errors"
	"math"
	"regexp"
	"time"

	"github.com/shopspring/decimal"

	"understudy/mock/internal/engine"
	"understudy/mock/internal/world"
)

func (c *control) getClock(call *engine.Call) (engine.Reply, error) {
	return engine.OK(call.Universe().Clock()), nil
}

func (c *control) freezeClock(call *engine.Call) (engine.Reply, error) {
	return engine.OK(call.Universe().Freeze()), nil
}

func (c *control) resumeClock(call *engine.Call) (engine.Reply, error) {
	return engine.OK(call.Universe().Resume()), nil
}

func (c *control) setClock(call *engine.Call) (engine.Reply, error) {
	var asked struct {
		To time.Time `json:"to"`
	}
	if err := call.Into(&asked); err != nil {
		return engine.Reply{}, err
	}
	now, err := call.Universe().Set(asked.To)
	return engine.OK(now), turned("/to", err)
}

func (c *control) advanceClock(call *engine.Call) (engine.Reply, error) {
	var asked struct {
		By string `json:"by"`
	}
	if err := call.Into(&asked); err != nil {
		return engine.Reply{}, err
	}
	by, err := duration("/by", asked.By)
	if err != nil {
		return engine.Reply{}, err
	}
	now, err := call.Universe().Advance(by)
	return engine.OK(now), turned("/by", err)
}

// turned makes a refusal of what a clock says.
func turned(pointer string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, world.ErrBackwards):
		return engine.Refuse(engine.Conflict, "%s", err)
	}
	return engine.RefuseField(pointer, "is too far: "+err.Error(), "an earlier time")
}

var (
	durationPart = regexp.MustCompile(`([0-9.]+)(ms|s|m|h|d)`)
	units        = map[string]time.Duration{"ms": time.Millisecond, "s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour}
)

// duration reads what the document's Duration permits: as Go writes them, and days.
func duration(pointer, text string) (time.Duration, error) {
	total := decimal.Zero
	for _, part := range durationPart.FindAllStringSubmatch(text, -1) {
		n, err := decimal.NewFromString(part[1])
		if err != nil {
			return 0, engine.RefuseField(pointer, "does not read: "+err.Error(), "a duration such as 1h30m")
		}
		total = total.Add(n.Mul(decimal.NewFromInt(int64(units[part[2]]))))
	}
	if total.GreaterThan(decimal.NewFromInt(math.MaxInt64)) {
		return 0, engine.RefuseField(pointer, "is too long", "at most 100000d")
	}
	return time.Duration(total.IntPart()), nil
}

type timer struct {
	Due      time.Time `json:"due"`
	Name     string    `json:"name"`
	ID       string    `json:"id"`
	Provider string    `json:"provider"`
	Tenant   string    `json:"tenant"`
}

func (c *control) listTimers(call *engine.Call) (engine.Reply, error) {
	list := []timer{}
	for _, t := range call.Universe().Timers() {
		list = append(list, timer{t.Due, t.Name, t.ID, t.Provider, t.Tenant})
	}
	return engine.OK(struct {
		Timers []timer `json:"timers"`
	}{list}), nil
}
