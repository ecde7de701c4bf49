/* SPDX-License-Identifier: Apache-2.0
 *
 * Why a record lacks what its kind of case does not have: a model no op, a
 * kernel no accuracy, a case that failed no time.
 */
#ifndef ASSAY_HARNESS_RECORD_WHY_H
#define ASSAY_HARNESS_RECORD_WHY_H

#include "record.h"

/* How the reasons of fields that belong to the other kind of case begin. */
#define ASSAY_OF_MODELS "of models only"
#define ASSAY_OF_KERNELS "of kernels only"

/* Give each absent field that has no reason one; afterwards none lacks it. */
void assay_record_explain(struct assay_record *record);

#endif
