// Command understudy plays the payment endpoints of five commerce platforms.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/alecthomas/kong"

	"understudy/specs"
)

type commands struct {
	Serve    serve       `cmd:"" help:"Start the simulator."`
	Contract contract    `cmd:"" help:"Hold the mock, a sandbox or recordings to the documents."`
	Replay   retell      `cmd:"" help:"Send a recorded story again and compare the answers."`
	Record   recording   `cmd:"" help:"Record a story: what your client and a sandbox say to each other, or what a simulator's journal holds."`
	Fixtures stories     `cmd:"" help:"Stories as files: import, redact, scan, recover."`
	Triggers triggers    `cmd:"" help:"Show the orders that every tenant has from the start, and the values that make something happen."`
	Spec     specCommand `cmd:"" help:"Lint, show and compare OpenAPI documents."`
	Health   health      `cmd:"" help:"Ask a server that runs whether it is well; the exit code tells."`
	Version  version     `cmd:"" help:"Show what this binary was built from."`
}

// The exit codes.
const (
	exitFailed      = 1 // it was asked for rightly and did not work
	exitUsage       = 2 // it was asked for wrongly
	exitUnreachable = 3 // nobody answers at the URL
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run carries out one command line and returns the exit code.
func run(args []string, stdout, stderr io.Writer) int {
	var c commands
	code := -1
	parser := kong.Must(&c,
		kong.Name("understudy"),
		kong.Description("A stateful stand-in for the payment endpoints of five commerce platforms."),
		kong.DefaultEnvars("UNDERSTUDY"),
		kong.Vars{"providers": strings.Join(specs.Providers(), ", ")},
		kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.Writers(stdout, stderr),
		kong.Exit(func(n int) { code = n }),
		kong.BindTo(stdout, (*output)(nil)),
		kong.BindTo(stderr, (*messages)(nil)),
	)
	if len(args) == 0 {
		args = []string{"--help"}
	}
	command, err := parser.Parse(args)
	if code >= 0 {
		return code // --help has been answered
	}
	if err != nil {
		fmt.Fprintf(stderr, "understudy: %v\nRun \"%s --help\" to see what there is.\n", err, asked(err))
		return exitUsage
	}
	if err := command.Run(); err != nil {
		fmt.Fprintf(stderr, "understudy: %v\n", err)
		if hint := howToTrust(err.Error(), ""); hint != "" {
			fmt.Fprintln(stderr, hint)
		}
		var wrong *usageError
		if errors.As(err, &wrong) {
			return exitUsage
		}
		var coded *exitError
		if errors.As(err, &coded) {
			return coded.code
		}
		return exitFailed
	}
	return 0
}

// asked is the command that a command line got as far as.
func asked(err error) string {
	var parse *kong.ParseError
	if errors.As(err, &parse) && parse.Context.Selected() != nil {
		return "understudy " + parse.Context.Selected().Path()
	}
	return "understudy"
}

// counted is a number of things: "1 problem", "2 problems".
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// output is where results go, messages where everything else goes.
type (
	output   io.Writer
	messages io.Writer
)

// usageError is a value that was given and cannot be used.
type usageError struct{ error }

// exitError is a failure with an exit code of its own.
type exitError struct {
	error
	code int
}

func (e *exitError) Unwrap() error { return e.error }

func usage(format string, args ...any) error { return &usageError{fmt.Errorf(format, args...)} }
