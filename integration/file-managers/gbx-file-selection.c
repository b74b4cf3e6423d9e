/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-file-manager"

#include "config.h"

#include "gbx-file-selection.h"

#include <glib/gi18n-lib.h>
#include <unistd.h>

#define STATUS_FAILURE "125"

struct _GbxFileSelection
{
  /* Paths of local files, and URIs of others. */
  GPtrArray *arguments;
  gboolean can_view;
  gboolean can_edit;
};

typedef struct
{
  GbxFileSelection *selection;
  const char *option;
} Choice;

void
gbx_file_selection_set_up (void)
{
  bindtextdomain (GETTEXT_PACKAGE, GBX_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
}

GbxFileSelection *
gbx_file_selection_new (void)
{
  GbxFileSelection *self = g_rc_box_new0 (GbxFileSelection);

  self->arguments = g_ptr_array_new_with_free_func (g_free);
  self->can_view = TRUE;
  self->can_edit = TRUE;
  return self;
}

static void
clear_selection (gpointer data)
{
  GbxFileSelection *self = data;

  g_ptr_array_unref (self->arguments);
}

void
gbx_file_selection_unref (GbxFileSelection *self)
{
  g_rc_box_release_full (self, clear_selection);
}

/* Lists of other things, and files that only root may read. */
static gboolean
is_place_of_files (GFile *file)
{
  static const char *const others[]
      = { "admin", "burn", "computer", "network", "x-nautilus-desktop", "x-caja-desktop" };

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    if (g_file_has_uri_scheme (file, others[i]))
      return FALSE;
  return TRUE;
}

/* The type may still be unknown: what the file turns out to be is for "glovebox open" to say. */
void
gbx_file_selection_add (GbxFileSelection *self, GFile *file, GFileType type)
{
  gboolean is_file = type == G_FILE_TYPE_REGULAR || type == G_FILE_TYPE_UNKNOWN;
  gboolean is_local = g_file_is_native (file);

  self->can_view = self->can_view && (is_file || type == G_FILE_TYPE_DIRECTORY)
                   && (is_local || is_place_of_files (file));
  self->can_edit = self->can_edit && is_file && is_local;
  if (self->can_view)
    g_ptr_array_add (self->arguments, is_local ? g_file_get_path (file) : g_file_get_uri (file));
}

/* File managers start without our environment, so the place where it was installed comes before
 * PATH.  GLOVEBOX_PROGRAM_PATH names the build tree. */
static char *
find_program (const char *name, const char *installed)
{
  const char *search = g_getenv ("GLOVEBOX_PROGRAM_PATH");
  g_auto (GStrv) folders = g_strsplit (search ? search : installed, ":", -1);

  for (guint i = 0; folders[i]; i++)
    {
      g_autofree char *path = g_build_filename (folders[i], name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_EXECUTABLE)
          && g_file_test (path, G_FILE_TEST_IS_REGULAR))
        return g_steal_pointer (&path);
    }
  return g_find_program_in_path (name);
}

/* A terminal that the file manager was started from does not interrupt the sandbox. */
static void
leave_session (gpointer unused)
{
  setsid ();
}

/* With nobody who reads the standard error, the command shows its messages in a window. */
static gboolean
start (char **argv, GError **error)
{
  return g_spawn_async (g_get_home_dir (), argv, NULL,
                        G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, leave_session,
                        NULL, NULL, error);
}

static void
show_failure (GbxFileSelection *self, const GError *error)
{
  g_autofree char *program = find_program ("glovebox-window", GBX_LIBEXECDIR);
  g_autofree char *message = NULL;
  const char *argv[] = { program, "--failure", NULL, "--failure-status", STATUS_FAILURE, NULL };

  if (g_error_matches (error, G_SPAWN_ERROR, G_SPAWN_ERROR_TOO_BIG))
    message
        = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE,
                                        "%u selected file is too much for one sandbox; select "
                                        "fewer files, or the folder that they are in",
                                        "%u selected files are too many for one sandbox; select "
                                        "fewer files, or the folder that they are in",
                                        self->arguments->len),
                           self->arguments->len);
  else
    message = g_strdup_printf (_ ("The command “glovebox” cannot be started (%s); install Glovebox "
                                  "again"),
                               error->message);
  argv[2] = message;
  if (!program || !start ((char **) argv, NULL))
    g_warning ("%s", message);
}

static void
open_selection (GbxFileSelection *self, const char *option)
{
  g_autofree char *program = find_program ("glovebox", GBX_BINDIR);
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (argv, program ? program : (char *) "glovebox");
  g_ptr_array_add (argv, (char *) "open");
  if (option)
    g_ptr_array_add (argv, (char *) option);
  g_ptr_array_add (argv, (char *) "--");
  for (guint i = 0; i < self->arguments->len; i++)
    g_ptr_array_add (argv, self->arguments->pdata[i]);
  g_ptr_array_add (argv, NULL);
  if (!start ((char **) argv->pdata, &error))
    show_failure (self, error);
}

static void
on_activate (gpointer item, Choice *choice)
{
  open_selection (choice->selection, choice->option);
}

static void
free_choice (gpointer data, GClosure *closure)
{
  Choice *choice = data;

  gbx_file_selection_unref (choice->selection);
  g_free (choice);
}

static gpointer
make_item (GbxFileSelection *self, GbxMakeItem make, const char *name, const char *option,
           const char *label, const char *tip)
{
  gpointer item = make (name, label, tip, GBX_APPLICATION_ID);
  Choice *choice = g_new0 (Choice, 1);

  choice->selection = g_rc_box_acquire (self);
  choice->option = option;
  g_signal_connect_data (item, "activate", G_CALLBACK (on_activate), choice, free_choice, 0);
  return item;
}

/**
 * gbx_file_selection_make_items:
 *
 * The menu items for these files: none where one of the files cannot be opened in a sandbox, or
 * where the command is not installed.
 */
GList *
gbx_file_selection_make_items (GbxFileSelection *self, GbxMakeItem make)
{
  g_autofree char *program = find_program ("glovebox", GBX_BINDIR);
  GList *items = NULL;

  if (!program || !self->can_view || self->arguments->len == 0)
    return NULL;
  if (self->can_edit)
    items = g_list_prepend (items, make_item (self, make, "Glovebox::edit", "--edit",
                                              _ ("Edit a Copy in Sandbox"),
                                              _ ("Edit a copy in a virtual machine, and decide "
                                                 "about the changes at the end")));
  return g_list_prepend (items,
                         make_item (self, make, "Glovebox::open", NULL, _ ("Open in Sandbox"),
                                    _ ("Open read-only in a virtual machine that has no "
                                       "access to your other files")));
}
