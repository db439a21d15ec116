package engine

import (
	"errors"
	"fmt"
	"net/http"

	"understudy/mock/internal/journal"
	"understudy/mock/internal/openapi"
	"understudy/mock/internal/world"
)

// Kind is why a request is refused, before any dialect.
type Kind string

// The kinds of refusal.
const (
	Invalid          Kind = "invalid"           // the request breaks the document or a rule about values
	Unauthenticated  Kind = "unauthenticated"   // no credential, or one that does not hold
	Forbidden        Kind = "forbidden"         // the credential does not permit this
	NotFound         Kind = "not_found"         // no such path or thing
	MethodNotAllowed Kind = "method"            // the path does not take this method
	NotAcceptable    Kind = "not_acceptable"    // no answer in a media type that was asked for
	Conflict         Kind = "conflict"          // the thing's state does not permit this
	Expired          Kind = "expired"           // it was possible once
	TooLarge         Kind = "too_large"         // the body is beyond the bound
	UnsupportedMedia Kind = "unsupported_media" // the body is in a media type that is not taken
	Throttled        Kind = "throttled"         // too many
	Injected         Kind = "injected"          // a fault that was asked for
	Internal         Kind = "internal"          // a bug of ours
)

// statuses are what the kinds mean in HTTP, unless a dialect says otherwise.
var statuses = map[Kind]int{
	Invalid: http.StatusBadRequest, Unauthenticated: http.StatusUnauthorized, Forbidden: http.StatusForbidden, NotFound: http.StatusNotFound,
	MethodNotAllowed: http.StatusMethodNotAllowed, NotAcceptable: http.StatusNotAcceptable, Conflict: http.StatusConflict, Expired: http.StatusGone,
	TooLarge: http.StatusRequestEntityTooLarge, UnsupportedMedia: http.StatusUnsupportedMediaType, Throttled: http.StatusTooManyRequests,
	Injected: http.StatusServiceUnavailable, Internal: http.StatusInternalServerError,
}

// Kinds lists all kinds of refusal.
func Kinds() []Kind {
	return []Kind{Invalid, Unauthenticated, Forbidden, NotFound, MethodNotAllowed, NotAcceptable, Conflict, Expired, TooLarge, UnsupportedMedia, Throttled, Injected, Internal}
}

// Status is the kind in HTTP, unless a dialect says otherwise.
func (k Kind) Status() int { return statuses[k] }

// Error is a refusal on its way to being phrased by a dialect.
type Error struct {
	Kind     Kind
	Code     string            // the provider's own code for it, if the room knows one
	Message  string            // what is wrong and what would be right, for people
	Problems []openapi.Problem // one for each thing wrong with the request
	cause    error
}

// Refuse makes a refusal.
func Refuse(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// RefuseField makes a refusal of one member of the body, by its JSON pointer; want says what would be right.
func RefuseField(pointer, message, want string) *Error {
	return refuseProblems([]openapi.Problem{{In: "body", Pointer: pointer, Keyword: "value", Message: message, Want: want}})
}

// RefuseParameter makes a refusal of one parameter; in is path, query or header.
func RefuseParameter(in, name, message, want string) *Error {
	return refuseProblems([]openapi.Problem{{In: in, Pointer: name, Keyword: "value", Message: message, Want: want}})
}

func refuseProblems(problems []openapi.Problem) *Error {
	return &Error{Kind: Invalid, Message: problems[0].String(), Problems: problems}
}

// Coded gives the refusal the provider's own code.
func (e *Error) Coded(code string) *Error {
	e.Code = code
	return e
}

// Status is the refusal in HTTP, unless a dialect says otherwise.
func (e *Error) Status() int { return e.Kind.Status() }

func (e *Error) Error() string { return e.Message }

func (e *Error) Unwrap() error { return e.cause }

// asRefusal makes a refusal of any error. What is not one already is a bug of ours.
func asRefusal(err error) *Error {
	var refusal *Error
	if errors.As(err, &refusal) {
		return refusal
	}
	var crowded *world.TooManyTenants
	if errors.As(err, &crowded) {
		return Refuse(Throttled, "%s", crowded.Error())
	}
	return &Error{Kind: Internal, Message: "something broke in the simulator; its journal says what", cause: err}
}

// reason is the refusal as the journal keeps it.
func (e *Error) reason() *journal.Reason {
	r := &journal.Reason{Kind: string(e.Kind), Message: e.Message}
	for _, p := range e.Problems {
		r.Problems = append(r.Problems, journal.Problem{In: p.In, Pointer: p.Pointer, Message: p.Message, Want: p.Want, Line: p.Line})
	}
	if e.cause != nil {
		r.Detail = e.cause.Error()
		var panicked *world.Panic
		if errors.As(e.cause, &panicked) {
			r.Detail += "\n" + string(panicked.Stack)
		}
	}
	return r
}
