/* SPDX-License-Identifier: Apache-2.0 */
#include "suites/assets.h"

#include <dirent.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "suites/text.h"

#define SUFFIX ".yaml"

static char folder[4096];
static bool by_environment;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static bool is_folder(const char *path)
{
    struct stat facts;
    return stat(path, &facts) == 0 && S_ISDIR(facts.st_mode);
}

/* A build folder has a `suites` of its own, so a folder of that name counts
 * only with the suite that there always is. */
static bool take(const char *start, const char *relative)
{
    const int length = snprintf(folder, sizeof folder, "%s%s", start, relative);
    if (length > 0 && (size_t)length + 32 < sizeof folder) {
        char probe[sizeof folder + 32];
        snprintf(probe, sizeof probe, "%s/quickstart" SUFFIX, folder);
        if (access(probe, R_OK) == 0)
            return true;
    }
    folder[0] = '\0';
    return false;
}

static void find_folder(void)
{
    const char *given = getenv("ASSAY_DATA");
    if (given && given[0]) {
        by_environment = true;
        if (strlen(given) < sizeof folder && is_folder(given))
            strcpy(folder, given);
        return;
    }
    char program[2048];
    const ssize_t length =
        readlink("/proc/self/exe", program, sizeof program - 1);
    if (length > 0) {
        program[length] = '\0';
        char *slash = strrchr(program, '/');
        if (slash)
            *slash = '\0';
        if (take(program, "/../suites") || take(program, "/../../suites") ||
            take(program, "/../share/assay/suites"))
            return;
    }
    take(ASSAY_SUITES_SOURCE, "");
}

const char *assay_suites_folder(void)
{
    pthread_once(&once, find_folder);
    if (!folder[0]) {
        if (by_environment)
            assay_fail(ASSAY_INVALID,
                       "ASSAY_DATA=%.500s: no such folder; set it to the "
                       "folder of the suites, or unset it",
                       getenv("ASSAY_DATA"));
        else
            assay_fail(ASSAY_INVALID,
                       "no folder of suites beside the program; set "
                       "ASSAY_DATA to it");
    }
    return folder;
}

char *assay_suites_path(const char *relative)
{
    return assay_text_join(assay_suites_folder(), relative);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void assay_names_free(char **names)
{
    for (size_t i = 0; names && names[i]; i++)
        free(names[i]);
    free(names);
}

/* The name in front of the suffix, as a new string; NULL if there is none. */
static char *stem(const char *file)
{
    const size_t length = strlen(file), suffix = strlen(SUFFIX);
    if (file[0] == '.' || length <= suffix ||
        strcmp(file + length - suffix, SUFFIX) != 0)
        return NULL;
    return strndup(file, length - suffix);
}

char **assay_suites_names(void)
{
    size_t n = 0;
    char **names = calloc(1, sizeof *names);
    const char *where = assay_suites_folder();
    DIR *entries = where[0] ? opendir(where) : NULL;
    struct dirent *entry;
    while (names && entries && (entry = readdir(entries))) {
        char *name = stem(entry->d_name);
        if (!name)
            continue;
        char **more = realloc(names, (n + 2) * sizeof *names);
        if (!more) {
            free(name);
            break;
        }
        names = more;
        names[n++] = name;
        names[n] = NULL;
    }
    if (entries)
        closedir(entries);
    if (names)
        qsort(names, n, sizeof *names, compare_names);
    return names;
}
