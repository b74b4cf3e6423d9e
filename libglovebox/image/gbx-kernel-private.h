/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-kernel.h"

G_BEGIN_DECLS

/* Where to search; the tests search below their own folder. */
typedef struct
{
  const char *root;    /* put before every path: "" for this machine */
  const char *running; /* the running kernel's release */
  const char *chosen;  /* (nullable): a kernel file to use instead of the search */
  const char *os_id;   /* (nullable): ID of os-release, for advice */
  const char *os_like; /* (nullable): ID_LIKE */
} GbxKernelSearch;

GbxKernel *gbx_kernel_search (const GbxKernelSearch *search, gboolean desktop, GError **error);

GbxKernel *gbx_kernel_new (const char *release, const char *path, const char *module_directory);

/* Like strcmp (); 6.10 is after 6.9, and 6.1-rc3 before 6.1. */
int gbx_kernel_compare_releases (const char *a, const char *b);

G_END_DECLS
