/* SPDX-License-Identifier: Apache-2.0
 *
 * What this processor offers. cpuinfo also asks the operating system (XGETBV)
 * whether it saves the wide registers, so that a level told here can be used.
 */
#include "backends/backend.h"

#include <cpuinfo.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

unsigned assay_cpu_isa(void)
{
    unsigned isa = 0;
    if (!cpuinfo_initialize())
        return 0;
    if (cpuinfo_has_x86_avx2() && cpuinfo_has_x86_fma3() &&
        cpuinfo_has_x86_f16c())
        isa |= ASSAY_ISA_AVX2;
    if ((isa & ASSAY_ISA_AVX2) && cpuinfo_has_x86_avx512f() &&
        cpuinfo_has_x86_avx512bw() && cpuinfo_has_x86_avx512dq() &&
        cpuinfo_has_x86_avx512vl()) {
        isa |= ASSAY_ISA_AVX512;
        if (cpuinfo_has_x86_avx512vnni())
            isa |= ASSAY_ISA_VNNI;
        if (cpuinfo_has_x86_avx512vpopcntdq())
            isa |= ASSAY_ISA_VPOPCNTDQ;
#if defined(__x86_64__)
        /* FP16, leaf 7, EDX bit 23: newer than Debian 12's cpuinfo. Its state
         * is that of AVX-512, which the system was asked for above. */
        unsigned a, b, c, d;
        if (__get_cpuid_count(7, 0, &a, &b, &c, &d) && (d & 1u << 23))
            isa |= ASSAY_ISA_FP16;
#endif
    }
    if (cpuinfo_has_arm_neon())
        isa |= ASSAY_ISA_NEON;
    if (cpuinfo_has_arm_neon_dot())
        isa |= ASSAY_ISA_NEON_DOT;
    return isa;
}
