/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-home"

#include "config.h"

#include "gbx-home-image.h"

#include "gbx-error.h"
#include "gbx-packages.h"
#include "gbx-paths.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Named one by one, so that any kernel since 4.0 can mount it and the system's mke2fs.conf does
 * not matter. */
#define FEATURES                                                                                   \
  "none,has_journal,ext_attr,resize_inode,dir_index,filetype,extent,64bit,flex_bg,sparse_super,"   \
  "large_file,huge_file,dir_nlink,extra_isize,metadata_csum"
/* In a new sparse file everything is zero already: neither mke2fs nor the guest's kernel writes
 * inode tables and journal once more. */
#define OPTIONS "lazy_itable_init=1,lazy_journal_init=1,root_owner=0:0"

char *
gbx_home_size_show (guint64 size)
{
  return g_format_size_full (size, G_FORMAT_SIZE_IEC_UNITS);
}

static gboolean
fail (const char *path, int code, GError **error)
{
  if (code == ENOSPC || code == EDQUOT)
    g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE,
                 _ ("There is no space left for “%s”; free some space on that disk"), path);
  else
    g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE, _ ("Cannot write “%s”: %s"), path,
                 g_strerror (code));
  return FALSE;
}

/* -------------------------------------------------------------- making -- */

/* Of a failing tool, one line. */
static void
set_tool_error (const char *tool, const char *path, char *output, const GError *cause,
                GError **error)
{
  const char *why = output ? g_strstrip (output) : "";
  const char *last = strrchr (why, '\n');
  g_autofree char *shown = gbx_path_show (last ? last + 1 : why);

  g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE, _ ("%s could not make “%s”: %s"), tool, path,
               *shown ? shown : cause->message);
}

static gboolean
run_tool (GbxPackage package, const char *path, const char *const *arguments, GError **error)
{
  g_autofree char *program = gbx_path_command (arguments[0]);
  g_autofree char *output = NULL, *command = NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) argv = NULL;
  g_autoptr (GError) cause = NULL;
  int status;

  if (!program)
    {
      command = gbx_packages_command (package);
      g_set_error (error, GBX_ERROR, GBX_ERROR_NOT_FOUND,
                   _ ("The program %s, which kept homes need, is missing: %s"), arguments[0],
                   command);
      return FALSE;
    }
  g_strv_builder_add (builder, program);
  g_strv_builder_addv (builder, (const char **) arguments + 1);
  argv = g_strv_builder_end (builder);
  if (g_spawn_sync ("/", argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, &output, &status,
                    &cause) &&
      g_spawn_check_wait_status (status, &cause))
    return TRUE;
  set_tool_error (arguments[0], path, output, cause, error);
  return FALSE;
}

static gboolean
make_file (const char *path, guint64 size, GError **error)
{
  int fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  int code = fd < 0 || ftruncate (fd, (off_t) size) != 0 ? errno : 0;

  if (fd >= 0)
    close (fd);
  if (code == EFBIG)
    {
      g_autofree char *shown = gbx_home_size_show (size);

      g_unlink (path);
      g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE,
                   _ ("The file system of “%s” cannot hold a file of %s; choose a smaller home"),
                   path, shown);
      return FALSE;
    }
  return code ? fail (path, code, error) : TRUE;
}

gboolean
gbx_home_image_make (const char *path, guint64 size, GError **error)
{
  /* A larger journal gains nothing for one user. */
  const char *journal = size < (G_GUINT64_CONSTANT (1) << 30) ? "size=4" : "size=32";
  const char *const arguments[] = { "mke2fs", "-q", "-F", "-t", "ext4", "-m", "0", "-b", "4096",
                                    "-I", "256", "-i", "16384", "-O", FEATURES, "-E", OPTIONS,
                                    "-J", journal, "-L", "glovebox-home", "--", path, NULL };

  if (!make_file (path, size, error))
    return FALSE;
  if (run_tool (GBX_PACKAGE_E2FSPROGS, path, arguments, error))
    return TRUE;
  g_unlink (path);
  return FALSE;
}

/* -u: the base is not opened, and so not looked at. */
gboolean
gbx_home_image_make_overlay (const char *path, const char *base, guint64 size, GError **error)
{
  g_autofree char *bytes = g_strdup_printf ("%" G_GUINT64_FORMAT, size);
  const char *const arguments[] = { "qemu-img", "create", "-q", "-f", "qcow2", "-u", "-F", "raw",
                                    "-b", base, "--", path, bytes, NULL };

  return run_tool (GBX_PACKAGE_QEMU_IMG, path, arguments, error);
}

/* ------------------------------------------------------------ checking -- */

#define SUPERBLOCK 1024
#define BLOCKS_LOW 4
#define LOG_BLOCK_SIZE 24
#define MAGIC 56
#define INCOMPATIBLE 96
#define BLOCKS_HIGH 336
#define INCOMPATIBLE_64BIT 0x80

static guint32
get32 (const guint8 *at)
{
  return at[0] | at[1] << 8 | at[2] << 16 | (guint32) at[3] << 24;
}

/* The size that the file system says to have, or 0 for something else. */
static guint64
file_system_size (const guint8 *superblock)
{
  guint32 log_size = get32 (superblock + LOG_BLOCK_SIZE);
  guint64 blocks = get32 (superblock + BLOCKS_LOW);

  if (superblock[MAGIC] != 0x53 || superblock[MAGIC + 1] != 0xef || log_size > 6)
    return 0;
  if (get32 (superblock + INCOMPATIBLE) & INCOMPATIBLE_64BIT)
    blocks |= (guint64) get32 (superblock + BLOCKS_HIGH) << 32;
  return blocks > G_MAXUINT64 >> 17 ? 0 : blocks << (10 + log_size);
}

static gboolean
refuse (const char *home, const char *why, GError **error)
{
  g_set_error (error, GBX_ERROR, GBX_ERROR_HOME,
               _ ("The home “%s” cannot be used: %s; restore a snapshot of it with “glovebox home "
                  "restore”, or empty it with “glovebox home reset %s”"),
               home, why, home);
  return FALSE;
}

/* Nothing but a file of our own: no link, FIFO or device in its place. */
static int
open_image (const char *path, int flags, struct stat *st, int *code)
{
  int fd = open (path, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

  *code = fd < 0 ? errno : 0;
  if (fd >= 0 && fstat (fd, st) == 0 && S_ISREG (st->st_mode) && st->st_uid == geteuid ())
    return fd;
  if (fd >= 0)
    close (fd);
  return -1;
}

gboolean
gbx_home_image_check (const char *path, const char *home, guint64 *size, GError **error)
{
  guint8 superblock[1024] = { 0 };
  struct stat st;
  guint64 inside;
  int code;
  int fd = open_image (path, O_RDWR, &st, &code);

  if (fd < 0)
    return refuse (home, code ? g_strerror (code) : _ ("its image is not a file of your own"),
                   error);
  code = pread (fd, superblock, sizeof superblock, SUPERBLOCK) < 0 ? errno : 0;
  close (fd);
  inside = file_system_size (superblock);
  *size = (guint64) st.st_size;
  if (code)
    return refuse (home, g_strerror (code), error);
  if (inside == 0)
    return refuse (home, _ ("its image has no ext4 file system"), error);
  if (inside > *size)
    return refuse (home, _ ("its image is shorter than its file system, so a part is missing"),
                   error);
  return TRUE;
}

gboolean
gbx_home_image_grow (const char *path, const char *home, guint64 size, GError **error)
{
  guint64 present;

  if (!gbx_home_image_check (path, home, &present, error))
    return FALSE;
  if (size < present)
    {
      g_autofree char *has = gbx_home_size_show (present);
      g_autofree char *wanted = gbx_home_size_show (size);

      g_set_error (error, GBX_ERROR, GBX_ERROR_HOME,
                   _ ("The home “%s” has %s, more than the limit of %s, and a home cannot be made "
                      "smaller; raise the limit, or use another home"),
                   home, has, wanted);
      return FALSE;
    }
  return size == present || truncate (path, (off_t) size) == 0 || fail (path, errno, error);
}

/* ------------------------------------------------------------- waiting -- */

#define PATIENCE_MS 10000
#define STEP_MS 50

/* QEMU locks a byte of an image for each thing that it does with it: this one for writing. */
#define WRITER_BYTE 101

static gboolean
is_open (int fd, gboolean for_writing)
{
  struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

  if (!for_writing)
    {
      lock.l_start = WRITER_BYTE;
      lock.l_len = 1;
    }
  return fcntl (fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

gboolean
gbx_home_image_await_free (const char *path, gboolean for_writing, GCancellable *cancellable,
                           GError **error)
{
  struct stat st;
  int code;
  int fd = open_image (path, O_RDWR, &st, &code);
  gboolean busy = fd >= 0 && is_open (fd, for_writing);

  for (guint waited = 0; busy && waited < PATIENCE_MS; waited += STEP_MS)
    {
      if (g_cancellable_is_cancelled (cancellable))
        break;
      g_usleep (STEP_MS * 1000);
      busy = is_open (fd, for_writing);
    }
  if (fd >= 0)
    close (fd);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (busy)
    g_set_error (error, GBX_ERROR, GBX_ERROR_HOME,
                 _ ("The image “%s” is still open in the emulator of a sandbox that was killed; "
                    "end it with “glovebox doctor --clean”"),
                 path);
  return !busy;
}
