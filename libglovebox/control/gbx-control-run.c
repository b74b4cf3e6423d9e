/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-control"

#include "config.h"

#include "gbx-control-run.h"

#include "gbx-control.h"
#include "gbx-error.h"
#include "gbx-journal.h"
#include "gbx-sandbox-private.h"

#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <glib/gi18n-lib.h>
#include <unistd.h>

struct _GbxControlRun
{
  GbxSandbox *sandbox;
  GPtrArray *commands; /* (element-type Command) */
};

typedef struct
{
  GbxControlRun *run; /* (unowned) */
  GbxProcess *process;
  GDBusConnection *connection;
  GDBusMethodInvocation *invocation; /* (nullable): until it has started */
  char *name;       /* of the program, for messages */
  gboolean is_heard; /* it has streams of the connection */
  gulong closed;
} Command;

static void
command_free (Command *self)
{
  g_signal_handlers_disconnect_by_data (self->process, self);
  g_signal_handler_disconnect (self->connection, self->closed);
  if (self->invocation)
    g_dbus_method_invocation_return_error (self->invocation, GBX_ERROR, GBX_ERROR_GUEST,
                                           _ ("The sandbox has ended"));
  g_object_unref (self->process);
  g_object_unref (self->connection);
  g_free (self->name);
  g_free (self);
}

GbxControlRun *
gbx_control_run_new (GbxSandbox *sandbox)
{
  GbxControlRun *self = g_new0 (GbxControlRun, 1);

  self->sandbox = g_object_ref (sandbox);
  self->commands = g_ptr_array_new_with_free_func ((GDestroyNotify) command_free);
  return self;
}

void
gbx_control_run_free (GbxControlRun *self)
{
  g_ptr_array_unref (self->commands);
  g_object_unref (self->sandbox);
  g_free (self);
}

/* ------------------------------------------------------------------ life -- */

static void
on_started (GbxProcess *process, gpointer user_data)
{
  Command *self = user_data;

  g_dbus_method_invocation_return_value_with_unix_fd_list (
      g_steal_pointer (&self->invocation),
      g_variant_new ("(u)", gbx_process_get_number (process)), NULL);
}

static GError *
make_error (Command *self)
{
  const GbxExitReport *exit = gbx_process_get_exit (self->process);
  g_autofree char *reason = exit ? gbx_journal_clean (exit->text) : NULL;

  if (!exit)
    return g_error_new_literal (GBX_ERROR, GBX_ERROR_GUEST, _ ("The sandbox has ended"));
  if (exit->kind == GBX_EXIT_NOT_FOUND)
    return g_error_new (GBX_ERROR, GBX_ERROR_NOT_FOUND,
                        _ ("%s: there is no such command in the sandbox"), self->name);
  return g_error_new (GBX_ERROR, GBX_ERROR_INVALID,
                      _ ("%s: it cannot be executed in the sandbox (%s)"), self->name, reason);
}

static void
on_ended (GbxProcess *process, gpointer user_data)
{
  Command *self = user_data;

  if (self->invocation)
    g_dbus_method_invocation_take_error (g_steal_pointer (&self->invocation), make_error (self));
  else if (!g_dbus_connection_is_closed (self->connection))
    g_dbus_connection_emit_signal (
        self->connection, NULL, GBX_CONTROL_PATH, GBX_CONTROL_INTERFACE, "Ended",
        g_variant_new ("(uib)", gbx_process_get_number (process), gbx_process_get_status (process),
                       gbx_process_get_exit (process) == NULL),
        NULL);
  g_ptr_array_remove (self->run->commands, self);
}

static void
on_closed (GDBusConnection *connection, gboolean vanished, GError *error, gpointer user_data)
{
  Command *self = user_data;

  if (self->is_heard || self->invocation)
    gbx_process_hang_up (self->process);
}

static void
add_command (GbxControlRun *self, GDBusMethodInvocation *invocation, GbxProcess *process,
             const char *name, gboolean is_heard)
{
  Command *command = g_new0 (Command, 1);

  command->run = self;
  command->process = process;
  command->connection = g_object_ref (g_dbus_method_invocation_get_connection (invocation));
  command->invocation = invocation;
  command->name = gbx_journal_clean (name);
  command->is_heard = is_heard;
  command->closed =
      g_signal_connect (command->connection, "closed", G_CALLBACK (on_closed), command);
  g_signal_connect (process, "started", G_CALLBACK (on_started), command);
  g_signal_connect (process, "ended", G_CALLBACK (on_ended), command);
  g_ptr_array_add (self->commands, command);
}

/* ----------------------------------------------------------------- begin -- */

static gboolean
set_invalid (GError **error, const char *what)
{
  g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID, _ ("A request to run a command has a bad %s"),
               what);
  return FALSE;
}

/* What it points to is freed with texts. */
static gboolean
read_option (const char *key, GVariant *value, GbxCommandSpec *spec, char ***environment,
             char **directory)
{
  if (g_str_equal (key, "environment") && g_variant_is_of_type (value, G_VARIANT_TYPE ("aay")))
    {
      g_strfreev (*environment);
      *environment = g_variant_dup_bytestring_array (value, NULL);
    }
  else if (g_str_equal (key, "directory") && g_variant_is_of_type (value, G_VARIANT_TYPE ("ay")))
    {
      g_free (*directory);
      *directory = g_variant_dup_bytestring (value, NULL);
    }
  else if (g_str_equal (key, "terminal") && g_variant_is_of_type (value, G_VARIANT_TYPE ("(uub)")))
    g_variant_get (value, "(uub)", &spec->rows, &spec->columns, &spec->separate_stderr);
  else if (g_str_equal (key, "keeps") && g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    spec->keeps = g_variant_get_boolean (value);
  else
    return FALSE;
  return TRUE;
}

static gboolean
read_options (GVariant *options, GbxCommandSpec *spec, char ***environment, char **directory,
              GError **error)
{
  GVariantIter iter;
  const char *key;
  GVariant *next;

  g_variant_iter_init (&iter, options);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &next))
    {
      g_autoptr (GVariant) value = next;

      if (!read_option (key, value, spec, environment, directory))
        return set_invalid (error, key);
    }
  spec->environment = (const char *const *) *environment;
  spec->directory = *directory;
  return TRUE;
}

static int
take_fd (GUnixFDList *fds, GVariant *streams, gsize index, GError **error)
{
  gint32 handle;

  g_variant_get_child (streams, index, "h", &handle);
  return fds ? g_unix_fd_list_get (fds, handle, error) : -1;
}

/* None, or all three. */
static gboolean
take_streams (GUnixFDList *fds, GVariant *streams, GbxStreams *taken, GError **error)
{
  int numbers[3];

  if (g_variant_n_children (streams) == 0)
    return TRUE;
  if (g_variant_n_children (streams) != G_N_ELEMENTS (numbers) || !fds)
    return set_invalid (error, "streams");
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if ((numbers[i] = take_fd (fds, streams, i, error)) < 0)
      {
        while (i > 0)
          close (numbers[--i]);
        return FALSE;
      }
  taken->source = g_unix_input_stream_new (numbers[0], TRUE);
  taken->out = g_unix_output_stream_new (numbers[1], TRUE);
  taken->err = g_unix_output_stream_new (numbers[2], TRUE);
  return TRUE;
}

static GbxProcess *
start (GbxControlRun *self, GbxCommandSpec *spec, GUnixFDList *fds, GVariant *options,
       GVariant *handles, GError **error)
{
  g_auto (GStrv) environment = NULL;
  g_autofree char *directory = NULL;
  GbxStreams streams = { 0 };
  GbxProcess *process = NULL;

  if (read_options (options, spec, &environment, &directory, error) &&
      take_streams (fds, handles, &streams, error))
    process = gbx_sandbox_run (self->sandbox, spec, &streams, error);
  g_clear_object (&streams.source);
  g_clear_object (&streams.out);
  g_clear_object (&streams.err);
  return process;
}

void
gbx_control_run_begin (GbxControlRun *self, GDBusMethodInvocation *invocation, GUnixFDList *fds,
                       const char *const *argv, GVariant *options, GVariant *streams)
{
  GbxCommandSpec spec = { .argv = argv };
  GError *error = NULL;
  GbxProcess *process = start (self, &spec, fds, options, streams, &error);

  if (process)
    add_command (self, invocation, process, argv[0], g_variant_n_children (streams) > 0);
  else
    g_dbus_method_invocation_take_error (invocation, error);
}

/* ---------------------------------------------------------- while it runs -- */

/* A command that has ended is no error: the client may not know it yet. */
static Command *
find_command (GbxControlRun *self, GDBusMethodInvocation *invocation, guint process)
{
  GDBusConnection *connection = g_dbus_method_invocation_get_connection (invocation);

  for (guint i = 0; i < self->commands->len; i++)
    {
      Command *command = self->commands->pdata[i];

      if (command->connection == connection &&
          gbx_process_get_number (command->process) == process && !command->invocation)
        return command;
    }
  return NULL;
}

void
gbx_control_run_signal (GbxControlRun *self, GDBusMethodInvocation *invocation, guint process,
                        guint number)
{
  Command *command = find_command (self, invocation, process);

  if (command && number >= 1 && number <= 64)
    gbx_process_send_signal (command->process, (int) number);
  g_dbus_method_invocation_return_value (invocation, NULL);
}

void
gbx_control_run_resize (GbxControlRun *self, GDBusMethodInvocation *invocation, guint process,
                        guint rows, guint columns)
{
  Command *command = find_command (self, invocation, process);

  if (command)
    gbx_process_set_terminal_size (command->process, rows, columns);
  g_dbus_method_invocation_return_value (invocation, NULL);
}
