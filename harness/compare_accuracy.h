/* SPDX-License-Identifier: Apache-2.0
 *
 * The part of a comparison that looks at accuracy; see compare.h.
 */
#ifndef ASSAY_HARNESS_COMPARE_ACCURACY_H
#define ASSAY_HARNESS_COMPARE_ACCURACY_H

#include "compare.h"

/* Both records are there and ok. Sets the accuracy of `k`, and its verdict and
 * outcome where the accuracy fell; where the new run has none, or both tell
 * that they were scored on different data, the outcome is at best UNSURE. Does nothing where the baseline has no accuracy. */
void assay_compare_accuracy(struct assay_compared *k);

#endif
