/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* The filter's data for one of the kernel's sets of system calls. */
typedef struct
{
  uint32_t architecture; /* AUDIT_ARCH_… */
  const unsigned short *refused;
  size_t n_refused;
  const unsigned short *set_groups;
  size_t n_set_groups;
} GbxSystemCalls;

#ifdef __x86_64__
/* For 32-bit programs, and for "int 0x80". */
extern const GbxSystemCalls gbx_system_calls_32;
#endif
