/* SPDX-License-Identifier: Apache-2.0
 *
 * The targets of this machine, found by a worker for each backend, so that a
 * driver that crashes costs its own backend alone.
 */
#ifndef ASSAY_HARNESS_TARGETS_H
#define ASSAY_HARNESS_TARGETS_H

#include "backends/backend.h"

struct assay_targets {
    struct assay_device_info *infos;
    size_t n;
    char *notes[ASSAY_APIS]; /* why a backend has no device, or NULL */
};

enum assay_status assay_targets_find(struct assay_targets **targets);
void assay_targets_free(struct assay_targets **targets);

/* Narrow to a selection such as "cpu,opencl:0,vulkan": a backend means all of
 * its devices. NULL keeps all but the null device. An unknown word is INVALID;
 * a target that this machine lacks is UNSUPPORTED, with the reason. */
enum assay_status assay_targets_select(struct assay_targets *targets,
                                       const char *selection);

/* Whether a selection names a target, by its backend or in full. */
bool assay_target_is_named(const char *target, const char *selection);

/* INVALID if a word of a selection names no kind of target. */
enum assay_status assay_targets_check(const char *selection);

#endif
