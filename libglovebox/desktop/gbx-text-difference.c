/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-text-difference"

#include "config.h"

#include "gbx-text-difference.h"

#include "gbx-error.h"
#include "gbx-save.h"
#include "gbx-text.h"

#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* diff(1) takes time for texts that have nothing in common. */
#define PATIENCE_SECONDS "5"
/* Where diff finds the two texts. */
#define BEFORE_FD 3
#define AFTER_FD 4

static void
line_free (GbxTextDifferenceLine *self)
{
  g_free (self->text);
  g_free (self);
}

static void
add (GPtrArray *lines, GbxTextDifferenceKind kind, char *text)
{
  GbxTextDifferenceLine *line = g_new0 (GbxTextDifferenceLine, 1);

  line->kind = kind;
  line->text = text;
  g_ptr_array_add (lines, line);
}

/* ---------------------------------------------------------------- clean -- */

char *
gbx_text_difference_clean (const char *text, gsize length)
{
  g_autofree char *valid = g_utf8_make_valid (text, (gssize) length);
  GString *clean = g_string_new (NULL);
  guint count = 0;

  for (const char *at = valid; *at; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (count++ == GBX_TEXT_DIFFERENCE_LINE_MAX)
        {
          g_string_append (clean, "…");
          break;
        }
      if (c == '\t' || gbx_text_is_plain (c))
        g_string_append_unichar (clean, c);
      else if (c != '\r')
        g_string_append_printf (clean, "<U+%04X>", c);
    }
  return g_string_free (clean, FALSE);
}

/* ----------------------------------------------------------------- read -- */

static gboolean
refuse (GError **error, const char *reason)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, reason);
  return FALSE;
}

static gboolean
is_text (const char *data, gsize length)
{
  return memchr (data, '\0', length) == NULL;
}

/* A copy in memory: the file may change meanwhile.  -1 with an error. */
static int
read_text (const char *path, GError **error)
{
  g_autofree char *data = g_malloc (GBX_TEXT_DIFFERENCE_SIZE_MAX + 1);
  struct stat st;
  int fd = gbx_save_open_file (AT_FDCWD, path, &st), memory = -1;
  ssize_t length = fd >= 0 ? 0 : -1, n = 1;

  while (length >= 0 && length <= GBX_TEXT_DIFFERENCE_SIZE_MAX && n > 0)
    {
      n = read (fd, data + length, GBX_TEXT_DIFFERENCE_SIZE_MAX + 1 - length);
      length = n < 0 ? -1 : length + n;
    }
  if (fd >= 0)
    close (fd);
  if (length < 0)
    refuse (error, _ ("One of the two versions cannot be read."));
  else if (length > GBX_TEXT_DIFFERENCE_SIZE_MAX)
    refuse (error, _ ("The file is too large to compare the two versions here."));
  else if (!is_text (data, length))
    refuse (error, _ ("The two versions are not compared, because the file is not a text."));
  else
    memory = memfd_create ("glovebox-text", MFD_CLOEXEC);
  if (memory >= 0 && (write (memory, data, length) != length || lseek (memory, 0, SEEK_SET) != 0))
    {
      close (memory);
      memory = -1;
    }
  if (memory < 0 && error && !*error)
    refuse (error, _ ("There is not enough memory to compare the two versions."));
  return memory;
}

/* ----------------------------------------------------------------- diff -- */

static void
add_lines (GPtrArray *lines, const char *output, gsize length)
{
  const char *end = output + length, *next;
  gboolean is_begun = FALSE;

  for (const char *at = output; at < end; at = next)
    {
      const char *stop = memchr (at, '\n', end - at);
      gsize n = (stop ? stop : end) - at;

      next = stop ? stop + 1 : end;
      if (lines->len >= GBX_TEXT_DIFFERENCE_LINES_MAX)
        {
          add (lines, GBX_TEXT_DIFFERENCE_GAP, g_strdup (_ ("The rest is left out.")));
          return;
        }
      if (n >= 2 && at[0] == '@' && at[1] == '@')
        {
          if (is_begun)
            add (lines, GBX_TEXT_DIFFERENCE_GAP, g_strdup ("…"));
          is_begun = TRUE;
        }
      else if (is_begun && n > 0 && strchr (" +-", at[0]))
        add (lines,
             at[0] == '+'   ? GBX_TEXT_DIFFERENCE_ADDED
             : at[0] == '-' ? GBX_TEXT_DIFFERENCE_REMOVED
                            : GBX_TEXT_DIFFERENCE_SAME,
             gbx_text_difference_clean (at + 1, n - 1));
    }
}

static GBytes *
communicate (GSubprocess *process)
{
  GBytes *output = NULL;

  if (!g_subprocess_communicate (process, NULL, NULL, &output, NULL, NULL))
    return NULL;
  /* 0 and 1: they are the same, or not. */
  if (!g_subprocess_get_if_exited (process) || g_subprocess_get_exit_status (process) > 1)
    g_clear_pointer (&output, g_bytes_unref);
  return output;
}

/* Takes the descriptors. */
static GBytes *
run_diff (int before, int after, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autoptr (GSubprocess) process = NULL;
  GBytes *output;

  g_subprocess_launcher_take_fd (launcher, before, BEFORE_FD);
  g_subprocess_launcher_take_fd (launcher, after, AFTER_FD);
  g_subprocess_launcher_setenv (launcher, "LC_ALL", "C", TRUE);
  process = g_subprocess_launcher_spawn (launcher, NULL, "timeout", PATIENCE_SECONDS, "diff",
                                         "--text", "--unified=3", "/dev/fd/3", "/dev/fd/4", NULL);
  output = process ? communicate (process) : NULL;
  if (!output)
    refuse (error, _ ("The two versions could not be compared."));
  return output;
}

GPtrArray *
gbx_text_difference_find (const char *before, const char *after, GError **error)
{
  int one = read_text (before, error);
  int other = one >= 0 ? read_text (after, error) : -1;
  g_autoptr (GBytes) output = NULL;
  GPtrArray *lines;

  if (other < 0)
    {
      if (one >= 0)
        close (one);
      return NULL;
    }
  output = run_diff (one, other, error);
  if (!output)
    return NULL;
  lines = g_ptr_array_new_with_free_func ((GDestroyNotify) line_free);
  add_lines (lines, g_bytes_get_data (output, NULL), g_bytes_get_size (output));
  return lines;
}

/* --------------------------------------------------------------- thread -- */

static void
find_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  char **paths = data;
  GError *error = NULL;
  GPtrArray *lines = gbx_text_difference_find (paths[0], paths[1], &error);

  if (lines)
    g_task_return_pointer (task, lines, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

void
gbx_text_difference_find_async (const char *before, const char *after, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  const char *paths[] = { before, after, NULL };

  g_task_set_return_on_cancel (task, TRUE);
  g_task_set_task_data (task, g_strdupv ((char **) paths), (GDestroyNotify) g_strfreev);
  g_task_run_in_thread (task, find_thread);
}

GPtrArray *
gbx_text_difference_find_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
