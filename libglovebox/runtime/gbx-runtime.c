/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-runtime"

#include "config.h"

#include "gbx-runtime.h"

#include "gbx-error.h"
#include "gbx-paths.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define STATE_GROUP "Sandbox"
#define SUFFIX_MAX 999
#define DEAD_PREFIX ".dead-"

struct _GbxRuntime
{
  char *base;
  char *name;
  char *path;
  int lock; /* held for as long as the sandbox lives */
  int guard; /* the janitor waits for its end */
  GKeyFile *state;
  gboolean kept; /* the folder outlives this */
};

/* ------------------------------------------------------------- locking -- */

/* Locks of the open file description: they always end with the process, and testing a lock
 * in the process that holds it does not release it. */
static gboolean
try_lock (int fd, int type)
{
  struct flock lock = { .l_type = type, .l_whence = SEEK_SET };

  return fcntl (fd, F_OFD_SETLK, &lock) == 0;
}

static gboolean
is_locked (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "lock", NULL);
  struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
  int fd = open (path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  gboolean locked;

  if (fd < 0)
    return FALSE;
  locked = fcntl (fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
  close (fd);
  return locked;
}

/* Claims and sweeps are serialised: otherwise a sweep could remove a folder that a claim
 * has just created but not locked yet. */
static int
enter_base (const char *base, GError **error)
{
  g_autofree char *path = g_build_filename (base, ".claim", NULL);
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (fd >= 0 && flock (fd, LOCK_EX) == 0)
    return fd;
  gbx_path_set_runtime_error (error, path, errno);
  if (fd >= 0)
    close (fd);
  return -1;
}

/* --------------------------------------------------------------- state -- */

static GKeyFile *
read_state (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "state", NULL);
  g_autoptr (GKeyFile) state = g_key_file_new ();

  if (!g_key_file_load_from_file (state, path, G_KEY_FILE_NONE, NULL))
    return NULL;
  return g_steal_pointer (&state);
}

static gboolean
save_state (GbxRuntime *self, GError **error)
{
  g_autofree char *path = gbx_runtime_get_file (self, "state");
  g_autofree char *new_path = gbx_runtime_get_file (self, "state.new");
  gsize length;
  g_autofree char *text = g_key_file_to_data (self->state, &length, NULL);

  /* A process that lists the sandboxes meanwhile reads either the old or the new file. */
  if (gbx_path_write_file (new_path, text, length, 0600) && g_rename (new_path, path) == 0)
    return TRUE;
  gbx_path_set_runtime_error (error, path, errno);
  return FALSE;
}

gboolean
gbx_runtime_write_state (GbxRuntime *self, const char *title, const char *uuid,
                         const char *accelerator, GError **error)
{
  g_key_file_set_string (self->state, STATE_GROUP, "Title", title);
  g_key_file_set_string (self->state, STATE_GROUP, "Uuid", uuid);
  g_key_file_set_string (self->state, STATE_GROUP, "Accelerator", accelerator);
  g_key_file_set_string (self->state, STATE_GROUP, "Condition", GBX_CONDITION_STARTING);
  g_key_file_set_integer (self->state, STATE_GROUP, "Pid", getpid ());
  g_key_file_set_int64 (self->state, STATE_GROUP, "Started", g_get_real_time () / G_USEC_PER_SEC);
  return save_state (self, error);
}

/* If this fails, other processes see an old condition: not a reason to end the sandbox. */
void
gbx_runtime_write_condition (GbxRuntime *self, const char *condition)
{
  g_autoptr (GError) error = NULL;

  g_key_file_set_string (self->state, STATE_GROUP, "Condition", condition);
  if (!save_state (self, &error))
    g_debug ("%s", error->message);
}

/* --------------------------------------------------------------- claim -- */

/* 1: created and locked; 0: a live process has it; -1: error. */
static int
claim_one (GbxRuntime *self, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (self->base, name, NULL);
  g_autofree char *lock_path = g_build_filename (path, "lock", NULL);

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_autoptr (GKeyFile) state = NULL;

      /* A dead one may still have a domain, which gbx_runtime_take_dead() reports. */
      if (is_locked (path) || (state = read_state (path)))
        return 0;
      gbx_path_remove_tree (path);
    }
  if (g_mkdir (path, 0700) == 0)
    self->lock = open (lock_path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (self->lock < 0 || !try_lock (self->lock, F_WRLCK))
    {
      gbx_path_set_runtime_error (error, path, errno);
      gbx_path_remove_tree (path);
      return -1;
    }
  self->name = g_strdup (name);
  self->path = g_steal_pointer (&path);
  return 1;
}

static int
claim_any (GbxRuntime *self, const char *name, gboolean fixed, GError **error)
{
  int claimed = claim_one (self, name, error);

  for (int i = 2; claimed == 0 && !fixed && i <= SUFFIX_MAX; i++)
    {
      g_autofree char *numbered = g_strdup_printf ("%s-%d", name, i);

      claimed = claim_one (self, numbered, error);
    }
  return claimed;
}

GbxRuntime *
gbx_runtime_claim (const char *name, gboolean fixed, GError **error)
{
  g_autoptr (GbxRuntime) self = g_new0 (GbxRuntime, 1);
  int base_lock, claimed;

  self->lock = self->guard = -1;
  self->state = g_key_file_new ();
  self->base = gbx_path_runtime (error);
  if (!self->base)
    return NULL;
  base_lock = enter_base (self->base, error);
  if (base_lock < 0)
    return NULL;
  claimed = claim_any (self, name, fixed, error);
  close (base_lock);
  if (claimed > 0)
    return g_steal_pointer (&self);
  if (claimed == 0)
    g_set_error (error, GBX_ERROR, GBX_ERROR_NAME_IN_USE,
                 _ ("A sandbox named “%s” is already running; stop it with “glovebox stop %s”, "
                    "or use another name"),
                 name, name);
  return NULL;
}

/* Renamed to a name that no sandbox can have: if the name is claimed meanwhile, the new
 * folder is not the one that is removed. */
static char *
hidden_path (const char *base)
{
  g_autofree char *random = g_uuid_string_random ();
  g_autofree char *hidden = g_strconcat (DEAD_PREFIX, random, NULL);

  return g_build_filename (base, hidden, NULL);
}

static void
remove_folder (GbxRuntime *self)
{
  g_autofree char *hidden = hidden_path (self->base);

  gbx_path_remove_tree (g_rename (self->path, hidden) == 0 ? hidden : self->path);
}

/* The lock, whose file is in the folder, is held until the folder is removed, so that a
 * sweep by another process skips it. */
void
gbx_runtime_free (GbxRuntime *self)
{
  if (self->path && !self->kept)
    remove_folder (self);
  g_key_file_unref (self->state);
  if (self->lock >= 0)
    close (self->lock);
  if (self->guard >= 0)
    close (self->guard);
  g_free (self->base);
  g_free (self->name);
  g_free (self->path);
  g_free (self);
}

void
gbx_runtime_keep (GbxRuntime *self)
{
  self->kept = TRUE;
}

void
gbx_runtime_start_janitor (GbxRuntime *self)
{
  g_autofree char *janitor = gbx_path_program ("glovebox-janitor");
  g_autofree char *glovebox = gbx_path_program ("glovebox");
  const char *argv[] = { janitor, self->path, glovebox, "doctor", "--clean", NULL };

  /* Without the janitor the next launch sweeps; this is less tidy, but safe. */
  if (!janitor || !glovebox || self->guard >= 0)
    return;
  g_spawn_async_with_pipes (NULL, (char **) argv, NULL,
                            G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL,
                            NULL, &self->guard, NULL, NULL, NULL);
}

const char *
gbx_runtime_get_name (GbxRuntime *self)
{
  return self->name;
}

const char *
gbx_runtime_get_path (GbxRuntime *self)
{
  return self->path;
}

char *
gbx_runtime_get_file (GbxRuntime *self, const char *name)
{
  return g_build_filename (self->path, name, NULL);
}

/* ------------------------------------------------------------- listing -- */

void
gbx_running_free (GbxRunning *self)
{
  g_free (self->name);
  g_free (self->title);
  g_free (self->uuid);
  g_free (self->accelerator);
  g_free (self->condition);
  g_free (self);
}

static GbxRunning *
running_new (const char *folder, const char *name)
{
  g_autoptr (GKeyFile) state = read_state (folder);
  GbxRunning *self;

  if (!state || !is_locked (folder))
    return NULL;
  self = g_new0 (GbxRunning, 1);
  self->name = g_strdup (name);
  self->title = g_key_file_get_string (state, STATE_GROUP, "Title", NULL);
  self->uuid = g_key_file_get_string (state, STATE_GROUP, "Uuid", NULL);
  self->accelerator = g_key_file_get_string (state, STATE_GROUP, "Accelerator", NULL);
  self->condition = g_key_file_get_string (state, STATE_GROUP, "Condition", NULL);
  self->pid = g_key_file_get_integer (state, STATE_GROUP, "Pid", NULL);
  self->started = g_key_file_get_int64 (state, STATE_GROUP, "Started", NULL);
  return self;
}

/**
 * gbx_running_list:
 * @error: return location for a #GError
 *
 * Returns: (transfer full) (element-type GbxRunning): the sandboxes of this
 *   account that run now
 */
GPtrArray *
gbx_running_list (GError **error)
{
  g_autofree char *base = gbx_path_runtime (error);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) gbx_running_free);
  g_autoptr (GDir) dir = NULL;
  const char *name;

  if (!base || !(dir = g_dir_open (base, 0, error)))
    return NULL;
  while ((name = g_dir_read_name (dir)))
    {
      g_autofree char *folder = g_build_filename (base, name, NULL);
      GbxRunning *running = running_new (folder, name);

      if (running)
        g_ptr_array_add (list, running);
    }
  return g_steal_pointer (&list);
}

char **
gbx_running_list_names (void)
{
  g_autofree char *base = gbx_path_runtime (NULL);
  g_autoptr (GDir) dir = base ? g_dir_open (base, 0, NULL) : NULL;
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    if (*name != '.' && gbx_running_is_alive (name))
      g_strv_builder_add (names, name);
  return g_strv_builder_end (names);
}

char *
gbx_running_get_file (const char *sandbox, const char *name)
{
  g_autofree char *base = gbx_path_runtime (NULL);

  if (!base || *sandbox == '\0' || *sandbox == '.' || strchr (sandbox, '/'))
    return NULL;
  return g_build_filename (base, sandbox, name, NULL);
}

gboolean
gbx_running_is_alive (const char *name)
{
  g_autofree char *base = gbx_path_runtime (NULL);
  g_autofree char *folder = base ? g_build_filename (base, name, NULL) : NULL;

  return folder && is_locked (folder);
}

/* ------------------------------------------------------------ sweeping -- */

static GPtrArray *
find_dead (const char *base)
{
  g_autoptr (GDir) dir = g_dir_open (base, 0, NULL);
  GPtrArray *dead = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *folder = g_build_filename (base, name, NULL);

      if (g_file_test (folder, G_FILE_TEST_IS_DIR) && !is_locked (folder))
        g_ptr_array_add (dead, g_steal_pointer (&folder));
    }
  return dead;
}

static void
dead_free (GbxDead *self)
{
  g_free (self->former_path);
  g_free (self->path);
  g_free (self->uuid);
  g_free (self);
}

/* Renamed to a name that no sandbox can have, so that its own name is free at once. */
static GbxDead *
dead_new (const char *base, const char *folder)
{
  g_autoptr (GKeyFile) state = read_state (folder);
  g_autofree char *name = g_path_get_basename (folder);
  GbxDead *self = g_new0 (GbxDead, 1);

  self->path = hidden_path (base);
  if (g_str_has_prefix (name, DEAD_PREFIX) || g_rename (folder, self->path) != 0)
    {
      g_free (self->path);
      self->path = g_strdup (folder);
    }
  self->former_path = g_strdup (folder);
  if (state)
    {
      g_autofree char *accelerator =
          g_key_file_get_string (state, STATE_GROUP, "Accelerator", NULL);

      self->uuid = g_key_file_get_string (state, STATE_GROUP, "Uuid", NULL);
      self->is_container = g_strcmp0 (accelerator, GBX_RUNTIME_CONTAINER) == 0;
    }
  if (self->uuid && !g_uuid_string_is_valid (self->uuid))
    g_clear_pointer (&self->uuid, g_free);
  return self;
}

GPtrArray *
gbx_runtime_take_dead (GError **error)
{
  g_autofree char *base = gbx_path_runtime (error);
  g_autoptr (GPtrArray) folders = NULL;
  GPtrArray *dead;
  int base_lock;

  if (!base || (base_lock = enter_base (base, error)) < 0)
    return NULL;
  dead = g_ptr_array_new_with_free_func ((GDestroyNotify) dead_free);
  folders = find_dead (base);
  for (guint i = 0; i < folders->len; i++)
    g_ptr_array_add (dead, dead_new (base, folders->pdata[i]));
  close (base_lock);
  return dead;
}

void
gbx_runtime_remove_dead (GbxDead *dead)
{
  gbx_path_remove_tree (dead->path);
}

guint
gbx_runtime_count_dead (void)
{
  g_autofree char *base = gbx_path_runtime (NULL);
  g_autoptr (GPtrArray) dead = base ? find_dead (base) : NULL;

  return dead ? dead->len : 0;
}
