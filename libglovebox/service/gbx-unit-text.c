/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-unit"

#include "config.h"

#include "gbx-unit-text.h"

#include "gbx-error.h"

#include <glib/gi18n-lib.h>
#include <signal.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

/* ---------------------------------------------------------------- names -- */

/* The escapes of systemd-escape(1): "-" is "/", "\x2d" a byte. */
static char *
unescape_name (const char *text)
{
  GString *out = g_string_new (NULL);

  while (*text)
    {
      if (*text == '-')
        g_string_append_c (out, '/');
      else if (text[0] == '\\' && text[1] == 'x' && g_ascii_isxdigit (text[2])
               && g_ascii_isxdigit (text[3]))
        {
          g_string_append_c (out, (char) (g_ascii_xdigit_value (text[2]) * 16
                                          + g_ascii_xdigit_value (text[3])));
          text += 3;
        }
      else
        g_string_append_c (out, *text);
      text++;
    }
  return g_string_free (out, FALSE);
}

char *
gbx_unit_get_instance (const char *unit, gboolean unescape)
{
  const char *at = strchr (unit, '@');
  const char *dot = strrchr (unit, '.');
  g_autofree char *instance = at ? g_strndup (at + 1, dot ? dot - at - 1 : (gssize) strlen (at + 1))
                                 : g_strdup ("");

  return unescape ? unescape_name (instance) : g_steal_pointer (&instance);
}

static char *
get_prefix (const char *unit)
{
  const char *end = strchr (unit, '@');

  if (!end)
    end = strrchr (unit, '.');
  return end ? g_strndup (unit, end - unit) : g_strdup (unit);
}

static char *
without_suffix (const char *unit)
{
  const char *dot = strrchr (unit, '.');

  return dot ? g_strndup (unit, dot - unit) : g_strdup (unit);
}

/* The last part after a dash. */
static char *
last_part (const char *unit, gboolean unescape)
{
  g_autofree char *prefix = get_prefix (unit);
  const char *dash = strrchr (prefix, '-');
  const char *part = dash ? dash + 1 : prefix;

  return unescape ? unescape_name (part) : g_strdup (part);
}

static char *
unescape_path (const char *unit)
{
  g_autofree char *instance = gbx_unit_get_instance (unit, TRUE);
  g_autofree char *prefix = get_prefix (unit);
  g_autofree char *plain = *instance ? g_strdup (instance) : unescape_name (prefix);

  return g_strconcat ("/", plain + strspn (plain, "/"), NULL);
}

static char *
get_kernel (gboolean version)
{
  struct utsname name;

  return g_strdup (uname (&name) == 0 ? (version ? name.release : name.machine) : "");
}

static char *
get_boot_id (void)
{
  char *text = NULL;

  if (!g_file_get_contents ("/proc/sys/kernel/random/boot_id", &text, NULL, NULL))
    return g_strdup ("");
  g_strdelimit (g_strstrip (text), "-", '\n');
  for (char *from = text, *to = text;; from++)
    {
      if (*from != '\n')
        *to++ = *from;
      if (!*from)
        break;
    }
  return text;
}

static char *
get_short_host (const GbxUnitNames *names)
{
  return g_strndup (names->host_name, strcspn (names->host_name, "."));
}

/* (nullable): nothing has that letter.  Folders are those of a system service. */
static char *
get_specifier (char letter, const GbxUnitNames *names)
{
  switch (letter)
    {
    case 'n': return g_strdup (names->unit);
    case 'N': return without_suffix (names->unit);
    case 'p': return get_prefix (names->unit);
    case 'P': { g_autofree char *prefix = get_prefix (names->unit); return unescape_name (prefix); }
    case 'i': return gbx_unit_get_instance (names->unit, FALSE);
    case 'I': return gbx_unit_get_instance (names->unit, TRUE);
    case 'j': return last_part (names->unit, FALSE);
    case 'J': return last_part (names->unit, TRUE);
    case 'f': return unescape_path (names->unit);
    case 'y': return g_strdup (names->unit_path);
    case 'Y': return g_path_get_dirname (names->unit_path);
    case 'H': case 'q': return g_strdup (names->host_name);
    case 'l': return get_short_host (names);
    case 'm': return g_strdup (names->machine_id);
    case 'u': return g_strdup (names->user);
    case 'U': return g_strdup_printf ("%u", (guint) getuid ());
    case 'g': return g_strdup (names->group);
    case 'G': return g_strdup_printf ("%u", (guint) getgid ());
    case 'h': return g_strdup (names->home);
    case 's': return g_strdup (names->shell);
    case 't': return g_strdup ("/run");
    case 'S': return g_strdup ("/var/lib");
    case 'C': return g_strdup ("/var/cache");
    case 'L': return g_strdup ("/var/log");
    case 'E': return g_strdup ("/etc");
    case 'T': return g_strdup ("/tmp");
    case 'V': return g_strdup ("/var/tmp");
    case 'b': return get_boot_id ();
    case 'v': return get_kernel (TRUE);
    case 'a': { g_autofree char *machine = get_kernel (FALSE); return g_strdelimit (g_strdup (machine), "_", '-'); }
    case 'o': return g_get_os_info (G_OS_INFO_KEY_ID);
    case 'w': return g_get_os_info (G_OS_INFO_KEY_VERSION_ID);
    case '%': return g_strdup ("%");
    default: return NULL;
    }
}

char *
gbx_unit_expand (const char *text, const GbxUnitNames *names, GError **error)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (const char *at = text; *at; at++)
    {
      g_autofree char *value = NULL;

      if (*at != '%' || !at[1])
        {
          g_string_append_c (out, *at);
          continue;
        }
      value = get_specifier (*++at, names);
      if (!value)
        {
          g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                       _ ("“%%%c” in “%s” stands for nothing in a sandbox"), *at, text);
          return NULL;
        }
      g_string_append (out, value);
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* ---------------------------------------------------------------- words -- */

static int
read_digits (const char *text, guint n, guint base)
{
  int value = 0;

  for (guint i = 0; i < n; i++)
    {
      int digit = base == 8 ? (text[i] >= '0' && text[i] <= '7' ? text[i] - '0' : -1)
                            : g_ascii_xdigit_value (text[i]);

      if (digit < 0)
        return -1;
      value = value * (int) base + digit;
    }
  return value;
}

/* What follows a backslash; how many characters of it were taken, 0 for none that is known. */
static guint
take_escape (GString *out, const char *at)
{
  static const char from[] = "abfnrtvs\\\"'";
  static const char to[] = "\a\b\f\n\r\t\v \\\"'";
  const char *found = *at ? strchr (from, *at) : NULL;
  guint digits = *at == 'x' ? 2 : *at == 'u' ? 4 : *at == 'U' ? 8 : 0;
  int value;

  if (found)
    {
      g_string_append_c (out, to[found - from]);
      return 1;
    }
  if (digits > 0)
    {
      value = read_digits (at + 1, digits, 16);
      if (value <= 0 || (digits > 2 && !g_unichar_validate ((gunichar) value)))
        return 0;
      if (digits == 2)
        g_string_append_c (out, (char) value);
      else
        g_string_append_unichar (out, (gunichar) value);
      return 1 + digits;
    }
  value = read_digits (at, 3, 8);
  if (value <= 0 || value > 255)
    return 0;
  g_string_append_c (out, (char) value);
  return 3;
}

static const char *
take_word (const char *at, GString *word, gboolean *closed)
{
  char quote = 0;

  for (; *at && (quote || !g_ascii_isspace (*at)); at++)
    if (quote ? *at == quote : *at == '"' || *at == '\'')
      quote = quote ? 0 : *at;
    else if (*at == '\\' && at[1])
      {
        guint n = take_escape (word, at + 1);

        /* An unknown one stays as it is. */
        if (n == 0)
          g_string_append_c (word, *at);
        at += n;
      }
    else
      g_string_append_c (word, *at);
  *closed = !quote;
  return at;
}

char **
gbx_unit_split (const char *text, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  const char *at = text;

  for (;;)
    {
      g_autoptr (GString) word = g_string_new (NULL);
      gboolean closed;

      while (g_ascii_isspace (*at))
        at++;
      if (!*at)
        return g_strv_builder_end (builder);
      at = take_word (at, word, &closed);
      if (!closed)
        {
          g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID, _ ("A quote in “%s” is not closed"), text);
          return NULL;
        }
      g_strv_builder_add (builder, word->str);
    }
}

/* ---------------------------------------------------------------- times -- */

static const struct
{
  const char *name;
  double milliseconds;
} time_units[] = {
  { "us", 0.001 },       { "usec", 0.001 },     { "µs", 0.001 },        { "ms", 1 },
  { "msec", 1 },         { "s", 1000 },         { "sec", 1000 },        { "second", 1000 },
  { "seconds", 1000 },   { "m", 60e3 },         { "min", 60e3 },        { "minute", 60e3 },
  { "minutes", 60e3 },   { "h", 3600e3 },       { "hr", 3600e3 },       { "hour", 3600e3 },
  { "hours", 3600e3 },   { "d", 86400e3 },      { "day", 86400e3 },     { "days", 86400e3 },
  { "w", 604800e3 },     { "week", 604800e3 },  { "weeks", 604800e3 },  { "month", 2629800e3 },
  { "months", 2629800e3 }, { "y", 31557600e3 }, { "year", 31557600e3 }, { "years", 31557600e3 },
};

static gboolean
find_time_unit (const char *text, gsize length, double *factor)
{
  for (guint i = 0; i < G_N_ELEMENTS (time_units); i++)
    if (strlen (time_units[i].name) == length && strncmp (time_units[i].name, text, length) == 0)
      {
        *factor = time_units[i].milliseconds;
        return TRUE;
      }
  return FALSE;
}

gboolean
gbx_unit_parse_time (const char *text, guint64 *milliseconds)
{
  double sum = 0;
  const char *at = text + strspn (text, " \t");

  if (g_str_equal (at, "infinity"))
    {
      *milliseconds = G_MAXUINT64;
      return TRUE;
    }
  if (!*at)
    return FALSE;
  while (*at)
    {
      char *end;
      double number, factor = 1000;
      gsize length;

      if (!g_ascii_isdigit (*at) && *at != '.')
        return FALSE;
      number = g_ascii_strtod (at, &end);
      at = end + strspn (end, " \t");
      length = strcspn (at, " \t0123456789.");
      if (end == text || (length > 0 && !find_time_unit (at, length, &factor)))
        return FALSE;
      sum += number * factor;
      at += length + strspn (at + length, " \t");
    }
  if (sum >= (double) G_MAXINT64)
    return FALSE;
  *milliseconds = sum > 0 && sum < 1 ? 1 : (guint64) sum;
  return TRUE;
}

/* -------------------------------------------------------------- the rest -- */

gboolean
gbx_unit_parse_boolean (const char *text, gboolean *value)
{
  static const char *const words[][2] = { { "no", "yes" }, { "false", "true" }, { "off", "on" },
                                          { "0", "1" },    { "n", "y" },        { "f", "t" } };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    for (guint j = 0; j < 2; j++)
      if (g_ascii_strcasecmp (text, words[i][j]) == 0)
        {
          *value = j == 1;
          return TRUE;
        }
  return FALSE;
}

int
gbx_unit_parse_signal (const char *text)
{
  guint64 number;

  if (g_ascii_string_to_unsigned (text, 10, 1, 64, &number, NULL))
    return (int) number;
  if (g_str_has_prefix (text, "SIG"))
    text += 3;
  for (int i = 1; i < 32; i++)
    if (g_strcmp0 (sigabbrev_np (i), text) == 0)
      return i;
  if (g_str_equal (text, "RTMIN"))
    return SIGRTMIN;
  if (g_str_has_prefix (text, "RTMIN+") && g_ascii_string_to_unsigned (text + 6, 10, 1, 30, &number, NULL))
    return SIGRTMIN + (int) number;
  return 0;
}

gboolean
gbx_unit_parse_size (const char *text, guint64 *value)
{
  static const char suffixes[] = "BKMGTPE";
  char *end;
  const char *suffix;
  double number;

  if (g_str_equal (text, "infinity") || g_str_equal (text, "unlimited"))
    {
      *value = G_MAXUINT64;
      return TRUE;
    }
  if (!g_ascii_isdigit (*text))
    return FALSE;
  number = g_ascii_strtod (text, &end);
  suffix = *end ? strchr (suffixes, *end) : suffixes;
  if (!suffix || (*end && end[1]))
    return FALSE;
  number *= (double) (G_GUINT64_CONSTANT (1) << (10 * (suffix - suffixes)));
  if (number >= 1.8e19)
    return FALSE;
  *value = (guint64) number;
  return TRUE;
}

/* --------------------------------------------------------- environments -- */

static void
add_assignment (GStrvBuilder *builder, GString *key, GString *value)
{
  g_autofree char *name = g_strstrip (g_strdup (key->str));
  g_autofree char *assignment = g_strconcat (name, "=", value->str, NULL);

  if (*name && (g_ascii_isalpha (*name) || *name == '_')
      && strspn (name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")
             == strlen (name))
    g_strv_builder_add (builder, assignment);
}

/* A value goes to the end of its line; quotes may hold several lines, a backslash joins two. */
static const char *
take_value (const char *at, GString *value)
{
  char quote = 0;
  gsize kept = 0;

  at += strspn (at, " \t");
  for (; *at && (quote || *at != '\n'); at++)
    if (*at == '\\' && at[1] && quote != '\'')
      {
        at++;
        if (*at == '\n')
          continue;
        if (quote == '"' && !strchr ("\"\\`$", *at))
          g_string_append_c (value, '\\');
        g_string_append_c (value, *at);
        kept = value->len;
      }
    else if (quote ? *at == quote : (*at == '"' || *at == '\''))
      {
        quote = quote ? 0 : *at;
        kept = value->len;
      }
    else
      {
        g_string_append_c (value, *at);
        if (quote || !g_ascii_isspace (*at))
          kept = value->len;
      }
  g_string_truncate (value, kept);
  return at;
}

char **
gbx_unit_parse_environment (const char *text)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  const char *at = text;

  while (*at)
    {
      g_autoptr (GString) key = g_string_new (NULL);
      g_autoptr (GString) value = g_string_new (NULL);

      at += strspn (at, " \t\r\n");
      if (*at == '#' || *at == ';')
        {
          at += strcspn (at, "\n");
          continue;
        }
      for (; *at && *at != '=' && *at != '\n'; at++)
        g_string_append_c (key, *at);
      if (*at != '=')
        continue;
      at = take_value (at + 1, value);
      add_assignment (builder, key, value);
    }
  return g_strv_builder_end (builder);
}
