/* SPDX-License-Identifier: Apache-2.0
 *
 * Where the suites and the zoo lie: $ASSAY_DATA if set; else beside the
 * program: ../suites or ../../suites as seen from a build folder, or
 * ../share/assay/suites of an installation; else where the program's source
 * was when it was built. A folder found without $ASSAY_DATA holds
 * quickstart.yaml.
 */
#ifndef ASSAY_SUITES_ASSETS_H
#define ASSAY_SUITES_ASSETS_H

#include <stddef.h>

#include "kernels/status.h"

/* The folder of suites, found once; "" and a message if there is none. */
const char *assay_suites_folder(void);

/* The path of `relative` within it, as a new string; NULL: no memory. */
char *assay_suites_path(const char *relative);

/* The *.yaml names without suffix, sorted; NULL-terminated, freed with
 * assay_names_free. NULL: no memory. */
char **assay_suites_names(void);
void assay_names_free(char **names);

#endif
