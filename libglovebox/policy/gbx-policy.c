/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-policy"

#include "config.h"

#include "gbx-policy-private.h"
#include "gbx-settings.h"

/* VNC_MAX_WIDTH, VNC_MAX_HEIGHT and VNC_DIRTY_PIXELS_PER_BIT of QEMU's ui/vnc.h, before
 * version 9. */
#define VNC_WIDTH_MAX 2560
#define VNC_HEIGHT_MAX 2048
#define VNC_WIDTH_STEP 16

/**
 * GbxPolicy:
 *
 * The resolved, validated and immutable description of a sandbox.  It is the only input of
 * a launch.
 */
G_DEFINE_BOXED_TYPE (GbxPolicy, gbx_policy, gbx_policy_ref, gbx_policy_unref)

GbxPolicy *
gbx_policy_alloc (GbxMode mode)
{
  GbxPolicy *self = g_new0 (GbxPolicy, 1);

  g_atomic_ref_count_init (&self->references);
  self->mode = mode;
  self->values = gbx_values_new (mode == GBX_MODE_DESKTOP);
  self->shares = g_ptr_array_new_with_free_func ((GDestroyNotify) gbx_share_unref);
  return self;
}

/**
 * gbx_policy_ref:
 * @self: a policy
 *
 * Adds a reference; from any thread.
 *
 * Returns: (transfer full): the same policy
 */
GbxPolicy *
gbx_policy_ref (GbxPolicy *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

/**
 * gbx_policy_unref:
 * @self: (transfer full): a policy
 *
 * Drops a reference, the last of which frees the policy; from any thread.
 */
void
gbx_policy_unref (GbxPolicy *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_free (self->name);
  g_free (self->title);
  g_free (self->icon_name);
  g_free (self->desktop_id);
  g_free (self->profile);
  g_strfreev (self->command);
  g_strfreev (self->environment);
  g_free (self->directory);
  g_free (self->account);
  g_free (self->account_group);
  g_free (self->account_home);
  g_free (self->machine_id);
  g_ptr_array_unref (self->shares);
  gbx_values_free (self->values);
  g_free (self);
}

/* ----------------------------------------------------------- settings -- */

static guint
get_uint (GbxPolicy *self, const char *key)
{
  g_autoptr (GVariant) value = gbx_values_resolve (self->values, key);

  return g_variant_get_uint32 (value);
}

static guint
get_choice (GbxPolicy *self, const char *key)
{
  g_autoptr (GVariant) value = gbx_values_resolve (self->values, key);

  return gbx_setting_get_index (gbx_settings_find (key), value);
}

/**
 * gbx_policy_dup_value:
 * @self: a policy
 * @key: the key of a setting: `resources.memory`
 *
 * Gets the value of a setting; glovebox-profile(5) lists them.
 *
 * Returns: (transfer full): the value that was set, or the default, in the type of the setting
 */
GVariant *
gbx_policy_dup_value (GbxPolicy *self, const char *key)
{
  return gbx_values_resolve (self->values, key);
}

/**
 * gbx_policy_get_number:
 * @self: a policy
 * @key: the key of a setting whose value is a number: `resources.cpu-weight`
 *
 * Gets the value of a setting, whether it is a whole number, bytes, seconds, or on or off.
 *
 * Returns: the value that was set, or the default
 */
guint64
gbx_policy_get_number (GbxPolicy *self, const char *key)
{
  g_autoptr (GVariant) value = gbx_values_resolve (self->values, key);

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    return g_variant_get_boolean (value);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_UINT32))
    return g_variant_get_uint32 (value);
  g_return_val_if_fail (g_variant_is_of_type (value, G_VARIANT_TYPE_UINT64), 0);
  return g_variant_get_uint64 (value);
}

/**
 * gbx_policy_get_text:
 * @self: a policy
 * @key: the key of a setting whose value is a word or a text: `resources.cpu-set`
 *
 * Gets the value of a setting.
 *
 * Returns: (transfer none): the value that was set, or the default
 */
const char *
gbx_policy_get_text (GbxPolicy *self, const char *key)
{
  GVariant *value = gbx_values_get (self->values, key);
  g_autoptr (GVariant) by_default = value ? NULL : gbx_values_resolve (self->values, key);

  g_return_val_if_fail (g_variant_is_of_type (value ? value : by_default, G_VARIANT_TYPE_STRING), "");
  return value ? g_variant_get_string (value, NULL)
               : g_intern_string (g_variant_get_string (by_default, NULL));
}

/**
 * gbx_policy_get_origin:
 * @self: a policy
 * @key: the key of a setting: `resources.memory`
 *
 * Tells where the value of a setting is from.
 *
 * Returns: (transfer none) (nullable): an option, or file and line; %NULL for the default
 */
const char *
gbx_policy_get_origin (GbxPolicy *self, const char *key)
{
  return gbx_values_get_origin (self->values, key);
}

/* ------------------------------------------------------------ getters -- */

/**
 * gbx_policy_get_mode:
 * @self: a policy
 *
 * Gets what kind of sandbox it is.
 *
 * Returns: a command on the terminal, or an application with a display
 */
GbxMode
gbx_policy_get_mode (GbxPolicy *self)
{
  return self->mode;
}

/**
 * gbx_policy_get_name:
 * @self: a policy
 *
 * Gets the requested name of the sandbox.  A running sandbox may have a number at its end:
 * see gbx_sandbox_get_name().
 *
 * Returns: (transfer none): 1 to 40 of the characters a–z, 0–9, dot, dash and underscore
 */
const char *
gbx_policy_get_name (GbxPolicy *self)
{
  return self->name;
}

gboolean
gbx_policy_get_name_is_fixed (GbxPolicy *self)
{
  return self->name_is_fixed;
}

/**
 * gbx_policy_get_title:
 * @self: a policy
 *
 * Gets the application's name for users.
 *
 * Returns: (transfer none): one line: "Document Viewer"
 */
const char *
gbx_policy_get_title (GbxPolicy *self)
{
  return self->title;
}

/**
 * gbx_policy_get_icon_name:
 * @self: a policy
 *
 * Gets the application's icon.
 *
 * Returns: (transfer none) (nullable): a name in the icon theme, or an absolute path on the host;
 *   %NULL when it has none
 */
const char *
gbx_policy_get_icon_name (GbxPolicy *self)
{
  return self->icon_name;
}

/**
 * gbx_policy_get_account:
 * @self: a policy
 *
 * Gets the account that a service has in its sandbox.
 *
 * Returns: (transfer none) (nullable): its name; %NULL for everything but a service, which has
 *   the name of the host's user
 */
const char *
gbx_policy_get_account (GbxPolicy *self)
{
  return self->account;
}

/**
 * gbx_policy_get_account_group:
 * @self: a policy
 *
 * Gets the group of the account of a service.
 *
 * Returns: (transfer none) (nullable): its name
 */
const char *
gbx_policy_get_account_group (GbxPolicy *self)
{
  return self->account_group;
}

/**
 * gbx_policy_get_account_home:
 * @self: a policy
 *
 * Gets the home of the account of a service, as its user database has it.
 *
 * Returns: (transfer none) (nullable) (type filename): an absolute path in the sandbox
 */
const char *
gbx_policy_get_account_home (GbxPolicy *self)
{
  return self->account_home;
}

/**
 * gbx_policy_get_machine_id:
 * @self: a policy
 *
 * Gets the machine ID of the sandbox.
 *
 * Returns: (transfer none) (nullable): 32 hexadecimal digits; %NULL for a new one with each launch
 */
const char *
gbx_policy_get_machine_id (GbxPolicy *self)
{
  return self->machine_id;
}

/**
 * gbx_policy_get_profile:
 * @self: a policy
 *
 * Gets the profile that it was made of, for messages.
 *
 * Returns: (nullable): its id
 */
const char *
gbx_policy_get_profile (GbxPolicy *self)
{
  return self->profile;
}

/**
 * gbx_policy_get_desktop_id:
 * @self: a policy
 *
 * Gets the desktop entry that the application came from.
 *
 * Returns: (transfer none) (nullable): "org.gnome.Evince.desktop"; %NULL for a bare command
 */
const char *
gbx_policy_get_desktop_id (GbxPolicy *self)
{
  return self->desktop_id;
}

/**
 * gbx_policy_get_directory:
 * @self: a policy
 *
 * Gets the working directory in the sandbox.
 *
 * Returns: (transfer none) (nullable) (type filename): an absolute path in the guest, of at most
 *   1024 bytes; %NULL for the home
 */
const char *
gbx_policy_get_directory (GbxPolicy *self)
{
  return self->directory;
}

/**
 * gbx_policy_get_shares:
 * @self: a policy
 *
 * Gets what the sandbox sees of the host, besides the system's own files.
 *
 * Returns: (transfer none) (element-type GbxShare): at most 16 shares; not to be changed
 */
GPtrArray *
gbx_policy_get_shares (GbxPolicy *self)
{
  return self->shares;
}

/**
 * gbx_policy_get_memory:
 * @self: a policy
 *
 * Gets the guest's memory.
 *
 * Returns: bytes, from %GBX_MEMORY_MIN_EXEC or %GBX_MEMORY_MIN_DESKTOP to what the host has
 */
guint64
gbx_policy_get_memory (GbxPolicy *self)
{
  g_autoptr (GVariant) value = gbx_values_resolve (self->values, "resources.memory");

  return g_variant_get_uint64 (value);
}

/**
 * gbx_policy_get_cpus:
 * @self: a policy
 *
 * Gets how many virtual CPUs the guest has.
 *
 * Returns: 1 to the number of the host's
 */
guint
gbx_policy_get_cpus (GbxPolicy *self)
{
  return get_uint (self, "resources.cpus");
}

/**
 * gbx_policy_get_cpus_with:
 * @self: a policy
 * @accelerator: what the guest runs with
 *
 * Gets how many virtual CPUs the guest has with that accelerator: if the number was not
 * set, one without KVM: emulating the start of a second one makes the launch slower by a
 * fifth.
 *
 * Returns: 1 to the number of the host's
 */
guint
gbx_policy_get_cpus_with (GbxPolicy *self, GbxAccelerator accelerator)
{
  gboolean by_default = !gbx_values_get (self->values, "resources.cpus");

  return accelerator == GBX_ACCELERATOR_TCG && by_default ? 1 : gbx_policy_get_cpus (self);
}

/**
 * gbx_policy_get_network:
 * @self: a policy
 *
 * Gets the sandbox's access to the network.
 *
 * Returns: the kind of network
 */
GbxNetwork
gbx_policy_get_network (GbxPolicy *self)
{
  return get_choice (self, "network.mode");
}

/**
 * gbx_policy_get_backend:
 * @self: a policy
 *
 * Gets where the sandbox is to run.
 *
 * Returns: the kind of backend
 */
GbxBackendKind
gbx_policy_get_backend (GbxPolicy *self)
{
  return get_choice (self, "backend.kind");
}

/**
 * gbx_policy_get_display_protocol:
 * @self: a policy
 *
 * Gets how the window talks to the guest's display; ignored for a command.
 *
 * Returns: the protocol
 */
GbxDisplayProtocol
gbx_policy_get_display_protocol (GbxPolicy *self)
{
  return get_choice (self, "display.protocol");
}

/**
 * gbx_policy_get_accelerator:
 * @self: a policy
 *
 * Gets the requested accelerator; gbx_sandbox_get_accelerator() returns the one in use.
 *
 * Returns: the accelerator
 */
GbxAccelerator
gbx_policy_get_accelerator (GbxPolicy *self)
{
  return get_choice (self, "kernel.accelerator");
}

/**
 * gbx_policy_get_opengl:
 * @self: a policy
 *
 * Gets whether the guest's display server offers OpenGL; ignored for a command.
 *
 * Returns: on, off, or as the accelerator allows
 */
GbxOpengl
gbx_policy_get_opengl (GbxPolicy *self)
{
  return get_choice (self, "display.opengl");
}

/**
 * gbx_policy_get_verbose:
 * @self: a policy
 *
 * Tells how much the guest logs.
 *
 * Returns: whether the guest sends its debugging messages too
 */
gboolean
gbx_policy_get_verbose (GbxPolicy *self)
{
  return self->verbose;
}

/**
 * gbx_policy_get_strict:
 * @self: a policy
 *
 * Tells whether weaker isolation is refused.
 *
 * Returns: whether the launch fails where isolation would be weaker than the best: without KVM,
 *   as root, or without the emulator's confinement
 */
gboolean
gbx_policy_get_strict (GbxPolicy *self)
{
  g_autoptr (GVariant) value = gbx_values_resolve (self->values, "kernel.strict");

  return g_variant_get_boolean (value);
}

/**
 * gbx_policy_get_timeout:
 * @self: a policy
 *
 * Gets the time limit of the whole run, counted from the launch.
 *
 * Returns: seconds, or 0 for no limit
 */
guint
gbx_policy_get_timeout (GbxPolicy *self)
{
  return get_uint (self, "lifecycle.timeout");
}

/**
 * gbx_policy_get_command:
 * @self: a policy
 *
 * Gets what the sandbox runs.
 *
 * Returns: (transfer none) (array zero-terminated=1) (element-type filename): program and
 *   arguments, of any bytes; one string at least
 */
const char *const *
gbx_policy_get_command (GbxPolicy *self)
{
  return (const char *const *) self->command;
}

/**
 * gbx_policy_get_environment:
 * @self: a policy
 *
 * Gets the variables that are added to the guest's own environment.
 *
 * Returns: (transfer none) (array zero-terminated=1) (element-type filename): `KEY=VALUE` strings
 *   of any bytes, sorted
 */
const char *const *
gbx_policy_get_environment (GbxPolicy *self)
{
  return (const char *const *) self->environment;
}

/**
 * gbx_policy_get_display_size:
 * @self: a policy
 * @width: (out): pixels, %GBX_DISPLAY_MIN to %GBX_DISPLAY_MAX
 * @height: (out): pixels, likewise
 *
 * Gets the initial size of the guest's display.
 */
void
gbx_policy_get_display_size (GbxPolicy *self, guint *width, guint *height)
{
  g_autoptr (GVariant) value = gbx_values_resolve (self->values, "display.size");

  g_variant_get (value, "(uu)", width, height);
}

/**
 * gbx_policy_get_fits_display:
 * @self: a policy
 *
 * Gets who decides how large the guest's display is.
 *
 * Returns: %TRUE if it becomes as large as the application's first window, %FALSE if somebody has
 *   chosen the size
 */
gboolean
gbx_policy_get_fits_display (GbxPolicy *self)
{
  return !gbx_values_get (self->values, "display.size");
}

/**
 * gbx_display_protocol_fit:
 * @protocol: of a display
 * @width: (inout): pixels
 * @height: (inout): pixels
 *
 * Brings the size of a guest's screen into what the emulator can show over that protocol, with the
 * same proportions.  Over VNC it cuts a screen above 2560 × 2048, and takes a width that is no
 * multiple of 16 for a wider one, so that clicks miss.
 */
void
gbx_display_protocol_fit (GbxDisplayProtocol protocol, guint *width, guint *height)
{
  guint64 w = *width, h = *height;

  if (protocol != GBX_DISPLAY_PROTOCOL_VNC)
    return;
  if (w > VNC_WIDTH_MAX)
    {
      h = h * VNC_WIDTH_MAX / w;
      w = VNC_WIDTH_MAX;
    }
  if (h > VNC_HEIGHT_MAX)
    {
      w = w * VNC_HEIGHT_MAX / h;
      h = VNC_HEIGHT_MAX;
    }
  w -= w % VNC_WIDTH_STEP;
  *width = (guint) MAX (w, GBX_DISPLAY_MIN);
  *height = (guint) MAX (h, GBX_DISPLAY_MIN);
}

/**
 * gbx_policy_get_terminal:
 * @self: a policy
 * @rows: (out): of the terminal, up to 65535; 0 when unknown
 * @columns: (out): of the terminal, up to 65535; 0 when unknown
 *
 * Gets the command's initial terminal size.
 *
 * Returns: whether the command gets a terminal; else it has three streams
 */
gboolean
gbx_policy_get_terminal (GbxPolicy *self, guint *rows, guint *columns)
{
  *rows = self->rows;
  *columns = self->columns;
  return self->terminal;
}

/**
 * gbx_policy_get_separate_stderr:
 * @self: a policy
 *
 * Tells where the standard error of a command with a terminal goes.
 *
 * Returns: whether it is a separate stream; otherwise it is written to the terminal
 */
gboolean
gbx_policy_get_separate_stderr (GbxPolicy *self)
{
  return self->separate_stderr;
}
