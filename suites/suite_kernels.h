/* SPDX-License-Identifier: Apache-2.0
 *
 * The part of a suite's reader that turns `kernels` into problems; private to
 * suite.c.
 */
#ifndef ASSAY_SUITES_SUITE_KERNELS_H
#define ASSAY_SUITES_SUITE_KERNELS_H

#include "suites/suite.h"
#include "suites/yaml_tree.h"

#define ASSAY_SUITE_PROBLEMS 10000

/* Fill suite->problems from the list; suite owns them even after a fault. */
enum assay_status assay_suite_kernels(const struct assay_yaml *yaml,
                                      const struct assay_yaml_node *list,
                                      struct assay_suite *suite);

#endif
