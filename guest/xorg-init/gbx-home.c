/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The user's home and runtime folder, as at a first login. */

#include "gbx-kept-home.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const home_folders[] = {
  "Desktop", "Documents", "Downloads", "Music", "Pictures", "Videos",
  ".config", ".cache",    ".local",    ".local/share", ".local/state",
};

/* Windows cannot be minimised here, and a main window is always maximised: these buttons
 * would do nothing. */
#define GTK_SETTINGS "[Settings]\ngtk-decoration-layout=menu:close\n"

/* Without a compositor GTK 4 draws a resize frame, also around maximised windows, unlike
 * GTK 3. */
#define GTK4_STYLE                                                                                 \
  "window.solid-csd.maximized, window.solid-csd.fullscreen {\n"                                    \
  "  padding: 0; border: none; box-shadow: none;\n"                                                \
  "}\n"

/* Otherwise all of these would count as the home itself. */
#define USER_DIRS                                                                                  \
  "XDG_DESKTOP_DIR=\"$HOME/Desktop\"\n"                                                            \
  "XDG_DOCUMENTS_DIR=\"$HOME/Documents\"\n"                                                        \
  "XDG_DOWNLOAD_DIR=\"$HOME/Downloads\"\n"                                                         \
  "XDG_MUSIC_DIR=\"$HOME/Music\"\n"                                                                \
  "XDG_PICTURES_DIR=\"$HOME/Pictures\"\n"                                                          \
  "XDG_VIDEOS_DIR=\"$HOME/Videos\"\n"

static const struct
{
  const char *path;
  const char *text; /* NULL: a folder */
} desktop_files[] = {
  { ".config/user-dirs.dirs", USER_DIRS },
  { ".config/gtk-3.0", NULL },
  { ".config/gtk-3.0/settings.ini", GTK_SETTINGS },
  { ".config/gtk-4.0", NULL },
  { ".config/gtk-4.0/settings.ini", GTK_SETTINGS },
  { ".config/gtk-4.0/gtk.css", GTK4_STYLE },
};

static void
make_user_folder (GbxInit *self, const char *path, mode_t mode)
{
  if ((mkdir (path, mode) != 0 && errno != EEXIST) ||
      chown (path, self->config.uid, self->config.gid) != 0)
    gbx_fatal (self, "cannot make the folder %s: %s", path, strerror (errno));
}

/* Shares are on another file system, and belong to the host. */
static bool
is_in_home (GbxInit *self, const char *path)
{
  char parent[GBX_CONFIG_PATH_MAX + 1];
  struct stat st;

  return gbx_path_parent (path, parent, sizeof parent) && stat (parent, &st) == 0 &&
         st.st_dev == self->home_device;
}

/* Optional: without it the application only looks a little different. */
static void
make_desktop_file (GbxInit *self, const char *path, const char *text)
{
  gbx_autofd fd = -1;

  if (!gbx_home_has_no_link (self, path) || !is_in_home (self, path) || access (path, F_OK) == 0)
    return;
  if (!text)
    {
      make_user_folder (self, path, 0700);
      return;
    }
  fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (fd < 0 || write (fd, text, strlen (text)) < 0 ||
      fchown (fd, self->config.uid, self->config.gid) != 0)
    gbx_warning (self, "cannot write %s: %s", path, strerror (errno));
}

/* Toolkits look for the sequences of the Compose key only here. */
static void
link_compose (GbxInit *self, char *path, size_t size)
{
  snprintf (path, size, "%s/.XCompose", self->config.home);
  if (access (GBX_COMPOSE, R_OK) != 0 || !is_in_home (self, path) || access (path, F_OK) == 0)
    return;
  if (symlink (GBX_COMPOSE, path) != 0 || lchown (path, self->config.uid, self->config.gid) != 0)
    gbx_warning (self, "cannot make %s: %s", path, strerror (errno));
}

static void
make_folders (GbxInit *self)
{
  char path[GBX_CONFIG_PATH_MAX + 64];

  for (size_t i = 0; i < GBX_N_ELEMENTS (home_folders); i++)
    {
      snprintf (path, sizeof path, "%s/%s", self->config.home, home_folders[i]);
      /* A share may already be there; it belongs to the host. */
      if (access (path, F_OK) != 0)
        make_user_folder (self, path, home_folders[i][0] == '.' ? 0700 : 0755);
    }
  gbx_mark_home_filled (self, false);
}

static void
make_desktop_files (GbxInit *self)
{
  char path[GBX_CONFIG_PATH_MAX + 64];

  for (size_t i = 0; i < GBX_N_ELEMENTS (desktop_files); i++)
    {
      snprintf (path, sizeof path, "%s/%s", self->config.home, desktop_files[i].path);
      make_desktop_file (self, path, desktop_files[i].text);
    }
  link_compose (self, path, sizeof path);
  gbx_mark_home_filled (self, true);
}

void
gbx_make_home (GbxInit *self)
{
  if (!gbx_home_is_filled (self, false))
    make_folders (self);
  if (self->config.desktop && !gbx_home_is_filled (self, true))
    make_desktop_files (self);
}
