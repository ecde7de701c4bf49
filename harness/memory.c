/* SPDX-License-Identifier: Apache-2.0 */
#include "memory.h"

#include <malloc.h>
#include <stdio.h>
#include <string.h>

static bool reset_peak(void)
{
    FILE *f = fopen("/proc/self/clear_refs", "w");
    if (!f)
        return false;
    const bool written = fputs("5", f) >= 0;
    return fclose(f) == 0 && written;
}

/* Bytes of a line of /proc/self/status, as "VmRSS:"; 0: it is not there. */
static int64_t read_status(const char *name)
{
    char line[200];
    long long kib = 0;
    FILE *f = fopen("/proc/self/status", "r");
    while (f && fgets(line, sizeof line, f))
        if (strncmp(line, name, strlen(name)) == 0 &&
            sscanf(line + strlen(name), "%lld kB", &kib) == 1)
            break;
    if (f)
        fclose(f);
    return kib * 1024;
}

void assay_memory_begin(struct assay_memory *memory)
{
    malloc_trim(0);
    const bool fresh = reset_peak();
    memory->resident = read_status("VmRSS:");
    memory->why = !fresh ? "/proc/self/clear_refs does not begin a new peak"
                  : memory->resident == 0 ? "/proc/self/status has no VmRSS"
                                          : NULL;
}

void assay_memory_end(const struct assay_memory *memory,
                      struct assay_record *record)
{
    const int64_t peak = memory->why ? 0 : read_status("VmHWM:");
    const char *why = memory->why;
    if (!why && peak == 0)
        why = "/proc/self/status has no VmHWM";
    else if (!why && peak <= memory->resident)
        why = "too little for the kernel's count of pages";
    if (why)
        assay_record_absent(record, ASSAY_FIELD_host_peak_bytes, why);
    else
        assay_record_int(record, ASSAY_FIELD_host_peak_bytes,
                         peak - memory->resident);
}
