package mock

import "understudy/mock/internal/engine"

// Engine lets the suites look into worlds and journals.
func (s *Server) Engine() *engine.Engine { return s.engine }
