/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * GBX_MEMORY_MIN_EXEC:
 *
 * The minimum memory to boot a command, in bytes.
 */
#define GBX_MEMORY_MIN_EXEC (G_GUINT64_CONSTANT (160) << 20)
/**
 * GBX_MEMORY_MIN_DESKTOP:
 *
 * The minimum memory to boot a desktop, in bytes.
 */
#define GBX_MEMORY_MIN_DESKTOP (G_GUINT64_CONSTANT (320) << 20)
/**
 * GBX_DISPLAY_MIN:
 *
 * The minimum width and height of a display, in pixels.
 */
#define GBX_DISPLAY_MIN 320
/**
 * GBX_DISPLAY_MAX:
 *
 * The maximum width and height of a display, in pixels.
 */
#define GBX_DISPLAY_MAX 8192

/**
 * GbxMode:
 * @GBX_MODE_EXEC: a command on the terminal; no display devices exist
 * @GBX_MODE_DESKTOP: an application in its own Xorg session
 *
 * What kind of sandbox it is.
 */
typedef enum
{
  GBX_MODE_EXEC,
  GBX_MODE_DESKTOP,
} GbxMode;

/**
 * GbxNetwork:
 * @GBX_NETWORK_NONE: there is no network device
 * @GBX_NETWORK_PUBLISHED: only connections from outside to ports that are published
 * @GBX_NETWORK_USER: outgoing connections, but none to an address of the host itself
 *
 * The sandbox's access to the network.
 */
typedef enum
{
  GBX_NETWORK_NONE,
  GBX_NETWORK_PUBLISHED,
  GBX_NETWORK_USER,
} GbxNetwork;

/**
 * GbxBackendKind:
 * @GBX_BACKEND_KIND_QEMU: in a virtual machine
 * @GBX_BACKEND_KIND_AUTO: in a virtual machine, or in a container where that is impossible
 * @GBX_BACKEND_KIND_LXC: in a container, which shares the kernel of the host
 *
 * Where a sandbox runs.
 */
typedef enum
{
  GBX_BACKEND_KIND_QEMU,
  GBX_BACKEND_KIND_AUTO,
  GBX_BACKEND_KIND_LXC,
} GbxBackendKind;

/**
 * GbxDisplayProtocol:
 * @GBX_DISPLAY_PROTOCOL_SPICE: SPICE, with several channels, each on its own connection
 * @GBX_DISPLAY_PROTOCOL_VNC: VNC, over one connection
 *
 * How the window talks to the guest's display.
 */
typedef enum
{
  GBX_DISPLAY_PROTOCOL_SPICE,
  GBX_DISPLAY_PROTOCOL_VNC,
} GbxDisplayProtocol;

/**
 * GbxAccelerator:
 * @GBX_ACCELERATOR_AUTO: KVM if it works, otherwise TCG with a notice
 * @GBX_ACCELERATOR_KVM: the processor itself runs the guest's code
 * @GBX_ACCELERATOR_TCG: QEMU translates it, which is slower and isolates less
 * @GBX_ACCELERATOR_NONE: there is no virtual machine, but a container, which shares the kernel
 *
 * What runs the guest's code.
 */
typedef enum
{
  GBX_ACCELERATOR_AUTO,
  GBX_ACCELERATOR_KVM,
  GBX_ACCELERATOR_TCG,
  GBX_ACCELERATOR_NONE,
} GbxAccelerator;

/**
 * GbxOpengl:
 * @GBX_OPENGL_AUTO: on with KVM; off with TCG, where it takes seconds
 * @GBX_OPENGL_ON: the display server offers it
 * @GBX_OPENGL_OFF: it does not
 *
 * Whether the guest's display server offers OpenGL.
 */
typedef enum
{
  GBX_OPENGL_AUTO,
  GBX_OPENGL_ON,
  GBX_OPENGL_OFF,
} GbxOpengl;

/* ------------------------------------------------------------- share -- */

#define GBX_TYPE_SHARE (gbx_share_get_type ())
typedef struct _GbxShare GbxShare;

GType gbx_share_get_type (void);
GbxShare *gbx_share_new (const char *path, const char *guest_path, gboolean writable,
                         GError **error);
GbxShare *gbx_share_parse (const char *text, GError **error);
GbxShare *gbx_share_ref (GbxShare *self);
void gbx_share_unref (GbxShare *self);
const char *gbx_share_get_path (GbxShare *self);
const char *gbx_share_get_guest_path (GbxShare *self);
gboolean gbx_share_get_writable (GbxShare *self);
gboolean gbx_share_is_directory (GbxShare *self);
char *gbx_share_describe_risk (GbxShare *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxShare, gbx_share_unref)

/* ------------------------------------------------------------ policy -- */

#define GBX_TYPE_POLICY (gbx_policy_get_type ())
typedef struct _GbxPolicy GbxPolicy;

GType gbx_policy_get_type (void);
GbxPolicy *gbx_policy_ref (GbxPolicy *self);
void gbx_policy_unref (GbxPolicy *self);

GbxMode gbx_policy_get_mode (GbxPolicy *self);
const char *gbx_policy_get_name (GbxPolicy *self);
const char *gbx_policy_get_title (GbxPolicy *self);
const char *gbx_policy_get_icon_name (GbxPolicy *self);
const char *gbx_policy_get_desktop_id (GbxPolicy *self);
const char *gbx_policy_get_profile (GbxPolicy *self);
const char *const *gbx_policy_get_command (GbxPolicy *self);
const char *const *gbx_policy_get_environment (GbxPolicy *self);
const char *gbx_policy_get_directory (GbxPolicy *self);
GPtrArray *gbx_policy_get_shares (GbxPolicy *self);
const char *gbx_policy_get_account (GbxPolicy *self);
const char *gbx_policy_get_account_group (GbxPolicy *self);
const char *gbx_policy_get_account_home (GbxPolicy *self);
const char *gbx_policy_get_machine_id (GbxPolicy *self);
GVariant *gbx_policy_dup_value (GbxPolicy *self, const char *key);
const char *gbx_policy_get_origin (GbxPolicy *self, const char *key);
guint64 gbx_policy_get_memory (GbxPolicy *self);
guint gbx_policy_get_cpus (GbxPolicy *self);
guint gbx_policy_get_cpus_with (GbxPolicy *self, GbxAccelerator accelerator);
GbxNetwork gbx_policy_get_network (GbxPolicy *self);
GbxBackendKind gbx_policy_get_backend (GbxPolicy *self);
guint64 gbx_policy_get_number (GbxPolicy *self, const char *key);
const char *gbx_policy_get_text (GbxPolicy *self, const char *key);
GbxDisplayProtocol gbx_policy_get_display_protocol (GbxPolicy *self);
void gbx_policy_get_display_size (GbxPolicy *self, guint *width, guint *height);
gboolean gbx_policy_get_fits_display (GbxPolicy *self);
void gbx_display_protocol_fit (GbxDisplayProtocol protocol, guint *width, guint *height);
GbxAccelerator gbx_policy_get_accelerator (GbxPolicy *self);
GbxOpengl gbx_policy_get_opengl (GbxPolicy *self);
gboolean gbx_policy_get_terminal (GbxPolicy *self, guint *rows, guint *columns);
gboolean gbx_policy_get_separate_stderr (GbxPolicy *self);
gboolean gbx_policy_get_verbose (GbxPolicy *self);
gboolean gbx_policy_get_strict (GbxPolicy *self);
guint gbx_policy_get_timeout (GbxPolicy *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxPolicy, gbx_policy_unref)

/* ----------------------------------------------------------- builder -- */

#define GBX_TYPE_POLICY_BUILDER (gbx_policy_builder_get_type ())
typedef struct _GbxPolicyBuilder GbxPolicyBuilder;

GType gbx_policy_builder_get_type (void);
GbxPolicyBuilder *gbx_policy_builder_new (GbxMode mode);
GbxPolicyBuilder *gbx_policy_builder_ref (GbxPolicyBuilder *self);
void gbx_policy_builder_unref (GbxPolicyBuilder *self);
void gbx_policy_builder_set_name (GbxPolicyBuilder *self, const char *name);
void gbx_policy_builder_set_application (GbxPolicyBuilder *self, const char *desktop_id,
                                         const char *title, const char *icon_name);
void gbx_policy_builder_set_profile (GbxPolicyBuilder *self, const char *id);
void gbx_policy_builder_set_command (GbxPolicyBuilder *self, const char *const *argv);
void gbx_policy_builder_set_environment (GbxPolicyBuilder *self, const char *key,
                                         const char *value);
void gbx_policy_builder_set_directory (GbxPolicyBuilder *self, const char *path);
const char *gbx_policy_builder_get_directory (GbxPolicyBuilder *self);
void gbx_policy_builder_add_share (GbxPolicyBuilder *self, GbxShare *share);
void gbx_policy_builder_remove_share (GbxPolicyBuilder *self, const char *guest_path);
GPtrArray *gbx_policy_builder_get_shares (GbxPolicyBuilder *self);
void gbx_policy_builder_set_account (GbxPolicyBuilder *self, const char *user, const char *group,
                                     const char *home);
void gbx_policy_builder_set_machine_id (GbxPolicyBuilder *self, const char *machine_id);
void gbx_policy_builder_set_terminal (GbxPolicyBuilder *self, guint rows, guint columns,
                                      gboolean separate_stderr);
gboolean gbx_policy_builder_set_value (GbxPolicyBuilder *self, const char *key, GVariant *value,
                                       const char *origin, GError **error);
gboolean gbx_policy_builder_set_text (GbxPolicyBuilder *self, const char *key, const char *text,
                                      const char *origin, GError **error);
void gbx_policy_builder_set_verbose (GbxPolicyBuilder *self, gboolean verbose);
GbxPolicy *gbx_policy_builder_build (GbxPolicyBuilder *self, GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxPolicyBuilder, gbx_policy_builder_unref)

G_END_DECLS
