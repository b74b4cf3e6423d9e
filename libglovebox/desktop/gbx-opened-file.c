/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-opened-file"

#include "config.h"

#include "gbx-opened-file.h"

#include "gbx-error.h"
#include "gbx-paths.h"
#include "gbx-text.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

/* A name may be 255 characters long. */
#define NAME_SHOWN 80
#define TEXT_TYPE "text/plain"

/* ---------------------------------------------------------------- names -- */

char *
gbx_opened_file_show_name (const char *path)
{
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *valid = g_filename_display_name (base);
  GString *shown = g_string_new (NULL);
  glong length = 0;

  for (const char *at = valid; *at && length < NAME_SHOWN; at = g_utf8_next_char (at), length++)
    {
      gunichar c = g_utf8_get_char (at);

      g_string_append_unichar (shown, gbx_text_is_plain (c) ? c : 0xfffd);
      if (length == NAME_SHOWN - 1 && *g_utf8_next_char (at))
        g_string_append (shown, "…");
    }
  return g_string_free (shown, FALSE);
}

static gboolean
refuse (GError **error, const char *word, const char *reason)
{
  g_autofree char *shown = gbx_path_show (word);

  g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID, _ ("Cannot open “%s”: %s"), shown, reason);
  return FALSE;
}

/* --------------------------------------------------------------- places -- */

/* Of trash: and recent:, what gvfs knows; NULL: nothing. */
static char *
find_target (GFile *file)
{
  g_autoptr (GFileInfo) info = g_file_query_info (
      file, G_FILE_ATTRIBUTE_STANDARD_TARGET_URI, G_FILE_QUERY_INFO_NONE, NULL, NULL);
  const char *target =
      info ? g_file_info_get_attribute_string (info, G_FILE_ATTRIBUTE_STANDARD_TARGET_URI) : NULL;
  g_autoptr (GFile) real = target ? g_file_new_for_uri (target) : NULL;

  return real ? g_file_get_path (real) : NULL;
}

/* Without gvfs: what lies in the user's own trash. */
static char *
find_in_trash (const char *uri)
{
  g_autofree char *name = g_uri_unescape_string (uri + strcspn (uri, "/"), "/");
  const char *start = name ? name + strspn (name, "/") : "";
  g_autofree char *folder = g_build_filename (g_get_user_data_dir (), "Trash", "files", NULL);
  g_autofree char *path = g_build_filename (folder, start, NULL);
  g_autofree char *clean = g_canonicalize_filename (path, "/");
  struct stat st;

  if (!*start || g_str_equal (clean, folder) || !gbx_path_is_within (clean, folder) ||
      lstat (clean, &st) != 0)
    return NULL;
  return g_steal_pointer (&clean);
}

static void
refuse_scheme (GError **error, const char *word, const char *scheme)
{
  g_autofree char *reason =
      g_strdup_printf (_ ("addresses that begin with “%s:” are not known here"), scheme);

  refuse (error, word, reason);
}

/* A path that the kernel knows, of a file of another scheme; NULL with an error. */
static char *
find_path (const char *word, const char *scheme, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_uri (word);
  gboolean is_trash = g_str_equal (scheme, "trash");
  char *path = NULL;

  if (is_trash || g_str_equal (scheme, "recent"))
    path = find_target (file);
  else
    path = g_file_get_path (file);
  if (!path && is_trash)
    path = find_in_trash (word);
  if (path)
    return path;
  if (is_trash)
    refuse (error, word, _ ("it is not in the trash any more"));
  else if (g_str_equal (scheme, "recent"))
    refuse (error, word, _ ("it is not known any more where that file is; open it from its folder"));
  else if (g_strv_contains (g_vfs_get_supported_uri_schemes (g_vfs_get_default ()), scheme))
    refuse (error, word,
            _ ("it is on another device or computer, and no folder of this one shows it; copy it "
               "to a folder here first"));
  else
    refuse_scheme (error, word, scheme);
  return NULL;
}

static char *
find_local (const char *word, GError **error)
{
  g_autofree char *host = NULL;
  g_autoptr (GError) local = NULL;
  char *path = g_filename_from_uri (word, &host, &local);

  if (!path)
    refuse (error, word, local->message);
  else if (host && g_ascii_strcasecmp (host, "localhost") != 0 &&
           g_ascii_strcasecmp (host, g_get_host_name ()) != 0)
    {
      refuse (error, word, _ ("it is on another computer"));
      g_clear_pointer (&path, g_free);
    }
  return path;
}

/* ---------------------------------------------------------------- types -- */

static gboolean
begins_with (const char *path, off_t at, const char *bytes, gsize length)
{
  char found[16];
  int fd = open (path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  gboolean same;

  if (fd < 0)
    return FALSE;
  same = pread (fd, found, length, at) == (ssize_t) length && memcmp (found, bytes, length) == 0;
  close (fd);
  return same;
}

/* The format marks itself in bytes that the header of other programs does not use. */
static gboolean
is_appimage (const char *path)
{
  return begins_with (path, 0, "\177ELF", 4) &&
         (begins_with (path, 8, "AI\1", 3) || begins_with (path, 8, "AI\2", 3));
}

static gboolean
is_program (const char *path, const char *type)
{
  if (is_appimage (path))
    return TRUE;
  if (access (path, X_OK) != 0)
    return FALSE;
  return begins_with (path, 0, "\177ELF", 4) ||
         (begins_with (path, 0, "#!", 2) && g_content_type_can_be_executable (type));
}

/* What browsers write, by freedesktop.org's conventions or through gvfs. */
#define ORIGIN_ATTRIBUTE "user.xdg.origin.url"
#define ORIGIN_METADATA "metadata::download-uri"
#define ORIGIN_MAX 4096

static GFileInfo *
query (const char *path, const char *attributes)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);

  return g_file_query_info (file, attributes, G_FILE_QUERY_INFO_NONE, NULL, NULL);
}

static gboolean
is_host (const char *name)
{
  return *name && strlen (name) <= NAME_SHOWN &&
         strspn (name, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS ".-:") == strlen (name);
}

/* (nullable): only the site, since the rest of an address can say anything. */
static char *
find_origin (const char *path)
{
  g_autofree char *text = g_malloc (ORIGIN_MAX);
  ssize_t length = getxattr (path, ORIGIN_ATTRIBUTE, text, ORIGIN_MAX - 1);
  g_autoptr (GFileInfo) info = length > 0 ? NULL : query (path, ORIGIN_METADATA);
  g_autofree char *host = NULL;
  g_autoptr (GUri) uri = NULL;

  if (length > 0)
    text[length] = '\0';
  else
    {
      g_free (text);
      text = info ? g_file_info_get_attribute_as_string (info, ORIGIN_METADATA) : NULL;
    }
  uri = text && g_utf8_validate (text, -1, NULL) ? g_uri_parse (text, G_URI_FLAGS_NONE, NULL)
                                                  : NULL;
  /* A name in another script could look like another one: it is shown in its encoding. */
  host = uri && g_uri_get_host (uri) ? g_hostname_to_ascii (g_uri_get_host (uri)) : NULL;
  return host && is_host (host) ? g_steal_pointer (&host) : NULL;
}

static char *
query_type (const char *path)
{
  g_autoptr (GFileInfo) info = query (path, G_FILE_ATTRIBUTE_STANDARD_CONTENT_TYPE);
  const char *type = info ? g_file_info_get_content_type (info) : NULL;

  return type ? g_content_type_get_mime_type (type) : NULL;
}

/* What an application has to know to show it. */
static char *
find_type (const char *path)
{
  g_autofree char *type = query_type (path);
  gboolean uncertain = TRUE;
  g_autofree char *by_name = NULL;

  /* A launcher is shown: nobody who opens one in a sandbox wants it to be started outside. */
  if (type && g_str_equal (type, "application/x-desktop"))
    return g_strdup (TEXT_TYPE);
  if (!type || !g_str_equal (type, "application/x-zerosize"))
    return type ? g_steal_pointer (&type) : g_strdup ("application/octet-stream");
  by_name = g_content_type_guess (path, NULL, 0, &uncertain);
  return g_strdup (uncertain || g_content_type_is_unknown (by_name) ? TEXT_TYPE : by_name);
}

static gboolean
look (GbxOpenedFile *self, GError **error)
{
  struct stat st;

  if (stat (self->path, &st) != 0)
    return refuse (error, self->path,
                   errno == ENOENT && g_file_test (self->path, G_FILE_TEST_IS_SYMLINK)
                       ? _ ("it is a link to something that does not exist")
                       : g_strerror (errno));
  if (!S_ISDIR (st.st_mode) && !S_ISREG (st.st_mode))
    return refuse (error, self->path,
                   S_ISFIFO (st.st_mode) || S_ISSOCK (st.st_mode)
                       ? _ ("it is no file, but a connection between programs")
                       : _ ("it is no file, but a device"));
  if (access (self->path, S_ISDIR (st.st_mode) ? R_OK | X_OK : R_OK) != 0)
    return refuse (error, self->path, g_strerror (errno));
  self->kind = S_ISDIR (st.st_mode) ? GBX_OPENED_FOLDER : GBX_OPENED_FILE;
  self->type = S_ISDIR (st.st_mode) ? g_strdup ("inode/directory") : find_type (self->path);
  if (self->kind == GBX_OPENED_FILE && is_program (self->path, self->type))
    self->kind = GBX_OPENED_PROGRAM;
  if (self->kind != GBX_OPENED_FOLDER)
    self->origin = find_origin (self->path);
  return TRUE;
}

/* ------------------------------------------------------------------ new -- */

void
gbx_opened_file_free (GbxOpenedFile *self)
{
  g_free (self->path);
  g_free (self->name);
  g_free (self->type);
  g_free (self->origin);
  g_free (self->word);
  g_free (self);
}

static gboolean
take_address (GbxOpenedFile *self, const char *scheme, GError **error)
{
  g_autoptr (GError) local = NULL;

  self->kind = GBX_OPENED_ADDRESS;
  self->type = g_strconcat ("x-scheme-handler/", scheme, NULL);
  self->name = gbx_path_show (self->word);
  return g_uri_is_valid (self->word, G_URI_FLAGS_PARSE_RELAXED, &local) ||
         refuse (error, self->word, local->message);
}

GbxOpenedFile *
gbx_opened_file_new (const char *word, GError **error)
{
  g_autofree char *parsed = g_uri_parse_scheme (word);
  g_autofree char *scheme = parsed ? g_ascii_strdown (parsed, -1) : NULL;
  g_autofree char *found = NULL;
  g_autoptr (GbxOpenedFile) self = g_new0 (GbxOpenedFile, 1);

  self->word = g_strdup (word);
  if (!*word)
    {
      refuse (error, word, _ ("that is no name of a file"));
      return NULL;
    }
  /* A colon may also be part of a file's name. */
  if (scheme && g_file_test (word, G_FILE_TEST_EXISTS))
    g_clear_pointer (&scheme, g_free);
  if (scheme && (g_str_equal (scheme, "http") || g_str_equal (scheme, "https")))
    return take_address (self, scheme, error) ? g_steal_pointer (&self) : NULL;
  if (!scheme)
    found = g_strdup (word);
  else
    found = g_str_equal (scheme, "file") ? find_local (word, error)
                                         : find_path (word, scheme, error);
  if (!found)
    return NULL;
  self->path = g_canonicalize_filename (found, NULL);
  self->name = gbx_opened_file_show_name (self->path);
  return look (self, error) ? g_steal_pointer (&self) : NULL;
}
