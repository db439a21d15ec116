package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"os"
	"path"
	"path/filepath"
	"time"
)

// archiveName is what a platform's archive is called: understudy_v1.2.0_linux_amd64.tar.gz.
func archiveName(p platform, version string) string { return stem(p, version) + suffix(p) }

func stem(p platform, version string) string {
	return "understudy_" + version + "_" + p.os + "_" + p.arch
}

func suffix(p platform) string {
	if p.os == "windows" { // which opens no other archive without help
		return ".zip"
	}
	return ".tar.gz"
}

// pack puts files into one folder of an archive. The first is to be run. Owners, modes and times are not those of this machine.
func pack(p platform, version string, at time.Time, files []string) ([]byte, error) {
	entries := make([]entry, len(files))
	for i, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		entries[i] = entry{path.Join(stem(p, version), filepath.Base(file)), 0o644, content}
	}
	entries[0].mode = 0o755
	if suffix(p) == ".zip" {
		return zipped(entries, at)
	}
	return tarred(entries, at)
}

type entry struct {
	name    string
	mode    os.FileMode
	content []byte
}

func tarred(entries []entry, at time.Time) ([]byte, error) {
	var b bytes.Buffer
	compressed, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	archive := tar.NewWriter(compressed)
	for _, e := range entries {
		header := &tar.Header{Name: e.name, Mode: int64(e.mode), Size: int64(len(e.content)), ModTime: at, Typeflag: tar.TypeReg, Format: tar.FormatUSTAR}
		if err := archive.WriteHeader(header); err != nil {
			return nil, err
		}
		if _, err := archive.Write(e.content); err != nil {
			return nil, err
		}
	}
	if err := archive.Close(); err != nil {
		return nil, err
	}
	err := compressed.Close()
	return b.Bytes(), err
}

func zipped(entries []entry, at time.Time) ([]byte, error) {
	var b bytes.Buffer
	archive := zip.NewWriter(&b)
	for _, e := range entries {
		header := &zip.FileHeader{Name: e.name, Method: zip.Deflate, Modified: at}
		header.SetMode(e.mode)
		w, err := archive.CreateHeader(header)
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(e.content); err != nil {
			return nil, err
		}
	}
	err := archive.Close()
	return b.Bytes(), err
}
