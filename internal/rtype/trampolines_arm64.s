#include "textflag.h"

// An entry loads its func value into the context register and jumps to its code. R16 is free between functions; R27 is the assembler's.
#define E(i) MOVD ·slots+(8*(i))(SB), R26; MOVD (R26), R16; JMP (R16)
#define E4(i) E(i); E((i)+1); E((i)+2); E((i)+3)
#define E16(i) E4(i); E4((i)+4); E4((i)+8); E4((i)+12)
#define E64(i) E16(i); E16((i)+16); E16((i)+32); E16((i)+48)
#define E256(i) E64(i); E64((i)+64); E64((i)+128); E64((i)+192)
#define E1024(i) E256(i); E256((i)+256); E256((i)+512); E256((i)+768)
#define E4096(i) E1024(i); E1024((i)+1024); E1024((i)+2048); E1024((i)+3072)

TEXT ·entries(SB), NOSPLIT|NOFRAME, $0-0
	E4096(0)
	E4096(4096)
	E4096(8192)
	E4096(12288)

// func firstEntry() unsafe.Pointer
TEXT ·firstEntry(SB), NOSPLIT, $0-8
	MOVD $·entries(SB), R0
	MOVD R0, ret+0(FP)
	RET
