/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-kernel-private.h"

#include <archive.h>
#include <archive_entry.h>
#include <elf.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gbx-error.h"
#include "gbx-kernel-image.h"

/* ----------------------------------------------------- a made-up machine -- */

static const char *const full_modules[] = {
  "virtio_pci", "virtio_console", "9pnet_virtio", "9p", "virtio_gpu", "virtio_input", "evdev", NULL,
};
static const char *const cloud_modules[] = {
  "virtio_pci", "virtio_console", "9pnet_virtio", "9p", NULL,
};

/* In the test's own folder, which goes with it. */
static char *
make_root (void)
{
  char *root = g_build_filename (g_get_user_cache_dir (), "root-XXXXXX", NULL);

  g_assert_no_errno (g_mkdir_with_parents (g_get_user_cache_dir (), 0700));
  g_assert_nonnull (g_mkdtemp (root));

  return root;
}

static void
remove_root (const char *root)
{
  const char *argv[] = { "rm", "-rf", root, NULL };

  g_assert_true (g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                               NULL, NULL, NULL));
}

static void
put_file (const char *root, const char *path, const void *data, gssize size)
{
  g_autofree char *full = g_strconcat (root, path, NULL);
  g_autofree char *folder = g_path_get_dirname (full);
  g_autoptr (GError) error = NULL;

  g_assert_no_errno (g_mkdir_with_parents (folder, 0755));
  g_file_set_contents (full, data, size, &error);
  g_assert_no_error (error);
}

static char *
find_depmod (void)
{
  static const char *const places[] = { "/sbin/depmod", "/usr/sbin/depmod" };
  char *path = g_find_program_in_path ("depmod");

  for (gsize i = 0; path == NULL && i < G_N_ELEMENTS (places); i++)
    if (g_file_test (places[i], G_FILE_TEST_IS_EXECUTABLE))
      path = g_strdup (places[i]);

  return path;
}

/* A release with all of these built in, and the indexes that go with it. */
static void
put_modules (const char *root, const char *release, const char *const *names)
{
  g_autofree char *depmod = find_depmod ();
  g_autoptr (GString) builtin = g_string_new (NULL);
  g_autofree char *path = g_strdup_printf ("/lib/modules/%s/modules.builtin", release);
  g_autofree char *order = g_strdup_printf ("/lib/modules/%s/modules.order", release);
  const char *argv[] = { depmod, "-b", root, release, NULL };
  g_autoptr (GError) error = NULL;
  int status;

  for (gsize i = 0; names[i] != NULL; i++)
    g_string_append_printf (builtin, "kernel/drivers/%s.ko\n", names[i]);
  put_file (root, path, builtin->str, builtin->len);
  put_file (root, order, "", 0);
  g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
                NULL, NULL, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
}

static GbxKernel *
search (const char *root, const char *running, const char *chosen, gboolean desktop, GError **error)
{
  GbxKernelSearch how = {
    .root = root,
    .running = running,
    .chosen = chosen,
    .os_id = "debian",
  };

  return gbx_kernel_search (&how, desktop, error);
}

static void
assert_release (GbxKernel *kernel, const char *release)
{
  g_assert_nonnull (kernel);
  g_assert_cmpstr (gbx_kernel_get_release (kernel), ==, release);
}

static gboolean
lacks_depmod (void)
{
  g_autofree char *depmod = find_depmod ();

  if (depmod == NULL)
    g_test_skip ("depmod is not installed");

  return depmod == NULL;
}

/* ----------------------------------------------------------------- search -- */

static void
test_compare (void)
{
  static const char *const ordered[] = {
    "4.19.0-27-amd64", "5.10.0-8-amd64", "5.10.0-28-amd64",
    "6.1-rc3",         "6.1-rc10",       "6.1",
    "6.1-arch",        "6.1.0-9-amd64",  "6.1.0-56-amd64",
    "6.1.10",          "6.9.12",         "6.10.0-rc1",
    "6.10.0",          "6.10.2-arch1-1", "10.0",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (ordered); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (ordered); j++)
      {
        int order = gbx_kernel_compare_releases (ordered[i], ordered[j]);

        g_test_message ("%s and %s", ordered[i], ordered[j]);
        g_assert_cmpint (order > 0 ? 1 : order < 0 ? -1 : 0, ==, i > j ? 1 : i < j ? -1 : 0);
      }
}

static void
test_running_first (void)
{
  g_autofree char *root = make_root ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GbxKernel) running = NULL;
  g_autoptr (GbxKernel) newest = NULL;

  if (lacks_depmod ())
    return;
  put_file (root, "/boot/vmlinuz-6.1.0-9", "x", 1);
  put_file (root, "/lib/modules/6.1.0-10/vmlinuz", "x", 1);
  put_file (root, "/boot/vmlinuz-6.1.0-2", "x", 1);
  put_modules (root, "6.1.0-9", full_modules);
  put_modules (root, "6.1.0-10", full_modules);
  put_modules (root, "6.1.0-2", full_modules);

  running = search (root, "6.1.0-2", NULL, TRUE, &error);
  g_assert_no_error (error);
  assert_release (running, "6.1.0-2");
  newest = search (root, "7.0.0-custom", NULL, TRUE, &error);
  g_assert_no_error (error);
  assert_release (newest, "6.1.0-10");
  g_assert_true (g_str_has_suffix (gbx_kernel_get_path (newest), "/lib/modules/6.1.0-10/vmlinuz"));
  remove_root (root);
}

static void
test_none (void)
{
  g_autofree char *root = make_root ();
  g_autoptr (GError) error = NULL;

  g_assert_null (search (root, "6.1.0", NULL, FALSE, &error));
  g_assert_error (error, GBX_ERROR, GBX_ERROR_KERNEL);
  g_assert_nonnull (strstr (error->message, "sudo apt install linux-image-"));
  remove_root (root);
}

static void
test_no_modules (void)
{
  g_autofree char *root = make_root ();
  g_autoptr (GError) error = NULL;

  put_file (root, "/boot/vmlinuz-6.1.0-9", "x", 1);
  put_file (root, "/lib/modules/6.1.0-9/leftover", "x", 1);
  g_assert_null (search (root, "7.0.0", NULL, FALSE, &error));
  g_assert_error (error, GBX_ERROR, GBX_ERROR_KERNEL);
  g_assert_nonnull (strstr (error->message, "6.1.0-9"));
  remove_root (root);
}

static void
test_cloud (void)
{
  g_autofree char *root = make_root ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GbxKernel) kernel = NULL;

  if (lacks_depmod ())
    return;
  put_file (root, "/boot/vmlinuz-6.1.0-9-cloud", "x", 1);
  put_modules (root, "6.1.0-9-cloud", cloud_modules);

  kernel = search (root, "6.1.0-9-cloud", NULL, FALSE, &error);
  g_assert_no_error (error);
  assert_release (kernel, "6.1.0-9-cloud");
  g_assert_null (search (root, "6.1.0-9-cloud", NULL, TRUE, &error));
  g_assert_error (error, GBX_ERROR, GBX_ERROR_MODULE);
  g_assert_nonnull (strstr (error->message, "virtio_gpu"));
  g_assert_nonnull (strstr (error->message, "6.1.0-9-cloud"));
  remove_root (root);
}

static void
test_other_video (void)
{
  static const char *const modules[] = {
    "virtio_pci", "virtio_console", "9pnet_virtio", "9p", "bochs", "virtio_input", "evdev", NULL,
  };
  g_autofree char *root = make_root ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GbxKernel) kernel = NULL;

  if (lacks_depmod ())
    return;
  put_file (root, "/boot/vmlinuz-6.1.0-9", "x", 1);
  put_modules (root, "6.1.0-9", modules);
  kernel = search (root, "6.1.0-9", NULL, TRUE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (gbx_kernel_choose_video (kernel, GBX_VIDEO_VIRTIO), ==, GBX_VIDEO_VGA);
  remove_root (root);
}

static void
test_unreadable (void)
{
  g_autofree char *root = make_root ();
  g_autofree char *path = g_strconcat (root, "/boot/vmlinuz-6.1.0-9", NULL);
  g_autoptr (GError) error = NULL;

  if (geteuid () == 0)
    {
      g_test_skip ("root reads everything");
      return;
    }
  if (lacks_depmod ())
    return;
  put_file (root, "/boot/vmlinuz-6.1.0-9", "x", 1);
  put_file (root, "/boot/vmlinuz-6.1.0-8", "x", 1);
  put_modules (root, "6.1.0-9", full_modules);
  g_assert_no_errno (g_chmod (path, 0));
  g_assert_null (search (root, "6.1.0-9", NULL, TRUE, &error));
  g_assert_error (error, GBX_ERROR, GBX_ERROR_KERNEL);
  g_assert_nonnull (strstr (error->message, "sudo chmod a+r"));
  g_assert_nonnull (strstr (error->message, path));
  remove_root (root);
}

/* ---------------------------------------------------- images and payloads -- */

typedef int (*AddFilter) (struct archive *);

static const struct
{
  const char *name;
  AddFilter add;     /* NULL: packed here */
  gboolean has_size; /* the format ends with the size itself */
} packings[] = {
  { "gzip", archive_write_add_filter_gzip, TRUE },
  { "bzip2", archive_write_add_filter_bzip2, FALSE },
  { "lzma", archive_write_add_filter_lzma, FALSE },
  { "xz", archive_write_add_filter_xz, FALSE },
  { "zstd", archive_write_add_filter_zstd, FALSE },
  { "lz4", archive_write_add_filter_lz4, FALSE },
  { "lz4-legacy", NULL, FALSE },
};

static la_ssize_t
collect (struct archive *archive, void *user_data, const void *data, size_t size)
{
  g_byte_array_append (user_data, data, size);

  return size;
}

/* The legacy frame with one block of literals only: valid, if not small. */
static void
pack_lz4_legacy (GByteArray *out, const guint8 *data, gsize size)
{
  const guint32 magic = GUINT32_TO_LE (0x184c2102);
  g_autoptr (GByteArray) block = g_byte_array_new ();
  gsize rest = size - 15;
  guint32 length;
  guint8 byte = 0xf0;

  g_assert_cmpuint (size, >, 15);
  g_byte_array_append (block, &byte, 1);
  for (byte = 255; rest >= 255; rest -= 255)
    g_byte_array_append (block, &byte, 1);
  byte = rest;
  g_byte_array_append (block, &byte, 1);
  g_byte_array_append (block, data, size);
  length = GUINT32_TO_LE (block->len);

  g_byte_array_append (out, (const guint8 *)&magic, 4);
  g_byte_array_append (out, (const guint8 *)&length, 4);
  g_byte_array_append (out, block->data, block->len);
}

static GByteArray *
pack (gsize which, const guint8 *data, gsize size)
{
  GByteArray *out = g_byte_array_new ();
  guint32 appended = GUINT32_TO_LE ((guint32)size);

  if (packings[which].add == NULL)
    {
      pack_lz4_legacy (out, data, size);
    }
  else
    {
      struct archive *archive = archive_write_new ();
      struct archive_entry *entry = archive_entry_new ();

      archive_write_set_format_raw (archive);
      g_assert_cmpint (packings[which].add (archive), >=, ARCHIVE_WARN);
      archive_write_set_bytes_in_last_block (archive, 1);
      g_assert_cmpint (archive_write_open (archive, out, NULL, collect, NULL), ==, ARCHIVE_OK);
      archive_entry_set_filetype (entry, AE_IFREG);
      archive_entry_set_pathname (entry, "data");
      g_assert_cmpint (archive_write_header (archive, entry), ==, ARCHIVE_OK);
      g_assert_cmpint (archive_write_data (archive, data, size), ==, size);
      g_assert_cmpint (archive_write_close (archive), ==, ARCHIVE_OK);
      archive_entry_free (entry);
      archive_write_free (archive);
    }
  if (!packings[which].has_size)
    g_byte_array_append (out, (const guint8 *)&appended, 4);

  return out;
}

/* An ELF file with a note segment, of which the type is given. */
static GByteArray *
make_vmlinux (guint32 note_type)
{
  GByteArray *out = g_byte_array_new ();
  Elf64_Ehdr header = { .e_machine = EM_X86_64, .e_phentsize = sizeof (Elf64_Phdr) };
  Elf64_Phdr segments[2] = { { .p_type = PT_LOAD }, { .p_type = PT_NOTE, .p_align = 4 } };
  Elf64_Nhdr other = { .n_namesz = 6, .n_descsz = 3, .n_type = 18 };
  Elf64_Nhdr note = { .n_namesz = 4, .n_descsz = 8, .n_type = note_type };
  guint8 body[300000];

  memcpy (header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_phoff = sizeof header;
  header.e_phnum = 2;
  segments[1].p_offset = sizeof header + sizeof segments;
  segments[1].p_filesz = sizeof other + 8 + 4 + sizeof note + 4 + 8;
  g_byte_array_append (out, (const guint8 *)&header, sizeof header);
  g_byte_array_append (out, (const guint8 *)segments, sizeof segments);
  g_byte_array_append (out, (const guint8 *)&other, sizeof other);
  g_byte_array_append (out, (const guint8 *)"Linux\0\0\0abc\0", 12);
  g_byte_array_append (out, (const guint8 *)&note, sizeof note);
  g_byte_array_append (out, (const guint8 *)"Xen\0entryaddr", 12);
  for (gsize i = 0; i < sizeof body; i++)
    body[i] = (i * i) >> 7;
  g_byte_array_append (out, body, sizeof body);

  return out;
}

static GByteArray *
make_bzimage (GByteArray *payload)
{
  GByteArray *out = g_byte_array_new ();
  guint8 setup[5 * 512] = { 0 };
  guint32 offset = GUINT32_TO_LE (16), length = GUINT32_TO_LE (payload->len);
  const guint8 gap[16] = { 0 };

  setup[0x1f1] = 4;
  memcpy (setup + 0x1fe, "\x55\xaa", 2);
  memcpy (setup + 0x202, "HdrS", 4);
  memcpy (setup + 0x206, "\x0f\x02", 2);
  memcpy (setup + 0x20e, "\x00\x03", 2);
  setup[0x211] = 1;
  memcpy (setup + 0x248, &offset, 4);
  memcpy (setup + 0x24c, &length, 4);
  strcpy ((char *)setup + 512 + 0x300, "6.1.0-9-test (builder@host) #1 SMP");
  g_byte_array_append (out, setup, sizeof setup);
  g_byte_array_append (out, gap, sizeof gap);
  g_byte_array_append (out, payload->data, payload->len);
  g_byte_array_append (out, (const guint8 *)"what follows the payload", 24);

  return out;
}

static char *
prepare (const char *root, GByteArray *image)
{
  g_autofree char *path = g_strconcat (root, "/boot/vmlinuz-test", NULL);
  g_autoptr (GbxKernel) kernel = gbx_kernel_new ("test", path, "/nonexistent");
  g_autoptr (GError) error = NULL;
  char *prepared;

  put_file (root, "/boot/vmlinuz-test", image->data, image->len);
  prepared = gbx_kernel_prepare (kernel, NULL, &error);
  g_assert_no_error (error);

  return prepared;
}

static void
test_unpack (void)
{
  g_autofree char *root = make_root ();
  g_autoptr (GByteArray) vmlinux = make_vmlinux (18);

  for (gsize i = 0; i < G_N_ELEMENTS (packings); i++)
    {
      g_autoptr (GByteArray) payload = pack (i, vmlinux->data, vmlinux->len);
      g_autoptr (GByteArray) image = make_bzimage (payload);
      g_autofree char *prepared = prepare (root, image);
      g_autofree char *contents = NULL;
      gsize size;

      g_test_message ("%s", packings[i].name);
      g_assert_true (g_file_get_contents (prepared, &contents, &size, NULL));
      g_assert_cmpmem (contents, size, vmlinux->data, vmlinux->len);
    }
  remove_root (root);
}

/* What cannot be taken apart is booted as it is. */
static void
test_fallback (void)
{
  g_autofree char *root = make_root ();
  g_autofree char *path = g_strconcat (root, "/boot/vmlinuz-test", NULL);
  g_autoptr (GByteArray) vmlinux = make_vmlinux (1);
  g_autoptr (GByteArray) packed = pack (3, vmlinux->data, vmlinux->len);
  g_autoptr (GByteArray) no_entry = make_bzimage (packed);
  g_autofree char *first = prepare (root, no_entry);
  g_autofree char *second = NULL;
  g_autofree char *third = NULL;

  g_assert_cmpstr (first, ==, path);
  memset (packed->data, 'x', 64);
  {
    g_autoptr (GByteArray) unknown = make_bzimage (packed);

    second = prepare (root, unknown);
  }
  g_assert_cmpstr (second, ==, path);
  third = prepare (root, vmlinux);
  g_assert_cmpstr (third, ==, path);
  remove_root (root);
}

static void
test_new_kernel (void)
{
  g_autofree char *root = make_root ();
  g_autoptr (GByteArray) vmlinux = make_vmlinux (18);
  g_autoptr (GByteArray) payload = pack (0, vmlinux->data, vmlinux->len);
  g_autoptr (GByteArray) image = make_bzimage (payload);
  g_autofree char *first = prepare (root, image);
  g_autofree char *second = NULL;

  /* The same contents in a new file: another key. */
  second = prepare (root, image);
  g_assert_cmpstr (first, !=, second);
  remove_root (root);
}

static void
test_cancelled (void)
{
  g_autofree char *root = make_root ();
  g_autofree char *path = g_strconcat (root, "/boot/vmlinuz-test", NULL);
  g_autoptr (GbxKernel) kernel = gbx_kernel_new ("test", path, "/nonexistent");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  put_file (root, "/boot/vmlinuz-test", "x", 1);
  g_cancellable_cancel (cancellable);
  g_assert_null (gbx_kernel_prepare (kernel, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  remove_root (root);
}

/* Every length and every damaged byte of a header: any answer, no crash, and
 * never a payload outside the file. */
static void
test_hostile_images (void)
{
  g_autoptr (GByteArray) vmlinux = make_vmlinux (18);
  g_autoptr (GByteArray) payload = pack (0, vmlinux->data, 4000);
  g_autoptr (GByteArray) image = make_bzimage (payload);
  GbxKernelImage parsed;

  gbx_kernel_image_parse (&parsed, image->data, image->len);
  g_assert_cmpint (parsed.type, ==, GBX_KERNEL_IMAGE_BZIMAGE);
  g_assert_cmpstr (parsed.release, ==, "6.1.0-9-test");
  g_assert_cmpuint (parsed.unpacked_size, ==, 4000);

  for (gsize size = 0; size < image->len; size++)
    {
      g_autofree guint8 *copy = g_memdup2 (image->data, size);

      gbx_kernel_image_parse (&parsed, copy, size);
      g_assert_cmpuint (parsed.payload_offset + parsed.payload_length, <=, size);
    }
  for (gsize at = 0x1f0; at < 0x260; at++)
    for (guint value = 0; value < 256; value += 5)
      {
        guint8 before = image->data[at];

        image->data[at] = value;
        gbx_kernel_image_parse (&parsed, image->data, image->len);
        g_assert_cmpuint (parsed.payload_offset + parsed.payload_length, <=, image->len);
        image->data[at] = before;
      }
}

static void
test_hostile_elf (void)
{
  g_autoptr (GByteArray) vmlinux = make_vmlinux (18);
  g_autofree char *path = NULL;
  const gsize head = sizeof (Elf64_Ehdr) + 2 * sizeof (Elf64_Phdr) + 52;
  int fd = g_file_open_tmp ("glovebox-elf-XXXXXX", &path, NULL);

  g_assert_cmpint (write (fd, vmlinux->data, head), ==, head);
  g_assert_true (gbx_kernel_image_has_pvh_entry (fd));
  for (gsize at = 0; at < head; at++)
    for (guint value = 0; value < 256; value += 15)
      {
        guint8 byte = value;

        g_assert_cmpint (pwrite (fd, &byte, 1, at), ==, 1);
        (void)gbx_kernel_image_has_pvh_entry (fd);
        g_assert_cmpint (pwrite (fd, vmlinux->data + at, 1, at), ==, 1);
      }
  for (gsize size = head; size-- > 0;)
    {
      g_assert_no_errno (ftruncate (fd, size));
      (void)gbx_kernel_image_has_pvh_entry (fd);
    }
  g_assert_false (gbx_kernel_image_has_pvh_entry (fd));
  close (fd);
  g_unlink (path);
}

static void
test_chosen (void)
{
  g_autofree char *root = make_root ();
  g_autofree char *path = g_strconcat (root, "/elsewhere/bzImage", NULL);
  g_autoptr (GByteArray) vmlinux = make_vmlinux (18);
  g_autoptr (GByteArray) payload = pack (0, vmlinux->data, vmlinux->len);
  g_autoptr (GByteArray) image = make_bzimage (payload);
  g_autoptr (GError) error = NULL;
  g_autoptr (GbxKernel) kernel = NULL;

  if (lacks_depmod ())
    return;
  put_file (root, "/boot/vmlinuz-6.1.0-9", "x", 1);
  put_modules (root, "6.1.0-9", full_modules);
  put_modules (root, "6.1.0-9-test", full_modules);
  put_file (root, "/elsewhere/bzImage", image->data, image->len);

  kernel = search (root, "6.1.0-9", path, TRUE, &error);
  g_assert_no_error (error);
  assert_release (kernel, "6.1.0-9-test");
  g_assert_null (search (root, "6.1.0-9", "/nonexistent/kernel", TRUE, &error));
  g_assert_error (error, GBX_ERROR, GBX_ERROR_KERNEL);
  g_assert_nonnull (strstr (error->message, "GLOVEBOX_KERNEL"));
  remove_root (root);
}

int
main (int argc, char **argv)
{
  g_setenv ("LC_ALL", "C", TRUE);
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/kernel/compare", test_compare);
  g_test_add_func ("/kernel/running-first", test_running_first);
  g_test_add_func ("/kernel/none", test_none);
  g_test_add_func ("/kernel/no-modules", test_no_modules);
  g_test_add_func ("/kernel/cloud", test_cloud);
  g_test_add_func ("/kernel/other-video", test_other_video);
  g_test_add_func ("/kernel/unreadable", test_unreadable);
  g_test_add_func ("/kernel/chosen", test_chosen);
  g_test_add_func ("/kernel/unpack", test_unpack);
  g_test_add_func ("/kernel/fallback", test_fallback);
  g_test_add_func ("/kernel/new-kernel", test_new_kernel);
  g_test_add_func ("/kernel/cancelled", test_cancelled);
  g_test_add_func ("/kernel/hostile-images", test_hostile_images);
  g_test_add_func ("/kernel/hostile-elf", test_hostile_elf);

  return g_test_run ();
}
