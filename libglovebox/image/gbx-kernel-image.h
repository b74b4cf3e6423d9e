/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Private to the library: what is inside a kernel file.  Every function is
 * total: a file that is not what it claims gives an answer, never a crash. */

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  GBX_KERNEL_IMAGE_OTHER,   /* left to the hypervisor as it is */
  GBX_KERNEL_IMAGE_ELF,     /* an uncompressed vmlinux */
  GBX_KERNEL_IMAGE_BZIMAGE, /* x86: a setup part and a compressed vmlinux */
} GbxKernelImageType;

typedef struct
{
  GbxKernelImageType type;
  char release[128];    /* "6.1.0-56-amd64", or empty where the file does not say */
  gsize payload_offset; /* of the compressed vmlinux; 0 where there is none */
  gsize payload_length; /* without the size at its end */
  guint64 unpacked_size;
} GbxKernelImage;

/* The first bytes that decide the type and hold the release. */
#define GBX_KERNEL_IMAGE_HEAD 65536

/* Reads what the bytes say; a file cut short yields no payload. */
void gbx_kernel_image_parse (GbxKernelImage *self, const guint8 *data, gsize size);

/* Whether an ELF file has the note by which QEMU enters it (PVH). */
gboolean gbx_kernel_image_has_pvh_entry (int fd);

G_END_DECLS
