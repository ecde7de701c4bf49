/* SPDX-License-Identifier: Apache-2.0
 *
 * Why a model with zeros among its weights is no faster: its record's `choices`
 * in a few words. A layer counts if a quarter of its weights or more are zeros.
 */
#ifndef ASSAY_REPORTS_CHOICES_H
#define ASSAY_REPORTS_CHOICES_H

#include "harness/record.h"

struct assay_choices {
    size_t layers, sparse; /* of all that count; those that run sparse */
    size_t slower;         /* run dense, since sparse was not over 3 % faster */
    double least, most;    /* of these: sparse time over dense time */
    json_t *reasons;       /* of the others: how many layers for each reason */
};

/* False if the record has no choices, or what it has is none; else the caller
 * calls assay_choices_free. */
bool assay_choices_read(const struct assay_record *record,
                        struct assay_choices *choices);
void assay_choices_free(struct assay_choices *choices);

/* "runs dense: no sparse kernel for groups (3 layers)", "runs
 * dense: sparse takes 5.22x to 7.06x as long (2 layers)", "runs sparse in 19 of
 * 25 layers with zeros", malloced. NULL: no choices, or no memory. */
char *assay_choices_text(const struct assay_record *record);

#endif
