/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-service"

#include "config.h"

#include "gbx-service-packages.h"

#include "gbx-error.h"
#include "gbx-paths.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define PACKAGES_MAX 64
#define RECORD_END "end\\n"

static void
package_free (gpointer data)
{
  GbxServicePackage *self = data;

  g_free (self->name);
  g_free (self->version);
  g_free (self->source);
  g_free (self->architecture);
  g_ptr_array_unref (self->paths);
  g_hash_table_unref (self->conffiles);
  g_free (self);
}

/* ---------------------------------------------------------- dpkg-query -- */

/* (nullable): its output; NULL without an error if it has found nothing. */
static char *
query (const char *const *arguments, GCancellable *cancellable, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GBytes) out = NULL;
  g_autofree char *program = gbx_path_command ("dpkg-query");

  if (!program)
    {
      g_set_error_literal (error, GBX_ERROR, GBX_ERROR_NOT_FOUND,
                           _ ("The files of a service are found with dpkg-query, which is not "
                              "installed here; services need a system with Debian's packages"));
      return NULL;
    }
  g_ptr_array_add (argv, program);
  for (guint i = 0; arguments[i]; i++)
    g_ptr_array_add (argv, (gpointer) arguments[i]);
  g_ptr_array_add (argv, NULL);
  g_subprocess_launcher_setenv (launcher, "LC_ALL", "C", TRUE);
  process = g_subprocess_launcher_spawnv (launcher, (const char *const *) argv->pdata, error);
  if (!process || !g_subprocess_communicate (process, NULL, cancellable, &out, NULL, error))
    return NULL;
  return g_strndup (g_bytes_get_data (out, NULL), g_bytes_get_size (out));
}

/* "apache2: /lib/systemd/system/apache2.service", "libc6:amd64, libc6:i386: /path". */
static char *
read_owner (const char *text, const char *path)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autofree char *end = g_strconcat (": ", path, NULL);

  for (guint i = 0; lines[i]; i++)
    if (g_str_has_suffix (lines[i], end) && !g_str_has_prefix (lines[i], "diversion "))
      return g_strndup (lines[i], strcspn (lines[i], ":,"));
  return NULL;
}

/* The same file on a system whose /lib is a link to /usr/lib. */
static char *
other_name (const char *path)
{
  static const char *const merged[] = { "/bin/", "/sbin/", "/lib/" };

  if (g_str_has_prefix (path, "/usr/"))
    return g_strdup (path + strlen ("/usr"));
  for (guint i = 0; i < G_N_ELEMENTS (merged); i++)
    if (g_str_has_prefix (path, merged[i]))
      return g_strconcat ("/usr", path, NULL);
  return NULL;
}

/* (nullable) */
static char *
find_owner (const char *path, GCancellable *cancellable, GError **error)
{
  g_autofree char *other = other_name (path);
  const char *names[] = { path, other };

  for (guint i = 0; i < G_N_ELEMENTS (names) && names[i]; i++)
    {
      const char *const arguments[] = { "-S", names[i], NULL };
      g_autofree char *text = query (arguments, cancellable, error);
      char *owner = text ? read_owner (text, names[i]) : NULL;

      if (owner || !text)
        return owner;
    }
  return NULL;
}

/* ------------------------------------------------------------- packages -- */

static void
read_conffiles (GbxServicePackage *self, const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i]; i++)
    {
      g_auto (GStrv) words = g_strsplit (g_strstrip (lines[i]), " ", -1);

      if (words[0] && words[0][0] == '/' && words[1] && strlen (words[1]) == 32
          && !(words[2] && g_str_equal (words[2], "obsolete")))
        g_hash_table_insert (self->conffiles, g_strdup (words[0]), g_strdup (words[1]));
    }
}

static void
read_paths (GbxServicePackage *self, const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i]; i++)
    if (g_str_has_prefix (lines[i], "/etc/") || g_str_has_prefix (lines[i], "/var/"))
      g_ptr_array_add (self->paths, g_strdup (lines[i]));
}

/* (nullable): NULL without an error if it is not installed.  *depends: (transfer full). */
static GbxServicePackage *
read_package (const char *name, char **depends, GCancellable *cancellable, GError **error)
{
  const char *const arguments[] = {
    "-W",
    "-f=${db:Status-Status}\\t${Version}\\t${source:Package}\\t${Architecture}\\t${Depends}"
    "\\t${Conffiles}\\t" RECORD_END,
    name, NULL
  };
  const char *const list[] = { "-L", name, NULL };
  g_autofree char *text = query (arguments, cancellable, error);
  g_autofree char *paths = text ? query (list, cancellable, error) : NULL;
  g_auto (GStrv) fields = NULL;
  GbxServicePackage *self;

  if (!paths)
    return NULL;
  /* Of several architectures the first counts. */
  fields = g_strsplit (text, "\t", 7);
  if (g_strv_length (fields) != 7 || !g_str_equal (fields[0], "installed"))
    return NULL;
  self = g_new0 (GbxServicePackage, 1);
  self->name = g_strdup (name);
  self->version = g_strdup (fields[1]);
  self->source = g_strdup (fields[2]);
  self->architecture = g_strdup (fields[3]);
  self->paths = g_ptr_array_new_with_free_func (g_free);
  self->conffiles = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  read_conffiles (self, fields[5]);
  read_paths (self, paths);
  *depends = g_strdup (fields[4]);
  return self;
}

static gboolean
has_package (GPtrArray *list, const char *name)
{
  for (guint i = 0; i < list->len; i++)
    if (g_str_equal (((GbxServicePackage *) list->pdata[i])->name, name))
      return TRUE;
  return FALSE;
}

/* "apache2-bin (= 2.4), perl:any | x" → each name. */
static void
queue_names (GQueue *queue, const char *depends)
{
  g_auto (GStrv) parts = g_strsplit_set (depends, ",|", -1);

  for (guint i = 0; parts[i]; i++)
    {
      g_strstrip (parts[i]);
      parts[i][strcspn (parts[i], " (:")] = '\0';
      if (*parts[i])
        g_queue_push_tail (queue, g_strdup (parts[i]));
    }
}

typedef GQueue Names;

static void
names_free (Names *names)
{
  g_queue_free_full (names, g_free);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Names, names_free)

/* Those of the first one's source. */
static GPtrArray *
follow (const char *first, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (package_free);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (Names) queue = g_queue_new ();

  g_queue_push_tail (queue, g_strdup (first));
  while (!g_queue_is_empty (queue) && list->len < PACKAGES_MAX)
    {
      g_autofree char *name = g_queue_pop_head (queue);
      g_autofree char *depends = NULL;
      g_autoptr (GError) local = NULL;
      GbxServicePackage *package;

      if (!g_hash_table_add (seen, g_strdup (name)) || has_package (list, name))
        continue;
      package = read_package (name, &depends, cancellable, &local);
      if (local)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return NULL;
        }
      if (package && list->len > 0
          && !g_str_equal (package->source, ((GbxServicePackage *) list->pdata[0])->source))
        g_clear_pointer (&package, package_free);
      if (!package)
        continue;
      g_ptr_array_add (list, package);
      queue_names (queue, depends);
    }
  return g_steal_pointer (&list);
}

static gboolean
is_shell (const char *program)
{
  static const char *const names[] = { "sh", "bash", "dash", "env", "kill", "test", "true", "rm",
                                       "mkdir", "install", "chown", "touch", "sleep", "cat" };
  g_autofree char *base = g_path_get_basename (program);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (base, names[i]))
      return TRUE;
  return FALSE;
}

GPtrArray *
gbx_service_packages_find (const char *unit_path, const char *const *programs,
                           GCancellable *cancellable, GError **error)
{
  g_autofree char *owner = NULL;
  g_autoptr (GError) local = NULL;

  if (unit_path)
    owner = find_owner (unit_path, cancellable, &local);
  for (guint i = 0; !owner && !local && programs[i]; i++)
    if (*programs[i] == '/' && !is_shell (programs[i]))
      owner = find_owner (programs[i], cancellable, &local);
  if (local)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  return owner ? follow (owner, cancellable, error)
               : g_ptr_array_new_with_free_func (package_free);
}
