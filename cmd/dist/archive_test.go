package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestAnArchiveDependsOnItsFilesAlone(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)
	for _, p := range []platform{{"linux", "arm64"}, {"windows", "amd64"}} {
		var packed [][]byte
		for i := range 2 {
			folder := t.TempDir()
			var files []string
			for _, name := range []string{p.binary(), "LICENSE"} {
				file := filepath.Join(folder, name)
				os.WriteFile(file, []byte(name), 0o600>>i)
				os.Chtimes(file, at, at.Add(time.Duration(i)*time.Hour))
				files = append(files, file)
			}
			b, err := pack(p, "v1", at, files)
			if err != nil {
				t.Fatal(err)
			}
			packed = append(packed, b)
		}
		if !bytes.Equal(packed[0], packed[1]) {
			t.Errorf("%s: packed twice, the bytes differ", p.os)
		}
		unpacked := unpack(t, p, packed[0])
		folder := "understudy_v1_" + p.os + "_" + p.arch + "/"
		want := []held{{folder + p.binary(), p.binary(), 0o755}, {folder + "LICENSE", "LICENSE", 0o644}}
		if len(unpacked) != 2 || unpacked[0] != want[0] || unpacked[1] != want[1] {
			t.Errorf("%s: holds %v, want %v", archiveName(p, "v1"), unpacked, want)
		}
	}
	if _, err := pack(platforms[0], "v1", at, []string{filepath.Join(t.TempDir(), "absent")}); err == nil {
		t.Error("a file that is not there was packed")
	}
}

// held is what an archive holds.
type held struct {
	name, content string
	mode          os.FileMode
}

func unpack(t *testing.T, p platform, packed []byte) (list []held) {
	t.Helper()
	if p.os == "windows" {
		r, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range r.File {
			content, _ := f.Open()
			text, _ := io.ReadAll(content)
			list = append(list, held{f.Name, string(text), f.Mode()})
		}
		return list
	}
	plain, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(plain); ; {
		h, err := r.Next()
		if err != nil {
			return list
		}
		text, _ := io.ReadAll(r)
		list = append(list, held{h.Name, string(text), h.FileInfo().Mode()})
	}
}
