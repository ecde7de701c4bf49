/* SPDX-License-Identifier: Apache-2.0 */
#include "store_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const int busy_ms = 5000;

enum assay_status assay_store_fail(const struct assay_store *store, int code)
{
    const char *path = store->path;
    const char *detail = store->db ? sqlite3_errmsg(store->db) : "";
    int system = store->db ? sqlite3_system_errno(store->db) : 0;
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return assay_fail(ASSAY_IO,
                          "%s: is locked by another process; wait or use "
                          "--store FILE",
                          path);
    case SQLITE_FULL:
        return assay_fail(ASSAY_IO,
                          "%s: the disk is full; nothing recorded is lost: "
                          "make room and go on, or use --store FILE",
                          path);
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return assay_fail(ASSAY_IO,
                          "%s: cannot be written (%s); change its permissions "
                          "or use --store FILE",
                          path, detail);
    case SQLITE_CANTOPEN:
        return assay_fail(ASSAY_IO,
                          "%s: cannot be opened (%s); is its folder there and "
                          "writable?",
                          path, system ? strerror(system) : detail);
    case SQLITE_IOERR:
        return assay_fail(ASSAY_IO,
                          "%s: input or output failed (%s); nothing recorded "
                          "is lost",
                          path, system ? strerror(system) : detail);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return assay_fail(ASSAY_INVALID,
                          "%s: is damaged (%s); restore a copy, or save what "
                          "is left with: sqlite3 FILE .recover",
                          path, detail);
    case SQLITE_NOMEM:
        return assay_fail(ASSAY_NOMEM, "%s: out of memory", path);
    default:
        return assay_fail(ASSAY_INVALID, "%s: %s", path, detail);
    }
}

enum assay_status assay_store_exec(struct assay_store *store, const char *sql)
{
    int code = sqlite3_exec(store->db, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? ASSAY_OK : assay_store_fail(store, code);
}

enum assay_status assay_store_prepare(struct assay_store *store,
                                      const char *sql, sqlite3_stmt **stmt)
{
    int code = sqlite3_prepare_v2(store->db, sql, -1, stmt, NULL);
    return code == SQLITE_OK ? ASSAY_OK : assay_store_fail(store, code);
}

static uint32_t big_endian(const unsigned char *b)
{
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 |
           b[3];
}

static enum assay_status too_new(const char *path, int64_t version)
{
    return assay_fail(ASSAY_INVALID,
                      "%s: has schema %lld, and this assay reads up to %d; use "
                      "the newer assay that wrote it, or --store FILE",
                      path, (long long)version, ASSAY_STORE_SCHEMA);
}

/* Look at the file's first bytes before SQLite does: opening a foreign
 * database through SQLite could recover its journal, that is, change it. */
static enum assay_status inspect(const char *path, bool write, bool *fresh)
{
    unsigned char head[100];
    /* Not to wait for a writer if it is a pipe. */
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0 && errno == ENOENT && write) {
        *fresh = true;
        return ASSAY_OK;
    }
    if (file < 0 && errno == ENOENT)
        return assay_fail(ASSAY_IO,
                          "%s: there is no such store; assay run makes one, "
                          "and --store FILE names another",
                          path);
    if (file < 0)
        return assay_fail(ASSAY_IO, "%s: cannot be read (%s)", path,
                          strerror(errno));
    struct stat info;
    if (!fstat(file, &info) && !S_ISREG(info.st_mode)) {
        close(file);
        return assay_fail(ASSAY_INVALID,
                          "%s: is not a regular file; --store FILE names "
                          "another",
                          path);
    }
    ssize_t n = read(file, head, sizeof head);
    int error = errno;
    close(file);
    if (n < 0)
        return assay_fail(ASSAY_IO, "%s: cannot be read (%s)", path,
                          strerror(error));
    *fresh = n == 0;
    if (n == 0 && write)
        return ASSAY_OK;
    if (n == 0)
        return assay_fail(ASSAY_INVALID, "%s: is empty, not an Assay store",
                          path);
    if ((size_t)n < sizeof head || memcmp(head, "SQLite format 3", 16) != 0)
        return assay_fail(ASSAY_INVALID,
                          "%s: is not an Assay store (not even an SQLite "
                          "file); --store FILE names another",
                          path);
    if (big_endian(head + 68) != ASSAY_STORE_APPLICATION)
        return assay_fail(ASSAY_INVALID,
                          "%s: is an SQLite file, but not an Assay store; "
                          "--store FILE names another",
                          path);
    if (big_endian(head + 60) > ASSAY_STORE_SCHEMA)
        return too_new(path, big_endian(head + 60));
    return ASSAY_OK;
}

static enum assay_status pragma_number(struct assay_store *store,
                                       const char *sql, int64_t *number)
{
    sqlite3_stmt *stmt;
    enum assay_status status = assay_store_prepare(store, sql, &stmt);
    if (status != ASSAY_OK)
        return status;
    int code = sqlite3_step(stmt);
    if (code == SQLITE_ROW)
        *number = sqlite3_column_int64(stmt, 0);
    else
        status = assay_store_fail(store, code);
    sqlite3_finalize(stmt);
    return status;
}

static const char *column_type(enum assay_kind kind)
{
    static const char *const types[] = {
        [ASSAY_KIND_TEXT] = "TEXT",
        [ASSAY_KIND_INT] = "INTEGER",
        [ASSAY_KIND_REAL] = "REAL",
        [ASSAY_KIND_JSON] = "TEXT",
    };
    return types[kind];
}

#define PREDICTIONS_TABLE                                                      \
    "CREATE TABLE predictions (record INTEGER PRIMARY KEY"                     \
    " REFERENCES records(id), n INTEGER NOT NULL, classes BLOB NOT NULL)"      \
    " STRICT;"

static enum assay_status create_schema(struct assay_store *store)
{
    char *sql = NULL;
    size_t size;
    FILE *text = open_memstream(&sql, &size);
    if (!text)
        return assay_fail(ASSAY_NOMEM, "%s: out of memory", store->path);
    fprintf(text,
            "PRAGMA application_id = %d;"
            "CREATE TABLE runs (id INTEGER PRIMARY KEY AUTOINCREMENT,"
            " started TEXT NOT NULL, finished TEXT, suite TEXT,"
            " \"commit\" TEXT, labels TEXT, machine TEXT, command TEXT,"
            " plan TEXT) STRICT;"
            "CREATE TABLE records (id INTEGER PRIMARY KEY,"
            " run INTEGER NOT NULL REFERENCES runs(id)",
            ASSAY_STORE_APPLICATION);
    for (size_t i = 0; i < ASSAY_FIELDS; i++)
        fprintf(text, ", \"%s\" %s", assay_fields[i].name,
                column_type(assay_fields[i].kind));
    fprintf(text,
            ", absent TEXT NOT NULL DEFAULT '{}') STRICT;"
            "CREATE INDEX records_of_run ON records(run);"
            "CREATE TABLE samples (record INTEGER PRIMARY KEY"
            " REFERENCES records(id), n INTEGER NOT NULL, ns BLOB NOT NULL)"
            " STRICT;" PREDICTIONS_TABLE "PRAGMA user_version = %d;",
            ASSAY_STORE_SCHEMA);
    bool ok = !ferror(text);
    ok = !fclose(text) && ok;
    enum assay_status status =
        ok ? assay_store_exec(store, sql)
           : assay_fail(ASSAY_NOMEM, "%s: out of memory", store->path);
    free(sql);
    return status;
}

/* In a write transaction, since another process may open the same new file. */
static enum assay_status create(struct assay_store *store)
{
    static const char count[] = "SELECT count(*) FROM sqlite_master";
    int64_t tables = 0;
    enum assay_status status = pragma_number(store, count, &tables);
    if (status != ASSAY_OK || tables)
        return status;
    status = assay_store_exec(store, "BEGIN EXCLUSIVE");
    if (status != ASSAY_OK)
        return status;
    status = pragma_number(store, count, &tables);
    if (status == ASSAY_OK && !tables)
        status = create_schema(store);
    if (status == ASSAY_OK)
        return assay_store_exec(store, "COMMIT");
    sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    return status;
}

static enum assay_status find_columns(struct assay_store *store, bool *any)
{
    sqlite3_stmt *stmt;
    enum assay_status status = assay_store_prepare(
        store, "SELECT 1 FROM pragma_table_info('records') WHERE name = ?1",
        &stmt);
    *any = false;
    for (size_t i = 0; status == ASSAY_OK && i < ASSAY_FIELDS; i++) {
        sqlite3_bind_text(stmt, 1, assay_fields[i].name, -1, SQLITE_STATIC);
        int code = sqlite3_step(stmt);
        if (code != SQLITE_ROW && code != SQLITE_DONE)
            status = assay_store_fail(store, code);
        store->missing[i] = code == SQLITE_DONE;
        *any = *any || store->missing[i];
        sqlite3_reset(stmt);
    }
    sqlite3_finalize(stmt);
    return status;
}

/* The names come from record.def, not from outside, and are not bindable. */
static enum assay_status add_column(struct assay_store *store, size_t field)
{
    const struct assay_field_info *info = &assay_fields[field];
    char *sql = sqlite3_mprintf(
        "ALTER TABLE records ADD COLUMN \"%w\" %s;"
        "UPDATE records SET absent = json_set(absent, '$.%w', %Q);",
        info->name, column_type(info->kind), info->name,
        ASSAY_STORE_NOT_RECORDED);
    if (!sql)
        return assay_fail(ASSAY_NOMEM, "%s: out of memory", store->path);
    enum assay_status status = assay_store_exec(store, sql);
    sqlite3_free(sql);
    store->missing[field] = false;
    return status;
}

/* Schema 1 becomes 2, unless another process was faster. */
static enum assay_status add_predictions(struct assay_store *store)
{
    int64_t version = 0;
    const enum assay_status status =
        pragma_number(store, "PRAGMA user_version", &version);
    store->no_predictions = false;
    return status == ASSAY_OK && version == 1
               ? assay_store_exec(store,
                                  PREDICTIONS_TABLE "PRAGMA user_version = 2;")
               : status;
}

static enum assay_status migrate(struct assay_store *store)
{
    bool any;
    enum assay_status status = assay_store_exec(store, "BEGIN IMMEDIATE");
    if (status != ASSAY_OK)
        return status;
    status = find_columns(store, &any);
    if (status == ASSAY_OK)
        status = add_predictions(store);
    for (size_t i = 0; status == ASSAY_OK && i < ASSAY_FIELDS; i++)
        if (store->missing[i])
            status = add_column(store, i);
    if (status == ASSAY_OK)
        return assay_store_exec(store, "COMMIT");
    sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    return status;
}

static enum assay_status check_schema(struct assay_store *store, bool write)
{
    int64_t version = 0, tables = 0;
    enum assay_status status =
        pragma_number(store, "PRAGMA user_version", &version);
    if (status != ASSAY_OK)
        return status;
    if (version > ASSAY_STORE_SCHEMA)
        return too_new(store->path, version);
    status = pragma_number(store,
                           "SELECT count(*) FROM sqlite_master WHERE type ="
                           " 'table' AND name IN ('runs', 'records',"
                           " 'samples', 'predictions')",
                           &tables);
    if (status != ASSAY_OK)
        return status;
    if (version < 1 || tables != (version < 2 ? 3 : 4))
        return assay_fail(ASSAY_INVALID,
                          "%s: is damaged (tables of an Assay store are "
                          "missing); restore a copy, or use --store FILE",
                          store->path);
    bool any;
    status = find_columns(store, &any);
    store->no_predictions = version < 2;
    any = any || store->no_predictions;
    return status == ASSAY_OK && any && write ? migrate(store) : status;
}

/* A store on a medium that cannot be written needs no locks; SQLite would fail
 * for want of a place for its shared-memory file. */
static int open_immutable(struct assay_store *store)
{
    char *uri = sqlite3_mprintf("file:%s?immutable=1", store->path);
    char *log = sqlite3_mprintf("%s-wal", store->path);
    /* Records that are in the log only would be overlooked. */
    struct stat info;
    bool plain = uri && log && !strpbrk(store->path, "?#%") &&
                 (stat(log, &info) || info.st_size == 0);
    sqlite3_free(log);
    sqlite3_close(store->db);
    store->db = NULL;
    int code =
        plain ? sqlite3_open_v2(uri, &store->db,
                                SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL)
              : SQLITE_CANTOPEN;
    sqlite3_free(uri);
    return code;
}

static enum assay_status open_read(struct assay_store *store)
{
    int code =
        sqlite3_open_v2(store->path, &store->db, SQLITE_OPEN_READWRITE, NULL);
    if (code == SQLITE_OK) {
        sqlite3_busy_timeout(store->db, busy_ms);
        code = sqlite3_exec(store->db,
                            "PRAGMA query_only = ON;"
                            "SELECT count(*) FROM sqlite_master",
                            NULL, NULL, NULL);
    }
    if ((code & 0xff) == SQLITE_CANTOPEN || (code & 0xff) == SQLITE_READONLY)
        code = open_immutable(store);
    if (code != SQLITE_OK)
        return assay_store_fail(store, code);
    sqlite3_busy_timeout(store->db, busy_ms);
    return check_schema(store, false);
}

static enum assay_status open_write(struct assay_store *store, bool fresh)
{
    int flags = SQLITE_OPEN_READWRITE | (fresh ? SQLITE_OPEN_CREATE : 0);
    int code = sqlite3_open_v2(store->path, &store->db, flags, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_busy_timeout(store->db, busy_ms);
    if (code != SQLITE_OK)
        return assay_store_fail(store, code);
    if (sqlite3_db_readonly(store->db, "main") == 1)
        return assay_fail(ASSAY_IO,
                          "%s: cannot be written; change its permissions or "
                          "use --store FILE",
                          store->path);
    /* The schema is made under the rollback journal, so that the file's first
     * page tells what it is before there is a write-ahead log. */
    enum assay_status status = create(store);
    if (status == ASSAY_OK)
        status = check_schema(store, true);
    if (status == ASSAY_OK)
        status = assay_store_exec(store, "PRAGMA journal_mode = WAL;"
                                         "PRAGMA synchronous = FULL;"
                                         "PRAGMA foreign_keys = ON;");
    return status;
}

enum assay_status assay_store_open(const char *path, bool write,
                                   struct assay_store **store)
{
    bool fresh = false;
    enum assay_status status =
        *path ? inspect(path, write, &fresh)
              : assay_fail(ASSAY_INVALID, "the name of the store is empty");
    if (status != ASSAY_OK)
        return status;
    struct assay_store *s = calloc(1, sizeof *s);
    /* To SQLite, ":memory:" is no file. */
    if (!s || asprintf(&s->path, "%s%s", *path == ':' ? "./" : "", path) < 0) {
        free(s);
        return assay_fail(ASSAY_NOMEM, "%s: out of memory", path);
    }
    status = write ? open_write(s, fresh) : open_read(s);
    if (status == ASSAY_OK)
        *store = s;
    else
        assay_store_close(&s);
    return status;
}

void assay_store_close(struct assay_store **store)
{
    struct assay_store *s = *store;
    if (!s)
        return;
    sqlite3_finalize(s->add_record);
    sqlite3_finalize(s->add_samples);
    sqlite3_finalize(s->add_predictions);
    sqlite3_close(s->db);
    free(s->path);
    free(s);
    *store = NULL;
}

const char *assay_store_path(const struct assay_store *store)
{
    return store->path;
}
