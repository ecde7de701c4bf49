/* SPDX-License-Identifier: Apache-2.0 */
#include "options.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernels/status.h"

void assay_options_begin(struct assay_options *options, int argc, char **argv)
{
    *options = (struct assay_options){.argc = argc, .argv = argv};
}

bool assay_options_next(struct assay_options *options)
{
    if (options->error || ++options->at >= options->argc)
        return false;
    options->current = options->argv[options->at];
    if (!options->positional_only && strcmp(options->current, "--") == 0) {
        options->positional_only = true;
        return assay_options_next(options);
    }
    return true;
}

static bool is_flag(const struct assay_options *options)
{
    return !options->positional_only && options->current[0] == '-' &&
           options->current[1] != '\0';
}

bool assay_positional(const struct assay_options *options, const char **text)
{
    if (is_flag(options))
        return false;
    *text = options->current;
    return true;
}

/* What follows the name if the current word is that flag: "" or "=value". */
static const char *after_name(const struct assay_options *options,
                              const char *name)
{
    if (!is_flag(options))
        return NULL;
    const char *word = options->current + 1;
    const size_t length = strlen(name);
    if (length > 1) {
        if (*word != '-')
            return NULL;
        word++;
    }
    if (strncmp(word, name, length) != 0 ||
        (word[length] != '\0' && word[length] != '='))
        return NULL;
    return word + length;
}

bool assay_option(struct assay_options *options, const char *name,
                  const char **value)
{
    const char *rest = after_name(options, name);
    if (!rest)
        return false;
    if (*rest == '=') {
        *value = rest + 1;
    } else if (options->at + 1 < options->argc) {
        *value = options->argv[++options->at];
    } else {
        fprintf(stderr, "assay %s: %s needs a value\n", options->argv[0],
                options->current);
        options->error = true;
        *value = "";
    }
    return true;
}

bool assay_flag(struct assay_options *options, const char *name)
{
    const char *rest = after_name(options, name);
    if (!rest)
        return false;
    if (*rest == '=') {
        fprintf(stderr, "assay %s: --%s takes no value\n", options->argv[0],
                name);
        options->error = true;
    }
    return true;
}

int assay_options_unknown(const struct assay_options *options)
{
    fprintf(stderr,
            "assay %s: unknown flag or argument '%s'; see 'assay %s --help'\n",
            options->argv[0], options->current, options->argv[0]);
    return ASSAY_EXIT_USAGE;
}

int assay_complain(const struct assay_options *options, int code,
                   const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "assay %s: ", options->argv[0]);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    return code;
}

int assay_complain_status(const struct assay_options *options, int status)
{
    return assay_complain(options,
                          status == ASSAY_INVALID ? ASSAY_EXIT_USAGE
                                                  : ASSAY_EXIT_ENVIRONMENT,
                          "%s", assay_message());
}

bool assay_read_int(const struct assay_options *options, const char *flag,
                    const char *text, int64_t low, int64_t high, int64_t *value)
{
    char *end;
    errno = 0;
    long long parsed = strtoll(text, &end, 10);
    if (end == text || *end || errno || parsed < low || parsed > high) {
        assay_complain(options, 0,
                       "--%s: '%s' is not a whole number from %" PRId64
                       " to %" PRId64,
                       flag, text, low, high);
        return false;
    }
    *value = parsed;
    return true;
}

bool assay_read_real(const struct assay_options *options, const char *flag,
                     const char *text, double low, double high, double *value)
{
    char *end;
    errno = 0;
    double parsed = strtod(text, &end);
    if (end == text || *end || errno || !(parsed >= low && parsed <= high)) {
        assay_complain(options, 0, "--%s: '%s' is not a number from %g to %g",
                       flag, text, low, high);
        return false;
    }
    *value = parsed;
    return true;
}

bool assay_read_list(const struct assay_options *options, const char *flag,
                     const char *text, int64_t most, int64_t *list, size_t room,
                     size_t *n)
{
    char word[24];
    *n = 0;
    while (text) {
        const size_t length = strcspn(text, ",");
        if (*n == room || length >= sizeof word) {
            assay_complain(options, 0, "--%s: '%s' is no list of numbers", flag,
                           text);
            return false;
        }
        memcpy(word, text, length);
        word[length] = '\0';
        if (!assay_read_int(options, flag, word, 1, most, &list[(*n)++]))
            return false;
        text = text[length] ? text + length + 1 : NULL;
    }
    return true;
}

const char *assay_store_default(void)
{
    const char *path = getenv("ASSAY_STORE");
    return path && *path ? path : "assay.db";
}

bool assay_colour(int descriptor)
{
    const char *term = getenv("TERM");
    return isatty(descriptor) && !getenv("NO_COLOR") && term &&
           strcmp(term, "dumb") != 0;
}
