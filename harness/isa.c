/* SPDX-License-Identifier: Apache-2.0 */
#include "isa.h"

#include <string.h>

#include "kernels/kernel.h"

#define AVX512 (ASSAY_ISA_AVX2 | ASSAY_ISA_AVX512)

const struct assay_isa_level assay_isa_levels[] = {
    {"baseline", 0},
    {"avx2", ASSAY_ISA_AVX2},
    {"avx512", AVX512},
    {"avx512vnni", AVX512 | ASSAY_ISA_VNNI},
    {"avx512vpopcntdq", AVX512 | ASSAY_ISA_VNNI | ASSAY_ISA_VPOPCNTDQ},
    {"avx512fp16",
     AVX512 | ASSAY_ISA_VNNI | ASSAY_ISA_VPOPCNTDQ | ASSAY_ISA_FP16},
    {"neon", ASSAY_ISA_NEON},
    {"neondot", ASSAY_ISA_NEON | ASSAY_ISA_NEON_DOT},
};
const size_t assay_isa_count =
    sizeof assay_isa_levels / sizeof *assay_isa_levels;

bool assay_isa_find(const char *name, unsigned *bits)
{
    for (size_t i = 0; i < assay_isa_count; i++) {
        if (strcmp(assay_isa_levels[i].name, name) == 0) {
            *bits = assay_isa_levels[i].bits;
            return true;
        }
    }
    return false;
}

const char *assay_isa_names(void)
{
    return "baseline, avx2, avx512, avx512vnni, avx512vpopcntdq, avx512fp16, "
           "neon, neondot";
}
