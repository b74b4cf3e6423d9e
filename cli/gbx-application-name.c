/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-application-name.h"
#include "gbx-command-name.h"

#include <gio/gdesktopappinfo.h>
#include <stdlib.h>
#include <string.h>

typedef struct
{
  char **words;  /* of the command, without what only starts it */
  char *program; /* (nullable): its file, behind all links */
  char *name;    /* without folders */
} Command;

typedef struct
{
  GAppInfo *info; /* (nullable) (unowned) */
  guint fitting;  /* how many of its own arguments the command has */
  gsize length;
} Best;

static void
command_clear (Command *self)
{
  g_strfreev (self->words);
  g_free (self->program);
  g_free (self->name);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Command, command_clear)

static Command
make_command (const char *const *words)
{
  Command self = { .words = gbx_command_name_unwrap (words) };
  g_autofree char *found = strchr (self.words[0], '/') ? g_strdup (self.words[0])
                                                       : g_find_program_in_path (self.words[0]);

  self.program = found ? realpath (found, NULL) : NULL;
  self.name = g_path_get_basename (self.words[0]);
  return self;
}

static gboolean
is_same_program (const Command *one, const Command *other)
{
  return strcmp (one->name, other->name) == 0
         || (one->program && g_strcmp0 (one->program, other->program) == 0);
}

/* How many arguments an entry always gives; G_MAXUINT if the command lacks one of them: such an
 * entry starts the program for another purpose. */
static guint
count_fitting (const Command *entry, const Command *command)
{
  guint count = 0;

  for (guint i = 1; entry->words[i]; i++)
    if (entry->words[i][0] != '%')
      {
        if (!g_strv_contains ((const char *const *) command->words, entry->words[i]))
          return G_MAXUINT;
        count++;
      }
  return count;
}

/* Of several entries the one whose arguments fit best, and then the simplest. */
static void
consider (Best *best, GAppInfo *info, const Command *command)
{
  const char *line = g_app_info_get_commandline (info);
  g_auto (GStrv) words = NULL;
  guint fitting;

  if (!line || !g_app_info_should_show (info) || !g_shell_parse_argv (line, NULL, &words, NULL))
    return;
  g_auto (Command) entry = make_command ((const char *const *) words);
  if (!is_same_program (&entry, command))
    return;
  fitting = count_fitting (&entry, command);
  /* An entry for another purpose is better than none. */
  if (fitting == G_MAXUINT && best->info)
    return;
  fitting = fitting == G_MAXUINT ? 0 : fitting + 1;
  if (best->info && (fitting < best->fitting
                     || (fitting == best->fitting && strlen (line) >= best->length)))
    return;
  *best = (Best) { .info = info, .fitting = fitting, .length = strlen (line) };
}

static void
apply_entry (GAppInfo *info, GbxPolicyBuilder *builder)
{
  GIcon *icon = g_app_info_get_icon (info);
  g_autofree char *icon_name = icon ? g_icon_to_string (icon) : NULL;

  /* Without its identity: the sandbox is named after the command. */
  gbx_policy_builder_set_application (builder, NULL, g_app_info_get_name (info), icon_name);
}

void
gbx_application_name_apply (const char *const *words, GbxPolicyBuilder *builder)
{
  g_auto (Command) command = make_command (words);
  g_autofree char *shown = g_filename_display_name (command.name);
  GList *all = g_app_info_get_all ();
  Best best = { 0 };

  for (GList *at = all; at; at = at->next)
    consider (&best, at->data, &command);
  if (best.info)
    apply_entry (best.info, builder);
  else
    gbx_policy_builder_set_application (builder, NULL, shown, NULL);
  g_list_free_full (all, g_object_unref);
}
