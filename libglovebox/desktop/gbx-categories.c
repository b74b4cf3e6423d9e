/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-categories.h"

#include <stdlib.h>
#include <string.h>

/* Desktop Menu Specification 1.1, "Registered Categories", sorted.  The reserved ones (Applet,
 * Shell, …) are left out: they are for desktops' own parts. */
static const char *const registered[] = {
  "2DGraphics", "3DGraphics", "Accessibility", "ActionGame", "Adult", "AdventureGame", "Amusement",
  "ArcadeGame", "Archiving", "Art", "ArtificialIntelligence", "Astronomy", "Audio", "AudioVideo",
  "AudioVideoEditing", "Biology", "BlocksGame", "BoardGame", "Building", "Calculator", "Calendar",
  "CardGame", "Chart", "Chat", "Chemistry", "Clock", "Compression", "ComputerScience",
  "ConsoleOnly", "Construction", "ContactManagement", "Core", "DataVisualization", "Database",
  "Debugger", "DesktopSettings", "Development", "Dialup", "Dictionary", "DiscBurning",
  "Documentation", "Economy", "Education", "Electricity", "Electronics", "Email", "Emulator",
  "Engineering", "Feed", "FileManager", "FileTools", "FileTransfer", "Filesystem", "Finance",
  "FlowChart", "GNOME", "GTK", "GUIDesigner", "Game", "Geography", "Geology", "Geoscience",
  "Graphics", "HamRadio", "HardwareSettings", "History", "Humanities", "IDE", "IRCClient",
  "ImageProcessing", "InstantMessaging", "Java", "KDE", "KidsGame", "Languages", "Literature",
  "LogicGame", "Maps", "Math", "MedicalSoftware", "Midi", "Mixer", "Monitor", "Motif", "Music",
  "Network", "News", "NumericalAnalysis", "OCR", "Office", "P2P", "PDA", "PackageManager",
  "ParallelComputing", "Photography", "Physics", "Player", "Presentation", "Printing", "Profiling",
  "ProjectManagement", "Publishing", "Qt", "RasterGraphics", "Recorder", "RemoteAccess",
  "RevisionControl", "Robotics", "RolePlaying", "Scanning", "Science", "Security", "Sequencer",
  "Settings", "Shooter", "Simulation", "Spirituality", "Sports", "SportsGame", "Spreadsheet",
  "StrategyGame", "System", "TV", "Telephony", "TelephonyTools", "TerminalEmulator", "TextEditor",
  "TextTools", "Translation", "Tuner", "Utility", "VectorGraphics", "Video", "VideoConference",
  "Viewer", "WebBrowser", "WebDevelopment", "WordProcessor", "XFCE",
};

static int
compare (const void *one, const void *other)
{
  return strcmp (*(const char *const *) one, *(const char *const *) other);
}

static gboolean
is_valid (const char *category)
{
  if (g_str_has_prefix (category, "X-"))
    return strspn (category, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_.") == strlen (category);
  return bsearch (&category, registered, G_N_ELEMENTS (registered), sizeof registered[0], compare)
         != NULL;
}

char **
gbx_categories_filter (const char *const *categories)
{
  g_autoptr (GStrvBuilder) valid = g_strv_builder_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; categories && categories[i]; i++)
    {
      const char *one = categories[i];
      gboolean needs_parent = g_str_equal (one, "Audio") || g_str_equal (one, "Video");

      if (!is_valid (one) || g_hash_table_contains (seen, one))
        continue;
      /* The specification asks for both. */
      if (needs_parent && !g_strv_contains (categories, "AudioVideo") &&
          g_hash_table_add (seen, (char *) "AudioVideo"))
        g_strv_builder_add (valid, "AudioVideo");
      g_hash_table_add (seen, (char *) one);
      g_strv_builder_add (valid, one);
    }
  return g_strv_builder_end (valid);
}
