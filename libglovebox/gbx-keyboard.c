/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-keyboard"

#include "config.h"

#include "gbx-keyboard.h"

#include "gbx-error.h"
#include "gbx-guest-config.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <xkbcommon/xkbcommon.h>

typedef struct xkb_context XkbContext;
typedef struct xkb_keymap XkbKeymap;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XkbContext, xkb_context_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XkbKeymap, xkb_keymap_unref)

/* Debian's; other systems leave it to the desktop. */
#define HOST_FILE "/etc/default/keyboard"

/* A list of shell assignments is like a key file without a group. */
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
  g_autofree char *bare = g_shell_unquote (value ? value : "", NULL);

  return g_strndup (bare ? bare : "", GBX_CONFIG_NAME_MAX);
}

GbxKeyboard *
gbx_keyboard_new_for_host (void)
{
  g_autoptr (GKeyFile) file = read_host_file ();
  GbxKeyboard *self = g_new0 (GbxKeyboard, 1);

  self->model = value_of (file, "XKBMODEL");
  self->layout = value_of (file, "XKBLAYOUT");
  self->variant = value_of (file, "XKBVARIANT");
  self->options = value_of (file, "XKBOPTIONS");
  return self;
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

static gboolean
set_error (GError **error, const char *what)
{
  g_set_error (error, GBX_ERROR, GBX_ERROR_DISPLAY, _ ("The keymap cannot be compiled: %s"), what);
  return FALSE;
}

static char *
describe_keymap (GbxKeyboard *self)
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

gboolean
gbx_keyboard_compile (GbxKeyboard *self, const char *path, GError **error)
{
  char *text = describe_keymap (self);
  g_autoptr (GSubprocess) xkbcomp = NULL;
  gboolean done;

  if (!text)
    return set_error (error, _ ("its layout is unknown"));
  xkbcomp = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE |
                                  G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                              error, "xkbcomp", "-w", "0", "-xkm", "-", path, NULL);
  done = xkbcomp && g_subprocess_communicate_utf8 (xkbcomp, text, NULL, NULL, NULL, error);
  free (text);
  if (!done)
    return FALSE;
  return g_subprocess_get_successful (xkbcomp) || set_error (error, _ ("xkbcomp failed"));
}
