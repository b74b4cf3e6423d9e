/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-profile"

#include "config.h"

#include "gbx-import.h"

#include "gbx-error.h"
#include "gbx-paths.h"

#include <glib/gi18n-lib.h>
#include <libxml/parser.h>
#include <string.h>

/* The configuration of Windows Sandbox, as Microsoft documents it ("Use and configure Windows
 * Sandbox", October 2024). */

/* Characters of a command that are shown. */
#define COMMAND_MAX 400

typedef struct
{
  GbxKeyText *text;
  guint n_shares;
  GPtrArray *notes;
} Import;

static gboolean
is_called (xmlNode *node, const char *name)
{
  return node->type == XML_ELEMENT_NODE && xmlStrcasecmp (node->name, BAD_CAST name) == 0;
}

/* (transfer full): without blanks at its ends. */
static char *
content_of (xmlNode *node)
{
  xmlChar *content = xmlNodeGetContent (node);
  char *text = g_strstrip (g_strdup (content ? (const char *) content : ""));

  xmlFree (content);
  for (char *at = text; *at; at++)
    if (g_ascii_iscntrl (*at))
      *at = ' ';
  return text;
}

static void
add_network (Import *self, const char *value)
{
  gboolean off = g_ascii_strcasecmp (value, "Disable") == 0;

  gbx_key_text_set (self->text, "Network", "Mode", off ? "none" : "user");
}

static void
add_gpu (Import *self, const char *value)
{
  if (g_ascii_strcasecmp (value, "Disable") == 0)
    gbx_key_text_set (self->text, "Display", "Opengl", "off");
}

static void
add_device (Import *self, const char *name, const char *key, const char *value)
{
  if (key)
    gbx_key_text_set (self->text, "Devices", key, "off");
  if (g_ascii_strcasecmp (value, "Enable") == 0)
    gbx_import_note (self->notes, _ ("%s: Glovebox cannot share this device; it stays off"), name);
}

static void
add_memory (Import *self, const char *value)
{
  g_autofree char *memory = g_strconcat (value, "M", NULL);

  if (g_ascii_string_to_unsigned (value, 10, 1, G_MAXUINT32, NULL, NULL))
    gbx_key_text_set (self->text, "Resources", "Memory", memory);
  else
    gbx_import_note (self->notes, _ ("MemoryInMB: “%s” is not a number"), value);
}

static void
add_folder (Import *self, xmlNode *folder)
{
  g_autofree char *host = NULL;
  gboolean writable = TRUE;

  for (xmlNode *node = folder->children; node; node = node->next)
    {
      g_autofree char *value = content_of (node);

      if (is_called (node, "HostFolder"))
        host = g_strdup (value);
      else if (is_called (node, "ReadOnly"))
        writable = g_ascii_strcasecmp (value, "true") != 0;
    }
  if (!host || !*host)
    {
      gbx_import_note (self->notes, _ ("MappedFolder: it has no HostFolder, and is left out"));
      return;
    }
  gbx_import_add_share (self->text, *host == '/' ? host : NULL, writable, ++self->n_shares,
                        self->notes);
  if (*host != '/')
    gbx_import_note (self->notes,
                     _ ("MappedFolder: “%s” is a path of Windows; each launch asks for the folder"),
                     host);
}

static void
add_folders (Import *self, xmlNode *folders)
{
  for (xmlNode *node = folders->children; node; node = node->next)
    if (is_called (node, "MappedFolder"))
      add_folder (self, node);
}

/* A command from elsewhere is shown, and never run. */
static void
add_command (Import *self, const char *command)
{
  g_autofree char *shown = gbx_path_show (command);
  gboolean is_long = g_utf8_strlen (shown, -1) > COMMAND_MAX;
  g_autofree char *start = g_utf8_substring (shown, 0, is_long ? COMMAND_MAX : -1);

  gbx_import_note (self->notes, _ ("LogonCommand: this command is not run, and is left out: %s%s"),
                   start, is_long ? "…" : "");
}

static void
add_element (Import *self, xmlNode *node)
{
  static const struct
  {
    const char *name;
    const char *key; /* of [Devices] */
  } devices[] = {
    { "AudioInput", "Microphone" },
    { "VideoInput", NULL },
    { "PrinterRedirection", "Printing" },
    { "ClipboardRedirection", "Clipboard" },
  };
  g_autofree char *value = content_of (node);

  for (guint i = 0; i < G_N_ELEMENTS (devices); i++)
    if (is_called (node, devices[i].name))
      {
        add_device (self, devices[i].name, devices[i].key, value);
        return;
      }
  if (is_called (node, "Networking"))
    add_network (self, value);
  else if (is_called (node, "vGPU"))
    add_gpu (self, value);
  else if (is_called (node, "MemoryInMB"))
    add_memory (self, value);
  else if (is_called (node, "MappedFolders"))
    add_folders (self, node);
  else if (is_called (node, "LogonCommand"))
    add_command (self, value);
  else if (is_called (node, "ProtectedClient"))
    gbx_import_note (self->notes, _ ("ProtectedClient: Glovebox always confines what shows the "
                                     "sandbox's screen"));
  else
    gbx_import_note (self->notes, _ ("%s: it has no counterpart, and is left out"),
                     (const char *) node->name);
}

char *
gbx_import_wsb (const char *text, gsize length, const char *name, GPtrArray *notes, GError **error)
{
  g_autoptr (GbxKeyText) text_of_profile = gbx_import_begin ();
  Import self = { .text = text_of_profile, .notes = notes };
  xmlDoc *doc = xmlReadMemory (text, (int) MIN (length, G_MAXINT), NULL, NULL,
                               XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
  xmlNode *root = doc ? xmlDocGetRootElement (doc) : NULL;
  char *result = NULL;

  if (!root || !is_called (root, "Configuration"))
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                   _ ("%s: this is not a configuration of Windows Sandbox: the element "
                      "“Configuration” is missing, or the XML is malformed"),
                   name);
      xmlFreeDoc (doc);
      return NULL;
    }
  for (xmlNode *node = root->children; node; node = node->next)
    if (node->type == XML_ELEMENT_NODE)
      add_element (&self, node);
  result = gbx_import_end (self.text,
                           _ ("Networking: it is not set, which means on for Windows; the profile "
                              "allows outgoing connections"),
                           notes);
  xmlFreeDoc (doc);
  return result;
}
