/* SPDX-License-Identifier: Apache-2.0 */
#include "line.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool assay_line_write(int descriptor, const json_t *json)
{
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    if (!text)
        return false;
    size_t n = strlen(text), done = 0;
    text[n++] = '\n'; /* in place of the terminator: written, not read */
    while (done < n) {
        const ssize_t wrote = write(descriptor, text + done, n - done);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            break;
        done += (size_t)wrote;
    }
    free(text);
    return done == n;
}
