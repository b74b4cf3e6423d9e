/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Private to the library: what is inside a kernel file.  Every function is total: it never
 * crashes, also on a malformed file. */

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  GBX_KERNEL_IMAGE_OTHER,   /* passed to the hypervisor unchanged */
  GBX_KERNEL_IMAGE_ELF,     /* an uncompressed vmlinux */
  GBX_KERNEL_IMAGE_BZIMAGE, /* x86: a setup part and a compressed vmlinux */
} GbxKernelImageType;

typedef struct
{
  GbxKernelImageType type;
  char release[128];    /* "6.1.0-56-amd64", or empty if the file does not contain it */
  gsize payload_offset; /* of the compressed vmlinux; 0 if there is none */
  gsize payload_length; /* without the size at its end */
  guint64 unpacked_size;
} GbxKernelImage;

/* The first bytes, which contain the type and the release. */
#define GBX_KERNEL_IMAGE_HEAD 65536

/* Parses the bytes; a truncated file has no payload. */
void gbx_kernel_image_parse (GbxKernelImage *self, const guint8 *data, gsize size);

/* Whether an ELF file has the note by which QEMU enters it (PVH). */
gboolean gbx_kernel_image_has_pvh_entry (int fd);

G_END_DECLS
