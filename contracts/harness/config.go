package harness

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"understudy/contracts/harness/document"
	"understudy/specs"
)

// Config is the file understudy.yaml. Its JSON Schema is contracts/understudy.schema.json.
type Config struct {
	Sandbox    map[string]*Sandbox `yaml:"sandbox"`    // by provider
	Recordings string              `yaml:"recordings"` // a folder of HAR files
}

// variable is a secret's place: the name of what holds it.
var variable = regexp.MustCompile(`^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$`)

// secretHeader are names of headers whose value nobody should write down.
var secretHeader = regexp.MustCompile(`(?i)auth|cookie|token|secret|api-?key|credential|password`)

// ReadConfig reads understudy.yaml. Unknown keys are named with their line; a secret that is written out is refused.
func ReadConfig(raw []byte) (*Config, error) {
	d := yaml.NewDecoder(bytes.NewReader(raw))
	d.KnownFields(true)
	c := &Config{}
	if err := d.Decode(c); err != nil && !errors.Is(err, io.EOF) {
		return nil, plainer(err)
	}
	var wrong []error
	for _, provider := range slices.Sorted(maps.Keys(c.Sandbox)) {
		s := c.Sandbox[provider]
		at := "sandbox." + provider
		switch {
		case !slices.Contains(specs.Providers(), provider):
			wrong = append(wrong, fmt.Errorf("%s: there is no such provider; these are: %s", at, strings.Join(specs.Providers(), ", ")))
		case s == nil || s.URL == "":
			wrong = append(wrong, fmt.Errorf("%s.url is missing: what stands before the vendor's path, as https://shop.example.test", at))
		default:
			wrong = append(wrong, s.check(provider, at))
		}
	}
	return c, errors.Join(wrong...)
}

// unknownKey is how the YAML reader speaks of a key that it does not know.
var unknownKey = regexp.MustCompile(`(line \d+): field (\S+) not found in type \S+`)

func plainer(err error) error {
	text := strings.TrimPrefix(err.Error(), "yaml: unmarshal errors:\n")
	return errors.New(strings.TrimSpace(unknownKey.ReplaceAllString(text, `$1: there is no key "$2" here`)))
}

// check looks for what a sandbox's settings cannot mean.
func (s *Sandbox) check(provider, at string) error {
	var wrong []error
	refuse := func(format string, args ...any) { wrong = append(wrong, fmt.Errorf(at+format, args...)) }
	if scheme, rest, ok := strings.Cut(s.URL, "://"); !ok || scheme != "https" && scheme != "http" || rest == "" || strings.ContainsAny(rest, "?#@$ ") {
		refuse(".url %q is no http or https URL without user, query and variables", s.URL)
	}
	d, err := document.Read(provider, "")
	if err != nil {
		return err
	}
	schemes, variables := names(d)
	for name, v := range s.Credentials {
		if !slices.Contains(schemes, name) {
			refuse(".credentials.%s: the document's schemes are %s", name, strings.Join(schemes, ", "))
		}
		if !variable.MatchString(v) {
			refuse(".credentials.%s is written out; name the variable that holds it, as ${%s_TOKEN}", name, strings.ToUpper(provider))
		}
	}
	for name, v := range s.Headers {
		if secretHeader.MatchString(name) && !variable.MatchString(v) {
			refuse(".headers.%s is a secret that is written out; name the variable that holds it, as ${NAME}", name)
		}
	}
	for name := range s.IDs {
		if !slices.Contains(variables, name) {
			refuse(".ids.%s is no variable of a path; these are: %s", name, strings.Join(variables, ", "))
		}
	}
	for id := range s.Operations {
		if d.Operation(id) == nil {
			refuse(".operations.%s is no operation of %s", id, provider)
		}
	}
	if s.Rate < 0 || s.Rate > 1000 {
		refuse(".rate %v is not between 0 and 1000 requests a second", s.Rate)
	}
	if err := CheckEffects(s.Effects); err != nil {
		refuse(".effects: %w", err)
	}
	return errors.Join(wrong...)
}

// names lists a document's security schemes and path variables.
func names(d *document.Document) (schemes, variables []string) {
	for _, op := range d.Operations {
		for _, way := range op.Security {
			for _, s := range way {
				schemes = append(schemes, s.Name)
			}
		}
		for _, p := range op.Parameters {
			if p.In == "path" {
				variables = append(variables, p.Name)
			}
		}
	}
	slices.Sort(schemes)
	slices.Sort(variables)
	return slices.Compact(schemes), slices.Compact(variables)
}

// CheckEffects refuses what is no effect.
func CheckEffects(effects []string) error {
	for _, e := range effects {
		if !slices.Contains(Effects(), e) {
			return fmt.Errorf("%q is no effect; these are: %s", e, strings.Join(Effects(), ", "))
		}
	}
	return nil
}

// resolve reads the secrets from the environment. missing are the variables that are not set.
func (s *Sandbox) resolve(client *Client) (missing []string) {
	read := func(v string) string {
		m := variable.FindStringSubmatch(v)
		if m == nil {
			return v
		}
		secret := os.Getenv(m[1])
		if secret == "" {
			missing = append(missing, m[1])
		}
		client.hide(secret, v)
		return secret
	}
	s.resolved, s.header = map[string]string{}, map[string]string{}
	for name, v := range s.Credentials {
		s.resolved[name] = read(v)
	}
	for name, v := range s.Headers {
		s.header[name] = read(v)
	}
	slices.Sort(missing)
	return slices.Compact(missing)
}

// unwritten tells whether the sandbox's credentials do not reach for what its document demands.
func (s *Sandbox) unwritten(d *document.Document) bool {
	for _, op := range d.Operations {
		for _, way := range op.Security {
			if !slices.ContainsFunc(way, func(x document.Scheme) bool { return s.Credentials[x.Name] == "" }) {
				return false
			}
		}
	}
	return true
}
