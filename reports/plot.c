/* SPDX-License-Identifier: Apache-2.0
 *
 * The picture that needs no browser. Texts go into the script in single
 * quotes, in which gnuplot expands nothing and only the quote itself is
 * special (doubled); data blocks hold numbers only.
 */
#include <errno.h>
#include <math.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "json.h"
#include "report.h"

extern char **environ;

static void quoted(FILE *out, const char *text)
{
    putc('\'', out);
    for (; *text; text++)
        if (*text == '\'')
            fputs("''", out);
        else
            putc((unsigned char)*text < 0x20 ? ' ' : *text, out);
    putc('\'', out);
}

/* gnuplot reads `script` and writes to `picture`; both are files, so neither
 * side can wait for the other. */
static enum assay_status run_gnuplot(FILE *script, FILE *picture, FILE *errors)
{
    static char program[] = "gnuplot", from[] = "-";
    char *const argv[] = {program, from, NULL};
    posix_spawn_file_actions_t actions;
    pid_t child;
    int error = posix_spawn_file_actions_init(&actions);
    if (error)
        return assay_fail(ASSAY_NOMEM, "svg report: %s", strerror(error));
    fflush(script);
    lseek(fileno(script), 0, SEEK_SET);
    posix_spawn_file_actions_adddup2(&actions, fileno(script), 0);
    posix_spawn_file_actions_adddup2(&actions, fileno(picture), 1);
    posix_spawn_file_actions_adddup2(&actions, fileno(errors), 2);
    error = posix_spawnp(&child, program, &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error == ENOENT)
        return assay_fail(ASSAY_UNSUPPORTED,
                          "svg report: gnuplot is not installed; install "
                          "gnuplot-nox, or use --format html");
    if (error)
        return assay_fail(ASSAY_IO, "svg report: gnuplot cannot be run (%s)",
                          strerror(error));
    int status;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return ASSAY_OK;
    char text[300] = "";
    rewind(errors);
    size_t n = fread(text, 1, sizeof text - 1, errors);
    text[n] = '\0';
    return assay_fail(ASSAY_IO, "svg report: gnuplot failed: %s", text);
}

/* The different texts of a field, as keys in the order of the records, so that
 * colours and shapes are those of the HTML report. */
static json_t *distinct(const struct assay_run_data *const *runs, size_t n,
                        enum assay_field field)
{
    json_t *names = json_object();
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < runs[i]->n_records; j++) {
            const struct assay_record *record = runs[i]->records[j];
            const char *kind = assay_record_get_text(record, ASSAY_FIELD_kind);
            const char *name = assay_record_get_text(record, field);
            if (kind && strcmp(kind, "model") == 0)
                json_object_set_new(names, name ? name : "?", json_true());
        }
    }
    return names;
}

static bool is_of(const struct assay_point *point, enum assay_field field,
                  const char *name)
{
    const char *text = assay_record_get_text(point->record, field);
    return !strcmp(text ? text : "?", name);
}

static const char *const colours[] = {"#0072b2", "#d55e00", "#00845f",
                                      "#b4559a", "#1b95c9", "#b57d00"};
/* gnuplot's filled shapes; the hollow one of each is the number before it. */
static const size_t shapes[] = {7, 5, 9, 13, 11, 15};

/* Time per image in µs, accuracy in percent, the ends of both, the shape:
 * that of the model, hollow at batch 1. */
static void data_line(FILE *out, const struct assay_point *p, json_t *models)
{
    size_t shape = 0;
    double batch;
    const char *model;
    json_t *value;
    json_object_foreach(models, model, value)
    {
        if (is_of(p, ASSAY_FIELD_model, model))
            break;
        shape++;
    }
    bool hollow =
        assay_record_number(p->record, ASSAY_FIELD_batch, &batch) && batch == 1;
    fprintf(out, "%.9g %.9g %.9g %.9g %.9g %.9g %zu\n", p->value[1] / 1e3,
            100 * p->value[0], p->low[1] / 1e3, p->high[1] / 1e3,
            100 * p->low[0], 100 * p->high[0], shapes[shape % 6] - hollow);
}

static void data_blocks(FILE *out, const struct assay_front *front,
                        json_t *targets, json_t *models)
{
    const char *target;
    json_t *value;
    size_t block = 0;
    json_object_foreach(targets, target, value)
    {
        fprintf(out, "$p%zu << END\n", block++);
        for (size_t i = 0; i < front->n; i++)
            if (is_of(&front->points[i], ASSAY_FIELD_target, target))
                data_line(out, &front->points[i], models);
        fputs("END\n", out);
    }
    /* The points of a set are sorted by accuracy, the best first; from the
     * other end the staircase climbs with the latency. */
    for (size_t k = 0; k < front->n_sets; k++) {
        const struct assay_front_set *set = &front->sets[k];
        fprintf(out, "$front%zu << END\n", k);
        for (size_t i = set->first + set->n; i-- > set->first;)
            if (front->points[i].front)
                data_line(out, &front->points[i], models);
        fputs("END\n", out);
    }
}

static void plot_series(FILE *out, const struct assay_front *front,
                        json_t *targets, json_t *models)
{
    const char *name;
    json_t *value;
    size_t i = 0;
    for (size_t k = 0; k < front->n_sets; k++) {
        char title[120] = "front";
        if (front->n_sets > 1)
            snprintf(title, sizeof title, "front, %s", front->sets[k].name);
        fprintf(out,
                "%s $front%zu using 1:2 with steps lw 2 dt %zu lc rgb "
                "'#888888' title ",
                k ? ", \\\n " : "plot", k, k + 1);
        quoted(out, title);
    }
    /* Bars to both sides, then the points over them. */
    json_object_foreach(targets, name, value)
    {
        const char *colour = colours[i % 6];
        fprintf(out,
                ", \\\n  $p%zu using 1:2:3:4:5:6 with xyerrorbars pt -1 lc rgb "
                "'%s' notitle, $p%zu using 1:2:7 with points pt variable ps 1 "
                "lc rgb '%s' notitle, keyentry with lines lw 8 lc rgb '%s' "
                "title ",
                i, colour, i, colour, colour);
        quoted(out, name);
        i++;
    }
    i = 0;
    json_object_foreach(models, name, value)
    {
        fprintf(out,
                ", \\\n  keyentry with points pt %zu lc rgb '#444444' title ",
                shapes[i % 6]);
        quoted(out, name);
        i++;
    }
    fputs(", \\\n  keyentry with points pt 6 lc rgb '#444444' title "
          "'hollow: batch 1'\n",
          out);
}

static void prelude(FILE *out, const char *title)
{
    fputs("set encoding utf8\n"
          "set terminal svg size 960,540 noenhanced font 'sans-serif,13' "
          "background '#ffffff'\n"
          "set grid back lc rgb '#dddddd'\nset border 3\nset tics nomirror\n"
          "set key outside right top Left reverse noenhanced\nset title ",
          out);
    quoted(out, title);
    fputs("\n", out);
}

static void front_script(FILE *out, const struct assay_run_data *const *runs,
                         size_t n, const struct assay_front *front,
                         const char *title)
{
    json_t *targets = distinct(runs, n, ASSAY_FIELD_target);
    json_t *models = distinct(runs, n, ASSAY_FIELD_model);
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < front->n; i++) {
        low = fmin(low, front->points[i].low[1] / 1e3);
        high = fmax(high, front->points[i].high[1] / 1e3);
    }
    prelude(out, title);
    fprintf(out,
            "set logscale x\nset xrange [%.9g:%.9g]\n"
            "set format x '%%g'\nset format y '%%.1f'\n"
            "set xlabel 'Time per image (µs), median and its 95 %% "
            "interval'\n"
            "set ylabel 'Accuracy (%%), and its Wilson 95 %% interval'\n"
            "set offsets 0, 0, graph 0.05, graph 0.05\n",
            fmax(low, 1e-6) / 1.5, fmax(high, 1e-6) * 1.5);
    data_blocks(out, front, targets, models);
    plot_series(out, front, targets, models);
    json_decref(targets);
    json_decref(models);
}

/* A bar for each measured kernel; how many there are. */
static size_t kernel_script(FILE *out, const struct assay_run_data *const *runs,
                            size_t n, const char *title)
{
    char *names = NULL;
    size_t size, count = 0;
    double rate;
    FILE *tics = open_memstream(&names, &size);
    if (!tics)
        return 0;
    prelude(out, title);
    fputs("$k << END\n", out);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < runs[i]->n_records; j++) {
            const struct assay_record *r = runs[i]->records[j];
            const char *name = assay_record_get_text(r, ASSAY_FIELD_case);
            if (!assay_record_number(r, ASSAY_FIELD_gflops, &rate))
                continue;
            fprintf(out, "%.9g %zu\n", rate, count);
            fputs(count ? ", " : "", tics);
            quoted(tics, name ? name : "?");
            fprintf(tics, " %zu", count++);
        }
    fclose(tics);
    fprintf(out,
            "END\nset terminal svg size 960,%zu noenhanced font "
            "'sans-serif,11' background '#ffffff'\n"
            "set ytics (%s) noenhanced\nset yrange [%zu:-1]\nset xrange [0:*]\n"
            "set xlabel 'GFLOP/s'\nset key off\n"
            "set style fill solid 0.8\n"
            "plot $k using 1:2:(0):1:($2-0.4):($2+0.4) with boxxyerror "
            "lc rgb '#0072b2'\n",
            120 + 22 * count, names, count);
    free(names);
    return count;
}

static void title_of(const struct assay_run_data *const *runs, size_t n,
                     const char *what, char *title, size_t size)
{
    const char *suite = n ? runs[0]->run.suite : NULL;
    if (n == 1)
        snprintf(title, size, "%s: run %lld%s%s", what,
                 (long long)runs[0]->run.id, suite ? " of " : "",
                 suite ? suite : "");
    else
        snprintf(title, size, "%s: %zu runs", what, n);
}

static enum assay_status script(const struct assay_run_data *const *runs,
                                size_t n, FILE *out)
{
    /* The picture has two axes, whatever the objectives of the words are. */
    const struct assay_objective *const objectives[] = {&assay_objectives[0],
                                                        &assay_objectives[1]};
    char title[200];
    struct assay_front front;
    enum assay_status status =
        assay_front_compute(runs, n, objectives, 2, NULL, &front);
    if (status != ASSAY_OK)
        return status;
    if (front.n) {
        title_of(runs, n, "Accuracy against latency", title, sizeof title);
        front_script(out, runs, n, &front, title);
    } else {
        title_of(runs, n, "Kernels", title, sizeof title);
        if (!kernel_script(out, runs, n, title))
            status = assay_fail(ASSAY_INVALID,
                                "svg report: no model with accuracy and "
                                "latency and no kernel with a rate to draw");
    }
    assay_front_free(&front);
    return status;
}

enum assay_status assay_report_svg(const struct assay_run_data *const *runs,
                                   size_t n,
                                   const struct assay_report_options *options,
                                   FILE *out)
{
    (void)options;
    FILE *input = tmpfile(), *picture = tmpfile(), *errors = tmpfile();
    enum assay_status status =
        input && picture && errors
            ? script(runs, n, input)
            : assay_fail(ASSAY_IO, "svg report: no temporary file (%s)",
                         strerror(errno));
    if (status == ASSAY_OK)
        status = run_gnuplot(input, picture, errors);
    char bytes[4096];
    size_t got, total = 0;
    if (status == ASSAY_OK)
        rewind(picture);
    while (status == ASSAY_OK && (got = fread(bytes, 1, sizeof bytes, picture)))
        total += fwrite(bytes, 1, got, out);
    if (status == ASSAY_OK && !total)
        status = assay_fail(ASSAY_IO, "svg report: gnuplot drew nothing");
    if (input)
        fclose(input);
    if (picture)
        fclose(picture);
    if (errors)
        fclose(errors);
    return status;
}
