/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-files"

#include "config.h"

#include "gbx-files-client.h"

#include "gbx-error.h"
#include "gbx-file-records.h"
#include "gbx-paths.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A guest that says nothing for this long does not answer any more. */
#define PATIENCE_MS 60000
/* Files and folders in one folder that is got. */
#define ENTRIES_MAX 1000000

struct _GbxFilesClient
{
  int fd, patience_ms;
  GCancellable *cancellable; /* (nullable) */
  GbxFileReader reader;
  guint8 received[65536];
  const guint8 *input;
  gsize n_input;
  GbxFileRecord record; /* the last that came */
};

/* --------------------------------------------------------------- errors -- */

static gboolean
break_off (const char *what, GError **error)
{
  g_set_error (error, GBX_ERROR, GBX_ERROR_PROTOCOL,
               _ ("The sandbox broke the rules for handing over files: %s"), what);
  return FALSE;
}

static gboolean
set_gone (GError **error)
{
  g_set_error_literal (error, GBX_ERROR, GBX_ERROR_GUEST,
                       _ ("The sandbox does not hand over files any more; it may have ended, or "
                          "is busy with others"));
  return FALSE;
}

/* What the guest's errno means for what was asked. */
static gboolean
set_guest_error (const char *path, guint code, GError **error)
{
  g_autofree char *shown = gbx_path_show (*path ? path : "~");
  int domain = code == ENOENT ? GBX_ERROR_NOT_FOUND : GBX_ERROR_STORAGE;

  switch (code)
    {
    case ENOENT:
      g_set_error (error, GBX_ERROR, domain, _ ("There is no “%s” in the sandbox"), shown);
      break;
    case EISDIR:
      g_set_error (error, GBX_ERROR, domain, _ ("“%s” is a folder in the sandbox"), shown);
      break;
    case EEXIST:
      g_set_error (error, GBX_ERROR, domain, _ ("“%s” exists already in the sandbox"), shown);
      break;
    case ELOOP:
    case EXDEV:
      g_set_error (error, GBX_ERROR, domain,
                   _ ("“%s” is a link in the sandbox, or behind one; links are not followed"),
                   shown);
      break;
    case EOPNOTSUPP:
      g_set_error (error, GBX_ERROR, domain,
                   _ ("“%s” is neither a file nor a folder in the sandbox"), shown);
      break;
    case ESTALE:
      g_set_error (error, GBX_ERROR, domain, _ ("“%s” changed while it was read; try it again"),
                   shown);
      break;
    case ENOSPC:
    case EDQUOT:
      g_set_error (error, GBX_ERROR, domain,
                   _ ("There is not enough space in the sandbox for “%s”"), shown);
      break;
    default:
      g_set_error (error, GBX_ERROR, domain, _ ("“%s” in the sandbox: %s"), shown,
                   g_strerror ((int) code));
    }
  return FALSE;
}

/* -------------------------------------------------------------- waiting -- */

/* Waits for the socket.  0 with an error, or what it is ready for. */
static short
wait_for (GbxFilesClient *self, short events, GError **error)
{
  GPollFD fds[2] = { { self->fd, (gushort) events, 0 } };
  gboolean cancels = g_cancellable_make_pollfd (self->cancellable, &fds[1]);
  int ready;

  do
    ready = g_poll (fds, cancels ? 2 : 1, self->patience_ms);
  while (ready < 0 && errno == EINTR);
  if (cancels)
    g_cancellable_release_fd (self->cancellable);
  if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
    return 0;
  if (ready > 0 && fds[0].revents)
    return (short) fds[0].revents;
  g_set_error (error, GBX_ERROR, GBX_ERROR_TIMEOUT,
               _ ("The sandbox has not answered for %d seconds; it may be paused or too busy"),
               self->patience_ms / 1000);
  return 0;
}

/* Reads what is there.  FALSE with an error. */
static gboolean
fill (GbxFilesClient *self, GError **error)
{
  gssize n = recv (self->fd, self->received, sizeof self->received, MSG_DONTWAIT);

  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return TRUE;
  if (n <= 0)
    return set_gone (error);
  self->input = self->received;
  self->n_input = (gsize) n;
  return TRUE;
}

/* 1: self->record is set; 0: nothing has come yet; -1: an error. */
static int
look (GbxFilesClient *self, GError **error)
{
  int got = gbx_file_reader_next (&self->reader, &self->input, &self->n_input, &self->record);

  if (got < 0)
    break_off (_ ("a malformed record"), error);
  return got;
}

static gboolean
next (GbxFilesClient *self, GError **error)
{
  int got;

  while ((got = look (self, error)) == 0)
    if (!wait_for (self, POLLIN, error) || !fill (self, error))
      return FALSE;
  return got > 0;
}

/* Sends bytes.  TRUE as well if the guest answers meanwhile: then *answered. */
static gboolean
send_bytes (GbxFilesClient *self, const guint8 *data, gsize length, gboolean *answered,
            GError **error)
{
  *answered = FALSE;
  while (length > 0)
    {
      int got = look (self, error);
      short ready;
      gssize n;

      *answered = got > 0;
      if (got != 0)
        return got > 0;
      ready = wait_for (self, POLLIN | POLLOUT, error);
      if (!ready || (ready & POLLIN && !fill (self, error)))
        return FALSE;
      if (ready & POLLIN)
        continue;
      n = send (self->fd, data, length, MSG_DONTWAIT | MSG_NOSIGNAL);
      if (n < 0 && errno != EAGAIN && errno != EINTR)
        return set_gone (error);
      data += MAX (n, 0);
      length -= (gsize) MAX (n, 0);
    }
  return TRUE;
}

static gboolean
send_record (GbxFilesClient *self, const GbxFileRecord *record, gboolean *answered, GError **error)
{
  g_autofree guint8 *buffer = g_malloc (GBX_FILE_RECORD_MAX);
  GbxWriter writer;

  gbx_writer_init (&writer, buffer, GBX_FILE_RECORD_MAX);
  gbx_file_record_encode (record, &writer);
  if (writer.failed)
    {
      g_set_error_literal (error, GBX_ERROR, GBX_ERROR_INVALID, _ ("A path is too long"));
      return FALSE;
    }
  return send_bytes (self, buffer, writer.length, answered, error);
}

static gboolean
ask (GbxFilesClient *self, const GbxFileRecord *request, GError **error)
{
  gboolean answered;

  if (!send_record (self, request, &answered, error))
    return FALSE;
  return !answered || break_off (_ ("an answer that nobody asked for"), error);
}

/* A path that is too long for a record. */
static gboolean
set_path (GbxFileRecord *record, const char *path, GError **error)
{
  g_autofree char *shown = NULL;

  if (g_strlcpy (record->path, path, sizeof record->path) < sizeof record->path)
    return TRUE;
  shown = gbx_path_show (path);
  g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID, _ ("The path “%s” is too long"), shown);
  return FALSE;
}

/* ----------------------------------------------------------------- list -- */

void
gbx_changed_file_free (GbxChangedFile *self)
{
  g_free (self->path);
  g_free (self);
}

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(GbxChangedFile *const *) a)->path, (*(GbxChangedFile *const *) b)->path);
}

static gboolean
add_entry (GPtrArray *files, const GbxFileRecord *record, gsize *names, GError **error)
{
  GbxChangedFile *file;

  *names += strlen (record->path);
  if (files->len >= GBX_FILES_MAX || *names > GBX_FILES_NAMES_MAX)
    return break_off (_ ("a list that does not end"), error);
  file = g_new (GbxChangedFile, 1);
  *file = (GbxChangedFile) { g_strdup (record->path), record->size, record->time };
  g_ptr_array_add (files, file);
  return TRUE;
}

GPtrArray *
gbx_files_client_list (GbxFilesClient *self, gboolean *more, GError **error)
{
  GbxFileRecord request = { .kind = GBX_FILE_LIST };
  g_autoptr (GPtrArray) files
      = g_ptr_array_new_with_free_func ((GDestroyNotify) gbx_changed_file_free);
  gsize names = 0;

  if (!ask (self, &request, error))
    return NULL;
  while (next (self, error))
    {
      if (self->record.kind == GBX_FILE_ENTRY)
        {
          if (!add_entry (files, &self->record, &names, error))
            return NULL;
          continue;
        }
      if (self->record.kind != GBX_FILE_END)
        break_off (_ ("something else than a list"), error);
      else if (self->record.error)
        set_guest_error ("", self->record.error, error);
      else
        {
          *more = self->record.more;
          g_ptr_array_sort (files, compare_paths);
          return g_steal_pointer (&files);
        }
      return NULL;
    }
  return NULL;
}

/* ------------------------------------------------------------------ get -- */

typedef struct
{
  const GbxFilesSink *sink;
  gpointer user_data;
  gboolean folders;
  guint n;          /* of files and folders */
  gboolean in_tree; /* the first was a folder */
  gboolean open;    /* a file has begun */
  guint64 left;     /* of its bytes */
} Get;

/* A file alone comes alone, and a folder first. */
static gboolean
check_path (Get *get, const GbxFileRecord *record, GError **error)
{
  gboolean is_folder = record->kind == GBX_FILE_FOLDER;
  gboolean is_root = !*record->path;

  if (get->open)
    return break_off (_ ("a file is shorter than announced"), error);
  if (is_root != (get->n == 0) || (get->n > 0 && !get->in_tree) || (is_folder && !get->folders))
    return break_off (_ ("a file that nobody asked for"), error);
  get->in_tree = get->in_tree || (is_folder && is_root);
  return ++get->n <= ENTRIES_MAX || break_off (_ ("a folder that does not end"), error);
}

static gboolean
finish_file (Get *get, GError **error)
{
  get->open = FALSE;
  return get->sink->finish (get->user_data, error);
}

static gboolean
take_file (Get *get, const GbxFileRecord *record, GError **error)
{
  if (!check_path (get, record, error))
    return FALSE;
  if (record->kind == GBX_FILE_FOLDER)
    return get->sink->folder (record->path, get->user_data, error);
  if (!get->sink->begin (record->path, record->size, record->time, get->user_data, error))
    return FALSE;
  get->open = TRUE;
  get->left = record->size;
  return get->left > 0 || finish_file (get, error);
}

static gboolean
take_data (Get *get, const GbxFileRecord *record, GError **error)
{
  if (!get->open || record->data_length > get->left)
    return break_off (_ ("a file is longer than announced"), error);
  if (!get->sink->data (record->data, record->data_length, get->user_data, error))
    return FALSE;
  get->left -= record->data_length;
  return get->left > 0 || finish_file (get, error);
}

static gboolean
take_end (const Get *get, const GbxFileRecord *record, const char *path, GError **error)
{
  if (record->error)
    return set_guest_error (path, record->error, error);
  if (get->open)
    return break_off (_ ("a file is shorter than announced"), error);
  return get->n > 0 || break_off (_ ("nothing came"), error);
}

gboolean
gbx_files_client_get (GbxFilesClient *self, const char *path, gboolean folders,
                      const GbxFilesSink *sink, gpointer user_data, gboolean *left_out,
                      GError **error)
{
  GbxFileRecord request = { .kind = GBX_FILE_GET, .flags = folders ? GBX_FILE_GET_FOLDERS : 0 };
  Get get = { .sink = sink, .user_data = user_data, .folders = folders };

  if (!set_path (&request, path, error) || !ask (self, &request, error))
    return FALSE;
  while (next (self, error))
    switch (self->record.kind)
      {
      case GBX_FILE_FILE:
      case GBX_FILE_FOLDER:
        if (!take_file (&get, &self->record, error))
          return FALSE;
        break;
      case GBX_FILE_DATA:
        if (!take_data (&get, &self->record, error))
          return FALSE;
        break;
      case GBX_FILE_END:
        *left_out = self->record.more;
        return take_end (&get, &self->record, path, error);
      default:
        return break_off (_ ("something else than a file"), error);
      }
  return FALSE;
}

/* -------------------------------------------------------------- archive -- */

static gboolean
write_all (int fd, const guint8 *data, gsize length, GError **error)
{
  while (length > 0)
    {
      gssize n = write (fd, data, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        {
          g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE, _ ("The home cannot be passed on: %s"),
                       g_strerror (errno));
          return FALSE;
        }
      data += n;
      length -= (gsize) n;
    }
  return TRUE;
}

gboolean
gbx_files_client_archive (GbxFilesClient *self, int output, GbxFilesProgress progress,
                          gpointer user_data, GError **error)
{
  GbxFileRecord request = { .kind = GBX_FILE_ARCHIVE };
  guint64 done = 0;

  if (!ask (self, &request, error))
    return FALSE;
  while (next (self, error))
    {
      if (self->record.kind == GBX_FILE_END)
        return self->record.error == 0 || set_guest_error ("", self->record.error, error);
      if (self->record.kind != GBX_FILE_DATA)
        return break_off (_ ("something else than a file"), error);
      if (!write_all (output, self->record.data, self->record.data_length, error))
        return FALSE;
      done += self->record.data_length;
      if (progress)
        progress (done, 0, user_data);
    }
  return FALSE;
}

/* ------------------------------------------------------------------ put -- */

/* Reads the next piece of the file on the host. */
static gssize
read_piece (const GbxPutRequest *request, guint8 *piece, guint64 left, GError **error)
{
  g_autofree char *shown = gbx_path_show (request->name);
  gssize n;

  do
    n = read (request->source, piece, MIN (left, GBX_FILE_DATA_MAX));
  while (n < 0 && errno == EINTR);
  if (n < 0)
    g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE, _ ("“%s” cannot be read: %s"), shown,
                 g_strerror (errno));
  if (n == 0)
    g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE,
                 _ ("“%s” became shorter while it was read; try it again"), shown);
  return n;
}

static gboolean
send_contents (GbxFilesClient *self, const GbxPutRequest *request, GbxFilesProgress progress,
               gpointer user_data, gboolean *answered, GError **error)
{
  guint8 piece[GBX_FILE_DATA_MAX];
  GbxFileRecord record = { .kind = GBX_FILE_DATA, .data = piece };

  *answered = FALSE;
  for (guint64 left = request->size; left > 0 && !*answered; left -= record.data_length)
    {
      gssize n = read_piece (request, piece, left, error);

      if (n <= 0)
        return FALSE;
      record.data_length = (gsize) n;
      if (!send_record (self, &record, answered, error))
        return FALSE;
      if (progress && !*answered)
        progress (request->size - left + record.data_length, request->size, user_data);
    }
  return TRUE;
}

/* The guest may say at any time that it fails.  (nullable): the path, if it has one. */
static char *
take_ready (GbxFilesClient *self, const GbxPutRequest *request, GError **error)
{
  guint code = self->record.error;
  gboolean is_about_name = code == EEXIST || code == ENOSPC || code == EDQUOT || code == EISDIR;

  if (self->record.kind == GBX_FILE_READY)
    return g_strdup (self->record.path);
  if (self->record.kind == GBX_FILE_END && self->record.error)
    set_guest_error (is_about_name ? request->name : request->path, self->record.error, error);
  else
    break_off (_ ("something else than an answer to a file"), error);
  return NULL;
}

static gboolean
start_put (GbxFilesClient *self, const GbxPutRequest *request, GError **error)
{
  GbxFileRecord record = { .kind = GBX_FILE_PUT, .size = request->size,
                           .time = MAX (request->time, 0) };
  g_autofree char *path = NULL;

  if (request->replace)
    record.flags |= GBX_FILE_PUT_REPLACE;
  if (request->rename)
    record.flags |= GBX_FILE_PUT_RENAME;
  if (!set_path (&record, request->path, error))
    return FALSE;
  if (g_strlcpy (record.name, request->name, sizeof record.name) >= sizeof record.name)
    return break_off (_ ("a name is too long"), error);
  if (!ask (self, &record, error) || !next (self, error))
    return FALSE;
  path = take_ready (self, request, error);
  return path != NULL;
}

char *
gbx_files_client_put (GbxFilesClient *self, const GbxPutRequest *request,
                      GbxFilesProgress progress, gpointer user_data, GError **error)
{
  g_autofree char *path = NULL;
  gboolean answered;

  if (!start_put (self, request, error)
      || !send_contents (self, request, progress, user_data, &answered, error)
      || (!answered && !next (self, error)))
    return NULL;
  path = take_ready (self, request, error);
  if (!path || !next (self, error))
    return NULL;
  if (self->record.kind == GBX_FILE_END && self->record.error == 0)
    return g_steal_pointer (&path);
  if (self->record.kind == GBX_FILE_READY)
    break_off (_ ("an answer that nobody asked for"), error);
  else
    g_free (take_ready (self, request, error));
  return NULL;
}

/* --------------------------------------------------------------- object -- */

GbxFilesClient *
gbx_files_client_new (int fd, GCancellable *cancellable)
{
  GbxFilesClient *self = g_new0 (GbxFilesClient, 1);

  self->fd = fd;
  self->patience_ms = PATIENCE_MS;
  g_set_object (&self->cancellable, cancellable);
  gbx_file_reader_init (&self->reader, GBX_DIRECTION_TO_HOST);
  return self;
}

void
gbx_files_client_set_patience (GbxFilesClient *self, int milliseconds)
{
  self->patience_ms = milliseconds;
}

void
gbx_files_client_free (GbxFilesClient *self)
{
  close (self->fd);
  g_clear_object (&self->cancellable);
  g_free (self);
}
