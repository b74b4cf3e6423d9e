/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-surroundings"

#include "config.h"

#include "gbx-surroundings.h"

#include <glib/gstdio.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A socket's path has 107 bytes.  libvirt's longest are libvirt/virtlogd-admin-sock in the
 * runtime folder, and the monitor in the configuration folder:
 * libvirt/qemu/lib/domain-NUMBER-glovebox-…/monitor.sock with 20 bytes of the name. */
#define RUNTIME_MAX 78
#define CONFIG_MAX 44

static const char *session_folder; /* once it is kept */
static gboolean kept;

/* GLib takes an empty HOME for the working folder. */
static void
settle_home (void)
{
  const char *home = g_getenv ("HOME");
  struct passwd *entry;

  if (home && g_path_is_absolute (home))
    return;
  entry = getpwuid (geteuid ());
  if (entry && g_path_is_absolute (entry->pw_dir))
    g_setenv ("HOME", entry->pw_dir, TRUE);
}

void
gbx_surroundings_settle (void)
{
  settle_home ();
  /* Whoever makes a file may use it: libvirt's daemon has this from us too. */
  umask (umask (077) & ~0700);
  /* A file that would be too large is an error, and not the end without a word. */
  signal (SIGXFSZ, SIG_IGN);
}

static gboolean
is_private_folder (const char *path)
{
  struct stat st;

  return g_path_is_absolute (path) && lstat (path, &st) == 0 && S_ISDIR (st.st_mode) &&
         st.st_uid == geteuid ();
}

/* Where there is no runtime folder, libvirt takes one in the cache. */
static gboolean
runtime_is_fit (void)
{
  const char *runtime = gbx_surroundings_get_session_folder ();

  if (!runtime || !*runtime)
    return strlen (g_get_user_cache_dir ()) <= RUNTIME_MAX;
  return is_private_folder (runtime) && strlen (runtime) <= RUNTIME_MAX;
}

char *
gbx_surroundings_get_own_folder (void)
{
  return g_strdup_printf ("/tmp/glovebox-%u-session", (guint) geteuid ());
}

static void
keep (const char *variable, const char *prefix, const char *name)
{
  g_autofree char *path = g_build_filename (session_folder, name, NULL);
  g_autofree char *value = g_strconcat (prefix, path, NULL);

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    g_setenv (variable, value, TRUE);
}

/* What is found in the session's folder by default is found there still. */
static void
keep_session (void)
{
  const char *display = g_getenv ("WAYLAND_DISPLAY");

  if (!session_folder || !g_path_is_absolute (session_folder))
    return;
  if (!g_getenv ("DBUS_SESSION_BUS_ADDRESS"))
    keep ("DBUS_SESSION_BUS_ADDRESS", "unix:path=", "bus");
  if (!display || !g_path_is_absolute (display))
    keep ("WAYLAND_DISPLAY", "", display ? display : "wayland-0");
}

/* Another configuration needs another daemon, which has its sockets elsewhere. */
static void
settle_sockets (void)
{
  gboolean config_is_fit = strlen (g_get_user_config_dir ()) <= CONFIG_MAX;
  g_autofree char *folder = gbx_surroundings_get_own_folder ();
  g_autofree char *config = g_build_filename (folder, "config", NULL);

  if (geteuid () == 0 || (runtime_is_fit () && config_is_fit))
    return;
  g_mkdir (folder, 0700);
  if (!is_private_folder (folder) || g_chmod (folder, 0700) != 0)
    return; /* somebody has taken the place: libvirt's own error is told */
  keep_session ();
  g_setenv ("XDG_RUNTIME_DIR", folder, TRUE);
  if (!config_is_fit)
    g_setenv ("XDG_CONFIG_HOME", config, TRUE);
}

void
gbx_surroundings_settle_sockets (void)
{
  static gsize once;

  if (!g_once_init_enter (&once))
    return;
  session_folder = gbx_surroundings_get_session_folder ();
  kept = TRUE;
  settle_sockets ();
  g_once_init_leave (&once, 1);
}

const char *
gbx_surroundings_get_session_folder (void)
{
  return kept ? session_folder : g_intern_string (g_getenv ("XDG_RUNTIME_DIR"));
}
