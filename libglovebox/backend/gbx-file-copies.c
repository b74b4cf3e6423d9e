/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-file-copies"

#include "config.h"

#include "gbx-file-copies.h"

#include "gbx-error.h"
#include "gbx-exports.h"
#include "gbx-file-copy.h"
#include "gbx-paths.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

/* The guest holds its copies in memory: all of them together take at most this part. */
#define PART_OF_MEMORY 4
/* From the end of a change until it is written back. */
#define SOON_MS 50
/* While a program still writes: after a pause of that length, and at the latest after. */
#define QUIET_MS 1000
#define LATEST_MS 10000
/* The time in between is this many times what the last writing back took. */
#define PAUSE_FACTOR 4

struct _GbxFileCopies
{
  char *folder;
  int lock;          /* held for as long as the sandbox lives */
  GPtrArray *copies; /* (element-type GbxFileCopy): by the index of the share; or NULL */

  GThread *thread; /* (nullable) */
  int events;      /* inotify, or -1 */
  int stop;        /* eventfd that ends the thread, or -1 */
  GMutex mutex;    /* protects the report */
  char *report;    /* (nullable): where the user does not find the changes */
};

/* -------------------------------------------------------------- folder -- */

/* Resolved, because the user may have a link in this path; the emulator follows none. */
static char *
make_base (void)
{
  g_autofree char *base = g_build_filename (g_get_user_state_dir (), "glovebox", "files", NULL);

  if (g_mkdir_with_parents (base, 0700) != 0)
    return NULL;
  return realpath (base, NULL);
}

/* So that a recovery does not take a folder that has no lock yet. */
static int
enter_base (const char *base)
{
  g_autofree char *path = g_build_filename (base, ".claim", NULL);
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (fd >= 0 && flock (fd, LOCK_EX) == 0)
    return fd;
  if (fd >= 0)
    close (fd);
  return -1;
}

/* -1 if a live process has it. */
static int
lock_folder (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "lock", NULL);
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (fd >= 0 && flock (fd, LOCK_EX | LOCK_NB) == 0)
    return fd;
  if (fd >= 0)
    close (fd);
  return -1;
}

static gboolean
claim_folder (GbxFileCopies *self, const char *uuid, GError **error)
{
  g_autofree char *base = make_base ();
  int claim = base ? enter_base (base) : -1;

  if (claim >= 0)
    {
      self->folder = g_build_filename (base, uuid, NULL);
      if (g_mkdir (self->folder, 0700) == 0)
        self->lock = lock_folder (self->folder);
      close (claim);
    }
  if (self->lock >= 0)
    return TRUE;
  g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE,
               _ ("Cannot make a folder in “%s” for the copies of shared files: %s"),
               base ? base : g_get_user_state_dir (), g_strerror (errno));
  return FALSE;
}

/* The folder stays if there is a copy in it that could not be saved. */
static void
release_folder (GbxFileCopies *self)
{
  g_autofree char *lock = self->folder ? g_build_filename (self->folder, "lock", NULL) : NULL;

  if (lock)
    {
      g_unlink (lock);
      g_rmdir (self->folder);
    }
  if (self->lock >= 0)
    close (self->lock);
}

/* ------------------------------------------------------------- prepare -- */

static GbxFileCopies *
copies_new (void)
{
  GbxFileCopies *self = g_new0 (GbxFileCopies, 1);

  self->lock = self->events = self->stop = -1;
  self->copies = g_ptr_array_new ();
  g_mutex_init (&self->mutex);
  return self;
}

/* Whether the share is one of these files, and how big it is. */
static gboolean
is_for_copy (GbxShare *share, guint64 *size)
{
  struct stat st;

  *size = 0;
  if (!gbx_share_get_writable (share) || gbx_share_is_directory (share))
    return FALSE;
  if (stat (gbx_share_get_path (share), &st) == 0)
    *size = st.st_size;
  return TRUE;
}

static gboolean
add_share (GbxFileCopies *self, GbxPolicy *policy, const char *name, guint64 *room, GError **error)
{
  guint index = self->copies->len;
  GbxShare *share = gbx_policy_get_shares (policy)->pdata[index];
  g_autofree char *tag = gbx_exports_share_tag (index);
  g_autofree char *place = NULL;
  guint64 size;

  g_ptr_array_add (self->copies, NULL);
  if (!is_for_copy (share, &size))
    return TRUE;
  if (size <= *room)
    {
      *room -= size;
      place = g_build_filename (self->folder, tag, NULL);
    }
  self->copies->pdata[index] =
      gbx_file_copy_new (share, name, place, gbx_policy_get_memory (policy), error);
  return self->copies->pdata[index] != NULL;
}

static gboolean
has_file_for_copy (GbxPolicy *policy)
{
  GPtrArray *shares = gbx_policy_get_shares (policy);
  guint64 size;

  for (guint i = 0; i < shares->len; i++)
    if (is_for_copy (shares->pdata[i], &size))
      return TRUE;
  return FALSE;
}

gboolean
gbx_file_copies_prepare (GbxPolicy *policy, const char *name, const char *uuid,
                         GbxFileCopies **copies, GError **error)
{
  g_autoptr (GbxFileCopies) self = NULL;
  guint64 room = gbx_policy_get_memory (policy) / PART_OF_MEMORY;

  *copies = NULL;
  if (!has_file_for_copy (policy))
    return TRUE;
  self = copies_new ();
  if (!claim_folder (self, uuid, error))
    return FALSE;
  for (guint i = 0; i < gbx_policy_get_shares (policy)->len; i++)
    if (!add_share (self, policy, name, &room, error))
      return FALSE;
  *copies = g_steal_pointer (&self);
  return TRUE;
}

const char *
gbx_file_copies_get_folder (GbxFileCopies *self, guint index)
{
  GbxFileCopy *copy = self && index < self->copies->len ? self->copies->pdata[index] : NULL;

  return copy ? gbx_file_copy_get_folder (copy) : NULL;
}

/* --------------------------------------------------------------- watch -- */

static char *
compose_report (GbxFileCopies *self, gboolean failed_only)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < self->copies->len; i++)
    {
      GbxFileCopy *copy = self->copies->pdata[i];
      g_autofree char *sentence = copy ? gbx_file_copy_describe (copy) : NULL;

      if (sentence && (!failed_only || gbx_file_copy_has_failed (copy)))
        g_string_append_printf (text, "%s%s", text->len ? " " : "", sentence);
    }
  return g_string_free (text, text->len == 0);
}

/* While the thread runs, only it touches the copies. */
static void
save_all (GbxFileCopies *self, gboolean at_end)
{
  for (guint i = 0; i < self->copies->len; i++)
    if (self->copies->pdata[i])
      gbx_file_copy_save (self->copies->pdata[i], at_end);
  g_mutex_lock (&self->mutex);
  g_free (self->report);
  self->report = compose_report (self, FALSE);
  g_mutex_unlock (&self->mutex);
}

typedef struct
{
  gint64 due, changed; /* when to save, and the first change since; microseconds; -1: none */
  gint64 not_before;
} Schedule;

static void
note_change (Schedule *schedule, gboolean is_done)
{
  gint64 now = g_get_monotonic_time ();

  if (schedule->due < 0)
    schedule->changed = now;
  schedule->due = is_done ? now + SOON_MS * 1000
                          : MIN (now + QUIET_MS * 1000, schedule->changed + LATEST_MS * 1000);
}

static void
read_events (GbxFileCopies *self, Schedule *schedule)
{
  char buffer[4096] __attribute__ ((aligned (__alignof__ (struct inotify_event))));
  ssize_t length;

  while ((length = read (self->events, buffer, sizeof buffer)) > 0)
    for (char *at = buffer; at < buffer + length;)
      {
        const struct inotify_event *event = (const struct inotify_event *) at;
        gboolean is_file = event->len > 0 && g_str_equal (event->name, GBX_EXPORT_FILE_NAME);

        if (is_file || (event->mask & IN_Q_OVERFLOW))
          note_change (schedule, event->mask & (IN_CLOSE_WRITE | IN_MOVED_TO | IN_Q_OVERFLOW));
        at += sizeof *event + event->len;
      }
}

/* However often the guest changes a copy, this takes only a part of the time. */
static void
save_if_due (GbxFileCopies *self, Schedule *schedule)
{
  gint64 begin = g_get_monotonic_time (), end;

  if (schedule->due < 0 || begin < MAX (schedule->due, schedule->not_before))
    return;
  schedule->due = -1;
  save_all (self, FALSE);
  end = g_get_monotonic_time ();
  schedule->not_before = end + PAUSE_FACTOR * (end - begin);
}

static int
get_timeout (const Schedule *schedule)
{
  gint64 at = MAX (schedule->due, schedule->not_before) - g_get_monotonic_time ();

  return schedule->due < 0 ? -1 : (int) MAX ((at + 999) / 1000, 0);
}

static gpointer
watch_thread (gpointer user_data)
{
  GbxFileCopies *self = user_data;
  struct pollfd fds[2] = { { self->events, POLLIN, 0 }, { self->stop, POLLIN, 0 } };
  Schedule schedule = { -1, -1, 0 };

  while (!fds[1].revents)
    {
      poll (fds, G_N_ELEMENTS (fds), get_timeout (&schedule));
      if (fds[0].revents)
        read_events (self, &schedule);
      save_if_due (self, &schedule);
    }
  return NULL;
}

void
gbx_file_copies_watch (GbxFileCopies *self)
{
  self->events = inotify_init1 (IN_CLOEXEC | IN_NONBLOCK);
  self->stop = eventfd (0, EFD_CLOEXEC);
  /* Without it everything is saved at the end. */
  if (self->events < 0 || self->stop < 0)
    return;
  for (guint i = 0; i < self->copies->len; i++)
    {
      const char *folder = gbx_file_copies_get_folder (self, i);

      if (folder)
        inotify_add_watch (self->events, folder, IN_CLOSE_WRITE | IN_MOVED_TO | IN_MODIFY);
    }
  self->thread = g_thread_new ("glovebox-files", watch_thread, self);
}

static void
stop_watching (GbxFileCopies *self)
{
  if (self->thread)
    {
      eventfd_write (self->stop, 1);
      g_thread_join (g_steal_pointer (&self->thread));
    }
  if (self->events >= 0)
    close (self->events);
  if (self->stop >= 0)
    close (self->stop);
  self->events = self->stop = -1;
}

/* ----------------------------------------------------------------- end -- */

char *
gbx_file_copies_describe (GbxFileCopies *self)
{
  char *report;

  g_mutex_lock (&self->mutex);
  report = g_strdup (self->report);
  g_mutex_unlock (&self->mutex);
  return report;
}

gboolean
gbx_file_copies_finish (GbxFileCopies *self, GError **error)
{
  g_autofree char *failures = NULL;

  stop_watching (self);
  save_all (self, TRUE);
  failures = compose_report (self, TRUE);
  if (!failures)
    return TRUE;
  g_set_error_literal (error, GBX_ERROR, GBX_ERROR_STORAGE, failures);
  return FALSE;
}

void
gbx_file_copies_free (GbxFileCopies *self)
{
  gbx_file_copies_finish (self, NULL);
  for (guint i = 0; i < self->copies->len; i++)
    g_clear_pointer ((GbxFileCopy **) &self->copies->pdata[i], gbx_file_copy_free);
  release_folder (self);
  g_ptr_array_unref (self->copies);
  g_mutex_clear (&self->mutex);
  g_free (self->folder);
  g_free (self->report);
  g_free (self);
}

/* ------------------------------------------------------------- recover -- */

static void
add_places (GbxFileCopies *self)
{
  g_autoptr (GDir) dir = g_dir_open (self->folder, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *place = g_build_filename (self->folder, name, NULL);
      GbxFileCopy *copy = gbx_file_copy_new_from_place (place);

      if (copy)
        g_ptr_array_add (self->copies, copy);
      /* It was never complete, so no sandbox had it. */
      else if (g_file_test (place, G_FILE_TEST_IS_DIR))
        gbx_path_remove_tree (place);
    }
}

static void
recover (GbxFileCopies *dead)
{
  g_autofree char *report = NULL;

  add_places (dead);
  if (!gbx_file_copies_finish (dead, NULL))
    report = gbx_file_copies_describe (dead);
  if (report)
    g_debug ("%s", report);
}

/* (element-type GbxFileCopies): locked. */
static GPtrArray *
take_dead (const char *base)
{
  GPtrArray *dead = g_ptr_array_new_with_free_func ((GDestroyNotify) gbx_file_copies_free);
  int claim = enter_base (base);
  g_autoptr (GDir) dir = claim >= 0 ? g_dir_open (base, 0, NULL) : NULL;
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *folder = g_build_filename (base, name, NULL);
      int lock = g_file_test (folder, G_FILE_TEST_IS_DIR) ? lock_folder (folder) : -1;
      GbxFileCopies *self;

      if (lock < 0)
        continue;
      self = copies_new ();
      self->folder = g_steal_pointer (&folder);
      self->lock = lock;
      g_ptr_array_add (dead, self);
    }
  if (claim >= 0)
    close (claim);
  return dead;
}

void
gbx_file_copies_recover (void)
{
  g_autofree char *base = make_base ();
  g_autoptr (GPtrArray) dead = base ? take_dead (base) : NULL;

  for (guint i = 0; dead && i < dead->len; i++)
    recover (dead->pdata[i]);
}

gboolean
gbx_file_copies_need_recovery (void)
{
  g_autofree char *base = g_build_filename (g_get_user_state_dir (), "glovebox", "files", NULL);
  g_autoptr (GPtrArray) dead = NULL;

  if (!g_file_test (base, G_FILE_TEST_IS_DIR))
    return FALSE;
  dead = take_dead (base);
  /* Freeing them leaves what is there: nothing has been read. */
  for (guint i = 0; i < dead->len; i++)
    {
      GbxFileCopies *self = dead->pdata[i];

      g_clear_pointer (&self->folder, g_free);
    }
  return dead->len > 0;
}
