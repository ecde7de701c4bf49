/* SPDX-License-Identifier: Apache-2.0
 *
 * The Vulkan backend: what its users see beside the table of backend.h.
 *
 * The loader (libvulkan.so.1) is opened at run time through volk, so that a
 * program built with Vulkan runs where there is none and says so. Devices need
 * Vulkan 1.1 and a queue for compute. Compiled pipelines are kept in
 * $XDG_CACHE_HOME/assay (or ~/.cache/assay), one file a driver; a file that
 * cannot be read or written is passed over.
 *
 * Environment: ASSAY_VULKAN_STAGED=1 treats the memory of every device as
 * invisible to the host, so that the path of discrete GPUs (staging copies) is
 * taken, and can be tested, anywhere.
 */
#ifndef ASSAY_BACKENDS_VULKAN_VULKAN_H
#define ASSAY_BACKENDS_VULKAN_VULKAN_H

#include "backends/backend.h"

extern const struct assay_backend assay_backend_vulkan;

/* Warnings and errors that the validation layer has told of in this process;
 * each was printed on stderr. Thread-safe. */
uint64_t assay_vulkan_findings(void);

#endif
