/* SPDX-License-Identifier: Apache-2.0
 *
 * For OpenCL rows whose work-groups are numbered along one line that
 * assay_launch_groups (launch.h) may fold into two dimensions.
 */

/* Number of the work-group; may lie beyond the last one that was asked for,
 * since the fold rounds up. */
static inline uint group_number(void)
{
    return (uint)(get_group_id(1) * get_num_groups(0) + get_group_id(0));
}
