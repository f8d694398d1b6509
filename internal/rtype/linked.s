// Funcs of other packages are declared in words.go without bodies, which the compiler allows where there is assembly.
