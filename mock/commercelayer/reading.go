package commercelayer

import (
	"understudy/mock/internal/engine"
)

// answer shows one resource, or null for the id "" of an empty relationship.
func answer(c *engine.Call, of, id string, status int) (engine.Reply, error) {
	r := resourceOf(c, of)
	v, err := look(c, r)
	if err != nil {
		return engine.Reply{}, err
	}
	body := single{}
	if id != "" {
		record, ok := r.find(c.Tx, id)
		if !ok {
			return engine.Reply{}, unknown(id)
		}
		if err := readable(c, record); err != nil {
			return engine.Reply{}, err
		}
		d := v.document(r, id, record, v.include)
		body.Data = &d
		v.bring(r, record, v.include)
		body.Included = v.included
	}
	return engine.Reply{Status: status, Body: body}, nil
}

// show makes the handler that reads one resource.
func show(of string) engine.Handler {
	return func(c *engine.Call) (engine.Reply, error) { return answer(c, of, c.Vars["id"], 200) }
}

// related makes the handler of what is at the other end of a relationship.
func related(of, name string) engine.Handler {
	return func(c *engine.Call) (engine.Reply, error) {
		_, rel, ids, err := follow(c, of, name)
		switch {
		case err != nil:
			return engine.Reply{}, err
		case rel.many:
			return list(c, rel.target, ids)
		case len(ids) == 0:
			return answer(c, rel.target, "", 200)
		}
		return answer(c, rel.target, ids[0], 200)
	}
}

// linkage makes the handler of a relationship document. Without a name, the path has it.
func linkage(of, name string) engine.Handler {
	type document struct {
		Links relationshipLinks `json:"links"`
		Data  any               `json:"data"`
	}
	return func(c *engine.Call) (engine.Reply, error) {
		wanted := name
		if wanted == "" {
			wanted = c.Vars["relationship"]
		}
		path, rel, ids, err := follow(c, of, wanted)
		if err != nil {
			return engine.Reply{}, err
		}
		if rel.many {
			ids = cut(paging(c, len(ids)), ids)
		}
		links := relationshipLinks{c.LinkHere(path + "/relationships/" + rel.name), c.LinkHere(path + "/" + rel.name)}
		return engine.OK(document{links, linkageOf(rel, ids)}), nil
	}
}

// follow finds the other end of a relationship of the path's resource.
func follow(c *engine.Call, of, name string) (path string, rel relation, ids []string, err error) {
	r := resourceOf(c, of)
	id := c.Vars["id"]
	record, ok := r.find(c.Tx, id)
	if !ok {
		return "", relation{}, nil, unknown(id)
	}
	if err := readable(c, record); err != nil {
		return "", relation{}, nil, err
	}
	rel, ok = r.relation(name)
	if !ok {
		return "", relation{}, nil, unknown(name)
	}
	return "/api/" + r.name + "/" + id, rel, ends(c, rel, record), nil
}
