/* SPDX-License-Identifier: Apache-2.0
 *
 * assay compress: a smaller or faster model from a model.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "commands.h"
#include "options.h"
#include "reports/json_text.h"
#include "suites/model/compress.h"
#include "suites/model/graph.h"

static const char help[] =
    "Usage: assay compress MODEL.onnx -o OUT.onnx METHOD…\n"
    "\n"
    "Writes a compressed model that any ONNX runtime can execute, and prints "
    "what\nbecame of each Conv, Gemm and MatMul. Methods combine, in this "
    "order:\n"
    "\n"
    "  --channels F        take out that fraction of the output channels, "
    "with\n"
    "                      all that belongs to them; layers that a residual "
    "sum,\n"
    "                      an output or an unknown operator reads are left\n"
    "  --low-rank R        two thinner layers of rank R in place of one …\n"
    "  --energy F          … of the least rank that keeps this share of the\n"
    "                      squared singular values\n"
    "  --prune F           set that fraction of the weights to 0, least "
    "first\n"
    "    --pattern P       unstructured (standard); block16: blocks of 16 "
    "outputs\n"
    "                      by one input; 2:4: two of four successive inputs, "
    "which\n"
    "                      needs no --prune; channel: the same as --channels\n"
    "    --scope S         global or layer: the least of all layers together, "
    "or of\n"
    "                      each (standard: global, of channels layer)\n"
    "  --share K           K values a layer (2 to 256) and indices\n"
    "  --int8              int8 weights and activations (QDQ)\n"
    "    --calibrate DIR   images of a data.yaml, or the training images of "
    "IDX\n"
    "                      files; labels are not needed (standard: Debian's\n"
    "                      dataset-fashion-mnist)\n"
    "    --calibration C   minmax, percentile or entropy (standard: "
    "minmax)\n"
    "    --percentile P    of the values to keep (standard: 99.99)\n"
    "    --images N        at least 32 (standard: 1024)\n"
    "    --per P           weights' scales by tensor or channel (standard)\n"
    "    --no-bias-correction\n"
    "  --half              float16 inside; input and output stay float\n"
    "\n"
    "The table's error of a layer is what its weights changed by: the root of "
    "the\n"
    "sum of the squared differences over that of the squared weights before; "
    "of\n"
    "several methods the squares add up. A layer that no method can change is "
    "left,\n"
    "with the reason; if no layer changes, nothing is written (exit code 2).\n"
    "\n"
    "int8 goes with neither half nor share. Weights with many zeros are stored "
    "as\n"
    "sparse_initializer where that makes the file smaller; --dense: never. "
    "Other\n"
    "flags: --format table|json\n";

static void print_cell(const char *text, int width)
{
    printf("%-*s  ", width, text);
}

static int widest(const struct assay_compress_report *r, size_t offset,
                  const char *title)
{
    size_t most = strlen(title);
    for (size_t i = 0; i < r->n_rows; i++) {
        const size_t n = strlen((const char *)&r->rows[i] + offset);
        most = n > most ? n : most;
    }
    return (int)most;
}

static double percent(int64_t part, int64_t whole)
{
    return whole > 0 ? 100.0 * (double)part / (double)whole : 0;
}

static void print_table(const struct assay_compress_report *r)
{
    const int layer =
        widest(r, offsetof(struct assay_compress_row, layer), "layer");
    const int op = widest(r, offsetof(struct assay_compress_row, op), "op");
    const int shape =
        widest(r, offsetof(struct assay_compress_row, shape), "weights");
    const int done =
        widest(r, offsetof(struct assay_compress_row, done), "done");
    print_cell("layer", layer);
    print_cell("op", op);
    print_cell("weights", shape);
    print_cell("done", done);
    printf("%7s %10s %10s %9s  %s\n", "zeros", "bytes", "now", "error", "left");
    for (size_t i = 0; i < r->n_rows; i++) {
        const struct assay_compress_row *row = &r->rows[i];
        print_cell(row->layer, layer);
        print_cell(row->op, op);
        print_cell(row->shape, shape);
        print_cell(*row->done ? row->done : "-", done);
        printf("%5.1f %% %10zu %10zu %7.3f %%%s%s\n",
               percent(row->zeros, row->weights_after), row->bytes_before,
               row->bytes_after, 100 * row->error, *row->left ? "  " : "",
               row->left);
    }
    printf("%zu of %zu layers changed, %zu left as they are", r->changed,
           r->n_rows, r->left);
    if (r->partly)
        printf("; %zu of the changed were left in part", r->partly);
    printf("\n");
    if (r->images && r->images < ASSAY_CALIBRATE_STANDARD)
        printf("calibrated with only %zu %s; %d or more are recommended\n",
               r->images, r->images_of, ASSAY_CALIBRATE_STANDARD);
    else if (r->images)
        printf("calibrated with %zu %s\n", r->images, r->images_of);
    if (r->clamped)
        printf("%zu values beyond float16 were clamped to 65504\n", r->clamped);
    printf("file %zu -> %zu bytes (%.1f %%), weights of layers %" PRId64
           " -> %" PRId64 "\n",
           r->file_before, r->file_after,
           percent((int64_t)r->file_after, (int64_t)r->file_before),
           r->weights_before, r->weights_after);
}

static bool print_json(const struct assay_compress_report *r)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < r->n_rows; i++) {
        const struct assay_compress_row *row = &r->rows[i];
        json_array_append_new(
            rows,
            json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:f}",
                      "layer", row->layer, "op", row->op, "shape", row->shape,
                      "done", row->done, "left", row->left, "weights_before",
                      (json_int_t)row->weights_before, "weights_after",
                      (json_int_t)row->weights_after, "zeros",
                      (json_int_t)row->zeros, "bytes_before",
                      (json_int_t)row->bytes_before, "bytes_after",
                      (json_int_t)row->bytes_after, "error", row->error));
    }
    const bool whole = json_array_size(rows) == r->n_rows;
    json_t *json = json_pack(
        "{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:s?, s:I, s:o}",
        "file_bytes_before", (json_int_t)r->file_before, "file_bytes_after",
        (json_int_t)r->file_after, "weights_before",
        (json_int_t)r->weights_before, "weights_after",
        (json_int_t)r->weights_after, "changed", (json_int_t)r->changed, "left",
        (json_int_t)r->left, "partly_left", (json_int_t)r->partly,
        "calibration_images", (json_int_t)r->images, "calibrated_with",
        r->images ? r->images_of : NULL, "clamped", (json_int_t)r->clamped,
        "layers", rows);
    if (!json || !whole) {
        json_decref(json);
        return false;
    }
    assay_json_write(stdout, json, 2, false);
    json_decref(json);
    return true;
}

/* Say why the file got larger, if it did. */
static void warn_larger(const struct assay_options *o,
                        const struct assay_compress_options *c,
                        const struct assay_compress_report *r)
{
    const struct assay_compress_row *most = NULL;
    int64_t weights = 0, zeros = 0, worst = 0;
    char cause[300] = "", rest[100] = "";
    for (size_t i = 0; i < r->n_rows; i++) {
        const struct assay_compress_row *row = &r->rows[i];
        const int64_t more =
            (int64_t)row->bytes_after - (int64_t)row->bytes_before;
        weights += more;
        zeros += row->zeros;
        if (more > worst) {
            worst = more;
            most = row;
        }
    }
    const int64_t all = (int64_t)r->file_after - (int64_t)r->file_before;
    if (all <= 0)
        return;
    if (weights > 0 && most)
        snprintf(cause, sizeof cause,
                 ": weights take %" PRId64 " bytes more (most in '%s', %zu "
                 "instead of %zu)",
                 weights, most->layer, most->bytes_after, most->bytes_before);
    if (all > weights)
        snprintf(rest, sizeof rest,
                 "%s nodes, names, metadata and other constants %" PRId64
                 " more",
                 *cause ? "," : ":", all - weights);
    assay_complain(o, 0,
                   "warning: the file became %" PRId64 " bytes larger%s%s%s",
                   all, cause, rest,
                   zeros == 0 ? ""
                   : c->dense ? "; zeros are stored, as --dense says"
                              : "; zeros are left out where that is shorter: "
                                "from 2/3 of a layer's floats on, 4/5 of "
                                "float16, 8/9 of int8");
}

/* Name what became zeros alone: the model's answers change with it. */
static void warn_empty(const struct assay_options *o,
                       const struct assay_compress_options *c,
                       const struct assay_compress_report *r)
{
    const struct assay_compress_row *first = NULL;
    size_t more = 0;
    char others[40] = "";
    for (size_t i = 0; i < r->n_rows; i++) {
        const struct assay_compress_row *row = &r->rows[i];
        if (!*row->done || !row->weights_after ||
            row->zeros < row->weights_after)
            continue;
        more += first != NULL;
        first = first ? first : row;
    }
    if (more)
        snprintf(others, sizeof others, " and of %zu more", more);
    if (first)
        assay_complain(o, 0,
                       "warning: every weight of '%s'%s became 0, so that "
                       "what they make no longer depends on the input%s",
                       first->layer, others,
                       !c->prune         ? ""
                       : c->prune_layers ? "; prune less"
                                         : "; prune less, or with --scope "
                                           "layer");
}

/* Of a model that nothing became of: each layer, and why. */
static void print_left(const struct assay_compress_report *r)
{
    enum { MOST = 20 };
    for (size_t i = 0; i < r->n_rows && i < MOST; i++) {
        const struct assay_compress_row *row = &r->rows[i];
        fprintf(stderr, "  %s (%s %s): %s\n", row->layer, row->op, row->shape,
                row->left);
    }
    if (r->n_rows > MOST)
        fprintf(stderr, "  and %zu more\n", r->n_rows - MOST);
}

/* The command line as text. */
struct arguments {
    const char *model, *out, *format;
    const char *prune, *pattern, *scope, *channels, *rank, *energy, *share;
    const char *calibrate, *calibration, *percentile, *images, *per;
    bool int8, half, dense, keep_bias, help;
};

static bool read_word(struct assay_options *o, struct arguments *a)
{
    const struct {
        const char *name, **value;
    } options[] = {
        {"o", &a->out},
        {"output", &a->out},
        {"format", &a->format},
        {"prune", &a->prune},
        {"pattern", &a->pattern},
        {"scope", &a->scope},
        {"channels", &a->channels},
        {"low-rank", &a->rank},
        {"energy", &a->energy},
        {"share", &a->share},
        {"calibrate", &a->calibrate},
        {"calibration", &a->calibration},
        {"percentile", &a->percentile},
        {"images", &a->images},
        {"per", &a->per},
    };
    const struct {
        const char *name;
        bool *value;
    } flags[] = {
        {"int8", &a->int8},   {"half", &a->half},
        {"dense", &a->dense}, {"no-bias-correction", &a->keep_bias},
        {"help", &a->help},
    };
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (assay_option(o, options[i].name, options[i].value))
            return true;
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (assay_flag(o, flags[i].name)) {
            *flags[i].value = true;
            return true;
        }
    const char *text;
    if (a->model || !assay_positional(o, &text))
        return false;
    a->model = text;
    return true;
}

/* The place of a word in a list; -1 after a report. */
static int read_choice(const struct assay_options *o, const char *flag,
                       const char *text, const char *const *names)
{
    char list[80] = "";
    for (int i = 0; names[i]; i++) {
        if (strcmp(text, names[i]) == 0)
            return i;
        const size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "",
                 names[i]);
    }
    assay_complain(o, 0, "--%s: '%s' is none of %s", flag, text, list);
    return -1;
}

static bool read_fraction(const struct assay_options *o, const char *flag,
                          const char *text, double *value)
{
    char *end;
    *value = strtod(text, &end);
    if (end != text && !*end && *value > 0 && *value < 1)
        return true;
    assay_complain(o, 0, "--%s: '%s' is not a number above 0 and below 1", flag,
                   text);
    return false;
}

static bool read_pruning(const struct assay_options *o,
                         const struct arguments *a,
                         struct assay_compress_options *c)
{
    static const char *const patterns[] = {"unstructured", "2:4", "block16",
                                           "channel", NULL};
    static const char *const scopes[] = {"global", "layer", NULL};
    const int pattern =
        a->pattern ? read_choice(o, "pattern", a->pattern, patterns) : 0;
    const int scope = a->scope ? read_choice(o, "scope", a->scope, scopes) : 0;
    const bool channel = pattern == 3;
    if (pattern < 0 || scope < 0)
        return false;
    if (a->prune && !read_fraction(o, "prune", a->prune, &c->fraction))
        return false;
    if (a->channels && !read_fraction(o, "channels", a->channels, &c->channels))
        return false;
    if (a->pattern && !a->prune && pattern != 1)
        return assay_complain(o, 0, "--pattern %s: how much? give --prune F",
                              a->pattern),
               false;
    if (pattern == 1 && a->prune && (c->fraction < 0.5 || c->fraction > 0.5))
        return assay_complain(o, 0,
                              "--pattern 2:4 prunes one half; leave out "
                              "--prune %s",
                              a->prune),
               false;
    if (channel && a->channels)
        return assay_complain(o, 0,
                              "--pattern channel and --channels are the "
                              "same; give one of them"),
               false;
    if (a->scope && !a->prune && !a->channels)
        return assay_complain(o, 0,
                              "--scope %s: of what? give --prune F or "
                              "--channels F",
                              a->scope),
               false;
    c->prune = (a->prune || pattern == 1) && !channel;
    c->pattern = (enum assay_pattern)(channel ? 0 : pattern);
    if (channel)
        c->channels = c->fraction;
    c->prune_layers = scope == 1;
    c->channels_global = a->scope && scope == 0;
    return true;
}

static bool read_int8(const struct assay_options *o, const struct arguments *a,
                      struct assay_compress_options *c)
{
    static const char *const calibrations[] = {"minmax", "percentile",
                                               "entropy", NULL};
    static const char *const pers[] = {"channel", "tensor", NULL};
    const int calibration =
        a->calibration
            ? read_choice(o, "calibration", a->calibration, calibrations)
        : a->percentile ? ASSAY_CALIBRATION_PERCENTILE
                        : ASSAY_CALIBRATION_MINMAX;
    const int per = a->per ? read_choice(o, "per", a->per, pers) : 0;
    if (calibration < 0 || per < 0)
        return false;
    c->int8 = a->int8;
    c->data = a->calibrate;
    c->calibration = (enum assay_calibration)calibration;
    c->per_tensor = per == 1;
    c->keep_bias = a->keep_bias;
    if (!a->int8 && (a->calibrate || a->calibration || a->percentile ||
                     a->images || a->per || a->keep_bias))
        return assay_complain(o, 0, "flags of calibration without --int8"),
               false;
    if (a->percentile && calibration != ASSAY_CALIBRATION_PERCENTILE)
        return assay_complain(o, 0,
                              "--percentile without --calibration "
                              "percentile"),
               false;
    return (!a->percentile || assay_read_real(o, "percentile", a->percentile,
                                              50, 100, &c->percentile)) &&
           (!a->images ||
            assay_read_int(o, "images", a->images, ASSAY_CALIBRATE_LEAST,
                           1000000, &c->images));
}

static bool read_arguments(const struct assay_options *o,
                           const struct arguments *a,
                           struct assay_compress_options *c)
{
    if (!a->model || !a->out || !*a->out || strcmp(a->out, "-") == 0)
        return assay_complain(o, 0,
                              "name a model and, with -o, the file to "
                              "write%s; see --help",
                              a->model && a->out ? " (standard output is none)"
                                                 : ""),
               false;
    if (strcmp(a->format, "table") != 0 && strcmp(a->format, "json") != 0)
        return assay_complain(o, 0,
                              "no format '%s'; the formats are table, "
                              "json",
                              a->format),
               false;
    if (!read_pruning(o, a, c) || !read_int8(o, a, c))
        return false;
    c->half = a->half;
    c->dense = a->dense;
    if (a->rank && a->energy)
        return assay_complain(o, 0,
                              "--low-rank and --energy both say the "
                              "rank; give one of them"),
               false;
    return (!a->rank ||
            assay_read_int(o, "low-rank", a->rank, 1, INT32_MAX, &c->rank)) &&
           (!a->energy || read_fraction(o, "energy", a->energy, &c->energy)) &&
           (!a->share ||
            assay_read_int(o, "share", a->share, 2, 256, &c->share));
}

/* What the metadata says: the flags, without the files. */
static char *describe(int argc, char **argv, const struct arguments *a)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    const char *separator = "";
    for (int i = 1; out && i < argc; i++) {
        const bool output =
            strcmp(argv[i], "-o") == 0 || strcmp(argv[i], "--output") == 0;
        if (output || strncmp(argv[i], "--calibrate", 12) == 0 ||
            strncmp(argv[i], "--format", 9) == 0) {
            i++;
            continue;
        }
        if (argv[i] == a->model || strncmp(argv[i], "--output=", 9) == 0 ||
            strncmp(argv[i], "-o=", 3) == 0 ||
            strncmp(argv[i], "--calibrate=", 12) == 0 ||
            strncmp(argv[i], "--format=", 9) == 0)
            continue;
        fprintf(out, "%s%s", separator, argv[i]);
        separator = " ";
    }
    if (out)
        fclose(out);
    return text;
}

int assay_command_compress(int argc, char **argv)
{
    struct assay_options options;
    struct arguments a = {.format = "table"};
    struct assay_compress_options compress = {.percentile = 99.99};
    struct assay_compress_report *report = NULL;
    assay_options_begin(&options, argc, argv);
    while (assay_options_next(&options))
        if (!read_word(&options, &a) && !options.error)
            return assay_options_unknown(&options);
    if (a.help) {
        fputs(help, stdout);
        return ASSAY_EXIT_OK;
    }
    if (options.error || !read_arguments(&options, &a, &compress))
        return ASSAY_EXIT_USAGE;
    char *text = describe(argc, argv, &a);
    compress.text = text;
    enum assay_status status =
        assay_compress(a.model, a.out, &compress, &report);
    free(text);
    if (status) {
        /* What is unsupported is a property of the file, too. */
        const int code = assay_complain(&options,
                                        status == ASSAY_INVALID ||
                                                status == ASSAY_UNSUPPORTED
                                            ? ASSAY_EXIT_USAGE
                                            : ASSAY_EXIT_ENVIRONMENT,
                                        "%s", assay_message());
        if (report)
            print_left(report);
        assay_compress_report_free(&report);
        return code;
    }
    bool printed = true;
    if (strcmp(a.format, "json") == 0)
        printed = print_json(report);
    else
        print_table(report);
    warn_larger(&options, &compress, report);
    warn_empty(&options, &compress, report);
    assay_compress_report_free(&report);
    return printed ? ASSAY_EXIT_OK
                   : assay_complain(&options, ASSAY_EXIT_ENVIRONMENT,
                                    "out of memory");
}
