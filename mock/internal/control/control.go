// Package control is the API by which a test speaks to the simulator itself: worlds, clocks, snapshots, the journal, what becomes of a payment.
//
// It is a room like the providers', driven by specs/control.yaml through the same pipeline, but it acts on worlds from outside. Who may
// call it is said in access.go.
package control

import (
	"net/http"

	"understudy/mock/internal/engine"
)

// Slug is where the control API stands, and the name of its room.
const Slug = "_understudy"

// Options tell what is not the engine's to know.
type Options struct {
	Token     string // lets callers from other machines and origins in; empty lets none in
	PublicURL string // how callers reach this server by another name
	Version   string // what this is a build of
	Authority []byte // the certificate that vouches for this server over https, as PEM; nil without https
}

// control holds what the handlers work with. Nothing in it changes.
type control struct {
	engine  *engine.Engine
	options Options
}

// maxImport bounds how large an imported world may be, in bytes.
const maxImport = 64 << 20

// New is the room's table of contents.
func New(e *engine.Engine, o Options) engine.Provider {
	c := &control{engine: e, options: o}
	return engine.Provider{
		Name:  Slug,
		Title: "Understudy",
		Dialect: engine.Dialect{
			Phrase:    phrase,
			Admit:     newGate(o).admit,
			Negotiate: knownQuery,
		},
		Behaviour: engine.Behaviour{
			Outside:    true,
			Operations: c.operations(),
			MaxBody:    map[string]int64{"importWorld": maxImport},
		},
	}
}

func (c *control) operations() map[string]engine.Handler {
	return map[string]engine.Handler{
		"showConsole":  c.showConsole,
		"showDemo":     c.showDemo,
		"returnToDemo": c.returnToDemo,

		"getHealth":            c.getHealth,
		"getVersion":           c.getVersion,
		"getAuthority":         c.getAuthority,
		"listTriggers":         c.listTriggers,
		"listProviders":        c.listProviders,
		"getProvider":          c.getProvider,
		"listOperations":       c.listOperations,
		"listStates":           c.listStates,
		"listProviderTriggers": c.listProviderTriggers,
		"listEvents":           c.listEvents,

		"listWorlds":  c.listWorlds,
		"createWorld": c.createWorld,
		"getWorld":    c.getWorld,
		"deleteWorld": c.deleteWorld,
		"resetWorld":  c.resetWorld,

		"listSnapshots":   c.listSnapshots,
		"createSnapshot":  c.createSnapshot,
		"getSnapshot":     c.getSnapshot,
		"deleteSnapshot":  c.deleteSnapshot,
		"restoreSnapshot": c.restoreSnapshot,
		"exportWorld":     c.exportWorld,
		"importWorld":     c.importWorld,

		"getClock":     c.getClock,
		"freezeClock":  c.freezeClock,
		"resumeClock":  c.resumeClock,
		"setClock":     c.setClock,
		"advanceClock": c.advanceClock,
		"listTimers":   c.listTimers,

		"listRequests":          c.listRequests,
		"deleteRequests":        c.deleteRequests,
		"getRequest":            c.getRequest,
		"findRequests":          c.findRequests,
		"countRequests":         c.countRequests,
		"waitForRequests":       c.waitForRequests,
		"listUnmatchedRequests": c.listUnmatchedRequests,

		"listRules":   c.listRules,
		"armRule":     c.armRule,
		"getRule":     c.getRule,
		"deleteRule":  c.deleteRule,
		"deleteRules": c.deleteRules,

		"listOrders":  c.listOrders,
		"createOrder": c.createOrder,
		"getOrder":    c.getOrder,
		"applyEvent":  c.applyEvent,
	}
}

// created answers 201 with where the thing can be read.
func (c *control) created(call *engine.Call, path string, body any) engine.Reply {
	base := c.engine.Base(c.engine.Origin(call.Request()), call.World(), Slug)
	return engine.Reply{Status: http.StatusCreated, Body: body}.With("Location", base+path)
}
