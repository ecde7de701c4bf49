/* SPDX-License-Identifier: Apache-2.0 */
#include "run_argument.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A whole text of digits as an id above 0; false if it is none. */
static bool read_id(const char *text, int64_t *id)
{
    char *end;
    errno = 0;
    if (*text < '0' || *text > '9')
        return false;
    const long long value = strtoll(text, &end, 10);
    if (*end || errno || value < 1)
        return false;
    *id = value;
    return true;
}

enum assay_status assay_run_argument_load(const char *text, const char *store,
                                          struct assay_run_data **data,
                                          char **path)
{
    int64_t id = 0;
    char *file = NULL;
    const char *colon = strrchr(text, ':');
    if (*text == '\0' || read_id(text, &id))
        file = strdup(store);
    else if (colon && colon != text && read_id(colon + 1, &id))
        file = strndup(text, (size_t)(colon - text));
    else
        file = strdup(text);
    if (!file)
        return assay_fail(ASSAY_NOMEM, "no memory");
    struct assay_store *opened = NULL;
    enum assay_status status = assay_store_open(file, false, &opened);
    if (status == ASSAY_OK)
        status = assay_store_load(opened, id, true, data);
    assay_store_close(&opened);
    if (status == ASSAY_OK && path)
        *path = file;
    else
        free(file);
    return status;
}
