/* SPDX-License-Identifier: Apache-2.0
 *
 * The file of a store: opening, schema and what an SQLite error means to the
 * user. Internal to store.c and store_read.c.
 *
 * Schema 2:
 *   runs     id, then the texts of struct assay_run
 *   records  id, run, a column a field of record.def, absent (a JSON object
 *            {field: reason})
 *   samples  record, n, ns: the n times as unsigned LEB128 numbers, one after
 *            the other (a third of the size of a row each)
 *   predictions  record, n, classes: as samples, of the record's predictions
 * Fields that compare two records of a run (see paired.h) are NULL: they are
 * found when a run is read, since a record is never changed.
 *
 * Schema 1 had no predictions; it is read as it is, and gets the table when it
 * is next opened for writing.
 * The number is PRAGMA user_version and counts changes of structure only; a
 * field that record.def has gained is added as a column, and the records from
 * before it say that it was not recorded then.
 */
#ifndef ASSAY_HARNESS_STORE_FILE_H
#define ASSAY_HARNESS_STORE_FILE_H

#include <sqlite3.h>

#include "store.h"

#define ASSAY_STORE_SCHEMA 2
#define ASSAY_STORE_APPLICATION 0x41737361 /* "Assa" */
#define ASSAY_STORE_NOT_RECORDED "not recorded by that version of assay"

struct assay_store {
    char *path;
    sqlite3 *db;
    /* NULL until first used */
    sqlite3_stmt *add_record, *add_samples, *add_predictions;
    bool missing[ASSAY_FIELDS]; /* fields without a column: read only */
    bool no_predictions;        /* schema 1: read only */
};

/* Turn SQLite's error code into a status and a message, "PATH: …". */
enum assay_status assay_store_fail(const struct assay_store *store, int code);

/* Run statements without parameters or results. */
enum assay_status assay_store_exec(struct assay_store *store, const char *sql);

/* Prepare one statement; the caller finalizes it. */
enum assay_status assay_store_prepare(struct assay_store *store,
                                      const char *sql, sqlite3_stmt **stmt);

#endif
