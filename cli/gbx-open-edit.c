/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-open-edit.h"

#include "gbx-ask.h"
#include "gbx-launcher.h"
#include "gbx-verbs.h"
#include "gbx-window-start.h"

#include "gbx-text-difference.h"
#include "gbx-paths.h"

#include <glib/gi18n.h>
#include <sys/wait.h>

/* ----------------------------------------------------------- on a text -- */

static void
print_difference (GbxEdit *edit)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) lines =
      gbx_text_difference_find (gbx_edit_get_path (edit), gbx_edit_get_copy (edit), &error);

  if (!lines)
    g_printerr ("  %s\n", error->message);
  for (guint i = 0; lines && i < lines->len; i++)
    {
      GbxTextDifferenceLine *line = lines->pdata[i];

      g_printerr ("  %c %s\n", " -+ "[line->kind], line->text);
    }
}

static void
print_figures (GbxEdit *edit, gboolean of_copy, const char *label)
{
  g_autofree char *size_text = NULL;
  g_autofree char *time_text = NULL;
  g_autoptr (GDateTime) when = NULL;
  guint64 size;
  gint64 time;

  gbx_edit_get_figures (edit, of_copy, &size, &time);
  when = time ? g_date_time_new_from_unix_local (time) : NULL;
  if (!when)
    return;
  size_text = g_format_size (size);
  time_text = g_date_time_format (when, "%c");
  g_printerr ("  %-10s %s, %s\n", label, size_text, time_text);
}

static void
print_edit (GbxEdit *edit, GbxEditOriginal original)
{
  g_autofree char *shown = gbx_path_show (gbx_edit_get_path (edit));
  g_autofree char *state = gbx_edit_describe (edit, original);

  g_printerr (_ ("“%s” was changed in the sandbox.\n"), shown);
  print_figures (edit, FALSE, _ ("Before:"));
  print_figures (edit, TRUE, _ ("Now:"));
  if (state)
    g_printerr ("  %s\n", state);
  print_difference (edit);
}

static void
tell_kept (GbxEdit *edit)
{
  g_autofree char *shown = gbx_path_show (gbx_edit_get_copy (edit));

  gbx_complain (_ ("the changed copy is kept in “%s”; “glovebox open --changes” asks about it again"),
                shown);
}

/* ---------------------------------------------------------- what is done -- */

static gboolean
replace (GbxEdit *edit)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *backup = NULL;
  g_autofree char *shown = gbx_path_show (gbx_edit_get_path (edit));
  g_autofree char *shown_backup = NULL;

  if (!gbx_edit_replace (edit, &backup, &error))
    {
      gbx_complain ("%s", error->message);
      return FALSE;
    }
  shown_backup = gbx_path_show (backup);
  g_printerr (_ ("“%s” was replaced; the former version is kept beside it as “%s”.\n"), shown,
              shown_backup);
  return TRUE;
}

static gboolean
save_beside (GbxEdit *edit)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = gbx_edit_save_beside (edit, &error);
  g_autofree char *shown = path ? gbx_path_show (path) : NULL;

  if (path)
    g_printerr (_ ("The changed copy is saved as “%s”.\n"), shown);
  else
    gbx_complain ("%s", error->message);
  return path != NULL;
}

static gboolean
save_as (GbxEdit *edit)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = gbx_ask_for_path (_ ("Save as"), "");

  if (!path || !*path)
    return FALSE;
  if (g_file_test (path, G_FILE_TEST_EXISTS))
    {
      gbx_complain (_ ("there is already something of that name; give another one"));
      return FALSE;
    }
  if (gbx_edit_save_as (edit, path, &error))
    return TRUE;
  gbx_complain ("%s", error->message);
  return FALSE;
}

/* -1: leave it for later. */
static gboolean
ask_once (GbxEdit *edit, GbxEditOriginal original, gboolean *is_done)
{
  gboolean can_replace = original == GBX_EDIT_SAME || original == GBX_EDIT_CHANGED;
  const char *replacing = original == GBX_EDIT_CHANGED ? _ ("Replace it anyway; both versions are kept")
                                                       : _ ("Replace it, and keep the former version");
  const char *answers[5] = { 0 };
  guint n = 0;
  int answer;

  if (can_replace)
    answers[n++] = replacing;
  answers[n++] = _ ("Save the copy under another name");
  answers[n++] = _ ("Discard the changes");
  answers[n++] = _ ("Decide later");
  answer = gbx_ask (_ ("What shall become of the changes?"), "", answers);
  if (answer >= 0 && !can_replace)
    answer++;
  *is_done = answer == 0   ? replace (edit)
             : answer == 1 ? save_as (edit)
                           : answer == 2;
  if (answer == 2)
    gbx_edit_discard (edit);
  return answer >= 0;
}

static void
decide_on_terminal (GbxEdit *edit)
{
  gboolean is_done = FALSE, wants = TRUE;

  while (!is_done && wants)
    {
      GbxEditOriginal original = gbx_edit_look (edit);

      print_edit (edit, original);
      wants = gbx_ask_is_possible () && ask_once (edit, original, &is_done);
    }
  if (!is_done)
    tell_kept (edit);
}

static void
decide_unasked (GbxEdit *edit, GbxDecide decide)
{
  GbxEditOriginal original = gbx_edit_look (edit);
  g_autofree char *state = gbx_edit_describe (edit, original);

  if (decide == GBX_DECIDE_DISCARD)
    {
      gbx_edit_discard (edit);
      return;
    }
  if (state)
    gbx_complain ("%s", state);
  if (!(original == GBX_EDIT_SAME ? replace (edit) : save_beside (edit)))
    tell_kept (edit);
}

/* --------------------------------------------------------------- decide -- */

static gboolean
has_display (void)
{
  const char *x11 = g_getenv ("DISPLAY"), *wayland = g_getenv ("WAYLAND_DISPLAY");

  return (x11 && *x11) || (wayland && *wayland);
}

static GPtrArray *
dialog_command (const char *folder)
{
  GPtrArray *argv = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (argv, gbx_path_program ("glovebox-window"));
  g_ptr_array_add (argv, g_strdup ("--changes"));
  g_ptr_array_add (argv, g_strdup (folder));
  g_ptr_array_add (argv, NULL);
  return argv;
}

/* The dialog opens the folder itself. */
static gboolean
decide_in_dialog (const char *folder)
{
  g_autoptr (GPtrArray) argv = dialog_command (folder);
  int status;

  return argv->pdata[0] &&
         g_spawn_sync (NULL, (char **) argv->pdata, NULL, G_SPAWN_CHILD_INHERITS_STDIN, NULL, NULL,
                       NULL, NULL, &status, NULL) &&
         WIFEXITED (status) && WEXITSTATUS (status) == 0;
}

/* Takes the edits.  FALSE: something is left for later. */
static gboolean
decide_about (GbxEdits *edits, GbxDecide decide)
{
  g_autofree char *folder = g_strdup (gbx_edits_get_folder (edits));
  GPtrArray *list = gbx_edits_get_list (edits);
  gboolean is_asked_in_dialog = decide == GBX_DECIDE_ASK && has_display ();
  gboolean is_open = gbx_edits_count_open (edits) > 0;

  for (guint i = 0; !is_asked_in_dialog && i < list->len; i++)
    {
      if (!gbx_edit_is_open (list->pdata[i]))
        continue;
      if (decide == GBX_DECIDE_ASK)
        decide_on_terminal (list->pdata[i]);
      else
        decide_unasked (list->pdata[i], decide);
    }
  if (!is_asked_in_dialog)
    is_open = gbx_edits_count_open (edits) > 0;
  gbx_edits_free (edits);
  return !is_open || (is_asked_in_dialog && decide_in_dialog (folder));
}

/* ---------------------------------------------------------- the sandbox -- */

int
gbx_open_edit (GbxPolicy *policy, GbxEdits *edits, GbxDecide decide, GError **error)
{
  int status = gbx_window_start_and_wait (policy, error);

  return decide_about (edits, decide) ? status : (status ? status : GBX_STATUS_FAILURE);
}

/* -------------------------------------------------------------- earlier -- */

int
gbx_open_decide_earlier (GbxDecide decide)
{
  g_autoptr (GPtrArray) folders = gbx_edits_find ();
  gboolean all = TRUE;

  for (guint i = 0; i < folders->len; i++)
    {
      GbxEdits *edits = gbx_edits_open (folders->pdata[i]);

      if (edits)
        all &= decide_about (edits, decide);
    }
  if (folders->len == 0)
    g_print ("%s\n", _ ("No changes wait for a decision."));
  return all ? 0 : GBX_STATUS_FAILURE;
}

void
gbx_open_offer_earlier (void)
{
  g_autoptr (GPtrArray) folders = gbx_edits_find ();
  gboolean in_dialog = gbx_launcher_is_waiting ();

  for (guint i = 0; in_dialog && i < folders->len; i++)
    {
      g_autoptr (GPtrArray) argv = dialog_command (folders->pdata[i]);

      if (argv->pdata[0])
        g_spawn_async (NULL, (char **) argv->pdata, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL);
    }
  if (folders->len > 0 && !in_dialog)
    gbx_complain (_ ("changes of an earlier sandbox wait for your decision; see “glovebox open "
                     "--changes”"));
}
