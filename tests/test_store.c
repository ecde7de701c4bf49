/* SPDX-License-Identifier: Apache-2.0
 *
 * harness/store*.c: round trips, files that are refused, full disks, kills.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "harness/store.h"

static char folder[] = "/tmp/assay-store-XXXXXX";
static char path[128];

static int setup(void **state)
{
    static int n;
    (void)state;
    snprintf(path, sizeof path, "%s/%d.db", folder, n++);
    return 0;
}

static struct assay_store *opened(bool write)
{
    struct assay_store *store = NULL;
    if (assay_store_open(path, write, &store) != ASSAY_OK)
        fail_msg("%s", assay_message());
    return store;
}

static void refused(bool write, enum assay_status status, const char *text)
{
    struct assay_store *store = NULL;
    assert_int_equal(assay_store_open(path, write, &store), status);
    assert_null(store);
    if (!strstr(assay_message(), text) || !strstr(assay_message(), path))
        fail_msg("expected \"%s\": %s", text, assay_message());
}

static int64_t begun(struct assay_store *store)
{
    struct assay_run run = {.suite = strdup("quickstart"),
                            .labels = strdup("{\"host\": \"a\"}"),
                            .machine = strdup("{\"cpu\": \"x\"}"),
                            .command = strdup("[\"assay\", \"run\"]"),
                            .plan = strdup("[\"a\", \"b\"]")};
    assert_int_equal(assay_store_begin(store, &run), ASSAY_OK);
    assert_non_null(run.started);
    free(run.started);
    free(run.suite);
    free(run.labels);
    free(run.machine);
    free(run.command);
    free(run.plan);
    return run.id;
}

static struct assay_record *sample_record(int i)
{
    struct assay_record *record = assay_record_create();
    char name[64];
    snprintf(name, sizeof name, "case %d '; DROP TABLE runs; --", i);
    assay_record_text(record, ASSAY_FIELD_case, name);
    assay_record_text(record, ASSAY_FIELD_status, i % 3 ? "ok" : "skipped");
    assay_record_int(record, ASSAY_FIELD_batch, i);
    assay_record_real(record, ASSAY_FIELD_gflops, 0.1 * i);
    assay_record_absent(record, ASSAY_FIELD_energy_j, "RAPL not readable");
    return record;
}

static void sql(const char *text)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    char *error = NULL;
    if (sqlite3_exec(db, text, NULL, NULL, &error))
        fail_msg("%s: %s", text, error);
    sqlite3_close(db);
}

static void what_is_stored_comes_back(void **state)
{
    (void)state;
    struct assay_store *store = opened(true);
    assert_string_equal(assay_store_path(store), path);
    int64_t first = begun(store), id = begun(store);
    assert_true(id > first);
    for (int i = 0; i < 100; i++) {
        struct assay_record *record = sample_record(i);
        uint64_t samples[] = {(uint64_t)i, 127, 128, 1u << 21, UINT64_MAX};
        assay_record_samples(record, samples, i % 2 ? 5 : 0);
        assert_int_equal(assay_store_add(store, id, record), ASSAY_OK);
        assay_record_destroy(&record);
    }
    assert_int_equal(assay_store_finish(store, id), ASSAY_OK);
    assert_int_equal(assay_store_finish(store, 99), ASSAY_INVALID);
    struct assay_record *stray = sample_record(0);
    assert_int_equal(assay_store_add(store, 99, stray), ASSAY_INVALID);
    assay_record_destroy(&stray);

    struct assay_store *reader = opened(false);
    struct assay_run_data *data = NULL;
    assert_int_equal(assay_store_load(reader, 0, true, &data), ASSAY_OK);
    assert_true(data->run.id == id && data->run.finished);
    assert_string_equal(data->run.labels, "{\"host\": \"a\"}");
    assert_null(data->run.commit);
    assert_int_equal(data->n_records, 100);
    for (int i = 0; i < 100; i++) {
        struct assay_record *expected = sample_record(i);
        const struct assay_record *record = data->records[i];
        for (int f = 0; f < ASSAY_FIELDS; f++) {
            const struct assay_value *x = &expected->fields[f];
            const struct assay_value *y = &record->fields[f];
            assert_true(x->present == y->present && x->integer == y->integer &&
                        x->real == y->real && (y->present || y->text));
            if (x->text)
                assert_string_equal(x->text, y->text);
        }
        assert_int_equal(record->n_samples, i % 2 ? 5 : 0);
        if (i % 2)
            assert_true(record->samples[0] == (uint64_t)i &&
                        record->samples[4] == UINT64_MAX);
        assay_record_destroy(&expected);
    }
    assay_run_data_free(&data);
    assert_int_equal(assay_store_load(reader, first, true, &data), ASSAY_OK);
    assert_true(data->n_records == 0 && !data->run.finished);
    assay_run_data_free(&data);
    assert_int_equal(assay_store_load(reader, 7, true, &data), ASSAY_INVALID);
    assert_non_null(strstr(assay_message(), "no run 7; the newest are 1, 2"));

    json_t *counts = NULL;
    assert_int_equal(assay_store_counts(reader, id, &counts), ASSAY_OK);
    assert_int_equal(json_integer_value(json_object_get(counts, "ok")), 66);
    assert_int_equal(json_integer_value(json_object_get(counts, "skipped")),
                     34);
    json_decref(counts);
    struct assay_run *runs = NULL;
    size_t n = 0;
    assert_int_equal(assay_store_runs(reader, &runs, &n), ASSAY_OK);
    assert_int_equal(n, 2);
    assay_runs_free(&runs, n);
    assay_store_close(&reader);
    assay_store_close(&store);
}

static void write_file(const void *bytes, size_t n)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
}

static uint64_t file_hash(void)
{
    FILE *file = fopen(path, "rb");
    uint64_t hash = 14695981039346656037u;
    int c;
    while (file && (c = getc(file)) != EOF)
        hash = (hash ^ (uint64_t)c) * 1099511628211u;
    if (file)
        fclose(file);
    return hash;
}

static void other_files_are_refused(void **state)
{
    (void)state;
    refused(false, ASSAY_IO, "there is no such store");
    write_file("", 0);
    refused(false, ASSAY_INVALID, "is empty");
    static const char prose[] = "Dear diary, this is no database at all. …";
    write_file(prose, sizeof prose);
    refused(false, ASSAY_INVALID, "not even an SQLite file");
    refused(true, ASSAY_INVALID, "not even an SQLite file");
    unlink(path);
    sql("PRAGMA journal_mode = WAL; CREATE TABLE songs (title TEXT)");
    uint64_t before = file_hash();
    refused(false, ASSAY_INVALID, "not an Assay store");
    refused(true, ASSAY_INVALID, "not an Assay store");
    assert_true(before == file_hash());
    unlink(path);
    assert_int_equal(mkdir(path, 0700), 0);
    refused(true, ASSAY_INVALID, "not a regular file");
    rmdir(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    refused(true, ASSAY_INVALID, "not a regular file");
    unlink(path);
    char good[sizeof path];
    memcpy(good, path, sizeof path);
    snprintf(path, sizeof path, "%s/none/x.db", folder);
    refused(true, ASSAY_IO, "cannot be opened");
    memcpy(path, good, sizeof path);
    struct assay_store *store = NULL;
    assert_int_equal(assay_store_open("", true, &store), ASSAY_INVALID);
}

static void a_newer_schema_is_refused(void **state)
{
    (void)state;
    struct assay_store *store = opened(true);
    assay_store_close(&store);
    sql("PRAGMA user_version = 3");
    uint64_t before = file_hash();
    refused(false, ASSAY_INVALID, "has schema 3");
    refused(true, ASSAY_INVALID, "has schema 3");
    assert_true(before == file_hash());
}

static void older_records_say_so(void **state)
{
    (void)state;
    struct assay_store *store = opened(true);
    int64_t id = begun(store);
    struct assay_record *record = sample_record(1);
    assert_int_equal(assay_store_add(store, id, record), ASSAY_OK);
    assay_store_close(&store);
    sql("ALTER TABLE records DROP COLUMN gflops;"
        "ALTER TABLE records DROP COLUMN model;"
        "ALTER TABLE records ADD COLUMN of_tomorrow TEXT");
    for (int write = 0; write < 2; write++) {
        store = opened(write);
        struct assay_run_data *data = NULL;
        assert_int_equal(assay_store_load(store, 0, false, &data), ASSAY_OK);
        const struct assay_value *v = data->records[0]->fields;
        assert_false(v[ASSAY_FIELD_gflops].present);
        assert_string_equal(v[ASSAY_FIELD_gflops].text,
                            "not recorded by that version of assay");
        assert_string_equal(v[ASSAY_FIELD_model].text,
                            "not recorded by that version of assay");
        assert_string_equal(v[ASSAY_FIELD_energy_j].text, "RAPL not readable");
        assert_true(v[ASSAY_FIELD_batch].integer == 1);
        assay_run_data_free(&data);
        if (write) {
            assert_int_equal(assay_store_add(store, id, record), ASSAY_OK);
            assert_int_equal(assay_store_load(store, 0, false, &data),
                             ASSAY_OK);
            v = data->records[1]->fields;
            assert_true(v[ASSAY_FIELD_gflops].real == 0.1);
            assay_run_data_free(&data);
        }
        assay_store_close(&store);
    }
    assay_record_destroy(&record);
}

static void a_lock_is_named(void **state)
{
    (void)state;
    struct assay_store *store = opened(true);
    int64_t id = begun(store);
    sqlite3 *other;
    assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL),
                     SQLITE_OK);
    struct assay_record *record = sample_record(1);
    assert_int_equal(assay_store_add(store, id, record), ASSAY_IO);
    assert_non_null(strstr(assay_message(), "locked by another process; wait"));
    struct assay_store *reader = opened(false);
    assay_store_close(&reader);
    sqlite3_close(other);
    assert_int_equal(assay_store_add(store, id, record), ASSAY_OK);
    assay_record_destroy(&record);
    assay_store_close(&store);
}

/* Add records until one fails; how many were acknowledged. */
static int fill(struct assay_store *store, int64_t id, int most)
{
    static uint64_t samples[3000];
    int n = 0;
    for (size_t i = 0; i < 3000; i++)
        samples[i] = 1000000 + 7919 * i;
    struct assay_record *record = sample_record(1);
    assay_record_samples(record, samples, 3000);
    while (n < most && assay_store_add(store, id, record) == ASSAY_OK)
        n++;
    assay_record_destroy(&record);
    return n;
}

static void assert_holds(int n)
{
    struct assay_store *store = opened(false);
    struct assay_run_data *data = NULL;
    if (assay_store_load(store, 0, true, &data) != ASSAY_OK)
        fail_msg("%s", assay_message());
    assert_int_equal(data->n_records, n);
    for (int i = 0; i < n; i++)
        assert_int_equal(data->records[i]->n_samples, 3000);
    assay_run_data_free(&data);
    assay_store_close(&store);
}

static void a_full_disk_loses_nothing(void **state)
{
    (void)state;
    struct assay_store *store = opened(true);
    int64_t id = begun(store);
    struct rlimit old, limit;
    getrlimit(RLIMIT_FSIZE, &old);
    limit = old;
    limit.rlim_cur = 300000;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    int n = fill(store, id, 1000);
    char message[300];
    snprintf(message, sizeof message, "%s", assay_message());
    setrlimit(RLIMIT_FSIZE, &old);
    assert_true(n > 3 && n < 1000);
    if (!strstr(message, "nothing recorded is lost"))
        fail_msg("%s", message);
    assert_holds(n);
    n += fill(store, id, 5);
    assay_store_close(&store);
    assert_holds(n);
    printf("limit hit after %d records, %s\n", n - 5, message);

    char good[sizeof path];
    memcpy(good, path, sizeof path);
    snprintf(path, sizeof path, "%s/full", folder);
    mkdir(path, 0700);
    if (mount("none", path, "tmpfs", 0, "size=500k")) {
        printf("a full disk was not tried: no right to mount (%s)\n",
               strerror(errno));
        rmdir(path);
        memcpy(path, good, sizeof path);
        return;
    }
    snprintf(path, sizeof path, "%s/full/x.db", folder);
    store = opened(true);
    id = begun(store);
    n = fill(store, id, 1000);
    snprintf(message, sizeof message, "%s", assay_message());
    int again = fill(store, id, 1);
    assert_int_equal(again, 0);
    assay_store_close(&store);
    assert_holds(n);
    snprintf(path, sizeof path, "%s/full", folder);
    umount(path);
    rmdir(path);
    memcpy(path, good, sizeof path);
    assert_true(n > 3 && n < 1000);
    assert_non_null(strstr(message, "the disk is full"));
    printf("disk full after %d records\n", n);
}

/* As another user where root would be let through. */
static int without_rights(void (*body)(void))
{
    pid_t child = fork();
    if (child == 0) {
        /* That user may not even reach the folder (a root folder of mode 0700,
         * as in a fresh chroot). */
        if ((geteuid() == 0 && seteuid(65534)) ||
            faccessat(AT_FDCWD, folder, R_OK | X_OK, AT_EACCESS))
            _exit(77);
        body();
        _exit(0);
    }
    int status;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void read_only_body(void)
{
    struct assay_store *store = NULL;
    if (assay_store_open(path, true, &store) != ASSAY_IO ||
        !strstr(assay_message(), "cannot be written"))
        _exit(1);
    if (assay_store_open(path, false, &store) != ASSAY_OK)
        _exit(2);
    struct assay_run_data *data = NULL;
    if (assay_store_load(store, 0, true, &data) != ASSAY_OK ||
        data->n_records != 4)
        _exit(3);
    assay_run_data_free(&data);
    assay_store_close(&store);
    snprintf(path, sizeof path, "%s/ro/new.db", folder);
    if (assay_store_open(path, true, &store) != ASSAY_IO ||
        !strstr(assay_message(), "cannot be opened"))
        _exit(4);
}

static void a_read_only_folder_can_be_read(void **state)
{
    (void)state;
    snprintf(path, sizeof path, "%s/ro", folder);
    mkdir(path, 0755);
    snprintf(path, sizeof path, "%s/ro/x.db", folder);
    struct assay_store *store = opened(true);
    int64_t id = begun(store);
    assert_int_equal(fill(store, id, 4), 4);
    assay_store_close(&store);
    chmod(path, 0444);
    char ro[sizeof folder + 8];
    snprintf(ro, sizeof ro, "%s/ro", folder);
    chmod(ro, 0555);
    chmod(folder, 0755);
    const int result = without_rights(read_only_body);
    chmod(ro, 0755);
    if (result == 77) {
        printf("no user without rights can be had here\n");
        skip();
    }
    assert_int_equal(result, 0);
}

static void damage_is_named(void **state)
{
    (void)state;
    struct assay_store *store = opened(true);
    int64_t id = begun(store);
    assert_int_equal(fill(store, id, 200), 200);
    assay_store_close(&store);
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    size_t size = (size_t)info.st_size;
    unsigned char *good = malloc(size), *bad = malloc(size);
    FILE *file = fopen(path, "rb");
    assert_int_equal(fread(good, 1, size, file), size);
    fclose(file);
    unsigned seed = 7, named = 0, unharmed = 0;
    for (int round = 0; round < 200; round++) {
        size_t length = size;
        memcpy(bad, good, size);
        if (round % 4 == 0)
            length = 100 + (size_t)rand_r(&seed) % (size - 100);
        for (int i = 0; round % 4 && i < 64; i++)
            bad[100 +
                (size_t)rand_r(&seed) % (round % 4 == 1 ? 4000 : size - 100)] =
                (unsigned char)rand_r(&seed);
        write_file(bad, length);
        store = NULL;
        struct assay_run_data *data = NULL;
        enum assay_status status = assay_store_open(path, round & 1, &store);
        if (status == ASSAY_OK)
            status = assay_store_load(store, 0, true, &data);
        if (status == ASSAY_OK)
            unharmed++;
        else if (strstr(assay_message(), path))
            named++;
        else
            fail_msg("round %d: %s", round, assay_message());
        assay_run_data_free(&data);
        assay_store_close(&store);
    }
    free(good);
    free(bad);
    assert_true(named > 50);
    printf("%u damaged stores named, %u still readable\n", named, unharmed);
}

static void values_of_a_wrong_kind_are_named(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "UPDATE records SET absent = 'x'",
        "UPDATE records SET absent = '[]'",
        "UPDATE samples SET n = n + 1",
        "UPDATE samples SET n = 9223372036854775807",
        "UPDATE samples SET n = -1",
        "UPDATE samples SET ns = x'ffffffffffffffffffffff01', n = 1",
        "DROP TABLE samples",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        unlink(path);
        struct assay_store *store = opened(true);
        assert_int_equal(fill(store, begun(store), 1), 1);
        assay_store_close(&store);
        sql(bad[i]);
        struct assay_run_data *data = NULL;
        enum assay_status status = assay_store_open(path, false, &store);
        if (status == ASSAY_OK)
            status = assay_store_load(store, 0, true, &data);
        if (status != ASSAY_INVALID || !strstr(assay_message(), "is damaged"))
            fail_msg("%s: %s", bad[i], assay_message());
        assay_store_close(&store);
    }
}

/* A child that acknowledges each record after it was added. */
static void acknowledge_forever(int pipe_end)
{
    struct assay_store *store = NULL;
    if (assay_store_open(path, true, &store) != ASSAY_OK)
        _exit(1);
    struct assay_run run = {.suite = "kill"};
    if (assay_store_begin(store, &run) != ASSAY_OK)
        _exit(2);
    for (int i = 0;; i++) {
        struct assay_record *record = sample_record(i);
        uint64_t samples[500];
        for (size_t k = 0; k < 500; k++)
            samples[k] = k * (uint64_t)i;
        assay_record_samples(record, samples, 500);
        if (assay_store_add(store, run.id, record) != ASSAY_OK)
            _exit(3);
        assay_record_destroy(&record);
        if (write(pipe_end, &i, sizeof i) != sizeof i)
            _exit(4);
    }
}

static void a_kill_loses_no_acknowledged_record(void **state)
{
    (void)state;
    unsigned seed = 1;
    int total = 0, begun_runs = 0;
    for (int round = 0; round < 70; round++) {
        int ends[2], last = -1, i;
        assert_int_equal(pipe(ends), 0);
        pid_t child = fork();
        if (child == 0) {
            close(ends[0]);
            acknowledge_forever(ends[1]);
        }
        close(ends[1]);
        /* Some are killed while the store is opened, the others later. */
        if (round >= 10 && read(ends[0], &i, sizeof i) == sizeof i)
            last = i;
        usleep((unsigned)rand_r(&seed) % 20000);
        kill(child, SIGKILL);
        while (read(ends[0], &i, sizeof i) == sizeof i)
            last = i;
        close(ends[0]);
        int status;
        waitpid(child, &status, 0);
        assert_true(WIFSIGNALED(status));
        if (last < 0)
            continue;
        begun_runs++;
        struct assay_store *store = opened(false);
        struct assay_run_data *data = NULL;
        assert_int_equal(assay_store_load(store, 0, true, &data), ASSAY_OK);
        assert_true(data->n_records > (size_t)last);
        assert_null(data->run.finished);
        for (i = 0; i <= last; i++) {
            const struct assay_record *r = data->records[i];
            assert_true(r->fields[ASSAY_FIELD_batch].integer == i);
            assert_true(r->n_samples == 500 &&
                        r->samples[499] == 499 * (uint64_t)i);
        }
        total += last + 1;
        assay_run_data_free(&data);
        assay_store_close(&store);
    }
    assert_true(begun_runs >= 60 && total >= 60);
    printf("70 kills: %d acknowledged records of %d runs, none lost\n", total,
           begun_runs);
}

static int remove_folder(void **state)
{
    (void)state;
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

int main(void)
{
    if (!mkdtemp(folder))
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_is_stored_comes_back, setup),
        cmocka_unit_test_setup(other_files_are_refused, setup),
        cmocka_unit_test_setup(a_newer_schema_is_refused, setup),
        cmocka_unit_test_setup(older_records_say_so, setup),
        cmocka_unit_test_setup(a_lock_is_named, setup),
        cmocka_unit_test_setup(a_full_disk_loses_nothing, setup),
        cmocka_unit_test_setup(a_read_only_folder_can_be_read, setup),
        cmocka_unit_test_setup(damage_is_named, setup),
        cmocka_unit_test_setup(values_of_a_wrong_kind_are_named, setup),
        cmocka_unit_test_setup(a_kill_loses_no_acknowledged_record, setup),
    };
    return cmocka_run_group_tests(tests, NULL, remove_folder);
}
