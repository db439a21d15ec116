// Command dist builds what people without Go are given: a static binary for each platform, an archive of each with licence and README, and the
// archives' checksums. Of one commit it makes the same bytes wherever it runs with the same Go.
//
//	go run ./cmd/dist [folder]
package main

import (
	"crypto/sha256"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// platforms are those that there are binaries for.
var platforms = []platform{
	{"linux", "amd64"}, {"linux", "arm64"}, {"darwin", "amd64"}, {"darwin", "arm64"}, {"windows", "amd64"}, {"windows", "arm64"},
}

type platform struct{ os, arch string }

func (p platform) binary() string {
	if p.os == "windows" {
		return "understudy.exe"
	}
	return "understudy"
}

func main() {
	log.SetFlags(0)
	folder := "dist"
	if len(os.Args) > 1 {
		folder = os.Args[1]
	}
	if err := distribute(folder); err != nil {
		log.Fatalf("dist: %v", err)
	}
}

func distribute(folder string) error {
	version, at, err := revision()
	if err != nil {
		return err
	}
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	sums := ""
	for _, p := range platforms {
		built := filepath.Join(folder, p.os+"_"+p.arch, p.binary())
		if err := p.build(built, version); err != nil {
			return fmt.Errorf("%s/%s: %w", p.os, p.arch, err)
		}
		packed, err := pack(p, version, at, []string{built, "LICENSE", "README.md"})
		if err != nil {
			return fmt.Errorf("%s/%s: %w", p.os, p.arch, err)
		}
		name := archiveName(p, version)
		if err := os.WriteFile(filepath.Join(folder, name), packed, 0o644); err != nil {
			return err
		}
		sums += fmt.Sprintf("%x  %s\n", sha256.Sum256(packed), name)
		log.Printf("%s  %d kB", name, len(packed)/1000)
	}
	return os.WriteFile(filepath.Join(folder, "checksums.txt"), []byte(sums), 0o644)
}

// revision is what git calls the commit, and when it was made: the one time that stands in an archive.
func revision() (version string, at time.Time, err error) {
	if version, err = git("describe", "--tags", "--always", "--dirty"); err != nil {
		return "", time.Time{}, err
	}
	seconds, err := git("log", "-1", "--format=%ct")
	if err != nil {
		return "", time.Time{}, err
	}
	n, err := strconv.ParseInt(seconds, 10, 64)
	return version, time.Unix(n, 0).UTC(), err
}

func git(args ...string) (string, error) {
	out, err := exec.Command("git", args...).Output()
	if err != nil {
		return "", fmt.Errorf("git %s: %w", args[0], err)
	}
	return strings.TrimSpace(string(out)), nil
}

// build makes one static binary. Nothing of the machine that builds goes into it: no path, no build id, no state of the checkout but the version.
func (p platform) build(file, version string) error {
	command := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w -buildid= -X main.release="+version, "-o", file, "./cmd/understudy")
	command.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+p.os, "GOARCH="+p.arch, "GOFLAGS=", "GOAMD64=v1", "GOARM64=v8.0")
	command.Stdout, command.Stderr = os.Stderr, os.Stderr
	return command.Run()
}
