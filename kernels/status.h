/* SPDX-License-Identifier: Apache-2.0
 *
 * Statuses and the message that goes with them. Every function that can fail
 * returns an assay_status; the place that finds the fault describes it once
 * with assay_fail, and everything above passes the status on.
 */
#ifndef ASSAY_KERNELS_STATUS_H
#define ASSAY_KERNELS_STATUS_H

enum assay_status {
    ASSAY_OK = 0,
    ASSAY_UNSUPPORTED, /* valid, but not offered here: a case is skipped */
    ASSAY_INVALID,     /* the caller's or the input file's fault */
    ASSAY_NOMEM,       /* host or device memory is exhausted */
    ASSAY_DEVICE,      /* the driver failed, or the device was lost */
    ASSAY_IO,          /* a file or pipe could not be read or written */
};

/* "ok", "unsupported", "invalid", "out of memory", "device", "io". */
const char *assay_status_name(enum assay_status status);

/* Remember a one-line message for this thread (what was wrong, where, and what
 * to do about it) and return `status`. Longer messages are cut at 1023 bytes;
 * line breaks become spaces. Thread-safe. */
enum assay_status assay_fail(enum assay_status status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The message of this thread's last assay_fail; "" before the first one. Valid
 * until the thread's next assay_fail. */
const char *assay_message(void);

#endif
