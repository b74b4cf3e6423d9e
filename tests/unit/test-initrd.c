/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-initrd-private.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gbx-cache.h"
#include "gbx-error.h"
#include "gbx-guest-modules.h"
#include "gbx-kernel-private.h"

typedef struct
{
  char *path;
  guint type, mode, uid, major, minor;
  gint64 modified;
  char *contents;
  gsize size;
} Member;

static void
member_free (Member *member)
{
  g_free (member->path);
  g_free (member->contents);
  g_free (member);
}

static GPtrArray *
read_cpio (const char *path)
{
  GPtrArray *members = g_ptr_array_new_with_free_func ((GDestroyNotify)member_free);
  struct archive *archive = archive_read_new ();
  struct archive_entry *entry;

  archive_read_support_format_cpio (archive);
  g_assert_cmpint (archive_read_open_filename (archive, path, 65536), ==, ARCHIVE_OK);
  g_assert_cmpint (archive_filter_code (archive, 0), ==, ARCHIVE_FILTER_NONE);
  while (archive_read_next_header (archive, &entry) == ARCHIVE_OK)
    {
      Member *member = g_new0 (Member, 1);

      g_assert_cmpint (archive_format (archive), ==, ARCHIVE_FORMAT_CPIO_SVR4_NOCRC);
      member->path = g_strdup (archive_entry_pathname (entry));
      member->type = archive_entry_filetype (entry);
      member->mode = archive_entry_perm (entry);
      member->uid = archive_entry_uid (entry) | archive_entry_gid (entry);
      member->major = archive_entry_rdevmajor (entry);
      member->minor = archive_entry_rdevminor (entry);
      member->modified = archive_entry_mtime (entry);
      member->size = archive_entry_size (entry);
      member->contents = g_malloc0 (member->size + 1);
      g_assert_cmpint (archive_read_data (archive, member->contents, member->size), ==,
                       member->size);
      g_ptr_array_add (members, member);
    }
  archive_read_free (archive);

  return members;
}

static Member *
find (GPtrArray *members, const char *path)
{
  for (guint i = 0; i < members->len; i++)
    {
      Member *member = g_ptr_array_index (members, i);

      if (strcmp (member->path, path) == 0)
        return member;
    }

  return NULL;
}

static GbxModule *
new_module (const char *name, const char *path)
{
  GbxModule *module = g_new0 (GbxModule, 1);

  module->name = g_strdup (name);
  module->path = g_strdup (path);

  return module;
}

static void
free_module (GbxModule *module)
{
  g_unlink (module->path);
  g_free (module->name);
  g_free (module->path);
  g_free (module);
}

/* In the test's own folder, which goes with it. */
static char *
temporary_file (void)
{
  char *path = g_build_filename (g_get_user_data_dir (), "file-XXXXXX", NULL);
  int fd;

  g_assert_no_errno (g_mkdir_with_parents (g_get_user_data_dir (), 0700));
  fd = g_mkstemp (path);
  g_assert_cmpint (fd, >=, 0);
  close (fd);

  return path;
}

/* A module file packed with that filter; NULL for none. */
static GbxModule *
packed_module (const char *name, const char *contents, int (*filter) (struct archive *))
{
  g_autofree char *path = temporary_file ();
  struct archive *archive;
  struct archive_entry *entry;

  if (filter == NULL)
    {
      g_assert_true (g_file_set_contents (path, contents, -1, NULL));
      return new_module (name, path);
    }
  archive = archive_write_new ();
  entry = archive_entry_new ();
  archive_write_set_format_raw (archive);
  g_assert_cmpint (filter (archive), ==, ARCHIVE_OK);
  archive_write_set_bytes_in_last_block (archive, 1);
  g_assert_cmpint (archive_write_open_filename (archive, path), ==, ARCHIVE_OK);
  archive_entry_set_filetype (entry, AE_IFREG);
  archive_entry_set_pathname (entry, "data");
  g_assert_cmpint (archive_write_header (archive, entry), ==, ARCHIVE_OK);
  g_assert_cmpint (archive_write_data (archive, contents, strlen (contents)), ==,
                   strlen (contents));
  archive_entry_free (entry);
  archive_write_free (archive);

  return new_module (name, path);
}

static void
write_initrd (const char *path, GPtrArray *modules)
{
  g_autoptr (GBytes) init = g_bytes_new_static ("\177ELF init", 9);
  g_autoptr (GError) error = NULL;
  int fd = open (path, O_RDWR | O_TRUNC | O_CREAT | O_CLOEXEC, 0600);

  gbx_initrd_write (fd, init, modules, NULL, &error);
  g_assert_no_error (error);
  close (fd);
}

static void
test_contents (void)
{
  g_autofree char *path = temporary_file ();
  g_autofree char *long_text = g_strnfill (200000, 'z');
  g_autoptr (GPtrArray) modules = g_ptr_array_new_with_free_func ((GDestroyNotify)free_module);
  g_autoptr (GPtrArray) members = NULL;

  g_ptr_array_add (modules, packed_module ("plain", "plain text", NULL));
  g_ptr_array_add (modules, packed_module ("gz", "gzip text", archive_write_add_filter_gzip));
  g_ptr_array_add (modules, packed_module ("xz", long_text, archive_write_add_filter_xz));
  g_ptr_array_add (modules, packed_module ("zst", "zstd text", archive_write_add_filter_zstd));
  for (guint i = 2; i < modules->len; i++)
    ((GbxModule *)g_ptr_array_index (modules, i))->late = TRUE;
  write_initrd (path, modules);
  members = read_cpio (path);

  g_assert_cmpstr (find (members, "modules/order")->contents, ==,
                   "plain.ko\ngz.ko\n\nxz.ko\nzst.ko\n");
  g_assert_cmpstr (find (members, "modules/plain.ko")->contents, ==, "plain text");
  g_assert_cmpstr (find (members, "modules/gz.ko")->contents, ==, "gzip text");
  g_assert_cmpstr (find (members, "modules/xz.ko")->contents, ==, long_text);
  g_assert_cmpstr (find (members, "modules/zst.ko")->contents, ==, "zstd text");
  g_assert_cmpstr (find (members, "init")->contents, ==, "\177ELF init");
  g_assert_cmpuint (find (members, "init")->mode, ==, 0755);
  g_assert_cmpuint (find (members, "dev/console")->type, ==, AE_IFCHR);
  g_assert_cmpuint (find (members, "dev/console")->major, ==, 5);
  g_assert_cmpuint (find (members, "dev/console")->minor, ==, 1);
  g_assert_cmpuint (find (members, "sysroot")->type, ==, AE_IFDIR);
  for (guint i = 0; i < members->len; i++)
    {
      Member *member = g_ptr_array_index (members, i);

      g_assert_cmpuint (member->uid, ==, 0);
      g_assert_cmpint (member->modified, ==, 0);
    }
  g_unlink (path);
}

static void
test_deterministic (void)
{
  g_autofree char *first_path = temporary_file ();
  g_autofree char *second_path = temporary_file ();
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  gsize first_size, second_size;
  g_autoptr (GPtrArray) modules = g_ptr_array_new_with_free_func ((GDestroyNotify)free_module);

  g_ptr_array_add (modules, packed_module ("gz", "gzip text", archive_write_add_filter_gzip));
  write_initrd (first_path, modules);
  write_initrd (second_path, modules);
  g_assert_true (g_file_get_contents (first_path, &first, &first_size, NULL));
  g_assert_true (g_file_get_contents (second_path, &second, &second_size, NULL));
  g_assert_cmpmem (first, first_size, second, second_size);
  g_unlink (first_path);
  g_unlink (second_path);
}

static void
test_damaged_module (void)
{
  g_autofree char *path = temporary_file ();
  g_autoptr (GBytes) init = g_bytes_new_static ("init", 4);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) modules = g_ptr_array_new_with_free_func ((GDestroyNotify)free_module);
  GbxModule *module = packed_module ("broken", "text", archive_write_add_filter_xz);
  int fd = open (path, O_RDWR | O_CLOEXEC);

  g_ptr_array_add (modules, module);
  g_assert_no_errno (truncate (module->path, 30));
  g_assert_false (gbx_initrd_write (fd, init, modules, NULL, &error));
  g_assert_error (error, GBX_ERROR, GBX_ERROR_MODULE);
  g_assert_nonnull (strstr (error->message, "broken"));
  close (fd);
  g_unlink (path);
}

/* -------------------------------------------- with a kernel of this machine -- */

static GbxKernel *
host_kernel (void)
{
  g_autoptr (GError) error = NULL;
  GbxKernel *kernel = gbx_kernel_find (TRUE, &error);

  if (kernel == NULL)
    g_test_skip (error->message);

  return kernel;
}

static gint
position (GPtrArray *modules, const char *name)
{
  for (guint i = 0; i < modules->len; i++)
    {
      const GbxModule *module = g_ptr_array_index (modules, i);

      if (strcmp (module->name, name) == 0)
        return i;
    }

  return -1;
}

/* modules.dep as text, beside the index that the set uses. */
static void
assert_order (GPtrArray *modules, const char *directory)
{
  g_autofree char *path = g_build_filename (directory, "modules.dep", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  guint checked = 0;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) words = g_strsplit_set (lines[i], ": ", -1);
      g_autofree char *full = g_build_filename (directory, words[0] ? words[0] : "", NULL);

      for (guint j = 0; j < modules->len; j++)
        {
          const GbxModule *module = g_ptr_array_index (modules, j);

          if (strcmp (module->path, full) != 0)
            continue;
          for (gsize k = 1; words[k] != NULL; k++)
            if (*words[k] != '\0')
              {
                g_autofree char *needed = g_build_filename (directory, words[k], NULL);
                gboolean before = FALSE;

                for (guint l = 0; l < j; l++)
                  before
                      |= strcmp (((GbxModule *)g_ptr_array_index (modules, l))->path, needed) == 0;
                g_test_message ("%s needs %s", module->name, words[k]);
                g_assert_true (before);
                checked++;
              }
        }
    }
  g_assert_cmpuint (checked, >, 0);
}

/* The hello waits for no module of the display. */
static void
assert_late_is_last (GPtrArray *modules)
{
  gboolean late = FALSE;

  for (guint i = 0; i < modules->len; i++)
    {
      const GbxModule *module = g_ptr_array_index (modules, i);

      g_assert_true (module->late || !late);
      late = module->late;
      if (strstr (module->name, "drm") != NULL || strcmp (module->name, "virtio_gpu") == 0)
        g_assert_true (module->late);
      if (strcmp (module->name, "virtio_console") == 0 || strcmp (module->name, "virtio_net") == 0)
        g_assert_false (module->late);
    }
  g_assert_true (late);
}

static void
test_module_order (void)
{
  g_autoptr (GbxKernel) kernel = host_kernel ();
  g_autoptr (GbxModuleSet) set = NULL;
  g_autoptr (GbxModuleSet) plain = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *modules;

  if (kernel == NULL)
    return;
  set = gbx_module_set_new (gbx_kernel_get_module_directory (kernel), &error);
  g_assert_no_error (error);
  gbx_guest_modules_add (set, GBX_INITRD_DESKTOP | GBX_INITRD_NETWORK, &error);
  g_assert_no_error (error);
  modules = gbx_module_set_list (set);
  assert_order (modules, gbx_kernel_get_module_directory (kernel));
  for (guint i = 0; i < modules->len; i++)
    g_assert_cmpint (position (modules, ((GbxModule *)g_ptr_array_index (modules, i))->name), ==,
                     i);
  assert_late_is_last (modules);

  plain = gbx_module_set_new (gbx_kernel_get_module_directory (kernel), &error);
  gbx_guest_modules_add (plain, GBX_INITRD_EXEC, &error);
  g_assert_no_error (error);
  g_assert_cmpint (position (gbx_module_set_list (plain), "virtio_gpu"), ==, -1);
  g_assert_cmpint (position (gbx_module_set_list (plain), "virtio_net"), ==, -1);
  g_assert_cmpint (position (gbx_module_set_list (plain), "virtio_blk"), ==, -1);
  g_assert_cmpint (position (gbx_module_set_list (plain), "ext4"), ==, -1);
}

/* The guest finds nothing by name later: the checksum that ext4 asks the kernel for is there. */
static void
test_home_modules (void)
{
  g_autoptr (GbxKernel) kernel = host_kernel ();
  g_autoptr (GbxModuleSet) set = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *modules;

  if (kernel == NULL)
    return;
  set = gbx_module_set_new (gbx_kernel_get_module_directory (kernel), &error);
  gbx_guest_modules_add (set, GBX_INITRD_HOME, &error);
  g_assert_no_error (error);
  modules = gbx_module_set_list (set);
  assert_order (modules, gbx_kernel_get_module_directory (kernel));
  for (guint i = 0; i < modules->len; i++)
    g_assert_false (((GbxModule *)g_ptr_array_index (modules, i))->late);
  if (gbx_module_set_knows (set, "crc32c_generic"))
    g_assert_cmpint (position (modules, "crc32c_generic"), <, position (modules, "ext4"));
}

static void
test_missing_module (void)
{
  g_autoptr (GbxKernel) kernel = host_kernel ();
  g_autoptr (GbxModuleSet) set = NULL;
  g_autoptr (GError) error = NULL;

  if (kernel == NULL)
    return;
  set = gbx_module_set_new (gbx_kernel_get_module_directory (kernel), &error);
  g_assert_false (gbx_module_set_add (set, "no_such_module", &error));
  g_assert_error (error, GBX_ERROR, GBX_ERROR_MODULE);
  g_assert_nonnull (strstr (error->message, "no_such_module"));
  g_assert_nonnull (strstr (error->message, gbx_kernel_get_release (kernel)));
}

static char *
prepare (GbxKernel *kernel, GbxInitrdFlags flags, const char *init)
{
  g_autoptr (GError) error = NULL;
  char *path = gbx_initrd_prepare_with (kernel, flags, init, NULL, &error);

  g_assert_no_error (error);

  return path;
}

static void
test_cached (void)
{
  g_autoptr (GbxKernel) kernel = host_kernel ();
  g_autofree char *init = temporary_file ();
  g_autofree char *first = NULL;
  g_autofree char *again = NULL;
  g_autofree char *desktop = NULL;
  g_autofree char *other = NULL;
  g_autoptr (GPtrArray) members = NULL;
  struct stat before, after;

  if (kernel == NULL)
    return;
  g_assert_true (g_file_set_contents (init, "init one", -1, NULL));
  first = prepare (kernel, GBX_INITRD_EXEC, init);
  g_assert_no_errno (stat (first, &before));
  again = prepare (kernel, GBX_INITRD_EXEC, init);
  g_assert_no_errno (stat (again, &after));
  g_assert_cmpstr (first, ==, again);
  g_assert_cmpuint (before.st_ino, ==, after.st_ino);
  desktop = prepare (kernel, GBX_INITRD_DESKTOP, init);
  g_assert_cmpstr (first, !=, desktop);

  /* A corrupt one is made again. */
  g_assert_no_errno (truncate (first, before.st_size / 2));
  g_free (again);
  again = prepare (kernel, GBX_INITRD_EXEC, init);
  g_assert_no_errno (stat (again, &after));
  g_assert_cmpint (after.st_size, ==, before.st_size);

  /* Another init is noticed. */
  g_assert_true (g_file_set_contents (init, "init two", -1, NULL));
  other = prepare (kernel, GBX_INITRD_EXEC, init);
  g_assert_cmpstr (first, !=, other);
  members = read_cpio (other);
  g_assert_cmpstr (find (members, "init")->contents, ==, "init two");
  g_unlink (init);
}

static guint
count_cache_files (void)
{
  g_autofree char *path = g_build_filename (g_get_user_cache_dir (), "glovebox", NULL);
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (directory != NULL && g_dir_read_name (directory) != NULL)
    n++;

  return n;
}

static void
test_disk_full (void)
{
  g_autoptr (GbxKernel) kernel = host_kernel ();
  g_autofree char *init = temporary_file ();
  g_autofree char *path = NULL;
  g_autofree char *bytes = g_strnfill (20 << 20, 'i');
  g_autoptr (GError) error = NULL;
  struct rlimit before, limit;

  if (kernel == NULL)
    return;
  g_assert_true (g_file_set_contents (init, bytes, 20 << 20, NULL));
  signal (SIGXFSZ, SIG_IGN);
  g_assert_no_errno (getrlimit (RLIMIT_FSIZE, &before));
  limit = before;
  limit.rlim_cur = 16 << 20;
  g_assert_no_errno (setrlimit (RLIMIT_FSIZE, &limit));
  path = gbx_initrd_prepare_with (kernel, GBX_INITRD_EXEC, init, NULL, &error);
  g_assert_no_errno (setrlimit (RLIMIT_FSIZE, &before));
  g_assert_null (path);
  g_assert_error (error, GBX_ERROR, GBX_ERROR_STORAGE);
  g_assert_nonnull (strstr (error->message, g_get_user_cache_dir ()));
  g_assert_cmpuint (count_cache_files (), ==, 0);
  g_unlink (init);
}

static gpointer
cancel_thread (gpointer cancellable)
{
  while (count_cache_files () == 0 && !g_cancellable_is_cancelled (cancellable))
    g_usleep (200);
  g_cancellable_cancel (cancellable);

  return NULL;
}

/* Cancelled once its temporary file is there. */
static void
test_cancelled (void)
{
  g_autoptr (GbxKernel) kernel = host_kernel ();
  g_autofree char *init = temporary_file ();
  g_autofree char *bytes = g_strnfill (200 << 20, 'i');
  g_autofree char *path = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  GThread *thread;

  if (kernel == NULL)
    return;
  g_assert_true (g_file_set_contents (init, bytes, 200 << 20, NULL));
  thread = g_thread_new ("cancel", cancel_thread, cancellable);
  path = gbx_initrd_prepare_with (kernel, GBX_INITRD_EXEC, init, cancellable, &error);
  g_thread_join (thread);
  g_assert_null (path);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (count_cache_files (), ==, 0);
  g_unlink (init);
}

static void
test_no_init (void)
{
  g_autoptr (GbxKernel) kernel = gbx_kernel_new ("test", "/nonexistent", "/nonexistent");
  g_autoptr (GError) error = NULL;

  g_setenv ("GLOVEBOX_PROGRAM_PATH", "/nonexistent", TRUE);
  g_assert_null (gbx_initrd_prepare (kernel, GBX_INITRD_EXEC, NULL, &error));
  g_assert_error (error, GBX_ERROR, GBX_ERROR_NOT_FOUND);
}

/* A signed module loses its signature, and nothing else ever anything. */
static void
test_strip_signature (void)
{
  static const char signed_module[] = "ELF code" "signature" "\1\2\3\4\5\6\7\0\0\0\0\11"
                                      "~Module signature appended~\n";
  static const char lying[] = "code" "\1\2\3\4\5\6\7\0\377\377\377\377"
                              "~Module signature appended~\n";

  for (gsize size = 0; size < sizeof signed_module; size++)
    {
      g_autoptr (GBytes) module = g_bytes_new (signed_module, size);
      g_autoptr (GBytes) plain = gbx_initrd_strip_signature (module);

      g_assert_cmpuint (g_bytes_get_size (plain), ==, size == sizeof signed_module - 1 ? 8 : size);
    }
  {
    g_autoptr (GBytes) module = g_bytes_new (lying, sizeof lying - 1);
    g_autoptr (GBytes) plain = gbx_initrd_strip_signature (module);

    g_assert_true (g_bytes_equal (module, plain));
  }
}

int
main (int argc, char **argv)
{
  g_setenv ("LC_ALL", "C", TRUE);
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/initrd/contents", test_contents);
  g_test_add_func ("/initrd/strip-signature", test_strip_signature);
  g_test_add_func ("/initrd/deterministic", test_deterministic);
  g_test_add_func ("/initrd/damaged-module", test_damaged_module);
  g_test_add_func ("/initrd/module-order", test_module_order);
  g_test_add_func ("/initrd/missing-module", test_missing_module);
  g_test_add_func ("/initrd/home-modules", test_home_modules);
  g_test_add_func ("/initrd/cached", test_cached);
  g_test_add_func ("/initrd/disk-full", test_disk_full);
  g_test_add_func ("/initrd/cancelled", test_cancelled);
  g_test_add_func ("/initrd/no-init", test_no_init);

  return g_test_run ();
}
