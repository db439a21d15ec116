package mock_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"understudy/specs"
)

// layers are the packages from the ground up; each imports from lower layers only. specs holds bytes and names.
var layers = [][]string{
	{"fixtures/jsonpointer", "fixtures/junit", "fixtures/luhn", "fixtures/shell"},
	{"specs", "fixtures", "fixtures/compare", "mock/internal/money", "mock/internal/states", "mock/internal/openapi/accept"},
	{"mock/internal/page", "mock/internal/world", "fixtures/shelf"},
	{"mock/internal/journal", "mock/internal/openapi", "mock/internal/checkout"},
	{"mock/internal/engine"},
	{"mock/internal/control", "mock/commerceengine", "mock/fabric", "mock/norce", "mock/nextcommerce", "mock/commercelayer"},
	{"mock"},
	{"mock/mocktest"},
	{"mock/browsertest"},
}

func layerOf(pkg string) int {
	return slices.IndexFunc(layers, func(layer []string) bool { return slices.Contains(layer, pkg) })
}

// source is a Go file of the module that is no test.
type source struct {
	pkg, name string
	file      *ast.File
	fset      *token.FileSet
}

func sources(t *testing.T) []source {
	t.Helper()
	var list []source
	err := filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && name != ".." && strings.HasPrefix(d.Name(), ".") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
		rel := filepath.ToSlash(strings.TrimPrefix(name, ".."+string(filepath.Separator)))
		list = append(list, source{path.Dir(rel), path.Base(rel), file, fset})
		return err
	})
	if err != nil || len(list) < 50 {
		t.Fatalf("%d files, %v", len(list), err)
	}
	return list
}

func (s source) imports() (paths []string) {
	for _, i := range s.file.Imports {
		p, _ := strconv.Unquote(i.Path.Value)
		paths = append(paths, p)
	}
	return paths
}

func TestImportsPointDown(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		here := layerOf(s.pkg)
		if strings.HasPrefix(s.pkg, "mock") && here < 0 {
			t.Errorf("%s stands in no layer; give it one", s.pkg)
		}
		for _, imported := range s.imports() {
			own, ours := strings.CutPrefix(imported, "understudy/")
			switch {
			case !ours:
			case !strings.HasPrefix(s.pkg, "mock") && strings.HasPrefix(own, "mock/internal"):
				t.Errorf("%s/%s reaches into %s", s.pkg, s.name, own)
			case here >= 0 && layerOf(own) >= here:
				t.Errorf("%s/%s imports %s, which is not below it", s.pkg, s.name, own)
			}
		}
	}
}

func TestTimeAndChanceComeFromTheWorld(t *testing.T) {
	t.Parallel()
	clocks := []string{"Now", "Since", "Until", "After", "AfterFunc", "NewTimer", "NewTicker", "Tick", "Sleep"}
	// A delay that a caller asks for is real time, spent outside of every world.
	allowed := map[string]bool{"mock/internal/world/clock.go": true, "mock/internal/engine/answer.go NewTimer": true}
	for _, s := range sources(t) {
		if !strings.HasPrefix(s.pkg, "mock") {
			continue
		}
		for _, imported := range s.imports() {
			if strings.HasPrefix(imported, "math/rand") || imported == "crypto/rand" || strings.Contains(imported, "uuid") {
				t.Errorf("%s/%s imports %s", s.pkg, s.name, imported)
			}
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			call, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			file := s.pkg + "/" + s.name
			if from, ok := call.X.(*ast.Ident); ok && from.Name == "time" && slices.Contains(clocks, call.Sel.Name) && !allowed[file] && !allowed[file+" "+call.Sel.Name] {
				t.Errorf("%s uses time.%s", s.fset.Position(call.Pos()), call.Sel.Name)
			}
			return true
		})
	}
}

func TestTheEngineNamesNoProvider(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if layer := layerOf(s.pkg); s.pkg == "specs" || layer < 0 || layer > layerOf("mock/internal/engine") {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			word := ""
			switch n := n.(type) {
			case *ast.Ident:
				word = n.Name
			case *ast.BasicLit:
				word = n.Value
			default:
				return true
			}
			for _, slug := range specs.Providers() {
				if strings.Contains(strings.ToLower(word), slug) {
					t.Errorf("%s names %s", s.fset.Position(n.Pos()), slug)
				}
			}
			return true
		})
	}
}

func TestWhatIsExportedIsDocumented(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if !strings.HasPrefix(s.pkg, "mock") {
			continue
		}
		tell := func(n ast.Node, name string) { t.Errorf("%s: %s has no comment", s.fset.Position(n.Pos()), name) }
		for _, d := range s.file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && d.Doc == nil && (d.Recv == nil || ast.IsExported(receiver(d))) && !wellKnown[d.Name.Name] {
					tell(d, d.Name.Name)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch spec := spec.(type) {
					case *ast.TypeSpec:
						if spec.Name.IsExported() && d.Doc == nil && spec.Doc == nil {
							tell(spec, spec.Name.Name)
						}
					case *ast.ValueSpec:
						if spec.Names[0].IsExported() && d.Doc == nil && spec.Doc == nil && spec.Comment == nil {
							tell(spec, spec.Names[0].Name)
						}
					}
				}
			}
		}
	}
}

// wellKnown are methods whose meaning their interface gives.
var wellKnown = map[string]bool{"Error": true, "Unwrap": true, "Clone": true, "String": true, "MarshalJSON": true, "UnmarshalJSON": true, "ServeHTTP": true}

func receiver(d *ast.FuncDecl) string {
	name := ""
	ast.Inspect(d.Recv.List[0].Type, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && name == "" {
			name = id.Name
		}
		return true
	})
	return name
}

func TestRoomsHaveOneShape(t *testing.T) {
	t.Parallel()
	vague := []string{"helper", "helpers", "util", "utils", "common", "base", "manager", "service", "data"}
	has := map[string][]string{}
	for _, s := range sources(t) {
		if name := strings.TrimSuffix(s.name, ".go"); slices.Contains(vague, name) || slices.Contains(vague, path.Base(s.pkg)) {
			t.Errorf("%s/%s: the name says nothing", s.pkg, s.name)
		}
		has[s.pkg] = append(has[s.pkg], s.name)
	}
	for _, slug := range specs.Providers() {
		for _, name := range []string{"provider.go", "operations.go", "dialect.go", "states.go", "records.go", "wire.go", "cast.go"} {
			if !slices.Contains(has["mock/"+slug], name) {
				t.Errorf("%s has no %s", slug, name)
			}
		}
	}
}
