package interp

// Unpack is unpack, for hostile archives.
var Unpack = unpack
