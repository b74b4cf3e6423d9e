/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-verbs.h"

#include "gbx-doctor.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

/* `glovebox doctor`: exit 0 only if a launch would work. */

typedef struct
{
  GMainLoop *loop;
  GCancellable *cancellable;
  gboolean json;
  gboolean coloured;
  gboolean utf8;
  int status;
} Doctor;

static const struct
{
  const char *name; /* in JSON */
  const char *mark;
  const char *plain;  /* if the terminal lacks these characters */
  const char *colour; /* SGR */
} results[] = {
  [GBX_CHECK_OK] = { "ok", "✔", "ok     ", "\033[32m" },
  [GBX_CHECK_WARNING] = { "warning", "▲", "warning", "\033[33m" },
  [GBX_CHECK_PROBLEM] = { "problem", "✘", "PROBLEM", "\033[31m" },
};
static const char colour_off[] = "\033[0m";

/* --------------------------------------------------------------- text -- */

static void
print_check (const Doctor *self, const GbxCheck *check)
{
  const char *mark = self->utf8 ? results[check->result].mark : results[check->result].plain;
  const char *on = self->coloured ? results[check->result].colour : "";
  const char *off = self->coloured ? colour_off : "";

  g_print ("%s%s%s %s: %s\n", on, mark, off, check->title, check->explanation);
  if (check->command != NULL)
    g_print ("    %s\n", check->command);
}

static void
print_verdict (GPtrArray *checks, gboolean can_launch)
{
  guint n[3] = { 0 };

  for (guint i = 0; i < checks->len; i++)
    n[((GbxCheck *)checks->pdata[i])->result]++;

  g_print ("\n");
  if (can_launch && n[GBX_CHECK_WARNING] == 0)
    g_print (_ ("Everything that a launch needs is available.\n"));
  else if (can_launch)
    g_print (ngettext ("A launch works; there is %u warning.\n",
                       "A launch works; there are %u warnings.\n", n[GBX_CHECK_WARNING]),
             n[GBX_CHECK_WARNING]);
  else
    g_print (ngettext ("A launch fails: there is %u problem.\n",
                       "A launch fails: there are %u problems.\n", n[GBX_CHECK_PROBLEM]),
             n[GBX_CHECK_PROBLEM]);
}

/* --------------------------------------------------------------- JSON -- */

static void
append_json_string (GString *out, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  g_string_append_c (out, '"');
  for (const char *at = valid; *at != '\0'; at++)
    if (*at == '"' || *at == '\\')
      g_string_append_printf (out, "\\%c", *at);
    else if ((guchar)*at < 0x20 || *at == 0x7f)
      g_string_append_printf (out, "\\u%04x", (guint)(guchar)*at);
    else
      g_string_append_c (out, *at);
  g_string_append_c (out, '"');
}

static void
append_json_member (GString *out, const char *name, const char *value)
{
  g_string_append_printf (out, "\"%s\": ", name);
  if (value != NULL)
    append_json_string (out, value);
  else
    g_string_append (out, "null");
}

static void
print_json (GPtrArray *checks, gboolean can_launch)
{
  g_autoptr (GString) out = g_string_new ("{\n  \"checks\": [");

  for (guint i = 0; i < checks->len; i++)
    {
      const GbxCheck *check = checks->pdata[i];

      g_string_append (out, i > 0 ? ",\n    { " : "\n    { ");
      append_json_member (out, "id", check->id);
      g_string_append (out, ", ");
      append_json_member (out, "title", check->title);
      g_string_append (out, ", ");
      append_json_member (out, "result", results[check->result].name);
      g_string_append (out, ", ");
      append_json_member (out, "explanation", check->explanation);
      g_string_append (out, ", ");
      append_json_member (out, "command", check->command);
      g_string_append (out, " }");
    }
  g_string_append_printf (out, "\n  ],\n  \"can-launch\": %s\n}\n", can_launch ? "true" : "false");
  fputs (out->str, stdout);
}

/* ---------------------------------------------------------------- run -- */

static void
on_doctor_checked (GbxDoctor *doctor, const GbxCheck *check, gpointer user_data)
{
  const Doctor *self = user_data;

  if (!self->json)
    print_check (self, check);
}

static void
run_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GbxDoctor *doctor = GBX_DOCTOR (source);
  Doctor *self = user_data;
  g_autoptr (GError) error = NULL;
  GPtrArray *checks = gbx_doctor_get_checks (doctor);
  gboolean can_launch = gbx_doctor_can_launch (doctor);

  if (!gbx_doctor_run_finish (doctor, result, &error))
    {
      gbx_complain ("%s", error->message);
      self->status = GBX_STATUS_FAILURE;
    }
  else
    {
      if (self->json)
        print_json (checks, can_launch);
      else
        print_verdict (checks, can_launch);
      self->status = can_launch ? 0 : 1;
    }
  g_main_loop_quit (self->loop);
}

static gboolean
on_signal (gpointer user_data)
{
  Doctor *self = user_data;

  g_cancellable_cancel (self->cancellable);

  return G_SOURCE_CONTINUE;
}

static int
run (Doctor *self)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GbxDoctor) doctor = gbx_doctor_new ();
  guint interrupt = g_unix_signal_add (SIGINT, on_signal, self);
  guint terminate = g_unix_signal_add (SIGTERM, on_signal, self);

  self->loop = loop;
  self->cancellable = cancellable;
  self->utf8 = g_get_charset (NULL);
  self->coloured = isatty (STDOUT_FILENO) && g_getenv ("NO_COLOR") == NULL;
  g_signal_connect (doctor, "checked", G_CALLBACK (on_doctor_checked), self);
  gbx_doctor_run_async (doctor, cancellable, run_cb, self);
  g_main_loop_run (loop);
  g_source_remove (interrupt);
  g_source_remove (terminate);

  return self->status;
}

static int
clean (void)
{
  g_autoptr (GError) error = NULL;
  guint n = gbx_doctor_clean (&error);

  if (error != NULL)
    {
      gbx_complain ("%s", error->message);
      return GBX_STATUS_FAILURE;
    }
  g_print (ngettext ("Removed the leftovers of %u sandbox.\n",
                     "Removed the leftovers of %u sandboxes.\n", n),
           n);

  return 0;
}

int
gbx_verb_doctor (int argc, char **argv)
{
  Doctor self = { 0 };
  gboolean wants_clean = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &self.json, N_ ("Print the results as JSON"), NULL },
    { "clean", 0, 0, G_OPTION_ARG_NONE, &wants_clean,
      N_ ("Remove leftovers of dead sandboxes, and check nothing"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_set_prgname ("glovebox doctor");
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  g_option_context_set_summary (
      context,
      _ ("Checks everything that a launch needs, and says what is wrong and which command\n"
         "fixes it.  The exit status is 0 only if a launch would work."));
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      gbx_complain ("%s", error->message);
      return GBX_STATUS_FAILURE;
    }
  if (argc > 1)
    {
      gbx_complain (_ ("“%s” takes no argument, but was given “%s”"), "doctor", argv[1]);
      return GBX_STATUS_FAILURE;
    }

  return wants_clean ? clean () : run (&self);
}
