/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-kernel"
#include "config.h"

#include "gbx-kernel-image.h"

#include <elf.h>
#include <string.h>
#include <unistd.h>

/* Offsets in the x86 setup header: Documentation/arch/x86/boot.rst of Linux. */
#define SETUP_SECTS 0x1f1
#define BOOT_FLAG 0x1fe
#define BOOT_FLAG_VALUE 0xaa55
#define HEADER_MAGIC 0x202
#define PROTOCOL_VERSION 0x206
#define PROTOCOL_WITH_PAYLOAD 0x0208
#define KERNEL_VERSION 0x20e
#define LOADFLAGS 0x211
#define LOADED_HIGH 0x01
#define PAYLOAD_OFFSET 0x248
#define PAYLOAD_LENGTH 0x24c
#define HEADER_END 0x250
#define SECTOR 512

/* A vmlinux is some 60 MB; nothing sane comes near this. */
#define UNPACKED_MAX (G_GUINT64_CONSTANT (1) << 30)
#define NOTES_MAX (1u << 20)

/* From Xen's public elfnote.h. */
#define XEN_NOTE_NAME "Xen"
#define XEN_NOTE_PHYS32_ENTRY 18

static guint16
get_u16 (const guint8 *at)
{
  guint16 value;

  memcpy (&value, at, sizeof value);
  return GUINT16_FROM_LE (value);
}

static guint32
get_u32 (const guint8 *at)
{
  guint32 value;

  memcpy (&value, at, sizeof value);
  return GUINT32_FROM_LE (value);
}

/* "6.1.0-56-amd64 (builder@host) #1 SMP …": the first word is the release. */
static void
parse_release (GbxKernelImage *self, const guint8 *data, gsize size)
{
  gsize start = get_u16 (data + KERNEL_VERSION);
  gsize length = 0;

  if (start == 0)
    return;
  start += SECTOR;
  while (start + length < size && g_ascii_isgraph (data[start + length]))
    if (++length >= sizeof self->release)
      return;
  /* It is used as a part of a path. */
  if (start + length >= size || memchr (data + start, '/', length) != NULL)
    return;

  memcpy (self->release, data + start, length);
  self->release[length] = '\0';
}

static void
parse_payload (GbxKernelImage *self, const guint8 *data, gsize size)
{
  gsize sectors = data[SETUP_SECTS] != 0 ? data[SETUP_SECTS] : 4;
  guint64 offset, length;

  if (get_u16 (data + PROTOCOL_VERSION) < PROTOCOL_WITH_PAYLOAD)
    return;
  offset = (sectors + 1) * SECTOR + (guint64)get_u32 (data + PAYLOAD_OFFSET);
  length = get_u32 (data + PAYLOAD_LENGTH);
  if (length <= 4 || offset > size || length > size - offset)
    return;

  /* The build appends the uncompressed size.  For gzip it is part of the format; for the
   * others it would be read as more compressed data. */
  self->unpacked_size = get_u32 (data + offset + length - 4);
  if (data[offset] != 0x1f || data[offset + 1] != 0x8b)
    length -= 4;
  if (self->unpacked_size == 0 || self->unpacked_size > UNPACKED_MAX)
    return;
  self->payload_offset = offset;
  self->payload_length = length;
}

void
gbx_kernel_image_parse (GbxKernelImage *self, const guint8 *data, gsize size)
{
  memset (self, 0, sizeof *self);

  if (size >= SELFMAG && memcmp (data, ELFMAG, SELFMAG) == 0)
    {
      self->type = GBX_KERNEL_IMAGE_ELF;
      return;
    }
  if (size < HEADER_END || get_u16 (data + BOOT_FLAG) != BOOT_FLAG_VALUE
      || memcmp (data + HEADER_MAGIC, "HdrS", 4) != 0 || !(data[LOADFLAGS] & LOADED_HIGH))
    return;

  self->type = GBX_KERNEL_IMAGE_BZIMAGE;
  parse_release (self, data, size);
  parse_payload (self, data, size);
}

/* ------------------------------------------------------------ ELF notes -- */

static gboolean
read_at (int fd, void *buffer, gsize size, guint64 offset)
{
  char *at = buffer;

  while (size > 0)
    {
      ssize_t n;

      if (offset > G_MAXINT64)
        return FALSE;
      n = pread (fd, at, size, (off_t)offset);
      if (n <= 0)
        return FALSE;
      at += n;
      offset += n;
      size -= n;
    }

  return TRUE;
}

/* Names and descriptors are padded to the segment's alignment, 4 or 8. */
static gboolean
notes_have_pvh (const guint8 *notes, gsize size, gsize align)
{
  const gsize pad = align == 8 ? 7 : 3;

  while (size >= sizeof (Elf64_Nhdr))
    {
      Elf64_Nhdr note;
      guint64 name, total;

      memcpy (&note, notes, sizeof note);
      name = ((guint64)note.n_namesz + pad) & ~pad;
      total = sizeof note + name + (((guint64)note.n_descsz + pad) & ~pad);
      if (note.n_type == XEN_NOTE_PHYS32_ENTRY && note.n_namesz == sizeof XEN_NOTE_NAME
          && size >= sizeof note + sizeof XEN_NOTE_NAME
          && memcmp (notes + sizeof note, XEN_NOTE_NAME, sizeof XEN_NOTE_NAME) == 0)
        return TRUE;
      if (total >= size)
        return FALSE;
      notes += total;
      size -= total;
    }

  return FALSE;
}

static gboolean
segment_has_pvh (int fd, const Elf64_Phdr *segment)
{
  g_autofree guint8 *notes = NULL;

  if (segment->p_type != PT_NOTE || segment->p_filesz == 0 || segment->p_filesz > NOTES_MAX)
    return FALSE;
  notes = g_malloc (segment->p_filesz);

  return read_at (fd, notes, segment->p_filesz, segment->p_offset)
         && notes_have_pvh (notes, segment->p_filesz, segment->p_align);
}

gboolean
gbx_kernel_image_has_pvh_entry (int fd)
{
  Elf64_Ehdr header;

  if (!read_at (fd, &header, sizeof header, 0) || memcmp (header.e_ident, ELFMAG, SELFMAG) != 0
      || header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB
      || header.e_machine != EM_X86_64 || header.e_phentsize != sizeof (Elf64_Phdr))
    return FALSE;

  for (guint i = 0; i < header.e_phnum; i++)
    {
      Elf64_Phdr segment;
      guint64 offset = header.e_phoff + (guint64)i * sizeof segment;

      if (offset < header.e_phoff || !read_at (fd, &segment, sizeof segment, offset))
        return FALSE;
      if (segment_has_pvh (fd, &segment))
        return TRUE;
    }

  return FALSE;
}
