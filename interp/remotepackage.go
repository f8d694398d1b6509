package interp

import (
	"context"
	"errors"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/rgo-project/rgo/interp/internal/load"
)

// RunPackage runs the program that a package is, in the session: see Session.RunPackage. Its source is here and is sent there, as much of it as
// the program needs. Errors are those of Run, and what is wrong with files here.
func (r *Remote) RunPackage(ctx context.Context, p Package, opts ...Option) error {
	sent, err := r.parcel(ctx, p, false, opts)
	if err != nil {
		return err
	}
	reply, err := start[runReply](ctx, r, "RunPackage", opts, func(run runRequest) any { return packageRequest{Run: run, Parcel: sent} })
	if err != nil {
		return err
	}
	return reply.Failed.err(context.Cause(ctx))
}

// TestPackage runs the tests of a package in the session: see Session.TestPackage. The source is here and is sent there, as much of it as the tests need: besides packages,
// the files beside the tests, and the directories called testdata there and above.
func (r *Remote) TestPackage(ctx context.Context, p Package, t Tests, opts ...Option) (Verdict, error) {
	sent, err := r.parcel(ctx, p, true, opts)
	if err != nil {
		return Verdict{}, err
	}
	reply, err := start[testReply](ctx, r, "TestPackage", opts, func(run runRequest) any { return testRequest{Run: run, Parcel: sent, Tests: t} })
	if err != nil {
		return Verdict{}, err
	}
	return reply.Verdict, reply.Failed.err(context.Cause(ctx))
}

// parcel is a package on its way to the session.
type parcel struct {
	Archive []byte
	Root    string // in place of an archive: where the package lies
	Modules string
	Dir     string
	Files   []string
	Tags    []string
	Names   map[string]string // what directories are called
}

// packageRequest is a program, and what to do with its standard streams.
type packageRequest struct {
	Run    runRequest // without a source
	Parcel parcel
}

// testRequest is a package that is to be tested.
type testRequest struct {
	Run    runRequest // without a source
	Parcel parcel
	Tests  Tests
}

// testReply is what came of tests.
type testReply struct {
	Verdict Verdict
	Failed  failure
}

// parcel reads a package as the session will, and packs what that takes.
func (r *Remote) parcel(ctx context.Context, p Package, tests bool, opts []Option) (parcel, error) {
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	modules, err := r.Modules(ctx)
	if err != nil {
		return parcel{}, err
	}
	there, err := r.system(ctx)
	if err != nil {
		return parcel{}, err
	}
	p = p.withDefaults()
	compiled := func(path string) bool { return slices.Contains(modules, path) }
	g, err := p.graph(load.Options{GOOS: there.OS, GOARCH: there.Arch, Tests: tests, Compiled: compiled})
	if err != nil {
		return parcel{}, packageError(err)
	}
	needs, err := g.Needs()
	if err != nil {
		return parcel{}, err
	}
	sent := parcel{Root: p.Root, Modules: p.Modules, Dir: p.Dir, Files: p.Files, Tags: p.Tags, Names: map[string]string{}}
	for _, file := range needs.Tree {
		sent.Names[path.Dir(file)] = p.Name(path.Dir(file))
	}
	if o.sameDisk {
		return sent, nil
	}
	sent.Archive, err = pack(map[string][]string{archiveRoot: needs.Tree, archiveModules: needs.Cache}, map[string]string{archiveRoot: p.Root, archiveModules: p.Modules})
	sent.Root, sent.Modules = "", ""
	return sent, err
}

// RunPackage runs a program that the peer has sent.
func (v *service) RunPackage(ctx context.Context, req packageRequest) (runReply, error) {
	if err := v.mayRead(req.Parcel); err != nil {
		return runReply{}, err
	}
	_, failed, err := v.run(ctx, req.Run, func(ctx context.Context) ([]Value, error) {
		return nil, req.Parcel.unpacked(func(p Package) error { return v.session.RunPackage(ctx, p) })
	})
	return runReply{Failed: failed}, err
}

// TestPackage runs tests that the peer has sent.
func (v *service) TestPackage(ctx context.Context, req testRequest) (reply testReply, err error) {
	if err := v.mayRead(req.Parcel); err != nil {
		return testReply{}, err
	}
	_, reply.Failed, err = v.run(ctx, req.Run, func(ctx context.Context) ([]Value, error) {
		return nil, req.Parcel.unpacked(func(p Package) (err error) {
			reply.Verdict, err = v.session.TestPackage(ctx, p, req.Tests)
			return err
		})
	})
	return reply, err
}

// unpacked has the package on the disk for as long as do takes.
func (p parcel) unpacked(do func(Package) error) error {
	at := Package{Root: p.Root, Modules: p.Modules, Dir: p.Dir, Files: p.Files, Tags: p.Tags, Name: named(p.Names)}
	if p.Root != "" {
		return do(at)
	}
	dir, err := unpack(p.Archive)
	if err != nil {
		return err
	}
	at.Root, at.Modules = filepath.Join(dir, archiveRoot), filepath.Join(dir, archiveModules)
	err = do(at)
	return errors.Join(err, os.RemoveAll(dir))
}
