/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* false(1) without any library: the first process of the floor of containers. */
int
main (void)
{
  return 1;
}
