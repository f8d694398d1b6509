package symbols

import (
	"maps"
	"sync"
)

// wrappers are for the engine that takes interfaces for structs of funcs, and go when it does. They stand beside the tables.
var wrappers = map[string]func() Table{
	"archive/tar":         wrap_archive_tar,
	"compress/flate":      wrap_compress_flate,
	"compress/zlib":       wrap_compress_zlib,
	"container/heap":      wrap_container_heap,
	"context":             wrap_context,
	"crypto":              wrap_crypto,
	"crypto/cipher":       wrap_crypto_cipher,
	"crypto/ecdh":         wrap_crypto_ecdh,
	"crypto/elliptic":     wrap_crypto_elliptic,
	"crypto/hpke":         wrap_crypto_hpke,
	"crypto/tls":          wrap_crypto_tls,
	"database/sql":        wrap_database_sql,
	"database/sql/driver": wrap_database_sql_driver,
	"debug/dwarf":         wrap_debug_dwarf,
	"debug/macho":         wrap_debug_macho,
	"encoding":            wrap_encoding,
	"encoding/binary":     wrap_encoding_binary,
	"encoding/gob":        wrap_encoding_gob,
	"encoding/json":       wrap_encoding_json,
	"encoding/xml":        wrap_encoding_xml,
	"expvar":              wrap_expvar,
	"flag":                wrap_flag,
	"fmt":                 wrap_fmt,
	"go/ast":              wrap_go_ast,
	"go/build/constraint": wrap_go_build_constraint,
	"go/constant":         wrap_go_constant,
	"go/doc/comment":      wrap_go_doc_comment,
	"go/types":            wrap_go_types,
	"hash":                wrap_hash,
	"image":               wrap_image,
	"image/color":         wrap_image_color,
	"image/draw":          wrap_image_draw,
	"image/jpeg":          wrap_image_jpeg,
	"image/png":           wrap_image_png,
	"io":                  wrap_io,
	"io/fs":               wrap_io_fs,
	"log/slog":            wrap_log_slog,
	"math/rand":           wrap_math_rand,
	"math/rand/v2":        wrap_math_rand_v2,
	"mime/multipart":      wrap_mime_multipart,
	"net":                 wrap_net,
	"net/http":            wrap_net_http,
	"net/http/cookiejar":  wrap_net_http_cookiejar,
	"net/http/httputil":   wrap_net_http_httputil,
	"net/rpc":             wrap_net_rpc,
	"net/smtp":            wrap_net_smtp,
	"os":                  wrap_os,
	"plugin":              wrap_plugin,
	"reflect":             wrap_reflect,
	"runtime":             wrap_runtime,
	"sort":                wrap_sort,
	"sync":                wrap_sync,
	"syscall":             wrap_syscall,
	"testing":             wrap_testing,
	"testing/quick":       wrap_testing_quick,
	"text/template/parse": wrap_text_template_parse,
}

func init() {
	for path, wrap := range wrappers {
		e := std[path]
		build := e.table
		e.table = sync.OnceValue(func() Table {
			table := build()
			maps.Copy(table, wrap())
			return table
		})
	}
}
