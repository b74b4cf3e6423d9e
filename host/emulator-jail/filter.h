/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Making filters of system calls.  Numbers and modes are compared in their lower half, since
 * the kernel does not look at the upper. */

#include "jail.h"

#include <sched.h>
#include <seccomp.h>

#define N_ELEMENTS(array) (sizeof (array) / sizeof *(array))
#define LOWER_HALF UINT64_C (0xffffffff)
#define ANY_NAMESPACE                                                                              \
  (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID |    \
   CLONE_NEWNET)

#define IS(argument, value) SCMP_CMP ((argument), SCMP_CMP_MASKED_EQ, LOWER_HALF, (value))
#define HAS(argument, bit) SCMP_CMP ((argument), SCMP_CMP_MASKED_EQ, (bit), (bit))

#define ADD(filter, action, call, ...)                                                             \
  filter_add ((filter), (action), (call),                                                          \
              sizeof ((struct scmp_arg_cmp[]) { __VA_ARGS__ }) / sizeof (struct scmp_arg_cmp),     \
              (struct scmp_arg_cmp[]) { __VA_ARGS__ })

/* Fails with a message if the result is an error. */
void filter_need (int result, const char *what);
scmp_filter_ctx filter_begin (uint32_t otherwise);
void filter_add (scmp_filter_ctx filter, uint32_t action, const char *call, unsigned n,
                 const struct scmp_arg_cmp *arguments);
/* A filter that refuses what no program may do that serves files to a guest; only the calls
 * in "needed", whose list ends with NULL, are no reason to end it. */
scmp_filter_ctx filter_begin_refusals (const char *const *needed);
