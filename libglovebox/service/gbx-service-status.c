/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-service"

#include "config.h"

#include "gbx-service-status.h"

#include "gbx-service-store.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <signal.h>
#include <string.h>

#define GROUP "State"

static const char *const words[] = { "stopped", "starting", "running", "stopping", "failed" };

GbxServiceStatus *
gbx_service_status_new (void)
{
  return g_new0 (GbxServiceStatus, 1);
}

void
gbx_service_status_free (GbxServiceStatus *self)
{
  g_free (self->problem);
  g_free (self->notice);
  g_free (self->text);
  g_free (self);
}

static GbxServiceState
parse_state (const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_strcmp0 (word, words[i]) == 0)
      return (GbxServiceState) i;
  return GBX_SERVICE_STOPPED;
}

static gboolean
is_active (GbxServiceState state)
{
  return state == GBX_SERVICE_STARTING || state == GBX_SERVICE_RUNNING
         || state == GBX_SERVICE_STOPPING;
}

GbxServiceStatus *
gbx_service_status_read (const char *folder)
{
  GbxServiceStatus *self = gbx_service_status_new ();
  /* Before the file is read: its process writes the end before it lets go. */
  gboolean runs = gbx_service_store_is_locked (folder);
  g_autoptr (GKeyFile) keys = gbx_service_store_read (folder, "state", NULL);
  g_autofree char *word = NULL;

  if (!keys)
    return self;
  word = g_key_file_get_string (keys, GROUP, "State", NULL);
  self->state = parse_state (word);
  self->pid = g_key_file_get_integer (keys, GROUP, "Pid", NULL);
  self->since = g_key_file_get_int64 (keys, GROUP, "Since", NULL);
  self->restarts = (guint) g_key_file_get_integer (keys, GROUP, "Restarts", NULL);
  self->reloads = (guint) g_key_file_get_integer (keys, GROUP, "Reloads", NULL);
  self->reload_failed = g_key_file_get_boolean (keys, GROUP, "ReloadFailed", NULL);
  self->problem = g_key_file_get_string (keys, GROUP, "Problem", NULL);
  self->notice = g_key_file_get_string (keys, GROUP, "Notice", NULL);
  self->text = g_key_file_get_string (keys, GROUP, "Text", NULL);
  /* The next process has begun, and has written nothing yet. */
  if (runs && self->pid > 1 && kill (self->pid, 0) != 0 && errno == ESRCH)
    {
      self->state = GBX_SERVICE_STARTING;
      self->pid = 0;
    }
  if (runs)
    return self;
  self->pid = 0;
  /* It may have begun meanwhile. */
  if (!is_active (self->state) || gbx_service_store_is_locked (folder))
    return self;
  self->state = GBX_SERVICE_FAILED;
  g_free (self->problem);
  self->problem = g_strdup (_ ("the process that ran the service was killed"));
  return self;
}

gboolean
gbx_service_status_write (GbxServiceStatus *self, const char *folder, GError **error)
{
  g_autoptr (GKeyFile) keys = g_key_file_new ();

  g_key_file_set_string (keys, GROUP, "State", words[self->state]);
  g_key_file_set_integer (keys, GROUP, "Pid", self->pid);
  g_key_file_set_int64 (keys, GROUP, "Since", self->since);
  g_key_file_set_integer (keys, GROUP, "Restarts", (int) self->restarts);
  g_key_file_set_integer (keys, GROUP, "Reloads", (int) self->reloads);
  g_key_file_set_boolean (keys, GROUP, "ReloadFailed", self->reload_failed);
  if (self->problem)
    g_key_file_set_string (keys, GROUP, "Problem", self->problem);
  if (self->notice)
    g_key_file_set_string (keys, GROUP, "Notice", self->notice);
  if (self->text)
    g_key_file_set_string (keys, GROUP, "Text", self->text);
  return gbx_service_store_write (folder, "state", keys, error);
}
