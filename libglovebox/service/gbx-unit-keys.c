/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-unit"

#include "config.h"

#include "gbx-unit-keys.h"

#include <glib/gi18n-lib.h>

/* The keys of systemd.unit(5), systemd.service(5), systemd.exec(5), systemd.kill(5) and
 * systemd.resource-control(5).  The first pattern that fits decides. */

static const char confined[] = N_ ("the sandbox confines the service in its own way");
static const char limits[] = N_ ("the sandbox has limits of its own");
static const char others[] = N_ ("other units do not run in the sandbox");
static const char images[] = N_ ("the service cannot have a root of its own in the sandbox");
static const char sockets[] = N_ ("it gets its sockets from systemd, which does not run in the sandbox");
static const char secrets[] = N_ ("systemd's credentials are not there in the sandbox");
static const char terminals[] = N_ ("a service has no terminal in the sandbox");
static const char groups[] = N_ ("the service has one account and one group in the sandbox");
static const char schedules[] = N_ ("the schedule of the sandbox's processors counts");
static const char mounts[] = N_ ("nothing can be mounted for the service");

typedef struct
{
  const char *pattern;
  GbxUnitKeyKind kind;
  const char *reason;
} Key;

static const Key unit_keys[] = {
  { "Description", GBX_UNIT_KEY_TAKEN, NULL },
  { "StartLimit*", GBX_UNIT_KEY_TAKEN, NULL },
  { "ConditionPath*", GBX_UNIT_KEY_TAKEN, NULL },
  { "ConditionFile*", GBX_UNIT_KEY_TAKEN, NULL },
  { "ConditionDirectory*", GBX_UNIT_KEY_TAKEN, NULL },
  { "AssertPath*", GBX_UNIT_KEY_TAKEN, NULL },
  { "AssertFile*", GBX_UNIT_KEY_TAKEN, NULL },
  { "AssertDirectory*", GBX_UNIT_KEY_TAKEN, NULL },
  { "Requires", GBX_UNIT_KEY_TAKEN, NULL },
  { "Requisite", GBX_UNIT_KEY_TAKEN, NULL },
  { "BindsTo", GBX_UNIT_KEY_TAKEN, NULL },
  { "Upholds", GBX_UNIT_KEY_IGNORED, others },
  { "OnFailure", GBX_UNIT_KEY_IGNORED, others },
  { "OnSuccess", GBX_UNIT_KEY_IGNORED, others },
  { "JoinsNamespaceOf", GBX_UNIT_KEY_IGNORED, others },
  { "*Action", GBX_UNIT_KEY_IGNORED, N_ ("the computer is never restarted because of a sandbox") },
  { "*", GBX_UNIT_KEY_NOTHING, NULL },
};

static const Key service_keys[] = {
  { "Type", GBX_UNIT_KEY_TAKEN, NULL },
  { "ExecSearchPath", GBX_UNIT_KEY_IGNORED, NULL },
  { "ExecPaths", GBX_UNIT_KEY_REPLACED, confined },
  { "Exec*", GBX_UNIT_KEY_TAKEN, NULL },
  { "Environment", GBX_UNIT_KEY_TAKEN, NULL },
  { "EnvironmentFile", GBX_UNIT_KEY_TAKEN, NULL },
  { "UnsetEnvironment", GBX_UNIT_KEY_TAKEN, NULL },
  { "PassEnvironment", GBX_UNIT_KEY_IGNORED, N_ ("no variable of the host's systemd is passed on") },
  { "User", GBX_UNIT_KEY_TAKEN, NULL },
  { "Group", GBX_UNIT_KEY_TAKEN, NULL },
  { "DynamicUser", GBX_UNIT_KEY_TAKEN, NULL },
  { "SupplementaryGroups", GBX_UNIT_KEY_IGNORED, groups },
  { "WorkingDirectory", GBX_UNIT_KEY_TAKEN, NULL },
  { "RuntimeDirectory*", GBX_UNIT_KEY_TAKEN, NULL },
  { "StateDirectory*", GBX_UNIT_KEY_TAKEN, NULL },
  { "LogsDirectory*", GBX_UNIT_KEY_TAKEN, NULL },
  { "CacheDirectory*", GBX_UNIT_KEY_TAKEN, NULL },
  { "ConfigurationDirectory*", GBX_UNIT_KEY_TAKEN, NULL },
  { "ReadWritePaths", GBX_UNIT_KEY_TAKEN, NULL },
  { "ReadWriteDirectories", GBX_UNIT_KEY_TAKEN, NULL },
  { "PIDFile", GBX_UNIT_KEY_TAKEN, NULL },
  { "RestartPreventExitStatus", GBX_UNIT_KEY_TAKEN, NULL },
  { "RestartForceExitStatus", GBX_UNIT_KEY_TAKEN, NULL },
  { "RestartKillSignal", GBX_UNIT_KEY_IGNORED, N_ ("the signal of a stop is used") },
  { "RestartMode", GBX_UNIT_KEY_NOTHING, NULL },
  { "RestartSteps", GBX_UNIT_KEY_IGNORED, N_ ("the time between two starts is always the same") },
  { "RestartMaxDelaySec", GBX_UNIT_KEY_NOTHING, NULL },
  { "Restart", GBX_UNIT_KEY_TAKEN, NULL },
  { "RestartSec", GBX_UNIT_KEY_TAKEN, NULL },
  { "TimeoutAbortSec", GBX_UNIT_KEY_NOTHING, NULL },
  { "TimeoutStartFailureMode", GBX_UNIT_KEY_NOTHING, NULL },
  { "TimeoutStopFailureMode", GBX_UNIT_KEY_NOTHING, NULL },
  { "TimeoutCleanSec", GBX_UNIT_KEY_NOTHING, NULL },
  { "Timeout*", GBX_UNIT_KEY_TAKEN, NULL },
  { "RuntimeMaxSec", GBX_UNIT_KEY_TAKEN, NULL },
  { "RuntimeRandomizedExtraSec", GBX_UNIT_KEY_NOTHING, NULL },
  { "Watchdog*", GBX_UNIT_KEY_TAKEN, NULL },
  { "StartLimit*", GBX_UNIT_KEY_TAKEN, NULL },
  { "NotifyAccess", GBX_UNIT_KEY_TAKEN, NULL },
  { "Kill*", GBX_UNIT_KEY_TAKEN, NULL },
  { "FinalKillSignal", GBX_UNIT_KEY_TAKEN, NULL },
  { "SendSIG*", GBX_UNIT_KEY_TAKEN, NULL },
  { "SuccessExitStatus", GBX_UNIT_KEY_TAKEN, NULL },
  { "RemainAfterExit", GBX_UNIT_KEY_TAKEN, NULL },
  { "GuessMainPID", GBX_UNIT_KEY_TAKEN, NULL },
  { "UMask", GBX_UNIT_KEY_TAKEN, NULL },
  { "Limit*", GBX_UNIT_KEY_TAKEN, NULL },
  { "Nice", GBX_UNIT_KEY_TAKEN, NULL },
  { "OOMScoreAdjust", GBX_UNIT_KEY_TAKEN, NULL },
  { "IgnoreSIGPIPE", GBX_UNIT_KEY_TAKEN, NULL },
  { "StandardInput", GBX_UNIT_KEY_TAKEN, NULL },
  { "StandardInputText", GBX_UNIT_KEY_REFUSED, N_ ("the service has no input in the sandbox") },
  { "StandardInputData", GBX_UNIT_KEY_REFUSED, N_ ("the service has no input in the sandbox") },
  { "StandardOutput", GBX_UNIT_KEY_TAKEN, NULL },
  { "StandardError", GBX_UNIT_KEY_TAKEN, NULL },
  { "AmbientCapabilities", GBX_UNIT_KEY_TAKEN, NULL },
  { "SysVStartPriority", GBX_UNIT_KEY_NOTHING, NULL },
  { "SyslogLevel*", GBX_UNIT_KEY_NOTHING, NULL },
  { "Syslog*", GBX_UNIT_KEY_NOTHING, NULL },
  { "Log*", GBX_UNIT_KEY_IGNORED, N_ ("the service has a log of its own") },
  { "OOMPolicy", GBX_UNIT_KEY_NOTHING, NULL },
  { "ExitType", GBX_UNIT_KEY_IGNORED, N_ ("the service ends with its main process") },
  { "FileDescriptorStore*", GBX_UNIT_KEY_IGNORED, N_ ("nothing keeps descriptors for the service") },
  { "Bus*", GBX_UNIT_KEY_REFUSED, N_ ("the system bus is not there in the sandbox") },
  { "Sockets", GBX_UNIT_KEY_REFUSED, sockets },
  { "USBFunction*", GBX_UNIT_KEY_REFUSED, N_ ("the sandbox has no devices") },
  { "PAMName", GBX_UNIT_KEY_REFUSED, N_ ("there are no sessions of other users in the sandbox") },
  { "TTY*", GBX_UNIT_KEY_REFUSED, terminals },
  { "Root*", GBX_UNIT_KEY_REFUSED, images },
  { "Mount*", GBX_UNIT_KEY_IGNORED, mounts },
  { "Extension*", GBX_UNIT_KEY_REFUSED, images },
  { "BindPaths", GBX_UNIT_KEY_REFUSED, mounts },
  { "BindReadOnlyPaths", GBX_UNIT_KEY_REFUSED, mounts },
  { "TemporaryFileSystem", GBX_UNIT_KEY_IGNORED, mounts },
  { "NetworkNamespacePath", GBX_UNIT_KEY_REFUSED, N_ ("the sandbox has a network of its own") },
  { "IPCNamespacePath", GBX_UNIT_KEY_REFUSED, confined },
  { "LoadCredential*", GBX_UNIT_KEY_REFUSED, secrets },
  { "SetCredential*", GBX_UNIT_KEY_REFUSED, secrets },
  { "ImportCredential", GBX_UNIT_KEY_IGNORED, secrets },
  { "OpenFile", GBX_UNIT_KEY_REFUSED, N_ ("no descriptors are passed to the service") },
  { "PermissionsStartOnly", GBX_UNIT_KEY_IGNORED, N_ ("every command has the account of the service") },
  { "RootDirectoryStartOnly", GBX_UNIT_KEY_IGNORED, images },
  { "NonBlocking", GBX_UNIT_KEY_NOTHING, NULL },
  { "UtmpIdentifier", GBX_UNIT_KEY_NOTHING, NULL },
  { "UtmpMode", GBX_UNIT_KEY_NOTHING, NULL },
  { "Private*", GBX_UNIT_KEY_REPLACED, confined },
  { "Protect*", GBX_UNIT_KEY_REPLACED, confined },
  { "ProcSubset", GBX_UNIT_KEY_REPLACED, confined },
  { "Restrict*", GBX_UNIT_KEY_REPLACED, confined },
  { "NoNewPrivileges", GBX_UNIT_KEY_REPLACED, confined },
  { "CapabilityBoundingSet", GBX_UNIT_KEY_REPLACED, confined },
  { "SecureBits", GBX_UNIT_KEY_REPLACED, confined },
  { "LockPersonality", GBX_UNIT_KEY_REPLACED, confined },
  { "Personality", GBX_UNIT_KEY_IGNORED, NULL },
  { "MemoryDenyWriteExecute", GBX_UNIT_KEY_REPLACED, confined },
  { "SystemCall*", GBX_UNIT_KEY_REPLACED, confined },
  { "NoExecPaths", GBX_UNIT_KEY_REPLACED, confined },
  { "ReadOnly*", GBX_UNIT_KEY_REPLACED, confined },
  { "Inaccessible*", GBX_UNIT_KEY_REPLACED, confined },
  { "RemoveIPC", GBX_UNIT_KEY_REPLACED, confined },
  { "KeyringMode", GBX_UNIT_KEY_REPLACED, confined },
  { "AppArmorProfile", GBX_UNIT_KEY_REPLACED, confined },
  { "SELinuxContext", GBX_UNIT_KEY_REPLACED, confined },
  { "SmackProcessLabel", GBX_UNIT_KEY_REPLACED, confined },
  { "DevicePolicy", GBX_UNIT_KEY_REPLACED, confined },
  { "DeviceAllow", GBX_UNIT_KEY_IGNORED, N_ ("the sandbox has no devices but the usual ones") },
  { "IPAddress*", GBX_UNIT_KEY_IGNORED, N_ ("the network of the sandbox decides") },
  { "SocketBind*", GBX_UNIT_KEY_IGNORED, N_ ("the network of the sandbox decides") },
  { "Delegate*", GBX_UNIT_KEY_IGNORED, N_ ("the service has no control groups in the sandbox") },
  { "CPUScheduling*", GBX_UNIT_KEY_IGNORED, schedules },
  { "IOScheduling*", GBX_UNIT_KEY_IGNORED, schedules },
  { "TimerSlackNSec", GBX_UNIT_KEY_IGNORED, schedules },
  { "CPU*", GBX_UNIT_KEY_IGNORED, limits },
  { "StartupCPU*", GBX_UNIT_KEY_IGNORED, limits },
  { "Memory*", GBX_UNIT_KEY_IGNORED, limits },
  { "Tasks*", GBX_UNIT_KEY_IGNORED, limits },
  { "IO*", GBX_UNIT_KEY_IGNORED, limits },
  { "BlockIO*", GBX_UNIT_KEY_IGNORED, limits },
  { "NUMA*", GBX_UNIT_KEY_IGNORED, limits },
  { "Allowed*", GBX_UNIT_KEY_IGNORED, limits },
  { "ManagedOOM*", GBX_UNIT_KEY_IGNORED, limits },
  { "Slice", GBX_UNIT_KEY_IGNORED, limits },
  { "CoredumpFilter", GBX_UNIT_KEY_IGNORED, NULL },
};

GbxUnitKeyKind
gbx_unit_key_look_up (const char *section, const char *key, const char **reason)
{
  const Key *keys = g_str_equal (section, "Unit") ? unit_keys : service_keys;
  guint n = g_str_equal (section, "Unit") ? G_N_ELEMENTS (unit_keys) : G_N_ELEMENTS (service_keys);

  *reason = NULL;
  if (g_str_equal (section, "Install") || g_str_has_prefix (section, "X-")
      || g_str_has_prefix (key, "X-"))
    return GBX_UNIT_KEY_NOTHING;
  for (guint i = 0; i < n; i++)
    if (g_pattern_match_simple (keys[i].pattern, key))
      {
        *reason = keys[i].reason ? _ (keys[i].reason) : NULL;
        return keys[i].kind;
      }
  return GBX_UNIT_KEY_UNKNOWN;
}
