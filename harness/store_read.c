/* SPDX-License-Identifier: Apache-2.0 */
#include "store_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "paired.h"
#include "record_why.h"
#include "utf8.h"

static enum assay_status no_memory(const struct assay_store *store)
{
    return assay_fail(ASSAY_NOMEM, "%s: out of memory", store->path);
}

/* `stmt` stands on the row of the record, whose number is column 0. */
static enum assay_status damaged(const struct assay_store *store,
                                 const char *what, sqlite3_stmt *stmt)
{
    return assay_fail(ASSAY_INVALID,
                      "%s: is damaged (%s of record %lld); restore a copy, or "
                      "save what is left with: sqlite3 FILE .recover",
                      store->path, what,
                      (long long)sqlite3_column_int64(stmt, 0));
}

static void run_clear(struct assay_run *run)
{
    free(run->started);
    free(run->finished);
    free(run->suite);
    free(run->commit);
    free(run->labels);
    free(run->machine);
    free(run->command);
    free(run->plan);
}

void assay_runs_free(struct assay_run **runs, size_t n)
{
    for (size_t i = 0; *runs && i < n; i++)
        run_clear(&(*runs)[i]);
    free(*runs);
    *runs = NULL;
}

void assay_run_data_free(struct assay_run_data **data)
{
    struct assay_run_data *d = *data;
    if (!d)
        return;
    for (size_t i = 0; i < d->n_records + d->n_hidden; i++)
        assay_record_destroy(&d->records[i]);
    free(d->records);
    run_clear(&d->run);
    free(d);
    *data = NULL;
}

/* Room for one more element in an array that doubles at powers of two. */
static void *grown(void *array, size_t n, size_t size)
{
    if (n & (n - 1))
        return array;
    return reallocarray(array, n ? 2 * n : 1, size);
}

#define RUN_COLUMNS                                                            \
    "id, started, finished, suite, \"commit\", labels, machine, command, plan"

static bool read_run(sqlite3_stmt *stmt, struct assay_run *run)
{
    *run = (struct assay_run){.id = sqlite3_column_int64(stmt, 0)};
    char **const texts[] = {&run->started, &run->finished, &run->suite,
                            &run->commit,  &run->labels,   &run->machine,
                            &run->command, &run->plan};
    for (int i = 0; i < 8; i++) {
        const char *text = (const char *)sqlite3_column_text(stmt, i + 1);
        if (text && !(*texts[i] = assay_utf8(text)))
            return false;
    }
    return true;
}

enum assay_status assay_store_runs(struct assay_store *store,
                                   struct assay_run **runs, size_t *n)
{
    struct assay_run *list = NULL;
    size_t count = 0;
    sqlite3_stmt *stmt;
    enum assay_status status = assay_store_prepare(
        store, "SELECT " RUN_COLUMNS " FROM runs ORDER BY id", &stmt);
    if (status != ASSAY_OK)
        return status;
    int code;
    while (status == ASSAY_OK && (code = sqlite3_step(stmt)) != SQLITE_DONE) {
        if (code != SQLITE_ROW) {
            status = assay_store_fail(store, code);
            break;
        }
        struct assay_run *more = grown(list, count, sizeof *list);
        if (more) {
            list = more;
            if (!read_run(stmt, &list[count++]))
                status = no_memory(store);
        } else {
            status = no_memory(store);
        }
    }
    sqlite3_finalize(stmt);
    if (status == ASSAY_OK) {
        *runs = list;
        *n = count;
    } else {
        assay_runs_free(&list, count);
    }
    return status;
}

enum assay_status assay_store_counts(struct assay_store *store, int64_t run,
                                     json_t **counts)
{
    sqlite3_stmt *stmt;
    enum assay_status status = assay_store_prepare(
        store,
        "SELECT coalesce(status, ''), count(*) FROM records WHERE run = ?1"
        " GROUP BY 1 ORDER BY 1",
        &stmt);
    if (status != ASSAY_OK)
        return status;
    json_t *object = json_object();
    int code = sqlite3_bind_int64(stmt, 1, run);
    while (code == SQLITE_OK || code == SQLITE_ROW) {
        code = sqlite3_step(stmt);
        if (code != SQLITE_ROW)
            break;
        const char *text = (const char *)sqlite3_column_text(stmt, 0);
        char *name = text ? assay_utf8(text) : NULL;
        if (!name ||
            json_object_set_new(object, name,
                                json_integer(sqlite3_column_int64(stmt, 1))))
            code = SQLITE_NOMEM;
        free(name);
    }
    if (code == SQLITE_DONE && object) {
        *counts = object;
    } else {
        status = assay_store_fail(store, object ? code : SQLITE_NOMEM);
        json_decref(object);
    }
    sqlite3_finalize(stmt);
    return status;
}

/* "1, 2, 5", the newest eight. */
static void list_runs(struct assay_store *store, char *text, size_t size)
{
    sqlite3_stmt *stmt;
    *text = '\0';
    if (assay_store_prepare(store,
                            "SELECT group_concat(id, ', ') FROM (SELECT id FROM"
                            " (SELECT id FROM runs ORDER BY id DESC LIMIT 8)"
                            " ORDER BY id)",
                            &stmt) != ASSAY_OK)
        return;
    if (sqlite3_step(stmt) == SQLITE_ROW && sqlite3_column_text(stmt, 0))
        snprintf(text, size, "%s", (const char *)sqlite3_column_text(stmt, 0));
    sqlite3_finalize(stmt);
}

static enum assay_status load_run(struct assay_store *store, int64_t id,
                                  struct assay_run *run)
{
    sqlite3_stmt *stmt;
    enum assay_status status = assay_store_prepare(
        store,
        "SELECT " RUN_COLUMNS " FROM runs WHERE id = ?1 OR ?1 = 0"
        " ORDER BY id DESC LIMIT 1",
        &stmt);
    if (status != ASSAY_OK)
        return status;
    sqlite3_bind_int64(stmt, 1, id);
    int code = sqlite3_step(stmt);
    char ids[200] = "";
    if (code == SQLITE_DONE)
        list_runs(store, ids, sizeof ids);
    if (code == SQLITE_DONE && !*ids)
        status = assay_fail(ASSAY_INVALID,
                            "%s: holds no runs yet; assay run makes one",
                            store->path);
    else if (code == SQLITE_DONE)
        status = assay_fail(ASSAY_INVALID,
                            "%s: there is no run %lld; the newest are %s",
                            store->path, (long long)id, ids);
    else if (code != SQLITE_ROW)
        status = assay_store_fail(store, code);
    else if (!read_run(stmt, run))
        status = no_memory(store);
    sqlite3_finalize(stmt);
    return status;
}

static enum assay_status read_json(struct assay_store *store,
                                   sqlite3_stmt *stmt, int at,
                                   enum assay_field field,
                                   struct assay_record *record)
{
    const char *text = (const char *)sqlite3_column_text(stmt, at);
    json_t *json = text ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : NULL;
    if (!json)
        return damaged(store, assay_fields[field].name, stmt);
    assay_record_json(record, field, json);
    json_decref(json);
    return ASSAY_OK;
}

static enum assay_status read_value(struct assay_store *store,
                                    sqlite3_stmt *stmt, int at, size_t i,
                                    struct assay_record *record)
{
    static const int types[] = {
        [ASSAY_KIND_TEXT] = SQLITE_TEXT,
        [ASSAY_KIND_INT] = SQLITE_INTEGER,
        [ASSAY_KIND_REAL] = SQLITE_FLOAT,
        [ASSAY_KIND_JSON] = SQLITE_TEXT,
    };
    enum assay_field field = (enum assay_field)i;
    enum assay_kind kind = assay_fields[i].kind;
    if (sqlite3_column_type(stmt, at) != types[kind])
        return damaged(store, assay_fields[i].name, stmt);
    if (kind == ASSAY_KIND_JSON)
        return read_json(store, stmt, at, field, record);
    if (kind == ASSAY_KIND_TEXT)
        assay_record_text(record, field,
                          (const char *)sqlite3_column_text(stmt, at));
    else if (kind == ASSAY_KIND_INT)
        assay_record_int(record, field, sqlite3_column_int64(stmt, at));
    else
        assay_record_real(record, field, sqlite3_column_double(stmt, at));
    return ASSAY_OK;
}

static enum assay_status read_fields(struct assay_store *store,
                                     sqlite3_stmt *stmt, int first,
                                     struct assay_record *record)
{
    const char *text = (const char *)sqlite3_column_text(stmt, 1);
    json_t *absent = text ? json_loads(text, 0, NULL) : NULL;
    if (!json_is_object(absent)) {
        json_decref(absent);
        return damaged(store, "absent", stmt);
    }
    enum assay_status status = ASSAY_OK;
    for (size_t i = 0; status == ASSAY_OK && i < ASSAY_FIELDS; i++) {
        int at = first + (int)i;
        if (store->missing[i])
            assay_record_absent(record, (enum assay_field)i,
                                ASSAY_STORE_NOT_RECORDED);
        else if (sqlite3_column_type(stmt, at) == SQLITE_NULL)
            assay_record_absent(record, (enum assay_field)i,
                                json_string_value(json_object_get(
                                    absent, assay_fields[i].name)));
        else
            status = read_value(store, stmt, at, i, record);
    }
    json_decref(absent);
    return status;
}

/* The way back from store.c's encode. False if the bytes are not n numbers. */
static bool decode(const unsigned char *bytes, size_t size, uint64_t *samples,
                   size_t n)
{
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        samples[i] = 0;
        unsigned shift = 0;
        unsigned char byte;
        do {
            if (at == size || shift > 63)
                return false;
            byte = bytes[at++];
            samples[i] |= (uint64_t)(byte & 0x7f) << shift;
            shift += 7;
        } while (byte & 0x80);
    }
    return at == size;
}

static enum assay_status read_samples(struct assay_store *store,
                                      sqlite3_stmt *stmt,
                                      struct assay_record *record)
{
    if (sqlite3_column_type(stmt, 2) == SQLITE_NULL)
        return ASSAY_OK;
    int64_t n = sqlite3_column_int64(stmt, 2);
    const unsigned char *bytes = sqlite3_column_blob(stmt, 3);
    size_t size = (size_t)sqlite3_column_bytes(stmt, 3);
    /* Every number takes a byte at least, so this bounds the allocation. */
    if (!bytes || n < 1 || (uint64_t)n > size)
        return damaged(store, "samples", stmt);
    uint64_t *samples = malloc((size_t)n * sizeof *samples);
    if (!samples)
        return no_memory(store);
    if (!decode(bytes, size, samples, (size_t)n)) {
        free(samples);
        return damaged(store, "samples", stmt);
    }
    record->samples = samples;
    record->n_samples = (size_t)n;
    return ASSAY_OK;
}

static enum assay_status read_predictions(struct assay_store *store,
                                          sqlite3_stmt *stmt,
                                          struct assay_record *record)
{
    if (sqlite3_column_type(stmt, 4) == SQLITE_NULL)
        return ASSAY_OK;
    const int64_t n = sqlite3_column_int64(stmt, 4);
    const unsigned char *bytes = sqlite3_column_blob(stmt, 5);
    const size_t size = (size_t)sqlite3_column_bytes(stmt, 5);
    bool good =
        bytes && n >= 1 && n <= ASSAY_MOST_IMAGES && (uint64_t)n <= size;
    uint64_t *numbers = good ? malloc((size_t)n * sizeof *numbers) : NULL;
    uint16_t *classes = good ? malloc((size_t)n * sizeof *classes) : NULL;
    if (good && (!numbers || !classes)) {
        free(numbers);
        free(classes);
        return no_memory(store);
    }
    good = good && decode(bytes, size, numbers, (size_t)n);
    for (int64_t i = 0; good && i < n; i++) {
        good = numbers[i] < 2 * ASSAY_MOST_CLASSES;
        classes[i] = (uint16_t)numbers[i];
    }
    free(numbers);
    if (!good) {
        free(classes);
        return damaged(store, "predictions", stmt);
    }
    record->predictions = classes;
    record->n_predictions = (size_t)n;
    return ASSAY_OK;
}

static enum assay_status prepare_load(struct assay_store *store,
                                      bool with_samples, sqlite3_stmt **stmt)
{
    sqlite3_str *sql = sqlite3_str_new(store->db);
    sqlite3_str_appendall(sql, "SELECT r.id, r.absent");
    sqlite3_str_appendall(sql, with_samples ? ", s.n, s.ns" : ", NULL, NULL");
    sqlite3_str_appendall(sql, store->no_predictions ? ", NULL, NULL"
                                                     : ", p.n, p.classes");
    for (size_t i = 0; i < ASSAY_FIELDS; i++)
        if (store->missing[i])
            sqlite3_str_appendall(sql, ", NULL");
        else
            sqlite3_str_appendf(sql, ", r.\"%w\"", assay_fields[i].name);
    sqlite3_str_appendall(sql, " FROM records r");
    if (with_samples)
        sqlite3_str_appendall(sql, " LEFT JOIN samples s ON s.record = r.id");
    if (!store->no_predictions)
        sqlite3_str_appendall(sql,
                              " LEFT JOIN predictions p ON p.record = r.id");
    sqlite3_str_appendall(sql, " WHERE r.run = ?1 ORDER BY r.id");
    char *text = sqlite3_str_finish(sql);
    if (!text)
        return no_memory(store);
    enum assay_status status = assay_store_prepare(store, text, stmt);
    sqlite3_free(text);
    return status;
}

static enum assay_status load_record(struct assay_store *store,
                                     sqlite3_stmt *stmt,
                                     struct assay_run_data *data)
{
    struct assay_record **more =
        grown(data->records, data->n_records, sizeof *more);
    if (!more)
        return no_memory(store);
    data->records = more;
    struct assay_record *record = assay_record_create();
    if (!record)
        return no_memory(store);
    data->records[data->n_records++] = record;
    enum assay_status status = read_fields(store, stmt, 6, record);
    if (status == ASSAY_OK)
        status = read_samples(store, stmt, record);
    return status == ASSAY_OK ? read_predictions(store, stmt, record) : status;
}

static enum assay_status load_records(struct assay_store *store,
                                      bool with_samples,
                                      struct assay_run_data *data)
{
    sqlite3_stmt *stmt;
    enum assay_status status = prepare_load(store, with_samples, &stmt);
    if (status != ASSAY_OK)
        return status;
    sqlite3_bind_int64(stmt, 1, data->run.id);
    int code;
    while (status == ASSAY_OK && (code = sqlite3_step(stmt)) != SQLITE_DONE)
        status = code == SQLITE_ROW ? load_record(store, stmt, data)
                                    : assay_store_fail(store, code);
    sqlite3_finalize(stmt);
    return status;
}

/* Of a device as the run's fingerprint has it; NULL: not told. */
static const char *class_of(const json_t *devices, const char *target)
{
    size_t i;
    json_t *device;
    json_array_foreach((json_t *)(uintptr_t)devices, i, device)
    {
        const char *name = json_string_value(json_object_get(device, "target"));
        const char *class = json_string_value(json_object_get(device, "class"));
        if (name && class && strcmp(name, target) == 0 &&
            (strcmp(class, "cpu") == 0 || strcmp(class, "gpu") == 0))
            return class;
    }
    return NULL;
}

/* Records without a device_class get that of the run's fingerprint. */
static void set_classes(struct assay_run_data *data)
{
    json_t *machine =
        data->run.machine ? json_loads(data->run.machine, 0, NULL) : NULL;
    const json_t *devices = json_object_get(machine, "devices");
    for (size_t i = 0; devices && i < data->n_records; i++) {
        struct assay_record *r = data->records[i];
        const char *target = assay_record_get_text(r, ASSAY_FIELD_target);
        const char *class = target ? class_of(devices, target) : NULL;
        if (class && !r->fields[ASSAY_FIELD_device_class].present)
            assay_record_text(r, ASSAY_FIELD_device_class, class);
    }
    json_decref(machine);
}

enum assay_status assay_store_load(struct assay_store *store, int64_t id,
                                   bool with_samples,
                                   struct assay_run_data **data)
{
    struct assay_run_data *d = calloc(1, sizeof *d);
    if (!d)
        return no_memory(store);
    /* One snapshot, though a run may be writing. */
    enum assay_status status = assay_store_exec(store, "BEGIN");
    if (status == ASSAY_OK) {
        status = load_run(store, id, &d->run);
        if (status == ASSAY_OK)
            status = load_records(store, with_samples, d);
        if (status == ASSAY_OK) {
            set_classes(d);
            assay_paired_set(d);
        }
        for (size_t i = 0; status == ASSAY_OK && i < d->n_records; i++)
            assay_record_explain(d->records[i]);
        sqlite3_exec(store->db, "COMMIT", NULL, NULL, NULL);
    }
    if (status == ASSAY_OK)
        *data = d;
    else
        assay_run_data_free(&d);
    return status;
}
