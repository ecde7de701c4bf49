/* SPDX-License-Identifier: Apache-2.0
 *
 * A user's own data set, as data.yaml describes it: see dataset.h. Internal to
 * dataset.c.
 */
#ifndef ASSAY_SUITES_OWN_H
#define ASSAY_SUITES_OWN_H

#include "suites/data/dataset.h"

#define ASSAY_OWN_FILE "data.yaml"

/* Whether the folder has a data.yaml, of whatever kind. */
bool assay_own_is(const char *folder);

/* Name the set after its folder, whatever it is where the path ends in a dot.
 */
void assay_own_name(const char *folder, struct assay_dataset *dataset);

/* Fill the zeroed data set, but for its crc32; it owns what was read even after
 * a fault. Without labels, these and the classes may be left out, and none
 * are read. */
enum assay_status assay_own_load(const char *folder, bool with_labels,
                                 struct assay_dataset *dataset);

#endif
