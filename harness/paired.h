/* SPDX-License-Identifier: Apache-2.0
 *
 * What two cases of one run say about each other, image by image: McNemar's
 * test of a variant against its base, and agreement between targets.
 *
 * A worker sees one target and one model at a time, and a record is written
 * once; so a case brings its predictions along (see record.h), and these
 * fields are found from them whenever a run is read from the store. Every
 * reader thus has them as fields like any other: mcnemar_b, mcnemar_c,
 * mcnemar_p and agreement_targets.
 *
 * Both cases must have been scored on the same data set (dataset_crc32); if
 * one was scored on fewer of its images, those that both have seen count.
 */
#ifndef ASSAY_HARNESS_PAIRED_H
#define ASSAY_HARNESS_PAIRED_H

#include "store.h"

/* The variant that the others of a model are compared with; of a file in which
 * something is quantized or of halves already, the second. */
#define ASSAY_BASE_VARIANT "fp32"
#define ASSAY_BASE_ORIGINAL "original"

/* Whether a variant is one of the two. */
bool assay_paired_is_base(const char *variant);

/* Two answers to each image, counted. */
struct assay_paired {
    int64_t images;        /* that both were scored on */
    int64_t better, worse; /* right in one only: the record, the other */
    int64_t changed;       /* of another class, or of the same and right in one
                              only */
    double p;              /* McNemar's exact */
};

/* Compare the predictions of two records, of one run or of two. False, with a
 * static text in *why, if there are none, or the two were scored on different
 * images. */
bool assay_paired_count(const struct assay_record *record,
                        const struct assay_record *other,
                        struct assay_paired *paired, const char **why);

/* Set the fields of a run's scored model cases. A field with a value or a
 * reason keeps it; one that does not apply (of a base and of a model that is no
 * variant, or agreement_targets on the cpu) is left to record_why.h. */
void assay_paired_set(struct assay_run_data *data);

/* The case of the record's base at the same target, batch and threads (of any
 * status), or NULL if it is one itself or the run has none. */
const struct assay_record *assay_paired_base(const struct assay_run_data *data,
                                             const struct assay_record *record);

/* What the base of the record's model is called in the run: "fp32" where it has
 * none. The run owns it. */
const char *assay_paired_base_name(const struct assay_run_data *data,
                                   const struct assay_record *record);

#endif
