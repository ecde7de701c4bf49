/* SPDX-License-Identifier: Apache-2.0 */
#include "store_file.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static char *now(void)
{
    char text[32];
    struct tm tm;
    time_t t = time(NULL);
    gmtime_r(&t, &tm);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm);
    return strdup(text);
}

static enum assay_status no_memory(const struct assay_store *store)
{
    return assay_fail(ASSAY_NOMEM, "%s: out of memory", store->path);
}

static enum assay_status no_run(const struct assay_store *store, int64_t run)
{
    return assay_fail(ASSAY_INVALID, "%s: there is no run %lld", store->path,
                      (long long)run);
}

enum assay_status assay_store_begin(struct assay_store *store,
                                    struct assay_run *run)
{
    sqlite3_stmt *stmt;
    enum assay_status status = assay_store_prepare(
        store,
        "INSERT INTO runs (started, suite, \"commit\", labels, machine,"
        " command, plan) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        &stmt);
    if (status != ASSAY_OK)
        return status;
    char *started = now();
    const char *const texts[] = {started,     run->suite,   run->commit,
                                 run->labels, run->machine, run->command,
                                 run->plan};
    int code = started ? SQLITE_OK : SQLITE_NOMEM;
    for (int i = 0; code == SQLITE_OK && i < 7; i++)
        code = sqlite3_bind_text(stmt, i + 1, texts[i], -1, SQLITE_STATIC);
    if (code == SQLITE_OK)
        code = sqlite3_step(stmt);
    if (code == SQLITE_DONE) {
        free(run->started);
        run->started = started;
        run->id = sqlite3_last_insert_rowid(store->db);
    } else {
        status = assay_store_fail(store, code);
        free(started);
    }
    sqlite3_finalize(stmt);
    return status;
}

enum assay_status assay_store_finish(struct assay_store *store, int64_t run)
{
    sqlite3_stmt *stmt;
    enum assay_status status = assay_store_prepare(
        store, "UPDATE runs SET finished = ?1 WHERE id = ?2", &stmt);
    if (status != ASSAY_OK)
        return status;
    char *finished = now();
    int code = finished
                   ? sqlite3_bind_text(stmt, 1, finished, -1, SQLITE_STATIC)
                   : SQLITE_NOMEM;
    if (code == SQLITE_OK)
        code = sqlite3_bind_int64(stmt, 2, run);
    if (code == SQLITE_OK)
        code = sqlite3_step(stmt);
    if (code != SQLITE_DONE)
        status = assay_store_fail(store, code);
    else if (sqlite3_changes(store->db) == 0)
        status = no_run(store, run);
    sqlite3_finalize(stmt);
    free(finished);
    return status;
}

/* The statement names the columns in the order of record.def, whatever their
 * order in the file. */
static enum assay_status prepare_add(struct assay_store *store)
{
    sqlite3_str *sql = sqlite3_str_new(store->db);
    sqlite3_str_appendall(sql, "INSERT INTO records (run, absent");
    for (size_t i = 0; i < ASSAY_FIELDS; i++)
        sqlite3_str_appendf(sql, ", \"%w\"", assay_fields[i].name);
    sqlite3_str_appendall(sql, ") VALUES (?, ?");
    for (size_t i = 0; i < ASSAY_FIELDS; i++)
        sqlite3_str_appendall(sql, ", ?");
    sqlite3_str_appendall(sql, ")");
    char *text = sqlite3_str_finish(sql);
    if (!text)
        return no_memory(store);
    enum assay_status status =
        assay_store_prepare(store, text, &store->add_record);
    sqlite3_free(text);
    if (status == ASSAY_OK)
        status = assay_store_prepare(
            store, "INSERT INTO samples (record, n, ns) VALUES (?1, ?2, ?3)",
            &store->add_samples);
    if (status == ASSAY_OK)
        status = assay_store_prepare(
            store,
            "INSERT INTO predictions (record, n, classes) VALUES (?1, ?2, ?3)",
            &store->add_predictions);
    if (status != ASSAY_OK) {
        sqlite3_finalize(store->add_record);
        sqlite3_finalize(store->add_samples);
        store->add_record = store->add_samples = NULL;
    }
    return status;
}

static char *reasons(const struct assay_record *record)
{
    json_t *absent = json_object();
    for (size_t i = 0; absent && i < ASSAY_FIELDS; i++) {
        const struct assay_value *value = &record->fields[i];
        if (!value->present && value->text &&
            json_object_set_new(absent, assay_fields[i].name,
                                json_string(value->text))) {
            json_decref(absent);
            absent = NULL;
        }
    }
    char *text = absent ? json_dumps(absent, JSON_COMPACT) : NULL;
    json_decref(absent);
    return text;
}

static int bind_value(sqlite3_stmt *stmt, int at,
                      const struct assay_value *value, enum assay_kind kind)
{
    if (!value->present)
        return sqlite3_bind_null(stmt, at);
    switch (kind) {
    case ASSAY_KIND_TEXT:
    case ASSAY_KIND_JSON:
        return sqlite3_bind_text(stmt, at, value->text, -1, SQLITE_STATIC);
    case ASSAY_KIND_INT:
        return sqlite3_bind_int64(stmt, at, value->integer);
    case ASSAY_KIND_REAL:
        return sqlite3_bind_double(stmt, at, value->real);
    }
    return SQLITE_MISUSE;
}

static int add_record(struct assay_store *store, int64_t run,
                      const struct assay_record *record, const char *absent)
{
    sqlite3_stmt *stmt = store->add_record;
    int code = sqlite3_bind_int64(stmt, 1, run);
    if (code == SQLITE_OK)
        code = sqlite3_bind_text(stmt, 2, absent, -1, SQLITE_STATIC);
    for (int i = 0; code == SQLITE_OK && i < ASSAY_FIELDS; i++)
        code =
            bind_value(stmt, 3 + i, &record->fields[i], assay_fields[i].kind);
    if (code == SQLITE_OK)
        code = sqlite3_step(stmt);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

/* Unsigned LEB128: seven bits a byte, the lowest first; the top bit says that
 * more follow. */
static unsigned char *encode(uint64_t x, unsigned char *at)
{
    for (; x >= 0x80; x >>= 7)
        *at++ = (unsigned char)(x | 0x80);
    *at++ = (unsigned char)x;
    return at;
}

static int add_numbers(sqlite3_stmt *stmt, int64_t record_id, size_t n,
                       const unsigned char *bytes, size_t size)
{
    int code = sqlite3_bind_int64(stmt, 1, record_id);
    if (code == SQLITE_OK)
        code = sqlite3_bind_int64(stmt, 2, (int64_t)n);
    if (code == SQLITE_OK)
        code = sqlite3_bind_blob64(stmt, 3, bytes, size, SQLITE_STATIC);
    if (code == SQLITE_OK)
        code = sqlite3_step(stmt);
    sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

static int add_samples(struct assay_store *store, int64_t record_id,
                       const struct assay_record *record)
{
    unsigned char *bytes = malloc(10 * record->n_samples), *at = bytes;
    if (!bytes)
        return SQLITE_NOMEM;
    for (size_t i = 0; i < record->n_samples; i++)
        at = encode(record->samples[i], at);
    const int code =
        add_numbers(store->add_samples, record_id, record->n_samples, bytes,
                    (size_t)(at - bytes));
    free(bytes);
    return code;
}

static int add_predictions(struct assay_store *store, int64_t record_id,
                           const struct assay_record *record)
{
    unsigned char *bytes = malloc(3 * record->n_predictions), *at = bytes;
    if (!bytes)
        return SQLITE_NOMEM;
    for (size_t i = 0; i < record->n_predictions; i++)
        at = encode(record->predictions[i], at);
    const int code =
        add_numbers(store->add_predictions, record_id, record->n_predictions,
                    bytes, (size_t)(at - bytes));
    free(bytes);
    return code;
}

static int add(struct assay_store *store, int64_t run,
               const struct assay_record *record, const char *absent)
{
    int code = sqlite3_exec(store->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    if (code != SQLITE_OK)
        return code;
    code = add_record(store, run, record, absent);
    int64_t id = sqlite3_last_insert_rowid(store->db);
    sqlite3_reset(store->add_record);
    sqlite3_clear_bindings(store->add_record);
    if (code == SQLITE_OK && record->n_samples)
        code = add_samples(store, id, record);
    if (code == SQLITE_OK && record->n_predictions)
        code = add_predictions(store, id, record);
    if (code == SQLITE_OK)
        code = sqlite3_exec(store->db, "COMMIT", NULL, NULL, NULL);
    return code;
}

enum assay_status assay_store_add(struct assay_store *store, int64_t run,
                                  const struct assay_record *record)
{
    enum assay_status status =
        store->add_record ? ASSAY_OK : prepare_add(store);
    if (status != ASSAY_OK)
        return status;
    char *absent = reasons(record);
    if (!absent)
        return no_memory(store);
    int code = add(store, run, record, absent);
    free(absent);
    if (code == SQLITE_OK)
        return ASSAY_OK;
    status = (code & 0xff) == SQLITE_CONSTRAINT ? no_run(store, run)
                                                : assay_store_fail(store, code);
    if (!sqlite3_get_autocommit(store->db))
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    return status;
}
