/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-verbs.h"

#include "gbx-control-client.h"
#include "gbx-error.h"
#include "gbx-files-save.h"
#include "gbx-files-task.h"
#include "gbx-interrupts.h"
#include "gbx-paths.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ------------------------------------------------------------- connecting -- */

typedef struct
{
  GMainLoop *loop;
  GCancellable *cancellable;
  gboolean put;
  int fd;
  GError *error; /* (nullable) */
} Opening;

static void
socket_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Opening *self = user_data;

  self->fd = gbx_control_client_open_files_finish (GBX_CONTROL_CLIENT (source), result,
                                                   &self->error);
  g_main_loop_quit (self->loop);
}

static void
client_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Opening *self = user_data;
  g_autoptr (GbxControlClient) client = gbx_control_client_open_finish (result, &self->error);

  if (client)
    gbx_control_client_open_files_async (client, self->put, self->cancellable, socket_cb, self);
  else
    g_main_loop_quit (self->loop);
}

static GbxFilesClient *
connect_to (const char *name, gboolean put, GCancellable *cancellable, GError **error)
{
  Opening self = { .cancellable = cancellable, .put = put, .fd = -1 };

  self.loop = g_main_loop_new (NULL, FALSE);
  gbx_control_client_open_async (name, cancellable, client_cb, &self);
  g_main_loop_run (self.loop);
  g_main_loop_unref (self.loop);
  if (self.error)
    {
      g_propagate_error (error, self.error);
      return NULL;
    }
  return gbx_files_client_new (self.fd, cancellable);
}

/* -------------------------------------------------------------- progress -- */

static void
show_progress (guint64 done, guint64 total, gpointer user_data)
{
  gint64 *shown = user_data; /* when */
  gint64 now = g_get_monotonic_time ();
  g_autofree char *size = NULL;

  if (!isatty (STDERR_FILENO) || now - *shown < G_USEC_PER_SEC / 10)
    return;
  *shown = now;
  size = g_format_size (done);
  if (total > 0)
    g_printerr ("\r%3d %%  %s\033[K", (int) (100.0 * (double) done / (double) total), size);
  else
    g_printerr ("\r%s\033[K", size);
}

static void
end_progress (gint64 shown)
{
  if (shown > 0)
    g_printerr ("\r\033[K");
}

static int
finish (GError *error, gint64 shown)
{
  g_autoptr (GError) owned = error;

  end_progress (shown);
  if (!owned)
    return 0;
  gbx_complain ("%s", owned->message);
  return GBX_STATUS_FAILURE;
}

/* ------------------------------------------------------------------ list -- */

static gboolean
list (GbxFilesClient *client, GError **error)
{
  gboolean more;
  g_autoptr (GPtrArray) files = gbx_files_client_list (client, &more, error);

  for (guint i = 0; files && i < files->len; i++)
    {
      const GbxChangedFile *file = files->pdata[i];
      g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (file->time);
      g_autofree char *when = time ? g_date_time_format (time, "%F %R") : g_strdup ("-");
      g_autofree char *shown = gbx_path_show (file->path);

      g_print ("%12" G_GUINT64_FORMAT "  %-16s  %s\n", file->size, when, shown);
    }
  if (files && more)
    gbx_complain (_ ("there are more files than these"));
  return files != NULL;
}

/* ---------------------------------------------------------------- stdout -- */

typedef struct
{
  gboolean plain; /* a terminal, which the contents must not control */
  guint8 last;
} Output;

/* C0, DEL, and C1 as it is in UTF-8. */
static void
make_plain (Output *self, guint8 *data, gsize length)
{
  for (gsize i = 0; i < length; i++)
    {
      guint8 byte = data[i];

      if ((byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7f
          || (self->last == 0xc2 && byte < 0xa0))
        data[i] = '?';
      self->last = byte;
    }
}

static gboolean
write_stdout (const void *data, gsize length, gpointer user_data, GError **error)
{
  Output *self = user_data;
  g_autofree guint8 *copy = g_memdup2 (data, length);

  if (self->plain)
    make_plain (self, copy, length);
  for (gsize at = 0; at < length;)
    {
      gssize n = write (STDOUT_FILENO, copy + at, length - at);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        {
          g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE, _ ("Cannot write the output: %s"),
                       g_strerror (errno));
          return FALSE;
        }
      at += (gsize) n;
    }
  return TRUE;
}

static gboolean
begin_stdout (const char *path, guint64 size, gint64 time, gpointer user_data, GError **error)
{
  return TRUE;
}

static gboolean
finish_stdout (gpointer user_data, GError **error)
{
  return TRUE;
}

static gboolean
print_file (GbxFilesClient *client, const char *path, GError **error)
{
  const GbxFilesSink sink = { .begin = begin_stdout, .data = write_stdout,
                              .finish = finish_stdout };
  Output output = { .plain = isatty (STDOUT_FILENO) };
  gboolean left_out;

  return gbx_files_client_get (client, path, FALSE, &sink, &output, &left_out, error);
}

/* ------------------------------------------------------------------- get -- */

static gboolean
save (GbxFilesClient *client, const char *path, const char *to, GbxFilesTarget *target,
      GError **error)
{
  gboolean into = g_file_test (to, G_FILE_TEST_IS_DIR) || g_str_has_suffix (to, "/");
  g_autofree char *folder = into ? g_strdup (to) : g_path_get_dirname (to);
  g_autofree char *name = into ? NULL : g_path_get_basename (to);
  g_auto (GbxFilesSaved) saved = { 0 };
  gboolean done;

  target->folder = folder;
  target->name = name;
  done = gbx_files_save_path (client, path, TRUE, target, &saved, error);
  if (!done && saved.n_files > 0)
    g_prefix_error (error, ngettext ("After %u file: ", "After %u files: ", saved.n_files),
                    saved.n_files);
  if (done && saved.left_out)
    gbx_complain (_ ("links, special files, and what cannot be read were left out"));
  return done;
}

static int
get (const char *name, const char *path, const char *to, gboolean force)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GbxFilesClient) client = NULL;
  g_autofree char *origin = g_strconcat ("glovebox:", name, NULL);
  gint64 shown = 0;
  GbxFilesTarget target = { .origin = origin, .mode = force ? GBX_SAVER_REPLACE : GBX_SAVER_NEW,
                            .progress = show_progress, .user_data = &shown };
  GError *error = NULL;

  gbx_interrupts_begin (cancellable);
  client = connect_to (name, FALSE, cancellable, &error);
  if (!client)
    return finish (error, shown);
  if (!path)
    list (client, &error);
  else if (to && g_str_equal (to, "-"))
    print_file (client, path, &error);
  else
    save (client, path, to ? to : ".", &target, &error);
  return finish (error, shown);
}

int
gbx_verb_get (int argc, char **argv)
{
  gboolean lists = FALSE, force = FALSE;
  const GOptionEntry entries[] = {
    { "list", 'l', 0, G_OPTION_ARG_NONE, &lists, N_ ("List the files that are new or changed"),
      NULL },
    { "force", 'f', 0, G_OPTION_ARG_NONE, &force, N_ ("Replace a file that exists"), NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (_ ("NAME PATH [DEST]"));
  g_autoptr (GError) error = NULL;

  g_set_prgname ("glovebox get");
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  g_option_context_set_summary (
      context, _ ("Copies a file or a folder out of a running sandbox. PATH is absolute, or in "
                  "the home; DEST “-” means the standard output."));
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      gbx_complain ("%s", error->message);
      return GBX_STATUS_FAILURE;
    }
  if (lists ? argc != 2 : argc < 3 || argc > 4)
    {
      gbx_complain (_ ("name the sandbox and a path in it, or the sandbox and --list"));
      return GBX_STATUS_FAILURE;
    }
  return get (argv[1], lists ? NULL : argv[2], argc > 3 ? argv[3] : NULL, force);
}

/* ------------------------------------------------------------------- put -- */

typedef struct
{
  GbxFilesClient *client;
  char *path; /* in the sandbox */
  gboolean force;
  gint64 shown;
} Put;

static gboolean
put_one (Put *self, const char *file, GError **error)
{
  g_autofree char *name = g_path_get_basename (file);
  GbxPutRequest request = { .path = self->path, .name = name, .replace = self->force };
  g_autofree char *where = NULL;
  g_autofree char *shown = NULL;

  request.source = gbx_files_open_source (file, &request.size, &request.time, error);
  if (request.source < 0)
    return FALSE;
  where = gbx_files_client_put (self->client, &request, show_progress, &self->shown, error);
  close (request.source);
  if (!where)
    return FALSE;
  end_progress (self->shown);
  shown = gbx_path_show (where);
  g_print ("%s\n", shown);
  return TRUE;
}

static int
put (const char *name, char **files, guint n, const char *path, gboolean force)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *folder = n > 1 && *path && !g_str_has_suffix (path, "/")
                                ? g_strconcat (path, "/", NULL) : g_strdup (path);
  Put self = { .path = folder, .force = force };
  GError *error = NULL;

  gbx_interrupts_begin (cancellable);
  self.client = connect_to (name, TRUE, cancellable, &error);
  for (guint i = 0; self.client && i < n; i++)
    if (!put_one (&self, files[i], &error))
      break;
  g_clear_pointer (&self.client, gbx_files_client_free);
  return finish (error, self.shown);
}

/* The last one is a path in the sandbox, if there is no such file here. */
static gboolean
is_target (int argc, char **argv)
{
  struct stat st;

  return argc > 3 && lstat (argv[argc - 1], &st) != 0;
}

int
gbx_verb_put (int argc, char **argv)
{
  g_autofree char *to = NULL;
  gboolean force = FALSE;
  const GOptionEntry entries[] = {
    { "to", 't', 0, G_OPTION_ARG_FILENAME, &to, N_ ("The folder or file in the sandbox"),
      N_ ("PATH") },
    { "force", 'f', 0, G_OPTION_ARG_NONE, &force, N_ ("Replace a file that exists"), NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (_ ("NAME FILE… [PATH]"));
  g_autoptr (GError) error = NULL;

  g_set_prgname ("glovebox put");
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  g_option_context_set_summary (
      context, _ ("Copies files into a running sandbox, and prints where they are in it. PATH is "
                  "a folder or a new name, absolute or in the home; without it, Downloads."));
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      gbx_complain ("%s", error->message);
      return GBX_STATUS_FAILURE;
    }
  if (argc < 3)
    {
      gbx_complain (_ ("name the sandbox and a file"));
      return GBX_STATUS_FAILURE;
    }
  if (!to && is_target (argc, argv))
    to = g_strdup (argv[--argc]);
  return put (argv[1], argv + 2, (guint) argc - 2, to ? to : "", force);
}
