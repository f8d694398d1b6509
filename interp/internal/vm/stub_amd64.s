#include "textflag.h"

// func getg() uintptr
TEXT ·getg(SB), NOSPLIT, $0-8
	MOVQ (TLS), AX
	MOVQ AX, ret+0(FP)
	RET

// func stubPC() uintptr
TEXT ·stubPC(SB), NOSPLIT, $0-8
	LEAQ ·stub(SB), AX
	MOVQ AX, ret+0(FP)
	RET

// stub is the code of every func value of interpreted code. The context register holds the closure, whose second word is a func made by
// reflect.MakeFunc: that is called in its place, with all argument registers as they are.
TEXT ·stub(SB), NOSPLIT, $0-0
	MOVQ 8(DX), DX
	JMP  (DX)
