package interp

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// An archive is the source of a package on its way to a peer: a tar file, gzipped, with what is needed of the package's root, and of the module cache,
// each below a directory of this name.
const (
	archiveRoot    = "root"
	archiveModules = "modules"
)

// maxArchive is how large an archive may be, unpacked.
const maxArchive = 256 << 20

// pack writes files into an archive, by the directory that they lie in.
func pack(dirs map[string][]string, from map[string]string) ([]byte, error) {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	t := tar.NewWriter(z)
	size := 0
	for in, names := range dirs {
		for _, name := range names {
			file := filepath.Join(from[in], filepath.FromSlash(name))
			data, err := os.ReadFile(file)
			if err != nil {
				return nil, err
			}
			st, err := os.Stat(file)
			if err != nil {
				return nil, err
			}
			if size += len(data); size > maxArchive {
				return nil, fmt.Errorf("the package's files are larger than %d MiB, of which %s is the last", maxArchive>>20, file)
			}
			err = t.WriteHeader(&tar.Header{Name: path.Join(in, name), Mode: int64(st.Mode().Perm()), Size: int64(len(data)), Typeflag: tar.TypeReg})
			if err != nil {
				return nil, err
			}
			if _, err := t.Write(data); err != nil {
				return nil, err
			}
		}
	}
	if err := errors.Join(t.Close(), z.Close()); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// unpack writes the files of an archive into a new directory, which is the caller's to remove.
func unpack(archive []byte) (dir string, err error) {
	z, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		return "", err
	}
	if dir, err = os.MkdirTemp("", "rgo-"); err != nil {
		return "", err
	}
	if err := unpackTo(dir, tar.NewReader(io.LimitReader(z, 2*maxArchive))); err != nil {
		return "", errors.Join(err, os.RemoveAll(dir))
	}
	return dir, nil
}

func unpackTo(dir string, t *tar.Reader) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	for {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if h.Typeflag != tar.TypeReg {
			return fmt.Errorf("%s is not a file", h.Name)
		}
		if err := root.MkdirAll(path.Dir(h.Name), 0o777); err != nil {
			return err
		}
		if err := writeFrom(root, h, t); err != nil {
			return err
		}
	}
}

func writeFrom(root *os.Root, h *tar.Header, from io.Reader) error {
	f, err := root.OpenFile(h.Name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, os.FileMode(h.Mode).Perm())
	if err != nil {
		return err
	}
	_, err = io.Copy(f, from)
	return errors.Join(err, f.Close())
}

// named is what files are called that lie in directories of these names; others are called what they are.
func named(dirs map[string]string) func(file string) string {
	return func(file string) string {
		if as, ok := dirs[file]; ok {
			return as
		}
		if as, ok := dirs[path.Dir(file)]; ok {
			return strings.TrimPrefix(path.Join(as, path.Base(file)), "./")
		}
		return file
	}
}
