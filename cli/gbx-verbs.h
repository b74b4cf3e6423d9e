/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-policy.h"

G_BEGIN_DECLS

/* One file per verb; argv[0] is the verb.  Each returns the exit status. */
int gbx_verb_desktop (int argc, char **argv);
int gbx_verb_run (int argc, char **argv);
int gbx_verb_open (int argc, char **argv);
int gbx_verb_exec (int argc, char **argv);
int gbx_verb_list (int argc, char **argv);
int gbx_verb_top (int argc, char **argv);
int gbx_verb_stop (int argc, char **argv);
int gbx_verb_pause (int argc, char **argv);
int gbx_verb_resume (int argc, char **argv);
int gbx_verb_get (int argc, char **argv);
int gbx_verb_put (int argc, char **argv);
int gbx_verb_profile (int argc, char **argv);
int gbx_verb_home (int argc, char **argv);
int gbx_verb_launcher (int argc, char **argv);
int gbx_verb_service (int argc, char **argv);
int gbx_verb_set (int argc, char **argv);
int gbx_verb_settings (int argc, char **argv);
int gbx_verb_doctor (int argc, char **argv);

/* Glovebox's own failures: like those of env(1), timeout(1) and nohup(1). */
#define GBX_STATUS_FAILURE 125

/* "glovebox: " and the message, on stderr. */
void gbx_complain (const char *format, ...) G_GNUC_PRINTF (1, 2);

/* Warns if root starts a sandbox. */
void gbx_warn_root (void);
/* (element-type utf8) */
void gbx_warn_all (GPtrArray *warnings);
/* Warns of shares that give more access than to their files. */
void gbx_warn_shares (GbxPolicy *policy);

G_END_DECLS
