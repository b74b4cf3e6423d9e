/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-ask.h"
#include "gbx-launcher.h"
#include "gbx-open-edit.h"
#include "gbx-open-sandbox.h"
#include "gbx-verbs.h"
#include "gbx-window-start.h"

#include "gbx-error.h"
#include "gbx-exec-line.h"
#include "gbx-opener.h"
#include "gbx-paths.h"

#include <glib/gi18n.h>
#include <string.h>
#include <sys/wait.h>

/* More sandboxes than that are not started without a question. */
#define SANDBOXES_UNASKED 3
/* Nor is an application started more often than that in one. */
#define STARTS_UNASKED 8
/* In the environment of a process that opens a part of the files of another one. */
#define PART "GLOVEBOX_OPEN_PART"

typedef struct
{
  char *profile, *with;
  gboolean view, edit, list, yes, discard, changes;
  char **words;
  GPtrArray *files;     /* (element-type GbxOpenedFile) */
  GPtrArray *sandboxes; /* (element-type GbxOpenSandbox) */
} Opening;

static void
sandbox_free (GbxOpenSandbox *self)
{
  g_clear_object (&self->info);
  g_ptr_array_unref (self->files);
  g_free (self);
}

static void
opening_clear (Opening *self)
{
  g_free (self->profile);
  g_free (self->with);
  g_strfreev (self->words);
  g_clear_pointer (&self->sandboxes, g_ptr_array_unref);
  g_clear_pointer (&self->files, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Opening, opening_clear)

/* -------------------------------------------------------------- options -- */

static gboolean
parse (Opening *self, int argc, char **argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "view", 0, 0, G_OPTION_ARG_NONE, &self->view,
      N_ ("The files can only be read; this is what happens without an option"), NULL },
    { "edit", 0, 0, G_OPTION_ARG_NONE, &self->edit,
      N_ ("Copies can be changed, and replace the files if you say so at the end"), NULL },
    { "discard", 0, 0, G_OPTION_ARG_NONE, &self->discard,
      N_ ("With --edit or --changes: the changes are dropped at the end"), NULL },
    { "changes", 0, 0, G_OPTION_ARG_NONE, &self->changes,
      N_ ("Decide about the changes of earlier sandboxes, and start nothing"), NULL },
    { "profile", 0, 0, G_OPTION_ARG_STRING, &self->profile,
      N_ ("The profile, instead of the one for the application"), N_ ("NAME") },
    { "with", 0, 0, G_OPTION_ARG_STRING, &self->with,
      N_ ("The application, instead of the one that the desktop uses"), N_ ("ID") },
    { "list-applications", 0, 0, G_OPTION_ARG_NONE, &self->list,
      N_ ("List the applications that could open the files, and start nothing"), NULL },
    { "yes", 'y', 0, G_OPTION_ARG_NONE, &self->yes, N_ ("Ask nothing: answer all questions with yes"),
      NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context
      = g_option_context_new (_ ("FILE…|URI… – open files in a sandbox"));
  g_auto (GStrv) arguments = g_strdupv (argv);
  g_autoptr (GError) local = NULL;
  char **rest;

  g_set_prgname ("glovebox open");
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse_strv (context, &arguments, &local))
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID, _ ("%s; see “glovebox %s --help”"),
                   local->message, argv[0]);
      return FALSE;
    }
  rest = arguments[0] ? arguments + 1 : arguments;
  if (rest[0] && g_str_equal (rest[0], "--"))
    rest++;
  self->words = g_strdupv (rest);
  if (self->view && self->edit)
    g_set_error_literal (error, GBX_ERROR, GBX_ERROR_INVALID,
                         _ ("Choose one of --view and --edit"));
  else if (self->discard && !self->edit && !self->changes)
    g_set_error_literal (error, GBX_ERROR, GBX_ERROR_INVALID,
                         _ ("--discard needs --edit or --changes"));
  else if (self->changes && self->words[0])
    g_set_error_literal (error, GBX_ERROR, GBX_ERROR_INVALID, _ ("--changes takes no files"));
  else if (!self->words[0] && !self->changes)
    g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                 _ ("no file was given; see “glovebox %s --help”"), argv[0]);
  else
    return TRUE;
  return FALSE;
}

/* ---------------------------------------------------------------- files -- */

static gboolean
is_known (GPtrArray *files, GbxOpenedFile *file)
{
  for (guint i = 0; i < files->len; i++)
    {
      GbxOpenedFile *other = files->pdata[i];

      if (file->path ? g_strcmp0 (file->path, other->path) == 0
                     : g_str_equal (file->word, other->word))
        return TRUE;
    }
  return FALSE;
}

/* A file that cannot be opened does not keep the others from it. */
static gboolean
read_files (Opening *self, GError **error)
{
  self->files = g_ptr_array_new_with_free_func ((GDestroyNotify) gbx_opened_file_free);
  for (guint i = 0; self->words[i]; i++)
    {
      g_autoptr (GError) local = NULL;
      g_autoptr (GbxOpenedFile) file = gbx_opened_file_new (self->words[i], &local);

      if (file && !is_known (self->files, file))
        g_ptr_array_add (self->files, g_steal_pointer (&file));
      else if (!file && !self->words[1])
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      else if (!file)
        gbx_complain ("%s", local->message);
    }
  if (self->files->len > 0)
    return TRUE;
  g_set_error_literal (error, GBX_ERROR, GBX_ERROR_INVALID,
                       _ ("None of these files can be opened"));
  return FALSE;
}

/* ------------------------------------------------------------ questions -- */

static gboolean
refuse_unasked (const char *name, GError **error)
{
  g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
               _ ("“%s” is a program, and nobody can be asked whether to run it; use --yes to run it "
                  "in the sandbox, or --with to choose an application that shows it"),
               name);
  return FALSE;
}

/* Whether a program is run or, if it is a text, shown.  FALSE: neither. */
static gboolean
decide_program (Opening *self, GbxOpenedFile *file, GError **error)
{
  gboolean is_text = g_content_type_is_a (file->type, "text/plain");
  const char *answers[4] = { _ ("Run in Sandbox") };
  g_autofree char *heading = NULL;
  g_autofree char *origin = NULL;
  g_autofree char *body = NULL;
  int answer;

  if (self->yes)
    return TRUE;
  if (!gbx_ask_is_possible ())
    return refuse_unasked (file->name, error);
  answers[1] = is_text ? _ ("Show") : _ ("Cancel");
  answers[2] = is_text ? _ ("Cancel") : NULL;
  heading = g_strdup_printf (_ ("Run “%s” in a sandbox?"), file->name);
  if (file->origin)
    origin = g_strdup_printf (_ ("It was downloaded from %s."), file->origin);
  body = g_strconcat (_ ("It is a program. In the sandbox it sees none of your other files, and "
                         "nothing of it remains at the end."),
                      origin ? " " : NULL, origin, NULL);
  answer = gbx_ask (heading, body, answers);
  if (answer == 1)
    file->kind = GBX_OPENED_FILE;
  if (answer < 0)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Cancelled"));
  return answer >= 0;
}

/* refusal: what is said if nobody can be asked. */
static gboolean
ask_whether (Opening *self, const char *heading, const char *body, const char *refusal,
             GError **error)
{
  const char *answers[] = { _ ("Open All"), _ ("Cancel"), NULL };

  if (self->yes || (gbx_ask_is_possible () && gbx_ask (heading, body, answers) == 0))
    return TRUE;
  if (gbx_ask_is_possible ())
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Cancelled"));
  else
    g_set_error_literal (error, GBX_ERROR, GBX_ERROR_INVALID, refusal);
  return FALSE;
}

static gboolean
decide_sandboxes (Opening *self, GError **error)
{
  guint n = self->sandboxes->len;
  g_autofree char *heading = g_strdup_printf (_ ("Start %u sandboxes?"), n);
  g_autofree char *refusal = g_strdup_printf (
      _ ("These files need %u sandboxes, because different applications open them; use --yes to "
         "start them all"),
      n);

  return n <= SANDBOXES_UNASKED ||
         ask_whether (self, heading,
                      _ ("Different applications open these files, and each gets a sandbox of its "
                         "own. Each sandbox needs memory and time to start."),
                      refusal, error);
}

/* An application that takes one file is started for each. */
static gboolean
decide_starts (Opening *self, GbxOpenSandbox *sandbox, GError **error)
{
  guint n = sandbox->files->len;
  const char *title = sandbox->info ? g_app_info_get_display_name (G_APP_INFO (sandbox->info)) : "";
  g_autofree char *heading = g_strdup_printf (_ ("Start %s %u times?"), title, n);
  g_autofree char *refusal = g_strdup_printf (
      _ ("%s opens one file at a time, and would be started %u times; use --yes to do that"), title,
      n);

  return !sandbox->info || n <= STARTS_UNASKED ||
         gbx_exec_line_count_files (sandbox->info) > 1 ||
         ask_whether (self, heading, _ ("This application opens one file at a time."), refusal,
                      error);
}

static gboolean
decide_number (Opening *self, GError **error)
{
  for (guint i = 0; i < self->sandboxes->len; i++)
    if (!decide_starts (self, self->sandboxes->pdata[i], error))
      return FALSE;
  return decide_sandboxes (self, error);
}

/* ------------------------------------------------------------ sandboxes -- */

static GDesktopAppInfo *
choose (Opening *self, GbxOpenedFile *file, GError **error)
{
  return self->with ? gbx_opener_find (self->with, error) : gbx_opener_choose (file->type, error);
}

/* Takes info. */
static void
put (Opening *self, GDesktopAppInfo *info, GbxOpenedFile *file)
{
  g_autoptr (GDesktopAppInfo) owned = info;
  GbxOpenSandbox *sandbox;

  for (guint i = 0; info && i < self->sandboxes->len; i++)
    {
      sandbox = self->sandboxes->pdata[i];
      if (sandbox->info && g_app_info_equal (G_APP_INFO (sandbox->info), G_APP_INFO (info)))
        {
          g_ptr_array_add (sandbox->files, file);
          return;
        }
    }
  sandbox = g_new0 (GbxOpenSandbox, 1);
  sandbox->info = g_steal_pointer (&owned);
  sandbox->files = g_ptr_array_new ();
  g_ptr_array_add (sandbox->files, file);
  g_ptr_array_add (self->sandboxes, sandbox);
}

static gboolean
check_edit (Opening *self, GbxOpenedFile *file, GError **error)
{
  if (!self->edit || file->kind == GBX_OPENED_FILE || file->kind == GBX_OPENED_PROGRAM)
    return TRUE;
  g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
               file->kind == GBX_OPENED_FOLDER
                   ? _ ("“%s” is a folder, and only files can be edited as copies; share the folder "
                        "with “glovebox run --share FOLDER:rw” instead")
                   : _ ("“%s” is an address, and only files can be edited"),
               file->name);
  return FALSE;
}

static gboolean
distribute (Opening *self, GError **error)
{
  self->sandboxes = g_ptr_array_new_with_free_func ((GDestroyNotify) sandbox_free);
  for (guint i = 0; i < self->files->len; i++)
    {
      GbxOpenedFile *file = self->files->pdata[i];
      GDesktopAppInfo *info = NULL;

      if (!check_edit (self, file, error))
        return FALSE;
      if (file->kind == GBX_OPENED_PROGRAM && (self->with || self->edit))
        file->kind = GBX_OPENED_FILE;
      if (file->kind == GBX_OPENED_PROGRAM && !decide_program (self, file, error))
        return FALSE;
      if (file->kind != GBX_OPENED_PROGRAM && !(info = choose (self, file, error)))
        return FALSE;
      put (self, info, file);
    }
  return decide_number (self, error);
}

/* ----------------------------------------------------------------- list -- */

static void
print_openers (GbxOpenedFile *file)
{
  g_autoptr (GPtrArray) list = gbx_opener_list (file->type);

  g_print ("%s (%s)\n", file->name, file->type);
  for (guint i = 0; i < list->len; i++)
    {
      GbxOpener *opener = list->pdata[i];
      GAppInfo *info = G_APP_INFO (opener->info);

      g_print ("  %-40s %s\n", g_app_info_get_id (info),
               opener->obstacle ? opener->obstacle : g_app_info_get_display_name (info));
    }
  if (list->len == 0)
    g_print ("  %s\n", _ ("No application is installed for this type."));
}

/* ---------------------------------------------------------------- start -- */

/* Each in a process of its own, which is this command for the files of one sandbox. */
static gboolean
start_process (Opening *self, GbxOpenSandbox *sandbox, GPid *pid, GError **error)
{
  g_autofree char *program = gbx_path_program ("glovebox");
  g_auto (GStrv) environment = g_environ_setenv (g_get_environ (), PART, "1", TRUE);
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();

  if (!program)
    {
      g_set_error_literal (error, GBX_ERROR, GBX_ERROR_NOT_FOUND,
                           _ ("The program glovebox is missing; install Glovebox again"));
      return FALSE;
    }
  g_ptr_array_add (argv, program);
  g_ptr_array_add (argv, (char *) "open");
  g_ptr_array_add (argv, (char *) (self->edit ? "--edit" : "--view"));
  if (self->profile)
    {
      g_ptr_array_add (argv, (char *) "--profile");
      g_ptr_array_add (argv, self->profile);
    }
  if (self->yes || !sandbox->info)
    g_ptr_array_add (argv, (char *) "--yes");
  if (self->discard)
    g_ptr_array_add (argv, (char *) "--discard");
  if (sandbox->info)
    g_ptr_array_add (argv, (char *) "--with");
  if (sandbox->info)
    g_ptr_array_add (argv, (char *) g_app_info_get_id (G_APP_INFO (sandbox->info)));
  g_ptr_array_add (argv, (char *) "--");
  for (guint i = 0; i < sandbox->files->len; i++)
    {
      GbxOpenedFile *file = sandbox->files->pdata[i];

      g_ptr_array_add (argv, file->path ? file->path : file->word);
    }
  g_ptr_array_add (argv, NULL);
  return g_spawn_async (NULL, (char **) argv->pdata, environment,
                        G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_CHILD_INHERITS_STDIN, NULL, NULL, pid,
                        error);
}

/* Waits for all of them; the status of the first that failed. */
static int
start_all (Opening *self, GError **error)
{
  g_autofree GPid *pids = g_new0 (GPid, self->sandboxes->len);
  int result = 0, status;

  for (guint i = 0; i < self->sandboxes->len; i++)
    if (!start_process (self, self->sandboxes->pdata[i], &pids[i], error))
      break;
  for (guint i = 0; i < self->sandboxes->len; i++)
    if (pids[i] && waitpid (pids[i], &status, 0) == pids[i] && result == 0)
      result = WIFEXITED (status) ? WEXITSTATUS (status) : 128 + WTERMSIG (status);
  return result;
}

/* (nullable): copies of all files. */
static GbxEdits *
make_copies (GbxOpenSandbox *sandbox, GPtrArray *copies, GError **error)
{
  g_autoptr (GbxEdits) edits = gbx_edits_new (error);

  for (guint i = 0; edits && i < sandbox->files->len; i++)
    {
      GbxOpenedFile *file = sandbox->files->pdata[i];
      GbxEdit *edit = gbx_edits_add (edits, file->path, error);

      if (!edit)
        return NULL;
      g_ptr_array_add (copies, g_strdup (gbx_edit_get_copy (edit)));
    }
  return g_steal_pointer (&edits);
}

/* A program that was downloaded, such as an AppImage. */
static gboolean
lacks_mode (GbxOpenSandbox *sandbox)
{
  GbxOpenedFile *file = sandbox->files->pdata[0];

  return file->kind == GBX_OPENED_PROGRAM && !g_file_test (file->path, G_FILE_TEST_IS_EXECUTABLE);
}

/* (nullable): the folder with copies of all files.  Of many files, one folder is shared. */
static GbxStaging *
stage (GbxOpenSandbox *sandbox, GPtrArray *copies, GError **error)
{
  g_autoptr (GbxStaging) staging = gbx_staging_new (error);

  for (guint i = 0; staging && i < sandbox->files->len; i++)
    {
      GbxOpenedFile *file = sandbox->files->pdata[i];
      char *copy = gbx_staging_add (staging, file->path, lacks_mode (sandbox), error);

      if (!copy)
        return NULL;
      g_ptr_array_add (copies, copy);
    }
  return g_steal_pointer (&staging);
}

static gboolean
needs_staging (Opening *self, GbxOpenSandbox *sandbox)
{
  if (lacks_mode (sandbox))
    return TRUE;
  for (guint i = 0; i < sandbox->files->len; i++)
    if (((GbxOpenedFile *) sandbox->files->pdata[i])->kind != GBX_OPENED_FILE)
      return FALSE;
  return !self->edit && sandbox->files->len > GBX_OPEN_SHARES_MAX;
}

static GbxDecide
how_to_decide (Opening *self)
{
  return self->discard ? GBX_DECIDE_DISCARD : self->yes ? GBX_DECIDE_REPLACE : GBX_DECIDE_ASK;
}

static int
start_one (Opening *self, GbxOpenSandbox *sandbox, GError **error)
{
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) copies = g_ptr_array_new_with_free_func (g_free);
  gboolean is_staged = needs_staging (self, sandbox);
  g_autoptr (GbxEdits) edits = self->edit ? make_copies (sandbox, copies, error) : NULL;
  g_autoptr (GbxStaging) staging = is_staged ? stage (sandbox, copies, error) : NULL;
  g_autoptr (GbxPolicy) policy = NULL;

  if ((self->edit && !edits) || (is_staged && !staging))
    return GBX_STATUS_FAILURE;
  policy = gbx_open_sandbox_make_policy (sandbox, self->profile,
                                         copies->len > 0 ? copies : NULL, staging, warnings, error);
  if (!policy)
    return GBX_STATUS_FAILURE;
  gbx_warn_root ();
  gbx_warn_all (warnings);
  if (edits)
    return gbx_open_edit (policy, g_steal_pointer (&edits), how_to_decide (self), error);
  if (staging)
    return gbx_window_start_and_wait (policy, error);
  gbx_window_start_become (policy, &(GbxWindowStart) { 0 }, error);
  return GBX_STATUS_FAILURE;
}

static int
fail (Opening *self, GError *error)
{
  GbxOpenedFile *file = self->files && self->files->len > 0 ? self->files->pdata[0] : NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return GBX_STATUS_FAILURE;
  gbx_complain ("%s", error->message);
  if (gbx_launcher_is_waiting ())
    gbx_launcher_show_failure (file ? file->name : NULL, error->message, GBX_STATUS_FAILURE);
  return GBX_STATUS_FAILURE;
}

int
gbx_verb_open (int argc, char **argv)
{
  g_auto (Opening) self = { 0 };
  g_autoptr (GError) error = NULL;
  int status = 0;

  if (!parse (&self, argc, argv, &error))
    return fail (&self, error);
  if (self.changes)
    return gbx_open_decide_earlier (how_to_decide (&self));
  if (!read_files (&self, &error))
    return fail (&self, error);
  if (self.list)
    {
      g_ptr_array_foreach (self.files, (GFunc) print_openers, NULL);
      return 0;
    }
  if (!g_getenv (PART))
    gbx_open_offer_earlier ();
  g_unsetenv (PART);
  if (distribute (&self, &error))
    status = self.sandboxes->len == 1 ? start_one (&self, self.sandboxes->pdata[0], &error)
                                      : start_all (&self, &error);
  return error ? fail (&self, error) : status;
}
