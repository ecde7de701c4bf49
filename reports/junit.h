/* SPDX-License-Identifier: Apache-2.0
 *
 * A comparison as JUnit XML, which CI systems show as test results: one
 * testcase a case with its time in seconds (the new run's median); a slower,
 * less accurate, stopped or missing case is a failure, a broken one an error;
 * one that is inconclusive is skipped with its reason, as is one that was not
 * judged. Text is escaped; what XML 1.0 cannot hold becomes U+FFFD.
 */
#ifndef ASSAY_REPORTS_JUNIT_H
#define ASSAY_REPORTS_JUNIT_H

#include <stdio.h>

#include "harness/compare.h"

/* IO if the stream takes no more. */
enum assay_status assay_junit_write(const struct assay_comparison *comparison,
                                    FILE *out);

#endif
