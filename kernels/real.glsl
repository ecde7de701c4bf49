/* SPDX-License-Identifier: Apache-2.0
 *
 * For Vulkan rows whose code is the same for f32 and f16: the including file
 * defines HALF for f16. REAL and REAL4 are the element types in memory, to be
 * converted where they are loaded and stored: float(x[i]), y4[i] = REAL4(v).
 * f16 rows need ASSAY_HAS_STORAGE16, no arithmetic on halves. Before anything
 * but preprocessor lines.
 */
#ifdef HALF
#extension GL_EXT_shader_16bit_storage : require
#define REAL float16_t
#define REAL4 f16vec4
#else
#define REAL float
#define REAL4 vec4
#endif
