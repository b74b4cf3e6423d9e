/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-launch-options.h"
#include "gbx-profile-store.h"

G_BEGIN_DECLS

/* The verbs of "glovebox profile", each with its own arguments; argv[0] is the verb.  Each
 * returns FALSE with an error if it could not do all. */
gboolean gbx_profile_list (int argc, char **argv, GError **error);
gboolean gbx_profile_show (int argc, char **argv, GError **error);
gboolean gbx_profile_new (int argc, char **argv, GError **error);
gboolean gbx_profile_copy (int argc, char **argv, GError **error);
gboolean gbx_profile_edit (int argc, char **argv, GError **error);
gboolean gbx_profile_set (int argc, char **argv, GError **error);
gboolean gbx_profile_reset (int argc, char **argv, GError **error);
gboolean gbx_profile_delete (int argc, char **argv, GError **error);
gboolean gbx_profile_validate (int argc, char **argv, GError **error);
gboolean gbx_profile_diff (int argc, char **argv, GError **error);
gboolean gbx_profile_import (int argc, char **argv, GError **error);
gboolean gbx_profile_export (int argc, char **argv, GError **error);

/* Parses the options of a verb, and checks how many arguments follow; @most -1: any number.
 * What they are called is for --help: "NAME [KEY]". */
gboolean gbx_profile_parse (int *argc, char ***argv, const GOptionEntry *entries,
                            const char *arguments, int least, int most, GError **error);
/* The same, with the options of the table of settings. */
gboolean gbx_profile_parse_with (int *argc, char ***argv, const GOptionEntry *entries,
                                 GbxLaunchOptions *options, const char *arguments, int least,
                                 int most, GError **error);

G_END_DECLS
