/* SPDX-License-Identifier: Apache-2.0
 *
 * Debian ships volk as source: this is the one place that compiles it.
 */
#define VOLK_IMPLEMENTATION
#include <volk.h>
