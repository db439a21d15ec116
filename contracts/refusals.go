package contracts

import (
	"understudy/contracts/harness"
)

// refusals makes a contract of each place of each operation's request: whatever the document forbids there is refused, as declared.
func refusals(s *harness.Stage) (list []harness.Contract) { return nil }
