/* SPDX-License-Identifier: Apache-2.0
 *
 * A record: what was found out about one case. Its fields are the rows of
 * record.def. A field holds a value or is absent with a reason; it is never 0,
 * NaN or infinite for want of a value (setting one of those makes it absent).
 * A record owns its texts and samples. Not thread-safe.
 */
#ifndef ASSAY_HARNESS_RECORD_H
#define ASSAY_HARNESS_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "kernels/status.h"

enum assay_field {
#define ASSAY_FIELD(name, kind, unit, text) ASSAY_FIELD_##name,
#include "record.def"
#undef ASSAY_FIELD
    ASSAY_FIELDS
};

enum assay_kind {
    ASSAY_KIND_TEXT,
    ASSAY_KIND_INT,
    ASSAY_KIND_REAL,
    ASSAY_KIND_JSON, /* an array or object */
};

struct assay_field_info {
    const char *name;
    enum assay_kind kind;
    const char *unit; /* "" if it has none; "share": 0 to 1 */
    const char *text;
};
extern const struct assay_field_info assay_fields[ASSAY_FIELDS];

struct assay_value {
    bool present;
    int64_t integer; /* ASSAY_KIND_INT */
    double real;     /* ASSAY_KIND_REAL, finite */
    char *text;      /* ASSAY_KIND_TEXT, ASSAY_KIND_JSON (compact); if absent:
                        the reason, or NULL where nobody has given one: then
                        record_why.h does when a run is read */
};

struct assay_record {
    struct assay_value fields[ASSAY_FIELDS];
    uint64_t *samples; /* wall time of each sample, ns per call */
    size_t n_samples;
    /* Of each image that was scored, from the data set's first on: twice the
     * class, and 1 more if it is the label. */
    uint16_t *predictions;
    size_t n_predictions;
};

/* The most that a data set may have; of more classes than the last, no matrix
 * of confusion is kept. */
enum {
    ASSAY_MOST_IMAGES = 1000000,
    ASSAY_MOST_CLASSES = 1000,
    ASSAY_MOST_CONFUSED = 100,
};

/* An empty record: every field absent, without a reason. NULL: no memory. */
struct assay_record *assay_record_create(void);
void assay_record_destroy(struct assay_record **record);

/* The field's kind must be the setter's (asserted). A second call replaces the
 * value. On failed allocation the field becomes absent: "out of memory". */
void assay_record_text(struct assay_record *record, enum assay_field field,
                       const char *value);
void assay_record_int(struct assay_record *record, enum assay_field field,
                      int64_t value);
void assay_record_real(struct assay_record *record, enum assay_field field,
                       double value);
/* `value` (an array or object; NULL: no memory) is copied, not taken over. */
void assay_record_json(struct assay_record *record, enum assay_field field,
                       const json_t *value);
void assay_record_absent(struct assay_record *record, enum assay_field field,
                         const char *reason);
void assay_record_samples(struct assay_record *record,
                          const uint64_t *nanoseconds, size_t n);
void assay_record_predictions(struct assay_record *record,
                              const uint16_t *predictions, size_t n);

/* The text of a field that is present, else `other`, which may be NULL. */
const char *assay_record_text_or(const struct assay_record *record,
                                 enum assay_field field, const char *other);
/* NULL, or the text of a field that is present. */
const char *assay_record_get_text(const struct assay_record *record,
                                  enum assay_field field);
/* NULL, or the value of a field that is present, as a new reference. */
json_t *assay_record_get_json(const struct assay_record *record,
                              enum assay_field field);
/* Any numeric field as a double; false if it is absent. */
bool assay_record_number(const struct assay_record *record,
                         enum assay_field field, double *value);

/* One JSON object: every field by name (absent: null), "absent": {field:
 * reason}, and, if asked for, "samples_ns": [...] and, of a case that was
 * scored, "predictions": [...]. New reference; NULL: no memory. */
json_t *assay_record_to_json(const struct assay_record *record,
                             bool with_samples);

/* The way back. Unknown members are ignored; a member of the wrong type is
 * INVALID and named. */
enum assay_status assay_record_from_json(const json_t *json,
                                         struct assay_record **record);

#endif
