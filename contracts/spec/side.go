package spec

// sidesOf tells of every component of the documents on which side of an exchange it is used, whatever it is used through.
func sidesOf(documents ...[]byte) map[string]Side {
	found := sides{}
	for _, bytes := range documents {
		root, _ := grow(bytes)
		for _, item := range root.at("paths").members() {
			found.use(item.at("parameters"), Request)
			for _, op := range item.members() {
				found.use(op.at("parameters"), Request)
				found.use(op.at("requestBody"), Request)
				found.use(op.at("responses"), Response)
			}
		}
	}
	return found
}

// sides are components by the reference that leads to them.
type sides map[string]Side

// use marks every component that a part of a document refers to.
func (s sides) use(part tree, side Side) {
	if ref := part.ref(); ref != "" && s[ref]&side != side {
		s[ref] |= side
		s.use(part.resolve(ref), side)
	}
	for _, member := range part.members() {
		s.use(member, side)
	}
	for item := range part.items() {
		s.use(item, side)
	}
}
