/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-unit"

#include "config.h"

#include "gbx-unit.h"

#include "gbx-error.h"
#include "gbx-paths.h"
#include "gbx-service-root.h"
#include "gbx-unit-keys.h"

#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define STANDARD_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#define ENVIRONMENT_BYTES_MAX (256 * 1024)

struct _GbxUnit
{
  GbxUnitFile *file;
  GbxUnitNames names;
  char *user, *group, *home, *shell, *host_name, *machine_id, *description;
  GPtrArray *remarks;     /* (element-type GbxUnitRemark) */
  GPtrArray *items;       /* (element-type utf8): of the description */
  GPtrArray *environment; /* (element-type utf8) */
  GPtrArray *folders, *programs; /* (element-type utf8), NULL-terminated once it is made */
  gboolean is_oneshot;
  guint64 start_ms, stop_ms, restart_ms, burst_ms;
  guint burst;
};

/* -------------------------------------------------------------- remarks -- */

static void
remark_free (gpointer data)
{
  GbxUnitRemark *remark = data;

  g_free (remark->key);
  g_free (remark->text);
  g_free (remark);
}

static gboolean
has_remark (GbxUnit *self, const char *text)
{
  for (guint i = 0; i < self->remarks->len; i++)
    if (g_str_equal (((GbxUnitRemark *) self->remarks->pdata[i])->text, text))
      return TRUE;
  return FALSE;
}

static void
add_remark (GbxUnit *self, GbxRemarkKind kind, const char *key, const char *value,
            const char *reason)
{
  GbxUnitRemark *remark;
  g_autofree char *shown = gbx_path_show (value ? value : "");
  g_autofree char *assignment = g_strconcat (key, "=", shown, NULL);
  g_autofree char *text =
      reason ? g_strdup_printf (_ ("%s: %s"), assignment, reason)
             : g_strdup_printf (_ ("%s: nothing does this in a sandbox"), assignment);

  if (has_remark (self, text))
    return;
  remark = g_new0 (GbxUnitRemark, 1);
  remark->kind = kind;
  remark->key = g_strconcat (key, "=", NULL);
  remark->text = g_steal_pointer (&text);
  g_ptr_array_add (self->remarks, remark);
}

static gboolean
is_harmless (const char *value)
{
  static const char *const words[] = { "no", "false", "off", "0", "none", "infinity", "inherit" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_ascii_strcasecmp (value, words[i]) == 0)
      return TRUE;
  return *value == '\0';
}

/* An assignment that a later one overrides does not count.  Of a list any may. */
static gboolean
counts (GbxUnit *self, const GbxUnitLine *line)
{
  g_auto (GStrv) values = gbx_unit_file_list (self->file, line->section, line->key);

  return g_strv_contains ((const char *const *) values, line->value);
}

static void
look_at_keys (GbxUnit *self)
{
  static const GbxRemarkKind kinds[] = {
    [GBX_UNIT_KEY_REPLACED] = GBX_REMARK_REPLACED, [GBX_UNIT_KEY_IGNORED] = GBX_REMARK_IGNORED,
    [GBX_UNIT_KEY_REFUSED] = GBX_REMARK_REFUSED,   [GBX_UNIT_KEY_UNKNOWN] = GBX_REMARK_IGNORED,
  };

  for (guint i = 0; i < gbx_unit_file_get_n_lines (self->file); i++)
    {
      const GbxUnitLine *line = gbx_unit_file_get_line (self->file, i);
      const char *reason;
      GbxUnitKeyKind kind = gbx_unit_key_look_up (line->section, line->key, &reason);

      if (kind <= GBX_UNIT_KEY_NOTHING || is_harmless (line->value) || !counts (self, line))
        continue;
      if (kind == GBX_UNIT_KEY_UNKNOWN)
        reason = _ ("Glovebox does not know this setting");
      add_remark (self, kinds[kind], line->key, line->value, reason);
    }
}

/* --------------------------------------------------------------- values -- */

static void
add_item (GbxUnit *self, const char *key, const char *value)
{
  g_ptr_array_add (self->items, g_strconcat (key, "=", value, NULL));
}

static void
add_number (GbxUnit *self, const char *key, guint64 value)
{
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, value);

  add_item (self, key, text);
}

static void
warn_value (GbxUnit *self, const char *key, const char *value)
{
  add_remark (self, GBX_REMARK_IGNORED, key, value, _ ("this value is not understood"));
}

static const char *
get (GbxUnit *self, const char *key)
{
  return gbx_unit_file_get (self->file, "Service", key);
}

static gboolean
get_boolean (GbxUnit *self, const char *key, gboolean otherwise)
{
  const char *text = get (self, key);
  gboolean value = otherwise;

  if (text && !gbx_unit_parse_boolean (text, &value))
    warn_value (self, key, text);
  return value;
}

/* 0 for none. */
static guint64
get_time (GbxUnit *self, const char *section, const char *key, guint64 otherwise)
{
  const char *text = gbx_unit_file_get (self->file, section, key);
  guint64 value = otherwise;

  if (text && !gbx_unit_parse_time (text, &value))
    warn_value (self, key, text);
  return value == G_MAXUINT64 ? 0 : value;
}

/* (transfer full): the words of all values, expanded. */
static char **
list_words (GbxUnit *self, const char *key, GError **error)
{
  g_auto (GStrv) values = gbx_unit_file_list (self->file, "Service", key);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; values[i]; i++)
    {
      g_auto (GStrv) words = gbx_unit_split (values[i], error);

      if (!words)
        return NULL;
      for (guint j = 0; words[j]; j++)
        {
          g_autofree char *word = gbx_unit_expand (words[j], &self->names, error);

          if (!word)
            return NULL;
          g_strv_builder_add (builder, word);
        }
    }
  return g_strv_builder_end (builder);
}

/* -------------------------------------------------------------- account -- */

static gboolean
read_account (GbxUnit *self, const char *name)
{
  struct passwd *entry = getpwnam (name);
  struct group *group = entry ? getgrgid (entry->pw_gid) : NULL;

  if (!entry)
    return FALSE;
  self->home = g_strdup (entry->pw_dir);
  self->shell = g_strdup (entry->pw_shell);
  if (!self->group)
    self->group = g_strdup (group ? group->gr_name : name);
  return TRUE;
}

static gboolean
is_account_name (const char *name)
{
  return (g_ascii_isalpha (*name) || *name == '_') && strlen (name) <= 32
         && strspn (name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.$")
                == strlen (name);
}

/* Names only: the numbers are the caller's. */
static gboolean
choose_account (GbxUnit *self, const GbxUnitContext *context, GError **error)
{
  g_autofree char *prefix = g_strdup (gbx_unit_file_get_name (self->file));
  const char *user = get (self, "User");
  const char *group = get (self, "Group");
  gboolean dynamic = get_boolean (self, "DynamicUser", FALSE);

  prefix[strcspn (prefix, "@.")] = '\0';
  self->user = g_strdup (prefix);
  self->group = g_strdup (self->user);
  self->home = g_strdup ("/");
  self->shell = g_strdup ("/usr/sbin/nologin");
  self->names.user = self->user;
  self->names.group = self->group;
  self->names.home = self->home;
  self->names.shell = self->shell;
  if (!user && !dynamic)
    user = context->account;
  if (user)
    {
      g_autofree char *expanded = gbx_unit_expand (user, &self->names, error);

      if (!expanded)
        return FALSE;
      g_free (self->user);
      self->user = g_steal_pointer (&expanded);
    }
  if (g_str_equal (self->user, "root") && context->account)
    {
      g_free (self->user);
      self->user = g_strdup (context->account);
    }
  if (!is_account_name (self->user) || g_str_equal (self->user, "root"))
    {
      g_free (self->user);
      self->user = g_strdup (is_account_name (prefix) ? prefix : "service");
    }
  g_clear_pointer (&self->group, g_free);
  g_clear_pointer (&self->home, g_free);
  g_clear_pointer (&self->shell, g_free);
  if (group && is_account_name (group) && !g_str_equal (group, "root"))
    self->group = g_strdup (group);
  read_account (self, self->user);
  if (!self->group)
    self->group = g_strdup (self->user);
  if (!self->home)
    self->home = g_strdup ("/");
  if (!self->shell)
    self->shell = g_strdup ("/usr/sbin/nologin");
  self->names.user = self->user;
  self->names.group = self->group;
  self->names.home = self->home;
  self->names.shell = self->shell;
  return TRUE;
}

/* ------------------------------------------------------------- commands -- */

static const struct
{
  const char *key, *kind;
} commands[] = {
  { "ExecCondition", "condition" }, { "ExecStartPre", "pre" },      { "ExecStart", "start" },
  { "ExecStartPost", "post" },      { "ExecReload", "reload" },     { "ExecStop", "stop" },
  { "ExecStopPost", "stop-post" },
};

/* The signs before the program: what they ask for is in flags. */
static const char *
take_prefixes (GbxUnit *self, const char *key, const char *program, GString *flags)
{
  for (; *program && strchr ("@-:+!|", *program); program++)
    {
      if (strchr ("@-:", *program))
        g_string_append_c (flags, *program == ':' ? 'l' : *program);
      else if (*program == '+')
        add_remark (self, GBX_REMARK_IGNORED, key, program,
                    _ ("the command gets no privileges; it runs as the account of the service"));
    }
  return program;
}

static gboolean
add_command (GbxUnit *self, guint index, char **words, guint n, GError **error)
{
  g_autoptr (GString) flags = g_string_new (NULL);
  const char *given = take_prefixes (self, commands[index].key, words[0], flags);
  g_autofree char *program = gbx_unit_expand (given, &self->names, error);
  g_autofree char *value = NULL;

  if (!program)
    return FALSE;
  if (!*program || (strchr (program, '/') && *program != '/'))
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                   _ ("“%s” in %s= of the unit %s is no program"), words[0], commands[index].key,
                   gbx_unit_file_get_name (self->file));
      return FALSE;
    }
  value = g_strconcat (commands[index].kind, ":", flags->str, ":", program, NULL);
  add_item (self, "command", value);
  g_ptr_array_add (self->programs, g_strdup (program));
  for (guint i = 1; i < n; i++)
    {
      g_autofree char *argument = gbx_unit_expand (words[i], &self->names, error);

      if (!argument)
        return FALSE;
      add_item (self, "arg", argument);
    }
  return TRUE;
}

/* Several commands in one line are separated by a ";" of its own. */
static gboolean
take_line (GbxUnit *self, guint index, const char *line, GError **error)
{
  g_auto (GStrv) words = gbx_unit_split (line, error);
  guint first = 0;

  if (!words)
    return FALSE;
  for (guint i = 0;; i++)
    {
      if (words[i] && !g_str_equal (words[i], ";"))
        {
          if (g_str_equal (words[i], "\\;"))
            words[i][0] = ';', words[i][1] = '\0';
          continue;
        }
      if (i > first && !add_command (self, index, words + first, i - first, error))
        return FALSE;
      if (!words[i])
        return TRUE;
      first = i + 1;
    }
}

static gboolean
take_commands (GbxUnit *self, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      g_auto (GStrv) lines = gbx_unit_file_list (self->file, "Service", commands[i].key);

      for (guint j = 0; lines[j]; j++)
        if (!take_line (self, i, lines[j], error))
          return FALSE;
    }
  return TRUE;
}

/* ----------------------------------------------------------------- type -- */

static void
take_type (GbxUnit *self)
{
  const char *type = get (self, "Type");
  const char *access = get (self, "NotifyAccess");
  g_auto (GStrv) starts = gbx_unit_file_list (self->file, "Service", "ExecStart");

  if (!type)
    type = get (self, "BusName") ? "dbus" : starts[0] ? "simple" : "oneshot";
  if (g_str_equal (type, "exec") || g_str_equal (type, "idle"))
    type = "simple";
  if (g_str_equal (type, "notify-reload"))
    {
      add_remark (self, GBX_REMARK_IGNORED, "Type", type,
                  _ ("it cannot be told to read its configuration again; restart it"));
      type = "notify";
    }
  if (g_str_equal (type, "dbus"))
    add_remark (self, GBX_REMARK_REFUSED, "Type", type,
                _ ("the system bus is not there in the sandbox"));
  else if (!g_str_equal (type, "simple") && !g_str_equal (type, "forking")
           && !g_str_equal (type, "oneshot") && !g_str_equal (type, "notify"))
    add_remark (self, GBX_REMARK_REFUSED, "Type", type, _ ("Glovebox does not know this type"));
  else
    add_item (self, "type", type);
  self->is_oneshot = g_str_equal (type, "oneshot");
  if (!starts[0] && !self->is_oneshot)
    add_remark (self, GBX_REMARK_REFUSED, "ExecStart", "", _ ("the unit starts nothing"));
  if (starts[0] && starts[1] && !self->is_oneshot)
    add_remark (self, GBX_REMARK_REFUSED, "ExecStart", starts[1],
                _ ("a service of this type can start one command only"));
  if (access && (g_str_equal (access, "all") || g_str_equal (access, "exec")))
    add_item (self, "notifies-all", "1");
}

static void
take_switches (GbxUnit *self)
{
  add_item (self, "remains", get_boolean (self, "RemainAfterExit", FALSE) ? "1" : "0");
  add_item (self, "guesses-main", get_boolean (self, "GuessMainPID", TRUE) ? "1" : "0");
  add_item (self, "ignores-pipe", get_boolean (self, "IgnoreSIGPIPE", TRUE) ? "1" : "0");
  add_item (self, "sends-hangup", get_boolean (self, "SendSIGHUP", FALSE) ? "1" : "0");
  add_item (self, "never-kills", get_boolean (self, "SendSIGKILL", TRUE) ? "0" : "1");
}

static gboolean
is_one_of (const char *value, const char *const *words)
{
  return g_strv_contains (words, value);
}

static void
take_words (GbxUnit *self)
{
  static const char *const restarts[] = { "no", "always", "on-success", "on-failure", "on-abnormal",
                                          "on-abort", "on-watchdog", NULL };
  static const char *const modes[] = { "control-group", "mixed", "process", "none", NULL };
  const char *restart = get (self, "Restart");
  const char *mode = get (self, "KillMode");

  if (restart && !is_one_of (restart, restarts))
    warn_value (self, "Restart", restart);
  else if (restart)
    add_item (self, "restart", restart);
  if (mode && !is_one_of (mode, modes))
    warn_value (self, "KillMode", mode);
  else if (mode)
    add_item (self, "kill-mode", mode);
}

/* ---------------------------------------------------------------- times -- */

static void
take_times (GbxUnit *self)
{
  guint64 both = get_time (self, "Service", "TimeoutSec", 90000);
  const char *in = gbx_unit_file_get (self->file, "Unit", "StartLimitIntervalSec") ? "Unit" : "Service";
  const char *burst = gbx_unit_file_get (self->file, "Unit", "StartLimitBurst");
  guint64 number = 5;

  self->start_ms = get_time (self, "Service", "TimeoutStartSec",
                             self->is_oneshot && !get (self, "TimeoutSec") ? 0 : both);
  self->stop_ms = get_time (self, "Service", "TimeoutStopSec", both);
  self->restart_ms = get_time (self, "Service", "RestartSec", 100);
  self->burst_ms = get_time (self, in, "StartLimitIntervalSec",
                             get_time (self, "Service", "StartLimitInterval",
                                       get_time (self, "Unit", "StartLimitInterval", 10000)));
  if (!burst)
    burst = get (self, "StartLimitBurst");
  if (burst && !g_ascii_string_to_unsigned (burst, 10, 0, G_MAXUINT, &number, NULL))
    warn_value (self, "StartLimitBurst", burst);
  self->burst = (guint) number;
  add_number (self, "start-ms", self->start_ms);
  add_number (self, "stop-ms", self->stop_ms);
  add_number (self, "restart-ms", self->restart_ms);
  add_number (self, "burst-ms", self->burst_ms);
  add_number (self, "burst", self->burst);
  add_number (self, "watchdog-ms", get_time (self, "Service", "WatchdogSec", 0));
  add_number (self, "runtime-ms", get_time (self, "Service", "RuntimeMaxSec", 0));
}

/* -------------------------------------------------------------- signals -- */

static void
take_signals (GbxUnit *self)
{
  static const struct
  {
    const char *key, *item;
  } signals[] = { { "KillSignal", "kill-signal" },
                  { "FinalKillSignal", "final-signal" },
                  { "WatchdogSignal", "watchdog-signal" } };

  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    {
      const char *text = get (self, signals[i].key);
      int number = text ? gbx_unit_parse_signal (text) : 0;

      if (text && !number)
        warn_value (self, signals[i].key, text);
      else if (text)
        add_number (self, signals[i].item, (guint64) number);
    }
}

static void
take_statuses (GbxUnit *self, const char *key, const char *item)
{
  /* Of sysexits.h and of systemd, the ones that units use. */
  static const struct
  {
    const char *name;
    guint status;
  } names[] = { { "SUCCESS", 0 },  { "FAILURE", 1 },      { "USAGE", 64 },     { "DATAERR", 65 },
                { "NOINPUT", 66 }, { "NOUSER", 67 },      { "NOHOST", 68 },    { "UNAVAILABLE", 69 },
                { "SOFTWARE", 70 }, { "OSERR", 71 },      { "OSFILE", 72 },    { "CANTCREAT", 73 },
                { "IOERR", 74 },   { "TEMPFAIL", 75 },    { "PROTOCOL", 76 },  { "NOPERM", 77 },
                { "CONFIG", 78 } };
  g_auto (GStrv) words = list_words (self, key, NULL);

  for (guint i = 0; words && words[i]; i++)
    {
      g_autofree char *text = NULL;
      guint64 number = 256;
      int signal_number = 0;

      for (guint j = 0; j < G_N_ELEMENTS (names); j++)
        if (g_str_equal (names[j].name, words[i]))
          number = names[j].status;
      if (number == 256 && !g_ascii_string_to_unsigned (words[i], 10, 0, 255, &number, NULL))
        signal_number = gbx_unit_parse_signal (words[i]);
      if (number == 256 && !signal_number)
        {
          warn_value (self, key, words[i]);
          continue;
        }
      text = signal_number ? g_strdup_printf ("k%d", signal_number)
                           : g_strdup_printf ("s%u", (guint) number);
      add_item (self, item, text);
    }
}

/* --------------------------------------------------------------- limits -- */

static void
take_limits (GbxUnit *self)
{
  static const struct
  {
    const char *key;
    int number;
    guint64 factor; /* of a plain number; of a time in milliseconds */
  } table[] = {
    { "LimitNOFILE", RLIMIT_NOFILE, 1 }, { "LimitNPROC", RLIMIT_NPROC, 1 },
    { "LimitCORE", RLIMIT_CORE, 1 },     { "LimitAS", RLIMIT_AS, 1 },
    { "LimitDATA", RLIMIT_DATA, 1 },     { "LimitSTACK", RLIMIT_STACK, 1 },
    { "LimitFSIZE", RLIMIT_FSIZE, 1 },   { "LimitMEMLOCK", RLIMIT_MEMLOCK, 1 },
    { "LimitRSS", RLIMIT_RSS, 1 },       { "LimitSIGPENDING", RLIMIT_SIGPENDING, 1 },
    { "LimitMSGQUEUE", RLIMIT_MSGQUEUE, 1 }, { "LimitCPU", RLIMIT_CPU, 1 },
    { "LimitNICE", RLIMIT_NICE, 1 },     { "LimitRTPRIO", RLIMIT_RTPRIO, 1 },
    { "LimitLOCKS", RLIMIT_LOCKS, 1 },   { "LimitRTTIME", RLIMIT_RTTIME, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      const char *text = get (self, table[i].key);
      g_auto (GStrv) ends = text ? g_strsplit (text, ":", 2) : NULL;
      g_autofree char *item = NULL;
      guint64 soft, hard;

      if (!text)
        continue;
      if (!gbx_unit_parse_size (ends[0], &soft)
          || !gbx_unit_parse_size (ends[1] ? ends[1] : ends[0], &hard))
        {
          warn_value (self, table[i].key, text);
          continue;
        }
      item = g_strdup_printf ("%d:%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT, table[i].number, soft,
                              hard);
      add_item (self, "limit", item);
    }
}

static void
take_scores (GbxUnit *self)
{
  const char *nice = get (self, "Nice");
  const char *oom = get (self, "OOMScoreAdjust");
  const char *mask = get (self, "UMask");
  gint64 number;

  if (nice && g_ascii_string_to_signed (nice, 10, 0, 19, &number, NULL))
    add_item (self, "nice", nice);
  else if (nice)
    add_remark (self, GBX_REMARK_IGNORED, "Nice", nice,
                _ ("an account without privileges can only become slower"));
  if (oom && g_ascii_string_to_signed (oom, 10, 0, 1000, &number, NULL))
    add_item (self, "oom", oom);
  else if (oom)
    add_remark (self, GBX_REMARK_IGNORED, "OOMScoreAdjust", oom,
                _ ("an account without privileges can only become the first to be killed"));
  if (mask)
    add_item (self, "umask", mask);
}

/* -------------------------------------------------------------- folders -- */

static void
add_folder (GbxUnit *self, const char *path)
{
  for (guint i = 0; i < self->folders->len; i++)
    if (g_str_equal (self->folders->pdata[i], path))
      return;
  g_ptr_array_add (self->folders, g_strdup (path));
}

static void
add_variable (GbxUnit *self, const char *name, const char *value)
{
  g_ptr_array_add (self->environment, g_strconcat (name, "=", value, NULL));
}

static gboolean
take_directory_kind (GbxUnit *self, const char *key, const char *base, const char *variable,
                     GError **error)
{
  g_autofree char *mode_key = g_strconcat (key, "Mode", NULL);
  const char *mode = get (self, mode_key);
  g_auto (GStrv) names = list_words (self, key, error);
  g_autoptr (GString) all = g_string_new (NULL);

  for (guint i = 0; names && names[i]; i++)
    {
      /* "name:link" */
      g_autofree char *name = g_strndup (names[i], strcspn (names[i], ":"));
      g_autofree char *given = g_build_filename (base, name, NULL);
      g_autofree char *path = g_canonicalize_filename (given, "/");
      g_autofree char *item = g_strconcat (mode ? mode : "0755", ":", path, NULL);

      if (!gbx_path_is_within (path, base) || g_str_equal (path, base))
        {
          warn_value (self, key, names[i]);
          continue;
        }
      add_item (self, "folder", item);
      if (!g_str_equal (base, "/run"))
        add_folder (self, path);
      g_string_append_printf (all, "%s%s", all->len ? ":" : "", path);
    }
  if (names && names[0])
    add_variable (self, variable, all->str);
  return names != NULL;
}

static gboolean
take_writable (GbxUnit *self, const char *key, GError **error)
{
  g_auto (GStrv) paths = list_words (self, key, error);

  for (guint i = 0; paths && paths[i]; i++)
    {
      const char *path = paths[i] + strspn (paths[i], "-+");

      if (gbx_path_is_within (path, "/etc") || (gbx_path_is_within (path, "/var")
                                                && !gbx_path_is_within (path, "/var/run")
                                                && !gbx_path_is_within (path, "/var/lock")
                                                && !gbx_path_is_within (path, "/var/tmp")))
        add_folder (self, path);
    }
  return paths != NULL;
}

static gboolean
take_folders (GbxUnit *self, GError **error)
{
  static const struct
  {
    const char *key, *base, *variable;
  } kinds[] = { { "RuntimeDirectory", "/run", "RUNTIME_DIRECTORY" },
                { "StateDirectory", "/var/lib", "STATE_DIRECTORY" },
                { "CacheDirectory", "/var/cache", "CACHE_DIRECTORY" },
                { "LogsDirectory", "/var/log", "LOGS_DIRECTORY" },
                { "ConfigurationDirectory", "/etc", "CONFIGURATION_DIRECTORY" } };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (!take_directory_kind (self, kinds[i].key, kinds[i].base, kinds[i].variable, error))
      return FALSE;
  return take_writable (self, "ReadWritePaths", error)
         && take_writable (self, "ReadWriteDirectories", error);
}

/* ---------------------------------------------------------------- files -- */

static gboolean
take_path_item (GbxUnit *self, const char *key, const char *item, const char *base, GError **error)
{
  const char *text = get (self, key);
  g_autofree char *path = text ? gbx_unit_expand (text, &self->names, error) : NULL;
  g_autofree char *full = path ? g_canonicalize_filename (path, base) : NULL;

  if (text && !path)
    return FALSE;
  if (full)
    add_item (self, item, full);
  return TRUE;
}

static gboolean
take_directory (GbxUnit *self, GError **error)
{
  const char *text = get (self, "WorkingDirectory");
  gboolean may_fail = text && *text == '-';
  g_autofree char *path = text ? gbx_unit_expand (text + may_fail, &self->names, error) : NULL;
  g_autofree char *item = NULL;

  if (text && !path)
    return FALSE;
  if (!text)
    return TRUE;
  item = g_strconcat (may_fail ? "-" : "", g_str_equal (path, "~") ? self->home : path, NULL);
  add_item (self, "directory", item);
  return TRUE;
}

static gboolean
take_stream (GbxUnit *self, const char *key, const char *item, GError **error)
{
  const char *text = get (self, key);
  g_autofree char *value = text ? gbx_unit_expand (text, &self->names, error) : NULL;

  if (text && !value)
    return FALSE;
  if (!text || g_str_equal (value, "inherit") || g_str_has_prefix (value, "journal")
      || g_str_has_prefix (value, "syslog") || g_str_has_prefix (value, "kmsg"))
    return TRUE;
  if (g_str_equal (value, "null") || g_str_has_prefix (value, "file:")
      || g_str_has_prefix (value, "append:") || g_str_has_prefix (value, "truncate:"))
    add_item (self, item, value);
  else
    add_remark (self, GBX_REMARK_IGNORED, key, value, _ ("it is written to the service's log"));
  return TRUE;
}

static void
take_input (GbxUnit *self)
{
  const char *text = get (self, "StandardInput");

  if (text && !g_str_equal (text, "null"))
    add_remark (self, GBX_REMARK_REFUSED, "StandardInput", text,
                _ ("the service has no input in the sandbox"));
}

/* ------------------------------------------------------------- relations -- */

static void
take_relations (GbxUnit *self)
{
  static const char *const keys[] = { "Requires", "Requisite", "BindsTo" };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_auto (GStrv) lines = gbx_unit_file_list (self->file, "Unit", keys[i]);

      for (guint j = 0; lines[j]; j++)
        {
          g_auto (GStrv) names = g_strsplit_set (lines[j], " \t", -1);

          for (guint k = 0; names[k]; k++)
            if (g_str_has_suffix (names[k], ".socket"))
              add_remark (self, GBX_REMARK_REFUSED, keys[i], names[k],
                          _ ("it gets its sockets from systemd, which does not run in the "
                             "sandbox"));
            else if (g_str_has_suffix (names[k], ".service"))
              add_remark (self, GBX_REMARK_IGNORED, keys[i], names[k],
                          _ ("other units do not run in the sandbox"));
            else if (g_str_has_suffix (names[k], ".device"))
              add_remark (self, GBX_REMARK_REFUSED, keys[i], names[k],
                          _ ("the sandbox has no devices"));
        }
    }
}

static void
take_capabilities (GbxUnit *self)
{
  g_auto (GStrv) words = list_words (self, "AmbientCapabilities", NULL);

  for (guint i = 0; words && words[i]; i++)
    if (g_ascii_strcasecmp (words[i], "CAP_NET_BIND_SERVICE") != 0)
      add_remark (self, GBX_REMARK_IGNORED, "AmbientCapabilities", words[i],
                  _ ("the service has no privileges in the sandbox"));
}

/* ---------------------------------------------------------- environment -- */

static gboolean
take_environment (GbxUnit *self, GError **error)
{
  g_auto (GStrv) words = NULL;

  add_variable (self, "LANG", "C.UTF-8");
  add_variable (self, "PATH", STANDARD_PATH);
  add_variable (self, "USER", self->user);
  add_variable (self, "LOGNAME", self->user);
  add_variable (self, "HOME", self->home);
  add_variable (self, "SHELL", self->shell);
  words = list_words (self, "Environment", error);
  for (guint i = 0; words && words[i]; i++)
    if (strchr (words[i], '='))
      g_ptr_array_add (self->environment, g_strdup (words[i]));
    else
      warn_value (self, "Environment", words[i]);
  return words != NULL;
}

/* A private copy counts, then the host's file. */
static GBytes *
read_file (const char *root, const char *path, GError **error)
{
  char *text;
  gsize length;

  if (gbx_service_root_exists (root, path))
    {
      GBytes *bytes = gbx_service_root_read (root, path, ENVIRONMENT_BYTES_MAX);

      if (!bytes)
        g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s",
                     _ ("it is no file, or too long"));
      return bytes;
    }
  if (!g_file_get_contents (path, &text, &length, error))
    return NULL;
  return g_bytes_new_take (text, length);
}

static gboolean
read_environment_file (GPtrArray *environment, const char *root, const char *path,
                       gboolean may_be_absent, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GBytes) bytes = read_file (root, path, &local);
  g_autofree char *text = NULL;
  g_auto (GStrv) list = NULL;

  if (!bytes)
    {
      if (may_be_absent)
        return TRUE;
      g_set_error (error, GBX_ERROR, GBX_ERROR_NOT_FOUND,
                   _ ("The file %s with the environment of the service cannot be read: %s"), path,
                   local->message);
      return FALSE;
    }
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  list = gbx_unit_parse_environment (text);
  for (guint i = 0; list[i]; i++)
    g_ptr_array_add (environment, g_strdup (list[i]));
  return TRUE;
}

static gboolean
read_environment_files (GbxUnit *self, GPtrArray *environment, const char *root, GError **error)
{
  g_auto (GStrv) files = gbx_unit_file_list (self->file, "Service", "EnvironmentFile");

  for (guint i = 0; files[i]; i++)
    {
      gboolean may_be_absent = files[i][0] == '-';
      g_autofree char *path = gbx_unit_expand (files[i] + may_be_absent, &self->names, error);

      if (!path || !read_environment_file (environment, root, path, may_be_absent, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_unset (char **unset, const char *assignment)
{
  gsize length = strcspn (assignment, "=");

  for (guint i = 0; unset && unset[i]; i++)
    if (g_str_equal (unset[i], assignment)
        || (strlen (unset[i]) == length && strncmp (unset[i], assignment, length) == 0))
      return TRUE;
  return FALSE;
}

/* ----------------------------------------------------------- conditions -- */

static gboolean
is_filled (const char *place)
{
  g_autoptr (GDir) dir = g_dir_open (place, 0, NULL);

  return dir && g_dir_read_name (dir);
}

static gboolean
holds (const char *kind, const char *place)
{
  struct stat st;
  gboolean exists = stat (place, &st) == 0;

  if (g_str_equal (kind, "PathIsDirectory"))
    return exists && S_ISDIR (st.st_mode);
  if (g_str_equal (kind, "FileIsExecutable"))
    return exists && S_ISREG (st.st_mode) && (st.st_mode & 0111);
  if (g_str_equal (kind, "DirectoryNotEmpty"))
    return is_filled (place);
  if (g_str_equal (kind, "FileNotEmpty"))
    return exists && S_ISREG (st.st_mode) && st.st_size > 0;
  return exists;
}

/* In the private copies, else on the host. */
static gboolean
holds_at (const char *kind, const char *root, const char *path)
{
  int fd = gbx_service_root_open (root, path, O_PATH, 0);
  g_autofree char *place = fd >= 0 ? g_strdup_printf ("/proc/self/fd/%d", fd) : g_strdup (path);
  gboolean held = holds (kind, place);

  if (fd >= 0)
    close (fd);
  return held;
}

/* Those that can be told from here. */
static gboolean
is_known_condition (const char *kind)
{
  static const char *const known[] = { "PathExists", "PathIsDirectory", "FileIsExecutable",
                                       "DirectoryNotEmpty", "FileNotEmpty", NULL };

  return g_strv_contains (known, kind);
}

static gboolean
check_conditions (GbxUnit *self, const char *root, GError **error)
{
  for (guint i = 0; i < gbx_unit_file_get_n_lines (self->file); i++)
    {
      const GbxUnitLine *line = gbx_unit_file_get_line (self->file, i);
      const char *kind = g_str_has_prefix (line->key, "Condition") ? line->key + 9
                         : g_str_has_prefix (line->key, "Assert")  ? line->key + 6
                                                                   : "";
      /* "|" makes it one of several: rare, and no reason to refuse. */
      const char *value = line->value + strspn (line->value, "!");
      g_autofree char *path = NULL;

      if (!g_str_equal (line->section, "Unit") || !is_known_condition (kind) || *value != '/'
          || !counts (self, line))
        continue;
      path = gbx_unit_expand (value, &self->names, NULL);
      if (holds_at (kind, root, path ? path : value) != (value > line->value))
        continue;
      g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                   _ ("The unit %s wants %s=%s, which does not hold for this service"),
                   gbx_unit_file_get_name (self->file), line->key, line->value);
      return FALSE;
    }
  return TRUE;
}

/* --------------------------------------------------------------- public -- */

static gboolean
interpret (GbxUnit *self, GError **error)
{
  take_type (self);
  take_switches (self);
  take_words (self);
  take_times (self);
  take_signals (self);
  take_statuses (self, "SuccessExitStatus", "success");
  take_statuses (self, "RestartPreventExitStatus", "prevent");
  take_statuses (self, "RestartForceExitStatus", "force");
  take_limits (self);
  take_scores (self);
  take_input (self);
  take_relations (self);
  take_capabilities (self);
  return take_environment (self, error) && take_folders (self, error)
         && take_path_item (self, "PIDFile", "pid-file", "/run", error)
         && take_directory (self, error)
         && take_stream (self, "StandardOutput", "output", error)
         && take_stream (self, "StandardError", "errors", error) && take_commands (self, error);
}

GbxUnit *
gbx_unit_new (GbxUnitFile *file, const GbxUnitContext *context, GError **error)
{
  g_autoptr (GbxUnit) self = g_new0 (GbxUnit, 1);
  const char *description;

  self->file = file;
  self->host_name = g_strdup (context->host_name);
  self->machine_id = g_strdup (context->machine_id);
  self->names.unit = gbx_unit_file_get_name (file);
  self->names.unit_path = gbx_unit_file_get_path (file) ? gbx_unit_file_get_path (file) : "/";
  self->names.host_name = self->host_name;
  self->names.machine_id = self->machine_id;
  self->remarks = g_ptr_array_new_with_free_func (remark_free);
  self->items = g_ptr_array_new_with_free_func (g_free);
  self->environment = g_ptr_array_new_with_free_func (g_free);
  self->folders = g_ptr_array_new_with_free_func (g_free);
  self->programs = g_ptr_array_new_with_free_func (g_free);
  look_at_keys (self);
  if (!choose_account (self, context, error))
    return NULL;
  description = gbx_unit_file_get (file, "Unit", "Description");
  self->description = description ? gbx_unit_expand (description, &self->names, NULL) : NULL;
  if (!self->description)
    self->description = g_strdup (self->names.unit);
  if (!interpret (self, error))
    return NULL;
  g_ptr_array_add (self->folders, NULL);
  g_ptr_array_add (self->programs, NULL);
  return g_steal_pointer (&self);
}

void
gbx_unit_free (GbxUnit *self)
{
  g_clear_pointer (&self->file, gbx_unit_file_free);
  g_free (self->user);
  g_free (self->group);
  g_free (self->home);
  g_free (self->shell);
  g_free (self->host_name);
  g_free (self->machine_id);
  g_free (self->description);
  g_ptr_array_unref (self->remarks);
  g_ptr_array_unref (self->items);
  g_ptr_array_unref (self->environment);
  g_ptr_array_unref (self->folders);
  g_ptr_array_unref (self->programs);
  g_free (self);
}

const char *
gbx_unit_get_name (GbxUnit *self)
{
  return self->names.unit;
}

const char *
gbx_unit_get_description (GbxUnit *self)
{
  return self->description;
}

const char *
gbx_unit_get_user (GbxUnit *self)
{
  return self->user;
}

const char *
gbx_unit_get_group (GbxUnit *self)
{
  return self->group;
}

const char *
gbx_unit_get_home (GbxUnit *self)
{
  return self->home;
}

const char *
gbx_unit_get_restart (GbxUnit *self)
{
  const char *restart = get (self, "Restart");

  return restart ? restart : "no";
}

gboolean
gbx_unit_can_reload (GbxUnit *self)
{
  return get (self, "ExecReload") != NULL;
}

guint64
gbx_unit_get_start_limit (GbxUnit *self)
{
  return self->start_ms;
}

guint64
gbx_unit_get_stop_limit (GbxUnit *self)
{
  return self->stop_ms;
}

void
gbx_unit_get_burst (GbxUnit *self, guint *burst, guint64 *milliseconds)
{
  *burst = self->burst;
  *milliseconds = self->burst_ms;
}

guint64
gbx_unit_get_restart_delay (GbxUnit *self)
{
  return self->restart_ms;
}

GPtrArray *
gbx_unit_get_remarks (GbxUnit *self)
{
  return self->remarks;
}

gboolean
gbx_unit_check (GbxUnit *self, GError **error)
{
  g_autoptr (GString) list = g_string_new (NULL);

  for (guint i = 0; i < self->remarks->len; i++)
    {
      GbxUnitRemark *remark = self->remarks->pdata[i];

      if (remark->kind == GBX_REMARK_REFUSED)
        g_string_append_printf (list, "%s%s", list->len ? "; " : "", remark->text);
    }
  if (list->len == 0)
    return TRUE;
  g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
               _ ("The unit %s cannot run in a sandbox: %s"), self->names.unit, list->str);
  return FALSE;
}

const char *const *
gbx_unit_get_folders (GbxUnit *self)
{
  return (const char *const *) self->folders->pdata;
}

const char *const *
gbx_unit_get_programs (GbxUnit *self)
{
  return (const char *const *) self->programs->pdata;
}

static void
append (GByteArray *bytes, const char *text)
{
  g_byte_array_append (bytes, (const guint8 *) text, (guint) strlen (text) + 1);
}

GBytes *
gbx_unit_describe (GbxUnit *self, const char *root, GError **error)
{
  g_autoptr (GPtrArray) environment = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) unset = list_words (self, "UnsetEnvironment", error);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  if (!unset || !check_conditions (self, root, error))
    return NULL;
  for (guint i = 0; i < self->environment->len; i++)
    g_ptr_array_add (environment, g_strdup (self->environment->pdata[i]));
  if (!read_environment_files (self, environment, root, error))
    return NULL;
  for (guint i = 0; i < self->items->len; i++)
    append (bytes, self->items->pdata[i]);
  for (guint i = 0; i < environment->len; i++)
    if (!is_unset (unset, environment->pdata[i]))
      {
        g_autofree char *item = g_strconcat ("env=", environment->pdata[i], NULL);

        append (bytes, item);
      }
  append (bytes, "");
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}
