/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The folder of a service:
 *
 *   service    what it is, a key file
 *   originals  the checksums of the packages' configuration files
 *   root/      its private /etc and /var
 *   unit.d/    the user's changes to its unit
 *   log, log.1
 *   state      what it does now, written by the process that runs it
 *   lock       held by that process, and by whoever changes the service
 *
 * Each file is replaced at once, so that a kill leaves the former or the new one. */

/* Of the services of this account, made if it does not exist; NULL on error. */
char *gbx_service_store_get_base (GError **error);
gboolean gbx_service_store_check_name (const char *name, GError **error);
char *gbx_service_store_get_folder (const char *name);
/* "log", "root", …; name: of the service. */
char *gbx_service_store_get_file (const char *name, const char *file);
/* (transfer full) */
char **gbx_service_store_list (GError **error);
gboolean gbx_service_store_exists (const char *name);

/* A folder to make a service in, with its lock; gbx_service_store_publish() gives it its name. */
char *gbx_service_store_begin (int *lock, GError **error);
gboolean gbx_service_store_publish (const char *folder, const char *name, GError **error);
/* Removes a folder and all that is in it; from the moment of the call there is no such service. */
void gbx_service_store_remove (const char *folder);

/* The descriptor that holds the lock; -1 with an error, of GBX_ERROR_NAME_IN_USE if somebody
 * else does. */
int gbx_service_store_lock (const char *folder, const char *name, GError **error);
gboolean gbx_service_store_is_locked (const char *folder);

gboolean gbx_service_store_write (const char *folder, const char *file, GKeyFile *keys,
                                  GError **error);
GKeyFile *gbx_service_store_read (const char *folder, const char *file, GError **error);
/* path → MD5 */
GHashTable *gbx_service_store_read_originals (const char *folder);
gboolean gbx_service_store_write_originals (const char *folder, GHashTable *originals,
                                            GError **error);

G_END_DECLS
