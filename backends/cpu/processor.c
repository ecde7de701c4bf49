/* SPDX-License-Identifier: Apache-2.0
 *
 * What this processor is and offers. On x86 cpuinfo tells; it also asks the
 * operating system (XGETBV) whether it saves the wide registers, so that a
 * level told here can be used. On AArch64 the kernel's own list tells, which
 * an emulator of processes fills in too.
 */
#include "backends/backend.h"
#include "backends/cpu/processor.h"

#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#if defined(__x86_64__)
#include <cpuid.h>
#include <cpuinfo.h>

unsigned assay_cpu_isa(void)
{
    unsigned isa = 0, a, b, c, d;
    if (!cpuinfo_initialize())
        return 0;
    if (cpuinfo_has_x86_avx2() && cpuinfo_has_x86_fma3() &&
        cpuinfo_has_x86_f16c())
        isa |= ASSAY_ISA_AVX2;
    if (!(isa & ASSAY_ISA_AVX2) || !cpuinfo_has_x86_avx512f() ||
        !cpuinfo_has_x86_avx512bw() || !cpuinfo_has_x86_avx512dq() ||
        !cpuinfo_has_x86_avx512vl())
        return isa;
    isa |= ASSAY_ISA_AVX512;
    if (cpuinfo_has_x86_avx512vnni())
        isa |= ASSAY_ISA_VNNI;
    if (cpuinfo_has_x86_avx512vpopcntdq())
        isa |= ASSAY_ISA_VPOPCNTDQ;
    /* FP16, leaf 7, EDX bit 23: newer than Debian 12's cpuinfo. Its state is
     * that of AVX-512, which the system was asked for above. */
    if (__get_cpuid_count(7, 0, &a, &b, &c, &d) && (d & 1u << 23))
        isa |= ASSAY_ISA_FP16;
    return isa;
}

static uint32_t physical_cores(void)
{
    return cpuinfo_initialize() ? cpuinfo_get_cores_count() : 1;
}

void assay_cpu_name(char *name, size_t size)
{
    snprintf(name, size, "%s",
             cpuinfo_initialize() && cpuinfo_get_packages_count()
                 ? cpuinfo_get_package(0)->name
                 : "x86-64");
}
#else
#if defined(__aarch64__)
#include <sys/auxv.h>

unsigned assay_cpu_isa(void)
{
    const unsigned long has = getauxval(AT_HWCAP);
    return (has & 1ul << 1 ? ASSAY_ISA_NEON : 0u) |     /* HWCAP_ASIMD */
           (has & 1ul << 20 ? ASSAY_ISA_NEON_DOT : 0u); /* HWCAP_ASIMDDP */
}
#else
unsigned assay_cpu_isa(void)
{
    return 0;
}
#endif

static uint32_t physical_cores(void)
{
    const long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (uint32_t)online : 1;
}

void assay_cpu_name(char *name, size_t size)
{
    FILE *file = fopen("/proc/device-tree/model", "r");
    const size_t n = file ? fread(name, 1, size - 1, file) : 0;
    if (file)
        fclose(file);
    name[n] = '\0';
    if (n == 0)
#if defined(__aarch64__)
        snprintf(name, size, "AArch64");
#else
        snprintf(name, size, "unnamed processor");
#endif
}
#endif

uint32_t assay_cpu_cores(void)
{
    cpu_set_t set;
    uint32_t cores = physical_cores();
    if (sched_getaffinity(0, sizeof set, &set) == 0 &&
        (uint32_t)CPU_COUNT(&set) < cores)
        cores = (uint32_t)CPU_COUNT(&set);
    return cores ? cores : 1;
}
