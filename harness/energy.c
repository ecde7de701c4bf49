/* SPDX-License-Identifier: Apache-2.0 */
#include "energy.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"

#define SHORTEST_NS 10000000u

static const char *folder(void)
{
    const char *other = getenv("ASSAY_POWERCAP");
    return other ? other : "/sys/class/powercap";
}

/* 0, or the errno of the failure. */
static int read_zone(int zone, const char *file, uint64_t *value)
{
    char path[300];
    snprintf(path, sizeof path, "%s/intel-rapl:%d/%s", folder(), zone, file);
    FILE *f = fopen(path, "r");
    if (!f)
        return errno;
    const int fields = fscanf(f, "%" SCNu64, value);
    fclose(f);
    return fields == 1 ? 0 : EIO;
}

void assay_energy_start(struct assay_energy *energy)
{
    memset(energy, 0, sizeof *energy);
    for (int zone = 0; zone < ASSAY_ENERGY_ZONES; zone++) {
        const int error = read_zone(zone, "energy_uj", &energy->start_uj[zone]);
        if (error == ENOENT)
            break;
        if (error) {
            snprintf(energy->reason, sizeof energy->reason,
                     "RAPL is not readable: energy_uj: %s%s", strerror(error),
                     error == EACCES ? " (run as root, or make it readable)"
                                     : "");
            return;
        }
        if (read_zone(zone, "max_energy_range_uj", &energy->range_uj[zone]))
            energy->range_uj[zone] = 0;
        energy->zones++;
    }
    if (energy->zones == 0)
        snprintf(energy->reason, sizeof energy->reason,
                 "no RAPL zone on this machine");
    energy->start_ns = assay_now_ns();
}

void assay_energy_stop(struct assay_energy *energy, double calls,
                       struct assay_record *record)
{
    double microjoules = 0;
    if (!energy->reason[0] && assay_now_ns() - energy->start_ns < SHORTEST_NS)
        snprintf(energy->reason, sizeof energy->reason,
                 "measured for less than 10 ms");
    for (int zone = 0; !energy->reason[0] && zone < energy->zones; zone++) {
        uint64_t now;
        if (read_zone(zone, "energy_uj", &now)) {
            snprintf(energy->reason, sizeof energy->reason,
                     "RAPL became unreadable");
        } else if (now >= energy->start_uj[zone]) {
            microjoules += (double)(now - energy->start_uj[zone]);
        } else if (energy->range_uj[zone]) {
            microjoules +=
                (double)(energy->range_uj[zone] - energy->start_uj[zone] + now);
        } else {
            snprintf(energy->reason, sizeof energy->reason,
                     "RAPL wrapped at an unknown range");
        }
    }
    if (energy->reason[0])
        assay_record_absent(record, ASSAY_FIELD_energy_j, energy->reason);
    else
        assay_record_real(record, ASSAY_FIELD_energy_j,
                          microjoules * 1e-6 / calls);
}
