/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-settings"

#include "config.h"

#include "gbx-setting.h"

#include "gbx-error.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

/* What each kind of value can do.  Parsing gives a value of the right type; whether it is
 * possible for the setting is checked afterwards, for a text as for any other value. */
typedef struct
{
  const char *type;
  GVariant *(*parse) (const GbxSetting *self, const char *text);
  char *(*format) (GVariant *value);
  const char *how; /* how to write one */
} Kind;

/* ------------------------------------------------------------- switches -- */

static GVariant *
parse_switch (const GbxSetting *self, const char *text)
{
  static const char *const on[] = { "on", "true", "yes", "1", NULL };
  static const char *const off[] = { "off", "false", "no", "0", NULL };

  if (g_strv_contains (on, text) || g_strv_contains (off, text))
    return g_variant_new_boolean (g_strv_contains (on, text));
  return NULL;
}

static char *
format_switch (GVariant *value)
{
  return g_strdup (g_variant_get_boolean (value) ? "on" : "off");
}

/* ---------------------------------------------------------------- texts -- */

static GVariant *
parse_text (const GbxSetting *self, const char *text)
{
  return g_utf8_validate (text, -1, NULL) ? g_variant_new_string (text) : NULL;
}

static GVariant *
parse_path (const GbxSetting *self, const char *text)
{
  return g_variant_new_bytestring (text);
}

static char *
format_path (GVariant *value)
{
  return g_variant_dup_bytestring (value, NULL);
}

/* -------------------------------------------------------------- numbers -- */

typedef struct
{
  const char *suffix;
  double factor;
} Unit;

/* A number and a unit; -1 for anything else. */
static double
parse_with_unit (const char *text, const Unit *units)
{
  char *end;
  double number = g_ascii_strtod (text, &end);

  /* No sign, exponent or hexadecimal number. */
  if (end == text || strspn (text, "0123456789.") != (gsize) (end - text) || !isfinite (number))
    return -1;
  for (guint i = 0; units[i].suffix; i++)
    if (g_ascii_strcasecmp (end, units[i].suffix) == 0)
      return number * units[i].factor;
  return -1;
}

static GVariant *
parse_integer (const GbxSetting *self, const char *text)
{
  guint64 number;

  return g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT32, &number, NULL)
             ? g_variant_new_uint32 ((guint32) number)
             : NULL;
}

static char *
format_integer (GVariant *value)
{
  return g_strdup_printf ("%u", g_variant_get_uint32 (value));
}

static GVariant *
parse_bytes (const GbxSetting *self, const char *text)
{
  static const Unit units[] = {
    { "", 1 << 20 },    { "B", 1 },         { "K", 1 << 10 },   { "KiB", 1 << 10 },
    { "M", 1 << 20 },   { "MiB", 1 << 20 }, { "G", 1 << 30 },   { "GiB", 1 << 30 },
    { "T", 1099511627776.0 }, { "TiB", 1099511627776.0 }, { NULL, 0 },
  };
  double bytes = parse_with_unit (text, units);

  /* Less than one byte would become 0, which may mean something else. */
  return bytes == 0 || (bytes >= 1 && bytes < 1e18) ? g_variant_new_uint64 ((guint64) bytes)
                                                    : NULL;
}

static char *
format_bytes (GVariant *value)
{
  static const char suffixes[] = "BKMGT";
  guint64 bytes = g_variant_get_uint64 (value);
  guint i = 0;

  for (; bytes > 0 && bytes % 1024 == 0 && i < 4; i++)
    bytes /= 1024;
  return g_strdup_printf ("%" G_GUINT64_FORMAT "%c", bytes, suffixes[i]);
}

static GVariant *
parse_duration (const GbxSetting *self, const char *text)
{
  static const Unit units[] = {
    { "", 1 }, { "s", 1 }, { "min", 60 }, { "h", 3600 }, { "d", 86400 }, { NULL, 0 },
  };
  double seconds = parse_with_unit (text, units);

  /* Half a second would become 0, which means no limit. */
  return seconds == 0 || (seconds >= 1 && seconds <= G_MAXUINT32)
             ? g_variant_new_uint32 ((guint32) seconds)
             : NULL;
}

static char *
format_duration (GVariant *value)
{
  guint32 seconds = g_variant_get_uint32 (value);

  if (seconds == 0 || seconds % 60)
    return g_strdup_printf ("%u", seconds);
  return seconds % 3600 ? g_strdup_printf ("%umin", seconds / 60)
                        : g_strdup_printf ("%uh", seconds / 3600);
}

static GVariant *
parse_size (const GbxSetting *self, const char *text)
{
  g_auto (GStrv) by_sign = g_strsplit (text, "×", -1);
  g_autofree char *plain = g_strjoinv ("x", by_sign);
  g_auto (GStrv) parts = g_strsplit_set (plain, "xX", -1);
  guint64 width, height;

  if (g_strv_length (parts) != 2 ||
      !g_ascii_string_to_unsigned (parts[0], 10, 0, G_MAXUINT32, &width, NULL) ||
      !g_ascii_string_to_unsigned (parts[1], 10, 0, G_MAXUINT32, &height, NULL))
    return NULL;
  return g_variant_new ("(uu)", (guint32) width, (guint32) height);
}

static char *
format_size (GVariant *value)
{
  guint32 width, height;

  g_variant_get (value, "(uu)", &width, &height);
  return g_strdup_printf ("%ux%u", width, height);
}

static char *
format_text (GVariant *value)
{
  return g_variant_dup_string (value, NULL);
}

static const Kind kinds[] = {
  [GBX_KIND_SWITCH] = { "b", parse_switch, format_switch, N_ ("use on or off") },
  [GBX_KIND_CHOICE] = { "s", parse_text, format_text, NULL },
  [GBX_KIND_INTEGER] = { "u", parse_integer, format_integer, N_ ("use a whole number") },
  [GBX_KIND_BYTES] = { "t", parse_bytes, format_bytes, N_ ("write it as in 512M or 2G") },
  [GBX_KIND_DURATION] = { "u", parse_duration, format_duration,
                          N_ ("write it as in 90, 15min or 2h") },
  [GBX_KIND_SIZE] = { "(uu)", parse_size, format_size, N_ ("write it as in 1280x800") },
  [GBX_KIND_TEXT] = { "s", parse_text, format_text, N_ ("use one line of text in UTF-8") },
  [GBX_KIND_PATH] = { "ay", parse_path, format_path, N_ ("use an absolute path") },
};

const GVariantType *
gbx_setting_get_type (const GbxSetting *self)
{
  return G_VARIANT_TYPE (kinds[self->kind].type);
}

/* --------------------------------------------------------------- checks -- */

static void
set_error (const char *origin, const char *text, const char *hint, GError **error)
{
  g_autofree char *shown = g_utf8_make_valid (text, MIN ((gssize) strlen (text), 200));

  g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID, _ ("%s cannot be “%s”: %s"), origin, shown,
               hint);
}

static void
get_range (const GbxSetting *self, gboolean desktop, guint64 *minimum, guint64 *maximum)
{
  *minimum = self->minimum;
  *maximum = self->maximum ? self->maximum : G_MAXUINT64;
  if (self->get_range)
    self->get_range (desktop, minimum, maximum);
}

static char *
format_number (const GbxSetting *self, guint64 number)
{
  g_autoptr (GVariant) value = g_variant_ref_sink (
      self->kind == GBX_KIND_BYTES ? g_variant_new_uint64 (number & ~G_GUINT64_CONSTANT (0xfffff))
                                   : g_variant_new_uint32 ((guint32) MIN (number, G_MAXUINT32)));

  return self->kind == GBX_KIND_SIZE ? g_strdup_printf ("%" G_GUINT64_FORMAT, number)
                                     : kinds[self->kind].format (value);
}

static gboolean
check_range (const GbxSetting *self, guint64 number, GVariant *value, gboolean desktop,
             const char *origin, GError **error)
{
  g_autofree char *text = NULL, *least = NULL, *most = NULL, *hint = NULL;
  guint64 minimum, maximum;

  get_range (self, desktop, &minimum, &maximum);
  if ((number >= minimum && number <= maximum) || (number == 0 && self->zero_is_unlimited))
    return TRUE;
  text = gbx_setting_format (self, value);
  least = format_number (self, minimum);
  most = format_number (self, maximum);
  hint = g_strdup_printf (self->get_range ? _ ("use %s to %s on this computer")
                                          : _ ("use %s to %s"),
                          least, most);
  set_error (origin, text, hint, error);
  return FALSE;
}

static gboolean
check_choice (const GbxSetting *self, const char *text, const char *origin, GError **error)
{
  g_autofree char *list = NULL, *hint = NULL;

  if (g_strv_contains (self->words, text))
    return TRUE;
  list = g_strjoinv (", ", (char **) self->words);
  hint = self->hint ? g_strdup (_ (self->hint)) : g_strdup_printf (_ ("use one of %s"), list);
  set_error (origin, text, hint, error);
  return FALSE;
}

static gboolean
check_text (const GbxSetting *self, const char *text, const char *origin, GError **error)
{
  g_autofree char *fault = NULL;

  for (const char *at = text; *at; at++)
    if (g_ascii_iscntrl (*at))
      {
        set_error (origin, text, _ ("use one line of text without control characters"), error);
        return FALSE;
      }
  if (self->pattern && !g_regex_match_simple (self->pattern, text, G_REGEX_DOLLAR_ENDONLY, 0))
    {
      set_error (origin, text, _ (self->hint), error);
      return FALSE;
    }
  fault = self->find_fault ? self->find_fault (text) : NULL;
  if (fault)
    set_error (origin, text, fault, error);
  return !fault;
}

static gboolean
check_path (const GbxSetting *self, const char *path, const char *origin, GError **error)
{
  if (g_path_is_absolute (path))
    return TRUE;
  set_error (origin, path, _ (kinds[GBX_KIND_PATH].how), error);
  return FALSE;
}

gboolean
gbx_setting_check (const GbxSetting *self, GVariant *value, gboolean desktop,
                   const char *origin, GError **error)
{
  guint32 width, height;

  if (!g_variant_is_of_type (value, gbx_setting_get_type (self)))
    {
      g_autofree char *text = g_variant_print (value, FALSE);

      set_error (origin, text, self->kind == GBX_KIND_CHOICE ? _ ("it has another type")
                                                           : _ (kinds[self->kind].how), error);
      return FALSE;
    }
  switch (self->kind)
    {
    case GBX_KIND_CHOICE:
      return check_choice (self, g_variant_get_string (value, NULL), origin, error);
    case GBX_KIND_INTEGER:
    case GBX_KIND_DURATION:
      return check_range (self, g_variant_get_uint32 (value), value, desktop, origin, error);
    case GBX_KIND_BYTES:
      return check_range (self, g_variant_get_uint64 (value), value, desktop, origin, error);
    case GBX_KIND_SIZE:
      g_variant_get (value, "(uu)", &width, &height);
      return check_range (self, width, value, desktop, origin, error) &&
             check_range (self, height, value, desktop, origin, error);
    case GBX_KIND_TEXT:
      return check_text (self, g_variant_get_string (value, NULL), origin, error);
    case GBX_KIND_PATH:
      return check_path (self, g_variant_get_bytestring (value), origin, error);
    case GBX_KIND_SWITCH:
    default:
      return TRUE;
    }
}

/* ------------------------------------------------------ texts and values -- */

GVariant *
gbx_setting_parse (const GbxSetting *self, const char *text, gboolean desktop,
                   const char *origin, GError **error)
{
  g_autoptr (GVariant) value = kinds[self->kind].parse (self, text);

  if (!value)
    {
      set_error (origin, text, self->kind == GBX_KIND_CHOICE ? _ ("it is not UTF-8")
                                                           : _ (kinds[self->kind].how), error);
      return NULL;
    }
  g_variant_ref_sink (value);
  return gbx_setting_check (self, value, desktop, origin, error) ? g_steal_pointer (&value) : NULL;
}

char *
gbx_setting_format (const GbxSetting *self, GVariant *value)
{
  return kinds[self->kind].format (value);
}

GVariant *
gbx_setting_get_default (const GbxSetting *self, gboolean desktop)
{
  GVariant *value = NULL;

  if (self->get_default)
    value = self->get_default (desktop);
  else if (self->kind == GBX_KIND_CHOICE)
    value = g_variant_new_string (self->words[0]);
  else if (self->kind == GBX_KIND_SWITCH)
    value = g_variant_new_boolean (FALSE);
  else if (self->kind == GBX_KIND_INTEGER || self->kind == GBX_KIND_DURATION)
    value = g_variant_new_uint32 (0);
  else if (self->kind == GBX_KIND_BYTES)
    value = g_variant_new_uint64 (0);
  else
    value = self->kind == GBX_KIND_PATH ? g_variant_new_bytestring ("") : g_variant_new_string ("");
  return g_variant_ref_sink (value);
}

const char *
gbx_setting_get_title (const GbxSetting *self, guint index)
{
  return self->titles ? _ (self->titles[index]) : self->words[index];
}

const char *
gbx_platform_get_name (GbxPlatform platform)
{
  static const char *const names[] = { "qemu session", "qemu system", "lxc" };

  return names[platform];
}

guint
gbx_setting_get_index (const GbxSetting *self, GVariant *value)
{
  const char *word = g_variant_get_string (value, NULL);
  guint i = 0;

  while (self->words[i] && !g_str_equal (self->words[i], word))
    i++;
  g_return_val_if_fail (self->words[i], 0);
  return i;
}

static guint64
rank (const GbxSetting *self, GVariant *value)
{
  guint32 width, height;
  guint64 number;

  switch (self->kind)
    {
    case GBX_KIND_SWITCH:
      return g_variant_get_boolean (value);
    case GBX_KIND_CHOICE:
      return gbx_setting_get_index (self, value);
    case GBX_KIND_SIZE:
      g_variant_get (value, "(uu)", &width, &height);
      return (guint64) width * height;
    case GBX_KIND_INTEGER:
    case GBX_KIND_DURATION:
      number = g_variant_get_uint32 (value);
      break;
    case GBX_KIND_BYTES:
      number = g_variant_get_uint64 (value);
      break;
    case GBX_KIND_TEXT:
    case GBX_KIND_PATH:
    default:
      return 0;
    }
  return number == 0 && self->zero_is_unlimited ? G_MAXUINT64 : number;
}

gboolean
gbx_setting_is_wider (const GbxSetting *self, GVariant *value, GVariant *than)
{
  guint64 a = rank (self, value), b = rank (self, than);

  if (self->wider == GBX_WIDER_NEITHER)
    return FALSE;
  return self->wider == GBX_WIDER_HIGHER ? a > b : a < b;
}
