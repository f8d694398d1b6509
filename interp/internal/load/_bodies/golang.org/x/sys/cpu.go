package cpu

// A processor without features: there is no code here that could make use of them.

func cpuid(eaxArg, ecxArg uint32) (eax, ebx, ecx, edx uint32) { return 0, 0, 0, 0 }

func xgetbv() (eax, edx uint32) { return 0, 0 }

func getisar0() uint64 { return 0 }

func getisar1() uint64 { return 0 }

func getmmfr1() uint64 { return 0 }

func getpfr0() uint64 { return 0 }

func getpfr1() uint64 { return 0 }

func getzfr0() uint64 { return 0 }

func runtime_getAuxv() []uintptr { return nil }
