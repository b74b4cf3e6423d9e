/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-keyboard"

#include "config.h"

#include "gbx-keyboard.h"

#include "gbx-error.h"
#include "gbx-guest-config.h"
#include "gbx-paths.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <xkbcommon/xkbcommon.h>

typedef struct xkb_context XkbContext;
typedef struct xkb_keymap XkbKeymap;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XkbContext, xkb_context_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XkbKeymap, xkb_keymap_unref)

/* Debian's; other systems leave it to the desktop. */
#define HOST_FILE "/etc/default/keyboard"

/* A list of shell assignments can be read as a key file with a group added. */
static GKeyFile *
read_host_file (void)
{
  g_autofree char *text = NULL;
  g_autofree char *grouped = NULL;
  GKeyFile *file = g_key_file_new ();

  if (g_file_get_contents (HOST_FILE, &text, NULL, NULL))
    {
      grouped = g_strconcat ("[keyboard]\n", text, NULL);
      g_key_file_load_from_data (file, grouped, -1, G_KEY_FILE_NONE, NULL);
    }
  return file;
}

static char *
value_of (GKeyFile *file, const char *key)
{
  g_autofree char *value = g_key_file_get_value (file, "keyboard", key, NULL);

  return g_shell_unquote (value ? value : "", NULL);
}

static char *
fit (const char *text, gsize max)
{
  return text && strlen (text) <= max ? g_strdup (text) : g_strdup ("");
}

GbxKeyboard *
gbx_keyboard_new (const char *model, const char *layout, const char *variant, const char *options)
{
  GbxKeyboard *self = g_new0 (GbxKeyboard, 1);

  self->model = fit (model, GBX_CONFIG_NAME_MAX);
  self->layout = fit (layout, GBX_CONFIG_NAME_MAX);
  self->variant = fit (variant, GBX_CONFIG_NAME_MAX);
  self->options = fit (options, 2 * GBX_CONFIG_NAME_MAX);
  return self;
}

GbxKeyboard *
gbx_keyboard_copy (const GbxKeyboard *self)
{
  return gbx_keyboard_new (self->model, self->layout, self->variant, self->options);
}

GbxKeyboard *
gbx_keyboard_new_for_host (void)
{
  g_autoptr (GKeyFile) file = read_host_file ();
  g_autofree char *model = value_of (file, "XKBMODEL");
  g_autofree char *layout = value_of (file, "XKBLAYOUT");
  g_autofree char *variant = value_of (file, "XKBVARIANT");
  g_autofree char *options = value_of (file, "XKBOPTIONS");

  return gbx_keyboard_new (model, layout, variant, options);
}

void
gbx_keyboard_free (GbxKeyboard *self)
{
  g_free (self->model);
  g_free (self->layout);
  g_free (self->variant);
  g_free (self->options);
  g_free (self);
}

static GBytes *
set_error (GError **error, const char *what)
{
  g_set_error (error, GBX_ERROR, GBX_ERROR_DISPLAY, _ ("The keymap cannot be compiled: %s"), what);
  return NULL;
}

static char *
describe_keymap (const GbxKeyboard *self)
{
  struct xkb_rule_names names = {
    "evdev", self->model, self->layout, self->variant, self->options,
  };
  g_autoptr (XkbContext) context = xkb_context_new (XKB_CONTEXT_NO_FLAGS);
  g_autoptr (XkbKeymap) keymap = NULL;

  if (!context)
    return NULL;
  xkb_context_set_log_level (context, XKB_LOG_LEVEL_CRITICAL);
  keymap = xkb_keymap_new_from_names (context, &names, XKB_KEYMAP_COMPILE_NO_FLAGS);
  return keymap ? xkb_keymap_get_as_string (keymap, XKB_KEYMAP_FORMAT_TEXT_V1) : NULL;
}

/* From its standard input to its standard output. */
static GSubprocess *
start_xkbcomp (GError **error)
{
  g_autofree char *program = gbx_path_command ("xkbcomp");

  return g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                               G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                           error, program ? program : "xkbcomp", "-w", "0", "-xkm", "-", "-", NULL);
}

GBytes *
gbx_keyboard_compile (const GbxKeyboard *self, GError **error)
{
  char *text = describe_keymap (self);
  g_autoptr (GBytes) source = NULL;
  g_autoptr (GBytes) compiled = NULL;
  g_autoptr (GSubprocess) xkbcomp = NULL;

  if (!text)
    return set_error (error, _ ("its layout is unknown"));
  source = g_bytes_new_with_free_func (text, strlen (text), free, text);
  xkbcomp = start_xkbcomp (error);
  if (!xkbcomp || !g_subprocess_communicate (xkbcomp, source, NULL, &compiled, NULL, error))
    return NULL;
  if (g_subprocess_get_successful (xkbcomp))
    return g_steal_pointer (&compiled);
  return set_error (error, _ ("xkbcomp failed"));
}

GBytes *
gbx_keyboard_read_compose (void)
{
  const char *chosen = g_getenv ("XCOMPOSEFILE");
  g_autofree char *usual = g_build_filename (g_get_home_dir (), ".XCompose", NULL);
  const char *path = chosen && *chosen ? chosen : usual;
  GStatBuf st;
  char *text;
  gsize length;

  /* A pipe would wait for its writer. */
  if (g_stat (path, &st) != 0 || !S_ISREG (st.st_mode) || st.st_size > GBX_COMPOSE_MAX ||
      !g_file_get_contents (path, &text, &length, NULL))
    return NULL;
  return g_bytes_new_take (text, length);
}
