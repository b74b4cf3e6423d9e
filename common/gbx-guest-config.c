/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What CONFIG and START say: see gbx-guest-config.h. */

#include "gbx-guest-config.h"

#include <string.h>

/* ------------------------------------------------------------ encoding -- */

/* An item's length comes before its value, but is known only after writing the value:
 * reserve, write, patch. */
static size_t
item_begin (GbxWriter *writer, GbxConfigTag tag)
{
  gbx_write_u16 (writer, tag);
  gbx_write_u32 (writer, 0);
  return writer->length;
}

static void
item_end (GbxWriter *writer, size_t begin)
{
  GbxWriter patch;

  if (writer->failed)
    return;
  gbx_writer_init (&patch, writer->buffer + begin - 4, 4);
  gbx_write_u32 (&patch, (uint32_t) (writer->length - begin));
}

void
gbx_config_put_u8 (GbxWriter *writer, GbxConfigTag tag, uint8_t value)
{
  size_t begin = item_begin (writer, tag);

  gbx_write_u8 (writer, value);
  item_end (writer, begin);
}

void
gbx_config_put_u32 (GbxWriter *writer, GbxConfigTag tag, uint32_t value)
{
  size_t begin = item_begin (writer, tag);

  gbx_write_u32 (writer, value);
  item_end (writer, begin);
}

void
gbx_config_put_text (GbxWriter *writer, GbxConfigTag tag, const char *text)
{
  size_t begin = item_begin (writer, tag);

  gbx_write_text (writer, text);
  item_end (writer, begin);
}

void
gbx_config_put_user (GbxWriter *writer, uint32_t uid, uint32_t gid, const char *name,
                     const char *home)
{
  size_t begin = item_begin (writer, GBX_CONFIG_USER);

  gbx_write_u32 (writer, uid);
  gbx_write_u32 (writer, gid);
  gbx_write_text (writer, name);
  gbx_write_text (writer, home);
  item_end (writer, begin);
}

void
gbx_config_put_share (GbxWriter *writer, uint8_t flags, const char *mount_tag,
                      const char *guest_path, const char *file)
{
  size_t begin = item_begin (writer, GBX_CONFIG_SHARE);

  gbx_write_u8 (writer, flags);
  gbx_write_text (writer, mount_tag);
  gbx_write_text (writer, guest_path);
  gbx_write_text (writer, file);
  item_end (writer, begin);
}

void
gbx_config_put_display (GbxWriter *writer, uint16_t width, uint16_t height, uint8_t flags)
{
  size_t begin = item_begin (writer, GBX_CONFIG_DISPLAY);

  gbx_write_u16 (writer, width);
  gbx_write_u16 (writer, height);
  gbx_write_u8 (writer, flags);
  item_end (writer, begin);
}

void
gbx_config_put_terminal (GbxWriter *writer, uint16_t rows, uint16_t columns, bool separate_stderr)
{
  size_t begin = item_begin (writer, GBX_CONFIG_TERMINAL);

  gbx_write_u16 (writer, rows);
  gbx_write_u16 (writer, columns);
  gbx_write_u8 (writer, separate_stderr ? 1 : 0);
  item_end (writer, begin);
}

void
gbx_config_put_clock (GbxWriter *writer, uint32_t seconds, uint32_t nanoseconds)
{
  size_t begin = item_begin (writer, GBX_CONFIG_CLOCK);

  gbx_write_u32 (writer, seconds);
  gbx_write_u32 (writer, nanoseconds);
  item_end (writer, begin);
}

void
gbx_config_put_accounts (GbxWriter *writer, uint32_t display, uint32_t own)
{
  size_t begin = item_begin (writer, GBX_CONFIG_ACCOUNTS);

  gbx_write_u32 (writer, display);
  gbx_write_u32 (writer, own);
  item_end (writer, begin);
}

void
gbx_config_put_groups (GbxWriter *writer, const uint32_t *groups, size_t n_groups)
{
  size_t begin = item_begin (writer, GBX_CONFIG_GROUPS);

  for (size_t i = 0; i < n_groups; i++)
    gbx_write_u32 (writer, groups[i]);
  item_end (writer, begin);
}

void
gbx_config_put_limits (GbxWriter *writer, const GbxGuestLimits *limits)
{
  size_t begin = item_begin (writer, GBX_CONFIG_LIMITS);

  gbx_write_u32 (writer, limits->disk_mib);
  gbx_write_u32 (writer, limits->shm_mib);
  gbx_write_u32 (writer, limits->processes);
  gbx_write_u32 (writer, limits->files);
  gbx_write_u16 (writer, limits->umask);
  item_end (writer, begin);
}

void
gbx_config_put_network (GbxWriter *writer, GbxConfigTag tag, const char *address,
                        uint8_t prefix, const char *gateway)
{
  size_t begin = item_begin (writer, tag);

  gbx_write_text (writer, address);
  gbx_write_u8 (writer, prefix);
  gbx_write_text (writer, gateway);
  item_end (writer, begin);
}

void
gbx_config_put_keyboard (GbxWriter *writer, const char *model, const char *layout,
                         const char *variant, const char *options)
{
  size_t begin = item_begin (writer, GBX_CONFIG_KEYBOARD);

  gbx_write_text (writer, model);
  gbx_write_text (writer, layout);
  gbx_write_text (writer, variant);
  gbx_write_text (writer, options);
  item_end (writer, begin);
}

/* ------------------------------------------------------------ decoding -- */

static bool
path_is_clean (const char *path)
{
  const char *at = path;

  if (*at != '/')
    return false;
  while (*at)
    {
      size_t length = strcspn (++at, "/");

      if ((length == 1 && at[0] == '.') || (length == 2 && at[0] == '.' && at[1] == '.'))
        return false;
      at += length;
    }
  return true;
}

static const char *
decode_user (GbxGuestConfig *self, GbxReader *reader)
{
  self->uid = gbx_read_u32 (reader);
  self->gid = gbx_read_u32 (reader);
  gbx_read_text (reader, self->user, sizeof self->user - 1);
  gbx_read_text (reader, self->home, sizeof self->home - 1);
  if (reader->failed || !self->user[0] || !path_is_clean (self->home))
    return "malformed user";
  return NULL;
}

/* A copy is of a file, and made only if it can be written; a folder alone has a server. */
static bool
share_flags_are_valid (uint8_t flags)
{
  const uint8_t copy = GBX_SHARE_WRITABLE | GBX_SHARE_FILE | GBX_SHARE_COPY;

  if (flags & GBX_SHARE_COPY)
    return flags == copy;
  return !(flags & ~(GBX_SHARE_WRITABLE | GBX_SHARE_FILE | GBX_SHARE_VIRTIOFS)) &&
         !((flags & GBX_SHARE_FILE) && (flags & GBX_SHARE_VIRTIOFS));
}

static const char *
decode_share (GbxGuestConfig *self, GbxReader *reader)
{
  GbxGuestShare *share;

  if (self->n_shares == GBX_CONFIG_SHARES_MAX)
    return "too many shares";
  share = &self->shares[self->n_shares++];
  share->flags = gbx_read_u8 (reader);
  gbx_read_text (reader, share->tag, sizeof share->tag - 1);
  gbx_read_text (reader, share->path, sizeof share->path - 1);
  gbx_read_text (reader, share->file, sizeof share->file - 1);
  if (reader->failed || !share_flags_are_valid (share->flags) ||
      !share->tag[0] || !path_is_clean (share->path) || strchr (share->file, '/') ||
      !!share->file[0] != !!(share->flags & GBX_SHARE_FILE))
    return "malformed share";
  return NULL;
}

/* 0 or 1, and nothing else. */
static bool
read_flag (GbxReader *reader, bool *flag)
{
  uint8_t value = gbx_read_u8 (reader);

  *flag = value == 1;
  return value <= 1;
}

static const char *
decode_display (GbxGuestConfig *self, GbxReader *reader)
{
  uint8_t flags;

  self->width = gbx_read_u16 (reader);
  self->height = gbx_read_u16 (reader);
  flags = gbx_read_u8 (reader);
  self->opengl = flags & GBX_SCREEN_OPENGL;
  self->fits = flags & GBX_SCREEN_FITS;
  return !(flags & ~(GBX_SCREEN_OPENGL | GBX_SCREEN_FITS)) && self->width && self->height
             ? NULL : "malformed display";
}

static const char *
decode_network (GbxGuestConfig *self, GbxReader *reader)
{
  self->network = true;
  gbx_read_text (reader, self->address, sizeof self->address - 1);
  self->prefix = gbx_read_u8 (reader);
  gbx_read_text (reader, self->gateway, sizeof self->gateway - 1);
  return self->prefix > 32 ? "malformed network" : NULL;
}

static const char *
decode_network6 (GbxGuestConfig *self, GbxReader *reader)
{
  gbx_read_text (reader, self->address6, sizeof self->address6 - 1);
  self->prefix6 = gbx_read_u8 (reader);
  gbx_read_text (reader, self->gateway6, sizeof self->gateway6 - 1);
  return self->prefix6 > 128 ? "malformed network" : NULL;
}

static const char *
decode_clock (GbxGuestConfig *self, GbxReader *reader)
{
  self->clock_s = gbx_read_u32 (reader);
  self->clock_ns = gbx_read_u32 (reader);
  return self->clock_ns > 999999999 ? "malformed clock" : NULL;
}

static const char *
decode_accounts (GbxGuestConfig *self, GbxReader *reader)
{
  self->display_account = gbx_read_u32 (reader);
  self->private_account = gbx_read_u32 (reader);
  return NULL;
}

static const char *
decode_limits (GbxGuestConfig *self, GbxReader *reader)
{
  self->limits.disk_mib = gbx_read_u32 (reader);
  self->limits.shm_mib = gbx_read_u32 (reader);
  self->limits.processes = gbx_read_u32 (reader);
  self->limits.files = gbx_read_u32 (reader);
  self->limits.umask = gbx_read_u16 (reader);
  return self->limits.umask > 0777 ? "malformed limits" : NULL;
}

static const char *
decode_groups (GbxGuestConfig *self, GbxReader *reader)
{
  self->n_groups = 0;
  while (reader->left > 0 && !reader->failed)
    {
      if (self->n_groups == GBX_CONFIG_GROUPS_MAX)
        return "too many groups";
      self->groups[self->n_groups++] = gbx_read_u32 (reader);
    }
  return NULL;
}

/* The highest ID is not an account: chown() would change nothing. */
static bool
account_is_free (const GbxGuestConfig *self, uint32_t account)
{
  return account != 0 && account != UINT32_MAX && account != self->uid && account != self->gid;
}

static bool
accounts_differ (const GbxGuestConfig *self)
{
  return self->display_account != self->private_account &&
         account_is_free (self, self->display_account) &&
         account_is_free (self, self->private_account);
}

static bool
groups_are_the_users (const GbxGuestConfig *self)
{
  for (size_t i = 0; i < self->n_groups; i++)
    if (self->groups[i] == 0 || self->groups[i] == UINT32_MAX ||
        self->groups[i] == self->display_account || self->groups[i] == self->private_account)
      return false;
  return true;
}

static const char *
decode_keyboard (GbxGuestConfig *self, GbxReader *reader)
{
  gbx_read_text (reader, self->xkb_model, sizeof self->xkb_model - 1);
  gbx_read_text (reader, self->xkb_layout, sizeof self->xkb_layout - 1);
  gbx_read_text (reader, self->xkb_variant, sizeof self->xkb_variant - 1);
  gbx_read_text (reader, self->xkb_options, sizeof self->xkb_options - 1);
  return NULL;
}

static const char *
decode_home (GbxGuestConfig *self, GbxReader *reader)
{
  uint8_t kind = gbx_read_u8 (reader);

  self->kept_home = kind;
  return kind <= GBX_HOME_DISK_TEMPLATE ? NULL : "unknown kind of home";
}

static const char *
decode_config_item (GbxGuestConfig *self, uint16_t tag, GbxReader *reader)
{
  switch (tag)
    {
    case GBX_CONFIG_MODE:
      return read_flag (reader, &self->desktop) ? NULL : "unknown mode";
    case GBX_CONFIG_USER:
      return decode_user (self, reader);
    case GBX_CONFIG_SHARE:
      return decode_share (self, reader);
    case GBX_CONFIG_DISPLAY:
      return decode_display (self, reader);
    case GBX_CONFIG_NETWORK:
      return decode_network (self, reader);
    case GBX_CONFIG_LIMITS:
      return decode_limits (self, reader);
    case GBX_CONFIG_NETWORK6:
      return decode_network6 (self, reader);
    case GBX_CONFIG_HOSTNAME:
      gbx_read_text (reader, self->hostname, sizeof self->hostname - 1);
      return NULL;
    case GBX_CONFIG_KEYBOARD:
      return decode_keyboard (self, reader);
    case GBX_CONFIG_CLOCK:
      return decode_clock (self, reader);
    case GBX_CONFIG_ACCOUNTS:
      return decode_accounts (self, reader);
    case GBX_CONFIG_GROUPS:
      return decode_groups (self, reader);
    case GBX_CONFIG_FILES:
      self->files_max = gbx_read_u32 (reader);
      return NULL;
    case GBX_CONFIG_HOME:
      return decode_home (self, reader);
    case GBX_CONFIG_SERVICE:
      return read_flag (reader, &self->service) ? NULL : "malformed service";
    case GBX_CONFIG_VERBOSE:
      return read_flag (reader, &self->verbose) ? NULL : "malformed verbosity";
    default:
      return "unknown item";
    }
}

/* False at the end, and if the next item is invalid. */
static bool
next_item (GbxReader *reader, uint16_t *tag, GbxReader *item)
{
  size_t length;
  const uint8_t *value;

  if (reader->failed || reader->left == 0)
    return false;
  *tag = gbx_read_u16 (reader);
  value = gbx_read_bytes (reader, GBX_PARTS_MAX, &length);
  gbx_reader_init (item, value, length);
  return !reader->failed;
}

const char *
gbx_guest_config_decode (GbxGuestConfig *self, const void *payload, size_t length)
{
  GbxReader reader, item;
  uint16_t tag;

  memset (self, 0, sizeof *self);
  self->limits.umask = 022;
  gbx_reader_init (&reader, payload, length);
  while (next_item (&reader, &tag, &item))
    {
      const char *error = decode_config_item (self, tag, &item);

      if (error)
        return error;
      if (!gbx_reader_done (&item))
        return "item of the wrong length";
    }
  if (!gbx_reader_done (&reader))
    return "truncated";
  if (!self->user[0])
    return "no user";
  if (!accounts_differ (self))
    return "no accounts of the guest's own";
  if (!groups_are_the_users (self))
    return "a group that is not the user's";
  if (self->desktop && !self->width)
    return "no display size";
  return NULL;
}

/* ------------------------------------------------------------- commands -- */

/* Moves the text over its length, to make space for the final NUL. */
static char *
keep_text (GbxReader *reader)
{
  size_t length;
  const uint8_t *at = gbx_read_bytes (reader, GBX_PARTS_MAX, &length);
  char *text;

  if (reader->failed || reader->left > 0 || (length > 0 && memchr (at, '\0', length)))
    return NULL;
  text = (char *) (uintptr_t) at - 4; /* the payload may be changed */
  memmove (text, at, length);
  text[length] = '\0';
  return text;
}

static const char *
decode_arg (GbxGuestCommand *self, GbxReader *reader, char **pointers)
{
  char *text = keep_text (reader);

  if (!text)
    return "malformed argument";
  if (self->env)
    return "an argument after the environment";
  pointers[self->n_args++] = text;
  return NULL;
}

static const char *
decode_env (GbxGuestCommand *self, GbxReader *reader, char **pointers)
{
  char *text = keep_text (reader);

  if (self->n_env == GBX_CONFIG_ENV_MAX)
    return "too many environment variables";
  if (!text || text[0] == '=' || !strchr (text, '='))
    return "malformed environment variable";
  if (!self->env)
    self->env = pointers + self->n_args + 1;
  self->env[self->n_env++] = text;
  return NULL;
}

static const char *
decode_terminal (GbxGuestCommand *self, GbxReader *reader)
{
  self->terminal = true;
  self->rows = gbx_read_u16 (reader);
  self->columns = gbx_read_u16 (reader);
  return read_flag (reader, &self->separate_stderr) ? NULL : "malformed terminal";
}

static const char *
decode_command_item (GbxGuestCommand *self, uint16_t tag, GbxReader *reader, char **pointers)
{
  switch (tag)
    {
    case GBX_CONFIG_ARG:
      return decode_arg (self, reader, pointers);
    case GBX_CONFIG_ENV:
      return decode_env (self, reader, pointers);
    case GBX_CONFIG_DIRECTORY:
      gbx_read_text (reader, self->directory, sizeof self->directory - 1);
      return path_is_clean (self->directory) ? NULL : "malformed working directory";
    case GBX_CONFIG_TERMINAL:
      return decode_terminal (self, reader);
    case GBX_CONFIG_KEEPS:
      return read_flag (reader, &self->keeps) ? NULL : "malformed flag";
    default:
      return "unknown item";
    }
}

size_t
gbx_guest_command_measure (const void *payload, size_t length)
{
  GbxReader reader, item;
  size_t n = 2; /* the NULL after the arguments, and that after the variables */
  uint16_t tag;

  gbx_reader_init (&reader, payload, length);
  while (next_item (&reader, &tag, &item))
    n += tag == GBX_CONFIG_ARG || tag == GBX_CONFIG_ENV;
  return n;
}

static const char *
decode_command_items (GbxGuestCommand *self, GbxReader *reader, char **pointers,
                      size_t n_pointers)
{
  GbxReader item;
  uint16_t tag;

  while (next_item (reader, &tag, &item))
    {
      const char *error = self->n_args + self->n_env + 2 < n_pointers ||
                                  (tag != GBX_CONFIG_ARG && tag != GBX_CONFIG_ENV)
                              ? decode_command_item (self, tag, &item, pointers)
                              : "too many arguments and variables";

      if (error)
        return error;
      if (!gbx_reader_done (&item))
        return "item of the wrong length";
    }
  return gbx_reader_done (reader) ? NULL : "truncated";
}

const char *
gbx_guest_command_decode (GbxGuestCommand *self, void *payload, size_t length, char **pointers,
                          size_t n_pointers)
{
  GbxReader reader;
  const char *error;

  memset (self, 0, sizeof *self);
  gbx_reader_init (&reader, payload, length);
  error = decode_command_items (self, &reader, pointers, n_pointers);
  if (error)
    return error;
  if (self->n_args == 0 || !pointers[0][0])
    return "no command";
  self->args = pointers;
  self->args[self->n_args] = NULL;
  if (!self->env)
    self->env = self->args + self->n_args + 1;
  self->env[self->n_env] = NULL;
  return NULL;
}
