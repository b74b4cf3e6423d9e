/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-identity"
#include "config.h"

#include "gbx-identity.h"

#include "gbx-paths.h"

#include <glib/gi18n.h>
#include <gtk/gtk.h>
#include <math.h>
#include <string.h>

/* The least contrast of text on the strip; WCAG AA asks for 4.5. */
#define LEAST_CONTRAST 5.5
#define HUES 24

/* FNV-1a: g_str_hash() puts similar names next to each other. */
static guint32
hash_name (const char *name)
{
  guint32 hash = 2166136261u;

  for (const char *c = name; *c; c++)
    hash = (hash ^ (guint8)*c) * 16777619u;
  return hash ^ (hash >> 15);
}

static double
linear_light (double channel)
{
  return channel <= 0.04045 ? channel / 12.92 : pow ((channel + 0.055) / 1.055, 2.4);
}

static double
luminance (const GdkRGBA *color)
{
  return 0.2126 * linear_light (color->red) + 0.7152 * linear_light (color->green)
         + 0.0722 * linear_light (color->blue);
}

double
gbx_identity_contrast (const GdkRGBA *one, const GdkRGBA *other)
{
  double a = luminance (one), b = luminance (other);

  return (MAX (a, b) + 0.05) / (MIN (a, b) + 0.05);
}

void
gbx_identity_colors (const char *name, GdkRGBA *background, GdkRGBA *foreground)
{
  double hue = (hash_name (name) % HUES) / (double)HUES;

  *foreground = (GdkRGBA){ 1, 1, 1, 1 };
  background->alpha = 1;
  /* At the same value yellow is far brighter than blue, so each hue is darkened on its own. */
  for (double value = 0.80; value > 0.1; value -= 0.02)
    {
      gtk_hsv_to_rgb (hue, 0.78, value, &background->red, &background->green, &background->blue);
      if (gbx_identity_contrast (background, foreground) >= LEAST_CONTRAST)
        return;
    }
}

char *
gbx_identity_css (const char *name)
{
  GdkRGBA background, foreground;
  g_autofree char *back = NULL;
  g_autofree char *fore = NULL;

  gbx_identity_colors (name, &background, &foreground);
  back = gdk_rgba_to_string (&background);
  fore = gdk_rgba_to_string (&foreground);
  return g_strdup_printf (".gbx-identity, .gbx-identity label, .gbx-identity image {"
                          " background-color: %s; background-image: none; color: %s;"
                          " -gtk-icon-shadow: none; text-shadow: none; }\n"
                          /* Amber on each of them. */
                          ".gbx-identity label.gbx-container-mark {"
                          " background-color: #ffbe4d; color: black; }\n"
                          ".gbx-identity-frame { border: 3px solid %s; border-top-width: 0; }\n",
                          back, fore, back);
}

/* --------------------------------------------------------------- text -- */

static char *
describe_shares (GPtrArray *shares)
{
  guint writable = 0;

  if (shares->len == 0)
    return g_strdup (_ ("no shares"));
  for (guint i = 0; i < shares->len; i++)
    writable += gbx_share_get_writable (g_ptr_array_index (shares, i)) ? 1 : 0;
  if (writable == 0)
    return g_strdup_printf (ngettext ("%u share (read-only)", "%u shares (read-only)", shares->len),
                            shares->len);
  if (writable == shares->len)
    return g_strdup_printf (ngettext ("%u share (writable)", "%u shares (writable)", shares->len),
                            shares->len);
  return g_strdup_printf (
      ngettext ("%u share (%u writable)", "%u shares (%u writable)", shares->len), shares->len,
      writable);
}

static const char *
describe_network (GbxPolicy *policy)
{
  switch (gbx_policy_get_network (policy))
    {
    case GBX_NETWORK_NONE:
      return _ ("no network");
    case GBX_NETWORK_PUBLISHED:
      return _ ("only published ports");
    case GBX_NETWORK_USER:
    default:
      return _ ("network");
    }
}

static char *
dup_text (GbxPolicy *policy, const char *key)
{
  g_autoptr (GVariant) value = gbx_policy_dup_value (policy, key);

  return g_variant_dup_string (value, NULL);
}

static gboolean
home_is (GbxPolicy *policy, const char *kind)
{
  g_autofree char *home = dup_text (policy, "files.home");

  return g_str_equal (home, kind);
}

/* The usual is not worth a word. */
static const char *
describe_home (GbxPolicy *policy)
{
  if (home_is (policy, "private"))
    return _ ("kept home");
  return home_is (policy, "template") ? _ ("home from a template") : NULL;
}

static const char *
describe_accelerator (GbxAccelerator accelerator)
{
  return accelerator == GBX_ACCELERATOR_TCG ? _ ("processor emulated") : NULL;
}

char *
gbx_identity_describe (const char *name, GbxPolicy *policy, GbxAccelerator accelerator)
{
  g_autofree char *sandbox = g_strdup_printf (_ ("Sandbox %s"), name);
  g_autofree char *shares = describe_shares (gbx_policy_get_shares (policy));

  const char *parts[] = { sandbox, describe_network (policy), shares, NULL, NULL, NULL };
  guint n = 3;

  parts[n] = describe_home (policy);
  n += parts[n] != NULL;
  parts[n] = describe_accelerator (accelerator);
  return g_strjoinv (" · ", (char **) parts);
}

static void
explain_shares (GString *text, GPtrArray *shares)
{
  for (guint i = 0; i < shares->len; i++)
    {
      GbxShare *share = g_ptr_array_index (shares, i);
      g_autofree char *path = gbx_path_show (gbx_share_get_path (share));

      g_string_append_c (text, '\n');
      g_string_append_printf (text,
                              gbx_share_get_writable (share) ? _ ("Shared, writable: %s")
                                                             : _ ("Shared, read-only: %s"),
                              path);
    }
}

static void
explain_home (GString *text, GbxPolicy *policy)
{
  g_autofree char *name = dup_text (policy, "files.home-name");

  if (!describe_home (policy))
    return;
  g_string_append_c (text, '\n');
  g_string_append_printf (text,
                          home_is (policy, "private")
                              ? _ ("Its home “%s” is kept.")
                              : _ ("Changes to its home “%s” are thrown away at the end."),
                          name);
}

char *
gbx_identity_explain (GbxPolicy *policy, GbxAccelerator accelerator)
{
  GString *text = g_string_new (_ ("Glovebox draws this bar and the frame. The application in the "
                                   "sandbox draws everything inside them."));

  explain_shares (text, gbx_policy_get_shares (policy));
  explain_home (text, policy);
  if (accelerator == GBX_ACCELERATOR_TCG)
    {
      g_string_append_c (text, '\n');
      g_string_append (text, _ ("The processor is emulated (by QEMU's TCG). That is slower, and "
                                "QEMU does not promise that it is a security boundary."));
    }
  else if (accelerator == GBX_ACCELERATOR_KVM)
    {
      g_string_append_c (text, '\n');
      g_string_append (text,
                       _ ("The processor's own virtualization keeps the sandbox apart (KVM)."));
    }
  else if (accelerator == GBX_ACCELERATOR_NONE)
    {
      g_string_append_c (text, '\n');
      g_string_append (text, _ ("It is a container. It shares the kernel of this computer, and so "
                                "is kept apart less well than a virtual machine."));
    }
  return g_string_free (text, FALSE);
}

char *
gbx_identity_warn (const char *notice)
{
  g_auto (GStrv) lines = g_strsplit (notice ? notice : "", "\n", -1);

  /* What is usual on a computer without virtualization is told shortly; the rest is rare. */
  for (guint i = 0; lines[i]; i++)
    if (strstr (lines[i], "TCG"))
      {
        g_free (lines[i]);
        lines[i] = g_strdup (_ ("The processor is emulated, which is slower and protects less."));
      }
  return g_strjoinv ("\n", lines);
}
