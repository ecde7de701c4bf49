/* SPDX-License-Identifier: Apache-2.0
 *
 * The store: one SQLite file with the tables runs, records (a column a field
 * of record.def), samples and predictions. WAL mode, synchronous = FULL: a
 * record that was acknowledged survives a kill and a power cut. A store may be
 * read while a run writes. One handle serves one thread.
 *
 * Every function that fails says in assay_message() which file, what was wrong
 * and what to do. A file that is not SQLite, or not an Assay store, or of a
 * newer schema, is refused and left as it is (INVALID); one that cannot be
 * opened, locked or written is IO.
 */
#ifndef ASSAY_HARNESS_STORE_H
#define ASSAY_HARNESS_STORE_H

#include "record.h"

struct assay_store;

/* What is known of a run. Texts are owned by the run. */
struct assay_run {
    int64_t id;
    char *started;  /* UTC, ISO 8601 */
    char *finished; /* NULL: not finished (or cut off) */
    char *suite;    /* names, separated by spaces */
    char *commit;   /* of the code under test, or NULL */
    char *labels;   /* JSON object of --label K=V */
    char *machine;  /* JSON object: the fingerprint */
    char *command;  /* JSON array: the command line */
    char *plan;     /* JSON array: names of all planned cases */
};

struct assay_run_data {
    struct assay_run run;
    /* n_records that are told of, then n_hidden that a report leaves out
     * (select.h): what is told of may be compared with these. */
    struct assay_record **records;
    size_t n_records, n_hidden;
};

/* Open a store; `write` creates it where there is none. */
enum assay_status assay_store_open(const char *path, bool write,
                                   struct assay_store **store);
void assay_store_close(struct assay_store **store);
const char *assay_store_path(const struct assay_store *store);

/* Add a run (its id and started are set by this) and finish it. */
enum assay_status assay_store_begin(struct assay_store *store,
                                    struct assay_run *run);
enum assay_status assay_store_finish(struct assay_store *store, int64_t run);

/* Add one record with its samples and predictions: one transaction, on disk on
 * return. */
enum assay_status assay_store_add(struct assay_store *store, int64_t run,
                                  const struct assay_record *record);

/* All runs, oldest first, without records. */
enum assay_status assay_store_runs(struct assay_store *store,
                                   struct assay_run **runs, size_t *n);
void assay_runs_free(struct assay_run **runs, size_t n);

/* How many records of a run have each status: {"ok": 20, "skipped": 4}. New
 * reference. */
enum assay_status assay_store_counts(struct assay_store *store, int64_t run,
                                     json_t **counts);

/* One run with its records, in the order they were added, and with their
 * predictions, from which the fields of paired.h are set, and with the
 * device_class that the machine's fingerprint tells where they have none; every
 * field that is absent has a reason (record_why.h); id 0: the newest run.
 * No such run is INVALID, and the message names those there are. */
enum assay_status assay_store_load(struct assay_store *store, int64_t id,
                                   bool with_samples,
                                   struct assay_run_data **data);
void assay_run_data_free(struct assay_run_data **data);

#endif
