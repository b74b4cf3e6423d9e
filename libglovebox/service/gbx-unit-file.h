/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A unit of systemd as its files have it: the unit's own and its drop-ins, in systemd's order and
 * syntax (systemd.syntax(7)).  Nothing is interpreted yet. */
typedef struct _GbxUnitFile GbxUnitFile;

/* One assignment, in the order in which they count. */
typedef struct
{
  const char *section;
  const char *key;
  const char *value; /* "": what came before of this key does not count */
  const char *path;  /* of the file */
  guint line;
} GbxUnitLine;

/* Looks for a unit in the folders of system units; a name without ".service" gets it.  private:
 * (nullable) a folder of drop-ins that come last. */
GbxUnitFile *gbx_unit_file_find (const char *name, const char *private, GError **error);
/* The text of one file; for tests. */
GbxUnitFile *gbx_unit_file_new_from_text (const char *name, const char *text, GError **error);
void gbx_unit_file_free (GbxUnitFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxUnitFile, gbx_unit_file_free)

/* "redis-server@a.service", after links to other names were followed. */
const char *gbx_unit_file_get_name (GbxUnitFile *self);
/* (nullable): of the unit's own file. */
const char *gbx_unit_file_get_path (GbxUnitFile *self);
guint gbx_unit_file_get_n_lines (GbxUnitFile *self);
const GbxUnitLine *gbx_unit_file_get_line (GbxUnitFile *self, guint index);
/* (transfer none) (nullable): the last value. */
const char *gbx_unit_file_get (GbxUnitFile *self, const char *section, const char *key);
/* (transfer full): all values that count, NULL-terminated. */
char **gbx_unit_file_list (GbxUnitFile *self, const char *section, const char *key);
/* Whether the folders of units have another unit of that name. */
gboolean gbx_unit_exists (const char *name);

G_END_DECLS
