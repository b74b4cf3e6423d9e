/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Private to the library: the command that installs a missing package on the host's
 * distribution. */

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  GBX_PACKAGE_KERNEL,
  GBX_PACKAGE_LIBVIRT,
  GBX_PACKAGE_QEMU,
  GBX_PACKAGE_XORG,
  GBX_PACKAGE_PASST,
  GBX_PACKAGE_E2FSPROGS,
  GBX_PACKAGE_QEMU_IMG,
  /* What opens files. */
  GBX_PACKAGE_DOCUMENT_VIEWER,
  GBX_PACKAGE_IMAGE_VIEWER,
  GBX_PACKAGE_MEDIA_PLAYER,
  GBX_PACKAGE_FILE_MANAGER,
  GBX_PACKAGE_OFFICE,
  GBX_PACKAGE_ARCHIVER,
  GBX_PACKAGE_BROWSER,
  GBX_PACKAGE_EDITOR,
} GbxPackage;

/* "sudo apt install passt", for the system with that ID and ID_LIKE (both
 * nullable) of os-release. */
char *gbx_packages_command_for (GbxPackage package, const char *os_id, const char *os_like);
/* For this system. */
char *gbx_packages_command (GbxPackage package);

G_END_DECLS
