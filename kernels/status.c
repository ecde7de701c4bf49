/* SPDX-License-Identifier: Apache-2.0 */
#include "status.h"

#include <stdarg.h>
#include <stdio.h>

static _Thread_local char message[1024];

const char *assay_status_name(enum assay_status status)
{
    static const char *const names[] = {
        "ok", "unsupported", "invalid", "out of memory", "device", "io",
    };
    return names[status];
}

enum assay_status assay_fail(enum assay_status status, const char *format, ...)
{
    /* A message may quote the one before it, so it is built beside it. */
    char text[sizeof message];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    size_t i = 0;
    for (; text[i]; i++)
        message[i] = text[i] == '\n' || text[i] == '\r' ? ' ' : text[i];
    message[i] = '\0';
    return status;
}

const char *assay_message(void)
{
    return message;
}
