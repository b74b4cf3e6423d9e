/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-service"

#include "config.h"

#include "gbx-service-log.h"

#include "gbx-error.h"
#include "gbx-text.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE_MAX_BYTES 4096

struct _GbxServiceLog
{
  char *path, *former;
  int fd;
  gsize size;
  GString *line; /* that is not complete yet */
};

GbxServiceLog *
gbx_service_log_open (const char *folder, GError **error)
{
  GbxServiceLog *self = g_new0 (GbxServiceLog, 1);
  struct stat st;

  self->path = g_build_filename (folder, "log", NULL);
  self->former = g_build_filename (folder, "log.1", NULL);
  self->line = g_string_new (NULL);
  self->fd = open (self->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (self->fd >= 0 && fstat (self->fd, &st) == 0)
    {
      self->size = (gsize) st.st_size;
      return self;
    }
  g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE, _ ("Cannot write “%s”: %s"), self->path,
               g_strerror (errno));
  gbx_service_log_close (self);
  return NULL;
}

static void
rotate (GbxServiceLog *self)
{
  int fresh;

  if (self->size < GBX_SERVICE_LOG_MAX / 2)
    return;
  g_rename (self->path, self->former);
  fresh = open (self->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fresh < 0)
    return;
  close (self->fd);
  self->fd = fresh;
  self->size = 0;
}

static void
append_plain (GString *out, const char *text, gsize length)
{
  const char *end = text + length;

  while (text < end)
    {
      gunichar c = g_utf8_get_char_validated (text, end - text);
      gboolean shown = (gint) c >= 0 && (c == '\t' || gbx_text_is_plain (c));

      if (shown)
        g_string_append_unichar (out, c);
      else
        g_string_append_printf (out, "\\x%02x", (guint8) *text);
      text += shown ? g_unichar_to_utf8 (c, NULL) : 1;
    }
}

/* A full disk must not stop the service. */
static void
write_line (GbxServiceLog *self, const char *text, gsize length)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *time = g_date_time_format (now, "%Y-%m-%d %H:%M:%S ");
  g_autoptr (GString) line = g_string_new (time);

  if (length > 0 && text[length - 1] == '\r')
    length--;
  append_plain (line, text, length);
  g_string_append_c (line, '\n');
  rotate (self);
  if (write (self->fd, line->str, line->len) == (gssize) line->len)
    self->size += line->len;
}

void
gbx_service_log_take (GbxServiceLog *self, const guint8 *bytes, gsize length)
{
  for (gsize i = 0; i < length; i++)
    {
      if (bytes[i] != '\n')
        g_string_append_c (self->line, (char) bytes[i]);
      if (bytes[i] != '\n' && self->line->len < LINE_MAX_BYTES)
        continue;
      write_line (self, self->line->str, self->line->len);
      g_string_truncate (self->line, 0);
    }
}

void
gbx_service_log_say (GbxServiceLog *self, const char *text)
{
  g_autofree char *line = g_strconcat ("glovebox: ", text, NULL);

  write_line (self, line, strlen (line));
}

void
gbx_service_log_close (GbxServiceLog *self)
{
  if (self->fd >= 0 && self->line->len > 0)
    write_line (self, self->line->str, self->line->len);
  if (self->fd >= 0)
    close (self->fd);
  g_string_free (self->line, TRUE);
  g_free (self->path);
  g_free (self->former);
  g_free (self);
}

/* -------------------------------------------------------------- reading -- */

static void
append_file (GString *text, const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *part = NULL;
  gsize length;

  if (g_file_get_contents (path, &part, &length, NULL))
    g_string_append_len (text, part, (gssize) MIN (length, GBX_SERVICE_LOG_MAX));
}

char *
gbx_service_log_read (const char *folder, guint n_lines)
{
  g_autoptr (GString) text = g_string_new (NULL);
  const char *at;

  append_file (text, folder, "log.1");
  append_file (text, folder, "log");
  at = text->str + text->len;
  if (at > text->str)
    at--;
  while (at > text->str && n_lines > 0)
    if (at[-1] != '\n' || --n_lines > 0)
      at--;
  return g_utf8_make_valid (n_lines == 0 && *at == '\0' ? "" : at, -1);
}

char *
gbx_service_log_read_since (const char *folder, goffset size)
{
  g_autoptr (GString) text = g_string_new (NULL);

  append_file (text, folder, "log");
  return g_utf8_make_valid (text->str + ((gsize) size <= text->len ? size : 0), -1);
}
