/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-profile"

#include "config.h"

#include "gbx-summary-private.h"

#include "gbx-paths.h"
#include "gbx-publication.h"

#include <glib/gi18n-lib.h>

/* What a sandbox may do, line by line. */

/* More than a launch accepts. */
#define SHARES_MAX 64

void
gbx_summary_line_free (GbxSummaryLine *self)
{
  g_free (self->icon_name);
  g_free (self->text);
  g_free (self->detail);
  g_free (self);
}

/* Takes the texts. */
static void
add (GPtrArray *lines, const char *category, const char *icon_name, GbxSeverity severity,
     char *text, char *detail)
{
  GbxSummaryLine *line = g_new0 (GbxSummaryLine, 1);

  line->category = category;
  line->icon_name = g_strdup (icon_name);
  line->severity = severity;
  line->text = text;
  line->detail = detail;
  g_ptr_array_add (lines, line);
}

static void
add_network (GPtrArray *lines, GbxFacts *facts)
{
  g_autofree char *mode = gbx_facts_get_word (facts, "network.mode");

  g_autofree char *ports = gbx_facts_get_word (facts, "network.publish");

  if (g_str_equal (mode, "none"))
    add (lines, "network", "network-offline-symbolic", GBX_SEVERITY_USUAL,
         g_strdup (_ ("It has no network")), NULL);
  else if (g_str_equal (mode, "published"))
    add (lines, "network", "network-offline-symbolic", GBX_SEVERITY_USUAL,
         g_strdup (_ ("It reaches nothing: others can reach its published ports")), NULL);
  else
    add (lines, "network", "network-transmit-receive-symbolic", GBX_SEVERITY_NOTABLE,
         g_strdup (_ ("It reaches the Internet and your local network, but not this computer")),
         NULL);
}

/* Without a network nothing is published. */
static void
add_ports (GPtrArray *lines, GbxFacts *facts)
{
  g_autofree char *mode = gbx_facts_get_word (facts, "network.mode");
  g_autofree char *text = gbx_facts_get_word (facts, "network.publish");
  g_autoptr (GPtrArray) ports = *text ? gbx_publications_parse (text, NULL) : NULL;

  for (guint i = 0; ports && i < ports->len && !g_str_equal (mode, "none"); i++)
    {
      const GbxPublication *port = ports->pdata[i];
      g_autofree char *place = gbx_publication_format_place (port);
      gboolean open = gbx_publication_is_open (port);

      add (lines, "network", "network-server-symbolic",
           open ? GBX_SEVERITY_RISKY : GBX_SEVERITY_NOTABLE,
           g_strdup_printf (port->is_udp ? _ ("Its UDP port %u can be reached at %s")
                                         : _ ("Its port %u can be reached at %s"),
                            port->inside, place),
           g_strdup (open ? _ ("Other computers can connect to it")
                          : _ ("Only programs of this computer can connect to it")));
    }
}

/* --------------------------------------------------------------- files -- */

static char *
describe_asked (GbxShareFact *share)
{
  g_autofree char *name = gbx_path_show (share->name);

  if (share->writable)
    return g_strdup_printf (_ ("It can change a file or folder that you choose at each start: %s"),
                            name);
  return g_strdup_printf (_ ("It sees a file or folder that you choose at each start: %s"), name);
}

static char *
describe_share (GbxShareFact *share)
{
  g_autofree char *shown = gbx_path_show (share->path);

  if (!share->exists)
    return share->writable
               ? g_strdup_printf (_ ("It can change %s, which does not exist as yet"), shown)
               : g_strdup_printf (_ ("It sees %s, which does not exist as yet"), shown);
  if (share->is_folder)
    return share->writable
               ? g_strdup_printf (_ ("It can change and delete everything in %s"), shown)
               : g_strdup_printf (_ ("It sees everything in %s, read-only"), shown);
  return share->writable ? g_strdup_printf (_ ("It can change the file %s"), shown)
                         : g_strdup_printf (_ ("It sees the file %s, read-only"), shown);
}

static char *
describe_place (GbxShareFact *share)
{
  g_autofree char *shown = share->guest_path ? gbx_path_show (share->guest_path) : NULL;

  return shown ? g_strdup_printf (_ ("In the sandbox it is %s"), shown) : NULL;
}

static void
add_share (GPtrArray *lines, GbxShareFact *share)
{
  GbxSeverity severity = share->writable ? GBX_SEVERITY_NOTABLE : GBX_SEVERITY_USUAL;
  char *risk = share->path ? gbx_share_risk (share->path, share->writable) : NULL;
  const char *icon_name = share->writable ? "document-edit-symbolic" : "folder-symbolic";

  if (!share->path)
    {
      add (lines, "files", icon_name, severity, describe_asked (share), describe_place (share));
      return;
    }
  if (!risk && share->fault)
    /* No launch gets it, for now, but the profile wants it. */
    add (lines, "files", icon_name, GBX_SEVERITY_NOTABLE, describe_share (share),
         g_strdup (share->fault));
  else
    add (lines, "files", icon_name, risk ? GBX_SEVERITY_RISKY : severity, describe_share (share),
         risk ? risk : describe_place (share));
}

static void
add_shares (GPtrArray *lines, GbxFacts *facts)
{
  GPtrArray *shares = gbx_facts_get_shares (facts);

  for (guint i = 0; i < MIN (shares->len, SHARES_MAX); i++)
    add_share (lines, shares->pdata[i]);
  if (shares->len > SHARES_MAX)
    add (lines, "files", "folder-symbolic", GBX_SEVERITY_RISKY,
         g_strdup_printf (_ ("It sees %u more files and folders"), shares->len - SHARES_MAX),
         g_strdup (_ ("No launch accepts that many")));
  if (shares->len == 0)
    add (lines, "files", "folder-symbolic", GBX_SEVERITY_USUAL,
         g_strdup (_ ("It sees none of your files but those that you open with it")), NULL);
}

static void
add_home (GPtrArray *lines, GbxFacts *facts)
{
  g_autofree char *home = gbx_facts_get_word (facts, "files.home");
  char *text = NULL;

  if (g_str_equal (home, "temporary"))
    text = g_strdup (_ ("It starts with an empty home; what it saves there is thrown away"));
  else if (g_str_equal (home, "template"))
    text = g_strdup (_ ("It starts with a prepared home; changes to it are thrown away"));
  else
    text = g_strdup (_ ("It keeps a home of its own; your home is another one"));
  add (lines, "files", "user-home-symbolic", GBX_SEVERITY_USUAL, text, NULL);
}

/* -------------------------------------------------------------- others -- */

static void
add_devices (GPtrArray *lines, GbxFacts *facts)
{
  g_autofree char *on = gbx_summary_devices (facts, TRUE);
  g_autofree char *off = gbx_summary_devices (facts, FALSE);

  if (on)
    add (lines, "devices", "audio-input-microphone-symbolic", GBX_SEVERITY_NOTABLE,
         g_strdup_printf (_ ("It uses: %s"), on), NULL);
  if (off)
    add (lines, "devices", "changes-prevent-symbolic", GBX_SEVERITY_USUAL,
         g_strdup_printf (_ ("It does not reach: %s"), off), NULL);
}

static void
add_resources (GPtrArray *lines, GbxFacts *facts)
{
  g_autofree char *resources = gbx_summary_resources (facts);
  g_autofree char *limits = gbx_summary_limits (facts);
  guint seconds = (guint)gbx_facts_get_number (facts, "lifecycle.timeout");
  g_autofree char *duration = gbx_summary_duration (seconds);

  add (lines, "resources", "drive-harddisk-solidstate-symbolic", GBX_SEVERITY_USUAL,
       g_strdup_printf (_ ("It gets %s"), resources), NULL);
  if (limits)
    add (lines, "resources", "power-profile-balanced-symbolic", GBX_SEVERITY_USUAL,
         g_strdup (_ ("It has limits of its own")), g_strdup (limits));
  if (seconds > 0)
    add (lines, "resources", "alarm-symbolic", GBX_SEVERITY_USUAL,
         g_strdup_printf (_ ("It is stopped after %s"), duration), NULL);
}

static void
add_variables (GPtrArray *lines, GbxFacts *facts)
{
  GPtrArray *names = gbx_facts_get_variables (facts);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *shown = gbx_path_show (names->pdata[i]);

      g_string_append_printf (text, "%s%s", i > 0 ? _ (", ") : "", shown);
    }
  if (names->len > 0)
    add (lines, "other", "utilities-terminal-symbolic", GBX_SEVERITY_USUAL,
         g_strdup_printf (_ ("It gets these environment variables: %s"), text->str), NULL);
}

static void
add_backend (GPtrArray *lines, GbxFacts *facts)
{
  g_autofree char *kind = gbx_facts_get_word (facts, "backend.kind");

  if (g_str_equal (kind, "lxc"))
    add (lines, "other", "dialog-warning-symbolic", GBX_SEVERITY_NOTABLE,
         g_strdup (_ ("It runs in a container, not in a virtual machine")),
         g_strdup (_ ("A container shares the kernel of this computer, and isolates less")));
  else if (g_str_equal (kind, "auto"))
    add (lines, "other", "dialog-warning-symbolic", GBX_SEVERITY_NOTABLE,
         g_strdup (_ ("It may run in a container, where no virtual machine is possible")),
         g_strdup (_ ("A container shares the kernel of this computer, and isolates less")));
}

static void
add_kernel (GPtrArray *lines, GbxFacts *facts)
{
  g_autofree char *accelerator = gbx_facts_get_word (facts, "kernel.accelerator");

  if (g_str_equal (accelerator, "tcg"))
    add (lines, "other", "dialog-warning-symbolic", GBX_SEVERITY_NOTABLE,
         g_strdup (_ ("It always runs without KVM, which is slower and isolates less")), NULL);
}

/* ----------------------------------------------------------------- all -- */

typedef struct
{
  GbxSummaryLine *line;
  guint position;
} Ranked;

static int
compare (gconstpointer a, gconstpointer b)
{
  const Ranked *first = a, *second = b;

  if (first->line->severity != second->line->severity)
    return (int)second->line->severity - (int)first->line->severity;
  return (int)first->position - (int)second->position;
}

/* The riskiest first, and otherwise in their order. */
static void
sort (GPtrArray *lines)
{
  g_autoptr (GArray) ranked = g_array_new (FALSE, FALSE, sizeof (Ranked));

  for (guint i = 0; i < lines->len; i++)
    {
      Ranked one = { lines->pdata[i], i };

      g_array_append_val (ranked, one);
    }
  g_array_sort (ranked, compare);
  for (guint i = 0; i < lines->len; i++)
    lines->pdata[i] = g_array_index (ranked, Ranked, i).line;
}

GPtrArray *
gbx_summary_facts_lines (GbxFacts *facts)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func ((GDestroyNotify)gbx_summary_line_free);

  add_backend (lines, facts);
  add_network (lines, facts);
  add_ports (lines, facts);
  add_shares (lines, facts);
  add_home (lines, facts);
  add_devices (lines, facts);
  add_resources (lines, facts);
  add_variables (lines, facts);
  add_kernel (lines, facts);
  sort (lines);
  return lines;
}
