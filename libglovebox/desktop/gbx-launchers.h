/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Launchers: entries of the user's menu that start an application in a sandbox.
 *
 * The launcher of "firefox.desktop" is "org.glovebox.Glovebox.app.firefox.desktop", and with a
 * profile of its own "org.glovebox.Glovebox.app.firefox@PROFILE.desktop".  It never has the name
 * of the original. */

typedef enum
{
  GBX_LAUNCHER_CURRENT,
  GBX_LAUNCHER_OUTDATED, /* the application's entry or its icon has changed */
  GBX_LAUNCHER_ORPHAN,   /* the application or the profile is gone */
  GBX_LAUNCHER_DAMAGED,  /* the application's entry is damaged */
} GbxLauncherState;

typedef struct
{
  char *id;      /* of the launcher, "org.glovebox.Glovebox.app.NAME.desktop" */
  char *path;    /* its file */
  char *source;  /* the name of the application's own entry */
  char *name;    /* (nullable): as the menu shows it */
  char *profile; /* (nullable): NULL: the one for the application when it is started */
  GbxLauncherState state;
} GbxLauncher;

void gbx_launcher_free (GbxLauncher *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxLauncher, gbx_launcher_free)

typedef struct
{
  const char *profile; /* (nullable) */
  const char *suffix;  /* (nullable): appended to the name in the menu */
  gboolean mime;       /* offer it for the application's types of files */
} GbxLauncherOptions;

/* Makes the launcher of an application, or makes it again with these options.
 * application: the name of its entry, "firefox.desktop"
 * Returns: (transfer full) (nullable): the launcher's id */
char *gbx_launchers_add (const char *application, const GbxLauncherOptions *options,
                         GError **error);
void gbx_launchers_add_async (const char *application, const GbxLauncherOptions *options,
                              GCancellable *cancellable, GAsyncReadyCallback callback,
                              gpointer user_data);
char *gbx_launchers_add_finish (GAsyncResult *result, GError **error);

/* Removes a launcher and its icons.  word: the launcher's id, or the name of the application's
 * entry, with the profile or %NULL; without a profile all launchers of the application go. */
gboolean gbx_launchers_remove (const char *word, const char *profile, GError **error);
void gbx_launchers_remove_async (const char *word, const char *profile, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data);
gboolean gbx_launchers_remove_finish (GAsyncResult *result, GError **error);

/* Returns: (transfer full) (element-type GbxLauncher): sorted by id; without launchers empty */
GPtrArray *gbx_launchers_list (GError **error);
void gbx_launchers_list_async (GCancellable *cancellable, GAsyncReadyCallback callback,
                               gpointer user_data);
GPtrArray *gbx_launchers_list_finish (GAsyncResult *result, GError **error);

/* Makes launchers again whose originals have changed, and removes those of applications and
 * profiles that are gone.
 * all: also those that seem to be current
 * Returns: (transfer full) (nullable) (element-type GbxLauncher): those that were changed, with
 * the state that they had; the error is that of the first that could not be changed */
GPtrArray *gbx_launchers_refresh (gboolean all, GError **error);
void gbx_launchers_refresh_async (gboolean all, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *gbx_launchers_refresh_finish (GAsyncResult *result, GError **error);

/* Whether the user's menu has the launcher; it looks for one file. */
gboolean gbx_launchers_is_added (const char *application, const char *profile);

/* Whether a desktop entry is a launcher of Glovebox, by its name. */
gboolean gbx_launchers_is_launcher (const char *id);
/* (transfer full) (nullable): the application that a launcher of the user starts.
 * profile: (out) (optional) (nullable) (transfer full): and with which profile */
char *gbx_launchers_get_application (const char *id, char **profile);
/* Whether the launcher, if there is one, may be older than its original; it reads one file, and
 * looks at the times of a few. */
gboolean gbx_launchers_look_old (const char *application, const char *profile);

G_END_DECLS
