/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-open-file"
#include "config.h"

#include "gbx-open-file.h"

#include "gbx-put-dialog.h"

#include "gbx-exec-line.h"
#include "gbx-files-task.h"
#include "gbx-resolution.h"
#include "gbx-sandbox-private.h"

#include <glib/gi18n.h>

struct _GbxOpenFile
{
  GObject parent_instance;

  GtkWindow *window; /* (nullable) (unowned): until it is destroyed */
  GbxRunner *runner;
  GtkFileChooserNative *chooser; /* (nullable): while it asks */
  GbxSandbox *sandbox;           /* (nullable): while a copy goes into it */
};

enum
{
  MESSAGE,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GbxOpenFile, gbx_open_file, G_TYPE_OBJECT)

static void
fail (GbxOpenFile *self, const char *text)
{
  g_clear_object (&self->sandbox);
  g_signal_emit (self, signals[MESSAGE], 0, text, TRUE);
}

/* ------------------------------------------------------------ the command -- */

static GPtrArray *
make_arguments (const char *path)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_free);
  GbxEntryArgument *argument = g_new0 (GbxEntryArgument, 1);

  argument->text = (char *)path;
  argument->is_file = TRUE;
  g_ptr_array_add (list, argument);
  return list;
}

/* As the entry's line says; a command gets it as its only argument. */
static char **
make_command (GbxPolicy *policy, const char *path, GError **error)
{
  const char *id = gbx_policy_get_desktop_id (policy);
  g_autoptr (GDesktopAppInfo) info = id ? g_desktop_app_info_new (id) : NULL;
  g_autoptr (GPtrArray) arguments = make_arguments (path);
  g_auto (GStrv) program = NULL;
  const char *words[] = { gbx_policy_get_command (policy)[0], path, NULL };

  return info ? gbx_exec_line_expand (info, NULL, arguments, &program, error)
              : g_strdupv ((char **)words);
}

static void
on_ended (GbxProcess *process, GbxOpenFile *self)
{
  if (!gbx_process_has_started (process) && gbx_process_get_exit (process))
    fail (self, _ ("The application could not be started once more in the sandbox."));
}

static void
start (GbxOpenFile *self, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GbxProcess) process = NULL;
  g_auto (GStrv) command = make_command (gbx_sandbox_get_policy (self->sandbox), path, &error);
  GbxCommandSpec spec = { .argv = (const char *const *)command, .keeps = TRUE };
  const GbxStreams streams = { 0 };

  if (command)
    process = gbx_sandbox_run (self->sandbox, &spec, &streams, &error);
  if (!process)
    {
      fail (self, error->message);
      return;
    }
  g_signal_connect_object (process, "ended", G_CALLBACK (on_ended), self, 0);
  g_clear_object (&self->sandbox);
}

/* --------------------------------------------------------------- the copy -- */

static void
put_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GbxOpenFile) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) paths = gbx_files_put_finish (result, &error);

  if (!self->window)
    return;
  if (paths && paths->len > 0)
    start (self, paths->pdata[0]);
  else
    fail (self, error ? error->message : _ ("The file could not be copied into the sandbox."));
}

/* An administrator's locks on shares hold for copies too. */
static gboolean
check_locks (GbxPolicy *policy, const char *path, GError **error)
{
  const char *profile = gbx_policy_get_profile (policy);
  g_autoptr (GbxProfileStore) store = gbx_profile_store_new ();
  g_autoptr (GbxResolution) resolution
      = gbx_resolution_new (store, profile ? profile : GBX_PROFILE_DEFAULT, TRUE, error);
  g_autoptr (GbxPolicyBuilder) builder = gbx_policy_builder_new (GBX_MODE_DESKTOP);
  g_autoptr (GbxShare) share = NULL;

  if (!resolution || !gbx_resolution_fill (resolution, builder, error)
      || !(share = gbx_share_new (path, NULL, FALSE, error)))
    return FALSE;
  gbx_policy_builder_add_share (builder, share);
  return gbx_resolution_check_shares (resolution, builder, error);
}

static void
put (GbxOpenFile *self, const char *path)
{
  GbxSandbox *sandbox = gbx_runner_get_sandbox (self->runner);
  const char *paths[] = { path, NULL };
  g_autoptr (GbxFilesMeter) meter = NULL;
  g_autoptr (GError) error = NULL;
  int fd;

  if (!sandbox || !check_locks (gbx_sandbox_get_policy (sandbox), path, &error)
      || (fd = gbx_sandbox_open_files (sandbox, TRUE, &error)) < 0)
    {
      if (error)
        fail (self, error->message);
      return;
    }
  g_set_object (&self->sandbox, sandbox);
  meter = gbx_files_meter_new ();
  gbx_files_put_async (fd, paths, "", meter, NULL, put_cb, g_object_ref (self));
}

/* ------------------------------------------------------------ the question -- */

static void
on_response (GtkNativeDialog *dialog, int response, GbxOpenFile *self)
{
  g_autoptr (GtkFileChooserNative) chooser = g_steal_pointer (&self->chooser);
  g_autofree char *path = gtk_file_chooser_get_filename (GTK_FILE_CHOOSER (chooser));

  if (response != GTK_RESPONSE_ACCEPT)
    return;
  if (path)
    put (self, path);
  else
    fail (self, _ ("Only files of this computer can be copied into the sandbox."));
}

void
gbx_open_file_ask (GbxOpenFile *self)
{
  GbxSandbox *sandbox = gbx_runner_get_sandbox (self->runner);

  if (self->chooser || !sandbox)
    return;
  if (!gbx_put_dialog_is_allowed (gbx_sandbox_get_policy (sandbox)))
    {
      fail (self, _ ("No files can be copied into this sandbox: its profile or the administrator "
                     "forbids it."));
      return;
    }
  self->chooser = gtk_file_chooser_native_new (_ ("Open Another File"), self->window,
                                               GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Open"),
                                               _ ("_Cancel"));
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (on_response), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* ---------------------------------------------------------------- object -- */

static void
gbx_open_file_dispose (GObject *object)
{
  GbxOpenFile *self = GBX_OPEN_FILE (object);

  g_clear_weak_pointer (&self->window);
  g_clear_object (&self->chooser);
  g_clear_object (&self->sandbox);
  g_clear_object (&self->runner);
  G_OBJECT_CLASS (gbx_open_file_parent_class)->dispose (object);
}

static void
gbx_open_file_class_init (GbxOpenFileClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = gbx_open_file_dispose;
  signals[MESSAGE] = g_signal_new ("message", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_BOOLEAN);
}

static void
gbx_open_file_init (GbxOpenFile *self)
{
}

GbxOpenFile *
gbx_open_file_new (GtkWindow *window, GbxRunner *runner)
{
  GbxOpenFile *self = g_object_new (GBX_TYPE_OPEN_FILE, NULL);

  g_set_weak_pointer (&self->window, window);
  self->runner = g_object_ref (runner);
  return self;
}
