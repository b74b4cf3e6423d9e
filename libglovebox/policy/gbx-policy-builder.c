/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-policy"

#include "config.h"

#include "gbx-paths.h"
#include "gbx-policy-private.h"

#include "gbx-error.h"
#include "gbx-guest-config.h"
#include "gbx-text.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

/**
 * GbxPolicyBuilder:
 *
 * Collects the settings of a sandbox; gbx_policy_builder_build() validates them together,
 * fills in the defaults and returns the policy.
 */
struct _GbxPolicyBuilder
{
  gatomicrefcount references;
  GbxPolicy *draft;
  GHashTable *environment; /* key → value */
};

G_DEFINE_BOXED_TYPE (GbxPolicyBuilder, gbx_policy_builder, gbx_policy_builder_ref,
                     gbx_policy_builder_unref)

/* The limit of command and environment together.  The guest's kernel has its own limits: 2
 * MiB in total, 128 KiB for an argument. */
#define COMMAND_BYTES_MAX (GBX_PARTS_MAX - 64 * 1024)

/* ------------------------------------------------------------- helpers -- */

static void
replace_string (char **at, const char *text)
{
  char *copy = g_strdup (text);

  g_free (*at);
  *at = copy;
}

/* "/usr/bin/gimp-2.10" → "gimp-2.10", "Évince!" → "vince". */
static char *
name_from_text (const char *text)
{
  g_autofree char *base = g_path_get_basename (text);
  GString *name = g_string_new (NULL);

  for (const char *at = base; *at && name->len < GBX_NAME_MAX - 8; at++)
    {
      char c = g_ascii_tolower (*at);

      if (g_ascii_isalnum (c) || (name->len > 0 && strchr ("._-", c)))
        g_string_append_c (name, c);
    }
  if (g_str_has_suffix (name->str, ".desktop"))
    g_string_truncate (name, name->len - strlen (".desktop"));
  if (name->len == 0)
    g_string_assign (name, "sandbox");
  return g_string_free (name, FALSE);
}

/* A title has one line, also for libvirt. */
static void
remove_controls (char *title)
{
  for (; *title; title++)
    if (g_ascii_iscntrl (*title))
      *title = ' ';
}

/* -------------------------------------------------------------- checks -- */

static gboolean
check_name (GbxPolicy *draft, GError **error)
{
  if (!draft->name)
    draft->name = name_from_text (draft->desktop_id ? draft->desktop_id : draft->command[0]);
  if (gbx_text_is_name (draft->name))
    return TRUE;
  g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
               _ ("“%s” cannot be the name of a sandbox: use 1 to %d of the characters a–z, 0–9, "
                  "dot, dash and underscore, beginning with a letter or digit"),
               draft->name, GBX_NAME_MAX);
  return FALSE;
}

static gboolean
check_command (GbxPolicy *draft, GError **error)
{
  gsize bytes = 0;

  if (!draft->command || !draft->command[0] || !draft->command[0][0])
    {
      g_set_error_literal (error, GBX_ERROR, GBX_ERROR_INVALID,
                           _ ("No command to run was given"));
      return FALSE;
    }
  for (guint i = 0; draft->command[i]; i++)
    bytes += strlen (draft->command[i]) + 10;
  for (guint i = 0; draft->environment[i]; i++)
    bytes += strlen (draft->environment[i]) + 10;
  if (g_strv_length (draft->environment) <= GBX_CONFIG_ENV_MAX / 2 && bytes <= COMMAND_BYTES_MAX)
    return TRUE;
  g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
               _ ("The command and its environment are too long (%lu bytes, %u variables): the "
                  "limits are %u bytes and %d variables; pass the data through standard input or "
                  "a share"),
               (gulong) bytes, g_strv_length (draft->environment), COMMAND_BYTES_MAX,
               GBX_CONFIG_ENV_MAX / 2);
  return FALSE;
}

static gboolean
check_shares (GbxPolicy *draft, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  if (draft->shares->len > GBX_CONFIG_SHARES_MAX)
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_SHARE,
                   _ ("%u shares are too many: the limit is %d; share a folder that contains "
                      "several of them"),
                   draft->shares->len, GBX_CONFIG_SHARES_MAX);
      return FALSE;
    }
  for (guint i = 0; i < draft->shares->len; i++)
    {
      GbxShare *share = g_ptr_array_index (draft->shares, i);
      g_autofree char *shown = gbx_path_show (gbx_share_get_guest_path (share));

      if (g_hash_table_add (seen, (gpointer) gbx_share_get_guest_path (share)))
        continue;
      g_set_error (error, GBX_ERROR, GBX_ERROR_SHARE,
                   _ ("Two shares have the path “%s” in the sandbox; give one of them another "
                      "path"),
                   shown);
      return FALSE;
    }
  return TRUE;
}

/* Root in the guest could write to one through the other. */
static gboolean
check_nesting (GbxPolicy *draft, GError **error)
{
  for (guint i = 0; i < draft->shares->len; i++)
    for (guint j = 0; j < draft->shares->len; j++)
      {
        GbxShare *inner = draft->shares->pdata[i], *outer = draft->shares->pdata[j];
        g_autofree char *inner_shown = gbx_path_show (gbx_share_get_path (inner));
        g_autofree char *outer_shown = gbx_path_show (gbx_share_get_path (outer));

        if (gbx_share_get_writable (inner) || !gbx_share_get_writable (outer) ||
            !gbx_path_is_within (gbx_share_get_path (inner), gbx_share_get_path (outer)))
          continue;
        g_set_error (error, GBX_ERROR, GBX_ERROR_SHARE,
                     _ ("Cannot share “%s” read-only: it lies in “%s”, which is shared for "
                        "writing; share both in the same way"),
                     inner_shown, outer_shown);
        return FALSE;
      }
  return TRUE;
}

static int
compare_strings (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static gboolean
check_environment (GHashTable *environment, GbxPolicy *draft, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  const char *key, *value;

  g_hash_table_iter_init (&iter, environment);
  while (g_hash_table_iter_next (&iter, (gpointer *) &key, (gpointer *) &value))
    {
      if (!*key || strchr (key, '='))
        {
          g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                       _ ("“%s” cannot be the name of an environment variable"), key);
          return FALSE;
        }
      g_ptr_array_add (list, g_strconcat (key, "=", value, NULL));
    }
  g_ptr_array_sort_with_data (list, compare_strings, NULL);
  g_ptr_array_add (list, NULL);
  draft->environment = g_strdupv ((char **) list->pdata);
  return TRUE;
}

static gboolean
is_account_name (const char *name)
{
  return *name && strlen (name) <= 32 && !g_str_equal (name, "root")
         && (g_ascii_isalpha (*name) || *name == '_')
         && strspn (name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.$")
                == strlen (name);
}

/* They become lines of the sandbox's user database. */
static gboolean
check_account (GbxPolicy *draft, GError **error)
{
  const char *wrong = NULL;

  if (draft->account && !is_account_name (draft->account))
    wrong = draft->account;
  else if (draft->account && !is_account_name (draft->account_group))
    wrong = draft->account_group;
  else if (draft->account_home
           && (*draft->account_home != '/' || strpbrk (draft->account_home, ":\n")))
    wrong = draft->account_home;
  else if (draft->machine_id
           && (strlen (draft->machine_id) != 32
               || strspn (draft->machine_id, "0123456789abcdef") != 32))
    wrong = draft->machine_id;
  if (wrong)
    g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                 _ ("“%s” cannot be part of the account of a service"), wrong);
  return wrong == NULL;
}

/* A port of nobody's: the user has forgotten one or the other. */
static gboolean
check_publish (GbxPolicy *draft, GError **error)
{
  const char *ports = gbx_policy_get_text (draft, "network.publish");

  if (*ports == '\0' || gbx_policy_get_network (draft) != GBX_NETWORK_NONE)
    return TRUE;
  g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
               _ ("The ports “%s” cannot be published, because the sandbox has no network; give it "
                  "the network “published”, which lets nothing else in or out"),
               ports);
  return FALSE;
}

static gboolean
check_directory (GbxPolicy *draft, GError **error)
{
  if (!draft->directory)
    return TRUE;
  if (g_path_is_absolute (draft->directory) && strlen (draft->directory) <= GBX_CONFIG_PATH_MAX)
    {
      g_autofree char *clean = g_canonicalize_filename (draft->directory, "/");

      replace_string (&draft->directory, clean);
      return TRUE;
    }
  g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
               _ ("The working directory “%s” has to be an absolute path in the sandbox of at "
                  "most %d bytes"),
               draft->directory, GBX_CONFIG_PATH_MAX);
  return FALSE;
}

/* -------------------------------------------------------------- public -- */

/**
 * gbx_policy_builder_new:
 * @mode: a command on the terminal, or an application with a display
 *
 * Begins a policy.
 *
 * Returns: (transfer full): a builder with every default, and no command yet
 */
GbxPolicyBuilder *
gbx_policy_builder_new (GbxMode mode)
{
  GbxPolicyBuilder *self = g_new0 (GbxPolicyBuilder, 1);

  g_atomic_ref_count_init (&self->references);
  self->draft = gbx_policy_alloc (mode);
  self->environment = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

/**
 * gbx_policy_builder_ref:
 * @self: a builder
 *
 * Adds a reference.
 *
 * Returns: (transfer full): the same builder
 */
GbxPolicyBuilder *
gbx_policy_builder_ref (GbxPolicyBuilder *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

/**
 * gbx_policy_builder_unref:
 * @self: (transfer full): a builder
 *
 * Drops a reference, the last of which frees the builder.
 */
void
gbx_policy_builder_unref (GbxPolicyBuilder *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_clear_pointer (&self->draft, gbx_policy_unref);
  g_hash_table_unref (self->environment);
  g_free (self);
}

/**
 * gbx_policy_builder_set_name:
 * @self: a builder
 * @name: (nullable): 1 to 40 of the characters a–z, 0–9, dot, dash and underscore, the first a
 *   letter or digit; %NULL takes one from the desktop entry or the command
 *
 * Names the sandbox.  A name given here must be free at the launch; a name made from the
 * command gets a number if it is not free.
 */
void
gbx_policy_builder_set_name (GbxPolicyBuilder *self, const char *name)
{
  replace_string (&self->draft->name, name);
  self->draft->name_is_fixed = name != NULL;
}

/**
 * gbx_policy_builder_set_application:
 * @self: a builder
 * @desktop_id: (nullable): `org.gnome.Evince.desktop`
 * @title: (nullable): for people, one line; %NULL takes the command's name
 * @icon_name: (nullable): a name in the icon theme, or an absolute path on the host
 *
 * Sets which application the command belongs to, for the window and the list of sandboxes.
 */
void
gbx_policy_builder_set_application (GbxPolicyBuilder *self, const char *desktop_id,
                                    const char *title, const char *icon_name)
{
  replace_string (&self->draft->desktop_id, desktop_id);
  replace_string (&self->draft->title, title);
  replace_string (&self->draft->icon_name, icon_name);
}

/**
 * gbx_policy_builder_set_profile:
 * @self: a builder
 * @id: (nullable): of a profile
 *
 * Sets the profile that the policy is made of, for messages.
 */
void
gbx_policy_builder_set_profile (GbxPolicyBuilder *self, const char *id)
{
  replace_string (&self->draft->profile, id);
}

/**
 * gbx_policy_builder_set_command:
 * @self: a builder
 * @argv: (array zero-terminated=1) (element-type filename): program and arguments, of any
 *   bytes; 1 to 1024 strings; with the environment at most 48 KiB
 *
 * Sets what the sandbox runs.  A program without a slash is looked for in its
 * environment's `PATH`, in the guest.
 */
void
gbx_policy_builder_set_command (GbxPolicyBuilder *self, const char *const *argv)
{
  g_strfreev (self->draft->command);
  self->draft->command = g_strdupv ((char **) argv);
}

/**
 * gbx_policy_builder_set_environment:
 * @self: a builder
 * @key: (type filename): the variable, not empty and without `=`
 * @value: (type filename) (nullable): its value, of any bytes; %NULL removes it
 *
 * Sets a variable of the command's environment.  There may be 512 of them.
 */
void
gbx_policy_builder_set_environment (GbxPolicyBuilder *self, const char *key, const char *value)
{
  if (value)
    g_hash_table_replace (self->environment, g_strdup (key), g_strdup (value));
  else
    g_hash_table_remove (self->environment, key);
}

/**
 * gbx_policy_builder_set_directory:
 * @self: a builder
 * @path: (type filename) (nullable): an absolute path in the sandbox, of at most 1024 bytes; %NULL
 *   for the home
 *
 * Sets the working directory.  The launch fails where it does not exist in the sandbox.
 */
void
gbx_policy_builder_set_directory (GbxPolicyBuilder *self, const char *path)
{
  replace_string (&self->draft->directory, path);
}

/**
 * gbx_policy_builder_get_directory:
 * @self: a builder
 *
 * Gets the working directory as it was set.
 *
 * Returns: (transfer none) (nullable) (type filename): the path, not checked yet; %NULL
 *   for the home
 */
const char *
gbx_policy_builder_get_directory (GbxPolicyBuilder *self)
{
  return self->draft->directory;
}

/**
 * gbx_policy_builder_add_share:
 * @self: a builder
 * @share: (transfer none): a file or folder
 *
 * Shares it with the sandbox.  There may be 16 shares, each at a path of its own in the guest, and
 * none that is read-only within one for writing.
 */
void
gbx_policy_builder_add_share (GbxPolicyBuilder *self, GbxShare *share)
{
  g_ptr_array_add (self->draft->shares, gbx_share_ref (share));
}

/**
 * gbx_policy_builder_remove_share:
 * @self: a builder
 * @guest_path: (type filename): a path in the sandbox
 *
 * Removes the share at that path, if there is one.
 */
void
gbx_policy_builder_remove_share (GbxPolicyBuilder *self, const char *guest_path)
{
  GPtrArray *shares = self->draft->shares;

  for (guint i = shares->len; i-- > 0;)
    if (g_str_equal (gbx_share_get_guest_path (shares->pdata[i]), guest_path))
      g_ptr_array_remove_index (shares, i);
}

/**
 * gbx_policy_builder_get_shares:
 * @self: a builder
 *
 * Gets what has been added.
 *
 * Returns: (transfer none) (element-type GbxShare): the shares so far; not to be changed
 */
GPtrArray *
gbx_policy_builder_get_shares (GbxPolicyBuilder *self)
{
  return self->draft->shares;
}

/**
 * gbx_policy_builder_set_account:
 * @self: a builder
 * @user: (nullable): the name of the account, as in a user database; %NULL for the host's user
 * @group: (nullable): the name of its group; %NULL for the same name
 * @home: (type filename) (nullable): its home, as the user database has it
 *
 * Gives the command another name in the sandbox, for a service.  The numbers stay those of the
 * host's user, and it has no privileges.  It may listen on any port, and make files in `/run`.
 */
void
gbx_policy_builder_set_account (GbxPolicyBuilder *self, const char *user, const char *group,
                                const char *home)
{
  replace_string (&self->draft->account, user);
  replace_string (&self->draft->account_group, user && !group ? user : group);
  replace_string (&self->draft->account_home, home);
}

/**
 * gbx_policy_builder_set_machine_id:
 * @self: a builder
 * @machine_id: (nullable): 32 hexadecimal digits, as in machine-id(5); %NULL for a new one with
 *   each launch
 *
 * Sets the machine ID that programs find in the sandbox.
 */
void
gbx_policy_builder_set_machine_id (GbxPolicyBuilder *self, const char *machine_id)
{
  replace_string (&self->draft->machine_id, machine_id);
}

/**
 * gbx_policy_builder_set_terminal:
 * @self: a builder
 * @rows: of the terminal, up to 65535; 0 when unknown
 * @columns: of the terminal, up to 65535; 0 when unknown
 * @separate_stderr: whether the standard error is a separate stream
 *
 * Gives the command a terminal instead of three streams.
 */
void
gbx_policy_builder_set_terminal (GbxPolicyBuilder *self, guint rows, guint columns,
                                 gboolean separate_stderr)
{
  self->draft->terminal = TRUE;
  self->draft->rows = MIN (rows, G_MAXUINT16);
  self->draft->columns = MIN (columns, G_MAXUINT16);
  self->draft->separate_stderr = separate_stderr;
}

/**
 * gbx_policy_builder_set_value:
 * @self: a builder
 * @key: the key of a setting: `resources.memory`; glovebox-profile(5) lists them
 * @value: (nullable): the value, in the type of the setting; %NULL for the default
 * @origin: where the value is from, for messages: an option, or a file with line and key
 * @error: return location for a #GbxError
 *
 * Sets a setting.
 *
 * Returns: whether there is such a setting, and the value is possible here; otherwise %FALSE with
 *   %GBX_ERROR_INVALID
 */
gboolean
gbx_policy_builder_set_value (GbxPolicyBuilder *self, const char *key, GVariant *value,
                              const char *origin, GError **error)
{
  return gbx_values_set (self->draft->values, key, value, origin, error);
}

/**
 * gbx_policy_builder_set_text:
 * @self: a builder
 * @key: the key of a setting: `resources.memory`; glovebox-profile(5) lists them
 * @text: (type filename): the value as it stands in a profile: `1.5G`
 * @origin: where the value is from, for messages: an option, or a file with line and key
 * @error: return location for a #GbxError
 *
 * Sets a setting.
 *
 * Returns: whether there is such a setting, and the value is possible here; otherwise %FALSE with
 *   %GBX_ERROR_INVALID
 */
gboolean
gbx_policy_builder_set_text (GbxPolicyBuilder *self, const char *key, const char *text,
                             const char *origin, GError **error)
{
  return gbx_values_set_text (self->draft->values, key, text, origin, error);
}

/**
 * gbx_policy_builder_set_verbose:
 * @self: a builder
 * @verbose: whether the guest sends its debugging messages too; %FALSE by default
 *
 * Sets how much the guest logs.
 */
void
gbx_policy_builder_set_verbose (GbxPolicyBuilder *self, gboolean verbose)
{
  self->draft->verbose = verbose;
}

/**
 * gbx_policy_builder_build:
 * @self: a builder, empty afterwards, after a failure too
 * @error: return location for a %GBX_ERROR_INVALID, %GBX_ERROR_MEMORY or %GBX_ERROR_SHARE
 *
 * Validates all values together, and fills in the defaults.
 *
 * Returns: (transfer full): the policy; %NULL with %GBX_ERROR_INVALID for a command, environment,
 *   name, number of CPUs, display size or directory that cannot be, with %GBX_ERROR_MEMORY for too
 *   little memory or more than the host has, with %GBX_ERROR_SHARE for too many shares or ones
 *   that do not go together
 */
GbxPolicy *
gbx_policy_builder_build (GbxPolicyBuilder *self, GError **error)
{
  g_autoptr (GbxPolicy) draft = g_steal_pointer (&self->draft);
  g_autoptr (GHashTable) environment = g_steal_pointer (&self->environment);

  self->draft = gbx_policy_alloc (draft->mode);
  self->environment = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (!check_environment (environment, draft, error) || !check_command (draft, error) ||
      !check_name (draft, error) || !check_shares (draft, error) ||
      !check_nesting (draft, error) || !check_publish (draft, error) ||
      !check_directory (draft, error) || !check_account (draft, error))
    return NULL;
  if (!draft->title)
    draft->title = g_filename_display_basename (draft->command[0]);
  remove_controls (draft->title);
  return g_steal_pointer (&draft);
}
