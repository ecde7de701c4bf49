/* SPDX-License-Identifier: Apache-2.0
 *
 * What the OpenCL rows of binary share: the words of their launch, and where
 * the operands of an element of y lie (binary_plan.h).
 */
struct binary_plan {
    uint size1, size2, size3; /* of the inner three dimensions */
    uint a[4], b[4];
};

struct binary_place {
    uint a, b;
    uint rest; /* elements up to the end of the innermost dimension */
};

static inline struct binary_place binary_place(const struct binary_plan p,
                                               uint i)
{
    struct binary_place at;
    const uint row = i / p.size3, i3 = i - row * p.size3;
    const uint plane = row / p.size2, i2 = row - plane * p.size2;
    const uint i0 = plane / p.size1, i1 = plane - i0 * p.size1;
    at.a = i0 * p.a[0] + i1 * p.a[1] + i2 * p.a[2] + i3 * p.a[3];
    at.b = i0 * p.b[0] + i1 * p.b[1] + i2 * p.b[2] + i3 * p.b[3];
    at.rest = p.size3 - i3;
    return at;
}
