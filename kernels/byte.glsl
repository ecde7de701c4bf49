/* SPDX-License-Identifier: Apache-2.0
 *
 * s8 in words for Vulkan rows, four elements to a uint, the lowest one first:
 * no 8-bit storage is needed where an invocation reads and writes whole words.
 */

/* Element 0 to 3 of a word. */
int byte_of(uint word, uint element)
{
    return bitfieldExtract(int(word), int(element) * 8, 8);
}

ivec4 bytes_unpack(uint word)
{
    return (ivec4(int(word)) << ivec4(24, 16, 8, 0)) >> 24;
}

/* The low byte of each. */
uint bytes_pack(ivec4 v)
{
    const uvec4 u = uvec4(v) & 0xffu;
    return u.x | u.y << 8 | u.z << 16 | u.w << 24;
}
