/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Loads the filter of a container's system calls; gbx-make-filter.c decides what is in it. */

#include "gbx-container.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>

#include "gbx-container-filter.h"

/* Other than in a machine, there is nothing behind it: without it, nothing starts. */
bool
gbx_container_confine_calls (void)
{
  const struct sock_fprog program = { GBX_N_ELEMENTS (instructions),
                                      (struct sock_filter *) instructions };

  return prctl (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}
