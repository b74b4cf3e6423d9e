/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The folder of one running sandbox below the runtime folder, and who holds it.
 * A folder whose lock nobody holds belongs to a dead sandbox. */
typedef struct _GbxRuntime GbxRuntime;

/* Claims a name: blocking, but only for as long as it takes to make a folder.
 * Unless fixed, "-2", "-3" … is appended until the name is free. */
GbxRuntime *gbx_runtime_claim (const char *name, gboolean fixed, GError **error);
/* Removes the folder with all in it, and gives the name back. */
void gbx_runtime_free (GbxRuntime *self);
/* Freeing it leaves the folder: to the next sweep, since its domain still runs. */
void gbx_runtime_keep (GbxRuntime *self);
/* Has the folder swept, and the domain ended, should this process die without
 * doing it. */
void gbx_runtime_start_janitor (GbxRuntime *self);
const char *gbx_runtime_get_name (GbxRuntime *self);
const char *gbx_runtime_get_path (GbxRuntime *self);
char *gbx_runtime_get_file (GbxRuntime *self, const char *name);
/* What gbx_running_list() of other processes shows. */
gboolean gbx_runtime_write_state (GbxRuntime *self, const char *title, const char *uuid,
                                  const char *accelerator, GError **error);
/* How the sandbox does, for the same list: one of these. */
#define GBX_CONDITION_STARTING "starting"
#define GBX_CONDITION_RUNNING "running"
#define GBX_CONDITION_SILENT "silent"     /* the guest does not answer */
#define GBX_CONDITION_IMPAIRED "impaired" /* a helper, as that of the network, does not do all it should */
#define GBX_CONDITION_STOPPING "stopping"
void gbx_runtime_write_condition (GbxRuntime *self, const char *condition);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxRuntime, gbx_runtime_free)

/**
 * GbxRunning:
 * @name: of the sandbox
 * @title: of the application
 * @uuid: of the domain
 * @accelerator: `kvm` or `tcg`
 * @condition: one of GBX_CONDITION_STARTING and so on
 * @pid: of the process that holds the sandbox
 * @started: seconds since the epoch
 *
 * A sandbox of this account, held by any process.
 */
typedef struct
{
  char *name;
  char *title;
  char *uuid;
  char *accelerator;
  char *condition;
  GPid pid;
  gint64 started;
} GbxRunning;

void gbx_running_free (GbxRunning *self);
GPtrArray *gbx_running_list (GError **error);
gboolean gbx_running_is_alive (const char *name);

/* What a dead sandbox has left, moved out of the way of new ones. */
typedef struct
{
  char *path; /* of its folder */
  char *former_path;
  char *uuid; /* (nullable): of its domain, which may still run */
} GbxDead;

/* (transfer full) (element-type GbxDead): for the caller to end and then remove. */
GPtrArray *gbx_runtime_take_dead (GError **error);
void gbx_runtime_remove_dead (GbxDead *dead);
/* How many dead sandboxes there are, removing nothing. */
guint gbx_runtime_count_dead (void);

G_END_DECLS
