/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-guest-request"

#include "config.h"

#include "gbx-guest-request.h"

#include "gbx-error.h"
#include "gbx-exports.h"
#include "gbx-guest-config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* The variables that the application gets from the user's session unless the policy sets
 * them: language, time zone, terminal.  None contains a path, a socket or an address. */
static const char *const inherited[] = {
  "LANG",        "LANGUAGE",       "LC_ALL",        "LC_CTYPE",   "LC_NUMERIC",
  "LC_TIME",     "LC_COLLATE",     "LC_MONETARY",   "LC_MESSAGES", "LC_PAPER",
  "LC_NAME",     "LC_ADDRESS",     "LC_TELEPHONE",  "LC_MEASUREMENT", "LC_IDENTIFICATION",
  "TZ",
};
static const char *const inherited_terminal[] = { "TERM", "COLORTERM", "NO_COLOR" };

static char *
get_text (GbxPolicy *policy, const char *key)
{
  g_autoptr (GVariant) value = gbx_policy_dup_value (policy, key);

  return g_variant_dup_string (value, NULL);
}

static guint32
get_mib (GbxPolicy *policy, const char *key)
{
  g_autoptr (GVariant) value = gbx_policy_dup_value (policy, key);
  guint64 bytes = g_variant_get_uint64 (value);

  /* Less than a MiB must not become 0, which means the guest's own choice. */
  return (guint32) MIN ((bytes + (1 << 20) - 1) >> 20, G_MAXUINT32);
}

static guint32
get_number (GbxPolicy *policy, const char *key)
{
  g_autoptr (GVariant) value = gbx_policy_dup_value (policy, key);

  return g_variant_get_uint32 (value);
}

static gboolean
policy_sets (GbxPolicy *policy, const char *key)
{
  const char *const *environment = gbx_policy_get_environment (policy);
  gsize n = strlen (key);

  for (guint i = 0; environment[i]; i++)
    if (strncmp (environment[i], key, n) == 0 && environment[i][n] == '=')
      return TRUE;
  return FALSE;
}

static void
put_variable (GbxWriter *writer, GbxPolicy *policy, const char *key, const char *value)
{
  g_autofree char *text = NULL;

  if (!value || policy_sets (policy, key))
    return;
  text = g_strconcat (key, "=", value, NULL);
  gbx_config_put_text (writer, GBX_CONFIG_ENV, text);
}

static void
put_appearance (GbxWriter *writer, GbxPolicy *policy, GbxAppearance *appearance)
{
  g_auto (GStrv) variables = gbx_appearance_list_environment (appearance);

  for (guint i = 0; variables[i]; i++)
    {
      char *equals = strchr (variables[i], '=');

      *equals = '\0';
      put_variable (writer, policy, variables[i], equals + 1);
    }
}

/* Above the session's variables, and below those that the policy sets by name. */
static void
put_locale (GbxWriter *writer, GbxPolicy *policy)
{
  g_autofree char *language = get_text (policy, "locale.language");
  g_autofree char *zone = get_text (policy, "locale.time-zone");

  for (guint i = 0; i < G_N_ELEMENTS (inherited); i++)
    {
      gboolean is_zone = g_str_equal (inherited[i], "TZ");

      if (*zone && is_zone)
        put_variable (writer, policy, "TZ", zone);
      else if (*language && g_str_equal (inherited[i], "LANG"))
        put_variable (writer, policy, "LANG", language);
      else if (!*language || is_zone)
        put_variable (writer, policy, inherited[i], g_getenv (inherited[i]));
    }
}

static void
put_environment (GbxWriter *writer, GbxPolicy *policy, GbxAppearance *appearance, guint scale)
{
  const char *const *environment = gbx_policy_get_environment (policy);
  guint own_scale = get_number (policy, "display.scale");
  guint rows, columns;

  if (own_scale > 0)
    scale = own_scale;
  put_locale (writer, policy);
  if (gbx_policy_get_terminal (policy, &rows, &columns))
    for (guint i = 0; i < G_N_ELEMENTS (inherited_terminal); i++)
      put_variable (writer, policy, inherited_terminal[i], g_getenv (inherited_terminal[i]));
  if (appearance && gbx_policy_get_mode (policy) == GBX_MODE_DESKTOP)
    put_appearance (writer, policy, appearance);
  if (scale > 1 && gbx_policy_get_mode (policy) == GBX_MODE_DESKTOP)
    {
      g_autofree char *text = g_strdup_printf ("%u", scale);

      put_variable (writer, policy, "GDK_SCALE", text);
      put_variable (writer, policy, "QT_SCALE_FACTOR", text);
    }
  for (guint i = 0; environment[i]; i++)
    gbx_config_put_text (writer, GBX_CONFIG_ENV, environment[i]);
}

static void
put_shares (GbxWriter *writer, GbxLaunchPlan *plan)
{
  GPtrArray *shares = gbx_policy_get_shares (plan->policy);

  for (guint i = 0; i < shares->len; i++)
    {
      GbxShare *share = shares->pdata[i];
      gboolean is_file = !gbx_share_is_directory (share);
      g_autofree char *tag = gbx_exports_share_tag (i);

      gbx_config_put_share (writer,
                            (gbx_share_get_writable (share) ? GBX_SHARE_WRITABLE : 0) |
                                (is_file ? GBX_SHARE_FILE : 0) |
                                (gbx_file_copies_get_folder (plan->copies, i) ? GBX_SHARE_COPY : 0) |
                                (gbx_exports_is_served (plan, i) ? GBX_SHARE_VIRTIOFS : 0),
                            tag, gbx_share_get_guest_path (share),
                            is_file ? GBX_EXPORT_FILE_NAME : "");
    }
}

/* The guest's kernel checks rights before it asks the host, by the IDs that it sees: without
 * these groups it would refuse files that the user may read by a second group or an access
 * control list.  The host then decides, with the user's own rights. */
static void
put_groups (GbxWriter *writer, GbxLaunchPlan *plan, GbxIdentity *identity)
{
  const guint32 others = GBX_NOBODY;
  g_autofree char *groups = get_text (plan->policy, "files.groups");

  if (g_str_equal (groups, "none"))
    return;
  if (plan->hides_ids)
    gbx_config_put_groups (writer, &others, 1);
  else
    gbx_config_put_groups (writer, identity->groups,
                           MIN (identity->n_groups, GBX_CONFIG_GROUPS_MAX));
}

static void
put_limits (GbxWriter *writer, GbxPolicy *policy)
{
  g_autofree char *mask = get_text (policy, "files.umask");
  const GbxGuestLimits limits = {
    .disk_mib = get_mib (policy, "resources.disk"),
    .shm_mib = get_mib (policy, "resources.shared-memory"),
    .processes = get_number (policy, "resources.processes"),
    .files = get_number (policy, "resources.open-files"),
    .umask = (guint16) g_ascii_strtoull (mask, NULL, 8),
  };

  gbx_config_put_limits (writer, &limits);
}

static void
put_desktop (GbxWriter *writer, GbxLaunchPlan *plan, GbxKeyboard *keyboard)
{
  GbxOpengl opengl = gbx_policy_get_opengl (plan->policy);
  guint width, height;

  if (opengl == GBX_OPENGL_AUTO)
    opengl = plan->accelerator == GBX_ACCELERATOR_TCG ? GBX_OPENGL_OFF : GBX_OPENGL_ON;
  gbx_policy_get_display_size (plan->policy, &width, &height);
  gbx_display_protocol_fit (gbx_policy_get_display_protocol (plan->policy), &width, &height);
  gbx_config_put_display (writer, width, height,
                          (opengl == GBX_OPENGL_ON ? GBX_SCREEN_OPENGL : 0)
                              | (gbx_policy_get_fits_display (plan->policy) ? GBX_SCREEN_FITS : 0));
  gbx_config_put_keyboard (writer, keyboard->model, keyboard->layout, keyboard->variant,
                           keyboard->options);
}

/* Callers of published ports have the gateway's address; a guest that reaches nobody else has
 * no route to others, so a program is told that at once. */
static void
put_network (GbxWriter *writer, GbxLaunchPlan *plan)
{
  gboolean only_published = gbx_policy_get_network (plan->policy) == GBX_NETWORK_PUBLISHED;

  gbx_config_put_network (writer, GBX_CONFIG_NETWORK, GBX_GUEST_ADDRESS, GBX_GUEST_PREFIX,
                          only_published ? "" : GBX_GUEST_GATEWAY);
  if (plan->network_interface)
    gbx_config_put_network (writer, GBX_CONFIG_NETWORK6, GBX_GUEST_ADDRESS6, GBX_GUEST_PREFIX6,
                            GBX_GUEST_GATEWAY6);
}

/* Grows until the message fits, up to the guest's limit. */
typedef void (*PutFunc) (GbxWriter *writer, gpointer data);

static GBytes *
write_whole (PutFunc put, gpointer data)
{
  for (gsize size = GBX_PAYLOAD_MAX; size <= GBX_PARTS_MAX; size *= 2)
    {
      g_autofree guint8 *buffer = g_malloc (size);
      GbxWriter writer;

      gbx_writer_init (&writer, buffer, size);
      put (&writer, data);
      if (!writer.failed)
        return g_bytes_new_take (g_steal_pointer (&buffer), writer.length);
    }
  return NULL;
}

typedef struct
{
  GbxLaunchPlan *plan;
  GbxIdentity *identity;
  GbxKeyboard *keyboard;
} Config;

static void
put_config (GbxWriter *writer, gpointer data)
{
  Config *config = data;
  GbxPolicy *policy = config->plan->policy;
  GbxIdentity *identity = config->identity;
  gint64 now = g_get_real_time ();

  gbx_config_put_u8 (writer, GBX_CONFIG_MODE, gbx_policy_get_mode (policy) == GBX_MODE_DESKTOP);
  gbx_config_put_user (writer, identity->uid, identity->gid, identity->user, identity->home);
  gbx_config_put_accounts (writer, identity->display_account, identity->private_account);
  put_groups (writer, config->plan, identity);
  put_limits (writer, policy);
  if (config->plan->has_share_servers)
    gbx_config_put_u32 (writer, GBX_CONFIG_FILES, config->plan->files_max);
  put_shares (writer, config->plan);
  if (gbx_policy_get_mode (policy) == GBX_MODE_DESKTOP)
    put_desktop (writer, config->plan, config->keyboard);
  if (gbx_policy_get_network (policy) != GBX_NETWORK_NONE)
    put_network (writer, config->plan);
  gbx_config_put_text (writer, GBX_CONFIG_HOSTNAME, config->plan->name);
  if (config->plan->home_image)
    gbx_config_put_u8 (writer, GBX_CONFIG_HOME,
                       config->plan->home_base ? GBX_HOME_DISK_TEMPLATE : GBX_HOME_DISK);
  gbx_config_put_clock (writer, now / G_USEC_PER_SEC, now % G_USEC_PER_SEC * 1000);
  if (gbx_policy_get_account (policy))
    gbx_config_put_u8 (writer, GBX_CONFIG_SERVICE, 1);
  gbx_config_put_u8 (writer, GBX_CONFIG_VERBOSE, gbx_policy_get_verbose (policy));
}

typedef struct
{
  GbxPolicy *policy;
  GbxAppearance *appearance; /* (nullable) */
  guint scale;
} Command;

static void
put_command (GbxWriter *writer, gpointer data)
{
  Command *self = data;
  const char *const *command = gbx_policy_get_command (self->policy);
  guint rows, columns;

  for (guint i = 0; command[i]; i++)
    gbx_config_put_text (writer, GBX_CONFIG_ARG, command[i]);
  put_environment (writer, self->policy, self->appearance, self->scale);
  if (gbx_policy_get_directory (self->policy))
    gbx_config_put_text (writer, GBX_CONFIG_DIRECTORY, gbx_policy_get_directory (self->policy));
  if (gbx_policy_get_terminal (self->policy, &rows, &columns))
    gbx_config_put_terminal (writer, rows, columns, gbx_policy_get_separate_stderr (self->policy));
}

static void
put_spec (GbxWriter *writer, gpointer data)
{
  const GbxCommandSpec *spec = data;

  for (guint i = 0; spec->argv[i]; i++)
    gbx_config_put_text (writer, GBX_CONFIG_ARG, spec->argv[i]);
  for (guint i = 0; spec->environment && spec->environment[i]; i++)
    gbx_config_put_text (writer, GBX_CONFIG_ENV, spec->environment[i]);
  if (spec->directory)
    gbx_config_put_text (writer, GBX_CONFIG_DIRECTORY, spec->directory);
  if (spec->rows > 0 && spec->columns > 0)
    gbx_config_put_terminal (writer, (guint16) MIN (spec->rows, G_MAXUINT16),
                             (guint16) MIN (spec->columns, G_MAXUINT16), spec->separate_stderr);
  if (spec->keeps)
    gbx_config_put_u8 (writer, GBX_CONFIG_KEEPS, 1);
}

/* The guest would end if it could not read the command: it is read here first. */
static const char *
check_command (GBytes *command)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (command, &length);
  g_autofree guint8 *copy = g_memdup2 (data, length);
  gsize n = gbx_guest_command_measure (copy, length);
  g_autofree char **pointers = g_new0 (char *, n);
  GbxGuestCommand decoded;

  return gbx_guest_command_decode (&decoded, copy, length, pointers, n);
}

GBytes *
gbx_guest_request_make_command (const GbxCommandSpec *spec, GError **error)
{
  g_autoptr (GBytes) command = write_whole (put_spec, (gpointer) spec);
  const char *problem = command ? check_command (command) : NULL;

  if (command && !problem)
    return g_steal_pointer (&command);
  if (problem)
    g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID, _ ("The command cannot be run: %s"), problem);
  else
    g_set_error_literal (error, GBX_ERROR, GBX_ERROR_INVALID,
                         _ ("The command and its environment are too long for the guest"));
  return NULL;
}

void
gbx_guest_request_free (GbxGuestRequest *self)
{
  g_clear_pointer (&self->config, g_bytes_unref);
  g_clear_pointer (&self->command, g_bytes_unref);
  g_free (self);
}

GbxGuestRequest *
gbx_guest_request_new (GbxLaunchPlan *plan, GbxIdentity *identity, GbxKeyboard *keyboard,
                       GbxAppearance *appearance, guint scale, GError **error)
{
  g_autoptr (GbxGuestRequest) self = g_new0 (GbxGuestRequest, 1);
  Config config = { plan, identity, keyboard };
  Command command = { plan->policy, appearance, scale };

  self->config = write_whole (put_config, &config);
  self->command = write_whole (put_command, &command);
  if (self->config && self->command)
    return g_steal_pointer (&self);
  g_set_error_literal (error, GBX_ERROR, GBX_ERROR_INVALID,
                       _ ("Command, environment and shares together are too long for the guest"));
  return NULL;
}
