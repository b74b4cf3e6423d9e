/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Loads the filters of a container's system calls; gbx-make-filter.c decides what is in them. */

#include "gbx-container.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>

#include "gbx-container-filter.h"

static bool
load (const struct sock_filter *code, size_t length)
{
  const struct sock_fprog program = { (unsigned short) length, (struct sock_filter *) code };

  return prctl (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}

/* Other than in a machine, there is nothing behind them: without them, nothing starts. */
bool
gbx_container_confine_calls (void)
{
  return load (narrow_instructions, GBX_N_ELEMENTS (narrow_instructions)) &&
         load (instructions, GBX_N_ELEMENTS (instructions));
}
