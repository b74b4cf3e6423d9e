/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-profile"

#include "config.h"

#include "gbx-import.h"

#include "gbx-error.h"
#include "gbx-paths.h"
#include "gbx-profile-keys.h"
#include "gbx-settings.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

/* Firejail's profiles: firejail-profile(5).  A line is a word and its argument. */

typedef struct
{
  GbxKeyText *text;
  guint n_shares;
  GPtrArray *shared; /* paths */
  GPtrArray *hidden; /* paths of "blacklist" */
  GPtrArray *notes;
} Import;

/* What every sandbox of Glovebox does anyway: it has its own kernel, processes, /tmp and /dev, no
 * capabilities, no sound, camera, printer or bus of the host, and nothing of the home but the
 * shares. */
static const char *const always[] = {
  "allow-debuggers", "apparmor",     "caps",          "caps.drop",  "caps.keep",
  "disable-mnt",     "ipc-namespace", "keep-config-pulse",           "nodvd",
  "nogroups",        "noinput",      "nonewprivs",    "noprinters", "noroot",
  "nosound",         "notv",         "nou2f",         "novideo",    "private",
  "private-cache",   "private-cwd",  "private-dev",   "private-tmp", "shell",
  "tmpfs",           "tracelog",     "writable-run-user",           "x11",
  "dbus-user",       "dbus-system",  NULL,
};
/* What has no effect of its own. */
static const char *const nothing[] = { "quiet", "noblacklist", "nowhitelist", "ignore", "nodeny",
                                       "mkdir", "mkfile", NULL };

static gboolean
is_one_of (const char *const *words, const char *word)
{
  return g_strv_contains (words, word);
}

/* (transfer full) (nullable): Firejail's macros as a profile has them. */
static char *
translate_path (const char *path)
{
  static const struct
  {
    const char *macro;
    const char *place;
  } macros[] = {
    { "${HOME}", "~" },
    { "${DESKTOP}", "xdg-desktop" },
    { "${DOCUMENTS}", "xdg-documents" },
    { "${DOWNLOADS}", "xdg-download" },
    { "${MUSIC}", "xdg-music" },
    { "${PICTURES}", "xdg-pictures" },
    { "${VIDEOS}", "xdg-videos" },
    { "~", "~" },
  };

  if (strpbrk (path, "*?["))
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (macros); i++)
    if (g_str_has_prefix (path, macros[i].macro))
      return g_strconcat (macros[i].place, path + strlen (macros[i].macro), NULL);
  return *path == '/' ? g_strdup (path) : NULL;
}

static void
add_share (Import *self, const char *path, gboolean writable)
{
  g_autofree char *translated = translate_path (path);

  if (!translated)
    gbx_import_note (self->notes, _ ("whitelist: “%s” cannot be a share, and is left out"), path);
  else if (g_str_has_prefix (translated, "/usr/") || g_str_has_prefix (translated, "/run/"))
    gbx_import_note (self->notes, _ ("whitelist: “%s” belongs to the system, which the sandbox "
                                     "has read-only"),
                     path);
  else
    {
      gbx_import_add_share (self->text, translated, writable, ++self->n_shares, self->notes);
      g_ptr_array_add (self->shared, g_steal_pointer (&translated));
    }
}

/* Outside the shares there is nothing to hide. */
static void
tell_of_hidden (Import *self)
{
  for (guint i = 0; i < self->hidden->len; i++)
    for (guint j = 0; j < self->shared->len; j++)
      {
        g_autofree char *path = translate_path (self->hidden->pdata[i]);

        if (path && gbx_path_is_within (path, self->shared->pdata[j]))
          gbx_import_note (self->notes, _ ("blacklist: “%s” is in a shared folder, and the sandbox "
                                           "sees it"),
                           (char *) self->hidden->pdata[i]);
      }
}

static void
add_network (Import *self, const char *kind)
{
  gboolean none = g_str_equal (kind, "none");

  if (gbx_key_text_lookup (self->text, "Network", "Mode"))
    return;
  gbx_key_text_set (self->text, "Network", "Mode", none ? "none" : "user");
  if (!none)
    gbx_import_note (self->notes,
                     _ ("net %s: the profile allows outgoing connections, by no certain device"),
                     kind);
}

static void
add_variable (Import *self, const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "=", 2);

  if (parts[0] && *parts[0] && parts[1])
    gbx_key_text_set (self->text, "Environment", parts[0], parts[1]);
  else
    gbx_import_note (self->notes, _ ("env: “%s” is not NAME=VALUE"), text);
}

/* hh:mm:ss */
static void
add_timeout (Import *self, const char *text)
{
  guint hours = 0, minutes = 0, seconds = 0;
  gboolean good = sscanf (text, "%u:%u:%u", &hours, &minutes, &seconds) == 3;
  g_autofree char *timeout = g_strdup_printf ("%u", hours * 3600 + minutes * 60 + seconds);

  if (good)
    gbx_key_text_set (self->text, "Lifecycle", "Timeout", timeout);
  else
    gbx_import_note (self->notes, _ ("timeout: “%s” is not hh:mm:ss"), text);
}

static void
add_memory (Import *self, const char *text)
{
  guint64 bytes = 0;
  gboolean good = g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT64, &bytes, NULL);
  g_autofree char *memory = g_strdup_printf ("%" G_GUINT64_FORMAT "M", MAX (320, bytes >> 20));

  if (good)
    gbx_key_text_set (self->text, "Resources", "Memory", memory);
  else
    gbx_import_note (self->notes, _ ("rlimit-as: “%s” is not a number of bytes"), text);
}

/* Lines whose value is that of a setting.  Firejail's "nice" may be negative; ours is not. */
static const struct
{
  const char *word, *key;
} limits[] = {
  { "cpu", "resources.cpu-set" },
  { "nice", "resources.nice" },
  { "rlimit-nproc", "resources.processes" },
  { "rlimit-nofile", "resources.open-files" },
};

/* FALSE if the line is none of them.  What is impossible on this computer is left out. */
static gboolean
add_limit (Import *self, const char *word, const char *argument)
{
  for (guint i = 0; i < G_N_ELEMENTS (limits); i++)
    {
      const GbxSetting *setting = gbx_settings_find (limits[i].key);
      g_autofree char *group = NULL, *name = NULL, *text = NULL;
      g_autoptr (GVariant) value = NULL;
      g_autoptr (GError) error = NULL;

      if (!g_str_equal (limits[i].word, word))
        continue;
      value = gbx_setting_parse (setting, argument, TRUE, word, &error);
      group = gbx_profile_key_group (setting);
      name = gbx_profile_key_name (setting);
      text = value ? gbx_setting_format (setting, value) : NULL;
      if (text)
        gbx_key_text_set (self->text, group, name, text);
      else
        gbx_import_note (self->notes, _ ("%s; it is left out"), error->message);
      return TRUE;
    }
  return FALSE;
}

static void
add_line (Import *self, const char *word, const char *argument)
{
  if (add_limit (self, word, argument))
    return;
  if (g_str_equal (word, "whitelist"))
    add_share (self, argument, TRUE);
  else if (g_str_equal (word, "whitelist-ro"))
    add_share (self, argument, FALSE);
  else if (g_str_equal (word, "net"))
    add_network (self, argument);
  else if (g_str_equal (word, "env"))
    add_variable (self, argument);
  else if (g_str_equal (word, "timeout"))
    add_timeout (self, argument);
  else if (g_str_equal (word, "rlimit-as"))
    add_memory (self, argument);
  else if (g_str_equal (word, "no3d"))
    gbx_key_text_set (self->text, "Display", "Opengl", "off");
  else if (g_str_equal (word, "blacklist"))
    g_ptr_array_add (self->hidden, g_strdup (argument));
  else if (g_str_equal (word, "include"))
    gbx_import_note (self->notes, _ ("include %s: that file is not read; import it too if it has "
                                     "more than black lists"),
                     argument);
  else if (!is_one_of (always, word) && !is_one_of (nothing, word) &&
           !g_str_has_prefix (word, "dbus-"))
    gbx_import_note (self->notes, _ ("%s %s: it has no counterpart, and is left out"), word,
                     argument);
}

/* "?HAS_X11: word argument" depends on what the host has. */
static const char *
skip_condition (Import *self, const char *line)
{
  const char *colon = strchr (line, ':');

  if (*line != '?' || !colon)
    return line;
  gbx_import_note (self->notes, _ ("“%.*s”: the condition is left out, and its line holds"),
                   (int) (colon - line), line);
  return colon + 1;
}

static void
read_line (Import *self, char *line)
{
  g_auto (GStrv) parts = NULL;
  char *comment = strstr (line, " #");

  if (comment)
    *comment = '\0';
  g_strstrip (line);
  if (!*line || *line == '#')
    return;
  for (char *at = line; *at; at++)
    if (g_ascii_iscntrl (*at))
      *at = ' ';
  parts = g_strsplit (g_strchug ((char *) skip_condition (self, line)), " ", 2);
  if (parts[0])
    add_line (self, parts[0], parts[1] ? g_strstrip (parts[1]) : "");
}

char *
gbx_import_firejail (const char *text, const char *name, GPtrArray *notes, GError **error)
{
  g_autoptr (GbxKeyText) profile = gbx_import_begin ();
  Import self = { .text = profile, .notes = notes };
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  char *result;

  if (!g_utf8_validate (text, -1, NULL))
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID, _ ("%s: it is not UTF-8"), name);
      return NULL;
    }
  self.shared = g_ptr_array_new_with_free_func (g_free);
  self.hidden = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; lines[i]; i++)
    read_line (&self, lines[i]);
  tell_of_hidden (&self);
  result = gbx_import_end (profile,
                           _ ("net: it is not set, which means the host's network for Firejail; the "
                              "profile allows outgoing connections"),
                           notes);
  g_ptr_array_unref (self.shared);
  g_ptr_array_unref (self.hidden);
  return result;
}
