/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The folder of one running sandbox in the runtime folder, and its lock.  If nobody holds
 * the lock, the sandbox is dead. */
typedef struct _GbxRuntime GbxRuntime;

/* Claims a name; blocks only while it creates a folder.  Unless the name is fixed, appends
 * "-2", "-3" … until it is free. */
GbxRuntime *gbx_runtime_claim (const char *name, gboolean fixed, GError **error);
/* Removes the folder and its contents, and releases the name. */
void gbx_runtime_free (GbxRuntime *self);
/* Freeing it will leave the folder to the next sweep, because its domain still runs. */
void gbx_runtime_keep (GbxRuntime *self);
/* Starts the janitor.  If this process dies, the janitor removes the folder and ends the
 * domain. */
void gbx_runtime_start_janitor (GbxRuntime *self);
const char *gbx_runtime_get_name (GbxRuntime *self);
const char *gbx_runtime_get_path (GbxRuntime *self);
char *gbx_runtime_get_file (GbxRuntime *self, const char *name);
/* Writes what gbx_running_list() shows in other processes. */
gboolean gbx_runtime_write_state (GbxRuntime *self, const char *title, const char *uuid,
                                  const char *accelerator, GError **error);
/* In place of an accelerator: it is a container. */
#define GBX_RUNTIME_CONTAINER "lxc"
/* Writes the sandbox's condition for the same list: one of these. */
#define GBX_CONDITION_STARTING "starting"
#define GBX_CONDITION_RUNNING "running"
#define GBX_CONDITION_SILENT "silent"     /* the guest does not answer */
#define GBX_CONDITION_IMPAIRED "impaired" /* a helper, as that of the network, does not do all it should */
#define GBX_CONDITION_PAUSED "paused"     /* by the user */
#define GBX_CONDITION_STOPPING "stopping"
void gbx_runtime_write_condition (GbxRuntime *self, const char *condition);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxRuntime, gbx_runtime_free)

/**
 * GbxRunning:
 * @name: of the sandbox
 * @title: of the application
 * @uuid: of the domain
 * @accelerator: `kvm` or `tcg`, or `lxc` for a container
 * @condition: one of GBX_CONDITION_STARTING and so on
 * @pid: of the process that owns the sandbox
 * @started: seconds since the epoch
 *
 * A running sandbox of this account, in any process.
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
/* The socket of its process: docs/control.md. */
#define GBX_CONTROL_SOCKET "control"
/* (transfer full): the path of a file in the folder of the sandbox of that name, which may not
 * exist.  NULL if no sandbox can have the name, or there is no runtime folder. */
char *gbx_running_get_file (const char *sandbox, const char *name);
GPtrArray *gbx_running_list (GError **error);
/* (transfer full): the names alone, from the moment when a sandbox has one.  NULL-terminated. */
char **gbx_running_list_names (void);
gboolean gbx_running_is_alive (const char *name);

/* The leftovers of a dead sandbox, renamed so that new sandboxes can use its name. */
typedef struct
{
  char *path; /* of its folder */
  char *former_path;
  char *uuid; /* (nullable): of its domain, which may still run */
  gboolean is_container;
} GbxDead;

/* (transfer full) (element-type GbxDead): the caller ends and then removes them. */
GPtrArray *gbx_runtime_take_dead (GError **error);
void gbx_runtime_remove_dead (GbxDead *dead);
/* Counts the dead sandboxes, and removes nothing. */
guint gbx_runtime_count_dead (void);

G_END_DECLS
