/* SPDX-License-Identifier: Apache-2.0
 *
 * The command line. Every subcommand is one function in a file of its own,
 * command_<name>.c, listed in main.c; it parses its flags with this table-free
 * reader, in which a flag is asked for by name:
 *
 *     while (assay_options_next(&o))
 *         if (assay_option(&o, "filter", &text)) …
 *         else if (assay_flag(&o, "quiet")) …
 *         else if (!assay_common(&o, &common)) return
 * assay_options_unknown(&o);
 *
 * Both "--name value" and "--name=value" are read; what does not begin with a
 * dash is positional; "--" ends the flags.
 */
#ifndef ASSAY_HARNESS_OPTIONS_H
#define ASSAY_HARNESS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Exit codes of every subcommand. */
enum {
    ASSAY_EXIT_OK = 0,
    ASSAY_EXIT_REGRESSION = 1, /* or a wrong result */
    ASSAY_EXIT_USAGE = 2,      /* or a bad input file */
    ASSAY_EXIT_ENVIRONMENT = 3,
    ASSAY_EXIT_INCONCLUSIVE = 4,
};

/* Of one flag's list; and the largest batch size. */
enum { ASSAY_MOST_ARGUMENTS = 64, ASSAY_MOST_BATCH = 65536 };

struct assay_options {
    int argc;
    char **argv; /* argv[0] is the subcommand */
    int at;
    bool positional_only;
    const char *current; /* this word: a flag, or a positional one */
    bool error;          /* a flag lacked its value; already reported */
};

void assay_options_begin(struct assay_options *options, int argc, char **argv);

/* Go to the next word; false at the end, or after an error. */
bool assay_options_next(struct assay_options *options);

/* Whether the current word is positional. */
bool assay_positional(const struct assay_options *options, const char **text);

/* Whether it is --name (a dash and a letter: `name` of length 1); the value,
 * the next word or what follows "=", goes to *value. */
bool assay_option(struct assay_options *options, const char *name,
                  const char **value);
bool assay_flag(struct assay_options *options, const char *name);

/* Report on stderr "assay CMD: unknown flag …" and return ASSAY_EXIT_USAGE. */
int assay_options_unknown(const struct assay_options *options);

/* Report "assay CMD: <message>" and return `code`. */
int assay_complain(const struct assay_options *options, int code,
                   const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Report assay_message() and return the exit code that belongs to the status:
 * INVALID 2; the others 3. `status` is an enum assay_status. */
int assay_complain_status(const struct assay_options *options, int status);

/* Whole-text numbers: false, after a report, if `text` is none or out of
 * range. */
bool assay_read_int(const struct assay_options *options, const char *flag,
                    const char *text, int64_t low, int64_t high,
                    int64_t *value);
bool assay_read_real(const struct assay_options *options, const char *flag,
                     const char *text, double low, double high, double *value);

/* "1,2,4": numbers from 1 to `most`, at most `room` of them. */
bool assay_read_list(const struct assay_options *options, const char *flag,
                     const char *text, int64_t most, int64_t *list, size_t room,
                     size_t *n);

/* --store FILE, else $ASSAY_STORE, else "assay.db". */
const char *assay_store_default(void);

/* Whether `text` is shown on a terminal that takes colour. */
bool assay_colour(int descriptor);

#endif
