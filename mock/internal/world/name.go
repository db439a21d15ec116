package world

import (
	"fmt"
	"regexp"
)

// Default is the world of whoever names none.
const Default = "default"

var goodName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// CheckName tells what is wrong with a world's name: it has to fit a label of a host name.
func CheckName(name string) error {
	if !goodName.MatchString(name) {
		return fmt.Errorf("%q is not a world's name: 1 to 63 lower-case letters, digits and inner hyphens would be right", name)
	}
	return nil
}
