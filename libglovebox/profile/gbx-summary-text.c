/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-profile"

#include "config.h"

#include "gbx-summary-private.h"

#include "gbx-settings.h"

#include <glib/gi18n-lib.h>

/* The sentence that sums a profile up. */

#define MIB (G_GUINT64_CONSTANT (1) << 20)
#define GIB (G_GUINT64_CONSTANT (1) << 30)

char *
gbx_summary_size (guint64 bytes)
{
  if (bytes % GIB == 0)
    return g_strdup_printf (_ ("%u GiB"), (guint)(bytes / GIB));
  if (bytes % MIB == 0)
    return g_strdup_printf (_ ("%u MiB"), (guint)(bytes / MIB));
  return g_format_size_full (bytes, G_FORMAT_SIZE_IEC_UNITS);
}

char *
gbx_summary_duration (guint seconds)
{
  guint n = seconds % 3600 == 0 ? seconds / 3600 : seconds % 60 == 0 ? seconds / 60 : seconds;

  if (seconds % 3600 == 0)
    return g_strdup_printf (ngettext ("%u hour", "%u hours", n), n);
  if (seconds % 60 == 0)
    return g_strdup_printf (ngettext ("%u minute", "%u minutes", n), n);
  return g_strdup_printf (ngettext ("%u second", "%u seconds", n), n);
}

char *
gbx_summary_devices (GbxFacts *facts, gboolean on)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < gbx_settings_get_n (); i++)
    {
      const GbxSetting *setting = gbx_settings_get (i);
      g_autoptr (GVariant) value = NULL;

      if (!g_str_has_prefix (setting->key, "devices.") || setting->kind != GBX_KIND_CHOICE)
        continue;
      value = gbx_facts_get_value (facts, setting->key);
      if ((gbx_setting_get_index (setting, value) > 0) == on)
        /* Translators: between the parts of a list, as in "Clipboard, Audio". */
        g_string_append_printf (text, "%s%s", text->len > 0 ? _ (", ") : "", _ (setting->label));
    }
  return text->len > 0 ? g_strdup (text->str) : NULL;
}

char *
gbx_summary_resources (GbxFacts *facts)
{
  g_autofree char *memory = gbx_summary_size (gbx_facts_get_number (facts, "resources.memory"));
  guint n = (guint)gbx_facts_get_number (facts, "resources.cpus");
  g_autofree char *processors = g_strdup_printf (ngettext ("%u processor", "%u processors", n), n);

  /* Translators: memory and processors, as in "1 GiB, 2 processors". */
  return g_strdup_printf (_ ("%s, %s"), memory, processors);
}

/* Of memory and processors there is a line of its own. */
static gboolean
is_limit (const GbxSetting *setting)
{
  if (g_str_equal (setting->key, "resources.memory") || g_str_equal (setting->key, "resources.cpus"))
    return FALSE;
  return g_str_has_prefix (setting->key, "resources.") ||
         g_str_has_prefix (setting->key, "network.download") ||
         g_str_has_prefix (setting->key, "network.upload");
}

static char *
describe_limit (const GbxSetting *setting, GVariant *value)
{
  g_autofree char *text
      = setting->kind == GBX_KIND_CHOICE
            ? g_strdup (gbx_setting_get_title (setting, gbx_setting_get_index (setting, value)))
            : gbx_setting_format (setting, value);

  if (setting->kind == GBX_KIND_SWITCH)
    return g_strdup (_ (setting->label));
  /* Translators: a setting and its value, as in "Share of processor time: 50". */
  return g_strdup_printf (_ ("%s: %s"), _ (setting->label), text);
}

char *
gbx_summary_limits (GbxFacts *facts)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < gbx_settings_get_n (); i++)
    {
      const GbxSetting *setting = gbx_settings_get (i);
      g_autoptr (GVariant) value = NULL;
      g_autoptr (GVariant) usual = NULL;
      g_autofree char *limit = NULL;

      if (!is_limit (setting))
        continue;
      value = gbx_facts_get_value (facts, setting->key);
      usual = gbx_setting_get_default (setting, TRUE);
      if (g_variant_equal (value, usual))
        continue;
      limit = describe_limit (setting, value);
      g_string_append_printf (text, "%s%s", text->len > 0 ? _ (", ") : "", limit);
    }
  return text->len > 0 ? g_strdup (text->str) : NULL;
}

static void
add (GString *text, const char *sentence)
{
  g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", sentence);
}

static void
add_network (GString *text, GbxFacts *facts)
{
  g_autofree char *mode = gbx_facts_get_word (facts, "network.mode");

  g_autofree char *ports = gbx_facts_get_word (facts, "network.publish");

  add (text, g_str_equal (mode, "user") ? _ ("Reaches the Internet.") : _ ("Offline."));
  if (*ports && !g_str_equal (mode, "none"))
    add (text, _ ("Can be reached through published ports."));
}

static void
add_backend (GString *text, GbxFacts *facts)
{
  g_autofree char *kind = gbx_facts_get_word (facts, "backend.kind");

  if (g_str_equal (kind, "lxc"))
    add (text, _ ("Runs in a container, which shares the kernel of this computer."));
  else if (g_str_equal (kind, "auto"))
    add (text, _ ("Runs in a container where no virtual machine is possible."));
}

typedef enum
{
  FILES,
  FOLDERS,
  MIXED,
  NONE,
} Kind;

/* Of the shares with that access. */
static guint
count (GbxFacts *facts, gboolean writable, Kind *kind)
{
  GPtrArray *shares = gbx_facts_get_shares (facts);
  guint n = 0;

  *kind = NONE;
  for (guint i = 0; i < shares->len; i++)
    {
      GbxShareFact *share = shares->pdata[i];
      Kind its = !share->exists ? MIXED : share->is_folder ? FOLDERS : FILES;

      if (!share->path || share->writable != writable)
        continue;
      *kind = *kind == NONE || *kind == its ? its : MIXED;
      n++;
    }
  return n;
}

static void
add_read_only (GString *text, Kind kind, guint n)
{
  g_autofree char *sentence = g_strdup_printf (
      kind == FOLDERS ? ngettext ("Sees one folder, read-only.", "Sees %u folders, read-only.", n)
      : kind == FILES ? ngettext ("Sees one file, read-only.", "Sees %u files, read-only.", n)
                      : ngettext ("Sees one file or folder, read-only.",
                                  "Sees %u files and folders, read-only.", n),
      n);

  add (text, sentence);
}

static void
add_writable (GString *text, Kind kind, guint n)
{
  g_autofree char *sentence = g_strdup_printf (
      kind == FOLDERS ? ngettext ("Can change one folder.", "Can change %u folders.", n)
      : kind == FILES
          ? ngettext ("Can change one file.", "Can change %u files.", n)
          : ngettext ("Can change one file or folder.", "Can change %u files and folders.", n),
      n);

  add (text, sentence);
}

static void
add_asked (GString *text, guint n)
{
  g_autofree char *sentence
      = g_strdup_printf (ngettext ("Asks for one file or folder at each start.",
                                   "Asks for %u files or folders at each start.", n),
                         n);

  add (text, sentence);
}

static void
add_shares (GString *text, GbxFacts *facts)
{
  Kind read_kind, write_kind;
  guint n_all = gbx_facts_get_shares (facts)->len;
  guint n_read = count (facts, FALSE, &read_kind);
  guint n_write = count (facts, TRUE, &write_kind);

  if (n_all == 0)
    add (text, _ ("Sees none of your files."));
  if (n_read > 0)
    add_read_only (text, read_kind, n_read);
  if (n_write > 0)
    add_writable (text, write_kind, n_write);
  if (n_all > n_read + n_write)
    add_asked (text, n_all - n_read - n_write);
}

static void
add_home (GString *text, GbxFacts *facts)
{
  g_autofree char *home = gbx_facts_get_word (facts, "files.home");

  if (g_str_equal (home, "private"))
    add (text, _ ("Keeps its home."));
  else if (g_str_equal (home, "template"))
    add (text, _ ("Forgets changes to its home."));
}

static void
add_devices (GString *text, GbxFacts *facts)
{
  g_autofree char *devices = gbx_summary_devices (facts, TRUE);
  g_autofree char *sentence = devices ? g_strdup_printf (_ ("Uses: %s."), devices) : NULL;

  if (sentence)
    add (text, sentence);
}

static void
add_limits (GString *text, GbxFacts *facts)
{
  g_autofree char *resources = gbx_summary_resources (facts);
  guint seconds = (guint)gbx_facts_get_number (facts, "lifecycle.timeout");
  g_autofree char *duration = gbx_summary_duration (seconds);
  g_autofree char *sentence = g_strdup_printf (_ ("%s."), resources);
  g_autofree char *end = g_strdup_printf (_ ("Stops after %s."), duration);

  add (text, sentence);
  if (seconds > 0)
    add (text, end);
}

char *
gbx_summary_facts_sentence (GbxFacts *facts)
{
  g_autoptr (GString) text = g_string_new (NULL);

  add_backend (text, facts);
  add_network (text, facts);
  add_shares (text, facts);
  add_home (text, facts);
  add_devices (text, facts);
  add_limits (text, facts);
  return g_strdup (text->str);
}
