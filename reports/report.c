/* SPDX-License-Identifier: Apache-2.0 */
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const struct assay_report_format assay_report_formats[] = {
    {"html", ".html", assay_report_html, false},
    {"markdown", ".md", assay_report_markdown, false},
    {"csv", ".csv", assay_report_csv, false},
    {"json", ".json", assay_report_json, false},
    {"gbench", ".gbench.json", assay_report_gbench, true},
    {"svg", ".svg", assay_report_svg, false},
    {"summary", ".txt", assay_report_summary, false},
};
const size_t assay_report_format_count =
    sizeof assay_report_formats / sizeof *assay_report_formats;

static enum assay_status unknown(const char *what, const char *name)
{
    char list[200] = "";
    for (size_t i = 0; i < assay_report_format_count; i++) {
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", used ? ", " : "",
                 assay_report_formats[i].name);
    }
    return assay_fail(ASSAY_INVALID, "%s \"%s\"; the formats are %s", what,
                      name, list);
}

enum assay_status
assay_report_format_find(const char *name,
                         const struct assay_report_format **format)
{
    for (size_t i = 0; i < assay_report_format_count; i++)
        if (!strcmp(assay_report_formats[i].name, name)) {
            *format = &assay_report_formats[i];
            return ASSAY_OK;
        }
    return unknown("no report format", name);
}

/* The longest suffix wins: x.gbench.json is gbench, not json. */
enum assay_status
assay_report_format_guess(const char *path,
                          const struct assay_report_format **format)
{
    size_t best = 0, length = strlen(path);
    for (size_t i = 0; i < assay_report_format_count; i++) {
        const char *suffix = assay_report_formats[i].suffix;
        size_t n = strlen(suffix);
        if (n > best && n < length && !strcmp(path + length - n, suffix)) {
            best = n;
            *format = &assay_report_formats[i];
        }
    }
    return best ? ASSAY_OK
                : unknown("--format is needed for the suffix of", path);
}

static enum assay_status cannot(const char *path, int error)
{
    return assay_fail(ASSAY_IO, "%s: cannot be written (%s)", path,
                      strerror(error));
}

static void sync_folder(const char *path)
{
    char *copy = strdup(path);
    if (!copy)
        return;
    int folder = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0) {
        fsync(folder);
        close(folder);
    }
    free(copy);
}

static mode_t usual_mode(void)
{
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

static enum assay_status
write_stream(const struct assay_report_format *format,
             const struct assay_run_data *const *runs, size_t n,
             const struct assay_report_options *options, FILE *out,
             const char *path)
{
    errno = 0;
    enum assay_status status = format->write(runs, n, options, out);
    if (status != ASSAY_OK)
        return status;
    if (fflush(out) || ferror(out))
        return cannot(path, errno ? errno : EIO);
    return ASSAY_OK;
}

static enum assay_status
write_beside(const struct assay_report_format *format,
             const struct assay_run_data *const *runs, size_t n,
             const struct assay_report_options *options, const char *path,
             char *temporary)
{
    int descriptor = mkostemp(temporary, O_CLOEXEC);
    if (descriptor < 0)
        return cannot(path, errno);
    FILE *out = fdopen(descriptor, "w");
    if (!out) {
        close(descriptor);
        unlink(temporary);
        return assay_fail(ASSAY_NOMEM, "%s: out of memory", path);
    }
    enum assay_status status =
        write_stream(format, runs, n, options, out, path);
    if (status == ASSAY_OK &&
        (fchmod(descriptor, usual_mode()) || fsync(descriptor)))
        status = cannot(path, errno);
    if (fclose(out) && status == ASSAY_OK)
        status = cannot(path, errno);
    if (status == ASSAY_OK && rename(temporary, path))
        status = cannot(path, errno);
    if (status != ASSAY_OK)
        unlink(temporary);
    else
        sync_folder(path);
    return status;
}

enum assay_status assay_report_write(const struct assay_report_format *format,
                                     const struct assay_run_data *const *runs,
                                     size_t n,
                                     const struct assay_report_options *options,
                                     const char *path)
{
    if (!path || !strcmp(path, "-"))
        return write_stream(format, runs, n, options, stdout,
                            "standard output");
    /* A device or a pipe (/dev/stdout, /dev/null) is not to be replaced. */
    struct stat info;
    if (!stat(path, &info) && !S_ISREG(info.st_mode)) {
        FILE *out = fopen(path, "w");
        if (!out)
            return cannot(path, errno);
        enum assay_status status =
            write_stream(format, runs, n, options, out, path);
        if (fclose(out) && status == ASSAY_OK)
            status = cannot(path, errno);
        return status;
    }
    /* Of a link, what it leads to is replaced. */
    char *real = realpath(path, NULL), *temporary;
    if (asprintf(&temporary, "%s.XXXXXX", real ? real : path) < 0) {
        free(real);
        return assay_fail(ASSAY_NOMEM, "%s: out of memory", path);
    }
    enum assay_status status =
        write_beside(format, runs, n, options, real ? real : path, temporary);
    free(temporary);
    free(real);
    return status;
}
