/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gdesktopappinfo.h>

G_BEGIN_DECLS

/* An installed application, as a menu shows it.  It does not change. */
#define GBX_TYPE_APPLICATION (gbx_application_get_type ())
G_DECLARE_FINAL_TYPE (GbxApplication, gbx_application, GBX, APPLICATION, GObject)

/* The main categories of the Desktop Menu Specification; an application may have several. */
typedef enum
{
  GBX_CATEGORY_INTERNET = 1 << 0,
  GBX_CATEGORY_OFFICE = 1 << 1,
  GBX_CATEGORY_GRAPHICS = 1 << 2,
  GBX_CATEGORY_MULTIMEDIA = 1 << 3,
  GBX_CATEGORY_GAMES = 1 << 4,
  GBX_CATEGORY_EDUCATION = 1 << 5,
  GBX_CATEGORY_DEVELOPMENT = 1 << 6,
  GBX_CATEGORY_ACCESSORIES = 1 << 7,
  GBX_CATEGORY_SYSTEM = 1 << 8,
  GBX_CATEGORY_SETTINGS = 1 << 9,
  GBX_CATEGORY_OTHER = 1 << 10,
} GbxCategory;
#define GBX_N_CATEGORIES 11

/* (nullable): NULL if a menu would not show it, or no sandbox could start it. */
GbxApplication *gbx_application_new (GDesktopAppInfo *info);
/* The profile that a launch takes, and whether the user has a part in it. */
void gbx_application_set_profile (GbxApplication *self, const char *id, gboolean is_changed);

const char *gbx_application_get_id (GbxApplication *self);
const char *gbx_application_get_name (GbxApplication *self);
/* (nullable): what it is, in a few words. */
const char *gbx_application_get_summary (GbxApplication *self);
const char *gbx_application_get_command (GbxApplication *self);
/* (nullable): of the entry. */
const char *gbx_application_get_path (GbxApplication *self);
GIcon *gbx_application_get_icon (GbxApplication *self);
const char *gbx_application_get_collation_key (GbxApplication *self);
guint gbx_application_get_categories (GbxApplication *self);
/* As they are written in the entry. */
const char *const *gbx_application_get_category_names (GbxApplication *self);
const char *const *gbx_application_get_mime_types (GbxApplication *self);
/* Whether its command has a place for files. */
gboolean gbx_application_takes_files (GbxApplication *self);
/* (nullable): before it is known. */
const char *gbx_application_get_profile (GbxApplication *self);
gboolean gbx_application_is_profile_changed (GbxApplication *self);

/* (nullable): the words of a search; NULL if there are none. */
char **gbx_application_make_words (const char *text);
/* How well it fits: 0 not at all.  Each word must be in its name, generic name, keywords or
 * command. */
guint gbx_application_match (GbxApplication *self, const char *const *words);

G_END_DECLS
