/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_HARNESS_VERSION_H
#define ASSAY_HARNESS_VERSION_H

#ifndef ASSAY_VERSION /* meson.build has the number */
#error "compile with -DASSAY_VERSION"
#endif

#endif
