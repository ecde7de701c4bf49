/* SPDX-License-Identifier: Apache-2.0
 *
 * The evaluator's own Philox4x32-10, written from the paper (Salmon and others,
 * SC 2011), for the masks of Dropout.
 */
#include "tests/onnx_build.h"

bool build_keeps(int64_t number, double rate, int64_t element)
{
    const uint64_t seed = (uint64_t)number;
    uint64_t x[4] = {(uint64_t)element / 8 & UINT32_MAX,
                     (uint64_t)element / 8 >> 32, 0, 0};
    for (uint64_t round = 0; round < 10; round++) {
        const uint64_t key[2] = {
            ((seed & UINT32_MAX) + round * UINT64_C(0x9e3779b9)) & UINT32_MAX,
            ((seed >> 32) + round * UINT64_C(0xbb67ae85)) & UINT32_MAX};
        const uint64_t p = UINT64_C(0xd2511f53) * x[0];
        const uint64_t q = UINT64_C(0xcd9e8d57) * x[2];
        x[0] = (q >> 32) ^ x[1] ^ key[0];
        x[1] = q & UINT32_MAX;
        x[2] = (p >> 32) ^ x[3] ^ key[1];
        x[3] = p & UINT32_MAX;
    }
    const uint64_t field = x[element % 8 / 2] >> (element % 2 ? 16 : 0);
    return (double)(field & UINT16_MAX) >= rate * 65536;
}
